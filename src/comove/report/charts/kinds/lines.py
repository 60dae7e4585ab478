"""Named series over time."""

from __future__ import annotations

from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.units import Unit
from comove.report.charts.axes import Span, day_axis, number_axis
from comove.report.charts.columns import column, table
from comove.report.charts.lettering import measure
from comove.report.charts.scene import Mark, Scene, Segment
from comove.report.charts.timeline import NARROW, Naming, gather, margins, names, shaded
from comove.report.words import Words


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the series.

    Parameters
    ----------
    exhibit
        Columns ``day`` and one per series; marks ``unit``, ``names`` (column to word key or series
        id; the column's own name where it is absent) and ``shade``.
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
    columns = {name: column(exhibit, name) for name in exhibit.columns if name != "day"}
    listed = table(exhibit, "names")
    titles = {name: words.title(str(listed.get(name, name))) for name in columns}
    unit = str(exhibit.marks.get("unit", "ratio"))
    series = gather(days, columns, Naming(words=words, unit=cast("Unit", unit), titles=titles))
    title = words.label(f"chart.unit.{unit}") if words.has(f"chart.unit.{unit}") else ""
    values = [value for one in columns.values() for value in one]
    y = number_axis(values, Span(unit=unit), words, title)
    left = 14.0 + max((measure(text) for _, text in y.ticks), default=0.0)
    around = margins(series, room, left)
    x = day_axis(days, room - around.left - around.right, words)
    height = 230.0 + around.top - 34.0 if room < NARROW else 260.0
    bare = Scene(width=room, height=height, margins=around, x=x, y=y, marks=())
    inside = y.low < 0.0 < y.high
    zero = (Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="muted"),) if inside else ()
    lines: tuple[Mark, ...] = tuple(one.line() for one in series)
    marks = (*shaded(exhibit.marks, x), *zero, *lines, *names(series, bare))
    return (Scene(width=room, height=height, margins=around, x=x, y=y, marks=marks),)
