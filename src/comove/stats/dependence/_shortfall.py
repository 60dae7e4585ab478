"""Marginal expected shortfall: the average day of one on the worst days of another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.dependence._pair import pair
from comove.stats.frames import data_frame
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 5
"""Fewest rows in the tail."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarginalShortfall(Result):
    """Mean of y over the worst rows of x.

    Parameters
    ----------
    value, low, high
        The mean with its interval, unit of y.
    threshold
        The largest x that counts as one of the worst, unit of x.
    tau
        Share of the rows that count as worst.
    count
        How many they are.
    level, lags, nobs
        Coverage, Bartlett lag, T.
    """

    value: float
    low: float
    high: float
    threshold: float
    tau: float
    count: int
    level: float
    lags: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return the one line."""
        names = ("value", "low", "high", "threshold", "count")
        return data_frame({name: [getattr(self, name)] for name in names}, [self.tau])


def mes(
    y: object, x: object, tau: float = 0.05, lags: int | None = None, level: float = 0.95
) -> MarginalShortfall:
    r"""Average y over the days on which x is among its worst.

    Parameters
    ----------
    y
        Shape (T,): returns of the asset.  No NaN, not constant.
    x
        Shape (T,): returns of the market, or whatever the bad days are taken from.  With x = y the
        result is the expected shortfall of y.
    tau
        Share of days that count as worst, between 0 and 0.5.
    lags
        Bartlett lag of the interval; the default rule of
        :func:`comove.stats.regression.newey_west_lags` when None.
    level
        Coverage of the interval.

    Returns
    -------
    MarginalShortfall
        The mean with interval; in the unit of y, so losses are negative.

    Raises
    ------
    NotEstimable
        ``tau``, ``shape``, ``too_short`` (fewer than 20 rows, or 5 in the tail), ``not_finite``,
        ``constant``, ``level``, ``lags``.

    Notes
    -----
    .. math:: MES = \frac{1}{k} \sum_{x_t \le x_{(k)}} y_t, \qquad k = \lfloor \tau T \rfloor

    For a bivariate normal :math:`MES = -\rho \sigma_y \varphi(z_\tau) / \tau`.  The interval
    rests on the long-run variance (Bartlett) of

    .. math:: \psi_t = \{1(x_t \le q)\,(y_t - m) - \tau\,(MES - m)\} / \tau

    where m is the mean of y near :math:`x = q`, by a line through the rows whose rank is within
    :math:`\sqrt{T}` of k: the threshold is estimated too, and moving it exchanges rows worth m.
    The critical value is that of Student's t with k - 1 degrees of freedom: only the tail informs.

    This is the unconditional figure: the worst days of the whole sample, most of them from its
    stormiest spells.  For the expectation as of today see :func:`conditional_mes`.

    References
    ----------
    Acharya, V. V., Pedersen, L. H., Philippon, T. and Richardson, M. (2017). Measuring systemic
    risk. Review of Financial Studies 30, 2-47.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, e = rng.standard_normal((2, 4000))
    >>> found = mes(0.6 * x + 0.8 * e, x)
    >>> found.count, bool(found.low < -1.238 < found.high)
    (200, True)
    """
    critical = critical_value(level)
    if not 0.0 < tau <= 0.5:
        raise NotEstimable("tau", tau=tau)
    target, source = pair(y, x, least=20)
    nobs = target.size
    size = math.floor(tau * nobs + 1e-9)
    if size < FEWEST:
        raise NotEstimable("too_short", rows=size, least=FEWEST, tau=tau)
    order = np.argsort(source, kind="stable")
    threshold = float(source[order[size - 1]])
    worst = source <= threshold
    value = float(target[worst].mean())
    used = newey_west_lags(nobs) if lags is None else lags
    edge = _at_the_edge(source[order], target[order], size)
    share = worst.mean()
    influence = (worst * (target - edge) - share * (value - edge)) / share
    variance = float(long_run_covariance(influence[:, None], used)[0, 0]) / nobs
    half = _widened(critical, int(worst.sum()) - 1) * math.sqrt(variance)
    return MarginalShortfall(
        value=value,
        low=value - half,
        high=value + half,
        threshold=threshold,
        tau=tau,
        count=int(worst.sum()),
        level=level,
        lags=used,
        nobs=nobs,
    )


def _at_the_edge(source: Floats, target: Floats, size: int) -> float:
    """Mean of y where sorted x passes its threshold, by a line through the rows around it."""
    reach = math.ceil(math.sqrt(source.size))
    near = slice(max(size - reach, 0), size + reach)
    x, y = source[near] - source[size - 1], target[near]
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread if spread > 0.0 else 0.0
    return float(y.mean()) - slope * float(x.mean())


def _widened(z: float, freedom: int) -> float:
    """Return the critical value of Student's t for that of the normal, by its expansion in 1/n."""
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / freedom + second / freedom**2 + third / freedom**3
