"""Moving-window regressions against lstsq, one window after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.rolling_beta import rolling_ols


def simulated(seed, nobs=320, drivers=3, assets=2):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((nobs, drivers)) @ np.tri(drivers) + 0.2
    y = x @ rng.standard_normal((drivers, assets)) + rng.standard_normal((nobs, assets))
    return y, x


@pytest.mark.parametrize(("window", "every"), [(60, 1), (252, 1), (100, 7), (320, 1)])
def test_every_line_equals_lstsq(window, every):
    y, x = simulated(0)
    coef = rolling_ols(y, x, window, every)
    assert coef.shape == (320, 2, 4)
    for t in range(320):
        if t < window - 1 or (319 - t) % every:
            assert np.isnan(coef[t]).all()
            continue
        rows = slice(t - window + 1, t + 1)
        design = np.column_stack([np.ones(window), x[rows]])
        slow = np.linalg.lstsq(design, y[rows], rcond=None)[0]
        np.testing.assert_allclose(coef[t], slow.T, rtol=1e-9, atol=1e-9)


def test_reference_peers_rolling_regression(peers):
    table = peers("input_w5.csv")
    y, x = table.index.to_numpy(dtype=float), table.reset_index(drop=True).to_numpy()
    expected = peers("w5_rollingols250.csv").reset_index().to_numpy()
    found = rolling_ols(y[:, None], x, 250)[:, 0]
    np.testing.assert_allclose(found[249:], expected[249:], rtol=0, atol=1e-10)


def test_keeps_its_digits_after_a_wild_history_and_at_a_far_level():
    y, x = simulated(1)
    y[:100] *= 1e5
    x[:100] *= 1e5
    design = np.column_stack([np.ones(60), x[-60:]])
    slow = np.linalg.lstsq(design, y[-60:], rcond=None)[0].T
    np.testing.assert_allclose(rolling_ols(y, x, 60)[-1], slow, rtol=1e-9, atol=1e-9)
    plain, far = rolling_ols(y, x, 60)[-1, :, 1:], rolling_ols(y, x + 1e4, 60)[-1, :, 1:]
    np.testing.assert_allclose(far, plain, rtol=1e-9, atol=1e-9)


def test_a_window_without_variation_is_nan_and_the_others_are_not():
    y, x = simulated(2)
    x[50:120, 1] = 3.0
    x[200:280, 2] = x[200:280, 0]
    coef = rolling_ols(y, x, 60)
    empty = np.isnan(coef[:, 0, 0])
    np.testing.assert_array_equal(
        np.flatnonzero(empty), [*range(59), *range(109, 120), *range(259, 280)]
    )
    with pytest.raises(NotEstimable) as refused:
        rolling_ols(y, np.column_stack([x[:, 0], x[:, 0]]), 60)
    assert refused.value.reason == "collinear"


def test_recovers_a_beta_that_stepped():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((600, 1))
    beta = np.where(np.arange(600) < 300, 1.0, 3.0)[:, None]
    coef = rolling_ols(beta * x + 0.1 * rng.standard_normal((600, 1)), x, 100)
    assert coef[299, 0, 1] == pytest.approx(1.0, abs=0.05)
    assert coef[349, 0, 1] == pytest.approx(2.0, abs=0.5)
    assert coef[599, 0, 1] == pytest.approx(3.0, abs=0.05)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(1e-5, 1e5), order=st.permutations(range(3)))
def test_units_and_order_of_drivers(seed, scale, order):
    y, x = simulated(seed, nobs=80)
    unit = np.array([scale, -1.0, 2.0])
    plain = rolling_ols(y, x, 40)[39:]
    moved = rolling_ols(y, (x * unit)[:, order], 40)[39:]
    expected = (plain[:, :, 1:] / unit)[:, :, order]
    np.testing.assert_allclose(moved[:, :, 1:], expected, rtol=1e-9, atol=1e-9 * max(1, 1 / scale))
    doubled = rolling_ols(2.0 * y + 5.0, x, 40)[39:]
    np.testing.assert_allclose(doubled[:, :, 1:], 2.0 * plain[:, :, 1:], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"window": 4}, "too_short"),
        ({"window": 321}, "too_short"),
        ({"every": 0}, "shape"),
        ({"y": np.ones((320, 1))}, "constant"),
        ({"y": np.arange(319.0)[:, None]}, "shape"),
        ({"x": np.full((320, 1), np.nan)}, "not_finite"),
        ({"y": np.arange(320.0)}, "shape"),
    ],
)
def test_what_cannot_be_regressed_is_refused(change, reason):
    y, x = simulated(4)
    with pytest.raises(NotEstimable) as refused:
        rolling_ols(**{"y": y, "x": x, "window": 60, **change})
    assert refused.value.reason == reason
