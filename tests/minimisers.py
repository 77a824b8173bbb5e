"""Problems about minimisers in one row each: symbols, what is asked, the closed form that is expected."""

from __future__ import annotations

from dataclasses import dataclass

from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.problem.load import loads


@dataclass(frozen=True)
class Asked:
    """A row: `symbols`, `define`, `index`, `sizes` and `subject_to` are separated by `;`."""

    name: str
    symbols: str
    find: str
    answer: str = ""
    define: str = ""
    index: str = ""
    subject_to: str = ""
    sizes: str = ""
    multiplier: str = ""

    @property
    def source(self) -> str:
        lines = ["format: 1", f"title: {self.name}"]
        for section, rows in (("index", self.index), ("symbols", self.symbols), ("define", self.define)):
            if rows:
                lines += [f"{section}:", *(f"  {row.strip()}" for row in rows.split(";"))]
        if self.sizes:
            lines.append(f"sizes: {self.sizes}")
        lines += ["parts:", "  - id: a", "    ask: Derive it.", f"    find: {self.find}"]
        if self.subject_to:
            lines += ["    subject_to:", *(f"      - {row.strip()}" for row in self.subject_to.split(";"))]
        if self.multiplier:
            lines.append(f"    multiplier: {self.multiplier}")
        if self.answer:
            lines.append(f"    expect: {self.answer}")
        return "\n".join(lines) + "\n"


def solved(asked: Asked) -> PartResult:
    return solve(loads(asked.source, f"{asked.name}.yaml"), second_opinion=False).parts[0]
