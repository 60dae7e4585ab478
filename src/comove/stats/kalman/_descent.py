"""A quasi-Newton descent in a few coordinates: no thread, no library, the same steps everywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from comove.stats.sample import Floats

Slope = Callable[[Floats], tuple[float, Floats]]
"""Height and slope (n,) at a point (n,)."""

_STEPS = 300
_LONGEST = 2.0  # step in any coordinate
_FLAT = 1e-6  # slope
_STILL = 1e-11  # fall of the height, relative to 1 + its size
_ARMIJO = 1e-4
_HALVINGS = 30


def descend(fall: Slope, begin: Floats, bounds: tuple[Floats, Floats]) -> tuple[float, Floats]:
    """Walk down to a minimum by BFGS with a backtracking line search, inside a box.

    Parameters
    ----------
    fall
        What is to be minimised.
    begin
        Shape (n,).
    bounds
        Lowest and highest coordinates, shape (n,) each.

    Returns
    -------
    tuple
        Height and point (n,).
    """
    low, high = bounds
    at = np.clip(begin, low, high)
    height, slope = fall(at)
    inverse = np.eye(len(at))
    for _ in range(_STEPS):
        inside = ~(((at <= low) & (slope > 0.0)) | ((at >= high) & (slope < 0.0)))
        if not inside.any() or np.abs(slope[inside]).max() < _FLAT:
            break
        way = _way(inverse, slope, inside)
        stride = min(1.0, _LONGEST / float(np.abs(way).max()))
        found = _backtracked(fall, (at, height, slope), stride * way, bounds)
        if found is None:
            if (inverse == np.eye(len(at))).all():
                break
            inverse = np.eye(len(at))  # the curvature learned no longer holds
            continue
        new, lower, steeper = found
        inverse = _bent(inverse, new - at, steeper - slope)
        done = height - lower <= _STILL * (1.0 + abs(lower))
        at, height, slope = new, lower, steeper
        if done:
            break
    return height, at


def _way(inverse: Floats, slope: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Direction down over the coordinates that are free to move."""
    way = np.zeros(len(slope))
    way[inside] = -inverse[np.ix_(inside, inside)] @ slope[inside]
    if way @ slope >= 0.0:
        way[inside] = -slope[inside]
    return way


def _backtracked(
    fall: Slope,
    here: tuple[Floats, float, Floats],
    step: Floats,
    bounds: tuple[Floats, Floats],
) -> tuple[Floats, float, Floats] | None:
    """Shorten a step until it pays."""
    at, height, slope = here
    for _ in range(_HALVINGS):
        new = np.clip(at + step, *bounds)
        lower, steeper = fall(new)
        if lower <= height + _ARMIJO * float(slope @ (new - at)) and (new != at).any():
            return new, lower, steeper
        step = 0.5 * step
    return None


def _bent(inverse: Floats, step: Floats, change: Floats) -> Floats:
    """BFGS update of the inverse curvature; as it was where the hill is hollow."""
    along = float(step @ change)
    if along <= 1e-10 * float(np.linalg.norm(step) * np.linalg.norm(change)):
        return inverse
    if (inverse == np.eye(len(step))).all():
        inverse = inverse * (along / float(change @ change))
    turn = np.eye(len(step)) - np.outer(step, change) / along
    return np.asarray(turn @ inverse @ turn.T + np.outer(step, step) / along)
