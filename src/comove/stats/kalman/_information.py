"""Compiled square-root information filter: a start that knows nothing, and discounted regression.

Loads numba: import it only where it is to run.  What is known of b is kept as a triangle R and a
target z with R b = z + noise of unit variance, in one array (q, q + 1).  A row of R is either zero
or has a non-zero diagonal.  Nothing is ever subtracted from a covariance, so knowing nothing
(R = 0) needs no large number to stand for infinity.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Triangle = Floats
"""Shape (q, q + 1)."""
Bools = NDArray[np.bool_]

_ROUNDING = 1e-10  # what a regressor adds to those before it, relative to its size, that is nothing
_BARELY = 1e3  # inflation of a variance by the others above which covariances would lose digits
_PATIENCE = 10  # times as many rows as coefficients after which no better start is waited for


@njit(cache=True, nogil=True)
def absorb(root: Triangle, row: Floats, largest: Floats) -> tuple[float, bool]:
    """Rotate an observation into the triangle.

    Shapes: ``row`` (q + 1), regressors and target over the noise's standard deviation, destroyed;
    ``largest`` (q), the largest size seen of each regressor, updated.  Returns what is left of the
    target, and whether the row told of a direction not seen before (then nothing is left).
    """
    size = root.shape[0]
    for i in range(size):
        largest[i] = max(largest[i], abs(row[i]))
    for i in range(size):
        if root[i, i] == 0.0:
            if abs(row[i]) > _ROUNDING * largest[i]:
                root[i, i:] = row[i:]
                return 0.0, True
        elif row[i] != 0.0:
            length = math.hypot(root[i, i], row[i])
            cosine, sine = root[i, i] / length, row[i] / length
            for j in range(i, size + 1):
                above, below = root[i, j], row[j]
                root[i, j] = cosine * above + sine * below
                row[j] = cosine * below - sine * above
    return float(row[size]), False


@njit(cache=True, nogil=True)
def blur(root: Triangle, drift: Floats, trace: Floats) -> None:
    """Let the coefficients drift: add independent noise of variances ``drift`` (q).

    ``trace`` (q, q + 3) keeps what the smoother needs to undo it.  Line j says of the noise
    e_j of unit variance added to coefficient j: u e_j = sqrt(drift_j) (c - w'b) + unit noise, b
    after noises 0..j; it holds w (q), c, u and (u^2 - 1) / drift_j.
    """
    size = root.shape[0]
    for j in range(size):
        trace[j] = 0.0
        square = 1.0
        for i in range(j, -1, -1):
            lean = root[i, j]
            if lean == 0.0:
                continue
            length = math.sqrt(square + drift[j] * lean * lean)
            cosine, sine = math.sqrt(square) / length, -lean / length
            square += drift[j] * lean * lean
            trace[j, size + 2] += lean * lean
            for c in range(size + 1):
                above, below = trace[j, c], root[i, c]
                trace[j, c] = cosine * above + sine * below
                root[i, c] = cosine * below - drift[j] * sine * above
        trace[j, size + 1] = math.sqrt(square)


@njit(cache=True, nogil=True)
def rank(root: Triangle) -> int:
    """Count the directions known."""
    known = 0
    for i in range(root.shape[0]):
        known += root[i, i] != 0.0
    return known


@njit(cache=True, nogil=True)
def invert(root: Triangle, inverse: Floats) -> None:
    """Fill ``inverse`` (q, q) with the inverse of a triangle of full rank."""
    size = root.shape[0]
    inverse[:] = 0.0
    for column in range(size):
        inverse[column, column] = 1.0 / root[column, column]
        for i in range(column - 1, -1, -1):
            total = 0.0
            for j in range(i + 1, column + 1):
                total += root[i, j] * inverse[j, column]
            inverse[i, column] = -total / root[i, i]


@njit(cache=True, nogil=True)
def locate(root: Triangle, inverse: Floats, mean: Floats) -> None:
    """Fill ``mean`` (q): the inverse (q, q) times the target."""
    size = root.shape[0]
    for i in range(size):
        mean[i] = 0.0
        for j in range(i, size):
            mean[i] += inverse[i, j] * root[j, size]


@njit(cache=True, nogil=True)
def spread(inverse: Floats, cov: Floats) -> None:
    """Fill ``cov`` (q, q) with inverse inverse'."""
    size = inverse.shape[0]
    for i in range(size):
        for j in range(i + 1):
            total = 0.0
            for c in range(i, size):
                total += inverse[i, c] * inverse[j, c]
            cov[i, j] = cov[j, i] = total


@njit(cache=True, nogil=True)
def enough(root: Triangle, cov: Floats, read: int) -> bool:
    """Whether a start has read enough rows for covariances to keep their digits.

    What is unsure of the others widens a variance by a factor; a large one is later subtracted
    from.  The factor depends neither on units nor on the order of the coefficients.
    """
    size, most = root.shape[0], 1.0
    for i in range(size):
        alone = 0.0
        for j in range(i + 1):
            alone += root[j, i] * root[j, i]
        most = max(most, alone * cov[i, i])
    return most < _BARELY or read >= _PATIENCE * size


@njit(cache=True, nogil=True)
def foresee(
    belief: tuple[Floats, Floats], row: Floats, target: float, noise: float, step: Floats
) -> None:
    """Fill ``step`` with the error of a forecast and its variance."""
    mean, cov = belief
    step[0], step[1] = target, noise
    for i in range(row.size):
        step[0] -= row[i] * mean[i]
        for j in range(row.size):
            step[1] += row[i] * cov[i, j] * row[j]


@njit(cache=True, nogil=True)
def begin(
    data: tuple[Floats, Floats],
    model: tuple[float, Floats],
    belief: tuple[Floats, Floats],
    path: tuple[Floats, Floats, Floats],
    traces: Floats,
) -> tuple[int, int, float]:
    """Filter from knowing nothing until every direction is known well.

    ``data`` is regressors (T, q) and targets (T); ``model`` is the noise's variance and the
    drifts (q); ``belief``, mean (q) and covariance (q, q), is filled with what is then known;
    ``traces`` (T, q, q + 3) keeps in line t what :func:`blur` did before row t.  Lines of the
    ``path``, means and variances (T, q) and forecasts (T, 3), are NaN until every direction is
    known at all.  Returns the rows that took, 0 when a direction stays unknown, the rows read, and
    the log-likelihood without multiples of log 2 pi.
    """
    rows, targets = data
    noise, drift = model
    nobs, size = rows.shape
    root, largest, row = np.zeros((size, size + 1)), np.zeros(size), np.empty(size + 1)
    inverse, known = np.empty((size, size)), 0
    scale, loglik = 1.0 / math.sqrt(noise), 0.0
    for t in range(nobs):
        path[0][t] = path[1][t] = np.nan
        path[2][t] = np.nan
        if t > 0:
            blur(root, drift, traces[t])
            for j in range(size):
                loglik -= math.log(traces[t, j, size + 1])
        if known:
            invert(root, inverse)
            locate(root, inverse, belief[0])
            spread(inverse, belief[1])
            foresee(belief, rows[t], targets[t], noise, path[2][t])
        for i in range(size):
            row[i] = scale * rows[t, i]
        row[size] = scale * targets[t]
        left, _ = absorb(root, row, largest)
        loglik -= 0.5 * (left * left + math.log(noise))
        if rank(root) < size:
            continue
        known = known or t + 1
        invert(root, inverse)
        locate(root, inverse, belief[0])
        spread(inverse, belief[1])
        for i in range(size):
            path[0][t, i], path[1][t, i] = belief[0][i], belief[1][i, i]
        if t + 1 == nobs or enough(root, belief[1], t + 1):
            for i in range(size):
                loglik -= math.log(abs(root[i, i]))
            return known, t + 1, loglik
    return 0, nobs, loglik


@njit(cache=True, nogil=True)
def unblur(mean: Floats, cov: Floats, drift: Floats, trace: Floats) -> Floats:
    """Carry a smoothed belief back over one :func:`blur`.

    Returns the derivatives of the log-likelihood by the drifts, (q).
    """
    size = mean.shape[0]
    slopes, product = np.zeros(size), np.empty(size)
    for j in range(size - 1, -1, -1):
        told, scale, square = trace[j, size], trace[j, size + 1], 0.0
        for i in range(size):
            told -= trace[j, i] * mean[i]
            product[i] = 0.0
            for c in range(size):
                product[i] += cov[i, c] * trace[j, c]
        for i in range(size):
            square += trace[j, i] * product[i]
        score = told / scale
        information = (trace[j, size + 2] - square) / (scale * scale)
        slopes[j] = 0.5 * (score * score - information)
        step = drift[j] / scale
        mean[j] -= step * told
        for i in range(size):
            cov[i, j] += step * product[i]
            cov[j, i] += step * product[i]
        cov[j, j] += step * step * square + drift[j] / (scale * scale)
    return slopes


@njit(cache=True, nogil=True)
def end(
    data: tuple[Floats, Floats],
    model: tuple[float, Floats],
    belief: tuple[Floats, Floats],
    count: int,
    path: tuple[Floats, Floats],
    traces: Floats,
) -> Floats:
    """Smooth the first ``count`` rows; ``belief`` is the smoothed one at the last of them.

    Returns the derivatives of the log-likelihood by the noise and the drifts, (q + 1).
    """
    rows, targets = data
    noise, drift = model
    mean, cov = belief
    size = rows.shape[1]
    slopes = np.zeros(size + 1)
    for t in range(count - 1, -1, -1):
        error, square = targets[t], 0.0
        for i in range(size):
            path[0][t, i], path[1][t, i] = mean[i], cov[i, i]
            error -= rows[t, i] * mean[i]
            for j in range(size):
                square += rows[t, i] * cov[i, j] * rows[t, j]
        slopes[0] += 0.5 * ((error * error + square) / noise - 1.0) / noise
        if t > 0:
            slopes[1:] += unblur(mean, cov, drift, traces[t])
    return slopes
