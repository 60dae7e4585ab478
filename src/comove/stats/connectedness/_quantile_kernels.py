"""Compiled loops of quantile connectedness.  Loads numba: import it only where it is to run."""

from __future__ import annotations

import numpy as np
from numba import njit

from comove.stats._quantile_kernels import FINE as SOLVED
from comove.stats._quantile_kernels import begin, descend
from comove.stats.connectedness._kernels import (
    EXPLOSIVE,
    FINE,
    SINGULAR,
    Codes,
    decompose,
    explodes,
)
from comove.stats.sample import Floats

_LEAST_VARIANCE = 1e-13  # of a residual, in units of its column


@njit(cache=True, nogil=True)
def residual_covariance(
    coefs: Floats, regressors: Floats, targets: Floats, centre: bool, sigma: Floats
) -> None:
    """Fill ``sigma`` (k, k): second moments of the residuals, about their means or about zero.

    ``coefs`` is (k, 1 + k p), constant first; ``regressors`` (n, k p); ``targets`` (n, k).
    """
    rows, width = targets.shape
    residuals = np.empty((rows, width))
    for i in range(width):
        mean = 0.0
        for t in range(rows):
            value = targets[t, i] - coefs[i, 0]
            for j in range(regressors.shape[1]):
                value -= coefs[i, 1 + j] * regressors[t, j]
            residuals[t, i] = value
            mean += value
        if centre:
            for t in range(rows):
                residuals[t, i] -= mean / rows
    for i in range(width):
        for j in range(i, width):
            total = 0.0
            for t in range(rows):
                total += residuals[t, i] * residuals[t, j]
            sigma[i, j] = total / rows
            sigma[j, i] = sigma[i, j]


@njit(cache=True, nogil=True)
def share_out(
    coefs: Floats,
    regressors: Floats,
    targets: Floats,
    options: tuple[bool, tuple[int, bool, bool]],
    tables: Floats,
    codes: Codes,
) -> None:
    """Decompose every window of a quantile vector autoregression.

    ``coefs`` is (W, k, 1 + k p), NaN where a window was not solved; ``regressors`` (T, k p) and
    ``targets`` (T, k) are the rows of all windows, in units of their columns.  ``options`` are
    whether residuals are centred, and (horizon, generalized, normalize).
    """
    centre, how = options
    windows, width = coefs.shape[:2]
    lags = regressors.shape[1] // width
    rows = targets.shape[0] - windows + 1
    sigma = np.empty((width, width))
    effects = np.empty((lags, width, width))
    for window in range(windows):
        tables[window] = np.nan
        codes[window] = SINGULAR
        if np.isnan(coefs[window]).any():
            continue
        span = slice(window, window + rows)
        residual_covariance(coefs[window], regressors[span], targets[span], centre, sigma)
        if not np.diag(sigma).min() > _LEAST_VARIANCE:
            continue
        for lag in range(lags):
            effects[lag] = coefs[window, :, 1 + lag * width : 1 + (lag + 1) * width]
        codes[window] = EXPLOSIVE
        if explodes(effects, sigma):
            continue
        codes[window] = FINE if decompose(effects, sigma, how, tables[window]) else SINGULAR
        if codes[window] == SINGULAR:
            tables[window] = np.nan


@njit(cache=True, nogil=True)
def row_by_row(design: Floats, targets: Floats, tau: float, coefs: Floats) -> bool:
    """Regress every row of ``targets`` (n, k) on ``design`` (k, r); False when r rows depend."""
    size, width = design.shape
    first = np.empty(width, np.int64)
    if not begin(design, first):
        return False
    weights = np.ones(size)
    sides = np.empty(size, np.bool_)
    for row in range(targets.shape[0]):
        basis = first.copy()
        if descend(design, targets[row], weights, tau, (basis, sides), coefs[row]) != SOLVED:
            return False
    return True
