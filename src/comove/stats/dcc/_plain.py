"""The likelihood of one pair in plain numpy: nothing to load, nothing to compile.

For two columns whose shocks move Q as they are ("dcc", "adcc").  The figures are those of the
compiled kernels; a short sample costs less than loading them.
"""

from __future__ import annotations

import numpy as np

from comove.stats.dcc._equation import Moments, Recursion, packed
from comove.stats.garch._recursion import decayed
from comove.stats.sample import Floats

_FEW = 2_000_000  # numbers of the grid handled at once


def scores(given: Moments, run: Recursion) -> tuple[float, Floats]:
    """Log-likelihood beyond that of uncorrelated residuals, and scores (T, p) of the days."""
    products, falls = _news(given.z)
    size = given.size
    q = _path(run, 0, run.weights[0] * products + run.weights[2] * falls)
    r, ok = _correlation(q)
    x, y = given.z.T
    left = 1.0 - r * r
    squares = x * x + y * y
    value = -0.5 * (np.log(left) + (squares - 2.0 * r * x * y) / left - squares)
    along_r = r / left + (x * y * (1.0 + r * r) - r * squares) / left**2
    scale = np.sqrt(q[0] * q[2])
    found = np.empty((len(x), size))
    for place, source in enumerate((products, q, falls)[:size]):
        moved = _path(run, 1 + place, source)
        own = moved[0] / q[0] + moved[2] / q[2]
        found[:, place] = along_r * (moved[1] / scale - 0.5 * r * own)
    return (float(value.sum()), found) if ok else (-np.inf, found)


def grid(given: Moments, weights: Floats) -> Floats:
    """Log-likelihoods (C,) of plain DCC from its target under many ``weights`` (2, C)."""
    products, _ = _news(given.z)
    target = packed(given.target)
    total = np.empty(weights.shape[1])
    step = max(1, _FEW // (3 * len(given.z)))
    x, y = given.z.T
    for start in range(0, len(total), step):
        a, b = weights[:, start : start + step, None]
        path = np.empty((len(a), 3, len(x)))
        path[:, :, 0] = target
        path[:, :, 1:] = a[:, None] * products[:, :-1]
        path[:, :, 1:] += ((1.0 - a - b) * target)[:, :, None]
        q = decayed(path, np.repeat(b, 3, axis=1)).transpose(1, 0, 2)
        r, _ = _correlation(q)
        left = 1.0 - r * r
        squares = x * x + y * y
        inside = np.log(left) + (squares - 2.0 * r * x * y) / left - squares
        total[start : start + step] = -0.5 * inside.sum(axis=1)
    return total


def _news(z: Floats) -> tuple[Floats, Floats]:
    """Products of the residuals and of their negative parts, packed, (3, T)."""
    falls = np.minimum(z, 0.0)
    return tuple(  # type: ignore[return-value]
        np.array([one[:, 0] ** 2, one[:, 0] * one[:, 1], one[:, 1] ** 2]) for one in (z, falls)
    )


def _path(run: Recursion, place: int, source: Floats) -> Floats:
    """Q or one of its derivatives, packed, (3, T)."""
    path = np.empty_like(source)
    path[:, 0] = run.begin[place]
    path[:, 1:] = run.intercept[place][:, None] + source[:, :-1]
    return decayed(path, np.full(3, float(run.weights[1])))


def _correlation(q: Floats) -> tuple[Floats, bool]:
    """Correlation of packed paths (3, ..., T), kept inside (-1, 1); whether it was there."""
    r = q[1] / np.sqrt(q[0] * q[2])
    most = float(np.abs(r).max())
    return np.clip(r, -1.0 + 1e-12, 1.0 - 1e-12), most < 1.0
