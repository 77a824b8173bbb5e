"""Floor 7: what is printed. `document.py` says what a page is made of, `paper.py` turns it into LaTeX.

Another output (HTML, JSON, plain text) is another file here that reads the same few blocks of `document.py`.
"""
