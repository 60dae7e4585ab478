"""Regression quantiles between the caller's units and the compiled simplex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import optimal_block, row_counts
from comove.stats.sample import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_BATCH = 64  # replications whose weights are held at once
_NEAREST = 20  # rows looked at for each coefficient when a first vertex is chosen
_INDEPENDENT = 0.1  # length, relative to the longest, of what a row must add to the others
_COLLINEAR = 1e-8  # length, relative to the longest row, of what is left of dependent columns


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A regression in units of its own columns, so that no digits are lost to level or scale.

    Parameters
    ----------
    design
        Shape (T, m), columns centred (when there is an intercept) and of unit deviation.
    target
        Shape (T,), centred likewise and of unit deviation.
    centre, spread
        Shape (m,), what was taken off the columns and divided out; 0 and 1 for the intercept.
    level, unit
        The same for the target.
    intercept
        Whether the first column of the design is a constant.
    """

    design: Floats
    target: Floats
    centre: Floats
    spread: Floats
    level: float
    unit: float
    intercept: bool

    def restore(self, coefs: Floats) -> Floats:
        """Bring coefficients of shape (..., m) back to the units of the data."""
        slopes: Floats = coefs * (self.unit / self.spread)
        if self.intercept:
            slopes[..., 0] += self.level - slopes[..., 1:] @ self.centre[1:]
        return slopes


@dataclass(frozen=True, kw_only=True, eq=False)
class Vertex:
    """Where the loss of a problem is least.

    Parameters
    ----------
    coef
        Shape (m,), in the units of the problem.
    basis
        Shape (m,), the rows interpolated.
    sides
        Shape (T,), True for rows above the fit; rows on it may have either.
    """

    coef: Floats
    basis: Ints
    sides: Flags


def problem(target: Floats, columns: Floats, *, intercept: bool = True) -> Problem:
    """Scale a regression.

    Parameters
    ----------
    target
        Shape (T,), finite.
    columns
        Shape (T, p), finite.
    intercept
        Put a constant before the columns.

    Returns
    -------
    Problem
        With m = p + 1 columns (m = p without intercept).

    Raises
    ------
    NotEstimable
        ``constant`` when the target does not move, ``collinear`` when a column does not.

    Examples
    --------
    >>> scaled = problem(np.array([1.0, 3.0]), np.array([[2.0], [4.0]]))
    >>> scaled.design.tolist(), scaled.restore(np.array([0.0, 1.0])).tolist()
    ([[1.0, -1.0], [1.0, 1.0]], [-1.0, 1.0])
    """
    nobs = target.shape[0]
    level = float(target.mean()) if intercept else 0.0
    centre = columns.mean(axis=0) if intercept else np.zeros(columns.shape[1])
    unit = float(np.sqrt(np.square(target - level).mean()))
    spread = np.sqrt(np.square(columns - centre).mean(axis=0))
    if unit == 0.0:
        raise NotEstimable("constant")
    if (spread == 0.0).any():
        raise NotEstimable("collinear")
    design = (columns - centre) / spread
    if intercept:
        design = np.column_stack([np.ones(nobs), design])
        centre, spread = np.insert(centre, 0, 0.0), np.insert(spread, 0, 1.0)
    return Problem(
        design=np.ascontiguousarray(design),
        target=np.ascontiguousarray((target - level) / unit),
        centre=centre,
        spread=spread,
        level=level,
        unit=unit,
        intercept=intercept,
    )


def first_basis(design: Floats, target: Floats, tau: float) -> Ints:
    """Choose independent rows close to where the fit will be.

    Parameters
    ----------
    design
        Shape (T, m), unit scale.
    target
        Shape (T,), unit scale.
    tau
        The quantile.

    Returns
    -------
    Ints
        Shape (m,), different rows.

    Raises
    ------
    NotEstimable
        ``too_short`` (T < m) or ``collinear``.

    Notes
    -----
    Least squares, moved to the quantile of its residuals, and of the rows nearest to that the
    first that adds to those already taken.
    """
    nobs, width = design.shape
    if nobs < width:
        raise NotEstimable("too_short", nobs=nobs, least=width)
    cross = design.T @ design
    slopes = np.linalg.solve(cross + 1e-8 * np.trace(cross) * np.eye(width), design.T @ target)
    residuals = target - design @ slopes
    place = min(int(tau * nobs), nobs - 1)
    distance = np.abs(residuals - np.partition(residuals, place)[place])
    near = np.arange(nobs)
    if nobs > _NEAREST * width:
        near = np.argpartition(distance, _NEAREST * width)[: _NEAREST * width]
    chosen, known = _independent(design, near[np.argsort(distance[near], kind="stable")])
    if not known:
        chosen, known = _independent(design, np.arange(nobs))
    if not known:
        raise NotEstimable("collinear")
    return chosen


def _independent(design: Floats, order: Ints) -> tuple[Ints, bool]:
    """First rows in the order given that span the columns, and whether they do."""
    left = design[order]
    longest = float(np.sqrt(np.square(left).sum(axis=1).max()))
    chosen = np.empty(design.shape[1], dtype=np.int64)
    for place in range(chosen.size):
        lengths = np.sqrt(np.square(left).sum(axis=1))
        most = float(lengths.max())
        if not most > _COLLINEAR * longest:
            return chosen, False
        row = int(np.argmax(lengths > _INDEPENDENT * most))
        chosen[place] = order[row]
        along = left[row] / lengths[row]
        left = left - np.outer(left @ along, along)
    return chosen, True


def descend(
    scaled: Problem, tau: float, *, weights: Floats | None = None, start: Vertex | None = None
) -> Vertex:
    """Find the vertex with the least loss.

    Parameters
    ----------
    scaled
        The problem.
    tau
        The quantile, strictly between 0 and 1.
    weights
        Shape (T,), not negative; one each when None.
    start
        A vertex of the same design to begin with.

    Returns
    -------
    Vertex
        The best one.

    Raises
    ------
    NotEstimable
        ``too_short``, ``collinear``, or ``no_convergence`` should the walk not end.
    """
    from comove.stats._quantile_kernels import FINE, SINGULAR
    from comove.stats._quantile_kernels import descend as walk

    nobs, width = scaled.design.shape
    rows = first_basis(scaled.design, scaled.target, tau) if start is None else start.basis
    basis = rows.copy()
    load = np.ones(nobs) if weights is None else weights
    coef, sides = np.empty(width), np.empty(nobs, dtype=np.bool_)
    code = walk(scaled.design, scaled.target, load, tau, (basis, sides), coef)
    if code != FINE:
        raise NotEstimable("collinear" if code == SINGULAR else "no_convergence")
    return Vertex(coef=coef, basis=basis, sides=sides)


def slide(scaled: Problem, tau: float, window: int) -> tuple[Floats, Flags]:
    """Solve every window of a fixed number of rows.

    Parameters
    ----------
    scaled
        The problem, T rows.
    tau
        The quantile.
    window
        Rows n of a window, m <= n <= T.

    Returns
    -------
    coefs : Floats
        Shape (T - n + 1, m), in the units of the problem; NaN where a window is collinear.
    solved : Flags
        Shape (T - n + 1,).

    Raises
    ------
    NotEstimable
        ``no_convergence`` should a walk not end.
    """
    from comove.stats._quantile_kernels import FINE, STUCK
    from comove.stats._quantile_kernels import slide as walk

    nobs, width = scaled.design.shape
    coefs = np.empty((nobs - window + 1, width))
    codes = np.empty(coefs.shape[0], dtype=np.int8)
    try:
        basis = first_basis(scaled.design[:window], scaled.target[:window], tau)
    except NotEstimable:
        basis = np.full(width, -1)
    walk(scaled.design, scaled.target, tau, basis, coefs, codes)
    if (codes == STUCK).any():
        raise NotEstimable("no_convergence")
    return coefs, codes == FINE


def duality_gap(scaled: Problem, tau: float, best: Vertex) -> float:
    """Bound how far the loss of a vertex can be above the least loss.

    Parameters
    ----------
    scaled, tau
        The problem and the quantile.
    best
        The vertex judged.

    Returns
    -------
    float
        Not negative, in the units of the problem; zero but for rounding when the vertex is best.

    Notes
    -----
    Multipliers a in [tau - 1, tau] with X'a = 0 give the lower bound y'a.  Off the vertex they are
    tau above the fit and tau - 1 below; on it they follow from X'a = 0.  Should one leave its
    bounds, all are shrunk towards zero until none does, which keeps the lower bound a bound.
    """
    design, target = scaled.design, scaled.target
    residuals = target - design @ best.coef
    multipliers = np.where(best.sides, tau, tau - 1.0)
    multipliers[best.basis] = 0.0
    held = np.linalg.solve(design[best.basis].T, -(design.T @ multipliers))
    multipliers[best.basis] = held
    stretch = max(float((multipliers / tau).max()), float((multipliers / (tau - 1.0)).max()), 1.0)
    loss = float(check_loss(residuals, tau).sum())
    return max(loss - float(target @ multipliers) / stretch, 0.0)


def check_loss(residuals: Floats, tau: float) -> Floats:
    """Return what the quantile's loss charges for each residual.

    Parameters
    ----------
    residuals
        Any shape.
    tau
        The quantile.

    Returns
    -------
    Floats
        The same shape: tau times a positive residual, tau - 1 times a negative one.

    Examples
    --------
    >>> check_loss(np.array([2.0, -2.0]), 0.25).tolist()
    [0.5, 1.5]
    """
    loss: Floats = residuals * np.where(residuals >= 0.0, tau, tau - 1.0)
    return loss


def resampled(scaled: Problem, tau: float, rows: Ints, start: Vertex) -> Floats:
    """Solve a problem on many resamples of its rows.

    Parameters
    ----------
    scaled, tau
        The problem and the quantile.
    rows
        Shape (R, n), row numbers, see :func:`comove.stats.bootstrap.stationary_indices`.
    start
        The solution on the sample itself.

    Returns
    -------
    Floats
        Shape (R, m), in the units of the problem.

    Raises
    ------
    NotEstimable
        ``collinear`` when the columns are dependent in a resample.
    """
    nobs, width = scaled.design.shape
    coefs = np.empty((rows.shape[0], width))
    for first in range(0, rows.shape[0], _BATCH):
        counts = row_counts(rows[first : first + _BATCH], nobs)
        for place, weights in enumerate(counts, start=first):
            coefs[place] = descend(scaled, tau, weights=weights, start=start).coef
    return coefs


def score_block(scaled: Problem, tau: float, best: Vertex) -> float:
    """Choose the mean block length from the scores of a solved problem.

    Parameters
    ----------
    scaled, tau, best
        The problem, the quantile and the solution.

    Returns
    -------
    float
        Rows, at least 1: the longest any column of ``x_t (tau - 1(u_t < 0))`` asks for.
    """
    scores = scaled.design * np.where(best.sides, tau, tau - 1.0)[:, None]
    return max(optimal_block(score) for score in scores.T)
