"""The headline: where each price stands, and which levels it is nearest to."""

from __future__ import annotations

from comove.core.levels import PriceLevel
from comove.core.levels_question import LevelsQuestion
from comove.core.message import Message, Name, say
from comove.core.snapshot import Snapshot


def head(
    question: LevelsQuestion, snapshot: Snapshot, levels: tuple[PriceLevel, ...]
) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    question
        Assets.
    snapshot
        Their prices.
    levels
        All levels.

    Returns
    -------
    tuple of Message
        One sentence per asset.
    """
    return tuple(_told(asset, snapshot, levels) for asset in question.assets)


def _told(asset: str, snapshot: Snapshot, levels: tuple[PriceLevel, ...]) -> Message:
    own = [entry for entry in levels if entry.asset == entry.series == asset]
    below = [entry for entry in own if entry.distance.value < 0.0]
    above = [entry for entry in own if entry.distance.value > 0.0]
    sides = [
        _nearest(f"levels.headline.{side}", min(held, key=lambda entry: abs(entry.sigmas)))
        for side, held in (("below", below), ("above", above))
        if held
    ]
    latest = own[0].latest
    day = snapshot[asset].labels[-1].item()
    if not sides:
        return say("levels.headline.nothing", asset=Name(asset), latest=latest, day=day)
    return say(
        "levels.headline.stands", asset=Name(asset), latest=latest, day=day, sides=tuple(sides)
    )


def _nearest(key: str, entry: PriceLevel) -> Message:
    chance = entry.chance("month")
    if chance is None:
        return say(f"{key}_short", level=named(entry), value=entry.value.quantity)
    return say(
        key,
        level=named(entry),
        value=entry.value.quantity,
        distance=entry.distance,
        chance=chance.quantity,
    )


def named(entry: PriceLevel) -> Name | str:
    """Return what a level is called.

    Parameters
    ----------
    entry
        Any level.

    Returns
    -------
    Name or str
        A name of the user's own is shown as it was written.
    """
    return entry.name or Name(f"levels.name.{entry.key}")
