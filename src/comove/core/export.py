"""Which series are to be handed out, as of when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from comove.core.about import about
from comove.core.errors import QuestionError
from comove.core.question import parse_day

FORMS = ("csv", "parquet")


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """Series to hand out.

    Attributes
    ----------
    series
        Ids, tickers or names; empty for everything held.
    asof
        End of this day in New York; None: as known now.
    form
        ``csv`` or ``parquet``; empty: what the file ends in, else ``csv``.

    Raises
    ------
    QuestionError, WindowError
        When the form does not exist or ``asof`` is no date.

    Examples
    --------
    >>> ExportRequest(series=("BTC",), asof="2026-02-06").asof
    datetime.date(2026, 2, 6)
    """

    series: tuple[str, ...] = field(
        default=(),
        metadata=about("Ids, tickers or names; everything held by default.", placed=True),
    )
    asof: date | None = field(
        default=None, metadata=about("Only what was known by the end of this day in New York.")
    )
    form: str = field(
        default="",
        metadata=about("csv or parquet; by default what --out ends in.", flag="--format"),
    )

    def __post_init__(self) -> None:
        """Coerce text to a date."""
        series = (self.series,) if isinstance(self.series, str) else tuple(self.series)
        object.__setattr__(self, "series", series)
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        if self.form not in ("", *FORMS):
            raise QuestionError(
                "export.form",
                "Series cannot be exported as {form}.",
                "Choose from {known}.",
                form=self.form,
                known=", ".join(FORMS),
            )
