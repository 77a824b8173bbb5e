"""Floor 1: what a derivation is written in: sizes, shapes and immutable nodes."""
