"""Floor 8: the rim that touches the machine: PDF (`tex.py`), what is installed (`doctor.py`), batches.

One more way out of `derive` (another typesetter, another check of the machine) is one more file here.
"""
