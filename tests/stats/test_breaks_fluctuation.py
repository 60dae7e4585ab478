"""The fluctuation test of a correlation: the published form, its law, its level and its power."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.breaks import bridge_pvalue, fluctuation


def pair(rng, nobs, rho):
    z = rng.standard_normal((nobs, 2))
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    return z


def in_waves(rng, nobs, rho):
    """Two GARCH(1,1) series of constant conditional correlation and t(8) shocks."""
    z = pair(rng, nobs + 100, rho) * np.sqrt(6 / rng.chisquare(8, (nobs + 100, 1)))
    variance, out = np.ones(2), np.empty_like(z)
    for t, row in enumerate(z):
        out[t] = np.sqrt(variance) * row
        variance = 0.06 + 0.08 * out[t] ** 2 + 0.86 * variance
    return out[100:]


def published(x, bandwidth):
    """The paper's statistic: covariance of (x^2, y^2, x, y, xy), then two delta steps."""
    nobs = len(x)
    u, v = x.T
    rows = np.column_stack([u * u, v * v, u, v, u * v])
    rows -= rows.mean(axis=0)
    d1 = rows.T @ rows / nobs
    for lag in range(1, bandwidth):
        crossed = rows[lag:].T @ rows[:-lag] / nobs
        d1 += (1 - lag / bandwidth) * (crossed + crossed.T)
    mx, my = u.mean(), v.mean()
    vx, vy, cxy = u.var(), v.var(), ((u - mx) * (v - my)).mean()
    # to (var x, var y, cov xy), then to the correlation
    a = np.array([[1, 0, -2 * mx, 0, 0], [0, 1, 0, -2 * my, 0], [0, 0, -my, -mx, 1]])
    b = np.array([-0.5 * cxy * vx**-1.5 * vy**-0.5, -0.5 * cxy * vx**-0.5 * vy**-1.5])
    b = np.append(b, (vx * vy) ** -0.5)
    spread = b @ a @ d1 @ a.T @ b
    whole = np.corrcoef(u, v)[0, 1]
    steps = [
        j / np.sqrt(nobs) * abs(np.corrcoef(u[:j], v[:j])[0, 1] - whole) for j in range(2, nobs + 1)
    ]
    return max(steps) / np.sqrt(spread), int(np.argmax(steps)) + 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reference_equals_the_published_formula(seed):
    rng = np.random.default_rng(seed)
    x = pair(rng, 250, 0.4) * [1.0, 30.0] + [5.0, -2.0]
    bandwidth = int(np.log(250))
    found = fluctuation(x, margins="none", lags=bandwidth - 1)
    statistic, at = published(x, bandwidth)
    assert found.statistic == pytest.approx(statistic, rel=1e-10)
    assert found.at == at
    assert found.pvalue == pytest.approx(special.kolmogorov(statistic), abs=1e-12)
    assert found.before == pytest.approx(np.corrcoef(x[:at].T)[0, 1])
    assert found.after == pytest.approx(np.corrcoef(x[at:].T)[0, 1])


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 5.0))
def test_reference_law_equals_scipy(value):
    assert bridge_pvalue(value) == pytest.approx(special.kolmogorov(value), abs=1e-13)


def test_recovery_law_is_that_of_a_simulated_bridge():
    rng = np.random.default_rng(4)
    walk = np.cumsum(rng.standard_normal((2000, 1000)), axis=1) / np.sqrt(1000)
    bridge = walk - walk[:, -1:] * np.arange(1, 1001) / 1000
    beyond = (np.abs(bridge).max(axis=1) > 1.3581).mean()
    assert 0.03 < beyond < 0.065


@pytest.mark.parametrize(("margins", "runs"), [("none", 400), ("garch", 200)])
def test_recovery_false_positives_keep_the_level(margins, runs):
    rng, rejected = np.random.default_rng(5), 0
    for _ in range(runs):
        x = pair(rng, 500, 0.4) if margins == "none" else in_waves(rng, 400, 0.4)
        rejected += fluctuation(x, margins).pvalue < 0.05
    # asymptotic 5 %; the largest of T steps is a little below that of a continuous path
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.035, 0.065])
    assert low <= rejected <= high


@pytest.mark.nightly
def test_recovery_false_positives_keep_the_level_over_many_runs():
    rng, rejected = np.random.default_rng(6), 0
    for _ in range(2000):
        rejected += fluctuation(in_waves(rng, 750, 0.4)).pvalue < 0.05
    low, high = sps.binom.ppf([0.0005, 0.9995], 2000, [0.035, 0.065])
    assert low <= rejected <= high


def test_recovery_change_is_found_and_dated():
    rng, found, at = np.random.default_rng(7), 0, []
    for _ in range(100):
        x = np.vstack([pair(rng, 250, 0.2), pair(rng, 250, 0.7)])
        result = fluctuation(x, margins="none")
        found += result.pvalue < 0.05
        at.append(result.at)
    assert found > 95
    assert abs(np.median(at) - 250) < 15


def test_recovery_a_wave_of_volatility_is_not_a_change_of_correlation():
    rng, raw, clean = np.random.default_rng(8), 0, 0
    for _ in range(40):
        x = pair(rng, 600, 0.5)
        x[300:360] *= 6.0
        raw += fluctuation(x, "none").pvalue < 0.05
        clean += fluctuation(x, "garch").pvalue < 0.05
    assert clean <= sps.binom.ppf(0.999, 40, 0.065)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.sampled_from([0.0, -7.0, 1e8]))
def test_invariance_to_units_signs_levels_and_order(seed, unit, level):
    x = np.round(pair(np.random.default_rng(seed), 120, 0.3) * 2**18) / 2**18
    base = fluctuation(x, "none")
    power = 2.0 ** round(np.log2(unit))
    moved = fluctuation(x[:, ::-1] * [power, -1.0] + [level * power, level], "none")
    assert moved.statistic == pytest.approx(base.statistic, rel=1e-9)
    assert moved.at == base.at
    assert -moved.before == pytest.approx(base.before, abs=1e-9, nan_ok=True)


def test_a_series_that_begins_constant_is_no_trouble():
    x = pair(np.random.default_rng(9), 100, 0.3)
    x[:10, 0] = 1.0
    found = fluctuation(x, "none")
    assert np.isfinite(found.path).all()
    assert found.path[-1] == 0.0


Z = pair(np.random.default_rng(10), 120, 0.3)


@pytest.mark.parametrize(
    ("x", "margins", "lags", "reason"),
    [
        (Z[:20], "none", None, "too_short"),
        (Z[:60], "garch", None, "too_short"),
        (Z[:, :1], "none", None, "shape"),
        (np.column_stack([Z, Z]), "none", None, "shape"),
        (np.column_stack([Z[:, 0], np.ones(120)]), "none", None, "constant"),
        (np.where(np.eye(120, 2) > 0, np.nan, Z), "none", None, "not_finite"),
        (np.where(np.eye(120, 2) > 0, np.inf, Z), "none", None, "not_finite"),
        (Z[:, [0, 0]] * [1.0, -3.0], "none", None, "collinear"),
        (Z[:, [0, 0]], "garch", None, "collinear"),
        (Z, "stochastic", None, "option"),
        (Z, "none", -1, "lags"),
        (Z, "none", 500, "too_short"),
    ],
)
def test_degenerate_samples_are_refused(x, margins, lags, reason):
    with pytest.raises(NotEstimable) as caught:
        fluctuation(x, margins, lags)
    assert caught.value.reason == reason


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=120)
    found = fluctuation(pd.DataFrame(Z, index=days), "none")
    assert found.label == days[found.at].to_datetime64()
    assert found.to_frame().index.equals(days)
    assert "pvalue" in found.summary()
