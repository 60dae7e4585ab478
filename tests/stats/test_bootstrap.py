"""Stationary bootstrap: law of the blocks, block length against arch, percentile intervals."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import (
    optimal_block,
    percentile_interval,
    row_counts,
    stationary_indices,
)


def autoregression(nobs, slope, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(nobs)
    for t in range(1, nobs):
        x[t] += slope * x[t - 1]
    return x


@pytest.mark.parametrize("block", [1.0, 4.0, 15.5])
def test_a_block_restarts_with_the_stated_chance_and_uniformly(block):
    nobs = 300
    rows = stationary_indices(nobs, 250, block, 400, np.random.default_rng(2))
    follows = np.diff(rows, axis=1) % nobs == 1
    # a restart lands on the following row by accident once in nobs
    expected = 1.0 - (1.0 / block) * (1.0 - 1.0 / nobs)
    spread = math.sqrt(expected * (1.0 - expected) / follows.size)
    assert abs(follows.mean() - expected) < 4.0 * spread
    counts = row_counts(rows, nobs)
    assert abs(counts.mean(axis=0) - 250 / nobs).max() < 5.0 * math.sqrt(
        250 / nobs * 2 * block / 400
    )
    assert np.bincount(rows[:, 0], minlength=nobs).max() < 12  # first rows are uniform: mean 1.3


def test_block_lengths_are_geometric():
    nobs, block = 5000, 6.0
    rows = stationary_indices(nobs, 4000, block, 20, np.random.default_rng(5))
    lengths = []
    for line in rows:
        cuts = np.flatnonzero(np.diff(line) % nobs != 1)
        lengths.extend(np.diff(cuts))
    lengths = np.array(lengths)
    for least in (2, 5, 12):
        chance = (1.0 - 1.0 / block) ** (least - 1)
        spread = math.sqrt(chance * (1.0 - chance) / lengths.size)
        assert abs((lengths >= least).mean() - chance) < 4.5 * spread


def test_blocks_wrap_and_length_may_differ_from_nobs():
    rows = stationary_indices(7, 40, 1e9, 5, np.random.default_rng(0))
    for line in rows:
        np.testing.assert_array_equal(line, (line[0] + np.arange(40)) % 7)


def test_lines_are_independent_of_each_other():
    rows = stationary_indices(1000, 3, 1e9, 2000, np.random.default_rng(3))
    joined = (rows[1:, 0] - rows[:-1, -1]) % 1000 == 1
    assert joined.mean() < 0.01


def test_same_state_same_rows():
    first = stationary_indices(90, 90, 7.0, 11, np.random.default_rng(8))
    again = stationary_indices(90, 90, 7.0, 11, np.random.default_rng(8))
    other = stationary_indices(90, 90, 7.0, 11, np.random.default_rng(9))
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_variance_of_the_mean_follows_politis_and_romano():
    """Exact bootstrap variance of the mean: circular autocovariances weighted by (1-p)^k."""
    x = autoregression(200, 0.6, 4)
    block, nobs = 8.0, x.size
    rows = stationary_indices(nobs, nobs, block, 20_000, np.random.default_rng(6))
    drawn = x[rows].mean(axis=1)
    d = x - x.mean()
    keep = 1.0 - 1.0 / block
    exact = d @ d / nobs
    for k in range(1, nobs):
        circular = d @ np.roll(d, -k) / nobs
        exact += 2.0 * (1.0 - k / nobs) * keep**k * circular
    assert drawn.var() == pytest.approx(exact / nobs, rel=0.05)
    assert drawn.mean() == pytest.approx(x.mean(), abs=4.0 * math.sqrt(exact / nobs / 20_000))


def test_row_counts_reproduce_sums():
    rng = np.random.default_rng(1)
    x = rng.standard_normal(60)
    rows = stationary_indices(60, 45, 3.0, 12, rng)
    counts = row_counts(rows, 60)
    slow = np.array([[np.sum(line == t) for t in range(60)] for line in rows])
    np.testing.assert_array_equal(counts, slow)
    np.testing.assert_allclose(counts @ x, x[rows].sum(axis=1), rtol=1e-12)


def test_optimal_block_equals_arch():
    """arch divides the autocorrelation at lag k by sums over T-k-1 rows, ours by the T-k rows of
    the product; only a correlation within a hair of the bound can tell the two apart."""
    same = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = autoregression(int(rng.integers(60, 800)), rng.uniform(-0.5, 0.95), seed)
        theirs = max(1.0, float(optimal_block_length(x)["stationary"].iloc[0]))
        same += optimal_block(x) == pytest.approx(theirs, rel=1e-9)
    assert same >= 97


def test_optimal_block_grows_with_persistence():
    means = [
        np.mean([optimal_block(autoregression(500, slope, s)) for s in range(20)])
        for slope in (0.0, 0.5, 0.9)
    ]
    assert means[0] < means[1] < means[2]


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-6, 1e6), sign=st.sampled_from([-1.0, 1.0]), seed=st.integers(0, 1000))
def test_optimal_block_ignores_scale_sign_and_level(scale, sign, seed):
    x = autoregression(150, 0.4, seed)
    moved = sign * scale * (x + 3.0)
    assert optimal_block(moved) == pytest.approx(optimal_block(x), rel=1e-7)


def test_percentile_interval_is_the_quantile_pair():
    draws = np.random.default_rng(0).standard_normal((4001, 2, 3))
    low, high = percentile_interval(draws, 0.9)
    assert low.shape == high.shape == (2, 3)
    np.testing.assert_allclose(low, np.quantile(draws, 0.05, axis=0))
    np.testing.assert_allclose(high, np.quantile(draws, 0.95, axis=0))


def test_interval_of_a_dependent_mean_covers_where_the_naive_one_does_not():
    covered = naive = 0
    runs = 200
    for seed in range(runs):
        x = autoregression(400, 0.5, 10_000 + seed)
        rows = stationary_indices(400, 400, optimal_block(x), 299, np.random.default_rng(seed))
        low, high = percentile_interval(x[rows].mean(axis=1), 0.95)
        covered += bool(low <= 0.0 <= high)
        half = NormalDist().inv_cdf(0.975) * x.std(ddof=1) / math.sqrt(400)
        naive += bool(abs(x.mean()) <= half)
    # the block bootstrap undercovers a little at T = 400; 0.88 is 4.5 binomial sd below 0.95
    assert 0.88 <= covered / runs <= 0.995
    assert naive / runs < 0.82


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: stationary_indices(0, 5, 2.0, 3, np.random.default_rng(0)), "too_short"),
        (lambda: stationary_indices(5, 5, 0.5, 3, np.random.default_rng(0)), "block"),
        (lambda: stationary_indices(5, 5, math.nan, 3, np.random.default_rng(0)), "block"),
        (lambda: row_counts([[0, 3]], 3), "shape"),
        (lambda: row_counts([0, 1], 3), "shape"),
        (lambda: row_counts([[-1, 1]], 3), "shape"),
        (lambda: optimal_block(np.zeros(50)), "constant"),
        (lambda: optimal_block(np.arange(10.0)), "too_short"),
        (lambda: optimal_block(np.r_[np.arange(40.0), np.nan]), "not_finite"),
        (lambda: percentile_interval(np.array([1.0, np.nan, 2.0]), 0.95), "not_finite"),
        (lambda: percentile_interval(np.array([1.0]), 0.95), "too_short"),
        (lambda: percentile_interval(np.arange(9.0), 1.0), "level"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, reason):
    with pytest.raises(NotEstimable) as refused:
        call()
    assert refused.value.reason == reason
