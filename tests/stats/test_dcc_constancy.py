"""The test of constant correlation: against statsmodels, its level, its power, what it refuses."""

import dataclasses

import numpy as np
import pytest
import statsmodels.api as sm
from garch_cases import DAILY, binomial_bounds, dcc_returns, garch_returns
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from comove.core.errors import NotEstimable
from comove.stats import garch
from comove.stats.dcc import constancy_test

X = dcc_returns((1, 600, 3), (0.05, 0.92), 71)[0]


def test_reference_of_a_regression_by_statsmodels():
    margins = garch.fit(X, start="backcast")
    found = constancy_test(margins, lags=4)
    z = margins.residuals
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    free = z @ vectors @ np.diag(values**-0.5) @ vectors.T
    response, past = [], []
    for i in range(3):
        for j in range(i):
            y = free[:, i] * free[:, j]
            response.append(y[4:])
            past.append(np.column_stack([y[4 - lag : -lag] for lag in range(1, 5)]))
    response, past = np.concatenate(response), np.concatenate(past)
    ols = sm.OLS(response, past).fit()
    np.testing.assert_allclose(found.coefficients, ols.params, rtol=1e-9)
    ours = ols.wald_test(np.eye(4), use_f=False, scalar=True)
    assert found.statistic == pytest.approx(float(ours.statistic), rel=1e-9)
    assert found.pvalue == pytest.approx(float(ours.pvalue), rel=1e-9)
    ols = sm.OLS(response, sm.add_constant(past)).fit()
    everything = ols.wald_test(np.eye(5), use_f=False, scalar=True)
    assert found.pvalue_published == pytest.approx(float(everything.pvalue), rel=1e-9)
    assert np.isnan(found.pvalue_permuted)


def outcomes(runs, nobs, k, nu=None, **options):
    """P-values under constant correlation with GARCH margins, all margins fitted together."""
    rng = np.random.default_rng(72)
    x = garch_returns(nobs, runs * k, DAILY, 72, nu=nu).reshape(nobs, runs, k)
    mixing = np.linalg.cholesky(0.4 + 0.6 * np.eye(k)).T
    # Correlation is brought in after the margins' residuals are known, so that it is constant.
    residuals = garch.fit(x.reshape(nobs, -1), start="backcast", compiled=True)
    for run in range(runs):
        z = residuals.residuals[:, run * k : (run + 1) * k] @ mixing
        names = tuple(str(i) for i in range(k))
        margins = dataclasses.replace(residuals, residuals=z, names=names)
        yield constancy_test(margins, rng=rng if options.get("permuted") else None)


@pytest.mark.parametrize("lags", [5])
def test_recovery_false_positive_rate(lags):
    found = [result.pvalue for result in outcomes(300, 800, 3)]
    low, high = binomial_bounds(0.05, 300)
    assert low < np.mean(np.array(found) < 0.05) < high
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_recovery_published_p_values_are_too_large():
    # The constant of the regression is zero by construction and still costs a degree of freedom.
    results = list(outcomes(200, 600, 3))
    ours, published = (
        np.array([getattr(result, name) for result in results])
        for name in ("pvalue", "pvalue_published")
    )
    assert (published > ours).all()
    assert np.mean(published < 0.05) <= np.mean(ours < 0.05)


def test_recovery_false_positive_rate_of_the_permuted_p_value():
    found = np.array(
        [result.pvalue_permuted for result in outcomes(60, 300, 3, nu=5, permuted=True)]
    )
    low, high = binomial_bounds(0.10, 60)
    assert max(low, 0.0) <= np.mean(found <= 0.10) < high


@pytest.mark.nightly
def test_recovery_false_positive_rate_in_many_runs():
    found = np.array([result.pvalue for result in outcomes(2000, 1000, 3)])
    assert 0.035 < np.mean(found < 0.05) < 0.065


def test_recovery_power_against_changing_correlation():
    samples = dcc_returns((25, 1000, 3), (0.05, 0.92), 73)
    found = [constancy_test(x).pvalue for x in samples]
    assert np.mean(np.array(found) < 0.05) > 0.85
    rng = np.random.default_rng(1)
    assert constancy_test(samples[0], rng=rng).pvalue_permuted < 0.05


@settings(max_examples=10, deadline=None)
@given(
    st.permutations(range(3)),
    st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3),
    st.lists(st.sampled_from([-1, 1]), min_size=3, max_size=3),
)
def test_invariance_to_order_unit_and_sign(order, scale, signs):
    base = constancy_test(X)
    moved = constancy_test((X * scale * signs)[:, order])
    assert moved.statistic == pytest.approx(base.statistic, rel=1e-6)
    expected = (base.correlation * np.outer(signs, signs))[order][:, order]
    np.testing.assert_allclose(moved.correlation, expected, atol=1e-8)


@pytest.mark.parametrize(
    ("x", "lags", "reason"),
    [
        (X[:, :1], 5, "shape"),
        (X[:90], 5, "too_short"),
        (X, 0, "lags"),
        (X, 200, "lags"),
        (X[:, [0, 0]], 5, "collinear"),
        (np.where(X[3, 1] == X, np.nan, X), 5, "not_finite"),
    ],
)
def test_degenerate(x, lags, reason):
    with pytest.raises(NotEstimable) as caught:
        constancy_test(x, lags=lags)
    assert caught.value.reason == reason


def test_text():
    found = constancy_test(X)
    assert "pvalue_published" in found.summary()
    assert found.to_frame().shape == (3, 3)
