"""`make gallery`: every problem of docs/gallery solved, checked and printed, one page each, as docs/gallery.pdf.

A further page is a file in docs/gallery; its number is its place. A problem that does not check stops the build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PROBLEMS = DOCS / "gallery"
BUILD = DOCS.parent / "build" / "gallery"

PAGES = r"""\documentclass{article}
\usepackage[paper=a4paper]{geometry}
\usepackage{pdfpages}
\begin{document}
%s
\end{document}
"""


def main() -> None:
    command = [sys.executable, "-m", "derive", "build", str(PROBLEMS), "--out", str(BUILD)]
    if subprocess.run(command, cwd=DOCS.parent, check=False).returncode:
        sys.exit("a problem of the gallery does not check")
    keys = [next(BUILD.rglob(f"{problem.stem}.pdf")) for problem in sorted(PROBLEMS.glob("*.yaml"))]
    rows = "\n".join(r"\includepdf[pages=-]{%s}" % key.as_posix() for key in keys)
    (BUILD / "gallery.tex").write_text(PAGES % rows)
    pdflatex = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "gallery.tex"]
    subprocess.run(pdflatex, cwd=BUILD, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(BUILD / "gallery.pdf", DOCS / "gallery.pdf")
    print(DOCS / "gallery.pdf")


if __name__ == "__main__":
    main()
