"""Who sends to whom: names on a circle, arrows between them."""

from __future__ import annotations

from math import cos, hypot, pi, sin

from comove.core.exhibit import Exhibit
from comove.report.charts.columns import column, numbers, strings
from comove.report.charts.lettering import measure, wrap
from comove.report.charts.scene import (
    Axis,
    Dots,
    Ink,
    Label,
    Line,
    Margins,
    Mark,
    Scene,
    Segment,
)
from comove.report.words import Words

_ACROSS = 280.0
_EDGE = 1.12
_CLEAR, _HEAD = 0.13, 0.10
_THIN, _THICK = 1.0, 5.0
_ROOMY, _FEW = 480.0, 6
_MOST_WITHIN = 12
"""Arrows within noise that are drawn, the largest."""

Point = tuple[float, float]


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the network.

    Parameters
    ----------
    exhibit
        Columns ``sender``, ``receiver``, ``value`` (not negative) and ``beyond`` (true for what
        is more than noise); mark ``assets`` lists the names around the circle.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture: solid arrows beyond noise; of those within it the twelve largest, dashed.
    """
    senders, receivers = column(exhibit, "sender"), column(exhibit, "receiver")
    assets = strings(exhibit, "assets") or tuple(map(str, dict.fromkeys((*senders, *receivers))))
    places = circle(assets)
    crowded = room < _ROOMY and len(assets) > _FEW
    texts = {
        asset: asset.upper() if crowded else wrap(words.title(asset), 92.0) for asset in assets
    }
    beside = max(measure(line, strong=True) for text in texts.values() for line in text.split("\n"))
    across = min(_ACROSS, room - 2.0 * (beside + 14.0))
    around = Margins(left=beside + 14.0, right=beside + 14.0, top=34.0, bottom=34.0)
    values = numbers(exhibit, "value")
    most = max((value for value in values if value is not None), default=0.0) or 1.0
    rows = zip(senders, receivers, values, column(exhibit, "beyond"), strict=True)
    links = sorted(
        (bool(beyond), value, str(sender), str(receiver))
        for sender, receiver, value, beyond in rows
        if value is not None
    )
    within = [link for link in links if not link[0]][-_MOST_WITHIN:]
    arrows = tuple(
        mark
        for beyond, value, sender, receiver in (*within, *(link for link in links if link[0]))
        for mark in _arrow(places[sender], places[receiver], value / most, beyond)
    )
    dots = Dots(
        xs=tuple(x for x, _ in places.values()),
        ys=tuple(y for _, y in places.values()),
        ink="text",
        size=11.0,
    )
    names = tuple(_name(places[asset], texts[asset]) for asset in assets)
    axis = Axis(low=-_EDGE, high=_EDGE, grid=False)
    width = across + around.left + around.right
    height = across + around.top + around.bottom
    marks = (*arrows, dots, *names)
    return (Scene(width=width, height=height, margins=around, x=axis, y=axis, marks=marks),)


def circle(assets: tuple[str, ...]) -> dict[str, Point]:
    """Place names evenly on the unit circle, the first on top (two: left and right).

    Parameters
    ----------
    assets
        Ids.

    Returns
    -------
    dict
        Id to point.

    Examples
    --------
    >>> [round(x, 2) for x, _ in circle(("a", "b")).values()]
    [-1.0, 1.0]
    """
    first = pi if len(assets) == 2 else pi / 2
    turn = 2.0 * pi / max(len(assets), 1)
    return {
        asset: (cos(first - turn * place), sin(first - turn * place))
        for place, asset in enumerate(assets)
    }


def _arrow(start: Point, end: Point, share: float, beyond: bool) -> tuple[Mark, ...]:
    length = hypot(end[0] - start[0], end[1] - start[1])
    x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    tail = (start[0] + _CLEAR * x, start[1] + _CLEAR * y)
    tip = (end[0] - _CLEAR * x, end[1] - _CLEAR * y)
    ink: Ink = "a" if beyond else "muted"
    width = _THIN + (_THICK - _THIN) * share if beyond else _THIN
    size = _HEAD * (0.7 + 0.6 * share)
    left = (tip[0] - size * (x + 0.5 * y), tip[1] - size * (y - 0.5 * x))
    right = (tip[0] - size * (x - 0.5 * y), tip[1] - size * (y + 0.5 * x))
    return (
        Segment(
            x0=tail[0], x1=tip[0], y0=tail[1], y1=tip[1], ink=ink, dashed=not beyond, width=width
        ),
        Line(
            xs=(left[0], tip[0], right[0]),
            ys=(left[1], tip[1], right[1]),
            ink=ink,
            width=max(width, 1.4),
        ),
    )


def _name(at: Point, text: str) -> Label:
    x, y = at
    lines = text.count("\n") + 1
    if abs(x) < 0.2:
        above = y > 0.0
        return Label(
            x=x,
            y=y,
            text=text,
            ink="text",
            anchor="middle",
            strong=True,
            dy=-14.0 * lines + 2.0 if above else 22.0,
        )
    return Label(
        x=x,
        y=y,
        text=text,
        ink="text",
        strong=True,
        dy=4.0 - 7.0 * (lines - 1),
        anchor="start" if x > 0.0 else "end",
        dx=12.0 if x > 0.0 else -12.0,
    )
