"""Compiled filter and smoother of a regression whose coefficients walk at random.

Loads numba: import it only where it is to run.  Of covariances the lower triangle is kept; a step
of the filter costs O(q^2), a step of the smoother O(q^2) without variances and O(q^3) with them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from comove.stats.sample import Floats

Belief = tuple[Floats, Floats]
"""Mean (q,) and covariance (q, q)."""
Path = tuple[Floats, Floats, Floats]
"""Filtered means (T, q), variances (T, q), and steps (T, 3)."""
Trail = tuple[Floats, Floats, Floats]
"""What a way back needs: gains (T, q), scores (T, 2), covariances before each row (T, q, q).
Arrays of length 0 keep nothing."""
Message = tuple[Floats, Floats]
"""What later rows say of the coefficients, as a score: value (q,) and information (q, q)."""

ERROR, SIZE, DENSITY = range(3)
"""Columns of the steps: forecast error, its variance, log-density under Student t noise."""
VALUE, SLOPE = range(2)
"""Columns of the scores: score of the forecast error's density, and minus its slope."""

_SHARP = 1e-3  # share of the forecast variance below which the noise calls for Joseph's form
_NATS = 32.0  # log of what is cut off the mixture over the noise's weight
_STEP = 0.28  # of that mixture's grid


@njit(cache=True, nogil=True)
def project(cov: Floats, rows: Floats, t: int, gain: Floats) -> float:
    """Fill ``gain`` (q) with cov f, f being row t, and return f' cov f."""
    size = gain.shape[0]
    for i in range(size):
        gain[i] = cov[i, i] * rows[t, i]
    for i in range(1, size):
        total, value = 0.0, rows[t, i]
        for j in range(i):
            total += cov[i, j] * rows[t, j]
            gain[j] += cov[i, j] * value
        gain[i] += total
    spread = 0.0
    for i in range(size):
        spread += gain[i] * rows[t, i]
    return spread


@njit(cache=True, nogil=True)
def sharpen(cov: Floats, row: Floats, gain: Floats, noise: float) -> None:
    """Update a covariance in Joseph's form, which stands a noise far below the prior."""
    size = row.shape[0]
    spread = 0.0
    for i in range(size):
        spread += gain[i] * row[i]
    slope = 1.0 / (spread + noise)
    for i in range(size):
        part = slope * gain[i]
        for j in range(i + 1):
            cov[i, j] -= part * gain[j]
    left = np.empty(size)
    for i in range(size):
        left[i] = 0.0
        for j in range(size):
            left[i] += cov[max(i, j), min(i, j)] * row[j]
    for i in range(size):
        part = slope * (noise * slope * gain[i] - left[i])
        for j in range(i + 1):
            cov[i, j] += part * gain[j]


@njit(cache=True, nogil=True)
def tailed(error: float, spread: float, noise: float, nu: float) -> tuple[float, float, float]:
    """Score, minus its slope, and log-density of a normal plus a Student t error at ``error``.

    The normal has variance ``spread``; the t has ``nu`` degrees of freedom and squared scale
    ``noise``.  It is a normal whose variance is noise over a gamma weight, and the weight is
    summed over on a grid of its logarithm, where the trapezoidal rule converges exponentially.
    """
    half, square = 0.5 * nu, error * error
    step = _STEP * min(1.0, 1.75 * math.sqrt(2.0 / (nu + 1.0)))
    reach = math.sqrt(4.0 * _NATS / nu)
    # An outlier makes small weights likely: the grid starts below the likeliest one.
    low = min(0.0, math.log((nu + 1.0) * noise / (square + 1e-300)))
    log_weight, weight = low, math.exp(low)
    top = max(
        -half - 0.5 * square / (spread + noise),
        half * (low - weight) - 0.5 * square / (spread + noise / weight),
    )
    log_weight -= 2.0 * _NATS / nu + reach
    end = min(reach, math.log1p(2.0 * _NATS / nu) + 1.0)
    total = first = second = 0.0
    weight, growth = math.exp(log_weight), math.exp(step)
    while log_weight < end:
        precision = weight / (spread * weight + noise)
        mass = math.sqrt(precision) * math.exp(
            half * (log_weight - weight) - 0.5 * square * precision - top
        )
        total += mass
        first += mass * precision
        second += mass * precision * precision
        log_weight += step
        weight *= growth
    mean = first / total
    slope = mean - square * (second / total - mean * mean)
    scale = half * math.log(half) - math.lgamma(half) - 0.5 * math.log(2.0 * math.pi)
    return error * mean, slope, top + math.log(total * step) + scale


@njit(cache=True, nogil=True)
def walk(
    data: tuple[Floats, Floats],
    belief: Belief,
    model: tuple[float, float, Floats],
    first: int,
    path: Path,
    trail: Trail,
) -> None:
    """Filter from row ``first`` on; ``belief`` holds what is known before it and is carried along.

    ``data`` is regressors (T, q) and targets (T); ``model`` is the noise's squared scale and
    degrees of freedom, and the variances (q) added after every row.
    """
    rows, targets = data
    mean, cov = belief
    noise, nu, drift = model
    coef, variance, steps = path
    gains, scores, priors = trail
    nobs, size = rows.shape
    gain = np.empty(size)
    for t in range(first, nobs):
        if priors.shape[0]:
            priors[t] = cov
        spread = project(cov, rows, t, gain)
        error = targets[t]
        for i in range(size):
            error -= rows[t, i] * mean[i]
        largest = spread + noise
        score, slope = error / largest, 1.0 / largest
        if nu < math.inf:
            score, slope, steps[t, DENSITY] = tailed(error, spread, noise, nu)
            largest = spread + noise * nu / (nu - 2.0)
        steps[t, ERROR], steps[t, SIZE] = error, largest
        if gains.shape[0]:
            gains[t] = gain
            scores[t, VALUE], scores[t, SLOPE] = score, slope
        if nu == math.inf and noise < _SHARP * largest:
            sharpen(cov, rows[t], gain, noise)
            slope = 0.0
        for i in range(size):
            mean[i] += gain[i] * score
            part = slope * gain[i]
            for j in range(i + 1):
                cov[i, j] -= part * gain[j]
            coef[t, i], variance[t, i] = mean[i], cov[i, i]
            cov[i, i] += drift[i]


@njit(cache=True, nogil=True)
def retrace(rows: Floats, path: Path, trail: Trail, first: int, message: Message) -> Floats:
    """Go back to row ``first``; ``message`` starts at zero and ends as what row first-1 is told.

    With covariances in the trail the path becomes that of the smoothed means and variances.
    Returns the derivatives of the log-likelihood by the noise and by the drifts, (q + 1).
    """
    value, information = message
    gains, scores, priors = trail
    nobs, size = rows.shape
    slopes, told = np.zeros(size + 1), np.empty(size)
    for t in range(nobs - 1, first - 1, -1):
        gain, score, slope = gains[t], scores[t, VALUE], scores[t, SLOPE]
        if priors.shape[0]:
            look_back(path, t, (priors[t], gain, slope), message)
        along = twice = 0.0
        for i in range(size):
            # The last drift comes after the last row and is seen by none.
            slopes[i + 1] += 0.5 * (value[i] * value[i] - information[i, i])
            along += gain[i] * value[i]
            told[i] = 0.0
            for j in range(size):
                told[i] += information[i, j] * gain[j]
            twice += gain[i] * told[i]
        size_of_score = slope + slope * slope * twice
        score -= slope * along
        slopes[0] += 0.5 * (score * score - size_of_score)
        for i in range(size):
            value[i] += rows[t, i] * score
            for j in range(size):
                crossed = rows[t, i] * told[j] + told[i] * rows[t, j]
                information[i, j] += rows[t, i] * rows[t, j] * size_of_score - slope * crossed
    if first > 0:
        for i in range(size):
            slopes[i + 1] += 0.5 * (value[i] * value[i] - information[i, i])
    return slopes


@njit(cache=True, nogil=True)
def look_back(path: Path, t: int, before: tuple[Floats, Floats, float], message: Message) -> None:
    """Turn line t of a filtered path into a smoothed one; ``before`` is prior, gain and slope."""
    prior, gain, slope = before
    size = gain.shape[0]
    cov = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            cov[i, j] = cov[j, i] = prior[i, j] - slope * gain[i] * gain[j]
    correct(path[0][t], cov, message)
    for i in range(size):
        path[1][t, i] = cov[i, i]


@njit(cache=True, nogil=True)
def correct(mean: Floats, cov: Floats, message: Message) -> None:
    """Add to a belief, in full, what later rows say."""
    value, information = message
    size = mean.shape[0]
    weighted = np.zeros((size, size))
    for i in range(size):
        for c in range(size):
            mean[i] += cov[i, c] * value[c]
            for j in range(size):
                weighted[i, j] += cov[i, c] * information[c, j]
    before = cov.copy()
    for i in range(size):
        for j in range(i + 1):
            total = 0.0
            for c in range(size):
                total += weighted[i, c] * before[c, j]
            cov[i, j] = cov[j, i] = before[i, j] - total
