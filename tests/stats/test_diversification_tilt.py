"""The least change of a portfolio: another solver, closed forms, what must not change, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from comove.core.errors import NotEstimable
from comove.stats.diversification import _tilt, diversification_ratio, least_tilt, solver_installed

pytestmark = pytest.mark.skipif(
    not solver_installed(), reason="the extra that solves cone programs is not installed"
)

VOLATILITIES = np.array([0.16, 0.14, 0.40, 0.55])
CORRELATIONS = np.array(
    [[1.0, 0.2, 0.3, 0.5], [0.2, 1.0, 0.1, 0.0], [0.3, 0.1, 1.0, 0.3], [0.5, 0.0, 0.3, 1.0]]
)
COVARIANCE = CORRELATIONS * np.outer(VOLATILITIES, VOLATILITIES)
LONG = np.array([0.6, 0.3, 0.05, 0.05])


def by_other_means(weights, covariance, target):
    """The same problem by sequential quadratic programming, from several starts."""
    signs = np.where(weights < 0.0, -1.0, 1.0)
    deviations = np.sqrt(np.diag(covariance))

    def surplus(w):
        return (signs * w) @ deviations - target * np.sqrt(w @ covariance @ w)

    limits = [
        {"type": "eq", "fun": lambda w: w.sum() - weights.sum()},
        {"type": "ineq", "fun": surplus},
    ]
    bounds = [(0.0, None) if sign > 0.0 else (None, 0.0) for sign in signs]
    rng = np.random.default_rng(0)
    found = []
    for _ in range(8):
        start = weights + 0.1 * rng.standard_normal(weights.size)
        done = minimize(
            lambda w: ((w - weights) ** 2).sum(),
            start,
            bounds=bounds,
            constraints=limits,
            options={"ftol": 1e-14, "maxiter": 500},
        )
        if done.success and surplus(done.x) > -1e-7:
            found.append((done.fun, tuple(done.x)))
    return np.array(min(found)[1])


@pytest.mark.parametrize(
    ("weights", "target"),
    [
        (LONG, 1.5),
        (LONG, 1.56),
        (np.array([0.9, 0.2, -0.05, -0.05]), 1.45),
        (np.array([1.0, 0.0, 0.0, 0.0]) + 1e-3, 1.3),
    ],
    ids=["near", "far", "short", "one"],
)
def test_weights_match_another_solver(weights, target):
    found = least_tilt(weights, COVARIANCE, target)
    assert found.feasible
    np.testing.assert_allclose(
        found.weights, by_other_means(weights, COVARIANCE, target), atol=2e-5
    )


def test_recovery_the_highest_ratio_of_uncorrelated_columns_is_the_root_of_their_number():
    """Without correlations the most diversified portfolio holds equal risks: sqrt(k)."""
    found = least_tilt(LONG, np.diag(VOLATILITIES**2), 1.9)
    assert found.highest == pytest.approx(2.0, abs=1e-6)
    assert found.feasible
    assert found.ratio == pytest.approx(1.9, abs=1e-6)


def test_the_highest_ratio_equals_the_closed_form_of_the_most_diversified_portfolio():
    """Where that portfolio is long only, its ratio is sqrt(s' inv(S) s)."""
    inverse = np.linalg.solve(COVARIANCE, VOLATILITIES)
    assert (inverse > 0.0).all()
    found = least_tilt(LONG, COVARIANCE, 1.5)
    assert found.highest == pytest.approx(np.sqrt(VOLATILITIES @ inverse), abs=1e-6)


def draw(seed, short):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 7))
    root = rng.standard_normal((k, 2 * k))
    covariance = root @ root.T / (2 * k) * np.outer(*(2 * [np.exp(rng.normal(size=k))]))
    weights = rng.dirichlet(np.ones(k)) + 0.02
    if short:
        weights[0] = -0.5 * weights[0]
    return weights, covariance


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), short=st.booleans(), part=st.floats(0.1, 0.9))
def test_sum_and_sides_stay_and_the_target_is_met_and_not_passed(seed, short, part):
    weights, covariance = draw(seed, short)
    before = diversification_ratio(weights, covariance).value
    highest = least_tilt(weights, covariance, before).highest
    assert highest >= before - 1e-6
    target = before + part * (highest - before)
    found = least_tilt(weights, covariance, max(target, 1.0 + 1e-9))
    assert found.feasible
    assert found.weights.sum() == pytest.approx(weights.sum(), abs=1e-6)
    assert (found.weights * np.sign(weights) >= 0.0).all()
    # a loose target would mean that a smaller change had been enough
    assert found.ratio == pytest.approx(max(target, before), abs=2e-5)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-6, 1e-2, 1e3]))
def test_the_unit_of_the_returns_does_not_matter(seed, scale):
    weights, covariance = draw(seed, short=False)
    before = diversification_ratio(weights, covariance).value
    highest = least_tilt(weights, covariance, before).highest
    target = max(before + 0.5 * (highest - before), 1.0 + 1e-9)
    plain = least_tilt(weights, covariance, target)
    scaled = least_tilt(weights, covariance * scale, target)
    np.testing.assert_allclose(scaled.weights, plain.weights, atol=1e-5)


def test_names_and_frame_go_with_the_weights():
    found = least_tilt({"0": 0.6, "1": 0.3, "2": 0.05, "3": 0.05}, COVARIANCE, 1.5)
    frame = found.to_frame()
    assert list(frame.index) == ["0", "1", "2", "3"]
    np.testing.assert_allclose(frame["before"] + frame["change"], frame["after"], atol=1e-12)
    assert found.turnover == pytest.approx(0.5 * frame["change"].abs().sum())


def test_what_is_there_already_is_left_alone():
    found = least_tilt(LONG, COVARIANCE, 1.05)
    assert found.feasible
    assert found.turnover == 0.0
    np.testing.assert_array_equal(found.weights, LONG)


def test_a_target_out_of_reach_is_said_to_be():
    found = least_tilt(LONG, COVARIANCE, 3.0)
    assert not found.feasible
    np.testing.assert_array_equal(found.weights, LONG)
    assert 1.0 < found.highest < 3.0


@pytest.mark.parametrize(
    ("weights", "covariance", "target", "reason"),
    [
        (LONG, COVARIANCE, 1.0, "option"),
        (LONG, COVARIANCE, np.nan, "option"),
        ([1.0, 0.0, 0.0, 0.0], COVARIANCE, 1.5, "positions"),
        ([np.nan, 0.5, 0.25, 0.25], COVARIANCE, 1.5, "not_finite"),
        ([0.5, 0.5], COVARIANCE, 1.5, "shape"),
        ([1.0, -1.0], np.ones((2, 2)), 1.5, "no_risk"),
    ],
    ids=["one", "nan target", "one position", "nan", "shape", "cancels"],
)
def test_degenerate_portfolios_are_refused_with_a_reason(weights, covariance, target, reason):
    with pytest.raises(NotEstimable) as refused:
        least_tilt(weights, covariance, target)
    assert refused.value.reason == reason


def test_without_the_packages_it_is_refused_with_a_reason(monkeypatch):
    monkeypatch.setattr(_tilt, "find_spec", lambda name: None)
    assert not solver_installed()
    with pytest.raises(NotEstimable) as refused:
        least_tilt(LONG, COVARIANCE, 1.5)
    assert refused.value.reason == "solver"
