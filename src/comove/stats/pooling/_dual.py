"""The dual of entropy pooling: a smooth convex function of one multiplier per view."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.pooling._views import Constraints
from comove.stats.sample import Floats

Flags = NDArray[np.bool_]

# views are met to this many prior standard deviations, or to the second where rounding ends first
_TOLERANCE = 1e-13
_ROUNDING = 1e-9
_MOST_STEPS = 300
_RIDGE = 1e-13
_DESCENT = 1e-4
_LONGEST = 10.0  # of a step, against the multipliers so far
_SHORTEST = 2.0**-50


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """The multipliers that meet the views, and the probabilities they give.

    Parameters
    ----------
    multipliers
        Shape (m,), in the units of the constraints.
    probabilities
        Shape (S,).
    divergence
        Of the probabilities from the prior.
    steps
        Newton steps taken.
    """

    multipliers: Floats
    probabilities: Floats
    divergence: float
    steps: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Point:
    """The dual at one vector of multipliers: value, probabilities, gradient."""

    multipliers: Floats
    value: float
    probabilities: Floats
    gradient: Floats


def solve(prior: Floats, views: Constraints) -> Solution:
    r"""Minimise the dual by Newton's method, inequality multipliers kept from falling below zero.

    Parameters
    ----------
    prior
        Shape (S,), positive, adding up to one.
    views
        The views in common units.

    Returns
    -------
    Solution
        At the minimum.

    Raises
    ------
    NotEstimable
        ``infeasible`` when no probabilities meet all views; ``no_convergence``.

    Notes
    -----
    With gaps c (value less target) the dual is :math:`F(\theta) = \log \sum_s q_s e^{\theta' c_s}`;
    its gradient is the expected gap under :math:`p_s \propto q_s e^{\theta' c_s}`, its Hessian the
    covariance of the gaps under p.  For inequalities Newton directions are projected (Bertsekas):
    multipliers at zero that the gradient holds there are left out of the Newton system.

    -F is a lower bound of the divergence of any probabilities that meet the views, and no
    probabilities at all diverge by more than the log of one over the smallest prior.  So once -F
    passes that figure the views contradict each other, or the scenarios.

    References
    ----------
    Bertsekas, D. P. (1982). Projected Newton methods for optimization problems with simple
    constraints. SIAM Journal on Control and Optimization 20(2), 221-246.

    Examples
    --------
    >>> views = Constraints(
    ...     gaps=np.array([[-1.5], [0.5]]), bounded=np.array([False]), unit=np.ones(1))
    >>> solve(np.array([0.5, 0.5]), views).probabilities.round(9).tolist()
    [0.25, 0.75]
    """
    furthest = -math.log(float(prior.min()))
    point = _evaluated(np.zeros(views.gaps.shape[1]), prior, views)
    held, missed = _held(point, views.bounded)
    for step in range(_MOST_STEPS):
        if -point.value > furthest + _ROUNDING:
            raise NotEstimable("infeasible", views=views.bounded.size)
        if missed <= _TOLERANCE:
            return _finished(point, step)
        following = _searched(point, _direction(point, views, held), prior, views)
        before = missed
        if following is not None:
            held, missed = _held(following, views.bounded)
        # where rounding ends the descent, the last point that came closer stands
        if before <= _ROUNDING and (following is None or missed > before / 2.0):
            return _finished(point, step)
        if following is None:
            break
        point = following
    raise NotEstimable("no_convergence", steps=_MOST_STEPS)


def _finished(point: _Point, steps: int) -> Solution:
    return Solution(
        multipliers=point.multipliers,
        probabilities=point.probabilities,
        divergence=max(float(point.multipliers @ point.gradient) - point.value, 0.0),
        steps=steps,
    )


def _evaluated(multipliers: Floats, prior: Floats, views: Constraints) -> _Point:
    tilt = views.gaps @ multipliers
    highest = float(tilt.max())
    weights = prior * np.exp(tilt - highest)
    total = float(weights.sum())
    probabilities: Floats = weights / total
    return _Point(
        multipliers=multipliers,
        value=highest + math.log(total),
        probabilities=probabilities,
        gradient=probabilities @ views.gaps,
    )


def _held(point: _Point, bounded: Flags) -> tuple[Flags, float]:
    """Multipliers to be held near zero, and by how much the conditions of the minimum are missed.

    The conditions: gradient zero, or multiplier zero and gradient not negative.
    """
    projected = np.where(
        bounded, np.minimum(point.multipliers, point.gradient), np.abs(point.gradient)
    )
    missed = float(np.abs(projected).max())
    near = min(missed, 1e-3)
    held: Flags = bounded & (point.multipliers <= near) & (point.gradient > 0.0)
    return held, missed


def _direction(point: _Point, views: Constraints, held: Flags) -> Floats:
    """Newton direction; multipliers held near zero go there by themselves."""
    free = ~held
    centred = views.gaps[:, free] - point.gradient[free]
    hessian = (centred * point.probabilities[:, None]).T @ centred
    step = np.where(held, -point.multipliers, 0.0)
    if free.any():
        # views that say the same twice leave the system singular; a contradiction then shows as
        # multipliers that grow until the dual has fallen out of its range
        ridge = _RIDGE * float(np.trace(hessian)) + np.finfo(float).tiny
        np.fill_diagonal(hessian, np.diag(hessian) + ridge)
        step[free] = -np.linalg.solve(hessian, point.gradient[free])
    longest = _LONGEST * (1.0 + float(np.abs(point.multipliers).max()))
    return step * min(1.0, longest / max(float(np.abs(step).max()), longest))


def _searched(point: _Point, direction: Floats, prior: Floats, views: Constraints) -> _Point | None:
    """Go along the projected direction until the dual has fallen enough; None when it does not."""
    share = 1.0
    grain = 4.0 * np.finfo(float).eps * (1.0 + abs(point.value))
    while share >= _SHORTEST:
        moved = point.multipliers + share * direction
        moved = np.where(views.bounded, np.maximum(moved, 0.0), moved)
        after = _evaluated(moved, prior, views)
        promised = float(point.gradient @ (moved - point.multipliers))
        if promised < 0.0 and after.value <= point.value + _DESCENT * promised:
            return after
        # so near the minimum that the fall drowns in rounding: let the gradient decide, outside
        if abs(promised) <= grain:
            return after
        share /= 2.0
    return None
