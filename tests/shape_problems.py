"""Small problems for answers that leave sizes, points, ranges or directions to their neighbours."""

from __future__ import annotations

POLICY = """format: 1
title: policy
symbols:
  theta: vector(K)
  a: vector(K) ~ categorical(p)
  b: scalar
  W: matrix(n, K)
  c: vector(n)
define:
  p: softmax(theta)
notation:
  p: \\pi
parts:
  - id: a
    ask: q
    find: E(a - p)
"""
MOMENTUM = """format: 1
title: momentum
index:
  i: 1..B
  t: 1..T
symbols:
  m: vector(d)
  e[t]: vector(d) ~ moments(mean=m, cov=s**2)
  g[i]: vector(d)
  s: scalar positive
  beta: scalar in (0, 1)
define:
  v[0]: zeros(d)
  v[t]: beta * v[t-1] + e[t]
parts:
  - id: e
    ask: q
    find: Var(v[t])
"""
ATTENTION = """format: 1
title: attention
symbols:
  Q: matrix(m, k)
  K: matrix(n, k)
  V: matrix(n, p)
define:
  S: Q @ K.T / sqrt(k)
  A: softmax(S, rows)
  Z: A @ V
  C: softmax(S.T, rows).T
parts:
  - id: a
    ask: q
    find: Z
"""
OVER_COLUMNS = ATTENTION.replace("softmax(S, rows)", "softmax(S.T, rows).T")
DESCENT = """format: 1
title: descent
index:
  t: 1..T
symbols:
  u: vector(2)
  x[0]: vector(2)
  gamma: scalar positive
define:
  L: 2 * u[1] + 3 * u[1] * u[2]
  x[t]: x[t-1] - gamma * at(gradient(L, u), u == x[t-1])
parts:
  - id: a
    ask: q
    find: x[t]
"""
CELLS = """format: 1
title: cells
index:
  i: 1..2
  j: 1..2
symbols:
  X: matrix(4, 4)
  F: matrix(3, 3)
  c: scalar
data:
  X: [[1, 0, -2, 3], [2, 9, 5, 6], [0, -3, 1, 3], [6, 5, 2, 0]]
  F: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
  c: 2
define:
  Y[i, j]: sum(F[k, l] * X[i+k-1, j+l-1], k=1..3, l=1..3) + c
  L: sum(Y[i, j]**2, i, j) / 2
parts:
  - id: a
    ask: q
    find:
      Y_11: Y[1, 1]
      Y_12: Y[1, 2]
  - id: b
    ask: q
    find: gradient(L, X)
"""
LAW = """format: 1
title: law
symbols:
  x: vector(d)
  g: vector(d)
  v: scalar positive
  y: scalar
define:
  l: logpdf(normal(g, v * eye(d)), x)
parts:
  - id: a
    ask: q
    find: gradient(l, g)
"""
BAGGING = """format: 1
title: bagging
symbols:
  h: vector(K) ~ moments(mean=mu * ones(K), cov=s2 * ((1 - rho) * eye(K) + rho * ones(K) @ ones(K).T))
  mu: scalar
  s2: scalar positive
  rho: scalar in (0, 1)
define:
  hbar: ones(K).T @ h / K
notation:
  s2: \\sigma^2
  hbar: \\bar h
parts:
  - id: a
    ask: q
    find: Var(hbar)
"""
PRIOR = """format: 1
title: prior
symbols:
  X: matrix(n, d)
  y: vector(n)
  w: vector(d)
  lambda: scalar positive
  S: matrix(d, d) spd
  B: matrix(d, d)
define:
  J: 1/2 * sqnorm(X @ w - y) + lambda/2 * sqnorm(w)
  v: w.T @ S @ w
parts:
  - id: grad
    ask: q
    find: gradient(J, w)
"""
ROWWISE = """format: 1
title: rows
index:
  i: 1..n
symbols:
  x[i]: vector(d)
  a: vector(n)
  b: vector(m)
  s: vector(n)
define:
  p: softmax(s)
  X: sum(onehot(i, n) @ x[i].T, i)
  M: a @ b.T
parts:
  - id: a
    ask: q
    find: jacobian(p, s)
"""
SPREAD = """format: 1
title: spread
symbols:
  x: vector(d)
define:
  v: sqnorm(x) / d
notation:
  v: \\sigma^2
parts:
  - id: a
    ask: q
    find: gradient(v, x)
"""
