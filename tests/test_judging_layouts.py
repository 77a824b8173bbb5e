r"""How people lay answers out: environments, boxes, remarks, their own abbreviations, Markdown around formulas.

A row: a name, the file, how many claims stand in it, and the text, in which @@ is the right gradient or a wrong one.
"""

from __future__ import annotations

import pytest

from derive.judging.answer import judge_text
from derive.problem.load import loads

PROBLEM = loads(
    r"""format: 1
title: Least squares
symbols:
  X: matrix(m, n)
  w: vector(n)
  y: vector(m)
define:
  r: y - X @ w
  L: sqnorm(r)
parts:
  - id: a
    ask: The gradient.
    find: gradient(L, w)
"""
)
RIGHT, WRONG = r"-2X^\top(y - Xw)", r"2X^\top(y - Xw)"
# fmt: off
LAYOUTS = [
    ("enumerate", "a.tex", 2, '\\begin{document}\n\\begin{enumerate}\n\\item We have \\begin{align}\n \\label{eq:1} \\nabla_w L &= @@ \\\\ &= 2X^\\top Xw - 2X^\\top y \\tag{1}\n\\end{align}\n\\end{enumerate}\n\\end{document}'),
    ("proof", "a.tex", 1, '\\begin{proof}\nBy \\eqref{eq:1}, \\[ \\nabla_w L = @@. \\]\n\\end{proof}'),
    ("comments", "a.tex", 1, '% $$a = b$$\n\\[ \\nabla_w L = @@ % this is fine: a = b\n \\]'),
    ("comment between", "a.tex", 2, '\\begin{align*}\n\\nabla_w L &= @@ \\\\ % first\n% &= 3X \\\\\n&= 2X^\\top Xw - 2X^\\top y\n\\end{align*}'),
    ("intertext", "a.tex", 2, '\\begin{align}\n\\nabla_w L &= @@ \\\\\n\\intertext{and multiplying out}\n&= 2X^\\top Xw - 2X^\\top y\n\\end{align}'),
    ("intertext mid", "a.tex", 2, '\\begin{align}\nr &= y - Xw\n\\intertext{so that}\n\\nabla_w L &= @@\n\\end{align}'),
    ("shortintertext", "a.tex", 2, '\\begin{align}\nr &= y - Xw \\\\\n\\shortintertext{so that $r$ is short and}\n\\nabla_w L &= @@\n\\end{align}'),
    ("underbrace", "a.md", 1, r"$$\nabla_w L = \underbrace{@@}_{\text{by the chain rule}}$$"),
    ("underbrace name", "a.md", 2, r"$$\nabla_w L = -2X^\top\underbrace{(y - Xw)}_{=r} = \overbrace{@@}^{\text{done}}$$"),
    ("underbrace math", "a.md", 1, r"$$\nabla_w L = \underbrace{\vphantom{\sum}@@}_{:= g}$$"),
    ("cancel", "a.md", 1, r"$$\nabla_w L = @@ + \cancel{w} - \cancel{w}$$"),
    ("cancelto", "a.md", 1, r"$$\nabla_w L = @@ + \cancelto{0}{w - w}$$"),
    ("color", "a.md", 1, r"$$\nabla_w L = \color{red}{@@}$$"),
    ("textcolor", "a.md", 1, r"$$\nabla_w L = \textcolor{blue}{@@}$$"),
    ("textcolor opt", "a.md", 1, r"$$\nabla_w L = \textcolor[rgb]{1,0,0}{@@}$$"),
    ("boxed", "a.md", 1, r"$$\boxed{\nabla_w L = @@}$$"),
    ("boxed rhs", "a.md", 1, r"$$\nabla_w L = \boxed{@@}$$"),
    ("fbox", "a.md", 1, r"$$\fbox{$\nabla_w L = @@$}$$"),
    ("phantom", "a.md", 1, r"$$\begin{aligned}\nabla_w L &= @@ \\ &\phantom{=}\ + w - w\end{aligned}$$"),
    ("mathrel phantom", "a.md", 1, r"$$\begin{aligned}\nabla_w L &= @@ \\ &\mathrel{\phantom{=}} {} + w - w\end{aligned}$$"),
    ("notag", "a.md", 2, r"\begin{align} \nabla_w L &= @@ \notag \\[4pt] &= 2X^\top Xw - 2X^\top y \nonumber\end{align}"),
    ("rows 1em", "a.md", 2, r"\begin{align} \nabla_w L &= @@ \\*[1.5em] &= 2X^\top Xw - 2X^\top y \end{align}"),
    ("number", "a.md", 1, r"$$\nabla_w L = @@ \qquad (1)$$"),
    ("number starred", "a.md", 1, r"$$\nabla_w L = @@ \qquad (*)$$"),
    ("number star2", "a.md", 1, r"$$\nabla_w L = @@ \quad (\star)$$"),
    ("eqno", "a.md", 1, r"$$\nabla_w L = @@ \eqno(1)$$"),
    ("implies", "a.md", 2, r"$$r = y - Xw \implies \nabla_w L = @@$$"),
    ("Rightarrow", "a.md", 2, r"$$\begin{aligned} r &= y - Xw \\ \Rightarrow \nabla_w L &= @@\end{aligned}$$"),
    ("Rightarrow &", "a.md", 2, r"$$\begin{aligned} & r = y - Xw \\ \Rightarrow\ & \nabla_w L = @@\end{aligned}$$"),
    ("iff", "a.md", 3, r"$$\begin{aligned} & r = y - Xw \\ \iff & y - Xw = r \\ \therefore\quad& \nabla_w L = @@\end{aligned}$$"),
    ("because", "a.md", 2, r"$$\nabla_w L = @@ \quad \because r = y - Xw$$"),
    ("columns", "a.md", 2, r"\begin{align} r &= y - Xw, & \nabla_w L &= @@ \end{align}"),
    ("columns 3", "a.md", 2, r"\begin{align} \nabla_w L &= @@ && \text{(chain rule)} \\ &= 2X^\top Xw - 2X^\top y && \text{by expanding} \end{align}"),
    ("alignat", "a.md", 2, r"\begin{alignat}{2} \nabla_w L &= @@ &\quad& \text{chain rule} \\ &= 2X^\top Xw - 2X^\top y &&\text{expand} \end{alignat}"),
    ("flalign", "a.md", 2, r"\begin{flalign*} &\nabla_w L = @@ & \\ &= 2X^\top Xw - 2X^\top y & \end{flalign*}"),
    ("multline", "a.md", 1, r"\begin{multline} \nabla_w L = @@ \\ + w - w \end{multline}"),
    ("eqnarray", "a.md", 2, r"\begin{eqnarray*} \nabla_w L &=& @@ \\ &=& 2X^\top Xw - 2X^\top y \end{eqnarray*}"),
    ("dmath", "a.tex", 1, r"\begin{dmath} \nabla_w L = @@ \end{dmath}"),
    ("IEEE", "a.tex", 2, r"\begin{IEEEeqnarray}{rCl} \nabla_w L &=& @@ \\ &=& 2X^\top Xw - 2X^\top y \end{IEEEeqnarray}"),
    ("array", "a.md", 2, r"$$\begin{array}{rcl} \nabla_w L &=& @@ \\ &=& 2X^\top Xw - 2X^\top y \end{array}$$"),
    ("array left", "a.md", 2, r"$$\left\{\begin{array}{l} r = y - Xw \\ \nabla_w L = @@ \end{array}\right.$$"),
    ("cases sys", "a.md", 2, r"$$\begin{cases} r = y - Xw \\ \nabla_w L = @@ \end{cases}$$"),
    ("round", "a.md", 1, r"so \( \nabla_w L = @@ \) holds."),
    ("math fence", "a.md", 1, '```math\n\\nabla_w L = @@\n```'),
    ("tilde fence", "a.md", 1, '~~~math\n\\nabla_w L = @@\n~~~'),
    ("gitlab inline", "a.md", 1, r"so $`\nabla_w L = @@`$ it is"),
    ("quote", "a.md", 1, '> Then\n> $$\n> \\nabla_w L = @@\n> $$\n'),
    ("quote 2", "a.md", 2, '> $$\\begin{aligned}\n> \\nabla_w L &= @@ \\\\\n> &= 2X^\\top Xw - 2X^\\top y\n> \\end{aligned}$$\n'),
    ("list", "a.md", 1, '- first\n  $$\n  \\nabla_w L = @@\n  $$\n- second'),
    ("numbered", "a.md", 1, '1. $\\nabla_w L = @@$\n2. done'),
    ("star list", "a.md", 1, '* $$\\nabla_w L = @@$$\n'),
    ("bold", "a.md", 1, r"**$\nabla_w L = @@$**"),
    ("heading", "a.md", 1, '## The gradient: $\\nabla_w L = @@$\n'),
    ("table", "a.md", 1, '| a | b |\n|---|---|\n| grad | $\\nabla_w L = @@$ |\n'),
    ("html", "a.md", 1, r"<p>$$\nabla_w L = @@$$</p>"),
    ("macro grad", "a.tex", 3, '\\newcommand{\\grad}[1]{\\nabla_{#1}}\n\\newcommand{\\T}{^\\top}\n\\begin{document}\n\\[ \\grad{w} L = @@ = @@ \\] \\[ X\\T y = (y\\T X)\\T \\]\\end{document}'),
    ("macro def", "a.tex", 2, '\\def\\t{^\\top}\n\\[ -2X\\t(y-Xw) = \\nabla_w L = @@ \\]'),
    ("macro op", "a.tex", 2, '\\DeclareMathOperator{\\Tr}{Tr}\\DeclareMathOperator*{\\amin}{arg\\,min}\n\\[ \\nabla_w L = @@ \\] \\[ \\Tr(X^\\top X) = \\Tr(XX^\\top) \\]'),
    ("macro bold", "a.tex", 2, '\\newcommand{\\bw}{\\mathbf{w}}\\newcommand{\\bX}{\\mathbf X}\n\\newcommand\\by{\\mathbf y}\\[ \\nabla_{\\bw} L = 2\\bX^\\top\\bX\\bw - 2\\bX^\\top\\by = @@ \\]'),
    ("macro dv", "a.tex", 1, '\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}\n\\[ \\pd{L}{w} = @@ \\]'),
    ("macro md", "a.md", 1, '$\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}$\n\n$$\\pd{L}{w} = @@$$'),
    ("left right", "a.md", 1, r"$$\nabla_w L = \left[@@\right]$$"),
    ("bigl", "a.md", 1, r"$$\nabla_w L = \bigl\{ @@ \bigr\}$$"),
    ("Big rows", "a.md", 1, r"$$\begin{aligned}\nabla_w L &= \Big[ @@ \\ &\qquad + w - w\Big]\end{aligned}$$"),
    ("left rows", "a.md", 1, r"$$\begin{aligned}\nabla_w L &= \left( @@ \right. \\ &\quad \left. + w - w\right)\end{aligned}$$"),
    ("stackrel", "a.md", 1, r"$$\nabla_w L \stackrel{(a)}{=} @@$$"),
    ("overset", "a.md", 1, r"$$\nabla_w L \overset{\text{chain}}{=} @@$$"),
    ("eqdef", "a.md", 2, r"$$g := \nabla_w L = @@$$"),
    ("text and", "a.md", 2, r"$$r = y - Xw \quad\text{and}\quad \nabla_w L = @@$$"),
    ("text hence", "a.md", 2, r"$$r = y - Xw, \text{ hence } \nabla_w L = @@.$$"),
    ("text where", "a.md", 2, r"$$\nabla_w L = @@, \text{ where } r = y - Xw$$"),
    ("punct", "a.md", 1, r"$$\nabla_w L = @@\,,$$ and so on"),
    ("punct2", "a.md", 1, r"$$\nabla_w L = @@ \;.$$"),
    ("qed", "a.md", 1, r"$$\nabla_w L = @@ \qquad\blacksquare$$"),
    ("qed2", "a.md", 1, r"$$\nabla_w L = @@ \tag*{$\square$}$$"),
    ("spaces", "a.md", 1, r"$$\nabla_{\!w} L \;=\; @@\ ~\hspace{1cm}$$"),
    ("displaystyle", "a.md", 1, r"$\displaystyle \nabla_w L = @@$"),
    ("subequations", "a.tex", 1, r"\begin{subequations}\begin{align} \nabla_w L &= @@ \end{align}\end{subequations}"),
    ("gather", "a.md", 2, r"\begin{gather*} r = y - Xw \\ \nabla_w L = @@ \end{gather*}"),
    ("nested aligned", "a.md", 2, r"\begin{equation}\begin{split} \nabla_w L &= @@ \\ &= 2X^\top Xw - 2X^\top y\end{split}\end{equation}"),
    ("double dollar rows", "a.md", 2, '$$\n\\nabla_w L = @@\n\\\\\n= 2X^\\top Xw - 2X^\\top y\n$$'),
    ("crlf", "a.md", 1, '$$\r\n\\nabla_w L = @@\r\n$$\r\n'),
    ("unicode", "a.md", 1, r"$$∇_w L = @@$$"),
    ("minus sign", "a.md", 1, r"$$\nabla_w L = @@ − w + w$$"),
    ("mathjax", "a.md", 1, r"\\[ \nabla_w L = @@ \\]"),
    ("mathjax inline", "a.md", 1, r"thus \\( \nabla_w L = @@ \\) done"),
    ("bmatrix1", "a.md", 1, r"$$\nabla_w L = @@ + \mathbf{0}_n$$"),
    ("hfill", "a.md", 1, r"$$\nabla_w L = @@ \hfill$$"),
    ("mbox", "a.md", 2, r"$$\nabla_w L = @@ \mbox{ (since $r = y - Xw$)}$$"),
    ("footnote", "a.tex", 1, r"\[ \nabla_w L = @@\footnote{by $a = b$} \]"),
    ("ensuremath", "a.md", 1, r"$$\ensuremath{\nabla_w L = @@}$$"),
    ("substack", "a.md", 1, r"$$\nabla_w L = @@ + \sum_{\substack{i=1}}^{n} 0$$"),
    ("parbox", "a.md", 1, r"$$\nabla_w L = \mathord{@@}$$"),
    ("scalebox", "a.md", 1, r"$$\nabla_w L = {\scriptstyle @@}$$"),
    ("hbox", "a.md", 1, r"$$\nabla_w L = @@ \hbox{ as claimed}$$"),
    ("newline prose", "a.md", 1, 'We get\n\n$\\nabla_w L\n= @@$.\n'),
    ("two displays", "a.md", 2, r"$$\nabla_w L = -2X^\top r$$ which is $$= @@$$"),
    ("abs of", "a.md", 1, r"$$\Rightarrow\quad \nabla_w L = @@$$"),
    ("to", "a.md", 1, r"$$\to \nabla_w L = @@$$"),
    ("bullet", "a.md", 1, r"• $\nabla_w L = @@$"),
    ("circled", "a.md", 1, r"$$\textcircled{1}\ \nabla_w L = @@$$"),
    ("i) label", "a.md", 1, r"$$\text{(i)}\quad \nabla_w L = @@$$"),
    ("(1) first", "a.md", 1, r"$$(1)\quad \nabla_w L = @@$$"),
]
# fmt: on


def verdicts(text: str, file: str) -> list[str]:
    return [judged.verdict for judged in judge_text(text, file, [PROBLEM]).claims]


@pytest.mark.parametrize(("name", "file", "claims", "text"), LAYOUTS, ids=[row[0] for row in LAYOUTS])
def test_a_layout(name: str, file: str, claims: int, text: str) -> None:
    right = verdicts(text.replace("@@", RIGHT), file)
    assert len(right) == claims
    assert set(right) <= {"holds", "given", "restated"}, right
    wrong = verdicts(text.replace("@@", WRONG), file)
    assert len(wrong) == claims
    assert set(wrong) & {"wrong", "ill-typed"}, wrong


def growing(letters: str, times: int, last: str) -> str:
    """Abbreviations each of which is the next one, so many times."""
    bodies = [f"\\{letter}" * times for letter in letters[1:]] + [last]
    return "".join(
        rf"\newcommand{{\{letter}}}{{{body}}}" for letter, body in zip(letters, bodies, strict=True)
    )


# fmt: off
BOUNDED = [  # abbreviations that are programs after all, and definitions where a formula is
    ("itself", r"\newcommand{\a}{\a\a} \[ \a = w \]"), ("each other", r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a} \[ \a = w \]"),
    ("doubling", growing("abcdefghij", 4, "w") + r" \[ \a = w \]"), ("nothing", growing("abcde", 50, "") + r" \[ w\a = w \]"),
    ("no argument", r"\newcommand{\a}[2]{#1#2} \[ w = \a{w} \]"), ("long", r"\newcommand{\a}[1]{" + "#1" * 100 + r"} \[ \a{" + "w" * 1000 + r"} = w \]"),
    ("a program", r"\newcommand{\a}{\input{/etc/passwd}} \[ \a = w \]"), ("in a formula", r"\[ \def\a{w} \a = w \]"), ("csname", r"\def\a{\csname b\endcsname} \[ \a = w \]"),
]
# fmt: on


@pytest.mark.parametrize(("name", "text"), BOUNDED, ids=[row[0] for row in BOUNDED])
def test_abbreviations_are_bounded(name: str, text: str) -> None:
    assert set(verdicts(text, "a.tex")) == {"unreadable"}
