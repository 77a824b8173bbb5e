"""Rules: log-densities and divergences written out. To add one: a row in ROWS.

From each row come those for its differential and its expectation (DIFFERENTIALS, EXPECTATIONS), which say
nothing new and are neither listed nor tested a second time.
"""

from __future__ import annotations

from derive.rules.row import Rule


def _row(name: str, left: str, right: str, variables: str) -> Rule:
    return Rule(name, f"{left} == {right}", variables, say=name, group="densities")


DATA = "x: vector(n)"
ROWS = [
    _row("density of the normal law", "logpdf(normal(mu, S), x)", "-n / 2 * log(2 * pi) - logdet(S) / 2 - (x - mu).T @ inv(S) @ (x - mu) / 2", f"mu: vector(n), S: matrix(n, n) spd, {DATA}"),
    _row("density of the normal law", "logpdf(normal(mu, v), x)", "-log(2 * pi * v) / 2 - (x - mu)**2 / (2 * v)", "mu: scalar, v: scalar positive, x: scalar"),
    _row("density of the normal law, entry by entry", "logpdf(normal(mu, v), x)", "-n / 2 * log(2 * pi * v) - sqnorm(x - mu) / (2 * v)", f"mu: vector(n), v: scalar positive, {DATA}"),
    _row("density of the normal law, entry by entry", "logpdf(normal(mu, v), x)", "-n / 2 * log(2 * pi * v) - sqnorm(x - mu * ones(n)) / (2 * v)", f"mu: scalar, v: scalar positive, {DATA}"),
    _row("density of the normal law, entry by entry", "logpdf(normal(mu, v), x)", "-sum(log(2 * pi * v)) / 2 - sum((x - mu)**2 / v) / 2", f"mu: vector(n), v: vector(n) positive, {DATA}"),
    _row("density of the normal law, entry by entry", "logpdf(normal(M, v), X)", "-m * n / 2 * log(2 * pi * v) - sqnorm(X - M) / (2 * v)", "M: matrix(m, n), v: scalar positive, X: matrix(m, n)"),
    _row("probability of the Bernoulli law", "logpdf(bernoulli(p), x)", "x * log(p) + (1 - x) * log(1 - p)", "p: scalar in (0, 1), x: scalar"),
    _row("probability of the Bernoulli law, entry by entry", "logpdf(bernoulli(p), x)", "x.T @ log(p) + (1 - x).T @ log(1 - p)", f"p: vector(n) in (0, 1), {DATA}"),
    _row("probability of the Bernoulli law, entry by entry", "logpdf(bernoulli(p), x)", "sum(x) * log(p) + (n - sum(x)) * log(1 - p)", f"p: scalar in (0, 1), {DATA}"),
    _row("probability of the categorical law", "logpdf(categorical(p), x)", "x.T @ log(p)", f"p: vector(n) simplex, {DATA}"),
    _row("probability of the categorical law", "logpdf(categorical(p), j)", "log(p[j])", "p: vector(n) simplex, j: integer in 1..n"),
    _row("probability of the Poisson law", "logpdf(poisson(r), x)", "x * log(r) - r - logfactorial(x)", "r: scalar positive, x: scalar positive"),
    _row("probability of the Poisson law, entry by entry", "logpdf(poisson(r), x)", "sum(x) * log(r) - n * r - sum(logfactorial(x))", "r: scalar positive, x: vector(n) positive"),
    _row("probability of the Poisson law, entry by entry", "logpdf(poisson(r), x)", "x.T @ log(r) - sum(r) - sum(logfactorial(x))", "r: vector(n) positive, x: vector(n) positive"),
    _row("density of the exponential law", "logpdf(exponential(r), x)", "log(r) - r * x", "r: scalar positive, x: scalar"),
    _row("density of the exponential law, entry by entry", "logpdf(exponential(r), x)", "n * log(r) - r * sum(x)", f"r: scalar positive, {DATA}"),
    _row("density of the Laplace law", "logpdf(laplace(m, b), x)", "-log(2 * b) - abs(x - m) / b", "m: scalar, b: scalar positive, x: scalar"),
    _row("density of the Laplace law, entry by entry", "logpdf(laplace(m, b), x)", "-n * log(2 * b) - norm1(x - m) / b", f"m: vector(n), b: scalar positive, {DATA}"),
    _row("divergence of normal laws", "kl(normal(mu, S), normal(m, R))", "(trace(inv(R) @ S) + (m - mu).T @ inv(R) @ (m - mu) - n + logdet(R) - logdet(S)) / 2", "mu: vector(n), S: matrix(n, n) spd, m: vector(n), R: matrix(n, n) spd"),
    _row("divergence of normal laws", "kl(normal(mu, v), normal(m, w))", "(v / w + (m - mu)**2 / w - 1 + log(w) - log(v)) / 2", "mu: scalar, v: scalar positive, m: scalar, w: scalar positive"),
    _row("divergence of normal laws, entry by entry", "kl(normal(mu, v), normal(m, w))", "(n * v / w + sqnorm(m - mu) / w - n + n * log(w) - n * log(v)) / 2", "mu: vector(n), v: scalar positive, m: vector(n), w: scalar positive"),
    _row("divergence of Bernoulli laws", "kl(bernoulli(p), bernoulli(q))", "p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))", "p: scalar in (0, 1), q: scalar in (0, 1)"),
    _row("divergence of Bernoulli laws, entry by entry", "kl(bernoulli(p), bernoulli(q))", "p.T @ log(p / q) + (1 - p).T @ log((1 - p) / (1 - q))", "p: vector(n) in (0, 1), q: vector(n) in (0, 1)"),
    _row("divergence of categorical laws", "kl(categorical(p), categorical(q))", "p.T @ log(p / q)", "p: vector(n) simplex, q: vector(n) simplex"),
]  # fmt: skip


def _inside(verb: str) -> list[Rule]:
    """The rows under a verb: `E(logpdf(...)) == E(...)`."""
    found = []
    for rule in ROWS:
        left, _, right = rule.statement.partition(" == ")
        found.append(
            Rule(
                rule.name,
                f"{verb}({left}) == {verb}({right})",
                rule.variables,
                say=rule.name,
                group="densities",
            )
        )
    return found


DIFFERENTIALS = _inside("d")
EXPECTATIONS = _inside("E")
