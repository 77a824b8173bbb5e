"""Floor 5: claims to verdicts. Definitions are evaluated; rules are never asked."""

from derive.check.judge import Checker

__all__ = ["Checker"]
