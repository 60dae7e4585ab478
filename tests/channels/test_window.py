"""Direction, sums and places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from comove.channels._window import (
    asset_direction,
    direction,
    extremity,
    place,
    proposition,
    rolling_sum,
    window_days,
)

from .cases import EPISODE, ROWS, Asked, World, case_of, weekdays

FALLS = World(moves={"btc": -0.3, "gdx": -0.2})
APART = World(moves={"btc": -0.3, "gdx": 0.2})


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_rolling_sum_matches_a_slow_loop(size):
    values = np.random.default_rng(3).standard_normal((40, 2))
    slow = np.array([values[t : t + size].sum(axis=0) for t in range(len(values) - size + 1)])
    assert np.allclose(rolling_sum(values, size), slow, atol=1e-12)


def test_rolling_sum_of_too_few_rows_is_empty():
    assert rolling_sum(np.ones((3, 2)), 4).shape == (0, 2)


@given(st.lists(st.integers(0, 9), min_size=20, max_size=60), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_place_matches_scipy(history, value):
    expected = percentileofscore(history, value, kind="mean") / 100.0
    assert place(float(value), np.array(history, dtype=float)) == pytest.approx(expected, abs=1e-12)


def test_extremity_looks_the_way_the_move_went():
    history = np.arange(-50.0, 50.0)
    assert extremity(-49.5, history, -1.0) == pytest.approx(0.99)
    assert extremity(-49.5, history, 1.0) == pytest.approx(0.01)


def test_a_short_history_gives_no_place():
    assert place(1.0, np.zeros(19)) is None


def test_direction_of_an_episode_is_given():
    falling = case_of(FALLS)
    assert direction(falling) == -1.0
    assert direction(replace(falling, falling=False)) == 1.0


def test_direction_outside_an_episode_is_that_of_the_moves():
    assert direction(case_of(FALLS, Asked(found=False))) == -1.0
    apart = case_of(APART, Asked(found=False))
    assert direction(apart) == 0.0
    assert [asset_direction(apart, column) for column in (0, 1)] == [-1.0, 1.0]


def test_window_starts_at_the_level_before_the_first_change():
    case = case_of(FALLS)
    labels = weekdays(ROWS + 1)
    assert case.grid is not None
    assert window_days(case.grid) == (labels[-1 - EPISODE].item(), labels[-1].item())


@pytest.mark.parametrize(
    ("falling", "found", "key"),
    [(True, True, "fell"), (False, True, "rose"), (True, False, "window")],
)
def test_proposition_follows_direction_and_window(falling, found, key):
    case = case_of(FALLS, Asked(falling=falling, found=found))
    assert proposition(case, "risk").key == f"channel.risk.proposition.{key}"
