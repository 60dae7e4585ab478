"""What is to be brought up to date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from comove.core.about import about
from comove.core.question import distinct, parse_day


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
        metadata=about("Ids, tickers or names; all that have a source by default.", placed=True),
    )
    since: date | None = field(
        default=None, metadata=about("First day wanted; by default from where it ends.")
    )
    source: str = field(default="", metadata=about("Ask this source alone, e.g. yahoo."))

    def __post_init__(self) -> None:
        """Coerce text to a date."""
        series = (self.series,) if isinstance(self.series, str) else tuple(self.series)
        object.__setattr__(self, "series", series)
        object.__setattr__(self, "since", None if self.since is None else parse_day(self.since))
        distinct(series)
