r"""Layers and what is asked of them: `\operatorname{shape}(\mathrm{conv}(I))`, `\operatorname{params}(\mathrm{fc})`.

A Sequence asks its layers one by one, as it does in problem files. To read one more word for a question: a row in
ASKED.
"""

from __future__ import annotations

from derive.latexread.elaborator import Elaborator
from derive.latexread.surface import Group, Name, Product, Surface
from derive.latexread.tokens import Span
from derive.tree.nodes import Node
from derive.vocabulary.build import add
from derive.vocabulary.layers import LAYER, Layer

ASKED = {  # words that stand before brackets, where a problem has layers
    "shape": "shape", "params": "params", "parameters": "params", "macs": "macs", "MACs": "macs", "MACS": "macs",
}  # fmt: skip
Called = Layer | str


def called_layer(e: Elaborator, factor: Name) -> Called | None:
    """The declared layer that a name before brackets is, or the question about layers."""
    found = e.names.matches(factor)
    layer = e.known.layer(found[0].pattern.name) if found else None
    marked = factor.above or factor.primes or factor.accents
    if layer is not None:
        return None if marked or found[0].above or found[0].entries else layer
    if found or marked or factor.below or factor.letter not in ASKED:
        return None
    has_layers = any(d.layer is not None for d in e.context.scope.declarations.values())
    return ASKED[factor.letter] if has_layers else None


def of_layer(e: Elaborator, called: Called, group: Group, span: Span) -> Node:
    """What `conv(...)`, `shape(...)`, `params(...)`, `macs(...)` are."""
    if len(group.items) != 1:
        raise e.unreadable(f"{called if isinstance(called, str) else called.name} takes one argument", span)
    node = e.node(group.items[0])
    if isinstance(called, Layer):
        for stage in called.inner or (called,):
            node = e.make("layer_output", node, span=span, data=stage)
        return node
    if called == "params" and node.op == "layer" and isinstance(node.data, Layer):
        held = [Node("layer", (), stage, LAYER) for stage in node.data.inner or (node.data,)]
        return add(*(e.make("params", one, span=span) for one in held))
    if called == "macs":
        return add(*(e.make("macs", one, span=span) for one in reversed(_stages(e, group.items[0], node))))
    return e.make(called, node, span=span)


def _stages(e: Elaborator, written: Surface, node: Node) -> list[Node]:
    """The outputs inside of a Sequence, the last one first; of a layer its own."""
    name = written.factors[0] if isinstance(written, Product) else written
    called = called_layer(e, name) if isinstance(name, Name) else None
    found = [node]
    for _ in range(len(called.inner) - 1 if isinstance(called, Layer) else 0):
        found.append(found[-1].args[0])
    return found
