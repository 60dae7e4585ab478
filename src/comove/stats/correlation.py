"""Correlation with an interval that knows fat tails and volatility clustering."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.sample import Floats, vector

FEWEST = 8
"""Fewest pairs for which an interval is given."""

_PERFECT = 1e-13  # 1 - |r| below this is rounding, not sampling


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """A Pearson correlation with its interval.

    Attributes
    ----------
    value, low, high
        In [-1, 1].
    level
        Coverage of the interval.
    nobs
        Pairs used (overlapping sums count each).
    nobs_effective
        The number of independent normal pairs that would give the same precision; never more
        than the sample could hold.
    """

    value: float
    low: float
    high: float
    level: float
    nobs: int
    nobs_effective: float


def correlation(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Correlation:
    """Return the correlation of two series with a heteroskedasticity-aware Fisher interval.

    Parameters
    ----------
    x, y
        Shape (T,), T >= 8, same clock. No NaN, not constant.
    level
        Coverage.

    Returns
    -------
    Correlation
        When one series is an exact linear function of the other the value is +1 or -1 and the
        interval is that point: an identity has no sampling error.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``level`` out of range.

    Notes
    -----
    With u, v standardised, the influence of day t on r is psi_t = u v - r (u^2 + v^2) / 2. Its
    long-run variance (Bartlett, default lag) is compared with its value for independent normal
    pairs, (1 - r^2)^2: n_eff = n (1 - r^2)^2 / lrv(psi), capped at n, so that a lucky quiet
    sample buys no precision. The interval is tanh(atanh r -+ z / sqrt(n_eff - 3)), and [-1, 1]
    when n_eff <= 3.

    References
    ----------
    Fisher (1921), "On the probable error of a coefficient of correlation"; Newey and West (1987).

    Examples
    --------
    >>> found = correlation([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7])
    >>> round(found.value, 4), found.low < found.value < found.high
    (0.9048, True)
    """
    first, second = _pair(x, y, FEWEST)
    return _estimate(first, second, newey_west_lags(len(first)), float(len(first)), level)


def overlapping(x: ArrayLike, y: ArrayLike, span: int = 5, level: float = 0.95) -> Correlation:
    """Return the correlation of overlapping sums over ``span`` observations.

    Parameters
    ----------
    x, y
        Shape (T,): one-period returns on the same clock, at least 8 spans long. No NaN, not
        constant.
    span
        Observations per sum, at least 1.
    level
        Coverage.

    Returns
    -------
    Correlation
        ``nobs`` counts the T - span + 1 overlapping sums.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``span`` or ``level`` out of
        range.

    Notes
    -----
    As `correlation`, with truncation lag max(default, 3 (span - 1)): a Bartlett lag of
    span - 1 alone sees only three quarters of the variance that overlap creates. n_eff is capped
    at its value for independent normal one-period returns, n / (1 + 2 sum_{k<span} (1 - k/span)^2).
    Sums slowly average out the effect of closing prices struck at different hours.

    References
    ----------
    Hansen and Hodrick (1980), "Forward exchange rates as optimal predictors of future spot
    rates"; Newey and West (1987).

    Examples
    --------
    >>> day = np.sin(np.arange(60.0) ** 2)
    >>> found = overlapping(day, np.roll(day, 1))
    >>> found.nobs, found.value > correlation(day, np.roll(day, 1)).value
    (56, True)
    """
    if span < 1:
        raise NotEstimable("span", span=span)
    first, second = _pair(x, y, FEWEST * span)
    ones = np.ones(span)
    first, second = (np.convolve(z - z.mean(), ones, mode="valid") for z in (first, second))
    nobs = len(first)
    steps = np.arange(1, span) / span
    most = nobs / (1.0 + 2.0 * float(((1.0 - steps) ** 2).sum()))
    lags = max(newey_west_lags(nobs), 3 * (span - 1))
    return _estimate(vector(first), vector(second), lags, most, level)


def _pair(x: ArrayLike, y: ArrayLike, least: int) -> tuple[Floats, Floats]:
    first, second = vector(x, least=least), vector(y, least=least)
    if len(first) != len(second):
        raise NotEstimable("shape", got=(len(first), len(second)))
    return first, second


def _standardised(x: Floats) -> Floats:
    centred = x - x.mean()
    scaled: Floats = centred / np.abs(centred).max()
    return scaled / math.sqrt(float(scaled @ scaled) / len(scaled))


def _estimate(x: Floats, y: Floats, lags: int, most: float, level: float) -> Correlation:
    critical = critical_value(level)
    nobs = len(x)
    u, v = _standardised(x), _standardised(y)
    r = float(u @ v) / nobs
    sign = math.copysign(1.0, r)
    apart = u - sign * v
    # 1 - |r| from the distance itself keeps the digits that 1 - r would lose.
    gap = float(apart @ apart) / (2.0 * nobs)
    if gap < _PERFECT:
        return Correlation(
            value=sign, low=sign, high=sign, level=level, nobs=nobs, nobs_effective=most
        )
    value = sign * (1.0 - gap)
    psi = u * v - value * (u * u + v * v) / 2.0
    spread = float(long_run_covariance(psi[:, None], lags)[0, 0])
    normal = (gap * (2.0 - gap)) ** 2
    effective = most if spread * most <= nobs * normal else nobs * normal / spread
    half = critical / math.sqrt(effective - 3.0) if effective > 3.0 else math.inf
    centre = math.atanh(value)
    return Correlation(
        value=value,
        low=math.tanh(centre - half),
        high=math.tanh(centre + half),
        level=level,
        nobs=nobs,
        nobs_effective=effective,
    )
