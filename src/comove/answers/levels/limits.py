"""What a reader must know before leaning on levels."""

from __future__ import annotations

from collections.abc import Iterator

from comove.core.levels import PriceLevel
from comove.core.levels_question import LevelsQuestion
from comove.core.message import Message, Name, say
from comove.core.snapshot import Snapshot
from comove.stats.touch import FEWEST

FEW = 10


def limit(
    question: LevelsQuestion,
    snapshot: Snapshot,
    levels: tuple[PriceLevel, ...],
    silent: tuple[Message, ...],
) -> tuple[Message, ...]:
    """List what limits the answer.

    Parameters
    ----------
    question, snapshot
        Assets and their data.
    levels
        All levels.
    silent
        Model levels that are not stated.

    Returns
    -------
    tuple of Message
        In the order a reader meets them.
    """
    return (
        say("levels.limit.closes"),
        say("levels.limit.fixed"),
        *_adjusted(question, snapshot),
        *_few(levels),
        *silent,
        *_undecided(levels),
        *_short(question, snapshot, levels),
        *_behind(question, snapshot),
    )


def _adjusted(question: LevelsQuestion, snapshot: Snapshot) -> Iterator[Message]:
    adjusted = tuple(Name(asset) for asset in question.assets if snapshot.specs[asset].adjusted)
    if adjusted:
        yield say("levels.limit.adjusted", assets=adjusted)


def _few(levels: tuple[PriceLevel, ...]) -> Iterator[Message]:
    counts = [len(entry.touches) for entry in levels if entry.key not in ("own",)]
    if any(0 < count < FEW for count in counts):
        yield say("levels.limit.few", most=FEW)


def _undecided(levels: tuple[PriceLevel, ...]) -> Iterator[Message]:
    for entry in levels:
        low, high = entry.value.low, entry.value.high
        if low is not None and high is not None and low <= entry.latest.value <= high:
            yield say("levels.limit.undecided", asset=Name(entry.asset), series=Name(entry.series))


def _short(
    question: LevelsQuestion, snapshot: Snapshot, levels: tuple[PriceLevel, ...]
) -> Iterator[Message]:
    for asset in question.assets:
        keys = {entry.key for entry in levels if entry.asset == asset}
        if len(snapshot[asset]) <= FEWEST:
            yield say("levels.limit.too_short", asset=Name(asset))
        elif "sma_200_week" not in keys:
            yield say("levels.limit.no_weeks", asset=Name(asset))


def _behind(question: LevelsQuestion, snapshot: Snapshot) -> Iterator[Message]:
    for asset in question.assets:
        last = snapshot[asset].labels[-1]
        if (snapshot.sessions.labels > last).any():
            yield say("levels.limit.behind", asset=Name(asset), day=last.item())
