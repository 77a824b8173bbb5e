"""What a segment of a row is by its form: relations and their sides, a range, a place, limits of indices."""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.rows import Segment
from derive.latexread.tokens import Token

LIMITING = frozenset({"<", ">", "<=", ">=", "!=", "in"})
RANGING = ("for", "forall", "all", "every")  # words before a range
PLACING = (*RANGING, "at", "time", "step")  # and before `t = T`
DEFINING = frozenset({"let", "define", "denote", "set", "put", "where", "with", "write"})
INDICES = frozenset("ijklmnrst")
ORDERED = ("=", "<", "<=", ">", ">=", "!=")


def sides_of(tokens: Sequence[Token]) -> list[tuple[str, list[Token]]]:
    """What stands between the relations outside of brackets, each with the relation before it."""
    found: list[tuple[str, list[Token]]] = [("", [])]
    depth = 0
    for token in tokens:
        depth += (token.kind in ("open", "{", "begin")) - (token.kind in ("close", "}", "end"))
        if token.kind == "rel" and depth == 0:
            found.append((token.text, []))
        else:
            found[-1][1].append(token)
    return found


def limits(parts: Sequence[tuple[str, list[Token]]]) -> bool:
    """Whether these are inequalities of letters and numbers, as in `t < T`: they limit the line they stand on."""
    plain = all(t.kind in ("name", "num", "op") for _, tokens in parts for t in tokens)
    return plain and all(0 < len(tokens) <= 3 for _, tokens in parts) and parts[1][0] in LIMITING


def is_range(segment: Segment, segments: Sequence[Segment]) -> bool:
    """Whether `t = 1` belongs to `t = 1, ..., T` or to `for t = 1`: a range, and no claim."""
    if _last_word(segment) in RANGING:
        return True
    if segment.tokens and segment.tokens[0].kind == "mark" and segment.tokens[0].text == "forall":
        return True
    at = next((i for i, s in enumerate(segments) if s is segment), -1)
    after = segments[at + 1 : at + 2]
    return bool(after) and bool(after[0].tokens) and all(t.kind == "dots" for t in after[0].tokens)


def is_place(segment: Segment, parts: Sequence[tuple[str, list[Token]]]) -> bool:
    """Whether `for t < T` says where something holds."""
    (_, left), (relation, right) = parts[0], parts[1]
    if len(parts) == 2 and relation == "=" and _is_index(left) and _is_index(right):
        return not DEFINING & set(segment.words.lower().split())  # `i = j`: a case
    if relation == "=" and _last_word(segment) == "at":
        return len(left) == 1  # `at u = x_{t-1}`
    short = len(left) == 1 and len(right) <= 3 and all(t.kind in ("name", "num", "op") for t in right)
    return short and relation in ORDERED and _last_word(segment) in PLACING


def _is_index(tokens: Sequence[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].kind == "name" and tokens[0].text in INDICES


def _last_word(segment: Segment) -> str:
    words = segment.words.lower().replace(",", " ").split()
    return words[-1] if words else ""
