"""Where each asset stands below its peak (or above its low), day by day."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.report.charts.axes import Span, day_axis, number_axis
from comove.report.charts.columns import column, strings
from comove.report.charts.scene import Scene, Segment
from comove.report.charts.timeline import NARROW, Naming, gather, margins, names, shaded
from comove.report.words import Words


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the paths.

    Parameters
    ----------
    exhibit
        Columns ``day`` and one per asset (simple returns, 0 at the peak); marks ``assets`` and
        ``shade``.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One picture.
    """
    days = column(exhibit, "day")
    assets = strings(exhibit, "assets") or tuple(set(exhibit.columns) - {"day"})
    paths = {asset: column(exhibit, asset) for asset in assets}
    titles = {asset: words.title(asset) for asset in assets}
    series = gather(days, paths, Naming(words=words, unit="simple_return", titles=titles))
    around = margins(series, room)
    x = day_axis([str(day) for day in days], room - around.left - around.right, words)
    title = words.label(f"chart.paths.{'rise' if exhibit.marks.get('rising') else 'fall'}")
    values = [value for path in paths.values() for value in path]
    y = number_axis(values, Span(unit="simple_return", least=0.0), words, title)
    height = 250.0 + around.top - 34.0 if room < NARROW else 300.0
    bare = Scene(width=room, height=height, margins=around, x=x, y=y, marks=())
    zero = Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="muted")
    lines = tuple(one.line() for one in series)
    marks = (*shaded(exhibit.marks, x), zero, *lines, *names(series, bare))
    return (Scene(width=room, height=height, margins=around, x=x, y=y, marks=marks),)
