"""Compiled loops over windows and rows.  Loads numba: import it only where it is about to run."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Codes = NDArray[np.int8]

FINE = 0
EXPLOSIVE = 1
SINGULAR = 2

_COLLINEAR = 1e-13
_SQUARINGS = 50
_OVERFLOW = 1e150


@njit(cache=True, nogil=True)
def explodes(coefficients: Floats, sigma: Floats) -> bool:
    """Tell whether a root of the vector autoregression lies outside the unit circle.

    Decided by squaring the companion matrix C, in units of the forecast errors: a norm of C^n below
    one proves that all roots are inside, a trace above its size that one is outside.  50 squarings
    tell a root from one to 13 digits; closer ones count as inside.
    """
    power = _companion(coefficients, sigma)
    size = power.shape[0]
    square = np.empty((size, size))
    for _ in range(_SQUARINGS):
        norm = 0.0
        trace = 0.0
        for i in range(size):
            trace += power[i, i]
            for j in range(size):
                norm += power[i, j] * power[i, j]
        if norm < 1.0:
            return False
        if abs(trace) > size or not norm < _OVERFLOW:
            return True
        _square(power, square)
        power, square = square, power
    return False


@njit(cache=True, nogil=True)
def _companion(coefficients: Floats, sigma: Floats) -> Floats:
    lags, width = coefficients.shape[0], coefficients.shape[1]
    size = lags * width
    companion = np.zeros((size, size))
    for lag in range(lags):
        for i in range(width):
            for j in range(width):
                unit = np.sqrt(sigma[j, j] / sigma[i, i])
                companion[i, lag * width + j] = coefficients[lag, i, j] * unit
    for row in range(width, size):
        companion[row, row - width] = 1.0
    return companion


@njit(cache=True, nogil=True)
def _square(matrix: Floats, into: Floats) -> None:
    size = matrix.shape[0]
    for i in range(size):
        for j in range(size):
            into[i, j] = 0.0
        for m in range(size):
            weight = matrix[i, m]
            for j in range(size):
                into[i, j] += weight * matrix[m, j]


@njit(cache=True, nogil=True)
def decompose(
    coefficients: Floats, sigma: Floats, options: tuple[int, bool, bool], out: Floats
) -> bool:
    """Fill ``out`` (k, k) with the table; False when sigma has no Cholesky factor.

    ``options`` are horizon, generalized, normalize; see ``_fevd.decompose`` for the formulas.
    """
    horizon, generalized, normalize = options
    width = sigma.shape[0]
    weights = sigma.copy()
    if not generalized and not factor(weights):
        return False
    responses = np.zeros((horizon, width, width))
    variance = np.zeros(width)
    shocked = np.empty(width)
    for i in range(width):
        responses[0, i, i] = 1.0
        for j in range(width):
            out[i, j] = 0.0
    for step in range(horizon):
        _respond(coefficients, responses, step)
        for i in range(width):
            _shock(responses[step, i], weights, shocked)
            for j in range(width):
                out[i, j] += shocked[j] * shocked[j]
                variance[i] += shocked[j] * responses[step, i, j]
    _share(out, variance, sigma, (generalized, normalize))
    return True


@njit(cache=True, nogil=True)
def _respond(coefficients: Floats, responses: Floats, step: int) -> None:
    """Add the effect of all lags to the response at one step."""
    lags, width = coefficients.shape[0], coefficients.shape[1]
    for lag in range(min(step, lags)):
        for i in range(width):
            for m in range(width):
                effect = coefficients[lag, i, m]
                for j in range(width):
                    responses[step, i, j] += effect * responses[step - lag - 1, m, j]


@njit(cache=True, nogil=True)
def _shock(response: Floats, weights: Floats, shocked: Floats) -> None:
    width = response.shape[0]
    for j in range(width):
        shocked[j] = 0.0
    for m in range(width):
        for j in range(width):
            shocked[j] += response[m] * weights[m, j]


@njit(cache=True, nogil=True)
def _share(out: Floats, variance: Floats, sigma: Floats, options: tuple[bool, bool]) -> None:
    """Turn summed squares into fractions of each row, in place."""
    generalized, normalize = options
    width = out.shape[0]
    for i in range(width):
        total = 0.0
        for j in range(width):
            if generalized:
                out[i, j] /= sigma[j, j]
            total += out[i, j]
        if generalized and not normalize:
            total = variance[i]
        for j in range(width):
            out[i, j] /= total


@njit(cache=True, nogil=True)
def factor(matrix: Floats) -> bool:
    """Replace a covariance (k, k) by its lower Cholesky factor; False when it has none."""
    size = matrix.shape[0]
    for j in range(size):
        pivot = matrix[j, j]
        original = pivot
        for m in range(j):
            pivot -= matrix[j, m] * matrix[j, m]
        if not pivot > _COLLINEAR * original:
            return False
        root = np.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            value = matrix[i, j]
            for m in range(j):
                value -= matrix[i, m] * matrix[j, m]
            matrix[i, j] = value / root
        for i in range(j):
            matrix[i, j] = 0.0
    return True


@njit(cache=True, nogil=True)
def _products(row: Floats, into: Floats) -> None:
    """Add the upper triangle of row row' to a packed matrix."""
    size = row.shape[0]
    place = 0
    for i in range(size):
        scale = row[i]
        for j in range(i, size):
            into[place + j - i] += scale * row[j]
        place += size - i


@njit(cache=True, nogil=True)
def _correlate(packed: Floats, cross: Floats, scale: Floats) -> bool:
    """Sweep the leading one and scale by the diagonal; False where a column does not vary."""
    size = scale.shape[0]
    place = size + 1
    for i in range(size):
        raw = packed[place]
        for j in range(i, size):
            cross[i, j] = packed[place + j - i] - packed[1 + i] * packed[1 + j] / packed[0]
        place += size - i
        if not cross[i, i] > _COLLINEAR * raw:
            return False
        scale[i] = np.sqrt(cross[i, i])
    for i in range(size):
        for j in range(i, size):
            cross[i, j] /= scale[i] * scale[j]
    return True


@njit(cache=True, nogil=True)
def _eliminate(cross: Floats, known: int) -> bool:
    """Sweep the lags out of the correlations; False where one is explained by the others.

    Leaves the Cholesky factor of the lags (upper), their products with the current row divided by
    it, and the covariance of the residuals in the last corner.
    """
    size = cross.shape[0]
    for pivot in range(known):
        if not cross[pivot, pivot] > _COLLINEAR:
            return False
        root = np.sqrt(cross[pivot, pivot])
        for j in range(pivot, size):
            cross[pivot, j] /= root
        for i in range(pivot + 1, size):
            weight = cross[pivot, i]
            for j in range(i, size):
                cross[i, j] -= weight * cross[pivot, j]
    left = 1.0
    for i in range(known, size):
        left = min(left, cross[i, i])
    return left > _COLLINEAR


@njit(cache=True, nogil=True)
def _substitute(cross: Floats, known: int) -> None:
    """Solve for the slopes of the swept system, in place of its right-hand sides."""
    size = cross.shape[0]
    for row in range(known - 1, -1, -1):
        for m in range(row + 1, known):
            weight = cross[row, m]
            for j in range(known, size):
                cross[row, j] -= weight * cross[m, j]
        for j in range(known, size):
            cross[row, j] /= cross[row, row]


@njit(cache=True, nogil=True)
def regress(packed: Floats, coefficients: Floats, sigma: Floats) -> bool:
    """Solve one window from its products; False when it cannot be.

    ``packed`` is the upper triangle, row by row, of the products of (1, lags, current row).
    Coefficients (p, k, k) and sigma (k, k) are filled, in units of each column's deviation.
    """
    lags, width = coefficients.shape[0], coefficients.shape[1]
    known = lags * width
    cross = np.empty((known + width, known + width))
    scale = np.empty(known + width)
    if not _correlate(packed, cross, scale) or not _eliminate(cross, known):
        return False
    _substitute(cross, known)
    for row in range(known):
        sender = row % width
        stretch = scale[known + sender] / scale[row]
        for i in range(width):
            coefficients[row // width, i, sender] = cross[row, known + i] * stretch
    for i in range(width):
        for j in range(i, width):
            sigma[i, j] = cross[known + i, known + j]
            sigma[j, i] = sigma[i, j]
    return True


@njit(cache=True, nogil=True)
def slide(
    values: Floats,
    shape: tuple[int, int],
    options: tuple[int, bool, bool],
    tables: Floats,
    codes: Codes,
) -> None:
    """Decompose every window whose first row lies in the block ``values`` begins with.

    ``shape`` is (lags, rows), rows being the regression rows of a window and the length of a
    block; ``values`` are the rows of all those windows, centred near zero.  A window is the end of
    one block and the beginning of the next: products are summed backwards from the end of the first
    and forwards from the start of the second, so that each window is a sum of two sums, nothing is
    ever subtracted, and no window remembers what has left it.
    """
    lags, rows = shape
    width = values.shape[1]
    size = (lags + 1) * width + 1
    packed = size * (size + 1) // 2
    backwards = np.zeros((rows + 1, packed))
    forwards = np.zeros(packed)
    model = np.empty((lags, width, width)), np.empty((width, width))
    entry = np.ones(size)
    for row in range(rows - 1, -1, -1):
        _lay(values, row, lags, entry)
        for place in range(packed):
            backwards[row, place] = backwards[row + 1, place]
        _products(entry, backwards[row])
    for window in range(codes.shape[0]):
        if window > 0:
            _lay(values, rows + window - 1, lags, entry)
            _products(entry, forwards)
        for place in range(packed):
            backwards[window, place] += forwards[place]
        codes[window] = _judge(backwards[window], model, options, tables[window])


@njit(cache=True, nogil=True)
def _lay(values: Floats, row: int, lags: int, entry: Floats) -> None:
    """Write lags and current row after the leading one of a regression row."""
    width = values.shape[1]
    for lag in range(lags):
        for column in range(width):
            entry[1 + lag * width + column] = values[row + lags - 1 - lag, column]
    for column in range(width):
        entry[1 + lags * width + column] = values[row + lags, column]


@njit(cache=True, nogil=True)
def _judge(
    packed: Floats, model: tuple[Floats, Floats], options: tuple[int, bool, bool], out: Floats
) -> int:
    """Fill the table of one window and say how it went; NaN unless it went well."""
    coefficients, sigma = model
    code = FINE
    if not regress(packed, coefficients, sigma):
        code = SINGULAR
    elif explodes(coefficients, sigma):
        code = EXPLOSIVE
    elif not decompose(coefficients, sigma, options, out):
        code = SINGULAR
    if code != FINE:
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[i, j] = np.nan
    return code
