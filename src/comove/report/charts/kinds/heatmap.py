"""A table as squares: the larger the figure, the larger the square, readable without colour."""

from __future__ import annotations

from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.columns import column, numbers
from comove.report.charts.lettering import measure, wrap
from comove.report.charts.scene import Axis, Box, Label, Margins, Mark, Scene
from comove.report.words import Words

_MOST, _LEAST = 84.0, 34.0
_FULL = 0.94
_NAMES = 112.0


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the table.

    Parameters
    ----------
    exhibit
        Columns ``row``, ``column`` and ``value``, one line per entry; marks ``unit`` and
        ``signed``: without it values are not negative.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture: areas in proportion to the values; in another colour entries of a row and
        column of the same name, or of signed values the negative ones.
    """
    rows = tuple(map(str, dict.fromkeys(column(exhibit, "row"))))
    columns = tuple(map(str, dict.fromkeys(column(exhibit, "column"))))
    unit = cast("Unit", str(exhibit.marks.get("unit", "share")))
    named = {name: wrap(words.title(name), _NAMES) for name in (*rows, *columns)}
    left = 14.0 + max(measure(line) for name in rows for line in named[name].split("\n"))
    cell = min(_MOST, (room - left - 6.0) / max(len(columns), 1))
    ticks = tuple((place + 0.5, _head(name, cell, named)) for place, name in enumerate(columns))
    below = 22.0 + 14.0 * max(text.count("\n") + 1 for _, text in ticks)
    values = numbers(exhibit, "value")
    signed = bool(exhibit.marks.get("signed"))
    most = max((abs(value) for value in values if value is not None), default=0.0) or 1.0
    marks: list[Mark] = []
    entries = zip(column(exhibit, "row"), column(exhibit, "column"), values, strict=True)
    for row, name, value in entries:
        if value is not None:
            x = columns.index(str(name)) + 0.5
            y = len(rows) - rows.index(str(row)) - 0.5
            half = _FULL / 2.0 * ((abs(value) if signed else max(value, 0.0)) / most) ** 0.5
            other = value < 0.0 if signed else row == name
            marks.append(
                Box(
                    x0=x - half,
                    x1=x + half,
                    y0=y - half,
                    y1=y + half,
                    ink="b" if other else "a",
                    pale=True,
                )
            )
            if cell >= _LEAST:
                text = words.number(Quantity(value, unit), "signed short" if signed else "short")
                # A figure wider than its square stands below it, not across its edges.
                inside = 2.0 * half * cell > measure(text) + 2.0
                drop = 4.0 if inside else half * cell + 12.0
                marks.append(Label(x=x, y=y, text=text, ink="text", anchor="middle", dy=drop))
    around = Margins(left=left, right=6.0, top=10.0, bottom=below)
    return (
        Scene(
            width=left + cell * len(columns) + 6.0,
            height=cell * len(rows) + 10.0 + below,
            margins=around,
            x=Axis(low=0.0, high=float(len(columns)), ticks=ticks, grid=False),
            y=Axis(
                low=0.0,
                high=float(len(rows)),
                ticks=tuple(
                    (len(rows) - place - 0.5, named[name]) for place, name in enumerate(rows)
                ),
                grid=False,
            ),
            marks=tuple(marks),
        ),
    )


def _head(name: str, cell: float, named: dict[str, str]) -> str:
    """Return the title over a column where it fits, else the id."""
    text = wrap(named[name].replace("\n", " "), cell - 4.0)
    fits = all(measure(line) <= cell for line in text.split("\n"))
    return text if fits else name.upper()
