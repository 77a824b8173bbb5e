"""Rows: scalar functions, applied entry by entry. To add one: a line in ROWS; its derivative is in `z`."""

from __future__ import annotations

from typing import Callable

from derive.vocabulary.op import POW, Array, Op, elementwise, same


def _row(
    name: str,
    meaning: str,
    derivative: str,
    f: Callable[..., Array],
    latex: str = "",
    code: str = "",
    torch: str = "",
    domain: str = "real",
    kinks: str = "",
    holomorphic: bool = True,
    precedence: int = 40,
) -> Op:
    return Op(
        name,
        f"{name}(x)",
        meaning,
        same,
        elementwise(f),
        latex or rf"\operatorname{{{name}}}\left(#1\right)",
        code or f"np.{name}(#1)",
        torch,
        derivative=derivative,
        domain=domain,
        kind="elementwise",
        kinks=kinks,
        holomorphic=holomorphic,
        precedence=precedence,
    )


ROOT_TAU = "np.sqrt(2 * np.pi)"

ROWS = [
    _row("exp", "exponential", "exp(z)", lambda xp, a: xp.exp(a), r"e^{#1}", precedence=POW),
    _row("log", "natural logarithm", "1 / z", lambda xp, a: xp.log(a), r"\log\left(#1\right)", domain="positive"),
    _row("sqrt", "square root", "1 / (2 * sqrt(z))", lambda xp, a: xp.sqrt(a), r"\sqrt{#1}", domain="positive"),
    _row("sin", "sine", "cos(z)", lambda xp, a: xp.sin(a), r"\sin\left(#1\right)"),
    _row("cos", "cosine", "-sin(z)", lambda xp, a: xp.cos(a), r"\cos\left(#1\right)"),
    _row("sinh", "hyperbolic sine", "cosh(z)", lambda xp, a: xp.sinh(a), r"\sinh\left(#1\right)"),
    _row("cosh", "hyperbolic cosine", "sinh(z)", lambda xp, a: xp.cosh(a), r"\cosh\left(#1\right)"),
    _row("tanh", "hyperbolic tangent", "1 - tanh(z)**2", lambda xp, a: xp.tanh(a), r"\tanh\left(#1\right)"),
    _row("arctan", "inverse tangent", "1 / (1 + z**2)", lambda xp, a: xp.arctan(a), r"\arctan\left(#1\right)"),
    _row(
        "sigmoid", "logistic sigmoid 1/(1+exp(-x))", "sigmoid(z) * (1 - sigmoid(z))",
        lambda xp, a: xp.sigmoid(a), r"\sigma\left(#1\right)", "(1 / (1 + np.exp(-@1)))",
        "torch.sigmoid(#1)",
    ),
    _row(
        "softplus", "log(1 + exp(x))", "sigmoid(z)",
        lambda xp, a: xp.softplus(a), code="np.logaddexp(0, #1)", torch="torch.nn.functional.softplus(#1)",
    ),
    _row(
        "logsigmoid", "log sigmoid(x)", "sigmoid(-z)",
        lambda xp, a: -xp.softplus(-a), r"\log\sigma\left(#1\right)", "(-np.logaddexp(0, -@1))",
        "torch.nn.functional.logsigmoid(#1)",
    ),
    _row(
        "relu", "max(x, 0)", "step(z)",
        lambda xp, a: xp.where(xp.real(a) > 0, a, 0 * a), code="np.maximum(#1, 0)", torch="torch.relu(#1)", kinks="0",
    ),
    _row(
        "step", "1 where x > 0, else 0", "0",
        lambda xp, a: xp.where(xp.real(a) > 0, 1 + 0 * a, 0 * a), r"\mathbf{1}\left[#1 > 0\right]",
        "np.where(#1 > 0, 1.0, 0.0)", "torch.sign(torch.relu(#1))", kinks="0",
    ),
    _row(
        "abs", "absolute value", "sign(z)",
        lambda xp, a: xp.where(xp.real(a) >= 0, a, -a), r"\left|#1\right|", kinks="0",
    ),
    _row(
        "floor", "largest whole number that is not larger", "0", lambda xp, a: xp.floor(xp.real(a)) + 0 * a,
        r"\left\lfloor #1\right\rfloor", kinks="whole numbers",
    ),
    _row("sign", "-1, 0 or 1", "0", lambda xp, a: xp.sign(xp.real(a)) + 0 * a, kinks="0"),
    _row(
        "phi", "density of the standard normal law", "-z * phi(z)",
        lambda xp, a: xp.exp(-a * a / 2) / xp.sqrt(xp.number(2) * xp.pi), r"\varphi\left(#1\right)",
        f"(np.exp(-@1**2 / 2) / {ROOT_TAU})", "(torch.exp(-@1**2 / 2) / math.sqrt(2 * math.pi))",
    ),
    _row(
        "Phi", "distribution function of the standard normal law", "phi(z)",
        lambda xp, a: (1 + xp.erf(a / xp.sqrt(xp.number(2)))) / 2, r"\Phi\left(#1\right)",
        "(0.5 * (1 + np.vectorize(__import__('math').erf)(@1 / np.sqrt(2))))", "torch.special.ndtr(#1)",
    ),
    _row(
        "logfactorial", "log(x!), of a count", "", lambda xp, a: xp.logfactorial(a), r"\log\left(#1!\right)",
        "np.vectorize(__import__('math').lgamma)(#1 + 1)", domain="positive", holomorphic=False,
    ),
    _row(
        "erf", "error function", "2 / sqrt(pi) * exp(-z**2)", lambda xp, a: xp.erf(a),
        code="np.vectorize(__import__('math').erf)(#1)", torch="torch.erf(#1)",
    ),
]  # fmt: skip
