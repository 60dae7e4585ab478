"""Contagion beyond common factors: do the parts that factors leave move closer in the crisis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.conditioning import condition_number
from comove.stats.contagion._periods import crisis_rows
from comove.stats.correlation import correlation
from comove.stats.frames import table
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 10
"""Fewest rows of a period beyond one for each factor."""

_CONDITION = 1e4
_NOTHING = 1e-7  # a residual smaller than this share of its series is rounding


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FactorResidual(Result):
    """Correlation of what the factors leave, in the stable period and in the crisis.

    Attributes
    ----------
    stable, crisis
        Residual correlations.
    change, low, high
        crisis - stable with its interval.
    z, pvalue
        Fisher statistic of the change and its one-sided p-value (closer in the crisis).
    raw_stable, raw_crisis
        Correlations of the returns themselves: what the factors are there to explain.
    betas
        "own" or "stable", as asked.
    level, nobs_stable, nobs_crisis
        Coverage and rows.
    """

    stable: float
    crisis: float
    change: float
    low: float
    high: float
    z: float
    pvalue: float
    raw_stable: float
    raw_crisis: float
    betas: str
    level: float
    nobs_stable: int
    nobs_crisis: int

    def to_frame(self) -> DataFrame:
        """Return one line a period: raw and residual correlation, rows."""
        import pandas as pd

        columns = {
            "raw": [self.raw_stable, self.raw_crisis],
            "residual": [self.stable, self.crisis],
            "nobs": [self.nobs_stable, self.nobs_crisis],
        }
        return pd.DataFrame(columns, index=["stable", "crisis"])


def factor_residual(
    x: object,
    crisis: ArrayLike,
    factors: object,
    betas: Literal["own", "stable"] = "own",
    level: float = 0.95,
) -> FactorResidual:
    """Test whether the unexplained parts of two series correlate more in a crisis.

    Parameters
    ----------
    x
        Shape (T, 2), returns on one clock, array or frame.  No NaN, no constant column.
    crisis
        Shape (T,), true in the crisis; either period has at least 10 + p rows.
    factors
        Shape (T, p), p >= 1, what is known to move both (the channel factors), array or frame.
    betas
        "own" (default) lets each period have its exposures, so that exposures that changed are not
        taken for contagion; "stable" keeps those of the stable period, so that they are (and in a
        crisis with large factors their errors are, too).
    level
        Coverage of the interval.

    Returns
    -------
    FactorResidual
        One-sided test of closer residuals in the crisis; symmetric in the two series, no source
        needs to be named.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``collinear`` (factors in a period;
        or a series that the factors explain exactly; or residuals that are each other's multiple),
        ``option`` (betas) or ``level``.

    Notes
    -----
    Residuals of least squares on a constant and the factors.  Each period's r has n_eff rows (the
    HAC rule of :func:`comove.stats.correlation.correlation`) and
    z = (atanh r_c - atanh r_s) / sqrt(1 / (n_c - p - 3) + 1 / (n_s - p - 3)).  The interval of the
    change joins the two Fisher intervals (Zou's rule).  Where one residual feeds the other, a rise
    of its variance alone raises r: set the result beside the other two tests.

    References
    ----------
    Bekaert, Harvey and Ng (2005), "Market integration and contagion"; Corsetti, Pericoli and
    Sbracia (2005), "Some contagion, some interdependence"; Zou (2007), "Toward using confidence
    intervals to compare correlations".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> factor, own = rng.standard_normal((400, 1)), rng.standard_normal((400, 2))
    >>> late = np.arange(400) >= 300
    >>> own[late, 1] += own[late, 0]
    >>> found = factor_residual(own + factor, late, factor)
    >>> abs(found.stable) < 0.2, found.crisis > 0.5, found.pvalue < 0.01
    (True, True, True)
    """
    critical = critical_value(level)
    if betas not in {"own", "stable"}:
        raise NotEstimable("option", betas=betas)
    values = matrix(table(x).values, columns=2)
    drivers = matrix(table(factors).values, varies=False)
    nobs, count = len(values), drivers.shape[1]
    if len(drivers) != nobs or count < 1:
        raise NotEstimable("shape", got=drivers.shape, nobs=nobs)
    late = crisis_rows(crisis, nobs, FEWEST + count)
    calm = _fitted(values[~late], drivers[~late])
    if betas == "own":
        wild = _fitted(values[late], drivers[late])
    else:
        wild = _Fit(left=_left(values[late], drivers[late], calm.coef), coef=calm.coef)
    stable, width_s = _fisher(calm.left, count)
    storm, width_c = _fisher(wild.left, count)
    z = (math.atanh(storm) - math.atanh(stable)) / math.hypot(width_s, width_c)
    bounds_s = [math.tanh(math.atanh(stable) + side * critical * width_s) for side in (-1, 1)]
    bounds_c = [math.tanh(math.atanh(storm) + side * critical * width_c) for side in (-1, 1)]
    change = storm - stable
    return FactorResidual(
        stable=stable,
        crisis=storm,
        change=change,
        low=change - math.hypot(storm - bounds_c[0], bounds_s[1] - stable),
        high=change + math.hypot(bounds_c[1] - storm, stable - bounds_s[0]),
        z=z,
        pvalue=NormalDist().cdf(-z),
        raw_stable=correlation(*values[~late].T).value,
        raw_crisis=correlation(*values[late].T).value,
        betas=betas,
        level=level,
        nobs_stable=int((~late).sum()),
        nobs_crisis=int(late.sum()),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fit:
    """Residuals (T, 2) and coefficients (1 + p, 2)."""

    left: Floats
    coef: Floats


def _fitted(values: Floats, drivers: Floats) -> _Fit:
    condition = condition_number(drivers)
    if condition > _CONDITION:
        raise NotEstimable("collinear", condition=condition)
    means, sizes = drivers.mean(axis=0), drivers.std(axis=0)
    design = np.column_stack([np.ones(len(drivers)), (drivers - means) / sizes])
    levels = values.mean(axis=0)
    coef = np.linalg.lstsq(design, values - levels, rcond=None)[0]
    left = values - levels - design @ coef
    spread = (values - levels).std(axis=0)
    if (left.std(axis=0) <= _NOTHING * spread).any():
        raise NotEstimable("collinear", condition=math.inf)
    coef[1:] /= sizes[:, None]
    coef[0] += levels - means @ coef[1:]
    return _Fit(left=left, coef=coef)


def _left(values: Floats, drivers: Floats, coef: Floats) -> Floats:
    return np.asarray(values - coef[0] - drivers @ coef[1:])


def _fisher(left: Floats, count: int) -> tuple[float, float]:
    """Correlation of two residuals and the standard error of its Fisher transform."""
    found = correlation(left[:, 0], left[:, 1])
    if abs(found.value) >= 1.0:
        raise NotEstimable("collinear", condition=math.inf)
    # fat tails can leave fewer effective rows than were fitted; one row is the least there is
    return found.value, 1.0 / math.sqrt(max(found.nobs_effective - count - 3.0, 1.0))
