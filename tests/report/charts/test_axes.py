from __future__ import annotations

import math

import pytest

from comove.report.charts.axes import Span, coordinate, day_axis, number_axis, numeric, ordinal
from comove.report.words import Words


def test_returns_are_marked_in_percent_and_log_returns_in_points(english: Words) -> None:
    percent = number_axis((-0.43, 0.0), Span(unit="simple_return", count=5), english)
    points = number_axis((-0.43, 0.0), Span(unit="log_return", count=5), english)
    assert [text for _, text in percent.ticks] == ["-50%", "-40%", "-30%", "-20%", "-10%", "0%"]
    assert [text for _, text in points.ticks] == ["-50", "-40", "-30", "-20", "-10", "0"]


def test_money_carries_its_sign_in_each_language(words: Words) -> None:
    axis = number_axis((60_000.0, 120_000.0), Span(unit="usd", count=3), words)
    assert axis.ticks[0][1] == {"en": "$60,000", "ja": "60,000ドル"}[words.language]


def test_all_ticks_of_an_axis_have_the_same_decimals(english: Words) -> None:
    axis = number_axis((0.0, 1.1), Span(unit="beta", count=5), english)
    assert [text for _, text in axis.ticks] == ["0.00", "0.25", "0.50", "0.75", "1.00", "1.25"]


def test_an_axis_may_end_where_the_data_end(english: Words) -> None:
    axis = number_axis((-0.21, 0.34), Span(unit="share", count=4, round=False), english)
    assert (axis.low, axis.high) == (-0.21, 0.34)
    assert all(axis.low <= place <= axis.high for place, _ in axis.ticks)


def test_gaps_and_infinities_do_not_stretch_an_axis(english: Words) -> None:
    values = (None, math.nan, math.inf, -math.inf, True, "x", 0.2)
    assert numeric(values) == (0.2,)
    axis = number_axis(values, Span(unit="share"), english)
    assert axis.low < 0.2 < axis.high
    empty = number_axis((None,), Span(unit="share"), english)
    assert empty.low < empty.high


@pytest.mark.parametrize("value", [True, None, "1", math.nan, math.inf])
def test_what_is_no_number_is_a_gap(value: object) -> None:
    assert coordinate(value) is None


def test_the_year_stands_below_the_first_tick_and_where_it_changes(words: Words) -> None:
    axis = day_axis(("2025-09-02", "2026-02-06"), 400.0, words)
    years = {"en": ("2025", "2026"), "ja": ("2025年", "2026年")}[words.language]
    second_lines = [text.split("\n")[1:] for _, text in axis.ticks]
    assert second_lines == [[years[0]], [], [], [years[1]], []]


def test_a_short_span_names_days(words: Words) -> None:
    axis = day_axis(("2026-01-28", "2026-02-05"), 700.0, words)
    assert axis.ticks[1][1] == {"en": "29 Jan", "ja": "1月29日"}[words.language]


def test_a_single_day_still_spans_something(english: Words) -> None:
    axis = day_axis(("2026-01-28",), 300.0, english)
    assert axis.high > axis.low == ordinal("2026-01-28")
