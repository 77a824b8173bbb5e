"""Floor 9: the command `derive`. Whatever is slow to import is imported inside the command that needs it.

A new command is a function below, with an example at the end of its help; its help imports click alone.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import AbstractContextManager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Sequence

import click

from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.build.stamps import Built
    from derive.judging.judged import Report

FILE = click.Path(path_type=Path)
INTERNAL = 3
INTERRUPTED = 130


YOUNG = 50_000  # nodes are many, live long and are never in cycles: looking through them often finds nothing


def main(arguments: list[str] | None = None) -> None:
    """Run and exit: 0 nothing failed, 1 failed or not derived, 2 bad input, 3 a defect of derive itself."""
    code = INTERNAL
    gc.set_threshold(YOUNG, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name or a sign that this terminal cannot show
    try:
        # not cli.main, which makes an error of a reader that leaves early
        with cli.make_context("derive", sys.argv[1:] if arguments is None else arguments) as context:
            code = cli.invoke(context) or 0
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except DeriveError as error:
        click.echo(str(error), err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the reader has gone, the interpreter flushes once more
        code = 0
    except Exception as error:
        if os.environ.get("DERIVE_DEBUG") == "1":
            raise
        said = f"internal error: {type(error).__name__}: {error}"
        click.echo(f"{said}; please report it with the problem file (DERIVE_DEBUG=1 shows where)", err=True)
    sys.exit(code)


def _examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]}, epilog=_examples("derive solve problem.yaml")
)
@click.version_option(package_name="derive", message="%(prog)s %(version)s")
def cli() -> None:
    """Solution keys, derived line by line and checked line by line, from problems in YAML."""


@cli.command(epilog=_examples("derive solve problems/ift6135-a3/birnn.yaml --part 1.2.a --detail full"))
@click.argument("file", type=FILE)
@click.option("--part", metavar="ID", help="Only this part.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "json"]),
    default="text",
    show_default=True,
    help="How to show it; latex is a fragment, json has a schema.",
)
@click.option(
    "--detail",
    type=click.Choice(["brief", "full"]),
    help="full adds each line's verdict and substeps.  [default: the part's own, else brief]",
)
@click.option("--no-second-opinion", is_flag=True, help="Do not ask SymPy.")
def solve(file: Path, part: str | None, form: str, detail: str | None, no_second_opinion: bool) -> int:
    """Derive, check and show the answers of one problem."""
    import json
    import shutil

    from derive.api import load
    from derive.render.latex_view import problem_latex
    from derive.render.text_view import problem_text

    loaded = load(file)
    for notice in loaded.problem.notices:
        click.echo(f"warning: {notice}", err=True)
    solution = loaded.solve(part, second_opinion=not no_second_opinion)
    if form == "json":
        click.echo(json.dumps(solution.json, indent=2, ensure_ascii=False, allow_nan=False))
    elif form == "latex":
        click.echo(problem_latex(solution.result), nl=False)
    else:
        width = min(shutil.get_terminal_size((110, 24)).columns, 140)
        click.echo(problem_text(solution.result, detail, width), nl=False, color=_colour())
    if solution.status == "not-checked":
        click.echo("warning: some lines are not checked", err=True)
    return int(solution.status in {"failed", "not-derived"})


def _colour() -> bool | None:
    """None lets click decide by the terminal."""
    return False if os.environ.get("NO_COLOR") else None


class _Expression(click.Command):
    """A command whose argument may start with a minus sign."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        minus = [a for a in args if a.startswith("-") and a[1:2] not in ("", "-") and a != "-h"]
        return super().parse_args(
            ctx, [*(a for a in args if a not in minus), *(["--", *minus] if minus else [])]
        )


@cli.command(
    cls=_Expression,
    epilog=_examples(
        'derive grad "sqnorm(A@x - b)" --wrt x --shape A=m,n --shape x=n --shape b=m',
        'derive grad "x.T @ S @ x" --wrt x --shape S=n,n --shape x=n --fact S=symmetric --hessian',
        'derive grad "-y.T @ log(p)" --wrt z --shape y=c --shape z=c --fact y=onehot --define "p = softmax(z)"',
    ),
)
@click.argument("expression")
@click.option("--wrt", required=True, metavar="NAME", help="The variable.")
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    metavar="A=m,n",
    help="One name: m,n a matrix, n a vector, nothing a scalar.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="S=spd",
    help="What else is known of a name; see `derive functions`.",
)
@click.option(
    "--define", multiple=True, metavar="'p = softmax(z)'", help="A name for a part of the expression."
)
@click.option(
    "--index",
    multiple=True,
    metavar="t=1..T",
    help="The range of an index; --shape 'x[t]=d' is then a family.",
)
@click.option("--for", "ranges", multiple=True, metavar="t=1..T-1", help="A smaller range for this question.")
@click.option("--hessian", "derivative", flag_value="hessian", help="The second derivative.")
@click.option("--jacobian", "derivative", flag_value="jacobian", help="The Jacobian, even of a scalar.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "latex", "json"]),
    default="text",
    show_default=True,
    help="text has the code too; latex is the derivation as a fragment.",
)
@click.option("--code", type=click.Choice(["numpy", "torch"]), help="Print the function alone.")
@click.option(
    "--detail", type=click.Choice(["brief", "full"]), help="full adds each line's verdict and substeps."
)
@click.option("--no-second-opinion", is_flag=True, help="Do not ask SymPy.")
def grad(
    expression: str,
    wrt: str,
    shapes: tuple[str, ...],
    facts: tuple[str, ...],
    define: tuple[str, ...],
    index: tuple[str, ...],
    ranges: tuple[str, ...],
    derivative: str | None,
    form: str,
    code: str | None,
    detail: str | None,
    no_second_opinion: bool,
) -> int:
    """Derive one derivative: the gradient of a scalar, the Jacobian of a vector.

    Written as in problem files: @ is the matrix product, .T the transpose, * / ** work entry by entry.
    """
    import json
    import shutil

    from derive.kinds.solve import solve_part
    from derive.problem.single import Texts, question
    from derive.render.latex_view import part_latex
    from derive.render.single_view import single_code, single_json, single_text

    part = question(expression, wrt, Texts(shapes, facts, define, index, ranges), derivative or "")
    result = solve_part(part, second_opinion=not no_second_opinion)
    if form == "json":
        click.echo(json.dumps(single_json(result), indent=2, ensure_ascii=False, allow_nan=False))
    elif code and result.answers:
        click.echo(single_code(result, code), nl=False)
    elif code:
        click.echo(f"not derived: {result.error}", err=True)
    elif form == "latex":
        click.echo(part_latex(result))
    else:
        width = min(shutil.get_terminal_size((110, 24)).columns, 140)
        click.echo(single_text(result, detail, width), nl=False, color=_colour())
    if result.status == "not-checked":
        click.echo("warning: some lines are not checked", err=True)
    return int(result.status in {"failed", "not-derived"})


@cli.command(epilog=_examples("derive build", "derive build problems/ift6135-a3 --out keys -j 4 --handout"))
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH]...")
@click.option("--out", type=FILE, default=Path("build"), show_default=True, help="Where the PDFs go.")
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Processes.  [default: all cores]")
@click.option("--handout", is_flag=True, help="The questions without answers too.")
@click.option("--tex", is_flag=True, help="Keep the LaTeX beside each PDF.")
@click.option("--templates", type=FILE, metavar="DIR", help="Templates searched before derive's own.")
@click.option("--force", is_flag=True, help="Build even what has not changed.")
def build(
    paths: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    handout: bool,
    tex: bool,
    templates: Path | None,
    force: bool,
) -> int:
    """Build the key of every problem in PATH (files or folders; problems/ where none is named).

    A problem in which anything fails gets no key, but its handout. What has not changed is not built again.
    """
    from derive.build import batch

    rows = batch.build(
        paths,
        out,
        jobs=jobs,
        handout=handout,
        tex=tex,
        templates=templates,
        force=force,
        watch=_progress if sys.stderr.isatty() else None,
    )
    if all(row.up_to_date for row in rows):
        click.echo(
            f"nothing to do: {len(rows)} {'problem is' if len(rows) == 1 else 'problems are'} up to date"
        )
    else:
        from derive.build.report import print_table

        print_table(rows)
    for row in rows:
        for said in row.failures:
            click.echo(said, err=True)
        if row.status == "not-checked":
            click.echo(f"warning: {row.file}: some lines are not checked", err=True)
        for said in () if row.up_to_date else row.notes:
            click.echo(f"warning: {said}", err=True)
    return batch.exit_code(rows)


def _progress(total: int) -> AbstractContextManager[Callable[[Built], None]]:
    from derive.build.report import progress

    return progress(total)


@cli.command(epilog=_examples("derive check answer.md problems/ift6135-a3 --part 1.2.a"))
@click.argument("answers", nargs=-1, required=True, type=FILE, metavar="ANSWER...")
@click.argument("problem", type=FILE)
@click.option("--part", metavar="ID", help="Only this part; what fits none is judged with its names.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "pdf"]),
    default="text",
    show_default=True,
    help="pdf and html are sheets with the lines marked; json has a schema.",
)
@click.option("-o", "--out", type=FILE, help="The file to write; for several sheets a folder.")
def check(answers: tuple[Path, ...], problem: Path, part: str | None, form: str, out: Path | None) -> int:
    """Judge hand-written answers (.tex, .md) line by line against PROBLEM, a file or a folder of them.

    Exit code: 0 no line is wrong, 1 a line is wrong, 2 bad input, 4 nothing was judged. Lines that could not be read
    count as neither; a warning names them.
    """
    from derive.judging.files import check_files, worst

    reports = check_files(answers, problem, part)
    if form in ("html", "pdf"):
        from derive.build.sheets import write_sheets

        for path in write_sheets(reports, form, out):
            click.echo(str(path))
    else:
        _write(_said(reports, form, colour=out is None), out)
    for report in reports:
        unread = [str(j.claim.line) for j in report.claims if j.verdict in ("unreadable", "not-checked")]
        if not report.claims:
            click.echo(f"warning: {report.answer.text.file}: no formulas were found", err=True)
        elif not unread and not report.judged:
            click.echo(f"warning: {report.answer.text.file}: nothing was judged", err=True)
        elif unread:
            lines = ", ".join(dict.fromkeys(unread))
            click.echo(f"warning: {report.answer.text.file}: not judged: line {lines}", err=True)
    return worst(reports)


def _said(reports: Sequence[Report], form: str, colour: bool) -> str:
    """The reports as text or JSON; of several answers a list, or a table at the end."""
    import json
    import shutil

    if form == "json":
        from derive.judging.report_json import report_json

        found = [report_json(report) for report in reports]
        shown = found[0] if len(found) == 1 else found
        return json.dumps(shown, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    from derive.judging.report_text import report_text, table_text

    width = min(shutil.get_terminal_size((110, 24)).columns, 140)
    coloured = colour and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    said = [report_text(report, width, coloured) for report in reports]
    if len(reports) > 1:
        said.append(table_text(reports, width, coloured))
    return "\n".join(said)


def _write(said: str, out: Path | None) -> None:
    if out is None:
        click.echo(said, nl=False)
    else:
        from derive.build.atomic import put

        put(said.encode(), out)


@cli.command(epilog=_examples("derive validate problems/*/*.yaml"))
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
def validate(files: tuple[Path, ...]) -> int:
    """Read problems without solving them: errors, and the sizes that were inferred."""
    from derive.problem.assignment import is_assignment, load_assignment
    from derive.problem.load import inferred_sizes, load

    wrong = 0
    for file in files:
        try:
            if is_assignment(file):
                assignment = load_assignment(file)
                many = sum(len(problem.parts) for problem in assignment.problems)
                click.echo(f"{file}: {len(assignment.problems)} problems, {many} parts")
                continue
            problem = load(file)
        except DeriveError as error:
            wrong = max(wrong, error.exit_code)
            click.echo(str(error), err=True)
            continue
        for notice in problem.notices:
            click.echo(f"warning: {notice}", err=True)
        parts = len(problem.parts)
        sizes = ", ".join(inferred_sizes(problem)) or "none"
        click.echo(f"{file}: {parts} part{'s' * (parts != 1)}; sizes: {sizes}")
    return wrong


@cli.command(epilog=_examples("derive rules | grep softmax"))
def rules() -> None:
    """List the rules of derivation: name, statement, conditions."""
    from derive.rules.tables import ALL

    rows = [(rule.group, rule.name, rule.statement, ", ".join(rule.where)) for rule in ALL]
    _print_columns(("group", "name", "statement", "conditions"), rows)


@cli.command(epilog=_examples("derive functions | grep -i norm"))
def functions() -> None:
    """List the functions that problem files may use."""
    from derive.vocabulary.build import TABLE

    rows = [(op.kind, op.signature, op.meaning) for op in TABLE.values() if op.kind != "leaf"]
    _print_columns(("kind", "write", "meaning"), sorted(rows, key=lambda row: row[0]))


@cli.command(epilog=_examples("derive doctor"))
def doctor() -> int:
    """Say what is installed, what is missing, and what installs it."""
    from derive.build.doctor import examine

    findings = examine()
    for finding in findings:
        mark = "ok" if finding.found else "MISSING" if finding.needed else "absent"
        click.echo(f"{mark:8}{finding.name:16}{finding.found or finding.why}")
        if not finding.found:
            click.echo(f"{'':24}{finding.install}")
    missing = [finding.name for finding in findings if not finding.fine]
    click.echo(f"missing: {', '.join(missing)}" if missing else "derive has all it needs")
    return int(bool(missing))


def _print_columns(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """The rows below their header, each column as wide as its widest entry."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for i, row in enumerate([header, *rows]):
        line = "  ".join(entry.ljust(width) for entry, width in zip(row, widths, strict=True)).rstrip()
        click.echo(click.style(line, bold=True) if i == 0 else line, color=_colour())
