"""How far below its trailing maximum a price stands, and when that maximum was set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, vector

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Drawdown:
    """A price against its own trailing maximum, row by row.

    Attributes
    ----------
    depth
        Shape (T,), simple return from the trailing maximum, between -1 and 0.
    peak
        Shape (T,), row of that maximum; the latest one when it was touched more than once.
        Never decreases from row to row.
    """

    depth: Floats
    peak: Ints


def drawdown(prices: ArrayLike, lookback: int = 252) -> Drawdown:
    """Measure the fall from the highest of the last ``lookback`` prices.

    Parameters
    ----------
    prices
        Shape (T,), positive, any unit.  No NaN.
    lookback
        Number of rows the maximum looks at, the row itself included; the rows there are while
        fewer are held.

    Returns
    -------
    Drawdown
        Read-only arrays; row t depends on rows up to t only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``not_positive``, or ``option`` when the
        lookback is below 1.

    Notes
    -----
    ``DD(t) = P(t) / max_{t-L < s <= t} P(s) - 1``.

    Examples
    --------
    >>> fall = drawdown([100.0, 120.0, 90.0, 96.0])
    >>> fall.depth.tolist(), fall.peak.tolist()
    ([0.0, 0.0, -0.25, -0.19999999999999996], [0, 1, 1, 1])
    """
    if lookback < 1:
        raise NotEstimable("option", lookback=lookback)
    path = positive(vector(prices, varies=False))
    span = min(lookback, path.size)
    padded = np.concatenate([np.full(span - 1, -np.inf), path])
    newest_first = np.lib.stride_tricks.sliding_window_view(padded, span)[:, ::-1]
    # argmax takes the first of equals: with the newest row in front that is the latest peak
    peak = np.arange(path.size) - newest_first.argmax(axis=1)
    depth = path / path[peak] - 1.0
    depth.setflags(write=False)
    peak.setflags(write=False)
    return Drawdown(depth, peak)


def positive(prices: Floats) -> Floats:
    """Return prices as they are, or refuse them when one is not above zero.

    Parameters
    ----------
    prices
        Any shape, finite.

    Returns
    -------
    Floats
        The same array.

    Raises
    ------
    NotEstimable
        ``not_positive``.

    Examples
    --------
    >>> positive(np.array([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    lowest = float(prices.min())
    if lowest <= 0.0:
        raise NotEstimable("not_positive", lowest=lowest)
    return prices
