r"""Where a formula may be broken over lines: before an operator, best outside of all brackets.

TeX measures and decides (`\chainbreak{penalty}` is defined in `templates/chain.tex.j2`); here is only where a
break would read well. A new kind of place is a row of `_BEFORE` or `_AFTER`, a new bracket one of `_FENCES`.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\begin\{[^}]*\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)

# penalty of a break before the token; a smaller one is taken first
_BEFORE = {
    **dict.fromkeys(
        r"= < > \le \leq \ge \geq \approx \equiv \propto \sim \to "
        r"\iff \implies \Longrightarrow \Rightarrow".split(),
        0,
    ),
    **dict.fromkeys(r"+ - \pm \mp \cup \cap \vee \wedge \lor \land".split(), 20),
    **dict.fromkeys(r"\odot \otimes \times \cdot \circ".split(), 300),
    **dict.fromkeys(r"\quad \qquad".split(), 10),
}
_AFTER = {",": 150, ";": 150}
_BETWEEN_BRACKETS = 400
_DEEPER = 250

_FENCES = {
    "(": ")",
    "[": "]",
    r"\{": r"\}",
    r"\lbrace": r"\rbrace",
    r"\langle": r"\rangle",
    r"\lVert": r"\rVert",
    r"\lvert": r"\rvert",
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\|": r"\|",
}
_CLOSING = frozenset(_FENCES.values())
_SIZE = re.compile(r"\\[bB]igg?[lrm]?")
_SPACING = frozenset(r"\, \; \: \! \> \displaystyle \textstyle \limits \nolimits".split())
_WHOLE = frozenset(r"\over \atop \choose \middle".split())


def breakable(latex: str) -> str:
    r"""The formula with `\chainbreak{penalty}` where it may break; `\left` and `\right` open up for it."""
    tokens = _TOKEN.findall(latex)
    return latex if _WHOLE & set(tokens) else _Reader(tokens).read(0)


def framed(latex: str) -> str:
    """The formula, as one `aligned` if it has rows or columns outside of any environment."""
    return rf"\begin{{aligned}}{latex}\end{{aligned}}" if _has_rows(_TOKEN.findall(latex)) else latex


_MATRIX = re.compile(r"\\begin\{([bpv]?matrix)\}((?:(?!\\begin).)*?)\\end\{\1\}", re.DOTALL)
_BARE = re.compile(r"-?\d+(?:\.(\d+))?")


_LONG = re.compile(r"(?<![\w.\\}])\d{5,}(?![\w.])")


def grouped(latex: str) -> str:
    r"""Long integers in groups of three digits: `72\,855\,552`."""
    return _LONG.sub(lambda found: f"{int(found[0]):,}".replace(",", r"\,"), latex)


def aligned(latex: str) -> str:
    """Matrices of numbers with as many decimals each: below each other by their last digits."""
    return _MATRIX.sub(_right, latex)


def _right(match: re.Match[str]) -> str:
    name, body = match.groups()
    found = [_BARE.fullmatch(cell.strip()) for row in re.split(r"\\\\", body) for cell in row.split("&")]
    if len({len(number[1] or "") if number else -1 for number in found}) != 1 or found[0] is None:
        return match[0]
    return rf"\begin{{{name}*}}[r]{body}\end{{{name}*}}"


def _has_rows(tokens: list[str]) -> bool:
    depth = 0
    for token in tokens:
        if token == "{" or token.startswith(r"\begin{"):
            depth += 1
        elif token in {"}", r"\end"}:
            depth -= 1
        elif depth == 0 and token in {r"\\", "&"}:
            return True
    return False


class _Reader:
    """One pass over the tokens of a formula; groups and environments are taken whole."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def read(self, depth: int) -> str:
        """The formula from here to the end of the tokens, `depth` brackets deep."""
        out: list[str] = []
        fences: list[str] = []
        last = "start"  # start, operator, atom, close: what stands before the next token

        def offer(penalty: int) -> None:
            out.append(rf"\chainbreak{{{penalty + _DEEPER * (depth + len(fences))}}}")

        while self.at < len(self.tokens):
            token = self._next()
            if token.isspace() or token in _SPACING:
                out.append(token)
            elif token in {"_", "^"}:
                out.append(token + self._argument())
            elif token == r"\sqrt":
                out.append(token + self._optional() + self._argument())
                last = "atom"
            elif token == "{" or token.startswith(r"\begin{"):
                self.at -= 1
                out.append(self._group())
                last = "atom"
            elif token == r"\left":
                if last == "close":
                    offer(_BETWEEN_BRACKETS)
                out.append(self._fenced(depth + len(fences) + 1))
                last = "close"
            elif _SIZE.fullmatch(token):
                delimiter = self._argument()
                if token.endswith("l"):
                    if last == "close":
                        offer(_BETWEEN_BRACKETS)
                    fences.append(delimiter)
                    last = "start"
                elif token.endswith("r") and fences:
                    fences.pop()
                    last = "close"
                else:
                    last = "atom"
                out.append(token + delimiter)
            elif token in _CLOSING and fences and (token != r"\|" or r"\|" in fences):
                while fences and _FENCES.get(fences.pop()) != token:
                    pass
                out.append(token)
                last = "close"
            elif token in _FENCES:
                if last == "close" and token != r"\|":
                    offer(_BETWEEN_BRACKETS)
                fences.append(token)
                out.append(token)
                last = "start"
            elif token in _BEFORE:
                if last in {"atom", "close"}:
                    offer(_BEFORE[token])
                out.append(token)
                last = "operator"
            elif token in _AFTER:
                out.append(token)
                if self.at < len(self.tokens) and not self.tokens[self.at].isdigit():
                    offer(_AFTER[token])
                last = "operator"
            else:
                out.append(token)
                last = "atom"
        return "".join(out)

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _argument(self) -> str:
        """The next token or group, with the blanks before it."""
        start = self.at
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        blanks = "".join(self.tokens[start : self.at])
        return blanks + (self._group() if self.at < len(self.tokens) else "")

    def _optional(self) -> str:
        start = self.at
        if self.at < len(self.tokens) and self.tokens[self.at] == "[":
            while self.at < len(self.tokens) and self._next() != "]":
                pass
        return "".join(self.tokens[start : self.at])

    def _group(self) -> str:
        """One token, or everything to the brace or `\\end` that closes it."""
        start = self.at
        depth = 0
        while self.at < len(self.tokens):
            token = self._next()
            if token == "{" or token.startswith(r"\begin{"):
                depth += 1
            elif token == "}":
                depth -= 1
            elif token == r"\end":
                while self.at < len(self.tokens) and self._next() != "}":
                    pass
                depth -= 1
            if depth <= 0:
                break
        return "".join(self.tokens[start : self.at])

    def _fenced(self, depth: int) -> str:
        r"""`\left( ... \right)`: kept whole unless a break inside of it is possible."""
        opening = self._argument()
        start, level = self.at, 1
        while self.at < len(self.tokens):
            token = self._next()
            level += {r"\left": 1, r"\right": -1}.get(token, 0)
            if level == 0:
                break
        inside = self.tokens[start : self.at - 1]
        closing = self._argument()
        raw = "".join(inside)
        broken = _Reader(inside).read(depth)
        if broken == raw or _has_rows(inside) or _WHOLE & set(inside):
            return rf"\left{opening}{raw}\right{closing}"
        return rf"\openfence{{{opening}}}{{{raw}}}{broken}\closefence{{{closing}}}{{{raw}}}"
