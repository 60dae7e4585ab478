"""Copula families: density, tails, and where their parameters may lie."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

FamilyName = Literal["gaussian", "t", "clayton", "rotated_gumbel", "sjc"]
Parameters = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Family:
    """A one- or two-parameter copula of two series.

    Parameters
    ----------
    name
        How it is asked for.
    parameters
        Names of the parameters.
    low, high
        Bounds of each parameter as it is searched.
    log_density
        ``(u, v, parameters)`` to the logarithm of the density, shape (T,).
    tails
        ``parameters`` to (lower, upper) coefficient of tail dependence.
    """

    name: FamilyName
    parameters: tuple[str, ...]
    low: Parameters
    high: Parameters
    log_density: Callable[[Floats, Floats, Parameters], Floats]
    tails: Callable[[Parameters], tuple[float, float]]
    searched: Callable[[Parameters], Parameters] = tuple
    """From parameters to what is searched, in which the likelihood is close to a parabola:
    1 / nu instead of nu, Kendall's tau instead of theta."""
    restored: Callable[[Parameters], Parameters] = tuple
    """The way back."""


def tail_coefficients(family: FamilyName, parameters: Parameters) -> tuple[float, float]:
    r"""Return the coefficients of tail dependence that a copula implies.

    Parameters
    ----------
    family
        ``"gaussian"`` (rho), ``"t"`` (rho, nu), ``"clayton"`` (theta), ``"rotated_gumbel"``
        (theta) or ``"sjc"`` (lower, upper).
    parameters
        In the order above.

    Returns
    -------
    tuple[float, float]
        Lower and upper coefficient: the limit of the chance that one is in its tail given that the
        other is, as the tail shrinks to nothing.

    Raises
    ------
    NotEstimable
        ``family`` for an unknown name, ``parameters`` for a wrong number or values outside the
        family.

    Notes
    -----
    ==================  ==========================================================  ===============
    family              lower                                                       upper
    ==================  ==========================================================  ===============
    gaussian            0                                                           0
    t                   :math:`2 t_{\nu+1}(-\sqrt{(\nu+1)(1-\rho)/(1+\rho)})`       the same
    clayton             :math:`2^{-1/\theta}`                                       0
    rotated_gumbel      :math:`2 - 2^{1/\theta}`                                    0
    sjc                 its first parameter                                         its second
    ==================  ==========================================================  ===============

    References
    ----------
    Joe, H. (1997). Multivariate Models and Dependence Concepts. Chapman and Hall.

    Patton, A. J. (2006). Modelling asymmetric exchange rate dependence. International Economic
    Review 47, 527-556.

    Examples
    --------
    >>> [round(tail, 4) for tail in tail_coefficients("t", (0.5, 4.0))]
    [0.2532, 0.2532]
    """
    kind = family_of(family)
    inside = len(parameters) == len(kind.parameters) and all(
        math.isfinite(value) for value in parameters
    )
    if not inside or not _WITHIN[family](parameters):
        raise NotEstimable("parameters", family=family, parameters=parameters)
    return kind.tails(parameters)


def family_of(name: str) -> Family:
    """Return a family by its name.

    Parameters
    ----------
    name
        See :func:`tail_coefficients`.

    Returns
    -------
    Family
        Its density, tails and bounds.

    Raises
    ------
    NotEstimable
        ``family`` for an unknown name.
    """
    if name not in FAMILIES:
        raise NotEstimable("family", family=name, known=tuple(FAMILIES))
    return FAMILIES[name]


def _gaussian(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    from scipy.special import ndtri

    (rho,) = parameters
    a, b = ndtri(u), ndtri(v)
    free = 1.0 - rho**2
    quadratic: Floats = (rho * (a * a + b * b) - 2.0 * a * b) * rho / (2.0 * free)
    return -0.5 * math.log(free) - quadratic


def _student(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    rho, nu = parameters
    return student_log_density(*student_quantiles(u, v, nu), rho, nu)


def student_quantiles(u: Floats, v: Floats, nu: float) -> tuple[Floats, Floats]:
    """Return the quantiles of Student's t at two sets of ranks.

    Parameters
    ----------
    u, v
        Shape (T,), strictly between 0 and 1.
    nu
        Degrees of freedom.

    Returns
    -------
    tuple[Floats, Floats]
        Each of shape (T,).

    Notes
    -----
    Both series have the same ranks, and the upper half mirrors the lower: a quarter of the
    quantiles is computed.
    """
    from scipy.special import stdtrit

    ranks = np.concatenate([u, v])
    lower, place = np.unique(np.minimum(ranks, 1.0 - ranks), return_inverse=True)
    quantiles: Floats = np.where(ranks < 0.5, 1.0, -1.0) * stdtrit(nu, lower)[place]
    return quantiles[: u.size], quantiles[u.size :]


def student_log_density(a: Floats, b: Floats, rho: float, nu: float) -> Floats:
    """Return the log density of the t copula at quantiles of its margins.

    Parameters
    ----------
    a, b
        Shape (T,), quantiles of Student's t with ``nu`` degrees of freedom.
    rho, nu
        The parameters.

    Returns
    -------
    Floats
        Shape (T,).
    """
    free = 1.0 - rho**2
    constant = math.lgamma(nu / 2.0 + 1.0) + math.lgamma(nu / 2.0)
    constant -= 2.0 * math.lgamma((nu + 1.0) / 2.0) + 0.5 * math.log(free)
    joint = np.log1p((a * a + b * b - 2.0 * rho * a * b) / (nu * free))
    margins = np.log1p(a * a / nu) + np.log1p(b * b / nu)
    density: Floats = constant - (nu / 2.0 + 1.0) * joint + (nu + 1.0) / 2.0 * margins
    return density


def _clayton(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    (theta,) = parameters
    a, b = -np.log(u), -np.log(v)
    most = theta * np.maximum(a, b)
    # log(u^-theta + v^-theta - 1) without leaving the range of numbers
    total = most + np.log(np.exp(theta * a - most) + np.exp(theta * b - most) - np.exp(-most))
    density: Floats = math.log1p(theta) + (1.0 + theta) * (a + b) - (2.0 + 1.0 / theta) * total
    return density


def _rotated_gumbel(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    (theta,) = parameters
    a, b = -np.log1p(-u), -np.log1p(-v)
    log_a, log_b = np.log(a), np.log(b)
    log_total = np.logaddexp(theta * log_a, theta * log_b) / theta
    total = np.exp(log_total)
    slope = (theta - 1.0) * (log_a + log_b) + (1.0 - 2.0 * theta) * log_total
    density: Floats = a + b - total + slope + np.log(total + theta - 1.0)
    return density


def _joe_clayton(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    """Log density of the Joe-Clayton copula (BB7) with (lower, upper) tail coefficients."""
    lower, upper = parameters
    kappa, gamma = 1.0 / math.log2(2.0 - upper), -1.0 / math.log2(lower)
    log_a = np.log1p(-np.exp(kappa * np.log1p(-u)))
    log_b = np.log1p(-np.exp(kappa * np.log1p(-v)))
    log_sum = np.log1p(np.expm1(-gamma * log_a) + np.expm1(-gamma * log_b))
    inner, outer = np.exp(-log_sum / gamma), -np.expm1(-log_sum / gamma)
    density: Floats = (
        (1.0 / kappa - 2.0) * np.log(outer)
        - (1.0 / gamma + 2.0) * log_sum
        - (gamma + 1.0) * (log_a + log_b)
        + (kappa - 1.0) * (np.log1p(-u) + np.log1p(-v))
        + np.log(kappa * (1.0 + gamma) * outer + (kappa - 1.0) * inner)
    )
    return density


def _symmetrised(u: Floats, v: Floats, parameters: Parameters) -> Floats:
    lower, upper = parameters
    straight = _joe_clayton(u, v, (lower, upper))
    turned = _joe_clayton(1.0 - u, 1.0 - v, (upper, lower))
    density: Floats = np.logaddexp(straight, turned) - math.log(2.0)
    return density


def _student_tails(parameters: Parameters) -> tuple[float, float]:
    from scipy.special import stdtr

    rho, nu = parameters
    tail = 2.0 * float(stdtr(nu + 1.0, -math.sqrt((nu + 1.0) * (1.0 - rho) / (1.0 + rho))))
    return tail, tail


FAMILIES: dict[str, Family] = {
    "gaussian": Family(
        name="gaussian",
        parameters=("rho",),
        low=(-0.9999,),
        high=(0.9999,),
        log_density=_gaussian,
        tails=lambda _: (0.0, 0.0),
    ),
    "t": Family(
        name="t",
        parameters=("rho", "nu"),
        low=(-0.9999, 1.0 / 200.0),
        high=(0.9999, 1.0),
        log_density=_student,
        tails=_student_tails,
        searched=lambda parameters: (parameters[0], 1.0 / parameters[1]),
        restored=lambda point: (point[0], 1.0 / point[1]),
    ),
    "clayton": Family(
        name="clayton",
        parameters=("theta",),
        low=(1e-4,),
        high=(0.97,),
        log_density=_clayton,
        tails=lambda parameters: (2.0 ** (-1.0 / parameters[0]), 0.0),
        searched=lambda parameters: (parameters[0] / (parameters[0] + 2.0),),
        restored=lambda point: (2.0 * point[0] / (1.0 - point[0]),),
    ),
    "rotated_gumbel": Family(
        name="rotated_gumbel",
        parameters=("theta",),
        low=(0.0,),
        high=(0.97,),
        log_density=_rotated_gumbel,
        tails=lambda parameters: (2.0 - 2.0 ** (1.0 / parameters[0]), 0.0),
        searched=lambda parameters: (1.0 - 1.0 / parameters[0],),
        restored=lambda point: (1.0 / (1.0 - point[0]),),
    ),
    "sjc": Family(
        name="sjc",
        parameters=("lower", "upper"),
        low=(1e-4, 1e-4),
        high=(0.97, 0.97),
        log_density=_symmetrised,
        tails=lambda parameters: (parameters[0], parameters[1]),
    ),
}
"""Every family, by name."""

_WITHIN: dict[str, Callable[[Parameters], bool]] = {
    "gaussian": lambda parameters: abs(parameters[0]) < 1.0,
    "t": lambda parameters: abs(parameters[0]) < 1.0 and parameters[1] > 0.0,
    "clayton": lambda parameters: parameters[0] > 0.0,
    "rotated_gumbel": lambda parameters: parameters[0] >= 1.0,
    "sjc": lambda parameters: min(parameters) > 0.0 and max(parameters) < 1.0,
}
