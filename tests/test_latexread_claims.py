r"""How texts are laid out: displays, rows, continuation lines, remarks, ranges, words; and where everything stands.

A row of LAYOUTS is a text and its claims, one a line: flags, then what was written, `left relation right` as source.
Flags: `>` goes on with the chain, `s` a side remark, `i` inline, `j` joined to an earlier display, `x` refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cases_table import scope_of

from derive.check.judge import Checker
from derive.latexread import (
    MODES,
    Claim,
    Context,
    IllTyped,
    Unreadable,
    elaborate_claim,
    introduce,
    read_answer,
    surface_latex,
)
from derive.latexread.reading import Pair
from derive.notation.text import text
from derive.problem.load import load

HERE = Path(__file__).parent
PROBLEMS = HERE.parent / "problems" / "ift6135-a3"


def flags(claim: Claim) -> str:
    said = {"s": claim.side, "i": claim.inline, ">": claim.continues, "j": claim.joined, "x": claim.refusal}
    return "".join(flag for flag, on in said.items() if on) or "-"


# fmt: off
LAYOUTS = [
    ("$$a = b$$", "- a = b"), ("\\[ a = b. \\]", "- a = b"), ("\\(a = b\\)", "i a = b"), ("so $a = b$ holds", "i a = b"), ("only $a$ and $b > $ here", ""),
    ("\\begin{align} a &= b \\\\ &= c \\end{align}", "- a &= b\n> = c"), ("\\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*}", "- a &= b\n- c &= d"),
    ("$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$", "- a &= b\n> = c"), ("\\begin{equation}\\begin{split} a &= b \\\\ &\\le c \\end{split}\\label{x}\\end{equation}", "- a &= b\n> \\le c"),
    ("\\begin{gather} a = b \\\\ c = d \\end{gather}", "- a = b\n- c = d"), ("\\begin{eqnarray} a &=& b \\\\ &=& c \\end{eqnarray}", "- a &=& b\n> =& c"), ("$$\\begin{array}{rcl} a & = & b \\\\ & = & c \\end{array}$$", "- a & = & b\n> = & c"),
    ("\\begin{alignat}{2} a &= b & c &= d \\end{alignat}", "- a &= b\ns c &= d"), ("\\begin{multline} a = b \\\\ + c \\end{multline}", "- a = b \\\\ + c"), ("\\begin{align} a &= b \\\\ &\\quad + c \\\\ &= d \\end{align}", "- a &= b \\\\ &\\quad + c\n> = d"),
    ("$$a = b = c$$", "- a = b\n> = c"), ("$$a \\le b < c$$", "- a \\le b\n> < c"), ("$$a = b$$\n\nand so\n\n$$= c$$", "- a = b\n>j = c"), ("$$= c$$", ">x = c"), ("$$a + b$$ $$= c$$", ">j = c"),
    ("$$a \\\\ = b$$", "> = b"), ("$$a = b \\quad c = d$$", "- a = b\ns c = d"), ("$$a = b, \\quad c = d$$", "- a = b\n- c = d"), ("$$a = b \\quad (\\text{since } c = d)$$", "- a = b\ns c = d"), ("$$a = b \\quad (c = d)$$", "- a = b\ns c = d"),
    ("$$a = b \\quad (\\text{from Homework 0})$$", "- a = b"), ("$$a = b \\qquad \\text{(chain rule)}$$", "- a = b"), ("$$a = b (c + d)$$", "- a = b (c + d)"), ("$$a = f(b) \\ (c = 0)$$", "- a = f(b)\ns c = 0"), ("$$a = P(b = 1)$$", "- a = P(b = 1)"),
    ("$$a = b \\implies c = d$$", "- a = b\n- c = d"), ("$$\\begin{aligned} a &= b \\\\ \\Rightarrow c &= d \\end{aligned}$$", "- a &= b\n- c &= d"), ("$$a = b \\text{ and } c = d$$", "- a = b\n- c = d"), ("$$a = b \\text{ because } c = d$$", "- a = b\ns c = d"),
    ("$$a_t = b \\quad t = 1, \\dots, T$$", "- a_t = b"), ("$$a_t = b, \\quad \\text{for } t = 1$$", "- a_t = b"), ("$$a_t = b \\quad \\forall t > 0$$", "- a_t = b"), ("$$a := b$$", "- a := b"), ("$$a \\triangleq b$$", "- a \\triangleq b"), ("$$a \\overset{!}{=} b$$", "- a \\overset{!}{=} b"),
    ("$$a = b \\tag{1} \\label{e}$$", "- a = b"), ("$$a = b \\nonumber \\\\[2pt] c = d$$", "- a = b\n- c = d"), ("$$a = b % c = d\n$$", "- a = b"), ("```\n$a = b$\n```\n$c = d$", "i c = d"), ("`$a = b$` and $c = d$", "i c = d"), ("costs \\$5 and $a = b$", "i a = b"),
    ("$$a = \\text{since $c = d$} b$$", None), ("$$a = b \\text{ as $c = d$}$$", "- a = b\ns c = d"), ("$$a = $$", "x a ="), ("$$a = (b$$", "x a = (b"), ("$$a = b$$\n$$c = \\def\\x{1}$$\n$$d = e$$", "- a = b\nx c = \\def\\x{1}\n- d = e"), ("\\begin{align} a &= b \\\\ &= {c \\\\ &= d \\end{align}", "- a &= b\n>x &= {c\n> = d"),
    ("$$a = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$$", "- a = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"), ("$$a = \\begin{cases} b & c > 0 \\\\ d & \\text{else} \\end{cases}$$", "- a = \\begin{cases} b & c > 0 \\\\ d & \\text{else} \\end{cases}"), ("$$\\begin{cases} a = b \\\\ c = d \\end{cases}$$", "- a = b\n- c = d"),
    ("$$a = \\left( b \\right. \\\\ \\left. + c \\right)$$", "- a = \\left( b \\right. \\\\ \\left. + c \\right)"), ("no mathematics", ""), ("", ""), ("$$$$", ""), ("$$ $$", ""), ("$$a = b", ""), ("50$ and 60$", ""),
]
# fmt: on


@pytest.mark.parametrize(("source", "expected"), LAYOUTS, ids=[row[0][:60] for row in LAYOUTS])
def test_layouts(source: str, expected: str | None) -> None:
    found = sorted(read_answer(source).claims, key=lambda c: c.span)
    if expected is None:
        assert all(c.refusal is not None for c in found if not c.side)
        return
    assert [f"{flags(c)} {c.latex}" for c in found] == [row for row in expected.split("\n") if row]


@pytest.mark.parametrize("source", [row[0] for row in LAYOUTS])
def test_everything_knows_its_place(source: str) -> None:
    answer = read_answer(source)
    for claim in answer.claims:
        place = answer.text.place(claim.span)
        assert (place.line, place.column) == (claim.line, claim.column)
        assert source[claim.span.start : claim.span.stop] == claim.latex
        assert place.text == source.split("\n")[claim.line - 1]
        for side in (claim.left, claim.right):
            assert side is None or surface_latex(side)


def test_the_head_and_the_line_before() -> None:
    first, second, third = read_answer(
        "$$\\begin{aligned} a &= b \\\\ &= c \\\\ &\\le d \\end{aligned}$$"
    ).claims
    assert first.left is second.left is third.left
    assert second.previous is first.right
    assert third.previous is second.right
    assert third.relation == "<="


def test_words_and_remarks() -> None:
    answer = read_answer(
        "We let $r = y - z$ here.\n\n$$L = b \\quad (\\text{from Homework 0})$$ $$c = d \\text{ since } e = f$$"
    )
    by_latex = {c.latex: c for c in answer.claims}
    assert by_latex["r = y - z"].words.endswith("let")
    assert by_latex["r = y - z"].defines
    assert by_latex["L = b"].remark == "from Homework 0"
    assert by_latex["e = f"].words == "since"
    assert not by_latex["e = f"].defines


LABELS = [
    ("**Answer 1. 2.**\n\n$$a = b$$\n\n3.\n\n$$c = d$$", ["1.2", "1.3"]), ("## Question 2\n\n(a) so\n\n$$a = b$$\n\n- (b) then\n\n$$c = d$$", ["2.a", "2.b"]),
    ("\\section*{Problem 3.1}\n$$a = b$$", ["3.1"]), ("1. First\n\n$$a = b$$", ["1"]), ("Answer 1.2(b): $$a = b$$", ["1.2.b"]), ("$$a = b$$", [""]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "labels"), LABELS)
def test_which_part_the_text_names(source: str, labels: list[str]) -> None:
    assert [chain.label for chain in read_answer(source).chains] == labels


def test_what_is_never_closed_is_noted() -> None:
    (note,) = read_answer("so \\[ a = b").notes
    assert note.message == "'\\[' is never closed"


@pytest.mark.parametrize(
    "command", ["input", "def", "newcommand", "loop", "write", "csname", "let", "include"]
)
def test_programs_are_refused_where_they_stand(command: str) -> None:
    source = f"$$a = b$$ $$c = \\{command}{{x}} d$$"
    good, bad = read_answer(source).claims
    assert good.refusal is None
    assert bad.refusal is not None
    assert source[bad.refusal.span.start : bad.refusal.span.stop] == f"\\{command}"


# ---------------------------------------------------------------- answers of students


def birnn() -> Context:
    return Context.of(load(PROBLEMS / "birnn.yaml").scope)


def test_all_fifty_steps_of_a_hand_written_answer_are_read() -> None:
    """Every line has a surface, and every side is typed or ill-typed, never unreadable."""
    answer = read_answer((HERE / "answers" / "answer1.md").read_text(), "answer1.md")
    context = birnn()
    assert len(answer.claims) == 50
    assert len([c for c in answer.claims if c.side]) == 4
    for claim in answer.claims:
        assert claim.refusal is None
        for mode in MODES:
            found = elaborate_claim(claim, context, mode)
            assert not isinstance(found, Unreadable), (claim.line, found)
    assert [c.line for c in answer.claims if c.side] == [6, 14, 21, 32]


SIDES = [  # line, mode, what the right side means
    (6, "declared", "gradient(sqnorm(z[t] - V_f @ h_f[t] - V_b @ h_b[t]), h_f[t])"),
    (21, "declared", "jacobian(sigmoid(W_f @ x[t+1] + U_f @ h_f[t]), h_f[t])"),
    (44, "declared", "sum(gradient(loss[t], h_f[t])[k1] * gradient(h_f[t][k1], W_f), t=1..T, k1=1..h)"),
    (47, "declared", "sum(gradient(loss[t], h_f[t])[k1] * gradient(sigmoid(W_f @ x[t] + U_f @ h_f[t-1])[k1], W_f), t=1..T, k1=1..h)"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "mode", "meant"), SIDES)
def test_what_lines_of_it_mean(line: int, mode: str, meant: str) -> None:
    answer = read_answer((HERE / "answers" / "answer1.md").read_text())
    claim = next(c for c in answer.claims if c.line == line and not c.side)
    found = elaborate_claim(claim, birnn(), mode)
    assert isinstance(found, tuple)
    assert isinstance(found[0], Pair)
    assert text(found[0].right) == meant


def test_an_ill_typed_line_shows_both_shapes() -> None:
    answer = read_answer((HERE / "answers" / "answer1.md").read_text())
    claim = next(c for c in answer.claims if c.line == 7)
    found = elaborate_claim(claim, birnn())
    assert isinstance(found, IllTyped)
    assert found.message == "the left side is vector(h), the right side vector(o)"


def test_moments_by_their_usual_names() -> None:
    answer = read_answer((HERE / "answers" / "answer3.md").read_text())
    context = Context.of(load(PROBLEMS / "weightnorm_batchnorm.yaml").scope)
    claim = next(c for c in answer.claims if c.line == 18)
    found = elaborate_claim(claim, context)
    assert isinstance(found, tuple)
    assert text(found[0].right) == "gamma * ((y - E(y)) / sqrt(Var(y))) + beta"
    assert "mu_y is read as the mean of y" in [n.text for n in found[0].notes]


# ---------------------------------------------------------------- names that an answer introduces

INTRODUCED = [  # a definition, a claim that uses it, what its right side means
    ("r_t = y_t - z_t", "L_t = \\|r_t\\|^2", "sqnorm(r[t])"), ("\\delta_t := \\nabla_{h_t^{(f)}} L", "L_t = \\|\\delta_t\\|^2", "sqnorm(delta[t])"),
    ("\\delta^{(f)}_t = \\nabla_{h_t^{(f)}} L", "L_t = \\|\\delta_t^{(f)}\\|^2", "sqnorm(delta_f[t])"), ("\\hat{r} = y_1 - z_1", "L_1 = \\|\\hat{r}\\|^2", "sqnorm(r_hat)"), ("s = 2", "L_t = s L", "s * L"),
    ("M^\\perp = I - x_1 x_1^\\top", "L_1 = x_1^\\top M^\\perp x_1", "x[1].T @ M_perp @ x[1]"), ("q^* = x_1", "L_1 = \\|q^*\\|^2", "sqnorm(q_star)"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "use", "meant"), INTRODUCED)
def test_names_of_the_answer(definition: str, use: str, meant: str) -> None:
    first, second = (read_answer(f"$${source}$$").claims[0] for source in (definition, use))
    context = birnn()
    before = elaborate_claim(second, context)
    assert isinstance(before, Unreadable)
    after = introduce(first, context)
    assert isinstance(after, Context)
    found = elaborate_claim(second, after)
    assert isinstance(found, tuple)
    assert text(found[0].right) == meant


@pytest.mark.parametrize(
    "known",
    ["y_t = z_t", "L = 0", "\\nabla_{h_t^{(f)}} L = 0", "h^{(f)}_{t+1} = h^{(f)}_t", "w^{(f)} = U^{(f)}"],
)
def test_known_names_are_not_introduced(known: str) -> None:
    assert introduce(read_answer(f"$${known}$$").claims[0], birnn()) is None


def test_a_size_is_no_state_without_its_marks() -> None:
    """h counts the units of a layer, and h_t^{(f)} is a state: `U h (1 - h)` is a slip, and no number times U."""
    found = elaborate_claim(read_answer("$$U^{(f)} = U^{(f)} h (1 - h)$$").claims[0], birnn())
    assert isinstance(found, Unreadable)
    assert found.message == "h is a family: it needs its index"
    found = elaborate_claim(
        read_answer("$$L = \\frac{1}{h} \\sum_{i=1}^h h^{(f)}_{1,i}$$").claims[0], birnn()
    )
    assert isinstance(found, tuple)
    assert text(found[0].right) == "sum(h_f[1][i], i=1..h) / h"


def test_a_name_that_nobody_introduced_is_unreadable() -> None:
    found = elaborate_claim(read_answer("$$L_t = q$$").claims[0], birnn())
    assert isinstance(found, Unreadable)
    assert found.message == "unknown name q"


# ---------------------------------------------------------------- arrays that are numbers


@pytest.mark.parametrize(
    ("written", "meant"),
    [("u^T u", "u * u"), ("u_i", "u"), ("a^T", "a**T"), ("\\|u\\|^2", "u**2"), ("(a u)^T", "a * u")],
)
def test_a_transpose_of_what_is_a_vector_to_its_author(written: str, meant: str) -> None:
    """Where the judge sets sizes to 1, `u^T` is no power, though T is the end of an index."""
    scope = scope_of("u: scalar; a: scalar", index="t: 1..T")
    found = elaborate_claim(read_answer(f"$$a = {written}$$").claims[0], Context.of(scope, frozenset({"u"})))
    assert isinstance(found, tuple), found
    assert text(found[0].right) == meant


# ---------------------------------------------------------------- indices without a word

ENTRYWISE = [  # a claim in entries, the ranges of its letters, whether it holds
    ("\\frac{\\partial L_t}{\\partial y_{t,k}} = 2 (y_{t,k} - z_{t,k})", {"k": "1..o"}, True),
    ("\\frac{\\partial L_t}{\\partial y_{t,k}} = 2 (z_{t,k} - y_{t,k})", {"k": "1..o"}, False),
    ("y_{t,i} = \\sum_j V^{(f)}_{ij} h^{(f)}_{t,j} + \\sum_j V^{(b)}_{ij} h^{(b)}_{t,j}", {"i": "1..o"}, True),
    ("y_{t,i} = \\sum_j V^{(f)}_{ij} h^{(f)}_{t,j} + \\sum_j V^{(b)}_{ij} h^{(f)}_{t,j}", {"i": "1..o"}, False),
    ("\\frac{\\partial y_{t,i}}{\\partial y_{t,j}} = \\delta_{ij}", {"i": "1..o", "j": "1..o"}, True),
    ("\\frac{\\partial L}{\\partial y_s} = 2 (y_s - z_s)", {"s": "1..T"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("source", "ranges", "holds"), ENTRYWISE)
def test_indices_without_a_word(source: str, ranges: dict[str, str], holds: bool) -> None:
    problem = load(PROBLEMS / "birnn.yaml")
    found = elaborate_claim(read_answer(f"$${source}$$").claims[0], Context.of(problem.scope))
    assert isinstance(found, tuple), found
    pair = found[0]
    assert {k: f"{low}..{high}" for k, (low, high) in pair.indices.items()} == ranges
    verdict = Checker(problem.scope, pair.indices).line(pair.left, "==", pair.right)
    assert verdict.status == ("holds" if holds else "fails"), verdict


def test_a_letter_counts_one_thing_only() -> None:
    found = elaborate_claim(read_answer("$$y_{t,i} = h^{(f)}_{t,i}$$").claims[0], birnn())
    assert isinstance(found, IllTyped)
    assert found.message == "the index i runs over 1..o and over 1..h"
