"""What is asked, answered: the derivation of an expression and the last look at its answer."""

from __future__ import annotations

from derive.rewrite.derived import Derived
from derive.rewrite.expression import Wish, derive_expression
from derive.rewrite.naming import with_names, with_slopes
from derive.tree.nodes import Node


def answered(asked: Node, wish: Wish) -> Derived:
    """The closed form of `asked`; what it repeats is named, unless the author says in which names to write it."""
    found = derive_expression(asked, wish)
    if not wish.names:
        found = with_names(asked, found, wish.scope)
    return with_slopes(found, wish.scope)
