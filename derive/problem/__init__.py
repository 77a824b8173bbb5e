"""Floor 5: the problem file, from raw YAML text to a typed Problem."""
