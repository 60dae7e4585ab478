"""Turbulence: slow loops, the F law it has under normality, invariances."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps
from scipy.spatial.distance import mahalanobis

from comove.core.errors import NotEstimable
from comove.stats.regimes import turbulence
from comove.stats.regimes._windows import trailing_covariances


def returns(seed, nobs=200, width=3):
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(width, width)) + 2 * np.eye(width)
    return rng.standard_t(5, (nobs, width)) @ mix


def test_reference_equals_a_slow_loop_over_trailing_windows():
    x, window = returns(1), 60
    found = turbulence(x, window)
    assert np.isnan(found.turbulence[:window]).all()
    for t in range(window, 200):
        past = x[t - window : t]
        inverse = np.linalg.inv(np.cov(past.T))
        distance = mahalanobis(x[t], past.mean(axis=0), inverse) ** 2 / 3
        size = (((x[t] - past.mean(axis=0)) / past.std(axis=0, ddof=1)) ** 2).mean()
        assert found.turbulence[t] == pytest.approx(distance, rel=1e-10)
        assert found.magnitude[t] == pytest.approx(size, rel=1e-12)
        assert found.correlation[t] == pytest.approx(distance / size, rel=1e-10)
        earlier = found.turbulence[window:t]
        if len(earlier):
            assert found.rank[t] == pytest.approx((earlier < found.turbulence[t]).mean())


def test_reference_whole_sample_mean_is_one_exactly():
    found = turbulence(returns(2), None)
    assert found.turbulence.mean() == pytest.approx(1.0, abs=1e-12)
    assert found.magnitude.mean() == pytest.approx(1.0, abs=1e-12)
    assert np.isnan(found.pvalue).all()
    assert found.window == 0


def test_reference_weighted_windows_equal_a_slow_loop():
    x = returns(3, 80)
    weights = 2.0 ** (np.arange(-29.0, 1.0) / 10.0)
    weights /= weights.sum()
    for rows, means, covariance in trailing_covariances(x, 30, weights):
        for place, n in enumerate(range(rows.start, rows.stop)):
            part = x[n : n + 30]
            assert means[place] == pytest.approx(weights @ part)
            slow = np.cov(part.T, aweights=weights, ddof=0)
            assert covariance[place] == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize(("window", "width"), [(40, 2), (60, 8)])
def test_recovery_p_values_are_uniform_under_normality(window, width):
    # every window-th value: those share no row and are independent
    rng, found = np.random.default_rng(4), []
    for _ in range(60):
        x = rng.standard_normal((window + 1, width)) @ rng.normal(size=(width, width))
        found.append(turbulence(x, window).pvalue[-1])
    assert sps.kstest(found, "uniform").pvalue > 0.001
    x = rng.standard_normal((4000, width))
    rejected = (turbulence(x, window).pvalue[window:] < 0.05).sum()
    low, high = sps.binom.ppf([0.0005, 0.9995], 4000 - window, [0.035, 0.065])
    assert low <= rejected <= high


def test_recovery_tells_a_large_day_from_a_strange_one():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((400, 1)) + 0.3 * rng.standard_normal((400, 2))
    large, strange = x.copy(), x.copy()
    large[-1], strange[-1] = [5.0, 5.0], [1.0, -1.0]
    big, odd = turbulence(large, 300), turbulence(strange, 300)
    assert big.rank[-1] == odd.rank[-1] == 1.0
    assert big.correlation[-1] < 1.0 < odd.correlation[-1]
    assert big.magnitude[-1] > 5 * odd.magnitude[-1]


def test_recovery_future_rows_change_nothing():
    x = returns(6, 300)
    whole, part = turbulence(x, 100), turbulence(x[:250], 100)
    for name in ("turbulence", "magnitude", "pvalue", "rank"):
        assert getattr(whole, name)[:250].tobytes() == getattr(part, name).tobytes()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3), st.sampled_from([0.0, 1e3, 1e8]))
def test_invariance_to_units_signs_levels_and_order(seed, unit, level):
    x = np.round(returns(seed, 90) * 2**18) / 2**18
    base = turbulence(x, 40)
    power = 2.0 ** round(math.log2(unit))
    # a level far above a column's unit would round the figures themselves
    shift = level * np.array([power, 1.0, 1.0])
    moved = turbulence((x * [power, -1.0, 4.0] + shift)[:, [2, 0, 1]], 40)
    near = {"rel": 1e-9, "abs": 1e-9} if level < 1e8 else {"rel": 1e-6, "abs": 1e-6}
    assert moved.turbulence[40:] == pytest.approx(base.turbulence[40:], **near)
    assert moved.magnitude[40:] == pytest.approx(base.magnitude[40:], **near)


def test_invariance_a_spike_leaves_no_trace_once_it_has_left_the_window():
    x = returns(7, 300)
    spiked = x.copy()
    spiked[50] = 1e9
    clean, after = turbulence(x, 100), turbulence(spiked, 100)
    assert after.turbulence[151:] == pytest.approx(clean.turbulence[151:], rel=1e-9)


def test_degenerate_windows_are_left_out_and_counted():
    x = returns(8, 200)
    x[60:120, 1] = 3.0
    found = turbulence(x, 30)
    assert found.skipped == np.isnan(found.turbulence[30:]).sum() > 0
    assert np.isnan(found.turbulence[95])
    assert np.isfinite(found.turbulence[160])


@pytest.mark.parametrize(
    ("x", "window", "reason"),
    [
        (returns(9), 3, "window"),
        (returns(9), 200, "too_short"),
        (np.ones((100, 2)), 20, "constant"),
        (np.where(np.eye(100, 2) > 0, np.nan, 1.0), 20, "not_finite"),
        (np.where(np.eye(100, 2) > 0, np.inf, 1.0), 20, "not_finite"),
        (returns(9)[:, [0, 0]], 50, "collinear"),
        (returns(9)[:, [0, 0]], None, "collinear"),
        (returns(9)[:2], None, "collinear"),
    ],
)
def test_degenerate_samples_are_refused(x, window, reason):
    with pytest.raises(NotEstimable) as caught:
        turbulence(x, window)
    assert caught.value.reason == reason


def test_one_column_is_a_squared_z_score():
    found = turbulence(returns(10, 100, 1), 30)
    assert found.correlation[30:] == pytest.approx(1.0)


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=100)
    found = turbulence(pd.DataFrame(returns(11, 100), index=days, columns=list("abc")), 40)
    assert found.to_frame().index.equals(days)
    assert found.names == ("a", "b", "c")
    assert "Turbulence" in found.summary()
