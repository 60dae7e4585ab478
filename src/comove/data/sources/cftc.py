"""CFTC commitments of traders: weekly positions in futures by kind of trader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.clocks import NEW_YORK, utc
from comove.data.sources import _payload

URL = "https://publicreporting.cftc.gov/resource/{report}.json"
MOST = 5000
MEASURES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "open_interest": ("6dca-aqww", ("open_interest_all",)),
        "net_noncommercial": (
            "6dca-aqww",
            ("noncomm_positions_long_all", "noncomm_positions_short_all"),
        ),
        "net_managed_money": (
            "72hh-3qpy",
            ("m_money_positions_long_all", "m_money_positions_short_all"),
        ),
        "net_leveraged": ("gpe5-46if", ("lev_money_positions_long", "lev_money_positions_short")),
    }
)
"""What can be asked, the report it stands in (futures only), and its columns: first less second."""

PUBLISHED_AFTER, PUBLISHED = np.timedelta64(6, "D"), "15:30"
"""Positions of a Tuesday appear on Friday at 15:30 New York, on Monday after a holiday; the later
of the two is taken.  Government shutdowns have delayed reports by weeks."""

_CODE = re.compile(r"([0-9A-Z+]{6})/([a-z_]+)", re.ASCII)
_DATE, _MARKET = "report_date_as_yyyy_mm_dd", "cftc_contract_market_code"
_MIDNIGHT = "T00:00:00.000"


@dataclass(frozen=True)
class Cftc:
    """Contracts by market code and measure: ``"088691/net_managed_money"`` is gold."""

    name: str = "cftc"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (15, 30.0)
    page: str = "https://publicreporting.cftc.gov/stories/s/r4w3-av2u"
    sample: str = "088691/open_interest"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the weeks of a span."""
        market, (report, fields) = _parsed(code)
        where = (
            f"{_MARKET}='{market}' AND {_DATE} between "
            f"'{span.first}T00:00:00' and '{span.last}T00:00:00'"
        )
        return (
            Request(
                source=self.name,
                url=URL.format(report=report),
                params=(
                    ("$select", ",".join((_DATE, _MARKET, *fields))),
                    ("$where", where),
                    ("$order", _DATE),
                    ("$limit", str(MOST)),
                ),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read contracts, the first column less the second where a net position is asked for."""
        market, (_, fields) = _parsed(code)
        found = _payload.document(payload)
        if isinstance(found, dict) and "message" in found:
            raise _payload.message(payload, found["message"])
        labels, values = [], []
        for row in _payload.listing(payload, found, "rows"):
            if _payload.member(payload, row, _MARKET) != market:
                raise _payload.unusable(payload, _MARKET)
            day = str(_payload.member(payload, row, _DATE)).removesuffix(_MIDNIGHT)
            labels.append(_payload.day(payload, day, _DATE))
            counts = [_count(payload, row, field) for field in fields]
            values.append(counts[0] - sum(counts[1:]))
        if len(values) >= MOST:
            raise _payload.partial(payload)
        days = np.array(labels, dtype="M8[D]")
        return Rows(
            labels=days,
            values=np.array(values, dtype="f8"),
            known=utc(np.asarray(days + PUBLISHED_AFTER, "M8[D]"), PUBLISHED, NEW_YORK),
        )


def _count(payload: Payload, row: object, field: str) -> float:
    count = _payload.number(payload, _payload.member(payload, row, field), field)
    if count < 0 or count != int(count):
        raise _payload.unusable(payload, field)
    return count


def _parsed(code: str) -> tuple[str, tuple[str, tuple[str, ...]]]:
    parts = _CODE.fullmatch(code)
    if parts is None or parts[2] not in MEASURES:
        known = ", ".join(f"088691/{measure}" for measure in MEASURES)
        raise _payload.unserved("cftc", code, known)
    return parts[1], MEASURES[parts[2]]


source: Source = Cftc()
