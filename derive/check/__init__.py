"""Floor 5: claims to verdicts. Everything is evaluated from the problem's definitions; rules are never asked."""

from derive.check.judge import Checker

__all__ = ["Checker"]
