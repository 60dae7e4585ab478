import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.regression import (
    critical_value,
    long_run_covariance,
    newey_west_lags,
    normal_pvalue,
    ols_hac,
)


def sample(nobs, width, seed, persistence=0.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((nobs, width))
    e = rng.standard_normal(nobs)
    for t in range(1, nobs):
        x[t] += persistence * x[t - 1]
        e[t] += persistence * e[t - 1]
    return 0.3 + x @ np.arange(1.0, width + 1.0) + e * (1 + 0.5 * np.abs(x[:, 0])), x


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("lags", [0, 5, None])
@pytest.mark.parametrize("nobs", [30, 250])
def test_equals_statsmodels(intercept, lags, nobs):
    y, x = sample(nobs, 3, seed=nobs, persistence=0.5)
    ours = ols_hac(y, x, lags, intercept=intercept, level=0.9)
    used = math.floor(4 * (nobs / 100) ** (2 / 9)) if lags is None else lags
    theirs = sm.OLS(y, sm.add_constant(x) if intercept else x).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": False}
    )
    interval = theirs.conf_int(0.1)
    assert ours.lags == used
    np.testing.assert_allclose(ours.coef, theirs.params, rtol=1e-10)
    np.testing.assert_allclose(ours.cov, theirs.cov_params(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.se, theirs.bse, rtol=1e-10)
    np.testing.assert_allclose(ours.low, interval[:, 0], rtol=1e-9)
    np.testing.assert_allclose(ours.high, interval[:, 1], rtol=1e-9)
    np.testing.assert_allclose(ours.pvalue, theirs.pvalues, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(ours.residuals, theirs.resid, atol=1e-11)
    assert ours.r2 == pytest.approx(theirs.rsquared, abs=1e-12)


def test_long_run_covariance_equals_double_loop():
    scores = np.random.default_rng(4).standard_normal((40, 2))
    lags, total = 6, np.zeros((2, 2))
    for s in range(40):
        for t in range(40):
            if abs(s - t) <= lags:
                total += (1 - abs(s - t) / (lags + 1)) * np.outer(scores[s], scores[t])
    np.testing.assert_allclose(long_run_covariance(scores, lags), total / 40, rtol=1e-12)


@pytest.mark.parametrize(
    ("nobs", "lags"), [(1, 0), (3, 1), (100, 4), (252, 4), (756, 6), (2500, 8)]
)
def test_default_lag(nobs, lags):
    assert newey_west_lags(nobs) == lags


def test_normal_law_equals_scipy():
    for level in (0.5, 0.9, 0.95, 0.999):
        assert critical_value(level) == pytest.approx(sps.norm.ppf(0.5 + level / 2), rel=1e-12)
    z = np.array([-8.0, -1.0, 0.0, 0.3, 5.0])
    np.testing.assert_allclose(normal_pvalue(z, np.ones(5)), 2 * sps.norm.sf(abs(z)), rtol=1e-12)
    np.testing.assert_array_equal(normal_pvalue([0.0, -2.0, np.nan], 0.0)[:2], [1.0, 0.0])
    assert np.isnan(normal_pvalue([np.nan], [1.0])[0])


def test_interval_covers_under_autocorrelated_changing_variance():
    runs, hits, naive = 300, 0, 0
    for seed in range(runs):
        y, x = sample(400, 1, seed=1000 + seed, persistence=0.4)
        fit = ols_hac(y, x)
        hits += fit.low[1] <= 1.0 <= fit.high[1]
        plain = sm.OLS(y, sm.add_constant(x)).fit().conf_int()[1]
        naive += plain[0] <= 1.0 <= plain[1]
    # HAC intervals are known to be a little short: 95 % nominal, 90-98 % demanded.
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.91, 0.955])
    assert low <= hits <= high
    assert naive < low


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(1e-4, 1e4),
    st.floats(-1e3, 1e3),
    st.floats(1e-4, 1e4),
)
def test_units_and_levels_do_not_matter(seed, scale, shift, unit):
    y, x = sample(60, 2, seed)
    base = ols_hac(y, x)
    moved = ols_hac(y * unit, np.column_stack([x[:, 0] * scale + shift, x[:, 1]]))
    np.testing.assert_allclose(moved.coef[1:] / unit, base.coef[1:] / [scale, 1.0], rtol=1e-8)
    np.testing.assert_allclose(moved.se[1:] / unit, base.se[1:] / [scale, 1.0], rtol=1e-8)
    np.testing.assert_allclose(moved.residuals / unit, base.residuals, atol=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.permutations(range(4)))
def test_column_order_does_not_matter(seed, order):
    y, x = sample(60, 4, seed)
    base, moved = ols_hac(y, x), ols_hac(y, x[:, order])
    index = [0, *(1 + i for i in order)]
    np.testing.assert_allclose(moved.coef, base.coef[index], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(moved.cov, base.cov[np.ix_(index, index)], rtol=1e-8, atol=1e-12)


def test_large_level_costs_no_digits():
    y, x = sample(200, 2, 5)
    np.testing.assert_allclose(ols_hac(y, x + 1e7).coef[1:], ols_hac(y, x).coef[1:], rtol=1e-7)


def test_exact_line_has_no_error():
    x = np.arange(20.0)[:, None]
    fit = ols_hac(2 * x[:, 0] + 1, x)
    assert fit.r2 == pytest.approx(1.0)
    assert fit.se[1] < 1e-12


def test_arrays_cannot_be_written():
    fit = ols_hac(*sample(40, 2, 1))
    for name in ("coef", "se", "low", "high", "pvalue", "cov", "residuals"):
        assert not getattr(fit, name).flags.writeable


Y, X = sample(40, 2, 9)


@pytest.mark.parametrize(
    ("y", "x", "options", "reason"),
    [
        (Y, X[:, [0, 0]], {}, "collinear"),
        (Y, np.column_stack([X, X @ [1.0, 2.0]]), {}, "collinear"),
        (Y, np.column_stack([X, np.full(40, 0.1)]), {}, "collinear"),
        (Y, np.zeros((40, 1)), {"intercept": False}, "collinear"),
        (np.ones(40), X, {}, "constant"),
        (np.where(np.arange(40) == 3, np.nan, Y), X, {}, "not_finite"),
        (Y, np.where(X[3, 1] == X, np.inf, X), {}, "not_finite"),
        (Y[:-1], X, {}, "shape"),
        (Y, X[:, 0], {}, "shape"),
        (Y, np.empty((40, 0)), {"intercept": False}, "shape"),
        (Y[:3], X[:3], {}, "too_short"),
        (Y, X, {"lags": 40}, "too_short"),
        (Y, X, {"lags": -1}, "lags"),
        (Y, X, {"level": 1.0}, "level"),
    ],
)
def test_refuses(y, x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        ols_hac(y, x, **options)
    assert caught.value.reason == reason
    if reason == "collinear":
        assert caught.value.values["condition"] > 1e8


def test_constant_column_is_a_regressor_without_intercept():
    with_ones = ols_hac(Y, np.column_stack([np.ones(40), X]), intercept=False)
    np.testing.assert_allclose(with_ones.coef, ols_hac(Y, X).coef, rtol=1e-9)
    np.testing.assert_allclose(with_ones.se, ols_hac(Y, X).se, rtol=1e-9)
