"""Small multiples of bars with intervals: one panel a group, the same scale in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.axes import Span, number_axis
from comove.report.charts.lettering import measure, wrap
from comove.report.charts.scene import (
    Axis,
    Box,
    Ink,
    Label,
    Margins,
    Mark,
    Number,
    Scene,
    Segment,
)
from comove.report.words import Words

Kind = Literal["part", "rest", "total"]

GUTTER = 28.0
_ROW, _TALL, _THICK = 28.0, 35.0, 13.0
_NAMES = 0.38
"""Share of a panel's width that names may take before they are set in two lines."""

_INKS: Mapping[Kind, Ink] = {"part": "a", "rest": "b", "total": "text"}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row: a name, a number and its interval.

    Attributes
    ----------
    name
        In the reader's language.
    value, low, high
        The number and its interval; ``low`` and ``high`` are None for an exact one.
    kind
        ``part``; ``rest`` for what no channel carries; ``total`` stands apart.
    """

    name: str
    value: float
    low: Number = None
    high: Number = None
    kind: Kind = "part"

    @property
    def clear(self) -> bool:
        """True when the interval excludes zero, or there is none."""
        return self.low is None or self.high is None or self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The bars of one group."""

    title: str
    bars: tuple[Bar, ...]


def panels(
    groups: Sequence[Panel], unit: Unit, words: Words, room: float, title: str
) -> tuple[Scene, ...]:
    """Lay out one picture per group.

    Parameters
    ----------
    groups
        In order.
    unit
        Of all numbers.
    words
        Of the reader.
    room
        Pixels there are; two panels stand side by side when they fit.
    title
        What the horizontal axis measures.

    Returns
    -------
    tuple of Scene
        Equal in scale and margins, so that bars can be compared across them.
    """
    bars = [bar for group in groups for bar in group.bars]
    beside = len(groups) > 1 and room >= 2 * 300.0 + GUTTER
    width = (room - GUTTER) / 2 if beside else min(room, 560.0)
    limits = [
        number * 1.03
        for bar in bars
        for number in (bar.value, bar.low, bar.high)
        if number is not None
    ]
    names = [wrap(bar.name, _NAMES * width) for bar in bars]
    widest = max((measure(line) for name in names for line in name.split("\n")), default=0.0)
    figures = max((measure(_figure(bar, unit, words), strong=True) for bar in bars), default=0.0)
    around = Margins(left=widest + 12.0, right=figures + 14.0, top=30.0, bottom=40.0)
    x = _axis(limits, width - around.left - around.right, unit, words)
    x = replace(x, title=title)
    row = _TALL if any("\n" in name for name in names) else _ROW
    return tuple(_panel(group, _Frame(width, row, around, x), unit, words) for group in groups)


@dataclass(frozen=True)
class _Frame:
    width: float
    row: float
    margins: Margins
    x: Axis


def _axis(limits: Sequence[float], room: float, unit: Unit, words: Words) -> Axis:
    """Mark the axis as finely as its ticks fit side by side."""
    axis = Axis(low=0.0, high=1.0)
    for count in (6, 5, 4, 3):
        axis = number_axis(limits, Span(unit=unit, count=count, least=0.0, round=False), words)
        if sum(measure(text) + 12.0 for _, text in axis.ticks) <= room:
            break
    return axis


def _panel(group: Panel, frame: _Frame, unit: Unit, words: Words) -> Scene:
    count = len(group.bars)
    ticks = tuple(
        (count - place - 0.5, wrap(bar.name, _NAMES * frame.width))
        for place, bar in enumerate(group.bars)
    )
    marks = [
        mark
        for (row, _), bar in zip(ticks, group.bars, strict=True)
        for mark in _row(row, bar, _figure(bar, unit, words), frame)
    ]
    zero = Segment(x0=0.0, x1=0.0, y0=None, y1=None, ink="muted")
    return Scene(
        width=frame.width,
        height=frame.row * count + frame.margins.top + frame.margins.bottom,
        margins=frame.margins,
        x=frame.x,
        y=Axis(low=0.0, high=float(count), ticks=ticks, grid=False),
        marks=(*marks, zero),
        title=group.title,
    )


def _row(row: float, bar: Bar, figure: str, frame: _Frame) -> tuple[Mark, ...]:
    half = _THICK / frame.row / 2
    shown = Box(
        x0=0.0,
        x1=bar.value,
        y0=row - half,
        y1=row + half,
        ink=_INKS[bar.kind],
        pale=not bar.clear,
    )
    words = Label(
        x=frame.x.high,
        y=row,
        text=figure,
        ink="text",
        anchor="end",
        dx=frame.margins.right - 2.0,
        dy=4.0,
        strong=bar.kind == "total",
    )
    above = Segment(x0=None, x1=None, y0=row + 0.5, y1=row + 0.5, ink="muted")
    whisker = Segment(x0=bar.low, x1=bar.high, y0=row, y1=row, ink="text", width=1.1, capped=True)
    return (
        *((above,) if bar.kind == "total" else ()),
        shown,
        *(() if bar.low is None or bar.high is None else (whisker,)),
        words,
    )


def _figure(bar: Bar, unit: Unit, words: Words) -> str:
    return words.number(Quantity(bar.value, unit), "signed short")
