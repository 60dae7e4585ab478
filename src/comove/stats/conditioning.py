"""How nearly drivers say the same thing, and the least penalty that keeps them apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix


def condition_number(drivers: ArrayLike) -> float:
    """Condition number of the standardised drivers: how nearly they say the same thing.

    Parameters
    ----------
    drivers
        Shape (T, p), T >= 3.  No NaN.

    Returns
    -------
    float
        >= 1; 1 for uncorrelated drivers, infinite for linearly dependent ones (to rounding) and
        whenever T <= p.  Values above 30 are commonly called harmful.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Notes
    -----
    Square root of the ratio of the largest to the smallest eigenvalue of the correlation matrix.

    References
    ----------
    Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). Regression Diagnostics, chapter 3.

    Examples
    --------
    >>> round(condition_number([[1.0, 1.0], [2.0, -1.0], [3.0, 1.0], [4.0, -1.0]]), 2)
    1.62
    """
    values = matrix(drivers, least=3)
    if values.shape[1] == 0:
        return 1.0
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    return spectrum_condition(scaled.T @ scaled / values.shape[0])


def spectrum_condition(correlation: Floats) -> float:
    """Condition number of standardised columns, from their correlation matrix.

    Parameters
    ----------
    correlation
        Shape (p, p), symmetric, ones on the diagonal.

    Returns
    -------
    float
        Square root of the eigenvalue ratio; infinite when the smallest is zero to rounding.

    Examples
    --------
    >>> round(spectrum_condition(np.array([[1.0, 0.6], [0.6, 1.0]])), 12)
    2.0
    """
    if correlation.shape[0] == 0:
        return 1.0
    roots = np.linalg.eigvalsh(correlation)
    small, large = float(roots[0]), float(roots[-1])
    if small <= large * correlation.shape[0] * 1e-15:
        return math.inf
    return math.sqrt(large / small)


def ridge_penalty(correlation: Floats, limit: float) -> float:
    """Smallest ridge that brings the condition number of standardised drivers to the limit.

    Parameters
    ----------
    correlation
        Shape (p, p), correlation matrix of the drivers.
    limit
        Condition number aimed at, > 1.

    Returns
    -------
    float
        What is added to the diagonal of the correlation matrix; 0 when none is needed.

    Raises
    ------
    NotEstimable
        ``condition_limit`` when the limit is not above 1.

    Notes
    -----
    ``max(0, (largest - limit^2 smallest) / (limit^2 - 1))`` of the eigenvalues: it grows from zero
    as the condition number passes the limit, so nothing jumps there.

    Examples
    --------
    >>> ridge_penalty(np.array([[1.0, 1.0], [1.0, 1.0]]), 3.0)
    0.25
    """
    if not limit > 1.0:
        raise NotEstimable("condition_limit", limit=limit)
    if correlation.shape[0] == 0:
        return 0.0
    roots = np.linalg.eigvalsh(correlation)
    small, large = max(float(roots[0]), 0.0), float(roots[-1])
    return max(0.0, (large - limit**2 * small) / (limit**2 - 1.0))
