"""What a reader sees of a result: terminal, LaTeX fragment, page; and what a failure says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import results

from derive.errors import InputError, NotDerived, Place
from derive.notation.derivation import Reason
from derive.notation.reader import read
from derive.problem.model import Prose
from derive.render import document as page
from derive.render.authored import expanded
from derive.render.blocks import blocks
from derive.render.breaks import breakable
from derive.render.chains import how_checked, own_definitions, summary
from derive.render.document_view import boxed, handout, key
from derive.render.failures import failures
from derive.render.latex_view import notebook_part, part_latex, problem_latex
from derive.render.say import in_latex, in_text, say, sentence
from derive.render.text_view import broken, part_text, plain, problem_text

SOLVED = results.solved()
FAILED = results.failed()
PROBLEM = SOLVED.problem
SCOPE = PROBLEM.scope


# ---------------------------------------------------------------- reasons


@pytest.mark.parametrize(
    ("reason", "nodes", "in_words", "in_page"),
    [
        ("{0} is constant", ("u",), "u is constant", r"$\mathbf{u}$ is constant"),
        ("norm: {0} = {1}", ("w", "u"), "norm: w = u", r"norm: $\mathbf v = \mathbf{u}$"),
        ("read off", (), "read off", "read off"),
        ("costs \\$ = $", (), "costs \\$ = $", "costs \\$ = $"),
    ],
)
def test_reasons(reason: str, nodes: tuple[str, ...], in_words: str, in_page: str) -> None:
    said = Reason(reason, tuple(read(node, SCOPE) for node in nodes))
    assert say(said, in_text(SCOPE)) == in_words
    assert say(said, in_latex(SCOPE)) == in_page


def test_sentences_end() -> None:
    assert sentence(Reason("the sign matters"), in_text(SCOPE)) == "The sign matters."
    assert sentence(Reason("{0} is fixed.", (read("u", SCOPE),)), in_text(SCOPE)) == "u is fixed."


# ---------------------------------------------------------------- the terminal


def test_a_part_in_the_terminal() -> None:
    said = plain(part_text(SOLVED.parts[0], "brief", 100, SOLVED))
    assert said == "\n".join(
        [
            "✓ 1.a  checked",
            "  Derive the gradient in $\\gamma$.",
            "",
            "  Lemma. The differential of w:",
            "    d(w) = d(gamma) * u / norm(u)         u is constant",
            "",
            "                  d(L) = gradient(L, w).T @ d(w)                       chain rule, w = gamma * u /",
            "                                                                       norm(u)",
            "                       = (gradient(L, w).T @ u) * d(gamma) / norm(u)   insert (1)",
            "    gradient(L, gamma) = u.T @ gradient(L, w) / norm(u)                read off",
            "",
            "  u does not depend on gamma.",
            "",
            "  answer  u.T @ gradient(L, w) / norm(u)",
            "",
            "  checked on 4 random instances, largest error 3e-15; SymPy agrees",
        ]
    )


@pytest.mark.parametrize(
    ("fragment", "detail"),
    [
        ("holds, random instances, complex step, 4 instances, largest error 3e-15", "full"),
        ("constant factor: d(gamma * u) → d(gamma) * u", "full"),
        ("let s = gamma / norm(u)", "brief"),
        ("✓ u.T @ gradient(L, u) == 0", "brief"),
        ("answer  a = norm(u)", "brief"),
        ("Inner states, for t = 2..T-1:", "brief"),
        ("where   gradient(q[1], h[1]) = 2 * h[1]", "brief"),
        ("SymPy's second opinion skipped: slow", "full"),
    ],
)
def test_what_the_terminal_shows(fragment: str, detail: str) -> None:
    assert fragment in plain(problem_text(SOLVED, detail))
    if detail == "full":
        assert fragment not in plain(problem_text(SOLVED, "brief"))


@pytest.mark.parametrize(
    "fragment",
    [
        "insert (1)  [fails]",
        "fails, random instances, the sides differ by 0.25 relative",
        "on d = 2; left = 1, right = 0.75",
        "1 of 4 lines fails; differs from what its author expects; SymPy agrees",
        "expected otherwise: fails",
        "✗ u.T @ gradient(L, u) == 0",
        "not derived: problems/scale.yaml:38:9: no derivative rule for 'where'",
        "squared norm  [not checked]",
        "1 of 1 line not checked: both sides vanish; expected form not compared",
    ],
)
def test_what_fails_is_seen_without_asking(fragment: str) -> None:
    assert fragment in plain(problem_text(FAILED, "brief"))


@pytest.mark.parametrize("width", [60, 80, 110])
def test_lines_keep_to_the_width(width: int) -> None:
    assert max(map(len, plain(problem_text(SOLVED, "brief", width)).split("\n"))) <= width


def test_long_formulas_break_outside_brackets() -> None:
    assert broken("= f(a + b, c) + g(d + e) @ h", 20) == ["= f(a + b, c)", "    + g(d + e) @ h"]
    assert broken("= short", 20) == ["= short"]
    assert broken("= unbreakable_because_there_is_no_operator", 10) == [
        "= unbreakable_because_there_is_no_operator"
    ]


# ---------------------------------------------------------------- the page


def test_a_key_page() -> None:
    document = key(SOLVED)
    assert document.checked_summary == "5 parts, 7 lines: all checked, largest error 3e-15"
    part = document.parts[0]
    assert (part.id, part.points, part.status) == ("1.a", "2", "holds")
    assert part.mark == "checked on 4 random instances, largest error 3e-15; SymPy agrees"
    lead, lemma, chain, remark = part.answer
    assert lead == page.Prose(r"Lemma. The differential of $\mathbf v$:", leads_in=True)
    assert isinstance(lemma, page.Display)
    assert [row.number for row in lemma.rows] == ["1"]
    assert isinstance(chain, page.Display)
    assert [row.left for row in chain.rows] == [r"\mathrm{d}L", "", r"\frac{\partial L}{\partial \gamma}"]
    assert (
        chain.rows[-1].right
        == r"\boxed{\frac{\mathbf{u}^{\top} \nabla_{\mathbf v} L}{\lVert \mathbf{u} \rVert}}"
    )
    assert chain.rows[-1].note == "read off"
    assert remark == page.Prose(r"$\mathbf{u}$ does not depend on $\gamma$.", leads_in=True)


def test_what_is_to_be_shown_is_said_in_a_formula() -> None:
    ask = handout(PROBLEM).parts[1].ask
    assert ask == (
        page.Prose("Show it.", PROBLEM.parts[1].ask.place),
        page.Math(r"\nabla_{\mathbf{u}} L = s \nabla_{\mathbf v} L"),
        page.Prose(r"where $s = \frac{\gamma}{\lVert \mathbf{u} \rVert}$."),
    )


def test_claims_follow_the_prose() -> None:
    prose, lead, claims = key(SOLVED).parts[2].answer
    assert isinstance(prose, page.Prose)
    assert lead == page.Prose("In formulas:", leads_in=True)
    assert claims == page.Display(
        (page.ChainRow(r"\mathbf{u}^{\top} \nabla_{\mathbf{u}} L", "=", "0", mark="holds"),)
    )


def test_answers_that_no_chain_ends_with_and_their_equations() -> None:
    document = key(SOLVED)
    lefts = [block.rows[0].left for block in document.parts[3].answer if isinstance(block, page.Display)]
    assert lefts == ["a", "b"]
    lead, chain, where, equations = document.parts[4].answer
    assert lead == page.Prose(r"Inner states, for $t = 2, \dots, T-1$:", leads_in=True)
    assert where == page.Prose("where", leads_in=True)
    assert equations == page.Display(
        (page.ChainRow(r"\nabla_{\mathbf{h}_{1}} q_{1}", "=", r"2 \mathbf{h}_{1}"),)
    )


def test_a_key_never_prints_a_line_that_fails() -> None:
    with pytest.raises(NotDerived, match="never prints a line that fails"):
        key(FAILED)


def test_unchecked_lines_and_missing_derivations_say_so() -> None:
    document = key(replace(FAILED, parts=FAILED.parts[3:]))
    missing, unknown = document.parts
    assert missing.answer == (page.Prose("not derived: no derivative rule for 'where'"),)
    assert (missing.status, missing.mark) == ("not checked", "not derived")
    display = unknown.answer[-1]
    assert isinstance(display, page.Display)
    assert display.rows[0].mark == "not checked"
    assert document.checked_summary == "2 parts, 1 line: 0 of them checked"


def test_a_handout_has_no_answers() -> None:
    document = handout(PROBLEM)
    assert [part.answer for part in document.parts] == [()] * 5
    assert [(part.id, part.mark) for part in document.parts][0] == ("1.a", "")
    assert document.kind == "handout"


@pytest.mark.parametrize("formula", ["x", "x + " * 40 + "x"])
def test_every_answer_is_boxed(formula: str) -> None:
    """Where it is too long for a line, TeX breaks it inside its box: what may break has no box of its own."""
    right = boxed(formula)
    assert right == rf"\boxed{{{formula}}}"
    written = blocks([page.Display((page.ChainRow("y", "=", right),))])
    assert r"\chainframed" in written
    assert rf"{{{breakable(formula)}}}{{}}{{}}" in written


def test_names_of_earlier_answers_are_not_repeated_as_definitions() -> None:
    assert [d.name for d in own_definitions(PROBLEM.parts[1], PROBLEM)] == ["s"]
    assert own_definitions(PROBLEM.parts[4], PROBLEM) == []


@pytest.mark.parametrize(("number", "mark"), [(1, "checked on 4"), (2, "checked on 4"), (3, "")])
def test_how_a_part_was_checked(number: int, mark: str) -> None:
    assert how_checked(SOLVED.parts[number]).startswith(mark)
    assert summary(SOLVED).startswith("5 parts")


# ---------------------------------------------------------------- authored text

PLACE = Place("p.yaml", 10, 3)


def test_definitions_and_quantities_open() -> None:
    before, definitions, after = expanded(PROBLEM.statement or Prose("", PLACE), SCOPE)
    assert isinstance(before, page.Prose)
    assert before.text == "Let $w$ be given by"
    assert isinstance(definitions, page.Display)
    assert [(row.left, row.note) for row in definitions.rows] == [
        (r"\mathbf v", ""),
        (r"q_{t}", r"$t = 1, \dots, T$"),
    ]
    assert isinstance(after, page.Prose)
    assert after.text == r"and $v = \mathbf v$, with scale $\gamma$."
    assert after.place is not None
    assert PROBLEM.statement is not None
    assert after.place.line == PROBLEM.statement.place.line + 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain $x^2$ and `code {{ u }}`", "plain $x^2$ and `code {{ u }}`"),
        (r"costs \$5, {{h[t-1]}}", r"costs \$5, $\mathbf{h}_{t-1}$"),
        (r"$\frac{{a}}{{b}} {{ gamma }}$", r"$\frac{{a}}{{b}} \gamma$"),
        ("$$ {{ norm(u) }} $$", r"$$ \lVert \mathbf{u} \rVert $$"),
    ],
)
def test_quantities_in_text(text: str, expected: str) -> None:
    assert expanded(Prose(text, PLACE), SCOPE) == [page.Prose(expected, PLACE)]


def test_an_unknown_quantity_is_placed() -> None:
    with pytest.raises(InputError) as caught:
        expanded(Prose("first\nthe {{ gama }}", PLACE), SCOPE)
    assert str(caught.value) == "p.yaml:11:3: unknown symbol 'gama'\ndid you mean 'gamma'?"


# ---------------------------------------------------------------- LaTeX fragments


def test_the_latex_fragment() -> None:
    assert part_latex(SOLVED.parts[4]) == "\n".join(
        [
            r"Inner states, for $t = 2, \dots, T-1$:",
            r"\begin{align*}",
            r"  \nabla_{\mathbf{h}_{t}} q_{t} &= 2 \mathbf{h}_{t} && \text{squared norm}",
            r"\end{align*}",
            r"\begin{align*}",
            r"  \nabla_{\mathbf{h}_{t}} q_{t} &= 2 \mathbf{h}_{t} \\",
            r"  \nabla_{\mathbf{h}_{1}} q_{1} &= 2 \mathbf{h}_{1} && \text{where}",
            r"\end{align*}",
        ]
    )


def test_fragments_say_what_was_not_checked() -> None:
    said = problem_latex(FAILED)
    assert r"\text{squared norm [not checked]}" in said
    assert r"\text{insert (1) [fails]}" in said
    assert "% not derived: problems/scale.yaml:38:9: no derivative rule for 'where'" in said
    assert all(
        line.startswith("%") for line in said.split("% 1.d (not-derived)\n")[1].split("\n\n")[0].split("\n")
    )


def test_a_notebook_shows_the_chain() -> None:
    said = notebook_part(SOLVED.parts[1])
    assert said == "\n".join(
        [
            r"$$\begin{aligned}",
            r"  \nabla_{\mathbf{u}} L &= s \nabla_{\mathbf v} L && \text{projection}",
            r"\end{aligned}$$",
        ]
    )


# ---------------------------------------------------------------- failures


def test_failures_name_line_instance_and_values() -> None:
    assert failures(SOLVED) == ()
    line, expectation, shapes, claim, missing = failures(FAILED)
    assert line == (
        "problems/scale.yaml:22:9: part 1.a: line 3 fails: "
        "d(L) == (gradient(L, w).T @ u) * d(gamma) / norm(u)\n"
        "    the sides differ by 0.25 relative\n"
        "    on d = 2; left = 1, right = 0.75"
    )
    assert expectation.startswith(
        "problems/scale.yaml:26:13: part 1.a: expected otherwise: the answer is u.T @"
    )
    assert shapes.endswith("shapes of values differ: (2, 1) and (1, 1)")
    assert claim.startswith("problems/scale.yaml:37:9: part 1.c: a claim fails: u.T @ gradient(L, u) == 0")
    assert missing == "problems/scale.yaml:38:9: part 1.d: not derived: no derivative rule for 'where'"
