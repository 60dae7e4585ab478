import numpy as np
import pytest
from arch import arch_model
from garch_cases import garch_returns
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import garch

SAMPLES = {
    "daily": garch_returns(756, 1, (0.05, 0.08, 0.90), 1)[:, 0],
    "tails": garch_returns(756, 1, (0.20, 0.10, 0.80), 2, nu=5)[:, 0],
    "calm": garch_returns(504, 1, (1.00, 0.00, 0.00), 3)[:, 0],
    "arch": garch_returns(504, 1, (1.00, 0.30, 0.00), 4)[:, 0],
    "crypto": 4 * garch_returns(1500, 1, (0.02, 0.12, 0.86), 5, nu=4)[:, 0],
}


@pytest.mark.parametrize("name", SAMPLES)
def test_reference_likelihood_and_path_of_arch(name):
    x = SAMPLES[name]
    ours = garch.fit(x[:, None])
    # Their recursion starts one step earlier from the same variance, hence not to the last digit.
    theirs = arch_model(x, mean="Constant", rescale=False).fit(disp="off", backcast=x.var())
    assert ours.loglik[0] == pytest.approx(theirs.loglikelihood, abs=0.1)
    if name != "calm":
        path = np.corrcoef(np.sqrt(ours.sigma2[:, 0]), theirs.conditional_volatility)[0, 1]
        assert path > 0.999
        mean, omega, alpha, beta = theirs.params.to_numpy()
        assert [ours.alpha[0], ours.beta[0]] == pytest.approx([alpha, beta], abs=0.01)
        assert ours.omega[0] == pytest.approx(omega, rel=0.05)
        assert ours.mean[0] == pytest.approx(mean, abs=0.01 * x.std())


def test_reference_path_and_likelihood_of_slow_recursion():
    x = np.column_stack([SAMPLES["daily"], SAMPLES["tails"]])
    model = garch.fit(x)
    for column in range(2):
        e = x[:, column] - model.mean[column]
        variance, total = x[:, column].var(), 0.0
        for t in range(len(e)):
            assert model.sigma2[t, column] == pytest.approx(variance, rel=1e-11)
            total -= 0.5 * (np.log(2 * np.pi * variance) + e[t] ** 2 / variance)
            variance = (
                model.omega[column]
                + model.alpha[column] * e[t] ** 2
                + model.beta[column] * variance
            )
        assert model.loglik[column] == pytest.approx(total, rel=1e-12)
        np.testing.assert_allclose(
            model.residuals[:, column], e / np.sqrt(model.sigma2[:, column]), rtol=1e-12
        )


def test_optimum_is_stationary():
    x = np.column_stack([SAMPLES["daily"], SAMPLES["tails"]])
    model = garch.fit(x)

    def value(column, theta):
        s, total = x[:, column].var(), 0.0
        for square in (x[:, column] - theta[0]) ** 2:
            total -= 0.5 * (np.log(2 * np.pi * s) + square / s)
            s = theta[1] + theta[2] * square + theta[3] * s
        return total

    for column in range(2):
        best = np.array([z[column] for z in (model.mean, model.omega, model.alpha, model.beta)])
        assert value(column, best) == pytest.approx(model.loglik[column], rel=1e-12)
        for i in range(4):
            for factor in (0.99, 1.01):
                moved = best.copy()
                moved[i] *= factor
                assert value(column, moved) < model.loglik[column]


def test_recovery_of_the_truth():
    truth = np.array([0.05, 0.08, 0.87])
    model = garch.fit(garch_returns(2500, 40, truth, 7))
    found = np.column_stack([model.omega, model.alpha, model.beta])
    error = found.std(axis=0, ddof=1) / np.sqrt(40)
    # Quasi-likelihood pulls persistence down a little in finite samples.
    assert (np.abs(np.median(found, axis=0) - truth) < 4 * error).all()
    assert (found.std(axis=0) < [0.04, 0.03, 0.06]).all()


def test_white_noise_has_little_to_find():
    model = garch.fit(np.random.default_rng(8).standard_normal((1000, 40)))
    sample = model.sigma2.mean(axis=0)
    assert np.median(model.sigma2.std(axis=0) / sample) < 0.15
    assert np.median(model.alpha) < 0.03


def test_residuals_are_white_where_returns_were_not():
    x = garch_returns(2500, 1, (0.02, 0.15, 0.83), 9)
    model = garch.fit(x)

    def memory(z):
        square = z**2 - (z**2).mean()
        return float(square[1:] @ square[:-1] / (square @ square))

    assert memory(x[:, 0] - x.mean()) > 0.1
    assert abs(memory(model.residuals[:, 0])) < 0.05
    assert (model.residuals**2).mean() == pytest.approx(1.0, abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-5, 1e4), st.floats(-10.0, 10.0), st.booleans())
def test_invariance_to_unit_sign_and_level(scale, shift, flip):
    x = SAMPLES["tails"][:300, None]
    base = garch.fit(x)
    moved = garch.fit((-x if flip else x) * scale + shift * scale)
    assert moved.alpha[0] == pytest.approx(base.alpha[0], abs=1e-8)
    assert moved.beta[0] == pytest.approx(base.beta[0], abs=1e-8)
    assert moved.omega[0] == pytest.approx(base.omega[0] * scale**2, rel=1e-7)
    np.testing.assert_allclose(moved.sigma2, base.sigma2 * scale**2, rtol=1e-8)
    assert moved.loglik[0] == pytest.approx(base.loglik[0] - 300 * np.log(scale), rel=1e-9)


def test_invariance_of_a_column_to_its_neighbours():
    x = np.column_stack([SAMPLES[name][:504] for name in SAMPLES])
    together, reverse = garch.fit(x), garch.fit(x[:, ::-1])
    for column in range(x.shape[1]):
        alone = garch.fit(x[:, [column]])
        assert together.loglik[column] == pytest.approx(alone.loglik[0], abs=1e-9)
        assert together.alpha[column] == pytest.approx(alone.alpha[0], abs=1e-8)
    np.testing.assert_allclose(reverse.alpha[::-1], together.alpha, atol=1e-8)


def test_many_columns_are_fitted_in_groups():
    x = garch_returns(400, 60, (0.05, 0.08, 0.87), 10)
    together, some = garch.fit(x), garch.fit(x[:, 50:53])
    np.testing.assert_allclose(together.loglik[50:53], some.loglik, atol=1e-9)


def test_start_is_the_first_variance():
    x = np.column_stack([SAMPLES["daily"], SAMPLES["tails"]])
    model = garch.fit(x, start=[0.5, 3.0])
    np.testing.assert_allclose(model.sigma2[0], [0.5, 3.0])
    assert not np.allclose(model.sigma2[1], garch.fit(x).sigma2[1])


def test_reference_simulate_of_slow_recursion():
    model = garch.fit(np.column_stack([SAMPLES["daily"], SAMPLES["tails"]]))
    shocks = np.random.default_rng(3).standard_normal((50, 2, 4))
    start = np.array([[1.0, 2.0, 3.0, 4.0], [0.5, 0.6, 0.7, 0.8]])
    kept = shocks.copy()
    found = garch.simulate(model, shocks, start)
    for column in range(2):
        for path in range(4):
            variance = start[column, path]
            for t in range(50):
                value = np.sqrt(variance) * kept[t, column, path]
                assert found[t, column, path] == pytest.approx(value, rel=1e-12)
                variance = (
                    model.omega[column]
                    + model.alpha[column] * value**2
                    + model.beta[column] * variance
                )
    np.testing.assert_array_equal(shocks, kept)


def test_fitted_again_on_its_own_simulation():
    model = garch.fit(SAMPLES["daily"][:, None])
    shocks = np.random.default_rng(5).standard_normal((2500, 1, 20))
    again = garch.fit(garch.simulate(model, shocks, np.ones((1, 20)))[:, 0])
    assert np.median(again.alpha) == pytest.approx(model.alpha[0], abs=0.02)
    assert np.median(again.beta) == pytest.approx(model.beta[0], abs=0.05)


GOOD = SAMPLES["daily"][:200]


@pytest.mark.parametrize(
    ("x", "start", "reason"),
    [
        (np.column_stack([GOOD, np.ones(200)]), "sample_variance", "constant"),
        (GOOD.reshape(2, 10, 10), "sample_variance", "shape"),
        (GOOD[:99, None], "sample_variance", "too_short"),
        (GOOD[:, None], None, "start"),
        (GOOD[:, None], "mean", "start"),
        (np.where(GOOD[3] == GOOD, np.nan, GOOD)[:, None], "sample_variance", "not_finite"),
        (np.where(GOOD[3] == GOOD, np.inf, GOOD)[:, None], "sample_variance", "not_finite"),
        (GOOD[:, None], [0.0], "start"),
        (GOOD[:, None], [np.nan], "start"),
        (GOOD[:, None], [1.0, 1.0], "start"),
    ],
)
def test_degenerate_refused(x, start, reason):
    with pytest.raises(NotEstimable) as caught:
        garch.fit(x, start=start)
    assert caught.value.reason == reason


def test_degenerate_simulate_refuses_another_shape():
    model = garch.fit(GOOD[:, None])
    for shocks, start in (
        (np.ones((5, 2, 3)), np.ones((2, 3))),
        (np.ones((5, 1, 3)), np.ones((1, 4))),
        (np.ones((5, 1)), np.ones((1, 3))),
    ):
        with pytest.raises(NotEstimable) as caught:
            garch.simulate(model, shocks, start)
        assert caught.value.reason == "shape"


def test_a_wild_day_is_survived():
    x = GOOD.copy()
    x[100] = 60.0
    model = garch.fit(x[:, None])
    assert np.isfinite(model.loglik).all()
    assert (model.sigma2 > 0).all()
    assert model.alpha[0] >= 0
    assert model.beta[0] >= 0
    assert model.persistence[0] <= garch.LARGEST_PERSISTENCE + 1e-12


def test_arrays_cannot_be_written():
    model = garch.fit(GOOD[:, None])
    for name in ("omega", "alpha", "beta", "mean", "sigma2", "residuals", "loglik"):
        assert not getattr(model, name).flags.writeable
