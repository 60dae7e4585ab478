from __future__ import annotations

from comove.report.charts.scene import Axis, Line, Margins, Scene
from comove.report.charts.svg import draw
from comove.report.charts.timeline import join

from .conftest import Drawn


def test_a_value_between_two_gaps_is_seen_as_a_dot() -> None:
    days = ("2025-01-01", "2025-01-02", "2025-06-01", "2025-12-01", "2025-12-02")
    xs, ys = join(days, (1.0, 1.1, 1.5, 1.2, 1.3))
    assert ys == (1.0, 1.1, None, 1.5, None, 1.2, 1.3)
    scene = Scene(
        width=100,
        height=50,
        margins=Margins(left=0, right=0, top=0, bottom=0),
        x=Axis(low=xs[0], high=xs[-1]),
        y=Axis(low=1.0, high=2.0),
        marks=(Line(xs=xs, ys=ys, ink="a"),),
    )
    (path,) = Drawn.read(draw(scene, "")).all("path", "s-a round")
    pieces = path.get("d", "").split("M")[1:]
    assert len(pieces) == 3
    assert "L" not in pieces[1]
    assert pieces[1].endswith("h0")


def test_nothing_is_made_of_nothing() -> None:
    assert join(("2025-01-01", "2025-01-02"), (None, float("nan"))) == ((), ())
