"""A scene becomes SVG: the last step, and the only place that knows the drawing language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import singledispatch
from html import escape

from comove.report.charts.scene import (
    Axis,
    Box,
    Dots,
    Label,
    Line,
    Mark,
    Number,
    Scene,
    Segment,
    Shape,
)

LINE_HEIGHT = 14.0
_CAP = 3.5

Point = tuple[float, float]


@dataclass(frozen=True)
class Canvas:
    """Maps data to pixels for one scene."""

    scene: Scene

    def x(self, value: Number, edge: float = 0.0) -> float:
        """Return the pixel column of ``value``; of an edge (0 left, 1 right) when it is None."""
        share = edge if value is None else _share(self.scene.x, value)
        return self.scene.margins.left + share * self.scene.plot_width

    def y(self, value: Number, edge: float = 0.0) -> float:
        """Return the pixel row of ``value``; of an edge (0 bottom, 1 top) when it is None."""
        share = edge if value is None else _share(self.scene.y, value)
        return self.scene.margins.top + (1.0 - share) * self.scene.plot_height


def _share(axis: Axis, value: float) -> float:
    return (value - axis.low) / (axis.high - axis.low)


def draw(scene: Scene, label: str) -> str:
    """Write one picture.

    Parameters
    ----------
    scene
        What to draw.
    label
        What the picture shows, for readers who do not see it.

    Returns
    -------
    str
        An ``svg`` element without a single colour in it: strokes and fills are classes
        (``s-a``, ``f-a``) that the page's stylesheet paints.

    Examples
    --------
    >>> from comove.report.charts.scene import Axis, Margins
    >>> plain = Scene(
    ...     width=100,
    ...     height=50,
    ...     margins=Margins(left=0, right=0, top=0, bottom=0),
    ...     x=Axis(low=0.0, high=1.0),
    ...     y=Axis(low=0.0, high=1.0),
    ...     marks=(Line(xs=(0.0, 1.0), ys=(0.0, 1.0), ink="a"),),
    ... )
    >>> "M0 50h0L100 0" in draw(plain, "a rise")
    True
    """
    canvas = Canvas(scene)
    name = escape(f"{label} {scene.title}".strip(), quote=True)
    parts = (*_heading(scene), *_axes(canvas), *(_mark(mark, canvas) for mark in scene.marks))
    return (
        f'<svg viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" width="{_n(scene.width)}" '
        f'height="{_n(scene.height)}" role="img" aria-label="{name}">{"".join(parts)}</svg>'
    )


def _n(value: float) -> str:
    """Write a coordinate to a tenth of a pixel."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _heading(scene: Scene) -> Iterable[str]:
    if scene.title:
        yield _text((0.0, LINE_HEIGHT), scene.title, "t f-text strong")


def _axes(canvas: Canvas) -> Iterable[str]:
    scene = canvas.scene
    left, right = canvas.x(None), canvas.x(None, 1.0)
    top, bottom = canvas.y(None, 1.0), canvas.y(None)
    across = "".join(f"M{_n(left)} {_n(canvas.y(at))}H{_n(right)}" for at, _ in scene.y.ticks)
    down = "".join(f"M{_n(canvas.x(at))} {_n(top)}V{_n(bottom)}" for at, _ in scene.x.ticks)
    grid = (across if scene.y.grid else "") + (down if scene.x.grid else "")
    if grid:
        yield f'<path class="s-grid" d="{grid}"/>'
    for at, text in scene.x.ticks:
        yield _text((canvas.x(at), bottom + LINE_HEIGHT + 4), text, "t f-muted", "middle")
    for at, text in scene.y.ticks:
        middle = canvas.y(at) + 4 - (text.count("\n") * LINE_HEIGHT / 2)
        yield _text((left - 8, middle), text, "t f-muted", "end")
    if scene.y.title:
        yield _text((0.0, top - 14), scene.y.title, "t f-muted")
    if scene.x.title:
        yield _text((right, scene.height - 4), scene.x.title, "t f-muted", "end")


def _text(at: Point, text: str, look: str, anchor: str = "start") -> str:
    x, y = _n(at[0]), _n(at[1])
    end = "" if anchor == "start" else f' text-anchor="{anchor}"'
    first, *more = text.split("\n")
    lines = escape(first, quote=False) + "".join(
        f'<tspan x="{x}" dy="{_n(LINE_HEIGHT)}">{escape(line, quote=False)}</tspan>'
        for line in more
    )
    return f'<text x="{x}" y="{y}" class="{look}"{end}>{lines}</text>'


@singledispatch
def _mark(mark: Mark, canvas: Canvas) -> str:  # noqa: ARG001
    raise TypeError(type(mark).__name__)


@_mark.register
def _(mark: Line, canvas: Canvas) -> str:
    dash = " dash" if mark.dashed else ""
    path = _polyline(
        (canvas.x(x), None if y is None else canvas.y(y))
        for x, y in zip(mark.xs, mark.ys, strict=True)
    )
    return f'<path class="s-{mark.ink}{dash} round" stroke-width="{_n(mark.width)}" d="{path}"/>'


def _polyline(points: Iterable[tuple[float, float | None]]) -> str:
    parts: list[str] = []
    drawing = False
    for x, y in points:
        if y is None:
            drawing = False
            continue
        # h0: with round ends, a value between two gaps is still seen, as a dot
        parts.append(f"L{_n(x)} {_n(y)}" if drawing else f"M{_n(x)} {_n(y)}h0")
        drawing = True
    return "".join(parts)


@_mark.register
def _(mark: Box, canvas: Canvas) -> str:
    x0, x1 = sorted((canvas.x(mark.x0), canvas.x(mark.x1, 1.0)))
    y0, y1 = sorted((canvas.y(mark.y0), canvas.y(mark.y1, 1.0)))
    look = f"f-{mark.ink} pale s-{mark.ink}" if mark.pale else f"f-{mark.ink}"
    return (
        f'<rect class="{look}" x="{_n(x0)}" y="{_n(y0)}" '
        f'width="{_n(max(x1 - x0, 0.5))}" height="{_n(y1 - y0)}"/>'
    )


@_mark.register
def _(mark: Segment, canvas: Canvas) -> str:
    x0, x1 = canvas.x(mark.x0), canvas.x(mark.x1, 1.0)
    y0, y1 = canvas.y(mark.y0), canvas.y(mark.y1, 1.0)
    path = f"M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}"
    if mark.capped:
        path += "".join(
            f"M{_n(x)} {_n(y0 - _CAP)}V{_n(y0 + _CAP)}"
            if mark.y0 == mark.y1
            else f"M{_n(x0 - _CAP)} {_n(y)}H{_n(x0 + _CAP)}"
            for x, y in ((x0, y0), (x1, y1))
        )
    dash = " dash" if mark.dashed else ""
    return f'<path class="s-{mark.ink}{dash}" stroke-width="{_n(mark.width)}" d="{path}"/>'


@_mark.register
def _(mark: Dots, canvas: Canvas) -> str:
    points = [(canvas.x(x), canvas.y(y)) for x, y in zip(mark.xs, mark.ys, strict=True)]
    if mark.shape == "disc":  # one path of zero-length round strokes: ten bytes a point
        path = "".join(f"M{_n(x)} {_n(y)}h0" for x, y in points)
        return f'<path class="s-{mark.ink} round" stroke-width="{_n(mark.size)}" d="{path}"/>'
    path = "".join(f"M{_n(x)} {_n(y)}{_OUTLINES[mark.shape](mark.size / 2)}" for x, y in points)
    look = f"s-{mark.ink}" if mark.shape == "ring" else f"f-{mark.ink}"
    return f'<path class="{look} round" d="{path}"/>'


_OUTLINES: dict[Shape, Callable[[float], str]] = {
    "square": lambda r: f"m{_n(-r)} {_n(-r)}h{_n(2 * r)}v{_n(2 * r)}h{_n(-2 * r)}z",
    "diamond": lambda r: f"m0 {_n(-r)}l{_n(r)} {_n(r)}l{_n(-r)} {_n(r)}l{_n(-r)} {_n(-r)}z",
    "ring": lambda r: (
        f"m{_n(-r)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(2 * r)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(-2 * r)} 0z"
    ),
}


@_mark.register
def _(mark: Label, canvas: Canvas) -> str:
    at = canvas.x(mark.x) + mark.dx, canvas.y(mark.y, 1.0) + mark.dy
    strong = " strong" if mark.strong else ""
    return _text(at, mark.text, f"t f-{mark.ink}{strong} halo", mark.anchor)
