"""Densities of laws: `logpdf(normal(mu, Sigma), x)` and `kl(bernoulli(p), bernoulli(q))`.

To add a law: a row in DENSITIES, and its formula as a rule in `derive.rules.densities`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from derive.tree.nodes import SCALAR, Node, Shape
from derive.vocabulary.op import Array, Context, Op, fail


@dataclass(frozen=True)
class Density:
    """`names` are the parameters in order; `log` is the log-density of arrays `(xp, x, parameters, shapes)`."""

    names: tuple[str, ...]
    log: Callable[[Array, Array, tuple[Array, ...], tuple[Shape, ...]], Array]
    latex: str
    divergence: bool = False  # whether kl(p, q) of two such laws is in the language


def _total(a: Array) -> Array:
    return a.sum(axis=(-1, -2), keepdims=True)


def _normal(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    mean, cov = parameters
    tau = xp.number(2) * xp.pi
    if shapes[1].kind == "matrix":
        off = x - mean
        square = xp.matmul(xp.matmul(off.swapaxes(-1, -2), xp.inv(cov)), off)
        return -(x.shape[-2] * xp.log(tau) + xp.log(xp.det(cov)) + square) / 2
    return _total(-((x - mean) ** 2) / (2 * cov) - xp.log(tau * cov) / 2)


def _bernoulli(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    (p,) = parameters
    return _total(x * xp.log(p) + (1 - x) * xp.log(1 - p))


def _categorical(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    """Of the unit vector of the outcome, or of its number."""
    (p,) = parameters
    if shapes[-1].is_scalar:
        at = int(round(float(x.real.flat[0]))) - 1
        return xp.log(p[..., at : at + 1, :])
    return _total(x * xp.log(p))


def _poisson(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    (rate,) = parameters
    return _total(x * xp.log(rate) - rate - xp.logfactorial(x))


def _exponential(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    (rate,) = parameters
    return _total(xp.log(rate) - rate * x)


def _laplace(xp: Array, x: Array, parameters: tuple[Array, ...], shapes: tuple[Shape, ...]) -> Array:
    mean, scale = parameters
    off = x - mean
    return _total(-xp.log(2 * scale) - xp.where(xp.real(off) >= 0, off, -off) / scale)


DENSITIES: dict[str, Density] = {
    "normal": Density(("mean", "cov"), _normal, r"\mathcal{N}", True),
    "bernoulli": Density(("p",), _bernoulli, r"\operatorname{Bernoulli}", True),
    "categorical": Density(("p",), _categorical, r"\operatorname{Cat}", True),
    "poisson": Density(("rate",), _poisson, r"\operatorname{Poisson}"),
    "exponential": Density(("rate",), _exponential, r"\operatorname{Exp}"),
    "laplace": Density(("mean", "scale"), _laplace, r"\operatorname{Laplace}"),
}


def refuse_parameters(kind: str, parameters: tuple[Node, ...], x: Shape) -> None:
    """An error where the parameters of a law do not go with values of the shape of x."""
    for name, value in zip(DENSITIES[kind].names, parameters, strict=True):
        allowed = [SCALAR, x]
        if name == "cov" and x.kind == "vector":
            allowed.append(Shape("matrix", (x.dims[0], x.dims[0])))
        if kind == "categorical":
            allowed = [x] if not x.is_scalar else [Shape("vector", value.shape.dims)]
        if value.shape not in allowed:
            wanted = " or ".join(dict.fromkeys(map(str, allowed)))
            raise fail(f"the {name} of {x} is {wanted}, got {value.shape}")


def _logpdf_shape(args: tuple[Node, ...], data: object) -> Shape:
    refuse_parameters(str(data), args[:-1], args[-1].shape)
    return SCALAR


def _logpdf(ctx: Context, node: Node, *values: Array) -> Array:
    shapes = tuple(a.shape for a in node.args)
    return DENSITIES[str(node.data)].log(ctx.xp, values[-1], tuple(values[:-1]), shapes)


def _kl_shape(args: tuple[Node, ...], data: object) -> Shape:
    half = len(args) // 2
    first, second = args[:half], args[half:]
    shape = first[0].shape
    for law in (first, second):
        refuse_parameters(str(data), law, shape)
    if [a.shape for a in first] != [a.shape for a in second]:
        raise fail("the parameters of both laws need equal shapes", "write v * eye(n) for a variance v")
    return SCALAR


ROWS = [
    Op("logpdf", "logpdf(normal(mu, Sigma), x)", "log-density (log-probability) of a law at x; of independent entries the sum", _logpdf_shape, _logpdf, kind="density"),
    Op("kl", "kl(p, q)", "Kullback-Leibler divergence between two laws of one kind, as in `kl(normal(mu, S), normal(m, R))`", _kl_shape, kind="density"),
]  # fmt: skip
