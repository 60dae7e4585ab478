"""Compiled searches over where a sample breaks.  Loads numba: import it only where it is to run."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Rows = NDArray[np.int64]

FINE = 0
SINGULAR = 1

_FLAT = 1e-12  # a determinant smaller than this, in units of its diagonal, is zero


@njit(cache=True, nogil=True)
def _prune(alive: Rows, total: Floats, best: float, now: tuple[int, int], doom: Rows) -> int:
    """Drop starts that were overtaken ``least`` rows ago; returns how many are left.

    ``now`` is (t, least); ``doom`` holds the row at which each start was overtaken.
    """
    t, least = now
    kept = 0
    for place in range(alive.shape[0]):
        s = alive[place]
        if total[place] < np.inf and total[place] >= best:
            doom[s] = min(doom[s], t)
        if t < doom[s] + least:
            alive[kept] = s
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _take(row: Floats, rows: int, mean: Floats, squares: Floats, gap: Floats) -> None:
    """Take a row into a running mean and the lower half of a running sum of products."""
    width = row.shape[0]
    for i in range(width):
        gap[i] = row[i] - mean[i]
        mean[i] += gap[i] / rows
    for i in range(width):
        for j in range(i + 1):
            squares[i, j] += gap[i] * (row[j] - mean[j])


@njit(cache=True, nogil=True)
def pelt_one(x: Floats, penalty: float, least: int, last: Rows) -> int:
    """Cut a series (T,) into normal segments; ``last[t]`` is where the segment before row t begins.

    Returns FINE, or minus the first row of a run that is constant over ``least`` rows, less one.

    Each candidate start carries the mean and the sum of squares of the rows since, updated row by
    row, so nothing is lost by subtraction.  A candidate that a later start has overtaken is dropped
    once that start may itself be chosen.
    """
    nobs = x.shape[0]
    best = np.empty(nobs + 1)
    best[0] = -penalty
    mean = np.zeros(nobs)
    squares = np.zeros(nobs)
    doom = np.full(nobs, nobs + 1, dtype=np.int64)
    alive = np.empty(nobs, dtype=np.int64)
    total = np.empty(nobs)
    count = 0
    for t in range(1, nobs + 1):
        if t == 1 or (t - 1 >= least and best[t - 1] < np.inf):
            alive[count] = t - 1
            count += 1
        value = x[t - 1]
        lowest, at = np.inf, 0
        for place in range(count):
            s = alive[place]
            rows = t - s
            gap = value - mean[s]
            mean[s] += gap / rows
            squares[s] += gap * (value - mean[s])
            if rows < least:
                total[place] = np.inf
                continue
            if not squares[s] > 0.0:
                return -1 - int(s)
            total[place] = best[s] + rows * math.log(squares[s] / rows)
            if total[place] < lowest:
                lowest, at = total[place], s
        best[t] = lowest + penalty
        last[t] = at
        count = _prune(alive[:count], total, best[t], (t, least), doom)
    return FINE


@njit(cache=True, nogil=True)
def _log_determinant(matrix: Floats, work: Floats) -> float:
    """Log determinant by Cholesky; minus infinity when singular."""
    size = matrix.shape[0]
    total = 0.0
    for i in range(size):
        for j in range(i + 1):
            value = matrix[i, j]
            for m in range(j):
                value -= work[i, m] * work[j, m]
            if i > j:
                work[i, j] = value / work[j, j]
            else:
                if not value > _FLAT * matrix[i, i]:
                    return -np.inf
                work[i, i] = math.sqrt(value)
                total += math.log(value)
    return total


@njit(cache=True, nogil=True)
def pelt_many(x: Floats, penalty: float, least: int, last: Rows) -> int:
    """Do what ``pelt_one`` does for rows of several series, (T, d), with whole covariances."""
    nobs, width = x.shape
    best = np.empty(nobs + 1)
    best[0] = -penalty
    mean = np.zeros((nobs, width))
    squares = np.zeros((nobs, width, width))
    work = np.empty((width, width))
    doom = np.full(nobs, nobs + 1, dtype=np.int64)
    alive = np.empty(nobs, dtype=np.int64)
    total = np.empty(nobs)
    gap = np.empty(width)
    count = 0
    for t in range(1, nobs + 1):
        if t == 1 or (t - 1 >= least and best[t - 1] < np.inf):
            alive[count] = t - 1
            count += 1
        lowest, at = np.inf, 0
        for place in range(count):
            s = alive[place]
            rows = t - s
            _take(x[t - 1], rows, mean[s], squares[s], gap)
            if rows < least:
                total[place] = np.inf
                continue
            spread = _log_determinant(squares[s], work)
            if spread == -np.inf:
                return -1 - int(s)
            total[place] = best[s] + rows * (spread - width * math.log(rows))
            if total[place] < lowest:
                lowest, at = total[place], s
        best[t] = lowest + penalty
        last[t] = at
        count = _prune(alive[:count], total, best[t], (t, least), doom)
    return FINE


@njit(cache=True, nogil=True)
def _invert(gram: Floats, inverse: Floats) -> bool:
    """Fill the inverse of a small positive matrix by elimination; False when singular."""
    size = gram.shape[0]
    work = gram.copy()
    for i in range(size):
        for j in range(size):
            inverse[i, j] = 1.0 if i == j else 0.0
    for i in range(size):
        pivot = work[i, i]
        if not pivot > _FLAT * gram[i, i]:
            return False
        for j in range(size):
            work[i, j] /= pivot
            inverse[i, j] /= pivot
        for r in range(size):
            if r != i:
                factor = work[r, i]
                for j in range(size):
                    work[r, j] -= factor * work[i, j]
                    inverse[r, j] -= factor * inverse[i, j]
    return True


@njit(cache=True, nogil=True)
def _begin(y: Floats, x: Floats, inverse: Floats, coef: Floats) -> float:
    """Fit the rows given; fills inverse and coefficients, returns the squares or minus one."""
    nobs, width = x.shape
    gram = np.zeros((width, width))
    target = np.zeros(width)
    for t in range(nobs):
        for i in range(width):
            target[i] += x[t, i] * y[t]
            for j in range(width):
                gram[i, j] += x[t, i] * x[t, j]
    if not _invert(gram, inverse):
        return -1.0
    for i in range(width):
        coef[i] = 0.0
        for j in range(width):
            coef[i] += inverse[i, j] * target[j]
    squares = 0.0
    for t in range(nobs):
        left = y[t]
        for i in range(width):
            left -= x[t, i] * coef[i]
        squares += left * left
    return squares


@njit(cache=True, nogil=True)
def _extend(y: float, x: Floats, inverse: Floats, coef: Floats, room: Floats) -> float:
    """Take one more row into a fit; returns by how much the squares grow."""
    width = x.shape[0]
    error = y
    scale = 1.0
    for i in range(width):
        error -= x[i] * coef[i]
        room[i] = 0.0
        for j in range(width):
            room[i] += inverse[i, j] * x[j]
    for i in range(width):
        scale += x[i] * room[i]
    for i in range(width):
        coef[i] += room[i] * error / scale
        for j in range(width):
            inverse[i, j] -= room[i] * room[j] / scale
    return error * error / scale


@njit(cache=True, nogil=True)
def partition(y: Floats, x: Floats, least: int, squares: Floats, last: Rows) -> int:
    """Find for 0..m breaks the partition of rows with the least squares.

    ``squares`` (m + 1, T + 1) is filled with the least sum of squares of the first t rows in j + 1
    segments of at least ``least`` rows, infinite where there is none; ``last`` likewise with where
    the last of them begins.  One start after the other is extended row by row, so no table of all
    segments is kept.
    """
    nobs, width = x.shape
    most = squares.shape[0]
    squares[:] = np.inf
    inverse, coef, room = np.empty((width, width)), np.empty(width), np.empty(width)
    for s in range(nobs - least + 1):
        if s > 0 and s < least:
            continue
        total = _begin(y[s : s + least], x[s : s + least], inverse, coef)
        if total < 0.0:
            return SINGULAR
        for t in range(s + least, nobs + 1):
            if t > s + least:
                total += _extend(y[t - 1], x[t - 1], inverse, coef, room)
            if s == 0:
                squares[0, t] = total
                last[0, t] = 0
            for m in range(1, most):
                value = squares[m - 1, s] + total
                if value < squares[m, t]:
                    squares[m, t] = value
                    last[m, t] = s
    return FINE
