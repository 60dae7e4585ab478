"""Likelihood of a path of correlation matrices, compiled.

Symmetric matrices travel packed: the lower triangle row by row, m = k (k + 1) / 2 numbers.  Days
travel some at a time, as lanes: Q moves from day to day, but its decomposition does not, so the
innermost loop runs over days and takes several of them in one instruction.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from comove.stats.sample import Floats

_TOGETHER = 16  # logarithms are taken of products of this many numbers of order one
# Sums may be taken in another order, for the sake of vector instructions; NaN stays NaN.
_REORDERED = {"reassoc", "contract", "nsz", "arcp"}


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def scores(
    z: Floats, y: Floats, dy: Floats, intercept: Floats, begin: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """Log-likelihood and score of every day, beyond that of uncorrelated residuals.

    Shapes: ``z`` (T, k) residuals, ``y`` (T, k) the shocks that move Q, ``dy`` (p, T, k) their
    derivatives or (0, T, k), ``intercept`` and ``begin`` (1 + p, m) the constant of the recursion
    and the first Q, each followed by its derivatives, ``weights`` (3,) as (a, b, g).  With p = 0
    only likelihoods.  Returns (T,) and (T, p); minus infinity where Q is not positive definite.
    """
    nobs, k = z.shape
    size, lanes = intercept.shape[0] - 1, _lanes(k)
    value, score = np.empty(nobs), np.zeros((nobs, size))
    carry = begin.copy()
    q = np.empty((1 + size, begin.shape[1], lanes))
    root, inverse = np.zeros((k, k, lanes)), np.zeros((k, k, lanes))
    gradient, vectors, found = np.empty(q.shape[1:]), np.empty((4, k, lanes)), np.empty(lanes)
    shocks = np.empty((1 + dy.shape[0], k, lanes))
    for start in range(0, nobs, lanes):
        _turned(y, start, shocks[0])
        for p in range(dy.shape[0]):
            _turned(dy[p], start, shocks[1 + p])
        _unrolled(carry, q, shocks, intercept, weights)
        _turned(z, start, vectors[0])
        _decomposed(q[0], root, inverse, found)
        _solved(q[0], root, inverse, vectors, found)
        days = min(lanes, nobs - start)
        value[start : start + days] = found[:days]
        if size > 0:
            _inverted(root, inverse)
            _gradient(inverse, vectors, gradient)
            for p in range(size):
                found[:] = 0.0
                for m in range(gradient.shape[0]):
                    for day in range(lanes):
                        found[day] += gradient[m, day] * q[1 + p, m, day]
                score[start : start + days, p] = found[:days]
    for t in range(nobs):
        if not value[t] > -1e300:
            value[t] = -np.inf
    return value, score


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def adjoint(
    z: Floats, y: Floats, intercept: Floats, begin: Floats, weights: Floats
) -> tuple[Floats, Floats, Floats]:
    """Differentiate the whole log-likelihood by everything that enters it.

    Shapes as in :func:`scores`, with p = 0.  Returns derivatives by the residuals themselves and
    by the shocks, (2, T, k); by the intercept and by the first Q, packed with off-diagonal pairs
    together, (2, m); and the diagonal of every Q, (T, k).
    """
    nobs, k = z.shape
    lanes = _lanes(k)
    carry, q = begin.copy(), np.empty((1, begin.shape[1], lanes))
    root, inverse = np.zeros((k, k, lanes)), np.zeros((k, k, lanes))
    gradient, vectors, found = np.empty(q.shape[1:]), np.empty((4, k, lanes)), np.empty(lanes)
    shocks = np.empty((1, k, lanes))
    gradients = np.empty((nobs, begin.shape[1]))
    moved, diagonal = np.zeros((2, nobs, k)), np.empty((nobs, k))
    for start in range(0, nobs, lanes):
        _turned(y, start, shocks[0])
        _unrolled(carry, q, shocks, intercept, weights)
        _turned(z, start, vectors[0])
        _decomposed(q[0], root, inverse, found)
        _solved(q[0], root, inverse, vectors, found)
        _inverted(root, inverse)
        _gradient(inverse, vectors, gradient)
        for day in range(min(lanes, nobs - start)):
            gradients[start + day] = gradient[:, day]
            for i in range(k):
                own = q[0, i * (i + 3) // 2, day]
                diagonal[start + day, i] = own
                moved[0, start + day, i] = z[start + day, i] - vectors[2, i, day] * math.sqrt(own)
    sums = np.zeros((2, begin.shape[1]))
    for back in range(nobs):
        t = nobs - 1 - back
        _shocked(sums[1], y[t], weights, moved[1, t])
        for m in range(sums.shape[1]):
            sums[0, m] += sums[1, m]
            sums[1, m] = gradients[t, m] + weights[1] * sums[1, m]
    return moved, sums, diagonal


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _lanes(k: int) -> int:
    """Days taken together: few enough that their matrices stay close to the processor."""
    return 16 if k < 16 else 32


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _turned(x: Floats, start: int, out: Floats) -> None:
    """Copy some days of ``x`` (T, k) into lanes (k, n); zero beyond the last day."""
    days = min(out.shape[1], x.shape[0] - start)
    for i in range(out.shape[0]):
        for day in range(days):
            out[i, day] = x[start + day, i]
        for day in range(days, out.shape[1]):
            out[i, day] = 0.0


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _unrolled(carry: Floats, q: Floats, shocks: Floats, intercept: Floats, weights: Floats) -> None:
    """Write Q and its derivatives (1 + p, m, n) of some days; ``carry`` (1 + p, m) goes along."""
    a, b, g = weights[0], weights[1], weights[2]
    lanes = q.shape[2]
    both, news, fall = np.empty(lanes), np.empty(lanes), np.empty(lanes)
    m = 0
    for i in range(shocks.shape[1]):
        for j in range(i + 1):
            for day in range(lanes):
                both[day] = shocks[0, i, day] * shocks[0, j, day]
                falls = shocks[0, i, day] < 0.0 and shocks[0, j, day] < 0.0
                fall[day] = both[day] if falls else 0.0
                news[day] = a * both[day] + g * fall[day]
            carry[0, m] = _run(q[0, m], carry[0, m], intercept[0, m], b, news)
            for p in range(q.shape[0] - 1):
                source = both if p == 0 else (q[0, m] if p == 1 else fall)
                news[:] = source
                if shocks.shape[0] > 1:
                    for day in range(lanes):
                        left = shocks[1 + p, i, day] * shocks[0, j, day]
                        news[day] += a * (left + shocks[0, i, day] * shocks[1 + p, j, day])
                carry[1 + p, m] = _run(q[1 + p, m], carry[1 + p, m], intercept[1 + p, m], b, news)
            m += 1


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _run(out: Floats, now: float, constant: float, decay: float, news: Floats) -> float:
    """Write a number that decays and is renewed, day by day; returns the one after the last."""
    for day in range(out.shape[0]):
        out[day] = now
        now = (constant + news[day]) + decay * now
    return now


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _decomposed(q: Floats, root: Floats, inverse: Floats, found: Floats) -> None:
    """Cholesky roots of Q below the diagonal, inverse of their diagonal, -1/2 log |R|."""
    k, lanes = root.shape[0], found.shape[0]
    product, rest = np.ones(lanes), np.empty(lanes)
    found[:] = 0.0
    row = 0
    for i in range(k):
        for j in range(i + 1):
            rest[:] = q[row + j]
            for n in range(j):
                for day in range(lanes):
                    rest[day] -= root[i, n, day] * root[j, n, day]
            if j < i:
                for day in range(lanes):
                    root[i, j, day] = rest[day] * inverse[j, j, day]
        for day in range(lanes):
            product[day] *= rest[day] / q[row + i, day]
            inverse[i, i, day] = 1.0 / math.sqrt(rest[day])
        if i % _TOGETHER == _TOGETHER - 1 or i == k - 1:
            for day in range(lanes):
                found[day] -= 0.5 * math.log(product[day])
            product[:] = 1.0
        row += i + 1


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _solved(q: Floats, root: Floats, inverse: Floats, vectors: Floats, found: Floats) -> None:
    """Add -1/2 (z' R^-1 z - z'z); leaves w, L^-1 w, Q^-1 w and 1 / diagonal in ``vectors``.

    ``vectors`` (4, k, n) arrives with z in front; w is z in units of Q.
    """
    k, lanes = vectors.shape[1:]
    w, v, u, own = vectors[0], vectors[1], vectors[2], vectors[3]
    for i in range(k):
        diagonal = q[i * (i + 3) // 2]
        for day in range(lanes):
            found[day] += 0.5 * w[i, day] * w[i, day]
            own[i, day] = 1.0 / diagonal[day]
            w[i, day] *= math.sqrt(diagonal[day])
        v[i] = w[i]
        for j in range(i):
            for day in range(lanes):
                v[i, day] -= root[i, j, day] * v[j, day]
        for day in range(lanes):
            v[i, day] *= inverse[i, i, day]
            found[day] -= 0.5 * v[i, day] * v[i, day]
    for i in range(k - 1, -1, -1):
        u[i] = v[i]
        for j in range(i + 1, k):
            for day in range(lanes):
                u[i, day] -= root[j, i, day] * u[j, day]
        for day in range(lanes):
            u[i, day] *= inverse[i, i, day]


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _inverted(root: Floats, inverse: Floats) -> None:
    """Invert the Cholesky roots; the inverse is left transposed, above its diagonal."""
    k, lanes = root.shape[0], root.shape[2]
    total = np.empty(lanes)
    for j in range(k):
        for i in range(j + 1, k):
            total[:] = 0.0
            for n in range(j, i):
                for day in range(lanes):
                    total[day] += root[i, n, day] * inverse[j, n, day]
            for day in range(lanes):
                inverse[j, i, day] = -total[day] * inverse[i, i, day]


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _gradient(inverse: Floats, vectors: Floats, gradient: Floats) -> None:
    """Differentiate the log-likelihood by the packed Q, off-diagonal pairs together, (m, n)."""
    k, lanes = inverse.shape[0], gradient.shape[1]
    w, u, own = vectors[0], vectors[2], vectors[3]
    m = 0
    for i in range(k):
        for j in range(i + 1):
            slope = gradient[m]
            for day in range(lanes):
                slope[day] = u[i, day] * u[j, day]
            for n in range(i, k):
                for day in range(lanes):
                    slope[day] -= inverse[i, n, day] * inverse[j, n, day]
            m += 1
        for day in range(lanes):
            slope[day] = 0.5 * (slope[day] - (u[i, day] * w[i, day] - 1.0) * own[i, day])


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def pair_grid(z: Floats, intercept: Floats, begin: Floats, weights: Floats) -> Floats:
    """Log-likelihoods of two columns under many candidates at once.

    Shapes: ``z`` (T, 2), ``intercept`` and ``begin`` (3, C), ``weights`` (2, C) as (a, b).
    Returns (C,).
    """
    candidates = weights.shape[1]
    a, b = weights[0], weights[1]
    total, product = np.zeros(candidates), np.empty(candidates)
    first, cross, second = begin[0].copy(), begin[1].copy(), begin[2].copy()
    for start in range(0, z.shape[0], _TOGETHER):
        product[:] = 1.0
        for t in range(start, min(start + _TOGETHER, z.shape[0])):
            xx, xy, yy = z[t, 0] * z[t, 0], z[t, 0] * z[t, 1], z[t, 1] * z[t, 1]
            for c in range(candidates):
                rho = cross[c] / math.sqrt(first[c] * second[c])
                rest = 1.0 - rho * rho
                product[c] *= rest
                total[c] -= 0.5 * rho * (rho * (xx + yy) - 2.0 * xy) / rest
                first[c] = intercept[0, c] + a[c] * xx + b[c] * first[c]
                cross[c] = intercept[1, c] + a[c] * xy + b[c] * cross[c]
                second[c] = intercept[2, c] + a[c] * yy + b[c] * second[c]
        for c in range(candidates):
            total[c] -= 0.5 * math.log(product[c])
    return total


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def rescaled(z: Floats, begin: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Multiply residuals by the root of their own diagonal of Q, as the corrected model does.

    Shapes: ``z`` (T, k), ``begin`` (3, k) the first diagonal and its derivatives by (a, b),
    ``weights`` (3,).  Returns the shocks (T, k), their derivatives (2, T, k), the diagonal (T, k).
    """
    nobs, k = z.shape
    a, b = weights[0], weights[1]
    y, dy, diagonal = np.empty((nobs, k)), np.empty((2, nobs, k)), np.empty((nobs, k))
    q = begin.copy()
    for t in range(nobs):
        for i in range(k):
            root = math.sqrt(q[0, i])
            y[t, i], diagonal[t, i] = root * z[t, i], q[0, i]
            square = y[t, i] * y[t, i]
            for p in range(2):
                dy[p, t, i] = 0.5 * z[t, i] / root * q[1 + p, i]
                q[1 + p, i] = b * q[1 + p, i] - 1.0 + 2.0 * a * y[t, i] * dy[p, t, i]
            q[1, i] += square
            q[2, i] += q[0, i]
            q[0, i] = 1.0 - a - b + a * square + b * q[0, i]
    return y, dy, diagonal


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _shocked(carried: Floats, y: Floats, weights: Floats, found: Floats) -> None:
    """Differentiate by the shocks of a day, given the derivative by the next day's Q."""
    row = 0
    for i in range(y.shape[0]):
        for j in range(i + 1):
            weight = weights[0] + (weights[2] if y[i] < 0.0 and y[j] < 0.0 else 0.0)
            found[i] += weight * carried[row + j] * y[j]
            found[j] += weight * carried[row + j] * y[i]
        row += i + 1


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def unscaled(
    z: Floats, diagonal: Floats, by_shock: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """Undo :func:`rescaled` for derivatives: from those by the shocks to those by the residuals.

    Shapes (T, k); ``weights`` (3,).  Returns (T, k) and, by the first diagonal, (k,).
    """
    nobs, k = z.shape
    a, b = weights[0], weights[1]
    found, later = np.empty((nobs, k)), np.zeros(k)
    for back in range(nobs):
        t = nobs - 1 - back
        for i in range(k):
            root = math.sqrt(diagonal[t, i])
            total = by_shock[t, i] + 2.0 * a * root * z[t, i] * later[i]
            found[t, i] = root * total
            later[i] = 0.5 * z[t, i] / root * total + b * later[i]
    return found, later
