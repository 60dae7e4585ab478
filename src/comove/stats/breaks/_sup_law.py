"""The law of the largest F over all places of breaks, from a simulation of its limit."""

from __future__ import annotations

import math

import numpy as np

from comove.core.errors import NotEstimable

TRIMS = (0.10, 0.15, 0.20)
"""Trims for which the law is tabulated."""

_MOST = {0.10: 5, 0.15: 5, 0.20: 3}
_CHANCES = (0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.001)
# for each (coefficients, trim): quantiles beyond which F lies with the chances above; one line a
# number of breaks, the last for the largest F over all numbers
_TABLE = {
    (1, 0.10): (
        (2.41, 3.58, 5.28, 7.41, 8.99, 10.53, 12.54, 16.84),
        (3.29, 4.24, 5.47, 6.80, 7.75, 8.64, 9.78, 12.15),
        (3.09, 3.90, 4.90, 5.94, 6.65, 7.39, 8.24, 9.73),
        (2.89, 3.59, 4.45, 5.32, 5.92, 6.48, 7.13, 8.48),
        (2.65, 3.28, 4.02, 4.77, 5.28, 5.77, 6.35, 7.44),
        (3.56, 4.65, 6.13, 7.94, 9.26, 10.71, 12.58, 16.84),
    ),
    (1, 0.15): (
        (2.09, 3.22, 4.86, 6.97, 8.57, 10.02, 12.08, 16.50),
        (2.63, 3.56, 4.75, 6.09, 7.03, 8.00, 9.08, 11.78),
        (2.39, 3.14, 4.10, 5.13, 5.82, 6.47, 7.36, 8.99),
        (2.08, 2.70, 3.47, 4.32, 4.84, 5.35, 6.05, 7.30),
        (1.56, 2.05, 2.67, 3.34, 3.79, 4.21, 4.69, 5.77),
        (2.92, 4.00, 5.52, 7.35, 8.78, 10.17, 12.21, 16.50),
    ),
    (1, 0.20): (
        (1.85, 2.92, 4.53, 6.59, 8.15, 9.56, 11.59, 16.49),
        (2.12, 2.98, 4.12, 5.46, 6.37, 7.29, 8.38, 11.08),
        (1.75, 2.40, 3.27, 4.23, 4.92, 5.55, 6.34, 8.18),
        (2.40, 3.47, 4.99, 6.87, 8.31, 9.66, 11.64, 16.49),
    ),
    (2, 0.10): (
        (2.13, 2.92, 3.94, 5.13, 5.97, 6.79, 7.93, 10.26),
        (2.60, 3.19, 3.90, 4.68, 5.21, 5.67, 6.30, 7.66),
        (2.49, 2.98, 3.58, 4.18, 4.60, 4.94, 5.40, 6.49),
        (2.35, 2.79, 3.29, 3.81, 4.15, 4.45, 4.81, 5.73),
        (2.20, 2.58, 3.03, 3.48, 3.77, 4.03, 4.35, 5.06),
        (2.80, 3.46, 4.33, 5.36, 6.09, 6.85, 7.96, 10.26),
    ),
    (2, 0.15): (
        (1.93, 2.70, 3.71, 4.91, 5.75, 6.54, 7.68, 10.06),
        (2.22, 2.81, 3.52, 4.29, 4.81, 5.29, 5.82, 7.18),
        (2.05, 2.53, 3.10, 3.72, 4.11, 4.47, 4.87, 5.93),
        (1.83, 2.23, 2.71, 3.21, 3.54, 3.81, 4.15, 5.01),
        (1.45, 1.79, 2.18, 2.59, 2.85, 3.11, 3.38, 4.03),
        (2.41, 3.10, 4.00, 5.08, 5.83, 6.58, 7.71, 10.06),
    ),
    (2, 0.20): (
        (1.76, 2.50, 3.50, 4.71, 5.55, 6.34, 7.45, 10.03),
        (1.89, 2.45, 3.14, 3.89, 4.45, 4.90, 5.50, 6.84),
        (1.61, 2.05, 2.58, 3.16, 3.54, 3.90, 4.30, 5.40),
        (2.08, 2.79, 3.70, 4.81, 5.60, 6.37, 7.48, 10.03),
    ),
    (3, 0.10): (
        (1.95, 2.55, 3.31, 4.17, 4.77, 5.37, 6.07, 7.92),
        (2.28, 2.72, 3.26, 3.81, 4.19, 4.55, 5.02, 6.15),
        (2.19, 2.57, 3.01, 3.46, 3.75, 4.03, 4.38, 5.21),
        (2.09, 2.42, 2.81, 3.19, 3.44, 3.66, 3.96, 4.59),
        (1.97, 2.26, 2.61, 2.94, 3.16, 3.36, 3.59, 4.16),
        (2.43, 2.93, 3.56, 4.33, 4.86, 5.42, 6.10, 7.92),
    ),
    (3, 0.15): (
        (1.79, 2.38, 3.15, 4.02, 4.62, 5.19, 5.93, 7.75),
        (1.99, 2.43, 2.98, 3.53, 3.91, 4.26, 4.73, 5.85),
        (1.85, 2.23, 2.67, 3.11, 3.40, 3.68, 4.02, 4.88),
        (1.68, 1.99, 2.36, 2.73, 2.97, 3.20, 3.46, 4.18),
        (1.37, 1.64, 1.95, 2.26, 2.47, 2.64, 2.86, 3.42),
        (2.14, 2.67, 3.33, 4.11, 4.67, 5.25, 5.95, 7.75),
    ),
    (3, 0.20): (
        (1.64, 2.23, 3.01, 3.88, 4.48, 5.06, 5.80, 7.56),
        (1.73, 2.17, 2.70, 3.26, 3.65, 3.98, 4.43, 5.67),
        (1.50, 1.86, 2.27, 2.71, 2.98, 3.25, 3.58, 4.55),
        (1.89, 2.44, 3.13, 3.94, 4.52, 5.08, 5.80, 7.56),
    ),
}


def most_breaks(trim: float) -> int:
    """Return the most breaks tested with a trim.

    Parameters
    ----------
    trim
        One of :data:`TRIMS`.

    Returns
    -------
    int
        5, or 3 at a trim of 0.20.

    Raises
    ------
    NotEstimable
        ``option`` for another trim.

    Examples
    --------
    >>> most_breaks(0.15)
    5
    """
    if trim not in _MOST:
        raise NotEstimable("option", trim=trim)
    return _MOST[trim]


def typical_f(width: int, trim: float, breaks: int) -> float:
    """Return the median of the largest F when there is no break.

    Parameters
    ----------
    width
        Coefficients that break, 1 to 3.
    trim
        One of :data:`TRIMS`.
    breaks
        Number of breaks of the alternative; 0 gives 0.

    Returns
    -------
    float
        What the search for the best places brings by chance.

    Examples
    --------
    >>> typical_f(1, 0.15, 0), 3.0 < typical_f(1, 0.15, 1) < 3.5
    (0.0, True)
    """
    return _TABLE[width, trim][breaks - 1][1] if breaks else 0.0


def sup_pvalue(value: float, width: int, trim: float, breaks: int) -> float:
    """Return the chance of a larger F when there is no break.

    Parameters
    ----------
    value
        The F statistic; NaN gives NaN.
    width
        Coefficients that break, 1 to 3.
    trim
        One of :data:`TRIMS`.
    breaks
        Number of breaks of the alternative, 1 to :func:`most_breaks`; 0 for the largest F over all
        of them.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    NotEstimable
        ``option`` for what is not tabulated.

    Notes
    -----
    Log chances are interpolated linearly between eight simulated quantiles (20,000 replications of
    800 steps), and continued beyond the last with the slope -width breaks / 2 of their tails.

    References
    ----------
    Andrews (1993), "Tests for parameter instability and structural change with unknown change
    point"; Bai and Perron (1998), "Estimating and testing linear models with multiple structural
    changes".

    Examples
    --------
    >>> 0.04 < sup_pvalue(8.6, 1, 0.15, 1) < 0.06
    True
    """
    if (width, trim) not in _TABLE or not 0 <= breaks <= _MOST[trim]:
        raise NotEstimable("option", coefficients=width, trim=trim, breaks=breaks)
    if math.isnan(value):
        return math.nan
    line = _TABLE[width, trim][breaks - 1]
    if value >= line[-1]:
        return _CHANCES[-1] * math.exp(-0.5 * width * max(breaks, 1) * (value - line[-1]))
    chances = np.log([1.0, *_CHANCES])
    return float(np.exp(np.interp(value, [0.0, *line], chances)))
