"""Floor 4: rewriting. Applies the rows of `derive.rules` and records what happened as lines."""
