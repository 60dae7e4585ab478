"""Deribit: the implied volatility index DVOL, funding of perpetuals, daily settlements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Pairs, Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import listing, mapping, member, message, partial

BASE = "https://www.deribit.com/api/v2/public"
DAYS = {"dvol": 500, "funding": 30, "settlement_index": 500, "settlement_mark": 500}
"""Days a page covers: below 1,000 bars, 744 hours and 1,000 settlements an answer."""
HOURS = 744
BEGINS = {
    "dvol": date(2021, 1, 1),
    "funding": date(2018, 8, 1),
    "settlement_index": date(2016, 6, 1),
    "settlement_mark": date(2016, 6, 1),
}

_PRICES = {"settlement_index": "index_price", "settlement_mark": "mark_price"}
_CANDLE = ((0, "ms"), *((column, "number") for column in range(1, 5)))
_FUNDING = (
    ("timestamp", "ms"),
    ("index_price", "number"),
    ("prev_index_price", "number"),
    ("interest_8h", "number"),
    ("interest_1h", "number"),
)
_SETTLEMENT = (
    ("type", "text"),
    ("timestamp", "ms"),
    ("instrument_name", "text"),
    ("index_price", "number"),
    ("mark_price", "number"),
)


@dataclass(frozen=True)
class Deribit:
    """``BTC/dvol``, ``BTC-PERPETUAL/funding``, ``/settlement_index``, ``/settlement_mark``.

    Notes
    -----
    The index is the close of the UTC day.  Funding accrues every hour: the day's sum divided by
    three is the mean per eight hours.  Settlements are struck at the instant the venue states,
    08:00 UTC, which no catalogue clock has to guess.
    """

    name: str = "deribit"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 1.0)
    page: str = "https://docs.deribit.com"
    sample: str = "BTC/dvol"
    serves: tuple[str, ...] = ("dvol", "funding", "settlement_index", "settlement_mark")

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        pages = venue.pages(span, DAYS[asked.what], BEGINS[asked.what])
        return tuple(self._call(asked, page) for page in pages)

    def _call(self, asked: venue.Code, page: Span) -> Request:
        start = str(venue.milliseconds(page.first))
        end = str(venue.milliseconds(venue.after(page.last)) - 1)
        between: Pairs = (("start_timestamp", start), ("end_timestamp", end))
        if asked.what == "dvol":
            path = "get_volatility_index_data"
            params = (("currency", asked.symbol), *between, ("resolution", "1D"))
        elif asked.what == "funding":
            path, params = "get_funding_rate_history", (("instrument_name", asked.symbol), *between)
        else:
            path = "get_last_settlements_by_instrument"
            params = (
                ("instrument_name", asked.symbol),
                ("type", "settlement"),
                ("count", str((page.last - page.first).days + 1)),
                ("search_start_timestamp", end),
            )
        return Request(source=self.name, url=f"{BASE}/{path}", params=params)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        result = _result(payload)
        if asked.what == "dvol":
            return _index(payload, result)
        if asked.what == "funding":
            return _funding(payload, result)
        rows = member(payload, result, "settlements")
        read = venue.columns(payload, rows, _SETTLEMENT)
        venue.same(payload, read["type"], "settlement", "type")
        venue.same(payload, read["instrument_name"], asked.symbol, "instrument_name")
        struck = venue.instants(read["timestamp"])
        values = np.array(read[_PRICES[asked.what]], "f8")
        return venue.reverse(Rows(labels=struck.astype("M8[D]"), values=values, struck=struck))


def _result(payload: Payload) -> Any:  # noqa: ANN401 - any JSON value
    """Return what the call gave; the test network's answers are refused."""
    found = mapping(payload, venue.answer(payload), "answer")
    if "error" in found:
        said = found["error"]
        raise message(payload, said.get("message", said) if isinstance(said, dict) else said)
    if found.get("testnet") is not False:
        raise message(payload, "test network")
    return member(payload, found, "result")


def _index(payload: Payload, result: object) -> Rows:
    rows = member(payload, result, "data")
    if member(payload, result, "continuation") is not None:
        raise partial(payload)
    read = venue.columns(payload, rows, _CANDLE, width=5)
    opens = venue.instants(read[0])
    return venue.bars(payload, opens, np.array(read[4], "f8"), venue.DAY)


def _funding(payload: Payload, result: object) -> Rows:
    rows = listing(payload, result, "list of rows")
    venue.whole(payload, rows, HOURS)
    read = venue.columns(payload, rows, _FUNDING)
    times, rates = venue.instants(read["timestamp"]), np.array(read["interest_1h"], "f8")
    return venue.funding(payload, times, rates, every=(1,))


source = Deribit()
