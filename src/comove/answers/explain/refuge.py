"""Hedge or haven? Each asset against each other, over all history held."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from comove.answers.explain.setting import Setting
from comove.core.diagnosis import Refuge
from comove.core.errors import NotEstimable
from comove.stats.haven import Haven, HavenOptions, baur_mcdermott

QUANTILES = (0.10, 0.05, 0.01)
"""The worst days of the other asset."""


def classify(setting: Setting) -> tuple[Refuge, ...]:
    """Classify every ordered pair; a pair that cannot be estimated is left out.

    Parameters
    ----------
    setting
        The window and its data; every change up to the end of the window is used.

    Returns
    -------
    tuple of Refuge
        In the order of the assets.
    """
    found = []
    for asset, other in permutations(range(len(setting.question.assets)), 2):
        moves = setting.changes.values[: setting.end]
        try:
            haven = baur_mcdermott(
                moves[:, asset], moves[:, other], HavenOptions(level=setting.question.level)
            )
        except NotEstimable:
            continue
        found.append(_stated(setting, asset, other, haven))
    return tuple(found)


def _stated(setting: Setting, asset: int, other: int, haven: Haven) -> Refuge:
    ids = setting.panel.ids
    scope = setting.scope(slice(0, setting.end))
    slopes = haven.ols
    ordinary = scope.estimate(
        slopes.hedge, "beta", "baur_mcdermott", (slopes.hedge_low, slopes.hedge_high)
    )
    stress = tuple(
        (
            quantile,
            replace(
                scope.estimate(
                    slopes.tail[place],
                    "beta",
                    "baur_mcdermott",
                    (slopes.tail_low[place], slopes.tail_high[place]),
                ),
                nobs=haven.counts[place],
            )
            if haven.estimated[place]
            else None,
        )
        for place, quantile in enumerate(QUANTILES)
    )
    return Refuge(
        asset=ids[asset],
        other=ids[other],
        hedge=slopes.hedge_class.removesuffix("_hedge"),
        haven=(slopes.haven_class or "unknown").removesuffix("_haven"),
        slope=ordinary,
        stress=stress,
        agrees=(slopes.hedge_class, slopes.haven_class)
        == (haven.garch.hedge_class, haven.garch.haven_class),
    )
