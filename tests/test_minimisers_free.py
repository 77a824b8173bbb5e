"""Minimisers without constraints: least squares, likelihoods, divergences; each derived, checked, as expected.

To add a family: a row in ROWS. What must be refused stands in test_minimisers_refused.py.
"""

from __future__ import annotations

import pytest
from minimisers import Asked, solved

from derive.kinds.solve import solve
from derive.notation.derivation import Chain, Remark
from derive.notation.text import text
from derive.problem.load import loads

LINEAR = "X: matrix(n, d) full_column_rank; y: vector(n); w: vector(d)"
DATA = "x[i]: vector(n); mu: vector(n); Sigma: matrix(n, n) spd"
NUMBERS = "x[i]: scalar; mu: scalar"
N = "i: 1..N"

ROWS = [
    # least squares
    Asked("ordinary", LINEAR, "argmin(sqnorm(X @ w - y), w)", "inv(X.T @ X) @ X.T @ y"),
    Asked("other names", "Phi: matrix(m, k) full_column_rank; t: vector(m); theta: vector(k)", "argmin(sqnorm(t - Phi @ theta) / m, theta)", "inv(Phi.T @ Phi) @ Phi.T @ t"),
    Asked("several right sides", "X: matrix(n, d) full_column_rank; Y: matrix(n, k); W: matrix(d, k); c: scalar positive", "argmin(sqnorm(X @ W - Y) + c * sqnorm(W), W)", "inv(X.T @ X + c * eye(d)) @ X.T @ Y"),
    Asked("Tikhonov", LINEAR + "; G: matrix(m, d)", "argmin(sqnorm(X @ w - y) + sqnorm(G @ w), w)", "inv(X.T @ X + G.T @ G) @ X.T @ y"),
    Asked("weights on the right", "X: matrix(n, d) full_column_rank; Y: matrix(n, k); W: matrix(d, k); S: matrix(k, k) spd", "argmin(trace((Y - X @ W) @ S @ (Y - X @ W).T), W)", "inv(X.T @ X) @ X.T @ Y"),
    Asked("weights on the left", LINEAR + "; s: vector(n) positive", "argmin((y - X @ w).T @ diag(s) @ (y - X @ w), w)", "inv(X.T @ diag(s) @ X) @ X.T @ (s * y)"),
    Asked("weights of data", "x[i]: vector(d); y[i]: scalar; w: vector(d); s[i]: scalar positive", "argmin(sum(s[i] * (y[i] - w.T @ x[i])**2, i), w)", "inv(sum(s[i] * x[i] @ x[i].T, i)) @ sum(s[i] * y[i] * x[i], i)", index=N),
    Asked("bias", "X: matrix(n, d); y: vector(n); w: vector(d); b: scalar", "argmin(sqnorm(X @ w + b * ones(n) - y), b)", "sum(y - X @ w) / n"),
    Asked("bias given", LINEAR + "; b: scalar", "argmin(sqnorm(X @ w + b * ones(n) - y), w)", "inv(X.T @ X) @ X.T @ (y - b * ones(n))"),
    Asked("slope", "x[i]: scalar; y[i]: scalar; a: scalar; b: scalar", "argmin(sum((y[i] - a * x[i] - b)**2, i), a)", "sum(x[i] * (y[i] - b), i) / sum(x[i]**2, i)", index=N),
    Asked("a posteriori", LINEAR + "; s: scalar positive; t: scalar positive", "argmin(sqnorm(y - X @ w) / (2 * s**2) + sqnorm(w) / (2 * t**2), w)", "inv(X.T @ X + s**2 / t**2 * eye(d)) @ X.T @ y"),
    Asked("matrix of data", "x[i]: vector(d); y[i]: vector(k); W: matrix(k, d); c: scalar positive", "argmin(sum(sqnorm(y[i] - W @ x[i]), i) + c * sqnorm(W), W)", "sum(y[i] @ x[i].T, i) @ inv(sum(x[i] @ x[i].T, i) + c * eye(d))", index=N),
    Asked("factor", "Y: matrix(n, m); U: matrix(n, k); V: matrix(m, k) full_column_rank", "argmin(sqnorm(Y - U @ V.T), U)", "Y @ V @ inv(V.T @ V)"),
    Asked("autoencoder", "X: matrix(n, d) full_column_rank; W: matrix(d, d)", "argmin(sqnorm(X @ W - X), W)", "eye(d)"),
    Asked("Kalman gain", "P: matrix(n, n) spd; R: matrix(m, m) spd; H: matrix(m, n); K: matrix(n, m)", "argmin(trace((eye(n) - K @ H) @ P @ (eye(n) - K @ H).T + K @ R @ K.T), K)", "P @ H.T @ inv(H @ P @ H.T + R)"),
    Asked("denoising", "y: vector(n); x: vector(n); D: matrix(m, n); c: scalar positive", "argmin(sqnorm(y - x) + c * sqnorm(D @ x), x)", "inv(eye(n) + c * D.T @ D) @ y"),
    Asked("proximal point", "v: vector(n); w: vector(n); t: scalar positive", "argmin(sqnorm(w - v) / (2 * t) + sqnorm(w) / 2, w)", "v / (1 + t)"),
    Asked("centroid", "x[i]: vector(d); r[i]: scalar positive; mu: vector(d)", "argmin(sum(r[i] * sqnorm(x[i] - mu), i), mu)", "sum(r[i] * x[i], i) / sum(r[i], i)", index=N),
    Asked("weighted mean", "x: vector(n); s: vector(n) positive; m: scalar", "argmin(sum((x - m * ones(n))**2 / s), m)", "sum(x / s) / sum(1 / s)"),
    # steps
    Asked("gradient step", "f: scalar; g: vector(n); w: vector(n); v: vector(n); eta: scalar positive", "argmin(f + g.T @ (v - w) + sqnorm(v - w) / (2 * eta), v)", "w - eta * g"),
    Asked("Newton step", "f: scalar; g: vector(n); H: matrix(n, n) spd; w: vector(n); v: vector(n)", "argmin(f + g.T @ (v - w) + (v - w).T @ H @ (v - w) / 2, v)", "w - inv(H) @ g"),
    Asked("Newton step of logistic regression", "X: matrix(n, d) full_column_rank; y: vector(n) in (0, 1); w: vector(d)", "w - inv(hessian(f, w)) @ gradient(f, w)", "w - inv(X.T @ diag(sigmoid(X @ w) * (1 - sigmoid(X @ w))) @ X) @ X.T @ (sigmoid(X @ w) - y)", "f: sum(softplus(X @ w)) - y.T @ X @ w"),
    # likelihoods
    Asked("normal mean", DATA, "argmax(sum(logpdf(normal(mu, Sigma), x[i]), i), mu)", "sum(x[i], i) / N", index=N),
    Asked("normal mean of a named likelihood", DATA, "argmax(l, mu)", "sum(x[i], i) / N", "p[i]: logpdf(normal(mu, Sigma), x[i]); l: sum(p[i], i)", N),
    Asked("normal mean written out", DATA, "argmin(sum((x[i] - mu).T @ inv(Sigma) @ (x[i] - mu), i) / 2, mu)", "sum(x[i], i) / N", index=N),
    Asked("normal covariance", DATA, "argmax(sum(logpdf(normal(mu, Sigma), x[i]), i), Sigma)", "sum((x[i] - mu) @ (x[i] - mu).T, i) / N", index=N),
    Asked("normal covariance of a scatter", "A: matrix(n, n) spd; S: matrix(n, n) spd; c: scalar positive", "argmin(c * logdet(S) + trace(inv(S) @ A), S)", "A / c"),
    Asked("normal precision", "x[i]: vector(n); P: matrix(n, n) spd", "argmax(N * logdet(P) / 2 - sum(x[i].T @ P @ x[i], i) / 2, P)", "N * inv(sum(x[i] @ x[i].T, i))", index=N),
    Asked("normal variance", NUMBERS + "; v: scalar positive", "argmin(N * log(v) / 2 + sum((x[i] - mu)**2, i) / (2 * v), v)", "sum((x[i] - mu)**2, i) / N", index=N),
    Asked("normal standard deviation", NUMBERS + "; s: scalar positive", "argmax(sum(logpdf(normal(mu, s**2), x[i]), i), s)", "sqrt(sum((x[i] - mu)**2, i) / N)", index=N),
    Asked("normal precision of numbers", NUMBERS + "; b: scalar positive", "argmax(N * log(b) / 2 - b * sum((x[i] - mu)**2, i) / 2, b)", "N / sum((x[i] - mu)**2, i)", index=N),
    Asked("normal variance of a vector", "x: vector(n); m: scalar; v: scalar positive", "argmax(logpdf(normal(m, v), x), v)", "sqnorm(x - m * ones(n)) / n"),
    Asked("regression", LINEAR + "; v: scalar positive", "argmax(logpdf(normal(X @ w, v), y), w)", "inv(X.T @ X) @ X.T @ y"),
    Asked("regression variance", "X: matrix(n, d); y: vector(n); w: vector(d); v: scalar positive", "argmax(logpdf(normal(X @ w, v), y), v)", "sqnorm(y - X @ w) / n"),
    Asked("mean with a prior", DATA + "; m: vector(n); P: matrix(n, n) spd", "argmax(sum(logpdf(normal(mu, Sigma), x[i]), i) + logpdf(normal(m, P), mu), mu)", "inv(N * inv(Sigma) + inv(P)) @ (inv(Sigma) @ sum(x[i], i) + inv(P) @ m)", index=N),
    Asked("Bernoulli", "x[i]: scalar in (0, 1); p: scalar in (0, 1)", "argmax(sum(logpdf(bernoulli(p), x[i]), i), p)", "sum(x[i], i) / N", index=N),
    Asked("Bernoulli of counts", "k: scalar positive; m: scalar positive; q: scalar in (0, 1)", "argmax(k * log(q) + m * log(1 - q), q)", "k / (k + m)"),
    Asked("Bernoulli logit", "x[i]: scalar in (0, 1); t: scalar", "argmax(sum(x[i] * t - log(1 + exp(t)), i), t)", "log(sum(x[i], i) / (N - sum(x[i], i)))", index=N),
    Asked("Poisson", "x[i]: scalar positive; r: scalar positive", "argmax(sum(logpdf(poisson(r), x[i]), i), r)", "sum(x[i], i) / N", index=N),
    Asked("Poisson with a prior", "x[i]: scalar positive; a: scalar positive; b: scalar positive; r: scalar positive", "argmax(sum(logpdf(poisson(r), x[i]), i) + a * log(r) - b * r, r)", "(sum(x[i], i) + a) / (N + b)", index=N),
    Asked("exponential", "x[i]: scalar positive; r: scalar positive", "argmax(sum(logpdf(exponential(r), x[i]), i), r)", "N / sum(x[i], i)", index=N),
    Asked("geometric", "k[i]: scalar positive; q: scalar in (0, 1)", "argmax(sum(log(q) + k[i] * log(1 - q), i), q)", "N / (N + sum(k[i], i))", index=N),
    Asked("Laplace scale", "x: vector(n) nonzero; b: scalar positive", "argmax(logpdf(laplace(zeros(n), b), x), b)", "norm1(x) / n"),
    Asked("Rayleigh", "x[i]: scalar positive; v: scalar positive", "argmax(sum(log(x[i]) - log(v) - x[i]**2 / (2 * v), i), v)", "sum(x[i]**2, i) / (2 * N)", index=N),
    Asked("Pareto", "x[i]: scalar positive; a: scalar positive; m: scalar positive", "argmax(sum(log(a) - (a + 1) * log(x[i] / m), i), a)", "N / sum(log(x[i] / m), i)", index=N),
    # other functions of one unknown
    Asked("optimal discriminator", "p: vector(n) positive; q: vector(n) positive; D: vector(n) in (0, 1)", "argmax(p.T @ log(D) + q.T @ log(1 - D), D)", "p / (p + q)"),
    Asked("logarithm against a line", "a: scalar positive; x: scalar positive", "argmin(x - a * log(x), x)", "a"),
    Asked("quadratic equation", "a: scalar positive; x: scalar positive; m: scalar", "argmin((x - m)**2 / 2 - a * log(x), x)", "(m + sqrt(m**2 + 4 * a)) / 2"),
    Asked("exponential against a line", "a: vector(n) positive; u: vector(n)", "argmin(sum(exp(u)) - a.T @ u, u)", "log(a)"),
    Asked("divergence in the covariance", "mu: vector(n); m: vector(n); S: matrix(n, n) spd; R: matrix(n, n) spd", "argmin(kl(normal(mu, S), normal(m, R)), R)", "S + (m - mu) @ (m - mu).T"),
    Asked("ratio", "k: scalar positive; x: scalar positive", "argmax(x / (k + x**2), x)", "sqrt(k)"),
    Asked("bell", "x: scalar; m: scalar; s: scalar positive", "argmax(exp(-(x - m)**2 / (2 * s)), x)", "m"),
    Asked("cost and decay", "a: scalar positive; b: scalar positive; x: scalar positive", "argmin(a * x + b / x, x)", "sqrt(b / a)"),
    # unknown facts: what is assumed is said, and the check keeps to it
    Asked("least squares without a rank", "X: matrix(n, d); y: vector(n); w: vector(d)", "argmin(sqnorm(X @ w - y), w)", "inv(X.T @ X) @ X.T @ y"),
    Asked("Bernoulli of any numbers", "x: vector(n); p: scalar in (0, 1)", "argmax(logpdf(bernoulli(p), x), p)", "sum(x) / n"),
    Asked("mean of rows", "X: matrix(N, n); mu: vector(n)", "argmin(sqnorm(X - ones(N) @ mu.T), mu)", "colsum(X) / N"),
    Asked("offsets", "X: matrix(n, d); Y: matrix(n, k); W: matrix(d, k); b: vector(k)", "argmin(sqnorm(X @ W + ones(n) @ b.T - Y), b)", "colsum(Y - X @ W) / n"),
    Asked("responsibilities", "g[i]: scalar in (0, 1); x[i]: vector(n); mu: vector(n); S: matrix(n, n) spd", "argmax(sum(g[i] * logpdf(normal(mu, S), x[i]), i), S)", "sum(g[i] * (x[i] - mu) @ (x[i] - mu).T, i) / sum(g[i], i)", index=N),
    # expectations
    Asked("best constant", "y: scalar ~ normal(m, v); m: scalar; v: scalar positive; c: scalar", "argmin(E((y - c)**2), c)", "m"),
    Asked("best vector", "x: vector(n) ~ moments(mean=m, cov=S); m: vector(n); S: matrix(n, n) spd; c: vector(n)", "argmin(E(sqnorm(x - c)), c)", "m"),
    Asked("control variate", "a: scalar ~ normal(0, 1); b: scalar ~ normal(0, s); s: scalar positive; c: scalar", "argmin(Var(a - c * (a + b)), c)", "1 / (1 + s)"),
    # signs that need an argument
    Asked("posterior of a coin", "x: vector(n) in (0, 1); p: scalar in (0, 1); a: scalar positive; b: scalar positive", "argmax((sum(x) + a) * log(p) + (n - sum(x) + b) * log(1 - p), p)", "(sum(x) + a) / (n + a + b)"),
    Asked("rate with a prior", "x: vector(n) positive; l: scalar positive; a: scalar positive; b: scalar positive", "argmax(n * log(l) + a * log(l) - b * l - l * sum(x), l)", "(n + a) / (b + sum(x))"),
    Asked("prior policy", "s: vector(K); q: vector(K) simplex positive; p: vector(K) simplex; t: scalar positive", "argmax(s.T @ p - t * p.T @ log(p / q), p)", "exp(s / t) * q / sum(exp(s / t) * q)"),
    Asked("about a point", "H: matrix(d, d) spd; g: vector(d); u: vector(d); w: vector(d); a: scalar positive", "argmin(g.T @ (w - u) + (w - u).T @ H @ (w - u) / 2 + a / 2 * sqnorm(w - u), w)", "u - inv(H + a * eye(d)) @ g"),
    # inside other expressions, and behind a name
    Asked("prediction", LINEAR + "; c: scalar positive", "X @ argmin(sqnorm(X @ w - y) + c * sqnorm(w), w)", "X @ inv(X.T @ X + c * eye(d)) @ X.T @ y"),
    Asked("behind a name", LINEAR, "best", "inv(X.T @ X) @ X.T @ y", "best: argmin(sqnorm(X @ w - y), w)"),
    Asked("least value", "a: scalar positive; b: scalar; x: scalar", "a * argmin(a * x**2 - b * x, x)**2 - b * argmin(a * x**2 - b * x, x)", "-b**2 / (4 * a)"),
]  # fmt: skip


@pytest.mark.parametrize("asked", ROWS, ids=lambda a: a.name)
def test_derived_checked_and_as_expected(asked: Asked) -> None:
    result = solved(asked)
    assert result.status == "checked", result.error
    assert [found.expect.status for found in result.answers if found.expect] == ["holds"]


REMARKS = {  # the second-order argument of some rows
    "ordinary": "The Hessian is positive definite, so the point where the gradient is zero is the only minimum.",
    "weights of data": "Where {0} is positive definite, the point where the gradient is zero is the only minimum.",
    "normal variance": "The Hessian is positive at the only point where the gradient is zero, so this is the only minimum.",
    "normal covariance": "In {0} the function is strictly concave: a log-determinant and a linear function. So the stationary point is the only maximum.",
    "Bernoulli": "The Hessian is negative, so the point where the gradient is zero is the only maximum.",
    "posterior of a coin": "The Hessian is negative, so the point where the gradient is zero is the only maximum.",
    "rate with a prior": "The Hessian is negative, so the point where the gradient is zero is the only maximum.",
    "optimal discriminator": "The Hessian is negative definite, so the point where the gradient is zero is the only maximum.",
}  # fmt: skip


@pytest.mark.parametrize("name", REMARKS)
def test_second_order(name: str) -> None:
    result = solved(next(a for a in ROWS if a.name == name))
    assert REMARKS[name] in [b.reason.text for b in result.blocks if isinstance(b, Remark)]


@pytest.mark.parametrize(
    "name", ["posterior of a coin", "rate with a prior", "prior policy", "about a point"]
)
def test_nothing_is_asked_for_that_the_facts_say(name: str) -> None:
    result = solved(next(a for a in ROWS if a.name == name))
    assert not [b for b in result.blocks if isinstance(b, Remark) and "needs" in b.reason.text]


def test_each_of_two_maxima_has_its_argument() -> None:
    source = Asked("two", "x: vector(n) in (0, 1); p: scalar in (0, 1); a: scalar positive", "X").source
    coin = "sum(x) * log(p) + (n - sum(x)) * log(1 - p)"
    find = f"\n      one: argmax({coin}, p)\n      two: argmax({coin} + a * log(p), p)"
    part = solve(loads(source.replace("find: X", f"find:{find}")), second_opinion=False).parts[0]
    said = [b.reason.text for b in part.blocks if isinstance(b, Remark)]
    assert (
        said.count("The Hessian is negative, so the point where the gradient is zero is the only maximum.")
        == 2
    )


def test_the_equation_goes_on_line_by_line() -> None:
    """At the stationary point both sides change: the gradient, the linear equation, the solution."""
    result = solved(ROWS[0])
    (chain,) = [b for b in result.blocks if isinstance(b, Chain) and b.at]
    assert [f"{text(line.left)} == {text(line.right)}" for line in chain.lines] == [
        "2 * X.T @ (X @ w - y) == zeros(d)",
        "X.T @ X @ w == X.T @ y",
        "w == inv(X.T @ X) @ X.T @ y",
    ]
    assert all(line.verdict is not None and line.verdict.status == "holds" for line in chain.lines)
