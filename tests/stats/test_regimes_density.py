"""Crowding and its switch: slow loops, a recovered crowd, no flapping."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.regimes import DensityOptions, edge_density, hysteresis

QUICK = DensityOptions(window=30, threshold=0.3, smoothing=4)


def slow_hysteresis(x, enter, leave):
    state, out = False, []
    for value in x:
        if value >= enter:
            state = True
        elif value < leave:
            state = False
        out.append(state)
    return out


def test_reference_density_equals_a_slow_loop():
    x = np.random.default_rng(0).standard_t(4, (120, 5))
    x[:, 1] += x[:, 0]
    found = edge_density(x, QUICK)
    density, mean = np.full(120, np.nan), np.full(120, np.nan)
    for t in range(29, 120):
        pairs = np.corrcoef(x[t - 29 : t + 1].T)[np.triu_indices(5, 1)]
        density[t], mean[t] = (np.abs(pairs) >= 0.3).mean(), pairs.mean()
    assert found.density == pytest.approx(density, abs=1e-12, nan_ok=True)
    assert found.mean_correlation == pytest.approx(mean, abs=1e-12, nan_ok=True)
    smooth = pd.Series(density).rolling(4).mean().to_numpy()
    assert found.smoothed == pytest.approx(smooth, abs=1e-12, nan_ok=True)
    assert found.state.tolist() == slow_hysteresis(smooth, 0.65, 0.45)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=40),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_reference_hysteresis_equals_a_slow_loop_and_is_invariant_to_scale(path, one, two):
    enter, leave = max(one, two), min(one, two)
    state = hysteresis(path, enter, leave)
    assert state.tolist() == slow_hysteresis(path, enter, leave)
    scaled = hysteresis(np.multiply(path, 4.0), 4.0 * enter, 4.0 * leave)
    assert scaled.tolist() == state.tolist()


def test_recovery_crowd_is_found_and_quiet_samples_stay_quiet():
    rng, alarms, starts = np.random.default_rng(1), 0, []
    for _ in range(30):
        x = rng.standard_normal((300, 6))
        alarms += edge_density(x).state.any()
        x[150:] += 2.0 * rng.standard_normal((150, 1))
        found = edge_density(x)
        starts.append(int(found.state.argmax()))
        assert found.state[-1]
        assert found.spells == 1
    assert alarms == 0
    assert 150 < np.median(starts) < 215


def test_recovery_switches_as_often_as_renewals_say():
    # independent rows: one threshold switches with chance 1/2 a row, two with the tail beyond one
    rng = np.random.default_rng(2)
    path = 0.55 + 0.08 * rng.standard_normal(4000)
    tail = NormalDist().cdf(-0.10 / 0.08)
    for thresholds, chance in (((0.55, 0.55), 0.5), ((0.65, 0.45), tail)):
        switches = np.diff(hysteresis(path, *thresholds).astype(int)) != 0
        assert abs(switches.sum() - 4000 * chance) < 4 * np.sqrt(4000 * chance)


def test_recovery_future_rows_change_nothing():
    x = np.random.default_rng(3).standard_normal((150, 4))
    whole, part = edge_density(x, QUICK), edge_density(x[:100], QUICK)
    assert whole.smoothed[:100].tobytes() == part.smoothed.tobytes()
    assert whole.state[:100].tobytes() == part.state.tobytes()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 1e3, 1e8]))
def test_invariance_to_units_signs_levels_and_order(seed, level):
    rng = np.random.default_rng(seed)
    x = np.round(rng.standard_normal((60, 4)) * 2**18) / 2**18
    base = edge_density(x, QUICK)
    moved = edge_density(x[:, rng.permutation(4)] * [-2.0, 0.5, 8.0, 1.0] + level, QUICK)
    assert moved.density == pytest.approx(base.density, abs=1e-9, nan_ok=True)
    assert moved.state.tolist() == base.state.tolist()


def test_degenerate_windows_leave_a_pair_out():
    x = np.random.default_rng(4).standard_normal((120, 3))
    x[40:80, 0] = 1.0
    found = edge_density(x, QUICK)
    known = np.corrcoef(x[50:80, 1], x[50:80, 2])[0, 1]
    assert found.mean_correlation[79] == pytest.approx(known)
    assert found.density[79] == float(abs(known) >= 0.3)


@pytest.mark.parametrize(
    ("x", "options", "reason"),
    [
        (np.random.default_rng(5).standard_normal((50, 3)), None, "too_short"),
        (np.random.default_rng(5).standard_normal((90, 1)), None, "shape"),
        (np.ones((90, 3)), None, "constant"),
        (np.full((90, 3), np.inf), None, "not_finite"),
        (np.random.default_rng(5).standard_normal((90, 3)), DensityOptions(window=2), "option"),
        (np.random.default_rng(5).standard_normal((90, 3)), DensityOptions(threshold=0), "option"),
        (np.random.default_rng(5).standard_normal((90, 3)), DensityOptions(smoothing=0), "option"),
        (np.random.default_rng(5).standard_normal((90, 3)), DensityOptions(leave=0.9), "option"),
    ],
)
def test_degenerate_samples_are_refused(x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        edge_density(x, options)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("x", "enter", "leave", "reason"),
    [
        ([[0.1, 0.2]], 0.6, 0.4, "shape"),
        ([0.1], 0.4, 0.6, "option"),
        ([0.1], np.nan, 0.6, "option"),
    ],
)
def test_degenerate_switches_are_refused(x, enter, leave, reason):
    with pytest.raises(NotEstimable) as caught:
        hysteresis(x, enter, leave)
    assert caught.value.reason == reason


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=80)
    x = pd.DataFrame(np.random.default_rng(6).standard_normal((80, 3)), index=days)
    found = edge_density(x, QUICK)
    assert found.to_frame().index.equals(days)
    assert "spells" in found.summary()
