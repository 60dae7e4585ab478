from __future__ import annotations

from dataclasses import replace

import pytest

from comove.report.charts.scene import (
    Axis,
    Box,
    Dots,
    Label,
    Line,
    Margins,
    Mark,
    Scene,
    Segment,
)
from comove.report.charts.svg import draw

from .conftest import Drawn

BARE = Scene(
    width=220,
    height=140,
    margins=Margins(left=10, right=10, top=20, bottom=20),
    x=Axis(low=0.0, high=10.0),
    y=Axis(low=-1.0, high=1.0),
    marks=(),
)


def drawn(*marks: Mark, **changes: object) -> Drawn:
    return Drawn.read(draw(replace(BARE, marks=marks, **changes), "label"))


def test_data_land_where_the_scales_put_them() -> None:
    line = Line(xs=(0.0, 5.0, 10.0), ys=(-1.0, 0.0, 1.0), ink="a")
    assert drawn(line).points("s-a") == [(10.0, 120.0), (110.0, 70.0), (210.0, 20.0)]


def test_a_gap_lifts_the_pen() -> None:
    line = Line(xs=(0.0, 2.0, 4.0, 6.0), ys=(0.0, None, 0.5, 0.5), ink="a")
    (path,) = drawn(line).all("path", "s-a")
    assert path.get("d", "").count("M") == 2
    assert path.get("d", "").count("L") == 1


def test_a_bar_reaches_from_zero_to_its_value_either_way() -> None:
    for end in (6.0, 2.0):
        (box,) = drawn(Box(x0=4.0, x1=end, y0=-0.1, y1=0.1, ink="a")).all("rect")
        left, wide = float(box.get("x", "")), float(box.get("width", ""))
        assert (left, left + wide) == tuple(sorted((10 + 4 * 20, 10 + end * 20)))


def test_a_pale_bar_keeps_an_outline() -> None:
    (box,) = drawn(Box(x0=0.0, x1=1.0, y0=0.0, y1=1.0, ink="b", pale=True)).all("rect")
    assert set(box.get("class", "").split()) == {"f-b", "s-b", "pale"}


def test_an_open_side_reaches_the_edge_of_the_plot() -> None:
    (box,) = drawn(Box(x0=2.0, x1=3.0, y0=None, y1=None, ink="shade")).all("rect")
    assert (box.get("y"), box.get("height")) == ("20", "100")
    across = drawn(Segment(x0=None, x1=None, y0=0.0, y1=0.0, ink="text"))
    assert across.points("s-text") == [(10.0, 70.0), (210.0, 70.0)]


def test_an_interval_has_a_cap_at_each_end() -> None:
    whisker = Segment(x0=2.0, x1=4.0, y0=0.0, y1=0.0, ink="text", capped=True)
    (path,) = drawn(whisker).all("path", "s-text")
    assert path.get("d", "").count("V") == 2
    upright = replace(whisker, x1=2.0, y1=0.5)
    (path,) = drawn(upright).all("path", "s-text")
    assert path.get("d", "").count("H") == 2


@pytest.mark.parametrize("shape", ["disc", "square", "diamond", "ring"])
def test_every_point_of_a_group_is_drawn(shape: str) -> None:
    dots = Dots(xs=(1.0, 2.0, 3.0), ys=(0.0, 0.5, -0.5), ink="b", shape=shape)  # type: ignore[arg-type]
    (path,) = drawn(dots).all("path", "round")
    starts = [piece.split("h")[0].split("m")[0] for piece in path.get("d", "").split("M")[1:]]
    assert starts == ["30 70", "50 45", "70 95"]


def test_words_are_escaped_and_may_take_two_lines() -> None:
    picture = drawn(Label(x=5.0, y=0.0, text="a < b\n& c"), title='"T" <i>')
    assert "a < b\n& c" in picture.texts()
    assert '"T" <i>' in picture.texts()
    assert picture.root.get("aria-label") == 'label "T" <i>'
    assert picture.root.get("role") == "img"


def test_ticks_stand_below_and_beside_their_places() -> None:
    axis = Axis(low=0.0, high=10.0, ticks=((5.0, "five"),), title="sessions")
    picture = drawn(x=axis, y=Axis(low=-1.0, high=1.0, ticks=((0.0, "zero"),), title="level"))
    at = {text.text: (text.get("x"), text.get("text-anchor")) for text in picture.all("text")}
    assert at["five"] == ("110", "middle")
    assert at["zero"] == ("2", "end")
    assert {"sessions", "level"} <= set(picture.texts())


def test_a_picture_holds_no_colour_and_no_font() -> None:
    marks = (Line(xs=(0.0, 1.0), ys=(0.0, 1.0), ink="a"), Label(x=0.0, y=0.0, text="x"))
    text = draw(replace(BARE, marks=marks), "label")
    assert "#" not in text
    assert "font" not in text
    assert "style" not in text
