"""Bank of England: official series as a table of dates and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from comove.core.errors import PayloadError, QuestionError
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span


@dataclass(frozen=True)
class BankOfEngland:
    """Series by the Bank's codes, ``"XUDLERS"``: euros to the pound."""

    name: str = "boe"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 60.0)
    page: str = "https://www.bankofengland.co.uk/boeapps/database/help.asp"
    sample: str = "XUDLERS"

    def ask(
        self,
        spec: SeriesSpec,
        code: str,
        span: Span,
        keys: Mapping[str, str],
    ) -> tuple[Request, ...]:
        """Describe one call for the whole span."""
        if not (code.isascii() and code.isalnum()):
            raise QuestionError("boe.code", "{code} is no code of the Bank.", code=code)
        return (
            Request(
                source=self.name,
                url="https://www.bankofengland.co.uk/boeapps/database/_iadb-fromshowcolumns.asp",
                params=(
                    ("csv.x", "yes"),
                    ("SeriesCodes", code),
                    ("Datefrom", f"{span.first:%d/%b/%Y}"),
                    ("Dateto", f"{span.last:%d/%b/%Y}"),
                    ("CSVF", "TN"),
                    ("UsingCodes", "Y"),
                ),
                accepts=("text/csv", "application/csv", "application/octet-stream"),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read ``DATE,<code>`` and lines like ``05 Feb 2026,1.1523``; refuse anything else."""
        header, *lines = payload.body.decode("ascii", "replace").split("\r\n")
        if header != f"DATE,{code}" or lines[-1:] != [""]:
            raise _refusal(header)
        labels, values = [], []
        for line in lines[:-1]:
            day, _, value = line.partition(",")
            try:
                labels.append(datetime.strptime(day, "%d %b %Y").date())  # noqa: DTZ007 - a day
                values.append(float(value))
            except ValueError:
                raise _refusal(line) from None
        if not np.all(np.isfinite(values)):
            raise _refusal("a figure that is none")
        return Rows(labels=np.array(labels, dtype="M8[D]"), values=np.array(values))


def _refusal(found: str) -> PayloadError:
    return PayloadError("boe.table", "The Bank sent no such table: {found}", found=found[:60])


source: Source = BankOfEngland()
