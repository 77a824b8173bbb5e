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
    "policy": """
symbols:
  theta: vector(n)
  r: vector(n)
  e: vector(n)
  phi: vector(m)
  W: matrix(n, m)
  inputs: scalar positive
define:
  pi: softmax(theta)
  J: pi.T @ r
  z: W @ phi
  l: e.T @ z - logsumexp(z)
notation:
  theta: \\theta
  pi: \\pi
  phi: \\phi
parts:
  - id: a
    ask: q
    find: gradient(J, theta)
  - id: b
    ask: q
    find: gradient(l, z)
""",
    "factors": """
symbols:
  R: matrix(m, n)
  U: matrix(m, k)
  V: matrix(n, k)
  lam: scalar positive
define:
  L: 1/2 * sqnorm(R - U @ V.T) + lam / 2 * (sqnorm(U) + sqnorm(V))
notation:
  lam: \\lambda
parts:
  - id: a
    ask: q
    find: gradient(L, U)
  - id: c
    ask: q
    find: argmin(L, U)
""",
    "units": """
symbols:
  X: matrix(n, n) invertible
  S: matrix(n, n) symmetric
  a: vector(n)
  z: vector(m)
  delta: scalar positive
  mu: scalar
define:
  gelu(r): r * Phi(r)
  h: gelu(z)
parts:
  - id: a
    ask: q
    find: gradient(sum(h), z)
""",
    "mean": """
index:
  t: 1..T
  i: 1..K
symbols:
  g[t]: scalar ~ moments(mean=mu, cov=s**2)
  h[i]: scalar ~ moments(mean=mu, cov=s**2)
  mu: scalar
  s: scalar positive
  beta: scalar in (0, 1)
  m[0]: scalar
  nu: vector(k)
  v: vector(k) positive
define:
  m[t]: beta * m[t-1] + (1 - beta) * g[t]
  hbar: sum(h[i], i) / K
  D: kl(normal(nu, diag(v)), normal(zeros(k), eye(k)))
notation:
  s: \\sigma
  hbar: \\bar h
parts:
  - id: a
    ask: q
    find: E(m[t])
  - id: b
    ask: q
    find: Var(hbar)
""",
    "cell": """
index:
  t: 1..T
symbols:
  x[t]: vector(d)
  W: matrix(n, d)
  U: matrix(n, n)
  s[0]: vector(n)
define:
  s[t]: tanh(W @ x[t] + U @ s[t-1])
  o: x[1]
parts:
  - id: a
    ask: q
    find: jacobian(s[t], s[t-1])
""",
}
