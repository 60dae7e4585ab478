"""Sums over observations that numpy can only reach by detours, compiled."""

from __future__ import annotations

import math

import numba
import numpy as np

from comove.stats.sample import Floats

_TOGETHER = 16  # logarithms are taken of products of this many numbers of order one
# Sums may be taken in another order, for the sake of vector instructions; NaN stays NaN.
_REORDERED = {"reassoc", "contract", "nsz", "arcp"}


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def normal_values(shocks: Floats, theta: Floats, start: Floats) -> Floats:
    """Sum -1/2 (log s + e^2 / s) for every candidate.

    Shapes: ``shocks`` (k, T), ``theta`` (k, 5, C) as (mean, omega, alpha of positive shocks, of
    negative ones, beta), ``start`` (k, C) first variances.  Returns (k, C).
    """
    count, candidates = start.shape
    nobs = shocks.shape[1]
    found = np.zeros((count, candidates))
    variance, product = np.empty(candidates), np.empty(candidates)
    for series in range(count):
        mean, omega, up = theta[series, 0], theta[series, 1], theta[series, 2]
        down, beta, total = theta[series, 3], theta[series, 4], found[series]
        variance[:] = start[series]
        for begin in range(0, nobs, _TOGETHER):
            product[:] = 1.0
            for t in range(begin, min(begin + _TOGETHER, nobs)):
                x = shocks[series, t]
                for c in range(candidates):
                    left, s = x - mean[c], variance[c]
                    square = left * left
                    product[c] *= s
                    total[c] -= 0.5 * square / s
                    gain = up[c] if left >= 0.0 else down[c]
                    variance[c] = omega[c] + gain * square + beta[c] * s
            for c in range(candidates):
                total[c] -= 0.5 * math.log(product[c])
    return found


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def tailed_values(shocks: Floats, theta: Floats, start: Floats) -> Floats:
    """Sum -1/2 log s - (nu + 1) / 2 log(1 + e^2 / (s (nu - 2))) for every candidate.

    As :func:`normal_values`, with nu as sixth row of ``theta`` (k, 6, C).
    """
    count, candidates = start.shape
    nobs = shocks.shape[1]
    found = np.zeros((count, candidates))
    variance, product, tail = np.empty(candidates), np.empty(candidates), np.empty(candidates)
    for series in range(count):
        mean, omega, up = theta[series, 0], theta[series, 1], theta[series, 2]
        down, beta, nu = theta[series, 3], theta[series, 4], theta[series, 5]
        total = found[series]
        variance[:] = start[series]
        for begin in range(0, nobs, _TOGETHER):
            product[:] = 1.0
            tail[:] = 1.0
            for t in range(begin, min(begin + _TOGETHER, nobs)):
                x = shocks[series, t]
                for c in range(candidates):
                    left, s = x - mean[c], variance[c]
                    square = left * left
                    product[c] *= s
                    tail[c] *= 1.0 + square / (s * (nu[c] - 2.0))
                    gain = up[c] if left >= 0.0 else down[c]
                    variance[c] = omega[c] + gain * square + beta[c] * s
            for c in range(candidates):
                total[c] -= 0.5 * math.log(product[c]) + 0.5 * (nu[c] + 1.0) * math.log(tail[c])
    return found


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def sums(
    left: Floats, path: Floats, theta: Floats, begin: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """Weighted sums of the derivatives of every variance path and of their products.

    Shapes: ``left`` and ``path`` (k, T) deviations and variances, ``theta`` (k, 5) as in
    :func:`normal_values`, ``begin`` (k, 6) the derivatives of the first variance and its second
    one in the mean, ``weights`` (k, 4, T) as (by_s, by_ss, by_se, by_hs).  Returns (k, 3, 5), sums
    of by_s d_i, by_se d_i and by_hs d_i; and (k, 2, 5, 5), sums of d_i d_j / s^2 and of
    by_ss d_i d_j + by_s d_ij.
    """
    count, nobs = path.shape
    first, second = np.zeros((count, 3, 5)), np.zeros((count, 2, 5, 5))
    slope, curve = np.zeros(5), np.zeros((5, 5))
    for series in range(count):
        slope[:] = begin[series, :5]
        curve[:] = 0.0
        curve[0, 0] = begin[series, 5]
        for t in range(nobs):
            s = path[series, t]
            by_s, by_ss = weights[series, 0, t], weights[series, 1, t]
            for i in range(5):
                first[series, 0, i] += by_s * slope[i]
                first[series, 1, i] += weights[series, 2, t] * slope[i]
                first[series, 2, i] += weights[series, 3, t] * slope[i]
                for j in range(i + 1):
                    both = slope[i] * slope[j]
                    second[series, 0, i, j] += both / (s * s)
                    second[series, 1, i, j] += by_ss * both + by_s * curve[i, j]
            _advance(slope, curve, theta[series], left[series, t], s)
        for i in range(5):
            for j in range(i):
                second[series, :, j, i] = second[series, :, i, j]
    return first, second


@numba.njit(cache=True, fastmath=_REORDERED, nogil=True)
def _advance(slope: Floats, curve: Floats, theta: Floats, e: float, s: float) -> None:
    """Carry first and second derivatives (lower triangle) of a variance to the next row."""
    beta = theta[4]
    other = 2 if e >= 0.0 else 3
    gain = theta[other]
    # Second derivatives first: they need the slopes of this row.
    for i in range(4):
        curve[4, i] = beta * curve[4, i] + slope[i]
    curve[4, 4] = beta * curve[4, 4] + 2.0 * slope[4]
    curve[0, 0] = beta * curve[0, 0] + 2.0 * gain
    curve[2, 0] *= beta
    curve[3, 0] *= beta
    curve[other, 0] -= 2.0 * e
    for i in range(5):
        slope[i] *= beta
    slope[0] -= 2.0 * gain * e
    slope[1] += 1.0
    slope[other] += e * e
    slope[4] += s
