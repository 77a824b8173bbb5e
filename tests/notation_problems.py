r"""The problems whose answers test_judging_notation.py judges, by what they are about."""

from __future__ import annotations

SETUPS = {
    "soft": """
index:
  i: 1..N
symbols:
  W: matrix(n, d)
  h: vector(d)
  y: vector(n) simplex
  q: vector(n) simplex
  mu: vector(n)
  c: integer in 1..n
  lambda: scalar positive
  Q: matrix(n, n)
define:
  z: W @ h
  p: softmax(z)
  l: -log(p[c])
  L: -y.T @ log(p)
parts:
  - id: a
    ask: q
    find: gradient(l, z)
  - id: b
    ask: q
    find: jacobian(p, z)
  - id: c
    ask: q
    find: gradient(L, z)
  - id: d
    ask: q
    find: gradient(l, h)
""",
    "logreg": """
index:
  i: 1..N
symbols:
  X: matrix(N, d)
  w: vector(d)
  y: vector(N)
  lambda: scalar positive
define:
  p: sigmoid(X @ w)
  L: -sum(y * log(p) + (1 - y) * log(1 - p)) + lambda/2 * sqnorm(w)
parts:
  - id: a
    ask: q
    find: gradient(L, w)
  - id: b
    ask: q
    find: hessian(L, w)
""",
    "gan": """
symbols:
  p: vector(K) simplex
  q: vector(K) simplex
  D: vector(K) positive
  E: vector(K) positive
define:
  V: sum(p * log(D) + q * log(E))
  m: 1/2 * (p + q)
parts:
  - id: a
    ask: q
    find: gradient(V, D)
""",
    "gauss": """
index:
  i: 1..N
symbols:
  x[i]: vector(d)
  mu: vector(d)
  Sigma: matrix(d, d) spd
  X: matrix(N, d)
  v: vector(d)
  A: matrix(d, d) positive_determinant
  B: matrix(d, d)
  a: scalar
define:
  l: sum(logpdf(normal(mu, Sigma), x[i]), i)
  J: trace(A @ B)
  K: logdet(A)
  f: sqnorm(A @ v)
parts:
  - id: a
    ask: q
    find: gradient(l, mu)
  - id: b
    ask: q
    find: gradient(J, A)
  - id: c
    ask: q
    find: hessian(f, v)
""",
    "gru": """
index:
  t: 1..T
symbols:
  x: vector(d)
  hprev: vector(h)
  Uz: matrix(h, h)
  Wz: matrix(h, d)
  Wf: matrix(h, d)
  bz: vector(h)
define:
  az: Wz @ x + Uz @ hprev + bz
  zg: sigmoid(az)
  g: sqnorm(zg)
parts:
  - id: a
    ask: q
    find: gradient(g, Uz)
  - id: b
    ask: q
    find: jacobian(zg, hprev)
""",
    "mlp": """
symbols:
  x: vector(n)
  W: matrix(m, n)
  b: vector(m)
  t: vector(m)
  v: vector(m)
  u: vector(n)
  s: scalar
  r: scalar positive
define:
  a: W @ x + b
  y: tanh(a)
  L: 1/2 * sqnorm(y - t)
  R: sum(relu(a))
  k: sqrt(s**2 + 1)
parts:
  - id: a
    ask: q
    find: gradient(L, W)
  - id: b
    ask: q
    find: gradient(L, x)
  - id: c
    ask: q
    find: gradient(R, W)
  - id: d
    ask: q
    find: jacobian(y, x)
""",
    "dist": """
symbols:
  p: vector(n) simplex
  q: vector(n) simplex
  x: vector(n)
  y: vector(n)
  v: vector(n)
  A: matrix(n, n)
  S: matrix(n, n) spd
  mu: vector(n)
  z: vector(n) ~ normal(mu, S)
  w: vector(n)
  a: scalar
  b: scalar positive
  f: function
define:
  H: -sum(p * log(p))
  C: -sum(p * log(q))
  g: a**3 + b
  J: w.T @ S @ w
parts:
  - id: a
    ask: q
    find: gradient(C, q)
  - id: b
    ask: q
    find: gradient(J, w)
  - id: c
    ask: q
    find: E(v.T @ z)
""",
}
