r"""Tables, listings and drawings of a derivation in words: what the terminal prints and the JSON holds.

A further kind of block is a row in IN_TEXT and one in IN_JSON; its LaTeX stands in `plates.py`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

from derive.notation.derivation import Block, Cell, Edge, Finding, Graph, Listing, ListingRow, Plot, Table
from derive.notation.text import text
from derive.render.say import in_text, say
from derive.vocabulary.scope import Scope

Json = dict[str, Any]
STEP = "  "


def cell_text(cell: Cell, scope: Scope) -> str:
    return cell if isinstance(cell, str) else text(cell, scope)


def row_text(row: ListingRow, scope: Scope) -> str:
    return STEP * row.indent + "".join(cell_text(piece.said, scope) for piece in row.pieces)


def lines_of_block(block: Block, scope: Scope) -> Iterator[str]:
    """The block as lines of text."""
    write = IN_TEXT.get(type(block))
    if write is not None:
        yield from write(block, scope)


def _table(block: Table, scope: Scope) -> Iterator[str]:
    if block.title is not None:
        yield say(block.title, in_text(scope)) + ":"
    header = [cell_text(cell, scope) for cell in block.header]
    rows = [[cell_text(cell, scope) for cell in row] for row in block.rows]
    widths = [max(len(row[n]) for row in [header, *rows]) for n in range(len(header))]
    marked = bool(block.chosen) and len(block.chosen) < len(rows)
    for n, row in enumerate([header, *rows]):
        mark = ("> " if n - 1 in block.chosen else "  ") if marked else ""
        yield (
            STEP
            + mark
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _listing(block: Listing, scope: Scope) -> Iterator[str]:
    if block.title:
        yield block.title
    numbered = block.language == "pseudocode"
    for n, row in enumerate(block.rows, 1):
        yield (f"{n:>3}  " if numbered else STEP) + row_text(row, scope)


def _graph(block: Graph, scope: Scope) -> Iterator[str]:
    if block.is_tree:
        yield from _outline(block, scope)
        return
    labels = {v.name: cell_text(v.label, scope) for v in block.vertices}
    yield f"{block.caption or 'graph'}: {len(block.vertices)} nodes, {len(block.edges)} edges"
    for edge in block.edges:
        label = cell_text(edge.label, scope)
        arrow = f" --{label}--> " if label else " --> "
        yield STEP + ("> " if edge.is_chosen else "  ") + labels[edge.start] + arrow + labels[edge.end]


def _outline(block: Graph, scope: Scope) -> Iterator[str]:
    """A tree: each word below the one before it, with the number at its arrow."""
    if block.caption:
        yield block.caption
    words = {v.name: cell_text(v.label, scope) for v in block.vertices}
    below: dict[str, list[Edge]] = {}
    for edge in block.edges:
        below.setdefault(edge.start, []).append(edge)
    margin = "  " if any(e.is_chosen for e in block.edges) else ""

    def under(name: str, depth: int) -> Iterator[str]:
        for edge in below.get(name, ()):
            mark = "> " if edge.is_chosen else margin
            yield f"{STEP}{mark}{STEP * depth}{words[edge.end]}  {cell_text(edge.label, scope)}".rstrip()
            yield from under(edge.end, depth + 1)

    root = block.vertices[0].name
    yield STEP + margin + words[root]
    yield from under(root, 1)


def _plot(block: Plot, scope: Scope) -> Iterator[str]:
    for curve in block.curves:
        ys = [y for _, y in curve.points]
        low, high = curve.points[0][0], curve.points[-1][0]
        said = f"{text(curve.label, scope)} over {text(block.variable, scope)} = {low:g}..{high:g}"
        yield f"{said}: from {min(ys):.4g} to {max(ys):.4g}"


IN_TEXT: dict[type, Callable[[Any, Scope], Iterator[str]]] = {
    Table: _table,
    Listing: _listing,
    Graph: _graph,
    Plot: _plot,
}


# ---------------------------------------------------------------- JSON


def exhibits_json(blocks: tuple[Block, ...], scope: Scope) -> Json:
    """`tables`, `listings`, `figures`, `findings`: each only where the part has one."""
    found: Json = {}
    for block in blocks:
        row = IN_JSON.get(type(block))
        if row is not None:
            key, write = row
            found.setdefault(key, []).append(write(block, scope))
    return found


def _table_json(block: Table, scope: Scope) -> Json:
    return {
        "title": say(block.title, in_text(scope)) if block.title else "",
        "header": [cell_text(cell, scope) for cell in block.header],
        "rows": [[cell_text(cell, scope) for cell in row] for row in block.rows],
        "chosen": sorted(block.chosen),
    }


def _listing_json(block: Listing, scope: Scope) -> Json:
    code = "\n".join(row_text(row, scope) for row in block.rows)
    return {"title": block.title, "language": block.language, "text": code}


def _graph_json(block: Graph, scope: Scope) -> Json:
    return {
        "caption": block.caption,
        "nodes": [
            {"id": v.name, "label": cell_text(v.label, scope), "kind": v.kind, "chosen": v.is_chosen}
            for v in block.vertices
        ],
        "edges": [
            {"from": e.start, "to": e.end, "label": cell_text(e.label, scope), "chosen": e.is_chosen}
            for e in block.edges
        ],
        "curves": [],
    }


def _plot_json(block: Plot, scope: Scope) -> Json:
    curves = [{"label": text(c.label, scope), "points": [[x, y] for x, y in c.points]} for c in block.curves]
    return {"caption": block.caption, "nodes": [], "edges": [], "curves": curves}


def _finding_json(block: Finding, scope: Scope) -> Json:
    verdict = block.verdict
    return {
        "what": block.what,
        "verdict": {
            "status": verdict.status,
            "method": verdict.method,
            "instances": verdict.instances,
            "max_error": verdict.max_error if verdict.instances else None,
            "reason": verdict.reason,
        },
    }


IN_JSON: dict[type, tuple[str, Callable[[Any, Scope], Json]]] = {
    Table: ("tables", _table_json),
    Listing: ("listings", _listing_json),
    Graph: ("figures", _graph_json),
    Plot: ("figures", _plot_json),
    Finding: ("findings", _finding_json),
}
