"""Static connectedness: against R, a published table, a slow loop, known truth; what it refuses."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import largest_root, simulated, slow_fit, slow_table, stable
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.api import VAR

from comove.core.errors import NotEstimable
from comove.stats import connectedness
from comove.stats.connectedness import Connectedness, static
from comove.stats.connectedness._fevd import (
    Decomposition,
    contributions,
    decompose,
    moving_average,
    spectral_radius,
)
from comove.stats.connectedness._measures import (
    between,
    corrected,
    received,
    sealed,
    sent,
    total_index,
)
from comove.stats.connectedness._static import stable_fit
from comove.stats.connectedness._var import fit, fit_many, lagged, least_rows
from comove.stats.frames import table


def drawn(seed, lags=2, width=3, nobs=300):
    rng = np.random.default_rng(seed)
    return simulated(*stable(rng, lags, width), nobs, rng)


# reference


@pytest.mark.parametrize(
    ("method", "file"),
    [
        ("generalized", "dy_static_var2_h10_ct.csv"),
        ("cholesky", "dy_static_var2_h10_cholesky_ct.csv"),
    ],
)
def test_reference_tables_of_r(facts, method, file):
    found = static(facts("facts_returns.csv"), lags=2, horizon=10, method=method)
    expected = facts(file)
    assert list(found.names) == list(expected.columns)
    np.testing.assert_allclose(found.table, expected.to_numpy(), rtol=0.0, atol=1e-12)


def test_reference_totals_and_directions_of_r(facts):
    found = static(facts("facts_returns.csv"), lags=2, horizon=10)
    assert 100 * found.total == pytest.approx(facts("summary.json")["dy_static_tci"], abs=1e-10)
    directions = 100 * np.column_stack([found.to, found.from_, found.net])
    expected = facts("dy_static_var2_h10_net.csv").to_numpy()
    np.testing.assert_allclose(directions, expected, rtol=0.0, atol=1e-10)
    cholesky = static(facts("facts_returns.csv"), lags=2, horizon=10, method="cholesky")
    assert 100 * cholesky.total == pytest.approx(
        facts("summary.json")["dy_static_cholesky_tci"], abs=1e-10
    )


def test_reference_published_table_of_diebold_and_yilmaz_2012(peers):
    found = static(peers("input_dy2012.csv"), lags=4, horizon=10)
    assert round(100 * found.total, 2) == 12.59
    assert (100 * found.table[0]).round(2).tolist() == [88.76, 7.29, 0.35, 3.61]
    assert 100 * found.total == pytest.approx(peers("w1_static.json")["TCI"], abs=1e-10)
    for values, file in (
        (found.table, "w1_static_CT.csv"),
        (np.concatenate(list(found.coefficients), axis=1), "w1_static_B.csv"),
        (found.sigma, "w1_static_Q.csv"),
        (100 * found.pairwise, "w1_static_NPDC.csv"),
        (100 * np.column_stack([found.to, found.from_, found.net]), "w1_static_to_from_net.csv"),
    ):
        np.testing.assert_allclose(values, peers(file).to_numpy(), rtol=0.0, atol=1e-11)


def test_reference_another_package_counts_one_step_more(peers):
    found = static(peers("input_dy2012.csv"), lags=4, horizon=11)
    expected = peers("w1_static_fC_table.csv").to_numpy()
    np.testing.assert_allclose(found.table, expected, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("lags", [1, 3])
def test_reference_autoregression_of_statsmodels(lags):
    x = drawn(5, lags=lags)
    model, other = fit(x, lags), VAR(x).fit(lags)
    np.testing.assert_allclose(model.coefficients, other.coefs, rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(model.constant, other.intercept, rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(model.residuals, other.resid, rtol=0.0, atol=1e-11)
    np.testing.assert_allclose(model.sigma, other.sigma_u_mle, rtol=1e-11)
    responses = moving_average(model.coefficients, 12)
    np.testing.assert_allclose(responses, other.ma_rep(11), rtol=0.0, atol=1e-12)
    cholesky = static(x, lags, 12, method="cholesky").table
    np.testing.assert_allclose(cholesky, other.fevd(12).decomp[:, -1], rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("method", ["generalized", "cholesky"])
@pytest.mark.parametrize("normalize", [True, False])
def test_reference_slow_loop(method, normalize):
    x = drawn(7, lags=3)
    expected = slow_table(*slow_fit(x, 3), 8, method, normalize)
    found = static(x, 3, 8, method, normalize)
    np.testing.assert_allclose(found.table, expected, rtol=0.0, atol=1e-12)
    assert found.radius == pytest.approx(largest_root(slow_fit(x, 3)[0]), abs=1e-12)


def test_reference_measures_by_hand():
    shares = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.0, 0.4, 0.6]])
    np.testing.assert_allclose(received(shares), [0.5, 0.2, 0.4])
    np.testing.assert_allclose(sent(shares), [0.1, 0.7, 0.3])
    np.testing.assert_allclose(between(shares)[0], [0.0, 0.2, 0.2])
    assert float(total_index(shares)) == pytest.approx(1.1 / 3)
    assert float(corrected(total_index(shares), 3)) == pytest.approx(0.55)
    assert not sealed(shares.copy()).flags.writeable


def test_reference_many_samples_agree_with_one_at_a_time():
    samples = np.random.default_rng(3).standard_normal((5, 60, 3))
    coefficients, sigma = fit_many(samples, 2)
    tables = decompose(coefficients, sigma, Decomposition(horizon=6))
    for sample, each, spread, shares in zip(samples, coefficients, sigma, tables, strict=True):
        found = static(sample, 2, 6)
        np.testing.assert_allclose(each, found.coefficients, rtol=0.0, atol=1e-12)
        np.testing.assert_allclose(spread, found.sigma, rtol=1e-11)
        np.testing.assert_allclose(shares, found.table, rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(
        spectral_radius(coefficients), [largest_root(each) for each in coefficients], atol=1e-12
    )


def test_reference_contributions_add_up_to_the_table():
    rng = np.random.default_rng(4)
    coefficients, sigma = stable(rng, 2, 3)
    for method in ("generalized", "cholesky"):
        how = Decomposition(horizon=7, method=method)
        parts = contributions(moving_average(coefficients, 7), sigma, how)
        assert parts.shape == (7, 3, 3)
        expected = slow_table(coefficients, sigma, 7, method)
        np.testing.assert_allclose(parts.sum(axis=0), expected, atol=1e-13)


def test_reference_lags_lie_side_by_side():
    x = np.arange(10.0).reshape(5, 2)
    assert lagged(x, 2).tolist() == [[2, 3, 0, 1], [4, 5, 2, 3], [6, 7, 4, 5]]


# recovery


def test_recovery_of_the_table_behind_a_simulation():
    rng = np.random.default_rng(11)
    coefficients, sigma = stable(rng, 2, 3, radius=0.7)
    truth = slow_table(coefficients, sigma, 10)
    samples = simulated(coefficients, sigma, 500, rng, count=200)
    tables = np.array([static(sample, 2, 10).table for sample in samples])
    error = tables.std(axis=0) / np.sqrt(len(tables))
    # consistent, and biased by no more than the order 1/T that least squares is
    assert (np.abs(tables.mean(axis=0) - truth) < 3 * error + 5.0 / 500).all()
    assert (tables.std(axis=0) < 0.05).all()
    long = static(simulated(coefficients, sigma, 40_000, rng), 2, 10).table
    np.testing.assert_allclose(long, truth, rtol=0.0, atol=0.01)


def test_recovery_of_coefficients():
    rng = np.random.default_rng(12)
    coefficients, sigma = stable(rng, 2, 3)
    model, radius = stable_fit(table(simulated(coefficients, sigma, 40_000, rng)), 2)
    np.testing.assert_allclose(model.coefficients, coefficients, atol=0.03)
    np.testing.assert_allclose(model.sigma, sigma, rtol=0.05, atol=0.05)
    assert radius == pytest.approx(0.8, abs=0.02)


# invariance

seeds = st.integers(0, 2**31)


@settings(max_examples=25, deadline=None)
@given(seeds, st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3), st.integers(0, 7))
def test_invariance_to_units_and_signs(seed, units, signs):
    x = drawn(seed)
    stretch = np.array(units) * np.where(np.array([signs & 1, signs & 2, signs & 4]) > 0, -1, 1)
    for method in ("generalized", "cholesky"):
        before, after = (static(data, 2, 10, method).table for data in (x, x * stretch))
        np.testing.assert_allclose(after, before, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.permutations(range(3)))
def test_invariance_to_the_order_of_columns(seed, order):
    x = drawn(seed)
    before, after = static(x, 2, 10).table, static(x[:, order], 2, 10).table
    np.testing.assert_allclose(after, before[np.ix_(order, order)], rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.lists(st.sampled_from([0.0, 1.0, -1e4, 1e8]), min_size=3, max_size=3))
def test_invariance_to_constants(seed, constants):
    x = np.round(drawn(seed) * 2**16) / 2**16  # exact beside 1e8
    before, after = static(x, 2, 10), static(x + constants, 2, 10)
    np.testing.assert_allclose(after.table, before.table, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(after.coefficients, before.coefficients, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_invariance_rows_are_shares_and_nets_cancel(seed):
    found = static(drawn(seed), 2, 10)
    np.testing.assert_allclose(found.table.sum(axis=1), 1.0, atol=1e-12)
    assert abs(found.net.sum()) < 1e-12
    np.testing.assert_allclose(found.pairwise, -found.pairwise.T, atol=0.0)
    np.testing.assert_allclose(found.net, -found.pairwise.sum(axis=1), atol=1e-12)
    assert 0.0 <= found.total < 1.0
    assert found.total_corrected == pytest.approx(1.5 * found.total)


def test_total_passes_that_of_equal_senders_where_others_explain_more():
    """Two thirds is no bound for three columns, whatever is often said of it."""
    found = static(drawn(250146145), 2, 10)
    assert found.total == pytest.approx(1.0 - np.diag(found.table).mean(), abs=1e-12)
    assert found.total > 2.0 / 3.0


def test_cholesky_depends_on_the_order_of_columns():
    x = drawn(1)
    before = static(x, 2, 10, "cholesky").table
    after = static(x[:, ::-1], 2, 10, "cholesky").table[::-1, ::-1]
    assert np.abs(before - after).max() > 0.01


# degenerate

rng = np.random.default_rng(0)
GOOD = rng.standard_normal((100, 3))


def spoiled(value):
    x = GOOD.copy()
    x[50, 1] = value
    return x


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (GOOD[:, :1], "shape"),
        (GOOD[:, 0], "shape"),
        (GOOD[None], "shape"),
        (GOOD[:11], "too_short"),
        (GOOD[:0], "too_short"),
        (spoiled(np.nan), "not_finite"),
        (spoiled(np.inf), "not_finite"),
        (np.column_stack([GOOD[:, :2], np.full(100, 7.1)]), "constant"),
        (np.column_stack([GOOD[:, :2], np.r_[1.0, np.zeros(99)]]), "constant"),
        (np.column_stack([GOOD[:, :2], GOOD[:, 0]]), "collinear"),
        (np.column_stack([GOOD[:, :2], GOOD[:, 0] - 3 * GOOD[:, 1]]), "collinear"),
        (np.column_stack([GOOD[1:, 0], GOOD[:-1, 0]]), "collinear"),
        (
            1.02 ** np.arange(300)[:, None] * [1.0, -1.0] + rng.standard_normal((300, 2)),
            "explosive",
        ),
    ],
)
def test_degenerate_samples_are_refused(x, reason):
    with pytest.raises(NotEstimable) as refusal:
        static(x, lags=2, horizon=10)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("settings_", "reason"),
    [
        ({"lags": 0}, "lags"),
        ({"lags": 1.5}, "lags"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": 2.5}, "horizon"),
        ({"method": "girf"}, "method"),
    ],
)
def test_degenerate_settings_are_refused(settings_, reason):
    with pytest.raises(NotEstimable) as refusal:
        static(GOOD, **{"lags": 1, "horizon": 10} | settings_)
    assert refusal.value.reason == reason


def test_degenerate_fewest_rows():
    least = least_rows(3, 2)
    assert least == 2 + 7 + 3
    assert np.isfinite(static(GOOD[:least], 2, 10).total)
    with pytest.raises(NotEstimable, match="too_short"):
        static(GOOD[: least - 1], 2, 10)


# what is handed over


def test_frame_in_frame_out():
    frame = pd.DataFrame(GOOD, columns=["btc", "gdx", "dxy"])
    found = static(frame, 1, 10)
    assert isinstance(found, Connectedness)
    out = found.to_frame()
    assert list(out.index) == list(out.columns) == ["btc", "gdx", "dxy"]
    assert out.loc["gdx", "btc"] == found.table[1, 0]
    assert repr(found).startswith("Connectedness(total=0.0")
    summary = found.summary()
    assert "total_corrected" in summary
    assert "net" in summary
    assert max(map(len, summary.splitlines())) <= 100
    assert all(hasattr(connectedness, name) for name in connectedness.__all__)


def test_results_are_read_only():
    found = static(GOOD, 1, 10)
    for values in (found.table, found.to, found.from_, found.net, found.pairwise, found.sigma):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0
