"""Edits said in a sentence: "missing V_f.T and a factor 2 norm(r)"."""

from __future__ import annotations

from derive.notation.derivation import Reason
from derive.render.say import Voice, say
from derive.tree.nodes import Node

LED = ("missing ", "no ")


def about_repair(reasons: tuple[Reason, ...]) -> Reason:
    """All of them in one sentence; what is missing is said together."""
    unique = list(dict.fromkeys(reasons))
    groups: list[tuple[str, list[Reason]]] = []
    for reason in unique:
        lead = next((lead for lead in LED if reason.text.startswith(lead)), "")
        same = next((g for g in groups if lead and g[0] == lead), None)
        if same is None:
            groups.append((lead, [reason]))
        else:
            same[1].append(reason)
    return joined(
        [
            joined(
                [Reason(r.text.removeprefix(lead) if i else r.text, r.nodes) for i, r in enumerate(rs)],
                " and ",
            )
            for lead, rs in groups
        ],
        "; ",
    )


def joined(reasons: list[Reason], between: str) -> Reason:
    parts: list[str] = []
    nodes: list[Node] = []
    for reason in reasons:
        text = reason.text
        for i in reversed(range(len(reason.nodes))):
            text = text.replace(f"{{{i}}}", f"{{{i + len(nodes)}}}")
        parts.append(text)
        nodes += reason.nodes
    return Reason(between.join(parts), tuple(nodes))


def spoken(reason: Reason, voice: Voice) -> str:
    """The reason in words. A text without nodes is printed as it is: its braces are not ours."""
    return say(reason, voice) if reason.nodes else reason.text
