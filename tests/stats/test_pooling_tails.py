"""Student tails by Mardia's kurtosis: a slow loop, recovery, invariances, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.pooling import student_tails
from comove.stats.pooling._tails import HEAVIEST


def student(rng, rows, width, df):
    root = np.eye(width) + 0.3
    scale = np.sqrt(df / rng.chisquare(df, (rows, 1)))
    return rng.standard_normal((rows, width)) @ root * scale


def test_equals_a_slow_loop():
    x = student(np.random.default_rng(1), 200, 3, 6.0)
    centred = x - x.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred / len(x))
    slow = sum(float(row @ inverse @ row) ** 2 for row in centred) / len(x) / (3.0 * 5.0)
    found = student_tails(x)
    assert found.kurtosis == pytest.approx(slow, rel=1e-10)
    assert found.df == pytest.approx(max((4.0 * slow - 2.0) / (slow - 1.0), HEAVIEST), rel=1e-9)


@pytest.mark.parametrize(("df", "low", "high"), [(8.0, 7.0, 9.8), (20.0, 15.0, 28.0)])
def test_recovers_the_degrees_of_freedom(df, low, high):
    rng = np.random.default_rng(3)
    found = [student_tails(student(rng, 5000, 2, df)).df for _ in range(20)]
    assert low < np.median(found) < high


def test_a_normal_law_is_seen_as_one_half_of_the_time_and_never_as_heavy():
    rng = np.random.default_rng(4)
    found = [student_tails(rng.standard_normal((2000, 3))).df for _ in range(40)]
    assert sum(map(math.isinf, found)) >= 15
    assert min(found) > 20.0


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3))
def test_units_shifts_and_order_change_nothing(seed, scale):
    rng = np.random.default_rng(seed)
    x = student(rng, 120, 3, 5.0)
    mixed = x @ np.array([[1.0, 0.2, 0.0], [0.0, 1.0, 0.4], [0.3, 0.0, 1.0]]) * scale + 2.0
    found = student_tails(x).kurtosis
    assert student_tails(mixed).kurtosis == pytest.approx(found, rel=1e-6)
    assert student_tails(x[::-1]).kurtosis == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.zeros((50, 2)), "constant"),
        (np.ones((20, 2)) * [[1.0, 2.0]] * np.arange(20)[:, None], "too_short"),
        (np.column_stack([np.arange(60.0), 2.0 * np.arange(60.0)]), "collinear"),
        (np.full((60, 1), np.nan), "not_finite"),
    ],
)
def test_degenerate_samples_are_refused(x, reason):
    with pytest.raises(NotEstimable) as refused:
        student_tails(x)
    assert refused.value.reason == reason


def test_light_tails_are_no_student_law():
    x = np.random.default_rng(5).uniform(-1.0, 1.0, (500, 2))
    found = student_tails(x)
    assert math.isinf(found.df)
    assert found.kurtosis < 1.0
    assert found.to_frame().shape == (1, 3)
