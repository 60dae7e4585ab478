"""Binance: spot bars, funding of perpetuals, open interest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Pairs, Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import listing, message

SPOT = "https://api.binance.com/api/v3/klines"
FUNDING = "https://fapi.binance.com/fapi/v1/fundingRate"
INTEREST = "https://fapi.binance.com/futures/data/openInterestHist"

BEGINS = date(2017, 7, 1)
LIMIT = 1000
DAYS = {"1d": 999, "1h": 41, "15m": 10, "funding": 166}
"""Days a page covers, so that it stays below the limit; for funding, at one every four hours."""
INTEREST_DAYS = 30
"""The venue keeps open interest for the latest month only."""

_KLINE = ((0, "ms"), *((column, "number") for column in range(1, 6)), (6, "ms"))
_KLINE_REST = tuple((column, "number") for column in range(7, 12))


@dataclass(frozen=True)
class Binance:
    """Spot bars (``BTCUSDT/1d``, ``/1h``, ``/15m``), ``BTCUSDT/funding``, ``BTCUSDT/oi``.

    Notes
    -----
    A kline carries the time it opens; it is struck when it closes.  Open interest is a snapshot at
    00:00 UTC and belongs to the day that ends there.
    """

    name: str = "binance"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (50, 30.0)
    page: str = "https://developers.binance.com/docs/binance-spot-api-docs/rest-api"
    sample: str = "BTCUSDT/1d"
    serves: tuple[str, ...] = ("1d", "1h", "15m", "funding", "oi")

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        if asked.what == "oi":
            return (self._interest(asked.symbol, span),)
        limit = (("limit", str(LIMIT)),)
        bar = (("interval", asked.what),) if asked.what in venue.BARS else ()
        first = (("symbol", asked.symbol), *bar)
        url = FUNDING if asked.what == "funding" else SPOT
        return tuple(
            Request(source=self.name, url=url, params=first + _between(page) + limit)
            for page in venue.pages(span, DAYS[asked.what], BEGINS)
        )

    def _interest(self, symbol: str, span: Span) -> Request:
        wanted = min((span.last - span.first).days + 1, INTEREST_DAYS)
        params = (
            ("symbol", symbol),
            ("period", "1d"),
            ("endTime", str(venue.milliseconds(venue.after(span.last)))),
            ("limit", str(wanted)),
        )
        return Request(source=self.name, url=INTEREST, params=params)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        found = venue.answer(payload)
        if isinstance(found, dict) and "msg" in found:
            raise message(payload, found["msg"])
        rows = listing(payload, found, "list of rows")
        if asked.what == "oi":
            return _open_interest(payload, rows, asked.symbol)
        venue.whole(payload, rows, LIMIT)
        if asked.what == "funding":
            return _funding(payload, rows, asked.symbol)
        read = venue.columns(payload, rows, _KLINE + _KLINE_REST, width=12)
        width = venue.BARS[asked.what]
        return venue.bars(payload, venue.instants(read[0]), np.array(read[4], "f8"), width)


def _between(page: Span) -> Pairs:
    return (
        ("startTime", str(venue.milliseconds(page.first))),
        ("endTime", str(venue.milliseconds(venue.after(page.last)) - 1)),
    )


def _funding(payload: Payload, rows: object, symbol: str) -> Rows:
    fields = (("symbol", "text"), ("fundingTime", "ms"), ("fundingRate", "number"))
    read = venue.columns(payload, rows, fields)
    venue.same(payload, read["symbol"], symbol, "symbol")
    times = venue.instants(read["fundingTime"])
    return venue.funding(payload, times, np.array(read["fundingRate"], "f8"))


def _open_interest(payload: Payload, rows: object, symbol: str) -> Rows:
    fields = (
        ("symbol", "text"),
        ("sumOpenInterest", "number"),
        ("sumOpenInterestValue", "number"),
        ("timestamp", "ms"),
    )
    read = venue.columns(payload, rows, fields)
    venue.same(payload, read["symbol"], symbol, "symbol")
    struck = venue.midnights(payload, venue.instants(read["timestamp"]))
    return Rows(
        labels=(struck - venue.DAY).astype("M8[D]"),
        values=np.array(read["sumOpenInterestValue"], "f8"),
        struck=struck,
        coverage="Binance alone; the latest month",
    )


source = Binance()
