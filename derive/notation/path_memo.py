"""Values that no path around them can change: found once, and not again for every path.

`delta[t, j]` is a maximum over all beginnings of a path. Inside of another maximum over paths it would be enumerated
for each of them, though it reads no member that they set. So every computation notes the outermost members it read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from derive.notation.environment import Environment, Key
from derive.vocabulary.scope import Scope

Array = Any
NEVER = 1 << 30  # no member was read


class PathMemo:
    """`lowest` is the level of the outermost environment that gave a member to the computation under way."""

    def __init__(self, scope: Scope) -> None:
        self.families = frozenset(
            name
            for name, declared in scope.declarations.items()
            if declared.integers is not None and declared.params and declared.law is None
        )
        self.lowest = NEVER

    def read(self, key: Key, env: Environment) -> None:
        """A member was asked for: by whom it is set counts, and by nobody counts as outermost."""
        if key[0] in self.families:
            self.lowest = min(self.lowest, env.level_of(key))

    def remembered(self, key: Hashable, env: Environment) -> None:
        """A value was found in a memo: what it read counts here, too."""
        self.lowest = min(self.lowest, env.lowest.get(key, NEVER))

    def computed(self, key: Hashable, env: Environment, compute: Callable[[], Array]) -> Array:
        """A value; one that reads no member from outside of itself is kept for all paths."""
        home = env
        while home.is_path and home.parent is not None:
            home = home.parent
        if home is not env and key in home.kept:
            return home.kept[key]
        before, self.lowest = self.lowest, NEVER
        try:
            value = compute()
            if home is not env and self.lowest > env.level:
                home.kept[key] = value
            if self.lowest < NEVER:
                env.lowest[key] = self.lowest
            return value
        finally:
            self.lowest = min(before, self.lowest)
