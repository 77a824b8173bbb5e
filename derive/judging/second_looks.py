"""A line that is no identity, looked at again: at the optimum, for one step, but for a constant; or it says nothing.

`chain.Chained` asks these in its order before a line is called wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.judging import constants
from derive.judging.consequence import FOLLOWS, consequence
from derive.judging.inverting import LEFT_OVER
from derive.judging.ladder import judge_pair
from derive.judging.optima import UNTOLD, is_zero
from derive.judging.rungs import DECLARED, Comparison
from derive.judging.total import STEP, STEPS, as_step, as_steps, is_own_step
from derive.judging.why import left_of
from derive.latexread import Claim
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, names_in, walk
from derive.vocabulary.asked import QUESTIONS
from derive.vocabulary.build import substitute, sym

if TYPE_CHECKING:
    from derive.judging.chain import Chained

APART = "{0} is not written in terms of {1}: nothing that it is made of is {2}"
_THERE = re.compile(
    r"\b(?:at|for|with) (?:the|this|its|that) (?:\w+ )?(?:opti|mini|maxi|solution|stationary|point|estimat)"
    r"|plugg|substitut|insert|optimal|(?:min|max)imum value",
    re.IGNORECASE,
)

_HENCE = re.compile(
    r"\b(?:so|hence|thus|therefore|implies|follows?|then|gives?|yields?|iff)\b|rightarrow|optim",
    re.IGNORECASE,
)
NO_ZERO = "no point is found at which the derivative is zero"


def at_the_optimum(chain: Chained, claim: Claim, head: Comparison, given: tuple[Node, ...]) -> Comparison:
    """An equation that is no identity may be one for the optimum; where it is meant so, it is judged there."""
    if head.outcome == "not-checked" and head.pair is not None and is_zero(head.pair):
        return _zero_at_its_optimum(chain, head, given)
    is_false = head.outcome == "fails" or (head.outcome == "only-if" and not head.rung.units)
    if chain.optima is None or not is_false or head.pair is None or claim.relation not in ("=", ":="):
        return head
    if head.pair.left.shape != head.pair.right.shape:
        return head
    is_said = _THERE.search(claim.words) is not None
    found = chain.optima.try_at(chain.bench, head.pair, given, is_said)
    if found is None:
        return _where_flat(chain, claim, head, given, is_said)
    if found.holds or found.reason == UNTOLD:
        return found
    left = head.pair.left
    is_value = left.op in QUESTIONS or (
        left.op == "sym" and left.symbol.name in chain.bench.scope.definitions
    )
    x = {a for a, _ in found.at}
    stands = any(n in x for side in (left, head.pair.right) for n in walk(side))
    return head if is_value or not stands else found


def _where_flat(
    chain: Chained, claim: Claim, head: Comparison, given: tuple[Node, ...], is_said: bool
) -> Comparison:
    """Nothing is optimised in it that has an optimum: what it says where a derivative is zero."""
    assert head.pair is not None
    assert chain.optima is not None
    follows = consequence(chain.optima, chain.bench, head.pair, given)
    if follows is None or follows[0].outcome == "fails":
        return head
    found, x = follows
    is_value = not (is_said or is_zero(head.pair)) and chain.optima.states_a_value(chain.bench, head.pair)
    if found.holds:
        return head if is_value else replace(found, notes=(Reason(FOLLOWS, (x,)),))
    meant = is_said or _HENCE.search(claim.words) is not None
    return head if is_value or claim.continues or not meant else replace(found, reason=NO_ZERO)


def _zero_at_its_optimum(chain: Chained, head: Comparison, given: tuple[Node, ...]) -> Comparison:
    """`\\nabla J(w^\\star) = 0`: zero there, and not where the name of the optimum means any other value."""
    assert head.pair is not None
    assert chain.optima is not None
    table, definitions = chain.bench.context.optima, chain.bench.scope.definitions
    named = (names_in(head.pair.left) | names_in(head.pair.right)) & table.keys()
    other = tuple(
        (sym(name, definitions[name].shape), sym(table[name], definitions[name].shape))
        for name in sorted(named)
        if not definitions[name].params
    )
    sizes = chain.optima.vanishing(chain.bench, head.pair, (), given, other) if other else []
    return replace(head, outcome="holds") if len(sizes) >= 3 and all(sizes) else head


def but_for_a_constant(
    chain: Chained, claim: Claim, head: Comparison, previous: Comparison | None, given: tuple[Node, ...]
) -> tuple[Comparison, Comparison | None]:
    """Once a chain has left out a constant, its lines need not say so again."""
    factor = claim.relation == constants.FACTOR
    if factor and head.outcome == "not-checked" and (pair := chain.pair(claim)) is not None:
        head = replace(head, outcome="fails", pair=pair)
    chain.is_loose = (
        (chain.is_loose and claim.continues)
        or claim.relation in constants.RELATIONS
        or constants.speaks_of_one(head, previous)
    )
    if not chain.is_loose:
        return head, previous
    names = tuple(x for x in dict.fromkeys((*chain.wrt, *chain.likely)) if x.op == "sym")
    if head.outcome == "fails":
        readings = chain.bench.read(claim, DECLARED)
        pairs = (
            [head.pair, *(p for p in readings if p != head.pair)]
            if isinstance(readings, tuple)
            else [head.pair]
        )
        tried = [
            constants.up_to_a_constant(chain.bench, replace(head, pair=pair), names, given, factor)
            for pair in pairs
        ]
        head = next((found for found in tried if found.holds), tried[0])
        if not head.holds:
            head = constants.along_an_index(chain.bench, head, chain.optima, given, factor) or head
    if previous is not None and previous.outcome == "fails":
        previous = constants.up_to_a_constant(chain.bench, previous, names, given, factor)
    return head, previous


def by_steps(chain: Chained, head: Comparison) -> Comparison | None:
    """A chain rule over steps holds where the derivatives of a step are local."""
    if head.pair is None or head.rung.units:
        return None
    step = as_step(chain.bench, head.pair.left)
    if step is not None and is_own_step(chain.bench, head.pair.left):
        local = replace(head.pair, left=step[0])
        tried = judge_pair(chain.bench, local, "==", DECLARED, chain.wrt)
        if tried.holds:
            return replace(tried, pair=head.pair, notes=(Reason(STEP, step[1:]),))
    found = as_steps(chain.bench, head.pair.right)
    if found is None:
        return None
    steps, factor = found
    tried = judge_pair(chain.bench, replace(head.pair, right=steps), "==", head.rung, chain.wrt)
    if not tried.holds:
        return None
    of = factor.args[0].args[0] if factor.args[0].op == "entry" else factor.args[0]
    return replace(tried, pair=head.pair, notes=(Reason(STEPS, (factor, of)),))


def apart(chain: Chained, claim: Claim, head: Comparison) -> Reason | None:
    """Why a line says nothing: it differentiates in a name that the problem's quantities do not depend on."""
    pair = head.pair if head.pair is not None and not head.rung.units else chain.pair(claim)
    sides = (pair.left, pair.right) if pair is not None else (left_of(chain, claim),)
    nodes = tuple(side for side in sides if side is not None)
    found = chain.bench.apart(*nodes)
    rest = chain.bench.left_over(*nodes) if found is None else None
    if rest is not None:
        return Reason(LEFT_OVER, rest)
    body = chain.bench.scope.open(found[1]) if found is not None else None
    if found is None or body is None:
        return None
    return Reason(APART, (*found, body))


def solves_what_is_wanted(
    chain: Chained, claim: Claim, head: Comparison, given: tuple[Node, ...]
) -> Comparison | None:
    r"""`s = 1/\sqrt d` after `we need d s^2 = 1`: right where it solves that."""
    pair = head.pair
    if chain.beliefs is None or pair is None or claim.relation != "=" or pair.left.op != "sym":
        return None
    for wanted in chain.beliefs.wanted:
        if pair.left not in walk(wanted.left):
            continue
        put = replace(wanted, left=substitute(wanted.left, {pair.left: pair.right}), right=wanted.right)
        found = judge_pair(chain.bench, put, "==", DECLARED, given=given)
        if found.holds:
            return replace(found, pair=pair, remark="it solves what is wanted")
    return None
