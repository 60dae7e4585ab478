from __future__ import annotations

import itertools
import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.report.charts.ticks import calendar_days, decimals, round_numbers, round_step

numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
counts = st.integers(min_value=2, max_value=9)
days = st.dates(min_value=date(2010, 1, 1), max_value=date(2030, 1, 1))


@settings(max_examples=100, deadline=None)
@given(low=numbers, width=st.floats(min_value=1e-4, max_value=1e6), count=counts)
def test_round_numbers_enclose_what_is_shown_in_equal_round_steps(
    low: float, width: float, count: int
) -> None:
    high = low + width
    places = round_numbers(low, high, count)
    slack = 1e-6 * (places[1] - places[0])
    assert places[0] <= low + slack
    assert places[-1] >= high - slack
    assert places[1] > low - slack
    assert places[-2] < high + slack
    step = places[1] - places[0]
    assert all(
        math.isclose(after - before, step, rel_tol=1e-6, abs_tol=1e-9)
        for before, after in itertools.pairwise(places)
    )
    assert len(places) <= count + 2


@settings(max_examples=100, deadline=None)
@given(span=st.floats(min_value=1e-8, max_value=1e8), count=counts)
def test_a_step_is_one_two_two_and_a_half_or_five(span: float, count: int) -> None:
    step = round_step(span, count)
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-12)
    assert min(abs(mantissa - good) for good in (1.0, 2.0, 2.5, 5.0, 10.0)) < 1e-6
    assert span / step <= count * (1 + 1e-6)


@pytest.mark.parametrize("tiny", [5e-324, 1e-320, 3e-308, 1e-150])
def test_a_span_too_small_for_powers_of_ten_is_widened(tiny: float) -> None:
    for low, high in ((0.0, tiny), (-tiny, 0.0), (-tiny, tiny)):
        places = round_numbers(low, high, 5)
        assert places[0] <= low < high <= places[-1]
        assert len(places) > 1


def test_a_single_value_still_gets_an_axis() -> None:
    places = round_numbers(0.3, 0.3, 4)
    assert places[0] < 0.3 < places[-1]
    assert round_numbers(0.0, 0.0, 4)[0] < 0.0


def test_decimals_are_as_many_as_the_step_needs() -> None:
    assert [decimals(step) for step in (20.0, 1.0, 0.5, 0.25, 2.5, 0.001)] == [0, 0, 1, 2, 1, 3]


@settings(max_examples=100, deadline=None)
@given(first=days, length=st.integers(min_value=0, max_value=6000), most=st.integers(2, 20))
def test_calendar_days_lie_within_and_are_no_more_than_wanted(
    first: date, length: int, most: int
) -> None:
    last = first + timedelta(days=length)
    ticks, daily = calendar_days(first, last, most)
    assert len(ticks) <= most
    assert list(ticks) == sorted(set(ticks))
    assert all(first <= day <= last for day in ticks)
    if not daily:
        assert all(day.day == 1 for day in ticks)


def test_weeks_begin_on_monday_and_long_spans_on_round_years() -> None:
    weeks, daily = calendar_days(date(2026, 1, 7), date(2026, 2, 20), 8)
    assert daily
    assert {day.weekday() for day in weeks} == {0}
    years, daily = calendar_days(date(2003, 5, 5), date(2026, 2, 6), 6)
    assert not daily
    assert [day.year for day in years] == [2005, 2010, 2015, 2020, 2025]


def test_half_a_year_is_marked_month_by_month() -> None:
    months, _ = calendar_days(date(2025, 9, 2), date(2026, 2, 6), 6)
    assert [day.month for day in months] == [10, 11, 12, 1, 2]
