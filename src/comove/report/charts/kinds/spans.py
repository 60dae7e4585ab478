"""Figures with their intervals at some dates, two series side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.axes import Span, day_axis, number_axis, ordinal
from comove.report.charts.columns import column, numbers, table
from comove.report.charts.legend import Key, height, labels
from comove.report.charts.lettering import measure
from comove.report.charts.scene import (
    SERIES,
    SHAPES,
    Dots,
    Line,
    Margins,
    Mark,
    Scene,
    Segment,
)
from comove.report.charts.timeline import NARROW
from comove.report.words import Words

_GLYPHS = ("●", "■", "◆", "○")
_TOP, _BOTTOM, _RIGHT = 34.0, 40.0, 14.0
_APART = 3.0
"""Pixels between the marks of two series at one date."""


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the series.

    Parameters
    ----------
    exhibit
        Columns ``day`` and, for every series of the mark ``names`` (column to word key), its own,
        ``<series>_low`` and ``<series>_high``; marks ``unit`` and ``title`` (word key).
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture.
    """
    days = [str(day) for day in column(exhibit, "day")]
    names = tuple(table(exhibit, "names").items())
    unit = cast("Unit", str(exhibit.marks.get("unit", "ratio")))
    keys = tuple(
        Key(_GLYPHS[place], SERIES[place], _told(exhibit, series, str(key), words, unit))
        for place, (series, key) in enumerate(names)
    )
    values = [
        value
        for series, _ in names
        for edge in ("", "_low", "_high")
        for value in numbers(exhibit, f"{series}{edge}")
    ]
    y = number_axis(values, Span(unit=unit), words, words.label(str(exhibit.marks["title"])))
    above = height(keys, room)
    left = 14.0 + max((measure(text) for _, text in y.ticks), default=0.0)
    around = Margins(left=left, right=_RIGHT, top=_TOP + above, bottom=_BOTTOM)
    x = day_axis(days, room - left - _RIGHT, words)
    step = _APART * (x.high - x.low) / (room - left - _RIGHT)
    marks: list[Mark] = []
    for place, (series, _) in enumerate(names):
        marks += _series(exhibit, series, place, (place - (len(names) - 1) / 2.0) * 2.0 * step)
    tall = above + (230.0 if room < NARROW else 260.0)
    marks += labels(keys, room, around)
    return (Scene(width=room, height=tall, margins=around, x=x, y=y, marks=tuple(marks)),)


def _told(exhibit: Exhibit, series: str, key: str, words: Words, unit: Unit) -> str:
    values = [value for value in numbers(exhibit, series) if value is not None]
    last = words.number(Quantity(values[-1], unit), "short") if values else ""
    return f"{words.title(key)} {last}".rstrip()


def _series(exhibit: Exhibit, series: str, place: int, shift: float) -> Iterator[Mark]:
    ink, shape = SERIES[place], SHAPES[place]
    xs = [ordinal(str(day)) + shift for day in column(exhibit, "day")]
    rows = list(
        zip(
            xs,
            numbers(exhibit, series),
            numbers(exhibit, f"{series}_low"),
            numbers(exhibit, f"{series}_high"),
            strict=True,
        )
    )
    yield Line(
        xs=tuple(xs),
        ys=tuple(value for _, value, _, _ in rows),
        ink=ink,
        dashed=place > 0,
        width=1.0,
    )
    for at, _, low, high in rows:
        if low is not None and high is not None:
            yield Segment(x0=at, x1=at, y0=low, y1=high, ink=ink, width=1.2)
    held = [(at, value) for at, value, _, _ in rows if value is not None]
    yield Dots(
        xs=tuple(at for at, _ in held),
        ys=tuple(value for _, value in held),
        ink=ink,
        shape=shape,
        size=5.5,
    )
