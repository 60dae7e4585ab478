"""The most likely parameters of a copula."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from comove.stats.dependence._families import (
    Family,
    Parameters,
    student_log_density,
    student_quantiles,
)
from comove.stats.sample import Floats

_POINTS = 13  # of the grid that brackets a maximum


def maximum(kind: Family, u: Floats, v: Floats) -> Parameters:
    """Find the most likely parameters.

    Parameters
    ----------
    kind
        The family.
    u, v
        Shape (T,), ranks between 0 and 1.

    Returns
    -------
    tuple of float
        In the coordinates of the search, see :class:`Family`.
    """
    if kind.name == "t":
        return _student_peak(kind, u, v)

    def loglik(point: Parameters) -> float:
        return float(kind.log_density(u, v, kind.restored(point)).sum())

    if len(kind.parameters) == 1:
        return (_peak(lambda value: loglik((value,)), kind.low[0], kind.high[0])[0],)
    return _summit(loglik, kind)


def _student_peak(kind: Family, u: Floats, v: Floats) -> Parameters:
    """Search 1 / nu, and rho within: the quantiles of the margins depend on nu alone."""

    def profile(inverse: float) -> tuple[float, float]:
        a, b = student_quantiles(u, v, 1.0 / inverse)
        rho = _student_rho(a, b, 1.0 / inverse, (kind.low[0], kind.high[0]))
        return rho, float(student_log_density(a, b, rho, 1.0 / inverse).sum())

    inverse, _ = _peak(lambda value: profile(value)[1], kind.low[1], kind.high[1])
    return profile(inverse)[0], inverse


def _student_rho(a: Floats, b: Floats, nu: float, bounds: tuple[float, float]) -> float:
    """Correlation at which the t copula's likelihood does not rise, by bisection and secants."""
    from scipy.optimize import brentq

    squares, product = a * a + b * b, a * b

    def slope(rho: float) -> float:
        free = 1.0 - rho * rho
        spread = squares - 2.0 * rho * product
        pull = (rho * spread - free * product) / (free * (nu * free + spread))
        return float(a.size * rho / free - (nu + 2.0) * pull.sum())

    if slope(bounds[0]) <= 0.0:
        return bounds[0]
    if slope(bounds[1]) >= 0.0:
        return bounds[1]
    return float(brentq(slope, *bounds, xtol=1e-10))


def _peak(height: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Highest point of a function on an interval: a grid finds the hill, Brent its top."""
    grid = np.linspace(low, high, _POINTS)
    heights = [height(float(value)) for value in grid]
    top = int(np.argmax(heights))
    left, right = float(grid[max(top - 1, 0)]), float(grid[min(top + 1, _POINTS - 1)])
    place, found = _brent(height, left, right)
    return (place, found) if found > heights[top] else (float(grid[top]), heights[top])


def _brent(height: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda value: -height(float(value)),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(found.x), -float(found.fun)


def _summit(loglik: Callable[[Parameters], float], kind: Family) -> Parameters:
    """Highest point of a function of two parameters within their bounds."""
    from scipy.optimize import minimize

    ticks = [np.linspace(low, high, 6) for low, high in zip(kind.low, kind.high, strict=True)]
    points = [
        (float(first), float(second)) for first in ticks[0][1:-1] for second in ticks[1][1:-1]
    ]
    found = minimize(
        lambda point: -loglik((float(point[0]), float(point[1]))),
        max(points, key=loglik),
        bounds=list(zip(kind.low, kind.high, strict=True)),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": 1000},
    )
    return float(found.x[0]), float(found.x[1])
