"""A chart before it is ink: axes and marks in data coordinates, sized for one width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ink = Literal["a", "b", "c", "d", "text", "muted", "grid", "shade", "band"]
"""A colour by its role; the page decides what it looks like by day, by night and in print."""

SERIES: tuple[Ink, ...] = ("a", "b", "c", "d")
"""Inks of series, in order; a fifth series takes the first again, with another dash."""

Shape = Literal["disc", "square", "diamond", "ring"]
SHAPES: tuple[Shape, ...] = ("disc", "square", "diamond", "ring")

Number = float | None
"""A coordinate; None is a gap in a series, or the edge of the plot for boxes and segments."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A polyline, broken where ``ys`` is None.

    Attributes
    ----------
    xs, ys
        Coordinates, equally long.
    ink
        Colour role.
    dashed
        Drawn with a dash.
    width
        Stroke in pixels.
    """

    xs: tuple[float, ...]
    ys: tuple[Number, ...]
    ink: Ink
    dashed: bool = False
    width: float = 1.7


@dataclass(frozen=True, kw_only=True)
class Box:
    """A filled rectangle; a side that is None reaches the edge of the plot.

    Attributes
    ----------
    x0, x1, y0, y1
        Sides.
    ink
        Colour role.
    pale
        Drawn as a tint with an outline: a bar whose interval includes zero.
    """

    x0: Number
    x1: Number
    y0: Number
    y1: Number
    ink: Ink
    pale: bool = False


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A straight stroke; an end that is None reaches the edge of the plot.

    Attributes
    ----------
    x0, x1, y0, y1
        Ends.
    ink
        Colour role.
    dashed
        Drawn with a dash.
    width
        Stroke in pixels.
    capped
        Small strokes across both ends: an interval.
    """

    x0: Number
    x1: Number
    y0: Number
    y1: Number
    ink: Ink
    dashed: bool = False
    width: float = 1.0
    capped: bool = False


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Points of one group.

    Attributes
    ----------
    xs, ys
        Coordinates, equally long.
    ink
        Colour role.
    shape
        Tells groups apart without colour.
    size
        Diameter in pixels.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    ink: Ink
    shape: Shape = "disc"
    size: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words inside the picture.

    Attributes
    ----------
    x, y
        Anchor; a None is the left or the upper edge of the plot.
    text
        One line, or two divided by a line break.
    ink
        Colour role.
    anchor
        Which end of the text sits at the anchor.
    dx, dy
        Offset in pixels, right and down.
    strong
        Bold.
    """

    x: Number
    y: Number
    text: str
    ink: Ink = "muted"
    anchor: Literal["start", "middle", "end"] = "start"
    dx: float = 0.0
    dy: float = 0.0
    strong: bool = False


Mark = Line | Box | Segment | Dots | Label


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A linear scale with its ticks.

    Attributes
    ----------
    low, high
        Ends of the scale.
    ticks
        ``(value, text)``; text may hold one line break.
    title
        What is measured, with its unit; set above the axis.
    grid
        Draw a hairline at every tick.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    title: str = ""
    grid: bool = True


@dataclass(frozen=True, kw_only=True)
class Margins:
    """Room around the plot for ticks and labels, in pixels."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture, ready to be drawn.

    Attributes
    ----------
    width, height
        Of the whole, in pixels.
    margins
        Around the plot.
    x, y
        Axes; ``y`` grows upwards.
    marks
        In drawing order.
    title
        Heading of a panel among several; empty for a single picture, whose caption says it.
    """

    width: float
    height: float
    margins: Margins
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    title: str = ""

    @property
    def plot_width(self) -> float:
        """Pixels between the left and the right margin."""
        return self.width - self.margins.left - self.margins.right

    @property
    def plot_height(self) -> float:
        """Pixels between the upper and the lower margin."""
        return self.height - self.margins.top - self.margins.bottom
