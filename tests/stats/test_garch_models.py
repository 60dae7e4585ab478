"""GJR, t innovations, starts, errors: against arch, R, slow loops and known truth."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from arch import arch_model
from garch_cases import DAILY, binomial_bounds, garch_returns, slow_garch
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import garch
from comove.stats.garch import _compiled, _recursion
from comove.stats.garch._density import digamma
from comove.stats.garch._derivatives import derivatives
from comove.stats.garch._spec import Engine, Series, Spec

SAMPLES = {
    "normal": garch_returns(1200, 1, DAILY, 11)[:, 0],
    "leverage": garch_returns(1500, 1, (0.05, 0.06, 0.84), 12, gamma=0.12)[:, 0],
    "tails": garch_returns(1500, 1, (0.10, 0.08, 0.85), 13, nu=5)[:, 0],
}
KINDS = [("garch", "normal"), ("gjr", "normal"), ("garch", "t"), ("gjr", "t")]
STARTS = ["backcast", "sample_variance", "rmgarch"]
NAMES = ["btc", "gdx", "qqq"]


def of_arch(x, model, innovations):
    kind = arch_model(
        x,
        mean="Constant",
        p=1,
        o=int(model == "gjr"),
        q=1,
        dist="t" if innovations == "t" else "normal",
        rescale=False,
    )
    return kind.fit(disp="off", options={"ftol": 1e-11, "maxiter": 1000}, show_warning=False)


def of_r(facts, key):
    """Parameters of the margins that R found, by our names."""
    coefficients = facts("summary.json")[key]["coef"]
    ours = {"mean": "mu", "omega": "omega", "alpha": "alpha1", "beta": "beta1", "gamma": "gamma1"}
    return {
        name: [coefficients[f"[{series}].{theirs}"] for series in NAMES]
        for name, theirs in ours.items()
        if f"[btc].{theirs}" in coefficients
    }


# reference


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("model", "innovations"), KINDS)
@pytest.mark.parametrize("name", SAMPLES)
def test_reference_parameters_likelihood_and_errors_of_arch(name, model, innovations, compiled):
    x = SAMPLES[name]
    if name != "tails" and innovations == "t":
        pytest.skip("no tails: nu runs to a bound, which is another one there")
    theirs = of_arch(x, model, innovations)
    ours = garch.fit(x, model=model, innovations=innovations, start="backcast", compiled=compiled)
    assert ours.loglik[0] >= theirs.loglikelihood - 1e-6
    order = ["mu", "omega", "alpha[1]", "gamma[1]", "beta[1]", "nu"]
    expected = theirs.params[[label for label in order if label in theirs.params]]
    found = np.array([values[0] for values in ours.params.values()])
    np.testing.assert_allclose(found, expected, atol=1e-3, rtol=1e-3)
    # Their sum of squared scores has divisor T - 1.
    errors = np.array([values[0] for values in ours.errors.values()])
    factor = np.sqrt(len(x) / (len(x) - 1))
    np.testing.assert_allclose(errors * factor, theirs.std_err[expected.index], rtol=5e-3)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("model", "innovations"), KINDS)
def test_reference_path_and_likelihood_of_slow_loop(model, innovations, start):
    params = {"mean": 0.04, "omega": 0.06, "alpha": 0.05, "beta": 0.85}
    params |= {"gamma": 0.08} if model == "gjr" else {}
    params |= {"nu": 6.5} if innovations == "t" else {}
    x = SAMPLES["leverage"][:400]
    found = garch.evaluate(x, params, start=start)
    path, total = slow_garch(x, params, start)
    np.testing.assert_allclose(found.sigma2[:, 0], path, rtol=1e-11)
    np.testing.assert_allclose(found.residuals[:, 0], (x - 0.04) / np.sqrt(path), rtol=1e-9)
    assert found.loglik[0] == pytest.approx(total, rel=1e-12)
    assert (found.model, found.innovations, found.start) == (model, innovations, start)


@pytest.mark.parametrize("key", ["dcc_btc_gdx_qqq", "dcc_gjr_btc_gdx_qqq"])
def test_reference_volatilities_of_r(facts, key):
    x = facts("facts_returns.csv")[NAMES]
    theirs = of_r(facts, key)
    at_theirs = garch.evaluate(x, theirs, start="rmgarch")
    expected = facts(f"{key}_sigma.csv")
    np.testing.assert_allclose(at_theirs.sigma, expected, rtol=0.0, atol=1e-11)
    model = "gjr" if "gamma" in theirs else "garch"
    ours = garch.fit(x, model=model, start="rmgarch", compiled=True)
    # Each of our optima is at least as high as theirs.
    assert (ours.loglik > at_theirs.loglik).all()
    assert (ours.loglik - at_theirs.loglik < 1e-4).all()
    for name, values in theirs.items():
        np.testing.assert_allclose(ours.params[name], values, atol=1e-4)
    np.testing.assert_allclose(ours.sigma, expected, atol=1e-3)
    assert ours.names == tuple(NAMES)
    assert list(ours.index[:1]) == ["2015-01-05"]


def test_reference_errors_of_r(facts):
    ours = garch.fit(facts("facts_returns.csv")[NAMES], start="rmgarch", compiled=True)
    errors = facts("summary.json")["dcc_btc_gdx_qqq"]["se"]
    for name, theirs in {"omega": "omega", "alpha": "alpha1", "beta": "beta1"}.items():
        expected = [errors[f"[{series}].{theirs}"] for series in NAMES]
        # Differences of differences there, analytic here.
        np.testing.assert_allclose(ours.errors[name], expected, rtol=0.11)


@pytest.mark.parametrize("beginning", ["fixed", "backcast", "rmgarch"])
@pytest.mark.parametrize(("split", "tails"), [(False, False), (True, False), (True, True)])
def test_reference_score_and_hessian_of_differences(split, tails, beginning):
    x = np.column_stack([SAMPLES["leverage"][:300], SAMPLES["tails"][:300]])
    shocks = np.ascontiguousarray(((x - x.mean(axis=0)) / x.std(axis=0)).T)
    series = Series(shocks, np.array([0.8, 1.3]), beginning, Spec(split, tails))
    middle = [0.06, 0.10] if split else [0.06]
    theta = np.array([0.03, 0.05, *middle, 0.85, *([0.15] if tails else [])])
    theta = np.tile(theta, (2, 1))
    engines = [_recursion.ENGINE, Engine(_compiled.values, _compiled.sums)]
    plain, compiled = (derivatives(series, theta, engine) for engine in engines)
    for one, other in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-10 * np.abs(one).max())
    for engine in engines:
        single = engine.values(series, theta[:, None])[:, 0]
        np.testing.assert_allclose(single, plain.value, rtol=1e-12)
    step = 1e-6 * np.eye(theta.shape[1])
    for i, change in enumerate(step):
        up, down = (derivatives(series, theta + s * change, engines[1]) for s in (1, -1))
        slope = (up.value - down.value) / 2e-6
        np.testing.assert_allclose(plain.score[:, i], slope, rtol=1e-5, atol=1e-4)
        bend = (up.score - down.score) / 2e-6
        scale = np.abs(plain.hessian).max()
        np.testing.assert_allclose(plain.hessian[:, i], bend, atol=1e-6 * scale)


def test_reference_digamma_of_scipy():
    from scipy import special

    x = np.array([0.6, 1.0, 3.3, 11.9, 12.1, 250.0])
    first, second = digamma(x)
    np.testing.assert_allclose(first, special.digamma(x), rtol=1e-12)
    np.testing.assert_allclose(second, special.polygamma(1, x), rtol=1e-11)


def test_reference_forecast_of_arch():
    x = SAMPLES["leverage"]
    theirs = of_arch(x, "gjr", "normal").forecast(horizon=12).variance.to_numpy()[0]
    ours = garch.forecast(garch.fit(x, model="gjr", start="backcast"), 12)[:, 0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)


# recovery


TRUTH = (0.10, 0.12, 0.78)


@pytest.mark.parametrize(("model", "innovations"), KINDS)
def test_recovery_with_coverage(model, innovations):
    low, high = binomial_bounds(0.95, 200)
    for hits, lean in coverage(200, model, innovations):
        assert low < hits.mean() < high
        assert abs(lean) < 0.3


@pytest.mark.nightly
@pytest.mark.parametrize(("model", "innovations"), KINDS)
def test_recovery_with_coverage_in_many_runs(model, innovations):
    for hits, lean in coverage(2000, model, innovations):
        assert 0.925 < hits.mean() < 0.975
        assert abs(lean) < 0.2


def coverage(runs, model, innovations):
    """Whether 1.96 errors reach the truth, and how far the median is off it in errors."""
    gamma, nu = (0.08 if model == "gjr" else 0.0), (7 if innovations == "t" else None)
    omega, alpha, beta = TRUTH
    truth = {"mean": 0.05, "omega": omega, "alpha": alpha, "gamma": gamma, "beta": beta, "nu": nu}
    x = garch_returns(3000, runs, TRUTH, 21, gamma=gamma, nu=nu)
    found = garch.fit(x, model=model, innovations=innovations, start="backcast", compiled=True)
    for name, values in found.params.items():
        errors = found.errors[name]
        assert np.isfinite(errors).all()
        lean = (np.median(values) - truth[name]) / np.median(errors)
        yield np.abs(values - truth[name]) < 1.96 * errors, lean


def test_recovery_of_errors_under_wrong_tails():
    # Normal likelihood, t shocks: robust errors match the spread of estimates, plain ones do not.
    x = garch_returns(2500, 200, TRUTH, 22, nu=6)
    found = garch.fit(x, start="backcast", compiled=True)
    spread = np.subtract(*np.percentile(found.alpha, [75, 25])) / 1.349
    assert np.median(found.errors["alpha"]) == pytest.approx(spread, rel=0.2)


def test_recovery_of_leverage_only_where_there_is_some():
    with_it = garch.fit(SAMPLES["leverage"], model="gjr")
    without = garch.fit(SAMPLES["normal"], model="gjr")
    assert with_it.gamma[0] / with_it.errors["gamma"][0] > 3
    assert abs(without.gamma[0] / without.errors["gamma"][0]) < 2
    assert with_it.persistence[0] == pytest.approx(0.06 + 0.06 + 0.84, abs=0.05)


# invariance


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(STARTS), st.floats(1e-4, 1e4), st.floats(-9, 9))
def test_invariance_to_unit_and_level(kind, start, scale, shift):
    model, innovations = kind
    x = SAMPLES["tails"][:400]
    options = {"model": model, "innovations": innovations, "start": start, "compiled": True}
    base, moved = garch.fit(x, **options), garch.fit(x * scale + shift * scale, **options)
    for name in ("alpha", "gamma", "beta"):
        np.testing.assert_allclose(moved.params.get(name, 0), base.params.get(name, 0), atol=1e-9)
    np.testing.assert_allclose(moved.omega, base.omega * scale**2, rtol=1e-7)
    np.testing.assert_allclose(moved.sigma2, base.sigma2 * scale**2, rtol=1e-8)
    np.testing.assert_allclose(moved.residuals, base.residuals, atol=1e-8)


def test_invariance_to_a_far_away_mean():
    # On a grid that numbers near 1e8 still resolve, so that nothing is lost by adding it.
    x = np.round(SAMPLES["normal"] * 2**24) / 2**24
    base, moved = garch.fit(x), garch.fit(x + 1e8)
    assert moved.beta[0] == pytest.approx(base.beta[0], abs=1e-9)
    np.testing.assert_allclose(moved.sigma2, base.sigma2, rtol=1e-9)
    assert moved.mean[0] - 1e8 == pytest.approx(base.mean[0], abs=1e-7)


@pytest.mark.parametrize(("model", "innovations"), KINDS)
def test_invariance_to_the_engine(model, innovations):
    x = np.column_stack([SAMPLES["tails"], SAMPLES["leverage"]])
    options = {"model": model, "innovations": innovations, "start": "backcast"}
    one, other = garch.fit(x, **options), garch.fit(x, **options, compiled=True)
    for name, values in one.params.items():
        np.testing.assert_allclose(other.params[name], values, rtol=1e-8, atol=1e-10)
    again = garch.fit(x, **options, compiled=True)
    assert other.sigma2.tobytes() == again.sigma2.tobytes()


def test_gjr_of_the_mirror_image_turns_the_leverage_round():
    x = SAMPLES["leverage"]
    base, mirror = garch.fit(x, model="gjr"), garch.fit(-x, model="gjr")
    assert mirror.loglik[0] == pytest.approx(base.loglik[0], abs=1e-6)
    assert mirror.gamma[0] == pytest.approx(-base.gamma[0], abs=1e-6)
    assert mirror.alpha[0] == pytest.approx(base.alpha[0] + base.gamma[0], abs=1e-6)


# degenerate


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"model": "egarch"}, "model"),
        ({"innovations": "cauchy"}, "innovations"),
        ({"start": "long_run"}, "start"),
    ],
)
def test_degenerate_options(options, reason):
    with pytest.raises(NotEstimable) as caught:
        garch.fit(SAMPLES["normal"], **options)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"omega": 0.0}, "params"),
        ({"alpha": -0.1}, "params"),
        ({"gamma": -0.2}, "params"),
        ({"beta": np.nan}, "params"),
        ({"nu": 2.0}, "params"),
        ({"delta": 1.0}, "params"),
        ({"beta": [0.8, 0.9]}, "shape"),
    ],
)
def test_degenerate_parameters(change, reason):
    params = {"mean": 0.0, "omega": 0.1, "alpha": 0.1, "beta": 0.8} | change
    with pytest.raises(NotEstimable) as caught:
        garch.evaluate(SAMPLES["normal"], params)
    assert caught.value.reason == reason


def test_degenerate_parameters_missing():
    with pytest.raises(NotEstimable) as caught:
        garch.evaluate(SAMPLES["normal"], {"mean": 0.0, "omega": 1.0, "alpha": 0.1})
    assert caught.value.reason == "params"


def test_degenerate_horizon():
    with pytest.raises(NotEstimable) as caught:
        garch.forecast(garch.fit(SAMPLES["normal"]), 0)
    assert caught.value.reason == "horizon"


def test_degenerate_errors_are_missing_not_invented():
    # White noise: some samples put alpha at zero, and then nothing tells omega from beta.
    found = garch.fit(np.random.default_rng(4).standard_normal((300, 40)), compiled=True)
    none = found.alpha == 0.0
    assert none.any()
    assert np.isnan(found.errors["alpha"][none]).all()
    assert np.isfinite(found.errors["alpha"][~none & (found.beta > 0) & (found.beta < 0.9)]).any()


# what a result is


def test_table_and_text():
    frame = pd.DataFrame({"a": SAMPLES["tails"], "b": SAMPLES["leverage"]})
    found = garch.fit(frame, model="gjr", innovations="t")
    table = found.to_frame()
    assert list(table.index) == ["a", "b"]
    assert {"mean", "gamma", "nu", "se_nu", "persistence", "half_life", "loglik"} <= set(table)
    assert table.loc["b", "gamma"] == found.gamma[1]
    assert "gjr" in found.summary()
    np.testing.assert_allclose(found.half_life, np.log(0.5) / np.log(found.persistence))


def test_influences_add_up_to_the_covariance():
    found = garch.fit(np.column_stack([SAMPLES["tails"], SAMPLES["leverage"]]), start="backcast")
    influence, slopes = found.sensitivity()
    assert influence.shape == slopes.shape == (2, 4, 1500)
    alpha = (influence[:, 2] ** 2).sum(axis=1)
    np.testing.assert_allclose(np.sqrt(alpha), found.errors["alpha"], rtol=1e-10)
    # The slopes of the residuals: against a small change of alpha.
    up, down = (
        garch.evaluate(
            np.column_stack([SAMPLES["tails"], SAMPLES["leverage"]]),
            dict(found.params) | {"alpha": found.alpha + step},
            start="backcast",
        )
        for step in (1e-6, -1e-6)
    )
    change = (up.residuals - down.residuals) / 2e-6
    np.testing.assert_allclose(slopes[:, 2].T, change, atol=1e-6 * np.abs(change).max())


def test_a_result_cannot_be_changed():
    found = garch.fit(SAMPLES["normal"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.nobs = 3
    with pytest.raises(ValueError, match="read-only"):
        found.covariance[:] = 0.0
