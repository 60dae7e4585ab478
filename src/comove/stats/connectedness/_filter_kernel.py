"""Compiled filter of a drifting vector autoregression.  Loads numba: import it where it runs."""

from __future__ import annotations

import numpy as np
from numba import njit

from comove.stats.connectedness._kernels import decompose, explodes, factor
from comove.stats.sample import Floats

SHRINK = 0.99
EARLY = 0.1


@njit(cache=True, nogil=True)
def track(
    values: Floats,
    start: tuple[Floats, Floats, Floats, Floats],
    plan: tuple[int, bool, float, float],
    options: tuple[int, bool, bool],
    tables: Floats,
) -> tuple[int, int]:
    """Filter row by row and decompose after each: (explosive rows, row that failed or -1).

    Parameters
    ----------
    values
        Shape (T, k), centred.
    start
        State (k, q), q = p k in the order lag, column; its covariance (k q, k q) in the order
        equation, lag, column; sigma (k, k); accepted coefficients (p, k, k).  Changed in place;
        after the last row the two last are those of the last line.
    plan
        First row, whether the rules of ConnectednessApproach hold, and the two forgetting factors.
    options
        Horizon, generalized, normalize.
    tables
        Shape (T - first row, k, k), filled.
    """
    state, covariance, sigma, accepted = start
    first, compatible, memory, noise_memory = plan
    lags, width = accepted.shape[0], accepted.shape[1]
    past = np.zeros(lags * width)
    candidate = accepted.copy()
    held = state.copy()
    explosive = 0
    opening = lags if compatible else first
    for row in range(first, values.shape[0]):
        if row >= lags:
            _lay_past(values, row, past)
        if not compatible or row > lags:
            _blend(sigma, noise_memory, 1.0, _errors(candidate, past, values[row]))
        elif row > 0:
            _blend(sigma, noise_memory, EARLY, values[row])
        held[:] = state
        if row >= lags:
            forget = 1.0 if row == opening else memory
            if not _update(state, covariance, forget, sigma, past, values[row]):
                return explosive, row
        _shape(state, candidate)
        if explodes(candidate, sigma) and not (compatible and row == 0):
            explosive += 1
            state[:] = SHRINK * held
            if not compatible:
                _shape(state, candidate)
        else:
            accepted[:] = candidate
        if not decompose(accepted, sigma, options, tables[row - first]):
            return explosive, row
    return explosive, -1


@njit(cache=True, nogil=True)
def _lay_past(values: Floats, row: int, past: Floats) -> None:
    width = values.shape[1]
    for place in range(past.shape[0]):
        past[place] = values[row - 1 - place // width, place % width]


@njit(cache=True, nogil=True)
def _shape(state: Floats, coefficients: Floats) -> None:
    lags, width = coefficients.shape[0], coefficients.shape[1]
    for lag in range(lags):
        for i in range(width):
            for j in range(width):
                coefficients[lag, i, j] = state[i, lag * width + j]


@njit(cache=True, nogil=True)
def _errors(coefficients: Floats, past: Floats, now: Floats) -> Floats:
    lags, width = coefficients.shape[0], coefficients.shape[1]
    errors = now.copy()
    for lag in range(lags):
        for i in range(width):
            for j in range(width):
                errors[i] -= coefficients[lag, i, j] * past[lag * width + j]
    return errors


@njit(cache=True, nogil=True)
def _blend(sigma: Floats, memory: float, weight: float, errors: Floats) -> None:
    width = errors.shape[0]
    for i in range(width):
        for j in range(width):
            fresh = weight * errors[i] * errors[j]
            sigma[i, j] = memory * sigma[i, j] + (1.0 - memory) * fresh


@njit(cache=True, nogil=True)
def _update(
    state: Floats, covariance: Floats, forget: float, sigma: Floats, past: Floats, now: Floats
) -> bool:
    """One step of the Kalman filter, in place; False when the forecast variance is singular.

    The covariance has to be symmetric to the last bit: what is subtracted is, and forgetting would
    multiply a difference without end.
    """
    known = state.shape[1]
    size = state.size
    errors = now.copy()
    variance = sigma.copy()
    for row in range(size):
        for column in range(size):
            covariance[row, column] /= forget
    spread = _forecast(state, covariance, past, errors, variance)
    if not factor(variance):
        return False
    _solve(variance, spread, errors)
    for i in range(errors.shape[0]):
        for row in range(size):
            weight = spread[i, row]
            state[row // known, row % known] += weight * errors[i]
            for column in range(size):
                covariance[row, column] -= weight * spread[i, column]
    return True


@njit(cache=True, nogil=True)
def _forecast(
    state: Floats, covariance: Floats, past: Floats, errors: Floats, variance: Floats
) -> Floats:
    """Return regressors times covariance; take the forecast off ``errors``, add its variance."""
    width, known = state.shape
    spread = np.zeros((width, width * known))
    for i in range(width):
        for place in range(known):
            weight = past[place]
            errors[i] -= state[i, place] * weight
            for column in range(width * known):
                spread[i, column] += weight * covariance[i * known + place, column]
        for j in range(width):
            for place in range(known):
                variance[i, j] += spread[i, j * known + place] * past[place]
    return spread


@njit(cache=True, nogil=True)
def _solve(triangle: Floats, spread: Floats, errors: Floats) -> None:
    """Forward substitution of both right-hand sides, in place."""
    width, size = spread.shape
    for i in range(width):
        for m in range(i):
            weight = triangle[i, m]
            errors[i] -= weight * errors[m]
            for j in range(size):
                spread[i, j] -= weight * spread[m, j]
        errors[i] /= triangle[i, i]
        for j in range(size):
            spread[i, j] /= triangle[i, i]
