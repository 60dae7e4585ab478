"""What a fetch would bring, and what it brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from comove.core.message import Message
from comove.core.source import Span

Outcome = Literal["written", "unchanged", "disputed", "nothing", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One series, the labels that are wanted, and whom to ask.

    Attributes
    ----------
    series
        Catalogue id.
    sources
        Entries of the catalogue that can be asked, in its order, e.g. ``"yahoo:GDX"``; the first
        that answers fills the series, the next one confirms it.
    span
        Labels that are wanted; None when nothing is due.
    held
        Last label held before, from any source; None when nothing is held.
    calls
        Calls that the first source takes.
    left_out
        Why other sources, or all of them, cannot be asked.
    """

    series: str
    sources: tuple[str, ...]
    span: Span | None
    held: date | None
    calls: int = 0
    left_out: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came of one errand.

    Attributes
    ----------
    series
        Catalogue id.
    outcome
        ``written``: new or changed rows are held; ``unchanged``: everything was held already;
        ``disputed``: written, but the second source says something else; ``nothing``: nothing was
        due; ``failed``: no source gave data, and what was held stays; ``skipped``: no source can be
        asked.
    source
        The source that answered; empty when none did.
    received, written, unchanged, quarantined
        Rows; ``written + unchanged + quarantined == received``.
    last
        Last label that was accepted; None when there is none.
    confirmed
        Source that confirmed or disputed; empty when none was asked.
    says
        What a reader should know: sources that failed, rows held back, disputes.
    """

    series: str
    outcome: Outcome
    source: str = ""
    received: int = 0
    written: int = 0
    unchanged: int = 0
    quarantined: int = 0
    last: date | None = None
    confirmed: str = ""
    says: tuple[Message, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of one series of a file.

    Attributes
    ----------
    series
        Catalogue id.
    column
        Column, or name in a long file, it came from.
    source
        How the store names it.
    received, written, unchanged, quarantined
        Rows; ``written + unchanged + quarantined == received``.  In a trial, ``written`` counts
        what passed the gates and ``unchanged`` is 0.
    first, last
        First and last label that was accepted; None when there is none.
    declared
        The series is the user's own and has been added to their catalogue.
    says
        What a reader should know: the batch as a whole, then some of the rows held back.
    """

    series: str
    column: str
    source: str
    received: int
    written: int
    unchanged: int
    quarantined: int
    first: date | None
    last: date | None
    declared: bool
    says: tuple[Message, ...] = ()
