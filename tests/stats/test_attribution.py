"""Samples, groups of drivers, and contributions that cannot be told apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.attribution import (
    Sample,
    SplitOptions,
    checked_groups,
    drivers_in_use,
    fitted_rows,
    inseparable,
    member_shares,
)
from comove.stats.shapley import shapley


def test_member_shares_are_the_shapley_value_of_an_additive_game():
    groups = ((0, 1), (1, 2, 3), (), (3, 1))
    worth = np.array([2.0, -3.0, 5.0, 0.7, 11.0])
    values = [
        worth[sorted({c for g in range(4) if mask >> g & 1 for c in groups[g]})].sum()
        for mask in range(16)
    ]
    np.testing.assert_allclose(worth @ member_shares(groups, 5), shapley(values), atol=1e-14)
    np.testing.assert_allclose(member_shares(groups, 5).sum(axis=1), [1, 1, 1, 1, 0])


def test_groups_are_cleaned_and_listed():
    assert checked_groups(((2, 0, 2), ()), 3) == ((0, 2), ())
    assert drivers_in_use(((2, 0), (), (2,))) == [0, 2]


@pytest.mark.parametrize("groups", [(), ((3,),), ((-1,),), tuple((0,) for _ in range(13))])
def test_groups_that_cannot_be_are_refused(groups):
    with pytest.raises(NotEstimable) as refused:
        checked_groups(groups, 3)
    assert refused.value.reason == "groups"


def test_fitted_rows_follow_the_option():
    rng = np.random.default_rng(0)
    long = Sample(rng.standard_normal((9, 2)), rng.standard_normal((9, 3)))
    short = Sample(rng.standard_normal((4, 2)), rng.standard_normal((4, 3)))
    assert fitted_rows(long, short, [0, 2], SplitOptions()).drivers.shape == (9, 2)
    inside = fitted_rows(long, short, [2], SplitOptions(fit="window"))
    np.testing.assert_array_equal(inside.drivers[:, 0], short.drivers[:, 2])
    other = Sample(short.returns, short.drivers[:, :2])
    with pytest.raises(NotEstimable):
        fitted_rows(long, other, [0], SplitOptions())


@pytest.mark.parametrize(
    ("returns", "drivers", "reason"),
    [
        (np.zeros((4, 1)), np.zeros((5, 1)), "shape"),
        (np.zeros(4), np.zeros((4, 1)), "shape"),
        (np.zeros((4, 0)), np.zeros((4, 1)), "shape"),
        ([[np.nan]], [[1.0]], "not_finite"),
        ([[1.0]], [[np.inf]], "not_finite"),
        (np.zeros((0, 1)), np.zeros((0, 1)), "too_short"),
    ],
)
def test_samples_that_cannot_be_are_refused(returns, drivers, reason):
    with pytest.raises(NotEstimable) as refused:
        Sample(returns, drivers)
    assert refused.value.reason == reason


def test_inseparable_names_pairs_by_how_closely_they_trade_off():
    rng = np.random.default_rng(0)
    a, b, noise = rng.standard_normal((3, 500))
    draws = np.column_stack([a, 5.0 - 2.0 * a + 0.1 * noise, b, np.zeros(500), -b, a])
    found = inseparable(draws)
    assert [(g, h) for g, h, _ in found] == [(2, 4), (0, 1), (1, 5)]
    for g, h, correlation in found:
        assert correlation == pytest.approx(np.corrcoef(draws[:, g], draws[:, h])[0, 1], abs=1e-12)
    assert inseparable(draws[:, [0, 2, 3, 5]]) == ()
    assert len(inseparable(draws, limit=-0.999)) == 1


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-6, 1e6), shift=st.floats(-10, 10), seed=st.integers(0, 100))
def test_inseparable_ignores_scale_and_level(scale, shift, seed):
    draws = np.random.default_rng(seed).standard_normal((40, 3))
    draws[:, 2] -= 3.0 * draws[:, 0]
    plain, moved = inseparable(draws, -0.5), inseparable(draws * scale + shift * scale, -0.5)
    assert [pair[:2] for pair in plain] == [pair[:2] for pair in moved]
    np.testing.assert_allclose([p[2] for p in plain], [p[2] for p in moved], rtol=1e-9)


def test_inseparable_refuses_what_it_cannot_read():
    for draws, reason in (([[1.0, 2.0]], "too_short"), ([[np.nan]] * 5, "not_finite")):
        with pytest.raises(NotEstimable) as refused:
            inseparable(draws)
        assert refused.value.reason == reason
