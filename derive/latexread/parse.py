r"""Tokens to surface trees, by recursive descent; nothing is known about names yet.

    sum     = [sign] product (("+" | "-") product)*
    product = factor ([times | cdot | odot | otimes | /] factor)*     side by side without a sign
    factor  = atom scripts                                            `atoms.py`

A big operator, a function without brackets and an operator of differentiation take the rest of the product.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.latexread.atoms import factor
from derive.latexread.brackets import opens_bars
from derive.latexread.scripts import argument, scripts
from derive.latexread.settle import DEEPEST, pairs, span_of
from derive.latexread.surface import Product, Relation, Sum, Surface
from derive.latexread.tokens import Span, Token, Unread

FACTORS = frozenset(
    {"name", "num", "func", "big", "open", "frac", "sqrt", "partial", "nabla", "accent", "{", "mark", "dots",
     "text", "binom", "pdv", "begin"}
)  # fmt: skip
MULTIPLY = {"times": "times", "cdot": "cdot", "odot": "odot", "otimes": "otimes", "/": "/", "star": "star"}
END = Token("end", "", 0, 0)


class Parser:
    """One token list being read. Each rule reads what it says and returns its tree."""

    def __init__(self, tokens: Sequence[Token], depth: int = 0) -> None:
        self.tokens = list(tokens)
        self.closes = pairs(tokens)
        self.position = 0
        self.depth = depth
        self.bars: list[str] = []  # that are open in the brackets around
        self.given: frozenset[str] = frozenset()  # the bars that mean "given" here

    @property
    def token(self) -> Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else END

    def ahead(self, steps: int = 1) -> Token:
        at = self.position + steps
        return self.tokens[at] if at < len(self.tokens) else END

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def fail(self, message: str, token: Token | None = None, hint: str | None = None) -> Unread:
        """The error at a token; at the end, behind the last one."""
        token = token or self.token
        if token is END:
            last = self.tokens[-1].stop if self.tokens else 0
            return Unread(message, Span(max(0, last - 1), last), hint)
        return Unread(message, token.span, hint)

    def nest(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"nested deeper than {DEEPEST}")

    def span(self, start: int) -> Span:
        """From the token at `start` to the last one read."""
        return span_of(self.tokens[start : max(self.position, start + 1)])

    # ------------------------------------------------------------ grammar

    def whole(self) -> Surface:
        """Everything there is, as one expression."""
        node = self.sum()
        if self.token is not END:
            raise self.unexpected()
        return node

    def unexpected(self) -> Unread:
        token = self.token
        if token is END:
            return self.fail("the formula ends too early")
        shown = {"row": "a new line", "amp": "'&'", "begin": f"\\begin{{{token.text}}}", "text": "words"}
        shown |= {"over": f"\\{token.text}", "end": f"\\end{{{token.text}}}"}
        hint = r"write \frac{a}{b}" if token.kind == "over" else None
        return self.fail(f"{shown.get(token.kind, repr(token.text))} is not expected here", hint=hint)

    def relation(self) -> Surface:
        """`a = b` inside brackets or a script; an expression where there is no relation."""
        start = self.position
        left = None if self.token.kind in ("rel", "end") else self.sum()
        while self.token.kind == "rel":
            sign = self.advance().text
            right = self.sum() if self.starts() or self.token.kind == "op" else None
            left = Relation(self.span(start), left, sign, right)
        if left is None:
            raise self.unexpected()
        return left

    def sum(self) -> Surface:
        start = self.position
        sign = ""
        if self.token.kind == "op" and self.token.text in ("+", "-"):
            sign = self.advance().text
        terms = [(sign, self.product())]
        while self.token.kind == "op" and self.token.text in ("+", "-"):
            terms.append((self.advance().text, self.product()))
        if self.token.kind == "op" and self.token.text not in MULTIPLY:
            raise self.fail(f"the sign {self.token.text!r} is not read")
        return terms[0][1] if len(terms) == 1 and sign != "-" else Sum(self.span(start), tuple(terms))

    def product(self) -> Surface:
        """Factors up to a plus, a minus, a relation or a closing bracket."""
        start = self.position
        factors, operators = [self.factor()], list[str]()
        while True:
            if self.token.kind == "op" and self.token.text in MULTIPLY:
                operators.append(MULTIPLY[self.advance().text])
                factors.append(self.signed())
            elif self.starts():
                operators.append("")
                factors.append(self.factor())
            else:
                break
        return (
            factors[0] if len(factors) == 1 else Product(self.span(start), tuple(factors), tuple(operators))
        )

    def signed(self) -> Surface:
        r"""A factor behind an operator may have a sign: `\times -U`."""
        start = self.position
        if self.token.kind == "op" and self.token.text in ("+", "-"):
            sign = self.advance().text
            factor = self.factor()
            return Sum(self.span(start), ((sign, factor),))
        return self.factor()

    def starts(self) -> bool:
        """Whether a factor begins here."""
        kind = self.token.kind
        if kind == "bar":
            return opens_bars(self)
        return kind in FACTORS

    def factor(self) -> Surface:
        self.nest()
        node = factor(self)
        self.depth -= 1
        return node

    def scope(self) -> Surface:
        """What an operator in front of a product may reach: the rest of it, a sign included."""
        start = self.position
        if self.token.kind == "op" and self.token.text in ("+", "-"):
            sign = self.advance().text
            body = self.product()
            return Sum(self.span(start), ((sign, body),))
        return self.product()

    def join(self, span: Span, factors: Sequence[Surface]) -> Surface:
        """Factors side by side."""
        return Product(span, tuple(factors), ("",) * (len(factors) - 1))

    def braces(self) -> tuple[Token, ...]:
        return argument(self)

    script = braces

    def marks(self) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
        below, above, _ = scripts(self)
        return below, above

    def part(self, tokens: Sequence[Token]) -> Surface:
        """An argument or a script, as an expression of its own."""
        if not tokens:
            raise self.fail("an expression is missing")
        return Parser(tokens, self.depth + 1).whole()

    def compared(self, tokens: Sequence[Token]) -> Surface:
        """As `part`, also of a comparison."""
        inner = Parser(tokens, self.depth + 1)
        found = inner.relation()
        if inner.token is not END:
            raise inner.unexpected()
        return found


def parse(tokens: Sequence[Token], depth: int = 0) -> Surface:
    """The expression that all the tokens say; Unread where they say none."""
    if not tokens:
        raise Unread("an expression is missing", Span(0, 0))
    try:
        return Parser(tokens, depth).whole()
    except RecursionError:
        raise Unread("nested too deep", span_of(tokens)) from None


def parse_relation(tokens: Sequence[Token]) -> Surface:
    """As `parse`, of a formula or a comparison: what stands below an indicator or behind "if"."""
    return Parser([]).compared(tokens)
