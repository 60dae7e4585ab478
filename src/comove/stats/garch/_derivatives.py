"""Score, information and Hessian of the log-likelihood: the density's part times the path's."""

from __future__ import annotations

import numpy as np

from comove.stats.garch import _density, _recursion
from comove.stats.garch._spec import Derivatives, Engine, Series
from comove.stats.sample import Floats


def derivatives(series: Series, theta: Floats, engine: Engine) -> Derivatives:
    """Log-likelihood, score, expected information and Hessian at ``theta`` (k, p)."""
    spec, count = series.spec, series.spec.slopes
    left, path = _recursion.path_at(series, theta)
    inverse_nu = theta[:, -1] if spec.tails else None
    part = _density.partials(left, path, inverse_nu)
    tail = None
    if inverse_nu is not None:
        tail = _density.tail_partials(left, path, inverse_nu, part)
    sums = engine.sums(series, theta, left, path, part.block)
    score = np.zeros(theta.shape)
    information, hessian = (np.zeros((*theta.shape, spec.size)) for _ in range(2))
    score[:, :count] = sums.first[:, 0]
    information[:, :count, :count] = part.expected[0][:, :, None] * sums.products
    hessian[:, :count, :count] = sums.curved
    # The mean moves the deviation too: e = x - mean.
    score[:, 0] -= part.by_e.sum(axis=1)
    information[:, 0, 0] += part.expected[1][:, 0] * (1.0 / path).sum(axis=1)
    hessian[:, 0, :count] -= sums.first[:, 1]
    hessian[:, :count, 0] -= sums.first[:, 1]
    hessian[:, 0, 0] += part.by_ee.sum(axis=1)
    if tail is not None:
        score[:, -1] = tail.by_h.sum(axis=1)
        information[:, -1, -1] = (tail.by_h**2).sum(axis=1)
        mixed = sums.first[:, 2]
        mixed[:, 0] -= tail.by_he.sum(axis=1)
        hessian[:, -1, :count] = hessian[:, :count, -1] = mixed
        hessian[:, -1, -1] = tail.by_hh.sum(axis=1)
    value = _recursion.loglik(series, theta, left, path)
    return Derivatives(value, score, information, hessian)


def scores(series: Series, theta: Floats) -> tuple[Floats, Floats]:
    """Scores (k, p, T) of every observation and slopes (k, p, T) of its variance, at ``theta``."""
    spec, count = series.spec, series.spec.slopes
    left, path = _recursion.path_at(series, theta)
    inverse_nu = theta[:, -1] if spec.tails else None
    part = _density.partials(left, path, inverse_nu)
    moved, score = (np.zeros((*theta.shape, path.shape[1])) for _ in range(2))
    moved[:, :count] = _recursion.slopes(series, theta, left, path)[0]
    score[:, :count] = moved[:, :count] * part.block[:, :1]
    score[:, 0] -= part.by_e
    if inverse_nu is not None:
        score[:, -1] = _density.tail_partials(left, path, inverse_nu).by_h
    return score, moved
