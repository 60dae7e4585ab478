"""US Treasury: daily par and real yields at constant maturities, one file per year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload, _table

URL = (
    "https://home.treasury.gov/resource-center/data-chart-center/interest-rates"
    "/daily-treasury-rates.csv/{year}/all"
)
CURVES = {"par": "daily_treasury_yield_curve", "real": "daily_treasury_real_yield_curve"}
_CODE = re.compile(r"(par|real)/(\d{1,2})(m|y)", re.ASCII)
_MISSING = ("", "N/A")


@dataclass(frozen=True)
class Treasury:
    """Yields in percent by curve and maturity: ``"par/10y"``, ``"par/3m"``, ``"real/10y"``."""

    name: str = "treasury"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (15, 30.0)
    page: str = "https://home.treasury.gov/treasury-daily-interest-rate-xml-feed"
    sample: str = "real/10y"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the years that a span touches."""
        curve, _ = _parsed(code)
        return tuple(
            Request(
                source=self.name,
                url=URL.format(year=year),
                params=(
                    ("type", CURVES[curve]),
                    ("field_tdr_date_value", str(year)),
                    ("page", ""),
                    ("_format", "csv"),
                ),
                accepts=("text/csv", "application/csv", "application/octet-stream", "text/plain"),
            )
            for year in range(span.first.year, span.last.year + 1)
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one maturity; a maturity that was not issued then is missing."""
        _, maturity = _parsed(code)
        found = _table.columns(payload, ("Date", maturity))
        labels = [_payload.day(payload, day, "Date") for day, _ in found]
        values = [
            np.nan if value in _MISSING else _payload.number(payload, value, maturity)
            for _, value in found
        ]
        return Rows(labels=np.array(labels, dtype="M8[D]"), values=np.array(values))


def _parsed(code: str) -> tuple[str, str]:
    parts = _CODE.fullmatch(code)
    if parts is None:
        raise _payload.unserved("treasury", code, "par/10y, par/3m, real/10y")
    curve, count, unit = parts.groups()
    return curve, f"{count} {'Mo' if unit == 'm' else 'Yr'}"


source: Source = Treasury()
