"""Compiled passes over a hidden Markov chain.  Loads numba: import it only where it is to run."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Places = NDArray[np.int64]
Data = tuple[Floats, Floats, Places]
"""Series (T,), regressors (T, q), and where in ``coef`` each state has its coefficients, (k, q)."""

_TINY = 1e-280  # a total below this is formed again from logarithms
_LEAST = 1e-12  # smallest probability of a move between two passes of the search
_LOG_TWO_PI = math.log(2.0 * math.pi)


@njit(cache=True, nogil=True)
def stationary(transition: Floats, out: Floats) -> None:
    """Fill ``out`` (k,) with the long-run shares of a chain; nothing is subtracted on the way.

    Elimination state by state after Grassmann, Taksar and Heyman, so small shares keep their
    digits.
    """
    states = transition.shape[0]
    work = transition.copy()
    for last in range(states - 1, 0, -1):
        leaves = 0.0
        for j in range(last):
            leaves += work[last, j]
        for i in range(last):
            work[i, last] /= leaves
            for j in range(last):
                work[i, j] += work[i, last] * work[last, j]
    out[0] = 1.0
    total = 1.0
    for last in range(1, states):
        out[last] = 0.0
        for i in range(last):
            out[last] += out[i] * work[i, last]
        total += out[last]
    for state in range(states):
        out[state] /= total


@njit(cache=True, nogil=True)
def densities(data: Data, coef: Floats, variance: Floats, out: Floats) -> None:
    """Fill ``out`` (T, k) with log densities; state j's coefficients are ``coef[places[j]]``."""
    y, x, places = data
    nobs, width = x.shape
    states = places.shape[0]
    for j in range(states):
        constant = -0.5 * (_LOG_TWO_PI + math.log(variance[j]))
        scale = -0.5 / variance[j]
        for t in range(nobs):
            left = y[t]
            for c in range(width):
                left -= x[t, c] * coef[places[j, c]]
            out[t, j] = constant + scale * left * left


@njit(cache=True, nogil=True)
def _share_out(predicted: Floats, density: Floats, out: Floats) -> float:
    """Weigh predictions by densities, in logarithms; fills ``out`` and returns the log total."""
    states = predicted.shape[0]
    top = -np.inf
    for j in range(states):
        if predicted[j] > 0.0:
            top = max(top, math.log(predicted[j]) + density[j])
    if top == -np.inf:
        return top
    total = 0.0
    for j in range(states):
        out[j] = 0.0
        if predicted[j] > 0.0:
            out[j] = math.exp(math.log(predicted[j]) + density[j] - top)
            total += out[j]
    for j in range(states):
        out[j] /= total
    return top + math.log(total)


@njit(cache=True, nogil=True)
def run_filter(
    density: Floats, transition: Floats, initial: Floats, filtered: Floats, gains: Floats
) -> float:
    """Fill probabilities given rows up to t, (T, k), and log predictive densities, (T,).

    Returns the log-likelihood, minus infinity where a row cannot come from any reachable state.
    """
    nobs, states = density.shape
    predicted = initial.copy()
    loglik = 0.0
    for t in range(nobs):
        top = density[t, 0]
        for j in range(1, states):
            top = max(top, density[t, j])
        total = 0.0
        for j in range(states):
            # the exponential of nought is one, and half of them are
            ratio = 1.0 if density[t, j] == top else math.exp(density[t, j] - top)
            filtered[t, j] = predicted[j] * ratio
            total += filtered[t, j]
        if total > _TINY:
            gains[t] = top + math.log(total)
            for j in range(states):
                filtered[t, j] /= total
        else:
            gains[t] = _share_out(predicted, density[t], filtered[t])
            if gains[t] == -np.inf:
                return -np.inf
        loglik += gains[t]
        for j in range(states):
            predicted[j] = 0.0
            for i in range(states):
                predicted[j] += filtered[t, i] * transition[i, j]
    return loglik


@njit(cache=True, nogil=True)
def smooth(filtered: Floats, transition: Floats, smoothed: Floats, moves: Floats) -> None:
    """Fill probabilities given all rows, (T, k), and the expected count of each move, (k, k)."""
    nobs, states = filtered.shape
    ratio = np.empty(states)
    for i in range(states):
        smoothed[nobs - 1, i] = filtered[nobs - 1, i]
        for j in range(states):
            moves[i, j] = 0.0
    for t in range(nobs - 2, -1, -1):
        for j in range(states):
            predicted = 0.0
            for i in range(states):
                predicted += filtered[t, i] * transition[i, j]
            ratio[j] = smoothed[t + 1, j] / predicted if predicted > 0.0 else 0.0
        for i in range(states):
            smoothed[t, i] = 0.0
            for j in range(states):
                both = filtered[t, i] * transition[i, j] * ratio[j]
                smoothed[t, i] += both
                moves[i, j] += both


@njit(cache=True, nogil=True)
def _solve(matrix: Floats, target: Floats) -> bool:
    """Solve a symmetric positive system in place by Cholesky; False when it has no factor."""
    size = target.shape[0]
    for i in range(size):
        largest = matrix[i, i]
        for j in range(i + 1):
            total = matrix[i, j]
            for m in range(j):
                total -= matrix[i, m] * matrix[j, m]
            if i > j:
                matrix[i, j] = total / matrix[j, j]
            else:
                if not total > 1e-13 * largest:
                    return False
                matrix[i, i] = math.sqrt(total)
    for i in range(size):
        for m in range(i):
            target[i] -= matrix[i, m] * target[m]
        target[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for m in range(i + 1, size):
            target[i] -= matrix[m, i] * target[m]
        target[i] /= matrix[i, i]
    return True


@njit(cache=True, nogil=True)
def regress(data: Data, weights: Floats, coef: Floats, variance: Floats) -> bool:
    """Update ``coef`` by least squares weighed with ``weights`` (T, k) over ``variance`` (k,)."""
    y, x, places = data
    nobs, width = x.shape
    states = places.shape[0]
    size = coef.shape[0]
    gram = np.zeros((size, size))
    target = np.zeros(size)
    for j in range(states):
        for t in range(nobs):
            weight = weights[t, j] / variance[j]
            for c in range(width):
                at = places[j, c]
                part = weight * x[t, c]
                target[at] += part * y[t]
                for d in range(c + 1):
                    gram[at, places[j, d]] += part * x[t, d]
    # a common column may stand before a switching one in x and behind it in coef
    for i in range(size):
        for j in range(i):
            both = gram[i, j] + gram[j, i]
            gram[i, j] = both
            gram[j, i] = both
    if not _solve(gram, target):
        return False
    for i in range(size):
        coef[i] = target[i]
    return True


@njit(cache=True, nogil=True)
def spread(data: Data, weights: Floats, coef: Floats, common: bool, variance: Floats) -> None:
    """Update ``variance`` (k,): weighted mean squares of the residuals, pooled when common."""
    y, x, places = data
    nobs, width = x.shape
    states = places.shape[0]
    squares = 0.0
    for j in range(states):
        total = 0.0
        weight = 0.0
        for t in range(nobs):
            left = y[t]
            for c in range(width):
                left -= x[t, c] * coef[places[j, c]]
            total += weights[t, j] * left * left
            weight += weights[t, j]
        squares += total
        variance[j] = total / max(weight, 1e-300)
    if common:
        for j in range(states):
            variance[j] = squares / nobs


@njit(cache=True, nogil=True)
def pull(
    data: Data, weights: Floats, coef: Floats, variance: Floats, out: tuple[Floats, Floats]
) -> None:
    """Fill the weighted slopes of the log densities in coefficients (m,) and log variances (k,)."""
    y, x, places = data
    along, spread = out
    nobs, width = x.shape
    states = places.shape[0]
    along[:] = 0.0
    for j in range(states):
        squares = 0.0
        weight = 0.0
        for t in range(nobs):
            left = y[t]
            for c in range(width):
                left -= x[t, c] * coef[places[j, c]]
            pulled = weights[t, j] * left
            squares += pulled * left
            weight += weights[t, j]
            for c in range(width):
                along[places[j, c]] += pulled * x[t, c] / variance[j]
        spread[j] = 0.5 * (squares / variance[j] - weight)


@njit(cache=True, nogil=True)
def _move(moves: Floats, transition: Floats) -> None:
    """Update transition probabilities from expected counts, none below the least."""
    states = moves.shape[0]
    for i in range(states):
        total = 0.0
        for j in range(states):
            total += moves[i, j]
        left = 0.0
        for j in range(states):
            share = moves[i, j] / total if total > 0.0 else 1.0 / states
            transition[i, j] = max(share, _LEAST)
            left += transition[i, j]
        for j in range(states):
            transition[i, j] /= left


@njit(cache=True, nogil=True)
def climb(
    data: Data,
    options: tuple[bool, float, int, float],
    weights: Floats,
    params: tuple[Floats, Floats, Floats],
) -> float:
    """Run expectation-maximisation from ``weights`` (T, k), which it updates.

    ``options`` are: one variance for all, smallest variance, passes, smallest gain; ``params``,
    filled, are coefficients, variances and transition matrix.  Returns their log-likelihood, or
    minus infinity when a state has died out.
    """
    coef, variance, transition = params
    common, floor, passes, gain = options
    nobs, states = weights.shape
    density = np.empty((nobs, states))
    filtered = np.empty((nobs, states))
    gains = np.empty(nobs)
    initial = np.empty(states)
    moves = np.zeros((states, states))
    for t in range(1, nobs):
        for i in range(states):
            for j in range(states):
                moves[i, j] += weights[t - 1, i] * weights[t, j]
    loglik = -np.inf
    for _ in range(passes):
        if not regress(data, weights, coef, variance):
            return -np.inf
        spread(data, weights, coef, common, variance)
        for j in range(states):
            variance[j] = max(variance[j], floor)
        _move(moves, transition)
        stationary(transition, initial)
        densities(data, coef, variance, density)
        before = loglik
        loglik = run_filter(density, transition, initial, filtered, gains)
        if not loglik > -np.inf:
            return -np.inf
        smooth(filtered, transition, weights, moves)
        if loglik - before < gain:
            break
    return loglik
