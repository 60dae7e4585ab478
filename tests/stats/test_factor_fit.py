"""Weighted regressions of all replications at once, against one lstsq after another."""

import itertools

import numpy as np
import pytest

from comove.core.errors import NotEstimable
from comove.stats.attribution import Sample
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.factor_fit import bounded, fit_factors


def simulated(nobs, drivers, assets, seed):
    rng = np.random.default_rng(seed)
    mixed = np.eye(drivers) + 0.4 * rng.standard_normal((drivers, drivers))
    f = (rng.standard_normal((nobs, drivers)) @ mixed + 0.3) * rng.uniform(0.01, 50, drivers)
    r = f @ rng.standard_normal((drivers, assets)) + rng.standard_normal((nobs, assets)) + 1.5
    return Sample(r, f)


def lstsq(sample, rows, columns):
    x = np.column_stack([np.ones(len(rows)), sample.drivers[np.ix_(rows, columns)]])
    coef = np.linalg.lstsq(x, sample.returns[rows], rcond=None)[0]
    return coef[0], coef[1:]


def test_sample_and_replications_equal_lstsq_on_the_drawn_rows():
    sample = simulated(150, 4, 3, 0)
    rows = stationary_indices(150, 150, 5.0, 20, np.random.default_rng(1))
    fit = fit_factors(sample, row_counts(rows, 150), 1e6)
    betas = fit.betas()
    intercepts = fit.intercepts(betas)
    level, slopes = lstsq(sample, np.arange(150), range(4))
    np.testing.assert_allclose(betas[0], slopes, rtol=1e-10)
    np.testing.assert_allclose(intercepts[0], level, rtol=1e-9)
    for line, drawn in enumerate(rows, start=1):
        level, slopes = lstsq(sample, drawn, range(4))
        np.testing.assert_allclose(betas[line], slopes, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(intercepts[line], level, rtol=1e-6, atol=1e-7)


def test_every_union_of_groups_equals_lstsq():
    sample = simulated(80, 5, 2, 3)
    groups = ((0, 3), (3,), (1, 2), (4, 0))
    rows = stationary_indices(80, 60, 3.0, 3, np.random.default_rng(1))
    fit = fit_factors(sample, row_counts(rows, 80), 1e6)
    seen = set()
    for mask, columns, betas in fit.betas_of_unions(groups):
        seen.add(mask)
        assert sorted(columns) == sorted({c for g in range(4) if mask >> g & 1 for c in groups[g]})
        unit = fit.scale[None, 5:] / fit.scale[columns, None]
        for line, drawn in enumerate([np.arange(80), *rows]):
            _, slopes = lstsq(sample, drawn, columns)
            np.testing.assert_allclose(betas[:, :, line] * unit, slopes, rtol=1e-6, atol=1e-8)
    assert seen == set(range(1, 16))


def test_a_ridge_is_the_penalised_solution_and_is_stated():
    sample = simulated(200, 3, 1, 5)
    twin = sample.drivers[:, :1] + 1e-4 * sample.drivers[:, 1:2]
    close = Sample(sample.returns, np.hstack([sample.drivers, twin]))
    fit = fit_factors(close, None, 20.0)
    assert fit.condition > 20.0
    assert fit.ridge > 0.0
    z = (close.drivers - close.drivers.mean(axis=0)) / close.drivers.std(axis=0)
    y = (close.returns - close.returns.mean(axis=0)) / close.returns.std(axis=0)
    stacked = np.vstack([z, np.sqrt(200 * fit.ridge) * np.eye(4)])
    slow = np.linalg.lstsq(stacked, np.vstack([y, np.zeros((4, 1))]), rcond=None)[0]
    np.testing.assert_allclose(fit.standard_betas()[0], slow, atol=1e-9)


def test_a_driver_a_replication_never_drew_has_no_beta_there():
    sample = simulated(60, 2, 1, 7)
    dummy = np.zeros((60, 1))
    dummy[10] = 1.0
    counts = np.ones((2, 60))
    counts[1, 10] = 0.0
    fit = fit_factors(Sample(sample.returns, np.hstack([sample.drivers, dummy])), counts, 1e6)
    betas = fit.betas()
    _, slopes = lstsq(sample, np.flatnonzero(counts[1]), range(2))
    assert abs(betas[2, 2]).max() < 1e-4 < abs(betas[1, 2]).max()
    np.testing.assert_allclose(betas[2, :2], slopes, rtol=1e-5)


def test_scaled_counts_are_the_same_replication():
    sample = simulated(60, 2, 2, 8)
    counts = row_counts(stationary_indices(60, 60, 4.0, 5, np.random.default_rng(0)), 60)
    one, two = (fit_factors(sample, c, 30.0).betas() for c in (counts, 3.0 * counts))
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_no_drivers_leave_the_mean():
    sample = simulated(60, 2, 2, 9)
    fit = fit_factors(Sample(sample.returns, np.empty((60, 0))), None, 30.0)
    assert fit.betas().shape == (1, 0, 2)
    np.testing.assert_allclose(fit.intercepts(fit.betas())[0], sample.returns.mean(axis=0))


def test_bounded_is_value_low_high_and_read_only():
    stack = np.random.default_rng(0).standard_normal((400, 3))
    value, low, high = bounded(stack, 0.8)
    np.testing.assert_array_equal(value, stack[0])
    np.testing.assert_allclose(low, np.quantile(stack[1:], 0.1, axis=0))
    np.testing.assert_allclose(high, np.quantile(stack[1:], 0.9, axis=0))
    for array in itertools.chain((value, low, high), bounded(stack[:1], 0.8)):
        assert not array.flags.writeable
    assert np.isnan(bounded(stack[:1], 0.8)[1]).all()


def broken(change):
    sample = simulated(60, 2, 1, 0)
    returns, drivers, draws = sample.returns.copy(), sample.drivers.copy(), None
    if change == "constant driver":
        drivers[:, 1] = 4.0
    elif change == "constant return":
        returns[:] = 1.0
    elif change == "short":
        returns, drivers = returns[:29], drivers[:29]
    elif change == "many drivers":
        drivers = np.random.default_rng(0).standard_normal((60, 30))
    else:
        draws = {
            "other rows": np.ones((3, 59)),
            "one line": np.ones((1, 60)),
            "negative": -np.ones((3, 60)),
            "nothing drawn": np.zeros((3, 60)),
            "nan": np.full((3, 60), np.nan),
        }[change]
    return Sample(returns, drivers), draws


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("constant driver", "constant"),
        ("constant return", "constant"),
        ("short", "too_short"),
        ("many drivers", "too_short"),
        ("other rows", "shape"),
        ("one line", "shape"),
        ("negative", "shape"),
        ("nothing drawn", "shape"),
        ("nan", "shape"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, reason):
    with pytest.raises(NotEstimable) as refused:
        fit_factors(*broken(change), 30.0)
    assert refused.value.reason == reason
