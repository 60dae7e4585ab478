"""Chances of a touch: closed forms, coverage, invariances, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from comove.core.errors import NotEstimable
from comove.stats.touch import FEWEST, TouchOptions, filtered, touch_probabilities

STEADY = TouchOptions(decays=(0.999,), block=1.0, draws=60, paths=400)
SMALL = TouchOptions(draws=15, paths=60)
SHIFT = 0.5826
"""How far a level recedes for a walk that is looked at step by step, in deviations of a step."""


def reflected(level, steps):
    """Chance that a normal walk reaches a level, after Broadie, Glasserman and Kou."""
    return 2.0 * norm.sf((abs(level) + SHIFT) / math.sqrt(steps))


def wandering(rng, rows, persistence=0.97):
    """Returns whose variance wanders, as the filter believes, and the variance of the next."""
    variance, values = 1.0, []
    for shock in rng.standard_normal(rows):
        values.append(math.sqrt(variance) * shock)
        variance = 0.03 + persistence * (0.94 * variance + 0.06 * values[-1] ** 2)
    return np.array(values), variance


# reference


@pytest.mark.parametrize("level", [-6.0, -2.0, 3.0, 8.0])
def test_reference_a_steady_walk_matches_the_reflection_principle(level):
    rng = np.random.default_rng(0)
    values = rng.standard_normal(4000)
    values = (values - values.mean()) / values.std()
    found = touch_probabilities(values, [level], [5, 21, 63], np.random.default_rng(1), STEADY)
    for place, steps in enumerate(found.horizons):
        assert found.probability[0, place] == pytest.approx(reflected(level, steps), abs=0.03)


def test_the_filter_equals_a_slow_loop():
    values = np.random.default_rng(2).standard_normal(150)
    found = filtered(values, 0.9)
    known, shocks = float((values**2).mean()), []
    for value in values:
        shocks.append(value / math.sqrt(known))
        known = 0.9 * known + 0.1 * value**2
    shocks = np.array(shocks) - np.mean(shocks)
    size = math.sqrt(float((shocks**2).mean()))
    assert found.shocks == pytest.approx(shocks / size, rel=1e-12)
    assert found.variance == pytest.approx(known * size**2, rel=1e-12)


def test_oracle_what_no_path_or_every_path_did_has_the_exact_binomial_end():
    values = np.random.default_rng(4).standard_normal(300)
    levels = [500.0, -500.0, 0.0]
    found = touch_probabilities(values, levels, [63], np.random.default_rng(5), SMALL)
    paths, tail = SMALL.draws * SMALL.paths, (1.0 - SMALL.level) / 2.0
    assert (found.probability[0, 0], found.low[0, 0]) == (0.0, 0.0)
    assert (1.0 - found.high[0, 0]) ** paths == pytest.approx(tail)
    assert (found.probability[2, 0], found.low[2, 0], found.high[2, 0]) == (1.0, 1.0, 1.0)


# recovery


def test_intervals_cover_the_truth_of_a_wandering_volatility():
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(30):
        values, variance = wandering(rng, 800)
        paths = rng.standard_normal((4000, 21))
        total, state, highest = np.zeros(4000), np.full(4000, variance), np.zeros(4000)
        for step in range(21):
            change = np.sqrt(state) * paths[:, step]
            state = 0.03 + 0.97 * (0.94 * state + 0.06 * change**2)
            total += change
            highest = np.maximum(highest, total)
        truth = (highest >= 4.0).mean()
        found = touch_probabilities(values, [4.0], [21], rng)
        inside += found.low[0, 0] <= truth <= found.high[0, 0]
    assert inside >= 26


def test_chances_are_found_as_often_as_promised():
    rng = np.random.default_rng(12)
    promised, touched = [], []
    for _ in range(150):
        values, _ = wandering(rng, 600)
        past, ahead = values[:579], values[579:]
        found = touch_probabilities(past, [-3.0, 2.0], [21], rng, SMALL)
        sums = np.cumsum(ahead)
        promised += found.probability[:, 0].tolist()
        touched += [sums.min() <= -3.0, sums.max() >= 2.0]
    gap = np.mean(touched) - np.mean(promised)
    assert abs(gap) < 0.09


# invariance


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(0.001, 100.0))
def test_scale_mirror_and_order_change_nothing_else(seed, scale):
    values = np.random.default_rng(seed).standard_normal(120)
    levels = np.array([-3.0, -1.0, 2.0])
    found = touch_probabilities(values, levels, [3, 9], np.random.default_rng(5), SMALL)
    wide = touch_probabilities(
        values * scale, levels * scale, [3, 9], np.random.default_rng(5), SMALL
    )
    # a path may stand within rounding of a level: one path in all may differ
    assert np.abs(wide.probability - found.probability).max() <= 2.0 / (15 * 60)
    turned = touch_probabilities(-values, -levels, [3, 9], np.random.default_rng(5), SMALL)
    assert turned.probability.tolist() == found.probability.tolist()
    other = touch_probabilities(values, levels[::-1], [3, 9], np.random.default_rng(5), SMALL)
    assert other.probability[::-1].tolist() == found.probability.tolist()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_chances_fall_with_distance_and_rise_with_time(seed):
    values = np.random.default_rng(seed).standard_t(4, 150)
    found = touch_probabilities(
        values, [0.0, 1.0, 3.0, 9.0], [2, 5, 11], np.random.default_rng(1), SMALL
    )
    assert found.probability[0].tolist() == [1.0, 1.0, 1.0]
    assert (np.diff(found.probability, axis=0) <= 0.0).all()
    assert (np.diff(found.probability, axis=1) >= 0.0).all()
    assert (found.low <= found.probability).all()
    assert (found.probability <= found.high).all()


# degenerate


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.zeros(200), "constant"),
        (np.arange(FEWEST - 1.0), "too_short"),
        (np.full(200, np.nan), "not_finite"),
        (np.zeros((200, 2)), "shape"),
    ],
)
def test_degenerate_samples_are_refused(values, reason):
    with pytest.raises(NotEstimable) as refused:
        touch_probabilities(values, [1.0], [5], np.random.default_rng(0))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("horizons", "options", "reason"),
    [
        ([], TouchOptions(), "horizon"),
        ([0, 5], TouchOptions(), "horizon"),
        ([5], TouchOptions(decays=(1.0,)), "decay"),
        ([5], TouchOptions(decays=()), "decay"),
        ([5], TouchOptions(block=0.5), "block"),
        ([5], TouchOptions(paths=0), "replications"),
        ([5], TouchOptions(level=1.0), "level"),
    ],
)
def test_refuses_options_out_of_range(horizons, options, reason):
    values = np.random.default_rng(0).standard_normal(150)
    with pytest.raises(NotEstimable) as refused:
        touch_probabilities(values, [1.0], horizons, np.random.default_rng(0), options)
    assert refused.value.reason == reason


def test_a_sample_that_stands_still_at_first_has_no_shocks():
    with pytest.raises(NotEstimable):
        filtered(np.zeros(120), 0.9)


def test_the_result_is_a_table():
    values = np.random.default_rng(0).standard_normal(150)
    found = touch_probabilities(values, [1.0, -2.0], [5, 21], np.random.default_rng(0), SMALL)
    assert found.to_frame().shape == (4, 5)
    assert found.nobs == 150
