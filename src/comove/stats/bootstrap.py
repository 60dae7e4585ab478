"""Stationary block bootstrap: rows drawn in random blocks, and how long a block should be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, vector

Ints = NDArray[np.int64]
# replications counted at a time: the scratch arrays stay in the processor's cache
_BATCH = 64


def stationary_indices(
    nobs: int, length: int, block: float, replications: int, rng: np.random.Generator
) -> Ints:
    """Draw row numbers of stationary bootstrap samples.

    Parameters
    ----------
    nobs
        Number of rows drawn from, T >= 1.
    length
        Rows of one replication, n >= 1; may differ from T.
    block
        Mean block length in rows, >= 1 (1 draws rows independently).
    replications
        Number of replications, R >= 1.
    rng
        Source of chance; the same state gives the same rows.

    Returns
    -------
    Ints
        Shape (R, n), values in 0..T-1.

    Raises
    ------
    NotEstimable
        ``too_short`` when a size is below 1; ``block`` when the mean block is below 1 or not
        finite.

    Notes
    -----
    Row t of a replication starts a new block at a uniformly drawn row with probability 1/block and
    otherwise follows its predecessor, wrapping from the last row to the first.  Block lengths are
    therefore geometric.  The replications are laid end to end and only the gaps between block
    starts are drawn, which is exact because a geometric gap has no memory: every replication
    begins a block of its own.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Examples
    --------
    >>> rows = stationary_indices(100, 50, 5.0, 3, np.random.default_rng(0))
    >>> rows.shape, bool((rows >= 0).all() and (rows < 100).all())
    ((3, 50), True)
    """
    if min(nobs, length, replications) < 1:
        raise NotEstimable("too_short", nobs=nobs, length=length, replications=replications)
    if not (math.isfinite(block) and block >= 1.0):
        raise NotEstimable("block", block=block)
    total = replications * length
    begins = np.zeros(total, dtype=bool)
    begins[_block_starts(total, 1.0 / block, rng)] = True
    begins[::length] = True
    starts = np.flatnonzero(begins)
    rows = rng.integers(0, nobs, size=starts.size)
    # one array of steps, summed in place: 1 inside a block, a jump to the drawn row at its start
    drawn = np.ones(total, dtype=np.int64)
    drawn[0] = rows[0]
    drawn[starts[1:]] = rows[1:] - (rows[:-1] + np.diff(starts) - 1)
    np.cumsum(drawn, out=drawn)
    drawn %= nobs
    return drawn.reshape(replications, length)


def row_counts(indices: ArrayLike, nobs: int) -> Floats:
    """Count how often each row was drawn in each replication.

    Parameters
    ----------
    indices
        Shape (R, n), integers in 0..nobs-1, e.g. from :func:`stationary_indices`.
    nobs
        Number of rows T the indices refer to.

    Returns
    -------
    Floats
        Shape (R, T); each line sums to n.  A statistic that is a sum over rows is one matrix
        product with these weights.

    Raises
    ------
    NotEstimable
        ``shape`` when the indices are not (R, n) or point outside the rows.

    Examples
    --------
    >>> row_counts([[0, 0, 2], [1, 1, 1]], 3).tolist()
    [[2.0, 0.0, 1.0], [0.0, 3.0, 0.0]]
    """
    rows = np.asarray(indices, dtype=np.int64)
    if rows.ndim != 2 or rows.size == 0 or rows.min() < 0 or rows.max() >= nobs:
        raise NotEstimable("shape", got=rows.shape, nobs=nobs)
    counts = np.empty((rows.shape[0], nobs))
    for first in range(0, rows.shape[0], _BATCH):
        some = rows[first : first + _BATCH]
        cells = some + nobs * np.arange(some.shape[0])[:, None]
        found = np.bincount(cells.ravel(), minlength=some.shape[0] * nobs)
        counts[first : first + _BATCH] = found.reshape(-1, nobs)
    return counts


def optimal_block(x: ArrayLike) -> float:
    """Choose the mean block length of the stationary bootstrap from the data.

    Parameters
    ----------
    x
        Shape (T,), T >= 20.  No NaN.  Any unit: the answer does not depend on scale or level.

    Returns
    -------
    float
        Mean block length in rows, between 1 and ``ceil(min(3 sqrt(T), T / 3))``.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Notes
    -----
    ``b = (2 G^2 / D)^(1/3) T^(1/3)`` with ``G = sum h(k/M) |k| g_k``, ``D = 2 (sum h(k/M) g_k)^2``,
    g_k the autocovariances over k = -M..M and h the flat-top window ``min(1, 2 (1 - |k/M|))``.
    M is twice the first lag from which five autocorrelations in a row stay inside
    ``2 sqrt(log10(T) / T)``, at most ``ceil(sqrt(T)) + 5``.

    References
    ----------
    Politis, D. N. and White, H. (2004). Automatic block-length selection for the dependent
    bootstrap. Econometric Reviews 23, 53-70.
    Patton, A., Politis, D. N. and White, H. (2009). Correction to "Automatic block-length
    selection for the dependent bootstrap". Econometric Reviews 28, 372-375.

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal(400)
    >>> steady = np.convolve(noise, np.ones(10), mode="valid")
    >>> optimal_block(noise) < optimal_block(steady)
    True
    """
    sample = vector(x, least=20)
    nobs = sample.size
    deviation = sample - sample.mean()
    deviation /= np.abs(deviation).max()
    run = max(5, int(math.log10(nobs)))
    furthest = math.ceil(math.sqrt(nobs)) + run
    covariance, correlation = _autocovariances(deviation, furthest)
    lags = _bandwidth(correlation, run, 2.0 * math.sqrt(math.log10(nobs) / nobs))
    k = np.arange(1, lags + 1)
    window = np.minimum(1.0, 2.0 * (1.0 - k / lags))
    slope = 2.0 * float(window * k @ covariance[1 : lags + 1])
    spectrum = float(covariance[0]) + 2.0 * float(window @ covariance[1 : lags + 1])
    largest = math.ceil(min(3.0 * math.sqrt(nobs), nobs / 3.0))
    if spectrum == 0.0:
        return float(largest)
    best = float(np.cbrt(slope**2 / spectrum**2 * nobs))
    return min(max(best, 1.0), float(largest))


def percentile_interval(draws: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Cut equal tails off the bootstrap draws.

    Parameters
    ----------
    draws
        Shape (R, ...), one replication a line; unit of the statistic.  A NaN is refused: a
        replication that could not be estimated must be dealt with, not skipped.
    level
        Coverage aimed at, strictly between 0 and 1.

    Returns
    -------
    tuple[Floats, Floats]
        Low and high, each of the trailing shape: the ``(1 - level) / 2`` and ``(1 + level) / 2``
        quantiles, interpolated linearly.

    Raises
    ------
    NotEstimable
        ``too_short`` with fewer than two draws, ``not_finite`` with a NaN or an infinity,
        ``level`` outside (0, 1).

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), level=0.9)
    >>> round(float(low), 9), round(float(high), 9)
    (5.0, 95.0)
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim < 1 or values.shape[0] < 2:
        raise NotEstimable("too_short", draws=values.shape, least=2)
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    if not np.isfinite(values).all():
        raise NotEstimable("not_finite")
    tail = (1.0 - level) / 2.0
    ordered = np.sort(values, axis=0)
    return _at_rank(ordered, tail), _at_rank(ordered, 1.0 - tail)


def _at_rank(ordered: Floats, chance: float) -> Floats:
    """Quantile along axis 0 of sorted draws, linear between neighbours."""
    last = ordered.shape[0] - 1
    below = min(int(chance * last), last)
    above = min(below + 1, last)
    step = ordered[above] - ordered[below]
    return np.asarray(ordered[below] + (chance * last - below) * step, dtype=np.float64)


def _block_starts(total: int, chance: float, rng: np.random.Generator) -> Ints:
    """Positions in 0..total-1 at which a block begins, as sums of geometric gaps."""
    if chance == 1.0:
        return np.arange(total, dtype=np.int64)
    mean = total * chance
    found = np.zeros(0, dtype=np.int64)
    reached = -1
    while reached < total:
        batch = int(mean + 4.0 * math.sqrt(mean)) + 16
        places = reached + np.cumsum(rng.geometric(chance, size=batch))
        found = np.concatenate([found, places])
        reached = int(places[-1])
        mean = max(total - reached, 0) * chance
    return found[found < total]


def _autocovariances(deviation: Floats, furthest: int) -> tuple[Floats, Floats]:
    """Autocovariances (divisor T) and absolute autocorrelations at lags 0..furthest."""
    nobs = deviation.size
    covariance = np.empty(furthest + 1)
    correlation = np.empty(furthest + 1)
    for lag in range(furthest + 1):
        late, early = deviation[lag:], deviation[: nobs - lag]
        product = float(late @ early)
        scale = math.sqrt(float(late @ late) * float(early @ early))
        covariance[lag] = product / nobs
        correlation[lag] = abs(product) / scale if scale > 0.0 else 0.0
    return covariance, correlation


def _bandwidth(correlation: Floats, run: int, bound: float) -> int:
    """Twice the first lag from which ``run`` autocorrelations in a row are inside the bound."""
    furthest = correlation.size - 1
    quiet = np.lib.stride_tricks.sliding_window_view(correlation[1:furthest] < bound, run).all(1)
    first = int(np.argmax(quiet)) + 1 if quiet.any() else furthest
    return min(2 * first, furthest)
