"""Nodes as one line, for the tests of the reader."""

from __future__ import annotations

from derive.tree.nodes import Node, Number


def tree(node: Node) -> str:
    """A node as a line: `add(neg(a), 1/2)`."""
    if node.op == "num":
        assert isinstance(node.data, Number)
        return f"{float(node.number)}" if node.data.decimal else str(node.number)
    if node.op == "count":
        return f"<{node.size}>"
    args = ", ".join(map(tree, node.args))
    if node.op == "sym":
        return node.symbol.name + (f"[{args}]" if args else "")
    if node.op == "const":
        return str(node.data)
    if node.op in ("sum_over", "prod_over", "max_over", "min_over"):
        return f"{node.op}({args}; {node.range.var}={node.range.low}..{node.range.high})"
    if node.op == "apply":
        assert isinstance(node.data, tuple)
        return f"{node.data[0]}{chr(39) * node.data[1]}({args})"
    return f"{node.op}({args})"
