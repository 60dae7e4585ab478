"""What would be read and run, before anything is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The work behind one question.

    Attributes
    ----------
    answer
        Key of the answer.
    assets
        Catalogue ids.
    asof
        The as-of day.
    channels
        Channels to examine, in order.
    series
        Ids to read, assets first.
    tables
        Tables of dated figures to read.
    steps
        Keys of the steps that run, in order.
    """

    answer: str
    assets: tuple[str, ...]
    asof: date
    channels: tuple[str, ...]
    series: tuple[str, ...]
    tables: tuple[str, ...]
    steps: tuple[str, ...]
