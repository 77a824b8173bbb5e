r"""Reasons in words: `{0}` becomes its node, in LaTeX between dollars or in the authors' notation.

A Voice is one way of writing nodes into a sentence; a further output (HTML) is one more Voice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterable, Mapping

from derive.notation.derivation import Chain, Reason
from derive.notation.latex import latex
from derive.notation.latex_names import named, size_latex
from derive.notation.text import text
from derive.tree.nodes import Node
from derive.tree.sizes import Size
from derive.vocabulary.scope import Scope

Ranges = Mapping[str, tuple[Size, Size]]

_SLOT = re.compile(r"\{(\d+)\}")
# $a$ = $b$ is one formula: its relation has the space of mathematics.
_BETWEEN = re.compile(r"(?<=[^\\])\$ (=|<|>|\+|-) \$(?=[^$])")


@dataclass(frozen=True)
class Voice:
    """How a node and a range of an index stand inside a sentence."""

    node: Callable[[Node], str]
    range: Callable[[str, Size, Size], str]


def in_latex(scope: Scope) -> Voice:
    return Voice(lambda node: f"${latex(node, scope.notation)}$", _latex_range)


def in_text(scope: Scope) -> Voice:
    return Voice(lambda node: text(node, scope), lambda name, low, high: f"{name} = {low}..{high}")


def _latex_range(name: str, low: Size, high: Size) -> str:
    return rf"${named(name, 'scalar')} = {size_latex(low)}, \dots, {size_latex(high)}$"


def say(reason: Reason, voice: Voice) -> str:
    """The reason as a sentence: "definition of $\\mathbf{y}_{t}$"."""
    said = _SLOT.sub(lambda slot: voice.node(reason.nodes[int(slot[1])]), reason.text)
    return _BETWEEN.sub(r" \1 ", said)


def say_ranges(ranges: Ranges, voice: Voice) -> str:
    """ "for $t = 1, \\dots, T-1$"; empty without ranges."""
    if not ranges:
        return ""
    return "for " + " and ".join(voice.range(name, low, high) for name, (low, high) in ranges.items())


def lead_in(chain: Chain, voice: Voice) -> str:
    """What stands before a chain: its title and its ranges, as the beginning of a sentence; often empty."""
    title = say(chain.title, voice).rstrip(" .:") if chain.title else ""
    said = ", ".join(part for part in (title, say_ranges(chain.ranges, voice)) if part)
    return ("Lemma. " if chain.is_lemma and title else "") + capital(said) + ":" if said else ""


def say_provided(reasons: Iterable[Reason], voice: Voice) -> str:
    """ "provided that no entry of $W x$ is 0"; empty where nothing is needed."""
    said = [say(reason, voice) for reason in reasons]
    return "provided that " + " and ".join(said) if said else ""


def say_where(reasons: Iterable[Reason], voice: Voice) -> str:
    """ "where $a > 0$"; empty where nothing is needed."""
    said = [say(reason, voice) for reason in reasons]
    return "where " + " and ".join(said) if said else ""


def sentence(reason: Reason, voice: Voice) -> str:
    """A reason that stands by itself."""
    said = say(reason, voice)
    return capital(said) + ("" if said.endswith((".", ":", "!", "?")) else ".")


def capital(sentence: str) -> str:
    """The sentence with its first letter large, unless it begins with a formula or a name."""
    first = re.match(r"[A-Za-z]+", sentence)
    return (
        sentence[:1].upper() + sentence[1:]
        if first and first[0].islower() and len(first[0]) > 1
        else sentence
    )
