r"""Broken, hostile and absurd texts: the reader never raises, never runs away, and every answer has a place.

`CORPUS` is what hand-written answers look like, `PIECES` is thrown into it. To try one more trick: a row in PIECES or HUGE.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Sequence

import pytest

from derive.latexread import (
    MODES,
    Context,
    elaborate_claim,
    introduce,
    read_answer,
    surface_latex,
)
from derive.latexread.displays import MOST_DISPLAYS, MOST_NOTES
from derive.problem.load import load

HERE = Path(__file__).parent
CORPUS = [p.read_text() for p in sorted((HERE / "answers").glob("*.md"))]
PIECES = r"""\frac { } \left( \right) \begin{aligned} \end{aligned} \begin{bmatrix} \end{bmatrix} \begin{cases} \end{cases} & \\ $$ $ \[ \] \( \)
^ _ | \| || \sum_{t=1}^T \sum_t \prod \max_i \arg\min_w \input{/etc/passwd} \def\x{\x\x} \loop\iftrue\repeat \newcommand\a{\a\a} \csname
\partial \nabla_{h_t} \nabla \mathrm{d} d \frac{\partial}{\partial \frac{dL}{dx} ( ) [ ] , ; = &= := \le \implies \quad \text{since\ $a=b$} \text{
\mathbf{ \mathrm \hat \hat{ \overset{!}{=} \underset{w} \underbrace{x}_{y} \operatorname \operatorname{diag} \mathbb\ E[ \sigma( e^{ x^ x_12
h_t^{(f)} W^{(f)} L_t U^{(f)} 1/2 0.5 .5 9^9^9^9 99999999999999999999 10^{-3} ! ' '' ` ``` % \ \sqrt[ \sqrt \stackrel \not \not= \norm{ \abs{ \pdv{f}{x}
\tag{1} \label{ \binom{n}{k} \over \ldots \infty \forall \Big|_{x} \left. \right| \langle \rangle \begin{align} \end{equation} \substack{ \color{red}
é 𝐀 ∑ ² − ∇ ⊤ ‖ Ω \u200b \# \& \{ \} \, \: \boxed{ \fbox{ \dots , \dots , [j=c] _{j=c} \mathbf1[ _{\{a>0\}} {} {}^\top _{i\ne j} \big|_{a=1} W_{c,:} [c,:] x_n J(x) _+ \newcommand{\b}[1]{#1#1} \b{ \sech \otimes \displaystyle \limits \bf \log \det \exp a= =b""".split() + ["\n", "\n\n", " ", "\x00", "\t", "- (b) ", "**Answer 1.**"]  # fmt: skip


def broken(random: Random, corpus: Sequence[str] = CORPUS) -> str:
    """A piece of an answer, cut, repeated, shuffled and salted."""
    whole = random.choice(corpus)
    start = random.randrange(len(whole))
    text = whole[start : start + random.randrange(20, 900)]
    if random.random() < 0.5:
        text = "$$" + text.replace("$", "") + "$$"
    for _ in range(random.randrange(1, 10)):
        at, kind = random.randrange(len(text) + 1), random.randrange(6)
        if kind == 0:
            text = text[:at] + random.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + random.randrange(1, 40) :]
        elif kind == 2:
            other = random.randrange(len(text) + 1)
            text = text[:at] + text[other : other + random.randrange(60)] + text[at:]
        elif kind == 3:
            text = (
                text[:at]
                + chr(random.choice((random.randrange(32, 127), random.randrange(128, 0x2FFF))))
                + text[at + 1 :]
            )
        elif kind == 4:
            text = text[:at] + random.choice(PIECES) * random.randrange(1, 60) + text[at:]
        else:
            text = text[:at]
    if random.random() < 0.1:
        text = "".join(random.sample(text, len(text)))
    if random.random() < 0.1:
        text = "$$" + " ".join(random.choice(PIECES) for _ in range(random.randrange(1, 150))) + "$$"
    return text


PROBLEMS = ("birnn", "dropout_weight_decay", "weightnorm_batchnorm")


def contexts() -> list[Context]:
    folder = HERE.parent / "problems" / "ift6135-a3"
    return [Context.of(load(folder / f"{name}.yaml").scope) for name in PROBLEMS]


def go_through(source: str, name: str, context: Context, mode: str) -> None:
    """Everything that may be asked of a text."""
    answer = read_answer(source, name)
    for note in answer.notes:
        assert answer.text.place(note.span).line >= 1
    for claim in answer.claims:
        assert source[claim.span.start : claim.span.stop] == claim.latex
        assert claim.refusal is not None or claim.right is not None
        assert answer.text.place(claim.span).text == answer.text.line(claim.line)
        for side in (claim.left, claim.right):
            assert side is None or surface_latex(side)
        found = elaborate_claim(claim, context, mode)
        if not isinstance(found, tuple):
            assert found.message
            assert 0 <= found.span.start <= found.span.stop <= len(source)
        introduce(claim, context, mode)


@pytest.mark.parametrize("batch", range(10))
def test_five_thousand_broken_texts(batch: int) -> None:
    known = contexts()
    for seed in range(batch * 500, batch * 500 + 500):
        random = Random(seed)
        source = broken(random)
        go_through(source, random.choice(("a.md", "a.tex")), random.choice(known), random.choice(list(MODES)))


M = 1_000_000
# fmt: off
HUGE = {
    "dollars": "$" * M, "inline": "$a=b$" * (M // 5), "brackets": r"\[" * (M // 2), "begins": r"\begin{align}" * (M // 13), "braces": "$$" + "{" * M + "$$",
    "a sum": "$$a=" + "x+" * 29_000 + "x$$", "sums": ("$$ a = " + "x+" * 2_000 + "x$$\n") * 20, "parentheses": "$$a=" + "(" * 29_000 + "$$", "fractions": "$$a=" + r"\frac" * 9_000 + "$$",
    "powers": "$$a=" + "x^" * 29_000 + "$$", "differentials": "$$a=" + r"\mathrm{d}" * 5_000 + "$$", "bars": "$$a=" + "|x" * 25_000 + "$$", "gradients": "$$a=" + r"\nabla_{h_t} " * 35 + "L$$", "operators": "$$a=" + r"\frac{\partial}{\partial h_t} " * 35 + "L$$",
    "rows": r"$$\begin{aligned}" + r"a &= b \\" * 5_000 + r"\end{aligned}$$", "ticks": "`" * M, "fences": "```\n" * (M // 4), "lines": "\n" * M, "backslashes": "\\" * M, "calls": "$$L_t=" + "f(x)" * 9_000 + "$$", "digits": "$$L_t=" + "x^12" * 9_000 + "$$",
    "number": "$$L_t=" + "9" * 50_000 + "$$", "letters": "$$L_t=" + "loss" * 12_000 + "$$", "slashes": "$$L_t=" + "1/2 T " * 3_000 + "$$", "words": "$$a=" + r"\text{$a=b$}" * 4_000 + "$$", "deep": "$$a=" + r"\mathbf{" * 60 + "x" + "}" * 60 + "$$", "squares": "$$L_t=" + "x_t^2 " * 200 + "$$",
    "boxes": "$$a=" + r"\boxed{" * 9_000 + "}" * 9_000 + "$$", "equations in boxes": "$$" + r"\boxed{a=" * 5_000 + "}" * 5_000 + "$$", "empty braces": "$$a=" + "{}" * 9_000 + "b$$", "dots": "$$L_t=" + r"x_1 + \dots + " * 2_000 + "x_T$$", "points": "$$L_t=x" + r"\big|_{a=1}" * 3_000 + "$$", "quotes": "> $$a$$\n" * (M // 9),
    "abbreviations": r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}" * 9_000 + r"$$a=\a$$", "doubling": r"\newcommand{\a}[1]{#1#1}$$a=" + r"\a{" * 60 + "x" + "}" * 60 + "$$", "indicators": "$$L_t=" + r"\mathbf 1[" * 3_000 + "$$",
    "sums in sums": "$$a=" + r"\sum_{t=1}^T " * 60 + "L_t$$", "conditions": "$$L_t=" + r"\begin{cases} 1 & " * 60 + "$$", "roots": "$$L_t=" + r"\sqrt{" * 35 + "2" + "}" * 35 + "$$", "brackets in brackets": "$$L_t=" + r"\left(" * 35 + "2" + r"\right)" * 35 + "$$",
}
# fmt: on


@pytest.mark.parametrize("name", HUGE)
def test_huge_texts(name: str) -> None:
    answer = read_answer(HUGE[name])
    context = contexts()[0]
    assert len(answer.notes) <= MOST_NOTES + 1
    assert len(answer.claims) <= 2 * MOST_DISPLAYS
    for claim in answer.claims[:50]:
        elaborate_claim(claim, context)


def test_there_is_something_to_break() -> None:
    """The corpus is read, so the loop above goes through claims."""
    assert sum(len(read_answer(text).claims) for text in CORPUS) > 90


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_tex_takes_everything_that_is_printed_again(tmp_path: Path) -> None:
    """The trees of the corpus and of broken texts, in our own commands."""
    sources = [
        *CORPUS,
        r"$$\alpha x = \unknown y \square z$$",
        *(broken(Random(seed)) for seed in range(400)),
    ]
    sides = [side for text in sources for c in read_answer(text).claims for side in (c.left, c.right)]
    printed = list(dict.fromkeys(surface_latex(side) for side in sides if side is not None))
    assert len(printed) > 150
    body = "\n".join(rf"\noindent$\displaystyle {formula}$\par" for formula in printed)
    head = r"\documentclass{article}\usepackage{amsmath,amssymb}\usepackage[paperwidth=400cm]{geometry}\begin{document}"
    (tmp_path / "all.tex").write_text(f"{head}\n{body}\n\\end{{document}}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=300)
    assert run.returncode == 0, run.stdout[-2000:]
