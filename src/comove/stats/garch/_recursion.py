"""Variance paths and their derivatives for many candidates at once, in plain numpy."""

from __future__ import annotations

import numpy as np

from comove.stats.garch import _beginning, _density
from comove.stats.garch._spec import Engine, Series, Spec, Sums
from comove.stats.sample import Floats


def decayed(inputs: Floats, beta: Floats) -> Floats:
    """Run s_t = beta s_{t-1} + inputs_t along the last axis, in place.

    Doubling: after the pass of stride d each entry holds the last 2 d inputs, so T steps take
    log2(T) array passes for all candidates together instead of T Python steps.
    """
    power = beta[..., None].copy()
    scratch = np.empty_like(inputs)
    stride = 1
    while stride < inputs.shape[-1] and float(power.max()) > 1e-18:
        late = scratch[..., stride:]
        inputs[..., stride:] += np.multiply(power, inputs[..., :-stride], out=late)
        power *= power
        stride *= 2
    return inputs


def paths(series: Series, theta: Floats) -> tuple[Floats, Floats]:
    """Deviations (k, 1 or C, T) and variances (k, C, T) of candidates ``theta`` (k, C, p)."""
    spec = series.spec
    mean = theta[..., :1]
    if (mean == mean[:, :1]).all():
        mean = mean[:, :1]
    left = series.shocks[:, None, :] - mean
    squares = left[..., :-1] ** 2
    path = np.empty((*theta.shape[:2], left.shape[-1]))
    path[..., 0] = _beginning.variance(series, theta)
    np.multiply(theta[..., 2, None], squares, out=path[..., 1:])
    if spec.split:
        squares *= left[..., :-1] < 0.0
        path[..., 1:] += (theta[..., 3] - theta[..., 2])[..., None] * squares
    path[..., 1:] += theta[..., 1, None]
    return left, decayed(path, theta[..., spec.beta])


def path_at(series: Series, theta: Floats) -> tuple[Floats, Floats]:
    """Deviations and variances (k, T) at one candidate each, ``theta`` (k, p)."""
    left, path = paths(series, theta[:, None])
    return left[:, 0], path[:, 0]


def values(series: Series, theta: Floats) -> Floats:
    """Log-likelihoods (k, C) of candidates ``theta`` (k, C, p)."""
    return loglik(series, theta, *paths(series, theta))


def loglik(series: Series, theta: Floats, left: Floats, path: Floats) -> Floats:
    """Log-likelihoods of candidates ``theta`` (..., p) whose paths (..., T) are known."""
    return _density.total(path, left * left, theta[..., -1] if series.spec.tails else None)


def sums(series: Series, theta: Floats, left: Floats, path: Floats, block: Floats) -> Sums:
    """Sum the derivatives of the variances at ``theta`` (k, p), weighted as the caller says.

    ``left`` and ``path`` (k, T) are deviations and variances there; ``block`` (k, 4, T) are dl/ds,
    d2l/ds2, d2l/dsde and d2l/dsdh.
    """
    by_s, by_ss = block[:, 0], block[:, 1]
    first, second = slopes(series, theta, left, path)
    curved = _products(first * by_ss[:, None], first)
    for position, (row, column) in enumerate(_pairs(series.spec)):
        extra = np.einsum("kt,kt->k", second[:, position], by_s)
        curved[:, row, column] += extra
        if row != column:
            curved[:, column, row] += extra
    scaled = first / path[:, None]
    return Sums(_products(block[:, [0, 2, 3]], first), _products(scaled, scaled), curved)


def slopes(series: Series, theta: Floats, left: Floats, path: Floats) -> tuple[Floats, Floats]:
    """First derivatives (k, slopes, T) of the variances, and the second ones that are not zero.

    The second ones, (k, n, T), come in the order of :func:`_pairs`.
    """
    spec, beta = series.spec, theta[:, series.spec.beta]
    left = left[:, :-1]
    squares = left * left
    signs = [np.ones_like(left)]
    if spec.split:
        signs = [(left >= 0.0).astype(np.float64), (left < 0.0).astype(np.float64)]
    gains = np.zeros_like(left)
    for i, sign in enumerate(signs):
        gains += theta[:, 2 + i, None] * sign
    first = np.zeros((len(theta), spec.slopes, path.shape[1]))
    first[:, 0, 1:] = -2.0 * gains * left
    first[:, 1, 1:] = 1.0
    for i, sign in enumerate(signs):
        first[:, 2 + i, 1:] = squares * sign
    first[:, spec.beta, 1:] = path[:, :-1]
    second = np.zeros((len(theta), len(_pairs(spec)), path.shape[1]))
    first[:, :, 0], second[:, 0, 0] = _beginning.slopes(series, theta)
    first = decayed(first, np.repeat(beta[:, None], spec.slopes, axis=1))
    second[:, 0, 1:] = 2.0 * gains
    for i, sign in enumerate(signs):
        second[:, 1 + i, 1:] = -2.0 * left * sign
    second[:, 1 + len(signs) :, 1:] = first[:, :, :-1]
    second[:, -1, 1:] *= 2.0
    return first, decayed(second, np.repeat(beta[:, None], second.shape[1], axis=1))


def _pairs(spec: Spec) -> list[tuple[int, int]]:
    """Pairs of parameters in which the variance is not linear."""
    with_mean = [(0, i) for i in range(spec.slopes) if i not in (1, spec.beta)]
    return with_mean + [(spec.beta, i) for i in range(spec.slopes)]


def _products(left: Floats, right: Floats) -> Floats:
    return np.asarray(left @ right.transpose(0, 2, 1))


ENGINE = Engine(values, sums)
"""All in numpy: nothing to load, nothing to compile."""
