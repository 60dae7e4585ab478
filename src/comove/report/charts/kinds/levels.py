"""A price and the levels around it, each with the chance that it is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.axes import Span, day_axis, number_axis, ordinal
from comove.report.charts.columns import column, numbers
from comove.report.charts.lettering import measure, spread, wrap
from comove.report.charts.scene import Dots, Label, Line, Margins, Mark, Scene, Segment
from comove.report.charts.svg import LINE_HEIGHT
from comove.report.charts.timeline import NARROW
from comove.report.words import Words, harmless

_NAME = 150.0
"""Pixels a name may take beside the plot before it is set in two lines."""


@dataclass(frozen=True)
class _Level:
    text: str
    value: float


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the price and its levels.

    Parameters
    ----------
    exhibit
        Columns ``day`` and ``value``; marks ``unit`` and ``levels``, a list of mappings with
        ``name`` (a word key, or the user's own where ``own`` is true), ``value`` and ``chance``.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture; the levels are named at its right edge.
    """
    unit = cast("Unit", str(exhibit.marks.get("unit", "usd")))
    days = [str(day) for day in column(exhibit, "day")]
    closes = numbers(exhibit, "value")
    narrow = room < NARROW
    levels = _levels(exhibit, words, 96.0 if narrow else _NAME)
    y = number_axis((*closes, *(level.value for level in levels)), Span(unit=unit), words)
    left = 14.0 + max((measure(text) for _, text in y.ticks), default=0.0)
    lines = [line for level in levels for line in level.text.split("\n")]
    right = 18.0 + max((measure(line) for line in lines), default=0.0)
    around = Margins(left=left, right=right, top=16.0, bottom=40.0)
    x = day_axis(days, room - around.left - around.right, words)
    height = max(300.0, 2.2 * LINE_HEIGHT * len(levels) + 80.0)
    bare = Scene(width=room, height=height, margins=around, x=x, y=y, marks=())
    xs = tuple(ordinal(day) for day in days)
    known = [(at, close) for at, close in zip(xs, closes, strict=True) if close is not None]
    price = Line(xs=xs, ys=closes, ink="a")
    tip = Dots(xs=(known[-1][0],), ys=(known[-1][1],), ink="a", size=6.5)
    marks = (*_drawn(levels, bare), price, tip)
    return (Scene(width=room, height=height, margins=around, x=x, y=y, marks=marks),)


def _levels(exhibit: Exhibit, words: Words, room: float) -> tuple[_Level, ...]:
    listed = exhibit.marks.get("levels")
    found = []
    for entry in listed if isinstance(listed, list | tuple) else ():
        if isinstance(entry, Mapping):
            name = str(entry["name"])
            called = harmless(name) if entry.get("own") else words.title(name)
            chance = words.number(Quantity(float(entry["chance"]), "share"))
            found.append(_Level(wrap(f"{called} {chance}", room), float(entry["value"])))
    return tuple(found)


def _drawn(levels: tuple[_Level, ...], scene: Scene) -> tuple[Mark, ...]:
    scale = scene.plot_height / (scene.y.high - scene.y.low)
    wanted = tuple(-level.value * scale for level in levels)
    tallest = max((level.text.count("\n") + 1 for level in levels), default=1)
    placed = spread(wanted, LINE_HEIGHT * tallest + 2.0)
    marks: list[Mark] = []
    for level, want, at in zip(levels, wanted, placed, strict=True):
        marks.append(
            Segment(x0=None, x1=None, y0=level.value, y1=level.value, ink="b", dashed=True)
        )
        up = LINE_HEIGHT * level.text.count("\n") / 2
        marks.append(
            Label(x=scene.x.high, y=level.value, text=level.text, dx=10.0, dy=at - want + 4.0 - up)
        )
    return tuple(marks)
