"""Blocks of one length, intervals of a t ratio, bands that hold together, statistics redrawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import (
    ResampleOptions,
    circular_indices,
    resample,
    studentised_interval,
    sup_t_band,
)


def pair(nobs, seed, rho=0.5):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(nobs)
    noise = rng.standard_normal((nobs, 2))
    return np.sqrt(rho) * common[:, None] + np.sqrt(1.0 - rho) * noise


def test_circular_blocks_equal_what_is_drawn_by_hand():
    rows = circular_indices(10, 7, 3, 50, np.random.default_rng(0))
    assert rows.shape == (50, 7)
    for line in rows:
        for begin in (0, 3):
            block = line[begin : begin + 3]
            assert ((block - block[0]) % 10 == np.arange(3)).all()
    counts = np.bincount(circular_indices(5, 4, 2, 5000, np.random.default_rng(1)).ravel())
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("statistic", ["correlation", "beta", "mean"])
def test_draws_match_a_slow_loop_over_the_same_distribution(statistic):
    x = pair(60, 3)
    options = ResampleOptions(kind="circular", block=5.0, replications=4000)
    found = resample(x, statistic, np.random.default_rng(0), options)
    rows = circular_indices(60, 60, 5, 4000, np.random.default_rng(99))
    slow = {
        "correlation": [np.corrcoef(x[line].T)[0, 1] for line in rows],
        "beta": [np.polyfit(x[line, 1], x[line, 0], 1)[0] for line in rows],
        "mean": [x[line, 0].mean() for line in rows],
    }[statistic]
    assert stats.ks_2samp(found.draws[:, 0], slow).pvalue > 1e-3
    assert found.estimate[0] == pytest.approx(
        {
            "correlation": np.corrcoef(x.T)[0, 1],
            "beta": np.polyfit(x[:, 1], x[:, 0], 1)[0],
            "mean": x[:, 0].mean(),
        }[statistic],
        abs=1e-12,
    )


def test_drawdown_equals_the_slow_path():
    x = pair(80, 4)
    found = resample(x, "drawdown", np.random.default_rng(0), ResampleOptions(replications=50))
    path = np.concatenate([[0.0], np.cumsum(x[:, 0])])
    assert found.estimate[0] == pytest.approx((path - np.maximum.accumulate(path)).min(), abs=1e-12)
    assert (found.draws <= 0.0).all()


@pytest.mark.parametrize("method", ["percentile", "studentised"])
def test_intervals_cover_the_true_correlation(method):
    options = ResampleOptions(block=1.0, replications=199, method=method)
    inside = 0
    for seed in range(200):
        found = resample(pair(120, seed), "correlation", np.random.default_rng(seed), options)
        inside += bool(found.low[0] <= 0.5 <= found.high[0])
    assert stats.binom.ppf(1e-4, 200, 0.92) <= inside <= stats.binom.ppf(1 - 1e-4, 200, 0.975)


def test_the_band_holds_all_at_once_where_single_intervals_do_not():
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((20_000, 8))
    band = sup_t_band(np.zeros(8), draws)
    fresh = rng.standard_normal((20_000, 8))
    jointly = ((fresh >= band.low) & (fresh <= band.high)).all(axis=1).mean()
    single = (np.abs(fresh) <= band.pointwise).all(axis=1).mean()
    assert jointly == pytest.approx(0.95, abs=0.01)
    assert single < 0.75


def test_studentised_equals_the_normal_interval_for_normal_ratios():
    ratios = stats.norm.ppf((np.arange(20_001) + 0.5) / 20_001)
    low, high = studentised_interval(2.0, 0.5, 2.0 + 3.0 * ratios, np.full(20_001, 3.0))
    assert float(low) == pytest.approx(2.0 - 0.5 * 1.959964, abs=1e-3)
    assert float(high) == pytest.approx(2.0 + 0.5 * 1.959964, abs=1e-3)


def test_same_seed_same_draws():
    x = pair(100, 0)
    first, second = (resample(x, "beta", np.random.default_rng(5)).draws for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize(
    ("x", "statistic", "reason"),
    [
        (np.ones((50, 2)), "correlation", "constant"),
        (pair(10, 0), "correlation", "too_short"),
        (pair(50, 0)[:, :1], "correlation", "shape"),
        (np.where(np.arange(100).reshape(50, 2) == 7, np.nan, pair(50, 0)), "mean", "not_finite"),
    ],
)
def test_degenerate_samples_are_refused(x, statistic, reason):
    with pytest.raises(NotEstimable) as refused:
        resample(x, statistic, np.random.default_rng(0))
    assert refused.value.reason == reason


def test_degenerate_bands_are_refused():
    with pytest.raises(NotEstimable):
        sup_t_band(np.zeros(2), np.zeros((10, 2)))
    with pytest.raises(NotEstimable):
        studentised_interval(0.0, -1.0, np.zeros(10), np.ones(10))
