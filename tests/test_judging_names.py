"""Names that an answer introduces: right and wrong answers by the dozen, then each way to introduce one.

An answer more is a section of tests/data/own_names/right.md or wrong.md.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from derive.check.judge import Checker
from derive.judging.answer import judge_text
from derive.judging.judged import Report
from derive.judging.likeness import form
from derive.judging.linking import linked
from derive.judging.sentences import spoken
from derive.latexread.lifting import lifted
from derive.latexread.spoken import name_among
from derive.notation.reader import read
from derive.problem.load import load, loads
from derive.problem.model import Problem
from derive.render.say import in_text
from derive.tree.sizes import Size
from derive.vocabulary.build import build, count, sym
from derive.vocabulary.scope import Definition, Scope

DATA = Path(__file__).parent / "data" / "own_names"


@cache
def problem(name: str) -> Problem:
    return load(DATA / f"{name}.yaml")


def sections(file: str) -> list[tuple[str, str]]:
    """Heading and text of each answer."""
    found = re.split(r"^### ", (DATA / file).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [(head, text) for head, _, text in (section.partition("\n") for section in found)]


RIGHT, WRONG = sections("right.md"), sections("wrong.md")


def said(report: Report, line: int) -> str:
    return "; ".join(
        spoken(reason, in_text(chain.scope))
        for chain in report.chains
        for judged in chain.claims
        if judged.claim.line == line
        for reason in judged.reasons
    )


def judged(text: str, name: str) -> Report:
    return judge_text(text, "answer.md", [problem(name)])


@pytest.mark.parametrize(("head", "text"), RIGHT, ids=[head for head, _ in RIGHT])
def test_a_right_answer_is_right(head: str, text: str) -> None:
    report = judged(text, head.partition(":")[0])
    assert {j.verdict for j in report.claims} <= {"holds", "given", "restated", "notation"}
    assert any(j.verdict in ("holds", "notation") for j in report.claims)


@pytest.mark.parametrize(("head", "text"), WRONG, ids=[head for head, _ in WRONG])
def test_a_wrong_answer_is_wrong_where_it_is(head: str, text: str) -> None:
    name, line, words = re.fullmatch(r"(\w+):.*; line (\d+): (.*)", head).groups()  # type: ignore[union-attr]
    report = judged(text, name)
    assert report.first_wrong[:1] == [int(line)]
    assert words in said(report, int(line))


def test_there_are_enough_of_them() -> None:
    assert len(RIGHT) >= 40
    assert len(WRONG) >= 25


# ---------------------------------------------------------------- ways to introduce a name

USE = r"$$\frac{\partial L}{\partial a} = (y - t) \odot y \odot (1 - y)$$"
WAYS = [
    "Let $a = Wx$.",
    "$a := Wx$.",
    r"$a \equiv Wx$.",
    r"$a \triangleq Wx$.",
    r"$a \stackrel{\text{def}}{=} Wx$.",
    "$Wx =: a$.",
    "Write $a$ for $Wx$.",
    "Denote $Wx$ by $a$.",
    "Denote by $a$ the vector $Wx$.",
    "Let $a$ denote the pre-activation $Wx$.",
    "Let $a$ be $Wx$.",
    "We abbreviate $Wx$ as $a$.",
    r"Let $a_k = \sum_j W_{kj} x_j$.",
    r"Let $a^\top = x^\top W^\top$, that is $a = Wx$.",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ["before", "behind"])
def test_a_way_to_introduce_a_name(way: str, order: str) -> None:
    text = f"{way}\n\n{USE}\n" if order == "before" else f"{USE}\n\nwhere: {way}\n"
    verdicts = [j.verdict for j in judged(text, "sig").claims]
    assert "holds" in verdicts
    assert {*verdicts} <= {"holds", "given", "unreadable"}
    wrong = text.replace("(y - t)", "(t - y)")
    assert "wrong" in [j.verdict for j in judged(wrong, "sig").claims]


@pytest.mark.parametrize(
    ("before", "between", "which"),
    [
        ("We write", "for", 0),
        ("Denote by", "the residual", 0),
        ("let", "denote the vector", 0),
        ("Let", "be", 0),
        ("Denote", "by", 1),
        ("abbreviate", "as", 1),
        ("Let", "be the minimiser of", None),
        ("Let", "be a number in", None),
        ("Since", "denotes the sum over", None),
        ("We get", "for", None),
        ("Write", "\n\nNow for", None),
    ],
)
def test_words_that_give_a_name(before: str, between: str, which: int | None) -> None:
    assert name_among(before, between) == which


def test_a_name_that_means_another_thing_later() -> None:
    text = "Let $r = y - Xw$.\n\n$$\\nabla_w J = -X^\\top r + \\lambda w$$\n\nNow let $r = Xw - y$.\n\n"
    right = judged(text + "$$\\nabla_w J = X^\\top r + \\lambda w$$\n", "ridge")
    assert [j.verdict for j in right.claims] == ["given", "holds", "given", "holds"]
    wrong = judged(text + "$$\\nabla_w J = -X^\\top r + \\lambda w$$\n", "ridge")
    assert [j.verdict for j in wrong.claims] == ["given", "holds", "given", "wrong"]


def test_a_letter_that_is_a_size_or_a_constant_may_be_a_name() -> None:
    text = "Let $e = Xw - y$ and $d = Xw$.\n\n$$\\nabla_w J = X^\\top e + \\lambda w = X^\\top (d - y) + \\lambda w$$\n"
    assert [j.verdict for j in judged(text, "ridge").claims] == ["given", "given", "holds", "holds"]


# ---------------------------------------------------------------- what stands for nothing of the problem


def test_a_derivative_in_a_name_that_nothing_depends_on_is_never_wrong() -> None:
    report = judged(
        "Let $u = x \\odot x$. Then\n\n$$\\frac{\\partial L}{\\partial u} = W^\\top (y - t)$$\n", "sig"
    )
    assert [j.verdict for j in report.claims] == ["given", "not-checked"]
    assert "L is not written in terms of u: nothing that it is made of is x * x" in said(report, 3)


def test_nor_one_behind_a_name() -> None:
    text = "Let $u = x \\odot x$ and $\\delta = \\frac{\\partial L}{\\partial u}$.\n\n$$\\delta = y - t$$\n"
    assert [j.verdict for j in judged(text, "sig").claims][-1] in ("not-checked", "unreadable")


def test_a_recurrence_without_a_start_is_not_checked() -> None:
    text = "Define $\\delta_t = W^\\top \\delta_{t+1} + V^\\top (p_t - y_t)$.\n\n$$\\nabla_{h_t} L = \\delta_t$$\n"
    assert [j.verdict for j in judged(text, "rnn").claims] == ["given", "not-checked"]


# ---------------------------------------------------------------- definitions written with a name

PLAIN = loads(
    "format: 1\ntitle: Linked\nindex:\n  t: 1..T\nsymbols:\n  W: matrix(n, n)\n  S: matrix(n, n) symmetric\n  x[t]: vector(n)\n"
    "  b: vector(n)\n  h[0]: vector(n)\n  c: scalar\ndefine:\n  h[t]: tanh(W @ h[t-1] + x[t] + b)\n"
    "  q: h[T].T @ W.T @ S @ h[T]\n  l: sum(sqnorm(b - W @ h[t]) * c, t)\nparts:\n  - id: a\n    ask: q\n    find: gradient(l, W)\n"
)
LINKED = [  # a name, what it is, the definitions that are then written with it
    ("a[t]", "W @ h[t-1] + x[t] + b", {"h"}),
    ("a[t]", "b + x[t]", {"h"}),
    ("a[t]", "x[t] + W @ h[t-1]", {"h"}),
    ("a[t]", "W @ h[t-1]", {"h", "l", "q"}),
    ("a[t]", "-2 * (x[t] + b)", {"h"}),
    ("r[t]", "W @ h[t] - b", {"l"}),
    ("r[t]", "h[t].T @ W.T", {"h", "l", "q"}),
    ("g[t]", "c * (b - W @ h[t]).T @ (b - W @ h[t])", {"l"}),
    ("v", "W @ h[T]", {"q"}),
    ("B", "S @ W", {"q"}),
    ("B", "W @ S", set()),
    ("v", "b + b", {"h", "l"}),
    ("a[t]", "W @ h[t-1] - x[t] + b", set()),
    ("a[t]", "x[t] + x[t+1]", set()),
    ("a[t]", "W.T @ h[t-1]", set()),
]


@pytest.mark.parametrize(("name", "body", "changed"), LINKED)
def test_definitions_keep_their_values(name: str, body: str, changed: set[str]) -> None:
    scope = PLAIN.scope
    letter, _, index = name.rstrip("]").partition("[")
    node = read(body, scope)
    own = Definition(letter, node.shape, (index,) if index else (), node)
    plain = Scope(
        scope.declarations, {**scope.definitions, letter: own}, scope.indices, notation=scope.notation
    )
    after = linked(plain, [letter])
    found = {n for n, d in after.definitions.items() if d.body != plain.definitions[n].body}
    assert found == changed
    both = Scope(
        after.declarations,
        {**after.definitions, **{f"{n}_plain": _renamed(d) for n, d in scope.definitions.items()}},
        after.indices,
    )
    checker = Checker(both)
    for n, d in scope.definitions.items():
        at = tuple(count(p) for p in d.params)
        verdict = checker.line(sym(n, d.shape, at), "==", sym(f"{n}_plain", d.shape, at))
        assert verdict.status == "holds", verdict.reason


def _renamed(definition: Definition) -> Definition:
    assert definition.body is not None
    return Definition(f"{definition.name}_plain", definition.shape, definition.params, definition.body)


ALIKE = [
    ("W @ b + c * b", "b * c + W @ b", 1),
    ("b - W @ b", "W @ b - b", -1),
    ("(W @ S @ b).T", "b.T @ S @ W.T", 1),
    ("sqnorm(b)", "b.T @ b", 1),
    ("sum(b * (W @ b))", "b.T @ W @ b", 1),
    ("sum(b[i] * h[0][i], i=1..n)", "h[0].T @ b", 1),
    ("2 * b / 3", "b", "2/3"),
    ("softmax(b)", "exp(b) / sum(exp(b))", 1),
    ("sum(x[t], t)", "sum(x[s], s=1..T)", 1),
]
UNLIKE = [
    ("W @ S", "S @ W"),
    ("W.T @ b", "W @ b"),
    ("b * h[0]", "b + h[0]"),
    ("tanh(-b)", "tanh(b)"),
    ("sum(x[t], t)", "sum(x[t], t=2..T)"),
    ("b - h[0]", "b + h[0]"),
]


@pytest.mark.parametrize(("a", "b", "factor"), ALIKE)
def test_expressions_of_one_form(a: str, b: str, factor: object) -> None:
    (first, key), (second, other) = (form(read(text, PLAIN.scope)) for text in (a, b))
    assert key == other
    assert str(first / second) == str(factor)


@pytest.mark.parametrize(("a", "b"), UNLIKE)
def test_expressions_of_other_forms(a: str, b: str) -> None:
    assert form(read(a, PLAIN.scope)) != form(read(b, PLAIN.scope))


# ---------------------------------------------------------------- arrays by their entries

_TO_N = (Size.of(1), Size.of("n"))
LIFTED = [
    ("sum(W[k, j] * b[j], j=1..n)", True),
    ("sum(W[j, k] * b[j], j=1..n) + b[k]", True),
    ("tanh(b[k]) * c", True),
    ("W[k].T @ b", True),
    ("exp(b[k]) / sum(exp(b[j]), j=1..n)", True),
    ("sum(W[k, j] * S[j, k], j=1..n)", True),
    ("W[k, k]", False),
]


@pytest.mark.parametrize(("entry", "has"), LIFTED)
def test_an_array_by_its_entries(entry: str, has: bool) -> None:
    scope = Scope(PLAIN.scope.declarations, PLAIN.scope.definitions, {**PLAIN.scope.indices, "k": _TO_N})
    node = read(entry, scope)
    array = lifted(node, (("k", _TO_N[1]),))
    assert (array is not None) is has
    if array is not None:
        assert Checker(scope).line(node, "==", build("entry", array, count("k"))).status == "holds"
