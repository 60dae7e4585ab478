"""Cross-correlation of returns whose closes are struck at different hours."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import data_frame
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame

Ints = NDArray[np.int64]

FEWEST = 30
"""Fewest pairs beyond the longest lag."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CrossCorrelation(Result):
    """Correlation of x with y some rows later, and what different closing hours make of it.

    Attributes
    ----------
    lags
        Shape (2 most + 1,), rows; positive: x leads, y follows.
    correlation, low, high
        Shape (2 most + 1,), each with its own interval.
    expected
        The same shape: what the closing hours alone would give, from ``synchronous``.
    excess, excess_low, excess_high
        Correlation less expected, with intervals that hold for all lags together.
    synchronous, synchronous_low, synchronous_high
        Correlation had both been struck at the same time.
    offset
        How much later y is struck, as a share of the time between rows.
    level, nobs
        Coverage and T.
    """

    headline: ClassVar[tuple[str, ...]] = ("leads",)

    lags: Ints
    correlation: Floats
    low: Floats
    high: Floats
    expected: Floats
    excess: Floats
    excess_low: Floats
    excess_high: Floats
    synchronous: float
    synchronous_low: float
    synchronous_high: float
    offset: float
    level: float
    nobs: int

    @property
    def leads(self) -> tuple[int, ...]:
        """Lags, zero aside, with more correlation than the closing hours explain."""
        beyond = (self.excess_low > 0.0) | (self.excess_high < 0.0)
        return tuple(int(lag) for lag in self.lags[beyond] if lag != 0)

    def to_frame(self) -> DataFrame:
        """Return one line a lag."""
        columns = {"correlation": self.correlation, "low": self.low, "high": self.high}
        columns |= {"expected": self.expected, "excess": self.excess}
        columns |= {"excess_low": self.excess_low, "excess_high": self.excess_high}
        return data_frame(columns, self.lags)


def cross_correlation(
    x: ArrayLike, y: ArrayLike, most: int = 5, *, offset: float = 0.0, level: float = 0.95
) -> CrossCorrelation:
    r"""Correlate returns with those of another series up to some rows earlier and later.

    Parameters
    ----------
    x, y
        Shape (T,), returns on the same rows, T >= most + 30.  No NaN, not constant.
    most
        Longest lag, >= 1.
    offset
        How much later y is struck than x, as a share of the time between rows, in [0, 1): a close
        at midnight UTC after one at 16:00 New York in winter is 3 / 24.  Swap x and y where y is
        the earlier.
    level
        Coverage.

    Returns
    -------
    CrossCorrelation
        Arrays read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``lags`` (most below 1), ``option``
        (offset) or ``level``.

    Notes
    -----
    :math:`r_l = T^{-1} \sum_t u_t v_{t+l}` with u, v standardised over the whole sample.  If
    information arrives evenly, y_t struck a share d after x_t shares 1 - d of its time with x_t
    and d with x_{t+1}: the lags 0 and -1 are expected to hold 1 - d and d of the correlation that
    simultaneous closes would show, estimated as r_0 + r_{-1}.  Correlation at lag -1 is then not a
    lead of y.

    Errors come from the Bartlett long-run covariance of what each row adds,
    u_t v_{t+l} - r_l (u_t^2 + v_t^2) / 2, so volatility clustering does not pass for correlation
    as it does with the usual band of 2 / sqrt(T).  The interval of a lag alone is Fisher's; those
    of the excess hold together by Sidak's inequality, whatever the lags have in common.

    References
    ----------
    Lo, A. W. and MacKinlay, A. C. (1990). An econometric analysis of nonsynchronous trading.
    Journal of Econometrics 45, 181-211.
    Sidak, Z. (1967). Rectangular confidence regions for the means of multivariate normal
    distributions. Journal of the American Statistical Association 62, 626-633.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((601, 2))
    >>> x, y = noise[1:, 0], noise[:-1, 0] + noise[1:, 1]
    >>> found = cross_correlation(x, y, 2)
    >>> found.lags.tolist(), found.leads
    ([-2, -1, 0, 1, 2], (1,))
    """
    critical = critical_value(level)
    if most < 1:
        raise NotEstimable("lags", most=most)
    if not 0.0 <= offset < 1.0:
        raise NotEstimable("option", offset=offset)
    first, second = vector(x, least=most + FEWEST), vector(y, least=most + FEWEST)
    if len(first) != len(second):
        raise NotEstimable("shape", got=(len(first), len(second)))
    lags = np.arange(-most, most + 1)
    value, influence = _correlations(_standardised(first), _standardised(second), lags)
    nobs = len(first)
    spread = long_run_covariance(influence, newey_west_lags(nobs)) / nobs
    share = np.where(lags == 0, 1.0 - offset, np.where(lags == -1, offset, 0.0))
    sharing = (lags == 0) | ((lags == -1) & (offset > 0.0))
    synchronous = float(value[sharing].sum())
    turn = np.eye(len(lags)) - np.outer(share, sharing)
    excess, error = turn @ value, _root(turn @ spread @ turn.T)
    # Without an offset the lag 0 has nothing left to exceed.
    tests = len(lags) - 1
    together = NormalDist().inv_cdf(0.5 + 0.5 * level ** (1.0 / tests))
    low, high = _fisher(value, _root(spread), critical)
    ends = _fisher(np.array([synchronous]), _root(sharing @ spread @ sharing[:, None]), critical)
    return CrossCorrelation(
        lags=lags,
        correlation=value,
        low=low,
        high=high,
        expected=share * synchronous,
        excess=excess,
        excess_low=excess - together * error,
        excess_high=excess + together * error,
        synchronous=synchronous,
        synchronous_low=float(ends[0][0]),
        synchronous_high=float(ends[1][0]),
        offset=offset,
        level=level,
        nobs=nobs,
    )


def _standardised(x: Floats) -> Floats:
    centred = x - x.mean()
    centred -= centred.mean()
    centred /= np.abs(centred).max()
    return np.asarray(centred / np.sqrt((centred**2).mean()))


def _correlations(u: Floats, v: Floats, lags: Ints) -> tuple[Floats, Floats]:
    """Correlations (L,) and what each row adds to them, (T, L)."""
    nobs = len(u)
    products = np.zeros((nobs, len(lags)))
    for place, lag in enumerate(lags.tolist()):
        early, late = max(0, -lag), nobs - max(0, lag)
        products[early:late, place] = u[early:late] * v[early + lag : late + lag]
    value = products.mean(axis=0)
    return value, products - 0.5 * (u**2 + v**2)[:, None] * value


def _root(covariance: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(np.atleast_2d(covariance).diagonal(), 0.0)))


def _fisher(value: Floats, error: Floats, critical: float) -> tuple[Floats, Floats]:
    inside = np.clip(value, -1.0 + 1e-12, 1.0 - 1e-12)
    half = critical * error / (1.0 - inside**2)
    return np.tanh(np.arctanh(inside) - half), np.tanh(np.arctanh(inside) + half)
