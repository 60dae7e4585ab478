"""Correlation with exponential weights, and its pointwise interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.rolling._path import CorrelationPath, fisher, labels_of
from comove.stats.sample import Floats, column, vector

Bools = NDArray[np.bool_]

FEWEST = 2
"""Fewest rows before the first value: one product always correlates perfectly."""


@dataclass(frozen=True, kw_only=True)
class CorrelationBand:
    """Pointwise interval around a path of correlations.

    Attributes
    ----------
    low, high
        Shape of the path; NaN where the path is NaN.
    level
        Coverage at each point (not of the whole path).
    nobs_effective
        The effective sample behind each value.
    """

    low: Floats
    high: Floats
    level: float
    nobs_effective: float


def ewma(
    x: ArrayLike,
    y: ArrayLike,
    decay: float,
    *,
    min_periods: int | None = None,
    level: float = 0.95,
) -> CorrelationPath:
    """Return the exponentially weighted correlation of two return series.

    Parameters
    ----------
    x, y
        Shape (T,): returns on the same clock, taken as having mean zero. Not constant; no NaN
        unless ``min_periods`` is given.
    decay
        Weight kept per step, in (0, 1); 0.94, 0.97 and 0.99 are customary.
    min_periods
        Accept missing values, as NaN: a row that either series lacks adds nothing while the older
        rows lose weight; the first value comes with this many rows that both have, 2 or more.
    level
        Coverage of the band at each point.

    Returns
    -------
    CorrelationPath
        Entry t uses observations 0 .. t; its band is that of :func:`ewma_interval`.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``; ``decay``, ``min_periods`` or
        ``level`` out of range.

    Notes
    -----
    r_t = sum_j l^j x y / sqrt(sum_j l^j x^2 sum_j l^j y^2) over j = 0 .. t: the sums start empty,
    so nothing is invented before the sample. Unless ``min_periods`` says otherwise the first
    ceil((1 + l)/(1 - l)) - 1 values, which rest on less than the effective sample of the filter,
    are NaN.

    References
    ----------
    J.P. Morgan and Reuters (1996), "RiskMetrics technical document".

    Examples
    --------
    >>> ewma([1, 2, -1, 3, 1], [1, 1, -2, 2, 2], 0.5).value.round(3).tolist()
    [nan, nan, 0.827, 0.926, 0.863]
    """
    start = math.ceil(_effective(decay) - 1e-9)  # 1.9 / 0.1 is 19, whatever floats say
    if min_periods is None:
        first, second = vector(x, least=start), vector(y, least=start)
        if len(first) != len(second):
            raise NotEstimable("shape", got=(len(first), len(second)))
        there = np.ones(len(first), dtype=bool)
    else:
        start = min_periods
        first, second, there = _where_both(x, y, start)
    value = _weighted(first, second, decay)
    value[np.cumsum(there) < start] = np.nan
    band = ewma_interval(value, decay, level)
    return CorrelationPath(
        index=labels_of(x),
        value=value,
        low=band.low,
        high=band.high,
        rule=f"decay {decay:g}",
        level=level,
        nobs=len(value),
    )


def _where_both(x: ArrayLike, y: ArrayLike, least: int) -> tuple[Floats, Floats, Bools]:
    """Two series with zeros where either is missing, and where neither is."""
    if least < FEWEST:
        raise NotEstimable("min_periods", min_periods=least, least=FEWEST)
    first, second = column(x), column(y)
    if first.shape != second.shape:
        raise NotEstimable("shape", got=(first.shape, second.shape))
    there = ~(np.isnan(first) | np.isnan(second))
    for series in (first, second):
        vector(series[there], least=least)
    return np.where(there, first, 0.0), np.where(there, second, 0.0), there


def _weighted(x: Floats, y: Floats, decay: float) -> Floats:
    """Correlations from the first row on; NaN while a sum is zero."""
    sxx = syy = sxy = 0.0
    values = []
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        sxx = decay * sxx + a * a
        syy = decay * syy + b * b
        sxy = decay * sxy + a * b
        scale = math.sqrt(sxx) * math.sqrt(syy)
        values.append(sxy / scale if scale > 0.0 else math.nan)
    out: Floats = np.clip(np.array(values), -1.0, 1.0)
    return out


def ewma_interval(value: ArrayLike, decay: float, level: float = 0.95) -> CorrelationBand:
    """Return the pointwise Fisher interval of an exponentially weighted correlation.

    Parameters
    ----------
    value
        Correlations of any shape, in [-1, 1]; NaN gives NaN.
    decay
        The decay they were computed with, in (0, 1).
    level
        Coverage at each point.

    Returns
    -------
    CorrelationBand
        Read-only arrays of the shape of ``value``.

    Raises
    ------
    NotEstimable
        ``decay`` or ``level`` out of range.

    Notes
    -----
    tanh(atanh r -+ z / sqrt(n - 3)) with n = (1 + l) / (1 - l), the sample size whose mean has
    the variance of the weighted mean; valid for independent returns. [-1, 1] when n <= 3.

    Examples
    --------
    >>> band = ewma_interval(0.5, 0.97)
    >>> round(band.nobs_effective, 1), round(float(band.low), 2), round(float(band.high), 2)
    (65.7, 0.29, 0.66)
    """
    nobs = _effective(decay)
    low, high = fisher(np.asarray(value, dtype=np.float64), nobs, level)
    for array in (low, high):
        array.setflags(write=False)
    return CorrelationBand(low=low, high=high, level=level, nobs_effective=nobs)


def _effective(decay: float) -> float:
    if not 0.0 < decay < 1.0:
        raise NotEstimable("decay", decay=decay)
    return (1.0 + decay) / (1.0 - decay)
