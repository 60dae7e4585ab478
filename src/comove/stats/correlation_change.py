"""Why a correlation changed: the drivers' covariance, the betas, or what no driver explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.attribution import Sample, SplitOptions
from comove.stats.factor_fit import FactorFit, bounded, fit_factors, sealed
from comove.stats.sample import Floats
from comove.stats.shapley import shapley

CAUSES = ("driver_covariance", "betas", "residual")


@dataclass(frozen=True, kw_only=True, eq=False)
class CorrelationChange:
    """The change of a correlation between two periods, split over its three causes.

    ``total = after - before = contributions.sum()`` to rounding.  Correlations are pure numbers;
    every ``low`` and ``high`` is NaN without draws.

    Parameters
    ----------
    pair
        The two asset columns.
    before, before_low, before_high
        Correlation in the first period.
    after, after_low, after_high
        Correlation in the second period.
    total, total_low, total_high
        After minus before.
    contributions, low, high
        Shape (3,), in the order of ``CAUSES``: drivers moving differently, assets reacting
        differently to them, residuals moving together differently (or weighing differently).
    draws
        Shape (R, 3), contributions in every replication; R = 0 without draws.
    condition, ridge
        Condition number of the standardised drivers and penalty used, in each period.
    nobs_before, nobs_after
        Rows of the two periods.
    level
        Coverage of the intervals.
    """

    pair: tuple[int, int]
    before: float
    before_low: float
    before_high: float
    after: float
    after_low: float
    after_high: float
    total: float
    total_low: float
    total_high: float
    contributions: Floats
    low: Floats
    high: Floats
    draws: Floats
    condition: tuple[float, float]
    ridge: tuple[float, float]
    nobs_before: int
    nobs_after: int
    level: float

    @property
    def driver_covariance(self) -> float:
        """Change due to the covariance of the drivers."""
        return float(self.contributions[0])

    @property
    def betas(self) -> float:
        """Change due to the betas."""
        return float(self.contributions[1])

    @property
    def residual(self) -> float:
        """Change due to the residual variances and covariance."""
        return float(self.contributions[2])


def correlation_change(
    before: Sample,
    after: Sample,
    draws: tuple[ArrayLike, ArrayLike] | None = None,
    pair: tuple[int, int] = (0, 1),
    options: SplitOptions | None = None,
) -> CorrelationChange:
    r"""Split the change of a correlation over driver covariance, betas and residual covariance.

    Parameters
    ----------
    before, after
        The two periods, at least ``max(30, 2 (p + 1))`` rows each; same columns.  All drivers take
        part.
    draws
        Row counts of the first period (R, T_1) and of the second (R, T_2), or None for no
        intervals.
    pair
        Two asset columns.
    options
        Level and condition limit; ``fit`` has no meaning here, each period has its own fit.

    Returns
    -------
    CorrelationChange
        Three contributions that add up to the change.

    Raises
    ------
    NotEstimable
        ``shape`` (columns or replications that do not match), ``too_short``, ``not_finite``,
        ``constant`` or ``collinear``.

    Notes
    -----
    Each period has its own least squares fit, with driver covariance F, betas b and residual
    covariance R, so that its correlation is

    .. math:: \rho(F, b, R) = \frac{b_1' F b_2 + R_{12}}
        {\sqrt{(b_1' F b_1 + R_{11})(b_2' F b_2 + R_{22})}}.

    The change is divided by the Shapley value over the three arguments, each either the first
    period's or the second's.  R is what the drivers leave of the covariance of the returns; under
    a ridge it also holds the small covariance of fitted values and residuals, so the identity stays
    exact.  A short second period overfits: its betas contribution is the noisiest of the three,
    which the interval over resampled rows of both periods shows.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II,
    307-317.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f, e = rng.standard_normal((4000, 1)), rng.standard_normal((4000, 2))
    >>> calm, wild = f[:2000], 3.0 * f[2000:]
    >>> change = correlation_change(Sample(calm + e[:2000], calm), Sample(wild + e[2000:], wild))
    >>> round(change.before, 1), round(change.after, 1), round(change.driver_covariance, 1)
    (0.5, 0.9, 0.4)
    """
    chosen = options or SplitOptions()
    first, second = _two_fits(before, after, draws, pair, chosen)
    values = _correlations(first, second)
    contributions, low, high = bounded(shapley(values), chosen.level)
    start = [float(part) for part in bounded(values[:, 0], chosen.level)]
    finish = [float(part) for part in bounded(values[:, 7], chosen.level)]
    total = [float(part) for part in bounded(values[:, 7] - values[:, 0], chosen.level)]
    return CorrelationChange(
        pair=pair,
        before=start[0],
        before_low=start[1],
        before_high=start[2],
        after=finish[0],
        after_low=finish[1],
        after_high=finish[2],
        total=total[0],
        total_low=total[1],
        total_high=total[2],
        contributions=contributions,
        low=low,
        high=high,
        draws=sealed(shapley(values[1:])) if values.shape[0] > 1 else sealed(np.empty((0, 3))),
        condition=(first.condition, second.condition),
        ridge=(first.ridge, second.ridge),
        nobs_before=first.nobs,
        nobs_after=second.nobs,
        level=chosen.level,
    )


def _two_fits(
    before: Sample,
    after: Sample,
    draws: tuple[ArrayLike, ArrayLike] | None,
    pair: tuple[int, int],
    options: SplitOptions,
) -> tuple[FactorFit, FactorFit]:
    """Fit each period by itself, the pair only."""
    assets, columns = after.returns.shape[1], after.drivers.shape[1]
    if before.returns.shape[1] != assets or before.drivers.shape[1] != columns:
        raise NotEstimable("shape", before=before.drivers.shape, after=after.drivers.shape)
    if pair[0] == pair[1] or not all(0 <= column < assets for column in pair):
        raise NotEstimable("shape", pair=pair, assets=assets)
    counts = draws or (None, None)
    first, second = (
        fit_factors(Sample(period.returns[:, pair], period.drivers), rows, options.condition_limit)
        for period, rows in zip((before, after), counts, strict=True)
    )
    if first.mean.shape[0] != second.mean.shape[0]:
        raise NotEstimable("shape", replications=(first.mean.shape[0], second.mean.shape[0]))
    return first, second


def _pieces(fit: FactorFit) -> tuple[Floats, Floats, Floats]:
    """Drivers (L, p, p), betas (L, p, 2) and residual covariance (L, 2, 2), natural units."""
    count = fit.drivers
    covariance = fit.covariance * (fit.scale[:, None] * fit.scale)
    drivers, betas = covariance[:, :count, :count], fit.betas()
    residual = covariance[:, count:, count:] - _explained(drivers, betas)
    return drivers, betas, residual


def _explained(drivers: Floats, betas: Floats) -> Floats:
    """Covariance of the explained returns, b' F b, (L, 2, 2)."""
    product: Floats = betas.transpose(0, 2, 1) @ (drivers @ betas)
    return product


def _correlations(first: FactorFit, second: FactorFit) -> Floats:
    """Correlation of all eight mixtures of the two periods, (L, 8); bits as in ``CAUSES``."""
    old, new = _pieces(first), _pieces(second)
    values = np.empty((first.mean.shape[0], 8))
    for mask in range(8):
        drivers, betas, residual = (
            (new if mask >> bit & 1 else old)[bit] for bit in range(len(CAUSES))
        )
        covariance = _explained(drivers, betas) + residual
        variances = covariance[:, 0, 0] * covariance[:, 1, 1]
        if not (variances > 0.0).all():
            raise NotEstimable("constant")
        values[:, mask] = np.clip(covariance[:, 0, 1] / np.sqrt(variances), -1.0, 1.0)
    return values
