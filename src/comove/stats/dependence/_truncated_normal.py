"""What a bivariate normal looks like when only its lower corner is seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

_NODES = 64  # of the Gauss-Legendre rule; the integrand is smooth and the error below 1e-14


def lower_corner(rho: ArrayLike, threshold: float) -> Floats:
    r"""Return the probability that two standard normals are both below a threshold.

    Parameters
    ----------
    rho
        Shape (...), correlations strictly between -1 and 1.
    threshold
        The threshold h, in standard deviations.

    Returns
    -------
    Floats
        Shape (...).

    Raises
    ------
    NotEstimable
        ``correlation`` outside (-1, 1), ``not_finite`` for the threshold.

    Notes
    -----
    .. math::
        \Phi_2(h, h; \rho) = \max(2 \Phi(h) - 1, 0) + \frac{1}{2 \pi}
        \int_{-\pi/2}^{\arcsin \rho} \exp\left(-\frac{h^2}{1 + \sin t}\right) dt

    by a Gauss-Legendre rule of 64 points.  Nothing is subtracted, so small corners keep their
    digits.

    References
    ----------
    Plackett, R. L. (1954). A reduction formula for normal multivariate integrals. Biometrika 41,
    351-360.

    Examples
    --------
    >>> round(float(lower_corner(0.5, 0.0)), 12) == round(1 / 3, 12)
    True
    """
    correlations = _checked(rho, threshold)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    reach = (np.arcsin(correlations) + math.pi / 2.0) / 2.0
    angles = reach[..., None] * (nodes + 1.0)
    heights = np.exp(-(threshold**2) / (2.0 * np.sin(angles / 2.0) ** 2))
    corner: Floats = heights @ weights * reach / (2.0 * math.pi)
    return corner + max(2.0 * _below(threshold) - 1.0, 0.0)


def exceedance_benchmark(rho: ArrayLike, threshold: float) -> Floats:
    r"""Return the correlation of two standard normals, given that both are below a threshold.

    Parameters
    ----------
    rho
        Shape (...), correlations strictly between -1 and 1.
    threshold
        The threshold h, in standard deviations; -6 or above.

    Returns
    -------
    Floats
        Shape (...).

    Raises
    ------
    NotEstimable
        ``correlation`` outside (-1, 1), ``threshold`` below -6, ``not_finite``.

    Notes
    -----
    With L the probability of the corner, :math:`d = h \sqrt{(1 - \rho) / (1 + \rho)}`,
    :math:`A = h \varphi(h) \Phi(d)` and :math:`B = \sqrt{1 - \rho^2}\, \varphi(h) \varphi(d)`,

    .. math::
        L\,E[X] &= -(1 + \rho)\, \varphi(h) \Phi(d) \\
        L\,E[X^2] &= L - (1 + \rho^2) A + \rho B \\
        L\,E[XY] &= \rho L - 2 \rho A + B

    and the correlation is that of these moments.  It is *smaller* than rho and falls towards zero
    as the threshold does: a smaller correlation in the tail than overall is what the normal
    implies.

    References
    ----------
    Rosenbaum, S. (1961). Moments of a truncated bivariate normal distribution. Journal of the Royal
    Statistical Society B 23, 405-408.

    Examples
    --------
    >>> exceedance_benchmark([0.2, 0.5, 0.8], -1.0).round(3).tolist()
    [0.05, 0.179, 0.469]
    """
    correlations = _checked(rho, threshold)
    if threshold < -6.0:
        raise NotEstimable("threshold", threshold=threshold, least=-6.0)
    corner = lower_corner(correlations, threshold)
    edge = threshold * np.sqrt((1.0 - correlations) / (1.0 + correlations))
    beside = np.vectorize(_below, otypes=[np.float64])(edge) * _density(threshold)
    level = threshold * beside
    turn = np.sqrt(1.0 - correlations**2) * _density(threshold) * _densities(edge)
    mean = -(1.0 + correlations) * beside / corner
    square = 1.0 - ((1.0 + correlations**2) * level - correlations * turn) / corner
    product = correlations - (2.0 * correlations * level - turn) / corner
    ratio: Floats = (product - mean**2) / (square - mean**2)
    return ratio


def _checked(rho: ArrayLike, threshold: float) -> Floats:
    correlations = np.asarray(rho, dtype=np.float64)
    if not (np.abs(correlations) < 1.0).all():
        raise NotEstimable("correlation", rho=rho)
    if not math.isfinite(threshold):
        raise NotEstimable("not_finite", threshold=threshold)
    return correlations


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def _densities(z: Floats) -> Floats:
    heights: Floats = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return heights
