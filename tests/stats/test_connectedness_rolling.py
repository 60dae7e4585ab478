"""Rolling connectedness and its compiled loops: against R, slow loops; spikes; what is skipped."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import largest_root, simulated, slow_fit, slow_table, stable
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.connectedness import ConnectednessPath, rolling, static
from comove.stats.connectedness._fevd import Decomposition
from comove.stats.connectedness._rolling import windows

seeds = st.integers(0, 2**31)


def drawn(seed, lags=2, width=3, nobs=150):
    rng = np.random.default_rng(seed)
    return simulated(*stable(rng, lags, width), nobs, rng)


# reference


def test_reference_path_of_r(facts):
    x = facts("facts_returns.csv").loc["2019-01-01":, ["btc", "gdx", "gld", "qqq"]]
    found = rolling(x, lags=1, horizon=10, window=249)
    expected = facts("dy_rolling250_var1_h10.csv")
    assert found.dates.tolist() == expected.index.tolist()
    np.testing.assert_allclose(100 * found.total, expected["tci"], rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(100 * found.net, expected.iloc[:, 1:], rtol=0.0, atol=1e-10)
    assert (found.explosive, found.singular) == (0, 0)


def test_reference_path_of_r_with_four_lags(peers):
    x = peers("input_dy2012.csv")
    found = rolling(x, lags=4, horizon=10, window=196)
    assert found.dates.tolist() == peers("w1_rolling200_TCI.csv").index.tolist()
    for values, file in (
        (found.total[:, None], "w1_rolling200_TCI.csv"),
        (found.net, "w1_rolling200_NET.csv"),
        (found.to, "w1_rolling200_TO.csv"),
    ):
        np.testing.assert_allclose(100 * values, peers(file).to_numpy(), rtol=0.0, atol=1e-10)
    whole = rolling(x, lags=4, horizon=10, window=200)
    expected = peers("w1_rolling_true200rows_TCI.csv")
    np.testing.assert_allclose(100 * whole.total, expected["TCI"], rtol=0.0, atol=1e-10)


@pytest.mark.parametrize("method", ["generalized", "cholesky"])
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize(("lags", "window", "width"), [(1, 20, 2), (3, 61, 3), (2, 150, 4)])
def test_reference_slow_loop_over_windows(method, normalize, lags, window, width):
    x = drawn(lags, lags, width)
    found = rolling(x, lags, 7, window, method, normalize)
    assert len(found.table) == len(x) - window + 1
    skipped = 0
    for line, last in zip(found.table, range(window, len(x) + 1), strict=True):
        coefficients, sigma = slow_fit(x[last - window : last], lags)
        if largest_root(coefficients) > 1.0:
            assert np.isnan(line).all()
            skipped += 1
            continue
        expected = slow_table(coefficients, sigma, 7, method, normalize)
        np.testing.assert_allclose(line, expected, rtol=0.0, atol=1e-11)
    assert found.explosive == skipped


def test_reference_many_columns_agree_with_the_whole_sample():
    x = np.random.default_rng(3).standard_normal((260, 20))
    found = rolling(x, 2, 10, 250)
    for line, last in ((0, 250), (10, 260)):
        expected = static(x[last - 250 : last], 2, 10).table
        np.testing.assert_allclose(found.table[line], expected, rtol=0.0, atol=1e-11)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 3), st.integers(2, 4), st.floats(0.5, 1.5))
def test_reference_roots_by_squaring_agree_with_eigenvalues(seed, lags, width, radius):
    from comove.stats.connectedness._kernels import explodes

    coefficients, sigma = stable(np.random.default_rng(seed), lags, width, radius)
    if abs(radius - 1.0) > 1e-9:
        assert explodes(coefficients, sigma) == (radius > 1.0)


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-12])
def test_reference_roots_near_one(gap):
    from comove.stats.connectedness._kernels import explodes

    turn = np.array([[0.6, -0.8], [0.8, 0.6]])  # complex roots of modulus one
    for coefficients in (turn[None], np.eye(2)[None], -np.eye(2)[None]):
        assert not explodes(coefficients * (1.0 - gap), np.eye(2))
        assert explodes(coefficients * (1.0 + gap), np.eye(2))


def test_reference_compiled_decomposition_and_factor():
    from comove.stats.connectedness._kernels import decompose, factor

    rng = np.random.default_rng(8)
    coefficients, sigma = stable(rng, 2, 4)
    out = np.empty((4, 4))
    for method in ("generalized", "cholesky"):
        for normalize in (True, False):
            assert decompose(coefficients, sigma, (9, method == "generalized", normalize), out)
            expected = slow_table(coefficients, sigma, 9, method, normalize)
            np.testing.assert_allclose(out, expected, rtol=0.0, atol=1e-13)
    triangle = sigma.copy()
    assert factor(triangle)
    np.testing.assert_allclose(triangle, np.linalg.cholesky(sigma), atol=1e-13)
    assert not factor(np.ones((2, 2)))


def test_reference_regression_from_products():
    from comove.stats.connectedness._kernels import regress

    x = drawn(9, lags=2, width=3)
    units = (x - x.mean(axis=0)) / x.std(axis=0)
    rows = np.column_stack([np.ones(148), units[1:-1], units[:-2], units[2:]])
    packed = (rows.T @ rows)[np.triu_indices(10)]
    coefficients, sigma = np.empty((2, 3, 3)), np.empty((3, 3))
    assert regress(packed, coefficients, sigma)
    expected, spread = slow_fit(units, 2)
    scale = units[2:].std(axis=0)
    np.testing.assert_allclose(coefficients, expected * scale / scale[:, None], atol=1e-12)
    np.testing.assert_allclose(sigma, spread / np.outer(scale, scale), atol=1e-12)


# recovery


def test_recovery_of_a_link_that_opens():
    rng = np.random.default_rng(5)
    quiet = simulated(np.zeros((1, 2, 2)), np.eye(2), 400, rng, warm=0)
    linked = simulated(np.array([[[0.0, 0.0], [1.0, 0.0]]]), np.eye(2), 400, rng)
    found = rolling(np.vstack([quiet, linked]), 1, 10, 200)
    assert found.total[:200].max() < 0.06
    # half of the second column's variance comes from the first, a quarter of all
    assert found.total[400:].mean() == pytest.approx(0.25, abs=0.05)
    assert found.total[400:] == pytest.approx(np.full(201, 0.25), abs=0.1)
    assert found.net[400:, 0].mean() == pytest.approx(0.5, abs=0.1)


def test_a_spike_leaves_no_trace():
    x = drawn(2, nobs=400)
    spiked = x.copy()
    spiked[100] += 1e6
    before, after = rolling(x, 2, 10, 60).table, rolling(spiked, 2, 10, 60).table
    np.testing.assert_allclose(after[101:], before[101:], rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(after[:41], before[:41], rtol=0.0, atol=1e-9)
    assert np.nanmax(np.abs(after[41:101] - before[41:101])) > 0.1


def test_explosive_windows_are_skipped_and_counted():
    x = drawn(4, lags=1, nobs=300)
    x[150:180] += 1.5 ** np.arange(30)[:, None]
    found = rolling(x, 1, 10, 25)
    roots = [largest_root(slow_fit(x[last - 25 : last], 1)[0]) for last in range(25, 301)]
    assert found.explosive == sum(root > 1.0 for root in roots) > 0
    np.testing.assert_array_equal(np.isnan(found.total), np.array(roots) > 1.0)


def test_windows_without_variation_are_skipped_and_counted():
    x = drawn(4, lags=1, nobs=300)
    x[100:150, 1] = 3.25
    found = rolling(x, 1, 10, 40)
    # a column that does not vary among the lags, or among the current rows
    flat = np.array(
        [
            min(np.ptp(x[last - 40 : last - 1, 1]), np.ptp(x[last - 39 : last, 1])) == 0.0
            for last in range(40, 301)
        ]
    )
    assert found.singular == flat.sum() == 13
    assert np.isnan(found.table[flat]).all()
    assert np.isnan(found.total).sum() == found.singular + found.explosive


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3), st.permutations(range(3)))
def test_invariance_to_units_signs_and_order(seed, units, order):
    x = drawn(seed)
    before = rolling(x, 2, 10, 60).table
    after = rolling(-x[:, order] * units, 2, 10, 60).table
    expected = before[:, order][:, :, order]
    np.testing.assert_allclose(after, expected, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.lists(st.sampled_from([0.0, 1.0, -1e4, 1e8]), min_size=3, max_size=3))
def test_invariance_to_constants(seed, constants):
    x = np.round(drawn(seed) * 2**16) / 2**16  # exact beside 1e8
    before, after = rolling(x, 2, 10, 60).table, rolling(x + constants, 2, 10, 60).table
    np.testing.assert_allclose(after, before, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(60, 149))
def test_invariance_to_what_comes_later_and_before(seed, cut):
    x = drawn(seed)
    whole, first = rolling(x, 2, 10, 60).table, rolling(x[:cut], 2, 10, 60).table
    np.testing.assert_allclose(first, whole[: cut - 59], rtol=0.0, atol=1e-11)
    last = rolling(x[cut - 60 :], 2, 10, 60).table
    np.testing.assert_allclose(last, whole[cut - 60 :], rtol=0.0, atol=1e-11)


# degenerate

GOOD = np.random.default_rng(0).standard_normal((100, 3))


@pytest.mark.parametrize(
    ("x", "window", "reason"),
    [
        (GOOD[:, :1], 50, "shape"),
        (GOOD, 11, "too_short"),
        (GOOD, 101, "too_short"),
        (np.where(np.arange(100)[:, None] == 50, np.nan, GOOD), 50, "not_finite"),
        (np.where(np.arange(100)[:, None] == 50, np.inf, GOOD), 50, "not_finite"),
        (GOOD * [1.0, 0.0, 1.0], 50, "constant"),
        (GOOD[:, [0, 1, 0]], 50, "collinear"),
        (1.1 ** np.arange(100)[:, None] * [1.0, -1.0] + 0.1 * GOOD[:, :2], 50, "explosive"),
    ],
)
def test_degenerate_samples_are_refused(x, window, reason):
    with pytest.raises(NotEstimable) as refusal:
        rolling(x, 2, 10, window)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("settings_", "reason"),
    [({"lags": 0}, "lags"), ({"horizon": 0}, "horizon"), ({"method": "girf"}, "method")],
)
def test_degenerate_settings_are_refused(settings_, reason):
    with pytest.raises(NotEstimable) as refusal:
        rolling(GOOD, **{"lags": 1, "horizon": 10, "window": 50} | settings_)
    assert refusal.value.reason == reason


# what is handed over


def test_frame_in_frame_out():
    days = pd.date_range("2026-01-01", periods=100)
    found = rolling(pd.DataFrame(GOOD, index=days, columns=["a", "b", "c"]), 1, 10, 60)
    assert isinstance(found, ConnectednessPath)
    out = found.to_frame()
    assert out.index.equals(days[59:])
    assert list(out.columns[:3]) == ["total", "total_corrected", "to_a"]
    np.testing.assert_array_equal(out["net_b"], found.net[:, 1])
    np.testing.assert_allclose(out["total_corrected"], 1.5 * found.total)
    assert found.latest == found.total[-1]
    assert "explosive" in found.summary()
    assert found.window == 60


def test_same_bytes_again():
    how = Decomposition(horizon=10)
    assert windows(GOOD, 1, 50, how)[0].tobytes() == windows(GOOD, 1, 50, how)[0].tobytes()
