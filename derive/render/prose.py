r"""An author's text to LaTeX: plain text is escaped, `$...$` and `$$...$$` stay mathematics, `code` is code.

The text is data. Mathematics may name symbols but may not program TeX: `guard` refuses what reads, writes,
defines or loops. One more refusal is a word of `_FORBIDDEN`, one more environment of `_ENVIRONMENTS`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from pylatex.utils import escape_latex

from derive.errors import InputError, Place
from derive.render.breaks import breakable, framed

_FORBIDDEN = frozenset(
    # files, the world outside
    """input include includeonly includegraphics InputIfFileExists IfFileExists endinput import subfile
    lstinputlisting verbatiminput tcbinputlisting usepackage RequirePackage LoadClass documentclass
    openin closein openout closeout read readline write immediate special ShellEscape directlua latelua
    message errmessage errhelp typeout typein shipout output dump bye stop
    batchmode scrollmode errorstopmode nonstopmode jobname
    """.split()
    # definitions and assignments
    + """def edef gdef xdef let futurelet newcommand renewcommand providecommand DeclareRobustCommand
    DeclareMathOperator DeclareDocumentCommand NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand
    newenvironment renewenvironment newif newcount newdimen newtoks newbox newread newwrite newcounter
    catcode lccode uccode mathcode delcode sfcode escapechar endlinechar global long outer protected
    makeatletter makeatother ExplSyntaxOn AtBeginDocument AtEndDocument AddToHook font fontdimen
    hyphenation patterns setcounter addtocounter setlength addtolength advance multiply divide count dimen
    toks
    """.split()
    # expansion and loops
    + """csname endcsname expandafter noexpand aftergroup afterassignment scantokens detokenize string meaning
    lowercase uppercase loop repeat foreach halign valign begingroup endgroup bgroup egroup par
    romannumeral uchar char verb index label
    """.split()
)
_FORBIDDEN_FAMILY = re.compile(
    r"if(?!f$).*|pdf.+|pgf.*|tikz.*|tracing.+|every.+|show.*|lua.+|write.+|tcb.+|lst.+"
)
_ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix cases dcases "
    "rcases aligned alignedat gathered split multlined array subarray".split()
)

_TOKEN = re.compile(r"\\[A-Za-z@]+|\\.|[{}]", re.DOTALL)
_SPAN = re.compile(
    r"\\\$"
    r"|\$\$(?P<display>(?:[^$\\]|\\.)+?)\$\$"
    r"|\$(?P<inline>(?:(?!\n[ \t]*\n)(?:[^$\\]|\\.))+?)\$"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<lonely>\$)",
    re.DOTALL,
)
# Private characters stand for a span, and for the newlines in it, while the text around it is escaped.
_HELD = re.compile("\ue000(\\d+)\ue001\ue002*")
_ITEM = re.compile(r"^[ \t]*- +")
# T1 fonts make one character of these pairs.
_LIGATURE = re.compile(r"([<>,'`?!])(?=[<>,'`])")


def text(value: str, place: Place | None = None) -> str:
    """One line of text with $mathematics$, for titles, notes and cells."""
    held, spans = _hold(value, place, display=False)
    return _restore(_escape(" ".join(held.split())), spans)


def paragraphs(value: str, place: Place | None = None) -> str:
    """Paragraphs and `- ` lists, each preceded by the marker of its place in the YAML."""
    held, spans = _hold(value.strip("\n"), place, display=True)
    out: list[str] = []
    listing = False
    gap = True
    number = -1
    for line in held.split("\n"):
        number += 1
        item = _ITEM.match(line)
        if not line.strip():
            gap = True
            continue
        if listing and not item and (gap or not line[0].isspace()):
            out.append(r"\end{itemize}")
            listing = False
        if item and not listing:
            out.append(r"\begin{itemize}")
            listing = True
        elif gap and out and not item:
            out.append("")
        if place and (gap or item):
            out.append(marker(_on_line(place, number)))
        number += line.count("\ue002")
        escaped = _restore(_escape(line[item.end() :] if item else line.strip()), spans)
        out.append(rf"\item {escaped}" if item else escaped)
        gap = False
    if listing:
        out.append(r"\end{itemize}")
    return "\n".join(out)


def code(value: str) -> str:
    """Program text, every character as it is."""
    return (
        _LIGATURE.sub(r"\1{}", str(escape_latex(value)))
        .replace("'", r"\textquotesingle{}")
        .replace("`", r"\`{}")
    )


def marker(place: Place) -> str:
    """The comment from which an error of TeX finds back to the YAML."""
    return "%@ {}:{}:{}".format(re.sub(r"\s", " ", place.file), place.line, place.column)


def formula(latex: str, place: Place | None = None) -> str:
    """Mathematics on one line, with percent and hash signs to be seen, after `guard`."""
    return guard(re.sub(r"(?<!\\)([%#])", r"\\\1", " ".join(latex.split())), place)


def guard(latex: str, place: Place | None = None) -> str:
    """The same mathematics, or an InputError where it programs TeX or would run out of its own formula."""
    guard_commands(latex, place)
    for opening, closing, problem in (("{", "}", "braces"), (r"\left", r"\right", r"\left and \right")):
        depth = 0
        for token in _TOKEN.findall(latex):
            depth += (token == opening) - (token == closing)
            if depth < 0:
                break
        if depth:
            raise InputError(f"the {problem} of this formula do not match", place)
    for name in re.findall(r"\\(?:begin|end)\s*\{([^}]*)\}", latex):
        if name.rstrip("*") not in _ENVIRONMENTS:
            hint = (
                "use 'aligned'" if name.rstrip("*") in {"align", "equation", "eqnarray", "gather"} else None
            )
            raise InputError(f"the environment '{name}' has no place inside a formula", place, hint)
    return latex


def guard_commands(latex: str, place: Place | None = None) -> None:
    """InputError where `latex` reads, writes, defines or loops."""
    if "^^" in latex:
        raise InputError("'^^' has no place in mathematics", place, "write one ^ for a superscript")
    for token in _TOKEN.findall(latex):
        if token[1:] in _FORBIDDEN or _FORBIDDEN_FAMILY.fullmatch(token[1:]):
            hint = "only commands that draw mathematics may stand here"
            raise InputError(f"{token} has no place in mathematics", place, hint)


def displayed(latex: str) -> str:
    """A displayed formula that breaks or shrinks before it runs over the margin."""
    latex = framed(latex)
    return rf"\displayed{{{latex}}}{{{breakable(latex)}}}"


def _hold(value: str, place: Place | None, *, display: bool) -> tuple[str, list[str]]:
    """The text with its mathematics and code taken out, and what was taken out, already in LaTeX."""
    value = unicodedata.normalize("NFC", value)
    spans: list[str] = []

    def take(match: re.Match[str]) -> str:
        here = _inside(place, value, match.start(), len(match[0]))
        if match["lonely"]:
            raise InputError("this $ has no partner", here, r"for a dollar sign write \$")
        if match["code"]:
            spans.append(rf"\texttt{{{code(match['code'])}}}")
        elif match["display"] or match["inline"]:
            body = formula(match["display"] or match["inline"], here)
            spans.append("\n" + displayed(body) + "\n" if display and match["display"] else f"${body}$")
        else:
            spans.append(r"\$")
        return f"\ue000{len(spans) - 1}\ue001" + "\ue002" * match[0].count("\n")

    return _SPAN.sub(take, re.sub("[\ue000-\ue002]", "", value)), spans


def _escape(plain: str) -> str:
    return _LIGATURE.sub(r"\1{}", str(escape_latex(plain)))


def _restore(escaped: str, spans: list[str]) -> str:
    return _HELD.sub(lambda match: spans[int(match[1])], escaped)


def _inside(place: Place | None, value: str, start: int, width: int) -> Place | None:
    """The place of a span within a text that begins at `place`; lines of a block share their indentation."""
    if place is None:
        return None
    above = value.count("\n", 0, start)
    column = start - (value.rfind("\n", 0, start) + 1)
    return replace(_on_line(place, above), column=place.column + column, width=width)


def _on_line(place: Place, number: int) -> Place:
    return replace(place, line=place.line + number, text="", width=1) if number else place
