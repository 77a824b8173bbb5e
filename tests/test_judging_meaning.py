r"""One letter for several names: the one that depends on the variable, or that the answer set before; a bare \nabla."""

from __future__ import annotations

import pytest

from derive.tree.nodes import names_in
from tests.judging_problems import judged

LIKELIHOODS = """format: 1
title: Maximum likelihood
index:
  i: 1..n
symbols:
  x[i]: scalar positive
  k[i]: scalar positive
  z[i]: scalar
  theta: scalar positive
  r: scalar positive
  mu: scalar
  v: scalar positive
define:
  l_e: sum(log(theta) - theta * x[i], i)
  l_p: sum(k[i] * log(r) - r, i)
  l_g: -n / 2 * log(2 * pi * v) - sum((z[i] - mu)**2, i) / (2 * v)
notation:
  l_e: \\ell(\\theta)
  l_p: \\ell(r)
  l_g: \\ell(\\mu, v)
parts:
  - id: exp
    ask: The rate of an exponential law.
    find: argmax(l_e, theta)
  - id: pois
    ask: The rate of a Poisson law.
    find: argmax(l_p, r)
  - id: var
    ask: The variance of a normal law with known mean.
    find: argmax(l_g, v)
"""
NORMAL = r"$$\ell = -\tfrac n2\log(2\pi v) - \tfrac1{2v}\sum_{i=1}^n (z_i-\mu)^2$$"
SLOPE = r"$$\frac{\partial\ell}{\partial v} = -\frac{n}{2v} + \frac{1}{2v^2}\sum_{i=1}^n (z_i-\mu)^2 = 0$$"
COUNTS = r"$$\ell = \sum_i (k_i\log r - r)$$"

ROWS = [
    ([NORMAL, SLOPE], ["given", "holds", "holds"]),
    ([SLOPE], ["holds", "holds"]),
    ([r"$$\frac{\partial\ell}{\partial v} = 0$$"], ["holds"]),
    ([SLOPE.replace("1}{2v^2", "1}{v^2")], ["wrong", "holds"]),
    ([r"$$\frac{d\ell}{dr} = \frac1r\sum_i k_i - n = 0$$"], ["holds", "holds"]),
    ([r"$$\frac{d\ell}{dr} = \frac1r\sum_i k_i - 2n$$"], ["wrong"]),
    ([COUNTS, r"$$\ell = \log r\sum_i k_i - nr$$"], ["given", "holds"]),
    ([COUNTS, r"$$\ell = \log r\sum_i k_i + nr$$"], ["given", "wrong"]),
    ([COUNTS, r"$$\ell = n\log\theta - \theta\sum_i x_i$$"], ["given", "holds"]),  # of another part
]


@pytest.mark.parametrize(("lines", "verdicts"), ROWS)
def test_a_letter_for_several_names(lines: list[str], verdicts: list[str]) -> None:
    assert [c.verdict for c in judged(LIKELIHOODS, lines).claims] == verdicts


def test_a_wrong_line_is_mended_in_the_name_that_was_set() -> None:
    for lines in ([COUNTS, r"$$\ell = \log r\sum_i k_i + nr$$"], [SLOPE.replace("1}{2v^2", "1}{v^2")]):
        wrong = next(c for c in judged(LIKELIHOODS, lines).claims if c.verdict == "wrong")
        assert wrong.left is not None
        assert "l_e" not in names_in(wrong.left)
        assert wrong.repair is not None


TWO = """format: 1
title: Two variables
symbols:
  S: matrix(d, d) symmetric
  u: vector(d) nonzero
  w: vector(d) nonzero
define:
  R: (w.T @ S @ w) / (w.T @ w)
  q: u.T @ S @ u
  both: u.T @ S @ w
parts:
  - id: a
    ask: q
    find: gradient(R, w)
  - id: b
    ask: q
    find: gradient(q, u)
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"$$\nabla R = \frac{2}{w^\top w}(S - R I) w$$", "holds"),
        (r"$$\nabla R = \frac{2}{w^\top w}(S + R I) w$$", "wrong"),
        (r"$$\nabla R = \frac{1}{w^\top w}(S - R I) w$$", "wrong"),
        (r"$$\nabla q = 2 S u$$", "holds"),
        (r"$$\nabla q = S u$$", "wrong"),
        (r"$$\nabla (w^\top w) = 2 w$$", "holds"),
        (r"$$\nabla (w^\top w) = w$$", "wrong"),
        (r"$$\nabla (d^2) = 0$$", "unreadable"),  # in nothing
    ],
)
def test_a_bare_nabla_is_in_what_its_body_depends_on(line: str, verdict: str) -> None:
    assert [c.verdict for c in judged(TWO, [line]).claims] == [verdict]


def test_where_a_bare_nabla_may_be_in_several_variables_the_report_says_which() -> None:
    source = TWO.replace("  - id: b", "  - id: c\n    ask: q\n    find: gradient(both, w)\n  - id: b")
    (claim,) = judged(source, [r"$$\nabla both = S u$$"]).claims
    assert claim.verdict == "holds"
    assert any("the gradient is in w" in r.text for r in claim.reasons)
