"""Drawdown: a loop, causality, ties, invariance, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.drawdown import drawdown, positive


def walk(nobs, seed, sd=0.02):
    rng = np.random.default_rng(seed)
    return 100.0 * np.exp(np.cumsum(sd * rng.standard_normal(nobs)))


def by_loop(prices, lookback):
    depths, peaks = [], []
    for t, price in enumerate(prices):
        best = max(0, t - lookback + 1)
        for s in range(best, t + 1):
            if prices[s] >= prices[best]:
                best = s
        depths.append(price / prices[best] - 1.0)
        peaks.append(best)
    return depths, peaks


@pytest.mark.parametrize("lookback", [1, 2, 7, 60, 400])
def test_it_equals_the_obvious_loop(lookback):
    # rounding the prices makes ties
    for prices in (walk(300, 1), np.round(walk(300, 2, sd=0.005)), np.arange(1.0, 50.0)):
        fall = drawdown(prices, lookback)
        depths, peaks = by_loop(prices.tolist(), lookback)
        assert fall.depth.tolist() == depths
        assert fall.peak.tolist() == peaks


def test_a_peak_leaves_after_lookback_rows():
    prices = [200.0, 100.0, 100.0, 90.0, 90.0]
    fall = drawdown(prices, 3)
    assert fall.depth.tolist() == pytest.approx([0.0, -0.5, -0.5, -0.1, -0.1])
    assert fall.peak.tolist() == [0, 0, 0, 2, 2]


def test_the_latest_of_equal_peaks_counts():
    assert drawdown([5.0, 7.0, 6.0, 7.0, 6.0]).peak.tolist() == [0, 1, 1, 3, 3]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 120), st.integers(1, 150))
def test_later_rows_change_nothing_and_peaks_move_forward(seed, cut, lookback):
    prices = walk(150, seed)
    whole, early = drawdown(prices, lookback), drawdown(prices[:cut], lookback)
    assert early.depth.tolist() == whole.depth[:cut].tolist()
    assert early.peak.tolist() == whole.peak[:cut].tolist()
    assert (np.diff(whole.peak) >= 0).all()
    assert (whole.depth <= 0.0).all()
    assert (whole.depth > -1.0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(1e-6, 1e6))
def test_the_unit_of_price_does_not_matter(seed, scale):
    prices = walk(120, seed)
    plain, scaled = drawdown(prices, 40), drawdown(scale * prices, 40)
    assert scaled.depth == pytest.approx(plain.depth, abs=1e-9)
    assert scaled.peak.tolist() == plain.peak.tolist()


def test_results_cannot_be_written_to():
    fall = drawdown(walk(20, 3))
    for array in (fall.depth, fall.peak):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("prices", "reason"),
    [
        ([], "too_short"),
        ([[1.0, 2.0]], "shape"),
        ([1.0, np.nan, 2.0], "not_finite"),
        ([1.0, np.inf], "not_finite"),
        ([1.0, 0.0], "not_positive"),
        ([1.0, -2.0], "not_positive"),
    ],
)
def test_what_is_no_price_path_is_refused(prices, reason):
    with pytest.raises(NotEstimable) as caught:
        drawdown(prices)
    assert caught.value.reason == reason


def test_a_lookback_below_one_is_refused_and_a_constant_price_never_falls():
    with pytest.raises(NotEstimable) as caught:
        drawdown([1.0, 2.0], 0)
    assert caught.value.reason == "option"
    assert drawdown([4.0, 4.0, 4.0]).depth.tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(NotEstimable):
        positive(np.array([[1.0, -1.0]]))
