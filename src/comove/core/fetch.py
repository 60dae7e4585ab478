"""What a fetch would bring, and what it brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from comove.core.errors import QuestionError
from comove.core.message import Message
from comove.core.question import parse_day
from comove.core.source import Span

Outcome = Literal["written", "unchanged", "disputed", "nothing", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class FetchRequest:
    """What to bring up to date.

    Attributes
    ----------
    series
        Ids, tickers or names; empty for every series that has a source.
    since
        First day wanted; None: from where the history held ends.
    source
        Ask this source alone, e.g. ``"yahoo"``; empty for each series' own order.

    Raises
    ------
    WindowError, QuestionError
        When ``since`` is not a date, or a series is named twice.

    Examples
    --------
    >>> FetchRequest(series=("BTC",), since="2026-01-01").since
    datetime.date(2026, 1, 1)
    """

    series: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Ids, tickers or names; all that have a source by default.",
            "placed": True,
        },
    )
    since: date | None = field(
        default=None, metadata={"help": "First day wanted; by default from where it ends."}
    )
    source: str = field(default="", metadata={"help": "Ask this source alone, e.g. yahoo."})

    def __post_init__(self) -> None:
        """Coerce text to a date."""
        series = (self.series,) if isinstance(self.series, str) else tuple(self.series)
        object.__setattr__(self, "series", series)
        object.__setattr__(self, "since", None if self.since is None else parse_day(self.since))
        twice = sorted({name for name in series if series.count(name) > 1})
        if twice:
            raise QuestionError(
                "question.same_asset",
                "{name} is asked about twice.",
                "Name two different assets.",
                name=twice[0],
            )


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
