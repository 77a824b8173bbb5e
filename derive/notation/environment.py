"""Environments: names pinned to values (perturbed, enumerated, held) on top of a problem's definitions."""

from __future__ import annotations

from typing import Any

Array = Any
Key = tuple[str, tuple[int, ...]]  # a name and its index


class Environment:
    """`values` override names here; everything else is the parent's. `depth` is the number of batch axes,
    which stand in front of (rows, columns); a new one goes in front of the others. `is_complex` says that a
    complex step is under way, so that another one would not be distinguishable from it. `weights` are those
    of enumerated outcomes. `is_path` says that members of a path are set here; the others, see `path_memo`."""

    __slots__ = ("parent", "values", "names", "depth", "is_complex", "memo", "children", "weights",
                 "is_path", "level", "lowest", "kept")  # fmt: skip

    def __init__(
        self,
        parent: Environment | None = None,
        values: dict[Key, Array] | None = None,
        depth: int = 0,
        is_complex: bool = False,
        is_path: bool = False,
    ) -> None:
        self.parent = parent
        self.values = values if values is not None else {}
        self.names = {name for name, _ in self.values}
        self.depth = depth
        self.is_complex = is_complex
        self.memo: dict[object, Array] = {}
        self.children: dict[object, Environment] = {}
        self.weights: Array = None
        self.is_path = is_path
        self.level: int = (parent.level if parent is not None else 0) + is_path
        self.lowest: dict[object, int] = {}  # of what is in the memo
        self.kept: dict[object, Array] = {}

    def pin(self, key: Key, value: Array) -> None:
        self.values[key] = value
        self.names.add(key[0])

    def level_of(self, key: Key) -> int:
        """The level of the nearest override of a name; 0 without one."""
        env: Environment | None = self
        while env is not None and key not in env.values:
            env = env.parent
        return env.level if env is not None else 0

    def pinned(self, key: Key) -> Array | None:
        """The nearest override of a name, or None."""
        env: Environment | None = self
        while env is not None:
            if key in env.values:
                return env.values[key]
            env = env.parent
        return None
