"""Small problems that answers are judged against, each by its name."""

from __future__ import annotations

from functools import cache

from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.problem.load import loads
from derive.problem.model import Problem


@cache
def problem(source: str) -> Problem:
    return loads(source)


def judged(source: str, lines: list[str], part: str | None = None) -> Report:
    return judge_text("\n".join(lines), "answer.md", [problem(source)], part)


RIDGE = """format: 1
title: ridge
symbols:
  X: matrix(n, d) full_column_rank
  y: vector(n)
  w: vector(d)
  lambda: scalar positive
define:
  J: 1/2 * sqnorm(X @ w - y) + lambda/2 * sqnorm(w)
parts:
  - id: grad
    ask: q
    find: gradient(J, w)
  - id: hess
    ask: q
    find: hessian(J, w)
  - id: opt
    ask: q
    find: argmin(J, w)
"""
GAUSS = """format: 1
title: gauss
index:
  i: 1..N
symbols:
  x[i]: vector(n)
  mu: vector(n)
  Sigma: matrix(n, n) spd
define:
  l: sum(logpdf(normal(mu, Sigma), x[i]), i)
notation:
  l: \\ell
parts:
  - id: score
    ask: q
    find: gradient(l, mu)
  - id: mu
    ask: q
    find: argmax(l, mu)
  - id: Sigma
    ask: q
    find: argmax(l, Sigma)
"""
POISSON = """format: 1
title: poisson
index:
  i: 1..N
symbols:
  x[i]: scalar positive
  lambda: scalar positive
define:
  l: sum(x[i] * log(lambda) - lambda, i)
notation:
  l: \\ell
parts:
  - id: mle
    ask: q
    find: argmax(l, lambda)
"""
BERN = """format: 1
title: bernoulli
index:
  i: 1..N
symbols:
  x[i]: scalar in (0, 1)
  p: scalar in (0, 1)
define:
  l: sum(x[i] * log(p) + (1 - x[i]) * log(1 - p), i)
notation:
  l: \\ell
parts:
  - id: g
    ask: q
    find: gradient(l, p)
  - id: mle
    ask: q
    find: argmax(l, p)
"""
GAN = """format: 1
title: gan
symbols:
  p: vector(K) simplex positive
  q: vector(K) simplex positive
  D: vector(K) in (0, 1)
define:
  V: p.T @ log(D) + q.T @ log(1 - D)
parts:
  - id: opt
    ask: q
    find: argmax(V, D)
"""
LOGREG = """format: 1
title: logreg
symbols:
  X: matrix(N, d) full_column_rank
  w: vector(d)
  y: vector(N) in (0, 1)
  lambda: scalar positive
define:
  p: sigmoid(X @ w)
  L: -sum(y * log(p) + (1 - y) * log(1 - p)) + lambda/2 * sqnorm(w)
parts:
  - id: grad
    ask: q
    find: gradient(L, w)
  - id: hess
    ask: q
    find: hessian(L, w)
"""
LOGOPT = (
    LOGREG
    + """  - id: opt
    ask: q
    find: argmin(L, w)
"""
)
SIMPLEX = """format: 1
title: simplex
index:
  k: 1..K
symbols:
  c: vector(K) positive
  p: vector(K) simplex positive
define:
  l: c.T @ log(p)
notation:
  l: \\ell
parts:
  - id: a
    ask: q
    find: argmax(l, p)
"""
PORT = """format: 1
title: portfolio
symbols:
  S: matrix(n, n) spd
  w: vector(n)
define:
  f: w.T @ S @ w
parts:
  - id: b
    ask: q
    find: argmin(f, w)
    subject_to: sum(w) == 1
    multiplier: nu
"""
PCA = """format: 1
title: pca
symbols:
  S: matrix(n, n) spd
  w: vector(n)
define:
  f: w.T @ S @ w
parts:
  - id: c
    ask: q
    find: argmax(f, w)
    subject_to: w.T @ w == 1
"""
DROP = """format: 1
title: dropout
symbols:
  x: vector(n)
  w: vector(n)
  p: scalar in (0, 1)
  m: vector(n) ~ bernoulli(p)
define:
  s: w.T @ (m * x)
parts:
  - id: mean
    ask: q
    find: E(s)
  - id: var
    ask: q
    find: Var(s)
  - id: second
    ask: q
    find: E(s**2)
"""
SIG = """format: 1
title: sig
symbols:
  x: vector(n)
  W: matrix(m, n)
  b: vector(m)
  t: vector(m)
define:
  z: W @ x + b
  y: sigmoid(z)
  L: 1/2 * sqnorm(y - t)
parts:
  - id: y
    ask: q
    find: gradient(L, y)
  - id: W
    ask: q
    find: gradient(L, W)
"""
SEQ = """format: 1
title: recurrent
index:
  t: 1..T
symbols:
  x[t]: vector(d)
  W: matrix(h, h)
  U: matrix(h, d)
  v: vector(h)
  h[0]: vector(h)
define:
  h[t]: tanh(W @ h[t-1] + U @ x[t])
  l[t]: v.T @ h[t]
  L: sum(l[t], t)
parts:
  - id: d
    ask: q
    find: gradient(L, h[t])
    in_terms_of: gradient(L, h[t+1]), gradient(l[t], h[t])
    for: t=1..T-1
"""
QUAD = """format: 1
title: quadratic
symbols:
  A: matrix(n, n) symmetric
  B: matrix(m, n)
  mu: scalar
  x: vector(n)
define:
  q: x.T @ (B.T @ B + mu * eye(n)) @ x / 2
parts:
  - id: h
    ask: q
    find: hessian(q, x)
  - id: g
    ask: q
    find: gradient(q, x)
"""
LINREG = """format: 1
title: linear regression
symbols:
  X: matrix(N, d) full_column_rank
  y: vector(N)
  w: vector(d)
  s: scalar positive
  tau: scalar positive
define:
  l: logpdf(normal(X @ w, s**2), y)
  J: logpdf(normal(X @ w, s**2), y) + logpdf(normal(zeros(d), tau**2), w)
notation:
  l: \\ell
  s: \\sigma
parts:
  - id: a
    ask: MLE of w.
    find: argmax(l, w)
  - id: b
    ask: MLE of sigma.
    find: argmax(l, s)
  - id: c
    ask: MAP of w.
    find: argmax(J, w)
"""
LAGRANGE = """format: 1
title: two constrained questions
symbols:
  C: matrix(d, d) spd
  w: vector(d)
  a: vector(K) positive
  p: vector(K) positive
define:
  J: w.T @ C @ w
  H: a.T @ log(p)
parts:
  - id: a
    ask: q
    find: argmax(J, w)
    subject_to: sqnorm(w) == 1
  - id: b
    ask: q
    find: argmax(H, p)
    subject_to: sum(p) == 1
"""
CLS = """format: 1
title: constrained least squares
symbols:
  A: matrix(m, n) full_column_rank
  b: vector(m)
  c: vector(n) nonzero
  x: vector(n)
define:
  f: 1/2 * sqnorm(A @ x - b)
parts:
  - id: a
    ask: q
    find: argmin(f, x)
    subject_to: c.T @ x == 1
"""
MEAN = """format: 1
title: mean
index:
  i: 1..n
symbols:
  x[i]: scalar ~ moments(mean=mu, cov=s**2)
  mu: scalar
  s: scalar positive
sizes: n > 1
define:
  m: sum(x[i], i) / n
  v: sum((x[i] - m)**2, i) / n
notation:
  m: \\bar x
  s: \\sigma
parts:
  - id: a
    ask: q
    find: Var(m)
  - id: b
    ask: q
    find: E(v)
"""
SOFTMAX = """format: 1
title: softmax
symbols:
  z: vector(n)
define:
  p: softmax(z)
parts:
  - id: a
    ask: q
    find: jacobian(p, z)
"""
NEGATIVES = """format: 1
title: negatives
index:
  j: 1..N
symbols:
  u: vector(d)
  v[j]: vector(d)
  k: integer in 1..N
  tau: scalar
define:
  p[j]: exp(u.T @ v[j]) / sum(exp(u.T @ v[j]), j)
  L: -log(p[k])
parts:
  - id: b
    ask: q
    find: gradient(L, v[j])
"""
SCALED = """format: 1
title: scaled
symbols:
  x: scalar ~ normal(m, v)
  m: scalar
  v: scalar positive
  b: scalar
  c: scalar
define:
  s: 2 * x
  y: c * s
parts:
  - id: mean
    ask: q
    find: E(y)
  - id: var
    ask: q
    find: Var(y)
"""
