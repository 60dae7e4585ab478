"""DCC, cDCC and ADCC: against R, slow loops, known truth; what does not matter or is refused."""

import numpy as np
import pandas as pd
import pytest
from garch_cases import binomial_bounds, dcc_returns, slow_dcc
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import dcc, garch
from comove.stats.dcc import _kernels
from comove.stats.dcc._equation import moments, packed, recursion
from comove.stats.dcc._errors import residual_gradient
from comove.stats.dcc._fit import climbed
from comove.stats.dcc._likelihood import Likelihood, pairs_of

MODELS = ["dcc", "cdcc", "adcc"]
STARTS = ["backcast", "sample_variance", "rmgarch"]
PARAMS = {"dcc": {"a": 0.04, "b": 0.92}, "cdcc": {"a": 0.04, "b": 0.92}}
PARAMS["adcc"] = {"a": 0.03, "b": 0.90, "g": 0.04}
NAMES = {
    "dcc_btc_gdx_qqq": ("dcc", "garch", ["btc", "gdx", "qqq"]),
    "adcc_btc_gdx_qqq": ("adcc", "garch", ["btc", "gdx", "qqq"]),
    "dcc_gjr_btc_gdx_qqq": ("dcc", "gjr", ["btc", "gdx", "qqq"]),
    "dcc_all5": ("dcc", "garch", ["btc", "gdx", "gld", "qqq", "dxy"]),
}
THREE = dcc_returns((1, 700, 3), (0.05, 0.92), 31)[0]
FIVE = dcc_returns((1, 500, 5), (0.05, 0.92), 32)[0]
FALLS = dcc_returns((1, 1500, 3), (0.01, 0.90, 0.08), 33)[0]


@pytest.fixture(scope="module")
def fitted():
    return {model: dcc.fit(THREE, model=model) for model in MODELS}


def at_r(facts, key):
    """R's parameters over the same returns, and what it found there."""
    model, _, names = NAMES[key]
    figures = facts("summary.json")[key]
    ours = {"mean": "mu", "omega": "omega", "alpha": "alpha1", "beta": "beta1", "gamma": "gamma1"}
    coefficients = figures["coef"]
    params = {
        name: [coefficients[f"[{series}].{theirs}"] for series in names]
        for name, theirs in ours.items()
        if f"[{names[0]}].{theirs}" in coefficients
    }
    x = facts("facts_returns.csv")[names]
    margins = garch.evaluate(x, params, start="rmgarch")
    joint = {"a": "dcca1", "b": "dccb1", "g": "dccg1"}
    weights = {
        name: coefficients[f"[Joint]{theirs}"]
        for name, theirs in joint.items()
        if f"[Joint]{theirs}" in coefficients
    }
    return x, dcc.evaluate(margins, weights, model=model), figures


# reference


@pytest.mark.parametrize("key", NAMES)
def test_reference_path_and_likelihood_of_r_at_its_parameters(facts, key):
    _, found, figures = at_r(facts, key)
    expected = facts(f"{key}_corr.csv")
    path = found.to_frame()[list(expected.columns)]
    np.testing.assert_allclose(path, expected, rtol=0.0, atol=1e-12)
    assert found.loglik == pytest.approx(figures["loglik"], abs=1e-8)


@pytest.mark.parametrize("key", NAMES)
def test_reference_optimum_of_r(facts, key):
    x, theirs, figures = at_r(facts, key)
    model, margins, _ = NAMES[key]
    ours = dcc.fit(x, model=model, margins=margins, start="rmgarch")
    assert ours.loglik >= figures["loglik"] - 0.01
    # The second step on its own, over R's own margins: never below what R found.
    alone = Likelihood(moments(theirs.margins.residuals.copy(), model, "rmgarch"))
    _, criterion, _ = climbed(alone)
    assert criterion >= theirs.criterion - 1e-9
    expected = facts(f"{key}_corr.csv")
    distance = np.abs(ours.to_frame()[list(expected.columns)] - expected).to_numpy().max()
    # R stopped 4e-4 below the top of the asymmetric model; there the paths differ a little more.
    assert distance < (1e-3 if model == "dcc" else 2e-3)
    beaten = {"dcc": 0.0, "adcc": 3e-4}[model]
    assert criterion > theirs.criterion + beaten


@pytest.mark.parametrize("key", NAMES)
def test_reference_errors_of_r(facts, key):
    x, _, figures = at_r(facts, key)
    model, margins, _ = NAMES[key]
    ours = dcc.fit(x, model=model, margins=margins, start="rmgarch")
    theirs = [figures["se"][f"[Joint]dcc{name}1"] for name in ours.errors]
    # Second differences of the whole likelihood there, two analytic derivatives of three here.
    np.testing.assert_allclose(list(ours.errors.values()), theirs, rtol=0.05)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("model", MODELS)
def test_reference_path_and_likelihood_of_slow_loop(model, start):
    margins = garch.fit(THREE[:250], start=start)
    found = dcc.evaluate(margins, PARAMS[model], model=model)
    path, total = slow_dcc(margins.residuals, PARAMS[model], model, start)
    np.testing.assert_allclose(found.correlation, path, atol=1e-11)
    assert found.criterion == pytest.approx(total, rel=1e-11)
    assert found.loglik == pytest.approx(margins.loglik.sum() + total, rel=1e-12)


@pytest.mark.parametrize("k", [2, 5, 17, 33])
def test_reference_kernel_of_numpy(k):
    # More columns than a lane has days, more days than a block, a last block that is not full.
    rng = np.random.default_rng(k)
    z = rng.standard_normal((75, k))
    run = recursion(moments(z, "dcc", "sample_variance"), np.array([0.05, 0.9]))
    value, _ = _kernels.scores(z, run.y, run.dy, run.intercept, run.begin, run.weights)
    path, _ = slow_dcc(z, {"a": 0.05, "b": 0.9}, "dcc", "sample_variance")
    for t in (0, 1, 31, 32, 74):
        form = z[t] @ np.linalg.solve(path[t], z[t]) - z[t] @ z[t]
        expected = -0.5 * (np.linalg.slogdet(path[t])[1] + form)
        assert value[t] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("model", MODELS)
def test_reference_scores_of_differences(model, start):
    z = garch.fit(THREE[:300]).residuals.copy()
    likelihood = Likelihood(moments(z, model, start))
    psi = np.array(list(PARAMS[model].values()))
    score = likelihood.scores(psi)[1].sum(axis=0)
    for i, step in enumerate(1e-6 * np.eye(len(psi))):
        up, down = likelihood.scores(psi + step)[0], likelihood.scores(psi - step)[0]
        assert score[i] == pytest.approx((up - down) / 2e-6, rel=1e-6)


@pytest.mark.parametrize("pairs", [None, ((0, 1), (1, 2))])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("model", MODELS)
def test_reference_gradient_in_residuals_of_differences(model, start, pairs):
    z = garch.fit(THREE[:200]).residuals.copy()
    psi = np.array(list(PARAMS[model].values()))
    found = residual_gradient(Likelihood(moments(z, model, start), pairs), psi)
    for t, column in ((0, 0), (0, 2), (5, 1), (74, 0), (75, 0), (150, 2), (199, 1)):
        values = []
        for step in (1e-6, -1e-6):
            moved = z.copy()
            moved[t, column] += step
            values.append(Likelihood(moments(moved, model, start), pairs).scores(psi)[0])
        assert found[t, column] == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-6)


def test_reference_pairs_add_up():
    margins = garch.fit(FIVE)
    z = margins.residuals.copy()
    psi = np.array([0.03, 0.95])
    for objective in ("contiguous_pairs", "all_pairs"):
        pairs = pairs_of(objective, 5)
        found = Likelihood(moments(z, "dcc", "backcast"), pairs).scores(psi)[0]
        expected = sum(
            slow_dcc(z[:, pair], {"a": 0.03, "b": 0.95}, "dcc", "backcast")[1] for pair in pairs
        )
        assert found == pytest.approx(expected, rel=1e-10)
    assert pairs_of("contiguous_pairs", 2) == pairs_of("all_pairs", 2) == ((0, 1),)


def test_reference_grid_of_slow_loop():
    z = garch.fit(THREE[:300]).residuals[:, :2].copy()
    weights = np.array([[0.02, 0.10], [0.95, 0.50]])
    target = packed(z.T @ z / len(z))[:, None]
    begin = np.repeat(target, 2, axis=1)
    found = _kernels.pair_grid(z, (1 - weights.sum(axis=0)) * target, begin, weights)
    for column in range(2):
        params = {"a": weights[0, column], "b": weights[1, column]}
        expected = slow_dcc(z, params, "dcc", "sample_variance")[1]
        assert found[column] == pytest.approx(expected, rel=1e-10)


# the optimum


@pytest.mark.parametrize("model", MODELS)
def test_no_point_around_the_optimum_is_higher(model, fitted):
    found = fitted[model]
    likelihood = Likelihood(found.moments)
    best = likelihood.scores(found.weights)[0]
    assert best == pytest.approx(found.criterion, rel=1e-12)
    rng = np.random.default_rng(5)
    for size in (1e-4, 1e-3, 1e-2, 0.1):
        for _ in range(20):
            psi = np.abs(found.weights + size * rng.standard_normal(len(found.weights)))
            if psi.sum() < 0.999:
                assert likelihood.scores(psi)[0] <= best + 1e-9


@pytest.mark.parametrize("x", [THREE, FIVE, FALLS], ids=["three", "five", "falls"])
@pytest.mark.parametrize("start", STARTS)
def test_the_asymmetric_model_nests_the_plain_one(x, start):
    plain, asymmetric = (dcc.fit(x, model=model, start=start) for model in ("dcc", "adcc"))
    assert asymmetric.loglik >= plain.loglik - 1e-9
    without = dcc.evaluate(
        plain.margins, {**plain.params, "g": 0.0}, model="adcc", start=plain.start
    )
    assert without.loglik == pytest.approx(plain.loglik, rel=1e-14)
    np.testing.assert_allclose(without.correlation, plain.correlation, atol=1e-14)


def test_same_bytes_every_time():
    one, other = dcc.fit(THREE, model="adcc"), dcc.fit(THREE, model="adcc")
    assert one.correlation.tobytes() == other.correlation.tobytes()
    assert one.parameter_covariance.tobytes() == other.parameter_covariance.tobytes()


# recovery


@pytest.mark.parametrize(
    ("model", "truth", "runs", "k"),
    [("dcc", (0.06, 0.90), 200, 2), ("cdcc", (0.05, 0.92), 60, 3)],
)
def test_recovery_with_coverage(model, truth, runs, k):
    low, high = binomial_bounds(0.94, runs)
    for hits, lean in coverage(runs, (800, k), model, truth):
        assert low < hits.mean() < high
        assert abs(lean) < 0.4


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("model", "truth", "shape"),
    [
        ("dcc", (0.05, 0.92), (2000, 3)),
        ("cdcc", (0.05, 0.92), (2000, 3)),
        ("adcc", (0.03, 0.90, 0.06), (3000, 3)),
    ],
)
def test_recovery_with_coverage_in_many_runs(model, truth, shape):
    for hits, lean in coverage(2000, shape, model, truth):
        assert 0.92 < hits.mean() < 0.97
        assert abs(lean) < 0.2


def coverage(runs, shape, model, truth):
    """Whether 1.96 errors reach the truth, and how far the median is off it in errors."""
    samples = dcc_returns((runs, *shape), truth, 41, model=model)
    fits = [dcc.fit(x, model=model) for x in samples]
    values = np.array([list(found.params.values()) for found in fits])
    errors = np.array([list(found.errors.values()) for found in fits])
    for column, true in enumerate(truth):
        known = np.isfinite(errors[:, column])
        assert known.mean() > 0.9
        value, error = values[known, column], errors[known, column]
        yield np.abs(value - true) < 1.96 * error, (np.median(value) - true) / np.median(error)


def test_recovery_of_the_path():
    # The true correlation is known at every day of a simulation without estimation error in it.
    found = dcc.fit(dcc_returns((1, 4000, 2), (0.05, 0.93), 42)[0])
    path = found.pair(0, 1)
    truth = slow_dcc(found.margins.residuals, {"a": 0.05, "b": 0.93}, "dcc", "backcast")[0][:, 1, 0]
    assert np.corrcoef(path, truth)[0, 1] > 0.99
    assert found.half_life == pytest.approx(np.log(0.5) / np.log(0.98), rel=0.5)


def test_recovery_of_asymmetry_only_where_there_is_some():
    there = dcc.fit(FALLS, model="adcc")
    absent = dcc.fit(dcc_returns((1, 1500, 3), (0.05, 0.92), 43)[0], model="adcc")
    assert there.g / there.errors["g"] > 2.5
    assert absent.g < 0.02
    assert 2 * (there.loglik - dcc.fit(FALLS).loglik) > 6.6


def test_recovery_by_pairs_of_many_columns():
    x = dcc_returns((1, 1200, 12), (0.03, 0.95), 44)[0]
    for objective in ("contiguous_pairs", "all_pairs"):
        found = dcc.fit(x, likelihood=objective)
        assert np.isnan(found.loglik)
        for name, true in (("a", 0.03), ("b", 0.95)):
            assert abs(found.params[name] - true) < 4 * found.errors[name]
        joint = dcc.evaluate(found.margins, found.params)
        best = dcc.fit(x)
        assert best.loglik - 30 < joint.loglik <= best.loglik + 1e-9


def test_recovery_under_tails_that_the_margins_know():
    x = dcc_returns((1, 2000, 3), (0.04, 0.94), 45, nu=5)[0]
    found = dcc.fit(x, innovations="t")
    assert found.margins.innovations == "t"
    assert found.a == pytest.approx(0.04, abs=0.025)
    gaussian = -0.5 * (found.margins.residuals**2 + np.log(2 * np.pi * found.margins.sigma2)).sum()
    assert found.loglik == pytest.approx(gaussian + found.criterion, rel=1e-12)


# invariance


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(MODELS),
    st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3),
    st.lists(st.floats(-5, 5), min_size=3, max_size=3),
    st.permutations([0, 1, 2]),
)
def test_invariance_to_units_levels_and_order(model, scale, shift, order):
    base = dcc.fit(THREE[:300], model=model)
    moved = dcc.fit((THREE[:300] * scale + np.multiply(scale, shift))[:, order], model=model)
    np.testing.assert_allclose(moved.weights, base.weights, atol=1e-9)
    expected = base.correlation[:, order][:, :, order]
    np.testing.assert_allclose(moved.correlation, expected, atol=1e-9)
    sigma = (base.sigma * scale)[:, order]
    np.testing.assert_allclose(moved.sigma, sigma, rtol=1e-9)
    assert moved.loglik == pytest.approx(base.loglik - 300 * np.log(scale).sum(), rel=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(["dcc", "cdcc"]), st.lists(st.sampled_from([-1, 1]), min_size=5, max_size=5))
def test_invariance_to_signs(model, signs):
    base, moved = dcc.fit(FIVE, model=model), dcc.fit(FIVE * signs, model=model)
    np.testing.assert_allclose(moved.weights, base.weights, atol=1e-9)
    np.testing.assert_allclose(
        moved.correlation, base.correlation * np.outer(signs, signs), atol=1e-9
    )


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(5)), st.sampled_from(["full", "all_pairs"]))
def test_invariance_to_order_of_many_columns(order, objective):
    # The grid looks at other pairs then; the top is the same.
    base = dcc.fit(FIVE, likelihood=objective)
    moved = dcc.fit(FIVE[:, order], likelihood=objective)
    np.testing.assert_allclose(moved.weights, base.weights, atol=1e-9)


def test_invariance_to_a_far_away_mean():
    x = np.round(THREE * 2**24) / 2**24
    base, moved = dcc.fit(x), dcc.fit(x + 1e8)
    np.testing.assert_allclose(moved.weights, base.weights, atol=1e-9)
    np.testing.assert_allclose(moved.correlation, base.correlation, atol=1e-9)


# degenerate


def spoiled(change):
    x = THREE.copy()
    change(x)
    return x


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (THREE[:99], "too_short"),
        (THREE[:, :1], "shape"),
        (THREE[:, 0], "shape"),
        (THREE.reshape(2, -1, 3), "shape"),
        (spoiled(lambda x: x.__setitem__((5, 1), np.nan)), "not_finite"),
        (spoiled(lambda x: x.__setitem__((5, 1), np.inf)), "not_finite"),
        (spoiled(lambda x: x.__setitem__((slice(None), 1), 3.0)), "constant"),
        (spoiled(lambda x: x.__setitem__((slice(None), 1), x[:, 0])), "collinear"),
        (spoiled(lambda x: x.__setitem__((slice(None), 1), 1 - 2 * x[:, 0])), "collinear"),
        (spoiled(lambda x: x.__setitem__((slice(None), 2), x[:, 0] + x[:, 1])), "collinear"),
    ],
)
def test_degenerate_samples(x, reason):
    with pytest.raises(NotEstimable) as caught:
        dcc.fit(x)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "options",
    [{"model": "bekk"}, {"margins": "egarch"}, {"start": "zero"}, {"likelihood": "some_pairs"}],
)
def test_degenerate_options(options):
    with pytest.raises(NotEstimable) as caught:
        dcc.fit(THREE, **options)
    assert caught.value.reason == next(iter(options))


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"a": 0.1}, "params"),
        ({"a": 0.1, "b": 0.8, "g": 0.0}, "params"),
        ({"a": 0.1, "b": 0.95}, "params"),
        ({"a": -0.1, "b": 0.95}, "params"),
        ({"a": np.nan, "b": 0.95}, "params"),
    ],
)
def test_degenerate_parameters(params, reason):
    with pytest.raises(NotEstimable) as caught:
        dcc.evaluate(garch.fit(THREE), params)
    assert caught.value.reason == reason


def test_degenerate_joint_falls_that_leave_no_room():
    margins = garch.fit(THREE)
    with pytest.raises(NotEstimable):
        dcc.evaluate(margins, {"a": 0.1, "b": 0.85, "g": 0.2}, model="adcc")
    with pytest.raises(NotEstimable):
        dcc.evaluate(garch.fit(THREE[:, :1]), {"a": 0.1, "b": 0.85})


def test_degenerate_errors_are_missing_not_invented():
    # Without news in correlations b means nothing, and neither has an error.
    flat = [dcc.fit(np.random.default_rng(seed).standard_normal((300, 3))) for seed in range(12)]
    without = [found for found in flat if found.a == 0.0]
    assert without
    assert all(np.isnan(list(found.errors.values())).all() for found in without)


def test_degenerate_pairs_need_no_more_than_two_columns():
    x = spoiled(lambda x: x.__setitem__((slice(None), 2), x[:, 0] + x[:, 1]))
    assert dcc.fit(x, likelihood="all_pairs").a >= 0.0
    x = spoiled(lambda x: x.__setitem__((slice(None), 2), 2 * x[:, 0]))
    with pytest.raises(NotEstimable) as caught:
        dcc.fit(x, likelihood="all_pairs")
    assert caught.value.reason == "collinear"


# what a result is


def test_names_dates_and_text():
    dates = pd.date_range("2020-01-01", periods=700, freq="B")
    found = dcc.fit(pd.DataFrame(THREE, columns=["x", "y", "z"], index=dates), model="adcc")
    frame = found.to_frame()
    assert list(frame.columns) == ["x_y", "x_z", "y_z"]
    assert frame.index.equals(dates)
    np.testing.assert_array_equal(frame["x_z"], found.correlation[:, 0, 2])
    for pair in (("x", "z"), ("z", "x"), (0, 2), (-1, 0)):
        np.testing.assert_array_equal(found.pair(*pair), found.correlation[:, 0, 2])
    np.testing.assert_array_equal(found.pair("x", 0), 1.0)
    assert all(name in found.summary() for name in ("adcc", "half_life", "error", "se_omega"))
    assert repr(found).startswith("Dcc(half_life=")
    with pytest.raises(NotEstimable) as caught:
        found.pair("x", "w")
    assert caught.value.reason == "names"


@pytest.mark.parametrize("model", MODELS)
def test_paths_are_correlations(model, fitted):
    found = fitted[model]
    assert found.correlation.shape == (700, 3, 3)
    np.testing.assert_allclose(np.einsum("tii->ti", found.correlation), 1.0)
    assert (np.linalg.eigvalsh(found.correlation)[:, 0] > 0).all()
    sigma = np.sqrt(np.einsum("tii->ti", found.covariance))
    np.testing.assert_allclose(sigma, found.sigma)
    with pytest.raises(ValueError, match="read-only"):
        found.correlation[0] = 0.0


def test_volatility_knows_nothing_of_its_own_day():
    found = dcc.fit(THREE)
    later = THREE.copy()
    later[-1] *= 30
    start = found.margins.sigma2[0]
    one, other = (garch.evaluate(x, found.margins.params, start=start) for x in (THREE, later))
    np.testing.assert_allclose(one.sigma2, other.sigma2, rtol=1e-12)
    assert not np.allclose(one.residuals[-1], other.residuals[-1])


@pytest.mark.parametrize("model", ["dcc", "adcc"])
@pytest.mark.parametrize("start", ["backcast", "sample_variance", "rmgarch"])
def test_reference_pairs_without_the_compiler_equal_the_kernels(model, start):
    """The whole climb, and scores away from the top, against what more columns go through."""
    x = np.random.default_rng(11).standard_normal((900, 2)) @ [[1.0, 0.5], [0.0, 0.8]]
    x *= np.exp(0.4 * np.sin(np.arange(900) / 60.0))[:, None]
    plain = dcc.fit(x, model=model, start=start)
    given = moments(np.ascontiguousarray(plain.margins.residuals), model, start)
    psi, value, _ = climbed(Likelihood(given))
    np.testing.assert_allclose(plain.weights, psi, atol=1e-6)
    assert plain.criterion == pytest.approx(value, abs=1e-9)
    for trial in ([0.1, 0.8, 0.05], [0.02, 0.5, 0.0], [0.4, 0.59, 0.0]):
        at = np.array(trial[: len(psi)])
        ours, theirs = (Likelihood(given, None, way).scores(at) for way in (False, True))
        assert ours[0] == pytest.approx(theirs[0], abs=1e-9)
        np.testing.assert_allclose(ours[1], theirs[1], atol=1e-8)
