"""Families of verbs: which ask for a derivative, for a moment of a random quantity, for an extreme point."""

from __future__ import annotations

DERIVATIVES = frozenset({"gradient", "jacobian", "hessian"})
MOMENTS = frozenset({"E", "Var", "Cov"})
EXTREMA = frozenset({"argmin", "argmax"})
SOUGHT = EXTREMA | {"solve"}  # their second argument is found
VERBS = DERIVATIVES | MOMENTS | SOUGHT
OPAQUE = DERIVATIVES | MOMENTS | EXTREMA | {"d"}  # their value is not found entry by entry
QUESTIONS = DERIVATIVES | EXTREMA  # of a function, in a variable
