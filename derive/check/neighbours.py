"""The nearest word again, by distances on the unit sphere instead of cosines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from derive.notation.derivation import Verdict

CLOSE = 1e-9
ROUNDED = 6e-5


def closest(
    vectors: Mapping[str, Sequence[float]], query: Sequence[float], word: str, cosine: float
) -> Verdict:
    """Whether no other direction is nearer to the query's than that of `word`."""
    direction = np.asarray(query) / np.linalg.norm(query)
    far = {
        w: float(np.linalg.norm(np.asarray(v) / np.linalg.norm(v) - direction)) for w, v in vectors.items()
    }
    method = f"distances of all {len(far)} directions"
    nearer = [w for w, d in far.items() if d < far[word] - CLOSE]
    if nearer:
        return Verdict("fails", method, len(far), reason=f"'{nearer[0]}' is nearer")
    if abs(1 - far[word] ** 2 / 2 - cosine) > ROUNDED:
        return Verdict("fails", method, len(far), reason=f"its cosine is {1 - far[word] ** 2 / 2:.4f}")
    return Verdict("holds", method, len(far))
