"""Rolling correlation against what a constant correlation would allow."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.report.charts.axes import Span, coordinate, day_axis, number_axis
from comove.report.charts.columns import column, number, numbers
from comove.report.charts.legend import Key, height, labels
from comove.report.charts.scene import (
    Axis,
    Box,
    Dots,
    Label,
    Line,
    Margins,
    Mark,
    Number,
    Scene,
    Segment,
)
from comove.report.charts.timeline import NARROW, join, shaded
from comove.report.words import Words

_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 48.0, 34.0, 40.0


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the rolling correlation.

    Parameters
    ----------
    exhibit
        Columns ``day`` and ``value``; marks ``band_low``, ``band_high``, ``sup_high``,
        ``baseline``, ``window`` and ``shade``, each of which may be absent.
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
    xs, ys = join(days, column(exhibit, "value"))
    keys = _keys(exhibit, words)
    above = height(keys, room)
    around = Margins(left=_LEFT, right=_RIGHT, top=_TOP + above, bottom=_BOTTOM)
    x = day_axis(days, room - _LEFT - _RIGHT, words)
    window = coordinate(exhibit.marks.get("window")) or 0.0
    title = words.text(say("chart.rolling.title", window=int(window)))
    lines = tuple(number(exhibit, mark) for mark in ("band_low", "band_high", "sup_high"))
    span = Span(unit="correlation", least=0.0)
    y = number_axis((*numbers(exhibit, "value"), *lines), span, words, title)
    y = Axis(low=max(y.low, -1.0), high=min(y.high, 1.0), ticks=y.ticks, title=y.title)
    marks: tuple[Mark, ...] = (
        *shaded(exhibit.marks, x),
        *_allowed(exhibit, x),
        Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="muted"),
        Line(xs=xs, ys=ys, ink="a"),
        *_latest(xs, ys, words),
        *labels(keys, room, around),
    )
    tall = above + (250.0 if room < NARROW else 280.0)
    return (Scene(width=room, height=tall, margins=around, x=x, y=y, marks=marks),)


def _allowed(exhibit: Exhibit, x: Axis) -> tuple[Mark, ...]:
    """Return the band under a constant correlation and the line no chance peak passes."""
    low, high = number(exhibit, "band_low"), number(exhibit, "band_high")
    baseline, peak = number(exhibit, "baseline"), number(exhibit, "sup_high")
    marks: list[Mark] = []
    if low is not None and high is not None:
        marks.append(Box(x0=x.low, x1=x.high, y0=low, y1=high, ink="band"))
    if baseline is not None:
        marks.append(Segment(x0=None, x1=None, y0=baseline, y1=baseline, ink="muted", dashed=True))
    if peak is not None:
        marks.append(Segment(x0=None, x1=None, y0=peak, y1=peak, ink="b", dashed=True, width=1.4))
    return tuple(marks)


def _keys(exhibit: Exhibit, words: Words) -> tuple[Key, ...]:
    baseline = number(exhibit, "baseline")
    keys: list[Key] = []
    if baseline is not None and number(exhibit, "band_low") is not None:
        text = words.text(say("chart.rolling.band", baseline=_rho(baseline)))
        keys.append(Key("■", "band", text))
    if number(exhibit, "sup_high") is not None:
        keys.append(Key("– –", "b", words.label("chart.rolling.peak")))
    return tuple(keys)


def _latest(xs: tuple[float, ...], ys: tuple[Number, ...], words: Words) -> tuple[Mark, ...]:
    if not ys or ys[-1] is None:
        return ()
    text = words.number(_rho(ys[-1]), "signed plain")
    return (
        Dots(xs=xs[-1:], ys=(ys[-1],), ink="a", size=6.5),
        Label(x=xs[-1], y=ys[-1], text=text, ink="a", dx=8.0, dy=4.0, strong=True),
    )


def _rho(value: float) -> Quantity:
    return Quantity(value, "correlation")
