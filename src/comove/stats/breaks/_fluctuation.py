"""Has a correlation stayed the same: the largest fluctuation of the correlation so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.breaks._residuals import Margins, standardised_pair
from comove.stats.frames import Labels
from comove.stats.regression import long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 30
"""Fewest observations."""

_NEVER = 0.05  # a path that stays closer to zero has a chance below 1e-200


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Fluctuation(Result):
    """The fluctuation test of a constant correlation.

    Attributes
    ----------
    index
        Row labels of x.
    statistic, pvalue
        The largest standardised fluctuation, and the chance of as large a one were the correlation
        constant.
    at, label
        First row of the second regime if there is one, and its label: the row after the largest
        fluctuation.  An estimate of when, not a test of it.
    correlation, before, after
        Of the whole sample, of the rows before ``at`` and from ``at`` on.
    path
        Shape (T,), the standardised fluctuation after each row; its largest absolute value is the
        statistic.
    lags, nobs
        Bartlett truncation lag, T.
    """

    index: Labels
    statistic: float
    pvalue: float
    at: int
    label: Any
    correlation: float
    before: float
    after: float
    path: Floats
    lags: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return the path, one line a row."""
        import pandas as pd

        return pd.DataFrame({"fluctuation": self.path}, index=self.index)


def fluctuation(x: object, margins: Margins = "garch", lags: int | None = None) -> Fluctuation:
    r"""Test whether the correlation of two series is constant against a change at any time.

    Parameters
    ----------
    x
        Shape (T, 2), returns on one clock, array or frame; T >= 30, or 100 with GARCH margins.  No
        NaN, no constant column.
    margins
        "garch" (default) tests standardised residuals, so waves and jumps of volatility are not
        taken for a change of correlation; "none" tests the series as they are, as published.
    lags
        Bartlett truncation lag of the long-run variance; the default rule of
        :func:`comove.stats.regression.newey_west_lags` when None.  The paper's choice is
        ``int(log(T)) - 1``.

    Returns
    -------
    Fluctuation
        Two-sided.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``collinear``, ``option``
        (margins) or ``lags``.

    Notes
    -----
    .. math::
        Q = \max_j \frac{j}{\sqrt{T}} \frac{|r_j - r_T|}{\hat d},\quad
        P(Q > q) \to 2 \sum_{i \ge 1} (-1)^{i-1} e^{-2 i^2 q^2},

    r_j being the correlation of the first j rows, d squared the long-run variance of the influence
    psi_t = u v - r (u^2 + v^2) / 2 of a row on r (the delta method of the paper in one line).
    Differences of the published covariance of (x^2, y^2, x, y, xy) are none: a linear function of
    rows has the long-run variance of that function.

    The largest of T values is smaller than the largest of a continuous path, which makes the test a
    little cautious; heavy tails make it more so.  A change near either end is hard to see: j (T -
    j) / T^2 is the weight of a change after row j.

    References
    ----------
    Wied, Kraemer and Dehling (2012), "Testing for a change in correlation at an unknown point in
    time using an extended functional delta method".

    Examples
    --------
    >>> z = np.random.default_rng(3).standard_normal((600, 2))
    >>> z[300:, 1] = 0.8 * z[300:, 0] + 0.6 * z[300:, 1]
    >>> found = fluctuation(z)
    >>> found.pvalue < 0.001, abs(found.at - 300) < 30
    (True, True)
    """
    values, index = standardised_pair(x, margins, FEWEST)
    nobs = len(values)
    used = newey_west_lags(nobs) if lags is None else lags
    u, v = values.T
    r = float(u @ v) / nobs
    influence = u * v - r * (u * u + v * v) / 2.0
    spread = float(long_run_covariance(influence[:, None], used)[0, 0])
    if not spread > 0.0:
        raise NotEstimable("collinear", correlation=r)
    path = _path(values, r) / math.sqrt(nobs * spread)
    at = int(np.abs(path).argmax()) + 1
    statistic = float(np.abs(path).max())
    return Fluctuation(
        index=index,
        statistic=statistic,
        pvalue=bridge_pvalue(statistic),
        at=at,
        label=index[at] if at < nobs else None,
        correlation=r,
        before=_correlation(values[:at]),
        after=_correlation(values[at:]),
        path=path,
        lags=used,
        nobs=nobs,
    )


def bridge_pvalue(value: float) -> float:
    """Return the chance that a Brownian bridge strays further than ``value`` from zero.

    Parameters
    ----------
    value
        Distance, >= 0.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    2 sum_{i>=1} (-1)^(i-1) exp(-2 i^2 q^2), and for small q its theta-function twin
    1 - sqrt(2 pi) / q sum_{i>=1} exp(-(2i - 1)^2 pi^2 / (8 q^2)), each where it converges fast.

    References
    ----------
    Kolmogorov (1933), "Sulla determinazione empirica di una legge di distribuzione".

    Examples
    --------
    >>> round(bridge_pvalue(1.3581), 4)
    0.05
    """
    if value < _NEVER:
        return 1.0
    if value < 1.0:
        terms = (math.exp(-((2 * i - 1) ** 2) * math.pi**2 / (8.0 * value**2)) for i in range(1, 6))
        return 1.0 - math.sqrt(2.0 * math.pi) / value * sum(terms)
    return 2.0 * sum((-1.0) ** (i - 1) * math.exp(-2.0 * i * i * value**2) for i in range(1, 6))


def _path(values: Floats, r: float) -> Floats:
    """Return j (r_j - r_T) for j = 1..T; zero where the first j rows do not vary."""
    nobs = len(values)
    rows = np.arange(1.0, nobs + 1.0)
    u, v = values.T
    columns = np.column_stack([u, v, u * u, v * v, u * v])
    su, sv, suu, svv, suv = np.cumsum(columns, axis=0).T
    vu, vv = suu - su * su / rows, svv - sv * sv / rows
    varies = (vu > 1e-12 * suu) & (vv > 1e-12 * svv)
    scale = np.sqrt(np.where(varies, vu * vv, 1.0))
    so_far = np.clip((suv - su * sv / rows) / scale, -1.0, 1.0)
    path = np.where(varies, rows * (so_far - r), 0.0)
    path[-1] = 0.0
    return np.asarray(path)


def _correlation(values: Floats) -> float:
    """Pearson correlation; NaN when fewer than three rows or nothing varies."""
    if len(values) < 3 or (np.ptp(values, axis=0) == 0.0).any():
        return math.nan
    u, v = (values - values.mean(axis=0)).T
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))
