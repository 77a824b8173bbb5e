"""Reports of judged answers: JSON and its schema, text, the sheet in HTML and PDF, the command, the Python API."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Callable
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

import derive
from derive.build.sheets import write_sheets
from derive.cli import cli
from derive.errors import DeriveError
from derive.judging.files import check_files, problems_of, text_of
from derive.judging.judged import Report
from derive.judging.mathml import mathml
from derive.judging.report_html import report_html
from derive.judging.report_json import report_json
from derive.judging.report_sheet import sheet
from derive.judging.report_text import report_text, table_text
from derive.judging.schema import CheckJson, VerdictName, published
from derive.judging.verdicts import VERDICTS
from derive.render.paper import render

ROOT = Path(__file__).parent.parent
PROBLEM = ROOT / "problems" / "ift6135-a3" / "birnn.yaml"
RIGHT = r"""
$$\nabla_{h^{(f)}_t} L_t = 2 V^{(f)\top} (y_t - z_t)$$
"""
WRONG = r"""# Answer

$$\begin{aligned}
\nabla_{h^{(f)}_t} L_t &= \frac{\partial}{\partial h^{(f)}_t} \|z_t - y_t\|^2 \\
&= 2 (y_t - z_t) \quad (\text{since } y_t = V^{(f)} h_t^{(f)}) \\
&= \foo{2}
\end{aligned}$$
"""
NASTY = r"""
$$<script>alert(1)</script> = \input{/etc/passwd}$$

$$\nabla_{h^{(f)}_t} L_t = \def\x{\x}\x <b>&"' \write18{ls}$$

Let $\verb|</table>| = 1$ and ${{ problem }} ((( document ))) = y_t$.
"""


@pytest.fixture
def answers(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name, text in {"right": RIGHT, "wrong": WRONG, "nasty": NASTY, "prose": "no formulas"}.items():
        found[name] = tmp_path / f"{name}.md"
        found[name].write_text(text, encoding="utf-8")
    return found


@cache
def wrong() -> Report:
    from derive.judging.answer import judge_text

    return judge_text(WRONG, "wrong.md", problems_of(PROBLEM), None, "birnn.yaml")


# ---------------------------------------------------------------- JSON


def test_json_has_the_keys_of_the_contract() -> None:
    found = report_json(wrong())
    assert list(found) == ["answer", "problem", "chains", "summary"]
    assert list(found["chains"][0]) == ["claims", "first_wrong", "part"]
    claim = found["chains"][0]["claims"][1]
    assert list(claim) == [
        "line", "column", "latex", "verdict", "against", "reading", "reason", "counterexample", "repair",
    ]  # fmt: skip
    assert list(claim["against"]) == ["previous", "head", "engine"]
    assert list(claim["repair"]) == ["latex", "verified"]
    assert found["chains"][0]["first_wrong"] == 5
    assert found["chains"][0]["part"] == "1.2.a"


def test_the_schema_admits_what_is_written() -> None:
    CheckJson.model_validate(json.loads(json.dumps(report_json(wrong()), allow_nan=False)))


SPOILED: list[Callable[[dict[str, Any]], Any]] = [
    lambda d: d.pop("summary"),
    lambda d: d["chains"][0].update(first_wrong="5"),
    lambda d: d["chains"][0]["claims"][0].update(verdict="right"),
    lambda d: d["chains"][0]["claims"][0].update(extra=1),
    lambda d: d["chains"][0]["claims"][0]["against"].update(head="wrong"),
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_the_schema_refuses_what_is_not_in_the_contract(spoil: Callable[[dict[str, Any]], Any]) -> None:
    written = report_json(wrong())
    spoil(written)
    with pytest.raises(ValidationError):
        CheckJson.model_validate(written)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """If this fails: python -m derive.judging.schema"""
    assert (ROOT / "docs" / "check.schema.json").read_text(encoding="utf-8") == published()


def test_schema_and_table_know_the_same_verdicts() -> None:
    assert set(VerdictName.__args__) == set(VERDICTS)  # type: ignore[attr-defined]


# ---------------------------------------------------------------- text


def test_text_has_carets_below_what_is_wrong() -> None:
    shown = report_text(wrong(), 120).split("\n")
    at = next(i for i, line in enumerate(shown) if line.startswith("   5 ✗ &= 2 (y_t"))
    assert shown[at + 1].index("^") == shown[at].index("= 2 (y_t")
    assert "ill-typed" in shown[at + 1]
    assert any("missing V_f.T" in line for line in shown)
    assert any("right would be 2 * V_f.T @ (y[t] - z[t])" in line for line in shown)
    assert any("unreadable" in line for line in shown)


def test_several_answers_give_a_table(answers: dict[str, Path]) -> None:
    reports = check_files([answers["right"], answers["wrong"]], PROBLEM)
    rows = table_text(reports, 200).strip().split("\n")
    assert len(rows) == 3
    assert rows[1].rstrip().endswith("-")
    assert rows[2].rstrip().endswith("5")


def test_text_shows_control_characters_as_text(tmp_path: Path) -> None:
    file = tmp_path / "painted.md"
    file.write_text("$$y_t = \x1b[31m z_t [bold]x[/bold]$$\n", encoding="utf-8")
    shown = report_text(check_files([file], PROBLEM)[0], 100)
    assert "\x1b" not in shown


# ---------------------------------------------------------------- sheets


def test_html_escapes_what_was_handed_in(answers: dict[str, Path]) -> None:
    page = report_html(check_files([answers["nasty"]], PROBLEM)[0])
    assert "<script" not in page
    assert "<b>" not in page
    assert "http" not in page.replace("http-equiv", "")
    ElementTree.fromstring(re.sub(r"<!DOCTYPE html>|<meta [^>]*>", "", page))


def test_html_shows_marks_and_formulas() -> None:
    page = report_html(wrong())
    assert "✗" in page
    assert "<mfrac>" in page
    ElementTree.fromstring(re.sub(r"<!DOCTYPE html>|<meta [^>]*>", "", page))


@pytest.mark.parametrize(
    ("latex", "inside"),
    [
        (r"\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        (r"\sum_{t=1}^{T} x_t", "<munderover>"),
        (r"\mathbf{W}^{\top}", 'mathvariant="bold"'),
        (r"\unknown{x}", "<mtext>unknown</mtext>"),
        (r"a < b & c", "&lt;"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "<mtable>"),
        (r"\frac{", "<mfrac>"),
    ],
)
def test_mathml(latex: str, inside: str) -> None:
    written = mathml(latex)
    assert inside in written
    ElementTree.fromstring(written)


def test_the_sheet_reprints_our_reading_and_never_the_students_latex(answers: dict[str, Path]) -> None:
    source = render("sheet.tex.j2", sheet(check_files([answers["nasty"]], PROBLEM)[0]))
    body = source.split(r"\begin{document}")[1]
    for planted in ("input", "write18", r"\def", "script", "verb"):
        assert planted not in body.replace(r"\textbackslash{}", "").replace("unknown command", "") or planted in (
            "input", "script", "verb",
        )  # fmt: skip
        assert rf"\{planted}{{" not in body


def test_the_pdf_is_set(answers: dict[str, Path], tmp_path: Path) -> None:
    reports = check_files([answers["wrong"], answers["nasty"]], PROBLEM)
    written = write_sheets(reports, "pdf", tmp_path / "sheets")
    assert [path.name for path in written] == ["wrong-checked.pdf", "nasty-checked.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF") for path in written)


def test_marks_stand_in_the_margin() -> None:
    source = render("sheet.tex.j2", sheet(wrong()))
    for mark in ("tick", "cross", "query"):
        assert rf"\chainmargin{{\mark{mark}}}" in source


# ---------------------------------------------------------------- command and API


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["check", *map(str, arguments)], standalone_mode=False)
    if isinstance(result.exception, DeriveError):
        return result.exception.exit_code, "", str(result.exception)
    assert result.exception is None, result.exception
    return int(result.return_value or 0), result.stdout, result.stderr


def test_exit_codes(answers: dict[str, Path]) -> None:
    assert run(answers["right"], PROBLEM)[0] == 0
    assert run(answers["wrong"], PROBLEM)[0] == 1
    assert run(answers["right"], answers["wrong"], PROBLEM)[0] == 1
    code, _, said = run(answers["prose"], PROBLEM)
    assert code == 4  # nothing was judged
    assert "no formulas were found" in said


def test_an_answer_that_only_defines_is_not_right(tmp_path: Path) -> None:
    file = tmp_path / "given.md"
    file.write_text("Let $q_1 = 2$.\n")
    code, said, warned = run(file, PROBLEM, "--format", "json")
    assert code == 4
    assert json.loads(said)["summary"]["right"] is None
    assert json.loads(said)["summary"]["judged"] == 0
    assert "nothing was judged" in warned


def test_what_was_not_read_is_warned_about(answers: dict[str, Path]) -> None:
    assert "not judged: line 6" in run(answers["wrong"], PROBLEM)[2]


def test_a_folder_of_problems(answers: dict[str, Path]) -> None:
    code, said, _ = run(answers["wrong"], PROBLEM.parent, "--format", "json")
    assert code == 1
    assert json.loads(said)["chains"][0]["part"] == "1.2.a"


def test_several_answers_give_a_list(answers: dict[str, Path]) -> None:
    said = run(answers["right"], answers["wrong"], PROBLEM, "--format", "json")[1]
    assert [found["summary"]["right"] for found in json.loads(said)] == [True, False]


def test_out_names_the_file(answers: dict[str, Path], tmp_path: Path) -> None:
    run(answers["wrong"], PROBLEM, "--format", "html", "-o", tmp_path / "sheet.html")
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    run(answers["wrong"], PROBLEM, "-o", tmp_path / "said.txt")
    assert "ill-typed" in (tmp_path / "said.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.md", PROBLEM], "no such file: absent.md"),
        ([PROBLEM, PROBLEM], "is a problem file, not an answer"),
        (["{wrong}", "absent.yaml"], "absent.yaml"),
        (["{wrong}", PROBLEM, "--part", "9.9"], "has no part '9.9'"),
    ],
)
def test_mistakes_are_told(arguments: list[object], message: str, answers: dict[str, Path]) -> None:
    given = [answers["wrong"] if a == "{wrong}" else a for a in arguments]
    code, _, said = run(*given)
    assert code == 2
    assert message in said


def test_a_binary_file_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "paper.tex"
    file.write_bytes(b"%PDF\0\1\2")
    with pytest.raises(DeriveError, match="not a text"):
        text_of(file)


def test_the_python_api() -> None:
    checked = derive.check_answer(WRONG, PROBLEM)
    assert checked.first_wrong == [5]
    assert not checked.is_right
    assert checked.json["summary"]["first_wrong"] == [5]
    assert "wrong" in repr(checked) or "ill-typed" in repr(checked)
    assert derive.check_answer(RIGHT, derive.load(PROBLEM), "1.2.a").is_right
