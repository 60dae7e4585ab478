"""Which part of a table a terminal shows, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from comove.core.document import Cell, Table
from comove.core.estimate import Estimate
from comove.core.message import Message, Name
from comove.report.terminal.columns import GAP, Column, chunks, column, rows, widths
from comove.report.terminal.glyphs import bar
from comove.report.terminal.paint import Paint
from comove.report.words import Words

INDENT = "  "
LEAST_BAR, MOST_BAR = 8, 32


@dataclass(frozen=True)
class Policy:
    """What a terminal shows of a table.

    Attributes
    ----------
    most
        Rows shown; 0 leaves the table to the full formats, None shows all.
    hidden
        Columns left to the full formats.
    dropped
        Rows left to the full formats, by the key or id of one of their cells.
    form
        ``grid``; ``inline`` (one sentence); ``sentences`` (the first column only, with the
        verdict's mark); ``tally`` (how many passed).
    heads, titled, noted
        Whether headings, title and note are shown.
    times
        How many tables of this title are shown; None shows all.
    kept
        Rows shown although they come later than ``most``, by the key or id of one of their cells.
    """

    most: int | None = None
    hidden: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    form: Literal["grid", "inline", "sentences", "tally"] = "grid"
    heads: bool = True
    titled: bool = True
    noted: bool = True
    times: int | None = None
    kept: tuple[str, ...] = ()

    def drops(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row is left to the full formats."""
        return any(key in self.dropped for cell in row for key in _keys(cell))

    def keeps(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row is shown wherever it stands."""
        return any(key in self.kept for cell in row for key in _keys(cell))


_EMPTY = ("report.why.total", "report.why.no_driver")
_EPISODES = Policy(most=4, hidden=("start", "after_126"))
POLICIES = MappingProxyType(
    {
        "table.paths": Policy(
            titled=False,
            dropped=("report.path.falling.recovered", "report.path.rising.recovered"),
        ),
        "table.links": Policy(most=8),
        "table.correlation": Policy(hidden=("sample",), dropped=("report.correlation.long_run",)),
        "table.correlation_detail": Policy(most=0),
        "table.correlation_more": Policy(most=0),
        "table.episodes.falling": _EPISODES,
        "table.episodes.rising": _EPISODES,
        "table.return_split": Policy(hidden=("drivers",), dropped=_EMPTY, heads=False),
        "table.covariance_split": Policy(form="inline", dropped=_EMPTY, times=1),
        "table.shift": Policy(form="inline", dropped=("report.why.change",), times=1),
        "table.betas": Policy(most=0),
        "table.left_out": Policy(most=0),
        "table.evidence": Policy(form="sentences"),
        "table.checks": Policy(form="tally"),
        "table.refuge": Policy(hidden=("worst_10", "worst_5", "worst_1"), titled=False),
        "table.events": Policy(most=0),
        "table.levels": Policy(most=4, kept=("level.sma_200_week",)),
        "table.holdings": Policy(titled=False, hidden=("clock", "aliases", "caveats")),
        "table.freshness": Policy(titled=False, hidden=("due", "rows", "origin")),
        "table.findings": Policy(dropped=("outcome.ok",)),
    }
)
"""By the key of the table's title; any other table is shown whole."""

MOST_EVIDENCE = 2
"""Sentences of evidence told per reading."""

SHOWN_BY_SPLITS = (Name("method.frozen_betas"), Name("method.shapley_covariance"))
"""Evidence that repeats a bar of the splits is not told twice."""

Setting = tuple[Words, int, Paint]
"""Words, columns of the terminal, colours."""


def grid(table: Table, policy: Policy, setting: Setting) -> Iterator[str]:
    """Set a table in columns.

    Parameters
    ----------
    table, policy
        What, and how much of it.
    setting
        Words, columns of the terminal, colours.

    Yields
    ------
    str
        Lines; several tables below each other when it is too wide.
    """
    words, room, paint = setting
    shown = shown_rows(table, policy)
    columns = [
        column(words.column(key), [row[place] for row in shown], words)
        for place, key in enumerate(table.columns)
        if key not in policy.hidden
    ]
    space = room - len(INDENT)
    sheets = chunks(columns, space)
    bars = None
    if table.bars is not None and len(sheets) == 1:
        bars = _bars([row[table.bars] for row in shown], _left(columns, space))
    for sheet in sheets:
        sizes = widths(sheet, space)
        body = rows(sheet, sizes, heads=policy.heads)
        if policy.heads:
            yield from (paint("faint", INDENT + line) for line in body.pop(0))
        for place, (first, *rest) in enumerate(body):
            yield INDENT + first + (" " * GAP + paint(*bars[place]) if bars else "")
            yield from (INDENT + line for line in rest)


def inline(table: Table, policy: Policy, words: Words) -> str:
    """Set a table as one sentence: its title, then its parts.

    Parameters
    ----------
    table, policy
        What, and how much of it; the first two columns are shown.
    words
        Of the language.

    Returns
    -------
    str
        One paragraph.
    """
    parts = (f"{words.cell(row[0])} {words.cell(row[1])}" for row in shown_rows(table, policy))
    between, end = (", ", ".") if words.language == "en" else ("、", "。")
    return f"{words.text(table.title)}: {between.join(parts)}{end}"


def shown_rows(table: Table, policy: Policy) -> tuple[tuple[Cell, ...], ...]:
    """Choose the rows a terminal shows.

    Parameters
    ----------
    table, policy
        What, and how much of it.

    Returns
    -------
    tuple of tuple
        In the order of the table.
    """
    left = [row for row in table.rows if not policy.drops(row)]
    most = len(left) if policy.most is None else policy.most
    return tuple(row for place, row in enumerate(left) if place < most or policy.keeps(row))


def _keys(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, tuple):
        return tuple(key for item in cell for key in _keys(item))
    if isinstance(cell, Message):
        return (cell.key,)
    return (cell.id,) if isinstance(cell, Name) else ()


def _left(columns: Sequence[Column], space: int) -> int:
    """Return the room beside a table, less the line of a value too small for a block."""
    return space - sum(entry.natural + GAP for entry in columns) - 1


def _bars(cells: Sequence[Cell], room: int) -> list[tuple[str, str]] | None:
    """Style and bar per cell on a common scale; None when there is no room for them."""
    values = [cell.value for cell in cells if isinstance(cell, Estimate)]
    if room < LEAST_BAR or not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    return [
        ("fall" if cell.value < 0 else "rise", bar(cell.value, min(room, MOST_BAR), low, high))
        if isinstance(cell, Estimate)
        else ("rise", "")
        for cell in cells
    ]
