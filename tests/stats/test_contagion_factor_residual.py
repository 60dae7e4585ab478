"""Residual correlation after factors: partial correlations, level, power, coverage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps
from statsmodels.regression.linear_model import OLS

from comove.core.errors import NotEstimable
from comove.stats.contagion import factor_residual
from comove.stats.correlation import correlation

LATE = np.arange(400) >= 320


def market(rng, *, link=0.3, later=0.3, rise=1.0, nu=None):
    """Two series on three factors whose variance rises; residual slope ``link``, then ``later``."""
    own = rng.standard_normal((400, 2)) if nu is None else rng.standard_t(nu, (400, 2))
    factors = rng.standard_normal((400, 3))
    factors[LATE] *= rise
    own[:, 1] += np.where(LATE, later, link) * own[:, 0]
    return own + factors @ rng.normal(0.0, 1.0, (3, 2)), factors


def test_reference_residuals_equal_least_squares_in_each_period():
    x, factors = market(np.random.default_rng(1))
    found = factor_residual(x, LATE, factors)
    parts = []
    for rows in (~LATE, LATE):
        design = np.column_stack([np.ones(rows.sum()), factors[rows]])
        parts.append([OLS(x[rows, j], design).fit().resid for j in (0, 1)])
    values = [np.corrcoef(*part)[0, 1] for part in parts]
    assert [found.stable, found.crisis] == pytest.approx(values, abs=1e-12)
    assert found.change == pytest.approx(values[1] - values[0], abs=1e-12)
    rows = [correlation(*part).nobs_effective for part in parts]
    z = (np.arctanh(values[1]) - np.arctanh(values[0])) / np.sqrt(sum(1 / (n - 6) for n in rows))
    assert found.z == pytest.approx(z, rel=1e-10)
    assert found.pvalue == pytest.approx(sps.norm.sf(z), rel=1e-9)
    assert found.raw_crisis == pytest.approx(np.corrcoef(x[LATE].T)[0, 1])


def test_reference_stable_exposures_equal_a_forecast():
    x, factors = market(np.random.default_rng(2))
    found = factor_residual(x, LATE, factors, betas="stable")
    design = np.column_stack([np.ones(400), factors])
    left = [
        x[LATE, j] - design[LATE] @ OLS(x[~LATE, j], design[~LATE]).fit().params for j in (0, 1)
    ]
    assert found.crisis == pytest.approx(np.corrcoef(left)[0, 1], abs=1e-12)


@pytest.mark.parametrize("betas", ["own", "stable"])
@pytest.mark.parametrize(("rise", "nu"), [(1.0, None), (3.0, 5)])
def test_recovery_false_positives_keep_the_level(betas, rise, nu):
    rng, runs, rejected = np.random.default_rng(3), 250, 0
    for _ in range(runs):
        x, factors = market(rng, rise=rise, nu=nu)
        rejected += factor_residual(x, LATE, factors, betas).pvalue < 0.05
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.03, 0.065])
    assert low <= rejected <= high


@pytest.mark.nightly
def test_recovery_false_positives_keep_the_level_over_many_runs():
    rng, rejected = np.random.default_rng(4), 0
    for _ in range(2000):
        x, factors = market(rng)
        rejected += factor_residual(x, LATE, factors).pvalue < 0.05
    low, high = sps.binom.ppf([0.0005, 0.9995], 2000, [0.035, 0.065])
    assert low <= rejected <= high


def test_recovery_interval_covers_the_change_and_contagion_is_found():
    rng, runs, hits, found = np.random.default_rng(5), 250, 0, 0
    truth = 1.0 / np.sqrt(2.0) - 0.3 / np.sqrt(1.09)
    for _ in range(runs):
        x, factors = market(rng, later=1.0, rise=2.0)
        result = factor_residual(x, LATE, factors)
        hits += result.low <= truth <= result.high
        found += result.pvalue < 0.05
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.93, 0.97])
    assert low <= hits <= high
    assert found > 0.9 * runs


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3), st.sampled_from([0.0, 1e3, 1e8]))
def test_invariance_to_units_signs_levels_and_order(seed, unit, level):
    x, factors = market(np.random.default_rng(seed))
    x, factors = np.round(x * 2**18) / 2**18, np.round(factors * 2**18) / 2**18
    power = 2.0 ** round(np.log2(unit))
    shift = power * level  # a level far above the unit would round the figures themselves
    base = factor_residual(x, LATE, factors)
    turn = factors[:, [2, 0, 1]] * [1.0, -4.0, 0.5] + level
    moved = factor_residual(x[:, ::-1] * [power, 2.0] + [shift, level], LATE, turn)
    tolerance = 1e-9 if level < 1e8 else 1e-7
    assert moved.stable == pytest.approx(base.stable, abs=tolerance)
    assert moved.z == pytest.approx(base.z, abs=100 * tolerance)
    flipped = factor_residual(x * [-1.0, 1.0], LATE, factors)
    assert flipped.z == pytest.approx(-base.z, abs=1e-9)


X, F = market(np.random.default_rng(6))


@pytest.mark.parametrize(
    ("x", "crisis", "factors", "kwargs", "reason"),
    [
        (X, LATE[:50], F, {}, "shape"),
        (X, LATE.astype(float), F, {}, "shape"),
        (X, LATE, F[:50], {}, "shape"),
        (X[:, :1], LATE, F, {}, "shape"),
        (X, LATE, np.empty((400, 0)), {}, "shape"),
        (X, np.arange(400) >= 390, F, {}, "too_short"),
        (X, np.zeros(400, dtype=bool), F, {}, "too_short"),
        (np.where(np.eye(400, 2) > 0, np.nan, X), LATE, F, {}, "not_finite"),
        (X, LATE, np.where(np.eye(400, 3) > 0, np.inf, F), {}, "not_finite"),
        (np.column_stack([X[:, 0], np.ones(400)]), LATE, F, {}, "constant"),
        (X, LATE, F[:, [0, 0]], {}, "collinear"),
        (X, LATE, np.where(LATE[:, None], 1.0, F), {}, "constant"),
        (np.column_stack([X[:, 0], F[:, 0]]), LATE, F, {}, "collinear"),
        (X[:, [0, 0]], LATE, F, {}, "collinear"),
        (X, LATE, F, {"betas": "rolling"}, "option"),
        (X, LATE, F, {"level": 2.0}, "level"),
    ],
)
def test_degenerate_samples_are_refused(x, crisis, factors, kwargs, reason):
    with pytest.raises(NotEstimable) as caught:
        factor_residual(x, crisis, factors, **kwargs)
    assert caught.value.reason == reason


def test_frames_are_read():
    found = factor_residual(pd.DataFrame(X), LATE, pd.DataFrame(F))
    assert found.to_frame().index.tolist() == ["stable", "crisis"]
    assert "pvalue" in found.summary()
