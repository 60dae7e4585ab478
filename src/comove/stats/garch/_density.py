"""Log-density of one observation, given its variance, and its derivatives."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from comove.stats.sample import Floats

_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_FAR = 12.0  # from here on Stirling's series is exact to the last digits


class Partials(NamedTuple):
    """Derivatives of the log-density l(s, e) by the variance s and the deviation e.

    ``block`` (k, 4, T) holds dl/ds, d2l/ds2, d2l/dsde and, with tails, d2l/dsdh; ``by_e`` and
    ``by_ee`` (k, T) the others. ``expected`` are -E d2l/ds2 in units of 1/s^2 and -E d2l/de2 in
    units of 1/s, (k, 1) each.
    """

    block: Floats
    by_e: Floats
    by_ee: Floats
    expected: tuple[Floats, Floats]


class TailPartials(NamedTuple):
    """Derivatives by h = 1 / nu, (k, T): first, second, and with that of the deviation."""

    by_h: Floats
    by_hh: Floats
    by_he: Floats


def constant(inverse_nu: Floats | None, nobs: int) -> Floats | float:
    """Return the part of the log-likelihood that depends on neither variance nor data."""
    if inverse_nu is None:
        return -nobs * _HALF_LOG_TWO_PI
    flat = [
        math.lgamma((nu + 1.0) / 2.0) - math.lgamma(nu / 2.0) - 0.5 * math.log(math.pi * (nu - 2.0))
        for nu in (1.0 / inverse_nu).ravel()
    ]
    return nobs * np.array(flat).reshape(inverse_nu.shape)


def total(path: Floats, squares: Floats, inverse_nu: Floats | None) -> Floats:
    """Log-likelihood (...,) of variances and squared deviations (..., T)."""
    nobs = path.shape[-1]
    logs = np.log(path).sum(axis=-1)
    if inverse_nu is None:
        kernel = -0.5 * (logs + (squares / path).sum(axis=-1))
    else:
        nu = 1.0 / inverse_nu
        tail = np.log1p(squares / (path * (nu - 2.0)[..., None])).sum(axis=-1)
        kernel = -0.5 * logs - 0.5 * (nu + 1.0) * tail
    return np.asarray(kernel + constant(inverse_nu, nobs), dtype=np.float64)


def partials(left: Floats, path: Floats, inverse_nu: Floats | None) -> Partials:
    """Differentiate at deviations ``left`` and variances ``path`` (k, T); ``inverse_nu`` (k,)."""
    block = np.zeros((len(path), 4, path.shape[1]))
    if inverse_nu is None:
        ones = np.ones((len(path), 1))
        weight = 1.0 / path
        ratio = left * weight
        square = ratio * left
        block[:, 0] = 0.5 * weight * (square - 1.0)
        block[:, 1] = weight * weight * (0.5 - square)
        block[:, 2] = ratio * weight
        return Partials(block=block, by_e=-ratio, by_ee=-weight, expected=(0.5 * ones, ones))
    nu = (1.0 / inverse_nu)[:, None]
    low, high = nu - 2.0, nu + 1.0
    q = path * low + left * left
    block[:, 0] = 0.5 * nu / path - 0.5 * high * low / q
    block[:, 1] = -0.5 * nu / path**2 + 0.5 * high * (low / q) ** 2
    block[:, 2] = high * low * left / q**2
    return Partials(
        block=block,
        by_e=-high * left / q,
        by_ee=-high / q + 2.0 * high * (left / q) ** 2,
        expected=(0.5 * nu / (nu + 3.0), nu * high / (low * (nu + 3.0))),
    )


def tail_partials(
    left: Floats, path: Floats, inverse_nu: Floats, part: Partials | None = None
) -> TailPartials:
    """Differentiate by h = 1 / nu as well; completes ``part``. Shapes as in :func:`partials`."""
    nu = (1.0 / inverse_nu)[:, None]
    low, high = nu - 2.0, nu + 1.0
    q = path * low + left * left
    share = path / q
    upper, lower = digamma(high / 2.0), digamma(nu / 2.0)
    by_nu = 0.5 * (upper[0] - lower[0] + np.log(low * share) + nu / low - high * share)
    by_nunu = 0.25 * (upper[1] - lower[1]) + 0.5 / low - 1.0 / low**2
    by_nunu = by_nunu - share + 0.5 * high * share**2
    by_nue = -left / q + high * share * left / q
    turn = -(nu**2)
    if part is not None:
        part.block[:, 3] = turn * 0.5 * (1.0 / path + (high * low * share - low - high) / q)
    return TailPartials(
        by_h=turn * by_nu,
        by_hh=nu**4 * by_nunu + 2.0 * nu**3 * by_nu,
        by_he=turn * by_nue,
    )


def digamma(x: Floats) -> tuple[Floats, Floats]:
    """First and second derivative of log gamma at positive ``x``."""
    first, second = np.zeros_like(x), np.zeros_like(x)
    x = x.copy()
    while (near := x < _FAR).any():
        first = np.where(near, first - 1.0 / x, first)
        second = np.where(near, second + 1.0 / x**2, second)
        x = np.where(near, x + 1.0, x)
    r = 1.0 / x**2
    first += np.log(x) - 0.5 / x - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240)))
    second += 1.0 / x + 0.5 * r + (r / x) * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r / 30)))
    return first, second
