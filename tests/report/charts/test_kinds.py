"""Every kind of chart, from the fake diagnosis and from made-up exhibits."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import OutputError
from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.report.charts.kinds.pair_split import pair_title
from comove.report.charts.lettering import measure
from comove.report.charts.render import NARROW, WIDE, kinds, picture, scenes
from comove.report.charts.scene import Box, Dots, Label, Line, Scene, Segment
from comove.report.charts.svg import Canvas, draw
from comove.report.words import Words
from report import fake

from .conftest import Drawn, speak

EXHIBITS = {
    exhibit.kind: exhibit
    for exhibit in (
        *fake.diagnosis().exhibits,
        *(
            exhibit
            for reading in fake.diagnosis().readings
            for evidence in reading.evidence
            for exhibit in evidence.exhibits
        ),
    )
}
ROOMS = (WIDE, NARROW)


def split(parts: dict[str, list[tuple[str, float, float | None, float | None]]]) -> Exhibit:
    rows = [(asset, *part) for asset, listed in parts.items() for part in listed]
    names = ("asset", "channel", "value", "low", "high")
    return Exhibit(
        key="split",
        kind="split",
        columns=dict(zip(names, zip(*rows, strict=True), strict=True)),
        marks={"totals": {asset: sum(p[1] for p in listed) for asset, listed in parts.items()}},
        caption=say("explain.exhibit.gold_ratio"),
    )


def lines(values: dict[str, tuple[object, ...]], **marks: object) -> Exhibit:
    length = len(next(iter(values.values())))
    days = tuple((date(2026, 1, 1) + timedelta(days=day)).isoformat() for day in range(length))
    return Exhibit(
        key="lines",
        kind="lines",
        columns={"day": days, **values},
        marks={"unit": "ratio", "names": {name: name for name in values}, **marks},
        caption=say("explain.exhibit.gold_ratio"),
    )


def of(scene: Scene, kind: type) -> list:
    return [mark for mark in scene.marks if isinstance(mark, kind)]


ELSEWHERE = {"bars", "fan", "heatmap", "levels", "network", "spans", "strips"}
"""Kinds that other answers show; their own tests draw them."""


def test_the_fake_diagnosis_shows_every_kind() -> None:
    assert set(EXHIBITS) == set(kinds()) - ELSEWHERE


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("kind", sorted(EXHIBITS))
def test_every_word_lies_within_the_picture(kind: str, room: float, words: Words) -> None:
    for scene in scenes(EXHIBITS[kind], words, room):
        assert scene.width <= room
        canvas = Canvas(scene)
        for label in of(scene, Label):
            wide = max(measure(line, strong=label.strong) for line in label.text.split("\n"))
            start = canvas.x(label.x) + label.dx
            start -= {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
            down = canvas.y(label.y, 1.0) + label.dy
            assert start >= -1.0
            assert start + wide <= scene.width + 1.0
            assert 8.0 <= down <= scene.height
        for _, text in scene.y.ticks:
            assert max(measure(line) for line in text.split("\n")) <= scene.margins.left


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("kind", sorted(EXHIBITS))
def test_every_mark_lies_within_its_axes(kind: str, room: float, english: Words) -> None:
    for scene in scenes(EXHIBITS[kind], english, room):
        x, y = (scene.x.low, scene.x.high), (scene.y.low, scene.y.high)
        for line in (*of(scene, Line), *of(scene, Dots)):
            assert all(x[0] <= value <= x[1] for value in line.xs)
            assert all(
                y[0] - 1e-9 <= value <= y[1] + 1e-9 for value in line.ys if value is not None
            )
        for box in (*of(scene, Box), *of(scene, Segment)):
            assert all(x[0] <= end <= x[1] for end in (box.x0, box.x1) if end is not None)
            assert all(y[0] <= end <= y[1] for end in (box.y0, box.y1) if end is not None)


@pytest.mark.parametrize("kind", sorted(EXHIBITS))
def test_ticks_do_not_run_into_each_other(kind: str, words: Words) -> None:
    for room in ROOMS:
        for scene in scenes(EXHIBITS[kind], words, room):
            ends = [
                (Canvas(scene).x(at), max(measure(line) for line in text.split("\n")) / 2)
                for at, text in scene.x.ticks
            ]
            assert len(ends) >= 2
            for (left, before), (right, after) in itertools.pairwise(ends):
                assert left + before < right - after


def test_bars_have_the_lengths_of_their_values_and_start_at_zero(english: Words) -> None:
    values = {"gold": -0.24, "tech": 0.05, "unexplained": -0.01}
    exhibit = split({"gdx": [(name, value, None, None) for name, value in values.items()]})
    (scene,) = scenes(exhibit, english, NARROW)
    rects = [
        rect
        for rect in Drawn.read(draw(scene, "")).all("rect")
        if rect.get("class") in ("f-a", "f-b")
    ]
    scale = scene.plot_width / (scene.x.high - scene.x.low)
    zero = Canvas(scene).x(0.0)
    for rect, value in zip(rects, values.values(), strict=True):
        assert float(rect.get("width", "")) == pytest.approx(abs(value) * scale, abs=0.11)
        edge = float(rect.get("x", "")) + (float(rect.get("width", "")) if value < 0 else 0.0)
        assert edge == pytest.approx(zero, abs=0.11)


def test_every_part_carries_its_figure_as_it_is_written_elsewhere(words: Words) -> None:
    exhibit = EXHIBITS["split"]
    texts = [
        text for drawing in picture(exhibit, words).wide for text in Drawn.read(drawing).texts()
    ]
    drawn = [value for value in exhibit.columns["value"] if value != 0.0]
    assert drawn
    for value in drawn:
        assert words.number(Quantity(float(str(value)), "log_return"), "signed short") in texts


def test_panels_share_scale_and_margins(english: Words) -> None:
    first, second = scenes(EXHIBITS["split"], english, WIDE)
    assert (first.x, first.margins, first.width) == (second.x, second.margins, second.width)
    assert {first.title, second.title} == {"Bitcoin", "Gold miners (GDX)"}
    assert first.width + second.width < WIDE


def test_a_bar_is_pale_exactly_when_its_interval_includes_zero(english: Words) -> None:
    parts = [
        ("gold", -0.2, -0.3, -0.1),
        ("tech", -0.2, -0.5, 0.1),
        ("risk", 0.0, -0.1, 0.1),
        ("dollar", 0.1, None, None),
    ]
    (scene,) = scenes(split({"gdx": parts}), english, NARROW)
    assert [box.pale for box in of(scene, Box)] == [False, True, True, False, False]


def test_a_channel_without_a_driver_has_no_bar(english: Words) -> None:
    parts = [("gold", -0.2, -0.3, -0.1), ("risk", 0.0, 0.0, 0.0), ("unexplained", 0.0, 0.0, 0.0)]
    (scene,) = scenes(split({"gdx": parts}), english, NARROW)
    assert [text for _, text in scene.y.ticks][:2] == ["through gold", "unexplained"]


def test_parts_that_are_missing_are_left_out(english: Words) -> None:
    parts = [("gold", -0.2, None, None), ("tech", float("nan"), None, None)]
    exhibit = split({"gdx": parts})
    (scene,) = scenes(exhibit, english, NARROW)
    assert [text for _, text in scene.y.ticks] == ["through gold"]


def test_the_pair_split_says_whether_it_adds_up_to_a_correlation(english: Words) -> None:
    (scene,) = scenes(EXHIBITS["pair_split"], english, WIDE)
    assert scene.title == "Bitcoin and Gold miners (GDX)"
    assert scene.x.title == "contribution to the correlation"
    assert "+0.37" in [label.text for label in of(scene, Label)]


def test_a_pair_is_named_whatever_hyphens_its_ids_hold() -> None:
    titles = {"a-b": "A", "c": "C"}
    words = Words("en", {"chart.split.pair": "{first} and {second}"}, titles)
    assert pair_title("a-b-c", words) == "A and C"
    assert pair_title("x-y", words) == "x-y"


def test_rises_are_called_rises(words: Words) -> None:
    rising = Exhibit(
        key="paths",
        kind="paths",
        columns={"day": ("2026-01-01", "2026-01-02"), "btc": (0.0, 0.4), "gdx": (0.0, 0.2)},
        marks={"assets": ["btc", "gdx"], "rising": True},
        caption=say("explain.exhibit.gold_ratio"),
    )
    (up,) = scenes(rising, words, WIDE)
    (down,) = scenes(EXHIBITS["paths"], words, WIDE)
    assert up.y.title == words.label("chart.paths.rise")
    assert down.y.title == words.label("chart.paths.fall")


def test_the_window_is_shaded_where_it_lies(english: Words) -> None:
    (scene,) = scenes(EXHIBITS["paths"], english, WIDE)
    (shade,) = of(scene, Box)
    assert (shade.x0, shade.x1) == (fake.START.toordinal(), fake.END.toordinal())


@pytest.mark.parametrize("shade", [None, ["2020-01-01", "2020-02-01"], ["2026-01-03"]])
def test_a_window_outside_the_picture_is_not_drawn(shade: object, english: Words) -> None:
    (scene,) = scenes(lines({"gdx": (1.0, 2.0, 3.0)}, shade=shade), english, WIDE)
    assert not of(scene, Box)


def test_lines_join_over_a_weekend_and_break_over_a_long_hole(english: Words) -> None:
    weekend = (1.0, None, None, 1.1, 1.2)
    hole = (1.0, 1.1, *(None,) * 20, 1.2)
    (line,) = of(scenes(lines({"gdx": weekend}), english, WIDE)[0], Line)
    assert line.ys == (1.0, 1.1, 1.2)
    (line,) = of(scenes(lines({"gdx": hole}), english, WIDE)[0], Line)
    assert line.ys == (1.0, 1.1, None, 1.2)


def test_monthly_figures_stay_one_line(english: Words) -> None:
    days = ("2025-10-01", "2025-11-01", "2025-12-01")
    monthly = Exhibit(
        key="m", kind="lines", columns={"day": days, "gld": (1.0, 2.0, 3.0)},
        marks={"names": {"gld": "gld"}}, caption=say("explain.exhibit.gold_ratio"),
    )  # fmt: skip
    (line,) = of(scenes(monthly, english, WIDE)[0], Line)
    assert None not in line.ys


def test_a_series_without_numbers_is_not_named(english: Words) -> None:
    (scene,) = scenes(lines({"gdx": (1.0, 2.0), "gld": (None, None)}), english, WIDE)
    assert len(of(scene, Line)) == 1
    assert not any("Gold (GLD)" in label.text for label in of(scene, Label))


def test_names_at_the_line_ends_keep_apart(english: Words) -> None:
    close = {name: (1.0, 1.0 + place / 1000) for place, name in enumerate(("btc", "gdx", "gld"))}
    (scene,) = scenes(lines(close), english, WIDE)
    canvas = Canvas(scene)
    tops = sorted(canvas.y(label.y) + label.dy for label in of(scene, Label))
    assert all(after - before >= 28.0 for before, after in itertools.pairwise(tops))


def test_five_series_differ_by_dash_where_inks_repeat(english: Words) -> None:
    names = ("btc", "gdx", "gld", "qqq", "slv")
    (scene,) = scenes(lines(dict.fromkeys(names, (1.0, 2.0))), english, WIDE)
    looks = [(line.ink, line.dashed) for line in of(scene, Line)]
    assert len(set(looks)) == 5


def test_the_slope_is_drawn_through_the_origin_and_cut_at_the_frame(english: Words) -> None:
    (scene,) = scenes(EXHIBITS["scatter"], english, WIDE)
    (line,) = of(scene, Line)
    for x, y in zip(line.xs, line.ys, strict=True):
        assert y == pytest.approx(1.71 * x)


def test_the_move_stands_out_by_shape_from_the_baseline(english: Words) -> None:
    (scene,) = scenes(EXHIBITS["scatter"], english, WIDE)
    before, inside = of(scene, Dots)
    groups = EXHIBITS["scatter"].columns["group"]
    assert (len(before.xs), len(inside.xs)) == (groups.count("baseline"), groups.count("window"))
    assert before.shape != inside.shape


def test_rolling_works_without_any_of_its_marks(english: Words) -> None:
    bare = Exhibit(
        key="r", kind="rolling", columns={"day": ("2026-01-01", "2026-01-05"), "value": (0.1, 0.9)},
        caption=say("explain.exhibit.gold_ratio"),
    )  # fmt: skip
    (scene,) = scenes(bare, english, WIDE)
    assert scene.y.high <= 1.0
    assert len(of(scene, Line)) == 1


def test_a_kind_nobody_draws_is_refused_by_name(english: Words) -> None:
    strange = Exhibit(key="k", kind="pie", columns={"a": (1,)}, caption=say("x"))
    with pytest.raises(OutputError) as caught:
        scenes(strange, english, WIDE)
    assert caught.value.code == "chart.kind"
    assert "split" in caught.value.hint


@pytest.mark.parametrize(
    "columns", [{"day": ("2026-01-01",)}, {"day": ("2026-01-01",), "value": ()}]
)
def test_a_missing_or_short_column_is_refused_by_name(columns: dict, english: Words) -> None:
    with pytest.raises(OutputError) as caught:
        scenes(Exhibit(key="k", kind="rolling", columns=columns, caption=say("x")), english, WIDE)
    assert caught.value.code == "chart.column"


def test_an_exhibit_without_rows_has_no_picture(english: Words) -> None:
    empty = Exhibit(
        key="e", kind="lines", columns={"day": ()}, caption=say("explain.exhibit.gold_ratio")
    )
    assert picture(empty, english) == picture(empty, english)
    assert picture(empty, english).wide == ()


def test_a_narrow_drawing_exists_only_where_it_is_needed(english: Words) -> None:
    assert picture(EXHIBITS["paths"], english).narrow
    for drawing in picture(EXHIBITS["split"], english).narrow:
        assert Drawn.read(drawing).size[0] <= NARROW


numbers = st.one_of(st.none(), st.floats(min_value=-3, max_value=3))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["gold", "tech", "risk", "dollar", "intercept", "unexplained"]),
            st.floats(min_value=-2, max_value=2),
            numbers,
            numbers,
        ),
        min_size=1,
        max_size=7,
    ),
    st.sampled_from(ROOMS),
)
def test_any_split_becomes_well_formed_ink(parts: list, room: float) -> None:
    exhibit = split({"btc": parts, "gdx": parts[::-1]})
    for scene in scenes(exhibit, speak("ja"), room):
        assert Drawn.read(draw(scene, "図")).size == (scene.width, pytest.approx(scene.height))


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=2, max_size=40), st.sampled_from(ROOMS))
def test_any_series_becomes_well_formed_ink(values: list, room: float) -> None:
    for scene in scenes(lines({"gdx": tuple(values)}), speak("en"), room):
        text = draw(scene, "x")
        Drawn.read(text)
        assert "nan" not in text
        assert "inf" not in text
