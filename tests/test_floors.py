"""The floors of the house: a module imports only from smaller floors (or its own), and the check never asks the engine."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import derive

ROOT = Path(derive.__file__).parent
FLOORS = {
    "errors": 0,
    "tree": 1,
    "vocabulary": 2,
    "notation": 3,
    "latexread": 4,
    "rules": 4,
    "rewrite": 4,
    "values": 4,
    "problem": 5,
    "check": 5,
    "kinds": 6,
    "judging": 7,
    "render": 7,
    "build": 8,
    "api": 9,
    "cli": 9,
    "__init__": 9,
    "__main__": 9,
}
APART = {("check", "problem"), ("problem", "check")}  # neighbours on one floor that do not see each other


def imports_of(path: Path) -> set[str]:
    """The top-level parts of `derive` that a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "derive":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("derive.")}
    return {name for name in found if name in FLOORS}


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


FILES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    here = part_of(path)
    for other in imports_of(path):
        assert other == here or FLOORS[other] <= FLOORS[here], f"{here} imports {other}"
        assert (here, other) not in APART, f"{here} imports {other}"


@pytest.mark.parametrize("path", [p for p in FILES if part_of(p) == "check"], ids=lambda p: p.name)
def test_the_check_never_asks_the_engine(path: Path) -> None:
    assert not imports_of(path) & {"rules", "rewrite", "values", "kinds"}


def test_only_the_border_imports_sympy() -> None:
    users = {
        p.relative_to(ROOT).as_posix()
        for p in FILES
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(name.split(".")[0] == "sympy" for name in _names(node))
    }
    assert users <= {"tree/border.py", "api.py"}, users  # the API names its type only


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]


def test_a_planted_import_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def f():\n    from derive.rules import tables\n")
    assert imports_of(planted) == {"rules"}
