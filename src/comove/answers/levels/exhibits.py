"""The data of the pictures."""

from __future__ import annotations

import numpy as np

from comove.core.exhibit import Exhibit
from comove.core.levels import PriceLevel
from comove.core.levels_question import LevelsQuestion
from comove.core.message import Name, Quantity, say
from comove.core.snapshot import Snapshot

SHOWN = np.timedelta64(550, "D")
MOST = 8
REACH = 0.01
"""Chance within a quarter below which a level is left out of the picture."""


def draw(
    question: LevelsQuestion, snapshot: Snapshot, levels: tuple[PriceLevel, ...]
) -> tuple[Exhibit, ...]:
    """Collect the pictures of the answer.

    Parameters
    ----------
    question, snapshot
        Assets and their prices.
    levels
        All levels.

    Returns
    -------
    tuple of Exhibit
        One per asset.
    """
    return tuple(_picture(asset, snapshot, levels) for asset in question.assets)


def _picture(asset: str, snapshot: Snapshot, levels: tuple[PriceLevel, ...]) -> Exhibit:
    track = snapshot[asset]
    shown = track.labels > track.labels[-1] - SHOWN
    own = [entry for entry in levels if entry.asset == entry.series == asset and entry.reach]
    near = [entry for entry in own if entry.reach[-1].probability.value >= REACH]
    apart = {entry.value.value: entry for entry in reversed(near)}
    near = sorted(apart.values(), key=lambda entry: abs(entry.sigmas))[:MOST]
    return Exhibit(
        key=f"levels_{asset}",
        kind="levels",
        columns={
            "day": tuple(np.datetime_as_string(track.labels[shown], unit="D").tolist()),
            "value": tuple(track.values[shown].tolist()),
        },
        marks={
            "unit": track.spec.unit,
            "levels": [
                {
                    "name": entry.name or f"levels.name.{entry.key}",
                    "own": bool(entry.name),
                    "value": entry.value.value,
                    "chance": entry.reach[1].probability.value,
                }
                for entry in near
            ],
        },
        caption=say(
            "levels.exhibit.levels",
            asset=Name(asset),
            least=Quantity(REACH, "share"),
        ),
    )
