"""Many past paths from one start: one panel a group, with their median."""

from __future__ import annotations

from statistics import median
from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.units import Unit
from comove.report.charts.axes import Span, number_axis
from comove.report.charts.columns import column, number, numbers
from comove.report.charts.lettering import measure
from comove.report.charts.scene import Axis, Line, Margins, Mark, Scene, Segment
from comove.report.words import Words

_GUTTER = 28.0

Paths = dict[str, dict[float, float]]
"""Line to its points."""


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the paths.

    Parameters
    ----------
    exhibit
        Columns ``asset`` (the panel), ``line``, ``session`` and ``value``; marks ``unit``, and
        ``edge``, the session at which a line is drawn across.
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
    groups = _groups(exhibit)
    beside = len(groups) > 1 and room >= 2 * 300.0 + _GUTTER
    width = (room - _GUTTER) / 2 if beside else min(room, 560.0)
    drawn = [path for paths in groups.values() for path in paths.values()]
    values = [value for path in drawn for value in path.values()]
    y = number_axis(values, Span(unit=unit, least=0.0), words)
    left = 14.0 + max((measure(text) for _, text in y.ticks), default=0.0)
    last = max(step for path in drawn for step in path)
    edge = number(exhibit, "edge")
    x = _sessions(last, edge, words)
    around = Margins(left=left, right=14.0, top=30.0, bottom=44.0)
    return tuple(
        Scene(
            width=width,
            height=260.0,
            margins=around,
            x=x,
            y=y,
            marks=tuple(_marks(paths, edge)),
            title=words.title(asset),
        )
        for asset, paths in groups.items()
    )


def _groups(exhibit: Exhibit) -> dict[str, Paths]:
    found: dict[str, Paths] = {}
    listed = zip(
        column(exhibit, "asset"),
        column(exhibit, "line"),
        numbers(exhibit, "session"),
        numbers(exhibit, "value"),
        strict=True,
    )
    for asset, line, step, value in listed:
        if step is not None and value is not None:
            found.setdefault(str(asset), {}).setdefault(str(line), {})[step] = value
    return found


def _sessions(last: float, edge: float | None, words: Words) -> Axis:
    """Mark start, edge and end."""
    places = sorted({0.0, last, *(() if edge is None else (edge,))})
    ticks = tuple((place, f"{place:.0f}") for place in places)
    return Axis(
        low=0.0,
        high=max(last, 1.0),
        ticks=(*ticks[:-1], (ticks[-1][0], f"{ticks[-1][1]}\n{words.label('chart.fan.sessions')}"))
        if len(ticks) > 1
        else ticks,
        grid=False,
    )


def _marks(paths: Paths, edge: float | None) -> list[Mark]:
    marks: list[Mark] = [Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="muted")]
    if edge is not None:
        marks.append(Segment(x0=edge, x1=edge, y0=None, y1=None, ink="muted", dashed=True))
    for path in paths.values():
        steps = sorted(path)
        ys = tuple(path[step] for step in steps)
        marks.append(Line(xs=tuple(steps), ys=ys, ink="muted", width=0.8))
    steps = sorted({step for path in paths.values() for step in path})
    if len(paths) > 1:
        middle = tuple(
            median([path[step] for path in paths.values() if step in path]) for step in steps
        )
        marks.append(Line(xs=tuple(steps), ys=middle, ink="a", width=2.4))
    return marks
