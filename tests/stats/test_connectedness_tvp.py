"""Drifting connectedness: against R, a textbook filter, a break of known date; no look-ahead."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import largest_root, simulated, slow_fit, slow_table, stable
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.connectedness import DriftingConnectedness, tvp_var
from comove.stats.connectedness._fevd import Decomposition
from comove.stats.connectedness._prior import start, with_errors
from comove.stats.connectedness._tvp import Drift, follow

seeds = st.integers(0, 2**31)


def drawn(seed, lags=1, width=3, nobs=150):
    rng = np.random.default_rng(seed)
    return simulated(*stable(rng, lags, width), nobs, rng)


def slow_filter(x, lags, begin, kappa, first, *, compatible, horizon=6):
    """The filter as the papers write it, one stacked equation a row, nothing saved."""
    width = x.shape[1]
    beta, variance, q = begin.state.ravel(), begin.covariance, begin.sigma
    shaped = lambda vector: vector.reshape(width, lags, width).transpose(1, 0, 2)  # noqa: E731
    accepted = candidate = shaped(beta)
    s, tables, explosive = None, [], 0
    for t in range(first, len(x)):
        z = np.concatenate([x[t - lag - 1] for lag in range(lags)]) if t >= lags else None
        if not compatible or t > lags:
            error = x[t] - sum(candidate[lag] @ x[t - lag - 1] for lag in range(lags))
            q = kappa[1] * q + (1 - kappa[1]) * np.outer(error, error)
        elif t > 0:
            q = kappa[1] * q + (1 - kappa[1]) * 0.1 * np.outer(x[t], x[t])
        before = beta
        if z is not None:
            r = variance if s is None else s / kappa[0]
            f = np.kron(np.eye(width), z)
            gain = r @ f.T @ np.linalg.inv(f @ r @ f.T + q)
            beta = beta + gain @ (x[t] - f @ beta)
            s = r - gain @ f @ r
        candidate = shaped(beta)
        if largest_root(candidate) > 1.0 and not (compatible and t == 0):
            explosive += 1
            beta = 0.99 * before
            candidate = candidate if compatible else shaped(beta)
        else:
            accepted = candidate
        tables.append(slow_table(accepted, q, horizon))
    return np.array(tables), accepted, q, explosive


# reference


@pytest.mark.parametrize(
    ("name", "kappa", "prior"),
    [
        ("tvpvar_p1_k99_96_minnesota_h10", (0.99, 0.96), "minnesota"),
        ("tvpvar_p1_k99_99_bayes200_h10", (0.99, 0.99), "bayes"),
    ],
)
def test_reference_paths_of_r(facts, name, kappa, prior):
    found = tvp_var(facts("facts_returns.csv"), 1, 10, kappa, prior, causal=False)
    expected = facts(f"{name}.csv")
    assert found.dates.tolist() == expected.index.tolist()
    np.testing.assert_allclose(100 * found.total, expected["tci"], rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(100 * found.net, expected.iloc[:, 1:], rtol=0.0, atol=1e-10)
    last = facts(f"{name}_B_last.csv").to_numpy()
    np.testing.assert_allclose(found.coefficients[0], last, rtol=0.0, atol=1e-12)
    last = facts(f"{name}_Q_last.csv").to_numpy()
    np.testing.assert_allclose(found.sigma, last, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "kappa", "prior", "horizon", "explosive"),
    [
        ("w2_dy2012_p1_k99_96_minn_H20", (0.99, 0.96), "minnesota", 20, 0),
        ("w2_dy2012_p1_k99_99_unif_H10", (0.99, 0.99), "uninformative", 10, 1),
    ],
)
def test_reference_paths_of_r_on_log_volatility(peers, name, kappa, prior, horizon, explosive):
    found = tvp_var(peers("input_dy2012.csv"), 1, horizon, kappa, prior, causal=False)
    for values, file in (
        (found.total[:, None], "TCI"),
        (found.net, "NET"),
        (found.to, "TO"),
    ):
        expected = peers(f"{name}_{file}.csv").to_numpy()
        np.testing.assert_allclose(100 * values, expected, rtol=0.0, atol=1e-10)
    last = peers(f"{name}_B_last.csv").to_numpy()
    np.testing.assert_allclose(found.coefficients[0], last, rtol=0.0, atol=1e-12)
    last = peers(f"{name}_Q_last.csv").to_numpy()
    np.testing.assert_allclose(found.sigma, last, rtol=0.0, atol=1e-12)
    assert found.explosive == explosive


def test_reference_priors_of_r(peers):
    for name, prior in (("minn_H20", "minnesota"), ("unif_H10", "uninformative")):
        kappa = "k99_96" if prior == "minnesota" else "k99_99"
        expected = peers(f"w2_dy2012_p1_{kappa}_{name}_prior.csv").to_numpy()
        begin = start(peers("input_dy2012.csv").to_numpy(), 1, prior, 0.1)
        np.testing.assert_allclose(begin.state.ravel(), expected[:, 0], atol=0.0)
        np.testing.assert_allclose(begin.covariance.diagonal(), expected[:, 1], rtol=1e-15)


@pytest.mark.parametrize("prior", ["minnesota", "bayes", "uninformative"])
@pytest.mark.parametrize("lags", [1, 3])
def test_reference_slow_filter_compatible(prior, lags):
    x = drawn(lags, lags, 2)
    known = x[:40] if prior == "bayes" else x
    expected = slow_filter(
        x - x.mean(axis=0), lags, start(known, lags, prior, 0.1), (0.98, 0.95), 0, compatible=True
    )
    found = tvp_var(x, lags, 6, (0.98, 0.95), prior, False, prior_size=40)
    np.testing.assert_allclose(found.table, expected[0], rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(found.coefficients, expected[1], rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(found.sigma, expected[2], rtol=1e-10)
    assert found.explosive == expected[3]


@pytest.mark.parametrize("prior", ["minnesota", "bayes", "uninformative"])
@pytest.mark.parametrize("lags", [1, 3])
def test_reference_slow_filter_causal(prior, lags):
    x, burn = drawn(lags, lags, 2), 40
    mean, scale = x[:burn].mean(axis=0), x[:burn].std(axis=0)
    begin = start((x[:burn] - mean) / scale, lags, prior, 0.1)
    centre = np.array([x[: max(row + 1, burn)].mean(axis=0) for row in range(len(x))])
    first = burn if prior == "bayes" else lags
    begin = with_errors(begin) if prior == "bayes" else begin
    tables, coefficients, q, explosive = slow_filter(
        (x - centre) / scale, lags, begin, (0.98, 0.95), first, compatible=False
    )
    found = tvp_var(x, lags, 6, (0.98, 0.95), prior, prior_size=burn)
    np.testing.assert_allclose(found.table, tables[burn - first :], rtol=0.0, atol=1e-10)
    expected = coefficients * scale[:, None] / scale
    np.testing.assert_allclose(found.coefficients, expected, rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(found.sigma, q * np.outer(scale, scale), rtol=1e-10)
    assert found.explosive == explosive


@pytest.mark.parametrize("causal", [True, False])
def test_reference_slow_filter_refuses_explosive_updates(causal):
    x = drawn(3, 1, 2)
    x[60:75] += 1.4 ** np.arange(15)[:, None] * [1.0, 0.5]
    burn, scale = 40, x[:40].std(axis=0) if causal else np.ones(2)
    if causal:
        begin = start((x[:burn] - x[:burn].mean(axis=0)) / scale, 1, "uninformative", 0.1)
        centre = np.array([x[: max(row + 1, burn)].mean(axis=0) for row in range(len(x))])
    else:
        begin, centre = start(x, 1, "uninformative", 0.1), x.mean(axis=0)
    units = (x - centre) / scale
    expected = slow_filter(units, 1, begin, (0.95, 0.95), int(causal), compatible=not causal)
    found = tvp_var(x, 1, 6, (0.95, 0.95), "uninformative", causal, prior_size=burn)
    assert found.explosive == expected[3] > 5
    np.testing.assert_allclose(
        found.table, expected[0][burn - 1 if causal else 0 :], rtol=0.0, atol=1e-9
    )


def test_reference_least_squares_prior():
    x = drawn(6, 2, 3)
    coefficients, sigma = slow_fit(x, 2)
    begin = start(x, 2, "bayes", 0.1)
    np.testing.assert_allclose(begin.state[:, :3], coefficients[0], atol=1e-12)
    np.testing.assert_allclose(begin.sigma, sigma, rtol=1e-10)
    regressors = np.column_stack([np.ones(148), x[1:-1], x[:-2]])
    inverse = np.linalg.inv(regressors.T @ regressors)[1:, 1:]
    np.testing.assert_allclose(begin.covariance[6:12, 6:12], inverse, rtol=1e-9)
    assert (begin.covariance == begin.covariance.T).all()
    errors = with_errors(begin).covariance
    np.testing.assert_allclose(errors[:6, 6:12], sigma[0, 1] * inverse, rtol=1e-9)


# recovery


def test_recovery_of_constant_parameters():
    rng = np.random.default_rng(1)
    coefficients, sigma = stable(rng, 1, 3, radius=0.7)
    truth = slow_table(coefficients, sigma, 10)
    x = simulated(coefficients, sigma, 4000, rng)
    for prior in ("minnesota", "bayes", "uninformative"):
        found = tvp_var(x, 1, 10, (1.0, 0.999), prior)
        np.testing.assert_allclose(found.table[-1], truth, rtol=0.0, atol=0.04)
        np.testing.assert_allclose(found.coefficients, coefficients, rtol=0.0, atol=0.08)


def test_recovery_of_a_link_that_opens():
    rng = np.random.default_rng(2)
    quiet = simulated(np.zeros((1, 2, 2)), np.eye(2), 700, rng, warm=0)
    linked = simulated(np.array([[[0.0, 0.0], [1.0, 0.0]]]), np.eye(2), 700, rng)
    found = tvp_var(np.vstack([quiet, linked]), 1, 10, (0.99, 0.99))
    date = found.dates
    assert found.total[date < 700].mean() < 0.05
    assert found.total[date >= 1000].mean() == pytest.approx(0.25, abs=0.05)
    assert found.net[date >= 1000, 0].mean() == pytest.approx(0.5, abs=0.1)
    within = np.flatnonzero(found.total[date >= 700] > 0.125)[0]
    assert within < 150


# invariance


@settings(max_examples=25, deadline=None)
@given(
    seeds,
    st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3),
    st.permutations(range(3)),
    st.sampled_from(["minnesota", "bayes", "uninformative"]),
)
def test_invariance_to_units_signs_and_order(seed, units, order, prior):
    x = drawn(seed)
    before = tvp_var(x, 1, 10, prior=prior, prior_size=60).table
    after = tvp_var(-x[:, order] * units, 1, 10, prior=prior, prior_size=60).table
    expected = before[:, order][:, :, order]
    np.testing.assert_allclose(after, expected, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1.0, -1e4, 1e8]))
def test_invariance_to_constants(seed, constant):
    x = np.round(drawn(seed) * 2**16) / 2**16  # exact beside 1e8
    before = tvp_var(x, 1, 10, prior_size=60).table
    after = tvp_var(x + constant, 1, 10, prior_size=60).table
    np.testing.assert_allclose(after, before, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(61, 149), st.sampled_from(["minnesota", "bayes", "uninformative"]))
def test_invariance_to_what_comes_later(seed, cut, prior):
    x = drawn(seed)
    whole = tvp_var(x, 1, 10, prior=prior, prior_size=60)
    known = tvp_var(x[:cut], 1, 10, prior=prior, prior_size=60)
    assert (known.table == whole.table[: cut - 60]).all()
    assert (known.dates == whole.dates[: cut - 60]).all()


def test_compatibility_mode_looks_ahead():
    x = drawn(0)
    x[100:] *= 10.0
    whole = tvp_var(x, 1, 10, causal=False).total
    known = tvp_var(x[:100], 1, 10, causal=False).total
    assert np.abs(whole[:100] - known).max() > 0.01


# degenerate

GOOD = np.random.default_rng(0).standard_normal((150, 3))


def turned(x, row, value):
    x = x.copy()
    x[row:, 1] = value
    return x


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (GOOD[:, :1], "shape"),
        (GOOD[:6], "too_short"),
        (turned(GOOD, 149, np.nan), "not_finite"),
        (turned(GOOD, 149, np.inf), "not_finite"),
        (GOOD * [1.0, 0.0, 1.0], "constant"),
        (GOOD[:, [0, 1, 0]], "collinear"),
    ],
)
def test_degenerate_samples_are_refused(x, reason, causal):
    with pytest.raises(NotEstimable) as refusal:
        tvp_var(x, 1, 10, causal=causal, prior_size=60 if causal else 61)
    assert refusal.value.reason == reason


def test_degenerate_burn_in_is_refused():
    x = GOOD.copy()
    x[:60, 1] = 2.5
    with pytest.raises(NotEstimable, match="constant"):
        tvp_var(x, 1, 10, prior_size=60)


def test_degenerate_later_rows_are_refused_where_they_fail():
    x = np.vstack([GOOD, np.repeat(np.random.default_rng(1).standard_normal((900, 1)), 3, axis=1)])
    with pytest.raises(NotEstimable) as refusal:
        tvp_var(x, 1, 10, kappa=(0.99, 0.9), prior_size=60)
    assert refusal.value.reason == "collinear"
    assert refusal.value.values["row"] > 200


@pytest.mark.parametrize(
    ("settings_", "reason"),
    [
        ({"lags": 0}, "lags"),
        ({"horizon": 0}, "horizon"),
        ({"method": "girf"}, "method"),
        ({"kappa": (0.0, 0.9)}, "kappa"),
        ({"kappa": (0.99, 1.1)}, "kappa"),
        ({"kappa": (0.99,)}, "kappa"),
        ({"prior": "flat"}, "prior"),
        ({"gamma": 0.0}, "gamma"),
        ({"prior_size": 5}, "prior_size"),
        ({"prior_size": None}, "prior_size"),
    ],
)
def test_degenerate_settings_are_refused(settings_, reason):
    with pytest.raises(NotEstimable) as refusal:
        tvp_var(GOOD, **{"lags": 1, "horizon": 10, "prior_size": 60} | settings_)
    assert refusal.value.reason == reason


# what is handed over


def test_frame_in_frame_out():
    days = pd.date_range("2026-01-01", periods=150)
    frame = pd.DataFrame(GOOD, index=days, columns=["a", "b", "c"])
    found = tvp_var(frame, 1, 10, prior_size=60)
    assert isinstance(found, DriftingConnectedness)
    assert found.to_frame().index.equals(days[60:])
    assert "kappa" in found.summary()
    whole = tvp_var(frame, 1, 10, causal=False, prior="bayes", prior_size=None)
    assert whole.to_frame().index.equals(days)


def test_same_bytes_again():
    how, drift = Decomposition(horizon=10), Drift(lags=1, size=60)
    first, second = (follow(GOOD, drift, how) for _ in range(2))
    assert first.tables.tobytes() == second.tables.tobytes()
