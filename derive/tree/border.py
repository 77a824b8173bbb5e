"""Floor 1: the border to SymPy, and the only module that imports it. Import it inside a function, when
first needed.

`to_sympy` builds the SymPy expression of a node through class constructors, so matrices are neither
reordered nor evaluated. `derive.tree.exact` computes with SymPy entries. To add an operation: a row in
BUILDERS; a function of one number: a row in FUNCTIONS, which both read.
"""

from __future__ import annotations

from typing import Any, Callable

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.errors import NotDerived
from derive.tree.nodes import Node, Number, Range, Shape, Symbol
from derive.tree.sizes import Size

Expr = Any

FUNCTIONS: dict[str, Callable[[Expr], Expr]] = {
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "arctan": sp.atan,
    "erf": sp.erf,
    "abs": sp.Abs,
    "sign": sp.sign,
    "sigmoid": lambda z: 1 / (1 + sp.exp(-z)),
    "softplus": lambda z: sp.log(1 + sp.exp(z)),
    "logsigmoid": lambda z: -sp.log(1 + sp.exp(-z)),
    "relu": lambda z: sp.Max(z, 0),
    "step": lambda z: sp.Heaviside(z, 0),
    "phi": lambda z: sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi),
    "Phi": lambda z: (1 + sp.erf(z / sp.sqrt(2))) / 2,
}


def to_sympy(node: Node) -> Expr:
    """The node as a SymPy expression: vectors are n x 1, a scalar product is the Trace of a 1 x 1 matrix.

    NotDerived where SymPy has no counterpart.
    """
    if node.op in FUNCTIONS:
        return _elementwise(node, FUNCTIONS[node.op])
    builder = BUILDERS.get(node.op)
    if builder is None:
        raise NotDerived(f"'{node.op}' has no counterpart in SymPy")
    return builder(node, *(to_sympy(a) for a in node.args if node.op not in OWN_ARGUMENTS))


def size_to_sympy(size: Size) -> Expr:
    terms = [sp.Mul(c, *(_integer(n) for n in monomial)) for monomial, c in size.terms]
    return sp.Add(*terms)


def _integer(name: str) -> Expr:
    return sp.Symbol(name, integer=True, positive=True)


def _dims(shape: Shape) -> tuple[Expr, Expr]:
    rows, columns = shape.rows, shape.columns
    return (
        sp.Integer(1) if rows is None else size_to_sympy(rows),
        sp.Integer(1) if columns is None else size_to_sympy(columns),
    )


def _symbol(node: Node) -> Expr:
    symbol = node.data
    assert isinstance(symbol, Symbol)
    index = [size_to_sympy(a.size) if a.op == "count" else to_sympy(a) for a in node.args]
    if node.shape.is_scalar:
        if index:
            return sp.IndexedBase(symbol.name, real=True)[tuple(index)]
        return sp.Symbol(symbol.name, real=True, positive="positive" in symbol.facts or None)
    name = symbol.name + (f"[{', '.join(map(str, index))}]" if index else "")
    return sp.MatrixSymbol(name, *_dims(node.shape))


def _elementwise(node: Node, function: Callable[[Expr], Expr]) -> Expr:
    inside = to_sympy(node.args[0])
    if node.shape.is_scalar:
        return function(inside)
    z = sp.Dummy("z", real=True)
    return ElementwiseApplyFunction(sp.Lambda(z, function(z)), inside)


def _spread(node: Node, value: Expr, shape: Shape) -> Expr:
    """A scalar beside arrays means that scalar in every entry."""
    return (
        sp.MatMul(value, sp.OneMatrix(*_dims(shape)))
        if node.shape.is_scalar and not shape.is_scalar
        else value
    )


def _add(node: Node, *values: Expr) -> Expr:
    if node.shape.is_scalar:
        return sp.Add(*values)
    return sp.MatAdd(*(_spread(a, v, node.shape) for a, v in zip(node.args, values, strict=True)))


def _mul(node: Node, *values: Expr) -> Expr:
    if node.shape.is_scalar:
        return sp.Mul(*values)
    scalars = [v for a, v in zip(node.args, values, strict=True) if a.shape.is_scalar]
    arrays = [v for a, v in zip(node.args, values, strict=True) if not a.shape.is_scalar]
    product = sp.HadamardProduct(*arrays) if len(arrays) > 1 else arrays[0]
    return sp.MatMul(*scalars, product) if scalars else product


def _div(node: Node, a: Expr, b: Expr) -> Expr:
    above, below = node.args
    if below.shape.is_scalar:
        return a / b if above.shape.is_scalar else sp.MatMul(sp.Pow(b, -1), a)
    inverse = sp.HadamardPower(b, -1)
    return sp.MatMul(a, inverse) if above.shape.is_scalar else sp.HadamardProduct(a, inverse)


def _matmul(node: Node, *values: Expr) -> Expr:
    product = sp.MatMul(*values)
    return sp.Trace(product) if node.shape.is_scalar else product


def _total(node: Node, a: Expr) -> Expr:
    rows, columns = _dims(node.args[0].shape)
    i, j = sp.symbols("_i _j", integer=True, nonnegative=True)
    return sp.Sum(a[i, j], (i, 0, rows - 1), (j, 0, columns - 1))


def _entry(node: Node, array: Expr, *indices: Expr) -> Expr:
    kind = node.args[0].shape.kind
    if not node.shape.is_scalar or kind == "tensor":
        raise NotDerived("a row of a matrix has no counterpart in SymPy")
    at = [i - 1 for i in indices]
    return array[at[0], 0] if kind == "vector" else array[0, at[0]] if kind == "row" else array[at[0], at[1]]


def _over(kind: Callable[..., Expr]) -> Callable[[Node, Expr], Expr]:
    def build(node: Node, body: Expr) -> Expr:
        if not node.shape.is_scalar or any(_depends(n, node.range) for n in node.args[0].args):
            raise NotDerived("a sum over a family of vectors has no counterpart in SymPy")
        return kind(
            body, (_integer(node.range.var), size_to_sympy(node.range.low), size_to_sympy(node.range.high))
        )

    return build


def _depends(node: Node, range_: Range) -> bool:
    """Whether a member of a family of arrays is indexed by the bound index."""
    if node.op == "sym" and not node.shape.is_scalar:
        return any(a.op == "count" and range_.var in a.size.names for a in node.args)
    return any(_depends(a, range_) for a in node.args)


def _square_sum(node: Node, a: Expr) -> Expr:
    return sp.Trace(sp.MatMul(sp.Transpose(a), a))


def _named(node: Node) -> Expr:
    """The derivative of an unspecified function is a name; other verbs have no counterpart."""
    if node.op not in ("gradient", "jacobian") or any(a.op != "sym" for a in node.args):
        raise NotDerived(f"'{node.op}' has no counterpart in SymPy")
    name = f"{node.op}({', '.join(str(to_sympy(a)) for a in node.args)})"
    return sp.Symbol(name, real=True) if node.shape.is_scalar else sp.MatrixSymbol(name, *_dims(node.shape))


def _apply(node: Node) -> Expr:
    assert isinstance(node.data, tuple)
    name, order = node.data
    z = sp.Dummy("z", real=True)
    return _elementwise(
        node,
        lambda u: (
            sp.Derivative(sp.Function(name)(z), (z, order)).subs(z, u) if order else sp.Function(name)(u)
        ),
    )


def _number(node: Node) -> Expr:
    assert isinstance(node.data, Number)
    return sp.Rational(node.number)


def _comparison(kind: Callable[[Expr, Expr], Expr]) -> Callable[..., Expr]:
    return lambda node, a, b: kind(a, b)


def _where(node: Node, condition: Expr, a: Expr, b: Expr) -> Expr:
    if not node.shape.is_scalar:
        raise NotDerived("a choice entry by entry has no counterpart in SymPy")
    return sp.Piecewise((a, condition), (b, True))


OWN_ARGUMENTS = frozenset(
    {"sym", "count", "num", "const", "eye", "ones", "zeros", "gradient", "jacobian", "apply"}
)

BUILDERS: dict[str, Callable[..., Expr]] = {
    "num": _number,
    "const": lambda node: {"pi": sp.pi, "e": sp.E}[str(node.data)],
    "count": lambda node: size_to_sympy(node.size),
    "sym": _symbol,
    "add": _add,
    "neg": lambda node, a: -a if node.shape.is_scalar else sp.MatMul(-1, a),
    "mul": _mul,
    "div": _div,
    "pow": lambda node, a, k: sp.Pow(a, k) if node.shape.is_scalar else sp.HadamardPower(a, k),
    "matmul": _matmul,
    "T": lambda node, a: sp.Transpose(a),
    "inv": lambda node, a: sp.Inverse(a),
    "matpow": lambda node, a, k: sp.MatPow(a, k),
    "det": lambda node, a: sp.Determinant(a),
    "logdet": lambda node, a: sp.log(sp.Determinant(a)),
    "trace": lambda node, a: sp.Trace(a),
    "diag": lambda node, v: sp.DiagMatrix(v),
    "diagpart": lambda node, a: DiagonalOf(a),
    "inner": lambda node, a, b: sp.Trace(sp.MatMul(sp.Transpose(a), b)),
    "norm": lambda node, a: sp.sqrt(_square_sum(node, a)),
    "sqnorm": _square_sum,
    "sum": _total,
    "mean": lambda node, a: _total(node, a) / sp.Mul(*_dims(node.args[0].shape)),
    "rowsum": lambda node, a: sp.MatMul(a, sp.OneMatrix(_dims(node.args[0].shape)[1], 1)),
    "colsum": lambda node, a: sp.MatMul(sp.Transpose(a), sp.OneMatrix(_dims(node.args[0].shape)[0], 1)),
    "eye": lambda node: sp.Identity(_dims(node.shape)[0]),
    "ones": lambda node: sp.OneMatrix(*_dims(node.shape)),
    "zeros": lambda node: sp.ZeroMatrix(*_dims(node.shape)),
    "entry": _entry,
    "sum_over": _over(sp.Sum),
    "prod_over": _over(sp.Product),
    "where": _where,
    "lt": _comparison(sp.StrictLessThan),
    "le": _comparison(sp.LessThan),
    "gt": _comparison(sp.StrictGreaterThan),
    "ge": _comparison(sp.GreaterThan),
    "gradient": _named,
    "jacobian": _named,
    "apply": _apply,
}


__all__ = ["FUNCTIONS", "size_to_sympy", "sp", "to_sympy"]
