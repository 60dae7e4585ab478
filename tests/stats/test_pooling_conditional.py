"""Conditional distributions and plausibility: other software, simulation, invariances, refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, chi2, f, multivariate_normal, multivariate_t, norm
from scipy.stats import t as student

from comove.core.errors import NotEstimable
from comove.stats.pooling import (
    EXTRAPOLATION,
    conditional_normal,
    conditional_t,
    plausibility,
    probability_above,
)

MEAN = np.array([0.1, -0.2, 0.3])
COVARIANCE = np.array([[1.0, 0.6, -0.4], [0.6, 2.0, 0.3], [-0.4, 0.3, 1.5]])
SHOCK = {"0": 1.5, "2": -1.0}


def moments(density):
    """Mass, mean and deviation of an unnormalised density."""
    mass, first, second = (
        quad(lambda x, power=power: x**power * density(x), -200, 200, points=[0.0], limit=400)[0]
        for power in range(3)
    )
    return first / mass, math.sqrt(second / mass - (first / mass) ** 2)


# reference


def test_reference_normal_by_a_slow_regression():
    found = conditional_normal(MEAN, COVARIANCE, SHOCK)
    ff = COVARIANCE[[0, 2]][:, [0, 2]]
    beta = np.linalg.solve(ff, COVARIANCE[[0, 2], 1])
    assert found.mean[1] == pytest.approx(MEAN[1] + beta @ [1.4, -1.3], rel=1e-12)
    left = COVARIANCE[1, 1] - beta @ ff @ beta
    assert found.covariance[1, 1] == pytest.approx(left, rel=1e-12)
    reach = norm.ppf(0.975) * math.sqrt(left)
    assert (found.low[1], found.high[1]) == pytest.approx(
        (found.mean[1] - reach, found.mean[1] + reach), rel=1e-12
    )
    assert found.mean[[0, 2]].tolist() == pytest.approx([1.5, -1.0], abs=1e-15)
    assert found.deviation[[0, 2]].tolist() == [0.0, 0.0]
    assert found.shocked == ("0", "2")
    assert not found.extrapolates


def test_reference_normal_by_its_density():
    joint = multivariate_normal(MEAN, COVARIANCE)
    found = conditional_normal(MEAN, COVARIANCE, SHOCK)
    mean, deviation = moments(lambda x: joint.pdf([1.5, x, -1.0]))
    assert found.mean[1] == pytest.approx(mean, abs=1e-8)
    assert found.deviation[1] == pytest.approx(deviation, abs=1e-8)


@pytest.mark.parametrize("df", [3.0, 5.0, 30.0])
def test_reference_student_by_its_density(df):
    joint = multivariate_t(MEAN, COVARIANCE * (df - 2.0) / df, df=df)
    found = conditional_t(MEAN, COVARIANCE, SHOCK, df)
    mean, deviation = moments(lambda x: joint.pdf([1.5, x, -1.0]))
    assert found.mean[1] == pytest.approx(mean, abs=1e-6)
    assert found.deviation[1] == pytest.approx(deviation, rel=1e-4)
    scale = deviation * math.sqrt(df / (df + 2.0))
    expected = mean + student.ppf([0.025, 0.975], df + 2.0) * scale
    assert [found.low[1], found.high[1]] == pytest.approx(expected, rel=1e-4)
    assert found.df == df + 2.0


def test_reference_student_tends_to_the_normal():
    far, normal = (
        conditional_t(MEAN, COVARIANCE, SHOCK, 1e9),
        conditional_normal(MEAN, COVARIANCE, SHOCK),
    )
    np.testing.assert_allclose(far.low, normal.low, atol=1e-7)
    np.testing.assert_allclose(far.covariance, normal.covariance, atol=1e-7)
    assert far.plausibility == pytest.approx(normal.plausibility, abs=1e-7)


def test_reference_plausibility_equals_tail_probabilities_of_scipy():
    move = np.array([1.4, -1.3])
    block = COVARIANCE[[0, 2]][:, [0, 2]]
    distance = move @ np.linalg.inv(block) @ move
    known = plausibility(SHOCK, MEAN, COVARIANCE)
    assert known.distance == pytest.approx(distance, rel=1e-13)
    assert known.pvalue == pytest.approx(chi2.sf(distance, 2), rel=1e-12)
    assert known.contributions.sum() == pytest.approx(distance, rel=1e-13)
    assert known.deviations == pytest.approx(move / np.sqrt([1.0, 1.5]), rel=1e-13)
    heavy = plausibility(SHOCK, MEAN, COVARIANCE, df=4.0)
    assert heavy.pvalue == pytest.approx(f.sf(distance * 2.0 / 2.0, 2, 4.0), rel=1e-12)
    small = plausibility(SHOCK, MEAN, COVARIANCE, nobs=20)
    scaled = distance * 20 * 18 / (399 * 2)
    assert small.pvalue == pytest.approx(f.sf(scaled, 2, 18), rel=1e-12)
    assert (known.law, heavy.law, small.law) == ("chi2(2)", "F(2, 4)", "F(2, 18)")
    one = plausibility({"1": 2.0}, MEAN, COVARIANCE)
    assert one.pvalue == pytest.approx(2.0 * norm.sf(2.2 / math.sqrt(2.0)), rel=1e-12)


# recovery


def draws(rng, runs, df=math.inf):
    normal = rng.standard_normal((runs, 3)) @ np.linalg.cholesky(COVARIANCE).T
    if math.isinf(df):
        return MEAN + normal
    return MEAN + normal * np.sqrt((df - 2.0) / rng.chisquare(df, (runs, 1)))


def inside(runs, level, df=math.inf):
    """How many outcomes fall into the interval conditional on the two others."""
    hits = 0
    for row in draws(np.random.default_rng(3), runs, df):
        shock = {"0": row[0], "2": row[2]}
        found = (
            conditional_normal(MEAN, COVARIANCE, shock, level)
            if math.isinf(df)
            else conditional_t(MEAN, COVARIANCE, shock, df, level)
        )
        hits += bool(found.low[1] <= row[1] <= found.high[1])
    return hits


def assert_share(hits, runs, chance):
    assert binom.ppf(5e-4, runs, chance) <= hits <= binom.ppf(0.9995, runs, chance)


@pytest.mark.parametrize("df", [math.inf, 4.0])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_recovery_conditional_intervals_cover(df, level):
    assert_share(inside(400, level, df), 400, level)


@pytest.mark.nightly
@pytest.mark.parametrize("df", [math.inf, 4.0])
def test_recovery_conditional_intervals_cover_in_many_runs(df):
    assert_share(inside(2000, 0.95, df), 2000, 0.95)


@pytest.mark.parametrize("df", [math.inf, 4.0])
def test_recovery_false_positive_rate_of_plausibility(df):
    hits = 0
    for row in draws(np.random.default_rng(4), 600, df):
        shock = dict(zip("012", row, strict=True))
        hits += plausibility(shock, MEAN, COVARIANCE, df).pvalue < 0.05
    assert_share(hits, 600, 0.05)


def test_recovery_false_positive_rate_with_an_estimated_covariance():
    rng = np.random.default_rng(5)
    hits = naive = 0
    for _ in range(600):
        rows = draws(rng, 13)
        mean, covariance = rows[:12].mean(axis=0), np.cov(rows[:12].T)
        shock = dict(zip("012", rows[12], strict=True))
        hits += plausibility(shock, mean, covariance, nobs=12).pvalue < 0.05
        naive += plausibility(shock, mean, covariance).pvalue < 0.05
    assert_share(hits, 600, 0.05)
    assert naive > binom.ppf(0.9995, 600, 0.05)


def test_recovery_of_extrapolation():
    mild = conditional_normal(MEAN, COVARIANCE, {"0": 2.0})
    wild = conditional_normal(MEAN, COVARIANCE, {"0": 4.0})
    assert (mild.extrapolates, wild.extrapolates) == (False, True)
    assert wild.plausibility < EXTRAPOLATION < mild.plausibility
    heavy = conditional_t(MEAN, COVARIANCE, {"0": 4.0}, 3.0)
    assert heavy.plausibility > wild.plausibility
    assert heavy.deviation[1] > wild.deviation[1]


# invariance


@given(
    seed=st.integers(0, 10**6),
    units=st.lists(st.floats(1e-4, 1e4), min_size=4, max_size=4),
    flips=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
    constant=st.floats(-10.0, 10.0),
    order=st.permutations(range(4)),
)
@settings(max_examples=25, deadline=None)
def test_invariance_to_unit_sign_constant_and_order(seed, units, flips, constant, order):
    rng = np.random.default_rng(seed)
    root, mean, shock = rng.standard_normal((4, 7)), rng.standard_normal(4), rng.standard_normal(2)
    covariance, scale, order = root @ root.T, np.array(units) * flips, list(order)

    for made in (conditional_normal, lambda m, c, s: conditional_t(m, c, s, 5.0)):
        first = made(mean, covariance, {"0": shock[0], "1": shock[1]})
        moved = {
            str(order.index(place)): (shock[place] + constant) * scale[place] for place in (0, 1)
        }
        second = made(
            ((mean + constant) * scale)[order],
            (covariance * np.outer(scale, scale))[np.ix_(order, order)],
            moved,
        )
        assert second.distance == pytest.approx(first.distance, rel=1e-9)
        assert second.plausibility == pytest.approx(first.plausibility, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(
            second.mean / scale[order], first.mean[order] + constant, rtol=1e-9, atol=1e-9
        )
        np.testing.assert_allclose(
            second.deviation / np.abs(scale[order]), first.deviation[order], rtol=1e-9, atol=1e-9
        )


# degenerate

SINGULAR = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("mean", "covariance", "shock", "reason"),
    [
        (MEAN, COVARIANCE, {}, "names"),
        (MEAN, COVARIANCE, {"gold": 1.0}, "names"),
        ({"a": 1.0}, COVARIANCE, SHOCK, "names"),
        (MEAN[:2], COVARIANCE, SHOCK, "shape"),
        (MEAN, COVARIANCE[:2], SHOCK, "shape"),
        (MEAN, -COVARIANCE, SHOCK, "not_positive"),
        (MEAN, COVARIANCE + np.triu(np.ones((3, 3)), 1), SHOCK, "not_symmetric"),
        (MEAN, COVARIANCE * [[1.0], [0.0], [1.0]] * [1.0, 0.0, 1.0], SHOCK, "constant"),
        (MEAN, SINGULAR, {"0": 1.0, "1": 1.0}, "collinear"),
        (MEAN, COVARIANCE, {"0": np.nan}, "not_finite"),
        (MEAN, COVARIANCE, {"0": np.inf}, "not_finite"),
        (MEAN * np.nan, COVARIANCE, SHOCK, "not_finite"),
        (MEAN, COVARIANCE * np.nan, SHOCK, "not_finite"),
    ],
)
def test_degenerate_beliefs_and_shocks_are_refused(mean, covariance, shock, reason):
    for call in (
        lambda: conditional_normal(mean, covariance, shock),
        lambda: conditional_t(mean, covariance, shock, 5.0),
        lambda: plausibility(shock, mean, covariance),
    ):
        with pytest.raises(NotEstimable) as refusal:
            call()
        assert refusal.value.reason == reason


def test_degenerate_options_are_refused():
    for call, reason in (
        (lambda: conditional_normal(MEAN, COVARIANCE, SHOCK, 1.0), "level"),
        (lambda: conditional_t(MEAN, COVARIANCE, SHOCK, 2.0), "option"),
        (lambda: conditional_t(MEAN, COVARIANCE, SHOCK, math.inf), "option"),
        (lambda: conditional_normal([0.0], [[1.0]], {"0": 1.0}), "shape"),
        (lambda: plausibility(SHOCK, MEAN, COVARIANCE, df=1.0), "option"),
        (lambda: plausibility(SHOCK, MEAN, COVARIANCE, df=math.nan), "option"),
        (lambda: plausibility(SHOCK, MEAN, COVARIANCE, df=5.0, nobs=50), "option"),
        (lambda: plausibility(SHOCK, MEAN, COVARIANCE, nobs=2), "too_short"),
        (lambda: plausibility({"0": 1.0}, ["a", "b", "c"], COVARIANCE), "shape"),
    ):
        with pytest.raises(NotEstimable) as refusal:
            call()
        assert refusal.value.reason == reason


def test_degenerate_columns_that_follow_from_the_shock_are_certain():
    found = conditional_normal([0.0, 1.0, 0.0], SINGULAR, {"0": 2.0})
    assert found.mean.tolist() == [2.0, 3.0, 0.0]
    assert found.deviation.tolist() == [0.0, 0.0, 1.0]
    every = conditional_normal(MEAN, COVARIANCE, {"0": 0.0, "1": 0.0, "2": 0.0})
    assert every.mean.tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-15)


# the door


def test_frames_and_results():
    names = ["dfii10", "gdx", "btc"]
    covariance = pd.DataFrame(COVARIANCE, index=names, columns=names)
    mean = {"btc": 0.3, "gdx": -0.2, "dfii10": 0.1}
    found = conditional_normal(mean, covariance, pd.Series({"btc": -1.0, "dfii10": 1.5}))
    plain = conditional_normal(MEAN, COVARIANCE, SHOCK)
    assert found.shocked == ("dfii10", "btc")
    assert found.to_frame().loc["gdx", "mean"] == plain.mean[1]
    odd = plausibility({"gdx": 3.0}, mean, covariance)
    assert odd.to_frame().loc["gdx", "contributions"] == odd.distance
    for result in (found, odd):
        assert "\n" not in repr(result)
        assert result.summary().startswith(type(result).__name__)
    assert not found.covariance.flags.writeable


# probabilities above a threshold


def test_reference_probabilities_match_scipy():
    mean, deviation = np.array([[0.1, -0.2], [0.0, 3.0]]), np.array([1.0, 0.5])
    found = probability_above(0.3, mean, deviation)
    assert found == pytest.approx(norm.sf(0.3, mean, deviation), rel=1e-12)
    scale = deviation * math.sqrt(3.0 / 5.0)
    found = probability_above(0.3, mean, deviation, df=5.0)
    assert found == pytest.approx(student.sf(0.3, 5.0, mean, scale), rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(mean=st.floats(-5, 5), deviation=st.floats(0.01, 5), df=st.floats(2.1, 200))
def test_probabilities_mirror_and_scale(mean, deviation, df):
    up = probability_above(0.0, mean, deviation, df)
    assert float(up + probability_above(0.0, -mean, deviation, df)) == pytest.approx(1.0, abs=1e-12)
    assert float(probability_above(0.0, 7.0 * mean, 7.0 * deviation, df)) == pytest.approx(
        float(up), rel=1e-9, abs=1e-12
    )


def test_probabilities_of_what_does_not_vary_and_degenerate_input():
    assert probability_above(0.0, [-1.0, 0.0, 2.0], 0.0).tolist() == [0.0, 0.5, 1.0]
    for values, reason in (((0.0, np.nan, 1.0), "not_finite"), ((0.0, 1.0, -1.0), "not_positive")):
        with pytest.raises(NotEstimable) as refused:
            probability_above(*values)
        assert refused.value.reason == reason
    with pytest.raises(NotEstimable) as refused:
        probability_above(0.0, 0.0, 1.0, df=2.0)
    assert refused.value.reason == "option"
