"""Past stretches in which the drivers moved much as in the shock, and what followed."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from comove.answers.scenario.pooled import sums
from comove.answers.scenario.setting import Setting
from comove.core.message import Quantity
from comove.core.scenario import Analogue, AnalogueRecord
from comove.core.shock import spoken
from comove.stats.sample import Floats

NEAR = 0.5
"""How far a stretch may lie from the shock, as a share of the shock's own distance from no move."""
SHOWN = 8
"""Analogues told one by one; all are counted."""
_ROUNDING = 1e-9
"""Share of a move by which sums of the same changes may differ."""


def separate(order: np.ndarray, horizon: int) -> tuple[int, ...]:
    """Choose stretches that do not overlap, the first of the order first.

    Parameters
    ----------
    order
        First rows of stretches, best first.
    horizon
        Rows of a stretch.

    Returns
    -------
    tuple of int
        First rows of the chosen.

    Examples
    --------
    >>> separate(np.array([5, 6, 9, 1]), 3)
    (5, 9, 1)
    """
    chosen: list[int] = []
    for start in order.tolist():
        if all(abs(start - other) >= horizon for other in chosen):
            chosen.append(start)
    return tuple(chosen)


def find(setting: Setting, covariance: Floats) -> tuple[tuple[Analogue, ...], np.ndarray]:
    """Find the stretches that lie near the shock.

    Parameters
    ----------
    setting
        Shock, horizon, history.
    covariance
        Shape (p, p), of the drivers over the horizon.

    Returns
    -------
    analogues : tuple of Analogue
        Nearest first, none overlapping another; nearer to the shock than half-way to no move.
    starts : array
        First row of each.
    """
    count = len(setting.assets)
    totals = sums(setting.changes.values, setting.horizon)
    apart = totals[:, count:] - setting.shock
    inverse = np.linalg.inv(covariance)
    distances = np.sqrt(np.einsum("ij,jk,ik->i", apart, inverse, apart))
    edge = NEAR * math.sqrt(float(setting.shock @ inverse @ setting.shock))
    order = np.argsort(distances, kind="stable")
    starts = np.array(separate(order[distances[order] < edge], setting.horizon), dtype=np.int64)
    return tuple(_told(setting, int(row), float(distances[row])) for row in starts), starts


def _told(setting: Setting, start: int, distance: float) -> Analogue:
    values, horizon, count = setting.changes.values, setting.horizon, len(setting.assets)
    stretch = values[start : start + horizon].sum(axis=0)
    later = values[start + horizon : start + 2 * horizon, :count]
    specs = setting.specs
    return Analogue(
        first=_day(setting, start),
        last=_day(setting, start + horizon),
        distance=distance,
        moves=tuple(
            spoken(float(move), spec) for move, spec in zip(stretch[count:], specs, strict=True)
        ),
        during=_returns(stretch[:count]),
        after=_returns(later.sum(axis=0)) if len(later) == horizon else None,
    )


def _day(setting: Setting, row: int) -> date:
    found: date = setting.panel.labels[row].item()
    return found


def _returns(moves: Floats) -> tuple[Quantity, ...]:
    return tuple(Quantity(math.expm1(move), "simple_return") for move in moves.tolist())


def records(setting: Setting, found: tuple[Analogue, ...]) -> tuple[AnalogueRecord, ...]:
    """Count how the assets fared in and after all analogues.

    Parameters
    ----------
    setting
        Assets.
    found
        All analogues.

    Returns
    -------
    tuple of AnalogueRecord
        In the order asked.
    """
    return tuple(_record(asset, place, found) for place, asset in enumerate(setting.assets))


def _record(asset: str, place: int, found: tuple[Analogue, ...]) -> AnalogueRecord:
    during = [entry.during[place].value for entry in found]
    after = [entry.after[place].value for entry in found if entry.after is not None]
    return AnalogueRecord(
        asset=asset,
        count=len(during),
        rose=sum(value > 0.0 for value in during),
        count_after=len(after),
        rose_after=sum(value > 0.0 for value in after),
        median=_median(during),
        median_after=_median(after),
    )


def _median(values: list[float]) -> Quantity | None:
    return Quantity(float(np.median(values)), "simple_return") if values else None


def as_large(setting: Setting, driver: int) -> int:
    """Count past stretches, none overlapping another, with as large a move of one driver.

    Parameters
    ----------
    setting
        Shock and history.
    driver
        Its place.

    Returns
    -------
    int
        Moves in the direction of the shock and at least its size.
    """
    moves = sums(setting.changes.values, setting.horizon)[:, len(setting.assets) + driver]
    size = float(setting.shock[driver])
    if size == 0.0:
        return 0
    scaled = moves / size
    order = np.argsort(-scaled, kind="stable")
    return len(separate(order[scaled[order] >= 1.0 - _ROUNDING], setting.horizon))
