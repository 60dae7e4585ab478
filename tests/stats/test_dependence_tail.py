"""Empirical tail dependence: a slow count, coverage under dependence of many kinds."""

import numpy as np
import pandas as pd
import pytest
from dependence_cases import normal_pair, student_pair, tail_chance
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from comove.core.errors import NotEstimable
from comove.stats.dependence import tail_dependence

seeds = st.integers(0, 2**31)

# reference


@pytest.mark.parametrize("tail", ["lower", "upper"])
@pytest.mark.parametrize("nobs", [207, 1000])
def test_reference_slow_count(tail, nobs):
    x, y = student_pair(np.random.default_rng(nobs), nobs, 0.6, 4)
    shares = (0.03, 0.1, 0.25)
    found = tail_dependence(x, y, shares, tail)
    for place, share in enumerate(shares):
        size = int(share * nobs)
        ordered = [np.argsort(series if tail == "lower" else -series) for series in (x, y)]
        first, second = (set(rows[:size].tolist()) for rows in ordered)
        assert found.counts[place] == size
        assert found.joint[place] == len(first & second)
        assert found.value[place] == len(first & second) / size
        assert found.excess[place] == pytest.approx(found.value[place] - share, abs=1e-15)


def test_reference_interval_is_near_wilson_for_independent_days():
    """Without dependence the edges cost nothing and the count is binomial."""
    x, y = np.random.default_rng(2).standard_normal((2, 20_000))
    found = tail_dependence(x, y, (0.05,), lags=0)
    share, trials, square = found.value[0], 1000, 1.959964**2
    centre = (share + square / 2000) / (1 + square / trials)
    half = 1.959964 * np.sqrt(share * (1 - share) / trials + square / 4e6) / (1 + square / trials)
    assert found.low[0] == pytest.approx(centre - half, rel=0.05)
    assert found.high[0] == pytest.approx(centre + half, rel=0.05)


# recovery


def held(runs, rho, nu, nobs=800):
    shares = (0.05, 0.1)
    chances = shares if nu is None else [tail_chance(rho, nu, share) for share in shares]
    count = np.zeros(2)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        pair = normal_pair(rng, nobs, 0.0) if nu is None else student_pair(rng, nobs, rho, nu)
        found = tail_dependence(*pair, shares)
        count += (found.low <= chances) & (chances <= found.high)
    return count


CASES = [(0.0, None), (0.5, 4), (0.9, 4), (-0.3, 3)]


@pytest.mark.parametrize(("rho", "nu"), CASES)
def test_recovery_intervals_cover(rho, nu):
    low, high = binom.ppf([0.001, 0.999], 200, 0.95)
    count = held(200, rho, nu)
    assert (count >= low).all()
    assert (count <= max(high, 198)).all()


@pytest.mark.nightly
@pytest.mark.parametrize(("rho", "nu"), CASES)
def test_recovery_intervals_cover_93_to_97_in_100(rho, nu):
    share = held(2000, rho, nu) / 2000
    assert (share >= 0.93).all()
    assert (share <= 0.975).all()


def test_recovery_covers_when_tails_come_in_spells():
    """Blocks of identical days: the interval must widen with the lags."""
    hits, chance = {0: 0, 12: 0}, tail_chance(0.5, 4, 0.1)
    for seed in range(100):
        pair = np.repeat(student_pair(np.random.default_rng(seed), 200, 0.5, 4), 5, axis=1)
        for lags in hits:
            found = tail_dependence(*(pair + 1e-9 * np.arange(1000)), (0.1,), lags=lags)
            hits[lags] += int(found.low[0] <= chance <= found.high[0])
    assert hits[0] < 80
    assert hits[12] >= 86


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1e-6, 5.0, 1e6]))
def test_invariance_of_units_and_monotone_change(seed, scale):
    x, y = student_pair(np.random.default_rng(seed), 300, 0.5, 4)
    base = tail_dependence(x, y)
    for other in (
        tail_dependence(scale * x + 1.0, y),
        tail_dependence(np.arctan(x), y**3),
        tail_dependence(y, x),
        tail_dependence(-x, -y, tail="upper"),
    ):
        np.testing.assert_allclose(other.value, base.value, atol=1e-9)
        np.testing.assert_allclose(other.low, base.low, atol=1e-9)
        np.testing.assert_allclose(other.high, base.high, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_invariance_of_large_levels(seed):
    x, y = np.round(student_pair(np.random.default_rng(seed), 300, 0.5, 4) * 2**16) / 2**16
    base, moved = tail_dependence(x, y), tail_dependence(x + 1e8, y - 1e8)
    np.testing.assert_array_equal(moved.value, base.value)
    np.testing.assert_array_equal(moved.low, base.low)


# degenerate

GOOD, OTHER = np.random.default_rng(0).standard_normal((2, 60))


@pytest.mark.parametrize(
    ("x", "y", "options", "reason"),
    [
        (GOOD, np.ones(60), {}, "constant"),
        (GOOD, np.where(np.arange(60) == 5, np.nan, OTHER), {}, "not_finite"),
        (GOOD, np.where(np.arange(60) == 5, -np.inf, OTHER), {}, "not_finite"),
        (GOOD[:19], OTHER[:19], {}, "too_short"),
        (GOOD, OTHER, {"quantiles": (0.05,)}, "too_short"),
        (GOOD, OTHER[:50], {}, "shape"),
        (np.column_stack([GOOD, OTHER]), OTHER, {}, "shape"),
        (GOOD, OTHER, {"quantiles": ()}, "quantile"),
        (GOOD, OTHER, {"quantiles": (0.6,)}, "quantile"),
        (GOOD, OTHER, {"quantiles": (0.0,)}, "quantile"),
        (GOOD, OTHER, {"tail": "left"}, "tail"),
        (GOOD, OTHER, {"level": 1.0}, "level"),
        (GOOD, OTHER, {"lags": -1}, "lags"),
    ],
)
def test_degenerate_samples_are_refused(x, y, options, reason):
    with pytest.raises(NotEstimable) as caught:
        tail_dependence(x, y, **({"quantiles": (0.2,)} | options))
    assert caught.value.reason == reason


def test_degenerate_shares_have_intervals():
    x = np.arange(100.0)
    together, apart = tail_dependence(x, x), tail_dependence(x, -x)
    assert together.value.tolist() == [1.0, 1.0]
    assert together.high.tolist() == [1.0, 1.0]
    assert (together.low > 0.5).all()
    assert apart.value.tolist() == [0.0, 0.0]
    assert apart.low.tolist() == [0.0, 0.0]
    assert (apart.high > 0.2).all()


# form


def test_results_are_frames():
    found = tail_dependence(pd.Series(GOOD), pd.Series(OTHER), (0.1, 0.2))
    assert found.to_frame().loc[0.2, "joint"] == found.joint[1]
    assert "lags" in found.summary()
