"""Empirical tail dependence: how often one falls hard when the other does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.dependence._pair import pair
from comove.stats.frames import data_frame
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

Tail = Literal["lower", "upper"]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 5
"""Fewest rows in a tail."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TailDependence(Result):
    """Chances that y is in its tail given that x is.

    Parameters
    ----------
    quantiles
        Shape (q,), shares of the rows that count as tail.
    value, low, high
        Shape (q,): P(y in its tail | x in its tail), with its interval.
    excess
        Shape (q,): the value less the quantile, which is what independence would give.
    counts, joint
        Shape (q,): rows in the tail of x, and of those the rows in the tail of y.
    tail
        ``"lower"`` or ``"upper"``.
    level, lags, nobs
        Coverage, Bartlett lag, T.
    """

    headline: ClassVar[tuple[str, ...]] = ()

    quantiles: Floats
    value: Floats
    low: Floats
    high: Floats
    excess: Floats
    counts: Ints
    joint: Ints
    tail: Tail
    level: float
    lags: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line per quantile."""
        names = ("value", "low", "high", "excess", "counts", "joint")
        return data_frame({name: getattr(self, name) for name in names}, self.quantiles)


def tail_dependence(
    x: object,
    y: object,
    quantiles: Sequence[float] = (0.05, 0.10),
    tail: Tail = "lower",
    lags: int | None = None,
    level: float = 0.95,
) -> TailDependence:
    r"""Count how often y is in its tail on the days on which x is in its.

    Parameters
    ----------
    x, y
        Shape (T,): arrays or series, T >= 20.  Any unit; only ranks matter.  No NaN, not constant.
    quantiles
        Shares of the rows that make a tail, between 0 and 0.5.  A row of many draws the curve
        whose limit at zero is the coefficient of tail dependence.
    tail
        ``"lower"``: the smallest values; ``"upper"``: the largest.
    lags
        Bartlett lag of the interval; the default rule of
        :func:`comove.stats.regression.newey_west_lags` when None.
    level
        Coverage of the intervals.

    Returns
    -------
    TailDependence
        One chance per quantile with interval, excess over independence, and rows in the tail.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (fewer than 5 rows in a tail), ``not_finite``, ``constant``,
        ``quantile``, ``tail``, ``level``, ``lags``, or ``ties`` when equal values fill the edge of
        a tail.

    Notes
    -----
    With the k = floor(qT) smallest values of each series as its tail,

    .. math:: \hat p(q) = \frac{1}{k} \sum_t 1(x_t \in tail)\, 1(y_t \in tail)

    The interval is Wilson's for a share, with as many trials as give the long-run variance of

    .. math::
        \psi_t = \tfrac{1}{q} \{1(x_t, y_t \in tail) - q p - c_x (1(x_t \in tail) - q)
        - c_y (1(y_t \in tail) - q)\}

    where :math:`c_x` and :math:`c_y` are the chances that one is in its tail when the other is at
    the edge of its own, over a neighbourhood of :math:`T^{-1/2}` of the ranks: the tails are cut
    where the sample says, and an interval that forgets this is too wide by a fifth when dependence
    is strong.

    Common spells of volatility put both series into their tails together without any other tie;
    series divided by their conditional volatility tell one from the other.  The value rises with q
    by itself; compare like with like.

    References
    ----------
    Coles, S., Heffernan, J. and Tawn, J. (1999). Dependence measures for extreme value analyses.
    Extremes 2, 339-365.

    Schmidt, R. and Stadtmüller, U. (2006). Non-parametric estimation of tail dependence.
    Scandinavian Journal of Statistics 33, 307-335.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common, own = rng.standard_t(3, 2000), rng.standard_normal((2, 2000))
    >>> found = tail_dependence(common + own[0], common + own[1])
    >>> found.counts.tolist(), (found.low > found.quantiles).tolist()
    ([100, 200], [True, True])
    """
    critical = critical_value(level)
    first, second = pair(x, y, least=20)
    if tail not in {"lower", "upper"}:
        raise NotEstimable("tail", tail=tail)
    if tail == "upper":
        first, second = -first, -second
    nobs = first.size
    used = newey_west_lags(nobs) if lags is None else lags
    shares = np.asarray(quantiles, dtype=np.float64)
    if shares.ndim != 1 or shares.size == 0 or not ((shares > 0.0) & (shares <= 0.5)).all():
        raise NotEstimable("quantile", quantiles=tuple(quantiles))
    cells = [_estimated(_places(first), _places(second), share, used) for share in shares]
    value = np.array([cell.value for cell in cells])
    ends = [_wilson(cell.value, cell.trials, critical) for cell in cells]
    return TailDependence(
        quantiles=shares,
        value=value,
        low=np.array([low for low, _ in ends]),
        high=np.array([high for _, high in ends]),
        excess=value - shares,
        counts=np.array([cell.count for cell in cells]),
        joint=np.array([cell.joint for cell in cells]),
        tail=tail,
        level=level,
        lags=used,
        nobs=nobs,
    )


@dataclass(frozen=True, kw_only=True)
class _Cell:
    value: float
    trials: float
    count: int
    joint: int


def _places(values: Floats) -> Ints:
    """Place of each value among all, from 1; equal values share the smallest."""
    places: Ints = np.searchsorted(np.sort(values), values, side="left") + 1
    return places


def _estimated(first: Ints, second: Ints, share: float, lags: int) -> _Cell:
    """Estimate one quantile from the places of both series."""
    nobs = first.size
    size = math.floor(share * nobs + 1e-9)
    if size < FEWEST:
        raise NotEstimable("too_short", rows=size, least=FEWEST, quantile=share)
    low, under = first <= size, second <= size
    count, joint = int(low.sum()), int((low & under).sum())
    value = joint / count
    if joint in {0, count}:
        return _Cell(value=value, trials=float(count), count=count, joint=joint)
    cut = count / nobs, int(under.sum()) / nobs
    influence = (low & under) - joint / nobs
    influence = influence - _at_the_edge(first, size, under) * (low - cut[0])
    influence = (influence - _at_the_edge(second, size, low) * (under - cut[1])) / cut[0]
    variance = float(long_run_covariance(influence[:, None], lags)[0, 0]) / nobs
    most = float(nobs)
    trials = min(value * (1.0 - value) / variance, most) if variance > 0.0 else most
    return _Cell(value=value, trials=trials, count=count, joint=joint)


def _at_the_edge(places: Ints, size: int, other: Flags) -> float:
    """Share of rows near the edge of one tail that lie in the tail of the other."""
    reach = math.sqrt(places.size)
    near = np.abs(places - 0.5 - size) < reach
    if not near.any():
        raise NotEstimable("ties", rows=places.size)
    return float(other[near].mean())


def _wilson(share: float, trials: float, critical: float) -> tuple[float, float]:
    square = critical**2 / trials
    centre = (share + square / 2.0) / (1.0 + square)
    half = math.sqrt(share * (1.0 - share) * square + square**2 / 4.0) / (1.0 + square)
    return max(centre - half, 0.0), min(centre + half, 1.0)
