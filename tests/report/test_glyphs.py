"""Bars share a zero, curves share a scale."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.report.terminal.glyphs import bar, curve, shade, thin

VALUES = st.floats(-1, 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=8), st.integers(8, 40))
def test_every_bar_starts_or_ends_at_the_common_zero(values, room):
    low, high = min(0.0, *values), max(0.0, *values)
    zero = round(-low / ((high - low) or 1.0) * room)
    for value in values:
        drawn = bar(value, room, low, high)
        assert len(drawn.rstrip("│")) <= room
        if value > 0 and drawn.strip() != "│":
            assert drawn[:zero] == " " * zero
            assert drawn[zero:].strip() == drawn[zero:]
        if value < 0 and drawn.strip() != "│":
            assert len(drawn) <= max(zero, 1)


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES, st.integers(8, 40))
def test_a_larger_value_has_no_shorter_bar(first, second, room):
    low, high = min(0.0, first, second), max(0.0, first, second)
    sizes = [len(bar(value, room, low, high).strip().strip("│")) for value in (first, second)]
    if abs(first) >= abs(second) and (first > 0) == (second > 0):
        assert sizes[0] >= sizes[1]


def test_length_is_in_proportion():
    assert bar(0.5, 10, 0.0, 1.0) == "█" * 5
    assert bar(1.0, 10, 0.0, 1.0) == "█" * 10
    assert bar(-0.5, 10, -1.0, 0.0) == "     █████"
    assert bar(0.0, 10, -1.0, 1.0).strip() == "│"


def test_a_scale_of_zero_draws_a_line():
    assert bar(0.0, 10, 0.0, 0.0) == "│"


@pytest.mark.parametrize("room", [1, 5, 20, 50])
def test_a_curve_has_at_most_its_room(room):
    values = [math.sin(place) for place in range(30)]
    assert len(curve(values, room, -1.0, 1.0)) == min(room, 30)


def test_a_curve_reaches_both_ends_of_its_scale():
    assert curve([0.0, -1.0], 2, -1.0, 0.0) == "█▁"
    assert curve([2.0, -2.0], 2, -1.0, 0.0) == "█▁"


def test_gaps_stay_gaps():
    assert curve([0.0, None, math.nan], 3, -1.0, 0.0) == "█  "


def test_thinning_keeps_the_extreme_of_each_column():
    assert thin([0.0, -0.4, -0.1, 0.0, None, None], 3) == [-0.4, -0.1, None]


def test_the_shade_lies_under_its_columns():
    assert shade(2, 3, 4, 4) == "  ▔▔"
    assert shade(50, 99, 100, 10) == "     ▔▔▔▔▔"
