"""The section parts: what is asked, with everything around it read in the scope of that part.

To add an option of a part: its row in OPTIONS, its field in the model, and its line in `_part`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derive.errors import InputError, ShapeError, UnknownName, nearest
from derive.notation.algorithm import read_algorithm
from derive.notation.asked import QUESTIONS
from derive.notation.literals import zeros_beside
from derive.notation.reader import read_target
from derive.notation.statements import Function
from derive.notation.tokens import tokens_of
from derive.notation.types import KINDS
from derive.problem.constraints import constrained, equations_of, refuse_idle, with_multipliers
from derive.problem.data_tables import mapping_of
from derive.problem.definitions import extended
from derive.problem.fields import (
    Target,
    check_keys,
    entries_of,
    expression,
    member,
    placed,
    prose,
    targets,
    text_of,
)
from derive.problem.figures import read_figure
from derive.problem.functions import split
from derive.problem.lines import equation, equations, hold, in_terms_of, multiplier, steps
from derive.problem.model import Equation, Named, Part
from derive.problem.source import Entries, Items, Node, Text, lines_of
from derive.problem.symbols import Ranges, read_ranges
from derive.tree.nodes import Node as RawNode
from derive.tree.nodes import names_in
from derive.vocabulary.build import words
from derive.vocabulary.scope import Definition, Scope

VERBS = ("find", "show", "answer", "algorithm", "code", "figure")
DERIVED = ("find", "show")
EVERY = ("id", "points", "ask", "let", "for", "claims", "detail")
OPTIONS: dict[str, tuple[str, ...]] = {  # the verbs each option goes with
    **dict.fromkeys(EVERY, VERBS),
    **dict.fromkeys(("steps", "in_terms_of", "hold", "subject_to", "multiplier"), DERIVED),
    "expect": ("find",),
}
DETAILS = ("brief", "full")
MOST_PARTS = 100
EXAMPLE = """add, for example,
    parts:
      - id: 1
        ask: Derive the gradient.
        find: gradient(f, x)"""


def read_parts(node: Node, scope: Scope) -> tuple[Part, ...]:
    """All parts in order; what one finds under a name, the later ones may use."""
    if not isinstance(node, Items):
        raise InputError("`parts:` is a list", node.place, EXAMPLE)
    if len(node.items) > MOST_PARTS:
        place = node.items[MOST_PARTS].place
        raise InputError(f"more than {MOST_PARTS} parts", place, "one file is one problem")
    found: list[Part] = []
    for item in node.items:
        if not isinstance(item, Entries):
            raise InputError("a part is made of `key: value` lines", item.place, EXAMPLE)
        part = _part(item, scope)
        twin = next((p for p in found if p.id == part.id), None)
        if twin:
            message = f"the id '{part.id}' is already on line {twin.place.line}"
            raise InputError(message, part.place, "each part needs an id of its own")
        found.append(part)
        scope = _with_found(scope, part)
    return tuple(found)


def _with_found(scope: Scope, part: Part) -> Scope:
    """The scope of the parts that follow: with what this one names, as far as it needs nothing of its own."""
    new = {}
    for named in part.find:
        if named.name is None:
            continue
        name, index = read_target(named.name)
        mentioned = names_in(named.expression)
        own = any(
            part.scope.declarations.get(n) != scope.declarations.get(n)
            or part.scope.definitions.get(n) != scope.definitions.get(n)
            for n in mentioned
        )
        if own or name in scope.declarations or name in scope.definitions:
            continue
        params = tuple(map(str, index))
        new[name] = Definition(name, named.expression.shape, params, named.expression, place=named.place)
    if part.algorithm:
        scope = replace(scope, algorithms={**scope.algorithms, **{f.name: f for f in part.algorithm}})
    return replace(scope, definitions={**scope.definitions, **new}) if new else scope


def _part(entries: Entries, outer: Scope) -> Part:
    verb = _verb(entries)
    id_ = _id(entries)
    ask = entries.get("ask")
    if ask is None:
        hint = "add what is asked, as in\n    ask: Derive the gradient."
        raise InputError(f"part {id_.value} has no `ask:`", id_.place, hint)
    scope = outer
    if (let := entries.get("let")) is not None:
        scope = _let(entries_of(let, "let", "s: gamma / norm(u)"), outer)
    ranges: Ranges = {}
    if (for_ := entries.get("for")) is not None:
        ranges = read_ranges(for_, scope)
        for name, (low, high) in ranges.items():
            scope = scope.with_range(name, low, high)
    asked = entries.get(verb)
    assert asked is not None
    algorithm: tuple[Function, ...] = ()
    if verb in ("algorithm", "code"):
        algorithm = read_algorithm(lines_of(text_of(asked, f"the {verb}")), scope)
        scope = replace(scope, algorithms={**scope.algorithms, **{f.name: f for f in algorithm}})
    find = _find(asked, scope) if verb == "find" else ()
    show = equation(text_of(asked, "an equation"), scope) if verb == "show" else None
    known = {*scope.declarations, *scope.definitions, *scope.data}
    subject_to = equations(entries.get("subject_to"), scope, "a constraint")
    bound = equations_of(subject_to)
    find = tuple(replace(n, expression=constrained(n.expression, bound)) for n in find)
    show = _constrained(show, bound) if show is not None else None
    asked_nodes = [n.expression for n in find]
    if show is not None and show.left is not None:
        asked_nodes += [show.left, show.right]
    refuse_idle(subject_to, tuple(asked_nodes))
    scope, multipliers, lagrangian = with_multipliers(scope, find, multiplier(entries, scope))
    known |= {read_target(n.name)[0] for n in find if n.name is not None}
    return Part(
        id=id_.value,
        verb=verb,
        ask=prose(ask, "the text of `ask:`", known, scope),
        scope=scope,
        place=id_.place,
        points=_points(entries.get("points")),
        find=find,
        show=show,
        answer=prose(asked, "the answer", known, scope) if verb == "answer" else None,
        steps=steps(entries.get("steps"), scope, find, show),
        claims=tuple(_constrained(c, bound) for c in equations(entries.get("claims"), scope, "a claim")),
        expect=_expect(entries, scope, find),
        in_terms_of=in_terms_of(entries.get("in_terms_of"), scope),
        hold=hold(entries.get("hold"), scope),
        ranges=ranges,
        subject_to=subject_to,
        multipliers=multipliers,
        lagrangian=lagrangian,
        detail=_detail(entries.get("detail")),
        algorithm=algorithm,
        figure=read_figure(text_of(asked, "a figure"), scope) if verb == "figure" else None,
        source=_own_language(asked, verb) if verb in ("algorithm", "code", "figure") else "",
    )


def _constrained(equation: Equation, constraints: tuple[RawNode, ...]) -> Equation:
    left = None if equation.left is None else constrained(equation.left, constraints)
    return replace(equation, left=left, right=constrained(equation.right, constraints))


def _verb(entries: Entries) -> str:
    """The one verb of a part; its other options must go with it."""
    check_keys(entries, [*OPTIONS, *VERBS], "option of a part")
    verbs = [key for key, _ in entries.entries if key.value in VERBS]
    if not verbs:
        raise InputError("this part asks for nothing", entries.place, f"add one of {', '.join(VERBS)}")
    if len(verbs) > 1:
        message = f"a part has one of {', '.join(VERBS)}; this one has `{verbs[0].value}:` already"
        raise InputError(message, verbs[1].place, "make it a part of its own")
    verb = verbs[0].value
    for key, _ in entries.entries:
        if key.value in OPTIONS and verb not in OPTIONS[key.value]:
            message = f"`{key.value}:` does not go with `{verb}:`"
            raise InputError(message, key.place, f"it goes with {', '.join(OPTIONS[key.value])}")
    return verb


def _id(entries: Entries) -> Text:
    node = entries.get("id")
    if node is None:
        raise InputError("a part without an id", entries.place, "start it with a line such as `- id: 1.a`")
    text = text_of(node, "an id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text.value):
        raise InputError("an id is made of letters, digits and . _ -", text.place, "as in 1.2.a")
    return text


def _points(node: Node | None) -> str | None:
    if node is None:
        return None
    text = text_of(node, "points")
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text.value):
        raise InputError("points are a number", text.place, "as in `points: 2` or `points: 0.5`")
    return text.value


def _detail(node: Node | None) -> str:
    if node is None:
        return ""
    text = text_of(node, "detail")
    if text.value not in DETAILS:
        raise InputError(f"unknown detail '{text.value}'", text.place, "write brief or full")
    return text.value


def _own_language(node: Node, verb: str) -> str:
    text = text_of(node, f"the {verb}")
    if not text.value.strip():
        raise InputError(f"`{verb}:` is empty", text.place)
    return text.value


# ---------------------------------------------------------------- let


def _let(entries: Entries, scope: Scope) -> Scope:
    """New names, or a special case: a value is a type or an expression."""
    entries, functions = split(entries, "a formula")
    found = targets(entries, scope, "a value of let")
    types = [t for t in found if _is_type(t, scope)]
    return extended(scope, types, [t for t in found if t not in types], functions)


def _is_type(target: Target, scope: Scope) -> bool:
    with placed(target.text):
        first = tokens_of(target.text.value, target.text.at)[0]
    return first.text in KINDS and first.text not in scope.declarations.keys() | scope.definitions.keys()


# ---------------------------------------------------------------- what is asked, and what is expected


def _find(node: Node, scope: Scope) -> tuple[Named, ...]:
    if isinstance(node, Text):
        value = expression(node, scope, "what to find")
        return (Named(None, value, node.value, node.place),)
    found = []
    for target in targets(entries_of(node, "find", "mu: E(y)"), scope, "what to find"):
        value = expression(target.text, scope)
        found.append(Named(str(target), value, target.text.value, target.text.place))
    return tuple(found)


def _expect(entries: Entries, scope: Scope, find: tuple[Named, ...]) -> tuple[Named, ...]:
    """The author's answers: one, or one for each name of `find:`."""
    node, key = entries.get("expect"), entries.key("expect")
    if node is None or key is None:
        return ()
    if find[0].name is None:
        if find[0].expression.op in ASKS_SEVERAL:
            return _expected_of_question(node, scope, find[0].expression.op)
        if isinstance(node, Entries):
            raise InputError("`find:` names no answers, so `expect:` is one expression", node.place)
        return (_expected(node, scope, find[0]),)
    names = [n.name for n in find if n.name is not None]
    if not isinstance(node, Entries):
        hint = "write\n    expect:" + "".join(f"\n      {name}: ..." for name in names)
        raise InputError("`find:` names its answers, so `expect:` does", node.place, hint)
    rows: dict[str, tuple[Text, Node]] = {}
    for row, value in node.entries:
        with placed(row):
            name = member(*read_target(row.value, row.at))
        if name not in names:
            hint = nearest(name, names) or f"it names {', '.join(names)}"
            raise UnknownName(f"`find:` names no '{name}'", row.place, hint)
        rows[name] = (row, value)
    found = []
    for named in find:
        assert named.name is not None
        if named.expression.op in ASKS_SEVERAL and named.name in rows:
            several = _expected_of_question(rows[named.name][1], scope, named.expression.op)
            found += [replace(one, name=f"{named.name}.{one.name}") for one in several]
            continue
        if named.name not in rows:
            raise InputError(f"`expect:` lacks '{named.name}'", key.place, f"add\n      {named.name}: ...")
        found.append(_expected(rows[named.name][1], scope, named))
    return tuple(found)


ANSWERS = {"search": ("path", "logp"), "nearest": ("nearest", "cosine")}


def _expected_of_question(node: Node, scope: Scope, question: str) -> tuple[Named, ...]:
    """`path: red birds fly`, `logp: -2`: a question about data names its own answers; some may be expected."""
    found = []
    for key, value in mapping_of(node, "what is expected"):
        name = "".join(key.value.split())
        if ANSWERS.get(question) and not re.fullmatch(rf"({'|'.join(ANSWERS[question])})(_\d+)?", name):
            hint = nearest(name, ANSWERS[question]) or f"its answers are {', '.join(ANSWERS[question])}"
            raise UnknownName(f"there is no answer '{name}'", key.place, hint)
        if name.split(".")[-1].startswith(IN_WORDS):
            found.append(Named(name, words(" ".join(value.value.split())), value.value, value.place))
        else:
            found.append(Named(name, expression(value, scope, "an expectation"), value.value, value.place))
    return tuple(found)


ASKS_SEVERAL = (*QUESTIONS, "nearest")  # questions that name their own answers
IN_WORDS = ("path", "class", "nearest")  # answers that are words


def _expected(node: Node, scope: Scope, asked: Named) -> Named:
    value = expression(node, scope, "an expectation", lists=True)
    value = zeros_beside(value, asked.expression.shape)
    if value.shape != asked.expression.shape:
        message = f"what is expected is {value.shape}, what is found is {asked.expression.shape}"
        raise ShapeError(message, node.place)
    assert isinstance(node, Text)
    return Named(asked.name, value, node.value, node.place)
