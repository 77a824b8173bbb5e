"""A tree of data as a drawing: words in columns, leaves below each other, log-probabilities at the arrows.

Beside the kind `search`, statements draw it (`{{ tree }}`), which need no search: so nothing here is found.
"""

from __future__ import annotations

from collections.abc import Collection

from derive.notation.derivation import Edge, Graph, Vertex
from derive.problem.data_tables import LogProbability, Path, Tree
from derive.tree.nodes import Node
from derive.vocabulary.build import add, build, num


def tree_graph(tree: Tree, chosen: Collection[Path] = (), caption: str = "") -> Graph:
    """The tree with the `chosen` paths (and their beginnings) standing out."""
    heights = _heights(tree)
    vertices = [Vertex("", tree.root, 0.0, heights[()], "word", () in chosen)]
    edges = []
    for path, y in heights.items():
        if not path:
            continue
        log = dict(tree.children[path[:-1]])[path[-1]]
        taken = path in chosen
        vertices.append(Vertex(" ".join(path), path[-1], float(len(path)), y, "word", taken))
        edges.append(Edge(" ".join(path[:-1]), " ".join(path), value(log), taken))
    return Graph(tuple(vertices), tuple(edges), caption, True)


def value(log: LogProbability) -> Node:
    """The exact number, or with the log that stays a log."""
    plain = num(log.plain, True)
    if log.inside == 1:
        return plain
    inside = build("log", num(log.inside))
    return inside if log.plain == 0 else add(plain, inside)


def _heights(tree: Tree) -> dict[Path, float]:
    """Leaves below each other in the order of the file, each node in the middle of its children."""
    found: dict[Path, float] = {}
    leaves = 0

    def place(path: Path) -> float:
        nonlocal leaves
        if tree.is_finished(path):
            leaves += 1
            found[path] = -float(leaves)
        else:
            ys = [place((*path, word)) for word, _ in tree.children[path]]
            found[path] = (ys[0] + ys[-1]) / 2
        return found[path]

    place(())
    return dict(sorted(found.items(), key=lambda row: len(row[0])))
