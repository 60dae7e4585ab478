"""Marginal expected shortfall: a slow mean, the closed form of normals, coverage."""

import math

import numpy as np
import pandas as pd
import pytest
from dependence_cases import garch_pair, normal_pair, student_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from comove.core.errors import NotEstimable
from comove.stats.dependence import mes

seeds = st.integers(0, 2**31)

# reference


@pytest.mark.parametrize("nobs", [100, 1003])
def test_reference_slow_mean(nobs):
    x, y = student_pair(np.random.default_rng(nobs), nobs, 0.5, 4)
    worst = sorted(zip(x, y, strict=True))[: math.floor(0.05 * nobs)]
    found = mes(y, x)
    assert found.value == pytest.approx(np.mean([b for _, b in worst]), rel=1e-13)
    assert found.threshold == worst[-1][0]
    assert found.count == len(worst)


def test_reference_closed_form_of_the_normal():
    u, e = np.meshgrid(*[norm.ppf((np.arange(1000) + 0.5) / 1000)] * 2)
    found = mes(0.02 * (0.6 * u + 0.8 * e).ravel(), u.ravel())
    assert found.value == pytest.approx(-0.0247526, abs=3e-5)


def test_reference_error_is_that_of_a_known_threshold_when_y_is_flat_there():
    """With independent series the mean at the edge is the mean, and the tail is a sample of it."""
    x, y = np.random.default_rng(0).standard_normal((2, 40_000))
    found = mes(y, x, 0.1, lags=0)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 / math.sqrt(4000), rel=0.03)


# recovery


def held(runs, nobs, rho):
    truth = -rho * norm.pdf(norm.ppf(0.05)) / 0.05
    count = 0
    for seed in range(runs):
        x, y = normal_pair(np.random.default_rng(seed), nobs, rho)
        found = mes(y, x)
        count += found.low <= truth <= found.high
    return count


@pytest.mark.parametrize("rho", [0.0, 0.6, -0.4])
def test_recovery_intervals_cover(rho):
    low, high = binom.ppf([0.001, 0.9995], 200, 0.95)
    assert low <= held(200, 800, rho) <= high


@pytest.mark.nightly
@pytest.mark.parametrize("rho", [0.0, 0.6, -0.4])
def test_recovery_intervals_cover_93_to_97_in_100(rho):
    assert 0.93 <= held(2000, 1500, rho) / 2000 <= 0.97


def test_recovery_covers_when_volatility_comes_in_spells():
    truth = mes(*garch_pair(np.random.default_rng(99), 60_000, 0.6)[::-1]).value
    count = 0
    for seed in range(100):
        x, y = garch_pair(np.random.default_rng(seed), 400, 0.6)
        found = mes(y, x, lags=15)
        count += found.low <= truth <= found.high
    assert count >= binom.ppf(0.001, 100, 0.9)


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1e-6, 3.0, 1e6]))
def test_invariance_of_units(seed, scale):
    x, y = student_pair(np.random.default_rng(seed), 200, 0.5, 4)
    base = mes(y, x)
    for other, unit, shift in (
        (mes(scale * y, x), scale, 0.0),
        (mes(y, scale * x + 1.0), 1.0, 0.0),
        (mes(y - 3.0, x), 1.0, -3.0),
    ):
        for name in ("value", "low", "high"):
            expected = unit * getattr(base, name) + shift
            assert getattr(other, name) == pytest.approx(expected, rel=1e-9, abs=1e-9 * unit)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_invariance_of_large_levels_and_row_order(seed):
    rng = np.random.default_rng(seed)
    x, y = np.round(student_pair(rng, 200, 0.5, 4) * 2**16) / 2**16
    base, moved = mes(y, x), mes(y, x + 1e8)
    assert moved.low == pytest.approx(base.low, abs=1e-9)
    rows = rng.permutation(200)
    assert mes(y[rows], x[rows]).value == pytest.approx(base.value, abs=1e-12)


# degenerate

GOOD, OTHER = np.random.default_rng(0).standard_normal((2, 60))


@pytest.mark.parametrize(
    ("y", "x", "options", "reason"),
    [
        (GOOD, np.ones(60), {}, "constant"),
        (np.ones(60), GOOD, {}, "constant"),
        (GOOD, np.where(np.arange(60) == 5, np.nan, OTHER), {}, "not_finite"),
        (GOOD, np.where(np.arange(60) == 5, np.inf, OTHER), {}, "not_finite"),
        (GOOD[:19], OTHER[:19], {}, "too_short"),
        (GOOD, OTHER, {"tau": 0.05}, "too_short"),
        (GOOD, OTHER[:50], {}, "shape"),
        (np.column_stack([GOOD, OTHER]), OTHER, {}, "shape"),
        (GOOD, OTHER, {"tau": 0.0}, "tau"),
        (GOOD, OTHER, {"tau": 0.7}, "tau"),
        (GOOD, OTHER, {"level": 1.0}, "level"),
        (GOOD, OTHER, {"lags": -1}, "lags"),
    ],
)
def test_degenerate_samples_are_refused(y, x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        mes(y, x, **({"tau": 0.2} | options))
    assert caught.value.reason == reason


# form


def test_results_are_frames():
    found = mes(pd.Series(GOOD), pd.Series(OTHER), 0.1)
    assert found.to_frame().loc[0.1, "value"] == found.value
    assert "threshold" in found.summary()
