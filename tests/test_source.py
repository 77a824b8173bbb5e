"""The reading of problem files: every trap with its exact message, and a place for every character."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError, FileError, Place
from derive.problem.source import Entries, Items, Node, Text, lines_of, read_file, read_text

EXAMPLES = Path(__file__).parent / "examples"

QUOTE = "quote it, or put it in a `|` block:\n    "
SINGLE = "use single quotes:\n    "
START = "a value may not start with "
LIST = "a value that starts with `[` may only be a list"
TABLE = "a value that starts with `{` may only be a table"
CLOSED = "nothing may follow the closing quote"
CUT = "` #` starts a comment and cuts the text off"
SPACE = "no space after the colon"
UNEVEN = "this line does not line up with the lines above"
ONE_LINE = "for one value, write it on one line"
CONTINUED = "a key is followed by `: `; a value that goes on over several lines is indented more than its key"
FORMAT = "a problem is made of `key: value` lines and starts with `format: 1`"
NO_ANCHORS = "YAML's anchors and tags are not used here"

# text, place ("line:column" or "line:column-last column"), message, hint
# fmt: off
REFUSED = [
    # a first character YAML gives another meaning
    ("find: [1, 2] + x", "1:14", LIST, QUOTE + "find: '[1, 2] + x'"),
    ("find: [1, 2]\n  + x  # why\n", "2:3", LIST, QUOTE + "find: '[1, 2] + x'"),
    ("find: [x[1], 2]", "1:9", LIST, QUOTE + "find: '[x[1], 2]'"),
    ("find: {a: b} + c", "1:14", TABLE, QUOTE + "find: '{a: b} + c'"),
    ("ask: {{ X }} is given", "1:6", START + "`{{`", QUOTE + "ask: '{{ X }} is given'"),
    ("ask: {{ X }}", "1:6", START + "`{{`", QUOTE + "ask: '{{ X }}'"),
    ("find: @x", "1:7", START + "`@`", QUOTE + "find: '@x'"),
    ("find: *x", "1:7", START + "`*`", QUOTE + "find: '*x'"),
    ("find: * x", "1:7", START + "`*`", QUOTE + "find: '* x'"),
    ("find: &x", "1:7", START + "`&`", QUOTE + "find: '&x'"),
    ("find: !x y", "1:7", START + "`!`", QUOTE + "find: '!x y'"),
    ("find: |x| + 1", "1:7", "`|` starts a block of text: nothing may follow it on its line", QUOTE + "find: '|x| + 1'"),
    ("find: >= 3", "1:7", "`>` starts a block of text: nothing may follow it on its line", QUOTE + "find: '>= 3'"),
    ("find: % 3", "1:7", START + "`%`", QUOTE + "find: '% 3'"),
    ("find: `x`", "1:7", START + "a backtick", QUOTE + "find: '`x`'"),
    ("find: - x", "1:7", START + "`-`", QUOTE + "find: '- x'"),
    ("find: ? x", "1:7", START + "`?`", QUOTE + "find: '? x'"),
    ("find: ,x", "1:7", START + "`,`", QUOTE + "find: ',x'"),
    ("find: ]", "1:7", START + "`]`", QUOTE + "find: ']'"),
    ("find: 'a' + b", "1:11", CLOSED, QUOTE + "find: '''a'' + b'"),
    ("ask: 'it's nice'", "1:10", CLOSED, QUOTE + "ask: 'it''s nice'"),
    ("claims:\n  - *x == 3\n", "2:5", START + "`*`", QUOTE + "- '*x == 3'"),
    ("find: [1, *x]", "1:11", LIST, QUOTE + "find: '[1, *x]'"),
    ("*x: 3", "1:1", "a key may not start with `*`", "quote it:\n    '*x': 3"),
    ("find:\n  @x\n", "2:3", START + "`@`", QUOTE + "find: '@x'"),
    ("x: &a\n  b: c", "1:4", START + "`&`", NO_ANCHORS),
    ("x: !!map\n  b: c", "1:4", START + "`!`", NO_ANCHORS),
    # `: ` where YAML wants none, and colons that are missing
    ("ask: Note: do it\n  now\n", "1:10", "`: ` inside a value", QUOTE + "ask: 'Note: do it now'"),
    ("ask: Derive\n  note: here\n", "2:7", "`: ` in a line that continues line 1", "if `note` is a key, start it in column 1; if not, " + QUOTE + "ask: 'Derive note: here'"),
    ("parts:\n  - id: 1\n     ask: foo\n", "3:9", "`: ` in a line that continues line 2", "if `ask` is a key, start it in column 5; if not, " + QUOTE + "id: '1 ask: foo'"),
    ("find:x\nfor: y", "1:5", SPACE, "write `find: x`"),
    ("parts:\n  - id:1\n    ask: foo\n", "2:7", SPACE, "write `id: 1`"),
    ("a: 1\nfind:x\nb: 2", "2:5", SPACE, "write `find: x`"),
    ("ask: Derive\nit\nfind: x\n", "2:1-2", "no `: ` on this line", CONTINUED),
    (": b", "1:1", "a key is missing before this `:`", "write `key: value`"),
    ("'': b", "1:2", "a key is missing before this `:`", "write `key: value`"),
    # a comment that cuts off more than its author meant
    ("ask: Use question #2", "1:19", CUT, QUOTE + "ask: 'Use question #2'"),
    ("ask: #2 is hard", "1:6", CUT, QUOTE + "ask: '#2 is hard'"),
    ("ask: Use question #2\n  and more\n", "1:19", CUT, QUOTE + "ask: 'Use question #2 and more'"),
    ("find: a # first\n  + b\n", "1:9", "this comment ends the value, so line 2 belongs to nothing", "move the comment to the last line of the value"),
    ("find: [1]#c", "1:10", "no space before this comment", "write ` #`, or quote the value"),
    ("find: 'a'#c", "1:10", "no space before this comment", "write ` #`, or quote the value"),
    # a `-` in the wrong column
    ("claims:\n  - x\n    - y\n", "3:5", "this line continues line 2: its `-` starts no item", "for two items, move this `-` to column 3; " + ONE_LINE),
    ("claims:\n  - x\n    - y: z\n", "3:5", "this line continues line 2: its `-` starts no item", "for two items, move this `-` to column 3; " + ONE_LINE),
    ("find: x\n  - y\n", "2:3", "this line continues line 1: its `-` starts no item", "for a list, leave nothing after `find:`; " + ONE_LINE),
    ("claims:\n  - x\n - y\n", "3:2", UNEVEN, "move this `-` to column 3"),
    ("parts:\n  - id: 1\n    - id: 2\n", "3:5", "a list item among keys", "move this `-` to column 3"),
    ("a:\n  b: c\n  - x\n", "3:3", "a list item among keys", "a list stands below a key of its own"),
    # lines that do not line up
    ("a:\n  b: 1\n c: 2\n", "3:2", UNEVEN, "move this `c` to column 1 or 3"),
    ("parts:\n  - id: 1\n  ask: foo\n", "3:3", "a key among list items", "to continue the item above, start it in column 5"),
    ("  a: 1\nb: 2\n", "2:1", UNEVEN, "move this `b` to column 3"),
    ("answer: |\n    x\n  y\n", "3:3", UNEVEN, "a continued value is indented more than its key"),
    ("a: 'b'\n  c: d\n", "2:3", UNEVEN, "move this `c` to column 1"),
    ("a: b\n]\n", "2:1", "a stray `]`", "delete it, or quote the value"),
    # quotes
    ("ask: \"$\\theta$ isn't\"", "1:8-9", "`\\t` in double quotes is a tab", SINGLE + "ask: '$\\theta$ isn''t'"),
    ("ask: \"$\\mathbf x$\"", "1:8-9", "`\\m` in double quotes is an escape of YAML", SINGLE + "ask: '$\\mathbf x$'"),
    ("find: [\"\\nu\", 1]", "1:9-10", "`\\n` in double quotes is a line break", SINGLE + "'\\nu'"),
    ("a: \"x\\\n  y\"", "1:6", "a backslash at the end of a line in double quotes is an escape of YAML", SINGLE + "a: 'x\\ y'"),
    ("a: \"\\UFFFFFFFF\"", "1:5-6", "`\\U` in double quotes is an escape of YAML", SINGLE + "a: '\\UFFFFFFFF'"),
    ("\"\\beta\": 1", "1:2-3", "`\\b` in double quotes is a backspace", SINGLE + "'\\beta'"),
    ("a: 'x", "1:4", "this quote is never closed", "close it with `'`; an apostrophe inside is written twice: `''`"),
    ("a: \"x\nb: 1\n", "1:4", "this quote is never closed", "close it with `\"`"),
    # lists and tables
    ("a: [1, 2\nb: 3\n", "1:4", "`[` is never closed", "close it with `]`"),
    ("a: {b: 1", "1:4", "`{` is never closed", "close it with `}`"),
    ("a: [1, 2 # ]\nb: 3\n", "1:4", "`[` is never closed", "close it with `]`"),
    ("a:\n  - [1, 2\n  - [3, 4]\n", "2:5", "`[` is never closed", "close it with `]`"),
    # keys
    ("a: 1\nb: 2\na: 3\n", "3:1", "the key `a` is already on line 1", "remove one of the two, or rename it"),
    ("[a, b]: c", "1:1-6", "a key may not start with `[`", "quote it:\n    '[a, b]': ..."),
    ("{a: b}: c", "1:1-6", "a key may not start with `{`", "quote it:\n    '{a: b}': ..."),
    ("? a\n: b", "1:3", "YAML's `?` keys are not used here", "write `key: value` on one line"),
    ("? - a\n: b", "1:3", "a key may not be a list or a mapping", "write `key: value`"),
    ("<<: b", "1:1-2", "YAML's merge key is not used here", "write the entries out"),
    # the file as a whole
    ("- a", "1:1", "no `key: value` here", FORMAT),
    ("just text", "1:1", "no `key: value` here", FORMAT),
    ("[1, 2]", "1:1", "no `key: value` here", FORMAT),
    ("a: 1\n---\nb: 2\n", "2:1", "a second document", "one file is one problem: give it a file of its own"),
    ("a: 1\n...\nb: 2\n", "3:1", "a second document", "one file is one problem: give it a file of its own"),
    ("%YAML 1.1\n---\na: 1\n", "1:1", "a line may not start with `%`", "YAML directives are not used here"),
    ("", "", "p.yaml: nothing in it", "a problem starts with `format: 1`"),
    ("# nothing\n", "", "p.yaml: nothing in it", "a problem starts with `format: 1`"),
    ("---\n", "", "p.yaml: nothing in it", "a problem starts with `format: 1`"),
    # characters nobody can see
    ("a:\tb", "1:3", "a tab", "use spaces"),
    ("a: |\n  x\n\ty\n", "3:1", "a tab", "use spaces"),
    ("a: b\rc", "1:5", "a carriage return that ends no line", "save the file with ordinary line ends"),
    ("a: \x1b[1m", "1:4", "a control character (U+001B)", "delete it"),
    ("a: x\xa0y", "1:5", "a special space (U+00A0 NO-BREAK SPACE)", "type an ordinary space"),
    ("a: x\u200by", "1:5", "an invisible character (U+200B ZERO WIDTH SPACE)", "delete it"),
    ("a: x\ufeffy", "1:5", "an invisible character (U+FEFF ZERO WIDTH NO-BREAK SPACE)", "delete it"),
    ("a: x\u2028y", "1:5", "a special line break (U+2028 LINE SEPARATOR)", "press Enter instead"),
    ("a: \x00", "1:4", "a control character (U+0000)", "delete it"),
]
# fmt: on

# text of the value behind `k: `, value, style
READ = [
    ("0.1", "0.1", "plain"),
    ("1.10", "1.10", "plain"),
    ("yes  # a comment", "yes", "plain"),
    ("x#y", "x#y", "plain"),
    ("(64, 56, 56)", "(64, 56, 56)", "plain"),
    ("softmax(Q @ K.T / sqrt(2), rows)", "softmax(Q @ K.T / sqrt(2), rows)", "plain"),
    ("sqrt(2) * [[0, log(2)], [log(2), log(3)]]", "sqrt(2) * [[0, log(2)], [log(2), log(3)]]", "plain"),
    ("-x + y", "-x + y", "plain"),
    (r"\mathbf W^{(f)}", r"\mathbf W^{(f)}", "plain"),
    ("f'(u)", "f'(u)", "plain"),
    ("x\n    + y\n\n    * z  # end", "x + y\n* z", "plain"),
    ("'it''s $x$: # 2'", "it's $x$: # 2", "single"),
    ("'one\n   two  '", "one two  ", "single"),
    (r'"\\theta \"x\""', r'\theta "x"', "double"),
    ("''", "", "single"),
    ("[[0, log(2)], [log(2), log(3)]]", "[[0, log(2)], [log(2), log(3)]]", "flow"),
    ("{the: -0.9, a: -1.1}", "{the: -0.9, a: -1.1}", "flow"),
    ("{matrix(h, d)}", "{matrix(h, d)}", "flow"),
    ("[1,  # one\n    '#2',# two, ]\n\n    3]  # end", "[1, '#2', 3]", "flow"),
    ("|  # a comment\n  a\n\n    b # c\n", "a\n\n  b # c\n", "literal"),
    ("|-\n\n  a\n", "\na", "literal"),
    ("|2\n    a\n", "  a\n", "literal"),
    (">-\n  a\n  b\n\n  c\n    d\n  e\n", "a b\nc\n  d\ne", "folded"),
    ("|\n", "", "literal"),
]

KEYS = [
    "h_f[0]",
    "x[t]",
    "delta[t, j]",
    "the dog",
    "for",
    "lambda",
    "3.1.batch",
    "f'(u)",
    "-x",
    "a#b",
    "(a)",
    "1",
]


def text_of(node: Node | None) -> Text:
    assert isinstance(node, Text)
    return node


def entries_of(node: Node | None) -> Entries:
    assert isinstance(node, Entries)
    return node


def items_of(node: Node | None) -> tuple[Node, ...]:
    assert isinstance(node, Items)
    return node.items


def tree_or_error(yaml: str) -> Entries | DeriveError:
    try:
        return read_text(yaml, "p.yaml")
    except DeriveError as error:
        return error


def shown_at(place: Place) -> str:
    """The characters under the caret."""
    return place.text[place.column - 1 : place.column - 1 + place.width]


def texts(node: Node) -> list[Text]:
    if isinstance(node, Text):
        return [node]
    if isinstance(node, Items):
        return [text for item in node.items for text in texts(item)]
    return [text for key, value in node.entries for text in (key, *texts(value))]


def assert_places(text: Text, lines: list[str]) -> None:
    """Every character of the value stands where `at` says, but for the spaces that join lines."""
    for offset, char in enumerate(text.value):
        place = text.at(offset)
        assert place.text == lines[place.line - 1]
        if char not in " \n":
            assert shown_at(place) == char
    if text.value:
        assert (text.place.line, text.place.column) == (text.at(0).line, text.at(0).column)


@pytest.mark.parametrize(("yaml", "where", "message", "hint"), REFUSED)
def test_refused_with_the_repair(yaml: str, where: str, message: str, hint: str) -> None:
    expected = message
    if where:
        line, _, columns = where.partition(":")
        first, _, last = columns.partition("-")
        shown = yaml.replace("\t", " ").split("\n")[int(line) - 1]
        for hidden in "\r\x00\x1b\xa0\u200b\ufeff\u2028":
            shown = shown.replace(hidden, "\ufffd")
        carets = "^" * (int(last or first) - int(first) + 1)
        expected = f"p.yaml:{line}:{first}: {message}\n    {shown}\n    {' ' * (int(first) - 1)}{carets}"
    with pytest.raises(DeriveError) as caught:
        read_text(yaml, "p.yaml")
    assert str(caught.value) == f"{expected}\n{hint}"
    assert caught.value.__cause__ is None
    assert caught.value.exit_code == 2


def test_a_message_in_full() -> None:
    with pytest.raises(DeriveError) as caught:
        read_text("parts:\n  - id: a\n    find: [1, 2] + x  # both\n", "p.yaml")
    assert str(caught.value) == (
        "p.yaml:3:18: a value that starts with `[` may only be a list\n"
        "        find: [1, 2] + x  # both\n"
        "                     ^\n"
        "quote it, or put it in a `|` block:\n"
        "    find: '[1, 2] + x'"
    )


@pytest.mark.parametrize("row", [row for row in REFUSED if row[3].startswith((QUOTE, SINGLE))])
def test_the_repair_shown_is_read(row: tuple[str, str, str, str]) -> None:
    shown = row[3].rpartition("\n    ")[2]
    if shown.startswith("- "):
        shown = f"k:\n  {shown}"
    elif shown.startswith("'"):
        shown = f"k: {shown}"
    [(_, value)] = read_text(shown).entries
    assert "single" in [text.style for text in texts(value)]


@pytest.mark.parametrize(("yaml", "value", "style"), READ)
def test_values_as_they_stand(yaml: str, value: str, style: str) -> None:
    whole = f"k: {yaml}\nlast: 1\n"
    root = read_text(whole)
    text = text_of(root.get("k"))
    assert (text.value, text.style) == (value, style)
    assert_places(text, whole.split("\n"))
    assert text_of(root.get("last")).value == "1"


@pytest.mark.parametrize("key", KEYS)
def test_keys(key: str) -> None:
    root = read_text(f"a:\n  {key}: x\n")
    inner = entries_of(root.get("a"))
    assert inner.keys() == [key]
    made = inner.key(key)
    assert made is not None
    assert (made.place.line, made.place.column, shown_at(made.place)) == (2, 3, key)
    assert inner.key("other") is None
    assert inner.get("other") is None


def test_comments_are_allowed_where_they_cut_nothing() -> None:
    root = read_text("a: 1  # one\nask: |  # in a block\n  x # y\ntitle: 'x' # why\nanswer: # below\n  it\n")
    assert [text_of(value).value for _, value in root.entries] == ["1", "x # y\n", "x", "it"]
    assert root.keys() == ["a", "ask", "title", "answer"]


def test_a_missing_value_stands_behind_its_sign() -> None:
    root = read_text("a:  # later\nb:\n  -\n  - c :\n")
    assert (text_of(root.get("a")).value, text_of(root.get("a")).style) == ("", "plain")
    assert str(text_of(root.get("a")).place) == "<text>:1:3"
    empty, entry = items_of(root.get("b"))
    assert str(text_of(empty).place) == "<text>:3:4"
    assert str(text_of(entries_of(entry).get("c")).place) == "<text>:4:8"


def test_places_of_nodes() -> None:
    root = read_text("\na:\n  - b: c\n    d: e\n  - f\n")
    items = root.get("a")
    assert isinstance(items, Items)
    assert str(root.place) == "<text>:2:1"
    assert str(items.place) == "<text>:3:3"
    assert str(entries_of(items.items[0]).place) == "<text>:3:5"


def test_at_underlines_and_stays_on_its_line() -> None:
    text = text_of(read_text("find: alpha +\n  beta\n").get("find"))
    assert shown_at(text.place) == "alpha +"
    assert shown_at(text.at(0, 5)) == "alpha"
    assert shown_at(text.at(8, 4)) == "beta"
    assert shown_at(text.at(0, 99)) == "alpha +"
    assert str(text.at(99)) == "<text>:2:7"
    assert str(Text("ab", Place("f", 3, 5)).at(1)) == "f:3:6"


def test_line_ends_and_byte_order_mark() -> None:
    root = read_text("\ufeffa: |\r\n  x\r\n  y\r\nb: 1\r\n")
    assert text_of(root.get("a")).value == "x\ny\n"
    assert text_of(root.get("a")).at(2) == Place("<text>", 3, 3, "  y")


def test_lines_of_a_block() -> None:
    text = text_of(read_text("algorithm: |\n  for t = 1:\n\n    x\n\nb: 1\n").get("algorithm"))
    assert [(line, str(place)) for line, place in lines_of(text)] == [
        ("for t = 1:", "<text>:2:3"),
        ("", "<text>:3:1"),
        ("  x", "<text>:4:3"),
    ]
    assert lines_of(text_of(read_text("a: |\n").get("a"))) == []


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def refusal(path: Path | str) -> str:
        with pytest.raises(FileError) as caught:
            read_file(path)
        return str(caught.value)

    def made(data: bytes) -> Path:
        path = tmp_path / "p.yaml"
        path.write_bytes(data)
        return path

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    p = tmp_path / "p.yaml"
    assert refusal(tmp_path / "none.yaml") == f"{tmp_path / 'none.yaml'}: no such file"
    assert refusal(tmp_path) == f"{tmp_path}: this is a folder\nname a file in it"
    assert refusal(pipe) == f"{pipe}: not an ordinary file"
    assert refusal("a\x00b") == "a\x00b: cannot be read (embedded null byte)"
    assert refusal("a" * 5000) == f"{'a' * 5000}: cannot be read (file name too long)"
    assert refusal(made(b"")) == f"{p}: nothing in it\na problem starts with `format: 1`"
    assert refusal(made(b"a: 1\nb: \xe9\n")) == f"{p}: not UTF-8 text (byte 0xe9 on line 2)\nsave it as UTF-8"
    assert refusal(made(b"a: \x00")) == f"{p}: not a text file (it holds NUL bytes)\nsave it as UTF-8"
    assert refusal(made(b"a" * (2**20 + 1))) == f"{p}: larger than 1048576 bytes\none file is one problem"


def test_a_file_is_named_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(DeriveError, match=r"^\./p\.yaml:2:1: the key `a` is already on line 1\n"):
        read_file("./p.yaml")


MEGABYTE = 2**20
HOSTILE = {
    "open lists": ("a: " + "[" * 10_000, "nested more than 50 deep"),
    "open tables": ("a: " + "{" * 10_000, "nested more than 50 deep"),
    "lists in lists": ("a: " + "[1,\n " * 10_000, "nested more than 50 deep"),
    "dashes": ("a:\n " + "- " * 9_000, "nested more than 50 deep"),
    "mappings": ("a:\n" + "".join(" " * i + "a:\n" for i in range(1, 200)), "nested more than 50 deep"),
    "parentheses": ("a: " + "(" * 10_000, ""),
    "one long line": ("a: " + "x" * MEGABYTE, "p.yaml: larger than 1048576 bytes"),
    "one line": ("a: " + "x" * (MEGABYTE - 3), "a line of more than 20000 characters"),
    "one tag": ("a: !" + "x" * (MEGABYTE - 4), "a line of more than 20000 characters"),
    "many words": ("a:\n" + "  x\n" * 200_000, "p.yaml: more than 60000 words and lines"),
    "blank lines": ("\n" * (MEGABYTE - 1), "p.yaml: more than 60000 words and lines"),
    "one text": ("a: |\n" + "  x\n" * 25_000, ""),
    "one folded text": ("a: >\n" + "  x\n\n   y\n" * 10_000, ""),
    "one plain text": ("a:\n" + "  x\n" * 25_000, ""),
    "long lines": ("a:\n" + ("  " + "xy" * 9_000 + "\n") * 58, ""),
    "quotes": ("a: '" + ("''" * 9_000 + "\n  ") * 50 + "'", ""),
    "escapes": ('a: "' + ('\\"' * 9_000 + "\n  ") * 50, "this quote is never closed"),
    "bad escape, open quote": ('a: "\\UFFFFFFFF' + ('\\"' * 9_000 + "\n  ") * 50, "YAML cannot read this"),
    "tags": ("a: !" + "x" * 19_000, START + "`!`"),
    "many keys": ("".join(f"a{i}: b\n" for i in range(12_000)), "more than 10000 values"),
    "many numbers": ("a: [" + "1,\n " * 25_000 + "]", "more than 10000 values"),
    "alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", START + "`&`"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_costs_nothing(name: str) -> None:
    yaml, message = HOSTILE[name]
    begun = time.process_time()
    read = tree_or_error(yaml)
    assert time.process_time() - begun < 2  # measured: under 0.5 s; the rest is for slow machines
    assert (read.message if isinstance(read, DeriveError) else "") == message


WORD = st.text(st.sampled_from("abcxyzXW019_^\\/*+=()@.,$~éθ"), min_size=1, max_size=6).filter(
    lambda word: word[0] not in "*@," and not word.startswith("%")
)
LINES = st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4)


@given(
    lines=LINES,
    indent=st.integers(1, 4),
    style=st.sampled_from(["plain", "single", "double", "literal", "folded"]),
)
def test_every_character_has_its_place(lines: list[str], indent: int, style: str) -> None:
    margin = "\n" + " " * indent
    head, joint, tail = {
        "plain": ("", " ", ""),
        "single": ("'", " ", "'"),
        "double": ('"', " ", '"'),
        "literal": ("|-" + margin, "\n", ""),
        "folded": (">-" + margin, " ", ""),
    }[style]
    typed = margin.join(lines).replace("\\", "\\\\" if style == "double" else "\\")
    yaml = f"first: 1\nk: {head}{typed}{tail}\nlast: [1]\n"
    text = text_of(read_text(yaml).get("k"))
    assert (text.value, text.style) == (joint.join(lines), style)
    assert_places(text, yaml.split("\n"))


@given(st.text(max_size=60))
def test_whatever_comes_is_read_or_refused_in_our_words(yaml: str) -> None:
    assert str(tree_or_error(yaml))


@given(st.lists(st.sampled_from(["a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", "'", '"', "#", ",", "|", ">", "*", "&", "!", "?", "@", "\\", "%", "---", "<<"]), max_size=25).map("".join))  # fmt: skip
def test_broken_yaml_is_refused_in_our_words(yaml: str) -> None:
    read = tree_or_error(yaml)
    if isinstance(read, DeriveError):
        assert read.place is None or read.place.text in yaml
    else:
        for text in texts(read):
            assert_places(text, yaml.split("\n"))


SPOT_CHECKS = [
    ("birnn", "define", "h_f[t]", "sigmoid(W_f @ x[t] + U_f @ h_f[t-1])"),
    ("birnn", "notation", "h_f[t]", r"\mathbf h^{(f)}_{t}"),
    ("conv_attention", "data", "Q", "sqrt(2) * [[0, log(2)], [log(2), log(3)]]"),
    ("conv_attention", "data", "K", "[[1, 0], [0, 1]]"),
    ("dropout_weight_decay", "symbols", "R", "matrix(n, d) ~ bernoulli(p)"),
    ("viterbi_decoding", "define", "delta[t, j]", "max(at(p[t], w[t] == j), w[1..t-1])"),
    ("viterbi_decoding", "symbols", "w[t]", "integer in 1..N"),
    ("weightnorm_batchnorm", "symbols", "x", "vector(d) ~ moments(mean=zeros(d), cov=eye(d))"),
]
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="no examples/ in this checkout")


@needs_examples
@pytest.mark.parametrize(("name", "section", "key", "value"), SPOT_CHECKS)
def test_examples_spot_checks(name: str, section: str, key: str, value: str) -> None:
    root = read_file(EXAMPLES / f"{name}.yaml")
    assert text_of(entries_of(root.get(section)).get(key)).value == value


@needs_examples
def test_examples_in_depth() -> None:
    viterbi = read_file(EXAMPLES / "viterbi_decoding.yaml")
    tree = entries_of(entries_of(viterbi.get("data")).get("tree"))
    assert text_of(tree.get("the dog")).value == "{barks: -1.0, runs: -1.1}"
    birnn = read_file(EXAMPLES / "birnn.yaml")
    recursion = entries_of(items_of(birnn.get("parts"))[5])
    assert text_of(recursion.get("id")).value == "1.3.recursion"
    expect = text_of(recursion.get("expect"))
    assert expect.value == (
        "gradient(loss[t], h_f[t]) + U_f.T @ (h_f[t+1] * (1 - h_f[t+1]) * gradient(L, h_f[t+1]))"
    )
    assert shown_at(expect.at(expect.value.index("U_f"), 5)) == "U_f.T"
    ask = text_of(
        entries_of(items_of(read_file(EXAMPLES / "weightnorm_batchnorm.yaml").get("parts"))[2]).get("ask")
    )
    assert ask.value == "Show that the gradient in $u$ is a scaled projection of the gradient in $w$."
    statistics = read_file(EXAMPLES / "normalisation_statistics.yaml")
    rows = items_of(entries_of(statistics.get("data")).get("X"))
    assert [text_of(row).value for row in rows][3] == "[[3, 3, 2], [3, 3, 2]]"


@needs_examples
def test_every_character_of_the_examples_has_its_place() -> None:
    for path in sorted(EXAMPLES.glob("*.yaml")):
        root = read_file(path)
        assert text_of(root.get("format")).value == "1"
        for text in texts(root):
            assert_places(text, path.read_text(encoding="utf-8").split("\n"))
