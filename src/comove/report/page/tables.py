"""Tables as markup: scoped headings, figures flush right, a form for narrow screens."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from html import escape

from comove.core.document import Table
from comove.report.charts.lettering import measure
from comove.report.figures import is_figure
from comove.report.page.cells import bar, cell, extent
from comove.report.words import Words

_TELEPHONE = 354.0
"""Pixels across; where the columns of a table need more, its rows become cards."""

_COLUMN = 720.0
"""Pixels across on a desk; where the columns need more, they are set smaller."""

_SHORT = 12
"""Rows up to which a table is not divided between two printed pages."""

_SIZE, _APART, _WRAPPED, _PHRASE = 13.5, 14.0, 96.0, 260.0
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class _Columns:
    names: tuple[str, ...]
    looks: tuple[str, ...]
    bars: int | None
    scale: tuple[float, float]


def table(block: Table, words: Words, *, bars: bool = True) -> str:
    """Write a table.

    Parameters
    ----------
    block
        Title, columns and rows.
    words
        Of the reader.
    bars
        Draw the column that may be drawn; not where a picture shows the same numbers.

    Returns
    -------
    str
        Markup; the explicit roles keep the table a table when its rows are set as cards.
    """
    columns = _columns(block if bars else replace(block, bars=None), words)
    title = escape(words.text(block.title), quote=True)
    look = "table short" if len(block.rows) <= _SHORT else "table"
    heads = "".join(
        f'<th role="columnheader" scope="col"{_look(columns, place)}>{escape(name)}</th>'
        for place, name in enumerate(columns.names)
    )
    cells = [[cell(value, words) for value in row] for row in block.rows]
    rows = "".join(_row(row, texts, columns) for row, texts in zip(block.rows, cells, strict=True))
    note = f'<p class="note">{escape(words.text(block.note))}</p>' if block.note else ""
    return (
        f'<div class="{look}" role="region" aria-label="{title}" tabindex="0">'
        f'<table role="table" class="{_form(columns, cells)}">'
        f"<caption><span>{title}</span></caption>"
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>{note}</div>'
    )


def _form(columns: _Columns, cells: list[list[str]]) -> str:
    """Choose what becomes of a table that is too wide for the screen.

    Figures, and long tables of short words, slide under their first column; rows of sentences
    become cards.
    """
    widths = [
        max(measure(text, _SIZE) for text in (name, *(_TAG.sub("", row[place]) for row in cells)))
        for place, name in enumerate(columns.names)
    ]
    least = sum(
        _APART + (width if look else min(width, _WRAPPED))
        for width, look in zip(widths, columns.looks, strict=True)
    )
    form = "plain"
    if least - _APART > _TELEPHONE:
        short = len(cells) > _SHORT and max(widths[1:], default=0.0) <= _PHRASE
        form = "sliding" if short or all(columns.looks[1:]) else "cards"
    return f"{form} dense" if least - _APART > _COLUMN else form


def _columns(block: Table, words: Words) -> _Columns:
    places = range(len(block.columns))
    looks = tuple(_look_of([row[place] for row in block.rows], place) for place in places)
    scale = (0.0, 0.0) if block.bars is None else extent(row[block.bars] for row in block.rows)
    names = tuple(words.column(key) for key in block.columns)
    return _Columns(names, looks, block.bars, scale)


def _look_of(cells: list[object], place: int) -> str:
    """Set figures flush right, dates in one line, words as they come."""
    held = [value for value in cells if value is not None and value != ()]
    if place and all(map(is_figure, held)):
        return "number"
    return "day" if held and all(isinstance(value, date) for value in held) else ""


def _row(row: tuple[object, ...], texts: list[str], columns: _Columns) -> str:
    look = _look(columns, 0)
    head = f'<th role="rowheader" scope="row"{look}>{texts[0]}</th>'
    rest = (_cell(row[place], texts[place], place, columns) for place in range(1, len(row)))
    return f'<tr role="row">{head}{"".join(rest)}</tr>'


def _cell(value: object, text: str, place: int, columns: _Columns) -> str:
    if value is None or value == ():
        return f'<td role="cell"{_look(columns, place, "none")}>{text}</td>'
    name = escape(columns.names[place], quote=True)
    shown = f"<span>{text}</span>"
    if place == columns.bars:
        shown = f'<div class="barred">{bar(value, columns.scale)}{shown}</div>'
    return f'<td role="cell" data-label="{name}"{_look(columns, place)}>{shown}</td>'


def _look(columns: _Columns, place: int, more: str = "") -> str:
    look = f"{columns.looks[place]} {more}".strip()
    return f' class="{look}"' if look else ""
