r"""What words ask of a formula, as it is written in formulas: "the variance of y" is \operatorname{Var}[y].

To know one more word: a row in MOMENTS or ORDERS, and the word in `spoken.py`.
"""

from __future__ import annotations

from derive.latexread.surface import Call, Derivative, Group, Nabla, Surface

MOMENTS = {"variance": "Var", "expectation": "E", "expected value": "E"}
ORDERS = {"gradient": 1, "derivative": 1, "hessian": 2}


def quantity(word: str, of: Surface, wrt: Surface | None) -> Surface | None:
    """`wrt` is what a derivative is taken in, where the words say it."""
    if word in MOMENTS:
        bracket = Group(of.span, "[", (of,), "]")
        return Call(of.span, MOMENTS[word], (), (), bracket) if wrt is None else None
    order = ORDERS[word]
    if wrt is None:
        return Nabla(of.span, (), order, of) if word != "derivative" else None
    return Derivative(of.span.to(wrt.span), of, (wrt,) * order, order)


__all__ = ["quantity"]
