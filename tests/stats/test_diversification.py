"""Diversification under a given covariance: published figures, slow loops, what must not change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from comove.core.errors import NotEstimable
from comove.stats.diversification import (
    diversification_ratio,
    effective_bets,
    minimum_torsion,
    risk_contributions,
)

VOLATILITIES = np.array([0.16, 0.18, 0.38, 0.60])
CALM = np.array(
    [
        [1.0, 0.1, 0.2, 0.45],
        [0.1, 1.0, 0.75, 0.1],
        [0.2, 0.75, 1.0, 0.25],
        [0.45, 0.1, 0.25, 1.0],
    ]
)
EQUAL = np.full(4, 0.25)
COVARIANCE = CALM * np.outer(VOLATILITIES, VOLATILITIES)
TOGETHER = (0.8 + 0.2 * np.eye(4)) * np.outer(VOLATILITIES, VOLATILITIES)


def covariance(seed, size=4):
    root = np.random.default_rng(seed).standard_normal((size, size + 2))
    return root @ root.T


def weights(seed, size=4):
    return np.random.default_rng(seed + 999).uniform(-1.0, 2.0, size)


# reference


def test_reference_figures_of_the_four_assets():
    assert round(diversification_ratio(EQUAL, COVARIANCE).value, 4) == 1.3784
    assert round(diversification_ratio(EQUAL, TOGETHER).value, 4) == 1.0755
    assert round(effective_bets(EQUAL, COVARIANCE).value, 4) == 3.3856
    assert round(effective_bets(EQUAL, TOGETHER).value, 4) == 3.8655
    assert round(effective_bets(EQUAL, COVARIANCE, "pca").value, 4) == 1.7292


@pytest.mark.parametrize(("size", "rho"), [(10, 0.4), (3, 0.0), (5, 0.9), (4, -0.2)])
def test_reference_closed_form_of_one_common_correlation(size, rho):
    matrix = rho + (1.0 - rho) * np.eye(size)
    found = diversification_ratio(np.full(size, 1.0), matrix)
    assert found.squared == pytest.approx(1.0 / (1.0 / size + (1.0 - 1.0 / size) * rho), rel=1e-12)
    assert effective_bets(np.ones(size), matrix).value == pytest.approx(size, rel=1e-12)
    if rho == 0.4:
        assert round(found.squared, 4) == 2.1739


@pytest.mark.parametrize("seed", range(5))
def test_reference_ratio_and_contributions_by_a_slow_loop(seed):
    values, held = covariance(seed), weights(seed)
    gross = sum(abs(held[i]) * values[i, i] ** 0.5 for i in range(4))
    variance = sum(held[i] * held[j] * values[i, j] for i in range(4) for j in range(4))
    ratio = diversification_ratio(held, values)
    assert ratio.value == pytest.approx(gross / variance**0.5, rel=1e-13)
    found = risk_contributions(held, values)
    for i in range(4):
        inner = sum(values[i, j] * held[j] for j in range(4))
        assert found.contributions[i] == pytest.approx(held[i] * inner / variance**0.5, rel=1e-12)
    assert found.contributions.sum() == pytest.approx(variance**0.5, rel=1e-13)
    assert found.shares.sum() == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_reference_marginal_risk_equals_the_derivative(seed):
    values, held = covariance(seed), weights(seed)
    step = 1e-6
    for place in range(4):
        risks = []
        for sign in (1.0, -1.0):
            moved = held.copy()
            moved[place] += sign * step
            risks.append(np.sqrt(moved @ values @ moved))
        slope = (risks[0] - risks[1]) / (2.0 * step)
        assert risk_contributions(held, values).marginal[place] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("method", ["minimum_torsion", "pca"])
@pytest.mark.parametrize("seed", range(3))
def test_reference_bets_equal_the_definition(method, seed):
    values, held = covariance(seed), weights(seed)
    found = effective_bets(held, values, method)
    transform = found.transform
    bets = transform @ values @ transform.T
    np.testing.assert_allclose(bets - np.diag(np.diag(bets)), 0.0, atol=1e-11)
    shares = np.linalg.inv(transform).T @ held * (transform @ values @ held)
    shares /= held @ values @ held
    np.testing.assert_allclose(found.shares, shares, atol=1e-12)
    np.testing.assert_allclose(found.exposures @ transform, held, atol=1e-12)
    entropy = -sum(share * np.log(share) for share in shares)
    assert found.value == pytest.approx(np.exp(entropy), rel=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_reference_no_transform_found_by_search_is_closer(seed):
    values = covariance(seed, 3)
    deviations = np.sqrt(np.diag(values))
    correlation = values / np.outer(deviations, deviations)
    roots, axes = np.linalg.eigh(correlation)
    root, inverse = (axes @ np.diag(roots**power) @ axes.T for power in (0.5, -0.5))

    def tracking(transform):
        # variance of what the new columns differ by from the standardised old ones
        gap = transform - np.eye(3)
        return float(np.trace(gap @ correlation @ gap.T))

    def made(free):
        turn = Rotation.from_rotvec(free).as_matrix()
        return np.diag(np.diag(turn @ root)) @ turn @ inverse

    rng = np.random.default_rng(seed)
    best = min(
        minimize(lambda free: tracking(made(free)), start, method="BFGS").fun
        for start in rng.standard_normal((4, 3))
    )
    ours = minimum_torsion(values) * deviations / deviations[:, None]
    assert tracking(ours) == pytest.approx(best, abs=1e-8)


# recovery


def test_recovery_of_independent_bets():
    volatilities = np.array([1.0, 2.0, 3.0])
    found = effective_bets(1.0 / volatilities, np.diag(volatilities**2))
    assert found.value == pytest.approx(3.0, rel=1e-12)
    np.testing.assert_allclose(found.transform, np.eye(3), atol=1e-12)
    one = effective_bets([1.0, 1e-9, 1e-9], np.diag(volatilities**2))
    assert one.value == pytest.approx(1.0, abs=1e-12)


def test_recovery_of_the_direction_of_a_squeeze():
    scale = np.outer(VOLATILITIES, VOLATILITIES)
    values = [
        diversification_ratio(EQUAL, (rho + (1.0 - rho) * np.eye(4)) * scale).value
        for rho in (0.0, 0.3, 0.6, 0.9, 1.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(1.0, abs=1e-12)


# invariance


@given(
    seed=st.integers(0, 10**6),
    factor=st.floats(1e-6, 1e6),
    order=st.permutations(range(4)),
    flips=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_invariance_to_scale_sign_and_order(seed, factor, order, flips):
    values, held = covariance(seed), weights(seed)
    turned = np.array(flips)
    other = (values * np.outer(turned, turned))[np.ix_(order, order)] * factor
    moved = (held * turned)[list(order)] / factor
    first, second = diversification_ratio(held, values), diversification_ratio(moved, other)
    assert second.value == pytest.approx(first.value, rel=1e-9)
    np.testing.assert_allclose(
        risk_contributions(moved, other).shares,
        risk_contributions(held, values).shares[list(order)],
        atol=1e-9,
    )
    bets = effective_bets(held, values)
    np.testing.assert_allclose(
        effective_bets(moved, other).shares, bets.shares[list(order)], atol=1e-9
    )
    pca = effective_bets(moved, other, "pca")
    np.testing.assert_allclose(pca.shares, effective_bets(held, values, "pca").shares, atol=1e-8)


@given(seed=st.integers(0, 10**6), units=st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4))
@settings(max_examples=25, deadline=None)
def test_invariance_to_the_unit_of_each_column(seed, units):
    values, held = covariance(seed), weights(seed)
    other, moved = values * np.outer(units, units), held / units
    assert diversification_ratio(moved, other).value == pytest.approx(
        diversification_ratio(held, values).value, rel=1e-9
    )
    np.testing.assert_allclose(
        effective_bets(moved, other).shares, effective_bets(held, values).shares, atol=1e-9
    )


# degenerate


SINGULAR = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("held", "values", "reason"),
    [
        ([1.0, 1.0], [[1.0, 0.5], [0.4, 1.0]], "not_symmetric"),
        ([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]], "not_positive"),
        ([1.0, 1.0], [[1.0, 0.0], [0.0, -1.0]], "not_positive"),
        ([1.0, 1.0], [[1.0, 0.0], [0.0, 0.0]], "constant"),
        ([1.0, 1.0], [[1.0, np.nan], [np.nan, 1.0]], "not_finite"),
        ([1.0, 1.0], [[np.inf, 0.0], [0.0, 1.0]], "not_finite"),
        ([1.0, 1.0], np.ones((3, 2)), "shape"),
        ([1.0, 1.0], np.ones((2, 2, 2)), "shape"),
        ([1.0, 1.0, 1.0], np.eye(2), "shape"),
        ([1.0, np.nan], np.eye(2), "not_finite"),
        ([1.0, 0.0], np.eye(2), "positions"),
        ([1.0], [[1.0]], "positions"),
        ([1.0, -1.0], [[1.0, 1.0], [1.0, 1.0]], "no_risk"),
        ({"0": 1.0, "b": 1.0}, np.eye(2), "names"),
    ],
)
@pytest.mark.parametrize("estimator", [diversification_ratio, risk_contributions, effective_bets])
def test_degenerate_portfolios_are_refused(estimator, held, values, reason):
    with pytest.raises(NotEstimable) as refusal:
        estimator(held, values)
    assert refusal.value.reason == reason


def test_degenerate_bets_are_refused():
    for call, reason in (
        (lambda: effective_bets([1.0, 1.0, 1.0], SINGULAR), "collinear"),
        (lambda: minimum_torsion(SINGULAR), "collinear"),
        (lambda: effective_bets([1.0, 2.0], np.eye(2), "pca"), "not_identified"),
        (lambda: effective_bets([1.0, 2.0], np.eye(2), "other"), "option"),
    ):
        with pytest.raises(NotEstimable) as refusal:
            call()
        assert refusal.value.reason == reason


def test_degenerate_covariance_that_is_singular_still_has_a_ratio():
    assert diversification_ratio([1.0, 1.0, 0.0], SINGULAR).value == pytest.approx(1.0, abs=1e-12)
    equal = effective_bets(np.ones(4), 0.5 + 0.5 * np.eye(4), "pca")
    assert equal.value == pytest.approx(1.0, abs=1e-9)


# the door


def test_names_travel_from_frame_to_result():
    names = ["spx", "gld", "gdx", "btc"]
    frame = pd.DataFrame(COVARIANCE, index=names, columns=names)
    held = {"btc": 0.4, "gdx": 0.3, "gld": 0.2, "spx": 0.1}
    expected = diversification_ratio([0.1, 0.2, 0.3, 0.4], COVARIANCE)
    for given_weights in (held, pd.Series(held)):
        found = diversification_ratio(given_weights, frame)
        assert found.names == tuple(names)
        assert found.weights.tolist() == [0.1, 0.2, 0.3, 0.4]
        assert found.value == expected.value
    assert risk_contributions(held, frame).to_frame().loc["btc", "weights"] == 0.4
    assert effective_bets(held, frame).to_frame().index.tolist() == names
    assert effective_bets(held, frame, "pca").names == ("1", "2", "3", "4")


def test_results_are_read_only_and_readable():
    for found in (
        diversification_ratio(EQUAL, COVARIANCE),
        risk_contributions(EQUAL, COVARIANCE),
        effective_bets(EQUAL, COVARIANCE),
    ):
        assert "\n" not in repr(found)
        assert found.summary().startswith(type(found).__name__)
    assert not effective_bets(EQUAL, COVARIANCE).shares.flags.writeable
    assert diversification_ratio(EQUAL, COVARIANCE).to_frame().loc["ratio", "value"] > 1.37
