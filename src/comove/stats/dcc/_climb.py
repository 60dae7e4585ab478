"""From a start to the top of the likelihood in two or three parameters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comove.stats.dcc._likelihood import Likelihood
from comove.stats.sample import Floats

LARGEST_PERSISTENCE = 1.0 - 1e-6
"""a + b (+ reach g) is kept at or below this, so that Q reverts to its target."""

_MOST_ITERATIONS = 60
_ENOUGH = 1e-15  # promised gain after which nothing is left to find
_SURE = 1e-8  # promised gain below which a full step is not doubted
_WALL = 1e8  # stiffness of the bound on persistence
_RIDGE = 1e-10


def climb(likelihood: Likelihood, start: Floats) -> tuple[Floats, float]:
    """Climb from ``start`` (p,) by quasi-Newton steps; returns the top and its value.

    The first curvature is that of the outer product of the daily scores; gradients then correct it
    (BFGS). Parameters pushed against zero stay there, persistence against its bound likewise.
    """
    weights = np.array([1.0, 1.0, likelihood.reach()])[: len(start)]
    psi = start
    value, daily = likelihood.scores(psi)
    score, curvature = daily.sum(axis=0), daily.T @ daily
    for _ in range(_MOST_ITERATIONS):
        step, promised = _direction(psi, score, curvature, weights)
        found = _tried(likelihood, psi, value, (step, promised, weights))
        if found is None:
            break
        moved, value, daily = found
        turned = score - daily.sum(axis=0)
        curvature = _updated(curvature, moved - psi, turned)
        psi, score = moved, daily.sum(axis=0)
        if promised < _ENOUGH:
            break
    return psi, value


def fixed(psi: Floats, score: Floats) -> NDArray[np.bool_]:
    """Parameters (p,) at zero that the score pushes below it, as booleans."""
    return np.asarray((psi <= 0.0) & (score <= 0.0))


def at_wall(psi: Floats, weights: Floats) -> bool:
    """Whether persistence is at its bound."""
    return bool(psi @ weights >= LARGEST_PERSISTENCE - 1e-9)


def _direction(
    psi: Floats, score: Floats, curvature: Floats, weights: Floats
) -> tuple[Floats, float]:
    """Direction (p,) and the gain it promises to second order."""
    free = ~fixed(psi, score)
    scale = np.sqrt(np.diag(curvature))
    scale[~free | (scale == 0.0)] = 1.0
    both = np.outer(free, free)
    matrix = np.where(both, curvature, 0.0) / np.outer(scale, scale)
    matrix[np.diag_indices_from(matrix)] += np.where(free, _RIDGE, 1.0)
    right = np.where(free, score, 0.0) / scale
    step = np.linalg.solve(matrix, right)
    normal = np.where(free, weights, 0.0) / scale
    if at_wall(psi, weights) and step @ normal > 0.0:
        matrix += _WALL / float(normal @ normal) * np.outer(normal, normal)
        step = np.linalg.solve(matrix, right)
    return step / scale, float(step @ right)


def _tried(
    likelihood: Likelihood, psi: Floats, value: float, move: tuple[Floats, float, Floats]
) -> tuple[Floats, float, Floats] | None:
    """Go along a direction as far as it gains; None when it does not."""
    step, promised, weights = move
    length = 1.0
    for _ in range(20):
        moved = _feasible(psi, length * step, weights)
        found, daily = likelihood.scores(moved)
        gain = found - value
        if gain > 1e-4 * length * promised or (promised < _SURE and gain > -_SURE):
            return moved, found, daily
        if promised < _SURE:
            return None
        length *= 0.3
    return None


def _feasible(psi: Floats, step: Floats, weights: Floats) -> Floats:
    """Stop short of the bound on persistence, and at zero."""
    room = LARGEST_PERSISTENCE - float(psi @ weights)
    rise = float(step @ weights)
    if rise > room > 0.0:
        # From well inside nearly to the bound; from close by onto it.
        step = step * ((0.95 if room > 1e-5 else 1.0) * room / rise)
    moved = np.maximum(psi + step, 0.0)
    return np.asarray(moved * min(1.0, LARGEST_PERSISTENCE / max(float(moved @ weights), 1e-300)))


def _updated(curvature: Floats, moved: Floats, turned: Floats) -> Floats:
    """Correct the curvature by what a step has shown of it."""
    bent = float(moved @ turned)
    if bent <= 1e-12 * float(np.linalg.norm(moved) * np.linalg.norm(turned)):
        return curvature
    pushed = curvature @ moved
    curvature = curvature - np.outer(pushed, pushed) / float(moved @ pushed)
    return np.asarray(curvature + np.outer(turned, turned) / bent)
