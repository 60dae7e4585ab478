"""Optimal cuts: all partitions by brute force, other software's change points, recovered truth."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.breaks import pelt


def segment(x, start, stop):
    """n log det S of one segment."""
    covariance = np.cov(x[start:stop].T, ddof=0).reshape(x.shape[1], x.shape[1])
    return (stop - start) * np.linalg.slogdet(covariance)[1]


def price(x, edges):
    """Sum over the segments."""
    return sum(segment(x, start, stop) for start, stop in itertools.pairwise(edges))


def every_partition(nobs, least):
    """All ways to cut nobs rows into segments of at least ``least`` rows."""

    def rest(start):
        if nobs - start >= least:
            yield [nobs]
        for stop in range(start + least, nobs - least + 1):
            for further in rest(stop):
                yield [stop, *further]

    for ends in rest(0):
        yield [0, *ends]


def optimal_partitioning(x, penalty, least):
    """Dynamic programming over the last break without any pruning."""
    nobs = len(x)
    best, last = [-penalty] + [math.inf] * nobs, [0] * (nobs + 1)
    for t in range(least, nobs + 1):
        for s in (0, *range(least, t - least + 1)):
            total = best[s] + segment(x, s, t) + penalty if t - s >= least else math.inf
            if total < best[t]:
                best[t], last[t] = total, s
    breaks, t = [], last[nobs]
    while t:
        breaks.append(t)
        t = last[t]
    return best[nobs], tuple(reversed(breaks))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 2]), st.sampled_from([3, 4]))
def test_reference_equals_brute_force_over_all_partitions(seed, width, least):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((14, width)) * rng.choice([1.0, 4.0], 14)[:, None]
    penalty = rng.uniform(0.0, 8.0)
    found = pelt(x, penalty, least)
    single = {
        (start, stop): segment(x, start, stop)
        for start in range(14)
        for stop in range(start + least, 15)
    }
    costs = {
        tuple(edges): sum(single[pair] + penalty for pair in itertools.pairwise(edges)) - penalty
        for edges in every_partition(14, least)
    }
    ours = costs[0, *found.breaks, 14]
    assert ours == pytest.approx(min(costs.values()), abs=1e-9)


@pytest.mark.parametrize(("width", "least", "penalty"), [(1, 2, 4.0), (1, 15, 3.0), (2, 5, 6.0)])
def test_reference_equals_unpruned_dynamic_programming(width, least, penalty):
    rng = np.random.default_rng(1)
    scale = np.repeat(rng.choice([0.5, 1.0, 3.0], 9), 12)[:, None]
    x = rng.standard_normal((108, width)) * scale
    best, breaks = optimal_partitioning(x, penalty, least)
    found = pelt(x, penalty, least)
    assert found.breaks == breaks
    ours = price(x, [0, *breaks, 108]) + penalty * len(breaks)
    assert ours == pytest.approx(best, abs=1e-8)
    constant = 108 * width * (math.log(2 * math.pi) + 1)
    assert found.cost == pytest.approx(price(x, [0, *breaks, 108]) + constant, abs=1e-8)


def test_reference_stock_returns_break_where_other_software_says(peers):
    y = peers("input_sp500ret_pct.csv")["SP500RET"].to_numpy()[-2500:]
    known = peers("w7_regimes.json")["ruptures_normal_sp500_jump1"]
    found = pelt(y, penalty=known["pen"], least=2)
    assert [*found.breaks, 2500] == known["bkps"]
    assert pelt(y, least=2).penalty == pytest.approx(known["pen"])
    edges = [0, *found.breaks, 2500]
    for place, (start, stop) in enumerate(itertools.pairwise(edges)):
        assert found.mean[place, 0] == pytest.approx(y[start:stop].mean())
        assert found.covariance[place, 0, 0] == pytest.approx(y[start:stop].var())


def test_recovery_changes_of_variance_and_correlation_are_found():
    rng, hits = np.random.default_rng(2), 0
    for _ in range(50):
        y = rng.standard_normal(900)
        y[300:600] *= 2.5
        breaks = pelt(y).breaks
        hits += len(breaks) == 2 and abs(breaks[0] - 300) < 15 and abs(breaks[1] - 600) < 15
    assert hits > 45
    x = rng.standard_normal((800, 2))
    x[400:, 1] = 0.9 * x[400:, 0] + np.sqrt(0.19) * x[400:, 1]
    (at,) = pelt(x).breaks
    assert abs(at - 400) < 10


def test_recovery_false_alarms_are_rare_on_normal_noise():
    rng, alarms = np.random.default_rng(3), 0
    for _ in range(200):
        alarms += len(pelt(rng.standard_normal(400)).breaks) > 0
    assert alarms <= sps.binom.ppf(0.999, 200, 0.05)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.sampled_from([0.0, 3.0, 1e8]))
def test_invariance_to_units_signs_levels_order_and_time(seed, unit, level):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((150, 2)) * np.repeat([1.0, 3.0, 0.5], 50)[:, None]
    x = np.round(x * 2**18) / 2**18
    base = pelt(x, 8.0, 10)
    power = 2.0 ** round(np.log2(unit))
    moved = pelt(x[:, ::-1] * [power, -1.0] + [level * power, level], 8.0, 10)
    assert moved.breaks == base.breaks
    assert moved.cost == pytest.approx(base.cost + 2 * 150 * math.log(power), abs=1e-5)
    back = pelt(x[::-1], 8.0, 10)
    assert back.cost + 8 * len(back.breaks) == pytest.approx(base.cost + 8 * len(base.breaks))


def test_invariance_one_column_equals_the_general_search():
    from comove.stats.breaks import _kernels

    x = np.random.default_rng(4).standard_normal((300, 1)) * np.repeat([1, 4, 1], 100)[:, None]
    one, many = np.zeros(301, dtype=np.int64), np.zeros(301, dtype=np.int64)
    _kernels.pelt_one(np.ascontiguousarray(x[:, 0]), 12.0, 5, one)
    _kernels.pelt_many(x, 12.0, 5, many)
    assert one.tolist() == many.tolist()


def test_a_spike_costs_no_digits():
    y = np.random.default_rng(5).standard_normal(300)
    y[0] = 1e7
    y[150:] *= 3.0
    found = pelt(y, least=10)
    assert any(abs(row - 150) < 15 for row in found.breaks)


Z = np.random.default_rng(6).standard_normal((100, 2))
STUCK = np.where((np.arange(100) > 30) & (np.arange(100) < 70), 1.0, Z[:, 0])


@pytest.mark.parametrize(
    ("x", "penalty", "least", "reason"),
    [
        (Z[:30], None, None, "too_short"),
        (np.ones(100), None, None, "constant"),
        (STUCK, None, None, "constant"),
        (Z[:, [0, 0]], None, None, "constant"),
        (np.where(np.eye(100, 2) > 0, np.nan, Z), None, None, "not_finite"),
        (np.where(np.eye(100, 2) > 0, -np.inf, Z), None, None, "not_finite"),
        (Z, -1.0, None, "option"),
        (Z, np.inf, None, "option"),
        (Z, None, 2, "option"),
        (Z[:, 0], None, 1, "option"),
    ],
)
def test_degenerate_samples_are_refused(x, penalty, least, reason):
    with pytest.raises(NotEstimable) as caught:
        pelt(x, penalty, least)
    assert caught.value.reason == reason


def test_degenerate_run_is_named():
    with pytest.raises(NotEstimable) as caught:
        pelt(STUCK)
    assert caught.value.values["row"] == 31


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=400)
    y = np.random.default_rng(7).standard_normal(400) * np.repeat([1.0, 4.0], 200)
    found = pelt(pd.DataFrame({"ret": y}, index=days))
    assert found.labels == (days[found.breaks[0]].to_datetime64(),)
    assert found.to_frame()["sd ret"].iloc[1] == pytest.approx(y[found.breaks[0] :].std())
    assert "penalty" in found.summary()
