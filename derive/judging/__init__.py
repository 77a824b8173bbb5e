"""Floor 7: reading and judging other people's solutions. Every line of an answer in LaTeX gets a verdict, a reason and a repair."""
