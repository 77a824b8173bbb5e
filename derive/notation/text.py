"""Nodes in the author's notation, with no more parentheses than needed: `read(text(e), scope) == e`.

Parentheses that look needless keep apart what the reader would join: `(2) / 3` is a quotient, `2/3` a number.
For people, `unbracketed` takes them away.
A function of the vocabulary is written `name(arguments)`; what is written otherwise has a row in WRITERS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from derive.notation import chances
from derive.notation.asked import COSTS, QUESTIONS, written
from derive.notation.literals import ordered
from derive.tree.nodes import Node, Number, of_sides
from derive.vocabulary.arrays import REDUCTIONS, axes_named
from derive.vocabulary.layers import Layer
from derive.vocabulary.op import ADD, ATOM, MUL, POW
from derive.vocabulary.scope import Scope

SIGN = 15  # a sign binds looser than a product, tighter than a sum
POSTFIX = 35  # what .T, [i] and ** can follow
SIZED = frozenset({"eye", "ones", "zeros", "onehot"})  # their arguments are sizes

Written = tuple[str, int]  # the text and how tightly it binds


def text(node: Node, scope: Scope | None = None) -> str:
    """The node in the author's notation; with a scope, sums over declared ranges name only their index."""
    return _write(node, scope)[0]


_BRACKETED = re.compile(r"(?<![\w.\])'])\((\d+(?:\.\d+)?)\)(?!\*\*|\[|\.T)")
_LONE_NAME = re.compile(
    r"(?<=[-+*/] )\(([A-Za-z]\w*)\)(?!\*\*|\[|\.T)|(?<![\w.\])'])\(([A-Za-z]\w*)\)(?= [-+*/])"
)


def unbracketed(written: str) -> str:
    """`(3) / 8` as `3 / 8`, `(n) - 8` as `n - 8`, of what is only looked at: the reader would make it one number."""
    return _LONE_NAME.sub(lambda name: name[1] or name[2], _BRACKETED.sub(r"\1", written))


def _write(node: Node, scope: Scope | None) -> Written:
    writer = WRITERS.get(node.op)
    if writer is not None:
        return writer(node, scope)
    write = _index if node.op in SIZED else text
    return f"{node.op}({', '.join(write(a, scope) for a in node.args)})", ATOM


def _index(node: Node, scope: Scope | None) -> str:
    return str(node.size) if node.op == "count" else text(node, scope)


def _inside(node: Node, scope: Scope | None, tightness: int) -> str:
    """The node where something at least that tight is wanted."""
    written, binds = _write(node, scope)
    return written if binds >= tightness else f"({written})"


# ---------------------------------------------------------------- leaves


def _number(node: Node, scope: Scope | None) -> Written:
    assert isinstance(node.data, Number)
    value = node.number
    sign, value = ("-", -value) if value < 0 else ("", value)
    written = decimal(value, node.data.places) if node.data.decimal else None
    if written is None:
        written = str(value)
    return sign + written, SIGN if sign else MUL if "/" in written else ATOM


def decimal(value: Fraction, places: int | None = None) -> str | None:
    """`0.9` for 9/10, `0.900` with three places; None where the decimals never end (or not in so many)."""
    rest, digits = value.denominator, 0
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest //= 10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2
        digits += 1
    if rest != 1:
        return None
    digits = max(digits, places or 0)
    if digits == 0:
        return str(value)
    whole, part = divmod(value.numerator * 10**digits // value.denominator, 10**digits)
    return f"{whole}.{str(part).rjust(digits, '0')}"


def _count(node: Node, scope: Scope | None) -> Written:
    """A sum of names and an integer as it is; other polynomials in brackets (`[2*k-1]`)."""
    terms = ordered(node.size)
    if any(len(m) > 1 or abs(c) != 1 for m, c in terms if m):
        return f"[{node.size}]", ATOM
    if len(terms) == 1:
        return (str(node.size), ATOM) if terms[0][1] == 1 else (f"[{node.size}]", ATOM)
    if terms[0][0] and terms[0][1] < 0:
        return f"[{node.size}]", ATOM
    words = [(m[0] if m else str(abs(c)), "-" if c < 0 else "+") for m, c in terms]
    first = words[0][0] if words[0][1] == "+" else f"-{words[0][0]}"
    return first + "".join(f" {sign} {word}" for word, sign in words[1:]), ADD


def _constant(node: Node, scope: Scope | None) -> Written:
    return str(node.data), ATOM


def _symbol(node: Node, scope: Scope | None) -> Written:
    name = node.symbol.name
    return (f"{name}[{', '.join(_index(a, scope) for a in node.args)}]" if node.args else name), ATOM


# ---------------------------------------------------------------- sums and products


def _is_size(node: Node) -> bool:
    return node.op == "count" or (node.op == "num" and node.number.denominator == 1)


def _sum(node: Node, scope: Scope | None) -> Written:
    first, second = node.args[0], node.args[1]
    other = second.args[0] if second.op == "neg" else second
    words = [text(first, scope)]
    if _is_size(first) and _is_size(other) and "count" in (first.op, other.op):
        words = [f"({words[0]})"]  # two sizes side by side would be one
    for arg in node.args[1:]:
        if arg.op == "neg":
            words.append("- " + _after_sign(arg.args[0], scope))
        elif arg.op == "num" and arg.number < 0:
            words.append("- " + _number(arg, scope)[0][1:])
        else:
            words.append("+ " + _inside(arg, scope, MUL))
    return " ".join(words), ADD


def _after_sign(node: Node, scope: Scope | None) -> str:
    written = _inside(node, scope, MUL)
    return f"({written})" if node.op == "num" and not written.startswith("(") else written


def _negation(node: Node, scope: Scope | None) -> Written:
    return "-" + _after_sign(node.args[0], scope), SIGN


def _product(node: Node, scope: Scope | None) -> Written:
    *scalars, last = node.args
    words = [_first_factor(node.args[0], scope)]
    words += [_inside(a, scope, POW) for a in scalars[1:]]
    if last.op == "matmul" and all(s.shape.is_scalar for s in scalars):
        words.append(_chain(last, scope)[0])
    else:
        words.append(_inside(last, scope, POW))
    return " * ".join(words), MUL


def _first_factor(node: Node, scope: Scope | None) -> str:
    return f"({text(node, scope)})" if node.op == "matmul" else _inside(node, scope, MUL)


def _quotient(node: Node, scope: Scope | None) -> Written:
    over, under = node.args
    left = _inside(over, scope, MUL)
    if (
        over.op == "num"
        and not left.startswith("(")
        and ("/" in left or under.op == "num" and _is_size(over))
    ):
        left = f"({left})"
    return f"{left} / {_inside(under, scope, POW)}", MUL


def _chain(node: Node, scope: Scope | None) -> Written:
    """`a @ b @ c`; a product that would be a scalar on its way is read from the right (`u.T @ (v @ w.T)`)."""
    args = node.args
    for i in range(1, len(args) - 1):
        if of_sides(args[0].shape.rows, args[i].shape.columns).is_scalar:
            rest = " @ ".join(_inside(a, scope, POW) for a in args[i:])
            return " @ ".join([*(_inside(a, scope, POW) for a in args[:i]), f"({rest})"]), MUL
    return " @ ".join(_inside(a, scope, POW) for a in args), MUL


def _power(node: Node, scope: Scope | None) -> Written:
    base, exponent = node.args
    return f"{_inside(base, scope, POSTFIX)}**{_inside(exponent, scope, POW)}", POW


def _transpose(node: Node, scope: Scope | None) -> Written:
    return f"{_inside(node.args[0], scope, POSTFIX)}.T", POSTFIX


def _entry(node: Node, scope: Scope | None) -> Written:
    array, *indices = node.args
    return f"{_inside(array, scope, POSTFIX)}[{', '.join(_index(i, scope) for i in indices)}]", POSTFIX


# ---------------------------------------------------------------- functions with a syntax of their own


def _binder(name: str) -> Callable[[Node, Scope | None], Written]:
    def write(node: Node, scope: Scope | None) -> Written:
        op, indices = node.op, []
        while node.op == op:
            var, low, high = node.range.var, node.range.low, node.range.high
            declared = scope is not None and scope.indices.get(var) == (low, high)
            indices.append(var if declared else f"{var}={low}..{high}")
            node = node.args[0]
        return f"{name}({text(node, scope)}, {', '.join(indices)})", ATOM

    return write


def _over_paths(name: str) -> Callable[[Node, Scope | None], Written]:
    def write(node: Node, scope: Scope | None) -> Written:
        *body, low, high = node.args
        shown = f"{node.symbol.name}[{_index(low, scope)}..{_index(high, scope)}]"
        return f"{name}({', '.join([*(text(b, scope) for b in body), shown])})", ATOM

    return write


def _at_path(node: Node, scope: Scope | None) -> Written:
    return f"at({text(node.args[0], scope)}, {node.symbol.name} == {text(node.args[1], scope)})", ATOM


def _run(node: Node, scope: Scope | None) -> Written:
    return f"{node.data}({', '.join(_index(a, scope) for a in node.args)})", ATOM


def _comparison(sign: str) -> Callable[[Node, Scope | None], Written]:
    def write(node: Node, scope: Scope | None) -> Written:
        return f"{text(node.args[0], scope)} {sign} {text(node.args[1], scope)}", 0

    return write


def two_of(node: Node) -> tuple[Node, Node] | None:
    """a and b of `max(a, b)` or `min(a, b)`, which are where(a >= b, a, b) and where(a <= b, a, b)."""
    test, a, b = node.args
    return (a, b) if test.op in ("ge", "le") and test.args == (a, b) else None


def _where(node: Node, scope: Scope | None) -> Written:
    name = {"ge": "max", "le": "min"}.get(node.args[0].op, "") if two_of(node) else "where"
    args = two_of(node) or node.args
    return f"{name}({', '.join(text(a, scope) for a in args)})", ATOM


def _by_rows(node: Node, scope: Scope | None) -> Written:
    return f"{node.op.removesuffix('_rows')}({text(node.args[0], scope)}, rows)", ATOM


def _list(node: Node, scope: Scope | None) -> Written:
    return f"[{', '.join(text(a, scope) for a in node.args)}]", ATOM


def _tuple(node: Node, scope: Scope | None) -> Written:
    return f"({', '.join(text(a, scope) for a in node.args)})", ATOM


def _reduction(name: str) -> Callable[[Node, Scope | None], Written]:
    def write(node: Node, scope: Scope | None) -> Written:
        axes = axes_named(node)
        over = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        return f"{name}({text(node.args[0], scope)}, over={over})", ATOM

    return write


def _at(node: Node, scope: Scope | None) -> Written:
    body, name, value = (text(a, scope) for a in node.args)
    return f"at({body}, {name} == {value})", ATOM


def _layer(node: Node, scope: Scope | None) -> Written:
    assert isinstance(node.data, Layer)
    return node.data.name + "".join(f"({text(a, scope)})" for a in node.args), ATOM


def _law(kind: object, parameters: tuple[Node, ...], scope: Scope | None) -> str:
    return f"{kind}({', '.join(text(a, scope) for a in parameters)})"


def _logpdf(node: Node, scope: Scope | None) -> Written:
    return f"logpdf({_law(node.data, node.args[:-1], scope)}, {text(node.args[-1], scope)})", ATOM


def _divergence(node: Node, scope: Scope | None) -> Written:
    half = len(node.args) // 2
    laws = (_law(node.data, part, scope) for part in (node.args[:half], node.args[half:]))
    return f"kl({', '.join(laws)})", ATOM


def _apply(node: Node, scope: Scope | None) -> Written:
    assert isinstance(node.data, tuple)
    name, order = node.data
    return f"{name}{chr(39) * order}({text(node.args[0], scope)})", ATOM


def _given(node: Node, scope: Scope | None) -> Written:
    body, *names = (text(a, scope) for a in node.args)
    return f"{body} | {', '.join(names)}", 0


WRITERS: dict[str, Callable[[Node, Scope | None], Written]] = {
    "num": _number,
    "count": _count,
    "const": _constant,
    "sym": _symbol,
    "add": _sum,
    "neg": _negation,
    "mul": _product,
    "div": _quotient,
    "matmul": _chain,
    "pow": _power,
    "T": _transpose,
    "entry": _entry,
    "sum_over": _binder("sum"),
    "prod_over": _binder("prod"),
    "chain_over": _binder("prod"),
    "max_over": _binder("max"),
    "min_over": _binder("min"),
    "argmax_over": _binder("argmax"),
    "argmin_over": _binder("argmin"),
    "max_paths": _over_paths("max"),
    "min_paths": _over_paths("min"),
    "sum_paths": _over_paths("sum"),
    "count_paths": _over_paths("count"),
    "at_path": _at_path,
    "run": _run,
    "lt": _comparison("<"),
    "le": _comparison("<="),
    "gt": _comparison(">"),
    "ge": _comparison(">="),
    "where": _where,
    "eq": _comparison("=="),
    "logpdf": _logpdf,
    "kl": _divergence,
    "softmax_rows": _by_rows,
    "logsumexp_rows": _by_rows,
    "reverse_rows": lambda node, scope: (f"reverse({text(node.args[0], scope)}, rows)", ATOM),
    "reverse_columns": lambda node, scope: (f"reverse({text(node.args[0], scope)}, columns)", ATOM),
    "apply": _apply,
    "P": lambda node, scope: (chances.written(node), ATOM),
    "words": lambda node, scope: (str(node.data), ATOM),
    **dict.fromkeys((*QUESTIONS, *COSTS, "nearest"), lambda node, scope: (written(node), ATOM)),
    "list": _list,
    "tuple": _tuple,
    **{op: _reduction(name) for name, op in REDUCTIONS.items()},
    "at": _at,
    "layer": _layer,
    "layer_output": _layer,
    "given": _given,
}
