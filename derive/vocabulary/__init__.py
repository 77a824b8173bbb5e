"""Floor 2: the vocabulary (one table), how nodes are built from it, and what names mean in a problem.

To add a function: one row in `arithmetic`, `elementwise`, `linear` or `verbs`. Reader, writers, evaluator,
rules, tests and the reference page read the same row.
"""

from derive.vocabulary.build import TABLE, build
from derive.vocabulary.op import Op
from derive.vocabulary.scope import Declaration, Definition, Law, Scope

__all__ = ["TABLE", "Declaration", "Definition", "Law", "Op", "Scope", "build"]
