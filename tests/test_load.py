"""Problem files to typed Problems: the examples, recurrences in any order, every refusal with its exact text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.notation.reader import read
from derive.problem.load import inferred_sizes, load, loads
from derive.problem.model import Problem
from derive.tree.sizes import Size

PROBLEMS = Path(__file__).parent.parent / "problems" / "ift6135-a3"
SECONDS = 2.0

HEAD = "format: 1\ntitle: A\n"
PART = "parts:\n  - id: 1\n    ask: a\n    answer: b\n"
ASK = "parts:\n  - id: 1\n    ask: Derive.\n"
LINEAR = "symbols:\n  x: vector(d)\n  a: vector(d)\ndefine:\n  f: a.T @ x\n"
RNN = "index:\n  t: 1..T\nsymbols:\n  x[t]: vector(d)\n  W: matrix(h, d)\n  U: matrix(h, h)\n"


def indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.split("\n"))


def shapes(problem: Problem) -> dict[str, str]:
    return {name: str(d.shape) for name, d in problem.scope.definitions.items()}


# ---------------------------------------------------------------- the examples


def test_birnn() -> None:
    problem = load(PROBLEMS / "birnn.yaml")
    assert problem.id == "birnn"
    assert [part.id for part in problem.parts] == (
        "1.2.a 1.2.b 1.2.c 1.2.d 1.3.recursion 1.3.boundary 1.3.recursion_b 1.3.boundary_b 1.3.a 1.3.b".split()
    )
    assert shapes(problem) == {
        "h_f": "vector(h)",
        "h_b": "vector(h)",
        "y": "vector(o)",
        "loss": "scalar",
        "L": "scalar",
    }
    scope = problem.scope
    assert scope.declarations["h_f"].boundary == ((Size.of(0),),)
    assert scope.declarations["h_b"].boundary == ((Size.of("T") + 1,),)
    assert scope.declarations["h_b"].params == ("t",)
    assert scope.notation["h_f[t]"] == r"\mathbf h^{(f)}_{t}"
    step = next(part for part in problem.parts if part.id == "1.3.recursion")
    assert step.ranges == {"t": (Size.of(1), Size.of("T") - 1)}
    assert step.scope.bounds["t"] == (Size.of(1), Size.of("T") - 1)
    assert step.scope.indices["t"] == (Size.of(1), Size.of("T"))
    assert [node.op for node in step.in_terms_of] == ["gradient", "gradient"]
    assert step.expect[0].text.startswith("gradient(loss[t], h_f[t]) + U_f.T @ (")
    assert problem.parts[0].points == "2"
    assert problem.parts[1].points is None


def test_weight_normalisation() -> None:
    problem = load(PROBLEMS / "weightnorm_batchnorm.yaml")
    assert [(part.id, part.verb) for part in problem.parts] == [
        ("3.2", "show"),
        ("3.2.moments", "find"),
        ("3.3", "show"),
        ("3.3.gamma", "find"),
        ("3.3.remark", "answer"),
    ]
    scope = problem.scope
    assert scope.declarations["L"].of == (read("w", scope),)
    law = scope.declarations["x"].law
    assert law is not None
    assert law.kind == "moments"
    assert str(law.args["cov"].shape) == "matrix(d, d)"
    moments, projected = problem.parts[1], problem.parts[2]
    assert [named.name for named in moments.find] == ["mu_y", "var_y"]
    assert "s" not in scope.definitions
    assert projected.scope.definitions["s"].shape.is_scalar
    assert "mu_y" not in moments.scope.definitions
    assert projected.scope.definitions["mu_y"].body == moments.find[0].expression
    assert [str(claim.right.shape) for claim in problem.parts[4].claims][-1] == "scalar"


def test_dropout() -> None:
    problem = load(PROBLEMS / "dropout_weight_decay.yaml")
    assert [part.id for part in problem.parts] == ["4.1", "4.2", "4.2.lambda", "4.3", "4.4"]
    show = problem.parts[0].show
    assert show is not None
    assert show.relation == "=="
    assert [str(n.symbol.name) for n in problem.parts[1].in_terms_of] == ["Gamma", "lambda"]
    special = problem.parts[4].scope
    assert str(special.declarations["A"].shape) == "matrix(n, d)"
    assert str(special.definitions["X"].shape) == "matrix(n, d)"
    assert not {"X", "alpha"} & special.declarations.keys()
    assert list(special.definitions)[:4] == ["L", "Gamma", "lambda", "L2"]
    # a name means one node in the bodies above and in the claims of the part
    body = special.definitions["L"].body
    assert body is not None
    assert body == read("sqnorm(y - (X * R) @ w)", special)


def test_inferred_sizes() -> None:
    sizes = inferred_sizes(load(PROBLEMS / "birnn.yaml"))
    assert sizes["T"] == ["t"]
    assert sizes["d"] == ["x[t]", "W_f", "W_b"]
    assert sizes["h"][-2:] == ["h_f[0]", "h_b[T+1]"]
    dropout = load(PROBLEMS / "dropout_weight_decay.yaml")
    assert inferred_sizes(dropout)["n"] == ["X", "y", "R", "A"]


# ---------------------------------------------------------------- recurrences


def gates(names: str, last: str = "U_{0} @ h[t-1]") -> str:
    return "".join(f"  {c}[t]: sigmoid(W_{c} @ x[t] + {last.format(c)})\n" for c in names)


def weights(names: str) -> str:
    given = "index:\n  t: 1..T\nsymbols:\n  x[t]: vector(d)\n"
    return given + "".join(f"  W_{c}: matrix(h, d)\n  U_{c}: matrix(h, h)\n" for c in names)


LSTM = weights("ifog") + "  h[0]: vector(h)\n  c[0]: vector(h)\ndefine:\n"
STATES = "  c[t]: f[t] * c[t-1] + i[t] * g[t]\n  h[t]: o[t] * tanh(c[t])\n"
GRU = "  n[t]: tanh(W_n @ x[t] + r[t] * (U_n @ h[t-1]))\n"
MIX = "  h[t]: (1 - z[t]) * n[t] + z[t] * h[t-1]\n"

LOADED = {
    "vanilla": (RNN + "  h[0]: vector(h)\ndefine:\n  h[t]: tanh(W @ x[t] + U @ h[t-1])\n", "h: vector(h)"),
    "defined base": (RNN + "define:\n  h[0]: zeros(h)\n  h[t]: tanh(W @ x[t] + U @ h[t-1])\n", "h: vector(h)"),
    "base last": (RNN + "define:\n  h[t]: tanh(W @ x[t] + U @ h[t-1])\n  h[0]: zeros(h)\n", "h: vector(h)"),
    "lstm": (LSTM + gates("ifog") + STATES, "i f o g c h: vector(h)"),
    "lstm, states first": (LSTM + STATES + gates("gofi"), "c h g o f i: vector(h)"),
    "gru": (weights("zrn") + "  h[0]: vector(h)\ndefine:\n" + gates("zr") + GRU + MIX, "z r n h: vector(h)"),
    "gru, states first": (weights("zrn") + "define:\n" + MIX + GRU + gates("zr") + "  h[0]: zeros(h)\n", "h n z r: vector(h)"),
    "backwards": (RNN + "define:\n  p[T+1]: zeros(h)\n  p[t]: W @ x[t] + U.T @ p[t+1]\n", "p: vector(h)"),
    "from 1": (RNN + "define:\n  m[1]: x[1]\n  m[t]: m[t-1] / 2 + x[t]\n", "m: vector(d)"),
    "two steps": (RNN + "define:\n  m[1]: x[1]\n  m[2]: x[2]\n  m[t]: m[t-1] + m[t-2]\n", "m: vector(d)"),
    "maximum": ("index:\n  t: 1..T\n  i: 1..N\n  j: 1..N\nsymbols:\n  P: matrix(N, N)\n  q: vector(N)\ndefine:\n  D[1, j]: q[j]\n  D[t, j]: max(P[i, j] * D[t-1, i], i)\n", "D: scalar"),
    "edit distance": ("index:\n  i: 1..m\n  j: 1..n\nsymbols:\n  c[i, j]: scalar\n  D[0, j]: scalar\n  D[i, 0]: scalar\n  D[0, 0]: scalar\ndefine:\n  D[i, j]: c[i, j] + D[i-1, j] * D[i, j-1] * D[i-1, j-1]\n", "D: scalar"),
    "later names": ("symbols:\n  x: vector(d)\ndefine:\n  y: 2 * z\n  z: 3 * x\n", "y z: vector(d)"),
    "only data": ("data:\n  Q: sqrt(2) * [[0, log(2)], [log(2), log(3)]]\n  v: [1, 2]\n  s: 1/3\ndefine:\n  A: s * Q @ v\n", "A: vector(2)"),
    "a law of definitions": ("symbols:\n  x: vector(d) ~ normal(zeros(d), S)\n  A: matrix(d, d)\ndefine:\n  S: A @ A.T\n", "S: matrix(d, d)"),
    "constraints": ("sizes: N > d, d >= 2\nsymbols:\n  X: matrix(N, d)\ndefine:\n  G: X.T @ X\n", "G: matrix(d, d)"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOADED)
def test_definitions(name: str) -> None:
    sections, expected = LOADED[name]
    names, shape = expected.split(": ")
    problem = loads(HEAD + sections + PART)
    assert shapes(problem) == dict.fromkeys(names.split(), shape)
    assert all(d.body is not None for d in problem.scope.definitions.values())


def test_members() -> None:
    problem = loads(HEAD + LOADED["defined base"][0] + PART)
    h = problem.scope.definitions["h"]
    assert h.params == ("t",)
    assert [index for index, _ in h.members] == [(Size.of(0),)]
    assert problem.scope.open(read("h[0]", problem.scope)) == read("zeros(h)", problem.scope)


def test_options_of_a_part() -> None:
    options = """find: argmin(x.T @ x, x)
points: 1.5
subject_to: a.T @ x == 1
multiplier: nu
hold: a
detail: full
steps:
  - == 2 * x
  - == 0
claims: f == a.T @ x
expect: 0"""
    part = loads(HEAD + LINEAR + ASK + indented(options)).parts[0]
    assert part.points == "1.5"
    assert part.multiplier == "nu"
    assert part.detail == "full"
    assert [node.symbol.name for node in part.hold] == ["a"]
    assert [(line.left, str(line.right.shape)) for line in part.steps] == [(None, "vector(d)")] * 2
    assert str(part.expect[0].expression.shape) == "vector(d)"
    assert len(part.subject_to) == len(part.claims) == 1


def test_found_names_are_known_later() -> None:
    find = "find:\n  g: gradient(f, x)\nexpect:\n  g: a\n"
    problem = loads(
        HEAD + LINEAR + ASK + indented(find) + "  - id: 2\n    ask: 'And {{ g }}?'\n    find: sqnorm(g)\n"
    )
    assert "g" not in problem.parts[0].scope.definitions
    assert str(problem.parts[1].scope.definitions["g"].shape) == "vector(d)"


# ---------------------------------------------------------------- refusals: text, place, message, hint

# fmt: off
WHOLE = [
    ("title: A\n", "1:1-5", "`format: 1` is missing", "make it the first line"),
    ("format: 2\ntitle: A\n", "1:9", "unknown format '2'", "write `format: 1`"),
    ("title: A\nformat: 1\n", "2:1-6", "`format:` stands first", "make `format: 1` the first line"),
    ("format: 1\nparts:\n", "1:1-6", "`title:` is missing", "add a line such as\n    title: Linear regression"),
    ("format: 1\ntitle: A\n", "1:1-6", "`parts:` is missing", "add, for example,\n    parts:\n      - id: 1\n        ask: Derive the gradient.\n        find: gradient(f, x)"),
    ("format: 1\ntitle: A\nparts:\n", "3:7", "`parts:` is a list", "add, for example,\n    parts:\n      - id: 1\n        ask: Derive the gradient.\n        find: gradient(f, x)"),
    ("format: 1\ntitle: A\nparts:\n  - id: 1\n    ask: a\n    answer: b\n  - id: 1\n    ask: a\n    answer: b\n", "7:9", "the id '1' is already on line 4", "each part needs an id of its own"),
    ("format: 1\ntitle: A\nparts:\n  - ask: a\n    answer: b\n", "4:5", "a part without an id", "start it with a line such as `- id: 1.a`"),
    ("format: 1\ntitle: A\nparts:\n  - id: 2\n    answer: b\n", "4:9", "part 2 has no `ask:`", "add what is asked, as in\n    ask: Derive the gradient."),
    ("format: 1\ntitle: A\nparts:\n  - id: 2 a\n    ask: b\n    answer: b\n", "4:9-11", "an id is made of letters, digits and . _ -", "as in 1.2.a"),
]

GIVEN = [
    ("symbol:\n  x: scalar\n", "3:1-6", "unknown section 'symbol'", "did you mean 'symbols'?"),
    ("symbols: x\n", "3:10", "`symbols:` takes `key: value` lines", "as in\n    symbols:\n      w: vector(d)"),
    ("symbols:\n  x: {type: vector(d)}\n", "4:6-22", "a type may not be a table", "quote it:\n    '{type: vector(d)}'"),
    ("symbols:\n  x[t]: vector(d)\n", "4:5", "'t' is no index", "declare it:\n    index:\n      t: 1..T"),
    ("index:\n  t: 1-T\n", "4:9", "a range is wanted here", "write low..high, as in 1..T"),
    ("index:\n  t: 5..2\n", "4:6-9", "the range 5..2 is empty", "write low..high"),
    ("sizes: N d\n", "3:8-10", "a relation between sizes is wanted here", "write N > d"),
    ("sizes: N > d,  > 2\n", "3:14", "an expression is missing", None),
    ("symbols:\n  x: vctor(d)\n", "4:6-10", "unknown type 'vctor'", "did you mean 'vector'?"),
    ("symbols:\n  x: scalar\ndefine:\n  x: 2\n", "6:3", "'x' is a symbol (line 4) and defined", "remove one of the two, or rename it"),
    ("data:\n  x: [1, 2]\ndefine:\n  x: 2\n", "6:3", "'x' has data and is defined", "remove one of the two, or rename it"),
    ("define:\n  x: y\n  y: x\n", "4:3", "x and y are defined by each other", "define one of them without the others"),
    ("define:\n  x: x + 1\n", "4:3", "x is defined by itself", "define it by other names"),
    ("symbols:\n  L: scalar of w\ndefine:\n  w: 2 * L\n", "6:3", "L and w are defined by each other", "define one of them without the others"),
    ("symbols:\n  x: scalar\nnotation:\n  y: z\n", "6:3", "unknown name 'y'", "notation is for names that are declared, defined or found"),
    ("symbols:\n  x: scalar\nstatement: |\n  Let\n  us see {{ y }}.\n", "7:13", "unknown name 'y' in a text", None),
    ("symbols:\n  x: scalar\nstatement: Let us see {{ x.\n", "5:23-24", "`{{` is never closed", "write {{ X }}"),
    ("symbols:\n  x: scalar\nstatement: Let us see {{ 1 + x }}.\n", "5:26-30", "a name is wanted in `{{ }}`", "write the name of a quantity, or define"),
    ("symbols:\n  x: vector(d) ~ normal(mu, S)\n", "4:25-26", "unknown symbol 'mu'", None),
    ("symbols:\n  L: scalar of w\n", "4:16", "unknown symbol 'w'", None),
]

RECURRENT = [
    ("  y[s]: vector(d)\n", "9:5", "'s' is no index", "declare it:\n    index:\n      s: 1..S"),
    ("define:\n  h[t]: tanh(W @ x[t] + U @ h[t-1])\n", "10:3-6", "h[t] reaches h[0], which nothing declares or defines", "add a line:\n    symbols:\n      h[0]: vector(h)"),
    ("define:\n  h[t]: tanh(W @ x[t] + U @ h[t+1])\n", "10:3-6", "h[t] reaches h[T+1], which nothing declares or defines", "add a line:\n    symbols:\n      h[T+1]: vector(h)"),
    ("  h[0]: vector(h)\ndefine:\n  h[t]: tanh(W @ x[t-1] + U @ h[t-1])\n", "11:3-6", "h[t] reaches x[0], which nothing declares or defines", "add a line:\n    symbols:\n      x[0]: vector(d)"),
    ("  h[0]: vector(h)\ndefine:\n  h[t]: U @ h[t-1] + U @ h[t-2]\n", "11:3-6", "h[t] reaches h[-1], which nothing declares or defines", "add a line:\n    symbols:\n      h[-1]: vector(h)"),
    ("define:\n  h[t]: tanh(W @ x[t] + W @ h[t-1])\n", "10:9-35", "the body of h[t] is vector(h) where h[t] itself is vector(d)", "declare where h[t] starts:\n    symbols:\n      h[0]: vector(n)"),
    ("define:\n  h[t]: tanh(W @ x[t] + q @ h[t-1])\n", "10:25", "unknown symbol 'q'", None),
    ("  h[0]: vector(d)\ndefine:\n  h[t]: W @ h[t-1]\n", "11:9-18", "h[t] is vector(h), but h[0] is vector(d)", None),
    ("define:\n  a[t]: b[t]\n  b[t]: a[t]\n", "10:3-6", "a[t] and b[t] are defined by each other", "a recurrence goes back (or ahead) by one index, as in h[t]: f(h[t-1])"),
    ("  a[0]: scalar\ndefine:\n  a[t]: b[t+1]\n  b[t]: a[t-1]\n", "11:3-6", "a[t] and b[t] are defined by each other", "a recurrence goes back (or ahead) by one index, as in h[t]: f(h[t-1])"),
    ("  a[0]: scalar\ndefine:\n  a[t]: L * a[t-1]\n  L: sum(a[t], t)\n", "11:3-6", "a[t] and L are defined by each other", "a recurrence goes back (or ahead) by one index, as in h[t]: f(h[t-1])"),
    ("  h[0]: vector(h)\ndefine:\n  h[t+1]: tanh(W @ x[t] + U @ h[t])\n", "11:3-8", "h[t+1] stands for no range of t", "write h[t], and shift the indices on the other side"),
    ("  h[0]: vector(h)\n", "9:3-6", "h[0] is a boundary member, but nothing declares or defines h[t]", "add h[t] under symbols: or define:"),
    ("define:\n  h[0]: zeros(h)\n", "10:3-6", "h[0] is a boundary member, but nothing declares or defines its family", "add h[t] under symbols: or define:"),
    ("define:\n  L: sqnorm(x[t])\n", "10:6-17", "L has no index t", "write L[t]: ..., or sum over t"),
    ("  x[0]: vector(d) nonzero\n", "9:9-25", "x[0] has other facts than x[t]", "a family and its boundary members have one type; a member that differs is defined under define:"),
    ("  x[0]: vector(h)\n", "9:9-17", "x[0] is vector(h), but x[t] is vector(d)", "a family and its boundary members have one type; a member that differs is defined under define:"),
    ("  y[t]: scalar\n  y[ t ]: scalar\n", "10:3-8", "'y' is already on line 9", "remove one of the two, or rename it"),
    ("  t: scalar\n", "9:3", "'t' is the index of a range", "rename it, or the index under index:"),
]

ASKED = [
    ("find: x\nexpected: x", "12:5-12", "unknown option of a part 'expected'", "did you mean 'expect'?"),
    ("fnd: x", "11:5-7", "unknown option of a part 'fnd'", "did you mean 'find'?"),
    ("points: 2", "9:5", "this part asks for nothing", "add one of find, show, answer, algorithm, figure"),
    ("find: x\nshow: x == x", "12:5-8", "a part has one of find, show, answer, algorithm, figure; this one has `find:` already", "make it a part of its own"),
    ("points: two\nfind: x", "11:13-15", "points are a number", "as in `points: 2` or `points: 0.5`"),
    ("detail: short\nfind: x", "11:13-17", "unknown detail 'short'", "write brief or full"),
    ("find: [x, a]", "11:11-16", "what to find may not be a list", "quote it:\n    '[x, a]'"),
    ("show: [x]", "11:11-13", "an equation may not be a list", "quote it:\n    '[x]'"),
    ("find: gradient(f, y)", "11:23", "unknown symbol 'y'", None),
    ("find: gradient(f, x)\n  + a\n  + q", "13:9", "unknown symbol 'q'", None),
    ("find: gradient(f, x)\nexpect: f", "12:13", "what is expected is scalar, what is found is vector(d)", None),
    ("find:\n  g: gradient(f, x)\nexpect:\n  k: a", "14:7", "`find:` names no 'k'", "it names g"),
    ("find:\n  g: gradient(f, x)\n  k: x\nexpect:\n  g: a", "14:5-10", "`expect:` lacks 'k'", "add\n      k: ..."),
    ("find:\n  g: gradient(f, x)\n  k: x\nexpect: a", "14:13", "`find:` names its answers, so `expect:` does", "write\n    expect:\n      g: ...\n      k: ..."),
    ("find: x\nexpect:\n  g: a", "13:7", "`find:` names no answers, so `expect:` is one expression", None),
    ("find: x\nexpect: [1, 2]", "12:15", "a list is no expression", "lists stand under data: and expect:"),
    ("find: x\nexpect: (1, 2)", "12:15", "a list is no expression", "lists stand under data: and expect:"),
    ("show: x == x\nexpect: x", "12:5-10", "`expect:` does not go with `show:`", "it goes with find"),
    ("show: x = x", "11:13", "expected == (or <=, >=), got '='", "an equation is written with =="),
    ("show: x", "11:12", "an equation is wanted here", "write left == right"),
    ("show: x == f", "11:13-14", "== between vector(d) and scalar", None),
    ("find: gradient(f, x)\nsteps:\n  - d(f) == a.T @ d(x)\n  - == a.T @@ d(x)", "14:17", "expected a name, a number or '(', got '@'", None),
    ("find: gradient(f, x)\nin_terms_of: f, x + a", "12:21-25", "a name or a derivative is wanted here", "as in `in_terms_of: y[t], gradient(L, h[t])`"),
    ("find: gradient(f, x)\nin_terms_of: f, gradient(f, x), q", "12:37", "unknown symbol 'q'", None),
    ("find: gradient(f, x)\nhold: 2", "12:11", "a name is wanted here", "as in `hold: h[t-1]`"),
    ("find: gradient(f, x)\nfor: t=1..T", "12:10", "'t' is no index", "declare it:\n    index:\n      t: 1..T"),
    ("find: argmin(f, x)\nmultiplier: mu", "12:17-18", "a multiplier without `subject_to:`", "add `subject_to: g == 0`"),
    ("find: argmin(f, x)\nsubject_to: a.T @ x == 1\nmultiplier: a", "13:17", "the multiplier cannot be 'a': the name is taken", "give it a new name, as in `multiplier: mu`"),
    ("find: f\nlet:\n  x: 2 * f * a", "13:7", "x and f are defined by each other", "define one of them without the others"),
    ("find: f\nlet:\n  x: 2 * f", "13:10-14", "'x' was vector(d) and becomes scalar", "a special case keeps its shape"),
    ("find: f\nlet:\n  x: vector(k)", "13:10-18", "'x' was vector(d) and becomes vector(k)", "a special case keeps its shape"),
    ("find: f\nlet:\n  s: vectr(k)", "13:10-14", "unknown function 'vectr'", None),
    ("find: 9**9**9", "11:12-13", "number too large", "exponents go up to 10000"),
    ("algorithm:", "11:15", "`algorithm:` is empty", None),
    ("find:", "11:10", "an expression is missing", None),
    ("answer: a\nsteps:\n  - x == x", "12:5-9", "`steps:` does not go with `answer:`", "it goes with find, show"),
]

ASKED_RNN = [
    ("find: x[t]\nfor: t=0..T", "13:10-15", "the range t=0..T is larger than that of the index", "the index is t: 1..T"),
    ("find: x[t]\nfor: t=1..N", "13:15", "unknown size 'N'", None),
    ("find: x[t]\nfor: 1..T", "13:10-13", "a range is wanted here", "write t=1..T-1"),
    ("find: x[t]\nfor: t=1..T-1, s=1..T", "13:20", "'s' is no index", "declare it:\n    index:\n      s: 1..S"),
    ("find: x[t]\nfor: t=T..T-1", "13:10-17", "the range t=T..T-1 is empty", "the index is t: 1..T"),
    ("find: x[t]\nfor: t=1..T+1", "13:10-17", "the range t=1..T+1 is larger than that of the index", "the index is t: 1..T"),
]

# fmt: on

ALL = [
    *WHOLE,
    *[(HEAD + text + PART, *row) for text, *row in GIVEN],
    *[(HEAD + RNN + text + PART, *row) for text, *row in RECURRENT],
    *[(HEAD + LINEAR + ASK + indented(text), *row) for text, *row in ASKED],
    *[(HEAD + RNN + ASK + indented(text), *row) for text, *row in ASKED_RNN],
]


def shown(text: str, where: str, message: str, hint: str | None) -> str:
    """What a user sees of an error at `line:column` or `line:column-last column`."""
    line, _, columns = where.partition(":")
    first, _, last = columns.partition("-")
    width = int(last or first) - int(first) + 1
    source = text.split("\n")[int(line) - 1]
    caret = " " * (int(first) - 1) + "^" * width
    told = f"p.yaml:{line}:{first}: {message}\n    {source}\n    {caret}"
    return told if hint is None else f"{told}\n{hint}"


@pytest.mark.parametrize(("text", "where", "message", "hint"), ALL)
def test_refused(text: str, where: str, message: str, hint: str | None) -> None:
    start = time.perf_counter()
    with pytest.raises(DeriveError) as caught:
        loads(text, "p.yaml")
    assert str(caught.value) == shown(text, where, message, hint)
    assert time.perf_counter() - start < SECONDS


def asked(find: str) -> str:
    return HEAD + LINEAR + ASK + f"    find: {find}\n"


def crowd(n: int) -> str:
    """n states, each of which reaches all others."""
    bodies = "".join(f"  y{i}[t]: {'+'.join(f'y{j}[t-1]' for j in range(n))}\n" for i in range(n))
    given = "".join(f"  y{i}[0]: scalar\n" for i in range(n))
    return HEAD + f"index:\n  t: 1..T\nsymbols:\n{given}define:\n{bodies}" + PART


def ring(n: int) -> str:
    """n states without a base case, none of which shows its shape."""
    bodies = "".join(f"  y{i}[t]: y{(i + 1) % n}[t-1] + y{(i + 7) % n}[t-1] @ x1\n" for i in range(n))
    given = "".join(f"  x{i}: matrix(d{i}, e{i})\n" for i in range(n))
    return HEAD + f"index:\n  t: 1..T\nsymbols:\n{given}define:\n{bodies}" + PART


MATRICES = "".join(f"  y{i}: {'+'.join(['1'] * 9000)}\n" for i in range(50))
HOSTILE = {
    "open parentheses": (asked("(" * 9_000), "nested deeper than 100"),
    "parentheses": (asked("(" * 9_000 + "x" + ")" * 9_000), "nested deeper than 100"),
    "10,000 parentheses": (asked("(" * 10_000 + "x" + ")" * 10_000), "a line of more than 20000 characters"),
    "signs": (asked("-" * 19_000 + "x"), "nested deeper than 100"),
    "indices": (asked("x[" * 9_000), "nested deeper than 100"),
    "a tower": (asked("9**9**9"), "number too large"),
    "digits": (asked("9" * 5_000), "number too large"),
    "an alias bomb": (HEAD + "data:\n  a: &a [x, x]\n  b: [*a, *a]\n" + PART, "a value may not start with `&`"),
    "sums": (HEAD + "define:\n" + MATRICES + PART, "more than 60000 characters of mathematics"),
    "names": (HEAD + "symbols:\n" + "".join(f"  x{i}: scalar\n" for i in range(4_000)) + PART, "more than 200 names"),
    "parts": (HEAD + PART + "".join(f"  - id: {i}\n    ask: a\n    answer: b\n" for i in range(500)), "more than 100 parts"),
    "a crowd": (crowd(150), "more than 60000 characters of mathematics"),
    "no base cases": (ring(90), "@ of scalar and matrix(d1, e1)"),
    "text with dollars": (HEAD + "statement: a" + "$" * 15_000 + " {{ q }}\n" + PART, "unknown name 'q' in a text"),
    "NUL": ("\0", "a control character (U+0000)"),
    "empty": ("", "p.yaml: nothing in it"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    text, message = HOSTILE[name]
    start = time.perf_counter()
    with pytest.raises(DeriveError) as caught:
        loads(text, "p.yaml")
    assert caught.value.message == message
    assert time.perf_counter() - start < SECONDS


def test_a_large_honest_problem_is_quick() -> None:
    start = time.perf_counter()
    loads(crowd(70))
    assert time.perf_counter() - start < SECONDS


def test_files(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="no such file"):
        load(tmp_path / "missing.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x01")
    with pytest.raises(DeriveError, match="not UTF-8 text"):
        load(binary)
    with pytest.raises(DeriveError, match="this is a folder"):
        load(tmp_path)
