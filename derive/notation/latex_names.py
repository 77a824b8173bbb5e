r"""Names, indices and sizes in LaTeX: `W_f` is \mathbf{W}_{f}, `theta_hat` is \hat{\theta}.

Matrices and vectors are bold, scalars italic, names of several letters upright, Greek letters go by name.
To add an accent, a row in ACCENTS (or RAISED, for one that stands as a superscript).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from derive.notation.literals import ordered
from derive.tree.sizes import Size

GREEK = frozenset(
    """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho
    sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    ell""".split()
)
SPELLED = {"eps": r"\varepsilon", "inf": r"\infty"}
ACCENTS = {"hat": "hat", "bar": "bar", "tilde": "tilde", "dot": "dot"}
WIDE = {"hat": "widehat", "bar": "overline", "tilde": "widetilde"}
RAISED = {"star": r"\star", "prime": r"\prime", "plus": "+"}


class Named(NamedTuple):
    """A name in parts: the letter, what stands below and what stands above it."""

    letter: str
    below: tuple[str, ...] = ()
    above: str = ""

    def __str__(self) -> str:
        under = f"_{{{','.join(self.below)}}}" if self.below else ""
        return self.letter + (f"^{{{self.above}}}" if self.above else "") + under


def word(text: str) -> str:
    """A letter, a Greek name or digits as they are, other words upright."""
    if text in GREEK:
        return f"\\{text}"
    if text in SPELLED:
        return SPELLED[text]
    return text if len(text) <= 1 or text.isdigit() else rf"\mathrm{{{text}}}"


def styled(letter: str, kind: str) -> str:
    """The letter of a scalar, vector, matrix or tensor."""
    plain = word(letter)
    if kind in ("scalar", "function", "integer"):
        return plain
    if letter in GREEK or letter in SPELLED:
        return rf"\boldsymbol{{{plain}}}"
    return rf"\mathsf{{{letter}}}" if kind == "tensor" else rf"\mathbf{{{letter}}}"


def named(name: str, kind: str) -> Named:
    """`W_f_hat` in parts, in the style of its kind."""
    head, *parts = [p for p in name.rstrip("'").split("_") if p] or [name]
    primes = len(name) - len(name.rstrip("'"))
    match = re.fullmatch(r"([A-Za-z]+)(\d+)", head)
    if match:
        head, parts = match[1], [match[2], *parts]
    accents = [p for p in parts if p in ACCENTS]
    above = "".join(RAISED[p] for p in parts if p in RAISED) + r"\prime" * primes
    below = tuple(word(p) for p in parts if p not in ACCENTS and p not in RAISED)
    letter = styled(head, kind)
    for accent in accents:
        wide = len(head) > 1 and head not in GREEK
        letter = rf"\{WIDE.get(accent, accent) if wide else ACCENTS[accent]}{{{letter}}}"
    return Named(letter, below, above)


def size_latex(size: Size) -> str:
    """`t-1`, `2k-1`, `nd`."""
    written = ""
    for monomial, c in ordered(size):
        sign = "-" if c < 0 else "+" if written else ""
        number = str(abs(c)) if abs(c) != 1 or not monomial else ""
        names = [str(named(n, "scalar")) for n in monomial]
        written += (
            sign + number + (r"\,".join(names) if any("mathrm" in n for n in names) else " ".join(names))
        )
    return written or "0"


class Notation:
    """The author's own LaTeX for names: `W_f: \\mathbf W^{(f)}`, `h_f[t]: \\mathbf h^{(f)}_{t}`."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self.rows: dict[str, tuple[tuple[str, ...], str]] = {}
        for key, template in rows.items():
            name, _, index = key.partition("[")
            params = tuple(p.strip() for p in index.rstrip("] ").split(",")) if index else ()
            self.rows[name.strip()] = (params, template)

    def filled(self, name: str, indices: tuple[str, ...]) -> str | None:
        """The author's LaTeX with its braces filled in; None where there is none."""
        row = self.rows.get(name)
        if row is None:
            return None
        params, template = row
        if len(params) == len(indices):
            values = dict(zip(params, indices, strict=True))
            return re.sub(
                r"\{\s*([A-Za-z_]\w*)\s*\}",
                lambda m: f"{{{values[m[1]]}}}" if m[1] in values else m[0],
                template,
            )
        if not indices:  # a name without the index of a family of that name
            return None if any(re.search(rf"\{{\s*{p}\s*\}}", template) for p in params) else template
        base = f"{{{template}}}" if scripts(template) & {"_"} else template
        return f"{base}_{{{','.join(indices)}}}"


def scripts(latex: str) -> frozenset[str]:
    """Which of `_` and `^` a formula has outside braces and commands."""
    depth, found = 0, set()
    for i, c in enumerate(latex):
        depth += (c == "{") - (c == "}")
        if depth == 0 and c in "_^" and (i == 0 or latex[i - 1] != "\\"):
            found.add(c)
    return frozenset(found)


def raised(latex: str, mark: str) -> str:
    r"""The mark as a superscript, beside one that is there: \mathbf W^{(f)} becomes \mathbf W^{(f)\top}."""
    depth = 0
    for i, c in enumerate(latex):
        if depth == 0 and c == "^" and latex[i + 1 : i + 2] == "{":
            return latex[: i + 1] + _into(latex[i + 1 :], mark)
        depth += (c == "{") - (c == "}")
    return f"{latex}^{{{mark}}}"


def _into(group: str, mark: str) -> str:
    """The mark put at the end of the braces that `group` starts with."""
    depth = 0
    for i, c in enumerate(group):
        depth += (c == "{") - (c == "}")
        if depth == 0:
            return group[:i] + mark + group[i:]
    return group + mark
