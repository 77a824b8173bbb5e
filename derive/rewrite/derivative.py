"""Gradients, Jacobians and Hessians as derivations: the chain of differentials, what is read off, the answer."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.derivation import Chain, Line, Reason
from derive.rewrite.adjoint import cut_names
from derive.rewrite.chained import chained
from derive.rewrite.closing import Asked, independent, kept_names, read_gradient, symmetrised
from derive.rewrite.depend import graph_of
from derive.rewrite.derived import Derived
from derive.rewrite.differential import Differentiation
from derive.rewrite.forms import collected
from derive.rewrite.readoff import jacobian_of
from derive.rewrite.reasons import joined
from derive.rewrite.shorten import first_coefficient_out
from derive.rewrite.shortest import shortest
from derive.rewrite.terms import zero
from derive.rewrite.through import through_cut
from derive.vocabulary.build import build


def gradient(asked: Asked) -> Derived:
    """The gradient of a scalar in the shape of the variable."""
    graph = graph_of(asked.scope)
    cut = cut_names(asked.f, asked.x, asked.kept, graph)
    if cut:
        return through_cut(asked, cut)
    variation = asked.variation()
    if not variation.varies(asked.f):
        return independent(asked)
    work = Differentiation(variation, kept_names(asked))
    lines, linear = work.run(asked.f)
    lines += read_gradient(asked, lines, linear, work)
    lines += symmetrised(asked, lines[-1].right)
    return Derived(lines[-1].right, (*work.lemmas, Chain(tuple(lines), asked.x)))


def jacobian(asked: Asked) -> Derived:
    """The Jacobian (out x in) of a vector in a vector, or the derivative of anything in a scalar."""
    y, x = asked.f, asked.x
    node = build("jacobian", y, x, *asked.held)
    variation = asked.variation()
    if not variation.varies(y):
        nothing = zero(node.shape)
        line = Line(node, nothing, Reason("{0} does not depend on {1}", (y, x)))
        return Derived(nothing, (Chain((line,), x),))
    if cut := cut_names(y, x, (), variation.graph):
        return chained(asked, cut)
    work = Differentiation(variation)
    lines, linear = work.run_body(y) if asked.scope.open(y) is not None and y.op == "sym" else work.run(y)
    lines, linear = collected(work.total(y), lines, linear, variation, asked.scope)
    short, _, why = shortest(jacobian_of(linear, x, asked.scope), asked.scope, asked.names)
    answer = first_coefficient_out(short)
    read = Reason("read off the Jacobian")
    lines.append(Line(node, answer, joined([read, why]) if why.text else read))
    return Derived(answer, (*work.lemmas, Chain(tuple(lines), x)))


def hessian(asked: Asked) -> Derived:
    """The Hessian as the Jacobian of the gradient."""
    first = gradient(asked)
    node = build("hessian", asked.f, asked.x)
    if asked.x.shape.is_scalar:
        second = gradient(replace(asked, f=first.expression))
    else:
        second = jacobian(replace(asked, f=first.expression))
    line = Line(node, second.expression, Reason("the Hessian is the derivative of the gradient"))
    chain = second.blocks[-1]
    assert isinstance(chain, Chain)
    blocks = (*first.blocks, *second.blocks[:-1], replace(chain, lines=(*chain.lines, line)))
    return Derived(second.expression, blocks)


RULES = {"gradient": gradient, "jacobian": jacobian, "hessian": hessian}
