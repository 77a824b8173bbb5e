r"""Sums and products in LaTeX: signs in front, scalars before arrays, \odot, \frac."""

from __future__ import annotations

from itertools import groupby

from derive.notation.latex_names import scripts
from derive.notation.latex_pen import ODOT, SIGN, Pen, Tex, parentheses
from derive.tree.nodes import Node, Number
from derive.vocabulary.build import ONE, build, count, num
from derive.vocabulary.op import ADD, MUL, POW

BIG = frozenset(
    {"sum_over", "prod_over", "chain_over", "max_over"}
)  # operators that stand tall in a fraction


def unsigned(node: Node) -> tuple[bool, Node]:
    """Whether a minus leads the node, and the node without it: -a b, -2 a and -a / b lead with one."""
    if node.op == "num" and node.number < 0:
        assert isinstance(node.data, Number)
        return True, num(-node.number, node.data.decimal, node.data.places)
    if node.op == "count" and len(node.size.terms) == 1 and node.size.terms[0][1] < 0:
        return True, count(-node.size)
    if node.op == "neg":
        return True, node.args[0]
    if node.op == "mul" and _are_numbers(node):
        return False, node
    if node.op in ("mul", "matmul", "div"):
        negative, first = unsigned(node.args[0])
        if negative and not (first.op == "add" and node.op != "div"):
            args = (*(first.args if first.op == node.op != "div" else (first,)), *node.args[1:])
            if node.op == "mul" and first == ONE and len(args) > 1:
                args = args[1:]
            return True, args[0] if len(args) == 1 else Node(node.op, args, node.data, node.shape)
    return False, node


def _are_numbers(node: Node) -> bool:
    """A product of numbers keeps their signs where they stand: (-1) . 4."""
    return all(a.op == "num" for a in node.args)


def signed(pen: Pen, node: Node) -> Tex:
    """A sign, and behind it something at least as tight as a product."""
    negative, bare = unsigned(node)
    if not negative:
        return pen.write(bare)
    tex = pen.at(bare, ODOT)
    return Tex("-" + tex.text, SIGN, tex.tall, tex.open)


def sum_(pen: Pen, node: Node) -> Tex:
    words: list[str] = []
    tall = False
    for arg in node.args:
        negative, bare = unsigned(arg)
        tex = pen.at(bare, ODOT)
        if arg.shape.is_scalar and not node.shape.is_scalar:
            tex = _of_ones(bare, tex)
        sign = "-" if negative else "+" if words else ""
        words.append(f"{sign} {tex.text}" if words else sign + tex.text)
        tall = tall or tex.tall
    return Tex(" ".join(words), ADD, tall)


def _of_ones(node: Node, tex: Tex) -> Tex:
    """A scalar in a sum of arrays: every entry has it."""
    if tex.text in ("0", "1"):
        return Tex(rf"\mathbf{{{tex.text}}}")
    tex = parentheses(tex) if tex.open or "matmul" in (node.op, *(a.op for a in node.args)) else tex
    return Tex(rf"{tex.text} \mathbf{{1}}", MUL, tex.tall)


def product(pen: Pen, node: Node) -> Tex:
    r"""Scalars side by side in the author's order, then the arrays, joined by \odot."""
    if unsigned(node)[0]:
        return signed(pen, node)
    if _are_numbers(node):
        factors = [pen.at(a, MUL) for a in node.args]
        return Tex(r" \cdot ".join(f.text for f in factors), MUL, any(f.tall for f in factors))
    arrays = [a for a in node.args if not a.shape.is_scalar]
    scalars = [a for a in node.args if a.shape.is_scalar]
    joined = len(arrays) > 1
    texts: list[Tex] = []
    for i, arg in enumerate([*scalars, *arrays]):
        last = i == len(node.args) - 1
        if i >= len(scalars):
            tightness = POW if joined else MUL
        else:
            tightness = MUL if last or arg.op not in ("matmul", "mul") else POW
        tex = pen.at(arg, tightness, last)
        texts.append(_small(pen, arg, tex) if arg.op == "num" and not last else tex)
    words = juxtaposed(texts[: len(scalars) + 1])
    words += [rf"\odot {t.text}" for t in texts[len(scalars) + 1 :]]
    return Tex(" ".join(words), ODOT if joined else MUL, any(t.tall for t in texts), texts[-1].open)


def _small(pen: Pen, node: Node, tex: Tex) -> Tex:
    """A number before other factors: its fraction is small."""
    return tex if pen.flat else Tex(tex.text.replace(r"\frac", r"\tfrac"), tex.binds)


def juxtaposed(texts: list[Tex]) -> list[str]:
    """Factors side by side: a dot before digits, a thin space beside words and differentials."""
    words: list[str] = []
    for tex in texts:
        if words and (tex.text[:1].isdigit() or (words[-1][-1:].isdigit() and tex.text.startswith(r"\frac"))):
            words.append(r"\cdot")
        elif words and (words[-1].startswith(r"\mathrm") or tex.text.startswith(r"\mathrm")):
            words.append(r"\,")
        words.append(tex.text)
    return words


def chain(pen: Pen, node: Node) -> Tex:
    """A matrix product: factors side by side."""
    if unsigned(node)[0]:
        return signed(pen, node)
    factors = _powers(node.args)
    texts = [
        pen.at(arg, MUL if i == 0 and arg.op == "mul" else POW, last=i == len(factors) - 1)
        for i, arg in enumerate(factors)
    ]
    return Tex(" ".join(juxtaposed(texts)), MUL, any(t.tall for t in texts), texts[-1].open)


def _powers(factors: tuple[Node, ...]) -> list[Node]:
    """A square matrix times itself is written as a power."""
    found: list[Node] = []
    for same, run in groupby(factors):
        length = len(list(run))
        power = length > 1 and same.shape.kind == "matrix"
        found += [build("matpow", same, num(length))] if power else [same] * length
    return found


def quotient(pen: Pen, node: Node) -> Tex:
    r"""\frac, or a/b in scripts and fractions; a tall array stands beside the fraction of its scalars."""
    if unsigned(node)[0]:
        return signed(pen, node)
    over, under = node.args
    if pen.flat:
        is_fraction = over.op == "div" or (over.op == "num" and over.number.denominator != 1)
        left = pen.at(over, POW if is_fraction else MUL, last=False)
        right = pen.at(under, POW, last=False)
        return Tex(f"{left.text}/{right.text}", MUL)
    lying = pen.lying()
    below = lying.plain(under)
    if under.shape.is_scalar and _stands_beside(pen, over):
        scalars, rest = _split(over)
        factors = [lying.at(s, MUL if scalars[1:] else 0, s is scalars[-1]) for s in scalars]
        above = " ".join(juxtaposed(factors)) or "1"
        body = pen.at(rest, MUL)
        return Tex(rf"\frac{{{above}}}{{{below}}} {body.text}", MUL, True, body.open)
    return Tex(rf"\frac{{{lying.plain(over)}}}{{{below}}}", MUL, True)


def _stands_beside(pen: Pen, node: Node) -> bool:
    if node.shape.is_scalar:
        return node.op in BIG or (node.op == "mul" and any(a.op in BIG for a in node.args))
    return pen.write(node).tall


def _split(node: Node) -> tuple[tuple[Node, ...], Node]:
    """The scalar factors of a product that fit into a fraction, and the rest."""
    if node.op != "mul":
        return (), node
    scalars = tuple(a for a in node.args[:-1] if a.shape.is_scalar and a.op not in BIG)
    rest = tuple(a for a in node.args if a not in scalars)
    return scalars, rest[0] if len(rest) == 1 else Node("mul", rest, None, node.shape)


def power(pen: Pen, node: Node) -> Tex:
    r"""h^{2}, of an array \mathbf{h}^{\odot 2}, of a named function \tanh^{2}(x)."""
    base, exponent = node.args
    raised = pen.lying().plain(exponent)
    if base.op in FUNCTION_POWERS and exponent.op == "num" and exponent.number > 0:
        argument = pen.write(base.args[0])
        return Tex(rf"\{base.op}^{{{raised}}}{parentheses(argument).text}", POW, argument.tall)
    tex = pen.at(base, POW, last=False)
    if tex.binds == POW or has_superscript(base, tex):
        tex = parentheses(tex)
    return Tex(f"{tex.text}^{{{'' if node.shape.is_scalar else chr(92) + 'odot '}{raised}}}", POW, tex.tall)


def has_superscript(node: Node, tex: Tex) -> bool:
    """Whether a further superscript would be misread."""
    return node.op in ("d", "sqrt", "jacobian") or (node.op == "sym" and "^" in scripts(tex.text))


FUNCTION_POWERS = frozenset({"log", "sin", "cos", "sinh", "cosh", "tanh"})
