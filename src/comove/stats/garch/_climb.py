"""From a start to the top of the likelihood: Newton where it is a hill, scoring elsewhere."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comove.stats.garch._derivatives import derivatives
from comove.stats.garch._spec import (
    LARGEST_INVERSE_NU,
    LARGEST_PERSISTENCE,
    LEAST_INVERSE_NU,
    Derivatives,
    Engine,
    Series,
    Spec,
)
from comove.stats.sample import Floats

Flags = NDArray[np.bool_]

_LEAST_OMEGA = 1e-12
_MOST_ITERATIONS = 80
_DAMPING = np.array([1e-3, 1e-2, 0.1, 1.0, 10.0, 1e3, 1e5])  # tried together when a full step fails
_SURE = 1e-7  # promised gain below which a full step is not doubted
_ENOUGH = 1e-9  # promised gain after which nothing is left to find
_RIDGE = 1e-9  # without ARCH effects omega and beta cannot be told apart
WALL = 1e8
"""Stiffness of the bound on persistence, against the curvature."""


class _Model(NamedTuple):
    """The likelihood around ``theta`` (k, p) as a hill, each parameter in its own unit ``scale``.

    ``matrix`` (k, p, p) and ``score`` (k, p); ``newton`` (k,) whether the matrix is minus the
    Hessian rather than the expected information.
    """

    theta: Floats
    value: Floats
    matrix: Floats
    score: Floats
    scale: Floats
    newton: Flags

    def rows(self, chosen: NDArray[np.intp]) -> _Model:
        """Select some of the series."""
        return _Model(
            theta=self.theta[chosen],
            value=self.value[chosen],
            matrix=self.matrix[chosen],
            score=self.score[chosen],
            scale=self.scale[chosen],
            newton=self.newton[chosen],
        )


def climb(series: Series, theta: Floats, engine: Engine) -> Floats:
    """Climb from ``theta`` (k, p) until no series gains.

    A step is the Newton step where the Hessian is that of a hill, else the scoring step on
    expected information, and a damped one where that goes too far; parameters resting on a bound
    that they are pushed against stay.
    """
    theta = theta.copy()
    moving = np.arange(len(theta))
    for _ in range(_MOST_ITERATIONS):
        part, at = series.rows(moving), theta[moving]
        model = _modelled(series.spec, at, derivatives(part, at, engine))
        theta[moving], gain, promised = _step(part, model, engine)
        small = np.where(model.newton, promised, gain) < _ENOUGH
        moving = moving[~(small | (gain <= 0.0))]
        if not len(moving):
            break
    return theta


def held(spec: Spec, theta: Floats, score: Floats) -> Flags:
    """Parameters (k, p) at a bound that the score pushes them against.

    On the bound of persistence only what is left of the score along that bound counts: alpha may
    wish to rise and still be at zero because beta wishes it more.
    """
    push = np.where(at_wall(spec, theta), np.maximum(score[:, spec.beta], 0.0), 0.0)
    score = score - push[:, None] * spec.weights
    low, high = _bounds(spec)
    below = theta <= low + 1e-12 * np.abs(np.where(np.isfinite(low), low, 0.0))
    return (below & (score <= 0.0)) | ((theta >= high * (1.0 - 1e-12)) & (score >= 0.0))


def at_wall(spec: Spec, theta: Floats) -> Flags:
    """Series (k,) whose persistence is at its bound."""
    return np.asarray(theta @ spec.weights >= LARGEST_PERSISTENCE * (1.0 - 1e-12))


def _bounds(spec: Spec) -> tuple[Floats, Floats]:
    low, high = np.zeros(spec.size), np.full(spec.size, np.inf)
    low[:2] = -np.inf, _LEAST_OMEGA
    if spec.tails:
        low[-1], high[-1] = LEAST_INVERSE_NU, LARGEST_INVERSE_NU
    return low, high


def _modelled(spec: Spec, theta: Floats, here: Derivatives) -> _Model:
    free = ~held(spec, theta, here.score)
    both = free[:, :, None] & free[:, None, :]
    size = np.eye(spec.size, dtype=bool)
    information = np.where(both, here.information, 0.0)
    scale = np.sqrt(np.maximum(np.einsum("kii->ki", information), 0.0))
    scale[~free | (scale == 0.0)] = 1.0
    units = np.where(both, scale[:, :, None] * scale[:, None, :], 1.0)
    hill = np.where(both, -here.hessian, size & ~both) / units
    newton = np.linalg.eigvalsh(hill)[:, 0] > _RIDGE
    flat = information / units + np.where(free, _RIDGE, 1.0)[:, None] * size
    return _Model(
        theta=theta,
        value=here.value,
        matrix=np.where(newton[:, None, None], hill, flat),
        score=np.where(free, here.score, 0.0) / scale,
        scale=scale,
        newton=newton,
    )


def _directions(spec: Spec, model: _Model, damping: Floats) -> tuple[Floats, Floats]:
    """Directions (k, C, p) under dampings (C,), and the gain (k, C) each promises."""
    size = np.eye(spec.size)
    matrix = model.matrix[:, None] + damping[:, None, None] * size
    score = np.broadcast_to(model.score[:, None], matrix.shape[:-1])
    step = _solved(matrix, score)
    normal = np.where(model.score != 0.0, spec.weights, 0.0) / model.scale
    outward = at_wall(spec, model.theta)[:, None] & (np.einsum("kci,ki->kc", step, normal) > 0.0)
    if outward.any():
        length = np.maximum(np.einsum("ki,ki->k", normal, normal), 1e-300)
        wall = (WALL / length)[:, None, None] * normal[:, :, None] * normal[:, None, :]
        slid = _solved(matrix + wall[:, None], score)
        step = np.where(outward[..., None], slid, step)
    promised = np.einsum("kci,kci->kc", step, score)
    return step / model.scale[:, None], promised


def _solved(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])


def _step(series: Series, model: _Model, engine: Engine) -> tuple[Floats, Floats, Floats]:
    """Go the full step where it gains, else the best of some damped ones, else stay."""
    spec = series.spec
    direction, promises = _directions(spec, model, np.zeros(1))
    promised = promises[:, 0]
    tried = _feasible(spec, model.theta, direction[:, 0])
    gain = engine.values(series, tried[:, None])[:, 0] - model.value
    sure = (promised < _SURE) & (gain > -_SURE)
    taken = (gain > 1e-4 * promised) | sure
    theta = np.where(taken[:, None], tried, model.theta)
    gain = np.where(sure, np.maximum(gain, promised), np.where(taken, gain, 0.0))
    doubtful = np.flatnonzero(~taken)
    if len(doubtful):
        part = model.rows(doubtful)
        direction, _ = _directions(spec, part, _DAMPING)
        points = _feasible(spec, part.theta[:, None], direction)
        found = engine.values(series.rows(doubtful), points)
        best, rows = found.argmax(axis=1), np.arange(len(doubtful))
        more = found[rows, best] - part.value
        better = more > 0.0
        theta[doubtful[better]] = points[rows, best][better]
        gain[doubtful] = np.where(better, more, 0.0)
    return theta, gain, promised


def _feasible(spec: Spec, theta: Floats, step: Floats) -> Floats:
    """Go a step (..., p), no further than the bound on persistence, and back inside the others."""
    low, high = _bounds(spec)
    room = LARGEST_PERSISTENCE - theta @ spec.weights
    rise = step @ spec.weights
    crossing = (rise > room) & (room > 0.0)
    length = np.where(crossing, room / np.where(crossing, rise, 1.0), 1.0)
    moved = np.clip(theta + length[..., None] * step, low, high)
    persistence = moved @ spec.weights
    shrink = np.minimum(1.0, LARGEST_PERSISTENCE / np.maximum(persistence, 1e-300))
    moved[..., 2 : spec.beta + 1] *= shrink[..., None]
    return np.asarray(moved)
