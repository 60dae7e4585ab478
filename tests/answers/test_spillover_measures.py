"""Intervals, same-day links and rolling totals against known truth, loops and other estimators."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.answers.spillover.measuring import MATTERS, false_share, judged
from comove.answers.spillover.resampling import (
    Design,
    bounds,
    lead,
    made_again,
    rolling_totals,
)
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.stats.connectedness import rolling, static
from comove.stats.connectedness._fevd import Decomposition, decompose

HOW = Decomposition(horizon=10)


def design(replications=99, lags=1, level=0.95):
    return Design(lags=lags, horizon=10, replications=replications, level=level)


def simulated(coefficients, sigma, nobs, rng):
    path = rng.standard_normal((nobs + 100, len(sigma))) @ np.linalg.cholesky(sigma).T
    for row in range(1, len(path)):
        path[row] += coefficients @ path[row - 1]
    return path[100:]


def least_squares(regressors, target):
    regressors = np.column_stack([np.ones(len(target)), *regressors])
    slopes = np.linalg.lstsq(regressors, target, rcond=None)[0]
    return slopes[1:], target - regressors @ slopes


def slow_lead(x, lags):
    """The total less that of columns on their own lags, one regression after another."""
    width = x.shape[1]
    coefficients, errors = np.zeros((lags, width, width)), []
    for column in range(width):
        before = [x[lags - lag : len(x) - lag, column] for lag in range(1, lags + 1)]
        slopes, left = least_squares(before, x[lags:, column])
        coefficients[:, column, column] = slopes
        errors.append(left)
    sigma = np.array(errors) @ np.array(errors).T / len(errors[0])
    table = decompose(coefficients, sigma, HOW)
    return static(x, lags, 10).total - (table.sum() - np.trace(table)) / width


@pytest.mark.parametrize("lags", [1, 3])
def test_reference_lead_against_one_regression_after_another(lags):
    x = np.random.default_rng(lags).standard_normal((150, 3))
    x[1:, 1] += 0.5 * x[:-1, 0]
    found, draws = lead(x, design(lags=lags), np.random.default_rng(0))
    assert found == pytest.approx(slow_lead(x, lags), abs=1e-12)
    assert draws.shape == (99,)


@pytest.mark.parametrize("lags", [1, 2])
def test_reference_rolling_totals_are_those_of_the_compiled_estimator(lags):
    x = np.random.default_rng(5).standard_normal((320, 4))
    ours = rolling_totals(x, design(lags=lags), 120)
    theirs = rolling(x, lags=lags, horizon=10, window=120).total
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_reference_bounds_reflect_the_quantiles():
    draws = np.random.default_rng(0).standard_normal(500) + 3.0
    low, high = bounds(2.5, draws, 0.9)
    assert low == pytest.approx(5.0 - np.quantile(draws, 0.95))
    assert high == pytest.approx(5.0 - np.quantile(draws, 0.05))
    assert bounds(0.01, draws, 0.9, 0.0) == (0.0, 0.01)


def test_reference_false_share_against_the_definition():
    pvalues = np.random.default_rng(1).random(30)
    ranked = np.sort(pvalues)
    for value, found in zip(pvalues, false_share(pvalues), strict=True):
        later = [ranked[k] * 30 / (k + 1) for k in range(30) if ranked[k] >= value]
        assert found == pytest.approx(min(1.0, *later))


@pytest.mark.parametrize("same_day", [0.0, 0.7])
def test_recovery_same_day_links_alone_are_called_a_lead_at_the_nominal_rate(same_day):
    rng = np.random.default_rng(11)
    sigma = np.full((3, 3), same_day) + (1.0 - same_day) * np.eye(3)
    false = 0
    for _ in range(200):
        x = simulated(0.1 * np.eye(3), sigma, 250, rng)
        found, draws = lead(x, design(), rng)
        false += (1 + (draws >= found).sum()) / 100 <= 0.05
    assert 2 <= false <= 19  # 99.9 % of a binomial with n = 200, p = 0.05


def test_recovery_a_lead_is_found_behind_same_day_links():
    rng = np.random.default_rng(12)
    sigma = np.array([[1.0, 0.5], [0.5, 1.0]])
    coefficients = np.array([[0.0, 0.0], [0.5, 0.0]])
    hits = 0
    for _ in range(50):
        x = simulated(coefficients, sigma, 250, rng)
        found, draws = lead(x, design(), rng)
        hits += found > np.quantile(draws, 0.95)
    assert hits >= 45


def test_recovery_intervals_of_total_and_net_cover_the_truth():
    rng = np.random.default_rng(13)
    sigma = np.array([[1.0, 0.4, 0.0], [0.4, 1.0, 0.3], [0.0, 0.3, 1.0]])
    coefficients = np.array([[0.1, 0.0, 0.0], [0.4, 0.1, 0.0], [0.0, 0.0, 0.1]])
    truth = decompose(coefficients[None], sigma, HOW)
    off = truth - np.diag(np.diag(truth))
    held = np.zeros(2)
    for _ in range(200):
        x = simulated(coefficients, sigma, 250, rng)
        tables, _ = made_again(x, design(199), rng)
        table = static(x, 1, 10).table
        for place, figure in enumerate((_total, _net)):
            low, high = bounds(figure(table), figure(tables), 0.95)
            held[place] += low <= figure(truth) <= high
    assert off.sum() / 3 > 0.1
    assert (held >= 175).all(), held  # 0.01 % of a binomial with n = 200, p = 0.95
    assert (held <= 199).all(), held


def _total(tables):
    return 1.0 - np.trace(tables, axis1=-2, axis2=-1) / tables.shape[-1]


def _net(tables):
    return tables[..., :, 0].sum(axis=-1) - tables[..., 0, :].sum(axis=-1)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-10.0, 10.0),
)
def test_invariance_scale_sign_and_constant(seed, scale, shift):
    x = np.random.default_rng(seed).standard_normal((120, 3))
    signs = np.array([1.0, -1.0, 1.0])
    plain = lead(x, design(), np.random.default_rng(1))[0]
    other = lead(x * signs * scale + shift, design(), np.random.default_rng(1))[0]
    turned = lead(x[:, ::-1], design(), np.random.default_rng(1))[0]
    assert other == pytest.approx(plain, abs=1e-9)
    assert turned == pytest.approx(plain, abs=1e-9)


def test_determinism_and_the_number_of_replications():
    x = np.random.default_rng(3).standard_normal((200, 2))
    first, second = (made_again(x, design(), np.random.default_rng(4))[0] for _ in range(2))
    assert first.tobytes() == second.tobytes()
    np.testing.assert_allclose(first.sum(axis=-1), 1.0, atol=1e-12)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("bad", ["nan", "short", "collinear"])
def test_degenerate_input_is_refused(bad):
    x = np.random.default_rng(0).standard_normal((100, 3))
    if bad == "nan":
        x[3, 1] = np.nan
    elif bad == "short":
        x = x[:6]
    else:
        x[:, 2] = x[:, 0]
    for made in (made_again, lead):
        with pytest.raises(NotEstimable):
            made(x, design(), np.random.default_rng(0))


def estimate(value, low, high):
    day = np.datetime64("2026-02-06").item()
    return Estimate(
        value=value, unit="share", low=low, high=high, nobs=250, first=day, last=day, method="exact"
    )


@pytest.mark.parametrize(
    ("pvalue", "low", "high", "noise", "verdict"),
    [
        (0.01, 0.1, 0.3, 0.05, "supports"),
        (0.05, 0.1, 0.3, 0.05, "supports"),
        (0.06, 0.1, 0.3, 0.05, "cannot_tell"),
        (0.5, 0.0, 0.05 + 0.9 * MATTERS, 0.05, "against"),
        (0.5, -0.5, 0.01, 0.0, "cannot_tell"),
    ],
)
def test_judged_in_the_four_words(pvalue, low, high, noise, verdict):
    assert judged(pvalue, estimate(0.2, low, high), noise) == verdict
