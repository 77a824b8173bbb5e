"""Floor 7: judging other people's solutions: every line gets a verdict, a reason and a repair."""
