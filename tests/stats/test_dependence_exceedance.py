"""Exceedance correlation: integrals, a slow loop, the level of its test, coverage of its bands."""

import numpy as np
import pandas as pd
import pytest
from dependence_cases import clayton_pair, normal_pair, student_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import binom, multivariate_normal, norm

from comove.core.errors import NotEstimable
from comove.stats.dependence import (
    ExceedanceOptions,
    exceedance_benchmark,
    exceedance_correlation,
    lower_corner,
)

seeds = st.integers(0, 2**31)
CUTS = (0.0, -0.5, -1.0, -1.5)
FEW = ExceedanceOptions(replications=20)


def moment(rho, cut, i, j):
    """E[X^i Y^j; X < h, Y < h] by integration."""
    scale = np.sqrt(1.0 - rho**2)

    def inside(x):
        edge, mean = (cut - rho * x) / scale, rho * x
        below, height = norm.cdf(edge), norm.pdf(edge)
        inner = (
            below,
            mean * below - scale * height,
            mean**2 * below - 2 * mean * scale * height + scale**2 * (below - edge * height),
        )
        return x**i * inner[j] * norm.pdf(x)

    return integrate.quad(inside, -12.0, cut, epsabs=0.0, epsrel=1e-12, limit=300)[0]


# reference


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.3, 0.8, 0.95])
@pytest.mark.parametrize("cut", [1.0, 0.0, -0.5, -1.5, -2.5])
def test_reference_normal_benchmark_by_integration(rho, cut):
    corner = moment(rho, cut, 0, 0)
    mean, square, product = (moment(rho, cut, *ij) / corner for ij in ((1, 0), (2, 0), (1, 1)))
    expected = (product - mean**2) / (square - mean**2)
    assert float(exceedance_benchmark(rho, cut)) == pytest.approx(expected, abs=1e-9)
    assert float(lower_corner(rho, cut)) == pytest.approx(corner, rel=1e-11)
    other = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([cut, cut])
    assert float(lower_corner(rho, cut)) == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("tail", ["lower", "upper"])
def test_reference_slow_loop(tail):
    x, y = student_pair(np.random.default_rng(3), 1500, 0.5, 4)
    found = exceedance_correlation(x, y, np.random.default_rng(0), CUTS, tail, FEW)
    sign = 1.0 if tail == "lower" else -1.0
    u, v = sign * (x - x.mean()) / x.std(), sign * (y - y.mean()) / y.std()
    rho, gaps, weights = np.corrcoef(x, y)[0, 1], [], []
    for place, cut in enumerate(CUTS):
        both = [(a, b) for a, b in zip(u, v, strict=True) if a < cut and b < cut]
        expected = np.corrcoef(np.array(both).T)[0, 1]
        assert found.correlation[place] == pytest.approx(expected, abs=1e-12)
        assert found.counts[place] == len(both)
        gaps.append(expected - float(exceedance_benchmark(rho, cut)))
        weights.append(len(both))
    weights = np.array(weights) / sum(weights)
    np.testing.assert_allclose(found.weights, weights, atol=1e-15)
    assert found.statistic == pytest.approx(np.sqrt((weights * np.square(gaps)).sum()), abs=1e-12)
    assert found.rho == pytest.approx(rho, abs=1e-12)
    equal = ExceedanceOptions(replications=20, weights="equal")
    even = exceedance_correlation(x, y, np.random.default_rng(0), CUTS, tail, equal)
    assert even.statistic == pytest.approx(np.sqrt(np.square(gaps).mean()), abs=1e-12)


def test_reference_thresholds_may_come_in_any_order():
    x, y = student_pair(np.random.default_rng(3), 1500, 0.5, 4)
    base = exceedance_correlation(x, y, np.random.default_rng(0), CUTS, options=FEW)
    order = [2, 0, 3, 1]
    mixed = exceedance_correlation(
        x, y, np.random.default_rng(0), [CUTS[place] for place in order], options=FEW
    )
    np.testing.assert_allclose(mixed.correlation, base.correlation[order], atol=1e-14)
    np.testing.assert_allclose(mixed.low, base.low[order], atol=1e-14)
    assert mixed.pvalue == base.pvalue


# recovery


def outcomes(runs, replications, nobs, cuts):
    """How often normal pairs are rejected, and how often each band holds the truth."""
    truth = np.array([float(exceedance_benchmark(0.5, cut)) for cut in cuts])
    rejected, held = 0, np.zeros(len(cuts))
    options = ExceedanceOptions(replications=replications)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        found = exceedance_correlation(*normal_pair(rng, nobs, 0.5), rng, cuts, options=options)
        rejected += found.pvalue <= 0.05
        held += (found.low <= truth) & (truth <= found.high)
    return rejected, held


def test_recovery_test_keeps_its_level_and_bands_cover():
    rejected, held = outcomes(200, 59, 300, CUTS[:2])
    assert rejected <= binom.ppf(0.999, 200, 0.05)
    assert (held >= binom.ppf(0.001, 200, 0.93)).all()


@pytest.mark.nightly
def test_recovery_false_positive_rate_is_five_in_a_hundred():
    rejected, held = outcomes(2000, 399, 1000, CUTS[:3])
    assert 0.035 <= rejected / 2000 <= 0.065
    assert (held / 2000 >= 0.92).all()


def test_recovery_sees_a_tie_in_falls_only():
    rng = np.random.default_rng(1)
    x, y = norm.ppf(clayton_pair(rng, 1500, 1.5))
    down = exceedance_correlation(x, y, rng, options=ExceedanceOptions(replications=99))
    up = exceedance_correlation(x, y, rng, tail="upper", options=FEW)
    assert down.pvalue == 0.01
    assert (down.correlation > down.normal).all()
    assert (down.correlation[:3] > up.correlation[:3]).all()


def test_recovery_normal_correlation_falls_with_the_threshold():
    values = [float(exceedance_benchmark(0.6, cut)) for cut in CUTS]
    assert values == sorted(values, reverse=True)
    assert values[0] < 0.6


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1e-6, 2.0, 1e6]))
def test_invariance_of_units_and_exchange(seed, scale):
    x, y = normal_pair(np.random.default_rng(seed), 300, 0.5)
    rng = [np.random.default_rng(seed) for _ in range(4)]
    options = ExceedanceOptions(replications=10, block=2.0)
    base = exceedance_correlation(x, y, rng[0], CUTS[:2], options=options)
    scaled = exceedance_correlation(scale * x + 3.0, y, rng[1], CUTS[:2], options=options)
    turned = exceedance_correlation(y, x, rng[2], CUTS[:2], options=options)
    mirror = exceedance_correlation(-x, -y, rng[3], CUTS[:2], "upper", options)
    for other in (scaled, turned, mirror):
        np.testing.assert_allclose(other.correlation, base.correlation, atol=1e-9)
        np.testing.assert_allclose(other.low, base.low, atol=1e-9)
        assert other.statistic == pytest.approx(base.statistic, abs=1e-9)
        assert other.pvalue == base.pvalue


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_invariance_of_large_levels(seed):
    pair = normal_pair(np.random.default_rng(seed), 300, 0.5)
    x, y = np.round(pair * 2**16) / 2**16  # exact beside 1e8
    options = ExceedanceOptions(replications=10, block=2.0)
    base, moved = (
        exceedance_correlation(x + level, y - level, np.random.default_rng(1), options=options)
        for level in (0.0, 1e8)
    )
    np.testing.assert_allclose(moved.correlation, base.correlation, atol=1e-9)


def test_invariance_of_the_seed():
    x, y = normal_pair(np.random.default_rng(0), 500, 0.5)
    first, second = (
        exceedance_correlation(x, y, np.random.default_rng(4), options=FEW) for _ in range(2)
    )
    assert first.low.tobytes() == second.low.tobytes()
    assert first.pvalue == second.pvalue


# degenerate

GOOD = np.random.default_rng(0).standard_normal(60)
OTHER = np.random.default_rng(1).standard_normal(60)


@pytest.mark.parametrize(
    ("x", "y", "options", "reason"),
    [
        (GOOD, np.ones(60), {}, "constant"),
        (GOOD, np.where(np.arange(60) == 5, np.nan, OTHER), {}, "not_finite"),
        (GOOD, np.where(np.arange(60) == 5, np.inf, OTHER), {}, "not_finite"),
        (GOOD, 2.0 * GOOD, {}, "collinear"),
        (GOOD, -GOOD, {}, "collinear"),
        (GOOD[:49], OTHER[:49], {}, "too_short"),
        (GOOD, OTHER, {"thresholds": (-3.0,)}, "too_short"),
        (GOOD, OTHER[:55], {}, "shape"),
        (np.column_stack([GOOD, OTHER]), OTHER, {}, "shape"),
        (GOOD, OTHER, {"thresholds": ()}, "threshold"),
        (GOOD, OTHER, {"thresholds": (0.5,)}, "threshold"),
        (GOOD, OTHER, {"thresholds": (np.nan,)}, "threshold"),
        (GOOD, OTHER, {"tail": "both"}, "tail"),
        (GOOD, OTHER, {"options": ExceedanceOptions(level=0.0, fewest=5)}, "level"),
    ],
)
def test_degenerate_samples_are_refused(x, y, options, reason):
    call = {"thresholds": (0.0, -0.5), "options": ExceedanceOptions(fewest=5)} | options
    with pytest.raises(NotEstimable) as caught:
        exceedance_correlation(x, y, np.random.default_rng(0), **call)
    assert caught.value.reason == reason


def test_degenerate_thresholds_are_left_out():
    x, y = normal_pair(np.random.default_rng(0), 400, 0.3)
    found = exceedance_correlation(x, y, np.random.default_rng(0), (0.0, -2.0), options=FEW)
    assert np.isnan([found.correlation[1], found.low[1], found.high[1]]).all()
    assert found.weights.tolist() == [1.0, 0.0]
    assert found.counts[1] < 20


@pytest.mark.parametrize(("rho", "cut"), [(1.0, 0.0), (np.nan, 0.0), (0.5, np.inf), (0.5, -7.0)])
def test_degenerate_benchmarks_are_refused(rho, cut):
    with pytest.raises(NotEstimable):
        exceedance_benchmark(rho, cut)


# form


def test_results_are_frames():
    x, y = normal_pair(np.random.default_rng(0), 400, 0.3)
    found = exceedance_correlation(
        pd.Series(x), pd.DataFrame({"y": y}), np.random.default_rng(0), options=FEW
    )
    assert found.to_frame().loc[-0.5, "normal"] == found.normal[1]
    assert "pvalue" in found.summary()
