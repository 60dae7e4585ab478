"""Reverse stress: the most plausible way in which all assets fall."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from comove.answers.scenario.analogues import as_large
from comove.answers.scenario.laws import chance
from comove.answers.scenario.setting import Setting
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.scenario import Move, Reverse
from comove.core.shock import spoken
from comove.stats.pooling import ReverseStress, plausibility, reverse_stress
from comove.stats.sample import Floats

AGAIN = 199
"""Bootstrap draws the reverse stress is solved on again."""


def by_drivers(setting: Setting, covariance: Floats, df: float) -> ReverseStress | None:
    """Find the nearest move of the drivers under which every asset is expected to fall that far.

    Parameters
    ----------
    setting
        Assets, drivers, the fall.
    covariance
        Shape (k + p, k + p), over the horizon.
    df
        Of the law behind the plausibility.

    Returns
    -------
    ReverseStress or None
        None where no move of the drivers brings it.
    """
    count = len(setting.assets)
    drivers = [str(place) for place in range(count, len(covariance))]
    try:
        return reverse_stress(covariance, _limits(setting), drivers, df)
    except NotEstimable as error:
        if error.reason != "infeasible":
            raise
        return None


def _limits(setting: Setting) -> dict[str, float]:
    fall = math.log1p(-float(setting.question.reverse or 0.0) / 100.0)
    return {str(place): fall for place in range(len(setting.assets))}


def filled(setting: Setting, found: ReverseStress | None) -> Setting:
    """Put the move found where the question left the size open.

    Parameters
    ----------
    setting
        With or without open sizes.
    found
        From :func:`by_drivers`.

    Returns
    -------
    Setting
        Without open sizes.

    Raises
    ------
    NotEstimable
        ``unreachable`` when the size is open and no move of the drivers brings the fall.
    """
    if not np.isnan(setting.shock).any():
        return setting
    if found is None:
        raise NotEstimable("unreachable", drivers=", ".join(setting.drivers))
    return replace(setting, shock=found.shock)


def reverse(
    setting: Setting, covariance: Floats, df: float, found: ReverseStress | None, draws: Floats
) -> Reverse:
    """State both ways to the fall: through the drivers, and through whatever moves the assets.

    Parameters
    ----------
    setting
        Assets, drivers, the fall.
    covariance
        Shape (k + p, k + p), over the horizon.
    df
        Of the law behind the plausibilities.
    found
        From :func:`by_drivers`.
    draws
        Shape (R, k + p, k + p): the covariance on the sample drawn again.

    Returns
    -------
    Reverse
        The second way: the nearest joint move of the assets that holds the fall, and what the
        drivers most likely do with it.
    """
    count = len(setting.assets)
    own = _own(setting, covariance, df)
    few = draws[:AGAIN]
    again = [by_drivers(setting, each, df) for each in few] if found is not None else []
    with_it = covariance[count:, :count] @ np.linalg.solve(covariance[:count, :count], own.shock)
    return Reverse(
        fall=-float(setting.question.reverse or 0.0) / 100.0,
        by_drivers=None if found is None else moves(setting, covariance, found.shock),
        distance=None if found is None else found.distance,
        pvalue=None if found is None else _chance(setting, found, again),
        with_own=moves(setting, covariance, with_it),
        own_distance=own.distance,
        own_pvalue=_chance(setting, own, [_own(setting, each, df) for each in few]),
    )


def _own(setting: Setting, covariance: Floats, df: float) -> ReverseStress:
    """Find the nearest joint move of the assets that holds the fall."""
    count = len(setting.assets)
    assets = [str(place) for place in range(count)]
    return reverse_stress(covariance[:count, :count], _limits(setting), assets, df)


def _chance(
    setting: Setting, found: ReverseStress, again: list[ReverseStress] | list[ReverseStress | None]
) -> Estimate:
    draws = np.array([0.0 if each is None else each.plausibility for each in again])
    return chance(setting.scope, found.plausibility, draws, "mahalanobis")


def moves(
    setting: Setting, covariance: Floats, shock: Floats, origins: tuple[str, ...] = ()
) -> tuple[Move, ...]:
    """Describe a shock driver by driver.

    Parameters
    ----------
    setting
        Drivers and history.
    covariance
        Shape (k + p, k + p), over the horizon.
    shock
        Shape (p,).
    origins
        Where each size comes from; found by the reverse stress when empty.

    Returns
    -------
    tuple of Move
        Their contributions add up to the squared distance.
    """
    count = len(setting.assets)
    within = covariance[count:, count:]
    given = {str(place): float(move) for place, move in enumerate(shock)}
    measured = plausibility(given, np.zeros(len(within)), within)
    there = replace(setting, shock=np.asarray(shock))
    return tuple(
        Move(
            driver=driver,
            size=spoken(float(shock[place]), setting.specs[place]),
            deviations=float(measured.deviations[place]),
            contribution=float(measured.contributions[place]),
            as_large=as_large(there, place),
            origin=origins[place] if origins else "found",
        )
        for place, driver in enumerate(setting.drivers)
    )
