"""What an attribution works on: returns beside drivers, and drivers in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix
from comove.stats.shapley import MOST_PLAYERS

Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Sample:
    """Returns to be explained and the drivers of the same rows.

    Parameters
    ----------
    returns
        Shape (T, k), one asset a column; any unit.  No NaN.
    drivers
        Shape (T, p), p >= 0, one driver a column; any unit.  No NaN.

    Raises
    ------
    NotEstimable
        ``shape`` when the rows differ or an array is not two-dimensional, ``not_finite``,
        ``too_short`` without a row.

    Examples
    --------
    >>> Sample([[1.0], [2.0]], [[0.1, 0.3], [0.2, 0.5]]).nobs
    2
    """

    returns: Floats
    drivers: Floats

    def __post_init__(self) -> None:
        """Check both arrays once."""
        returns = matrix(self.returns, varies=False)
        drivers = matrix(self.drivers, varies=False)
        if returns.shape[0] != drivers.shape[0] or returns.shape[1] == 0:
            raise NotEstimable("shape", returns=returns.shape, drivers=drivers.shape)
        object.__setattr__(self, "returns", returns)
        object.__setattr__(self, "drivers", drivers)

    @property
    def nobs(self) -> int:
        """Number of rows T."""
        return int(self.returns.shape[0])


@dataclass(frozen=True, kw_only=True)
class SplitOptions:
    """How a split is estimated.

    Parameters
    ----------
    level
        Coverage of the intervals, in (0, 1).
    condition_limit
        Largest condition number of the standardised drivers taken as it is, > 1; above it a ridge
        penalty just large enough to come down to the limit is used and stated.
    fit
        Rows the betas are estimated on.  ``"window"`` explains the window by itself: it always
        looks good and is shown only as a check.
    """

    level: float = 0.95
    condition_limit: float = 30.0
    fit: Literal["baseline", "window"] = "baseline"


def checked_groups(groups: Groups, columns: int) -> Groups:
    """Return the groups as tuples of distinct, ascending driver columns.

    Parameters
    ----------
    groups
        One tuple of driver columns per channel, at most 12.  Groups may share drivers and may be
        empty.  A driver of no group takes no part.
    columns
        Number of drivers p.

    Returns
    -------
    Groups
        The same groups, columns sorted, repetitions inside a group removed.

    Raises
    ------
    NotEstimable
        ``groups`` when there are none or more than 12, or a column does not exist.

    Examples
    --------
    >>> checked_groups(((2, 0), ()), 3)
    ((0, 2), ())
    """
    if not 1 <= len(groups) <= MOST_PLAYERS:
        raise NotEstimable("groups", groups=len(groups), most=MOST_PLAYERS)
    clean = tuple(tuple(sorted({int(column) for column in group})) for group in groups)
    if any(group and (group[0] < 0 or group[-1] >= columns) for group in clean):
        raise NotEstimable("groups", groups=clean, drivers=columns)
    return clean


def drivers_in_use(groups: Groups) -> list[int]:
    """Return the driver columns that belong to at least one group, ascending.

    Parameters
    ----------
    groups
        One tuple of driver columns per channel.

    Returns
    -------
    list[int]
        Distinct columns.

    Examples
    --------
    >>> drivers_in_use(((3, 1), (), (1,)))
    [1, 3]
    """
    return sorted({column for group in groups for column in group})


def fitted_rows(
    baseline: Sample, window: Sample, columns: list[int], options: SplitOptions
) -> Sample:
    """Return the rows betas are estimated on, drivers in use only.

    Parameters
    ----------
    baseline, window
        Rows before the window and rows to explain; same columns.
    columns
        Driver columns kept.
    options
        ``fit`` says which of the two.

    Returns
    -------
    Sample
        The chosen rows.

    Raises
    ------
    NotEstimable
        ``shape`` when the two differ in columns.

    Examples
    --------
    >>> long, short = Sample([[1.0], [2.0]], [[3.0], [5.0]]), Sample([[4.0]], [[6.0]])
    >>> fitted_rows(long, short, [0], SplitOptions()).nobs
    2
    """
    same_assets = baseline.returns.shape[1] == window.returns.shape[1]
    if not same_assets or baseline.drivers.shape[1] != window.drivers.shape[1]:
        raise NotEstimable("shape", baseline=baseline.drivers.shape, window=window.drivers.shape)
    chosen = baseline if options.fit == "baseline" else window
    return Sample(chosen.returns, chosen.drivers[:, columns])


def member_shares(groups: Groups, columns: int) -> Floats:
    """Share of each driver that belongs to each group: equal parts where groups overlap.

    Parameters
    ----------
    groups
        One tuple of driver columns per channel.
    columns
        Number of drivers p.

    Returns
    -------
    Floats
        Shape (p, G); a line sums to 1, or to 0 for a driver of no group.

    Notes
    -----
    In a game whose value is a sum over the drivers of a coalition, a driver brought by any one of
    m groups is worth 1/m to each: the first of them to arrive brings it, and each of the m is
    equally often the first.  Equal parts are therefore the exact Shapley value.

    Examples
    --------
    >>> member_shares(((0, 1), (1,)), 2).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    clean = checked_groups(groups, columns)
    member = np.zeros((columns, len(clean)))
    for place, group in enumerate(clean):
        member[list(group), place] = 1.0
    owners = np.maximum(member.sum(axis=1, keepdims=True), 1.0)
    shares: Floats = member / owners
    return shares


def inseparable(draws: ArrayLike, limit: float = -0.9) -> tuple[tuple[int, int, float], ...]:
    """Find groups whose contributions trade off so closely that they cannot be told apart.

    Parameters
    ----------
    draws
        Shape (R, G), R >= 3: bootstrap contributions, one replication a line.  No NaN.
    limit
        Correlation at or below which a pair is reported, in [-1, 0].

    Returns
    -------
    tuple[tuple[int, int, float], ...]
        ``(g, h, correlation)`` with g < h, most negative first.  A group whose contribution never
        varies (an empty one) is in no pair.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` or ``not_finite``.

    Examples
    --------
    >>> inseparable([[1.0, -1.0, 0.0], [2.0, -2.0, 0.0], [4.0, -4.0, 0.0]])
    ((0, 1, -1.0),)
    """
    values = matrix(draws, least=3, varies=False)
    deviation = values - values.mean(axis=0)
    spread = np.sqrt((deviation**2).sum(axis=0))
    moving = np.flatnonzero(spread > 1e-12 * np.abs(values).max(initial=0.0))
    scaled = deviation[:, moving] / spread[moving]
    correlation = np.clip(scaled.T @ scaled, -1.0, 1.0)
    pairs = [
        (int(moving[g]), int(moving[h]), float(correlation[g, h]))
        for g in range(moving.size)
        for h in range(g + 1, moving.size)
        if correlation[g, h] <= limit
    ]
    return tuple(sorted(pairs, key=lambda pair: pair[2]))
