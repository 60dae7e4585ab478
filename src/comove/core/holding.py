"""What is held of a series, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from comove.core.message import Message
from comove.core.series import SeriesSpec


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One series as held.

    Attributes
    ----------
    spec
        The catalogue row.
    rows
        Number of observations.
    first, last
        Labels of the first and the last.
    latest
        Value of the last.
    due
        Last label that its own calendar and publication rule would allow on the day asked.
    behind
        Observations missing between ``last`` and ``due``, on its own calendar.
    origin
        File or source, with its hash.
    caveats
        What a reader must know, per language.
    """

    spec: SeriesSpec
    rows: int
    first: date
    last: date
    latest: float
    due: date
    behind: int
    origin: str
    caveats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One outcome of a quality rule.

    Attributes
    ----------
    series
        Id, or ``"*"`` for all.
    rule
        Key of the rule, e.g. ``"hash"``, ``"gap"``, ``"clock"``.
    outcome
        ``ok``; ``note`` for a known peculiarity; ``problem`` for something to act on.
    says
        The finding as a sentence to be.
    """

    series: str
    rule: str
    outcome: Literal["ok", "note", "problem"]
    says: Message
