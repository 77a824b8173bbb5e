r"""Documents to LaTeX and on to PDF: what is escaped, what is refused and where, and that no line runs over.

To cover one more character, refusal or break, add a row to `TEXTS`, `REFUSED` or `BREAKS`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from papers import DOCUMENT, HANDOUT, NASTY, place

from derive.build.tex import compile_pdf
from derive.errors import FileError, InputError, Place
from derive.render import prose
from derive.render.blocks import blocks
from derive.render.breaks import aligned, breakable
from derive.render.paper import (
    Block,
    ChainRow,
    Code,
    Display,
    Document,
    Figure,
    Math,
    PartView,
    Prose,
    Sheet,
    Table,
    packaged_templates,
    render,
)

TEXTS = [
    ("100% & #1 _x_ {y}", r"100\% \& \#1 \_x\_ \{y\}"),
    (r"\input{x} ~ a^b", r"\textbackslash{}input\{x\} \textasciitilde{} a\^{}b"),
    (r"costs \$5", r"costs \$5"),
    ("a $x_1^2$ b_c", r"a $x_1^2$ b\_c"),
    ("half of $50%$ and $#2$", r"half of $50\%$ and $\#2$"),
    (r"$\$5$", r"$\$5$"),
    ("$$x\n+ y$$", "$x + y$"),
    ("`a_b %`", r"\texttt{a\_b \%}"),
    ("<<a>> ,,b''", r"<{}<a>{}> ,{},b'{}'"),
    ("two\n  lines", "two lines"),
    ("e\u0301", "é"),
    ("\ue0000\ue001", "0"),
]


@pytest.mark.parametrize(("text", "latex"), TEXTS)
def test_text(text: str, latex: str) -> None:
    assert prose.text(text) == latex


AT = Place("p.yaml", 4, 10, "statement: text")

REFUSED = [
    *(
        (rf"see $\{command} {{x}}$", rf"p.yaml:4:14: \{command} has no place in mathematics")
        for command in (
            "input include write openin openout read def catcode csname loop special immediate let ifnum "
            "pdffiledump directlua newcommand expandafter tikz"
        ).split()
    ),
    (r"$^^5cinput$", "p.yaml:4:10: '^^' has no place in mathematics"),
    (r"$\frac{1}{2$", "p.yaml:4:10: the braces of this formula do not match"),
    (r"$1}{2$", "p.yaml:4:10: the braces of this formula do not match"),
    (r"$\left( x$", r"p.yaml:4:10: the \left and \right of this formula do not match"),
    (
        r"$\begin{align*}x\end{align*}$",
        "p.yaml:4:10: the environment 'align*' has no place inside a formula",
    ),
    (r"$\end{document}$", "p.yaml:4:10: the environment 'document' has no place inside a formula"),
    ("only $5 left", "p.yaml:4:15: this $ has no partner"),
    ("one\n  two $x", "p.yaml:5:16: this $ has no partner"),
    ("$a\n\nb$", "p.yaml:4:10: this $ has no partner"),
    (r"see $\write18{ls}$", r"p.yaml:4:14: \write has no place in mathematics"),
    ("$$a\n+ b$$\nand $\\def$", "p.yaml:6:14: \\def has no place in mathematics"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        prose.paragraphs(text, AT)
    assert str(caught.value).split("\n")[0] == message


@pytest.mark.parametrize(
    "formula",
    [r"a \iff b", r"\iint f", r"\\ \{ x \}", r"\begin{pmatrix*}1\end{pmatrix*}", r"\left. x \right|"],
)
def test_admitted(formula: str) -> None:
    assert prose.guard(formula) == formula


@pytest.mark.parametrize(
    "block",
    [
        Math(r"\input{x}"),
        Display((ChainRow("a", "=", r"\write18{x}"),)),
        Display((ChainRow("a", "=", "b", r"since $\def\x{}$"),)),
        Display((ChainRow("a", "=", "b", number=r"$\def\x{}$"),)),
        Table(("a",), ((r"$\input{x}$",),)),
        Figure(r"\write18{x}"),
        Figure("x", r"$\input{x}$"),
        Prose(r"$\input{x}$"),
    ],
)
def test_every_block_is_guarded_and_placed(block: Block) -> None:
    with pytest.raises(InputError, match="has no place in mathematics") as caught:
        blocks([block], AT)
    assert caught.value.place is not None
    assert caught.value.place.line == 4


def test_paragraphs_and_lists_carry_their_places() -> None:
    text = "one\nmore\n\ntwo $$x\n=y$$ end\n- a\n  b\n- c\n\nlast"
    assert prose.paragraphs(text, AT).split("\n") == [
        "%@ p.yaml:4:10",
        "one",
        "more",
        "",
        "%@ p.yaml:7:10",
        "two ",
        r"\displayed{x =y}{x \chainbreak{0}=y}",
        " end",
        r"\begin{itemize}",
        "%@ p.yaml:9:10",
        r"\item a",
        "b",
        "%@ p.yaml:11:10",
        r"\item c",
        r"\end{itemize}",
        "",
        "%@ p.yaml:13:10",
        "last",
    ]


BREAKS = [
    ("a + b", r"a \chainbreak{20}+ b"),
    ("-a - -b", r"-a \chainbreak{20}- -b"),
    ("a^+ + b_-", r"a^+ \chainbreak{20}+ b_-"),
    ("a = b", r"a \chainbreak{0}= b"),
    (r"a \odot b", r"a \chainbreak{300}\odot b"),
    (r"\frac{a + b}{c}", r"\frac{a + b}{c}"),
    (r"\sqrt[n-1]{a+b}", r"\sqrt[n-1]{a+b}"),
    ("f(a + b)", r"f(a \chainbreak{270}+ b)"),
    ("(a)(b)", r"(a)\chainbreak{400}(b)"),
    (
        r"\left( a + b \right)^2",
        r"\openfence{(}{ a + b } a \chainbreak{270}+ b \closefence{)}{ a + b }^2",
    ),
    (r"\left( a \middle| b + c \right)", r"\left( a \middle| b + c \right)"),
    (r"\left\lVert a \right\rVert + c", r"\left\lVert a \right\rVert \chainbreak{20}+ c"),
    (
        r"\begin{pmatrix} a + b \\ c \end{pmatrix} + d",
        r"\begin{pmatrix} a + b \\ c \end{pmatrix} \chainbreak{20}+ d",
    ),
    (r"\|a\| + \|b\|", r"\|a\| \chainbreak{20}+ \|b\|"),
    (r"\bigl( a + b \bigr) c", r"\bigl( a \chainbreak{270}+ b \bigr) c"),
    (r"P(a, b)", r"P(a,\chainbreak{400} b)"),
    (r"10,000", "10,000"),
    ("", ""),
]


@pytest.mark.parametrize(("formula", "marked"), BREAKS)
def test_breaks(formula: str, marked: str) -> None:
    assert breakable(formula) == marked


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Table(("n",), (("-2.5",),)), r"$-2.5$"),
        (Math("5% of\n\nx#"), r"\displayed{5\% of x\#}"),
        (Math(r"a &= b"), r"\displayed{\begin{aligned}a &= b\end{aligned}}"),
        (Display((ChainRow("a", "=", r"b \\ c"),)), r"{=}{\begin{aligned}b \\ c\end{aligned}}"),
        (Display((ChainRow("a", "=", "5%"),)), r"{a}{=}{5\%}"),
        (Table((), (("a_b", "$x$"),)), r"a\_b&$x$\\"),
        (Code("for x:\n    y  = 1", "python"), r"\codeline{4}{y\  =\allowbreak{} 1}"),
        (Code("for x:\n    y  = 1", "python"), r"\codeline{0}{\textbf{for} x:}"),
        (Code(r"\end{codelines} 'a'"), r"\textbackslash{}end\{codelines\} \textquotesingle{}a"),
        (Display((ChainRow("a", "=", "b", "rule", "not checked"),)), r"{rule\notchecked}"),
        (Display((ChainRow("a", "=", "b", "rule", "holds", "3"),)), r"\chainrow{a}{=}{b}{b}{rule}{3}"),
    ],
)
def test_blocks(block: Block, expected: str) -> None:
    assert expected in blocks([block])


@pytest.mark.parametrize(("document", "template"), [(DOCUMENT, "key.tex.j2"), (HANDOUT, "handout.tex.j2")])
def test_papers_compile_without_an_overfull_line(tmp_path: Path, document: Document, template: str) -> None:
    done = compile_pdf(render(template, document), tmp_path / "paper.pdf")
    assert done.overfull == ()
    assert done.passes == 2


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_what_the_papers_say(tmp_path: Path) -> None:
    key = _read(render("key.tex.j2", DOCUMENT), tmp_path / "key.pdf")
    handout = _read(render("handout.tex.j2", HANDOUT), tmp_path / "handout.pdf")
    for shared in (
        "Weight normalisation & a long recurrence",
        "ift6135-a3, question 3 (50% of the grade)",
        r"100% of {you} & me_too, #1ˆ2 ~ \input{/etc/passwd} costs $5",
        "6.5 points",
        "3.3 (4 points)",
        "1.3.recursion_b (1 point)",
        "2.4.d Discuss.",
    ):
        assert shared in key
        assert shared in handout
    for own in (
        "Solution key",
        "checked: 10 instances, max error 3e-15; SymPy agrees",
        "[not checked]",
        "quotient rule",
        "Beam search lies between the two.",
        "Largest error 3e-15.",
    ):
        assert own in key
        assert own not in handout


def _read(source: str, target: Path) -> str:
    compile_pdf(source, target)
    done = subprocess.run(
        ["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def test_an_error_of_tex_is_told_at_the_part(tmp_path: Path) -> None:
    part = replace(DOCUMENT.parts[0], answer=(Display((ChainRow("a", "=", r"\nosuch"),)),), where=place(19))
    with pytest.raises(Exception, match=r"problems/weightnorm.yaml:19:5: TeX: Undefined .*: \\nosuch"):
        compile_pdf(render("key.tex.j2", replace(DOCUMENT, parts=(part,))), tmp_path / "key.pdf")


LONG = " + ".join(
    rf"\left( \mathbf{{A}}_{{{k}}} \mathbf{{x}} \odot \left( 1 - y_{k} \right) \right)" for k in range(9)
)


@pytest.mark.parametrize(
    "block",
    [
        Math(LONG),
        Math(rf"\left( {LONG} \right)^{{\top}}"),
        Math(rf"\frac{{{LONG}}}{{2}}"),
        Math(rf"\begin{{pmatrix}} {LONG} & {LONG} \end{{pmatrix}}"),
        Math(rf"x &= {LONG} \\ &= y"),
        Display((ChainRow("x", "=", LONG, "a long reason " * 12, "not checked", "12"),)),
        Display((ChainRow(LONG, r"\Longrightarrow", LONG, "a long reason " * 4, "holds"),)),
        Display((ChainRow(rf"\frac{{{LONG}}}{{2}}", "=", rf"\frac{{{LONG}}}{{2}}"),)),
        Prose(f"Some text $${LONG}$$ and more."),
        Table(("a",) * 7, (("some words that take room",) * 7,)),
        Code("    call(" + ", ".join(f"argument_{k}" for k in range(20)) + ")"),
        Figure(r"\begin{tikzpicture} \draw (0,0) -- (40,1); \end{tikzpicture}", "wide"),
    ],
)
def test_nothing_runs_over_the_margin(tmp_path: Path, block: Block) -> None:
    part = PartView("1", None, (block,), (block,), "holds", "checked", place(3))
    source = render("key.tex.j2", replace(DOCUMENT, statement=(block,), parts=(part,)))
    assert compile_pdf(source, tmp_path / "key.pdf").overfull == ()


@pytest.mark.parametrize(
    ("points", "shown", "total"),
    [
        ("2", r"\part[2]", "2 points"),
        ("1", r"\part[1]", "1 point"),
        ("0.5", r"\part[\half]", "0.5 points"),
        ("2.5", r"\part[2\half]", "2.5 points"),
        ("1.25", r"\part (1.25 points)", "1.25 points"),
        ("some", r"\part (some points)", None),
        (None, "\\part\n", None),
    ],
)
def test_points(points: str | None, shown: str, total: str | None) -> None:
    document = replace(DOCUMENT, parts=(replace(DOCUMENT.parts[0], points=points),))
    assert document.total == total
    assert shown in render("key.tex.j2", document)
    assert shown in render("handout.tex.j2", document)


def test_a_bare_document(tmp_path: Path) -> None:
    bare = Document("", "", (), (), "", "key")
    for template in ("key.tex.j2", "handout.tex.j2"):
        assert compile_pdf(render(template, bare), tmp_path / "bare.pdf").overfull == ()


TEMPLATES = [
    ("((( document.titel )))", r"mine.tex.j2:1:1: template: .*has no attribute 'titel'"),
    ("\n((* if *))", r"mine.tex.j2:2:1: template: Expected an expression"),
    ("a\n((( 1 / 0 )))", r"mine.tex.j2:2:1: template: division by zero"),
    ("a\n\n((( nothing )))", r"mine.tex.j2:3:1: template: 'nothing' is undefined"),
    ("((( document.title|upercase )))", r"mine.tex.j2:1:1: template: No filter named 'upercase'"),
    ("((( document.__class__.__mro__ )))", r"mine.tex.j2:1:1: template: access to attribute '__class__'"),
    ('((* include "bas.tex.j2" *))', r"there is no template 'bas.tex.j2'\ndid you mean 'base.tex.j2'\?"),
]


@pytest.mark.parametrize(("text", "message"), TEMPLATES, ids=[row[0] for row in TEMPLATES])
def test_a_wrong_template_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.tex.j2").write_text(text)
    with pytest.raises(InputError, match=message):
        render("mine.tex.j2", DOCUMENT, templates=tmp_path)


def test_the_users_templates_come_first(tmp_path: Path) -> None:
    (tmp_path / "key.tex.j2").write_text("((= mine =))((( document.title|text ))) (((*)")
    with pytest.raises(InputError):
        render("key.tex.j2", DOCUMENT, templates=tmp_path)
    (tmp_path / "key.tex.j2").write_text(
        '((* extends "base.tex.j2" *))((* block kind *))MY KEY((* endblock *))'
    )
    assert "MY KEY" in render("key.tex.j2", DOCUMENT, templates=tmp_path)
    assert "MY KEY" not in render("handout.tex.j2", HANDOUT, templates=tmp_path)
    with pytest.raises(FileError, match="there is no folder of templates"):
        render("key.tex.j2", DOCUMENT, templates=tmp_path / "none")


def test_the_templates_are_found_in_the_checkout() -> None:
    assert {file.name for file in packaged_templates().iterdir()} >= {
        "base.tex.j2",
        "key.tex.j2",
        "handout.tex.j2",
    }


def test_the_text_of_an_author_is_never_a_template() -> None:
    trick = replace(DOCUMENT, title="((( 7 * 7 ))) ((* include 'x' *))", statement=(Prose(NASTY),))
    assert "((( 7 * 7 )))" in render("key.tex.j2", trick)


# ---------------------------------------------------------------- page breaks


def _pages(source: str, target: Path) -> list[str]:
    compile_pdf(source, target)
    done = subprocess.run(
        ["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True
    )
    return [" ".join(page.split()) for page in done.stdout.split("\f")]


def _chain(name: str, rows: int) -> Display:
    return Display(
        tuple(ChainRow(name if not n else "", "=", rf"{n} + b_{{{n}}}", f"{name} {n}") for n in range(rows))
    )


ROOMS = (4, 22, 28, 34, 36, 38, 40, 42, 44, 46)  # lines of the problem before


def _at_every_height(part: PartView, target: Path) -> Iterator[list[str]]:
    """The pages of a problem that begins below so many lines."""
    documents = []
    for n, lines in enumerate(ROOMS):
        filler = "\n\n".join(["Filling."] * lines)
        documents += [
            Document(f"Before {n}", "", (Prose(filler),), (), "", "key"),
            Document("Title", "", (Prose("The statement."), Math("s = t")), (part, part), "", "key"),
        ]
    source = render("key.tex.j2", Sheet("Sheet", "course", tuple(documents), (), (), "key"))
    start = r"{\raggedright\large\bfseries Before"
    source = source.replace(
        r"\begin{heldstatement}" + "\n" + start, r"\clearpage\begin{heldstatement}" + start
    )
    pages = _pages(source, target)
    starts = [n for n, page in enumerate(pages) if "Before" in page]
    assert len(starts) == len(ROOMS)
    for a, b in zip(starts, [*starts[1:], len(pages)], strict=True):
        yield pages[a:b]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
@pytest.mark.parametrize("rows", [3, 9, 40])
def test_statement_question_and_answer_stay_together(tmp_path: Path, rows: int) -> None:
    """However much room is left: the heading, the statement, the question and the first lines of its answer
    are on one page, and the last line is on the page of the one before it."""
    answer = (_chain("answer", rows),)
    part = PartView("1.a", "2", (Prose("The question."),), answer, "holds", "Checked.", place(1))
    for pages in _at_every_height(part, tmp_path / "paper.pdf"):
        (first,) = [page for page in pages if "The statement." in page]
        for said in ("Title", "The question.", "answer 0", "answer 1"):
            assert said in first
        assert all(f"answer {rows - 2}" in page for page in pages if f"answer {rows - 1}" in page)
        assert all("answer" in page for page in pages if "Checked." in page)
        assert all("answer 0" in page for page in pages if "The question." in page)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_a_table_stays_with_its_question(tmp_path: Path) -> None:
    """A table cannot be broken, so that it may not fit below its question."""
    table = Table(("row", "value"), tuple((f"row {n}", str(n)) for n in range(20)))
    part = PartView("1.a", "2", (Prose("The question."),), (table,), "holds", "Checked.", place(1))
    for pages in _at_every_height(part, tmp_path / "paper.pdf"):
        questions = [page for page in pages if "The question." in page]
        assert "The statement." in questions[0]
        assert all("row 19" in page for page in questions)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the page with poppler")
def test_a_long_statement_does_not_leave_half_a_page_empty(tmp_path: Path) -> None:
    """A statement that fills half of the room is printed there, also where its question has to turn the page."""
    table = Table(("row", "value"), tuple((f"row {n}", str(n)) for n in range(25)))
    part = PartView("1.a", "2", (Prose("The question."),), (table,), "holds", "Checked.", place(1))
    statement = "\n\n".join(["The statement."] * 14)
    before = "\n\n".join(["Filling."] * 16)
    documents = (
        Document("Before", "", (Prose(before),), (), "", "key"),
        Document("Title", "", (Prose(statement),), (part,), "", "key"),
    )
    first, second, *_ = _pages(
        render("key.tex.j2", Sheet("Sheet", "course", documents, (), (), "key")), tmp_path / "paper.pdf"
    )
    assert first.count("Filling.") == 16
    assert first.count("The statement.") == 14
    assert "The question." in second
    assert "row 24" in second


def test_a_page_does_not_end_behind_the_first_row() -> None:
    def kept(rows: int, after: list[Display]) -> list[int]:
        written = blocks([_chain("a", rows), *after]).split(r"\end{chain}")[0]
        lines = [line for line in written.split("\n") if line.startswith((r"\chainrow", r"\nobreak"))]
        at, found = 0, []
        for line in lines:
            at += line.startswith(r"\chainrow")
            found += [at] if line == r"\nobreak" else []
        return found

    assert kept(1, []) == []
    assert kept(3, []) == [1, 2]
    assert kept(8, []) == [1, 7]
    assert kept(8, [_chain("b", 1)]) == [1, 7, 8]
    assert kept(8, [_chain("b", 6)]) == [1, 7]


TABLES = [  # header, rows, alignment
    (("a", "b"), (("x", "1"), ("y", "-2")), "lr"),
    (("a", "b"), (("x", "1/2"), ("y", "")), "lr"),
    (("a", "b"), (("x", "1"), ("y", "none")), "ll"),
    (("a", "b"), (("x", "word " * 30), ("y", "z")), r"l>{\raggedright\arraybackslash}p{0.920\linewidth}"),
]


@pytest.mark.parametrize(("header", "rows", "alignment"), TABLES, ids=[t[2] for t in TABLES])
def test_columns(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], alignment: str) -> None:
    written = blocks([Table(header, rows)])
    assert alignment in written.replace("@{}", "")


def test_a_heading_runs_over_all_columns() -> None:
    table = Table(("part", "check"), (("A problem", ""), ("1", "done")), headings=frozenset({0}))
    assert r"\multicolumn{2}{@{}l}{\chosencell A problem}" in blocks([table])


MATRICES = [
    (r"\begin{bmatrix} 1 & -1 \\ 10 & 2 \end{bmatrix}", True),
    (r"\begin{bmatrix} 0.25 & -1.50 \end{bmatrix}", True),
    (r"\begin{bmatrix} 0.25 & 1 \end{bmatrix}", False),
    (r"\begin{bmatrix} x & 1 \end{bmatrix}", False),
    (r"\begin{bmatrix} \frac{1}{2} \\ 3 \end{bmatrix}", False),
]


@pytest.mark.parametrize(("matrix", "right"), MATRICES, ids=[m[0] for m in MATRICES])
def test_numbers_stand_below_each_other(matrix: str, right: bool) -> None:
    assert aligned(f"A = {matrix} x") == (
        f"A = {matrix.replace('bmatrix}', 'bmatrix*}').replace('{bmatrix*} ', '{bmatrix*}[r] ', 1)} x"
        if right
        else f"A = {matrix} x"
    )


def test_a_matrix_inside_another_is_aligned() -> None:
    inner = r"\begin{bmatrix} 1 & -1 \end{bmatrix}"
    assert aligned(rf"\begin{{pmatrix}} {inner} & x \end{{pmatrix}}").count("[r]") == 1
