"""Compiled regression that forgets at one rate and learns the noise as it goes.

Loads numba: import it only where it is to run.  The covariance of the coefficients is kept as a
square root, updated in Potter's form: a step costs O(q^2) and cannot turn a variance negative.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from comove.stats.kalman._information import absorb, invert, locate, rank
from comove.stats.sample import Floats

ERROR, SIZE, NOISE, FREEDOM, LATER_NOISE, LATER_FREEDOM = range(6)
"""Columns of the steps: forecast error, its variance over the noise's, the noise's variance and
degrees of freedom as they forecast the row, and as known after it."""


@njit(cache=True, nogil=True)
def learn(noise: Floats, square: float, fade: float) -> None:
    """Take a squared error of unit weight into the noise, its variance and degrees of freedom."""
    kept = fade * noise[1]
    noise[0] = (kept * noise[0] + square) / (kept + 1.0)
    noise[1] = kept + 1.0


@njit(cache=True, nogil=True)
def open_row(
    data: tuple[Floats, Floats],
    fades: tuple[float, float],
    start: tuple[Floats, Floats],
    belief: tuple[Floats, Floats, Floats],
    t: int = 0,
) -> bool:
    """Take row t while a direction is unknown; tell whether every one is known now.

    ``data`` is regressors (T, q) and targets (T); ``fades`` discounts the coefficients and the
    noise; ``start`` is the triangle (q, q + 1) and the largest sizes (q) seen; ``belief``, mean
    (q), root (q, q) and noise (2), of which the noise is kept and the others are filled at last.
    """
    root, largest = start
    mean, inverse, noise = belief
    size = root.shape[0]
    root *= math.sqrt(fades[0])
    row = np.empty(size + 1)
    row[:size] = data[0][t]
    row[size] = data[1][t]
    left, opened = absorb(root, row, largest)
    if opened:
        noise[1] *= fades[1]
    else:
        learn(noise, left * left, fades[1])
    if rank(root) < size:
        return False
    invert(root, inverse)
    locate(root, inverse, mean)
    return True


@njit(cache=True, nogil=True)
def open_up(
    data: tuple[Floats, Floats],
    fades: tuple[float, float],
    belief: tuple[Floats, Floats, Floats],
    path: tuple[Floats, Floats, Floats],
) -> int:
    """Read rows until every direction is known; return how many, 0 when one stays unknown.

    ``data``, ``fades`` and ``belief`` as in :func:`open_row`; ``path`` is means and variances
    (T, q), these over the noise's, and steps (T, 6), NaN in these rows but for what is known after
    the last.
    """
    nobs, size = data[0].shape
    start = np.zeros((size, size + 1)), np.zeros(size)
    belief[2][:] = 0.0
    for t in range(nobs):
        for part in path:
            part[t] = np.nan
        if open_row(data, fades, start, belief, t):
            report(belief, path, t)
            return t + 1
    return 0


@njit(cache=True, nogil=True)
def report(
    belief: tuple[Floats, Floats, Floats], path: tuple[Floats, Floats, Floats], t: int
) -> None:
    """Write a belief into line t."""
    mean, root, noise = belief
    for i in range(mean.shape[0]):
        square = 0.0
        for j in range(mean.shape[0]):
            square += root[i, j] * root[i, j]
        path[0][t, i] = mean[i]
        path[1][t, i] = square
    path[2][t, LATER_NOISE], path[2][t, LATER_FREEDOM] = noise[0], noise[1]


@njit(cache=True, nogil=True)
def forget(
    data: tuple[Floats, Floats],
    fades: tuple[float, float],
    belief: tuple[Floats, Floats, Floats],
    first: int,
    path: tuple[Floats, Floats, Floats],
) -> None:
    """Filter from row ``first`` on; ``belief`` is what is known before it and is carried along."""
    rows, targets = data
    mean, root, noise = belief
    steps = path[2]
    nobs, size = rows.shape
    grow = 1.0 / math.sqrt(fades[0])
    across, along = np.empty(size), np.empty(size)
    for t in range(first, nobs):
        error, square = targets[t], 1.0
        for j in range(size):
            error -= rows[t, j] * mean[j]
            across[j] = 0.0
            for i in range(size):
                root[i, j] *= grow
                across[j] += root[i, j] * rows[t, i]
            square += across[j] * across[j]
        steps[t, ERROR], steps[t, SIZE] = error, square
        steps[t, NOISE], steps[t, FREEDOM] = noise[0], fades[1] * noise[1]
        gain = 1.0 / square
        pull = gain / (1.0 + math.sqrt(gain))
        for i in range(size):
            along[i] = 0.0
            for j in range(size):
                along[i] += root[i, j] * across[j]
        for i in range(size):
            mean[i] += gain * error * along[i]
            for j in range(size):
                root[i, j] -= pull * along[i] * across[j]
        learn(noise, error * error * gain, fades[1])
        report(belief, path, t)
