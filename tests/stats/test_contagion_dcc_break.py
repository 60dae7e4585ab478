"""A step beyond the dynamics: numerical scores, level under moving correlation, power."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.contagion import _dcc_break as module
from comove.stats.contagion import dcc_break

LATE = np.arange(600) >= 530


def moving(rng, *, news=(0.0, 0.0), rho=0.4, step=0.0, rise=1.0, nu=None):
    """GARCH margins, DCC correlation with a step on crisis days, crisis volatility times rise."""
    nobs, burn = 600, 60
    z = rng.standard_normal((nobs + burn, 2))
    if nu:
        z *= np.sqrt((nu - 2) / rng.chisquare(nu, (nobs + burn, 1)))
    variance, out = np.ones(2), np.empty_like(z)
    a, b = news
    q11 = q22 = 1.0
    q12 = rho
    for t in range(nobs + burn):
        r = q12 / np.sqrt(q11 * q22)
        if t >= burn and LATE[t - burn]:
            r += step
        e = np.array([z[t, 0], r * z[t, 0] + np.sqrt(1 - r * r) * z[t, 1]])
        q11 = 1 - a - b + a * e[0] ** 2 + b * q11
        q22 = 1 - a - b + a * e[1] ** 2 + b * q22
        q12 = (1 - a - b) * rho + a * e[0] * e[1] + b * q12
        out[t] = np.sqrt(variance) * e
        variance = 0.06 + 0.08 * out[t] ** 2 + 0.86 * variance
    out = out[burn:]
    out[LATE] *= rise
    return out


def test_reference_path_is_that_of_the_fitted_model():
    from comove.stats import dcc

    x = moving(np.random.default_rng(1), news=(0.05, 0.9))
    fit = dcc.fit(x / x.std(axis=0), start="sample_variance")
    residuals = np.array(fit.margins.residuals)
    residuals /= np.sqrt((residuals**2).mean(axis=0))
    path = module._recursion(residuals, fit.a, fit.b).correlation
    # the fitted model does not rescale residuals to mean square one; they nearly are
    assert path == pytest.approx(fit.correlation[:, 0, 1], abs=5e-3)


def loglik_rows(theta, residuals):
    """Bivariate normal rows; theta = (step, a, b, target, scales of crisis and stable rows)."""
    step, a, b, target = theta[:4]
    scale = np.where(LATE[:, None], theta[[4, 6]], theta[[5, 7]])
    e = residuals
    q = np.array([1.0, target, 1.0])
    rows = np.empty(len(e))
    means = np.array([(e[:, 0] ** 2).mean(), target, (e[:, 1] ** 2).mean()])
    q = means.copy()
    for t in range(len(e)):
        r = q[1] / np.sqrt(q[0] * q[2]) + step * LATE[t]
        u = e[t] * np.exp(-scale[t])
        left = 1 - r * r
        rows[t] = -0.5 * (np.log(left) + 2 * scale[t].sum() + (u @ u - 2 * r * u[0] * u[1]) / left)
        now = np.array([e[t, 0] ** 2, e[t, 0] * e[t, 1], e[t, 1] ** 2])
        q = (1 - a - b) * means + a * now + b * q
    return rows


def test_reference_scores_equal_differences_of_the_likelihood():
    x = moving(np.random.default_rng(2), news=(0.05, 0.9))
    e = x / np.sqrt((x**2).mean(axis=0))
    paths = module._recursion(e, 0.05, 0.9)
    at = np.array([0.0, 0.05, 0.9, (e[:, 0] * e[:, 1]).mean(), 0, 0, 0, 0])
    raw = np.empty((600, 8))
    for i in range(8):
        ends = []
        for step in (1e-6, -1e-6):
            moved = at.copy()
            moved[i] += step
            ends.append(loglik_rows(moved, e))
        raw[:, i] = (ends[0] - ends[1]) / 2e-6
    # cleaning with dense algebra and the information of each row, one row at a time
    r, slopes = paths.correlation, paths.slopes
    whole = np.zeros((8, 8))
    for t in range(600):
        jacobian = np.zeros((3, 8))
        jacobian[0, 0] = LATE[t]
        jacobian[0, 1:4] = slopes[t]
        for series in (0, 1):
            jacobian[1 + series, 4 + 2 * series] = LATE[t]
            jacobian[1 + series, 5 + 2 * series] = not LATE[t]
        left = 1 - r[t] ** 2
        info = np.array(
            [
                [(1 + r[t] ** 2) / left**2, -r[t] / left, -r[t] / left],
                [-r[t] / left, (2 - r[t] ** 2) / left, -(r[t] ** 2) / left],
                [-r[t] / left, -(r[t] ** 2) / left, (2 - r[t] ** 2) / left],
            ]
        )
        whole += jacobian.T @ info @ jacobian
    weights = np.linalg.solve(whole[1:, 1:], whole[1:, 0])
    scores, information = module._surprise(e, paths, LATE)
    assert scores == pytest.approx(raw[:, 0] - raw[:, 1:] @ weights, abs=1e-5)
    assert information == pytest.approx(whole[0, 0] - whole[0, 1:] @ weights, rel=1e-8)


def test_reference_information_is_that_of_simulated_scores():
    rng, r = np.random.default_rng(3), 0.6
    z = rng.standard_normal((200_000, 2))
    x, y = z[:, 0], r * z[:, 0] + 0.8 * z[:, 1]
    left = 1 - r * r
    scores = np.column_stack(
        [
            r / left + (x * y * (1 + r * r) - r * (x * x + y * y)) / left**2,
            (x * x - r * x * y) / left - 1,
            (y * y - r * x * y) / left - 1,
        ]
    )
    assert module._information(np.array([r]))[0] == pytest.approx(np.cov(scores.T), abs=0.05)


@pytest.mark.parametrize(
    ("news", "rise", "nu"),
    [((0.0, 0.0), 1.0, None), ((0.04, 0.93), 2.0, None), ((0.0, 0.0), 2.0, 7)],
)
def test_recovery_false_positives_keep_the_level(news, rise, nu):
    rng, runs, rejected = np.random.default_rng(4), 100, 0
    for _ in range(runs):
        x = moving(rng, news=news, rise=rise, nu=nu)
        rejected += dcc_break(x, LATE).pvalue < 0.05
    assert rejected <= sps.binom.ppf(0.999, runs, 0.065)
    assert rejected >= sps.binom.ppf(0.001, runs, 0.02)


@pytest.mark.nightly
def test_recovery_false_positives_keep_the_level_over_many_runs():
    rng, rejected = np.random.default_rng(5), 0
    for _ in range(2000):
        rejected += dcc_break(moving(rng, news=(0.03, 0.94), rise=1.5), LATE).pvalue < 0.05
    low, high = sps.binom.ppf([0.0005, 0.9995], 2000, [0.035, 0.065])
    assert low <= rejected <= high


def test_recovery_step_is_found():
    rng, found = np.random.default_rng(6), 0
    for _ in range(60):
        found += dcc_break(moving(rng, step=0.35), LATE).pvalue < 0.05
    assert found > 50


def test_recovery_interval_covers_small_steps():
    rng, runs, hits = np.random.default_rng(7), 100, 0
    for _ in range(runs):
        found = dcc_break(moving(rng, step=0.1), LATE)
        hits += found.low <= 0.1 <= found.high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.91, 0.97])
    assert low <= hits <= high


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-3, 1.0, 1e3]), st.sampled_from([0.0, 1e4]))
def test_invariance_to_units_signs_levels_and_order(seed, unit, level):
    x = moving(np.random.default_rng(seed))
    base = dcc_break(x, LATE)
    moved = dcc_break(x[:, ::-1] * [unit, 4.0] + level * unit, LATE)
    assert moved.z == pytest.approx(base.z, abs=1e-4)
    assert moved.change == pytest.approx(base.change, abs=1e-5)
    assert dcc_break(x * [1.0, -1.0], LATE).z == pytest.approx(-base.z, abs=1e-4)


X = moving(np.random.default_rng(8))


@pytest.mark.parametrize(
    ("x", "crisis", "kwargs", "reason"),
    [
        (X, LATE[:50], {}, "shape"),
        (X[:, :1], LATE, {}, "shape"),
        (X, np.arange(600) >= 595, {}, "too_short"),
        (X[500:560], LATE[500:560], {}, "too_short"),
        (np.column_stack([X[:, 0], np.ones(600)]), LATE, {}, "constant"),
        (np.where(np.eye(600, 2) > 0, np.nan, X), LATE, {}, "not_finite"),
        (X[:, [0, 0]], LATE, {}, "collinear"),
        (X, LATE, {"margins": "egarch"}, "margins"),
        (X, LATE, {"level": 0.0}, "level"),
    ],
)
def test_degenerate_samples_are_refused(x, crisis, kwargs, reason):
    with pytest.raises(NotEstimable) as caught:
        dcc_break(x, crisis, **kwargs)
    assert caught.value.reason == reason


def test_frames_are_read():
    found = dcc_break(pd.DataFrame(X), LATE)
    assert found.to_frame()["change"].iloc[0] == found.change
    assert "pvalue" in found.summary()
