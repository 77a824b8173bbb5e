"""What pure functions of a node have found before, within one derivation: most of a line stands in the line above.

Outside `remembering()` nothing is kept, so that no derivation can know of another. To remember one more function:
the decorator `remembered`, on a function of a node alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from derive.tree.nodes import Node

T = TypeVar("T")
_FOUND: ContextVar[dict[object, dict[Node, Any]] | None] = ContextVar("found", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """One derivation; those inside it share what it found."""
    if _FOUND.get() is not None:
        yield
        return
    token = _FOUND.set({})
    try:
        yield
    finally:
        _FOUND.reset(token)


def remembered(f: Callable[[Node], T]) -> Callable[[Node], T]:
    @wraps(f)
    def call(node: Node) -> T:
        found = _FOUND.get()
        if found is None:
            return f(node)
        own = found.get(f)
        if own is None:
            own = found[f] = {}
        if node in own:
            return own[node]  # type: ignore[no-any-return]
        result = own[node] = f(node)
        return result

    return call
