"""What each group of drivers contributed to a return, at betas fixed before the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.stats.attribution import (
    Groups,
    Sample,
    SplitOptions,
    checked_groups,
    drivers_in_use,
    fitted_rows,
    member_shares,
)
from comove.stats.factor_fit import FactorFit, bounded, fit_factors, sealed
from comove.stats.sample import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class ReturnSplit:
    """A return over a window, split over groups of drivers.

    ``total = contributions.sum(axis=1) + intercept + unexplained`` to rounding.  All in the unit
    of the returns; every ``low`` and ``high`` is NaN without draws.

    Parameters
    ----------
    total
        Shape (k,), sum of the returns over the window.
    contributions, low, high
        Shape (k, G), what the groups add, with its interval.
    intercept, intercept_low, intercept_high
        Shape (k,), mean return of the baseline not due to drivers, times the rows of the window.
    unexplained, unexplained_low, unexplained_high
        Shape (k,), what is left, by difference.
    implied, implied_low, implied_high
        Shape (k,), all drivers together.
    driver_contributions
        Shape (k, p), beta times the sum of the driver over the window; 0 for a driver of no group.
    betas, beta_low, beta_high
        Shape (k, p), return per unit of driver; 0 for a driver of no group.
    draws
        Shape (R, k, G), contributions in every replication; R = 0 without draws.
    condition
        Condition number of the standardised drivers on the rows of the fit.
    ridge
        Penalty on the correlation matrix of the drivers, 0 when none was needed.
    nobs_baseline, nobs_window
        Rows the betas come from (the window's own with ``fit="window"``), rows explained.
    level
        Coverage of the intervals.
    """

    total: Floats
    contributions: Floats
    low: Floats
    high: Floats
    intercept: Floats
    intercept_low: Floats
    intercept_high: Floats
    unexplained: Floats
    unexplained_low: Floats
    unexplained_high: Floats
    implied: Floats
    implied_low: Floats
    implied_high: Floats
    driver_contributions: Floats
    betas: Floats
    beta_low: Floats
    beta_high: Floats
    draws: Floats
    condition: float
    ridge: float
    nobs_baseline: int
    nobs_window: int
    level: float


def return_split(
    baseline: Sample,
    window: Sample,
    groups: Groups,
    draws: ArrayLike | None = None,
    options: SplitOptions | None = None,
) -> ReturnSplit:
    r"""Split the return of each asset over a window into contributions of groups of drivers.

    Parameters
    ----------
    baseline
        Rows before the window, at least ``max(30, 2 (p + 1))``; betas come from here only.
    window
        Rows to explain, at least 1; same columns.
    groups
        One tuple of driver columns per channel; a driver of no group takes no part, a group
        without drivers contributes exactly 0.
    draws
        Shape (R, T) row counts over the rows of the fit, or None for no intervals.
    options
        Level, condition limit and rows of the fit.

    Returns
    -------
    ReturnSplit
        Contributions and what they leave unexplained.

    Raises
    ------
    NotEstimable
        ``shape``, ``groups``, ``too_short``, ``not_finite`` or ``constant`` (a return or a driver
        in use that does not vary over the rows of the fit).

    Notes
    -----
    :math:`r_t = a + b' f_t + e_t` is fitted by least squares on the baseline.  A group gets
    :math:`\sum_d b_d \sum_t f_{td}` over its drivers, a driver shared by m groups counting 1/m in
    each: the exact Shapley value of that additive game.  ``unexplained`` is taken by difference.
    Where the condition number of the standardised drivers exceeds the limit, the smallest ridge
    that reaches it is used and stated.  The window is what happened and stays fixed: the intervals
    are percentiles over re-estimated betas.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = rng.standard_normal((205, 2))
    >>> r = f @ np.array([[2.0], [1.0]])
    >>> split = return_split(Sample(r[:200], f[:200]), Sample(r[200:], f[200:]), ((0,), (1,), ()))
    >>> bool(np.allclose(split.contributions[0, :2], [2.0, 1.0] * f[200:].sum(axis=0)))
    True
    >>> float(split.contributions[0, 2]), bool(abs(split.unexplained[0]) < 1e-9)
    (0.0, True)
    """
    chosen = options or SplitOptions()
    groups = checked_groups(groups, window.drivers.shape[1])
    used = drivers_in_use(groups)
    fit = fit_factors(fitted_rows(baseline, window, used, chosen), draws, chosen.condition_limit)
    betas = fit.betas()
    full = np.zeros((betas.shape[0], fit.assets, window.drivers.shape[1]))
    full[:, :, used] = betas.transpose(0, 2, 1)
    by_driver = full * window.drivers.sum(axis=0)
    return _assembled(window, fit, full, by_driver, (groups, chosen.level))


def _assembled(
    window: Sample,
    fit: FactorFit,
    betas: Floats,
    by_driver: Floats,
    asked: tuple[Groups, float],
) -> ReturnSplit:
    """Sum drivers into groups and put an interval on everything; line 0 is the sample."""
    groups, level = asked
    total = window.returns.sum(axis=0)
    by_group = by_driver @ member_shares(groups, by_driver.shape[2])
    implied = by_driver.sum(axis=2)
    mean = fit.intercepts(betas[:, :, drivers_in_use(groups)].transpose(0, 2, 1))
    drift = mean * window.nobs
    unexplained = total - by_group.sum(axis=2) - drift
    contributions, low, high = bounded(by_group, level)
    intercept, intercept_low, intercept_high = bounded(drift, level)
    rest, rest_low, rest_high = bounded(unexplained, level)
    together, together_low, together_high = bounded(implied, level)
    beta, beta_low, beta_high = bounded(betas, level)
    return ReturnSplit(
        total=sealed(total),
        contributions=contributions,
        low=low,
        high=high,
        intercept=intercept,
        intercept_low=intercept_low,
        intercept_high=intercept_high,
        unexplained=rest,
        unexplained_low=rest_low,
        unexplained_high=rest_high,
        implied=together,
        implied_low=together_low,
        implied_high=together_high,
        driver_contributions=sealed(by_driver[0]),
        betas=beta,
        beta_low=beta_low,
        beta_high=beta_high,
        draws=sealed(by_group[1:]),
        condition=fit.condition,
        ridge=fit.ridge,
        nobs_baseline=fit.nobs,
        nobs_window=window.nobs,
        level=level,
    )
