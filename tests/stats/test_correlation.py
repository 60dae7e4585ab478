import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.correlation import correlation, overlapping


def normal_pairs(rng, nobs, rho):
    z = rng.standard_normal((nobs, 2))
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    return z


def clustered_pairs(rng, nobs, rho, nu=6):
    """Common GARCH-like volatility and multivariate t shocks."""
    z = normal_pairs(rng, nobs, rho) * np.sqrt((nu - 2) / rng.chisquare(nu, nobs))[:, None]
    variance = 1.0
    for t in range(nobs):
        z[t] *= np.sqrt(variance)
        variance = 0.05 + 0.08 * (z[t] ** 2).mean() + 0.87 * variance
    return z


def test_value_equals_scipy():
    for seed in range(5):
        x, y = normal_pairs(np.random.default_rng(seed), 50, 0.3).T
        assert correlation(x, y).value == pytest.approx(sps.pearsonr(x, y).statistic, abs=1e-14)


def test_effective_size_equals_slow_formula():
    x, y = clustered_pairs(np.random.default_rng(8), 120, 0.5, nu=3).T
    found = correlation(x, y)
    u, v = sps.zscore(x), sps.zscore(y)
    psi = u * v - found.value * (u**2 + v**2) / 2
    total = sum(
        (1 - abs(s - t) / 5) * psi[s] * psi[t]
        for s in range(120)
        for t in range(120)
        if abs(s - t) <= 4
    )
    expected = 120 * (1 - found.value**2) ** 2 / (total / 120)
    assert found.nobs_effective == pytest.approx(expected, rel=1e-10)
    assert found.nobs_effective < 120
    half = sps.norm.ppf(0.975) / np.sqrt(expected - 3)
    assert found.low == pytest.approx(np.tanh(np.arctanh(found.value) - half))
    assert found.high == pytest.approx(np.tanh(np.arctanh(found.value) + half))


def test_a_quiet_sample_buys_no_precision():
    x, y = np.random.default_rng(8).uniform(-1, 1, (2, 200))
    assert correlation(x, y).nobs_effective == 200


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_covers_under_independent_normal_pairs(rho):
    rng, runs = np.random.default_rng(21), 400
    hits = 0
    for _ in range(runs):
        found = correlation(*normal_pairs(rng, 126, rho).T)
        hits += found.low <= rho <= found.high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.95, 0.965])
    assert low <= hits <= high


def test_covers_under_clustered_fat_tails_where_plain_fisher_does_not():
    rng, runs, rho = np.random.default_rng(22), 200, 0.45
    hits = plain = 0
    for _ in range(runs):
        found = correlation(*clustered_pairs(rng, 500, rho).T)
        hits += found.low <= rho <= found.high
        plain += abs(np.arctanh(found.value) - np.arctanh(rho)) < 1.96 / np.sqrt(497)
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.94, 0.955])
    assert low <= hits <= high
    assert plain < low


def test_covers_under_t4():
    # Fourth moments do not exist: the influence function has no variance, coverage is lower.
    rng, runs, rho, hits = np.random.default_rng(23), 400, 0.45, 0
    for _ in range(runs):
        z = normal_pairs(rng, 252, rho) / np.sqrt(rng.chisquare(4, 252) / 4)[:, None]
        found = correlation(*z.T)
        hits += found.low <= rho <= found.high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.92, 0.955])
    assert low <= hits <= high


def test_overlapping_value_equals_slow_loop():
    x, y = normal_pairs(np.random.default_rng(3), 90, 0.4).T
    sums = np.array([[x[i : i + 5].sum(), y[i : i + 5].sum()] for i in range(86)])
    found = overlapping(x, y, 5)
    assert found.nobs == 86
    assert found.value == pytest.approx(np.corrcoef(sums.T)[0, 1], abs=1e-13)


def test_overlapping_one_is_the_plain_correlation():
    x, y = normal_pairs(np.random.default_rng(3), 90, 0.4).T
    plain, single = correlation(x, y), overlapping(x, y, 1)
    assert single.value == pytest.approx(plain.value, abs=1e-14)
    assert single.low == pytest.approx(plain.low, abs=1e-12)


def test_overlapping_covers_and_knows_the_overlap():
    rng, runs, rho, hits, naive = np.random.default_rng(24), 300, 0.45, 0, 0
    for _ in range(runs):
        found = overlapping(*normal_pairs(rng, 500, rho).T, 5)
        hits += found.low <= rho <= found.high
        naive += abs(np.arctanh(found.value) - np.arctanh(rho)) < 1.96 / np.sqrt(493)
        assert found.nobs_effective <= 496 / 3.4 + 1e-9
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.945, 0.965])
    assert low <= hits <= high
    assert naive < low - 30


def test_overlapping_recovers_what_asynchronous_closes_hide():
    rng = np.random.default_rng(25)
    hours = normal_pairs(rng, 24 * 2000, 0.6)
    x = hours[:, 0].reshape(-1, 24).sum(axis=1)
    y = np.roll(hours[:, 1], 6).reshape(-1, 24).sum(axis=1)
    assert correlation(x, y).value == pytest.approx(0.45, abs=0.04)
    assert overlapping(x, y, 5).value == pytest.approx(0.57, abs=0.04)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(1e-3, 1e3),
    st.floats(-1e2, 1e2),
    st.booleans(),
    st.sampled_from([correlation, overlapping]),
)
def test_invariances(seed, scale, shift, flip, estimator):
    x, y = normal_pairs(np.random.default_rng(seed), 60, 0.5).T
    sign = -1.0 if flip else 1.0
    base, moved = estimator(x, y), estimator(y, sign * scale * x + shift)
    bounds = sorted([sign * base.low, sign * base.high])
    assert moved.value == pytest.approx(sign * base.value, abs=1e-9)
    assert [moved.low, moved.high] == pytest.approx(bounds, abs=1e-8)


def test_identity_has_no_sampling_error():
    x = np.random.default_rng(2).standard_normal(100)
    up, down = correlation(x, 3 * x + 2), correlation(x, 1 - x / 7)
    assert (up.value, up.low, up.high) == (1.0, 1.0, 1.0)
    assert (down.value, down.low, down.high) == (-1.0, -1.0, -1.0)


def test_one_wild_day_is_worth_few_observations():
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((2, 250))
    x[100], y[100] = 40.0, 40.0
    found = correlation(x, y)
    assert found.value > 0.8
    assert found.nobs_effective < 10
    assert found.low < 0.3


def test_fewer_than_three_effective_observations_say_nothing():
    x, y = np.zeros((2, 9))
    x[0] = y[1] = 1.0
    x[2], y[2] = 3.0, 2.9
    found = correlation(x, y)
    assert -1.0 <= found.low < found.value < found.high <= 1.0


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (np.ones(20), np.arange(20.0), "constant"),
        (np.arange(20.0), np.arange(19.0), "shape"),
        (np.arange(7.0), np.arange(7.0) ** 2, "too_short"),
        (np.arange(20.0), np.where(np.arange(20) == 4, np.nan, 1.0), "not_finite"),
        (np.arange(20.0), np.where(np.arange(20) == 4, np.inf, 1.0), "not_finite"),
        (np.eye(20), np.arange(20.0), "shape"),
    ],
)
def test_refuses(x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        correlation(x, y)
    assert caught.value.reason == reason


def test_refuses_options():
    x, y = normal_pairs(np.random.default_rng(0), 60, 0.1).T
    for call, reason in (
        (lambda: correlation(x, y, 1.5), "level"),
        (lambda: overlapping(x, y, 0), "span"),
        (lambda: overlapping(x, y, 8), "too_short"),
    ):
        with pytest.raises(NotEstimable) as caught:
            call()
        assert caught.value.reason == reason
