r"""Texts to chains of claims: the one place that knows how people lay derivations out.

A row that begins with a relation goes on with the chain above it; `a = b = c` is two claims; a display that begins
with a relation goes on with the display before it; what stands beside a row is a remark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from derive.latexread.announcing import Announced, announced
from derive.latexread.answer import Answer, Chain, Claim, Refusal, Text
from derive.latexread.displays import Display, Labels, displays, last_words, names_a_part, unquoted
from derive.latexread.explaining import explains, gives_a_reason
from derive.latexread.macros import Macros, macros_of
from derive.latexread.parse import parse
from derive.latexread.quantities import quantity
from derive.latexread.rows import Segment, rows_of, segments_of
from derive.latexread.segments import is_place, is_range, limits, sides_of
from derive.latexread.settle import settled, span_of
from derive.latexread.spoken import is_result, listed, name_among, quantity_named, thing_named
from derive.latexread.surface import Name, Surface
from derive.latexread.tokens import Span, Token, Unread, tokens_of

UNEQUAL = frozenset({"<", "<=", ">", ">=", "!=", "~=", "to"})
SENTENCE = 300  # characters before a formula in which its sentence begins

MOST_CLAIMS = 1_000


@dataclass
class _Open:
    """A chain that is being read."""

    claims: list[Claim] = field(default_factory=list)
    head: Surface | None = None
    previous: Surface | None = None
    display: int = 0
    line: int = 0
    result: Claim | None = None  # what it is where nothing goes on with its head

    @property
    def begun(self) -> bool:
        return self.head is not None or bool(self.claims)


def read_answer(text: str, filename: str = "answer.md") -> Answer:
    """Every claim of a .tex or .md text. Never raises: what cannot be read says so, with its place."""
    is_tex = filename.endswith(".tex")
    reading = _Reading(Text(filename, text), text if is_tex else unquoted(text), macros_of(text, is_tex))
    found, notes = displays(reading.source, is_tex)
    for number, display in enumerate(found, 1):
        reading.display(display, number)
    reading.close()
    chains, rest = _cut(reading.chains, MOST_CLAIMS)
    if rest is not None:
        notes.append(Refusal(f"the rest is not read: more than {MOST_CLAIMS} formulas", rest.span))
    return Answer(reading.text, chains, tuple(notes))


def _cut(chains: Sequence[Chain], most: int) -> tuple[tuple[Chain, ...], Claim | None]:
    """The chains with the first claims, and the first one that is left out."""
    found: list[Chain] = []
    for chain in chains:
        if len(chain.claims) > most:
            kept = (replace(chain, claims=chain.claims[:most]),) if most else ()
            return (*found, *kept), chain.claims[most]
        most -= len(chain.claims)
        found.append(chain)
    return tuple(found), None


class _Reading:
    def __init__(self, text: Text, source: str, macros: Macros) -> None:
        self.text, self.source, self.macros = text, source, macros
        self.labels = Labels()
        self.chains: list[Chain] = []
        self.current = _Open()
        self.waiting: list[Chain] = []  # remarks on the lines of the current chain
        self.quantity: Surface | None = None  # what the words before this formula say that it is equal to
        self.host: tuple[_Open, int] | None = None  # the chain that the current one explains, and its place
        self.says_result = ""  # what the words around this formula call it, where they call it a result
        self.announced: Announced | None = None  # what leads to this display, where it is said less plainly
        self.said = ""  # the words before this formula, or before the list that it stands in
        self.lone: tuple[Span, str] | None = (
            None  # an inline formula that may get a name, and the words before it
        )

    # ------------------------------------------------------------ chains

    def close(self) -> None:
        """The current chain is complete."""
        claims = self.current.claims or ([self.current.result] if self.current.result is not None else [])
        if claims:
            chain = Chain(tuple(claims), self.labels.label, self.labels.title, self.current.display)
            self.chains.append(chain)
        self.chains += self.waiting
        self.current, self.waiting, self.host = _Open(), [], None

    def resume(self) -> None:
        """The chain that the current one explains goes on."""
        if self.host is None:
            return
        host, at = self.host
        self.close()
        _, *rest = self.chains[at:]
        del self.chains[at:]
        self.current, self.waiting = host, rest

    def host_of(
        self, first: list[Token], segment: Segment, leads: bool, number: int
    ) -> tuple[_Open, int] | None:
        """The chain that an equation explains, if it does; what goes on below goes on with that one."""
        open_, at = self.host or (self.current, len(self.chains))
        if not self.current.claims or self.current.display != number:
            return None
        if leads:
            return (open_, at) if gives_a_reason(segment) else None
        if segment.separator != "comma":
            return None
        try:
            left = parse(first)
        except Unread:
            return None
        explained = (c.right for c in (open_.claims[-1], self.current.claims[-1]))
        return (open_, at) if any(explains(left, right) for right in explained) else None

    def aside(self, claims: Sequence[Claim], display: int) -> None:
        for claim in claims:
            self.waiting.append(Chain((claim,), self.labels.label, self.labels.title, display))

    # ------------------------------------------------------------ displays

    def display(self, display: Display, number: int) -> None:
        prose = self.text.slice(display.prose)
        if names_a_part(prose):
            self.close()
            self.labels.read(prose)
        around = (
            self.text.text[max(0, display.span.start - SENTENCE) : display.prose.stop],
            display.span.stop,
        )
        self.says_result = thing_named(around[0], self.text.text[around[1] : around[1] + 40])
        self.said = self.said if listed(self.said, prose) else last_words(prose)
        start = max(0, display.span.start - SENTENCE)
        self.quantity = self.named(start, around[0], self.text.text[around[1] : around[1] + 40])
        if display.inline:
            self.spoken(display.span, prose)
            self.inline(display.span, self.said)
            return
        self.lone = None
        fresh = True
        try:
            rows = list(rows_of(tokens_of(self.source, *display.span, self.macros)))
        except Unread as error:
            self.close()
            self.current.claims.append(self.refused(display.span, error))
            self.current.display = number
            return
        behind = self.text.text[around[1] : around[1] + 40]
        alone = len(rows) == 1
        self.announced = announced(around[0], self.text.slice(display.span), behind, start) if alone else None
        for row in rows:
            self.row(row, number, fresh, self.said)
            fresh = False

    def row(self, row: list[Token], number: int, fresh: bool, prose: str) -> None:
        try:
            segments = segments_of(row, self.text.text)
        except Unread as error:
            whole = span_of(row)
            if fresh or not self.current.begun:
                self.close()
            self.current.display = number
            self.current.claims.append(replace(self.refused(whole, error), continues=self.current.begun))
            self.current.previous = None
            return
        main = True
        for segment in segments:
            if segment.inner:
                for span in segment.inner:
                    self.inline(span, segment.words, side=True)
            tokens = segment.tokens
            if not tokens:
                self.remark(segment.words)
                continue
            parts = sides_of(tokens)
            if len(parts) == 1 and main and any(t.kind == "box" for t in row):
                self.boxed(parts[0][1], number, segment.words or last_words(prose))
                main = False
                continue
            if len(parts) == 1 and main and fresh and not segment.words and self.quantity is not None:
                self.boxed(parts[0][1], number, last_words(prose), result=True)
                main = False
                continue
            if len(parts) == 1 and main and fresh and not segment.words and self.says_result:
                self.boxed(parts[0][1], number, last_words(prose), result=True)
                main = False
                continue
            if main and len(parts) > 1 and not parts[0][1] and is_result(segment.words):
                self.boxed(parts[1][1], number, segment.words, result=True)
                if len(parts) > 2:
                    rest = [t for t in tokens if t.start >= parts[1][1][-1].stop]
                    segment = replace(segment, tokens=rest)
                    self.main([("", []), *parts[2:]], segment, number, False, prose, False)
                main = False
                continue
            if len(parts) == 1:
                leads = main and fresh and len(segments) == 1 and not segment.words
                main = self.formula(parts[0][1], number, segment, main)
                if leads and self.announced is not None and self.current.head is not None:
                    self.current.result = self.announced_result(parts[0][1], self.announced)
                continue
            if not main and is_range(segment, segments):
                self.remark(self.text.slice(span_of(tokens)))
            elif parts[0][1] and (self.is_aside(segment, main) or (not main and limits(parts))):
                self.aside(self.claims(parts, segment, _Open(), side=True), number)
            else:
                self.main(parts, segment, number, fresh, prose, main)
            main = False
            self.remark(segment.remark)

    def is_aside(self, segment: Segment, main: bool) -> bool:
        """Whether an equation comments on the line it stands on: behind a gap, in brackets, or behind a line that
        goes on a chain."""
        if not main and gives_a_reason(segment):
            return True
        if main or segment.separator in ("comma", "arrow"):
            continued = bool(self.current.claims) and self.current.claims[-1].continues
            return segment.separator == "group" or (not main and segment.separator == "comma" and continued)
        return True

    def formula(self, tokens: list[Token], number: int, segment: Segment, main: bool) -> bool:
        """A row without a relation: the head of a chain that goes on below, or nothing that claims anything."""
        if not main or segment.separator == "group":
            if self.current.claims:
                self.remark(self.text.slice(span_of(tokens)))
            return main
        self.close()
        try:
            self.current.head = self.current.previous = parse(tokens)
        except Unread:
            self.current.head = None
        self.current.display, self.current.line = number, self.text.position(tokens[0].start)[0]
        return False

    def boxed(self, tokens: list[Token], number: int, words: str, result: bool = False) -> None:
        """A result in a box without a left side: what it is the result of, the parts say."""
        self.close()
        self.current.display = number
        claim = self.result(tokens, words, result)
        self.current.claims.append(claim)
        self.current.line = claim.line
        if result:
            self.current.head, self.current.previous = claim.left or claim.right, claim.right

    def result(self, tokens: list[Token], words: str, result: bool) -> Claim:
        while len(tokens) > 2 and tokens[0].kind == "{" and tokens[-1].kind == "}":
            tokens = tokens[1:-1]
        span = span_of(tokens)
        line, column = self.text.position(span.start)
        end = self.text.position(span.stop)
        try:
            right, refusal = parse(tokens), None
        except Unread as error:
            right, refusal = None, _refusal(error, tokens)
        said = self.text.slice(span)
        left = self.quantity if result else None
        return Claim(
            span, line, column, *end, said, "=", left, right, left, words=words, refusal=refusal,
            boxed=left is None, result=result,
        )  # fmt: skip

    def announced_result(self, tokens: list[Token], said: Announced) -> Claim:
        """What "we obtain" leads to: a result where nothing goes on with it."""
        claim = replace(self.result(tokens, said.words, True), announced=True)
        try:
            about = parse(settled(tokens_of(self.source, *said.about, self.macros))) if said.about else None
        except Unread:
            about = None
        return replace(claim, about=about)

    def named(self, start: int, before: str, behind: str) -> Surface | None:
        r"""The \operatorname{Var}[y] that "the variance of $y$ is" speaks of."""
        found = quantity_named(before, behind)
        if found is None:
            return None
        spans = [Span(start + a, start + b) for a, b in (s for s in found[1:] if s is not None)]
        try:
            written = [parse(settled(tokens_of(self.source, *span, self.macros))) for span in spans]
        except Unread:
            return None
        return quantity(found[0], written[0], written[1] if len(written) > 1 else None)

    def main(
        self,
        parts: list[tuple[str, list[Token]]],
        segment: Segment,
        number: int,
        fresh: bool,
        prose: str,
        leads: bool,
    ) -> None:
        """A segment that is no remark; `leads` where it is the first of its row."""
        starts = bool(parts[0][1])
        joined = None
        if leads and not starts:
            self.resume()
        if starts:
            host = self.host_of(parts[0][1], segment, leads, number)
            self.close()
            self.host = host
        elif fresh and self.current.begun and self.current.display != number:
            joined = f"the display of line {self.current.line}"
        self.current.display = number
        if fresh and starts and not segment.words and prose:
            segment = replace(segment, words=last_words(prose))
        self.current.claims += self.claims(parts, segment, self.current, joined=joined)
        self.current.line = self.text.position(segment.tokens[0].start)[0]

    def remark(self, words: str) -> None:
        """Prose behind the last claim of the current chain."""
        if words and self.current.claims:
            last = self.current.claims[-1]
            self.current.claims[-1] = replace(last, remark=f"{last.remark} {words}".strip())

    def inline(self, span: Span, words: str, side: bool = False) -> None:
        """The claims of `$...$` inside prose; a formula that claims nothing is prose."""
        try:
            segments = segments_of(tokens_of(self.source, *span, self.macros), self.text.text)
        except Unread:
            return
        for segment in segments:
            parts = sides_of(segment.tokens) if segment.tokens else []
            said = replace(segment, words=(segment.words or words)[-SENTENCE:])
            if len(parts) == len(segments) == 1 and self.quantity is not None:
                claim = self.result(parts[0][1], words, True)
                self.aside([replace(claim, inline=True)] if claim.refusal is None else [], 0)
                continue
            if len(parts) == len(segments) == 1 and self.says_result:
                claim = self.result(parts[0][1], f"{words} {self.says_result}", True)
                if claim.refusal is None and not isinstance(claim.right, Name):
                    self.aside([replace(claim, inline=True)], 0)
                continue
            if len(parts) < 2 or not all(p[1] for p in parts) or is_range(segment, segments):
                continue
            if is_place(said, parts):
                continue
            claims = self.claims(parts, said, _Open(), side=side)
            self.aside([replace(c, inline=not side, side=side) for c in claims], 0)

    def spoken(self, span: Span, prose: str) -> None:
        """The claim of `write $a$ for $W x$`."""
        before, self.lone = self.lone, (span, prose)
        which = name_among(before[1], prose) if before is not None else None
        if before is None or which is None:
            return
        try:
            sides = [parse(settled(tokens_of(self.source, *s, self.macros))) for s in (before[0], span)]
        except Unread:
            return
        name, right = (sides[0], sides[1]) if which == 0 else (sides[1], sides[0])
        whole = Span(before[0].start, span.stop)
        line, column = self.text.position(whole.start)
        claim = Claim(
            whole, line, column, *self.text.position(whole.stop), self.text.slice(whole), ":=", name, right,
            name, inline=True, words="write", spoken=True,
        )  # fmt: skip
        self.aside([claim], 0)

    # ------------------------------------------------------------ claims

    def claims(
        self,
        parts: list[tuple[str, list[Token]]],
        segment: Segment,
        chain: _Open,
        side: bool = False,
        joined: str | None = None,
    ) -> list[Claim]:
        """`a = b = c` as claims; `chain` is told its head and the last right side."""
        found: list[Claim] = []
        first = parts[0][1]
        written: Surface | None = None
        refusal: Refusal | None = None
        if first:
            try:
                written = parse(first)
            except Unread as error:
                refusal = _refusal(error, first)
            chain.head, chain.previous = written, written
        elif not chain.begun:
            refusal = Refusal(
                "nothing stands on the left", parts[1][1][0].span if parts[1][1] else segment.tokens[0].span
            )
        for i, (relation, tokens) in enumerate(parts[1:]):
            right: Surface | None = None
            wrong = refusal
            if not tokens:
                last = segment.tokens[-1]
                wrong = wrong or Refusal("the right side is missing", last.span)
            else:
                try:
                    right = parse(tokens)
                except Unread as error:
                    wrong = wrong or _refusal(error, tokens)
            start = segment.tokens[0].start if i == 0 else (parts[i][1] or tokens or segment.tokens)[0].start
            if i > 0:
                start = min(t.start for t in tokens) if tokens else start
                start = self._relation_before(segment, start)
            stop = max((t.stop for t in tokens), default=segment.tokens[-1].stop)
            span = Span(start, stop)
            line, column = self.text.position(span.start)
            end_line, end_column = self.text.position(span.stop)
            continues = i > 0 or not first
            found.append(
                Claim(
                    span, line, column, end_line, end_column, self.text.slice(span), relation, chain.head, right,
                    written if i == 0 else None, chain.previous if continues else None,
                    continues, side, False, joined if i == 0 else None, segment.words if i == 0 else "",
                    "", wrong,
                )
            )  # fmt: skip
            chain.previous = right
            chain.head = right if relation in UNEQUAL else chain.head  # in a <= b = c, it is b that c equals
            refusal = refusal if first and written is None and chain.head is None else None
        return found

    def _relation_before(self, segment: Segment, start: int) -> int:
        """Where the relation stands that comes right before an offset."""
        best = start
        for token in segment.tokens:
            if token.kind == "rel" and token.start < start:
                best = token.start
        return best

    def refused(self, span: Span, error: Unread) -> Claim:
        line, column = self.text.position(span.start)
        end_line, end_column = self.text.position(span.stop)
        return Claim(
            span, line, column, end_line, end_column, self.text.slice(span), "=", None, None,
            refusal=Refusal(error.message, error.span, error.hint),
        )  # fmt: skip


def _refusal(error: Unread, tokens: Sequence[Token]) -> Refusal:
    span = error.span if error.span.stop > error.span.start else span_of(tokens)
    return Refusal(error.message, span, error.hint)
