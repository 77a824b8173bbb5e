r"""Nodes in LaTeX as a teacher writes them: \mathbf{W}^{\top} (\mathbf{y} - \mathbf{z}), never (-1) or + -.

A function of the vocabulary is written by the template of its row (`#1` an argument, `@1` an argument as an
atom, `#*` all arguments); what needs more has a row in WRITERS. Parentheses grow only around what is tall.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.notation import chances, latex_arrays
from derive.notation.asked import COSTS, QUESTIONS, asked, written
from derive.notation.latex_names import Notation, named, raised, scripts, size_latex, word
from derive.notation.latex_pen import Pen, Tex, Writer, parentheses
from derive.notation.latex_products import chain, has_superscript, power, product, quotient, signed, sum_
from derive.notation.text import decimal, two_of
from derive.tree.nodes import Node, Number, Range
from derive.vocabulary.densities import DENSITIES
from derive.vocabulary.op import ADD, ATOM, MUL, POW


def latex(node: Node, notation: Mapping[str, str] | None = None) -> str:
    """The node in LaTeX; `notation` maps names (`W_f`, `h_f[t]`) to the author's own LaTeX."""
    return Pen(WRITERS, Notation(notation or {})).plain(node)


def flat_latex(node: Node, notation: Mapping[str, str] | None = None) -> str:
    """The node with fractions that lie flat, for the cells of a table."""
    return Pen(WRITERS, Notation(notation or {}), flat=True).plain(node)


# ---------------------------------------------------------------- leaves


def _number(pen: Pen, node: Node) -> Tex:
    if node.number < 0:
        return signed(pen, node)
    assert isinstance(node.data, Number)
    written = decimal(node.number, node.data.places) if node.data.decimal else None
    if written is not None or node.number.denominator == 1:
        return Tex(written or str(node.number))
    if pen.flat:
        return Tex(str(node.number), MUL)
    return Tex(rf"\frac{{{node.number.numerator}}}{{{node.number.denominator}}}", MUL, True)


def _ones(pen: Pen, node: Node) -> Tex:
    r"""\mathbf{1}; a matrix of ones tells its sizes: \mathbf{1}_{m \times n}."""
    sizes = node.shape.dims if node.shape.kind == "matrix" else ()
    below = r" \times ".join(size_latex(size) for size in sizes)
    return Tex(rf"\mathbf{{1}}_{{{below}}}" if below else r"\mathbf{1}")


def _count(pen: Pen, node: Node) -> Tex:
    terms = node.size.terms
    if len(terms) == 1 and terms[0][1] < 0:
        return signed(pen, node)
    return Tex(size_latex(node.size), ADD if len(terms) > 1 else ATOM if terms[0][1] == 1 else MUL)


def _constant(pen: Pen, node: Node) -> Tex:
    return Tex(word(str(node.data)))


def _index(pen: Pen, node: Node) -> str:
    return size_latex(node.size) if node.op == "count" else pen.lying().plain(node)


def _symbol(pen: Pen, node: Node) -> Tex:
    name, indices = node.symbol.name, tuple(_index(pen, a) for a in node.args)
    own = pen.notation.filled(name, indices)
    if own is not None:
        return Tex(own)
    parts = named(name, node.shape.kind)
    return Tex(str(parts._replace(below=(*parts.below, *indices))))


def _entry(pen: Pen, node: Node) -> Tex:
    r"""A_{ij}, x_{i} of plain names, (\mathbf{A} \mathbf{B})_{ij} otherwise; a row is \mathbf{W}_{c,:}."""
    array, *at = node.args
    indices = [_index(pen, i) for i in at]
    under = ("" if all(len(i) == 1 for i in indices) else ",").join(indices)
    if not node.shape.is_scalar:
        base = pen.at(array, ATOM, last=False)
        base = parentheses(base) if "_" in scripts(base.text) else base
        return Tex(f"{base.text}_{{{under},:}}", ATOM, base.tall)
    if array.op == "sym" and not array.args:
        own = pen.notation.filled(array.symbol.name, ())
        letter = str(named(array.symbol.name, "scalar")) if own is None else own
        if not scripts(letter) & {"_"} and (own is None or not scripts(letter)):
            return Tex(f"{letter}_{{{under}}}")
    base = parentheses(pen.write(array))
    return Tex(f"{base.text}_{{{under}}}", ATOM, base.tall)


# ---------------------------------------------------------------- linear algebra and functions


def _transpose(pen: Pen, node: Node) -> Tex:
    inner = node.args[0]
    if inner.op == "inv" and inner.args[0].op != "T":
        base = _raisable(pen, inner.args[0])
        return Tex(rf"{base.text}^{{-\top}}", POW, base.tall)
    if inner.op == "list" and inner.shape.kind == "vector":
        return latex_arrays.row(pen, inner)
    if inner.op == "chain_over" and inner.args[0].op == "T":  # the last factor on the left
        factor, ends = inner.args[0].args[0], Range(inner.range.var, inner.range.high, inner.range.low)
        return _big(r"\prod")(pen, Node("chain_over", (factor,), ends, node.shape))
    if inner.op == "sym":
        return Tex(raised(pen.plain(inner), r"\top"), POW)
    base = _raisable(pen, inner)
    return Tex(rf"{base.text}^{{\top}}", POW, base.tall)


def _inverse(pen: Pen, node: Node) -> Tex:
    inner = node.args[0]
    transposed = inner.op == "T"
    base = _raisable(pen, inner.args[0] if transposed else inner)
    mark = r"-\top" if transposed else "-1"
    return Tex(f"{base.text}^{{{mark}}}", POW, base.tall)


def _matrix_power(pen: Pen, node: Node) -> Tex:
    base = _raisable(pen, node.args[0])
    return Tex(f"{base.text}^{{{pen.lying().plain(node.args[1])}}}", POW, base.tall)


def _raisable(pen: Pen, node: Node) -> Tex:
    """The node as a base: in parentheses where it is no atom or has a superscript already."""
    tex = pen.at(node, ATOM, last=False)
    return parentheses(tex) if has_superscript(node, tex) else tex


def _norm(pen: Pen, node: Node) -> Tex:
    tex = pen.write(node.args[0])
    left, right = (r"\left\lVert ", r" \right\rVert") if tex.tall else (r"\lVert ", r" \rVert")
    below = "_{F}" if node.args[0].shape.kind == "matrix" else ""
    above = "^{2}" if node.op == "sqnorm" else ""
    return Tex(f"{left}{tex.text}{right}{below}{above}", POW if above else ATOM, tex.tall)


def _exponential(pen: Pen, node: Node) -> Tex:
    tex = pen.write(node.args[0])
    if node.shape.is_scalar and not tex.tall:
        return Tex(f"e^{{{pen.lying().plain(node.args[0])}}}", POW)
    return Tex(rf"\exp{parentheses(tex).text}", ATOM, tex.tall)


def _root(pen: Pen, node: Node) -> Tex:
    tex = pen.write(node.args[0])
    return Tex(rf"\sqrt{{{tex.text}}}", ATOM, tex.tall)


def _total(pen: Pen, node: Node) -> Tex:
    r"""The sum of all entries: \mathbf{1}^{\top} \mathbf{v}, \mathbf{1}^{\top} \mathbf{A} \mathbf{1}."""
    array = node.args[0]
    tex = pen.at(array, MUL if array.op == "matmul" else POW, last=array.shape.kind == "vector")
    left = "" if array.shape.kind == "row" else r"\mathbf{1}^{\top} "
    right = "" if array.shape.kind == "vector" else r" \mathbf{1}"
    return Tex(left + tex.text + right, MUL, tex.tall, True)


def _apply(pen: Pen, node: Node) -> Tex:
    assert isinstance(node.data, tuple)
    name, order = node.data
    letter = pen.notation.filled(name, ()) or str(named(name, "scalar"))
    primes = "'" * order if order < 4 else f"^{{({order})}}"
    argument = pen.write(node.args[0])
    return Tex(f"{letter}{primes}{parentheses(argument).text}", ATOM, argument.tall)


# ---------------------------------------------------------------- binders and verbs


def _big(command: str) -> Writer:
    def write(pen: Pen, node: Node) -> Tex:
        r = node.range
        var = str(named(r.var, "scalar"))
        limits = rf"_{{{var}={size_latex(r.low)}}}^{{{size_latex(r.high)}}}"
        tex = pen.at(node.args[0], MUL)
        return Tex(rf"{command}{limits} {tex.text}", MUL, not pen.flat, True)

    return write


def _largest(command: str) -> Writer:
    def write(pen: Pen, node: Node) -> Tex:
        tex = pen.at(node.args[0], MUL)
        return Tex(rf"{command}_{{{named(node.range.var, 'scalar')}}} {tex.text}", MUL, tex.tall, True)

    return write


def _path(pen: Pen, node: Node) -> str:
    """w_{1:t-1}, in the author's notation for w_t."""
    low, high = (pen.lying().plain(a) for a in node.args[-2:])
    index = f"{low}:{high}"
    name = node.symbol.name
    own = pen.notation.filled(name, (index,))
    return own or str(named(name, "scalar")._replace(below=(*named(name, "scalar").below, index)))


def _over_paths(command: str) -> Writer:
    def write(pen: Pen, node: Node) -> Tex:
        tex = pen.at(node.args[0], MUL)
        return Tex(rf"{command}_{{{_path(pen, node)}}} {tex.text}", MUL, tex.tall, True)

    return write


def _how_many(pen: Pen, node: Node) -> Tex:
    return Tex(rf"\bigl\lvert\{{{_path(pen, node)}\}}\bigr\rvert")


def _at_path(pen: Pen, node: Node) -> Tex:
    body, *_, value = node.args
    tex = pen.write(body)
    shown = tex.text if tex.binds >= ATOM and not tex.open else parentheses(tex, "[]").text
    flat = pen.lying()
    left = word(node.symbol.name)
    return Tex(rf"{shown}\big|_{{{left} = {flat.plain(value)}}}", ATOM, True)


def _run(pen: Pen, node: Node) -> Tex:
    inside = ", ".join(pen.plain(a) for a in node.args)
    return Tex(rf"\operatorname{{{escaped(str(node.data))}}}({inside})")


def _of(pen: Pen, operator: str, body: Node) -> Tex:
    """An operator before what it acts on: an atom as it is, everything else in brackets."""
    tex = pen.write(body)
    if tex.binds < ATOM or tex.open:
        tex = parentheses(tex, "[]")
    return Tex(f"{operator} {tex.text}", POW, tex.tall, True)


def _gradient(pen: Pen, node: Node) -> Tex:
    f, x = node.args
    if x.shape.is_scalar:
        return _partial(pen, node)
    return _of(pen, rf"\nabla_{{{pen.lying().plain(x)}}}", f)


def _partial(pen: Pen, node: Node) -> Tex:
    y, x = (pen.lying().write(a) for a in node.args)
    if pen.flat:
        y = parentheses(y) if y.binds < ATOM else y
        return Tex(rf"\partial {y.text}/\partial {x.text}", MUL)
    if y.binds < ATOM or y.open:
        return _of(pen, rf"\frac{{\partial}}{{\partial {x.text}}}", node.args[0])._replace(tall=True)
    return Tex(rf"\frac{{\partial {y.text}}}{{\partial {x.text}}}", ATOM, True)


def _hessian(pen: Pen, node: Node) -> Tex:
    f, x = node.args
    if x.shape.is_scalar:
        return _of(pen, rf"\frac{{\partial^{{2}}}}{{\partial {pen.lying().plain(x)}^{{2}}}}", f)
    return _of(pen, rf"\nabla^{{2}}_{{{pen.lying().plain(x)}}}", f)


def _differential(pen: Pen, node: Node) -> Tex:
    body, *held = node.args
    tex = pen.write(body)
    if body.op not in ("sym", "norm", "entry"):
        tex = parentheses(tex)
    fixed = ", ".join(pen.lying().plain(h) for h in held)
    return Tex(rf"\mathrm{{d}}{tex.text}" + (rf"\big|_{{{fixed}}}" if held else ""), ATOM, tex.tall)


def _arg(command: str) -> Writer:
    def write(pen: Pen, node: Node) -> Tex:
        tex = pen.at(node.args[0], MUL)
        below = pen.lying().plain(node.args[1])
        constraints = r",\ ".join(pen.lying().plain(c) for c in node.args[2:])
        below += rf" \,:\, {constraints}" if constraints else ""
        return Tex(rf"\operatorname*{{{command}}}_{{{below}}} {tex.text}", MUL, tex.tall, True)

    return write


def _law(pen: Pen, node: Node, parameters: tuple[Node, ...], value: str = "") -> Tex:
    r"""\mathcal{N}(x; \mu, \Sigma)."""
    written = [pen.write(a) for a in parameters]
    inside = Tex(value + ", ".join(w.text for w in written), ATOM, any(w.tall for w in written))
    return Tex(f"{DENSITIES[str(node.data)].latex}{parentheses(inside).text}", ATOM, inside.tall)


def _logpdf(pen: Pen, node: Node) -> Tex:
    law = _law(pen, node, node.args[:-1], pen.plain(node.args[-1]) + r";\, ")
    return Tex(rf"\log {law.text}", MUL, law.tall, True)


def _divergence(pen: Pen, node: Node) -> Tex:
    half = len(node.args) // 2
    p, q = (_law(pen, node, part) for part in (node.args[:half], node.args[half:]))
    inside = parentheses(Tex(rf"{p.text} \,\Vert\, {q.text}", ATOM, p.tall or q.tall))
    return Tex(rf"D_{{\mathrm{{KL}}}}{inside.text}", ATOM, inside.tall)


def _equation(pen: Pen, node: Node) -> Tex:
    left, right = (pen.write(a) for a in node.args)
    return Tex(f"{left.text} = {right.text}", 0, left.tall or right.tall, True)


def _solution(pen: Pen, node: Node) -> Tex:
    inside = parentheses(pen.write(node.args[0]))
    below = pen.lying().plain(node.args[1])
    return Tex(rf"\operatorname{{solve}}_{{{below}}}{inside.text}", ATOM, inside.tall)


def _where(pen: Pen, node: Node) -> Tex:
    if two_of(node):
        word_ = {"ge": r"\max", "le": r"\min"}[node.args[0].op]
        texts = [pen.write(a) for a in node.args[1:]]
        inner = Tex(", ".join(t.text for t in texts), ATOM, any(t.tall for t in texts))
        return Tex(word_ + parentheses(inner).text, ATOM, inner.tall)
    condition, a, b = (pen.lying().plain(x) for x in node.args)
    rows = rf"{a} & \text{{if }} {condition} \\ {b} & \text{{otherwise}}"
    return Tex(rf"\begin{{cases}} {rows} \end{{cases}}", ATOM, True, True)


def _words(pen: Pen, node: Node) -> Tex:
    return Tex(rf"\text{{{escaped(str(node.data))}}}")


def escaped(words: str) -> str:
    r"""Words inside \text: the characters that TeX keeps for itself are escaped."""
    return re.sub(r"[\\{}$&#^_%~]", lambda m: SPECIAL.get(m[0], f"\\{m[0]}"), words)


SPECIAL = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def _question(pen: Pen, node: Node) -> Tex:
    said = asked(node)
    whole = (
        f"{COSTS_IN_WORDS[node.op, said.columns]} {said.data}".strip() if node.op in COSTS else written(node)
    )
    return Tex(rf"\text{{{escaped(whole)}}}")


COSTS_IN_WORDS = {
    ("bigO", ()): "time of",
    ("bigO", ("space",)): "space of",
    ("evaluations", ()): "evaluations",
    ("evaluations", ("cached",)): "evaluations with a cache",
}


def _chance(pen: Pen, node: Node) -> Tex:
    """P(y = 0 | x_1 = 1)."""
    said = chances.said(node)

    def event(one: chances.Event) -> str:
        return ", ".join(f"{named(column, 'scalar')} = {_value(value)}" for column, value in one)

    given = rf" \mid {event(said.given)}" if said.given else ""
    return Tex(f"P({event(said.event)}{given})")


def _value(value: str) -> str:
    return value if re.fullmatch(r"-?[\d.]+", value) else rf"\text{{{escaped(value)}}}"


def _given(pen: Pen, node: Node) -> Tex:
    body, *names = (pen.write(a) for a in node.args)
    return Tex(rf"{body.text} \mid {', '.join(n.text for n in names)}", 0, body.tall)


WRITERS: dict[str, Writer] = {
    "num": _number,
    "count": _count,
    "const": _constant,
    "ones": _ones,
    "sym": _symbol,
    "entry": _entry,
    "add": sum_,
    "neg": signed,
    "mul": product,
    "matmul": chain,
    "div": quotient,
    "pow": power,
    "T": _transpose,
    "inv": _inverse,
    "matpow": _matrix_power,
    "norm": _norm,
    "sqnorm": _norm,
    "exp": _exponential,
    "sqrt": _root,
    "sum": _total,
    "apply": _apply,
    "sum_over": _big(r"\sum"),
    "prod_over": _big(r"\prod"),
    "chain_over": _big(r"\prod"),
    "max_over": _largest(r"\max"),
    "min_over": _largest(r"\min"),
    "argmax_over": _largest(r"\operatorname*{arg\,max}"),
    "argmin_over": _largest(r"\operatorname*{arg\,min}"),
    "max_paths": _over_paths(r"\max"),
    "min_paths": _over_paths(r"\min"),
    "sum_paths": _over_paths(r"\sum"),
    "count_paths": _how_many,
    "at_path": _at_path,
    "run": _run,
    "gradient": _gradient,
    "jacobian": _partial,
    "hessian": _hessian,
    "d": _differential,
    "argmin": _arg(r"arg\,min"),
    "argmax": _arg(r"arg\,max"),
    "solve": _solution,
    "logpdf": _logpdf,
    "kl": _divergence,
    "eq": _equation,
    "where": _where,
    "P": _chance,
    "words": _words,
    **dict.fromkeys((*QUESTIONS, *COSTS, "nearest"), _question),
    **latex_arrays.WRITERS,
    "given": _given,
}
