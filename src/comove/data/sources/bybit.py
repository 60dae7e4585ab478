"""Bybit: spot bars and funding of perpetuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import member

BASE = "https://api.bybit.com/v5/market"
BARS = {"1d": "D", "1h": "60", "15m": "15"}
BEGINS = date(2018, 11, 1)
LIMITS = {"1d": 1000, "1h": 1000, "15m": 1000, "funding": 200}
DAYS = {"1d": 999, "1h": 41, "15m": 10, "funding": 33}
"""Days a page covers, so that it stays below the limit; for funding, at one every four hours."""

_KLINE = ((0, "ms"), *((column, "number") for column in range(1, 7)))


@dataclass(frozen=True)
class Bybit:
    """Spot bars (``BTCUSDT/1d``, ``/1h``, ``/15m``) and ``BTCUSDT/funding``; newest first."""

    name: str = "bybit"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (100, 5.0)
    page: str = "https://bybit-exchange.github.io/docs/v5/market/kline"
    sample: str = "BTCUSDT/1d"
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
        category = "linear" if settles else "spot"
        start, end = ("startTime", "endTime") if settles else ("start", "end")
        bar = () if settles else (("interval", BARS[asked.what]),)
        params = (
            ("category", category),
            ("symbol", asked.symbol),
            *bar,
            (start, str(venue.milliseconds(page.first))),
            (end, str(venue.milliseconds(venue.after(page.last)) - 1)),
            ("limit", str(LIMITS[asked.what])),
        )
        url = f"{BASE}/funding/history" if settles else f"{BASE}/kline"
        return Request(source=self.name, url=url, params=params)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        found = venue.enveloped(payload, "retCode", "retMsg", good=0)
        result = member(payload, found, "result")
        rows = member(payload, result, "list")
        if asked.what == "funding":
            return _funding(payload, rows, asked.symbol)
        venue.same(payload, [member(payload, result, "symbol")], asked.symbol, "symbol")
        read = venue.columns(payload, rows, _KLINE, width=7)
        venue.whole(payload, read[0], LIMITS[asked.what])
        opens, closes = venue.instants(read[0]), np.array(read[4], "f8")
        return venue.reverse(venue.bars(payload, opens, closes, venue.BARS[asked.what]))


def _funding(payload: Payload, rows: object, symbol: str) -> Rows:
    fields = (("symbol", "text"), ("fundingRate", "number"), ("fundingRateTimestamp", "ms"))
    read = venue.columns(payload, rows, fields)
    venue.same(payload, read["symbol"], symbol, "symbol")
    venue.whole(payload, read["symbol"], LIMITS["funding"])
    times = venue.instants(read["fundingRateTimestamp"])
    return venue.funding(payload, times, np.array(read["fundingRate"], "f8"))


source = Bybit()
