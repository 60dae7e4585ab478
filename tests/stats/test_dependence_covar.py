"""CoVaR: the closed form of normals, figures of R, states that move, coverage."""

import math

import numpy as np
import pandas as pd
import pytest
from dependence_cases import normal_pair, student_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from comove.core.errors import NotEstimable
from comove.stats.dependence import CoVaROptions, covar
from comove.stats.quantile_regression import solve

seeds = st.integers(0, 2**31)
FEW = CoVaROptions(replications=10, block=1.0)
Z = norm.ppf(0.05)


def alone(seed=0):
    return np.random.default_rng(seed)


# reference


def test_reference_closed_form_of_the_normal():
    """Normal scores in place of draws: the published figures to their digits, up to sampling."""
    u, e = np.meshgrid(
        norm.ppf((np.arange(400) + 0.5) / 400), norm.ppf((np.arange(400) + 0.5) / 400)
    )
    x, y = u.ravel(), 0.02 * (0.6 * u + 0.8 * e).ravel()
    found = covar(y, x, alone(), options=CoVaROptions(replications=2, block=1.0))
    assert found.latest_delta == pytest.approx(-0.0197382, abs=2e-4)
    assert found.latest_covar == pytest.approx(-0.0460559, abs=2e-4)


def test_reference_figures_of_r(peers):
    returns, theirs = peers("input_systemicr_returns.csv"), peers("w8_R.json")["SystemicR_static"]
    system = returns["SXXP.Index"]
    options = CoVaROptions(var="normal", replications=2, block=1.0)
    for place, name in enumerate(returns.columns[1:25]):
        found = covar(system, returns[name], alone(), options=options)
        assert found.latest_covar == pytest.approx(theirs["CoVaR"][0][place], abs=1e-14)
        assert found.latest_delta == pytest.approx(theirs["DeltaCoVaR"][place], abs=1e-14)


def test_reference_path_of_r_from_its_own_formula(peers):
    """That package takes the median where the paper has tau, and loses a state and x on its way."""
    returns, states = peers("input_systemicr_returns.csv"), peers("input_systemicr_state.csv")
    expected = peers("w8_systemicr_dcovar_t.csv").iloc[1:, 0].to_numpy()
    lagged, values = states.to_numpy()[:-1, :5], returns.to_numpy()[1:]
    deltas = []
    for place in range(1, values.shape[1]):
        x = values[:, place]
        both = solve(values[:, 0], np.column_stack([lagged, x]), 0.5).coef
        # its first regression is on the column before: the shift of one is the package's
        own = solve(values[:, place - 1], lagged, 0.05).coef
        var, middle = own[0] + lagged @ own[1:], both[0] + lagged @ both[1:-1]
        deltas.append(both[-1] * (var - middle))
    np.testing.assert_allclose(-100 * np.mean(deltas, axis=0), expected, rtol=0.0, atol=1e-9)


def test_reference_slow_steps_with_states():
    rng = alone(3)
    states = rng.standard_normal((300, 2))
    x, y = student_pair(rng, 300, 0.5, 4)
    found = covar(y, x, alone(), 0.1, states, FEW)
    lagged, x, y = states[:-1], x[1:], y[1:]
    own = [solve(x, lagged, tau).coef for tau in (0.1, 0.5)]
    both = solve(y, np.column_stack([x, lagged]), 0.1).coef
    var, median = (coef[0] + lagged @ coef[1:] for coef in own)
    np.testing.assert_allclose(found.var, var, atol=1e-11)
    np.testing.assert_allclose(found.median, median, atol=1e-11)
    np.testing.assert_allclose(found.covar, both[0] + both[1] * var + lagged @ both[2:], atol=1e-11)
    np.testing.assert_allclose(found.delta, both[1] * (var - median), atol=1e-11)
    np.testing.assert_allclose(found.coef, both, atol=1e-11)
    assert found.dates.tolist() == list(range(1, 300))


@pytest.mark.parametrize("nobs", [100, 103])
def test_reference_quantiles_of_x_are_order_statistics(nobs):
    x, y = normal_pair(alone(nobs), nobs, 0.5)
    found = covar(y, x, alone(), 0.1, options=FEW)
    assert found.var[0] == np.sort(x)[math.ceil(0.1 * nobs) - 1]
    assert found.median[0] == np.sort(x)[math.ceil(0.5 * nobs) - 1]


# recovery


def held(runs, replications, nobs=400):
    truth = np.array([0.02 * Z * (0.6 + 0.8), 0.02 * 0.6 * Z, 0.02 * 0.6])
    count = np.zeros(3)
    for seed in range(runs):
        rng = alone(seed)
        x, y = normal_pair(rng, nobs, 0.6)
        found = covar(0.02 * y, x, rng, options=CoVaROptions(replications=replications))
        low = found.covar_low[0], found.delta_low[0], found.beta_low
        high = found.covar_high[0], found.delta_high[0], found.beta_high
        count += (np.array(low) <= truth) & (truth <= np.array(high))
    return count


def test_recovery_intervals_cover():
    assert (held(200, 119) >= binom.ppf(0.001, 200, 0.94)).all()


@pytest.mark.nightly
def test_recovery_intervals_cover_93_to_98_in_100():
    share = held(2000, 999, 1000) / 2000
    assert (share >= 0.93).all()
    assert (share <= 0.985).all()


def test_recovery_of_moving_states():
    """One volatility moves all: the path must follow it."""
    rng = alone(0)
    storm = np.exp(0.4 * rng.standard_normal(4000))
    before, (e, f) = np.r_[1.0, storm[:-1]], rng.standard_normal((2, 4000))
    x = before * e
    y = 0.5 * x + 0.8 * before * f
    found = covar(y, x, rng, states=storm, options=CoVaROptions(replications=99))
    truth = 0.5 * before[1:] * Z
    assert np.corrcoef(found.delta, truth)[0, 1] > 0.99
    inside = (found.delta_low <= truth) & (truth <= found.delta_high)
    assert inside.mean() > 0.8
    assert found.names == ("intercept", "0", "0")


def test_recovery_unrelated_series_have_no_delta():
    missed = 0
    for seed in range(100):
        rng = alone(seed)
        x, y = normal_pair(rng, 400, 0.0)
        found = covar(y, x, rng, 0.1, options=CoVaROptions(replications=99))
        missed += not found.delta_low[0] <= 0.0 <= found.delta_high[0]
    assert missed <= binom.ppf(0.999, 100, 0.06)


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1e-4, 3.0, 1e4]))
def test_invariance_of_units_and_levels(seed, scale):
    x, y = student_pair(alone(seed), 200, 0.5, 4)
    base = covar(y, x, alone(1), 0.1, options=FEW)
    scaled = covar(scale * y, x, alone(1), 0.1, options=FEW)
    other = covar(y, scale * x - 5.0, alone(1), 0.1, options=FEW)
    for name in ("covar", "delta", "covar_low", "delta_high"):
        expected = getattr(base, name)
        np.testing.assert_allclose(getattr(scaled, name), scale * expected, atol=1e-9 * scale)
        np.testing.assert_allclose(getattr(other, name), expected, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_invariance_of_large_levels(seed):
    x, y, m = np.round(alone(seed).standard_normal((3, 200)) * 2**16) / 2**16
    for states in (None, m):
        base = covar(y, x, alone(1), 0.1, states, FEW)
        moved = covar(y, x + 1e8, alone(1), 0.1, None if states is None else states - 1e8, FEW)
        np.testing.assert_allclose(moved.delta, base.delta, atol=1e-9)


def test_invariance_of_state_order_and_seed():
    rng = alone(0)
    x, y = student_pair(rng, 200, 0.5, 4)
    states = rng.standard_normal((200, 2))
    base = covar(y, x, alone(1), 0.1, states, FEW)
    turned = covar(y, x, alone(1), 0.1, states[:, ::-1], FEW)
    np.testing.assert_allclose(turned.covar, base.covar, atol=1e-9)
    np.testing.assert_allclose(turned.covar_low, base.covar_low, atol=1e-9)
    again = covar(y, x, alone(1), 0.1, states, FEW)
    assert again.covar_low.tobytes() == base.covar_low.tobytes()


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
        (GOOD, OTHER, {"tau": 0.02}, "too_short"),
        (GOOD, OTHER[:50], {}, "shape"),
        (np.column_stack([GOOD, OTHER]), OTHER, {}, "shape"),
        (GOOD, OTHER, {"tau": 0.5}, "tau"),
        (GOOD, OTHER, {"tau": -0.1}, "tau"),
        (GOOD, OTHER, {"states": OTHER[:50]}, "shape"),
        (GOOD, OTHER, {"states": np.ones(60)}, "collinear"),
        (GOOD, OTHER, {"states": np.column_stack([GOOD] * 2)}, "collinear"),
        (GOOD, OTHER, {"states": np.where(np.arange(60) == 5, np.nan, OTHER)}, "not_finite"),
        (GOOD, OTHER, {"states": GOOD, "options": CoVaROptions(var="normal")}, "var"),
        (GOOD, OTHER, {"options": CoVaROptions(var="other")}, "var"),
        (GOOD, OTHER, {"options": CoVaROptions(level=0.0)}, "level"),
    ],
)
def test_degenerate_samples_are_refused(y, x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        covar(y, x, alone(), **({"tau": 0.1} | options))
    assert caught.value.reason == reason


# form


def test_results_are_frames():
    days = pd.date_range("2024-01-01", periods=200)
    x, y = (pd.Series(part, index=days) for part in normal_pair(alone(), 200, 0.5))
    states = pd.DataFrame({"vix": alone(1).standard_normal(200)}, index=days)
    found = covar(y, x, alone(), 0.1, states, FEW)
    assert found.to_frame().index[0] == days[1]
    assert found.to_frame()["covar"].iloc[-1] == found.latest_covar
    assert "latest_delta" in found.summary()
