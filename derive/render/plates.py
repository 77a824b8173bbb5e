r"""Tables, listings and drawings of a derivation as blocks of a page.

A further kind of block is a row in PAGE. Drawings are TikZ of our own making, without loops or definitions.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Iterator

from derive.notation.derivation import Block, Cell, Curve, Edge, Graph, Listing, Plot, Table, Vertex
from derive.notation.latex import escaped, flat_latex, latex
from derive.render import document as page
from derive.render.breaks import grouped
from derive.render.exhibits import cell_text
from derive.render.say import capital, in_latex, say
from derive.tree.nodes import Node
from derive.vocabulary.scope import Scope

Point = tuple[float, float]

WIDTH, HEIGHT = 9.0, 4.6  # of a plot, in cm
COLOURS = ("blue!60!black", "red!70!black", "green!45!black", "orange!80!black", "violet")
DASHES = ("solid", "dashed", "dash dot", "densely dotted", "loosely dashed")


def page_blocks(block: Block, scope: Scope) -> Iterator[page.Block]:
    """What a page shows of a block; findings are told at the end of a part."""
    write = PAGE.get(type(block))
    if write is not None:
        yield from write(block, scope)


def cell_prose(cell: Cell, scope: Scope) -> str:
    """Words with their dollars escaped, or a formula between dollars."""
    if isinstance(cell, str):
        return cell.replace("$", r"\$")
    return f"${grouped(flat_latex(cell, scope.notation))}$"


def cell_latex(cell: Cell, scope: Scope) -> str:
    return escaped(cell) if isinstance(cell, str) else f"${latex(cell, scope.notation)}$"


def cell_flat(cell: Cell, scope: Scope) -> str:
    """For labels: fractions on one line."""
    return escaped(cell) if isinstance(cell, str) else f"${flat_latex(cell, scope.notation)}$"


def _table(block: Table, scope: Scope) -> Iterator[page.Block]:
    if block.title is not None:
        yield page.Prose(capital(say(block.title, in_latex(scope))) + ":", leads_in=True)
    rows = tuple(tuple(cell_prose(cell, scope) for cell in row) for row in block.rows)
    marked = block.chosen if len(block.chosen) < len(rows) else frozenset()
    yield page.Table(tuple(cell_prose(cell, scope) for cell in block.header), rows, marked)


def _listing(block: Listing, scope: Scope) -> Iterator[page.Block]:
    if block.language != "pseudocode":
        rows = ("    " * row.indent + "".join(str(piece.said) for piece in row.pieces) for row in block.rows)
        yield page.Code("\n".join(rows), block.language)
        return
    lines = tuple(
        page.AlgorithmRow(
            row.indent,
            "".join(
                rf"\textbf{{{escaped(str(piece.said))}}}"
                if piece.is_keyword
                else cell_latex(piece.said, scope)
                for piece in row.pieces
            ),
        )
        for row in block.rows
    )
    yield page.Algorithm(block.title, lines)


# ---------------------------------------------------------------- graphs

STYLES = {
    "state": "circle,draw,minimum size=9mm,inner sep=1pt",
    "given": "circle,draw,fill=black!8,minimum size=9mm,inner sep=1pt",
    "output": "circle,draw,very thick,minimum size=9mm,inner sep=1pt",
    "word": "rectangle,rounded corners=2pt,draw,minimum height=5.5mm,inner xsep=3pt,inner ysep=1pt",
}
CHOSEN = "very thick,blue!60!black"


def _graph(block: Graph, scope: Scope) -> Iterator[page.Block]:
    said = [cell_text(e.label, scope) for e in block.edges]
    roomy = 0.16 * max(0, max(map(len, said), default=0) - 5)  # cm for labels longer than "-1.25"
    dx, dy = (2.6 + roomy, 0.62) if block.is_tree else (3.1, 1.75)
    lines = [r"\begin{tikzpicture}[>={Stealth[length=2mm]},font=\small]"]
    where = {v.name: (v.x * dx, v.y * dy) for v in block.vertices}
    ids = {v.name: f"v{n}" for n, v in enumerate(block.vertices)}
    lines += [_vertex(v, ids[v.name], where[v.name], scope) for v in block.vertices]
    crowded = [where[v.name] for v in block.vertices]
    drawn = [(where[e.start], where[e.end]) for e in block.edges]
    lines += [_edge(e, ids, where, crowded, drawn, scope, block.is_tree) for e in block.edges]
    lines.append(r"\end{tikzpicture}")
    yield page.Figure("\n".join(lines), block.caption)


def _vertex(v: Vertex, name: str, at: tuple[float, float], scope: Scope) -> str:
    chosen = f",{CHOSEN}" if v.is_chosen else ""
    return rf"\node[{STYLES[v.kind]}{chosen}] ({name}) at ({at[0]:.2f},{at[1]:.2f}) {{{cell_latex(v.label, scope)}}};"


def _edge(
    e: Edge,
    ids: dict[str, str],
    where: dict[str, Point],
    crowded: list[Point],
    drawn: list[tuple[Point, Point]],
    scope: Scope,
    is_tree: bool,
) -> str:
    a, b = where[e.start], where[e.end]
    style = f",{CHOSEN}" if e.is_chosen else ""
    label = cell_flat(e.label, scope)
    shown = ""
    if label:
        around = _passes(a, b, crowded)
        beside = (
            ("left" if around else "right") if a[0] == b[0] else f"pos={_apart(a, b, crowded, drawn):.2f}"
        )
        place = "pos=0.62" if is_tree else f"pos=0.28,{beside}" if around else beside
        fill = "" if "left" in place or "right" in place else "fill=papercolour,"
        shown = rf"node[{place},{fill}inner sep=1pt,font=\footnotesize]{{{label}}} "
    if is_tree:
        return rf"\draw[->{style}] ({ids[e.start]}.east) -- {shown}({ids[e.end]}.west);"
    bend = ",bend left=40" if _passes(a, b, crowded) else ""
    return rf"\draw[->{style}] ({ids[e.start]}) to[{bend.lstrip(',')}] {shown}({ids[e.end]});"


def _apart(a: Point, b: Point, crowded: list[Point], drawn: list[tuple[Point, Point]]) -> float:
    """Where along the arrow its label is well away from nodes and from other arrows, else farthest from them."""
    others = [ends for ends in drawn if ends != (a, b)]

    def room(share: float) -> float:
        at = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
        nodes = min((math.dist(at, p) - RADIUS for p in crowded), default=FAR)
        return min(FAR, nodes, *(_distance(at, *ends) for ends in others))

    return max(ALONG, key=lambda share: round(room(share), 2))


ALONG = (0.45, 0.5, 0.4, 0.55, 0.35, 0.6, 0.3, 0.65, 0.25, 0.7)  # places of a label, the best liked first
RADIUS, FAR = 0.45, 0.5  # of a node, and what is far enough, in cm


def _distance(p: Point, a: Point, b: Point) -> float:
    """From p to the line between a and b."""
    length = math.dist(a, b)
    if not length:
        return math.dist(p, a)
    along = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length**2
    along = min(1.0, max(0.0, along))
    return math.dist(p, (a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])))


def _passes(a: tuple[float, float], b: tuple[float, float], others: list[tuple[float, float]]) -> bool:
    """Whether the straight line from a to b runs through another vertex."""
    length = math.dist(a, b)
    for p in others:
        if p in (a, b) or not length:
            continue
        along = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length**2
        away = abs((p[0] - a[0]) * (b[1] - a[1]) - (p[1] - a[1]) * (b[0] - a[0])) / length
        if 0 < along < 1 and away < 0.5:
            return True
    return False


# ---------------------------------------------------------------- plots


def _plot(block: Plot, scope: Scope) -> Iterator[page.Block]:
    xs = [x for c in block.curves for x, _ in c.points]
    ys = [y for c in block.curves for _, y in c.points]
    left, right = min(xs), max(xs)
    x_ticks = [x for x in _ticks(left, right) if left - 1e-9 <= x <= right + 1e-9]
    y_ticks = _ticks(min(ys), max(ys))
    low, high = min(*ys, y_ticks[0]), max(*ys, y_ticks[-1])

    def at(x: float, y: float) -> str:
        return f"({(x - left) / (right - left) * WIDTH:.3f},{(y - low) / (high - low) * HEIGHT:.3f})"

    lines = [r"\begin{tikzpicture}[font=\footnotesize]"]
    lines += [rf"\draw[black!12] {at(x, low)} -- {at(x, high)};" for x in x_ticks]
    lines += [rf"\draw[black!12] {at(left, y)} -- {at(right, y)};" for y in y_ticks]
    lines.append(rf"\draw[black!55] {at(left, low)} rectangle {at(right, high)};")
    lines += [rf"\node[below] at {at(x, low)} {{${x:g}$}};" for x in x_ticks]
    lines += [rf"\node[left] at {at(left, y)} {{${y:g}$}};" for y in y_ticks]
    variable = latex(block.variable, scope.notation)
    lines.append(rf"\node[below=12pt] at {at((left + right) / 2, low)} {{${variable}$}};")
    for n, curve in enumerate(block.curves):
        style = f"{COLOURS[n % len(COLOURS)]},{DASHES[n % len(DASHES)]},line width=0.9pt"
        for piece in _pieces(curve):
            lines.append(rf"\draw[{style}] {' -- '.join(at(x, y) for x, y in piece)};")
        for x, y, belongs in _ends(curve):
            colour = COLOURS[n % len(COLOURS)]
            fill = f"{colour}" if belongs else "white"
            lines.append(rf"\filldraw[draw={colour},fill={fill},line width=0.7pt] {at(x, y)} circle (1.6pt);")
        y = HEIGHT - 0.3 - 0.45 * n
        lines.append(rf"\draw[{style}] ({WIDTH + 0.3:.2f},{y:.2f}) -- ({WIDTH + 0.95:.2f},{y:.2f});")
        label = _curve_label(curve.label, scope)
        lines.append(rf"\node[right] at ({WIDTH + 1.0:.2f},{y:.2f}) {{${label}$}};")
    lines.append(r"\end{tikzpicture}")
    yield page.Figure("\n".join(lines), block.caption)


def _pieces(curve: Curve) -> list[list[tuple[float, float]]]:
    """The points between the jumps, each piece up to its limits."""
    pieces: list[list[tuple[float, float]]] = [[]]
    waiting = list(curve.jumps)
    for x, y in curve.points:
        pieces[-1].append((x, y))
        if waiting and x == waiting[0].behind:
            jump = waiting.pop(0)
            pieces[-1] += [(jump.at, jump.before)] if jump.before is not None else []
            pieces.append([(jump.at, jump.after)] if jump.after is not None else [])
    return [piece for piece in pieces if len(piece) > 1]


def _ends(curve: Curve) -> list[tuple[float, float, bool]]:
    """The limits at the jumps, and whether each is the value there."""
    return [
        (jump.at, y, jump.value is not None and abs(jump.value - y) < 1e-6)
        for jump in curve.jumps
        for y in (jump.before, jump.after)
        if y is not None
    ]


def _curve_label(node: Node, scope: Scope) -> str:
    r"""\sigma'(x) for the derivative of \sigma(x)."""
    if node.op == "gradient" and node.args[0].args == (node.args[1],):
        return latex(node.args[0], scope.notation).replace("(", "'(", 1)
    return latex(node, scope.notation)


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers from low to high."""
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(k for k in (1, 2, 2.5, 5, 10) if span / (step * k) <= 6)
    first = math.floor(low / step + 1e-9) if low > 0 or low % step > 1e-9 else round(low / step)
    last = math.ceil(high / step - 1e-9)
    ticks = [round(n * step, 10) for n in range(math.floor(first), last + 1)]
    return [t for t in ticks if low - step <= t <= high + step]


PAGE: dict[type, Callable[[Any, Scope], Iterator[page.Block]]] = {
    Table: _table,
    Listing: _listing,
    Graph: _graph,
    Plot: _plot,
}
