"""Condition number against the singular values; the ridge that reaches the limit and no more."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.conditioning import condition_number, ridge_penalty, spectrum_condition


def test_equals_the_ratio_of_singular_values():
    x = np.random.default_rng(0).standard_normal((120, 5)) @ np.tri(5)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    assert condition_number(x) == pytest.approx(np.linalg.cond(z), rel=1e-10)


def test_two_drivers_have_a_closed_form():
    for rho in (0.0, 0.5, -0.9):
        expected = math.sqrt((1 + abs(rho)) / (1 - abs(rho)))
        assert spectrum_condition(np.array([[1, rho], [rho, 1]])) == pytest.approx(expected)


def test_dependent_drivers_are_infinite():
    x = np.random.default_rng(1).standard_normal((50, 3))
    x[:, 2] = x[:, 0] - 2.0 * x[:, 1]
    assert condition_number(x) == math.inf
    assert condition_number(np.random.default_rng(1).standard_normal((5, 9))) == math.inf
    assert condition_number(np.empty((5, 0))) == 1.0


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(1e-5, 1e5), order=st.permutations(range(4)))
def test_ignores_units_and_order(seed, scale, order):
    x = np.random.default_rng(seed).standard_normal((60, 4))
    moved = x[:, order] * np.array([scale, -1.0, 1.0, 3.0]) + 2.0
    assert condition_number(moved) == pytest.approx(condition_number(x), rel=1e-9)


@pytest.mark.parametrize("rho", [0.5, 0.99, 0.9999, 1.0])
def test_ridge_reaches_the_limit_and_no_more(rho):
    correlation = np.full((3, 3), rho)
    np.fill_diagonal(correlation, 1.0)
    penalty = ridge_penalty(correlation, 10.0)
    after = spectrum_condition(correlation + penalty * np.eye(3))
    if spectrum_condition(correlation) <= 10.0:
        assert penalty == 0.0
    else:
        assert after == pytest.approx(10.0, rel=1e-9)


def test_bad_input_is_refused():
    with pytest.raises(NotEstimable) as refused:
        condition_number(np.ones((10, 2)))
    assert refused.value.reason == "constant"
    for limit in (1.0, math.nan):
        with pytest.raises(NotEstimable) as refused:
            ridge_penalty(np.eye(2), limit)
        assert refused.value.reason == "condition_limit"
