"""What each group of drivers contributed to the covariance of a pair, betas fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.attribution import (
    Groups,
    Sample,
    SplitOptions,
    checked_groups,
    drivers_in_use,
    fitted_rows,
)
from comove.stats.factor_fit import FactorFit, bounded, fit_factors, sealed
from comove.stats.sample import Floats, matrix
from comove.stats.shapley import shapley

Pair = tuple[int, int]
LEAST_WINDOW = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class CovarianceSplit:
    """The covariance of two returns over a window, split over groups of drivers.

    ``total = contributions.sum() + unexplained`` and ``unexplained = residual + cross`` to
    rounding.  All in the product of the units of the two returns; every ``low`` and ``high`` is
    NaN without draws.

    Parameters
    ----------
    pair
        The two asset columns.
    total
        Covariance over the window, divisor T - 1.
    contributions, low, high
        Shape (G,), share of each group in the unit of the covariance, with its interval.
    unexplained, unexplained_low, unexplained_high
        What the groups leave, by difference.
    residual, residual_low, residual_high
        First part of it: covariance of the two residuals over the window.
    cross, cross_low, cross_high
        Second part: covariance of each residual with the other's explained return.  It is zero
        when the betas of the fit are those of the window, so it measures their drift.
    correlation
        Correlation of the pair over the window.
    draws
        Shape (R, G), contributions in every replication; R = 0 without draws.
    condition, ridge
        Condition number of the standardised drivers on the rows of the fit, and the penalty used.
    nobs_baseline, nobs_window
        Rows the betas come from (the window's own with ``fit="window"``), rows explained.
    level
        Coverage of the intervals.
    """

    pair: Pair
    total: float
    contributions: Floats
    low: Floats
    high: Floats
    unexplained: float
    unexplained_low: float
    unexplained_high: float
    residual: float
    residual_low: float
    residual_high: float
    cross: float
    cross_low: float
    cross_high: float
    correlation: float
    draws: Floats
    condition: float
    ridge: float
    nobs_baseline: int
    nobs_window: int
    level: float


def covariance_split(
    baseline: Sample,
    window: Sample,
    groups: Groups,
    draws: ArrayLike | None = None,
    pair: Pair = (0, 1),
    options: SplitOptions | None = None,
) -> CovarianceSplit:
    """Split the covariance of one pair; see :func:`covariance_splits`.

    Parameters
    ----------
    baseline, window, groups, draws, options
        As in :func:`covariance_splits`.
    pair
        Two asset columns; twice the same column splits a variance.

    Returns
    -------
    CovarianceSplit
        Shares and what they leave unexplained.

    Raises
    ------
    NotEstimable
        As in :func:`covariance_splits`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = rng.standard_normal((400, 2))
    >>> r = f @ np.array([[2.0, 1.0], [0.0, 1.0]]) + 0.1 * rng.standard_normal((400, 2))
    >>> before, after = Sample(r[:300], f[:300]), Sample(r[300:], f[300:])
    >>> split = covariance_split(before, after, ((0,), (1,)))
    >>> bool(split.contributions[0] > 0.8 * split.total)
    True
    """
    return covariance_splits(baseline, window, groups, draws, (pair,), options)[pair]


def covariance_splits(
    baseline: Sample,
    window: Sample,
    groups: Groups,
    draws: ArrayLike | None = None,
    pairs: tuple[Pair, ...] | None = None,
    options: SplitOptions | None = None,
) -> dict[Pair, CovarianceSplit]:
    r"""Split the covariance of every pair over groups of drivers by exact Shapley values.

    Parameters
    ----------
    baseline
        Rows before the window, at least ``max(30, 2 (p + 1))``; betas come from here only.
    window
        Rows to explain, at least 10; same columns.
    groups
        One tuple of driver columns per channel, at most 12.  Groups may share drivers; a group
        without drivers gets exactly 0; a driver of no group takes no part.
    draws
        Shape (R, T) row counts over the rows of the fit, or None for no intervals.
    pairs
        Asset columns to split; all ``i < j`` when None.
    options
        Level, condition limit and rows of the fit.

    Returns
    -------
    dict[Pair, CovarianceSplit]
        One split per pair, in the order asked.

    Raises
    ------
    NotEstimable
        ``shape``, ``groups``, ``too_short``, ``not_finite``, ``constant`` (a return that does not
        vary over the window, or a return or driver in use that does not over the rows of the fit)
        or ``collinear``.

    Notes
    -----
    For a set S of groups the returns are regressed on the union of their drivers over the rows of
    the fit, and :math:`v(S) = \mathrm{cov}_{window}(b_{iS}' f, b_{jS}' f)`.  The share of a group
    is its Shapley value in v.  With e = r - a - b' f at the betas of all groups, the unexplained
    rest is :math:`\mathrm{cov}(e_i, e_j) + \mathrm{cov}(b_i' f, e_j) + \mathrm{cov}(e_i, b_j' f)`.
    The window stays fixed; the intervals are percentiles over betas re-estimated on the weighted
    rows of each replication.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II,
    307-317.
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> f, e = rng.standard_normal((300, 1)), rng.standard_normal((300, 3))
    >>> sample = Sample(f + e, f)
    >>> sorted(covariance_splits(sample, sample, ((0,),)))
    [(0, 1), (0, 2), (1, 2)]
    """
    chosen = options or SplitOptions()
    groups = checked_groups(groups, window.drivers.shape[1])
    assets = window.returns.shape[1]
    matrix(window.returns, least=LEAST_WINDOW)
    if pairs is None:
        pairs = tuple((i, j) for i in range(assets) for j in range(i + 1, assets))
    if any(not 0 <= column < assets for pair in pairs for column in pair):
        raise NotEstimable("shape", pairs=pairs, assets=assets)
    used = drivers_in_use(groups)
    fit = fit_factors(fitted_rows(baseline, window, used, chosen), draws, chosen.condition_limit)
    place = {column: position for position, column in enumerate(used)}
    players = tuple(tuple(place[column] for column in group) for group in groups)
    window_covariance = _window_covariance(window, used, fit)
    shares = _shares(fit, window_covariance, players, pairs)
    parts = _left_over(fit, window_covariance, pairs)
    splits = {}
    for position, pair in enumerate(pairs):
        unit = float(np.prod(fit.scale[fit.drivers + np.array(pair)]))
        total = unit * float(window_covariance[fit.drivers + pair[0], fit.drivers + pair[1]])
        stacks = (unit * shares[:, position], unit * parts[:, position])
        splits[pair] = _one_pair(pair, total, stacks, (window, fit, chosen.level))
    return splits


def _window_covariance(window: Sample, used: list[int], fit: FactorFit) -> Floats:
    """Covariance of drivers and returns over the window, (q, q), in the fit's standard units."""
    columns = np.concatenate([window.drivers[:, used], window.returns], axis=1)
    deviation = (columns - columns.mean(axis=0)) / fit.scale
    covariance: Floats = deviation.T @ deviation / (window.nobs - 1)
    return covariance


def _shares(
    fit: FactorFit, window_covariance: Floats, players: Groups, pairs: tuple[Pair, ...]
) -> Floats:
    """Shapley shares (1 + R, P, G); groups without drivers never play and keep an exact zero."""
    active = [group for group, columns in enumerate(players) if columns]
    shares = np.zeros((fit.mean.shape[0], len(pairs), len(players)))
    if not active:
        return shares
    values = np.zeros((1 << len(active), len(pairs), fit.mean.shape[0]))
    moments = window_covariance[: fit.drivers, : fit.drivers]
    playing = tuple(players[group] for group in active)
    for mask, columns, betas in fit.betas_of_unions(playing):
        values[mask] = _explained(moments, columns, betas, pairs)
    shares[:, :, active] = shapley(values.transpose(2, 1, 0))
    return shares


def _explained(
    moments: Floats, columns: list[int], betas: Floats, pairs: tuple[Pair, ...]
) -> Floats:
    """Covariance over the window of the returns explained by some drivers, (P, 1 + R)."""
    some = moments[np.ix_(columns, columns)]
    turned = (some @ betas.reshape(len(columns), -1)).reshape(betas.shape)
    return np.stack([np.einsum("ml,ml->l", turned[:, i], betas[:, j]) for i, j in pairs])


def _left_over(fit: FactorFit, moments: Floats, pairs: tuple[Pair, ...]) -> Floats:
    """Residual and cross covariance over the window at the betas of all drivers, (1 + R, P, 2)."""
    count = fit.drivers
    by_asset = fit.standard_betas().transpose(0, 2, 1)
    with_returns = moments[:count, count:]
    explained = by_asset @ moments[:count, :count]
    parts = np.empty((by_asset.shape[0], len(pairs), 2))
    for place, (i, j) in enumerate(pairs):
        both = np.einsum("rm,rm->r", explained[:, i], by_asset[:, j])
        one = by_asset[:, i] @ with_returns[:, j] - both
        other = by_asset[:, j] @ with_returns[:, i] - both
        parts[:, place, 0] = moments[count + i, count + j] - one - other - both
        parts[:, place, 1] = one + other
    return parts


def _one_pair(
    pair: Pair,
    total: float,
    stacks: tuple[Floats, Floats],
    context: tuple[Sample, FactorFit, float],
) -> CovarianceSplit:
    """Put an interval on everything; line 0 of a stack is the sample."""
    shares, parts = stacks
    window, fit, level = context
    contributions, low, high = bounded(shares, level)
    rest = [float(part) for part in bounded(total - shares.sum(axis=1), level)]
    residual = [float(part) for part in bounded(parts[:, 0], level)]
    cross = [float(part) for part in bounded(parts[:, 1], level)]
    deviation = window.returns[:, pair] - window.returns[:, pair].mean(axis=0)
    spread = np.sqrt((deviation**2).sum(axis=0))
    return CovarianceSplit(
        pair=pair,
        total=total,
        contributions=contributions,
        low=low,
        high=high,
        unexplained=rest[0],
        unexplained_low=rest[1],
        unexplained_high=rest[2],
        residual=residual[0],
        residual_low=residual[1],
        residual_high=residual[2],
        cross=cross[0],
        cross_low=cross[1],
        cross_high=cross[2],
        correlation=float(np.clip(deviation[:, 0] @ deviation[:, 1] / spread.prod(), -1.0, 1.0)),
        draws=sealed(shares[1:]),
        condition=fit.condition,
        ridge=fit.ridge,
        nobs_baseline=fit.nobs,
        nobs_window=window.nobs,
        level=level,
    )
