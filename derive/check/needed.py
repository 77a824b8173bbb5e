"""Which declared facts a claim needs: it is judged again without each, and a fact is needed where it then fails.

A printed claim says them beside it, since a reader does not see the declarations. To say a further fact in better
words than its phrase: a row in SAID.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator

from derive.check.judge import Checker, Ranges
from derive.notation.derivation import Reason
from derive.tree.nodes import Node, walk
from derive.vocabulary.asked import SOUGHT
from derive.vocabulary.build import count, num, sym
from derive.vocabulary.domains import DOMAINS
from derive.vocabulary.scope import Declaration, Scope

MOST_NAMES = 8  # with facts, in one claim

SAID = {  # of scalars, of arrays
    "positive": ("{0} > {1}", "the entries of {0} are positive"),
    "nonnegative": ("{0} is not negative", "no entry of {0} is negative"),
    "nonzero": ("{0} is not {1}", "{0} is not {1}"),
    "simplex": ("", "{0} is a vector of probabilities"),
    "stochastic": ("", "the rows of {0} are probabilities"),
    "unit": ("", "{0} has norm 1"),
    "centred": ("", "the columns of {0} sum to 0"),
    "centred_rows": ("", "the rows of {0} sum to 0"),
    "positive_determinant": ("", "the determinant of {0} is positive"),
    "full_column_rank": ("", "{0} has full column rank"),
}
INTERVAL = "{1} < {0} < {2}"


def needed(
    left: Node, relation: str, right: Node, scope: Scope, ranges: Ranges | None = None
) -> tuple[Reason, ...]:
    """What must hold of the names of a line that holds: "a > 0". Not asked of minimisers, which without the facts are
    looked for in vain, and long."""
    checker = Checker(scope, ranges)
    if SOUGHT & {verb for verb, _ in checker.anatomy.verbs(left, right)}:
        return ()
    names = checker.anatomy.of(left).names | checker.anatomy.of(right).names
    parameters = {
        part.symbol.name
        for d in scope.declarations.values()
        if d.law is not None
        for arg in d.law.args.values()
        for part in walk(arg)
        if part.op == "sym"
    }
    restricted = [d for name, d in scope.declarations.items() if name in names and _is_restricted(d, scope)]
    return tuple(
        reason
        for declared in restricted[:MOST_NAMES]
        for reason in _needed(declared, left, relation, right, scope, ranges, declared.name in parameters)
    )


def _is_restricted(declared: Declaration, scope: Scope) -> bool:
    """Whether values are drawn for it that have facts; whole numbers stay, since they are indices and words."""
    drawn = (
        declared.law is None
        and declared.integers is None
        and not declared.of
        and declared.name not in scope.definitions
    )
    known = any(name.partition("[")[0] == declared.name for name in scope.data)
    restricts = declared.facts - {"real"} or declared.interval
    return bool(drawn and not known and restricts)


def _needed(
    declared: Declaration,
    left: Node,
    relation: str,
    right: Node,
    scope: Scope,
    ranges: Ranges | None,
    is_parameter: bool,
) -> Iterator[Reason]:
    def fails(weaker: Declaration) -> bool:
        others = {**scope.declarations, declared.name: weaker}
        status = Checker(replace(scope, declarations=others), ranges).line(left, relation, right).status
        return status == "fails" or status != "holds" and not is_parameter  # a law has its own limits

    said = dict(_facts(declared))
    if not fails(replace(declared, facts=frozenset(), interval=None)):
        return
    each = [fact for fact in said if fact in declared.facts and fails(_without(declared, fact))]
    for fact, reason in said.items():
        if not each or fact in each or fact not in declared.facts:
            yield reason


def _without(declared: Declaration, fact: str) -> Declaration:
    return replace(declared, facts=declared.facts - {fact})


def _facts(declared: Declaration) -> Iterator[tuple[str, Reason]]:
    indices = tuple(count(p) for p in declared.params)
    name = sym(declared.name, declared.shape, indices)
    zero = num(0)
    if declared.interval is not None:
        yield "in", Reason(INTERVAL, (name, *declared.interval))
    for fact in sorted(declared.facts - {"real"}):
        scalar, array = SAID.get(fact, ("", ""))
        said = scalar if declared.shape.is_scalar else array
        yield fact, Reason(said or "{0} is " + DOMAINS[fact].phrase, (name, zero))
