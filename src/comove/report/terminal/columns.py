"""Tables as lines: column widths, alignment, and what to do when they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from comove.core.document import Cell
from comove.core.estimate import Estimate
from comove.core.message import Name
from comove.report import numbers
from comove.report.figures import all_figures
from comove.report.marks import RULINGS
from comove.report.terminal.wrapping import longest_piece, pad, width, wrap
from comove.report.words import Words

GAP = 2
"""Columns between columns."""
_RULINGS = frozenset(f"verdict.{word}" for word in RULINGS)


@dataclass(frozen=True)
class Column:
    """One column of finished texts.

    Attributes
    ----------
    head
        Heading.
    cells
        One text per row.
    right
        True to align right.
    solid
        True when no cell may be wrapped.
    """

    head: str
    cells: tuple[str, ...]
    right: bool = False
    solid: bool = False

    @property
    def natural(self) -> int:
        """Width without wrapping."""
        return max(width(text) for text in (self.head, *self.cells))

    @property
    def least(self) -> int:
        """Width below which it cannot be set; figures are never wrapped."""
        size = width if self.right or self.solid else longest_piece
        return max(longest_piece(self.head), *map(size, self.cells), 1)


def column(head: str, cells: Sequence[Cell], words: Words) -> Column:
    """Write the cells of one column.

    Parameters
    ----------
    head
        Heading.
    cells
        As in :class:`comove.core.document.Table`.
    words
        Of the language.

    Returns
    -------
    Column
        Figures align right; estimates with intervals align on the point.
    """
    if any(isinstance(cell, Estimate) and not cell.exact for cell in cells):
        return Column(head, _estimates(cells, words), solid=True)
    if cells and all(isinstance(cell, Name) and cell.id in _RULINGS for cell in cells):
        return Column(head, tuple(words.cell(cell) for cell in cells), solid=True)
    if all(cell is None or isinstance(cell, date) for cell in cells):
        return Column(head, tuple(words.cell(cell) for cell in cells), solid=True)
    return Column(head, tuple(words.cell(cell) for cell in cells), right=all_figures(cells))


def _estimates(cells: Sequence[Cell], words: Words) -> tuple[str, ...]:
    points, bounds = [], []
    for cell in cells:
        known = cell if isinstance(cell, Estimate) else None
        points.append(words.cell(known.quantity if known else cell))
        bounds.append(numbers.interval(known, words.language) if known else "")
    room, tail = max(map(width, points)), max(map(width, bounds))
    return tuple(
        f"{pad(point, room, right=True)} {pad(bound, tail)}"
        for point, bound in zip(points, bounds, strict=True)
    )


def chunks(columns: Sequence[Column], room: int) -> list[list[Column]]:
    """Share columns out over tables that fit, each led by the first column.

    Parameters
    ----------
    columns
        All of them.
    room
        Columns of the page.

    Returns
    -------
    list of list of Column
        One table when everything fits.
    """
    first, *rest = columns
    tables, held = [], [first]
    for entry in rest:
        wanted = sum(each.least + GAP for each in (*held, entry)) - GAP
        if len(held) > 1 and wanted > room:
            tables.append(held)
            held = [first]
        held.append(entry)
    return [*tables, held]


def widths(columns: Sequence[Column], room: int) -> list[int]:
    """Narrow the widest columns until a table fits.

    Parameters
    ----------
    columns
        Of one table.
    room
        Columns of the page.

    Returns
    -------
    list of int
        Never below what a column needs, so that the sum may exceed ``room``.
    """
    found = [entry.natural for entry in columns]
    least = [entry.least for entry in columns]
    while sum(found) + GAP * (len(found) - 1) > room:
        slack = [have - need for have, need in zip(found, least, strict=True)]
        if max(slack) <= 0:
            break
        widest = max(
            (place for place, free in enumerate(slack) if free > 0), key=lambda place: found[place]
        )
        found[widest] -= 1
    return found


def rows(columns: Sequence[Column], sizes: Sequence[int], *, heads: bool) -> list[list[str]]:
    """Set a table.

    Parameters
    ----------
    columns, sizes
        Of one table.
    heads
        False leaves the headings out.

    Returns
    -------
    list of list of str
        Per row its lines, padded; the headings are the first row.
    """
    texts = [[entry.head for entry in columns]] if heads else []
    texts += [list(row) for row in zip(*(entry.cells for entry in columns), strict=True)]
    return [_lines(row, columns, sizes) for row in texts]


def _lines(row: list[str], columns: Sequence[Column], sizes: Sequence[int]) -> list[str]:
    cells = [
        [text] if width(text) <= size else wrap(text, size)
        for text, size in zip(row, sizes, strict=True)
    ]
    height = max(map(len, cells))
    lines = []
    for place in range(height):
        parts = [
            pad(cell[place] if place < len(cell) else "", size, right=entry.right)
            for cell, size, entry in zip(cells, sizes, columns, strict=True)
        ]
        lines.append((" " * GAP).join(parts))
    return lines
