"""OKX: spot bars and funding of perpetuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import listing, member, unusable

BASE = "https://www.okx.com/api/v5"
BARS = {"1d": "1Dutc", "1h": "1H", "15m": "15m"}
BEGINS = date(2017, 1, 1)
LIMIT = 100
DAYS = {"1d": 99, "1h": 4, "15m": 1, "funding": 16}
"""Days a page covers, so that it stays below the limit; for funding, at one every four hours."""

_CANDLE = ((0, "ms"), *((column, "number") for column in range(1, 8)), (8, "text"))


@dataclass(frozen=True)
class Okx:
    """Spot bars (``BTC-USDT/1d``, ``/1h``, ``/15m``) and ``BTC-USDT-SWAP/funding``; newest first.

    Notes
    -----
    A day is asked for as ``1Dutc``: the venue's plain day ends at 16:00 UTC.  Funding is the
    realised rate, and reaches back three months.
    """

    name: str = "okx"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 2.0)
    page: str = "https://www.okx.com/docs-v5/en/"
    sample: str = "BTC-USDT/1d"
    serves: tuple[str, ...] = ("1d", "1h", "15m", "funding")

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        pages = venue.pages(span, DAYS[asked.what], BEGINS)
        return tuple(self._call(asked, page) for page in pages)

    def _call(self, asked: venue.Code, page: Span) -> Request:
        settles = asked.what == "funding"
        bar = () if settles else (("bar", BARS[asked.what]),)
        params = (
            ("instId", asked.symbol),
            *bar,
            # both ends are left out by the venue: "before" is the older one
            ("before", str(venue.milliseconds(page.first) - 1)),
            ("after", str(venue.milliseconds(venue.after(page.last)))),
            ("limit", str(LIMIT)),
        )
        path = "public/funding-rate-history" if settles else "market/history-candles"
        return Request(source=self.name, url=f"{BASE}/{path}", params=params)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        found = venue.enveloped(payload, "code", "msg", good="0")
        rows = listing(payload, member(payload, found, "data"), "list of rows")
        venue.whole(payload, rows, LIMIT)
        if asked.what == "funding":
            return _funding(payload, rows, asked.symbol)
        read = venue.columns(payload, rows, _CANDLE, width=9)
        if not {*read[8]} <= {"0", "1"}:
            raise unusable(payload, "confirm")
        over = np.array([flag == "1" for flag in read[8]], dtype=bool)
        opens, closes = venue.instants(read[0])[over], np.array(read[4], "f8")[over]
        return venue.reverse(venue.bars(payload, opens, closes, venue.BARS[asked.what]))


def _funding(payload: Payload, rows: object, symbol: str) -> Rows:
    fields = (("instId", "text"), ("realizedRate", "number"), ("fundingTime", "ms"))
    read = venue.columns(payload, rows, fields)
    venue.same(payload, read["instId"], symbol, "instId")
    times = venue.instants(read["fundingTime"])
    return venue.funding(payload, times, np.array(read["realizedRate"], "f8"))


source = Okx()
