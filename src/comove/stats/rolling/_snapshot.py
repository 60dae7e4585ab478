"""Correlation of every pair of columns over one window."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import table
from comove.stats.rolling._pair import SHORTEST
from comove.stats.rolling._path import CorrelationTable
from comove.stats.sample import LARGEST, Floats

_ROUNDING = 4.0 * np.finfo(np.float64).eps


def snapshot(x: ArrayLike, *, min_periods: int | None = None) -> CorrelationTable:
    """Return the correlation matrix of a table over all its rows.

    Parameters
    ----------
    x
        Shape (T, k), T >= 3, array or data frame.  Missing values are NaN: each pair uses the rows
        it has.  No infinity.
    min_periods
        Fewest rows a pair needs, at least 3; all of them when None.

    Returns
    -------
    CorrelationTable
        Symmetric; NaN where a pair has no correlation.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` for an infinity, ``min_periods`` out of range.

    Notes
    -----
    One matrix product of the standardised columns, in double precision; with missing values six
    of them (counts, sums, squares and products over the rows that both have), around each column's
    median.

    Examples
    --------
    >>> snapshot([[1.0, 2.0, 5.0], [2.0, 3.0, 5.0], [3.0, 5.0, 5.0]]).value.round(2).tolist()
    [[1.0, 0.98, nan], [0.98, 1.0, nan], [nan, nan, nan]]
    """
    data = table(x)
    values = data.values
    nobs = values.shape[0]
    least = nobs if min_periods is None else min_periods
    if nobs < SHORTEST:
        raise NotEstimable("too_short", nobs=nobs, least=SHORTEST)
    if not SHORTEST <= least <= nobs:
        raise NotEstimable("min_periods", min_periods=least, nobs=nobs, least=SHORTEST)
    if (np.abs(values) > LARGEST).any():
        raise NotEstimable("not_finite")
    missing = np.isnan(values)
    found = _gapped(values, missing, least) if missing.any() else _whole(values)
    np.clip(found, -1.0, 1.0, out=found)
    diagonal = np.einsum("ii->i", found)
    diagonal[~np.isnan(diagonal)] = 1.0
    return CorrelationTable(names=data.names, value=found, nobs=nobs)


def _whole(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    # Once more: a mean far from zero is not known to the last digit.
    centred -= centred.mean(axis=0)
    length = np.sqrt(np.einsum("ij,ij->j", centred, centred))
    length[(values == values[0]).all(axis=0)] = np.nan
    centred /= np.where(length > 0.0, length, np.nan)
    return np.asarray(centred.T @ centred)


def _gapped(values: Floats, missing: NDArray[np.bool_], least: int) -> Floats:
    there = (~missing).astype(np.float64)
    some = there.any(axis=0)
    anchor = np.zeros(values.shape[1])
    anchor[some] = np.nanmedian(values[:, some], axis=0)
    left = np.where(missing, 0.0, values - anchor)
    size = np.abs(left).max(axis=0)
    left /= np.where(size > 0.0, size, 1.0)
    count = there.T @ there
    usable = np.where(count >= least, count, np.nan)
    own, squares = left.T @ there, (left * left).T @ there
    spread = squares - own * own / usable
    spread[spread <= _ROUNDING * usable * squares] = np.nan
    found = left.T @ left - own * own.T / usable
    found /= np.sqrt(spread) * np.sqrt(spread.T)
    return np.asarray(found)
