"""Discounted filter: against a plain textbook loop, recursive OLS, causality, coverage."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from comove.core.errors import NotEstimable
from comove.stats.kalman import FilterOptions, discounted


def simulated(seed, nobs=160, drivers=2, assets=2):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((nobs, drivers)) * np.linspace(0.5, 3.0, drivers)
    y = 0.1 + x @ rng.standard_normal((drivers, assets)) + rng.standard_normal((nobs, assets))
    return y, x


def slow_filter(y, x, delta, variance_delta, burn):
    """One asset, one factor, the recursion in its unscaled form: C carries the noise variance."""
    rows = np.column_stack([np.ones(len(x)), x])
    s = y[:burn].var()
    n = 1.0
    m = np.zeros(rows.shape[1])
    c = 1e6 * s * np.diag(1.0 / np.r_[1.0, x[:burn].std(axis=0)] ** 2)
    coef, spread, forecast, density, freedom = [], [], [], [], []
    for f, value in zip(rows, y, strict=True):
        r = c / delta
        q = f @ r @ f + s
        n = variance_delta * n
        forecast.append(f @ m)
        density.append(stats.t.logpdf(value, n, f @ m, math.sqrt(q)))
        a = r @ f / q
        e = value - f @ m
        m = m + a * e
        n += 1.0
        new = s + s / n * (e * e / q - 1.0)
        c = new / s * (r - np.outer(a, a) * q)
        s = new
        coef.append(m)
        spread.append(np.sqrt(np.diag(c)))
        freedom.append(n)
    return tuple(np.array(part) for part in (coef, spread, forecast, density, freedom))


@pytest.mark.parametrize("variance_delta", [0.97, 1.0])
def test_equals_the_plain_loop(variance_delta):
    y, x = simulated(0)
    deltas = (0.95, 0.99, 1.0)
    fast = discounted(y, x, FilterOptions(deltas=deltas, variance_delta=variance_delta, level=0.9))
    for asset in range(2):
        runs = [slow_filter(y[:, asset], x, d, variance_delta, fast.burn) for d in deltas]
        record = np.array([np.cumsum(run[3][fast.burn :]) for run in runs])
        np.testing.assert_allclose(fast.loglik[:, asset], record[:, -1], rtol=1e-7)
        coef, spread, forecast = (np.array([run[part] for run in runs]) for part in range(3))
        earlier = np.full(3, 1 / 3)
        for t in range(fast.burn, 160):
            past = record[:, t - fast.burn]
            weight = np.exp(past - past.max()) / np.exp(past - past.max()).sum()
            mean = weight @ coef[:, t]
            variance = weight @ (spread[:, t] ** 2 + (coef[:, t] - mean) ** 2)
            half = stats.t.ppf(0.95, runs[0][4][t]) * np.sqrt(variance)
            assert fast.chosen[t, asset] == deltas[int(past.argmax())]
            np.testing.assert_allclose(fast.coef[t, asset], mean, rtol=1e-6, atol=1e-8)
            np.testing.assert_allclose(fast.high[t, asset] - mean, half, rtol=1e-4)
            np.testing.assert_allclose(mean - fast.low[t, asset], half, rtol=1e-4)
            expected = earlier @ forecast[:, t]
            assert fast.predicted[t, asset] == pytest.approx(expected, rel=1e-6, abs=1e-8)
            earlier = weight


def test_without_discount_it_is_recursive_least_squares():
    """The prior weighs 1e-6 of one row, so every line is OLS of the rows so far."""
    y, x = simulated(1, nobs=400, drivers=3)
    path = discounted(y, x, FilterOptions(deltas=(1.0,), variance_delta=1.0))
    for t in (40, 100, 399):
        design = np.column_stack([np.ones(t + 1), x[: t + 1]])
        slow = np.linalg.lstsq(design, y[: t + 1], rcond=None)[0]
        np.testing.assert_allclose(path.coef[t], slow.T, rtol=1e-5, atol=1e-7)
    # divisor T + 1 instead of T - 4 and the prior's one degree: 1 % at T = 400
    band = np.asarray(sm.OLS(y[:, 0], design).fit().conf_int())
    np.testing.assert_allclose(
        path.high[-1, 0] - path.low[-1, 0], band[:, 1] - band[:, 0], rtol=0.02
    )


def test_a_line_never_looks_ahead():
    y, x = simulated(2, nobs=200)
    wild = y.copy()
    wild[150:] += 40.0
    whole, cut, other = discounted(y, x), discounted(y[:150], x[:150]), discounted(wild, x)
    for name in ("coef", "low", "high", "predicted", "chosen"):
        expected = getattr(whole, name)[:150]
        np.testing.assert_array_equal(getattr(cut, name), expected)
        np.testing.assert_array_equal(getattr(other, name)[:150], expected)
    np.testing.assert_array_equal(other.predicted[150], whole.predicted[150])
    assert abs(other.coef[150] - whole.coef[150]).max() > 0.1


def test_burn_in_is_not_reported_and_results_are_sealed():
    path = discounted(*simulated(3, drivers=2))
    assert path.burn == 30
    assert discounted(*simulated(3, drivers=20)).burn == 42
    for array in (path.coef, path.low, path.high, path.predicted, path.chosen):
        assert np.isnan(array[:30]).all()
        assert np.isfinite(array[30:]).all()
        assert not array.flags.writeable


def coverage(options, drifting, runs=200):
    """Random-walk coefficients: share covered, runs won against one regression, factors picked."""
    covered, wins, picked = [], 0, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((400, 1))
        walks = 1.0 + np.cumsum(0.05 * rng.standard_normal((400, 2)) * drifting, axis=0)
        beta = walks[:, 1]
        y = walks[:, 0] + beta * x[:, 0] + rng.standard_normal(400)
        path = discounted(y[:, None], x, options)
        late = slice(100, None, 60)
        inside = (path.low[late, 0, 1] <= beta[late]) & (beta[late] <= path.high[late, 0, 1])
        covered.append(inside.mean())
        static = np.linalg.lstsq(np.column_stack([np.ones(400), x]), y, rcond=None)[0][1]
        error = np.sqrt(np.mean((path.coef[100:, 0, 1] - beta[100:]) ** 2))
        wins += bool(error < np.sqrt(np.mean((static - beta[100:]) ** 2)))
        picked.append(path.delta[0])
    return np.mean(covered), wins / runs, np.array(picked)


def test_the_band_covers_when_the_factor_matches_the_drift():
    """Steady gain of a random walk of sd 0.05 beside unit noise: 0.049, so the factor is 0.951."""
    covered, wins, _ = coverage(FilterOptions(deltas=(0.951,)), drifting=(1.0, 1.0))
    # 200 runs of 5 nearly independent lines: sd about 0.008
    assert 0.925 <= covered <= 0.975
    assert wins >= 0.8


def test_the_mixture_finds_the_true_factor_and_covers_almost_as_well():
    options = FilterOptions(deltas=(0.92, 0.951, 0.98, 0.995))
    covered, wins, picked = coverage(options, drifting=(1.0, 1.0))
    assert covered >= 0.89
    assert wins >= 0.8
    assert np.mean(picked == 0.951) >= 0.7


def test_the_band_is_too_narrow_when_only_one_coefficient_drifts():
    """Stated in the notes: kept here so that the statement stays true."""
    options = FilterOptions(deltas=(0.92, 0.95, 0.98, 0.995))
    covered, _, _ = coverage(options, drifting=(0.0, 1.0))
    assert 0.78 <= covered <= 0.91


def test_a_constant_beta_picks_the_slowest_factor_and_its_band_covers():
    covered, picked, runs = [], 0, 200
    for seed in range(runs):
        rng = np.random.default_rng(300 + seed)
        x = rng.standard_normal((300, 2))
        y = x @ [1.0, -0.5] + rng.standard_normal(300)
        path = discounted(y[:, None], x)
        picked += bool(path.delta[0] == 0.995)
        covered.append((path.low[-1, 0, 1:] <= [1.0, -0.5]) & (path.high[-1, 0, 1:] >= [1.0, -0.5]))
    assert picked / runs >= 0.8
    assert np.mean(covered) >= 0.93  # discounting a constant wastes rows: the band is generous


def test_noise_that_grows_widens_the_band_when_its_variance_is_discounted():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((500, 1))
    y = x + np.where(np.arange(500) < 400, 1.0, 5.0)[:, None] * rng.standard_normal((500, 1))
    still = discounted(y, x, FilterOptions(deltas=(0.995,), variance_delta=1.0))
    moving = discounted(y, x, FilterOptions(deltas=(0.995,), variance_delta=0.97))
    width = [p.high[-1, 0, 1] - p.low[-1, 0, 1] for p in (still, moving)]
    assert width[1] > 1.5 * width[0]


def test_assets_and_factors_do_not_disturb_each_other():
    y, x = simulated(6, assets=3)
    joint = discounted(y, x)
    alone = discounted(y[:, 1:2], x)
    np.testing.assert_allclose(joint.coef[30:, 1], alone.coef[30:, 0], rtol=1e-12)
    np.testing.assert_allclose(joint.loglik[:, 1], alone.loglik[:, 0], rtol=1e-12)
    bare = discounted(y, x, FilterOptions(intercept=False))
    assert bare.coef.shape == (160, 3, 2)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    unit=st.floats(1e-4, 1e4),
    scale=st.floats(1e-4, 1e4),
    order=st.permutations(range(3)),
)
def test_units_and_order_of_drivers(seed, unit, scale, order):
    y, x = simulated(seed, nobs=70, drivers=3)
    units = np.array([unit, -1.0, 1.0])
    plain = discounted(y, x)
    moved = discounted(y * scale, (x * units)[:, order])
    expected = (plain.coef[30:, :, 1:] * scale / units)[:, :, order]
    size = np.abs(expected).max(axis=(0, 1))
    np.testing.assert_allclose(moved.coef[30:, :, 1:] / size, expected / size, atol=1e-9)
    np.testing.assert_array_equal(moved.chosen, plain.chosen)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y": np.arange(159.0)[:, None]}, "shape"),
        ({"y": np.ones((160, 2, 2))}, "shape"),
        ({"y": np.ones((160, 1))}, "constant"),
        ({"x": np.repeat([[0.0], [1.0]], 80, axis=0)}, "constant"),
        ({"x": np.full((160, 1), np.inf)}, "not_finite"),
        ({"options": FilterOptions(deltas=())}, "delta"),
        ({"options": FilterOptions(deltas=(0.9, 1.1))}, "delta"),
        ({"options": FilterOptions(variance_delta=0.0)}, "delta"),
        ({"options": FilterOptions(level=1.0)}, "level"),
    ],
)
def test_what_cannot_be_filtered_is_refused(change, reason):
    y, x = simulated(7)
    with pytest.raises(NotEstimable) as refused:
        discounted(**{"y": y, "x": x, **change})
    assert refused.value.reason == reason


def test_frames_give_names_and_labels():
    y, x = simulated(7)
    days = pd.bdate_range("2024-01-01", periods=len(y))
    drivers = [f"d{i}" for i in range(x.shape[1])]
    path = discounted(pd.DataFrame(y, days).add_prefix("a"), pd.DataFrame(x, days, drivers))
    frame = path.to_frame()
    assert path.names == ("const", *drivers)
    assert (frame.index == days).all()
    assert len(frame.columns) == 3 * y.shape[1] * len(path.names)
    alone = discounted(y[:, 0], x)
    assert list(alone.to_frame().columns[:3]) == ["const", "const_low", "const_high"]
    np.testing.assert_allclose(alone.coef[:, 0], path.coef[:, 0], rtol=1e-9)
    assert "best" in path.summary()


def test_too_short_and_collinear_are_refused():
    y, x = simulated(8)
    for args, reason in (
        ((y[:59], x[:59]), "too_short"),
        ((y, np.column_stack([x, x[:, 0] - x[:, 1]])), "collinear"),
    ):
        with pytest.raises(NotEstimable) as refused:
            discounted(*args)
        assert refused.value.reason == reason
