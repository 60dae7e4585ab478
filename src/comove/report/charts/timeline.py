"""What charts over time share: joined series, the shaded stretch, names at the ends of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from comove.core.message import Quantity
from comove.core.units import Unit
from comove.report.charts.axes import coordinate, ordinal
from comove.report.charts.lettering import measure, spread, wrap
from comove.report.charts.scene import (
    SERIES,
    SHAPES,
    Axis,
    Box,
    Dots,
    Ink,
    Label,
    Line,
    Margins,
    Mark,
    Number,
    Scene,
    Shape,
)
from comove.report.charts.svg import LINE_HEIGHT
from comove.report.words import Words

NARROW = 480.0
"""Below this width names stand above the plot instead of beside the ends of the lines."""

_GLYPHS: Mapping[Shape, str] = {"disc": "●", "square": "■", "diamond": "◆", "ring": "○"}
_LEFT, _TOP, _BOTTOM = 48.0, 34.0, 40.0


@dataclass(frozen=True, kw_only=True)
class Series:
    """A named line.

    Attributes
    ----------
    name
        Title in the reader's language.
    last
        Its latest value as text.
    place
        Position among the series of the chart; decides ink, shape and dash.
    xs, ys
        Coordinates with gaps.
    """

    name: str
    last: str
    place: int
    xs: tuple[float, ...]
    ys: tuple[Number, ...]

    @property
    def ink(self) -> Ink:
        """Colour role."""
        return SERIES[self.place % len(SERIES)]

    @property
    def shape(self) -> Shape:
        """Marker at the end of the line."""
        return SHAPES[self.place % len(SHAPES)]

    def line(self) -> Line:
        """Return the line itself; past the fourth series it is dashed."""
        return Line(xs=self.xs, ys=self.ys, ink=self.ink, dashed=self.place >= len(SERIES))

    def tip(self) -> Dots:
        """Return the marker on its last value."""
        return Dots(xs=self.xs[-1:], ys=self._end(), ink=self.ink, shape=self.shape, size=6.5)

    def _end(self) -> tuple[float, ...]:
        return tuple(y for y in self.ys[-1:] if y is not None)


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Titles and units of the series of one chart."""

    words: Words
    unit: Unit
    titles: Mapping[str, str]


def gather(
    days: Sequence[object], columns: Mapping[str, Sequence[object]], naming: Naming
) -> tuple[Series, ...]:
    """Turn columns into series.

    Parameters
    ----------
    days
        ISO dates.
    columns
        Name to values, each as long as ``days``; one without a single number is left out.
    naming
        Titles and unit.

    Returns
    -------
    tuple of Series
        In the order of the columns.
    """
    found: list[Series] = []
    for name, values in columns.items():
        xs, ys = join(days, values)
        if not xs:
            continue
        last = naming.words.cell(Quantity(float(ys[-1] or 0.0), naming.unit))
        title = naming.titles[name]
        found.append(Series(name=title, last=last, place=len(found), xs=xs, ys=ys))
    return tuple(found)


def join(
    days: Sequence[object], values: Sequence[object]
) -> tuple[tuple[float, ...], tuple[Number, ...]]:
    """Drop missing numbers, and break the line only where data are missing for long.

    Parameters
    ----------
    days
        ISO dates, ascending.
    values
        Numbers; None where the series has none.

    Returns
    -------
    xs : tuple of float
        Ordinal days.
    ys : tuple of float or None
        None where the line is broken: after more than ten days, and more than three times the
        usual distance, without a number.

    Examples
    --------
    >>> join(("2026-01-02", "2026-01-03", "2026-01-05"), (1.0, None, 2.0))[1]
    (1.0, 2.0)
    """
    pairs = [(ordinal(day), coordinate(value)) for day, value in zip(days, values, strict=True)]
    held = [(x, y) for x, y in pairs if y is not None]
    steps = [after[0] - before[0] for before, after in pairwise(held)]
    longest = max(10.0, 3.0 * sorted(steps)[(len(steps) - 1) // 2]) if steps else 0.0
    points: list[tuple[float, Number]] = []
    for place, (x, y) in enumerate(held):
        if place and steps[place - 1] > longest:
            points.append((x, None))
        points.append((x, y))
    return tuple(x for x, _ in points), tuple(y for _, y in points)


def shaded(marks: Mapping[str, object], axis: Axis) -> tuple[Box, ...]:
    """Shade the stretch that is explained.

    Parameters
    ----------
    marks
        ``shade`` holds two ISO dates, or is absent.
    axis
        Calendar axis; what lies outside is cut off.

    Returns
    -------
    tuple of Box
        One box or none.
    """
    shade = marks.get("shade")
    if not isinstance(shade, list | tuple) or len(shade) != 2:
        return ()
    start, end = max(ordinal(shade[0]), axis.low), min(ordinal(shade[1]), axis.high)
    return (Box(x0=start, x1=end, y0=None, y1=None, ink="shade"),) if start < end else ()


def margins(series: Sequence[Series], room: float, left: float = _LEFT) -> Margins:
    """Return the room that ticks and names need.

    Parameters
    ----------
    series
        Whose names stand beside or above the plot.
    room
        Pixels the picture may be wide.
    left
        Room for the ticks of the y axis.

    Returns
    -------
    Margins
        With names above the plot when the picture is narrow.
    """
    if room < NARROW:
        above = _TOP + LINE_HEIGHT * len(series)
        return Margins(left=left, right=10.0, top=above, bottom=_BOTTOM)
    widest = max(
        (measure(part, strong=True) for one in series for part in _beside(one)), default=0.0
    )
    return Margins(left=left, right=widest + 18.0, top=_TOP, bottom=_BOTTOM)


def names(series: Sequence[Series], scene: Scene) -> tuple[Mark, ...]:
    """Name the lines at their ends, or above the plot when the picture is narrow.

    Parameters
    ----------
    series
        To be named.
    scene
        Gives width, margins and scales; its marks are not read.

    Returns
    -------
    tuple of Mark
        Labels in the ink of their lines, each with the marker that ends the line.
    """
    tips: tuple[Mark, ...] = tuple(one.tip() for one in series)
    if scene.width < NARROW:
        return (*tips, *(_above(one, len(series), scene) for one in series))
    scale = scene.plot_height / (scene.y.high - scene.y.low)
    wanted = tuple(-(one.ys[-1] or 0.0) * scale for one in series)
    heights = [len(_beside(one)) for one in series]
    placed = spread(wanted, LINE_HEIGHT * max(heights, default=1) + 3.0)
    return (
        *tips,
        *(
            Label(
                x=scene.x.high,
                y=one.ys[-1],
                text="\n".join(_beside(one)),
                ink=one.ink,
                dx=12.0,
                dy=at - want + 4.0 - LINE_HEIGHT * (len(_beside(one)) - 1) / 2,
                strong=True,
            )
            for one, want, at in zip(series, wanted, placed, strict=True)
        ),
    )


def _beside(series: Series) -> tuple[str, ...]:
    return (*wrap(series.name, 120.0).split("\n"), series.last)


def _above(series: Series, count: int, scene: Scene) -> Label:
    return Label(
        x=None,
        y=None,
        text=f"{_GLYPHS[series.shape]} {series.name} {series.last}",
        ink=series.ink,
        dx=-scene.margins.left,
        dy=LINE_HEIGHT * (series.place - count) - 20.0,
        strong=True,
    )
