"""Copulas: densities of other software, published tails, recovery with coverage, selection."""

import numpy as np
import pandas as pd
import pytest
from dependence_cases import clayton_pair, normal_pair, rotated_gumbel_pair, student_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.optimize import minimize
from scipy.stats import binom
from statsmodels.distributions.copula import api as other

from comove.core.errors import NotEstimable
from comove.stats.dependence import (
    copula_fit,
    copula_select,
    goodness_of_fit,
    tail_coefficients,
)
from comove.stats.dependence._conditionals import conditional
from comove.stats.dependence._families import FAMILIES, family_of
from comove.stats.dependence._goodness import _distance, _drawn

seeds = st.integers(0, 2**31)
DRAWS = {
    "gaussian": (normal_pair, (0.5,)),
    "t": (student_pair, (0.5, 4.0)),
    "clayton": (clayton_pair, (1.0,)),
    "rotated_gumbel": (rotated_gumbel_pair, (1.6,)),
}


def ranks(values):
    return stats.rankdata(values) / (len(values) + 1.0)


# reference


@pytest.mark.parametrize(
    ("name", "parameters", "theirs"),
    [
        ("gaussian", (0.4,), other.GaussianCopula(0.4)),
        ("t", (0.4, 3.5), other.StudentTCopula(0.4, 3.5)),
        ("clayton", (1.7,), other.ClaytonCopula(1.7)),
        ("rotated_gumbel", (1.7,), other.GumbelCopula(1.7)),
    ],
)
def test_reference_densities_of_other_software(name, parameters, theirs):
    u, v = np.random.default_rng(0).uniform(0.001, 0.999, (2, 200))
    points = np.column_stack([1 - u, 1 - v] if name == "rotated_gumbel" else [u, v])
    expected = np.log(theirs.pdf(points))
    np.testing.assert_allclose(
        FAMILIES[name].log_density(u, v, parameters), expected, rtol=1e-8, atol=1e-8
    )


def joe_clayton(u, v, lower, upper):
    kappa, gamma = 1 / np.log2(2 - upper), -1 / np.log2(lower)
    a, b = 1 - (1 - u) ** kappa, 1 - (1 - v) ** kappa
    return 1 - (1 - (a**-gamma + b**-gamma - 1) ** (-1 / gamma)) ** (1 / kappa)


@pytest.mark.parametrize("parameters", [(0.3, 0.15), (0.05, 0.6)])
def test_reference_symmetrised_joe_clayton_is_the_derivative_of_its_definition(parameters):
    def distribution(u, v):
        turned = joe_clayton(1 - u, 1 - v, *parameters[::-1])
        return 0.5 * (joe_clayton(u, v, *parameters) + turned + u + v - 1)

    u, v = np.random.default_rng(0).uniform(0.05, 0.95, (2, 50))
    step = 1e-4
    corners = sum(
        i * j * distribution(u + i * step, v + j * step) for i in (1, -1) for j in (1, -1)
    )
    np.testing.assert_allclose(
        np.exp(FAMILIES["sjc"].log_density(u, v, parameters)), corners / (4 * step**2), rtol=1e-4
    )


@pytest.mark.parametrize(
    ("family", "parameters", "lower"),
    [
        ("t", (0.5, 4.0), 0.2532),
        ("t", (0.8, 4.0), 0.4896),
        ("t", (0.3, 3.0), 0.2161),
        ("t", (0.5, 8.0), 0.1173),
        ("gaussian", (0.9,), 0.0),
        ("clayton", (2.0,), 0.7071),
        ("rotated_gumbel", (2.0,), 0.5858),
        ("sjc", (0.2, 0.1), 0.2),
    ],
)
def test_reference_tail_coefficients(family, parameters, lower):
    assert tail_coefficients(family, parameters)[0] == pytest.approx(lower, abs=5e-5)


@pytest.mark.parametrize("family", ["t", "clayton", "rotated_gumbel", "gaussian", "sjc"])
def test_reference_likelihood_is_not_below_another_search(family):
    x, y = student_pair(np.random.default_rng(1), 600, 0.5, 4)
    kind, u, v = family_of(family), ranks(x), ranks(y)

    def cost(point):
        inside = np.clip(point, kind.low, kind.high)
        return -kind.log_density(u, v, kind.restored(tuple(inside))).sum()

    middle = (np.array(kind.low) + np.array(kind.high)) / 2
    theirs = min(
        (minimize(cost, middle * share, method="Nelder-Mead").fun for share in (0.4, 0.8, 1.2)),
    )
    found = copula_fit(x, y, family)
    assert found.loglik >= -theirs - 1e-6
    assert found.aic == pytest.approx(2 * len(found.parameters) - 2 * found.loglik, rel=1e-12)
    total = kind.log_density(u, v, tuple(found.parameters)).sum()
    assert found.loglik == pytest.approx(total, rel=1e-12)


def test_reference_rank_variance_is_that_of_the_normal_scores():
    """For the normal copula the asymptotic standard error is known: 1 - rho squared."""
    x, y = normal_pair(np.random.default_rng(0), 20_000, 0.6)
    found = copula_fit(x, y, "gaussian", lags=0)
    error = (found.parameters_high[0] - found.parameters_low[0]) / (2 * 1.959964)
    assert error == pytest.approx((1 - 0.36) / np.sqrt(20_000), rel=0.05)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("gaussian", (0.4,)),
        ("t", (-0.3, 3.5)),
        ("clayton", (1.7,)),
        ("rotated_gumbel", (1.7,)),
        ("sjc", (0.3, 0.15)),
    ],
)
def test_reference_conditional_distribution_is_the_integral_of_the_density(name, parameters):
    for u, v in ((0.2, 0.3), (0.7, 0.1), (0.5, 0.9)):

        def density(s, u=u):
            return np.exp(FAMILIES[name].log_density(np.array([u]), np.array([s]), parameters))[0]

        expected = integrate.quad(density, 0.0, v, epsabs=1e-10)[0]
        found = conditional(name, np.array([u]), np.array([v]), parameters)
        assert found[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("family", list(DRAWS))
def test_reference_samples_have_the_copula(family):
    """Drawn by conditional quantiles here, as mixtures in the cases."""
    draw, truth = DRAWS[family]
    rng = np.random.default_rng(0)
    ours = np.array(_drawn(family_of(family), truth, 4000, rng))
    theirs = np.array([ranks(part) for part in draw(rng, 4000, *truth)])
    assert stats.kstest(ours[1], "uniform").pvalue > 0.001
    for corner in (0.1, 0.5, 0.9):
        shares = [(pair < corner).all(axis=0).mean() for pair in (ours, theirs)]
        assert shares[0] == pytest.approx(shares[1], abs=0.03)


def test_reference_distance_of_the_test_is_a_slow_loop():
    u, v = (ranks(part) for part in student_pair(np.random.default_rng(0), 60, 0.5, 4))
    first, second = u, conditional("t", u, v, (0.4, 5.0))
    total = 0.0
    for a, b in zip(first, second, strict=True):
        share = sum(c <= a and d <= b for c, d in zip(first, second, strict=True)) / 60
        total += (share - a * b) ** 2
    assert _distance(family_of("t"), (0.4, 5.0), u, v) == pytest.approx(total, rel=1e-12)


# recovery


def rejected(runs, replications, nobs=100):
    count = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        drawn = clayton_pair(rng, nobs, 1.0)
        count += goodness_of_fit(*drawn, "clayton", rng, replications).pvalue <= 0.05
    return count


def test_recovery_test_of_fit_keeps_its_level():
    assert rejected(60, 19, 60) <= binom.ppf(0.999, 60, 0.05)


@pytest.mark.nightly
def test_recovery_false_positive_rate_is_five_in_a_hundred():
    assert 0.035 <= rejected(2000, 99) / 2000 <= 0.065


def test_recovery_test_of_fit_has_power():
    rng = np.random.default_rng(0)
    falls = clayton_pair(rng, 400, 1.5)
    assert goodness_of_fit(*falls, "gaussian", rng, 39).pvalue == 1 / 40
    for family in ("gaussian", "t", "rotated_gumbel", "sjc"):
        kind, truth = family_of(family), DRAWS.get(family, (None, (0.3, 0.2)))[1]
        found = goodness_of_fit(*_drawn(kind, truth, 150, rng), family, rng, 19)
        assert found.pvalue > 0.05
        assert len(found.parameters) == len(family_of(family).parameters)


def held(family, runs, nobs):
    draw, truth = DRAWS[family]
    lower = tail_coefficients(family, truth)[0]
    inside, tails = np.zeros(len(truth)), 0
    for seed in range(runs):
        found = copula_fit(*draw(np.random.default_rng(seed), nobs, *truth), family)
        inside += (found.parameters_low <= truth) & (truth <= found.parameters_high)
        tails += found.lower_low <= lower <= found.lower_high
    return inside, tails


@pytest.mark.parametrize("family", ["gaussian", "clayton", "rotated_gumbel"])
def test_recovery_intervals_cover(family):
    inside, tails = held(family, 200, 500)
    low = binom.ppf(0.001, 200, 0.94)
    assert (inside >= low).all()
    assert tails >= low


def test_recovery_intervals_of_the_t_copula_cover():
    inside, tails = held("t", 60, 400)
    low = binom.ppf(0.001, 60, 0.94)
    assert (inside >= low).all()
    assert tails >= low


@pytest.mark.nightly
@pytest.mark.parametrize("family", list(DRAWS))
def test_recovery_intervals_cover_93_to_97_in_100(family):
    inside, tails = held(family, 2000, 1000)
    assert (inside / 2000 >= 0.925).all()
    assert (inside / 2000 <= 0.975).all()
    assert tails / 2000 >= 0.925


@pytest.mark.parametrize("family", list(DRAWS))
def test_recovery_selection_finds_the_family(family):
    draw, truth = DRAWS[family]
    pair = draw(np.random.default_rng(3), 2000, *truth)
    found = copula_select(*pair)
    assert found.selected == family
    assert found.weights.sum() == pytest.approx(1.0)
    assert list(found.weights) == sorted(found.weights, reverse=True)
    assert [fit.aic for fit in found.fits] == sorted(fit.aic for fit in found.fits)


def test_recovery_both_tails_of_an_asymmetric_pair():
    x, y = clayton_pair(np.random.default_rng(0), 3000, 1.0)
    found = copula_fit(x, y, "sjc")
    assert found.lower == pytest.approx(0.5, abs=0.06)
    assert found.upper < 0.1


def test_recovery_without_dependence_or_against_it():
    apart = normal_pair(np.random.default_rng(0), 800, 0.0)
    against = normal_pair(np.random.default_rng(0), 800, -0.6)
    for family in FAMILIES:
        assert copula_fit(*apart, family).lower < 0.03
        assert copula_fit(*against, family).lower < 0.001


# invariance


@settings(max_examples=15, deadline=None)
@given(seeds, st.sampled_from(list(FAMILIES)))
def test_invariance_of_monotone_change_and_exchange(seed, family):
    x, y = student_pair(np.random.default_rng(seed), 120, 0.4, 5)
    base = copula_fit(x, y, family)
    for pair in ((3.0 * x - 7.0, np.arctan(y)), (y, x)):
        found = copula_fit(*pair, family)
        # heights carry 1e-14 of rounding, so the place of a flat top is known to its root only
        assert found.loglik == pytest.approx(base.loglik, abs=1e-8)
        places = [_searched(each) for each in (found, base)]
        np.testing.assert_allclose(*places, rtol=0.0, atol=1e-5)


def _searched(fit):
    """Parameters as they are searched: the tails of a t copula by 1 / nu."""
    values = dict(zip(fit.names, fit.parameters, strict=True))
    return [1.0 / value if name == "nu" else value for name, value in values.items()]


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_invariance_of_large_levels(seed):
    x, y = np.round(student_pair(np.random.default_rng(seed), 120, 0.4, 5) * 2**16) / 2**16
    base, moved = copula_fit(x, y, "clayton"), copula_fit(x + 1e8, y - 1e8, "clayton")
    assert moved.loglik == base.loglik
    np.testing.assert_array_equal(moved.parameters, base.parameters)


def test_invariance_of_sign_for_families_with_equal_tails():
    x, y = student_pair(np.random.default_rng(0), 300, 0.4, 5)
    for family in ("gaussian", "t"):
        base, turned = copula_fit(x, y, family), copula_fit(-x, -y, family)
        np.testing.assert_allclose(turned.parameters, base.parameters, rtol=1e-6)
    turned = copula_fit(x, -y, "t")
    assert turned.parameters[0] == pytest.approx(-copula_fit(x, y, "t").parameters[0], abs=1e-7)


# degenerate

GOOD, OTHER = np.random.default_rng(0).standard_normal((2, 60))


@pytest.mark.parametrize(
    ("x", "y", "options", "reason"),
    [
        (GOOD, np.ones(60), {}, "constant"),
        (GOOD, np.where(np.arange(60) == 5, np.nan, OTHER), {}, "not_finite"),
        (GOOD, np.where(np.arange(60) == 5, np.inf, OTHER), {}, "not_finite"),
        (GOOD[:49], OTHER[:49], {}, "too_short"),
        (GOOD, OTHER[:50], {}, "shape"),
        (np.column_stack([GOOD, OTHER]), OTHER, {}, "shape"),
        (GOOD, np.exp(GOOD), {}, "collinear"),
        (GOOD, -GOOD, {}, "collinear"),
        (GOOD, np.where(np.arange(60) < 40, 0.0, OTHER), {}, "ties"),
        (GOOD, OTHER, {"family": "frank"}, "family"),
        (GOOD, OTHER, {"level": 1.0}, "level"),
        (GOOD, OTHER, {"lags": -1}, "lags"),
        (GOOD, OTHER, {"lags": 60}, "too_short"),
    ],
)
def test_degenerate_samples_are_refused(x, y, options, reason):
    with pytest.raises(NotEstimable) as caught:
        copula_fit(x, y, **options)
    assert caught.value.reason == reason


def test_degenerate_tests_of_fit_are_refused():
    rng = np.random.default_rng(0)
    for call, reason in (
        ((GOOD, np.exp(GOOD), "t", rng), "collinear"),
        ((GOOD, OTHER, "frank", rng), "family"),
        ((GOOD, OTHER, "t", rng, 0), "too_short"),
        ((GOOD[:40], OTHER[:40], "t", rng), "too_short"),
    ):
        with pytest.raises(NotEstimable) as caught:
            goodness_of_fit(*call)
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        ("t", (0.5,)),
        ("t", (1.0, 4.0)),
        ("t", (0.5, 0.0)),
        ("clayton", (0.0,)),
        ("rotated_gumbel", (0.9,)),
        ("sjc", (0.0, 0.5)),
        ("gaussian", (np.nan,)),
    ],
)
def test_degenerate_parameters_are_refused(family, parameters):
    with pytest.raises(NotEstimable, match="parameters"):
        tail_coefficients(family, parameters)


@pytest.mark.parametrize("families", [(), ("t", "t"), ("frank",)])
def test_degenerate_lists_of_families_are_refused(families):
    with pytest.raises(NotEstimable, match="family"):
        copula_select(GOOD, OTHER, families)


def test_degenerate_dependence_stays_within_bounds():
    """Almost perfect: every family ends at its edge, with numbers, not warnings."""
    x, y = normal_pair(np.random.default_rng(0), 200, 0.99999)
    for family in FAMILIES:
        found = copula_fit(x, y, family)
        assert np.isfinite([found.loglik, found.lower_low, found.lower_high]).all()
        assert 0.0 <= found.lower_low <= found.lower <= found.lower_high <= 1.0


# form


def test_results_are_frames():
    found = copula_select(pd.Series(GOOD), pd.Series(OTHER))
    assert set(found.to_frame().index) == {"gaussian", "t", "clayton", "rotated_gumbel"}
    assert found.best.to_frame().loc["lower_tail", "value"] == found.lower
    assert "selected" in found.summary()
    assert "loglik" in found.best.summary()
    tested = goodness_of_fit(GOOD, OTHER, "clayton", np.random.default_rng(0), 9)
    assert tested.to_frame().loc["clayton", "pvalue"] == tested.pvalue
