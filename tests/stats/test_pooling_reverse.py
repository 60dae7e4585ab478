"""Reverse stress: a slow search, the truth behind an example, invariances, refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from comove.core.errors import NotEstimable
from comove.stats.pooling import conditional_normal, plausibility, reverse_stress

COVARIANCE = np.array(
    [[4.0, 1.0, 1.2, -0.8], [1.0, 3.0, -0.5, 0.9], [1.2, -0.5, 2.0, 0.1], [-0.8, 0.9, 0.1, 1.0]]
)
LIMITS = {"0": -1.0, "1": -0.6}


def drawn(seed, size=5):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((size, 2 * size))
    return root @ root.T / (2 * size)


def reached(covariance, shock, drivers, limited):
    """Expectation of the limited columns, through the conditional law."""
    found = conditional_normal(np.zeros(len(covariance)), covariance, shock)
    return found.mean[[int(name) for name in limited]]


# reference


@pytest.mark.parametrize("seed", range(6))
def test_reference_equals_a_slow_search(seed):
    covariance = drawn(seed)
    found = reverse_stress(covariance, LIMITS, ["2", "3", "4"])
    block = covariance[2:, 2:]
    betas = covariance[:2, 2:] @ np.linalg.inv(block)
    slow = minimize(
        lambda f: f @ np.linalg.solve(block, f),
        found.shock * 2.0,
        constraints={"type": "ineq", "fun": lambda f: np.array([-1.0, -0.6]) - betas @ f},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found.distance == pytest.approx(slow.fun, rel=1e-6)
    assert found.shock == pytest.approx(slow.x, rel=1e-3, abs=1e-4)


def test_reference_distance_and_expectation_agree_with_the_other_estimators():
    found = reverse_stress(COVARIANCE, LIMITS, ["2", "3"], df=6.0)
    shock = dict(zip(found.drivers, found.shock, strict=True))
    same = plausibility(shock, np.zeros(4), COVARIANCE, df=6.0)
    assert found.distance == pytest.approx(same.distance, rel=1e-12)
    assert found.plausibility == pytest.approx(same.pvalue, rel=1e-12)
    assert found.reached == pytest.approx(
        reached(COVARIANCE, shock, found.drivers, found.limited), rel=1e-12
    )


# recovery


def test_the_truth_of_one_driver_is_found():
    # r = 2 f + e: a fall of 1 takes half of it from f, whatever the noise
    covariance = [[4.0 * 0.25 + 9.0, 0.5], [0.5, 0.25]]
    found = reverse_stress(covariance, {"0": -1.0}, ["1"])
    assert found.shock.tolist() == pytest.approx([-0.5])
    assert found.distance == pytest.approx(1.0)
    assert found.binding == ("0",)


def test_a_limit_that_follows_from_another_does_not_bind():
    # both hang on one driver, the second twice as much
    covariance = np.array([[5.0, 2.0, 1.0], [2.0, 9.0, 2.0], [1.0, 2.0, 1.0]])
    found = reverse_stress(covariance, {"0": -1.0, "1": -1.0}, ["2"])
    assert found.binding == ("0",)
    assert found.reached.tolist() == pytest.approx([-1.0, -2.0])


def test_columns_that_move_by_themselves_are_found_at_their_limits():
    found = reverse_stress(np.diag([1.0, 4.0]), {"0": -1.0, "1": -2.0}, ["0", "1"])
    assert found.shock.tolist() == pytest.approx([-1.0, -2.0])
    assert found.distance == pytest.approx(2.0)


# invariance


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(0.01, 100.0))
def test_units_and_signs_change_nothing_else(seed, scale):
    covariance = drawn(seed)
    found = reverse_stress(covariance, LIMITS, ["2", "3", "4"])
    units = np.array([1.0, 1.0, scale, 1.0, 1.0])
    other = reverse_stress(covariance * np.outer(units, units), LIMITS, ["2", "3", "4"])
    assert other.distance == pytest.approx(found.distance, rel=1e-7)
    assert other.shock[0] == pytest.approx(found.shock[0] * scale, rel=1e-5, abs=1e-9 * scale)
    mirrored = reverse_stress(covariance, {"0": 1.0, "1": 0.6}, ["2", "3", "4"])
    assert mirrored.shock == pytest.approx(-found.shock, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_more_drivers_and_order_never_make_it_less_plausible(seed):
    covariance = drawn(seed)
    few = reverse_stress(covariance, {"0": -1.0}, ["2"])
    more = reverse_stress(covariance, {"0": -1.0}, ["3", "2"])
    assert more.distance <= few.distance * (1.0 + 1e-9)
    turned = reverse_stress(covariance, {"0": -1.0}, ["2", "3"])
    assert turned.shock == pytest.approx(more.shock[::-1], rel=1e-9, abs=1e-12)


# degenerate


@pytest.mark.parametrize(
    ("limits", "drivers", "df", "reason"),
    [
        ({"0": -1.0, "9": -1.0}, ["2"], math.inf, "names"),
        ({}, ["2"], math.inf, "names"),
        ({"0": -1.0}, [], math.inf, "names"),
        ({"0": -1.0}, ["2", "2"], math.inf, "names"),
        ({"0": 0.0}, ["2"], math.inf, "option"),
        ({"0": math.nan}, ["2"], math.inf, "not_finite"),
        ({"0": -1.0}, ["2"], 2.0, "option"),
    ],
)
def test_degenerate_questions_are_refused(limits, drivers, df, reason):
    with pytest.raises(NotEstimable) as refused:
        reverse_stress(COVARIANCE, limits, drivers, df)
    assert refused.value.reason == reason


def test_refuses_what_no_move_brings():
    opposite = np.array([[1.0, 0.5, 0.5], [0.5, 1.0, -0.5], [0.5, -0.5, 1.0]])
    with pytest.raises(NotEstimable) as refused:
        reverse_stress(opposite, {"0": -1.0, "1": -1.0}, ["2"])
    assert refused.value.reason == "infeasible"
    with pytest.raises(NotEstimable) as refused:
        reverse_stress(np.eye(2), {"0": -1.0}, ["1"])
    assert refused.value.reason == "infeasible"
    twice = np.array([[1.0, 0.1, 0.1], [0.1, 1.0, 1.0], [0.1, 1.0, 1.0]])
    with pytest.raises(NotEstimable) as refused:
        reverse_stress(twice, {"0": -1.0}, ["1", "2"])
    assert refused.value.reason == "collinear"


def test_the_result_is_a_table_with_the_names_of_the_frame():
    names = ["gdx", "btc", "qqq", "dxy"]
    frame = pd.DataFrame(COVARIANCE, index=names, columns=names)
    found = reverse_stress(frame, {"gdx": -1.0}, ["qqq", "dxy"])
    assert found.to_frame().index.tolist() == ["qqq", "dxy"]
