"""A judged answer as one HTML file: no script, no network, everything that was handed in escaped."""

from __future__ import annotations

import re
from html import escape

from derive.judging.judged import Judged, JudgedChain, Report
from derive.judging.mathml import mathml
from derive.judging.report_text import visible
from derive.judging.sentences import spoken
from derive.judging.shown import remark, sides
from derive.judging.verdicts import VERDICTS
from derive.render.say import in_latex

STYLE = """
body { font: 16px/1.45 Georgia, 'Times New Roman', serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; } .quiet { color: #6b7280; font-size: 0.9rem; }
section { background: #f7f9fb; border-left: 3px solid #9fb3c8; margin: 1rem 0; padding: 0.4rem 0.8rem; }
section { overflow-x: auto; }
table { border-collapse: collapse; } td { padding: 0.25rem 0.5rem; vertical-align: top; }
td.mark { text-align: center; font-weight: bold; width: 1.5rem; }
td.line { color: #9ca3af; text-align: right; font-size: 0.8rem; }
td.left { text-align: right; white-space: nowrap; } td.remark { font-size: 0.9rem; }
.green { color: #15803d; } .red { color: #b91c1c; } .yellow { color: #b45309; } .grey { color: #6b7280; }
code { white-space: pre-wrap; overflow-wrap: anywhere; } h2 { font-size: 1rem; }
"""
_FORMULA = re.compile(r"(?<!\\)\$((?:[^$\\]|\\.)+)\$")


def report_html(report: Report) -> str:
    """The whole page."""
    title = escape(visible(report.answer.text.file))
    counts = ", ".join(f"{n} {name}" for name, n in report.counts.items())
    first = ", ".join(map(str, report.first_wrong))
    said = f"{len(report.claims)} claims: {counts}" + (f"; first wrong: line {first}" if first else "")
    body = "\n".join(_chain(chain) for chain in report.chains)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f'<p class="quiet">judged against {escape(visible(report.problem))}: {escape(said)}</p>\n'
        f"{body}\n</body></html>\n"
    )


def _chain(chain: JudgedChain) -> str:
    about = f"part {chain.part}" if chain.part else "on its own"
    about += "".join(f"; {spoken(r, in_latex(chain.scope))}" for r in chain.remarks)
    rows = "\n".join(_row(judged, chain) for judged in chain.claims)
    return f"<section><h2>{in_html(about)}</h2>\n<table>{rows}</table></section>"


def _row(judged: Judged, chain: JudgedChain) -> str:
    row = VERDICTS[judged.verdict]
    found = sides(judged)
    if found is None:
        formula = f"<td></td><td><code>{escape(visible(judged.claim.latex))}</code></td>"
    else:
        left, sign, right = found
        formula = f'<td class="left">{mathml(left) if left else ""}</td><td>{mathml(sign + " " + right)}</td>'
    said = in_html(remark(judged, chain))
    repaired = chain.repaired(judged)
    mended = (
        f'<br/><span class="green">right would be {mathml(repaired)}</span>' if repaired is not None else ""
    )
    example = f"<br/>for example {escape(judged.counterexample)}" if judged.counterexample else ""
    cells = (
        f'<td class="mark {row.colour}" title="{escape(judged.verdict)}">{row.mark}</td>',
        f'<td class="line">{judged.claim.line}</td>',
        formula,
        f'<td class="remark {row.colour if said else ""}">{said}{example}{mended}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def in_html(said: str) -> str:
    """Text with $mathematics$ of our own."""
    out, at = [], 0
    for match in _FORMULA.finditer(said):
        out += [escape(said[at : match.start()].replace(r"\$", "$")), mathml(match[1])]
        at = match.end()
    return "".join([*out, escape(said[at:].replace(r"\$", "$"))])
