"""A build in the terminal: the bar while it runs, the table when it is done. Rich is imported here alone.

To say something new in the table, add a column in `print_table`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from derive.build.stamps import Built

COLOURS = {"checked": "green", "authored": "green", "not-checked": "yellow"}


@contextmanager
def progress(total: int) -> Iterator[Callable[[Built], None]]:
    """A bar on stderr while this lasts, and what to call for each outcome."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("building", total=total)
        yield lambda built: bar.update(task, advance=1, description=built.file)


def print_table(rows: Sequence[Built]) -> None:
    """File, parts, status, seconds, pages."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("problem", overflow="fold")
    table.add_column("parts", justify="right")
    table.add_column("status")
    table.add_column("seconds", justify="right")
    table.add_column("pages", justify="right")
    table.add_column("files", overflow="fold")
    for row in rows:
        status = Text(row.status + (", up to date" if row.up_to_date else ""), COLOURS.get(row.status, "red"))
        table.add_row(
            row.file,
            str(row.parts or "-"),
            status,
            "-" if row.up_to_date else f"{row.seconds:.1f}",
            str(row.pages or "-"),
            " ".join(row.files) or "-",
        )
    console = Console()
    Console(width=console.width if console.is_terminal else 160).print(table)
