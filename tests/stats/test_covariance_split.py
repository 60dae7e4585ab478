"""Covariance split: against lstsq and permutations, identities, coverage, invariances."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.attribution import Sample, SplitOptions
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.covariance_split import covariance_split, covariance_splits

GROUPS = ((0, 1), (1, 2), (), (3,))


def simulated(seed, nobs=150, length=40, drivers=4, assets=3):
    rng = np.random.default_rng(seed)
    mixing = np.eye(drivers) + 0.4 * rng.standard_normal((drivers, drivers))
    f = rng.standard_normal((nobs + length, drivers)) @ mixing
    betas = rng.standard_normal((drivers, assets))
    r = 0.2 + f @ betas + rng.standard_normal((nobs + length, assets))
    return Sample(r[:nobs], f[:nobs]), Sample(r[nobs:], f[nobs:])


def slopes(sample, rows, columns):
    x = np.column_stack([np.ones(len(rows)), sample.drivers[np.ix_(rows, columns)]])
    return np.linalg.lstsq(x, sample.returns[rows], rcond=None)[0][1:]


def slow_shares(baseline, rows, window, groups, pair):
    """The definition: refit every set of groups, average over all orders of arrival."""
    worth = {frozenset(): 0.0}
    for size in range(1, len(groups) + 1):
        for chosen in itertools.combinations(range(len(groups)), size):
            columns = sorted({c for g in chosen for c in groups[g]})
            betas = slopes(baseline, rows, columns)
            fitted = window.drivers[:, columns] @ betas
            worth[frozenset(chosen)] = np.cov(fitted[:, pair[0]], fitted[:, pair[1]])[0, 1]
    shares = np.zeros(len(groups))
    for order in itertools.permutations(range(len(groups))):
        before = frozenset()
        for group in order:
            shares[group] += worth[before | {group}] - worth[before]
            before |= {group}
    return shares / math.factorial(len(groups))


def counts(nobs, replications, seed, block=3.0):
    rng = np.random.default_rng(seed)
    return row_counts(stationary_indices(nobs, nobs, block, replications, rng), nobs)


@pytest.mark.parametrize("pair", [(0, 1), (2, 0), (1, 1)])
def test_shares_and_draws_equal_the_definition(pair):
    baseline, window = simulated(0)
    rows = stationary_indices(150, 150, 4.0, 6, np.random.default_rng(1))
    split = covariance_split(baseline, window, GROUPS, row_counts(rows, 150), pair)
    expected = slow_shares(baseline, np.arange(150), window, GROUPS, pair)
    np.testing.assert_allclose(split.contributions, expected, atol=1e-10)
    for line, drawn in enumerate(rows):
        expected = slow_shares(baseline, drawn, window, GROUPS, pair)
        np.testing.assert_allclose(split.draws[line], expected, rtol=1e-6, atol=1e-7)


def test_both_identities_hold_to_rounding():
    baseline, window = simulated(1)
    splits = covariance_splits(baseline, window, GROUPS, counts(150, 20, 0))
    assert list(splits) == [(0, 1), (0, 2), (1, 2)]
    level = baseline.returns.mean(axis=0)
    for (i, j), split in splits.items():
        r = window.returns
        assert split.total == pytest.approx(np.cov(r[:, i], r[:, j])[0, 1], abs=1e-12)
        assert split.correlation == pytest.approx(np.corrcoef(r[:, i], r[:, j])[0, 1], abs=1e-12)
        assert split.contributions.sum() + split.unexplained == pytest.approx(
            split.total, abs=1e-12
        )
        assert split.residual + split.cross == pytest.approx(split.unexplained, abs=1e-12)
        betas = slopes(baseline, np.arange(150), range(4))
        e = r - level - (window.drivers - baseline.drivers.mean(axis=0)) @ betas
        fitted = window.drivers @ betas
        assert split.residual == pytest.approx(np.cov(e[:, i], e[:, j])[0, 1], abs=1e-10)
        crossed = np.cov(fitted[:, i], e[:, j])[0, 1] + np.cov(e[:, i], fitted[:, j])[0, 1]
        assert split.cross == pytest.approx(crossed, abs=1e-10)


def test_all_pairs_at_once_equal_one_by_one():
    baseline, window = simulated(2)
    draws = counts(150, 30, 0)
    for pair, split in covariance_splits(baseline, window, GROUPS, draws).items():
        alone = covariance_split(baseline, window, GROUPS, draws, pair)
        np.testing.assert_allclose(alone.low, split.low, atol=1e-12)
        assert alone.unexplained_high == pytest.approx(split.unexplained_high, abs=1e-12)
        assert alone.pair == split.pair == pair


def test_empty_groups_are_exactly_zero_and_equal_groups_equal():
    baseline, window = simulated(3)
    split = covariance_split(baseline, window, ((0, 1), (), (0, 1), (2,)), counts(150, 20, 0))
    for array in (split.contributions, split.low, split.high):
        assert array[1] == 0.0
    assert (split.draws[:, 1] == 0.0).all()
    assert split.contributions[0] == pytest.approx(split.contributions[2], abs=1e-12)
    np.testing.assert_allclose(split.draws[:, 0], split.draws[:, 2], atol=1e-12)
    once = covariance_split(baseline, window, ((0, 1), (2,)))
    assert split.total - split.unexplained == pytest.approx(once.contributions.sum(), abs=1e-12)
    nothing = covariance_split(baseline, window, ((), ()))
    assert (nothing.contributions == 0.0).all()
    assert nothing.unexplained == nothing.total == pytest.approx(nothing.residual, abs=1e-12)


def test_twin_drivers_are_ridged_said_so_and_shared_equally():
    baseline, window = simulated(4)
    doubled = (
        Sample(baseline.returns, np.hstack([baseline.drivers, baseline.drivers[:, :1]])),
        Sample(window.returns, np.hstack([window.drivers, window.drivers[:, :1]])),
    )
    split = covariance_split(*doubled, ((0,), (4,), (1, 2, 3)), counts(150, 10, 0))
    assert split.condition > 1e6
    assert split.ridge > 0.0
    assert split.contributions[0] == pytest.approx(split.contributions[1], rel=1e-9)
    assert split.residual + split.cross == pytest.approx(split.unexplained, abs=1e-12)


def test_fitted_in_the_window_there_is_no_drift_and_less_unexplained():
    rng = np.random.default_rng(5)
    f = rng.standard_normal((300, 8))
    r = f[:, :1] * np.array([1.0, 1.0]) + rng.standard_normal((300, 2))
    baseline, window = Sample(r[:250], f[:250]), Sample(r[250:], -f[250:])
    groups = tuple((column,) for column in range(8))
    inside = covariance_split(baseline, window, groups, None, (0, 1), SplitOptions(fit="window"))
    before = covariance_split(baseline, window, groups)
    assert inside.cross == pytest.approx(0.0, abs=1e-12)
    assert inside.nobs_baseline == 50
    # the sign of every beta flipped: betas from before put the whole channel into the drift
    assert before.cross < -1.0
    assert abs(inside.unexplained) < abs(before.unexplained)


def test_intervals_cover_the_true_shares():
    """Truth: the game with population betas of every set, over the window that happened."""
    orders = list(itertools.permutations(range(3)))
    mixing = np.array([[1.0, 0.6, 0.0], [0.0, 1.0, 0.4], [0.0, 0.0, 1.0]])
    sigma = mixing.T @ mixing
    betas = np.array([[1.0, 0.8], [0.5, -0.6], [0.7, 1.0]])
    groups = ((0,), (1,), (2,))
    covered, runs = np.zeros(3), 200
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        f = rng.standard_normal((343, 3)) @ mixing
        r = f @ betas + rng.standard_normal((343, 2))
        baseline, window = Sample(r[:300], f[:300]), Sample(r[300:], f[300:])
        worth = {}
        moments = np.cov(window.drivers.T)
        for size in range(4):
            for chosen in itertools.combinations(range(3), size):
                s = list(chosen)
                b = np.linalg.solve(sigma[np.ix_(s, s)], sigma[s] @ betas)
                worth[chosen] = b[:, 0] @ moments[np.ix_(s, s)] @ b[:, 1]
        truth = np.zeros(3)
        for order in orders:
            for place, group in enumerate(order):
                after = tuple(sorted(order[: place + 1]))
                truth[group] += (worth[after] - worth[tuple(sorted(order[:place]))]) / 6
        split = covariance_split(baseline, window, groups, counts(300, 199, seed, 1.5))
        covered += (split.low <= truth) & (truth <= split.high)
    # 3 binomial sd about 0.95, one point lower for percentile intervals
    assert (covered / runs >= 0.894).all()
    assert (covered / runs <= 0.99).all()


def test_a_channel_that_does_nothing_has_a_share_about_zero():
    excluded, shares, runs = 0, [], 200
    for seed in range(runs):
        rng = np.random.default_rng(1000 + seed)
        f = rng.standard_normal((310, 3))
        r = f[:, :1] @ np.array([[1.5, 1.0]]) + rng.standard_normal((310, 2))
        split = covariance_split(
            Sample(r[:250], f[:250]),
            Sample(r[250:], f[250:]),
            ((0,), (1, 2)),
            counts(250, 199, seed, 1.5),
        )
        shares.append(split.contributions[1] / split.total)
        excluded += bool(split.low[1] > 0.0 or split.high[1] < 0.0)
    assert abs(np.mean(shares)) < 0.02
    assert np.quantile(np.abs(shares), 0.95) < 0.1
    assert excluded / runs <= 0.106


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-4, 1e4),
    order=st.permutations(range(4)),
    renamed=st.permutations(range(4)),
)
def test_units_levels_and_order_of_drivers_and_groups_do_not_matter(seed, scale, order, renamed):
    baseline, window = simulated(seed, nobs=60, length=20, assets=2)
    draws = counts(60, 4, seed)
    plain = covariance_split(baseline, window, GROUPS, draws)
    unit = np.array([scale, -1.0, 1.0 / scale, 2.0])
    place = {old: new for new, old in enumerate(order)}
    groups = tuple(tuple(place[c] for c in GROUPS[g]) for g in renamed)
    moved = covariance_split(
        Sample(baseline.returns + 1.0, (baseline.drivers * unit)[:, order] - 2.0),
        Sample(window.returns + 1.0, (window.drivers * unit)[:, order] - 2.0),
        groups,
        draws,
    )
    close = {"rtol": 1e-8, "atol": 1e-8}
    for name in ("contributions", "low", "high"):
        expected = getattr(plain, name)[list(renamed)]
        np.testing.assert_allclose(getattr(moved, name), expected, **close)
    np.testing.assert_allclose(moved.unexplained, plain.unexplained, **close)
    np.testing.assert_allclose(moved.cross_low, plain.cross_low, **close)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), a=st.floats(0.01, 100), b=st.floats(-100, -0.01))
def test_shares_are_bilinear_in_the_assets_and_symmetric(seed, a, b):
    baseline, window = simulated(seed, nobs=60, length=20, assets=2)
    plain = covariance_split(baseline, window, GROUPS)
    scaled = covariance_split(
        Sample(baseline.returns * [a, b], baseline.drivers),
        Sample(window.returns * [a, b], window.drivers),
        GROUPS,
    )
    np.testing.assert_allclose(scaled.contributions, plain.contributions * a * b, rtol=1e-9)
    assert scaled.residual == pytest.approx(plain.residual * a * b, rel=1e-7, abs=1e-9 * abs(a * b))
    turned = covariance_split(baseline, window, GROUPS, None, (1, 0))
    np.testing.assert_allclose(turned.contributions, plain.contributions, rtol=1e-9, atol=1e-12)


def test_without_draws_nan_and_same_draws_same_bytes():
    baseline, window = simulated(6)
    split = covariance_split(baseline, window, GROUPS)
    assert np.isnan(split.low).all()
    assert math.isnan(split.unexplained_low)
    assert split.draws.shape == (0, 4)
    assert not split.contributions.flags.writeable
    draws = counts(150, 30, 2)
    one, two = (covariance_split(baseline, window, GROUPS, draws) for _ in range(2))
    assert one.draws.tobytes() == two.draws.tobytes()


def test_what_cannot_be_split_is_refused():
    baseline, window = simulated(7)
    flat = window.returns.copy()
    flat[:, 1] = 3.0
    short = Sample(window.returns[:9], window.drivers[:9])
    for other, pair, reason in (
        (short, (0, 1), "too_short"),
        (Sample(flat, window.drivers), (0, 1), "constant"),
        (window, (0, 3), "shape"),
        (Sample(window.returns, window.drivers[:, :3]), (0, 1), "groups"),
    ):
        with pytest.raises(NotEstimable) as refused:
            covariance_split(baseline, other, GROUPS, None, pair)
        assert refused.value.reason == reason
