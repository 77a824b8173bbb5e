"""How much room a handout leaves for the answer of a part: by what it asks, in millimetres.

A question that needs more or less than others of its verb is a row in QUESTIONS.
"""

from __future__ import annotations

from derive.notation.asked import asked
from derive.problem.model import Part

VERBS = {"find": 45, "show": 55, "answer": 32, "algorithm": 65, "code": 40, "figure": 60}
QUESTIONS = {
    # read off or counted
    **dict.fromkeys(("shape", "params", "macs", "count", "evaluations", "bigO", "P"), 18),
    # tables
    "naive_bayes": 50,
    "nearest": 35,
    "search": 35,
    # derived
    **dict.fromkeys(("argmin", "argmax", "minimize", "maximize", "hessian"), 65),
}
BEAM = 30  # each beam further than the first
ANOTHER = 0.5  # of the room, for each answer after the first


def space_for(part: Part) -> int:
    if part.verb != "find" or not part.find:
        return VERBS.get(part.verb, VERBS["find"])
    rooms = sorted((_of(part, n) for n in range(len(part.find))), reverse=True)
    return round(rooms[0] + ANOTHER * sum(rooms[1:]))


def _of(part: Part, n: int) -> float:
    node = part.find[n].expression
    if node.op == "sym" and part.scope.open(node) is not None:
        return 18 if not part.in_terms_of and not part.ranges else VERBS["find"]
    room = QUESTIONS.get(
        node.op, max((QUESTIONS.get(a.op, 0) for a in node.args), default=0) or VERBS["find"]
    )
    beam = asked(node).option("beam") if node.op == "search" else None
    return room + BEAM * (int(beam) - 1 if beam and beam.isdigit() else 0)
