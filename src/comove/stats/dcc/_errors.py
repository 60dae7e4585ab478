"""Errors of the correlation parameters, margins estimated first."""

from __future__ import annotations

import numpy as np

from comove.stats.dcc._climb import at_wall, fixed
from comove.stats.dcc._equation import Moments, recursion, unpacked
from comove.stats.dcc._likelihood import Likelihood
from comove.stats.garch import Garch
from comove.stats.garch._beginning import fading
from comove.stats.sample import Floats

_STEP = 1e-5  # of a parameter, for differences of analytic derivatives
_FLAT = 1e-10  # curvature, against its own scale, that is none


def influence(likelihood: Likelihood, psi: Floats, margins: Garch) -> Floats:
    """Influence (p, T) of every day on (a, b[, g]), through both steps; NaN where undefined."""
    nobs, size = likelihood.given.z.shape[0], likelihood.given.size
    daily = likelihood.scores(psi)[1]
    # Derivatives one point to each side: of the scores by the parameters, and of the gradient
    # in the residuals by the parameters, which is that of the scores in the residuals.
    curvature, turned = np.zeros((size, size)), np.zeros((size, *likelihood.given.z.shape))
    for one in range(size):
        step = np.zeros(size)
        step[one] = _STEP * max(psi[one], 1e-3)
        width = 2.0 * step[one]
        up, down = likelihood.scores(psi + step)[1], likelihood.scores(psi - step)[1]
        curvature[one] = (up - down).sum(axis=0) / width
        ahead = residual_gradient(likelihood, psi + step)
        turned[one] = (ahead - residual_gradient(likelihood, psi - step)) / width
    curvature = -0.5 * (curvature + curvature.T)
    moved = daily.T.copy()
    first, slopes = margins.sensitivity()
    for column in range(first.shape[0]):
        moved += (turned[:, :, column] @ slopes[column].T) @ first[column]
    free = ~fixed(psi, daily.sum(axis=0))
    found = np.full((size, nobs), np.nan)
    weights = np.array([1.0, 1.0, likelihood.reach()])[:size]
    inner = curvature[np.ix_(free, free)]
    if psi[0] + psi[2:].sum() == 0.0 or not free.any() or at_wall(psi, weights):
        return found
    scale = np.sqrt(np.abs(np.diag(inner)))
    if (scale == 0.0).any() or np.linalg.eigvalsh(inner / np.outer(scale, scale))[0] < _FLAT:
        return found
    found[free] = np.linalg.solve(inner, moved[free])
    return found


def residual_gradient(likelihood: Likelihood, psi: Floats) -> Floats:
    """Differentiate the log-likelihood by the residuals, moments of them included, (T, k)."""
    total = np.zeros(likelihood.given.z.shape)
    for columns, part in likelihood.parts():
        total[:, columns] += _gradient(part, psi)
    return total


def _gradient(given: Moments, psi: Floats) -> Floats:
    from comove.stats.dcc import _kernels

    nobs, k = given.z.shape
    run = recursion(given, psi, differentiate=False)
    moved, sums, diagonal = _kernels.adjoint(given.z, run.y, run.intercept, run.begin, run.weights)
    by_constant, by_first = unpacked(sums[0], k), unpacked(sums[1], k)
    a, b, g = run.weights
    shocks, levels = given.follows
    by_target = (1.0 - a - b) * (by_constant + by_first) + (a * shocks + b * levels) * by_first
    found = moved[0]
    if given.model == "cdcc":
        scale = np.sqrt(np.diag(run.y.T @ run.y) / nobs)
        by_second = by_target / np.outer(scale, scale)
        own = (by_target * run.target).sum(axis=1) - np.diag(by_target)
        by_second[np.diag_indices(k)] = -own / scale**2
        by_shock = moved[1] + 2.0 / nobs * run.y @ by_second
        levels_, later = _kernels.unscaled(given.z, diagonal, by_shock, run.weights)
        found = found + levels_
        by_early = (a + b) * (by_first + np.diag(later))
    else:
        found = found + moved[1] + _through_moments(given, by_target, given.z)
        by_negative = -g * (by_constant + by_first) + (g * shocks) * by_first
        falls = np.minimum(given.z, 0.0)
        found += _through_moments(given, by_negative, falls) * (given.z < 0.0)
        by_early = (a + b) * by_first
    if given.start == "backcast":
        weights = fading(nobs)
        early = given.z[: len(weights)]
        found[: len(weights)] += 2.0 * weights[:, None] * (early @ by_early)
        if g > 0.0:
            down = np.minimum(early, 0.0)
            found[: len(weights)] += 2.0 * g * weights[:, None] * (down @ by_first) * (early < 0.0)
    return np.asarray(found)


def _through_moments(given: Moments, by_moment: Floats, x: Floats) -> Floats:
    """Differentiate by ``x`` (T, k) what depends on its second moments."""
    if given.start == "rmgarch":
        return np.asarray(2.0 / (len(x) - 1) * (x - x.mean(axis=0)) @ by_moment)
    return np.asarray(2.0 / len(x) * x @ by_moment)
