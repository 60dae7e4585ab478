"""A document as lines of a terminal: what is shown, what is left to the full formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comove.core.document import Badge, Block, Document, Paragraph, Section, Table
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Name, say
from comove.report.marks import MARKS, RULINGS, VERDICTS
from comove.report.terminal import curves, tables
from comove.report.terminal.paint import Paint
from comove.report.terminal.wrapping import pad, width, wrap
from comove.report.words import Words

MEASURE = 100
"""Longest line of running text; wider ones are hard to read."""


@dataclass(frozen=True)
class Page:
    """Where lines are set.

    Attributes
    ----------
    words
        Of the language.
    room
        Columns of the terminal.
    paint
        Colours, or none.
    """

    words: Words
    room: int
    paint: Paint

    def lines(self, document: Document) -> list[str]:
        """Set a document.

        Parameters
        ----------
        document
            Any.

        Returns
        -------
        list of str
            Without trailing blanks.
        """
        found = [self.paint("title", line) for line in self.wrapped(document.title)]
        if document.headline:
            headline = self._wrap(self.words.prose(document.headline))
            found += ["", *(self.paint("strong", line) for line in headline)]
        for section in document.sections:
            found += ["", self._heading(section), *self._blocks(section.blocks)]
        found += ["", *self._faint(document.colophon)]
        if shortened(document):
            found += self._faint(say("report.full"))
        return [line.rstrip() for line in found]

    def wrapped(self, message: Message, indent: str = "", hanging: int = 0) -> list[str]:
        """Break one sentence into lines.

        Parameters
        ----------
        message
            The sentence.
        indent
            Before every line.
        hanging
            Further spaces before every line but the first.

        Returns
        -------
        list of str
            Within the measure.
        """
        return self._wrap(self.words.text(message), indent, hanging)

    def _wrap(self, text: str, indent: str = "", hanging: int = 0) -> list[str]:
        room = min(self.room, MEASURE) - len(indent)
        return [indent + line for line in wrap(text, room, hanging)]

    def _heading(self, section: Section) -> str:
        title = self.words.label(f"section.{section.key}")
        rule = "─" * (min(self.room, MEASURE) - width(title) - 1)
        return f"{self.paint('title', title)} {self.paint('faint', rule)}"

    def _faint(self, message: Message, indent: str = "") -> list[str]:
        return [self.paint("faint", line) for line in self.wrapped(message, indent)]

    def _blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        seen: Counter[str] = Counter()
        quoted: frozenset[Message] = frozenset()
        for block, later in zip(blocks, [*blocks[1:], None], strict=True):
            if isinstance(block, Paragraph):
                if not (block.role == "note" and seen["badge"]):
                    yield from self._paragraph(block)
            elif isinstance(block, Badge):
                if not seen["badge"]:
                    yield ""
                seen["badge"] += 1
                quoted = frozenset(part for says in block.says for part in within(says))
                rulings = any(_is_ruling(other) for other in blocks)
                checks = tally(blocks[blocks.index(block) + 1 :])
                yield from self._badge(block, checks, rulings=rulings)
            elif isinstance(block, Table) and block.title.key == "table.evidence":
                yield from self._evidence(block, quoted)
            elif isinstance(block, Table):
                seen[block.title.key] += 1
                yield from self._table(block, later, seen[block.title.key])
            elif isinstance(block, Exhibit):
                yield from curves.draw(block, self.words, min(self.room, MEASURE))

    def _paragraph(self, block: Paragraph) -> Iterator[str]:
        text = self.words.prose(block.says)
        if block.role == "item":
            yield from self._wrap(f"- {text}", hanging=2)
        elif block.role == "note":
            yield from (self.paint("faint", line) for line in self._wrap(text, "  "))
        else:
            yield from self._wrap(text)

    def _badge(
        self, block: Badge, checks: tuple[Message, ...], *, rulings: bool = False
    ) -> Iterator[str]:
        family = RULINGS if block.verdict in RULINGS and rulings else VERDICTS
        room = max(width(self._mark(key)) for key in family)
        mark = self.paint(block.verdict, pad(self._mark(block.verdict), room))
        lines = self.wrapped(block.title, " " * (room + 2))
        for place, line in enumerate(lines):
            title = self.paint("strong", line[room + 2 :])
            yield f"{mark}  {title}" if place == 0 else " " * (room + 2) + title
        yield from self._wrap(self.words.prose((*block.says, *checks)), "  ")

    def _mark(self, verdict: str) -> str:
        return f"{MARKS[verdict]} {self.words.label(f'verdict.{verdict}')}"

    def _table(self, table: Table, later: Block | None, time: int) -> Iterator[str]:
        policy = tables.POLICIES.get(table.title.key, tables.Policy())
        if policy.most == 0 or policy.form == "tally" or time > (policy.times or time):
            return
        if policy.form == "inline":
            yield from self._wrap(tables.inline(table, policy, self.words), "  ")
        else:
            yield from self._grid(table, policy)
        repeated = isinstance(later, Table) and later.note == table.note
        if table.note is not None and policy.noted and not repeated:
            yield from self._faint(table.note, "  ")

    def _grid(self, table: Table, policy: tables.Policy) -> Iterator[str]:
        if policy.titled:
            lines = self.wrapped(table.title, "  ")
            yield from (self.paint("strong", line) for line in lines)
        yield from tables.grid(table, policy, (self.words, self.room, self.paint))
        left = len(table.rows) - len(tables.shown_rows(table, policy))
        if policy.most is not None and left > 0:
            yield from self._faint(say("report.more_rows", count=left), "  ")

    def _evidence(self, table: Table, quoted: frozenset[Message]) -> Iterator[str]:
        """Tell the strongest rows with their verdict's mark, less what was just said."""
        verdict, method = table.columns.index("verdict"), table.columns.index("method")
        told = [row for row in table.rows if row[method] not in tables.SHOWN_BY_SPLITS]
        for row in told[: tables.MOST_EVIDENCE]:
            if isinstance(row[0], Message) and quoted.intersection(within(row[0])):
                continue
            key = str(getattr(row[verdict], "id", "")).removeprefix("verdict.")
            first, *rest = self._wrap(self.words.cell(row[0]), "    ")
            yield f"  {self.paint(key, VERDICTS.get(key, '·'))} {first[4:]}"
            yield from rest


def _is_ruling(block: Block) -> bool:
    """Tell a verdict on a claim from one on an explanation; both know "cannot tell"."""
    return isinstance(block, Badge) and block.verdict in RULINGS and block.verdict not in VERDICTS


def within(message: Message) -> Iterator[Message]:
    """List a message and every message inside it.

    Parameters
    ----------
    message
        A sentence.

    Yields
    ------
    Message
        From the outside in.

    Examples
    --------
    >>> [part.key for part in within(say("outer", parts=(say("first"), say("second"))))]
    ['outer', 'first', 'second']
    """
    yield message
    for _, value in message:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Message):
                yield from within(part)


def shortened(document: Document) -> bool:
    """Tell whether a table of the document is shown in part only."""
    blocks = (block for section in document.sections for block in section.blocks)
    return any(isinstance(block, Table) and block.title.key in tables.POLICIES for block in blocks)


def tally(blocks: Sequence[Block]) -> tuple[Message, ...]:
    """Say how many checks of a reading passed, and which did not.

    Parameters
    ----------
    blocks
        What follows a badge.

    Returns
    -------
    tuple of Message
        One sentence; none when the reading has no checks that can fail.
    """
    for block in blocks:
        if isinstance(block, Badge):
            break
        if isinstance(block, Table) and block.title.key == "table.checks":
            passed, failed = (
                tuple(row[0] for row in block.rows if row[1] == Name(f"outcome.{outcome}"))
                for outcome in ("passed", "failed")
            )
            if passed or failed:
                key = "report.checks_failed" if failed else "report.checks_passed"
                count = len(passed) + len(failed)
                return (say(key, passed=len(passed), count=count, names=failed),)
    return ()
