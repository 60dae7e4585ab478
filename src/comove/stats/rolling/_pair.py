"""Rolling correlation of two series, and of many simulated paths at once."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.rolling._path import CorrelationPath, fisher, labels_of
from comove.stats.sample import Floats, column, vector

Bools = NDArray[np.bool_]

SHORTEST = 3
"""Shortest window: two points always correlate perfectly."""

_BLOCK = 1 << 16  # window elements handled at once: half a megabyte stays in cache


def pair(
    x: ArrayLike,
    y: ArrayLike,
    window: int,
    *,
    min_periods: int | None = None,
    level: float = 0.95,
) -> CorrelationPath:
    r"""Return the rolling Pearson correlation of two series.

    Parameters
    ----------
    x, y
        Shape (T,), T >= window, same clock; not constant. No NaN unless ``min_periods`` is given.
    window
        Observations per value, at least 3.
    min_periods
        Accept missing values, as NaN: a window uses the rows that both series have, and needs at
        least this many, 3 or more.
    level
        Coverage of the band at each point.

    Returns
    -------
    CorrelationPath
        Entry t uses observations t - window + 1 .. t; NaN before the first full window, where a
        window has too few rows and where either series is constant in them.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``min_periods`` or ``level`` out of
        range.

    Notes
    -----
    Every window is centred on its own mean (two passes), so a spike leaves no trace once it has
    left the window, as it would with running sums.

    The band is Fisher's, :math:`\tanh(\operatorname{artanh} r \mp z / \sqrt{n - 3})` with n the
    rows of the window: right for independent normal rows, point by point.  Volatility that
    clusters makes the truth wider (:func:`comove.stats.correlation.correlation`), and the highest
    of many windows needs a test of its own (:func:`comove.stats.peak_correlation.peak_test`).

    References
    ----------
    Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation deduced from a
    small sample. Metron 1, 3-32.

    Examples
    --------
    >>> pair([1, 2, 3, 4, 3], [2, 4, 6, 5, 9], 3).value.round(3).tolist()
    [nan, nan, 1.0, 0.5, -0.693]
    >>> pair([1, 2, 3, np.nan, 3], [2, 4, 6, 5, 9], 4, min_periods=3).value.round(3).tolist()
    [nan, nan, nan, 1.0, 0.803]
    """
    if window < SHORTEST:
        raise NotEstimable("too_short", nobs=window, least=SHORTEST)
    if min_periods is None:
        value, count = _full(x, y, window), np.array(float(window))
    else:
        value, count = _gapped(x, y, window, min_periods)
    low, high = fisher(value, count, level)
    return CorrelationPath(
        index=labels_of(x),
        value=value,
        low=low,
        high=high,
        rule=f"window {window}",
        level=level,
        nobs=len(value),
    )


def _full(x: ArrayLike, y: ArrayLike, window: int) -> Floats:
    """Correlate every window of two complete series."""
    first, second = vector(x, least=window), vector(y, least=window)
    if len(first) != len(second):
        raise NotEstimable("shape", got=(len(first), len(second)))
    out = np.full(len(first), np.nan)
    left, right = sliding_window_view(first, window), sliding_window_view(second, window)
    step = max(1, _BLOCK // window)
    for start in range(0, len(left), step):
        rows = slice(start, min(start + step, len(left)))
        out[rows.start + window - 1 : rows.stop + window - 1] = _by_row(left[rows], right[rows])
    flat = _flat(first, window) | _flat(second, window)
    out[window - 1 :][flat] = np.nan
    return out


def _gapped(x: ArrayLike, y: ArrayLike, window: int, least: int) -> tuple[Floats, Floats]:
    """Correlate over the rows of each window that both series have, and count them."""
    if not SHORTEST <= least <= window:
        raise NotEstimable("min_periods", min_periods=least, window=window, least=SHORTEST)
    first, second = column(x), column(y)
    if first.shape != second.shape:
        raise NotEstimable("shape", got=(first.shape, second.shape))
    both = np.stack([first, second], axis=-1)
    there = ~np.isnan(both).any(axis=-1)
    # What is left must be two series of their own right.
    for series in both.T:
        vector(series[there], least=SHORTEST)
    if len(both) < window:
        raise NotEstimable("too_short", nobs=len(both), least=window)
    out = np.full(len(both), np.nan)
    pairs = sliding_window_view(both, window, axis=0)
    kept = sliding_window_view(there, window)
    step = max(1, _BLOCK // window)
    for start in range(0, len(kept), step):
        rows = slice(start, min(start + step, len(kept)))
        values = _of_pairs(pairs[rows], kept[rows], least)
        out[rows.start + window - 1 : rows.stop + window - 1] = values
    count = np.zeros(len(both))
    count[window - 1 :] = kept.sum(axis=1)
    return out, count


def _of_pairs(pairs: Floats, kept: Bools, least: int) -> Floats:
    """Correlation of each window (B, 2, window) over the rows kept (B, window)."""
    count = kept.sum(axis=1)
    values = np.where(kept[:, None], pairs, 0.0)
    mean = values.sum(axis=2) / np.maximum(count, 1)[:, None]
    left = np.where(kept[:, None], pairs - mean[:, :, None], 0.0)
    lowest = np.where(kept[:, None], pairs, np.inf).min(axis=2)
    highest = np.where(kept[:, None], pairs, -np.inf).max(axis=2)
    scale = np.sqrt((left**2).sum(axis=2)).prod(axis=1)
    usable = (count >= least) & (highest > lowest).all(axis=1) & (scale > 0.0)
    out = np.full(len(kept), np.nan)
    np.divide((left[:, 0] * left[:, 1]).sum(axis=1), scale, out=out, where=usable)
    return np.clip(out, -1.0, 1.0, out=out)


def _by_row(x: Floats, y: Floats) -> Floats:
    """Correlation of each row of (B, window) with its partner; NaN where nothing varies."""
    dx = x - x.mean(axis=1, keepdims=True)
    dy = y - y.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.einsum("ij,ij->i", dx, dx)) * np.sqrt(np.einsum("ij,ij->i", dy, dy))
    out = np.full(len(x), np.nan)
    np.divide(np.einsum("ij,ij->i", dx, dy), scale, out=out, where=scale > 0.0)
    return np.clip(out, -1.0, 1.0, out=out)


def _flat(x: Floats, window: int) -> Bools:
    """Whether each window holds one repeated value, counted exactly rather than by variance."""
    moves = np.concatenate([[0], np.cumsum(np.diff(x) != 0.0)])
    return np.asarray(moves[window - 1 :] == moves[: len(x) - window + 1])


def paths(x: Floats, y: Floats, window: int) -> Floats:
    """Return rolling correlations of many simulated paths at once.

    Parameters
    ----------
    x, y
        Shape (T, R), one path per column, finite, of mean near zero and comparable scale over
        time: running sums are used, which is exact enough for simulated returns only. For data
        use `pair`.
    window
        Observations per value, 3 <= window <= T.

    Returns
    -------
    Floats
        Shape (T - window + 1, R). NaN where a window does not vary.

    Raises
    ------
    NotEstimable
        ``shape`` or ``too_short``.

    Notes
    -----
    r = (Sxy - Sx Sy / w) / sqrt((Sxx - Sx^2 / w)(Syy - Sy^2 / w)), S being running sums.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [3.0], [4.0], [3.0]])
    >>> y = np.array([[2.0], [4.0], [6.0], [5.0], [9.0]])
    >>> paths(x, y, 3)[:, 0].round(3).tolist()
    [1.0, 0.5, -0.693]
    """
    if x.shape != y.shape or x.ndim != 2:
        raise NotEstimable("shape", got=(x.shape, y.shape))
    if not SHORTEST <= window <= len(x):
        raise NotEstimable("too_short", nobs=len(x), least=max(window, SHORTEST))
    sx, sy = _sums(x, window), _sums(y, window)
    vx, vy, vxy = _sums(x * x, window), _sums(y * y, window), _sums(x * y, window)
    floors = (1e-12 * vx.max(axis=0), 1e-12 * vy.max(axis=0))
    vxy -= sx * sy / window
    vx -= np.multiply(sx, sx, out=sx) / window
    vy -= np.multiply(sy, sy, out=sy) / window
    still = (vx <= floors[0]) | (vy <= floors[1])
    vx *= vy
    vx[still] = np.nan
    vxy /= np.sqrt(vx, out=vx)
    return vxy


def _sums(x: Floats, window: int) -> Floats:
    """Sum each run of ``window`` rows, shape (T - window + 1, R)."""
    total = np.cumsum(x, axis=0)
    out = total[window - 1 :].copy()
    out[1:] -= total[:-window]
    return out
