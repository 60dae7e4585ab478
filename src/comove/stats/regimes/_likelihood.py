"""The exact likelihood of a switching regression, its slope, its peak and its curvature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comove.stats.regimes._design import Design
from comove.stats.sample import Floats

_FURTHEST = 25.0  # log odds are kept within this, so no move has a chance below 1e-11
_STEP = 1e-4  # of the central differences behind the curvature
_MOST_STEPS = 200
_MOST_HALVINGS = 40
_LONGEST = 2.0  # furthest any entry goes in one step
_FLATTEST = 1e-3  # least curvature the climb believes
_ENOUGH = 1e-12  # promised gain in log-likelihood at which the climb ends
BOUNDARY = 1e-6
"""A transition probability below this rests on zero."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Params:
    """Parameters in standardised units.

    Attributes
    ----------
    coef
        Shape (m,), free coefficients.
    variance
        Shape (k,).
    transition
        Shape (k, k), lines sum to one.
    """

    coef: Floats
    variance: Floats
    transition: Floats


def pack(params: Params, design: Design) -> Floats:
    """Return the parameters as one unbounded vector.

    Coefficients, log variances, and for each line of the transition matrix the log odds of moving
    against staying.
    """
    odds = np.log(np.maximum(params.transition, 1e-300))
    odds = np.clip(odds - np.diag(odds)[:, None], -_FURTHEST, _FURTHEST)
    moves = odds[~np.eye(design.states, dtype=bool)]
    return np.concatenate([params.coef, np.log(params.variance[: design.variances]), moves])


def unpack(theta: Floats, design: Design) -> Params:
    """Return the parameters behind an unbounded vector."""
    states = design.states
    variance = np.exp(theta[design.size : design.size + design.variances])
    odds = np.zeros((states, states))
    odds[~np.eye(states, dtype=bool)] = theta[design.size + design.variances :]
    odds -= odds.max(axis=1, keepdims=True)
    transition = np.exp(odds)
    transition /= transition.sum(axis=1, keepdims=True)
    return Params(
        coef=np.ascontiguousarray(theta[: design.size]),
        variance=np.ascontiguousarray(np.broadcast_to(variance, states)),
        transition=transition,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Passes:
    """One pass forward, and one back when asked, at given parameters.

    Attributes
    ----------
    params
        Where.
    initial
        Shape (k,), long-run shares of the states.
    filtered
        Shape (T, k).
    gains
        Shape (T,), log predictive densities; they add up to the log-likelihood.
    loglik
        In standardised units.
    """

    params: Params
    initial: Floats
    filtered: Floats
    gains: Floats
    loglik: float

    @cached_property
    def backward(self) -> tuple[Floats, Floats]:
        """Smoothed probabilities (T, k) and expected moves (k, k)."""
        from comove.stats.regimes import _kernels

        smoothed, moves = np.empty_like(self.filtered), np.empty_like(self.params.transition)
        _kernels.smooth(self.filtered, self.params.transition, smoothed, moves)
        return smoothed, moves


def run(params: Params, design: Design) -> Passes:
    """Run the filter at ``params``, begun at the long-run shares of the states."""
    from comove.stats.regimes import _kernels

    shape = len(design.y), design.states
    density, filtered = np.empty(shape), np.empty(shape)
    gains, initial = np.empty(shape[0]), np.empty(shape[1])
    _kernels.stationary(params.transition, initial)
    _kernels.densities(design.data, params.coef, params.variance, density)
    loglik = _kernels.run_filter(density, params.transition, initial, filtered, gains)
    return Passes(params=params, initial=initial, filtered=filtered, gains=gains, loglik=loglik)


def slope(passes: Passes, design: Design) -> Floats:
    """Slope of the log-likelihood in the unbounded vector.

    It is the expected slope of what the likelihood would be were the states seen (Fisher's
    identity), so one pass back gives it exactly.
    """
    from comove.stats.regimes import _kernels

    params = passes.params
    smoothed, moves = passes.backward
    coef, spread = np.empty(design.size), np.empty(design.states)
    _kernels.pull(design.data, smoothed, params.coef, params.variance, (coef, spread))
    if design.common_variance:
        spread = spread.sum(keepdims=True)
    transition = params.transition
    # the first row's state is drawn from the long-run shares, which move with the transitions
    unchanging = np.eye(design.states) - transition + passes.initial
    ease = np.linalg.solve(unchanging, smoothed[0] / passes.initial)
    odds = moves - transition * moves.sum(axis=1, keepdims=True)
    odds += passes.initial[:, None] * transition * (ease - (transition @ ease)[:, None])
    return np.concatenate([coef, spread, odds[~np.eye(design.states, dtype=bool)]])


def polish(start: Params, design: Design, floor: float) -> Passes:
    """Climb from ``start`` to the top of the exact likelihood, no variance below ``floor``.

    Newton's method on exact slopes: the curvature is taken once by differences, bent upwards where
    it is not that of a peak, and then kept up to date from the slopes met (BFGS).
    """
    theta = pack(start, design)
    low = np.full(len(theta), -math.inf)
    low[design.size : design.size + design.variances] = math.log(floor)
    low[design.size + design.variances :] = -_FURTHEST
    theta = np.maximum(theta, low)
    here = run(unpack(theta, design), design)
    ascent = slope(here, design)
    inverse = np.asarray(np.linalg.inv(_as_peak(_differences(theta, design))), dtype=np.float64)
    for _ in range(_MOST_STEPS):
        # what rests on its bound and is pushed against it stays there
        held = (theta <= low) & (ascent <= 0.0)
        direction = np.where(held, 0.0, inverse @ np.where(held, 0.0, ascent))
        promise = float(direction @ ascent)
        if not promise > _ENOUGH:
            break
        moved, reached = _stepped(theta, direction, low, here.loglik, design)
        if reached is None:
            break
        before, step = ascent, moved - theta
        theta, here = moved, reached
        ascent = slope(here, design)
        inverse = _updated(inverse, step, before - ascent)
    return here


def _stepped(
    theta: Floats, direction: Floats, low: Floats, height: float, design: Design
) -> tuple[Floats, Passes | None]:
    """Go along a direction, half as far each time the likelihood does not rise."""
    length = min(1.0, _LONGEST / float(np.abs(direction).max()))
    for _ in range(_MOST_HALVINGS):
        moved = np.maximum(theta + length * direction, low)
        reached = run(unpack(moved, design), design)
        if reached.loglik > height:
            return moved, reached
        length *= 0.5
    return theta, None


def _as_peak(curvature: Floats) -> Floats:
    """Turn a curvature into a positive one: signs dropped, no direction flatter than the least."""
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray((vectors * np.maximum(np.abs(values), _FLATTEST)) @ vectors.T)


def _updated(inverse: Floats, step: Floats, drop: Floats) -> Floats:
    """BFGS update of the inverse curvature from a step and the drop of the slope along it."""
    along = float(step @ drop)
    if not along > 1e-12 * float(np.linalg.norm(step)) * float(np.linalg.norm(drop)):
        return inverse
    turned = inverse @ drop
    grown = (1.0 + float(drop @ turned) / along) / along
    crossed = np.outer(turned, step)
    return np.asarray(inverse + grown * np.outer(step, step) - (crossed + crossed.T) / along)


def free(passes: Passes, design: Design) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which entries of the unbounded vector do not rest on a boundary."""
    transition = passes.params.transition
    moves = transition > BOUNDARY
    # odds are against staying: where nobody stays, one way out has nothing to be measured against
    for state in np.flatnonzero(~np.diag(moves)):
        moves[state, transition[state].argmax()] = False
    kept = moves[~np.eye(design.states, dtype=bool)]
    return np.concatenate([np.ones(design.size + design.variances, dtype=bool), kept])


def curvature(passes: Passes, design: Design) -> Floats:
    """Negative second derivative of the log-likelihood in the free entries, (f, f).

    Central differences of the exact slope.
    """
    kept = np.flatnonzero(free(passes, design))
    return np.asarray(_differences(pack(passes.params, design), design, kept))


def _differences(theta: Floats, design: Design, kept: NDArray[np.intp] | None = None) -> Floats:
    places = np.arange(len(theta)) if kept is None else kept
    lines = np.empty((len(places), len(places)))
    for line, place in enumerate(places):
        ends = []
        for step in (_STEP, -_STEP):
            moved = theta.copy()
            moved[place] += step
            ends.append(slope(run(unpack(moved, design), design), design)[places])
        lines[line] = (ends[1] - ends[0]) / (2.0 * _STEP)
    return 0.5 * (lines + lines.T)


def scores(passes: Passes, design: Design) -> Floats:
    """Slope of each row's log predictive density in the free entries, (T, f).

    Central differences of the filter.
    """
    theta, kept = pack(passes.params, design), np.flatnonzero(free(passes, design))
    columns = np.empty((len(design.y), len(kept)))
    for column, place in enumerate(kept):
        ends = []
        for step in (_STEP, -_STEP):
            moved = theta.copy()
            moved[place] += step
            ends.append(run(unpack(moved, design), design).gains)
        columns[:, column] = (ends[0] - ends[1]) / (2.0 * _STEP)
    return columns
