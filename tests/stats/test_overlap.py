"""Loss overlap: hand values, all orders by hand, uniform p-values, invariance, refusals."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from comove.core.errors import NotEstimable
from comove.stats.overlap import loss_overlap


def rng():
    return np.random.default_rng(0)


def shares_by_loop(column):
    losses = [max(-r, 0.0) for r in column]
    return [loss / sum(losses) for loss in losses]


def every_order(returns):
    """Overlap under every order of every column but the first."""
    columns = [shares_by_loop(column) for column in np.asarray(returns).T]
    rest = itertools.product(*(itertools.permutations(c) for c in columns[1:]))
    return np.array([math.fsum(min(day) for day in zip(columns[0], *c, strict=True)) for c in rest])


def test_hand_values():
    assert loss_overlap([[-1.0, -2.0], [-3.0, -6.0], [5.0, 1.0]], rng()).value == pytest.approx(1.0)
    assert loss_overlap([[-1.0, 2.0], [3.0, -6.0]], rng()).value == 0.0
    found = loss_overlap([[-1.0, -1.0], [-3.0, -1.0]], rng())
    assert found.value == pytest.approx(0.25 + 0.5)
    assert found.shares == pytest.approx(np.array([[0.25, 0.5], [0.75, 0.5]]))
    assert (found.nobs, found.permutations, found.enumerated) == (2, 2, True)


@pytest.mark.parametrize("nobs", [2, 3, 5, 6, 7])
def test_short_windows_go_through_every_order(nobs):
    returns = np.random.default_rng(nobs).standard_normal((nobs, 2)) - 0.5
    returns[0] = -1.0
    null = every_order(returns)
    found = loss_overlap(returns, rng())
    assert found.enumerated
    assert found.permutations == math.factorial(nobs)
    assert found.value == pytest.approx(null[0], abs=1e-12)
    assert found.pvalue == pytest.approx((null >= null[0] - 1e-12).mean(), abs=1e-12)
    assert found.expected == pytest.approx(null.mean(), abs=1e-12)


def test_drawn_orders_agree_with_all_of_them():
    returns = np.random.default_rng(11).standard_normal((8, 2)) - 0.3
    null = every_order(returns)
    exact = (null >= null[0] - 1e-12).mean()
    found = loss_overlap(returns, rng())
    assert not found.enumerated
    assert found.permutations == 9999
    assert found.expected == pytest.approx(null.mean(), abs=1e-12)
    low, high = stats.binom.interval(0.9999, 9999, exact)
    assert low <= found.pvalue * 10000 - 1 <= high


def test_three_assets_are_drawn_and_agree_with_all_orders():
    returns = np.random.default_rng(12).standard_normal((5, 3)) - 0.3
    null = every_order(returns)
    exact = (null >= null[0] - 1e-12).mean()
    found = loss_overlap(returns, rng())
    assert not found.enumerated
    assert found.value == pytest.approx(null[0], abs=1e-12)
    assert found.expected == pytest.approx(null.mean(), abs=1e-12)
    low, high = stats.binom.interval(0.9999, 9999, exact)
    assert low <= found.pvalue * 10000 - 1 <= high


def test_independent_losses_are_found_too_often_as_rarely_as_promised():
    pvalues = []
    for seed in range(200):
        returns = np.random.default_rng(500 + seed).standard_t(4, (40, 2))
        chance = np.random.default_rng(seed)
        pvalues.append(loss_overlap(returns, chance, permutations=199).pvalue)
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= (np.array(pvalues) <= 0.05).sum() <= high
    assert stats.kstest(pvalues, "uniform").pvalue > 0.001


def test_common_losses_are_found():
    common = np.random.default_rng(1).standard_normal((40, 1))
    own = np.random.default_rng(2).standard_normal((40, 2))
    found = loss_overlap(common + 0.5 * own, rng())
    assert found.pvalue <= 0.001
    assert found.value > found.expected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 7), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_units_days_and_columns_in_any_order(seed, nobs, first, second):
    returns = np.random.default_rng(seed).standard_normal((nobs, 2))
    returns[0] = -1.0
    plain = loss_overlap(returns, rng())
    order = np.random.default_rng(seed + 1).permutation(nobs)
    for changed in (returns * [first, second], returns[order], returns[:, ::-1]):
        found = loss_overlap(changed, rng())
        assert found.value == pytest.approx(plain.value, abs=1e-9)
        assert found.expected == pytest.approx(plain.expected, abs=1e-9)
        assert found.pvalue == plain.pvalue
    assert -1e-12 <= plain.value <= 1.0 + 1e-12
    assert plain.shares.sum(axis=0) == pytest.approx([1.0, 1.0])


def test_gains_are_the_losses_of_the_mirror_image():
    returns = np.random.default_rng(3).standard_normal((30, 2))
    up, down = loss_overlap(returns, rng(), gains=True), loss_overlap(-returns, rng())
    assert (up.value, up.pvalue, up.expected) == (down.value, down.pvalue, down.expected)
    assert up.value != loss_overlap(returns, rng()).value


def test_determinism_and_an_untouched_generator():
    returns = np.random.default_rng(4).standard_normal((30, 2))
    assert loss_overlap(returns, rng()).pvalue == loss_overlap(returns, rng()).pvalue
    source = rng()
    before = source.bit_generator.state
    loss_overlap(returns[:6], source)
    assert source.bit_generator.state == before


def test_extreme_magnitudes_stay_finite_and_results_read_only():
    found = loss_overlap([[-1e308, -1e-300], [-1e308, -1e-300], [1.0, 1.0]], rng())
    assert found.value == pytest.approx(1.0)
    with pytest.raises(ValueError, match="read-only"):
        found.shares[0, 0] = 0.0


@pytest.mark.parametrize(
    ("returns", "gains", "reason"),
    [
        ([[-1.0, 1.0], [-2.0, 0.0]], False, "no_loss"),
        ([[-1.0, 1.0], [-2.0, 1.0]], True, "no_gain"),
        ([[-1.0], [-2.0]], False, "shape"),
        ([-1.0, -2.0], False, "shape"),
        ([[-1.0, -1.0]], False, "too_short"),
        ([[-1.0, np.nan], [1.0, -1.0]], False, "not_finite"),
    ],
)
def test_what_has_no_overlap_is_refused(returns, gains, reason):
    with pytest.raises(NotEstimable) as caught:
        loss_overlap(returns, rng(), gains=gains)
    assert caught.value.reason == reason


def test_no_orders_are_refused():
    with pytest.raises(NotEstimable) as caught:
        loss_overlap([[-1.0, -1.0], [1.0, 1.0]], rng(), permutations=0)
    assert caught.value.reason == "option"
