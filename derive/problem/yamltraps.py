"""Where YAML and mathematics disagree: every trap, what to say about it, and the line that mends it.

`explain` turns an error of the YAML scanner or parser into ours; the walk in `source` asks for the others.
To add a trap: one row in `STARTS` (first character of a value) or `TRAPS` (a phrase of ruamel's message and
the function that answers it), and a row in tests/test_source.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ruamel.yaml.error import MarkedYAMLError

from derive.errors import Place, YamlError
from derive.problem.characters import ONE_FILE, Source, indent
from derive.problem.rows import LONGEST_REPAIR, TEXT_KEYS, in_quotes, owner, repair, row

STARTS = {  # first character of a value YAML cannot read: why
    "[": "a value that starts with `[` may only be a list",
    "{": "a value that starts with `{` may only be a table",
    "'": "nothing may follow the closing quote",
    '"': "nothing may follow the closing quote",
    "|": "`|` starts a block of text: nothing may follow it on its line",
    ">": "`>` starts a block of text: nothing may follow it on its line",
}
ESCAPES = {
    "t": "a tab",
    "n": "a line break",
    "r": "a carriage return",
    "b": "a backspace",
    "f": "a form feed",
}
Columns = tuple[list[int], list[int]]  # where the `-` of lists and the keys stand

DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def bad_start(source: Source, index: int, line: int | None = None) -> YamlError:
    """The value (or key) with something at `index` that YAML gives another meaning."""
    line = owner(source, source.line(index)) if line is None else line
    at = row(source.lines[line])
    start = source.text[index : index + 1]
    shown = "a backtick" if start == "`" else f"`{start}`"
    if at.key and index == source.starts[line] + at.column:
        hint = f"quote it:\n    {in_quotes(at.key)}: {at.value}"
        return YamlError(f"a key may not start with {shown}", source.place(index), hint)
    if at.value.startswith("{{"):
        message = "a value may not start with `{{`"
    else:
        message = STARTS.get(at.value[:1], f"a value may not start with {shown}")
    return YamlError(message, source.place(index), repair(source, line))


def cut_text(source: Source, sharp: int) -> YamlError:
    """A ` #` that ends a text which its author meant to go on."""
    message = "` #` starts a comment and cuts the text off"
    return YamlError(message, source.place(sharp), repair(source, owner(source, source.line(sharp))))


def bad_escape(source: Source, start: int, end: int) -> YamlError | None:
    """The error for a double-quoted scalar in source[start:end] in which a backslash changes the text."""
    inside = source.text[start + 1 : end - 1]
    found = next((m for m in re.finditer(r"\\(.|\n)", inside) if m[1] not in '"\\'), None)
    if not found:
        return None
    at = row(source.lines[source.line(start)])
    own = source.starts[source.line(start)] + at.start == start
    lead = "" if not own else f"{at.key}: " if at.key else "- " if at.dash >= 0 else ""
    meant = in_quotes(re.sub(r"\s*\n\s*", " ", re.sub(r'\\(["\\])', r"\1", inside)))
    hint = "use single quotes" + (f":\n    {lead}{meant}" if len(meant) <= LONGEST_REPAIR else "")
    shown = "a backslash at the end of a line" if found[1] == "\n" else f"`{found[0]}`"
    message = f"{shown} in double quotes is {ESCAPES.get(found[1], 'an escape of YAML')}"
    return YamlError(message, source.place(start + 1 + found.start(), start + 1 + found.end()), hint)


def continued_dash(source: Source, index: int) -> YamlError:
    """A continuation line that starts with `- `: one value `x - y` where two items may have been meant."""
    above = owner(source, source.line(index), above=True)
    at = row(source.lines[above])
    if at.key:
        hint = f"for a list, leave nothing after `{at.key}:`; for one value, write it on one line"
    else:
        hint = f"for two items, move this `-` to column {at.dash + 1}; for one value, write it on one line"
    return YamlError(
        f"this line continues line {above + 1}: its `-` starts no item", source.place(index), hint
    )


@dataclass(frozen=True)
class Trouble:
    """Where the parser stopped: `at`; `begin`: the start of what it was reading."""

    source: Source
    found: str
    at: int
    begin: int
    flow: int | None  # start of an open flow collection
    last: tuple[int, int] | None  # span of a quoted or flow value that was just finished
    columns: Columns

    @property
    def line(self) -> int:
        return self.source.line(self.at)


def explain(
    source: Source, error: MarkedYAMLError, flow: int | None, last: tuple[int, int] | None, columns: Columns
) -> YamlError:
    """Our words and the repair for what ruamel has to say."""
    found = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    at = min(mark.index if mark else 0, len(source.text))
    begin = error.context_mark.index if error.context_mark else at
    answer = next((function for phrase, function in TRAPS if phrase in found), _fallback)
    return answer(Trouble(source, found, at, begin, flow, last, columns))


def _fallback(trouble: Trouble) -> YamlError:
    return unreadable(trouble.source, trouble.at)


def unreadable(source: Source, index: int) -> YamlError:
    quote = source.text.find('"', index)
    match = DOUBLE_QUOTED.match(source.text, quote) if quote >= 0 else None
    if match and (error := bad_escape(source, match.start(), match.end())):
        return error
    return YamlError("YAML cannot read this", source.place(index), "put the value in single quotes")


def _start(t: Trouble) -> YamlError:
    return _flow(t) if t.flow is not None else bad_start(t.source, t.at)


def _block_or_tag(t: Trouble) -> YamlError:
    return _flow(t) if t.flow is not None else bad_start(t.source, t.begin)


def _flow(t: Trouble) -> YamlError:
    source, text = t.source, t.source.text
    line = owner(source, t.line) if t.flow is None else source.line(t.flow)
    at = row(source.lines[line])
    start = source.starts[line] + at.start if t.flow is None else t.flow
    if at.value[:1] not in ("[", "{"):
        return bad_start(source, t.at, line)
    outside = t.line > line and indent(source.lines[t.line]) <= at.floor
    if outside or not text[t.at :].strip():
        close = "]" if text[start] == "[" else "}"
        return YamlError(f"`{text[start]}` is never closed", source.place(start), f"close it with `{close}`")
    return bad_start(source, t.at, line)


def _open_quote(t: Trouble) -> YamlError:
    quote = t.source.text[t.begin]
    hint = f"close it with `{quote}`" + (
        "; an apostrophe inside is written twice: `''`" if quote == "'" else ""
    )
    return YamlError("this quote is never closed", t.source.place(t.begin), hint)


def _escape(t: Trouble) -> YamlError:
    match = DOUBLE_QUOTED.match(t.source.text, t.begin)
    return (match and bad_escape(t.source, t.begin, match.end())) or _open_quote(t)


def _cut(t: Trouble, line: int) -> YamlError | None:
    """The line goes on with a value which a comment has ended on the line above."""
    source = t.source
    above = line - 1
    while above > 0 and not source.lines[above].strip():
        above -= 1
    if above < 0 or (sharp := source.lines[above].find(" #")) < 0:
        return None
    at = row(source.lines[owner(source, above)])
    if at.value[:1] in ("", *STARTS, "#") or indent(source.lines[line]) <= at.floor:
        return None
    if at.key in TEXT_KEYS:
        return cut_text(source, source.starts[above] + sharp + 1)
    hint = "move the comment to the last line of the value"
    place = source.place(source.starts[above] + sharp + 1)
    return YamlError(f"this comment ends the value, so line {line + 1} belongs to nothing", place, hint)


def no_mapping(source: Source, index: int) -> YamlError:
    """The file holds a list or a single value."""
    if error := missing_space(source, source.line(index)):
        return error
    hint = "a problem is made of `key: value` lines and starts with `format: 1`"
    return YamlError("no `key: value` here", source.place(index), hint)


def check_key(source: Source, value: str, style: str, place: Place, end: int) -> None:
    """Refuses every key that is not a name with a colon behind it."""
    if style == "flow":
        raise YamlError(
            f"a key may not start with `{value[0]}`", place, f"quote it:\n    {in_quotes(value)}: ..."
        )
    if style == "plain" and value == "<<":
        raise YamlError("YAML's merge key is not used here", place, "write the entries out")
    if not value:
        raise YamlError("a key is missing before this `:`", place, "write `key: value`")
    if not re.compile(" *:").match(source.text, end):
        raise YamlError("YAML's `?` keys are not used here", place, "write `key: value` on one line")


def missing_space(source: Source, line: int) -> YamlError | None:
    at = row(source.lines[line])
    key = re.match(r"[^\s:]+:(?=\S)", at.value)
    if at.key or not key:
        return None
    place = source.place(source.starts[line] + at.start + key.end() - 1)
    return YamlError("no space after the colon", place, f"write `{key[0]} {at.value[key.end() :]}`")


def _block_end(t: Trouble) -> YamlError:
    source, line = t.source, t.line
    if error := _cut(t, line):
        return error
    at = row(source.lines[line])
    if t.last and (source.line(t.last[1]) == line or "<scalar>" in t.found):
        start = source.line(t.last[0])
        if source.line(t.last[1]) == line or indent(source.lines[line]) > row(source.lines[start]).floor:
            return bad_start(source, t.at, start)
    if at.key and source.lines[line][indent(source.lines[line])] in "@`*&!%":
        return bad_start(source, t.at, line)
    place = source.place(t.at)
    if t.found.endswith(("','", "']'", "'}'")):
        return YamlError(f"a stray `{source.text[t.at]}`", place, "delete it, or quote the value")
    if "but found '?'" in t.found:
        hint = f"to continue the item above, start it in column {at.column + 3}"
        return YamlError("a key among list items", place, hint)
    dashes, keys = t.columns
    found = dashes if at.dash >= 0 else keys
    numbers = " or ".join(str(column) for column in found)
    if "but found '-'" in t.found:
        message = "a list item among keys"
    else:
        message = "this line does not line up with the lines above"
    sign = f"this `{'-' if at.dash >= 0 else at.key}`" if at.key or at.dash >= 0 else ""
    hint = f"move {sign} to column {numbers}" if sign and numbers else "a list stands below a key of its own"
    return YamlError(message, place, hint if sign else "a continued value is indented more than its key")


def _colon(t: Trouble) -> YamlError:
    source, line = t.source, t.line
    at = row(source.lines[line])
    same_line = t.at > source.starts[line] + at.column + len(at.key) and at.key
    if same_line and source.text[source.starts[line] + at.column + len(at.key) : t.at].strip(" "):
        return YamlError("`: ` inside a value", source.place(t.at), repair(source, line))
    above = owner(source, line, above=True)
    if error := missing_space(source, above):
        return error
    if at.dash >= 0:
        return continued_dash(source, source.starts[line] + indent(source.lines[line]))
    begin = row(source.lines[above])
    hint = f"if `{at.key}` is a key, start it in column {begin.column + 1}; if not, {repair(source, above)}"
    return YamlError(f"`: ` in a line that continues line {above + 1}", source.place(t.at), hint)


def _no_colon(t: Trouble) -> YamlError:
    line = t.source.line(t.begin)
    if error := _cut(t, line) or missing_space(t.source, line):
        return error
    hint = "a key is followed by `: `; a value that goes on over several lines is indented more than its key"
    return YamlError("no `: ` on this line", t.source.place(t.begin, t.begin + LONGEST_REPAIR), hint)


def _second_document(t: Trouble) -> YamlError:
    if "document start" in t.found and not re.search(r"^\.\.\.", t.source.text[: t.at], re.MULTILINE):
        return _block_end(t)
    return second_document(t.source.place(t.at))


def second_document(place: Place) -> YamlError:
    return YamlError("a second document", place, ONE_FILE + ": give it a file of its own")


TRAPS: tuple[tuple[str, Callable[[Trouble], YamlError]], ...] = (
    ("that cannot start any token", _start),
    ("expected chomping or indentation", _block_or_tag),
    ("expected a comment or a line break", _block_or_tag),
    ("expected indentation indicator", _block_or_tag),
    ("more indented follow up line", _block_or_tag),
    ("expected alphabetic or numeric", _block_or_tag),
    ("expected URI", _block_or_tag),
    ("expected '!'", _block_or_tag),
    ("expected '>'", _block_or_tag),
    ("expected ' '", _block_or_tag),
    ("undefined tag handle", _block_or_tag),
    ("found unexpected end of stream", _open_quote),
    ("found unexpected document separator", _open_quote),
    ("found unknown escape", _escape),
    ("expected escape sequence", _escape),
    ("expected ',' or", _flow),
    ("expected the node content", _flow),
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", _no_colon),
    ("entries are not allowed here", _start),
    ("mapping keys are not allowed", _start),
    ("expected <block end>", _block_end),
    ("document start", _second_document),
    ("document end", _second_document),
)
