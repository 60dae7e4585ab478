"""Variances by maximum likelihood: published figures, other software, truth found again."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.kalman import FitOptions, RandomWalk, Start, filtered, fit, smoothed


def walks(seed, nobs=400, drift=(0.0, 0.01), noise=1.0, nu=math.inf):
    rng = np.random.default_rng(seed)
    beta = 1.0 + np.cumsum(rng.standard_normal((nobs, len(drift))) * np.sqrt(drift), axis=0)
    x = rng.standard_normal((nobs, len(drift) - 1))
    shocks = rng.standard_normal(nobs) if nu == math.inf else rng.standard_t(nu, nobs)
    rows = np.column_stack([np.ones(nobs), x])
    return (rows * beta).sum(axis=1) + math.sqrt(noise) * shocks, x, beta


def test_reference_nile_published():
    """Durbin and Koopman: 15099 and 1469.1 for the level of the Nile, diffuse start."""
    flow = sm.datasets.nile.load_pandas().data["volume"].to_numpy()
    found = fit(flow)
    assert found.noise == pytest.approx(15099, abs=1)
    assert found.drift[0] == pytest.approx(1469.1, abs=0.2)
    assert found.moving == ("const",)
    assert found.low[0] < 15099 < found.high[0]


def test_reference_local_level_of_statsmodels_is_no_higher():
    for seed in range(5):
        y, _, _ = walks(seed, drift=(0.05,), nobs=200)
        found = fit(y)
        model = sm.tsa.UnobservedComponents(y, "llevel", use_exact_diffuse=True)
        theirs = model.fit(disp=0, maxiter=500).llf
        ours = model.loglike([found.noise, found.drift[0]])
        assert ours >= theirs - 1e-6
        # counted over T - 1 rows, as the slope of the noise's constant
        assert found.loglik == pytest.approx(ours + 0.5 * math.log(2 * math.pi), abs=1e-7)


@pytest.mark.parametrize("drift", [(0.0, 0.01, 0.002), (0.02, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_reference_no_neighbour_is_higher_by_slow_search(drift):
    """A coordinate search in other software's likelihood around the optimum finds nothing."""
    y, x, _ = walks(3, drift=drift)
    found = fit(y, x)
    rows = np.column_stack([np.ones(len(y)), x])
    other = sm.tsa.statespace.MLEModel(y, k_states=3)
    other["design"] = rows.T[None]
    other["transition"] = other["selection"] = np.eye(3)
    other.ssm.initialize_diffuse()

    def height(noise, drift):
        other["state_cov"], other["obs_cov", 0, 0] = np.diag(drift), noise
        return other.ssm.loglike()

    top = height(found.noise, found.drift)
    for factor in (0.9, 0.98, 1.02, 1.1):
        assert height(found.noise * factor, found.drift) < top
    for i in range(3):
        tried = (
            [1e-6, 1e-5, 1e-4, 1e-3]
            if found.drift[i] == 0
            else found.drift[i] * np.array([0.0, 0.5, 0.95, 1.05, 2.0])
        )
        for value in tried:
            changed = np.array(found.drift)
            changed[i] = value
            assert height(found.noise, changed) < top + 1e-7


def test_reference_peers_variances_are_climbed_over(peers):
    table = peers("input_w5.csv")
    y, x = table.index.to_numpy(dtype=float), table.reset_index(drop=True)
    found = fit(y, x)
    assert found.loglik > peers("w5_KFAS.json")["diffuse"]["loglik"] + 1.0
    assert "x6" not in found.moving  # its true drift is 1e-12
    assert found.low[0] < 1e-4 < found.high[0]


def test_recovery_of_noise_and_drift():
    ratios, held, covered = [], 0, []
    for seed in range(60):
        found = fit(*walks(seed)[:2])
        ratios.append([found.noise, found.drift[1] / 0.01])
        held += found.drift[0] == 0.0
        covered.append(
            [found.low[0] <= 1.0 <= found.high[0], found.low[2] <= 0.01 <= found.high[2]]
        )
    assert abs(np.median(ratios, axis=0) - 1.0).max() < 0.15
    # a level that stands still is found to do so about as often as not
    assert 20 <= held <= 55
    assert np.mean(covered, axis=0).min() > 0.85


def coverage(runs, seeds=0):
    """Share of betas inside the band when the variances are estimated, at the end and midway."""
    inside = []
    for seed in range(seeds, seeds + runs):
        y, x, beta = walks(seed, nobs=250, drift=(0.0, 0.02))
        model = fit(y, x).model
        early, late = filtered(y, x, model), smoothed(y, x, model)
        inside.append(
            [
                early.low[-1, 1] <= beta[-1, 1] <= early.high[-1, 1],
                late.low[120, 1] <= beta[120, 1] <= late.high[120, 1],
            ]
        )
    return np.mean(inside, axis=0)


def test_recovery_bands_with_estimated_variances_cover_almost_as_stated():
    """They take the variances as known, which costs a point or two."""
    found = coverage(200)
    assert (found >= 0.88).all()
    assert (found <= 0.99).all()


@pytest.mark.nightly
def test_recovery_bands_with_estimated_variances_in_2000_runs():
    found = coverage(2000, seeds=50_000)
    assert (found >= 0.915).all()
    assert (found <= 0.97).all()


def test_recovery_of_the_tails():
    y, x, _ = walks(1, nobs=1500, nu=4.0)
    found = fit(y, x, FitOptions(innovations="t"))
    plain = fit(y, x)
    assert 2.8 < found.nu < 6.5
    assert 0.75 < found.noise < 1.25  # squared scale
    assert 0.004 < found.drift[1] < 0.025
    assert found.loglik > plain.loglik + 20.0
    assert found.model.nu == found.nu
    light = fit(*walks(2)[:2], FitOptions(innovations="t"))
    assert light.nu > 12.0


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 99),
    unit=st.floats(1e-3, 1e3),
    scale=st.floats(1e-3, 1e3),
    level=st.sampled_from([0.0, 1e4]),
)
def test_invariance_units_signs_and_level(seed, unit, scale, level):
    y, x, _ = walks(seed, nobs=120, drift=(0.0, 0.02, 0.0))
    plain = fit(y, x)
    moved = fit(scale * y + level, np.column_stack([-unit * x[:, 1], x[:, 0]]))
    turn = np.array([1.0, 1.0, 1.0 / unit]) * scale
    # a flat prior on the coefficients: one per unit of a coefficient, so 120 - 3 rows of y count,
    # and a driver in larger units has a smaller coefficient to spread the same belief over
    np.testing.assert_allclose(
        moved.loglik + 117 * math.log(scale) + math.log(unit), plain.loglik, atol=1e-6
    )
    assert moved.noise / scale**2 == pytest.approx(plain.noise, rel=1e-3)
    np.testing.assert_allclose(
        moved.drift / turn[[0, 2, 1]] ** 2, plain.drift[[0, 2, 1]], rtol=5e-3, atol=1e-6
    )


def test_options_reach_the_model():
    y, x, _ = walks(5)
    start = Start(mean=[1.0], cov=[[1.0]])
    found = fit(y, x, FitOptions(intercept=False, start=start))
    assert found.names == ("0",)
    assert found.model.start is start
    assert not found.model.intercept
    assert found.loglik == pytest.approx(filtered(y, x, found.model).loglik)
    frame = found.to_frame()
    assert list(frame.index) == ["noise", "0"]
    assert frame.loc["noise", "sd"] == pytest.approx(math.sqrt(found.noise))
    assert isinstance(found.model, RandomWalk)
    assert "moving" in found.summary()


Y, X, _ = walks(6, nobs=60)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y": Y[:13], "x": X[:13]}, "too_short"),
        ({"y": np.ones(60)}, "constant"),
        ({"y": np.where(Y[3] == Y, np.nan, Y)}, "not_finite"),
        ({"x": np.column_stack([X, X])}, "collinear"),
        ({"y": 1.0 + 2.0 * X[:, 0]}, "exact"),
        ({"x": np.zeros((60, 1)), "options": FitOptions(intercept=False)}, "collinear"),
        ({"options": FitOptions(level=0.0)}, "level"),
        ({"options": FitOptions(innovations="cauchy")}, "innovations"),
        ({"options": FitOptions(start=Start(mean=[0.0], cov=[[1.0]]))}, "start"),
    ],
)
def test_degenerate_samples_are_refused(change, reason):
    with pytest.raises(NotEstimable) as refused:
        fit(**{"y": Y, "x": X, **change})
    assert refused.value.reason == reason
