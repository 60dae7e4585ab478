"""Quantile regression: against every vertex, linear programmes, R; windows, resamples, bands."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binom, norm

from comove.core.errors import NotEstimable
from comove.stats import _quantile_kernels as kernels
from comove.stats.quantile_regression import QuantileOptions, fit, rolling, solve

seeds = st.integers(0, 2**31)
TAUS = (0.05, 0.3, 0.5, 0.95)


def drawn(seed, nobs=80, width=2, decimals=None):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((nobs, width))
    y = x @ rng.standard_normal(width) + rng.standard_t(3, nobs)
    return (y, x) if decimals is None else (np.round(y, decimals), np.round(x, decimals))


def loss_of(y, x, tau, coef):
    residuals = y - np.column_stack([np.ones(len(y)), x]) @ coef
    return np.where(residuals > 0, tau * residuals, (tau - 1) * residuals).sum()


def programme(y, x, tau):
    """Least loss by linear programming."""
    design = np.column_stack([np.ones(len(y)), x])
    nobs, width = design.shape
    equal = np.hstack([design, np.eye(nobs), -np.eye(nobs)])
    cost = np.r_[np.zeros(width), np.full(nobs, tau), np.full(nobs, 1 - tau)]
    bounds = [(None, None)] * width + [(0, None)] * (2 * nobs)
    found = linprog(cost, A_eq=equal, b_eq=y, bounds=bounds, method="highs")
    assert found.status == 0
    return found.fun


# reference


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize("width", [1, 2])
def test_reference_slow_loop_over_all_vertices(tau, width):
    y, x = drawn(int(100 * tau) + width, 22, width)
    design = np.column_stack([np.ones(len(y)), x])
    best = min(
        (np.linalg.solve(design[list(rows)], y[list(rows)]) for rows in every(len(y), width + 1)),
        key=lambda coef: loss_of(y, x, tau, coef),
    )
    found = solve(y, x, tau)
    np.testing.assert_allclose(found.coef, best, rtol=0.0, atol=1e-12)
    assert found.loss == pytest.approx(loss_of(y, x, tau, best), rel=1e-12)


def every(nobs, width):
    return itertools.combinations(range(nobs), width)


@pytest.mark.parametrize("decimals", [None, 1, 0])
@pytest.mark.parametrize(("nobs", "width"), [(30, 1), (150, 4), (250, 8)])
def test_reference_linear_programme(nobs, width, decimals):
    for tau in TAUS:
        y, x = drawn(nobs + width, nobs, width, decimals)
        least = programme(y, x, tau)
        found = solve(y, x, tau)
        assert found.loss == pytest.approx(least, rel=1e-9)
        assert loss_of(y, x, tau, found.coef) == pytest.approx(least, rel=1e-9)
        assert 0.0 <= found.gap < 1e-9 * found.loss


def test_reference_never_above_iterated_least_squares():
    for tau in TAUS:
        y, x = drawn(7, 1000, 3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = sm.QuantReg(y, sm.add_constant(x)).fit(q=tau, max_iter=5000)
        found = solve(y, x, tau)
        theirs = loss_of(y, x, tau, other.params)
        assert found.loss <= theirs
        assert found.loss == pytest.approx(theirs, rel=1e-5)
        np.testing.assert_allclose(found.coef, other.params, atol=2e-2)


def test_reference_coefficients_of_r(peers):
    returns = peers("input_systemicr_returns.csv")
    coefs = np.array(peers("w8_R.json")["rq"]["coef"])
    for place, tau in enumerate((0.01, 0.05, 0.5)):
        found = solve(returns["SXXP.Index"], returns["STJ.LN.Equity"], tau)
        np.testing.assert_allclose(found.coef, coefs[:, place], rtol=0.0, atol=1e-13)
        assert found.names == ("intercept", "STJ.LN.Equity")


@pytest.mark.parametrize("decimals", [None, 1])
@pytest.mark.parametrize("tau", TAUS)
def test_reference_every_window_is_solved_like_a_sample(tau, decimals):
    y, x = drawn(3, 160, 2, decimals)
    path = rolling(y, x, tau, 60)
    assert path.coef.shape == (101, 3)
    for last, coef in zip(path.dates, path.coef, strict=True):
        rows = slice(last - 59, last + 1)
        alone = solve(y[rows], x[rows], tau)
        assert loss_of(y[rows], x[rows], tau, coef) == pytest.approx(alone.loss, rel=1e-11)
        if decimals is None:
            np.testing.assert_allclose(coef, alone.coef, atol=1e-11)


def test_reference_resamples_are_solved_like_samples():
    y, x = drawn(5, 60, 2)
    options = QuantileOptions(replications=20, block=3.0)
    found = fit(y, x, 0.3, np.random.default_rng(1), options)
    from comove.stats.bootstrap import stationary_indices

    rows = stationary_indices(60, 60, 3.0, 20, np.random.default_rng(1))
    for drawn_rows, coef in zip(rows, found.draws, strict=True):
        alone = solve(y[drawn_rows], x[drawn_rows], 0.3)
        reached = loss_of(y[drawn_rows], x[drawn_rows], 0.3, coef)
        assert reached == pytest.approx(alone.loss, rel=1e-11)


def test_reference_without_intercept():
    y, x = drawn(9, 25, 1)
    slopes = y / x[:, 0]
    losses = [np.where(e > 0, 0.3 * e, -0.7 * e).sum() for e in (y - x[:, 0] * b for b in slopes)]
    found = solve(y, x, 0.3, intercept=False)
    assert found.coef[0] == pytest.approx(slopes[int(np.argmin(losses))], rel=1e-12)
    assert found.names == ("0",)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_reference_inverse_of_the_kernel(size):
    matrix = np.random.default_rng(size).standard_normal((size, size))
    inverse = np.empty_like(matrix)
    assert kernels.invert(matrix.copy(), inverse)
    np.testing.assert_allclose(inverse @ matrix, np.eye(size), atol=1e-12)
    assert not kernels.invert(np.zeros((size, size)), inverse)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 40), st.floats(0.0, 1.0))
def test_reference_turn_of_the_slope_is_a_slow_loop(seed, count, share):
    rng = np.random.default_rng(seed)
    times, loads = np.round(rng.random(count), 1), rng.random(count) + 0.01
    need, total = share * loads.sum() * 0.999, 0.0
    for place in np.argsort(times, kind="stable"):
        total += loads[place]
        if total >= need:
            expected = times[place]
            break
    assert kernels._turn(times.copy(), loads.copy(), count, need) == expected


def test_reference_first_rows_of_a_restarted_window_span_the_columns():
    design = np.random.default_rng(0).standard_normal((30, 4))
    basis = np.empty(4, dtype=np.int64)
    assert kernels.begin(design, basis)
    assert np.linalg.matrix_rank(design[basis]) == 4
    design[:, 3] = design[:, 0] - 2 * design[:, 1]
    assert not kernels.begin(design, basis)


# recovery


def covered(runs, tau, replications):
    """How often the interval holds the slope of a quantile that fans out."""
    hits, truth = 0, 0.5 + 0.4 * norm.ppf(tau)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x = np.abs(rng.standard_normal(300))
        y = 0.5 * x + (1.0 + 0.4 * x) * rng.standard_normal(300)
        found = fit(y, x, tau, rng, QuantileOptions(replications=replications))
        hits += found.low[1] <= truth <= found.high[1]
    return hits


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_recovery_intervals_cover_the_slope(tau):
    low, high = binom.ppf([0.001, 0.999], 200, 0.95)
    assert low <= covered(200, tau, 99) <= high


@pytest.mark.nightly
@pytest.mark.parametrize("tau", [0.05, 0.1, 0.5, 0.9])
def test_recovery_intervals_cover_93_to_97_in_100(tau):
    assert 0.93 <= covered(2000, tau, 999) / 2000 <= 0.97


def test_recovery_share_below_the_line():
    y, x = drawn(1, 1000, 3)
    for tau in TAUS:
        residuals = solve(y, x, tau).residuals
        below, on = (residuals < -1e-9).sum(), (np.abs(residuals) <= 1e-9).sum()
        assert below <= 1000 * tau <= below + on
        assert on == 4


def test_recovery_of_large_samples_is_certified():
    y, x = drawn(2, 20_000, 5)
    found = solve(y, x, 0.05)
    assert found.gap < 1e-10 * found.loss


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(TAUS), st.sampled_from([1e-6, 3.0, 1e6]))
def test_invariance_of_scale_and_shift(seed, tau, scale):
    y, x = drawn(seed)
    base = solve(y, x, tau)
    scaled = solve(scale * y, x, tau)
    np.testing.assert_allclose(scaled.coef, scale * base.coef, atol=1e-9 * scale)
    moved = solve(y + 2.0 * x[:, 0] - 3.0, x, tau)
    np.testing.assert_allclose(moved.coef, base.coef + np.array([-3.0, 2.0, 0.0]), atol=1e-9)
    stretched = solve(y, x * [scale, 1.0], tau)
    np.testing.assert_allclose(stretched.coef * [1.0, scale, 1.0], base.coef, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(TAUS))
def test_invariance_of_sign_order_and_rows(seed, tau):
    y, x = drawn(seed)
    base = solve(y, x, tau)
    np.testing.assert_allclose(solve(-y, x, 1.0 - tau).coef, -base.coef, atol=1e-9)
    swapped = solve(y, x[:, ::-1], tau)
    np.testing.assert_allclose(swapped.coef[[0, 2, 1]], base.coef, atol=1e-9)
    rows = np.random.default_rng(seed).permutation(len(y))
    np.testing.assert_allclose(solve(y[rows], x[rows], tau).coef, base.coef, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(TAUS), st.sampled_from([1e4, 1e8]))
def test_invariance_of_large_levels(seed, tau, offset):
    y, x = (np.round(part * 2**16) / 2**16 for part in drawn(seed))  # exact beside 1e8
    base = solve(y, x, tau)
    found = solve(y + offset, x - offset, tau)
    np.testing.assert_allclose(found.coef[1:], base.coef[1:], atol=1e-9)
    np.testing.assert_allclose(found.residuals, base.residuals, atol=1e-9)
    path = rolling(y + offset, x - offset, tau, 40)
    np.testing.assert_allclose(path.coef[:, 1:], rolling(y, x, tau, 40).coef[:, 1:], atol=1e-9)


def test_invariance_of_the_seed():
    y, x = drawn(1)
    first, second = (fit(y, x, 0.3, np.random.default_rng(4)) for _ in range(2))
    assert first.draws.tobytes() == second.draws.tobytes()


# degenerate


@pytest.mark.parametrize(
    ("y", "x", "tau", "reason"),
    [
        (np.ones(30), np.arange(30.0), 0.5, "constant"),
        (np.arange(30.0), np.ones(30), 0.5, "collinear"),
        (np.arange(30.0) ** 2, np.column_stack([np.arange(30.0)] * 2), 0.5, "collinear"),
        (np.arange(30.0) ** 2, np.arange(29.0), 0.5, "shape"),
        (np.ones((30, 2)), np.arange(30.0), 0.5, "shape"),
        (np.where(np.arange(30) == 3, np.nan, 1.0), np.arange(30.0), 0.5, "not_finite"),
        (np.arange(30.0), np.where(np.arange(30) == 3, np.inf, 1.0), 0.5, "not_finite"),
        (np.arange(3.0) ** 2, np.arange(6.0).reshape(3, 2), 0.5, "too_short"),
        (np.arange(30.0) ** 2, np.arange(30.0), 0.03, "too_short"),
        (np.arange(30.0) ** 2, np.arange(30.0), 0.0, "tau"),
        (np.arange(30.0) ** 2, np.arange(30.0), 1.0, "tau"),
        (np.arange(30.0) ** 2, np.arange(30.0), np.nan, "tau"),
    ],
)
def test_degenerate_samples_are_refused(y, x, tau, reason):
    with pytest.raises(NotEstimable) as caught:
        solve(y, x, tau)
    assert caught.value.reason == reason


def test_degenerate_intervals_are_refused():
    y, x = drawn(1, 25)
    rng = np.random.default_rng(0)
    for sample, reason, options in (
        ((y, x, 0.1), "too_short", QuantileOptions()),
        ((y[:15], x[:15], 0.5), "too_short", QuantileOptions()),
        ((y, x, 0.5), "level", QuantileOptions(level=1.0)),
        ((y, x, 0.5), "block", QuantileOptions(block=0.5)),
    ):
        with pytest.raises(NotEstimable) as caught:
            fit(*sample, rng, options)
        assert caught.value.reason == reason


def test_degenerate_windows_are_skipped_and_counted():
    y, x = drawn(1, 200, 2)
    x[60:130, 1] = 0.7  # a price that stood still
    path = rolling(y, x, 0.3, 50)
    still = np.array([np.ptp(x[last - 49 : last + 1, 1]) == 0 for last in path.dates])
    assert path.collinear == still.sum() == 21
    np.testing.assert_array_equal(np.isnan(path.coef).all(axis=1), still)
    again = solve(y[-50:], x[-50:], 0.3)
    np.testing.assert_allclose(path.coef[-1], again.coef, atol=1e-11)
    x[:, 1] = 0.0
    x[-1, 1] = 1.0
    with pytest.raises(NotEstimable, match="too_short"):
        rolling(y, x, 0.3, 201)
    with pytest.raises(NotEstimable, match="collinear"):
        rolling(y[:-1], np.column_stack([x[:-1, 0], x[:-1, 0]]), 0.3, 50)


def test_degenerate_first_window_is_survived():
    y, x = drawn(1, 120, 2)
    x[:45, 1] = -1.0
    path = rolling(y, x, 0.5, 40)
    assert path.collinear == 6
    np.testing.assert_allclose(path.coef[6], solve(y[6:46], x[6:46], 0.5).coef, atol=1e-11)


def test_degenerate_ties_do_not_go_in_circles():
    rng = np.random.default_rng(0)
    y, x = rng.integers(0, 2, 500).astype(float), rng.integers(0, 2, (500, 3)).astype(float)
    for tau in TAUS:
        assert solve(y, x, tau).loss == pytest.approx(programme(y, x, tau), rel=1e-9)


# form


def test_results_are_frames_and_closed():
    y, x = drawn(1)
    frame = pd.DataFrame(
        x, columns=["gold", "dollar"], index=pd.date_range("2024-01-01", periods=80)
    )
    path = rolling(pd.Series(y, index=frame.index), frame, 0.5, 60)
    assert list(path.to_frame().columns) == ["intercept", "gold", "dollar"]
    assert path.to_frame().index[-1] == frame.index[-1]
    found = fit(y, frame, 0.5, np.random.default_rng(0), QuantileOptions(replications=50))
    assert found.to_frame().loc["gold", "low"] == found.low[1]
    assert "tau" in found.summary()
    with pytest.raises(ValueError, match="read-only"):
        found.coef[0] = 1.0
