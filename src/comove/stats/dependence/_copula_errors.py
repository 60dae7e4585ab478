"""How far the parameters of a copula may be off."""

from __future__ import annotations

import math

import numpy as np

from comove.stats.dependence._families import Family, Parameters
from comove.stats.regression import long_run_covariance
from comove.stats.sample import Floats

_STEP = 1e-4  # of numerical derivatives, relative to the range of a parameter or the edge of ranks
_ANGLES = 64  # points of a confidence ellipse


def covariance(kind: Family, best: Parameters, ranks: tuple[Floats, Floats], lags: int) -> Floats:
    """Return the covariance of fitted parameters, ranks having stood in for the distributions.

    Parameters
    ----------
    kind, best
        The family, and the point found, in the coordinates of the search.
    ranks
        Two series of shape (T,), between 0 and 1.
    lags
        Bartlett lag.

    Returns
    -------
    Floats
        Shape (p, p), in the coordinates of the search; see :func:`copula_fit` for the formula.

    Raises
    ------
    NotEstimable
        ``lags`` or ``too_short``.
    """
    u, v = ranks
    width = np.array(kind.high) - np.array(kind.low)
    steps = _STEP * width
    point = np.clip(best, np.array(kind.low) + 2.0 * steps, np.array(kind.high) - 2.0 * steps)

    score = _scores(kind, point, steps, (u, v))
    for own, turned in ((u, False), (v, True)):
        edge = 10.0 * _STEP * np.minimum(own, 1.0 - own)
        ahead = (u, own + edge) if turned else (own + edge, v)
        behind = (u, own - edge) if turned else (own - edge, v)
        change = _scores(kind, point, steps, ahead) - _scores(kind, point, steps, behind)
        score += _rank_effect(own, change / (2.0 * edge)[:, None])
    information = _information(kind, point, steps, (u, v))
    influence = np.linalg.solve(information, (score - score.mean(axis=0)).T).T
    found: Floats = long_run_covariance(influence, lags) / u.size
    return found


def _scores(kind: Family, point: Floats, steps: Floats, ranks: tuple[Floats, Floats]) -> Floats:
    """Slope (T, p) of the log density in each parameter."""
    columns = []
    for move in np.diag(steps):
        ahead = kind.log_density(*ranks, kind.restored(tuple(point + move)))
        behind = kind.log_density(*ranks, kind.restored(tuple(point - move)))
        columns.append((ahead - behind) / (2.0 * move.sum()))
    return np.column_stack(columns)


def _rank_effect(ranks: Floats, slopes: Floats) -> Floats:
    """Return what the ranks' own error adds to the score (T, p)."""
    order = np.argsort(ranks, kind="stable")
    from_here = np.cumsum(slopes[order][::-1], axis=0)[::-1] / ranks.size
    places = np.searchsorted(ranks[order], ranks, side="left")
    effect: Floats = from_here[places] - ranks @ slopes / ranks.size
    return effect


def _information(
    kind: Family, point: Floats, steps: Floats, ranks: tuple[Floats, Floats]
) -> Floats:
    """Curvature (p, p) of the mean log density, or the mean square of its slopes where that fails.

    At the edge of a family the likelihood may bend upwards.
    """
    rows = []
    for move in np.diag(steps):
        ahead = _scores(kind, point + move, steps, ranks).mean(axis=0)
        behind = _scores(kind, point - move, steps, ranks).mean(axis=0)
        rows.append((behind - ahead) / (2.0 * move.sum()))
    curvature: Floats = np.array(rows)
    curvature = (curvature + curvature.T) / 2.0
    if (np.linalg.eigvalsh(curvature) > 0.0).all():
        return curvature
    slopes = _scores(kind, point, steps, ranks)
    outer: Floats = slopes.T @ slopes / slopes.shape[0]
    return outer


def ellipse(kind: Family, best: Parameters, spread: Floats, critical: float) -> list[Parameters]:
    """Walk around the confidence region of the parameters.

    Parameters
    ----------
    kind, best
        The family, and the point found, in the coordinates of the search.
    spread
        Shape (p, p), its covariance.
    critical
        Normal critical value: the range of any smooth function over the walk is its interval.

    Returns
    -------
    list of tuple
        The point found, then points on the edge, all within the family's bounds.
    """
    if len(best) == 1:
        around = np.array([[-1.0], [1.0]])
    else:
        angles = np.linspace(0.0, 2.0 * math.pi, _ANGLES, endpoint=False)
        around = np.column_stack([np.cos(angles), np.sin(angles)])
    values, axes = np.linalg.eigh(spread)
    reach = critical * around * np.sqrt(np.maximum(values, 0.0)) @ axes.T
    points = np.clip(np.vstack([np.zeros(len(best)), reach]) + best, kind.low, kind.high)
    return [tuple(point) for point in points.tolist()]
