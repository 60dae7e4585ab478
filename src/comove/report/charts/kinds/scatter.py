"""Daily changes of one series against another, the move set apart from the baseline."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.report.charts import legend
from comove.report.charts.axes import Span, number_axis
from comove.report.charts.columns import column, number, numbers
from comove.report.charts.legend import Key
from comove.report.charts.lettering import measure
from comove.report.charts.scene import Axis, Dots, Line, Margins, Mark, Scene, Segment
from comove.report.charts.timeline import NARROW
from comove.report.words import Words

_WIDEST = 480.0


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the cloud.

    Parameters
    ----------
    exhibit
        Columns ``day``, ``x``, ``y`` and ``group`` (``baseline`` or ``window``); marks ``x`` and
        ``y`` (series ids), ``x_unit`` and ``y_unit`` (log returns where absent), ``slope``.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture, nearly square.
    """
    width = min(room, _WIDEST)
    slope = number(exhibit, "slope")
    keys = _keys(slope, words)
    x, y = _axis(exhibit, "x", words), _axis(exhibit, "y", words)
    left = 14.0 + max((measure(text) for _, text in y.ticks), default=0.0)
    top = 34.0 + legend.height(keys, width)
    around = Margins(left=left, right=14.0, top=top, bottom=40.0)
    height = top + 40.0 + (230.0 if room < NARROW else 270.0)
    zeros: tuple[Mark, ...] = (
        Segment(x0=0.0, x1=0.0, y0=None, y1=None, ink="muted"),
        Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="muted"),
    )
    marks = (*zeros, *_slope(slope, x, y), *_clouds(exhibit), *legend.labels(keys, width, around))
    return (Scene(width=width, height=height, margins=around, x=x, y=y, marks=marks),)


def _axis(exhibit: Exhibit, side: str, words: Words) -> Axis:
    unit = str(exhibit.marks.get(f"{side}_unit", "log_return"))
    series = str(exhibit.marks.get(side, ""))
    name = words.title(series) if series else ""
    measured = f"chart.unit.{unit}"
    title = f"{name} ({words.label(measured)})" if words.has(measured) else name
    return number_axis(numbers(exhibit, side), Span(unit=unit, least=0.0), words, title)


def _clouds(exhibit: Exhibit) -> tuple[Dots, ...]:
    points: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    rows = zip(numbers(exhibit, "x"), numbers(exhibit, "y"), column(exhibit, "group"), strict=True)
    for x, y, group in rows:
        if x is not None and y is not None:
            points[group == "window"].append((x, y))
    before, inside = points[False], points[True]
    return (
        Dots(xs=_firsts(before), ys=_seconds(before), ink="muted", size=3.2),
        Dots(xs=_firsts(inside), ys=_seconds(inside), ink="b", shape="diamond", size=9.0),
    )


def _firsts(points: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(x for x, _ in points)


def _seconds(points: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(y for _, y in points)


def _slope(slope: float | None, x: Axis, y: Axis) -> tuple[Line, ...]:
    """Return the line through the origin, cut where it leaves the plot."""
    if slope is None:
        return ()
    ends = [x.low, x.high]
    if slope != 0.0:
        low, high = sorted((y.low / slope, y.high / slope))
        ends = [max(x.low, low), min(x.high, high)]
    return (Line(xs=tuple(ends), ys=tuple(end * slope for end in ends), ink="a", width=1.4),)


def _keys(slope: float | None, words: Words) -> tuple[Key, ...]:
    keys = [
        Key("●", "muted", words.label("chart.scatter.baseline")),
        Key("◆", "b", words.label("chart.scatter.window")),
    ]
    if slope is not None:
        text = words.text(say("chart.scatter.slope", slope=Quantity(slope, "beta")))
        keys.append(Key("—", "a", text))
    return tuple(keys)
