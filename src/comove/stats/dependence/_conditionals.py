"""Conditional distributions of copulas: where one series stands, given where the other does."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from comove.stats.dependence._families import Parameters
from comove.stats.sample import Floats

Conditional = Callable[[Floats, Floats, Parameters], Floats]


def conditional(family: str, u: Floats, v: Floats, parameters: Parameters) -> Floats:
    """Return the probability that the second is below v given that the first is at u.

    Parameters
    ----------
    family, parameters
        See :func:`tail_coefficients`.
    u, v
        Shape (T,), strictly between 0 and 1.

    Returns
    -------
    Floats
        Shape (T,), the derivative of the copula in u.

    Examples
    --------
    >>> conditional("gaussian", np.array([0.5]), np.array([0.3]), (0.0,)).round(12).tolist()
    [0.3]
    """
    return _CONDITIONALS[family](u, v, parameters)


def _gaussian(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    from scipy.special import ndtr, ndtri

    (rho,) = parameters
    return np.asarray(ndtr((ndtri(v) - rho * ndtri(u)) / math.sqrt(1.0 - rho**2)))


def _student(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    from scipy.special import stdtr, stdtrit

    rho, nu = parameters
    a, b = stdtrit(nu, u), stdtrit(nu, v)
    spread = np.sqrt((nu + a * a) * (1.0 - rho**2) / (nu + 1.0))
    return np.asarray(stdtr(nu + 1.0, (b - rho * a) / spread))


def _clayton(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    (theta,) = parameters
    # u^theta (v^-theta - 1), by logarithms: v^-theta may be too large for a number
    log_part = theta * (np.log(u) - np.log(v)) + np.log(-np.expm1(theta * np.log(v)))
    return np.exp(-(1.0 + 1.0 / theta) * np.logaddexp(0.0, log_part))


def _gumbel(u: Floats, v: Floats, theta: float) -> Floats:
    a, b = -np.log(u), -np.log(v)
    log_total = np.logaddexp(theta * np.log(a), theta * np.log(b)) / theta
    slope = (theta - 1.0) * (np.log(a) - log_total)
    return np.asarray(np.exp(a - np.exp(log_total) + slope))


def _rotated_gumbel(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    return 1.0 - _gumbel(1.0 - u, 1.0 - v, parameters[0])


def _joe_clayton(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    lower, upper = parameters
    kappa, gamma = 1.0 / math.log2(2.0 - upper), -1.0 / math.log2(lower)
    log_a = np.log1p(-np.exp(kappa * np.log1p(-u)))
    log_b = np.log1p(-np.exp(kappa * np.log1p(-v)))
    log_sum = np.log1p(np.expm1(-gamma * log_a) + np.expm1(-gamma * log_b))
    outer = -np.expm1(-log_sum / gamma)
    return np.asarray(
        np.exp(
            (1.0 / kappa - 1.0) * np.log(outer)
            - (1.0 / gamma + 1.0) * log_sum
            - (gamma + 1.0) * log_a
            + (kappa - 1.0) * np.log1p(-u)
        )
    )


def _symmetrised(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    straight = _joe_clayton(u, v, parameters)
    turned = _joe_clayton(1.0 - u, 1.0 - v, parameters[::-1])
    return np.asarray(0.5 * (straight + 1.0 - turned))


_CONDITIONALS: dict[str, Conditional] = {
    "gaussian": _gaussian,
    "t": _student,
    "clayton": _clayton,
    "rotated_gumbel": _rotated_gumbel,
    "sjc": _symmetrised,
}
