"""Where to start climbing: a grid on a few pairs, and every hill that it shows."""

from __future__ import annotations

import numpy as np

from comove.stats.dcc import _plain
from comove.stats.dcc._equation import Moments, packed
from comove.stats.dcc._likelihood import Likelihood
from comove.stats.sample import Floats

_PERSISTENCE = np.array([0.5, 0.8, 0.92, 0.97, 0.99, 0.997])
_NEWS = np.array([0.003, 0.01, 0.025, 0.06, 0.15])
_FEW = 4  # pairs that the grid looks at
_MOST_HILLS = 3


def starts(likelihood: Likelihood) -> list[Floats]:
    """Return starting values (p,), best first: the local maxima of a grid in (a + b, a)."""
    parts = _few(likelihood)
    # The grid lives on the logarithms of a and of 1 - a - b, where hills are round.
    axes = np.log(1.0 - _PERSISTENCE), np.log(_NEWS)
    compiled = likelihood.compiled
    surface = _surface(parts, *np.meshgrid(*axes, indexing="ij"), compiled=compiled)
    padded = np.pad(surface, 1, constant_values=-np.inf)
    rows, columns = surface.shape
    around = [
        padded[1 + i : 1 + i + rows, 1 + j : 1 + j + columns]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    hills = np.argwhere(surface >= np.max(around, axis=0))
    ranked = sorted(hills.tolist(), key=lambda cell: -float(surface[tuple(cell)]))
    return [
        _refined(parts, float(axes[0][row]), float(axes[1][column]), compiled=compiled)
        for row, column in ranked[:_MOST_HILLS]
    ]


def _refined(parts: list[Moments], left: float, news: float, *, compiled: bool) -> Floats:
    """Look closer at a hill."""
    for width in (0.6, 0.2):
        near = width * np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
        lefts, newses = np.meshgrid(left + near, news + near, indexing="ij")
        best = int(_surface(parts, lefts, newses, compiled=compiled).argmax())
        left, news = float(lefts.flat[best]), float(newses.flat[best])
    a, b = np.exp(news), 1.0 - np.exp(left) - np.exp(news)
    # A little of the news given to joint falls, within the bound on persistence.
    return np.array([a, b] if parts[0].size == 2 else [0.8 * a, b, 0.2 * a])


def _surface(parts: list[Moments], left: Floats, news: Floats, *, compiled: bool) -> Floats:
    """Sum over ``parts`` of the log-likelihoods of plain DCC from its target.

    At log(1 - a - b) ``left`` and log a ``news``; minus infinity where b is not positive.
    """
    a, b = np.exp(news), 1.0 - np.exp(left) - np.exp(news)
    weights = np.array([a.ravel(), np.maximum(b, 0.0).ravel()])
    if not compiled:
        total = np.asarray(sum(_plain.grid(part, weights) for part in parts))
        return np.where(b > 0.0, total.reshape(a.shape), -np.inf)
    from comove.stats.dcc import _kernels

    total = np.zeros(weights.shape[1])
    for part in parts:
        target = packed(part.target)[:, None]
        intercept = (1.0 - weights.sum(axis=0)) * target
        begin = np.broadcast_to(target, intercept.shape).copy()
        total += _kernels.pair_grid(part.z, intercept, begin, weights)
    return np.where(b > 0.0, total.reshape(a.shape), -np.inf)


def _few(likelihood: Likelihood) -> list[Moments]:
    """Take pairs spread over the columns."""
    k = likelihood.given.z.shape[1]
    if likelihood.pairs is not None:
        stride = max(1, len(likelihood.pairs) // _FEW)
        chosen = list(likelihood.pairs[::stride][:_FEW])
    elif k == 2:
        chosen = [(0, 1)]
    else:
        stride = max(1, k // _FEW)
        chosen = [(i, (i + 1) % k) for i in range(0, k, stride)][:_FEW]
    return [likelihood.given.pair(columns) for columns in chosen]
