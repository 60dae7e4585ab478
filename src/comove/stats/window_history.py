"""The same split in every earlier window, so that today's figures have a rank in history."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.attribution import Groups, member_shares
from comove.stats.sample import Floats, matrix


def window_contributions(
    betas: ArrayLike, drivers: ArrayLike, groups: Groups, length: int
) -> Floats:
    r"""Return contributions of every window of one length, at fixed betas.

    Parameters
    ----------
    betas
        Shape (k, p), return per unit of driver, e.g. ``ReturnSplit.betas``.
    drivers
        Shape (T, p), the whole history.  No NaN.
    groups
        One tuple of driver columns per channel; shared drivers count in equal parts.
    length
        Rows of a window, n with 1 <= n <= T.

    Returns
    -------
    Floats
        Shape (T - n + 1, k, G); line s holds rows s .. s + n - 1, unit of the returns.

    Raises
    ------
    NotEstimable
        ``shape``, ``groups``, ``not_finite`` or ``too_short``.

    Notes
    -----
    :math:`\sum_{d} m_{dg}^{-1} b_{id} \sum_{t=s}^{s+n-1} f_{td}`, as in a return split, from one
    running sum per driver.

    Examples
    --------
    >>> window_contributions([[2.0]], [[1.0], [2.0], [4.0]], ((0,),), 2)[:, 0, 0].tolist()
    [6.0, 12.0]
    """
    history, slopes = _checked(betas, drivers, length, 1)
    sums = _window_sums(history, length)
    shares = member_shares(groups, history.shape[1])
    return np.stack([(sums * slope) @ shares for slope in slopes], axis=1)


def covariance_windows(
    betas: ArrayLike,
    drivers: ArrayLike,
    groups: Groups,
    length: int,
    pair: tuple[int, int] = (0, 1),
) -> Floats:
    r"""Additive covariance shares of every window of one length, at fixed betas.

    Parameters
    ----------
    betas
        Shape (k, p), return per unit of driver.
    drivers
        Shape (T, p), the whole history.  No NaN.
    groups
        One tuple of driver columns per channel; shared drivers count in equal parts.
    length
        Rows of a window, n with 2 <= n <= T.
    pair
        Two asset columns.

    Returns
    -------
    Floats
        Shape (T - n + 1, G), divisor n - 1, in the product of the units of the two returns.  A
        line sums to the covariance of the two explained returns when every driver with a beta has
        a group.

    Raises
    ------
    NotEstimable
        ``shape``, ``groups``, ``not_finite`` or ``too_short``.

    Notes
    -----
    The betas on all drivers are kept and the covariance of the explained returns is divided by

    .. math:: \tfrac12 b_{ig}' \mathrm{cov}(f_g, f) b_j + \tfrac12 b_{jg}' \mathrm{cov}(f_g, f) b_i,

    the Aumann-Shapley value of scaling each group's exposure up from zero.  It is *not* the share
    of a covariance split, which refits the betas for every set of groups; it is meant for ranking
    one window among the others at the same betas, thousands of windows at a time.

    References
    ----------
    Aumann, R. J. and Shapley, L. S. (1974). Values of Non-Atomic Games. Princeton.

    Examples
    --------
    >>> f = np.array([[1.0, 0.0], [-1.0, 2.0], [0.0, 1.0]])
    >>> shares = covariance_windows([[1.0, 0.0], [1.0, 1.0]], f, ((0,), (1,)), 3)
    >>> shares.tolist(), round(float(np.cov(f[:, 0], f.sum(axis=1))[0, 1]), 12)
    ([[0.5, -0.5]], 0.0)
    """
    history, slopes = _checked(betas, drivers, length, 2)
    if not all(0 <= column < slopes.shape[0] for column in pair):
        raise NotEstimable("shape", pair=pair, assets=slopes.shape[0])
    centred = history - history.mean(axis=0)
    shares = np.zeros((history.shape[0] - length + 1, history.shape[1]))
    for own, other in (pair, pair[::-1]):
        explained = centred @ slopes[other]
        shares += 0.5 * slopes[own] * _window_covariances(centred, explained, length)
    grouped: Floats = shares @ member_shares(groups, history.shape[1])
    return grouped


def _checked(
    betas: ArrayLike, drivers: ArrayLike, length: int, least: int
) -> tuple[Floats, Floats]:
    history = matrix(drivers, varies=False)
    slopes = matrix(betas, columns=history.shape[1], varies=False)
    if not least <= length <= history.shape[0]:
        raise NotEstimable("too_short", length=length, least=least, nobs=history.shape[0])
    return history, slopes


def _window_sums(columns: Floats, length: int) -> Floats:
    """Sum of every run of ``length`` rows, (T - n + 1, ...)."""
    level = columns.mean(axis=0)
    total = np.zeros((columns.shape[0] + 1, *columns.shape[1:]))
    # running sums of deviations stay small, so the differences keep their digits
    np.cumsum(columns - level, axis=0, out=total[1:])
    sums: Floats = total[length:] - total[:-length] + length * level
    return sums


def _window_covariances(columns: Floats, partner: Floats, length: int) -> Floats:
    """Covariance of every column with the partner over every run of rows, (T - n + 1, p)."""
    products = _window_sums(columns * partner[:, None], length)
    means = _window_sums(columns, length) * _window_sums(partner[:, None], length)
    covariances: Floats = (products - means / length) / (length - 1)
    return covariances
