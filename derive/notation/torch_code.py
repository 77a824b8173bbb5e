"""Nodes as PyTorch expressions: `torch.outer(h_f[t] * (1 - h_f[t]) * grad_L_h_f[t], x[t])`.

Everything is as in `numpy_code`, with tensors for arrays: vectors are 1-D, families mappings by index. A function is
written by the `torch` column of its row, or by its `code` with the module's name changed; what needs more has a row
in WRITERS. Numbers that are no tensors (`sqrt(p)` of a size) go through `math`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.notation.numpy_code import Code, Coder, Dialect, Writer, binder
from derive.tree.nodes import Node, contains, names_in
from derive.vocabulary.build import TABLE
from derive.vocabulary.op import Op

MODULE = re.compile(r"\bnp\.")
OF_NUMBERS = (
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "tanh",
)  # what `math` calls by the same name
CONSTANT = ("eye", "ones", "zeros", "onehot")  # arrays that come from no other array
NUMBERS = frozenset({"num", "count", "const", "add", "neg", "mul", "div", "pow", *OF_NUMBERS})


def torch_code(node: Node) -> str:
    """The PyTorch expression; NotEvaluated where there is none."""
    return Coder(names_in(node), TORCH).write(node).text


def _template(row: Op) -> str:
    return row.torch or MODULE.sub("torch.", row.code)


def is_number(node: Node) -> bool:
    """Whether the value is a number of Python, and no tensor."""
    return node.shape.is_scalar and not contains(node, lambda n: n.op not in NUMBERS)


def _of_number(name: str) -> Writer:
    def write(coder: Coder, node: Node) -> Code:
        return coder.filled(f"math.{name}(#1)", node) if is_number(node.args[0]) else coder.template(node)

    return write


def _constant(name: str) -> Writer:
    """In the precision, and on the device, of the other arrays."""

    def write(coder: Coder, node: Node) -> Code:
        written = coder.filled(_template(TABLE[name]), node)
        return Code(f"{written.text}.to({coder.like})") if coder.like else written

    return write


WRITERS: Mapping[str, Writer] = {
    "const": lambda coder, node: Code(f"math.{node.data}"),
    "prod_over": binder("math.prod([{}])"),
    **{name: _of_number(name) for name in OF_NUMBERS},
    **{name: _constant(name) for name in CONSTANT},
}

TORCH = Dialect("PyTorch", "torch", _template, WRITERS)
