"""Beta of returns that answer late, or whose closes are struck at another hour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.frames import data_frame
from comove.stats.regression import (
    critical_value,
    long_run_covariance,
    newey_west_lags,
    ols_hac,
)
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame

_WEAK = 1e-3  # correlation of driver and instrument below which there is none
_GONE = 1e-9  # size of the moving sum, over that of what it sums, below which it is rounding


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LaggedBeta(Result):
    """A beta summed over neighbouring rows.

    Attributes
    ----------
    value, low, high
        The beta and its normal interval, units of y per unit of x.
    error
        Newey-West standard error.
    shifts
        Shape (m,), rows: the driver's return of so many rows later; negative ones are past.
    parts
        Shape (m,), what each shift contributes; their sum is the beta.
    plain
        Least squares beta on the same row alone.
    level, nobs
        Coverage, and rows used.
    """

    value: float
    low: float
    high: float
    error: float
    shifts: Floats
    parts: Floats
    plain: float
    level: float
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return what each shift contributes."""
        return data_frame({"part": self.parts}, self.shifts)


def dimson(
    y: ArrayLike, x: ArrayLike, lags: int = 1, leads: int = 1, *, level: float = 0.95
) -> LaggedBeta:
    r"""Sum the slopes of y on past, present and coming returns of its driver.

    Parameters
    ----------
    y, x
        Shape (T,), returns on the same rows.  No NaN, not constant.
    lags, leads
        Rows of x before and after, >= 0.
    level
        Coverage.

    Returns
    -------
    LaggedBeta
        From one regression with a constant.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``collinear``, ``lags`` (negative)
        or ``level``.

    Notes
    -----
    :math:`y_t = a + \sum_{l=-p}^{q} b_l x_{t+l} + e_t,\ \beta = \sum_l b_l`.  Right where y answers
    x late or early and the driver itself is observed without delay.  Where the closes of both are
    struck at different hours x_t is measured on other hours than y_t and the sum is right too, as
    long as x is not autocorrelated.  Each extra row costs precision.  The error of the sum is from
    the Newey-West covariance of the slopes.

    References
    ----------
    Dimson, E. (1979). Risk measurement when shares are subject to infrequent trading. Journal of
    Financial Economics 7, 197-226.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(500)
    >>> y = 0.5 * x + 0.5 * np.r_[0.0, x[:-1]]
    >>> found = dimson(y[1:], x[1:])
    >>> round(found.value, 6), found.plain < 0.6
    (1.0, True)
    """
    late, around = _around(y, x, lags, leads)
    fit = ols_hac(late, around, level=level)
    error = math.sqrt(float(fit.cov[1:, 1:].sum()))
    half = critical_value(level) * error
    value = float(fit.coef[1:].sum())
    return LaggedBeta(
        value=value,
        low=value - half,
        high=value + half,
        error=error,
        shifts=np.arange(-lags, leads + 1, dtype=np.float64),
        parts=fit.coef[1:].copy(),
        plain=_slope(late, around[:, lags]),
        level=level,
        nobs=len(late),
    )


def scholes_williams(
    y: ArrayLike, x: ArrayLike, lags: int = 1, *, level: float = 0.95
) -> LaggedBeta:
    r"""Beta from the driver's returns summed over neighbouring rows.

    Parameters
    ----------
    y, x
        Shape (T,), returns on the same rows.  No NaN, not constant.
    lags
        Rows before and after that may share information, >= 0; 0 is least squares.
    level
        Coverage.

    Returns
    -------
    LaggedBeta
        ``parts`` are the single slopes over the common denominator.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``lags`` (negative), ``collinear``
        when the driver's own reversals leave nothing of the sum, or ``level``.

    Notes
    -----
    :math:`\beta = \sum_{l=-n}^{n} b_l / (1 + 2 \sum_{l=1}^{n} \rho_l)` with b_l the slope of y_t on
    x_{t+l} alone and rho the autocorrelations of x, computed as what it is, the estimate with the
    moving sum of x as instrument, z = x_{t-n} + ... + x_{t+n}: cov(y, z) / cov(x, z).  Unlike
    :func:`dimson` it is right when x too is observed late or early.  The error is Newey-West's for
    an instrument.

    References
    ----------
    Scholes, M. and Williams, J. (1977). Estimating betas from nonsynchronous data. Journal of
    Financial Economics 5, 309-327.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(5000)
    >>> y = 0.875 * x + 0.125 * np.r_[0.0, x[:-1]]
    >>> round(scholes_williams(y[1:], x[1:]).value, 1)
    1.0
    """
    critical = critical_value(level)
    late, around = _around(y, x, lags, lags)
    driver = around[:, lags]
    target, own = late - late.mean(), driver - driver.mean()
    columns = around - around.mean(axis=0)
    sums = columns.sum(axis=1)
    along = float(own @ sums)
    size = math.sqrt(float(sums @ sums))
    left = size > _GONE * math.sqrt(float((columns**2).sum()))
    if not left or abs(along) <= _WEAK * math.sqrt(float(own @ own)) * size:
        raise NotEstimable("collinear", lags=lags)
    parts = columns.T @ target / along
    value = float(parts.sum())
    scores = sums * (target - value * own)
    spread = long_run_covariance(scores[:, None], newey_west_lags(len(late)))[0, 0]
    error = math.sqrt(len(late) * float(spread)) / abs(along)
    return LaggedBeta(
        value=value,
        low=value - critical * error,
        high=value + critical * error,
        error=error,
        shifts=np.arange(-lags, lags + 1, dtype=np.float64),
        parts=parts,
        plain=_slope(late, driver),
        level=level,
        nobs=len(late),
    )


def _around(y: ArrayLike, x: ArrayLike, lags: int, leads: int) -> tuple[Floats, Floats]:
    """Rows of y that have all neighbours, and the driver's returns around them, (n, m)."""
    if min(lags, leads) < 0:
        raise NotEstimable("lags", lags=lags, leads=leads)
    least = 3 * (lags + leads + 1) + 8
    target, driver = vector(y, least=least), vector(x, least=least)
    if len(target) != len(driver):
        raise NotEstimable("shape", got=(len(target), len(driver)))
    around = np.ascontiguousarray(sliding_window_view(driver, lags + leads + 1))
    return vector(target[lags : len(target) - leads]), around


def _slope(y: Floats, x: Floats) -> float:
    left = x - x.mean()
    return float(left @ (y - y.mean())) / float(left @ left)
