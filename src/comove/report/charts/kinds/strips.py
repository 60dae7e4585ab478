"""Where an outcome may fall: one panel a group, a strip with its median for every row."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.axes import Span, number_axis
from comove.report.charts.columns import column, numbers
from comove.report.charts.lettering import measure, wrap
from comove.report.charts.scene import (
    Axis,
    Box,
    Dots,
    Label,
    Margins,
    Mark,
    Number,
    Scene,
    Segment,
)
from comove.report.words import Words

_ROW = 32.0
_GUTTER = 28.0
_NAMES = 0.36
"""Share of a panel's width that names may take before they are set in two lines."""

Row = tuple[str, Number, Number, Number]
"""Name, median, low and high end."""


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the strips.

    Parameters
    ----------
    exhibit
        Columns ``asset`` (the panel), ``row`` (a word key), ``value``, ``low``, ``high``; mark
        ``unit``.
    words
        Of the reader.
    room
        Pixels there are; two panels stand side by side when they fit.

    Returns
    -------
    tuple of Scene
        One panel per asset, on one scale.
    """
    unit = cast("Unit", str(exhibit.marks.get("unit", "simple_return")))
    groups = _groups(exhibit, words)
    beside = len(groups) > 1 and room >= 2 * 300.0 + _GUTTER
    width = (room - _GUTTER) / 2 if beside else min(room, 560.0)
    names = [wrap(row[0], _NAMES * width) for rows in groups.values() for row in rows]
    widest = max((measure(line) for name in names for line in name.split("\n")), default=0.0)
    around = Margins(left=widest + 12.0, right=58.0, top=30.0, bottom=28.0)
    limits = [number for rows in groups.values() for row in rows for number in row[1:]]
    x = _axis(limits, width - around.left - around.right, unit, words)
    frame = Scene(width=width, height=0.0, margins=around, x=x, y=x, marks=())
    return tuple(
        _panel(words.title(asset), rows, frame, (unit, words)) for asset, rows in groups.items()
    )


def _groups(exhibit: Exhibit, words: Words) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    listed = zip(
        column(exhibit, "asset"),
        column(exhibit, "row"),
        numbers(exhibit, "value"),
        numbers(exhibit, "low"),
        numbers(exhibit, "high"),
        strict=True,
    )
    for asset, row, value, low, high in listed:
        if value is not None:
            found.setdefault(str(asset), []).append((words.title(str(row)), value, low, high))
    return found


def _axis(limits: list[Number], room: float, unit: Unit, words: Words) -> Axis:
    """Mark the axis as finely as its ticks fit side by side."""
    axis = Axis(low=0.0, high=1.0)
    for count in (6, 5, 4, 3, 2):
        axis = number_axis(limits, Span(unit=unit, count=count, least=0.0, most=0.0), words)
        if sum(measure(text) + 12.0 for _, text in axis.ticks) <= room:
            break
    return axis


def _panel(title: str, rows: list[Row], frame: Scene, said: tuple[Unit, Words]) -> Scene:
    count = len(rows)
    places = [count - place - 0.5 for place in range(count)]
    marks: list[Mark] = [Segment(x0=0.0, x1=0.0, y0=None, y1=None, ink="muted")]
    for (_, value, low, high), at in zip(rows, places, strict=True):
        marks += _row((value, low, high), at, frame, said)
    ticks = tuple(
        (at, wrap(row[0], _NAMES * frame.width)) for row, at in zip(rows, places, strict=True)
    )
    return replace(
        frame,
        height=_ROW * count + frame.margins.top + frame.margins.bottom,
        y=Axis(low=0.0, high=float(count), ticks=ticks, grid=False),
        marks=tuple(marks),
        title=title,
    )


def _row(
    drawn: tuple[Number, Number, Number], at: float, frame: Scene, said: tuple[Unit, Words]
) -> list[Mark]:
    value, low, high = drawn
    assert value is not None  # noqa: S101 - rows without a median are left out
    marks: list[Mark] = []
    if low is not None and high is not None:
        marks.append(Box(x0=low, x1=high, y0=at - 0.2, y1=at + 0.2, ink="a", pale=True))
    marks.append(Dots(xs=(value,), ys=(at,), ink="a", size=8.0))
    unit, words = said
    marks.append(
        Label(
            x=frame.x.high,
            y=at,
            text=words.number(Quantity(value, unit), "signed short"),
            ink="text",
            anchor="end",
            dx=frame.margins.right - 2.0,
            dy=4.0,
        )
    )
    return marks
