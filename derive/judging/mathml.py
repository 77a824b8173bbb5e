r"""Our own LaTeX to MathML, for pages that need no script and no network: `\frac{a}{b}` to <mfrac>.

It reads what our writers write, not what anybody hands in. Whatever it does not know is shown as text; every character
is escaped. To add a command: a row in SYMBOLS, ACCENTS or FONTS.
"""

from __future__ import annotations

import re
from html import escape

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
}  # fmt: skip
SYMBOLS = {
    "top": "⊤", "perp": "⊥", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫",
    "odot": "⊙", "cdot": "⋅",
    "times": "×", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "propto": "∝",
    "in": "∈", "sim": "∼", "to": "→", "leftarrow": "←", "Leftrightarrow": "⇔", "Rightarrow": "⇒", "infty": "∞",
    "dots": "…", "cdots": "⋯", "ldots": "…", "vdots": "⋮", "ddots": "⋱", "pm": "±", "mid": "|",
    "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "lvert": "|", "rvert": "|", "langle": "⟨", "rangle": "⟩", "lbrace": "{", "rbrace": "}", "{": "{", "}": "}",
    "|": "‖",
    "succ": "≻", "otimes": "⊗", "circ": "∘", "star": "⋆", "ast": "∗", "prime": "′", "forall": "∀", "exists": "∃",
    "checkmark": "✓", "%": "%", "#": "#", "&": "&", "$": "$", "_": "_", "dagger": "†",
}  # fmt: skip
ACCENTS = {
    "hat": "^",
    "widehat": "^",
    "bar": "¯",
    "overline": "¯",
    "tilde": "~",
    "widetilde": "~",
    "dot": "˙",
    "ddot": "¨",
    "vec": "→",
}
FONTS = {
    "mathbf": "bold", "boldsymbol": "bold-italic", "bm": "bold-italic", "mathrm": "normal", "mathit": "italic",
    "mathbb": "double-struck", "mathcal": "script", "mathfrak": "fraktur", "mathsf": "sans-serif",
}  # fmt: skip
WORDS = {
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "det", "max", "min", "arg", "ln", "sup", "inf",
    "lim", "Pr", "dim",
}  # fmt: skip
SPACES = {
    ",": "0.17em",
    ";": "0.28em",
    ":": "0.22em",
    "quad": "1em",
    "qquad": "2em",
    "!": "0em",
    " ": "0.3em",
    "enspace": "0.5em",
}
IGNORED = {
    "displaystyle", "textstyle", "limits", "nolimits", "mathopen", "mathclose", "mathord", "mathbin", "mathrel", "big",
    "Big", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr",
}  # fmt: skip
LARGE = frozenset("∑∏∫")
FENCES = {"bmatrix": "[]", "pmatrix": "()", "vmatrix": "||", "Bmatrix": "{}", "cases": "{ "}
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&]|\d+(?:\.\d+)?|\s+|.", re.DOTALL)


def mathml(latex: str, display: bool = False) -> str:
    """One <math> element."""
    reader = _Reader([t for t in _TOKEN.findall(latex) if not t.isspace()])
    body = "".join(reader.row(frozenset()))
    kind = ' display="block"' if display else ""
    return f"<math{kind}><mrow>{body}</mrow></math>"


def _element(name: str, *inside: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{''.join(inside)}</{name}>"


def _text(name: str, said: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(said)}</{name}>"


class _Reader:
    """Recursive descent over tokens; brackets that do not match end where the text does."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def row(self, stops: frozenset[str]) -> list[str]:
        out: list[str] = []
        while self.at < len(self.tokens) and self.peek() not in stops:
            out.append(self.scripted())
        return out

    def scripted(self) -> str:
        base = self.atom()
        below = above = ""
        while self.peek() in ("^", "_", "'"):
            token = self.next()
            if token == "'":
                above += _text("mo", "′")
            elif token == "^":
                above += self.argument()
            else:
                below += self.argument()
        if not below and not above:
            return base
        above = _element("mrow", above) if above else ""
        large = any(sign in base for sign in LARGE)
        if below and above:
            return _element("munderover" if large else "msubsup", base, _element("mrow", below), above)
        if below:
            return _element("munder" if large else "msub", base, _element("mrow", below))
        return _element("mover" if large else "msup", base, above)

    def argument(self) -> str:
        """A group, or a single token."""
        if self.peek() == "{":
            self.next()
            inside = "".join(self.row(frozenset("}")))
            self.next()
            return _element("mrow", inside)
        return self.atom()

    def raw(self) -> str:
        """The text of a group, as it is."""
        if self.peek() != "{":
            return self.next()
        self.next()
        depth, out = 1, []
        while self.at < len(self.tokens):
            token = self.next()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            out.append(token)
        return "".join(out)

    def atom(self) -> str:
        token = self.next()
        if token == "{":
            self.at -= 1
            return self.argument()
        if token.startswith("\\") and len(token) > 1:
            return self.command(token[1:])
        if token[:1].isdigit():
            return _text("mn", token)
        if token.isalpha():
            return _text("mi", token)
        if token in ("}", "&", ""):
            return ""
        return _text("mo", "−" if token == "-" else token)

    def command(self, name: str) -> str:
        if name in GREEK:
            return _text("mi", GREEK[name])
        if name in SYMBOLS:
            return _text("mo", SYMBOLS[name])
        if name in WORDS:
            return _text("mi", name)
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}"/>'
        if name in FONTS:
            return self.font(FONTS[name])
        if name in ACCENTS:
            return _element("mover", self.argument(), _text("mo", ACCENTS[name]), attributes=' accent="true"')
        if name in ("frac", "tfrac", "dfrac"):
            return _element("mfrac", self.argument(), self.argument())
        if name == "sqrt":
            return _element("msqrt", self.argument())
        if name in ("left", "right", "middle"):
            fence = self.next()
            fence = SYMBOLS.get(fence[1:], fence[1:]) if fence.startswith("\\") else fence
            return "" if fence == "." else _text("mo", fence, ' stretchy="true"')
        if name.rstrip("*") in ("operatorname", "mathop"):
            return _text("mi", self.raw().replace("\\,", " ").replace("\\", ""), ' mathvariant="normal"')
        if name in ("text", "textrm", "mbox", "texttt", "textbf"):
            return _text("mtext", self.raw())
        if name == "begin":
            return self.environment(self.raw())
        if name == "end":
            self.raw()
            return ""
        if name in IGNORED:
            return ""
        return _text("mtext", name)

    def font(self, variant: str) -> str:
        inside = self.argument()
        style = {
            "bold": "font-weight:bold",
            "bold-italic": "font-weight:bold;font-style:italic",
            "normal": "font-style:normal",
        }
        if variant in style:
            return _element("mrow", inside, attributes=f' style="{style[variant]}"').replace(
                "<mi>", f'<mi mathvariant="{variant}">'
            )
        return _element("mrow", inside).replace("<mi>", f'<mi mathvariant="{variant}">')

    def environment(self, name: str) -> str:
        rows: list[list[str]] = [[]]
        cell: list[str] = []
        while self.at < len(self.tokens):
            token = self.peek()
            if token == "\\end":
                self.next()
                self.raw()
                break
            if token in ("&", "\\\\"):
                self.next()
                rows[-1].append("".join(cell))
                cell = []
                if token == "\\\\":
                    rows.append([])
                continue
            cell.append(self.scripted())
        if cell:
            rows[-1].append("".join(cell))
        table = _element(
            "mtable", *(_element("mtr", *(_element("mtd", c) for c in row)) for row in rows if row)
        )
        pair = FENCES.get(name, "  ")
        fences = [_text("mo", f.strip(), ' stretchy="true"') if f.strip() else "" for f in pair]
        return _element("mrow", fences[0], table, fences[1])
