r"""Derivatives in names that stand for all of another quantity: \Lambda = \Sigma^{-1}, \ell = \log s^2, \sigma^2."""

from __future__ import annotations

import pytest
from judging_problems import judged

SAMPLE = """format: 1
title: a normal sample
index:
  i: 1..n
symbols:
  x: vector(n)
  mu: scalar
  sigma: scalar positive
  a: scalar
define:
  l: sum(-log(sigma) - (x[i] - mu)**2 / (2*sigma**2), i)
  q: a**2 + a**3
notation:
  l: \\ell
parts:
  - id: a
    ask: q
    find: gradient(l, mu)
"""
NORMAL = """format: 1
title: a normal law
index:
  i: 1..N
symbols:
  x[i]: vector(d)
  mu: vector(d)
  Sigma: matrix(d, d) spd
define:
  l: -N / 2 * logdet(Sigma) - 1/2 * sum((x[i] - mu).T @ inv(Sigma) @ (x[i] - mu), i)
notation:
  l: \\ell
parts:
  - id: a
    ask: q
    find: argmax(l, Sigma)
"""
BOUND = """format: 1
title: a bound
symbols:
  m: vector(k)
  s: vector(k) positive
define:
  K: 1/2 * sum(s**2 + m**2 - 1 - log(s**2))
parts:
  - id: a
    ask: q
    find: gradient(K, s)
"""
RESIDUAL = """format: 1
title: a residual unit
symbols:
  z: vector(k)
  t: vector(k)
define:
  y: z + tanh(z)
  L: 1/2 * sqnorm(y - t)
parts:
  - id: a
    ask: q
    find: gradient(L, z)
"""
SUM = r"\sum_i (x_i-\mu)^2"
SCATTER = r"\sum_i (x_i-\mu)(x_i-\mu)^\top"
ROWS = [
    (SAMPLE, [r"Let $v = \sigma^2$.", rf"$$\frac{{\partial\ell}}{{\partial v}} = -\frac n{{2v}}+\frac1{{2v^2}}{SUM}$$"], "given holds"),
    (SAMPLE, [r"Let $v = \sigma^2$.", rf"$$\frac{{\partial\ell}}{{\partial v}} = -\frac nv+\frac1{{2v^2}}{SUM}$$"], "given wrong"),
    (SAMPLE, [r"Let $v = \sigma^2$.", rf"$$\frac{{\partial\ell}}{{\partial \sigma}} = -\frac n\sigma+\frac{{\sigma}}{{v^2}}{SUM}$$"], "given holds"),
    (SAMPLE, [r"Let $\tau = 1/\sigma^2$.", rf"$$\frac{{d\ell}}{{d\tau}} = \frac n{{2\tau}}-\frac12{SUM}$$"], "given holds"),
    (SAMPLE, [r"Let $\tau = 1/\sigma^2$.", rf"$$\frac{{d\ell}}{{d\tau}} = \frac n\tau-\frac12{SUM}$$"], "given wrong"),
    (SAMPLE, [r"Let $v = \sigma^2$ and $\tau = 1/v$.", rf"$$\frac{{d\ell}}{{d\tau}} = \frac n{{2\tau}}-\frac12{SUM}$$"], "given given holds"),
    (SAMPLE, [r"Let $\rho = \log\sigma$.", rf"$$\frac{{d\ell}}{{d\rho}} = -n+e^{{-2\rho}}{SUM}$$"], "given holds"),
    (SAMPLE, [r"Let $\rho = \log\sigma$.", rf"$$\frac{{d\ell}}{{d\rho}} = -n-e^{{-2\rho}}{SUM}$$"], "given wrong"),
    # a power has no other name
    (SAMPLE, [rf"$$\frac{{\partial\ell}}{{\partial\sigma^2}} = -\frac n{{2\sigma^2}}+\frac1{{2\sigma^4}}{SUM}$$"], "holds"),
    (SAMPLE, [rf"$$\frac{{\partial\ell}}{{\partial\sigma^2}} = -\frac n{{2\sigma^2}}+\frac1{{2\sigma^2}}{SUM}$$"], "wrong"),
    (NORMAL, [rf"$$\frac{{\partial\ell}}{{\partial\Sigma^{{-1}}}} = \frac N2\Sigma-\frac12{SCATTER} = 0$$"], "holds holds"),
    (NORMAL, [rf"$$\frac{{\partial\ell}}{{\partial\Sigma^{{-1}}}} = -\frac N2\Sigma^{{-1}}-\frac12{SCATTER}$$"], "wrong"),
    (BOUND, [r"$$\frac{\partial K}{\partial s_j^2} = \frac12\Bigl(1-\frac1{s_j^2}\Bigr)$$"], "holds"),
    (BOUND, [r"$$\frac{\partial K}{\partial s_j^2} = \frac12\Bigl(1-\frac1{s_j}\Bigr)$$"], "wrong"),
    # matrices, vectors, differentials
    (NORMAL, [r"Let $\Lambda = \Sigma^{-1}$.", rf"$$\frac{{\partial\ell}}{{\partial\Lambda}} = \frac N2\Lambda^{{-1}}-\frac12{SCATTER}$$"], "given holds"),
    (NORMAL, [r"Let $\Lambda = \Sigma^{-1}$.", rf"$$\frac{{\partial\ell}}{{\partial\Lambda}} = N\Lambda^{{-1}}-\frac12{SCATTER}$$"], "given wrong"),
    (NORMAL, [r"Let $\Lambda = \Sigma^{-1}$.", rf"$$d\ell = \frac N2\operatorname{{tr}}(\Lambda^{{-1}}d\Lambda)-\frac12\operatorname{{tr}}({SCATTER}\,d\Lambda)$$"], "given holds"),
    (NORMAL, [r"Let $\Lambda = \Sigma^{-1}$.", rf"$$d\ell = \frac N2\operatorname{{tr}}(\Lambda\,d\Lambda)-\frac12\operatorname{{tr}}({SCATTER}\,d\Lambda)$$"], "given wrong"),
    (BOUND, [r"Let $\ell_j = \log s_j^2$.", r"$$\frac{\partial K}{\partial\ell_j} = \frac12(e^{\ell_j}-1)$$"], "given holds"),
    (BOUND, [r"Let $\ell_j = \log s_j^2$.", r"$$\frac{\partial K}{\partial\ell_j} = -\frac12$$"], "given wrong"),
    # a may be negative, so that q is no function of its square
    (SAMPLE, [r"Let $b = a^2$.", r"$$\frac{dq}{db} = 1+\frac32a$$"], "given not-checked"),
    # a unit's output is not all of its input
    (RESIDUAL, [r"Let $h = \tanh(z)$.", r"$$\frac{\partial L}{\partial h} = y-t$$"], "given holds"),
    (RESIDUAL, [r"Let $h = \tanh(z)$.", r"$$\frac{\partial L}{\partial h} = t-y$$"], "given wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "lines", "verdicts"), ROWS, ids=[" ".join(row[1]) for row in ROWS])
def test_derivatives_in_what_stands_for_all_of_it(source: str, lines: list[str], verdicts: str) -> None:
    assert " ".join(c.verdict for c in judged(source, lines).claims) == verdicts
