"""Change of a correlation: identity, causes isolated one at a time, coverage, invariances."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.attribution import Sample, SplitOptions
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.correlation_change import CAUSES, correlation_change


def simulated(seed, nobs, betas, spread=1.0, noise=0.0):
    """Two drivers of one standard deviation, residuals with the given correlation."""
    rng = np.random.default_rng(seed)
    f = spread * rng.standard_normal((nobs, 2)) @ np.array([[1.0, 0.3], [0.0, 1.0]])
    root = np.linalg.cholesky(np.array([[1.0, noise], [noise, 1.0]]))
    return Sample(f @ betas + rng.standard_normal((nobs, 2)) @ root.T, f)


BETAS = np.array([[1.0, 0.8], [0.2, 0.1]])
OTHER = np.array([[1.0, -0.8], [0.2, 0.1]])


def counts(nobs, replications, seed, block=1.5):
    rng = np.random.default_rng(seed)
    return row_counts(stationary_indices(nobs, nobs, block, replications, rng), nobs)


def slow_change(before, after):
    """Each period's lstsq, every order in which the three causes can change over."""
    pieces = []
    for sample in (before, after):
        x = np.column_stack([np.ones(sample.nobs), sample.drivers])
        betas = np.linalg.lstsq(x, sample.returns, rcond=None)[0][1:]
        errors = sample.returns - sample.drivers @ betas
        pieces.append((np.cov(sample.drivers.T, ddof=0), betas, np.cov(errors.T, ddof=0)))

    def correlation(which):
        f, b, r = (pieces[which[cause]][cause] for cause in range(3))
        total = b.T @ f @ b + r
        return total[0, 1] / math.sqrt(total[0, 0] * total[1, 1])

    shares = np.zeros(3)
    for order in itertools.permutations(range(3)):
        which = [0, 0, 0]
        for cause in order:
            start = correlation(which)
            which[cause] = 1
            shares[cause] += (correlation(which) - start) / 6
    return shares


def test_adds_up_and_equals_the_definition():
    before = simulated(0, 200, BETAS)
    after = simulated(1, 60, OTHER, spread=2.0, noise=0.5)
    change = correlation_change(before, after)
    assert change.before == pytest.approx(np.corrcoef(before.returns.T)[0, 1], abs=1e-12)
    assert change.after == pytest.approx(np.corrcoef(after.returns.T)[0, 1], abs=1e-12)
    assert change.contributions.sum() == pytest.approx(change.total, abs=1e-12)
    assert change.total == pytest.approx(change.after - change.before, abs=1e-12)
    np.testing.assert_allclose(change.contributions, slow_change(before, after), atol=1e-10)
    named = (change.driver_covariance, change.betas, change.residual)
    assert named == tuple(change.contributions)
    assert CAUSES == ("driver_covariance", "betas", "residual")


def test_draws_equal_refits_on_the_drawn_rows():
    before = simulated(2, 120, BETAS)
    after = simulated(3, 50, OTHER, noise=0.3)
    rng = np.random.default_rng(0)
    old = stationary_indices(120, 120, 3.0, 8, rng)
    new = stationary_indices(50, 50, 3.0, 8, rng)
    change = correlation_change(before, after, (row_counts(old, 120), row_counts(new, 50)))
    for line in range(8):
        expected = slow_change(
            Sample(before.returns[old[line]], before.drivers[old[line]]),
            Sample(after.returns[new[line]], after.drivers[new[line]]),
        )
        np.testing.assert_allclose(change.draws[line], expected, atol=1e-7)
    np.testing.assert_allclose(change.low, np.quantile(change.draws, 0.025, axis=0), atol=1e-12)


@pytest.mark.parametrize(
    ("cause", "altered"),
    [
        (0, {"spread": 3.0}),
        (1, {"betas": OTHER}),
        (2, {"noise": 0.8}),
    ],
)
def test_each_cause_is_found_when_it_acts_alone(cause, altered):
    before = simulated(4, 20_000, BETAS)
    after = simulated(5, 20_000, **{"betas": BETAS, **altered})
    change = correlation_change(before, after)
    assert abs(change.total) > 0.2
    assert change.contributions[cause] == pytest.approx(change.total, abs=0.03)


def test_intervals_cover_the_change_and_find_nothing_where_nothing_changed():
    def correlation(b):
        cov = b.T @ np.array([[1.0, 0.3], [0.3, 1.09]]) @ b + np.eye(2)
        return cov[0, 1] / math.sqrt(cov[0, 0] * cov[1, 1])

    truth = correlation(OTHER) - correlation(BETAS)
    covered, found, runs = 0, np.zeros(3), 200
    for seed in range(runs):
        before, after = simulated(seed, 300, BETAS), simulated(5000 + seed, 120, OTHER)
        draws = (counts(300, 199, seed), counts(120, 199, seed + 1))
        change = correlation_change(before, after, draws)
        covered += bool(change.total_low <= truth <= change.total_high)
        same = correlation_change(before, simulated(9000 + seed, 120, BETAS), draws)
        found += (same.low > 0.0) | (same.high < 0.0)
    # 3 binomial sd about 0.95 and 0.05, one point for percentile intervals
    assert 0.894 <= covered / runs <= 0.995
    assert (found / runs <= 0.106).all()


def test_a_ridge_keeps_the_identity():
    before, after = simulated(6, 100, BETAS), simulated(7, 60, OTHER)
    pair = [
        Sample(s.returns, np.hstack([s.drivers, s.drivers @ [[1.0], [2.0]]]))
        for s in (before, after)
    ]
    change = correlation_change(*pair)
    assert min(change.ridge) > 0.0
    assert min(change.condition) > 1e6
    assert change.contributions.sum() == pytest.approx(change.after - change.before, abs=1e-12)
    assert change.after == pytest.approx(np.corrcoef(after.returns.T)[0, 1], abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-4, 1e4),
    unit=st.floats(1e-4, 1e4),
    shift=st.floats(-5, 5),
)
def test_units_levels_and_driver_order_do_not_matter(seed, scale, unit, shift):
    periods = simulated(seed, 60, BETAS), simulated(seed + 1, 40, OTHER)
    moved = [
        Sample(s.returns * [scale, 1.0] + shift, (s.drivers * [unit, -1.0])[:, ::-1] + 1.0)
        for s in periods
    ]
    plain, other = correlation_change(*periods), correlation_change(*moved)
    np.testing.assert_allclose(other.contributions, plain.contributions, atol=1e-9)
    flipped = correlation_change(*(Sample(s.returns * [1.0, -1.0], s.drivers) for s in periods))
    np.testing.assert_allclose(flipped.contributions, -plain.contributions, atol=1e-9)
    back = correlation_change(*periods[::-1])
    np.testing.assert_allclose(back.contributions, -plain.contributions, atol=1e-9)


def test_without_draws_nan_and_what_does_not_match_is_refused():
    before, after = simulated(8, 100, BETAS), simulated(9, 40, OTHER)
    change = correlation_change(before, after, options=SplitOptions(level=0.9))
    assert math.isnan(change.total_low)
    assert np.isnan(change.high).all()
    assert change.draws.shape == (0, 3)
    assert (change.nobs_before, change.nobs_after, change.level) == (100, 40, 0.9)
    flat = Sample(np.column_stack([after.returns[:, 0], np.ones(40)]), after.drivers)
    uneven = (counts(100, 5, 0), counts(40, 6, 0))
    fewer = Sample(after.returns, after.drivers[:, :1])
    for later, draws, pair, reason in (
        (flat, None, (0, 1), "constant"),
        (after, uneven, (0, 1), "shape"),
        (after, None, (0, 0), "shape"),
        (after, None, (0, 2), "shape"),
        (fewer, None, (0, 1), "shape"),
        (Sample(after.returns[:25], after.drivers[:25]), None, (0, 1), "too_short"),
    ):
        with pytest.raises(NotEstimable) as refused:
            correlation_change(before, later, draws, pair)
        assert refused.value.reason == reason
