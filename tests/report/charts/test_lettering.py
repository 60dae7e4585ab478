from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from comove.report.charts.lettering import measure, spread, wrap

places = st.lists(st.floats(min_value=-500, max_value=500), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(wanted=places, gap=st.floats(min_value=1, max_value=40))
def test_spread_is_the_least_squares_fit_under_the_gap(wanted: list[float], gap: float) -> None:
    order = np.argsort(wanted, kind="stable")
    offsets = gap * np.arange(len(wanted))
    expected = np.empty(len(wanted))
    expected[order] = isotonic_regression(np.array(wanted)[order] - offsets).x + offsets
    np.testing.assert_allclose(spread(tuple(wanted), gap), expected, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(wanted=places, gap=st.floats(min_value=1, max_value=40))
def test_spread_leaves_the_gap_between_any_two(wanted: list[float], gap: float) -> None:
    placed = sorted(spread(tuple(wanted), gap))
    assert all(after - before >= gap - 1e-9 for before, after in itertools.pairwise(placed))


def test_labels_that_are_apart_stay_where_they_are() -> None:
    assert spread((40.0, 0.0, 90.0), 20.0) == (40.0, 0.0, 90.0)


def test_wide_characters_take_an_em_and_bold_ones_more() -> None:
    assert measure("金鉱株", 12.0) == 36.0
    assert measure("Gold", 12.0) < measure("Gold", 12.0, strong=True)
    assert measure("iiii") < measure("nnnn") < measure("WWWW")


def test_a_label_that_fits_is_left_alone() -> None:
    assert wrap("through gold", 500.0) == "through gold"
    assert wrap("indivisible", 10.0) == "indivisible"


def test_japanese_breaks_after_a_middle_dot_then_after_particles() -> None:
    assert wrap("リスク選好・実質金利", 80.0) == "リスク選好・\n実質金利"
    assert wrap("ビットコインの予想変動率", 100.0) == "ビットコインの\n予想変動率"
    assert wrap("基準期間趨勢", 40.0) == "基準期\n間趨勢"


@settings(max_examples=50, deadline=None)
@given(text=st.text(alphabet="ab 金鉱・の、。)", min_size=1, max_size=30).map(str.strip))
def test_wrapping_keeps_the_words_and_uses_at_most_two_lines(text: str) -> None:
    lines = wrap(text, 40.0).split("\n")
    assert len(lines) <= 2
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
