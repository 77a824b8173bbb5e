"""Floor 4: exact values: what an expression comes to with the data put in, and the lines that lead there."""
