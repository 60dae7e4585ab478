"""Contagion or interdependence: a crisis correlation cleaned of the rise in volatility."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 10
"""Fewest observations in either period."""

_PERFECT = 1e-7  # residual share of sd that is rounding, not sampling


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForbesRigobon(Result):
    """Correlation in a stable and a crisis period, and the crisis value adjusted.

    Attributes
    ----------
    raw_stable, raw_crisis
        Pearson correlations.
    adjusted, low, high
        The crisis correlation had the source been as volatile as in the stable period, with its
        interval.
    delta
        Relative rise of the source's variance.
    z, pvalue
        Fisher statistic of adjusted against stable as published, and its one-sided p-value
        (adjusted higher).
    change, change_low, change_high
        adjusted - raw_stable with its robust interval.
    z_robust, pvalue_robust
        The same test with the error both numbers have together, see the notes.
    level, nobs_stable, nobs_crisis
        Coverage and sample sizes.
    """

    raw_stable: float
    raw_crisis: float
    adjusted: float
    low: float
    high: float
    delta: float
    z: float
    pvalue: float
    change: float
    change_low: float
    change_high: float
    z_robust: float
    pvalue_robust: float
    level: float
    nobs_stable: int
    nobs_crisis: int

    def to_frame(self) -> DataFrame:
        """Return one line a period: raw and adjusted correlation, rows."""
        import pandas as pd

        columns = {
            "raw": [self.raw_stable, self.raw_crisis],
            "adjusted": [self.raw_stable, self.adjusted],
            "nobs": [self.nobs_stable, self.nobs_crisis],
        }
        return pd.DataFrame(columns, index=["stable", "crisis"])


def forbes_rigobon(
    source_stable: ArrayLike,
    target_stable: ArrayLike,
    source_crisis: ArrayLike,
    target_crisis: ArrayLike,
    *,
    level: float = 0.95,
) -> ForbesRigobon:
    """Test whether correlation rose by more than the source's volatility explains.

    Parameters
    ----------
    source_stable, target_stable
        Shape (T_s,), T_s >= 10: returns outside the crisis. No NaN, not constant.
    source_crisis, target_crisis
        Shape (T_c,), T_c >= 10: returns in the crisis. The source is where the shock started;
        the result changes when source and target are exchanged.
    level
        Coverage of the interval.

    Returns
    -------
    ForbesRigobon
        One-sided test of adjusted > stable.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``level``, or ``collinear`` when a
        period's series are exact linear functions of each other.

    Notes
    -----
    delta = var_c(x) / var_s(x) - 1, rho* = rho_c / sqrt(1 + delta (1 - rho_c^2)),
    z = (atanh rho* - atanh rho_s) / sqrt(1/(T_s - 3) + 1/(T_c - 3)).
    The published z treats rho* as an ordinary correlation of independent normal pairs. A positive
    delta makes that cautious (the slope is then known better than z assumes), fat tails and
    volatility clustering make it bold.
    The interval has its own error: with t = rho* / sqrt(1 - rho*^2) = b sd_s(x) / sd_c(e), day
    by day influences on b, sd_c(e) and sd_s(x) and their long-run variances (Bartlett, default
    lag) give var(t), never taken below its value for independent normal returns,
    1 / (T_c (1 + delta)) + t^2 (1/T_c + 1/T_s) / 2; then var(atanh rho*) = var(t) / (1 + t^2).
    The robust test counts the stable period's share once: both numbers contain its sd(x), so that
    atanh rho* - atanh rho_s has the influences of the crisis days above and, on a stable day,
    t (u^2 - 1) / 2 for the first minus u e + t (u^2 - e^2) / 2 for the second.
    The adjustment is right when the source has no shock of its own making in the crisis and no
    common factor is left out; otherwise it accepts interdependence too easily.

    References
    ----------
    Forbes and Rigobon (2002), "No contagion, only interdependence"; Corsetti, Pericoli and Sbracia
    (2005), "Some contagion, some interdependence".

    Examples
    --------
    >>> noise = np.random.default_rng(2).standard_normal((4, 200))
    >>> calm, stormy = noise[0], 2 * noise[1]
    >>> found = forbes_rigobon(calm, calm + noise[2], stormy, stormy + noise[3])
    >>> round(found.raw_stable, 1), round(found.raw_crisis, 1), round(found.adjusted, 1)
    (0.7, 0.9, 0.7)
    """
    critical = critical_value(level)
    stable = _moments(source_stable, target_stable)
    crisis = _moments(source_crisis, target_crisis)
    ratio = crisis.variance / stable.variance
    slope = crisis.tangent / math.sqrt(ratio)
    # asinh(t) is atanh(rho*): the same number without the loss of digits near one.
    centre = math.asinh(slope)
    from_crisis = crisis.u * crisis.e / math.sqrt(ratio) - slope * (crisis.e**2 - 1.0) / 2.0
    from_stable = slope * (stable.u**2 - 1.0) / 2.0
    spread = _error(from_crisis, 1.0 / ratio + slope**2 / 2.0) + _error(from_stable, slope**2 / 2.0)
    half = critical * math.sqrt(spread / (1.0 + slope**2))
    gap = centre - math.asinh(stable.tangent)
    z = gap / math.sqrt(1.0 / (len(stable.u) - 3.0) + 1.0 / (len(crisis.u) - 3.0))
    error = math.sqrt(_joint_error(stable, from_crisis, slope, ratio))
    change = math.tanh(centre) - stable.correlation
    # to first order the change is the gap times the slope of tanh between the two
    reach = critical * error * (change / gap if abs(gap) > 1e-9 else 1.0 / (1.0 + slope**2))
    return ForbesRigobon(
        raw_stable=stable.correlation,
        raw_crisis=crisis.correlation,
        adjusted=math.tanh(centre),
        low=math.tanh(centre - half),
        high=math.tanh(centre + half),
        delta=ratio - 1.0,
        z=z,
        pvalue=NormalDist().cdf(-z),
        change=change,
        change_low=change - reach,
        change_high=change + reach,
        z_robust=gap / error,
        pvalue_robust=NormalDist().cdf(-gap / error),
        level=level,
        nobs_stable=len(stable.u),
        nobs_crisis=len(crisis.u),
    )


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """One period: the source ``u`` and residual ``e`` at unit variance, r, r/sqrt(1-r^2), var."""

    u: Floats
    e: Floats
    correlation: float
    tangent: float
    variance: float


def _moments(x: ArrayLike, y: ArrayLike) -> _Moments:
    first, second = vector(x, least=FEWEST), vector(y, least=FEWEST)
    nobs = len(first)
    if len(second) != nobs:
        raise NotEstimable("shape", got=(nobs, len(second)))
    dx, dy = first - first.mean(), second - second.mean()
    u = dx * (math.sqrt(nobs) / float(np.linalg.norm(dx)))
    v = dy * (math.sqrt(nobs) / float(np.linalg.norm(dy)))
    r = float(u @ v) / nobs
    left = v - r * u
    size = float(np.linalg.norm(left)) / math.sqrt(nobs)
    if size < _PERFECT:
        raise NotEstimable("collinear", condition=math.inf)
    variance = float(dx @ dx) / (nobs - 1)
    return _Moments(u=u, e=left / size, correlation=r, tangent=r / size, variance=variance)


def _joint_error(stable: _Moments, from_crisis: Floats, slope: float, ratio: float) -> float:
    """Variance of atanh rho* - atanh rho_s, never below that of independent normal returns."""
    grown, first = math.sqrt(1.0 + slope**2), math.sqrt(1.0 + stable.tangent**2)
    shared = slope / grown - stable.tangent / first
    calm = stable.tangent / first
    from_stable = (
        shared * (stable.u**2 - 1.0) / 2.0
        - stable.u * stable.e / first
        + calm * (stable.e**2 - 1.0) / 2.0
    )
    normal_stable = shared**2 / 2.0 + 1.0 / first**2 + calm**2 / 2.0
    normal_crisis = (1.0 / ratio + slope**2 / 2.0) / grown**2
    return _error(from_crisis / grown, normal_crisis) + _error(from_stable, normal_stable)


def _error(influence: Floats, normal: float) -> float:
    """Variance of a mean of ``influence``, at least ``normal`` / T."""
    nobs = len(influence)
    spread = float(long_run_covariance(influence[:, None], newey_west_lags(nobs))[0, 0])
    return max(spread, normal) / nobs
