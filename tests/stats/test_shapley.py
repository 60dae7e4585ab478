"""Exact Shapley values against the average over all orders of arrival."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.shapley import shapley


def over_all_orders(values, players):
    shares = np.zeros(players)
    for order in itertools.permutations(range(players)):
        mask = 0
        for player in order:
            shares[player] += values[mask | (1 << player)] - values[mask]
            mask |= 1 << player
    return shares / math.factorial(players)


@pytest.mark.parametrize("players", [1, 2, 3, 5, 6])
def test_equals_the_average_over_orders(players):
    values = np.random.default_rng(players).standard_normal(2**players)
    np.testing.assert_allclose(shapley(values), over_all_orders(values, players), atol=1e-12)


@pytest.mark.parametrize("players", [1, 4, 9, 12])
def test_shares_add_up(players):
    values = np.random.default_rng(0).standard_normal((3, 2**players))
    np.testing.assert_allclose(
        shapley(values).sum(axis=-1), values[:, -1] - values[:, 0], atol=1e-12
    )


def test_the_glove_game():
    """One left glove, two right gloves, a pair is worth 1: (2/3, 1/6, 1/6)."""
    worth = [float(mask & 1 and mask & 6 != 0) for mask in range(8)]
    np.testing.assert_allclose(shapley(worth), [2 / 3, 1 / 6, 1 / 6], atol=1e-15)


def test_an_additive_game_gives_each_its_own():
    own = np.array([3.0, -1.0, 0.5, 0.0])
    masks = (np.arange(16)[:, None] >> np.arange(4)) & 1
    np.testing.assert_allclose(shapley(masks @ own + 7.0), own, atol=1e-14)


def test_batches_are_games_of_their_own():
    values = np.random.default_rng(1).standard_normal((4, 2, 8))
    batch = shapley(values)
    assert batch.shape == (4, 2, 3)
    for place in np.ndindex(4, 2):
        np.testing.assert_allclose(batch[place], over_all_orders(values[place], 3), atol=1e-13)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(-1e3, 1e3), added=st.floats(-1e3, 1e3))
def test_linear_in_the_game_and_blind_to_its_level(seed, scale, added):
    rng = np.random.default_rng(seed)
    one, two = rng.standard_normal((2, 16))
    combined = shapley(one * scale + two + added)
    np.testing.assert_allclose(combined, scale * shapley(one) + shapley(two), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(4)))
def test_renaming_players_renames_shares(seed, order):
    values = np.random.default_rng(seed).standard_normal(16)
    renamed = np.empty(16)
    for mask in range(16):
        there = sum(1 << order[i] for i in range(4) if mask >> i & 1)
        renamed[there] = values[mask]
    np.testing.assert_allclose(shapley(renamed)[list(order)], shapley(values), atol=1e-12)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (3.0, "shape"),
        ([1.0], "shape"),
        (np.zeros((2, 6)), "shape"),
        (np.zeros(0), "shape"),
        (np.zeros(2**13), "shape"),
        ([0.0, np.nan], "not_finite"),
    ],
)
def test_what_is_no_game_is_refused(values, reason):
    with pytest.raises(NotEstimable) as refused:
        shapley(values)
    assert refused.value.reason == reason
