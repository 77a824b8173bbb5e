r"""Fonts, words and over- and underscripts settled: after this, a token list is structure only.

`\mathrm{loss}` becomes one name, `\mathbf{W_f}` the tokens of `W_f` in bold, `\operatorname{diag}` a function,
`\overset{!}{=}` a relation, `\underset{w}{X}` is `X_{w}`, `\underbrace{X}_{note}` is `X`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.latexread import tables
from derive.latexread.tokens import Span, Token, Unread

DEEPEST = 40
CONSTANT = "const"  # as a term
_SPELLED = frozenset({"const", "constant", "constants", "cst"})
PROSE = frozenset(
    """and or where since for if with let as by so then is that because otherwise from using when thus hence
    therefore note we have definition given else case of the a an to in on at be are this which i ie eg ok chain rule
    while whereas but not all any each both set define denote assuming assume also by construction const subject
    st iff via similarly recall obtain follows now finally first second next""".split()
)


def pairs(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each brace that opens is closed; Unread where one has no partner, or too many are nested."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "{":
            stack.append(i)
            if len(stack) > DEEPEST:
                raise Unread(f"nested deeper than {DEEPEST}", token.span)
        elif token.kind == "}":
            if not stack:
                raise Unread("'}' closes nothing", token.span)
            found[stack.pop()] = i
    if stack:
        raise Unread("'{' is never closed", tokens[stack[-1]].span)
    return found


def settled(tokens: Sequence[Token]) -> list[Token]:
    closes = pairs(tokens)
    out: list[Token] = []
    dropped: set[int] = set()
    after: dict[int, list[Token]] = {}
    styles: list[tuple[int, str]] = []
    depth, i, n = 0, 0, len(tokens)

    def argument(at: int) -> tuple[int, int]:
        """The tokens of an argument, without its braces; where it ends is the second, or one further."""
        if at < n and tokens[at].kind == "{":
            return at + 1, closes[at]
        return at, min(at + 1, n)

    def unbrace(at: int) -> None:
        if at < n and tokens[at].kind == "{":
            dropped.update((at, closes[at]))

    while i < n:
        token = tokens[i]
        while styles and i > styles[-1][0]:
            styles.pop()
        depth += (token.kind == "{") - (token.kind == "}")
        if i in dropped:
            pass
        elif token.kind == "font":
            start, stop = argument(i + 1)
            inside = tokens[start:stop]
            word = _word(inside) if token.text == "roman" or token.style == "word" else ""
            if word in ("ar", "ov") and _blackboard(out):
                out[-1] = Token(
                    "func", "Var" if out[-1].text == "V" else "Cov", out[-1].start, inside[-1].stop
                )
                i = stop + (start > i + 1)
                continue
            if word:
                found = named(word, token.start, (inside[-1].stop if inside else token.stop), "roman")
                out.append(found)
                i = stop + (start > i + 1)
                if stop in after:
                    out += after.pop(stop)
                continue
            if len(inside) == 1 and inside[0].kind in ("name", "num", "mark"):
                end = tokens[stop].stop if start > i + 1 else inside[0].stop
                out.append(replace(_styled(inside[0], token.text), start=token.start, stop=end))
                i = stop + (start > i + 1)
                if stop in after:
                    out += after.pop(stop)
                continue
            styles.append((stop - (start == i + 1), token.text))
        elif token.kind == "overset":
            start, stop = argument(i + 1)
            said = "".join(t.text for t in tokens[start:stop])
            second = stop + (start > i + 1)
            inner, end = argument(second)
            if said in ("def", "triangle", "Delta", "\\def", "text", "?def") and end - inner == 1:
                out.append(replace(tokens[inner], kind="rel", text=":=", start=token.start))
                i = end + (inner > second)
                continue
            if said in ("c", "+", *_SPELLED) and end - inner == 1 and tokens[inner].text == "=":
                out.append(replace(tokens[inner], text="=c", start=token.start))
                i = end + (inner > second)
                continue
            if end - inner == 1 and inner > second and tokens[inner].kind == "rel":
                out.append(replace(tokens[inner], start=token.start, stop=tokens[end].stop))
                i = end + 1
                continue
            if token.text == "xrightarrow":
                out.append(Token("rel", "to", token.start, token.stop))
                i = second
                continue
            unbrace(second)
            i = second
            continue
        elif token.kind == "underset":
            start, stop = argument(i + 1)
            second = stop + (start > i + 1)
            inner, end = argument(second)
            below = settled(tokens[start:stop])
            script = [
                Token("_", "_", token.start, token.stop),
                Token("{", "{", token.start, token.stop),
                *below,
            ]
            after.setdefault(end if inner > second else end - 1, []).extend(
                [*script, Token("}", "}", token.start, token.stop)]
            )
            unbrace(second)
            i = second
            continue
        elif token.kind == "brace":
            end = closes.get(i + 1, n)
            is_box = token.text in ("boxed", "fbox")
            if not is_box or any(t.kind == "rel" for t in tokens[i + 1 : end]):
                unbrace(i + 1)
            if end + 1 < n and tokens[end + 1].kind in ("_", "^") and not is_box and token.text != "substack":
                _, stop = argument(end + 2)
                dropped.update(range(end + 1, stop + (end + 2 in closes)))
        elif token.kind == "wrap":
            bar = "||" if token.text == "norm" else "|"
            if i + 1 in closes:
                out.append(Token("bar", bar, token.start, token.stop, "open"))
                end = closes[i + 1]
                after.setdefault(end, []).insert(
                    0, Token("bar", bar, tokens[end].start, tokens[end].stop, "close")
                )
                unbrace(i + 1)
            else:
                out.append(Token("func", token.text, token.start, token.stop))
        elif (
            token.kind == "bang"
            and i + 1 < n
            and tokens[i + 1].text == "="
            and tokens[i + 1].start == token.stop
        ):
            out.append(replace(tokens[i + 1], text="!=", start=token.start))
            i += 1
        elif token.kind == "not":
            if i + 1 < n and tokens[i + 1].kind == "rel":
                out.append(replace(tokens[i + 1], text="!=", start=token.start))
                i += 1
        elif token.kind == "arg":
            j = i + 1
            if j < n and tokens[j].kind == "big" and tokens[j].text in ("min", "max"):
                out.append(Token("big", f"arg{tokens[j].text}", token.start, tokens[j].stop))
                i = j
            else:
                out.append(replace(token, kind="name"))
        elif token.kind == "text":
            if token.text.strip(" +.,;").lower() in _SPELLED and token.text.lstrip().startswith("+"):
                out.append(Token("op", "+", token.start, token.start + 1))
            is_term = bool(out) and out[-1].kind in ("op", "rel")
            out.append(_text(token, depth, tokens[i + 1] if i + 1 < n else None, is_term))
        elif token.kind == "dd":
            out.append(Token("name", "d", token.start, token.stop, "roman"))
        elif styles and token.kind in ("name", "num"):
            out.append(_styled(token, styles[-1][1]))
        elif token.kind == "bar" and _doubled(out, token):
            out[-1] = Token("bar", "||", out[-1].start, token.stop, out[-1].style or token.style or "merged")
        elif token.kind != "dot":
            out.append(token)
        if i in after:
            out += after.pop(i)
        i += 1
    return out


def _blackboard(out: list[Token]) -> bool:
    r"""Whether `\\mathbb{V}` or `\\mathbb{C}` stands before: they begin Var and Cov."""
    return bool(out) and out[-1].kind == "name" and out[-1].style == "bb" and out[-1].text in ("V", "C")


def _doubled(out: list[Token], token: Token) -> bool:
    """`||` typed as two bars."""
    if not out or token.text != "|" or out[-1].kind != "bar" or out[-1].text != "|":
        return False
    return out[-1].stop == token.start or (out[-1].style == token.style != "")


def _word(inside: Sequence[Token]) -> str:
    """The word that letters spell, or ""."""
    if len(inside) < 2 or any(t.kind not in ("name", "num", "op", "mark", "dot") for t in inside):
        return ""
    inside = inside[:-1] if inside[-1].kind == "dot" else inside
    text = "".join("-" if t.text == "-" else "" if t.text in ("*", "star") else t.text for t in inside)
    return text if text[:1].isalpha() and all(c.isalnum() or c == "-" for c in text) else ""


def _styled(token: Token, style: str) -> Token:
    if token.kind == "num":
        return replace(token, kind="name", style=style) if token.text in ("0", "1") else token
    return replace(token, style=style) if style else token


def _text(token: Token, depth: int, following: Token | None, is_term: bool) -> Token:
    r"""`\text{Var}(x)` is a function, `\text{loss}_t` and `x_{\text{batch}}` are names, the rest is prose."""
    said = token.text.strip("() .,;:+")
    if is_term and said.lower() in _SPELLED:
        return Token("name", CONSTANT, token.start, token.stop, "roman")
    compact = "".join(said.split())
    if not compact or not compact.isalnum() or not compact[0].isalpha() or "$" in token.text:
        return token
    if len(said.split()) == 1 and (compact in tables.FUNCTIONS or compact in tables.BIG):
        return named(compact, token.start, token.stop, "roman")
    scripted = following is not None and following.kind in ("_", "^", "open")
    is_added = is_term or (following is not None and following.kind == "op" and compact.islower())
    if depth > 0 and len(said.split()) <= 3 and compact.lower() not in PROSE:
        return named(compact, token.start, token.stop, "roman")
    if (
        token.text == compact
        and compact.lower() not in PROSE
        and (scripted or depth > 0 or len(compact) <= 4 or is_added)
    ):
        return named(compact, token.start, token.stop, "roman")
    return token


def named(word: str, start: int, stop: int, style: str) -> Token:
    """A word in upright letters: a function, an operator or a name."""
    if word in _SPELLED:
        return Token("name", CONSTANT, start, stop, style)
    if word in tables.BIG:
        return Token("big", tables.BIG[word], start, stop)
    if word in tables.FUNCTIONS:
        return Token("func", tables.FUNCTIONS[word], start, stop, word)
    return Token("name", word, start, stop, style)


def span_of(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].stop)
