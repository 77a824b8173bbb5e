"""A document such as the engine hands to the renderer, made by hand; tests of the page and of TeX use it."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import Place
from derive.render.document import ChainRow, Code, Display, Document, Figure, Math, PartView, Prose, Table

U = r"\mathbf{u}"
GRAD = r"\nabla_{\mathbf{w}} L"
NORM = rf"\left\lVert {U} \right\rVert"
STATE = r"\mathbf{h}^{(f)}"
PRE = rf"\mathbf{{W}}^{{(f)}} \mathbf{{x}}_{{t}} + \mathbf{{U}}^{{(f)}} {STATE}_{{t-1}}"


def place(line: int) -> Place:
    return Place("problems/weightnorm.yaml", line, 5)


WEIGHT_NORM = Display(
    (
        ChainRow(
            r"d\mathbf{w}",
            "=",
            rf"\gamma \, d\left( \frac{{{U}}}{{{NORM}}} \right)",
            r"$\gamma$ is constant",
            "holds",
        ),
        ChainRow(
            "",
            "=",
            rf"\gamma \left( \frac{{d{U}}}{{{NORM}}} - {U} \frac{{d{NORM}}}{{{NORM}^{{2}}}} \right)",
            "quotient rule",
            "holds",
        ),
        ChainRow(
            "",
            "=",
            rf"\gamma \left( \frac{{d{U}}}{{{NORM}}} - \frac{{{U} {U}^{{\top}} d{U}}}{{{NORM}^{{3}}}} \right)",
            rf"$d{NORM} = {U}^{{\top}} d{U} / {NORM}$",
            "holds",
        ),
        ChainRow(
            "",
            "=",
            rf"\frac{{\gamma}}{{{NORM}}} \left( \mathbf{{I}} - \frac{{{U} {U}^{{\top}}}}{{{NORM}^{{2}}}} \right) d{U}",
            rf"collect $d{U}$",
            "holds",
            "1",
        ),
        ChainRow("dL", "=", rf"\left( {GRAD} \right)^{{\top}} d\mathbf{{w}}", "chain rule", "holds"),
        ChainRow(
            "",
            "=",
            rf"\left( \frac{{\gamma}}{{{NORM}}} \left( \mathbf{{I}} - \frac{{{U} {U}^{{\top}}}}{{{NORM}^{{2}}}} \right) "
            rf"{GRAD} \right)^{{\top}} d{U}",
            "insert (1); the projector is symmetric",
            "holds",
        ),
        ChainRow(
            rf"\nabla_{{{U}}} L",
            "=",
            rf"\frac{{\gamma}}{{{NORM}}} \left( \mathbf{{I}} - \frac{{{U} {U}^{{\top}}}}{{{NORM}^{{2}}}} \right) {GRAD}",
            "read off",
            "holds",
        ),
    )
)

_LONG_SUM = " + ".join(
    rf"\left( \mathbf{{U}}^{{(f)}} \right)^{{\top}} \left( {STATE}_{{t+{k}}} \odot \left( 1 - {STATE}_{{t+{k}}} \right) "
    rf"\odot \nabla_{{{STATE}_{{t+{k}}}}} L \right)"
    for k in range(1, 4)
)

LONG = Display(
    (
        ChainRow(
            rf"\nabla_{{{STATE}_{{t}}}} L",
            "=",
            rf"\nabla_{{{STATE}_{{t}}}} L_{{t}} + {_LONG_SUM}",
            rf"the state acts on $L$ through its own output and through every later state; ${STATE}_{{t-1}}$ is held fixed",
            "holds",
        ),
        ChainRow(
            "",
            "=",
            rf"2 \left( \mathbf{{V}}^{{(f)}} \right)^{{\top}} \left( \mathbf{{V}}^{{(f)}} \sigma\left( {PRE} \right) "
            rf"+ \mathbf{{V}}^{{(b)}} \sigma\left( \mathbf{{W}}^{{(b)}} \mathbf{{x}}_{{t}} + \mathbf{{U}}^{{(b)}} "
            rf"\mathbf{{h}}^{{(b)}}_{{t+1}} \right) - \mathbf{{z}}_{{t}} + \mathbf{{y}}_{{t}} - \mathbf{{y}}_{{t}} \right)",
            r"definition of $\mathbf{y}_t$",
            "not checked",
        ),
        ChainRow(
            r"\mathbb{E}\left[ \left\lVert \mathbf{y} - (\mathbf{X} \odot \mathbf{R}) \mathbf{w} "
            r"\right\rVert^{2} \right] + \lambda \left\lVert \mathbf{w} \right\rVert^2",
            "=",
            r"\frac{a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + b_1 + b_2 + b_3 + b_4 + b_5 + b_6 + b_7 + b_8"
            r" + b_9 + c_1 + c_2 + c_3}{1 + x}",
            "a fraction that cannot be broken is set smaller",
            "holds",
        ),
    )
)

NASTY = r"""100% of {you} & me_too, #1^2 ~ \input{/etc/passwd} costs \$5 -- <<see>> "here" [ok] `x_1 % y`.
Continues with $\mathbf{W}^{(f)}$ and 50 $%$.

$$ \mathbf{y}_t = \mathbf{V}^{(f)} \mathbf{h}_t^{(f)}
   + \mathbf{V}^{(b)} \mathbf{h}_t^{(b)} $$
where θ ≤ 1 and naïve façades are fine:

- the first item, $x \to \infty$
- the second item
  goes on here

The end."""

PSEUDOCODE = """function viterbi(x[1..T])
    for each y: delta[1, y] = P(y) * P(x[1] | y)
    for t = 2 to T
        for each y
            delta[t, y] = max over y' of delta[t-1, y'] * P(y | y') * P(x[t] | y)
            back[t, y]  = the y' that attains it
    return path"""

DOCUMENT = Document(
    title="Weight normalisation & a long recurrence",
    source="ift6135-a3, question 3 (50% of the grade)",
    statement=(Prose(NASTY, place(4)),),
    parts=(
        PartView(
            "3.3",
            "4",
            (
                Prose(
                    rf"Let $\mathbf{{w}} = \gamma\, {U} / {NORM}$. Show that $\nabla_{{{U}}} L$ is a scaled projection.",
                    place(20),
                ),
            ),
            (
                WEIGHT_NORM,
                Prose(rf"The projector removes the component along ${U}$, so $\nabla_{{{U}}} L \perp {U}$."),
            ),
            "holds",
            "checked: 10 instances, max error 3e-15; SymPy agrees",
            place(19),
        ),
        PartView(
            "1.3.recursion_b",
            "1",
            (Prose("Express the total gradient in a state through the next ones."),),
            (LONG,),
            "not checked",
            "1 line not checked: no finite law with these moments",
            place(30),
        ),
        PartView(
            "2.4.a",
            "1.5",
            (Prose("Decode the tree."), Math(r"p(w_1, \dots, w_T) = \prod_{t=1}^{T} p(w_t \mid w_{<t})")),
            (
                Table(
                    ("path", "sum of logs", "$\\exp$"),
                    (("the cat sleeps", "-2.5", "0.0821"), ("a_cat 100%", "-2.3", "0.1003")),
                ),
                Table(
                    (),
                    (
                        (
                            "$a$",
                            "a cell with rather a long text that has to be wrapped over two or more lines of the page",
                        ),
                    ),
                ),
                Code(PSEUDOCODE, "pseudocode"),
                Figure(
                    r"\begin{tikzpicture}[->] \node (a) {$h_0$}; \node (b) [right=of a] {$h_1$}; \draw (a) -- (b); \end{tikzpicture}",
                    "One step, $t = 1$.",
                ),
            ),
            "holds",
            "checked by enumeration of all 18 paths",
            place(40),
        ),
        PartView(
            "2.4.d",
            None,
            (Prose("Discuss."),),
            (Prose("Beam search lies between the two."),),
            "",
            "",
            place(50),
        ),
    ),
    checked_summary="4 parts, 11 lines: 10 checked, 1 not checked. Largest error 3e-15.",
    kind="key",
)

HANDOUT = replace(DOCUMENT, kind="handout")
