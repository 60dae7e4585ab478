"""Joint fall: pandas and a loop as reference, uniform p-values, power, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import stationary_indices
from comove.stats.joint_fall import JointFallOptions, joint_fall_test, joint_severity

QUICK = JointFallOptions(replications=199)


def noise(nobs, assets, seed, rho=0.0):
    rng = np.random.default_rng(seed)
    common, own = rng.standard_normal((nobs, 1)), rng.standard_normal((nobs, assets))
    return np.sqrt(rho) * common + np.sqrt(1.0 - rho) * own


@pytest.mark.parametrize(("horizon", "decay"), [(21, 0.97), (5, 0.90), (80, 0.99)])
def test_severity_equals_pandas(horizon, decay):
    returns = noise(400, 3, 1, rho=0.3) * [1.0, 2.0, 0.1]
    frame = pd.DataFrame(returns)
    second = (frame**2).ewm(alpha=1.0 - decay, adjust=True).mean()
    scores = frame.rolling(horizon).sum() / np.sqrt(second * horizon)
    expected = scores.max(axis=1).to_numpy()
    severity = joint_severity(returns, horizon, decay)
    first = max(horizon, 60) - 1
    assert np.isnan(severity[:first]).all()
    assert severity[first:] == pytest.approx(expected[first:], abs=1e-12)


def test_severity_equals_the_obvious_loop():
    returns = noise(130, 2, 2)
    severity = joint_severity(returns)
    for t in (59, 60, 99, 129):
        scores = []
        for i in (0, 1):
            weights = [0.97**j for j in range(t + 1)]
            squares = [returns[t - j, i] ** 2 for j in range(t + 1)]
            sigma = np.sqrt(np.dot(weights, squares) / sum(weights))
            scores.append(returns[t - 20 : t + 1, i].sum() / (sigma * np.sqrt(21.0)))
        assert severity[t] == pytest.approx(max(scores), abs=1e-12)


def test_equal_series_have_the_severity_of_one():
    returns = noise(300, 1, 3)
    single = joint_severity(returns)
    twins = joint_severity(np.repeat(returns, 3, axis=1))
    assert twins == pytest.approx(single, abs=1e-12, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_severity_ignores_units_and_column_order(seed, first, second):
    returns = noise(150, 2, seed)
    plain = joint_severity(returns)[59:]
    assert joint_severity(returns * [first, second])[59:] == pytest.approx(plain, abs=1e-9)
    assert joint_severity(returns[:, ::-1])[59:] == pytest.approx(plain, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(60, 149))
def test_severity_knows_no_future(seed, cut):
    returns = noise(150, 2, seed)
    early = joint_severity(returns[:cut])[59:]
    assert early == pytest.approx(joint_severity(returns)[59:cut], abs=1e-12)


def test_a_price_that_has_not_moved_yet_has_no_severity():
    returns = noise(150, 2, 4)
    returns[:100, 1] = 0.0
    severity = joint_severity(returns)
    assert np.isnan(severity[:100]).all()
    assert np.isfinite(severity[100:]).all()


def test_the_statistic_is_the_lowest_severity_of_the_window():
    returns = noise(463, 2, 5)
    found = joint_fall_test(returns[400:], returns[:400], np.random.default_rng(0), QUICK)
    assert found.statistic == pytest.approx(joint_severity(returns)[400:].min(), abs=1e-12)
    assert (found.nobs, found.replications) == (63, 199)


@pytest.mark.parametrize("assets", [2, 3])
def test_pvalues_equal_those_of_a_loop_over_paths(assets):
    returns = noise(440, assets, 6, rho=0.5)
    window, history = returns[400:], returns[:400]
    options = JointFallOptions(horizon=10, decay=0.9, block=5.0, replications=60)
    found = joint_fall_test(window, history, np.random.default_rng(9), options)
    rng = np.random.default_rng(9)
    # 66 rows forget 0.9^66 < 0.1 % of the weight
    draws = [stationary_indices(400, 66 + 40, 5.0, 60, rng) for _ in range(assets + 1)]
    together, alone = 0, 0
    for r in range(60):
        joint = history[draws[0][r]]
        single = np.column_stack([history[draws[1 + i][r], i] for i in range(assets)])
        together += joint_severity(joint, 10, 0.9)[-40:].min() <= found.statistic
        alone += joint_severity(single, 10, 0.9)[-40:].min() <= found.statistic
    assert found.pvalue_joint == pytest.approx((1 + together) / 61)
    assert found.pvalue_independent == pytest.approx((1 + alone) / 61)


def pvalues(rho, runs=200, nobs=21):
    joint, independent = [], []
    for seed in range(runs):
        returns = noise(500 + nobs, 2, 1000 + seed, rho)
        rng = np.random.default_rng(seed)
        found = joint_fall_test(returns[500:], returns[:500], rng, QUICK)
        joint.append(found.pvalue_joint)
        independent.append(found.pvalue_independent)
    return np.array(joint), np.array(independent)


def test_independent_walks_give_uniform_pvalues():
    low, high = stats.binom.interval(0.999, 200, 0.05)
    for found in pvalues(0.0):
        assert low <= (found <= 0.05).sum() <= high
        assert stats.kstest(found, "uniform").pvalue > 0.001


def test_correlated_walks_are_unusual_only_against_independence():
    joint, independent = pvalues(0.85)
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= (joint <= 0.05).sum() <= high
    assert stats.kstest(joint, "uniform").pvalue > 0.001
    assert (independent <= 0.05).sum() > high


def test_a_crash_of_both_is_found_and_a_crash_of_one_is_not():
    returns = noise(521, 2, 7)
    both, one = returns[500:].copy(), returns[500:].copy()
    both -= 0.8
    one[:, 0] -= 0.8
    one[:, 1] += 0.3
    rng = np.random.default_rng(0)
    assert joint_fall_test(both, returns[:500], rng, QUICK).pvalue_joint <= 0.01
    assert joint_fall_test(one, returns[:500], rng, QUICK).pvalue_joint > 0.2


def test_the_same_generator_gives_the_same_answer_in_any_unit():
    returns = noise(463, 2, 8)
    first = joint_fall_test(returns[400:], returns[:400], np.random.default_rng(1), QUICK)
    again = joint_fall_test(returns[400:], returns[:400], np.random.default_rng(1), QUICK)
    assert first == again
    # a power of two rounds nothing, so not even a tie can break
    scaled = returns * [128.0, 0.25]
    other = joint_fall_test(scaled[400:], scaled[:400], np.random.default_rng(1), QUICK)
    assert other == first


@pytest.mark.parametrize(
    ("window", "history", "reason"),
    [
        (np.zeros((21, 2)), noise(125, 2, 1), "too_short"),
        (np.zeros((0, 2)), noise(300, 2, 1), "too_short"),
        (np.zeros((21, 3)), noise(300, 2, 1), "shape"),
        (np.zeros((21, 1)), noise(300, 1, 1), "shape"),
        (np.full((21, 2), np.nan), noise(300, 2, 1), "not_finite"),
        (np.zeros((21, 2)), np.zeros((300, 2)), "constant"),
        (np.zeros(21), noise(300, 2, 1), "shape"),
    ],
)
def test_what_cannot_be_tested_is_refused(window, history, reason):
    with pytest.raises(NotEstimable) as caught:
        joint_fall_test(window, history, np.random.default_rng(0))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        (noise(59, 2, 1), "too_short"),
        (np.zeros((100, 2)), "constant"),
        (np.zeros(100), "shape"),
        (np.full((100, 2), np.inf), "not_finite"),
    ],
)
def test_severity_refuses(returns, reason):
    with pytest.raises(NotEstimable) as caught:
        joint_severity(returns)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "figures",
    [
        {"horizon": 0},
        {"decay": 1.0},
        {"decay": 0.0},
        {"block": 0.5},
        {"block": float("inf")},
        {"replications": 0},
    ],
)
def test_options_that_define_nothing_are_refused(figures):
    with pytest.raises(NotEstimable) as caught:
        JointFallOptions(**figures)
    assert caught.value.reason == "option"
