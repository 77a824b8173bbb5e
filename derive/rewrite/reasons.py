"""Reasons said together, and rules said of one entry."""

from __future__ import annotations

from derive.notation.derivation import Reason
from derive.tree.nodes import SCALAR, Node
from derive.vocabulary.build import sym, transform


def in_scalar(node: Node) -> Node:
    """A row about a vector z, said of one entry."""
    z = sym("z", SCALAR)
    return transform(node, lambda n: z if n.op == "sym" else n)


def joined(reasons: list[Reason]) -> Reason:
    """Several reasons for one line, said once each."""
    unique = list(dict.fromkeys(reasons))
    definitions = [r for r in unique if r.text == "definition of {0}"]
    if len(definitions) > 1:
        nodes = tuple(n for r in definitions for n in r.nodes)
        listed = ", ".join(f"{{{i}}}" for i in range(len(nodes)))
        unique = [Reason(f"definitions of {listed}", nodes)] + [r for r in unique if r not in definitions]
    parts: list[str] = []
    all_nodes: list[Node] = []
    for reason in unique:
        shifted = reason.text
        for i in reversed(range(len(reason.nodes))):
            shifted = shifted.replace(f"{{{i}}}", f"{{{i + len(all_nodes)}}}")
        parts.append(shifted)
        all_nodes.extend(reason.nodes)
    return Reason("; ".join(parts), tuple(all_nodes))
