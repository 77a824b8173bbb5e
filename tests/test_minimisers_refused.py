"""What has no minimum, no closed form or no such point is refused with a reason, or printed as not checked."""

from __future__ import annotations

import pytest
from minimisers import Asked, solved

from derive.errors import DeriveError

NOT_DERIVED = [
    (Asked("maximum of a square", "X: matrix(n, d) full_column_rank; y: vector(n); w: vector(d)", "argmax(sqnorm(X @ w - y), w)"), "has no maximum in w"),
    (Asked("cube", "x: scalar", "argmin(x**3, x)"), "x = 0 is a solution beside others"),
    (Asked("cubic", "x: scalar; a: scalar positive", "argmin(x**3 - a * x, x)"), "has two solutions"),
    (Asked("plane", "a: vector(n); x: vector(n)", "argmin(a.T @ x, x)"), "has no minimum in x: its gradient is a"),
    (Asked("no variable", "a: vector(n); x: vector(n)", "argmin(sqnorm(a), x)"), "does not depend on it"),
    (Asked("concave", "u: vector(n) positive", "argmin(sum(log(u)), u)"), "has no solution"),
    (Asked("logistic regression", "X: matrix(n, d) full_column_rank; y: vector(n) in (0, 1); w: vector(d)", "argmin(sum(softplus(X @ w)) - y.T @ X @ w, w)"), "no closed form found"),
    (Asked("Sylvester", "X: matrix(n, d) full_column_rank; Y: matrix(n, k); W: matrix(d, k); S: matrix(k, k) spd; c: scalar positive", "argmin(trace((Y - X @ W) @ S @ (Y - X @ W).T) + c * sqnorm(W), W)"), "Sylvester equation"),
    (Asked("orthogonal", "A: matrix(n, n); B: matrix(n, n); Q: matrix(n, n) orthogonal", "argmin(sqnorm(A @ Q - B), Q)"), "bound to be orthogonal"),
    (Asked("unbounded on a plane", "w: vector(n)", "argmax(sqnorm(w), w)", subject_to="sum(w) == 1"), "no maximum under the constraint"),
    (Asked("linear on a plane", "m: vector(n); w: vector(n)", "argmin(m.T @ w, w)", subject_to="sum(w) == 1"), "has no minimum in w"),
    (Asked("constant on a sphere", "w: vector(n)", "argmin(sqnorm(w), w)", subject_to="sqnorm(w) == 1"), "is the same wherever the constraint holds"),
    (Asked("no such sphere", "w: vector(n)", "argmin(sqnorm(w), w)", subject_to="sqnorm(w) == -1"), "is the same wherever"),
    (Asked("negative sphere", "m: vector(n) nonzero; w: vector(n)", "argmax(m.T @ w, w)", subject_to="sqnorm(w) == -1"), "two solutions|no real solution"),
    (Asked("maximum of a convex function", "a: scalar positive; x: scalar positive", "argmax(x - a * log(x), x)"), "has no maximum"),
    (Asked("maximum where there is a minimum", "S: scalar positive; v: scalar positive", "argmax(log(v) + S / v, v)"), "has no maximum"),
    (Asked("covariance turned around", "S: matrix(n, n) spd; A: matrix(n, n) spd", "argmax(logdet(S) + trace(inv(S) @ A), S)"), "has no maximum"),
    (Asked("least entropy", "p: vector(K) simplex", "argmin(-p.T @ log(p), p)"), "no minimum under the constraint"),
    (Asked("falling", "x: scalar positive", "argmin(1 / x, x)"), "has no solution"),
    (Asked("contradiction", "w: vector(n); a: vector(n) nonzero", "argmin(sqnorm(w), w)", subject_to="a.T @ w == 1; a.T @ w == 2"), "does not fix lambda_2"),
    (Asked("unspecified", "w: vector(d); L: scalar of w", "argmin(L, w)"), "no closed form"),
    (Asked("generalised eigenvectors", "S: matrix(n, n) spd; B: matrix(n, n) spd; w: vector(n)", "argmax(w.T @ S @ w, w)", subject_to="w.T @ B @ w == 1"), "generalised eigenvalue problem"),
    (Asked("one member", "c[k]: scalar positive; p[k]: scalar positive", "argmax(sum(c[k] * log(p[k]), k), p[k])", index="k: 1..K", subject_to="sum(p[k], k) == 1"), "one member of a family"),
    (Asked("two roots inside", "x: scalar; a: scalar positive; b: scalar", "b * solve(x**2 == a, x)"), "has two values"),
    (Asked("two roots of a function", "x: scalar; a: scalar positive", "solve(log(x)**2 == a, x)"), "two solutions"),
    (Asked("not square", "A: matrix(m, n) full_column_rank; x: vector(n); b: vector(m)", "solve(A @ x == b, x)"), "is not square"),
    (Asked("equation without the unknown", "x: scalar; a: scalar", "solve(x == x + a, x)"), "drops out|is not in"),
    (Asked("no real solution", "x: scalar; a: scalar positive", "solve(exp(x) == -a, x)"), "no real solution"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "message"), NOT_DERIVED, ids=lambda v: v.name if isinstance(v, Asked) else ""
)
def test_not_derived(asked: Asked, message: str) -> None:
    result = solved(asked)
    assert result.status == "not-derived"
    assert not result.answers
    assert result.error is not None
    assert any(part in result.error.message for part in message.split("|")), result.error.message


NOT_CHECKED = [  # derived under a condition that no value meets: numbers find no minimum there
    Asked("outside the interval", "x: scalar in (0, 1)", "argmin((x - 2)**2, x)"),
    Asked(
        "negative where positive is wanted", "x: scalar positive; a: scalar positive", "argmin((x + a)**2, x)"
    ),
]


@pytest.mark.parametrize("asked", NOT_CHECKED, ids=lambda a: a.name)
def test_never_checked(asked: Asked) -> None:
    assert solved(asked).status in ("not-checked", "not-derived")


def test_a_wrong_expectation_fails() -> None:
    wrong = Asked(
        "wrong",
        "S: matrix(n, n) spd; w: vector(n)",
        "argmin(w.T @ S @ w, w)",
        "inv(S) @ ones(n)",
        subject_to="sum(w) == 1",
    )
    assert solved(wrong).status == "failed"


REFUSED = [  # the file itself
    (Asked("inequality", "w: vector(n)", "argmin(sqnorm(w), w)", subject_to="sum(w) >= 1"), "inequality"),
    (Asked("idle", "w: vector(n); v: vector(n)", "argmin(sqnorm(w), w)", subject_to="sum(v) == 1"), "nothing that is asked"),
    (Asked("no minimiser", "w: vector(n)", "gradient(sqnorm(w), w)", subject_to="sum(w) == 1"), "nothing that is asked"),
    (Asked("a taken name", "w: vector(n); nu: scalar", "argmin(sqnorm(w), w)", subject_to="sum(w) == 1", multiplier="nu"), "the name is taken"),
    (Asked("no law", "x: scalar", "logpdf(norm(0, 1), x)"), "a law is wanted here"),
    (Asked("no parameter", "x: scalar", "logpdf(normal(0), x)"), "does not take 1 argument"),
    (Asked("shapes of a law", "x: vector(n); m: vector(k)", "logpdf(normal(m, 1), x)"), "the mean of vector(n)"),
    (Asked("two kinds", "p: scalar in (0, 1)", "kl(bernoulli(p), normal(0, 1))"), "kl of bernoulli and normal"),
    (Asked("no equation", "x: scalar", "solve(x, x)"), "expected '=='"),
    (Asked("no name", "x: scalar", "solve(x == 1, 2 * x)"), "the second argument of solve is a name"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "message"), REFUSED, ids=lambda v: v.name if isinstance(v, Asked) else "")
def test_refused(asked: Asked, message: str) -> None:
    with pytest.raises(DeriveError) as error:
        solved(asked)
    assert message in error.value.message
    assert error.value.place is not None
