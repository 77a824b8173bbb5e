"""Floor 3: notation (readers and writers), evaluation in NumPy, and the Derivation type."""
