"""Where mean and covariance change: the best cut of a sample into normal segments, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.frames import table
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

LEAST = 20
"""Fewest rows of a segment when nothing else is said: a month of sessions."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChangePoints(Result):
    """A sample cut into segments of constant mean and covariance.

    Attributes
    ----------
    names
        Of the columns.
    breaks
        First rows of the second, third, ... segment, m of them; empty when nothing changes.
    labels
        Their row labels.
    mean
        Shape (m + 1, d), of each segment.
    covariance
        Shape (m + 1, d, d), divisor n.
    cost
        Twice the negative log-likelihood of the segments, without the penalty.
    penalty, least, nobs
        Price of a break, fewest rows of a segment, T.
    """

    names: tuple[str, ...]
    breaks: tuple[int, ...]
    labels: tuple[Any, ...]
    mean: Floats
    covariance: Floats
    cost: float
    penalty: float
    least: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line a segment: start, stop (exclusive), means, standard deviations."""
        import pandas as pd

        edges = [0, *self.breaks, self.nobs]
        frame = pd.DataFrame({"start": edges[:-1], "stop": edges[1:]})
        for column, name in enumerate(self.names):
            frame[f"mean {name}"] = self.mean[:, column]
            frame[f"sd {name}"] = np.sqrt(self.covariance[:, column, column])
        return frame


def pelt(x: object, penalty: float | None = None, least: int | None = None) -> ChangePoints:
    r"""Find the changes of mean and covariance that pay their price, by exact search.

    Parameters
    ----------
    x
        Shape (T,) or (T, d), array or frame.  No NaN, no constant column.
    penalty
        What a break has to gain in twice the log-likelihood.  None: (p + 1) log T, with p = d +
        d (d + 1) / 2 parameters a segment and one for its place, as BIC counts; 3 log T for one
        series.
    least
        Fewest rows of a segment, at least d + 1 and 2; max(20, 5 d) when None.  A normal
        likelihood has no limit on few nearly equal rows, so small values find segments that are
        not there.

    Returns
    -------
    ChangePoints
        The partition with the smallest penalised cost over all partitions; on a tie the earlier
        last break.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (T < 2 least), ``not_finite``, ``option`` (penalty, least), or
        ``constant`` when a run of ``least`` rows does not vary or is collinear, where the
        likelihood has no limit; the first row of the run is given.

    Notes
    -----
    Minimises sum over segments of n log det S (S with divisor n) + penalty x breaks by dynamic
    programming over the last break.  A start s is dropped once F(s) + C(s, t) >= F(t), and not
    before t itself may be chosen, ``least`` rows later: pruning earlier, as is often done, is not
    exact.  Each start carries its own running mean and sum of squares, so a spike or a large
    level costs no digits.  Time grows with T^2 when nothing changes and with T when changes are
    many.

    Rows are taken as independent and normal.  Fat tails, and volatility that comes in waves, give
    many breaks that are neither news nor lasting: raise the penalty, or cut standardised residuals.
    It searches; it gives no p-value.

    References
    ----------
    Killick, Fearnhead and Eckley (2012), "Optimal detection of changepoints with a linear
    computational cost".

    Examples
    --------
    >>> z = np.random.default_rng(0).standard_normal(600)
    >>> z[400:] *= 3.0
    >>> pelt(z).breaks
    (401,)
    """
    from comove.stats.breaks import _kernels

    given = table(x)
    values = matrix(given.values, varies=False)
    nobs, width = values.shape
    fewest = max(LEAST, 5 * width) if least is None else least
    if fewest < max(2, width + 1):
        raise NotEstimable("option", least=fewest, smallest=max(2, width + 1))
    if nobs < 2 * fewest:
        raise NotEstimable("too_short", nobs=nobs, least=2 * fewest)
    parameters = width + width * (width + 1) // 2
    price = (parameters + 1.0) * math.log(nobs) if penalty is None else float(penalty)
    if not (math.isfinite(price) and price >= 0.0):
        raise NotEstimable("option", penalty=price)
    centred = values - values[0]
    centred -= centred.mean(axis=0)
    scale = np.sqrt(np.mean(centred * centred, axis=0))
    if (scale == 0.0).any():
        raise NotEstimable("constant")
    scaled = np.ascontiguousarray(centred / scale)
    last = np.zeros(nobs + 1, dtype=np.int64)
    if width == 1:
        status = _kernels.pelt_one(scaled[:, 0], price, fewest, last)
    else:
        status = _kernels.pelt_many(scaled, price, fewest, last)
    if status < 0:
        raise NotEstimable("constant", row=-status - 1, rows=fewest)
    breaks = _unrolled(last)
    return _described(given.names, values, breaks, (price, fewest), given.index)


def _unrolled(last: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[int, ...]:
    """Follow the last breaks back to the beginning."""
    found: list[int] = []
    place = int(last[len(last) - 1])
    while place > 0:
        found.append(place)
        place = int(last[place])
    return tuple(reversed(found))


def _described(
    names: tuple[str, ...],
    values: Floats,
    breaks: tuple[int, ...],
    asked: tuple[float, int],
    index: np.ndarray[Any, Any],
) -> ChangePoints:
    nobs, width = values.shape
    edges = [0, *breaks, nobs]
    count = len(breaks) + 1
    mean, covariance, cost = np.empty((count, width)), np.empty((count, width, width)), 0.0
    for segment, (start, stop) in enumerate(pairwise(edges)):
        rows = values[start:stop] - values[start]
        centre = rows.mean(axis=0)
        mean[segment] = centre + values[start]
        covariance[segment] = (rows - centre).T @ (rows - centre) / len(rows)
        spread = float(np.linalg.slogdet(covariance[segment])[1])
        cost += len(rows) * (spread + width * (math.log(2.0 * math.pi) + 1.0))
    return ChangePoints(
        names=names,
        breaks=breaks,
        labels=tuple(index[row] for row in breaks),
        mean=mean,
        covariance=covariance,
        cost=cost,
        penalty=asked[0],
        least=asked[1],
        nobs=nobs,
    )
