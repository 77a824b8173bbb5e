"""What is read from a hand-written answer: chains of claims, each with its place in the text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from derive.errors import Place
from derive.latexread.surface import Surface
from derive.latexread.tokens import Span


@dataclass(frozen=True)
class Text:
    """The text of an answer and where its lines begin."""

    file: str
    text: str

    @cached_property
    def starts(self) -> list[int]:
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        stop = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : stop]

    def place(self, span: Span) -> Place:
        """For carets: a span over several lines is marked on its first."""
        line, column = self.position(span.start)
        text = self.line(line)
        return Place(
            self.file, line, column, text, max(1, min(span.stop - span.start, len(text) - column + 1))
        )

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.stop]


@dataclass(frozen=True)
class Refusal:
    """What cannot be read, and where. `hint` is the way out, where there is one."""

    message: str
    span: Span
    hint: str | None = None


@dataclass(frozen=True)
class Claim:
    """`left relation right` as somebody wrote it.

    `written_left` is None on a continuation line; `left` then is the head of the chain (None where nothing came
    before). `previous` is the right side of the claim before in the chain. An unreadable claim has `refusal`, and
    `right` may be None.
    """

    span: Span  # the claim without its remarks
    line: int
    column: int
    end_line: int
    end_column: int
    latex: str  # the source of `span`
    # = <= >= < > != ~= (approx) =c (but for a constant) prop := <=> in ~ <- >> >>= << <<= (of definite matrices)
    relation: str
    left: Surface | None
    right: Surface | None
    written_left: Surface | None = None
    previous: Surface | None = None
    continues: bool = False
    side: bool = False  # a remark on another claim's line: `\quad y = V h`, `(\text{since } a = b)`
    inline: bool = False  # from `$...$` inside prose
    joined: str | None = None  # "the display of line 5", where a display goes on with the one before
    words: str = ""  # the prose right before it: "since", "where", "let"
    remark: str = ""  # the prose behind it: "from Homework 0"
    refusal: Refusal | None = None
    boxed: bool = False  # an expression alone, in a box: `left` is None
    result: bool = False  # so is one that the words call a result: "the Hessian equals $2A$"
    announced: bool = False  # so is one that the words only lead to: "we obtain", "hence:"
    about: Surface | None = None  # the $\ell$ of "the gradient of $\ell$ in the state is"
    spoken: bool = False  # a name given in words: it claims nothing where the name is known

    @property
    def defines(self) -> bool:
        """Whether it is said as a definition: `:=`, "let ...", "where ..."."""
        said = self.words.lower().split()
        return self.relation == ":=" or bool(
            {"let", "define", "set", "denote", "denoting", "where", "with"} & set(said)
        )


@dataclass(frozen=True)
class Chain:
    """Claims read one after the other: a head and its continuation lines, or a single equation.

    `sides` are the remarks that stand beside its lines, in reading order; `label` is the part that the text
    before it names ("1.2", "2.a"), `title` that text."""

    claims: tuple[Claim, ...]
    label: str = ""
    title: str = ""
    display: int = 0  # which display of the text, from 1; 0 for inline

    @property
    def head(self) -> Surface | None:
        return self.claims[0].left if self.claims else None


@dataclass(frozen=True)
class Answer:
    """Everything that was read, in reading order (remarks stand behind the line they are on)."""

    text: Text
    chains: tuple[Chain, ...]
    notes: tuple[Refusal, ...] = field(default=())  # what was left out, and why (too long, never closed)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for chain in self.chains for claim in chain.claims)
