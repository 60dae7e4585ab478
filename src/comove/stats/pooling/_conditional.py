"""What to expect of the others when some columns take given values: normal and Student t."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats._covariance import PerColumn
from comove.stats.frames import data_frame
from comove.stats.pooling._plausibility import belief, shocked, tail_probability
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

EXTRAPOLATION = 0.01
"""Plausibility below which a conditional forecast is said to extrapolate."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Conditional(Result):
    """The distribution of all columns given values of some.

    Parameters
    ----------
    names
        The k columns.
    shocked
        Those whose values are given.
    mean
        Shape (k,): the values given, and the expectations of the others.
    deviation
        Shape (k,), standard deviations left; zero for the columns shocked.
    low, high
        Shape (k,): central interval of every column.
    covariance
        Shape (k, k), given the shock; zero in the rows and columns shocked.
    level
        Coverage of the intervals.
    df
        Degrees of freedom of the conditional law; infinite for the normal.
    distance, plausibility
        Squared Mahalanobis distance of the shock, and the probability of one at least as far out.
    extrapolates
        Whether that probability is below 1 %: the forecast then rests on the shape of the law, not
        on anything seen.
    """

    names: tuple[str, ...]
    shocked: tuple[str, ...]
    mean: Floats
    deviation: Floats
    low: Floats
    high: Floats
    covariance: Floats
    level: float
    df: float
    distance: float
    plausibility: float
    extrapolates: bool

    def to_frame(self) -> DataFrame:
        """Return one line per column."""
        columns = ("mean", "deviation", "low", "high")
        return data_frame({name: getattr(self, name) for name in columns}, self.names)


def conditional_normal(
    mean: PerColumn, covariance: object, shock: Mapping[str, float], level: float = 0.95
) -> Conditional:
    r"""Condition a normal distribution on values of some of its columns.

    Parameters
    ----------
    mean
        Shape (k,), or a value per column.
    covariance
        Shape (k, k), k >= 2: an array or a data frame.  Of the regime and over the horizon in
        question; it may be singular except among the columns shocked.
    shock
        A value per column shocked: a mapping or a series; the columns of an array are "0", "1", ...
    level
        Coverage of the intervals.

    Returns
    -------
    Conditional
        Expectation and interval of every column, and how plausible the shock is.

    Raises
    ------
    NotEstimable
        ``names`` (a shock to a column that is not there, or none), ``shape``, ``not_finite``,
        ``not_symmetric``, ``not_positive``, ``constant``, ``collinear`` (shocked columns that
        follow from each other), ``level``.

    Notes
    -----
    .. math:: E[r \mid f = s] = \mu_r + S_{rf} S_{ff}^{-1} (s - \mu_f), \qquad
        S_{r|f} = S_{rr} - S_{rf} S_{ff}^{-1} S_{fr}

    Intervals are those of the outcome, with mean and covariance taken as known.  What the
    conditional mean does not depend on is how far out the shock is: ``plausibility`` and
    ``extrapolates`` are part of the answer.

    References
    ----------
    Anderson, T. W. (2003). An Introduction to Multivariate Statistical Analysis, 3rd edition,
    section 2.5.

    Kupiec, P. H. (1998). Stress testing in a value at risk framework. Journal of Derivatives 6(1),
    7-24.

    Examples
    --------
    >>> found = conditional_normal([0.0, 0.0], [[1.0, 1.2], [1.2, 4.0]], {"0": -2.0})
    >>> found.mean.round(9).tolist(), found.deviation.round(9).tolist()
    ([-2.0, -2.4], [0.0, 1.6])
    """
    return _conditioned(mean, covariance, shock, level, math.inf)


def conditional_t(
    mean: PerColumn,
    covariance: object,
    shock: Mapping[str, float],
    df: float,
    level: float = 0.95,
) -> Conditional:
    r"""Condition a Student t distribution on values of some of its columns.

    Parameters
    ----------
    mean
        Shape (k,), or a value per column.
    covariance
        Shape (k, k), k >= 2: the covariance, not the scale matrix, which is ``(df - 2) / df`` of
        it.
    shock
        A value per column shocked: a mapping or a series.
    df
        Degrees of freedom, above 2; 3 to 6 is usual for daily returns.
    level
        Coverage of the intervals.

    Returns
    -------
    Conditional
        As of :func:`conditional_normal`; a large shock widens what is left.

    Raises
    ------
    NotEstimable
        As :func:`conditional_normal`; ``option`` when df is not above 2 or not finite.

    Notes
    -----
    The expectation is that of the normal.  With scale matrix W, p columns shocked and squared
    distance d2 measured in W, the others are Student t with ``df + p`` degrees of freedom and scale

    .. math:: \frac{df + d_2}{df + p} \left(W_{rr} - W_{rf} W_{ff}^{-1} W_{fr}\right),

    so a shock larger than usual says that the whole market is wilder than usual.

    References
    ----------
    Ding, P. (2016). On the conditional distribution of the multivariate t distribution. American
    Statistician 70(3), 293-295.

    Examples
    --------
    >>> calm = conditional_t([0.0, 0.0], np.eye(2), {"0": 0.0}, df=5.0)
    >>> wild = conditional_t([0.0, 0.0], np.eye(2), {"0": 5.0}, df=5.0)
    >>> bool(wild.deviation[1] > 2.0 * calm.deviation[1])
    True
    """
    if not 2.0 < df < math.inf:
        raise NotEstimable("option", df=df)
    return _conditioned(mean, covariance, shock, level, df)


def _conditioned(
    mean: PerColumn, covariance: object, shock: Mapping[str, float], level: float, df: float
) -> Conditional:
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    given = belief(mean, covariance)
    if len(given.names) < 2:
        raise NotEstimable("shape", columns=len(given.names), least=2)
    struck = shocked(shock, given)
    places, size = struck.places, struck.places.size
    rest = np.setdiff1d(np.arange(len(given.names)), places)
    across = given.covariance[np.ix_(rest, places)]
    expected = given.mean.copy()
    expected[places] += struck.move
    expected[rest] += across @ struck.solved
    left = np.zeros_like(given.covariance)
    inner = given.covariance[np.ix_(rest, rest)] - across @ struck.inverse @ across.T
    left[np.ix_(rest, rest)] = (inner + inner.T) / 2.0 * _widening(struck.distance, size, df)
    deviation = np.sqrt(np.maximum(np.diag(left), 0.0))
    reach = deviation * _quantile(level, df + size)
    pvalue = tail_probability(struck.distance, size, df)
    return Conditional(
        names=given.names,
        shocked=tuple(given.names[place] for place in places),
        mean=expected,
        deviation=deviation,
        low=expected - reach,
        high=expected + reach,
        covariance=left,
        level=level,
        df=df + size,
        distance=struck.distance,
        plausibility=pvalue,
        extrapolates=pvalue < EXTRAPOLATION,
    )


def _widening(distance: float, size: int, df: float) -> float:
    """Conditional covariance of a Student t over that of a normal with the same covariance."""
    if math.isinf(df):
        return 1.0
    in_scale = distance * df / (df - 2.0)
    scale = (df - 2.0) / df * (df + in_scale) / (df + size)
    return scale * (df + size) / (df + size - 2.0)


def _quantile(level: float, df: float) -> float:
    """Upper end of the central interval of a law with standard deviation one."""
    if math.isinf(df):
        return NormalDist().inv_cdf((1.0 + level) / 2.0)
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + level) / 2.0)) * math.sqrt((df - 2.0) / df)


def probability_above(
    threshold: float, mean: object, deviation: object, df: float = math.inf
) -> Floats:
    r"""Probability that a normal or Student variable lies above a threshold.

    Parameters
    ----------
    threshold
        In the unit of the variable.
    mean, deviation
        Broadcast together: expectation, and standard deviation, not negative.
    df
        Degrees of freedom, above 2; infinite for the normal.

    Returns
    -------
    Floats
        Probabilities in the shape of the broadcast.  Where nothing varies: 1 above the threshold,
        0 below, 1/2 on it.

    Raises
    ------
    NotEstimable
        ``option`` when df is not above 2, ``not_finite``, ``not_positive`` for a negative
        deviation.

    Notes
    -----
    :math:`P(X > c) = F_\nu\!\left(\frac{m - c}{d} \sqrt{\nu / (\nu - 2)}\right)`.

    Examples
    --------
    >>> probability_above(0.0, [0.0, 1.0], 1.0).round(4).tolist()
    [0.5, 0.8413]
    """
    from scipy.special import ndtr, stdtr

    if not df > 2.0:
        raise NotEstimable("option", df=df)
    centre, spread = np.broadcast_arrays(
        np.asarray(mean, dtype=np.float64) - threshold, np.asarray(deviation, dtype=np.float64)
    )
    if not (np.isfinite(centre).all() and np.isfinite(spread).all()):
        raise NotEstimable("not_finite")
    if (spread < 0.0).any():
        raise NotEstimable("not_positive")
    fixed = spread == 0.0
    units = centre / np.where(fixed, 1.0, spread)
    chance = ndtr(units) if math.isinf(df) else stdtr(df, units * math.sqrt(df / (df - 2.0)))
    found: Floats = np.where(fixed, 0.5 + 0.5 * np.sign(centre), chance)
    return found
