"""Floor 6: kinds of question. One file for one kind, one line in `TABLE` of `derive.kinds.solve`."""
