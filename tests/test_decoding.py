"""Search in a tree: answers, ties, bad data, and planted wrong answers that the check must refuse."""

from __future__ import annotations

import pytest

from derive.check import decoding as check
from derive.errors import DeriveError
from derive.kinds.result import PartResult
from derive.kinds.solve import solve
from derive.notation.text import text
from derive.problem.load import loads

TREE = """    start: {the: -0.9, a: -1.1, red: -1.5}
    the: {dog: -1.0, cat: -1.2}
    a: {cat: -0.6, dog: -1.3}
    red: {birds: -0.3, dog: -1.8}
    the dog: {barks: -1.0, runs: -1.1}
    the cat: {sleeps: -0.9, runs: -1.2}
    a cat: {sleeps: -0.6, runs: -1.3}
    a dog: {barks: -0.6, runs: -1.4}
    red birds: {fly: -0.2, runs: -2.3}
    red dog: {barks: -0.4, runs: -1.5}
"""
LOGS = {
    (): {"a": -0.5, "b": -1.0},
    ("a",): {"c": -1.0, "d": -2.0},
    ("b",): {"c": -0.1},
}


def file(tree: str, find: str, rest: str = "") -> str:
    return (
        f"format: 1\ntitle: t\ndata:\n  tree:\n{tree}parts:\n  - id: a\n    ask: a\n    find: {find}\n{rest}"
    )


def part(tree: str, find: str, rest: str = "") -> PartResult:
    return solve(loads(file(tree, find, rest))).parts[0]


def answers(result: PartResult) -> dict[str, str]:
    return {a.answer.name or "": text(a.answer.expression) for a in result.answers}


@pytest.mark.parametrize(
    ("find", "path", "logp"),
    [
        ("search(tree)", "red birds fly", "-2"),
        ("search(tree, vocabulary=11)", "red birds fly", "-2"),
        ("search(tree, beam=1)", "the dog barks", "-2.9"),
        ("search(tree, beam=2)", "a cat sleeps", "-2.3"),
        ("search(tree, beam=3)", "red birds fly", "-2"),
        ("search(tree, beam=100)", "red birds fly", "-2"),
    ],
)
def test_the_tree_of_the_source(find: str, path: str, logp: str) -> None:
    result = part(TREE, find)
    assert result.status == "checked"
    assert (answers(result)["path"], answers(result)["logp"]) == (path, logp)


def test_identical_beams_would_be_greedy() -> None:
    """Two beams are not greedy search: one empty path is expanded at the first step."""
    assert answers(part(TREE, "search(tree, beam=2)"))["path_2"] == "the dog barks"


def test_a_finished_path_stays_in_the_beam() -> None:
    tree = "    start: {stop: -0.5, go: -1.0}\n    go: {on: -0.1}\n    go on: {now: -0.1}\n"
    result = part(tree, "search(tree, beam=2)")
    assert answers(result) == {"path": "stop", "logp": "-0.5", "path_2": "go on now", "logp_2": "-1.2"}
    assert result.status == "checked"


def test_logs_stay_exact() -> None:
    tree = "    start: {a: log(1/3), b: log(2/3)}\n    a: {c: log(1)}\n    b: {c: log(1/4), d: log(3/4)}\n"
    assert answers(part(tree, "search(tree)")) == {"path": "b d", "logp": "log(1/2)"}


def test_ties_are_told_and_any_of_them_may_be_expected() -> None:
    tree = "    start: {a: -1, b: -1.5}\n    a: {c: -1}\n    b: {c: -0.5}\n"
    result = part(tree, "search(tree)", "    expect:\n      path: b c\n")
    assert answers(result)["path"] == "a c"
    assert result.status == "checked"


@pytest.mark.parametrize(
    ("expect", "status"),
    [("path: red birds fly", "checked"), ("path: the dog barks", "failed"), ("logp: -2.1", "failed")],
)
def test_expectations(expect: str, status: str) -> None:
    assert part(TREE, "search(tree)", f"    expect:\n      {expect}\n").status == status


def test_an_expectation_of_no_answer_is_told() -> None:
    with pytest.raises(DeriveError, match="no answer 'pathh'"):
        part(TREE, "search(tree)", "    expect:\n      pathh: red birds fly\n")


WRONG = [
    ("    start: {a: 0.4}\n", "the log-probability 0.4 is larger than 0", 5),
    ("    start: {a: log(2)}\n", "the log-probability log(2) is larger than 0", 5),
    ("    start: {a: log(0)}\n", "log(0) has no value", 5),
    ("    start: {a: -0.1, b: -0.2}\n", "the words after 'start' have probability 1.724 together", 5),
    ("    start: {a: -1}\n    b: {c: -1}\n", "no path leads to 'b'", 6),
    ("    start: {a: -1}\n    a: {}\n", "nothing follows 'a'", 6),
    ("    start: {a: x}\n", "'x' is no number", 5),
    ("    start: {a: -1, a: -2}\n", "the key `a`", 5),
    ("    start: [1, 2]\n", "the words after 'start' are a mapping", 5),
    ("    start: {a b: -1}\n", "a next word is one word", 5),
]


@pytest.mark.parametrize(("tree", "message", "line"), WRONG)
def test_bad_trees_are_refused_where_they_are_bad(tree: str, message: str, line: int) -> None:
    with pytest.raises(DeriveError) as caught:
        loads(file(tree, "search(tree)"))
    if "stands twice" not in caught.value.message:
        assert message.split(" `")[0] in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.line == line


@pytest.mark.parametrize(
    ("find", "message"),
    [
        ("search(treee)", "no data 'treee'"),
        ("search(tree, beams=2)", "search has no option 'beams'"),
        ("search(tree, beam=2, beam=3)", "the option 'beam' stands twice"),
    ],
)
def test_bad_questions_are_refused(find: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message.replace("'", ".")):
        loads(file(TREE, find))


@pytest.mark.parametrize("beam", ["0", "-1", "1/2"])
def test_a_beam_is_a_whole_number(beam: str) -> None:
    with pytest.raises(DeriveError, match="whole number"):
        part(TREE, f"search(tree, beam={beam})")


# ---------------------------------------------------------------- planted wrong answers


def test_the_check_finds_the_best_path() -> None:
    assert check.best_path(LOGS, ("b", "c"), -1.1).status == "holds"


@pytest.mark.parametrize(
    ("path", "logp"), [(("a", "c"), -1.5), (("b", "c"), -1.0), (("b",), -1.0), (("a", "x"), -0.1)]
)
def test_a_wrong_best_path_is_refused(path: tuple[str, ...], logp: float) -> None:
    assert check.best_path(LOGS, path, logp).status == "fails"


GREEDY = [{("a",): -0.5}, {("a", "c"): -1.5}]


def test_the_check_follows_a_beam() -> None:
    assert check.beams(LOGS, 1, GREEDY).status == "holds"


@pytest.mark.parametrize(
    "kept",
    [
        [{("b",): -1.0}, {("b", "c"): -1.1}],  # not the best first word
        [{("a",): -0.5}, {("b", "c"): -1.1}],  # its beginning was dropped
        [{("a",): -0.5}, {("a", "c"): -1.4}],  # a wrong sum
        [{("a",): -0.5}],  # not finished
        [{("a",): -0.5, ("b",): -1.0}, {("b", "c"): -1.1}],  # too many
    ],
)
def test_a_wrong_beam_is_refused(kept: list[check.Mapping[check.Path, float]]) -> None:
    assert check.beams(LOGS, 1, kept).status == "fails"


def test_an_unlisted_word_that_would_win_is_found() -> None:
    thin = {(): {"a": -5.0}}
    assert check.nothing_unlisted(thin, 3, [([()], -5.0)]).status == "fails"
    assert check.nothing_unlisted(LOGS, 11, [(list(LOGS), -6.0)]).status == "fails"
    assert check.nothing_unlisted(LOGS, 11, [(list(LOGS), -1.1)]).status == "holds"


EVEN = """    start: {a: log(1/2), b: log(1/2)}
    a: {c: log(1/2), d: log(1/2)}
    b: {c: log(1/2), d: log(1/2)}
"""
UNEVEN = """    start: {a: log(1/2), b: log(1/2)}
    a: {c: log(3/4), d: log(1/4)}
    b: {c: log(1/2), d: log(1/4)}
"""
TIED_BEAMS = [  # tree, beams, what is expected, whether some beam search ends so
    (EVEN, 2, "path: b d, path_2: a d", True),
    (EVEN, 2, "path: b d, path_2: b c", True),
    (EVEN, 2, "path: b d, path_2: b d", False),
    (EVEN, 1, "path: b d", True),
    (EVEN, 1, "path: b e", False),
    (UNEVEN, 1, "path: a c, logp: log(3/8)", True),
    (UNEVEN, 1, "path: b c, logp: log(1/4)", True),
    (UNEVEN, 1, "path: b c, logp: log(3/8)", False),
    (UNEVEN, 2, "path: b c, path_2: a c", False),
]


@pytest.mark.parametrize(("tree", "beam", "expect", "holds"), TIED_BEAMS)
def test_of_tied_beams_any_may_be_expected(tree: str, beam: int, expect: str, holds: bool) -> None:
    found = part(tree, f"search(tree, beam={beam})", f"    expect: {{{expect}}}\n")
    assert found.status == ("checked" if holds else "failed")
    assert text(found.answers[0].answer.expression) == "a c"  # what is printed is never taken from expect:
