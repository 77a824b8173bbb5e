"""The value of a scalar from the lines it stands on, with the spots that lead back to them.

A span is a pair of indices into the text of the file; a spot pairs an offset in the value with the index it
stands at, and holds until the next spot.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter

from derive.problem.characters import Source, indent

# two characters that mean the second one
DOUBLED = {"single": re.compile("''"), "double": re.compile(r'\\["\\]')}
FLOW_COMMENT = re.compile(r"(?<![^\s,\[\]{}])#")

Span = tuple[int, int]
Spots = tuple[Span, ...]


def lines(text: str, start: int, end: int) -> list[Span]:
    """The spans of the lines of text[start:end]."""
    spans = []
    while (stop := text.find("\n", start, end)) >= 0:
        spans.append((start, stop))
        start = stop + 1
    return [*spans, (start, end)]


def trimmed(text: str, start: int, end: int, left: bool = True, right: bool = True) -> Span:
    """The span without the spaces around it."""
    piece = text[start:end]
    if right:
        end = start + len(piece.rstrip(" "))
    if left:
        start = min(end, start + indent(piece))
    return start, end


def before_comment(text: str, start: int, end: int, quoted: list[Span]) -> Span:
    """The span of a line of a flow collection up to its comment."""
    for sharp in FLOW_COMMENT.finditer(text, start, end):
        before = bisect_right(quoted, sharp.start(), key=itemgetter(0)) - 1
        if before < 0 or sharp.start() >= quoted[before][1]:
            return start, sharp.start()
    return start, end


def joined(text: str, pieces: list[Span], style: str) -> tuple[str, Spots]:
    """The folded value of the pieces and the spots where they stand."""
    value: list[str] = []
    spots: list[Span] = []
    length = breaks = 0
    for number, (start, end) in enumerate(pieces):
        if start == end and 0 < number < len(pieces) - 1:
            breaks += 1
            continue
        if number:
            value.append("\n" * breaks if breaks and style != "flow" else " ")
            length += len(value[-1])
        breaks = 0
        pairs = DOUBLED[style].finditer(text, start, end) if style in DOUBLED else ()
        for stop in [*(pair.start() for pair in pairs), end]:
            if start < stop:
                spots.append((length, start))
            value.append(text[start:stop])
            length += stop - start
            start = stop + 1
    if not spots or spots[0][0] > 0:
        spots.insert(0, (0, pieces[0][0]))
    return "".join(value), tuple(spots)


def literal_spots(source: Source, value: str, start: int) -> Spots:
    """Each line of the value is one line of the file without its indentation."""
    if not value:
        return ((0, start),)
    spots = []
    offset = 0
    for number, line in enumerate(value.removesuffix("\n").split("\n"), source.line(start) + 1):
        spots.append((offset, source.starts[number] + len(source.lines[number]) - len(line)))
        offset += len(line) + 1
    return tuple(spots)


def folded_spots(source: Source, value: str, start: int) -> Spots:
    """The lines of the file are found one after the other in the value; only what joins them differs."""
    if not value:
        return ((0, start),)
    header = source.line(start)
    body = value.lstrip("\n")
    spots = [(0, source.starts[header + 1])] if value.startswith("\n") else []
    offset = 0
    deep = -1
    for number in range(header + 1, len(source.lines)):
        line = source.lines[number]
        if offset >= len(value.rstrip("\n")):
            break
        if line.strip():
            deep = indent(line) - indent(body) if deep < 0 else deep
            offset = value.find(line[deep:], offset)
            if offset < 0:
                break
            spots.append((offset, source.starts[number] + deep))
            offset += len(line) - deep
    return tuple(spots)
