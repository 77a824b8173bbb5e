"""Where a sampled curve jumps: found by halving the interval between two points until only the jump is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.notation.derivation import Jump

Point = tuple[float, float]
STEEP = 0.1  # of the whole height: a rise between two points that may be a jump
HALVINGS = 40
STAYS = 0.6  # of the rise is left after a few halvings where it is a jump
FEW = 6
DIGITS = 9  # to which the place is rounded


def jumps_of(points: Sequence[Point], value: Callable[[float], float | None]) -> tuple[Jump, ...]:
    """The jumps between neighbouring points; `value` is None where there is none."""
    ys = [y for _, y in points]
    height = max(ys) - min(ys)
    found = []
    for a, b in zip(points, points[1:], strict=False):
        if abs(b[1] - a[1]) > STEEP * height:
            jump = _jump(a, b, value)
            if jump is not None:
                found.append(jump)
    return tuple(found)


def _jump(a: Point, b: Point, value: Callable[[float], float | None]) -> Jump | None:
    rise, behind = abs(b[1] - a[1]), a[0]
    for n in range(HALVINGS):
        x = (a[0] + b[0]) / 2
        y = value(x)
        if y is None or not a[0] < x < b[0]:
            break
        if abs(y - a[1]) > abs(b[1] - y):
            b = (x, y)
        else:
            a = (x, y)
        if n >= FEW and abs(b[1] - a[1]) < STAYS * rise:
            return None
    at = round((a[0] + b[0]) / 2, DIGITS) + 0.0
    own = value(at)
    if abs(b[1] - a[1]) > 2 * rise:  # a pole
        return Jump(at, behind, None, None, None)
    return Jump(at, behind, a[1], b[1], own)
