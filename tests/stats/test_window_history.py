"""The split of every window of history, against one window after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.attribution import Sample
from comove.stats.return_split import return_split
from comove.stats.window_history import covariance_windows, window_contributions

GROUPS = ((0, 1), (1, 2), (), (3,))


def simulated(seed, nobs=90):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((2, 4)), rng.standard_normal((nobs, 4)) + 0.5


@pytest.mark.parametrize("length", [1, 7, 90])
def test_contributions_equal_a_loop_over_windows(length):
    betas, f = simulated(0)
    fast = window_contributions(betas, f, GROUPS, length)
    assert fast.shape == (91 - length, 2, 4)
    for start in range(91 - length):
        worth = betas * f[start : start + length].sum(axis=0)
        shared = np.column_stack(
            [
                worth[:, 0] + worth[:, 1] / 2,
                worth[:, 1] / 2 + worth[:, 2],
                np.zeros(2),
                worth[:, 3],
            ]
        )
        np.testing.assert_allclose(fast[start], shared, atol=1e-11)


def test_the_last_window_is_the_return_split_of_that_window():
    rng = np.random.default_rng(1)
    f = rng.standard_normal((120, 4))
    r = f @ rng.standard_normal((4, 2)) + rng.standard_normal((120, 2))
    split = return_split(Sample(r[:110], f[:110]), Sample(r[110:], f[110:]), GROUPS)
    history = window_contributions(split.betas, f, GROUPS, 10)
    np.testing.assert_allclose(history[-1], split.contributions, atol=1e-11)


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (1, 1)])
def test_covariance_shares_equal_a_loop_and_add_up(pair):
    betas, f = simulated(2)
    groups = ((0, 1), (2,), (), (3,))
    fast = covariance_windows(betas, f, groups, 15, pair)
    assert fast.shape == (76, 4)
    one, other = betas[pair[0]], betas[pair[1]]
    for start in (0, 31, 75):
        rows = f[start : start + 15]
        moments = np.cov(rows.T)
        for place, group in enumerate(groups):
            g = list(group)
            share = 0.5 * (one[g] @ moments[g] @ other + other[g] @ moments[g] @ one)
            assert fast[start, place] == pytest.approx(share, abs=1e-11)
        explained = np.cov(rows @ one, rows @ other)[0, 1]
        assert fast[start].sum() == pytest.approx(explained, abs=1e-11)
        assert fast[start, 2] == 0.0


def test_shared_drivers_count_in_equal_parts():
    betas, f = simulated(3)
    shared = covariance_windows(betas, f, ((0, 1, 2, 3), (3,)), 20)
    apart = covariance_windows(betas, f, ((0, 1, 2), (3,)), 20)
    np.testing.assert_allclose(shared[:, 1], apart[:, 1] / 2, atol=1e-12)


def test_the_covariance_share_is_an_integral_along_the_diagonal():
    """Aumann-Shapley: d v / d exposure of the group, integrated while all exposures grow."""
    betas, f = simulated(4, nobs=30)
    moments = np.cov(f.T)
    fast = covariance_windows(betas, f, ((0, 1), (2, 3)), 30)[0]

    def worth(first, second):
        scale = np.array([first, first, second, second])
        return (scale * betas[0]) @ moments @ (scale * betas[1])

    grid = (np.arange(200) + 0.5) / 200
    step = 1e-6
    slope = [(worth(s + step, s) - worth(s - step, s)) / (2 * step) for s in grid]
    assert fast[0] == pytest.approx(np.mean(slope), rel=1e-6)


def test_a_far_level_costs_no_digits():
    betas, f = simulated(5)
    plain = covariance_windows(betas, f, GROUPS, 15)
    np.testing.assert_allclose(covariance_windows(betas, f + 1e6, GROUPS, 15), plain, atol=1e-8)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(1e-4, 1e4), order=st.permutations(range(4)))
def test_units_and_order_of_drivers_do_not_matter(seed, scale, order):
    betas, f = simulated(seed, 40)
    unit = np.array([scale, -1.0, 1.0, 1.0 / scale])
    groups = tuple(tuple(order.index(c) for c in group) for group in GROUPS)
    moved = (betas / unit)[:, order], (f * unit)[:, order], groups, 10
    for function in (window_contributions, covariance_windows):
        plain = function(betas, f, GROUPS, 10)
        np.testing.assert_allclose(function(*moved), plain, rtol=1e-9, atol=1e-9)


def test_what_cannot_be_windowed_is_refused():
    betas, f = simulated(6)
    for function, args, reason in (
        (window_contributions, (betas, f, GROUPS, 91), "too_short"),
        (window_contributions, (betas, f, GROUPS, 0), "too_short"),
        (covariance_windows, (betas, f, GROUPS, 1), "too_short"),
        (covariance_windows, (betas, f, GROUPS, 5, (0, 2)), "shape"),
        (window_contributions, (betas[:, :3], f, GROUPS, 5), "shape"),
        (window_contributions, (betas, f, ((4,),), 5), "groups"),
        (covariance_windows, (betas, np.where(f > 2, np.nan, f), GROUPS, 5), "not_finite"),
    ):
        with pytest.raises(NotEstimable) as refused:
            function(*args)
        assert refused.value.reason == reason
