"""Absorption ratio: a documented example, closed forms, coverage, slow loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.regimes import AbsorptionOptions, absorption_path, absorption_ratio

SHORT = AbsorptionOptions(window=60, half_life=30.0, short=5, long=40)


def equicorrelated(rng, nobs, width, rho):
    shared = rng.standard_normal((nobs, 1))
    return np.sqrt(rho) * shared + np.sqrt(1 - rho) * rng.standard_normal((nobs, width))


def test_reference_documented_example(peers):
    known = peers("w8_python.json")["frds_absorption"]
    x = [
        [0.015, 0.031, 0.007, 0.034, 0.014, 0.011],
        [0.012, 0.063, 0.027, 0.023, 0.073, 0.055],
        [0.072, 0.043, 0.097, 0.078, 0.036, 0.083],
    ]
    found = absorption_ratio(np.transpose(x))
    assert found.value == pytest.approx(known["doc_value"], abs=1e-14)
    assert found.factors == 1


def test_reference_equicorrelation_in_closed_form():
    # columns with exactly this covariance: two directions of ten carry (1 + 9 rho + 1 - rho) / 10
    z = np.random.default_rng(0).standard_normal((50, 10))
    q, _ = np.linalg.qr(z - z.mean(axis=0))
    covariance = np.full((10, 10), 0.4) + 0.6 * np.eye(10)
    x = np.sqrt(49) * q @ np.linalg.cholesky(covariance).T
    found = absorption_ratio(x)
    assert found.factors == 2
    assert found.value == pytest.approx(0.52, abs=1e-13)
    assert found.eigenvalues == pytest.approx([4.6, *[0.6] * 9], abs=1e-12)


def test_reference_path_equals_a_slow_loop():
    x = np.random.default_rng(1).standard_t(5, (180, 4))
    found = absorption_path(x, SHORT)
    weights = 0.5 ** (np.arange(59, -1, -1) / 30)
    value = np.full(180, np.nan)
    for t in range(59, 180):
        covariance = np.cov(x[t - 59 : t + 1].T, aweights=weights, ddof=0)
        roots = np.linalg.eigvalsh(covariance)
        value[t] = roots[-1] / roots.sum()
    assert found.value[59:] == pytest.approx(value[59:], abs=1e-12)
    for t in range(59 + 39, 180):
        year = pd.Series(value[t - 39 : t + 1])
        shift = (year[-5:].mean() - year.mean()) / year.std()
        assert found.shift[t] == pytest.approx(shift, abs=1e-8)
        assert found.alarm[t] == (shift > 1)
    assert np.isnan(found.shift[: 59 + 39]).all()


def test_reference_equal_weights_equal_the_static_ratio():
    x = np.random.default_rng(2).standard_normal((100, 5))
    options = AbsorptionOptions(window=100, half_life=None)
    path = absorption_path(x, options)
    assert path.value[-1] == pytest.approx(absorption_ratio(x).value, abs=1e-13)
    assert np.isnan(path.shift).all()


@pytest.mark.parametrize("fat", [False, True])
def test_recovery_interval_covers(fat):
    rng, runs, hits = np.random.default_rng(3), 300, 0
    truth = (1 + 4 * 0.5) / 5
    for _ in range(runs):
        x = equicorrelated(rng, 500, 5, 0.5)
        if fat:
            x *= np.sqrt(3 / rng.chisquare(5, (500, 1)))
        found = absorption_ratio(x)
        hits += found.low <= truth <= found.high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.91 if fat else 0.93, 0.97])
    assert low <= hits <= high


@pytest.mark.nightly
def test_recovery_interval_covers_over_many_runs():
    rng, runs, hits = np.random.default_rng(4), 2000, 0
    for _ in range(runs):
        found = absorption_ratio(equicorrelated(rng, 1000, 5, 0.5))
        hits += found.low <= 0.6 <= found.high
    low, high = sps.binom.ppf([0.0005, 0.9995], runs, [0.93, 0.97])
    assert low <= hits <= high


def test_recovery_shift_sees_correlation_rise():
    rng = np.random.default_rng(5)
    x = np.vstack([equicorrelated(rng, 300, 8, 0.1), equicorrelated(rng, 60, 8, 0.9)])
    options = AbsorptionOptions(window=120, half_life=60, long=120)
    found = absorption_path(x, options)
    assert found.alarm[310:330].all()
    assert found.value[-1] > found.value[299] + 0.2


def test_recovery_future_rows_change_nothing():
    x = np.random.default_rng(6).standard_normal((200, 4))
    whole, part = absorption_path(x, SHORT), absorption_path(x[:150], SHORT)
    assert whole.value[:150].tobytes() == part.value.tobytes()
    assert whole.shift[:150].tobytes() == part.shift.tobytes()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-4, 1e4), st.sampled_from([0.0, -10.0, 1e8]))
def test_invariance_to_units_signs_levels_and_order(seed, unit, level):
    rng = np.random.default_rng(seed)
    x = np.round(equicorrelated(rng, 60, 5, 0.3) * 2**18) / 2**18
    signs = rng.choice([-1.0, 1.0], 5)
    power = 2.0 ** round(np.log2(unit))
    base = absorption_ratio(x)
    # one unit for all columns: the ratio is of variances
    moved = absorption_ratio((x * signs)[:, rng.permutation(5)] * power + level * power)
    assert moved.value == pytest.approx(base.value, abs=1e-9)
    assert [moved.low, moved.high] == pytest.approx([base.low, base.high], abs=1e-9)


@pytest.mark.parametrize(
    ("x", "kwargs", "reason"),
    [
        (np.random.default_rng(7).standard_normal((50, 1)), {}, "shape"),
        (np.random.default_rng(7).standard_normal((2, 3)), {}, "too_short"),
        (np.ones((50, 3)), {}, "constant"),
        (np.full((50, 3), np.nan), {}, "not_finite"),
        (np.random.default_rng(7).standard_normal((50, 3)), {"fraction": 0.0}, "option"),
        (np.random.default_rng(7).standard_normal((50, 3)), {"fraction": 1.0}, "option"),
        (np.random.default_rng(7).standard_normal((50, 3)), {"level": 1.5}, "level"),
    ],
)
def test_degenerate_samples_are_refused(x, kwargs, reason):
    with pytest.raises(NotEstimable) as caught:
        absorption_ratio(x, **kwargs)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (AbsorptionOptions(window=500), "too_short"),
        (AbsorptionOptions(window=2), "option"),
        (AbsorptionOptions(window=50, half_life=0.0), "option"),
        (AbsorptionOptions(window=50, short=300), "option"),
        (AbsorptionOptions(window=50, fraction=-1.0), "option"),
    ],
)
def test_degenerate_paths_are_refused(options, reason):
    with pytest.raises(NotEstimable) as caught:
        absorption_path(np.random.default_rng(8).standard_normal((100, 3)), options)
    assert caught.value.reason == reason


def test_degenerate_equal_columns_are_an_identity():
    x = np.random.default_rng(9).standard_normal((50, 1)) @ np.ones((1, 3))
    found = absorption_ratio(x)
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 1.0, 1.0), abs=1e-12)


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=120)
    x = pd.DataFrame(np.random.default_rng(10).standard_normal((120, 4)), index=days)
    assert absorption_path(x, SHORT).to_frame().index.equals(days)
    assert absorption_ratio(x).to_frame()["absorbed"].iloc[-1] == pytest.approx(1.0)
    assert "factors" in absorption_ratio(x).summary()
