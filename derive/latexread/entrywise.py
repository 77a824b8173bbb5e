r"""Arrays that an answer defines by their entries: `S_{ii} = p_i(1 - p_i)`, `\delta_j = p_j - y_j`, `M_{ij} = p_i p_j`.

`S_{ii}` alone is the diagonal of a diagonal matrix.
"""

from __future__ import annotations

from dataclasses import replace

from derive.latexread.entries import FREE
from derive.latexread.patterns import pieces
from derive.latexread.surface import Name
from derive.latexread.vectors import counted, vector_of
from derive.tree.nodes import Node, Range, free_indices
from derive.tree.sizes import Size
from derive.vocabulary.build import T, build, count, matmul, mul
from derive.vocabulary.scope import Scope


def letters_of(name: Name, scope: Scope) -> tuple[str, ...]:
    """The index letters below a name, where all its marks are one or two of them."""
    below = pieces(name.below)
    tokens = list(below[0]) if len(below) == 1 else [t for piece in below for t in piece]
    if not 1 <= len(tokens) <= 2 or len(below) not in (1, len(tokens)) or name.primes:
        return ()
    letters = tuple(t.text for t in tokens)
    return letters if all(k in FREE or k in scope.indices for k in letters) else ()


def array_of(letters: tuple[str, ...], entry: Node) -> Node | None:
    """The array whose entry at the letters is given; None where the letters do not all number entries in it."""
    sizes = counted(entry)
    if not letters or not entry.shape.is_scalar or any(k not in sizes for k in letters):
        return None
    if free_indices(entry) & sizes.keys() - set(letters):
        return None
    if len(letters) == 1:
        return vector_of(entry, letters[0], sizes[letters[0]])
    if letters[0] == letters[1]:
        return build("diag", vector_of(entry, letters[0], sizes[letters[0]]))
    rows, columns = (build("onehot", count(k), count(sizes[k])) for k in letters)
    total = mul(entry, matmul(rows, T(columns)))
    for k in reversed(letters):
        total = build("sum_over", total, data=Range(k, Size.of(1), sizes[k]))
    return total


def without_marks(name: Name) -> Name:
    return replace(name, below=())
