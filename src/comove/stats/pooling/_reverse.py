"""Reverse stress: the most plausible move of some columns that brings others to a limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats._covariance import correlations, covariance_matrix
from comove.stats.frames import data_frame
from comove.stats.pooling._plausibility import tail_probability
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

_MOST_LIMITS = 10
_DEPENDENT = 1e-12
_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReverseStress(Result):
    """The nearest move that reaches the limits; exact, no interval.

    Parameters
    ----------
    drivers
        The p columns that move.
    shock
        Shape (p,): their move.
    limited
        The k columns with a limit.
    reached
        Shape (k,): their expectation given the move; at their limit or beyond it.
    binding
        Those that are exactly at their limit.
    distance, plausibility
        Squared Mahalanobis distance of the move, and the probability of one at least as far out.
    """

    drivers: tuple[str, ...]
    shock: Floats
    limited: tuple[str, ...]
    reached: Floats
    binding: tuple[str, ...]
    distance: float
    plausibility: float

    def to_frame(self) -> DataFrame:
        """Return one line per driver."""
        return data_frame({"shock": self.shock}, self.drivers)


def reverse_stress(
    covariance: object,
    limits: Mapping[str, float],
    drivers: Sequence[str],
    df: float = math.inf,
) -> ReverseStress:
    r"""Find the most plausible move of drivers that brings other columns to their limits.

    Parameters
    ----------
    covariance
        Shape (n, n): an array or a data frame, over the horizon in question.
    limits
        A limit per column: one below zero is to be reached or fallen short of, one above zero to be
        reached or exceeded; at most ten, none zero.
    drivers
        Columns that move, at least one.  They may be the limited columns themselves.
    df
        Degrees of freedom of the law behind the plausibility, above 2; infinite for the normal.

    Returns
    -------
    ReverseStress
        The move, what it brings, how plausible it is.

    Raises
    ------
    NotEstimable
        ``infeasible`` when no move of the drivers brings all limits; ``names``, ``option`` (a limit
        of zero or too many, or df), ``collinear`` (drivers that follow from each other), ``shape``,
        ``not_finite``, ``not_symmetric``, ``not_positive``, ``constant``.

    Notes
    -----
    .. math:: \min_f f' S_{ff}^{-1} f \quad \text{subject to} \quad
        d_i\, B_i f \ge d_i\, l_i, \qquad B = S_{rf} S_{ff}^{-1}, \; d_i = \operatorname{sign} l_i

    Where the set A of limits binds, :math:`f = S_{fr,A} (S_{rf} S_{ff}^{-1} S_{fr})_{AA}^{-1} l_A`;
    of all sets, the one whose multipliers are not negative and whose move meets the other limits is
    the optimum, because the problem is convex.  Means are taken as zero.

    References
    ----------
    Breuer, T., Jandacka, M., Rheinberger, K. and Summer, M. (2009). How to find plausible, severe,
    and useful stress scenarios. International Journal of Central Banking 5(3), 205-224.

    Examples
    --------
    >>> found = reverse_stress([[1.0, 0.5], [0.5, 1.0]], {"1": -0.1}, ["0"])
    >>> found.shock.round(9).tolist(), round(found.distance, 9)
    ([-0.2], 0.04)
    """
    names, values = covariance_matrix(covariance)
    if not df > 2.0:
        raise NotEstimable("option", df=df)
    limited, level = _limits(limits, names)
    movers = tuple(map(str, drivers))
    if not movers or len(set(movers)) < len(movers) or not set(movers) <= set(names):
        raise NotEstimable("names", drivers=", ".join(movers), columns=", ".join(names))
    rows = [names.index(name) for name in limited]
    columns = [names.index(name) for name in movers]
    block = values[np.ix_(columns, columns)]
    roots = np.linalg.eigvalsh(correlations(block))
    if roots[0] <= _DEPENDENT * roots[-1]:
        raise NotEstimable("collinear", drivers=len(movers))
    across = values[np.ix_(rows, columns)]
    betas = np.linalg.solve(block, across.T).T
    reach = betas @ across.T
    place = _binding(reach, level)
    multipliers = np.linalg.solve(reach[np.ix_(place, place)], level[place])
    shock = across[place].T @ multipliers
    distance = float(level[place] @ multipliers)
    return ReverseStress(
        drivers=movers,
        shock=shock,
        limited=limited,
        reached=np.asarray(betas @ shock, dtype=np.float64),
        binding=tuple(limited[each] for each in place),
        distance=distance,
        plausibility=tail_probability(distance, len(movers), df),
    )


def _limits(limits: Mapping[str, float], names: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    limited = tuple(str(name) for name in limits)
    level = np.array([float(value) for value in limits.values()])
    if not limited or not set(limited) <= set(names):
        raise NotEstimable("names", limits=", ".join(limited), columns=", ".join(names))
    if not np.isfinite(level).all():
        raise NotEstimable("not_finite")
    if (level == 0.0).any() or len(limited) > _MOST_LIMITS:
        raise NotEstimable("option", limits=len(limited))
    return limited, level


def _binding(reach: Floats, level: Floats) -> list[int]:
    """Find the limits that bind: small sets first, for they are the likelier answer."""
    count, sign = len(level), np.sign(level)
    scale = np.sqrt(np.diag(reach))
    for size in range(1, count + 1):
        for chosen in combinations(range(count), size):
            place = list(chosen)
            block = reach[np.ix_(place, place)]
            units = np.outer(scale[place], scale[place])
            if (scale[place] == 0.0).any() or np.linalg.eigvalsh(block / units)[0] <= _DEPENDENT:
                continue
            multipliers = np.linalg.solve(block, level[place])
            met = reach[:, place] @ multipliers
            gap = sign * (met - level) / np.abs(level)
            if (sign[place] * multipliers >= 0.0).all() and (gap >= -_SLACK).all():
                return place
    raise NotEstimable("infeasible", limits=count)
