"""Problem files to typed Problems: the examples, recurrences in any order, every refusal with its exact text."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.notation.reader import read
from derive.problem.load import inferred_sizes, load
from derive.problem.model import Problem
from derive.tree.sizes import Size

PROBLEMS = Path(__file__).parent.parent / "problems" / "ift6135-a3"
SECONDS = 10.0  # a hang guard: the work takes milliseconds

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
        "1.1 1.2.a 1.2.b 1.2.c 1.2.d 1.3.recursion 1.3.boundary 1.3.recursion_b 1.3.boundary_b 1.3.a 1.3.b".split()
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
    assert problem.parts[0].points == "4"
    assert problem.parts[5].points is None


def test_weight_normalisation() -> None:
    problem = load(PROBLEMS / "weightnorm_batchnorm.yaml")
    assert [(part.id, part.verb) for part in problem.parts] == [
        ("3.2", "show"),
        ("3.2.moments", "find"),
        ("3.3", "find"),
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
    assert projected.in_terms_of == (read("W_perp", scope),)
    assert "mu_y" not in moments.scope.definitions
    assert projected.scope.definitions["mu_y"].body == moments.find[0].expression
    assert [str(claim.right.shape) for claim in problem.parts[4].claims][-1] == "scalar"


def test_dropout() -> None:
    problem = load(PROBLEMS / "dropout_weight_decay.yaml")
    assert [part.id for part in problem.parts] == [
        "4.1",
        "4.2",
        "4.2.lambda",
        "4.2.lambda.words",
        "4.3",
        "4.4",
    ]
    show = problem.parts[0].show
    assert show is not None
    assert show.relation == "=="
    assert [str(n.symbol.name) for n in problem.parts[1].in_terms_of] == ["Gamma", "lambda"]
    special = problem.parts[5].scope
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


def test_files(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="no such file"):
        load(tmp_path / "missing.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x01")
    with pytest.raises(DeriveError, match="not UTF-8 text"):
        load(binary)
    with pytest.raises(DeriveError, match="this is a folder"):
        load(tmp_path)
