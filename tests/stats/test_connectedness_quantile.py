"""Quantile connectedness: against slow loops; known truth; the artefact of uncentred residuals."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import simulated, slow_table, stable
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from comove.core.errors import NotEstimable
from comove.stats.connectedness import (
    QuantileConnectedness,
    QuantileConnectednessPath,
    QuantileVarOptions,
    quantile,
    static,
)
from comove.stats.connectedness._quantile_factors import fit_factors
from comove.stats.connectedness._quantile_kernels import residual_covariance, row_by_row
from comove.stats.quantile_regression import solve

seeds = st.integers(0, 2**31)


def drawn(seed, lags=1, width=3, nobs=200):
    rng = np.random.default_rng(seed)
    return simulated(*stable(rng, lags, width, 0.5), nobs, rng)


def slow_parts(x, taus, lags, centre):
    """Equation by equation: coefficients (p, k, k) and covariance of the residuals (k, k)."""
    width = x.shape[1]
    regressors = np.column_stack([x[lags - lag : len(x) - lag] for lag in range(1, lags + 1)])
    fits = [solve(x[lags:, i], regressors, taus[i]) for i in range(width)]
    errors = np.column_stack(
        [x[lags:, i] - fits[i].coef[0] - regressors @ fits[i].coef[1:] for i in range(width)]
    )
    if centre:
        errors = errors - errors.mean(axis=0)
    coefficients = np.array(
        [
            [fits[i].coef[1 + lag * width : 1 + (lag + 1) * width] for i in range(width)]
            for lag in range(lags)
        ]
    )
    return coefficients, errors.T @ errors / len(errors)


# reference


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("method", ["generalized", "cholesky"])
@pytest.mark.parametrize(("taus", "lags"), [((0.1,) * 3, 1), ((0.5,) * 3, 2), ((0.1, 0.5, 0.9), 1)])
def test_reference_slow_loop(taus, lags, method, centre):
    x = drawn(lags, lags)
    options = QuantileVarOptions(method=method)
    tau = taus if len(set(taus)) > 1 else taus[0]
    found = quantile(x, tau, lags, 7, centre=centre, options=options)
    coefficients, sigma = slow_parts(x, taus, lags, centre)
    np.testing.assert_allclose(found.coefficients, coefficients, atol=1e-11)
    np.testing.assert_allclose(found.sigma, sigma, atol=1e-11)
    np.testing.assert_allclose(found.table, slow_table(coefficients, sigma, 7, method), atol=1e-11)
    assert found.tau == taus
    assert isinstance(found, QuantileConnectedness)


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_reference_every_window_is_a_sample(centre, normalize):
    x = drawn(5, 2, 3, 150)
    options = QuantileVarOptions(normalize=normalize)
    path = quantile(x, 0.2, 2, 6, 90, centre, options=options)
    assert isinstance(path, QuantileConnectednessPath)
    skipped = 0
    for last, line in zip(path.dates, path.table, strict=True):
        sample = x[last - 89 : last + 1]
        if np.isnan(line).all():
            skipped += 1
            with pytest.raises(NotEstimable, match="explosive"):
                quantile(sample, 0.2, 2, 6, centre=centre, options=options)
            continue
        expected = quantile(sample, 0.2, 2, 6, centre=centre, options=options).table
        np.testing.assert_allclose(line, expected, atol=1e-10)
    assert path.explosive == skipped


def test_reference_covariance_of_the_kernel_is_a_slow_loop():
    rng = np.random.default_rng(0)
    coefs, regressors, targets = (
        rng.standard_normal(shape) for shape in ((2, 5), (30, 4), (30, 2))
    )
    errors = targets - coefs[:, 0] - regressors @ coefs[:, 1:].T
    sigma = np.empty((2, 2))
    residual_covariance(coefs, regressors, targets, False, sigma)
    np.testing.assert_allclose(sigma, errors.T @ errors / 30, atol=1e-13)
    residual_covariance(coefs, regressors, targets, True, sigma)
    np.testing.assert_allclose(sigma, np.cov(errors.T, bias=True), atol=1e-13)


def shared(seed, nobs=400, width=8, load=0.8):
    """Noise that shares a factor, in units of its columns; and the factor."""
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(nobs)
    x = load * factor[:, None] + rng.standard_normal((nobs, width))
    return (x - x.mean(axis=0)) / x.std(axis=0), factor


def test_reference_factors_are_where_neither_half_step_gains():
    x, _ = shared(0, 200)
    found = fit_factors(x[:-1], x[1:], 0.3, 1)
    losses = [solve(x[1:, i], np.column_stack([x[:-1], found.factors]), 0.3).loss for i in range(8)]
    assert sum(losses) == pytest.approx(found.loss, rel=1e-5)
    np.testing.assert_allclose(found.factors.T @ found.factors / 199, [[1.0]], atol=1e-12)
    start = np.linalg.svd(x[1:] - x[1:].mean(axis=0), full_matrices=False)[0][:, :1]
    begun = [solve(x[1:, i], np.column_stack([x[:-1], start]), 0.3).loss for i in range(8)]
    assert found.loss < sum(begun)


def test_reference_rows_of_factors_are_a_slow_loop():
    rng = np.random.default_rng(1)
    design, targets = rng.standard_normal((6, 1)), rng.standard_normal((40, 6))
    found = np.empty((40, 1))
    assert row_by_row(design, targets, 0.2, found)
    for row, value in zip(targets, found[:, 0], strict=True):
        tried = row / design[:, 0]
        errors = row[None, :] - tried[:, None] * design[:, 0]
        losses = np.where(errors > 0, 0.2 * errors, -0.8 * errors).sum(axis=1)
        assert value == pytest.approx(tried[losses.argmin()], rel=1e-12)
    assert not row_by_row(np.zeros((6, 1)), targets, 0.2, found)


def test_reference_windows_with_factors_are_samples():
    x, _ = shared(2, 123)
    options = QuantileVarOptions(factors=1)
    path = quantile(x, 0.5, 1, 5, 120, options=options)
    for last, line in zip(path.dates, path.table, strict=True):
        expected = quantile(x[last - 119 : last + 1], 0.5, 1, 5, options=options).table
        np.testing.assert_allclose(line, expected, atol=1e-6)
    assert path.factors == 1


# recovery


def test_recovery_of_a_common_factor():
    x, factor = shared(0, 800)
    plain = quantile(x, 0.5, 1, 10)
    beyond = quantile(x, 0.5, 1, 10, options=QuantileVarOptions(factors=1))
    assert plain.total > 0.4
    assert beyond.total < 0.1
    found = fit_factors(x[:-1], x[1:], 0.5, 1)
    assert abs(np.corrcoef(found.factors[:, 0], factor[1:])[0, 1]) > 0.8


def test_recovery_of_a_location_model_at_every_quantile():
    """A vector autoregression with independent noise moves all quantiles alike."""
    rng = np.random.default_rng(0)
    coefficients = np.array([[[0.4, 0.3, 0.0], [0.0, 0.3, 0.0], [0.2, 0.0, 0.2]]])
    x = simulated(coefficients, np.eye(3), 20_000, rng)
    truth = slow_table(coefficients, np.eye(3), 10)
    for tau in (0.1, 0.5, 0.9):
        found = quantile(x, tau, 1, 10)
        np.testing.assert_allclose(found.coefficients, coefficients, atol=0.05)
        np.testing.assert_allclose(found.table, truth, atol=0.02)


def index_of_noise(width, freedom, centre, runs=60):
    """Mean index at the 5 percent quantile of unrelated series."""
    found = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        size = (1000, width)
        x = rng.standard_normal(size) if freedom is None else rng.standard_t(freedom, size)
        found.append(quantile(x, 0.05, 1, 10, centre=centre).total)
    return 100 * np.mean(found)


@pytest.mark.parametrize(
    ("width", "freedom", "uncentred", "centred"),
    [(2, None, 34.5, 0.5), (4, None, 61.7, 1.2), (4, 4, 58.6, 1.4)],
)
def test_recovery_of_no_spillover_needs_the_centre(width, freedom, uncentred, centred):
    assert index_of_noise(width, freedom, False) == pytest.approx(uncentred, abs=1.5)
    # what is left falls with the length of the sample, which the figures do not say
    assert 0.0 < index_of_noise(width, freedom, True) < 2.0 * centred


def test_recovery_artefact_is_what_theory_says():
    mean = -norm.ppf(0.05)
    share = (mean**2 / (mean**2 + 1)) ** 2
    expected = 100 * share / (1 + share)
    assert index_of_noise(2, None, False) == pytest.approx(expected, abs=1.0)


def test_recovery_at_the_median_is_close_to_least_squares():
    x = drawn(1, nobs=5000)
    np.testing.assert_allclose(quantile(x, 0.5, 1, 10).table, static(x, 1, 10).table, atol=0.02)


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1e-5, 1e5]))
def test_invariance_of_units(seed, scale):
    x = drawn(seed, nobs=120)
    for window in (None, 100):
        base = quantile(x, 0.3, 1, 5, window).table
        np.testing.assert_allclose(quantile(x * scale, 0.3, 1, 5, window).table, base, atol=1e-9)
        units = np.array([1.0, scale, -2.0])
        turned = quantile(x * units, (0.3, 0.3, 0.7), 1, 5, window).table
        np.testing.assert_allclose(turned, base, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1.0, -1e4, 1e8]))
def test_invariance_of_levels(seed, offset):
    x = np.round(drawn(seed, nobs=120) * 2**16) / 2**16  # exact beside 1e8
    for window in (None, 100):
        base = quantile(x, 0.3, 1, 5, window).table
        np.testing.assert_allclose(quantile(x + offset, 0.3, 1, 5, window).table, base, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.permutations(range(3)))
def test_invariance_of_column_order(seed, order):
    x = drawn(seed, nobs=120)
    base = quantile(x, 0.3, 1, 5).table
    np.testing.assert_allclose(
        quantile(x[:, order], 0.3, 1, 5).table, base[np.ix_(order, order)], atol=1e-9
    )


def test_invariance_of_the_past():
    x = drawn(3, nobs=160)
    whole, part = quantile(x, 0.2, 1, 5, 100), quantile(x[:140], 0.2, 1, 5, 100)
    np.testing.assert_allclose(whole.table[:41], part.table, atol=1e-9)


# degenerate


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tau": 0.0}, "tau"),
        ({"tau": 1.0}, "tau"),
        ({"tau": (0.1, 0.2)}, "tau"),
        ({"tau": np.nan}, "tau"),
        ({"lags": 0}, "lags"),
        ({"horizon": 0}, "horizon"),
        ({"x": np.ones((100, 3))}, "constant"),
        ({"x": np.arange(100.0)}, "shape"),
        ({"x": np.random.default_rng(0).standard_normal((7, 3))}, "too_short"),
        ({"window": 7}, "too_short"),
        ({"window": 101}, "too_short"),
        ({"tau": 0.005}, "too_short"),
        ({"options": QuantileVarOptions(method="other")}, "method"),
        ({"options": QuantileVarOptions(factors=1)}, "factors"),
        ({"options": QuantileVarOptions(factors=-1)}, "factors"),
        ({"options": QuantileVarOptions(factors=1), "tau": (0.1, 0.2, 0.3)}, "factors"),
    ],
)
def test_degenerate_calls_are_refused(change, reason):
    call = {"x": drawn(0, nobs=100), "tau": 0.2, "lags": 1, "horizon": 5} | change
    with pytest.raises(NotEstimable) as caught:
        quantile(**call)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("value", "reason"), [(np.nan, "not_finite"), (np.inf, "not_finite")])
def test_degenerate_values_are_refused(value, reason):
    x = drawn(0)
    x[7, 1] = value
    with pytest.raises(NotEstimable) as caught:
        quantile(x, 0.2, 1, 5)
    assert caught.value.reason == reason


def test_degenerate_columns_are_refused():
    x = drawn(0)
    for other in (np.column_stack([x, x[:, 0]]), np.column_stack([x, x[:, 0] - 2 * x[:, 1]])):
        for window in (None, 150):
            with pytest.raises(NotEstimable) as caught:
                quantile(other, 0.2, 1, 5, window)
            assert caught.value.reason == "collinear"


def test_degenerate_trend_is_explosive():
    rng = np.random.default_rng(0)
    x = np.cumsum(np.cumsum(rng.standard_normal((300, 2)), axis=0), axis=0) + 0.01
    x = x * np.exp(np.arange(300) / 30)[:, None]
    with pytest.raises(NotEstimable) as caught:
        quantile(x, 0.5, 1, 5)
    assert caught.value.reason == "explosive"


def test_degenerate_windows_are_skipped_and_counted():
    x = drawn(0, nobs=200)
    x[50:120, 1] = 0.0
    path = quantile(x, 0.3, 1, 5, 60)
    assert path.singular >= 11
    np.testing.assert_array_equal(np.isnan(path.table).any(axis=(1, 2)), np.isnan(path.total))
    assert np.isnan(path.total).sum() == path.singular + path.explosive
    alone = quantile(x[-60:], 0.3, 1, 5)
    np.testing.assert_allclose(path.table[-1], alone.table, atol=1e-10)


# form


def test_results_are_frames_with_dates():
    x = pd.DataFrame(
        drawn(0), columns=["gold", "tech", "dollar"], index=pd.date_range("2024-01-01", periods=200)
    )
    path = quantile(x, 0.1, 1, 10, window=150)
    assert path.to_frame().index[-1] == x.index[-1]
    found = quantile(x, 0.1, 1, 10)
    assert "tau" in found.summary()
    assert "tau" in repr(path) or "total" in repr(path) or "latest" in repr(path)
    assert found.to_frame().loc["gold", "tech"] == found.table[0, 1]
    assert abs(found.net.sum()) < 1e-12
