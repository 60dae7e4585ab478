"""Compiled simplex for regression quantiles.  Loads numba: import it only where it is to run.

A fit that interpolates as many rows as it has coefficients is a vertex, and the loss is least at
one of them.  The walk leaves a vertex along an edge that goes down, passes the kinks of the loss on
its way and stops where the slope turns, which is the next vertex.  Each vertex proves by its own
multipliers whether it is the last.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Rows = NDArray[np.int64]
Sides = NDArray[np.bool_]
Vertex = tuple[Rows, Sides, Floats, Floats, Floats]
"""Basis (m,), sides (T,), inverse (m, m), residuals (T,), gradient (m,)."""
Room = tuple[Floats, Floats, Floats]
"""Scratch of T numbers each: rates, times, loads."""

FINE = 0
SINGULAR = 1
STUCK = 2

_TOLERANCE = 1e-10  # excess of a multiplier over its bounds that is rounding
_SMALLEST = 1e-9  # rate of change along an edge of unit length that is rounding
_REFRESH = 40  # pivots before the inverse is computed afresh
_ROUNDS = 500  # refreshes before the walk is given up
_STALLED = 25  # steps of length zero in a row that call for a perturbation
_RESTLESS = 4  # refreshes that each undo a step, because ties fall to either side by rounding
_ZERO = 1e-12  # residual that is rounding; targets have unit scale
_NUDGE = 1e-10  # perturbation that separates tied rows


@njit(cache=True, nogil=True)
def invert(matrix: Floats, inverse: Floats) -> bool:
    """Fill ``inverse`` (m, m) with the inverse of ``matrix``, which is destroyed."""
    size = matrix.shape[0]
    for i in range(size):
        for j in range(size):
            inverse[i, j] = 1.0 if i == j else 0.0
    for column in range(size):
        best = column + np.argmax(np.abs(matrix[column:, column]))
        if not abs(matrix[best, column]) > 1e-13:
            return False
        for j in range(size):
            matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
            inverse[column, j], inverse[best, j] = inverse[best, j], inverse[column, j]
        pivot = matrix[column, column]
        for j in range(size):
            matrix[column, j] /= pivot
            inverse[column, j] /= pivot
        for i in range(size):
            if i != column:
                _subtract(matrix, inverse, (i, column))
    return True


@njit(cache=True, nogil=True)
def _subtract(matrix: Floats, inverse: Floats, at: tuple[int, int]) -> None:
    i, column = at
    factor = matrix[i, column]
    if factor != 0.0:
        for j in range(matrix.shape[0]):
            matrix[i, j] -= factor * matrix[column, j]
            inverse[i, j] -= factor * inverse[column, j]


@njit(cache=True, nogil=True)
def _settle(
    design: Floats, target: Floats, basis: Rows, inverse: Floats, residuals: Floats, coef: Floats
) -> bool:
    """Compute inverse, coefficients and residuals of the vertex from scratch."""
    width = basis.shape[0]
    matrix = np.empty((width, width))
    for place in range(width):
        for j in range(width):
            matrix[place, j] = design[basis[place], j]
    if not invert(matrix, inverse):
        return False
    for j in range(width):
        coef[j] = 0.0
        for place in range(width):
            coef[j] += inverse[j, place] * target[basis[place]]
    for i in range(design.shape[0]):
        fitted = 0.0
        for j in range(width):
            fitted += design[i, j] * coef[j]
        residuals[i] = target[i] - fitted
    for place in range(width):
        residuals[basis[place]] = 0.0
    return True


@njit(cache=True, nogil=True)
def _gradient(design: Floats, weights: Floats, tau: float, vertex: Vertex) -> None:
    """Sum weight times slope of the loss times row over the rows off the vertex."""
    basis, sides, _, _, gradient = vertex
    for j in range(gradient.shape[0]):
        gradient[j] = 0.0
    for i in range(design.shape[0]):
        _add(gradient, design, i, weights[i] * (tau if sides[i] else tau - 1.0))
    for i in basis:
        _add(gradient, design, i, -weights[i] * (tau if sides[i] else tau - 1.0))


@njit(cache=True, nogil=True)
def _edge(weights: Floats, tau: float, vertex: Vertex) -> tuple[int, float, float]:
    """Choose the edge down: (place in the basis or -1, direction, steepness)."""
    basis, _, inverse, _, gradient = vertex
    width = basis.shape[0]
    chosen = -1
    direction = 1.0
    steepest = 0.0
    for place in range(width):
        multiplier = 0.0
        for j in range(width):
            multiplier -= inverse[j, place] * gradient[j]
        weight = weights[basis[place]]
        up = weight * (tau - 1.0) - multiplier
        down = multiplier - weight * tau
        excess = max(up, down)
        if excess > _TOLERANCE and excess > steepest:
            steepest = excess
            chosen = place
            direction = 1.0 if up > down else -1.0
    return chosen, direction, steepest


@njit(cache=True, nogil=True)
def _turn(times: Floats, loads: Floats, count: int, need: float) -> float:
    """Smallest time by which the loads add up to ``need``; both arrays are reordered."""
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) // 2
        a, b, c = times[low], times[middle], times[high]
        split = max(min(a, b), min(max(a, b), c))
        left, right, i = low, high, low
        before = 0.0
        while i <= right:
            if times[i] < split:
                before += loads[i]
                times[i], times[left] = times[left], times[i]
                loads[i], loads[left] = loads[left], loads[i]
                left += 1
                i += 1
            elif times[i] > split:
                times[i], times[right] = times[right], times[i]
                loads[i], loads[right] = loads[right], loads[i]
                right -= 1
            else:
                i += 1
        if before >= need:
            high = left - 1
            continue
        for tied in range(left, right + 1):
            before += loads[tied]
        if before >= need or right == high:
            return float(split)
        need -= before
        low = right + 1
    return float(times[low])


@njit(cache=True, nogil=True)
def _kinks(residuals: Floats, weights: Floats, sides: Sides, room: Room) -> int:
    """List when each row ahead is passed, and by how much the slope turns there."""
    rates, times, loads = room
    count = 0
    for i in range(rates.shape[0]):
        rate = rates[i]
        if rate != 0.0 and weights[i] > 0.0 and (rate > 0.0) == sides[i]:
            times[count] = max(residuals[i] / rate, 0.0)
            loads[count] = abs(rate) * weights[i]
            count += 1
    return count


@njit(cache=True, nogil=True)
def _add(gradient: Floats, design: Floats, row: int, factor: float) -> None:
    for j in range(gradient.shape[0]):
        gradient[j] += factor * design[row, j]


@njit(cache=True, nogil=True)
def _exchange(design: Floats, inverse: Floats, met: int, place: int) -> None:
    """Update the inverse when the row ``met`` takes a place in the basis."""
    width = inverse.shape[0]
    onto = np.empty(width)
    for k in range(width):
        onto[k] = 0.0
        for j in range(width):
            onto[k] += design[met, j] * inverse[j, k]
    for j in range(width):
        inverse[j, place] /= onto[place]
        for k in range(width):
            if k != place:
                inverse[j, k] -= inverse[j, place] * onto[k]


@njit(cache=True, nogil=True)
def _rates(design: Floats, vertex: Vertex, edge: tuple[int, float, float], rates: Floats) -> None:
    """How fast the fit of each row rises along an edge; zero for what is rounding."""
    basis, _, inverse, _, _ = vertex
    place, direction, _ = edge
    width = inverse.shape[0]
    least = 0.0
    for j in range(width):
        least += _SMALLEST * abs(inverse[j, place])
    for i in range(design.shape[0]):
        rate = 0.0
        for j in range(width):
            rate += design[i, j] * inverse[j, place]
        rates[i] = direction * rate if abs(rate) > least else 0.0
    for i in basis:
        rates[i] = 0.0


@njit(cache=True, nogil=True)
def _pass(design: Floats, weights: Floats, vertex: Vertex, rates: Floats, step: float) -> int:
    """Go along an edge: residuals fall, rows change sides; return the row met at the end."""
    _, sides, _, residuals, gradient = vertex
    met = -1
    for i in range(design.shape[0]):
        rate = rates[i]
        if rate == 0.0:
            continue
        if weights[i] > 0.0 and (rate > 0.0) == sides[i]:
            time = max(residuals[i] / rate, 0.0)
            if time < step:
                _add(gradient, design, i, -weights[i] if sides[i] else weights[i])
                sides[i] = not sides[i]
            elif time == step and (met < 0 or abs(rate) > abs(rates[met])):
                met = i
        residuals[i] -= step * rate
    return met


@njit(cache=True, nogil=True)
def _advance(
    design: Floats,
    weights: Floats,
    tau: float,
    vertex: Vertex,
    edge: tuple[int, float, float],
    room: Room,
) -> float:
    """Walk along an edge to the next vertex; return the length of the step, -1 for none."""
    basis, sides, inverse, residuals, gradient = vertex
    place, direction, steepness = edge
    rates, times, loads = room
    _rates(design, vertex, edge, rates)
    count = _kinks(residuals, weights, sides, room)
    if count == 0:
        return -1.0
    step = _turn(times, loads, count, steepness)
    met = _pass(design, weights, vertex, rates, step)
    left = basis[place]
    residuals[left] = -direction * step
    sides[left] = direction < 0.0
    residuals[met] = 0.0
    _add(gradient, design, left, weights[left] * (tau if sides[left] else tau - 1.0))
    _add(gradient, design, met, -weights[met] * (tau if sides[met] else tau - 1.0))
    _exchange(design, inverse, met, place)
    basis[place] = met
    return step


@njit(cache=True, nogil=True)
def _walk(
    design: Floats, weights: Floats, tau: float, vertex: Vertex, room: Room
) -> tuple[int, int]:
    """Advance until no edge goes down or a refresh is due: (pivots, last run of zero steps)."""
    stalled = 0
    _gradient(design, weights, tau, vertex)
    for pivot in range(_REFRESH):
        edge = _edge(weights, tau, vertex)
        if edge[0] < 0:
            return pivot, stalled
        step = _advance(design, weights, tau, vertex, edge, room)
        if step < 0.0:
            return -1, stalled
        stalled = stalled + 1 if step == 0.0 else 0
    return _REFRESH, stalled


@njit(cache=True, nogil=True)
def descend(
    design: Floats,
    target: Floats,
    weights: Floats,
    tau: float,
    state: tuple[Rows, Sides],
    coef: Floats,
) -> int:
    """Walk from a vertex to the one with the least weighted loss.

    ``design`` is (T, m) and ``target`` (T,), both of unit scale, ``weights`` (T,) not negative.
    ``state`` is (basis, sides): the m rows interpolated, independent at the start, and whether each
    row lies above the fit, which is output only; rows on it keep the side they came from.  Both and
    ``coef`` (m,) describe the last vertex.  Returns FINE, SINGULAR or STUCK.
    """
    basis, sides = state
    nobs, width = design.shape
    inverse = np.empty((width, width))
    residuals = np.empty(nobs)
    vertex = (basis, sides, inverse, residuals, np.empty(width))
    room = (np.empty(nobs), np.empty(nobs), np.empty(nobs))
    work = target
    nudged = False
    for turn in range(_ROUNDS):
        if not _settle(design, work, basis, inverse, residuals, coef):
            return SINGULAR
        _face(residuals, sides, turn == 0)
        pivots, stalled = _walk(design, weights, tau, vertex, room)
        if pivots < 0:
            return SINGULAR
        if pivots == 0:
            if nudged:
                _settle(design, target, basis, inverse, residuals, coef)
            return FINE
        restless = turn >= _RESTLESS and pivots < _REFRESH
        if (stalled >= _STALLED or restless) and not nudged:
            work = _nudge(target)
            nudged = True
    return STUCK


@njit(cache=True, nogil=True)
def _face(residuals: Floats, sides: Sides, first: bool) -> None:
    """Read the sides off the residuals; those within rounding of zero keep theirs."""
    for i in range(residuals.shape[0]):
        if first or abs(residuals[i]) > _ZERO:
            sides[i] = residuals[i] >= 0.0


@njit(cache=True, nogil=True)
def _nudge(target: Floats) -> Floats:
    """Move each target by its own tiny amount, so that no two rows tie."""
    moved = np.empty_like(target)
    for i in range(target.shape[0]):
        fraction = (i + 1) * 0.6180339887498949
        moved[i] = target[i] + _NUDGE * (fraction - np.floor(fraction) - 0.5)
    return moved


@njit(cache=True, nogil=True)
def begin(design: Floats, basis: Rows) -> bool:
    """Fill ``basis`` with rows that are far from dependent; False when the columns are not."""
    nobs, width = design.shape
    left = design.copy()
    for place in range(width):
        best = -1
        longest = _SMALLEST * _SMALLEST
        for i in range(nobs):
            length = 0.0
            for j in range(width):
                length += left[i, j] * left[i, j]
            if length > longest:
                longest = length
                best = i
        if best < 0:
            return False
        basis[place] = best
        along = left[best] / np.sqrt(longest)
        for i in range(nobs):
            share = 0.0
            for j in range(width):
                share += left[i, j] * along[j]
            for j in range(width):
                left[i, j] -= share * along[j]
    return True


@njit(cache=True, nogil=True)
def _expel(design: Floats, target: Floats, weights: Floats, state: tuple[Rows, Sides]) -> bool:
    """Move along the level edge on which row 0, of no weight, is interpolated."""
    basis, sides = state
    nobs, width = design.shape
    inverse = np.empty((width, width))
    residuals = np.empty(nobs)
    if not _settle(design, target, basis, inverse, residuals, np.empty(width)):
        return False
    vertex = (basis, sides, inverse, residuals, np.empty(width))
    room = (np.empty(nobs), np.empty(nobs), np.empty(nobs))
    for place in range(width):
        if basis[place] == 0:
            for direction in (1.0, -1.0):
                if _advance(design, weights, 0.5, vertex, (place, direction, 0.0), room) >= 0.0:
                    return True
            return False
    return True


@njit(cache=True, nogil=True)
def slide(
    design: Floats, target: Floats, tau: float, basis: Rows, coefs: Floats, codes: NDArray[np.int8]
) -> None:
    """Fit every window, each starting from the vertex of the one before.

    ``design`` (T, m) and ``target`` (T,) have unit scale.  ``basis`` (m,) are independent rows of
    the first window, or begins with -1 when it has none.  There are as many windows as lines of
    ``coefs`` (W, m), of T - W + 1 rows each.  The row that has left stays for one window without
    weight, so that the walk leads away from it.  ``codes`` (W,) tell FINE, SINGULAR or STUCK;
    coefficients are NaN unless FINE.
    """
    windows = coefs.shape[0]
    rows = design.shape[0] - windows + 1
    weights = np.ones(rows + 1)
    weights[0] = 0.0
    sides = np.empty(rows + 1, np.bool_)
    known = basis[0] >= 0
    for window in range(windows):
        fresh = window == 0 or not known
        first = window if fresh else window - 1
        x, y = design[first : window + rows], target[first : window + rows]
        w, state = weights[weights.shape[0] - x.shape[0] :], (basis, sides[: x.shape[0]])
        known = known or begin(x, basis)
        code = descend(x, y, w, tau, state, coefs[window]) if known else SINGULAR
        if code == FINE and not fresh and not _expel(x, y, w, state):
            code = SINGULAR
        known = code == FINE
        codes[window] = code
        if not known:
            coefs[window] = np.nan
        for place in range(basis.shape[0]):
            basis[place] -= window - first
