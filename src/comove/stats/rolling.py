"""Correlation that moves with time: rolling windows and exponential weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.regression import critical_value
from comove.stats.sample import Floats, vector

SHORTEST = 3
"""Shortest window: two points always correlate perfectly."""

_BLOCK = 1 << 16  # window elements handled at once: half a megabyte stays in cache


@dataclass(frozen=True, kw_only=True)
class CorrelationBand:
    """Pointwise interval around a path of correlations.

    Attributes
    ----------
    low, high
        Shape of the path; NaN where the path is NaN.
    level
        Coverage at each point (not of the whole path).
    nobs_effective
        The effective sample behind each value.
    """

    low: Floats
    high: Floats
    level: float
    nobs_effective: float


def pair(x: ArrayLike, y: ArrayLike, window: int) -> Floats:
    """Return the rolling Pearson correlation of two series.

    Parameters
    ----------
    x, y
        Shape (T,), T >= window, same clock. No NaN, not constant.
    window
        Observations per value, at least 3.

    Returns
    -------
    Floats
        Shape (T,), read-only. Entry t uses observations t - window + 1 .. t; NaN before the first
        full window and where either series is constant inside the window.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Notes
    -----
    Every window is centred on its own mean (two passes), so a spike leaves no trace once it has
    left the window, as it would with running sums.

    Examples
    --------
    >>> pair([1, 2, 3, 4, 3], [2, 4, 6, 5, 9], 3).round(3).tolist()
    [nan, nan, 1.0, 0.5, -0.693]
    """
    if window < SHORTEST:
        raise NotEstimable("too_short", nobs=window, least=SHORTEST)
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
    out.setflags(write=False)
    return out


def _by_row(x: Floats, y: Floats) -> Floats:
    """Correlation of each row of (B, window) with its partner; NaN where nothing varies."""
    dx = x - x.mean(axis=1, keepdims=True)
    dy = y - y.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.einsum("ij,ij->i", dx, dx)) * np.sqrt(np.einsum("ij,ij->i", dy, dy))
    out = np.full(len(x), np.nan)
    np.divide(np.einsum("ij,ij->i", dx, dy), scale, out=out, where=scale > 0.0)
    return np.clip(out, -1.0, 1.0, out=out)


def _flat(x: Floats, window: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
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


def ewma(x: ArrayLike, y: ArrayLike, decay: float) -> Floats:
    """Return the exponentially weighted correlation of two return series.

    Parameters
    ----------
    x, y
        Shape (T,): returns on the same clock, taken as having mean zero. No NaN, not constant.
    decay
        Weight kept per step, in (0, 1); 0.94, 0.97 and 0.99 are customary.

    Returns
    -------
    Floats
        Shape (T,), read-only. Entry t uses observations 0 .. t.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``decay`` out of range.

    Notes
    -----
    r_t = sum_j l^j x y / sqrt(sum_j l^j x^2 sum_j l^j y^2) over j = 0 .. t: the sums start empty,
    so nothing is invented before the sample. The first ceil((1 + l)/(1 - l)) - 1 values, which
    rest on less than the effective sample of the filter, are NaN.

    References
    ----------
    J.P. Morgan and Reuters (1996), "RiskMetrics technical document".

    Examples
    --------
    >>> ewma([1, 2, -1, 3, 1], [1, 1, -2, 2, 2], 0.5).round(3).tolist()
    [nan, nan, 0.827, 0.926, 0.863]
    """
    start = math.ceil(_effective(decay) - 1e-9)  # 1.9 / 0.1 is 19, whatever floats say
    first, second = vector(x, least=start), vector(y, least=start)
    if len(first) != len(second):
        raise NotEstimable("shape", got=(len(first), len(second)))
    sxx = syy = sxy = 0.0
    values = []
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        sxx = decay * sxx + a * a
        syy = decay * syy + b * b
        sxy = decay * sxy + a * b
        scale = math.sqrt(sxx) * math.sqrt(syy)
        values.append(sxy / scale if scale > 0.0 else math.nan)
    out: Floats = np.clip(np.array(values), -1.0, 1.0)
    out[: start - 1] = np.nan
    out.setflags(write=False)
    return out


def ewma_interval(value: ArrayLike, decay: float, level: float = 0.95) -> CorrelationBand:
    """Return the pointwise Fisher interval of an exponentially weighted correlation.

    Parameters
    ----------
    value
        Correlations of any shape, in [-1, 1]; NaN gives NaN.
    decay
        The decay they were computed with, in (0, 1).
    level
        Coverage at each point.

    Returns
    -------
    CorrelationBand
        Read-only arrays of the shape of ``value``.

    Raises
    ------
    NotEstimable
        ``decay`` or ``level`` out of range.

    Notes
    -----
    tanh(atanh r -+ z / sqrt(n - 3)) with n = (1 + l) / (1 - l), the sample size whose mean has
    the variance of the weighted mean; valid for independent returns. [-1, 1] when n <= 3.

    Examples
    --------
    >>> band = ewma_interval(0.5, 0.97)
    >>> round(band.nobs_effective, 1), round(float(band.low), 2), round(float(band.high), 2)
    (65.7, 0.29, 0.66)
    """
    nobs = _effective(decay)
    half = critical_value(level) / math.sqrt(nobs - 3.0) if nobs > 3.0 else math.inf
    inside = np.clip(np.asarray(value, dtype=np.float64), -1.0 + 1e-16, 1.0 - 1e-16)
    centre = np.arctanh(inside)
    low, high = np.tanh(centre - half), np.tanh(centre + half)
    for array in (low, high):
        array.setflags(write=False)
    return CorrelationBand(low=low, high=high, level=level, nobs_effective=nobs)


def _effective(decay: float) -> float:
    if not 0.0 < decay < 1.0:
        raise NotEstimable("decay", decay=decay)
    return (1.0 + decay) / (1.0 - decay)
