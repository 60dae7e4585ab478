"""Shortfall of today and of the long run: slow loops over the model, simulated truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from dependence_cases import normal_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from comove.core.errors import NotEstimable
from comove.stats import dcc
from comove.stats.dependence import LongRunOptions, conditional_mes, lrmes
from comove.stats.dependence._conditional import taken_apart
from comove.stats.dependence._long_run import _Quasi


def storms(seed, nobs=700, rho=0.6):
    """Percent returns with changing volatility: market, asset, and a third."""
    rng = np.random.default_rng(seed)
    shocks, variance = rng.standard_normal((nobs, 3)), np.ones(3)
    shocks[:, 1] = rho * shocks[:, 0] + np.sqrt(1 - rho**2) * shocks[:, 1]
    rows = np.empty((nobs, 3))
    for t in range(nobs):
        rows[t] = np.sqrt(variance) * shocks[t]
        variance = 0.05 + 0.08 * rows[t] ** 2 + 0.87 * variance
    return pd.DataFrame(rows, columns=["market", "asset", "other"])


@pytest.fixture(scope="module")
def models():
    return {
        kind: dcc.fit(storms(1), model=kind, margins="gjr", start="sample_variance")
        for kind in ("dcc", "cdcc", "adcc")
    }


# reference


def test_reference_conditional_mes_is_a_slow_loop(models):
    model = models["dcc"]
    x, y = storms(1)["market"], storms(1)["asset"]
    sigma, rho = model.sigma, model.pair("market", "asset")
    a, b = ((model.margins.residuals[:, i]) for i in (0, 1))
    own, width = (b - rho * a) / np.sqrt(1 - rho**2), len(a) ** -0.2
    path = conditional_mes(model, "asset", "market", -1.5)
    for t in (0, 333, 699):
        weights = norm.cdf(((-1.5 - model.margins.mean[0]) / sigma[t, 0] - a) / width)
        inner = rho[t] * weights @ a + np.sqrt(1 - rho[t] ** 2) * weights @ own
        expected = model.margins.mean[1] + sigma[t, 1] * inner / weights.sum()
        assert path.value[t] == pytest.approx(expected, rel=1e-10)
    apart = taken_apart(model, "asset", "market")
    np.testing.assert_allclose(apart.returns, x, atol=1e-10)
    rebuilt = apart.correlation * apart.market + np.sqrt(1 - apart.correlation**2) * apart.own
    np.testing.assert_allclose(apart.mean[1] + apart.sigma[:, 1] * rebuilt, y, atol=1e-10)
    assert conditional_mes(model, 1, 0).threshold == pytest.approx(np.quantile(x, 0.05), abs=1e-9)


@pytest.mark.parametrize("kind", ["dcc", "cdcc", "adcc"])
def test_reference_quasi_correlation_follows_the_model(models, kind):
    model = models[kind]
    quasi, residuals = _Quasi.of(model, [0, 1]), model.margins.residuals[:, :2]
    first = model.target
    state = np.array([[first[0, 0]], [first[1, 1]], [first[0, 1]]])
    path = []
    for row in residuals:
        path.append(float(quasi.correlation(state)[0]))
        state = quasi.next(state, row[:, None])
    np.testing.assert_allclose(path, model.pair(0, 1), atol=1e-9)
    np.testing.assert_allclose(quasi.after(residuals), state, atol=1e-4)


def test_reference_simulation_is_a_slow_loop(models):
    model = models["adcc"]
    options = LongRunOptions(horizon=5, threshold=-0.02, unit=0.01, paths=300)
    found = lrmes(model, "asset", "market", np.random.default_rng(7), options)
    rows = np.random.default_rng(7).integers(0, 700, size=(5, 300))
    apart, margins = taken_apart(model, "asset", "market"), model.margins
    quasi = _Quasi.of(model, [0, 1])
    begin = quasi.after(margins.residuals[:, :2])
    hits = []
    for path in range(300):
        state, total = begin.copy(), np.zeros(2)
        z, s = margins.residuals[-1, :2], margins.sigma2[-1, :2]
        for day in range(5):
            news = margins.alpha[:2] + margins.gamma[:2] * (z < 0)
            s = margins.omega[:2] + s * (news * z**2 + margins.beta[:2])
            rho = state[2, 0] / np.sqrt(state[0, 0] * state[1, 0])
            e, own = apart.market[rows[day, path]], apart.own[rows[day, path]]
            z = np.array([e, rho * e + np.sqrt(1 - rho**2) * own])
            total += margins.mean[:2] + np.sqrt(s) * z
            state = quasi.next(state, z[:, None])
        simple = np.exp(0.01 * total) - 1
        if simple[0] < -0.02:
            hits.append(simple[1])
    assert found.count == len(hits)
    assert found.value == pytest.approx(np.mean(hits), rel=1e-10)


# recovery


def test_recovery_of_normal_shortfalls():
    """Without changing volatility both figures have a closed form, up to the fit."""
    market, asset = normal_pair(np.random.default_rng(3), 4000, 0.6)
    model = dcc.fit(0.01 * np.column_stack([market, asset]))
    cut = 0.01 * norm.ppf(0.05)
    path = conditional_mes(model, 1, 0, cut)
    expected = -0.01 * 0.6 * norm.pdf(norm.ppf(0.05)) / 0.05
    assert np.median(path.value) == pytest.approx(expected, rel=0.12)
    found = lrmes(model, 1, 0, np.random.default_rng(0), LongRunOptions(threshold=-0.05))
    shape = 0.01**2 * 22 * np.array([[1.0, 0.6], [0.6, 1.0]])
    drawn = np.random.default_rng(1).multivariate_normal(22 * model.margins.mean, shape, 400_000)
    simple = np.expm1(drawn)
    truth = simple[simple[:, 0] < -0.05, 1].mean()
    assert found.value == pytest.approx(truth, rel=0.12)
    assert found.low < found.value < found.high


def test_recovery_interval_covers_the_error_of_the_simulation(models):
    options = LongRunOptions(horizon=10, threshold=-0.05, unit=0.01, paths=4000)
    large = LongRunOptions(horizon=10, threshold=-0.05, unit=0.01, paths=200_000)
    model = models["dcc"]
    truth = lrmes(model, 1, 0, np.random.default_rng(999), large).value
    hits = 0
    for seed in range(100):
        found = lrmes(model, 1, 0, np.random.default_rng(seed), options)
        hits += found.low <= truth <= found.high
    assert hits >= 86


def test_recovery_shortfall_follows_volatility(models):
    model = models["dcc"]
    path = conditional_mes(model, "asset", "market")
    assert np.corrcoef(path.value, model.sigma[:, 1])[0, 1] < -0.8
    closer = lrmes(model, 1, 0, np.random.default_rng(0), LongRunOptions(unit=0.01))
    apart = lrmes(model, 2, 0, np.random.default_rng(0), LongRunOptions(unit=0.01))
    assert closer.value < apart.value
    assert closer.chance == apart.chance


# invariance


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["dcc", "cdcc", "adcc"]), st.floats(1e-4, 1e4), st.floats(-3.0, -0.5))
def test_invariance_of_units(models, kind, scale, cut):
    model = models[kind]
    margins = replace(
        model.margins,
        mean=scale * model.margins.mean,
        omega=scale**2 * model.margins.omega,
        sigma2=scale**2 * model.margins.sigma2,
    )
    scaled = replace(model, margins=margins)
    base, other = (
        conditional_mes(one, 1, 0, unit * cut).value / unit
        for one, unit in ((model, 1.0), (scaled, scale))
    )
    np.testing.assert_allclose(other, base, rtol=1e-9)
    options = LongRunOptions(unit=0.01, paths=300, horizon=5, threshold=-0.01)
    first = lrmes(model, 1, 0, np.random.default_rng(0), options)
    second = lrmes(scaled, 1, 0, np.random.default_rng(0), replace(options, unit=0.01 / scale))
    assert second.value == pytest.approx(first.value, rel=1e-9)
    assert second.count == first.count


def test_invariance_of_the_seed_and_of_names(models):
    model, options = models["dcc"], LongRunOptions(unit=0.01)
    first = lrmes(model, "asset", "market", np.random.default_rng(5), options)
    second = lrmes(model, 1, 0, np.random.default_rng(5), options)
    assert (first.value, first.low, first.count) == (second.value, second.low, second.count)


# degenerate


def test_degenerate_calls_are_refused(models):
    model, rng = models["dcc"], np.random.default_rng(0)
    for call, reason in (
        (lambda: conditional_mes(model, "asset", "asset"), "names"),
        (lambda: conditional_mes(model, "gold", "market"), "names"),
        (lambda: conditional_mes(model, 3, 0), "names"),
        (lambda: conditional_mes(model, 1, 0, tau=0.6), "tau"),
        (lambda: conditional_mes(model, 1, 0, np.nan), "not_finite"),
        (lambda: lrmes(model, 1, 1, rng), "names"),
        (lambda: lrmes(model, 1, 0, rng, LongRunOptions(horizon=0)), "horizon"),
        (lambda: lrmes(model, 1, 0, rng, LongRunOptions(threshold=0.1)), "threshold"),
        (lambda: lrmes(model, 1, 0, rng, LongRunOptions(unit=0.0)), "unit"),
        (lambda: lrmes(model, 1, 0, rng), "unit"),  # percent taken for fractions
        (lambda: lrmes(model, 1, 0, rng, LongRunOptions(level=1.0)), "level"),
        (
            lambda: lrmes(model, 1, 0, rng, LongRunOptions(unit=0.01, threshold=-0.9, paths=1000)),
            "too_short",
        ),
    ):
        with pytest.raises(NotEstimable) as caught:
            call()
        assert caught.value.reason == reason


def test_degenerate_thresholds_far_below_every_shock_have_a_value(models):
    path = conditional_mes(models["dcc"], 1, 0, -500.0)
    assert np.isfinite(path.value).all()
    worst = models["dcc"].margins.residuals[:, 0].argmin()
    assert path.value[worst] < -0.5


# form


def test_results_are_frames(models):
    path = conditional_mes(models["dcc"], "asset", "market")
    assert path.to_frame()["value"].iloc[-1] == path.latest
    assert "threshold" in path.summary()
    found = lrmes(models["dcc"], 1, 0, np.random.default_rng(0), LongRunOptions(unit=0.01))
    assert found.to_frame().loc["asset", "value"] == found.value
