"""Gate: statistics of perpetual contracts, funding, liquidation orders; times in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import listing, message, unusable

BASE = "https://api.gateio.ws/api/v4/futures"
BEGINS = date(2018, 10, 1)
LIMIT = 1000
DAYS = {"funding": 166}
"""Days a page covers, so that it stays below the limit; for funding, at one every four hours."""
STATISTICS_DAYS = 100

STATISTICS = {
    "oi": "open_interest_usd",
    "liq_long": "long_liq_usd",
    "liq_short": "short_liq_usd",
    "lsr_account": "lsr_account",
    "lsr_taker": "lsr_taker",
    "lsr_top_account": "top_lsr_account",
    "lsr_top_size": "top_lsr_size",
}
"""What a code can ask of the contract statistics, and the field that holds it."""
SIDES = {"liq_long_orders": 1, "liq_short_orders": -1}
"""Liquidation orders by side, and the sign of the position that was closed."""

ALONE = "Gate alone"
LOWER_BOUND = "lower bound: liquidations on Gate alone"
ORDERS_BOUND = "lower bound: liquidation orders published by Gate alone, by the hour"

_COUNTED = (
    "lsr_taker",
    "lsr_account",
    "long_liq_size",
    "long_liq_amount",
    "long_liq_usd",
    "short_liq_size",
    "short_liq_amount",
    "short_liq_usd",
    "open_interest",
    "open_interest_usd",
    "top_lsr_account",
    "top_lsr_size",
)
_STATISTIC = (("time", "s"), *((name, "number") for name in _COUNTED))
_ORDER = (("time", "s"), ("contract", "text"), ("size", "number"), ("fill_price", "number"))
_ORDER_REST = (("order_size", "number"), ("left", "number"))


@dataclass(frozen=True)
class Gate:
    """``BTC_USDT/oi``, ``/liq_long``, ``/liq_short``, ``/lsr_account``, ``/funding`` and more.

    Notes
    -----
    Times are whole seconds in both directions: milliseconds would lie in the far future, and are
    refused.  A statistic covers the day that begins at its time.  Liquidation orders are asked for
    hour by hour, the venue's longest window, and need the coins in one contract as a third part of
    the code: ``BTC_USDT/liq_long_orders/0.0001``.
    """

    name: str = "gate"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (100, 10.0)
    page: str = "https://www.gate.com/docs/developers/apiv4/en/"
    sample: str = "BTC_USDT/oi"
    serves: tuple[str, ...] = ("funding", *STATISTICS, *SIDES)

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked, _ = self._asked(spec, code)
        if asked.what in SIDES:
            return tuple(self._orders(asked.symbol, hour) for hour in _hours(span))
        if asked.what == "funding":
            return tuple(
                self._funding(asked.symbol, page)
                for page in venue.pages(span, DAYS["funding"], BEGINS)
            )
        return tuple(
            self._statistics(asked.symbol, page)
            for page in venue.pages(span, STATISTICS_DAYS, BEGINS)
        )

    def _asked(self, spec: SeriesSpec, code: str) -> tuple[venue.Code, float]:
        """Take the code apart; only orders have a third part, the coins in one contract."""
        plain, _, coins = code.rpartition("/")
        if plain.partition("/")[2] not in SIDES:
            asked = venue.coded(self.name, spec, code, self.serves)
            if asked.what in SIDES:
                raise venue.refusal(self.name, code, self.serves)
            return asked, 1.0
        try:
            each = float(coins)
        except ValueError as cause:
            raise venue.refusal(self.name, code, self.serves) from cause
        if not 0.0 < each < float("inf"):
            raise venue.refusal(self.name, code, self.serves)
        return venue.coded(self.name, spec, plain, self.serves), each

    def _call(self, path: str, symbol: str, params: Sequence[tuple[str, str]]) -> Request:
        settle = "btc" if symbol.endswith("_USD") else "usdt"
        url = f"{BASE}/{settle}/{path}"
        return Request(source=self.name, url=url, params=(("contract", symbol), *params))

    def _statistics(self, symbol: str, page: Span) -> Request:
        days = (page.last - page.first).days + 1
        start = ("from", str(venue.seconds(page.first)))
        return self._call(
            "contract_stats", symbol, [start, ("interval", "1d"), ("limit", str(days))]
        )

    def _funding(self, symbol: str, page: Span) -> Request:
        return self._call(
            "funding_rate",
            symbol,
            [
                ("from", str(venue.seconds(page.first))),
                ("to", str(venue.seconds(venue.after(page.last)) - 1)),
                ("limit", str(LIMIT)),
            ],
        )

    def _orders(self, symbol: str, start: int) -> Request:
        window = [("from", str(start)), ("to", str(start + 3599)), ("limit", str(LIMIT))]
        return self._call("liq_orders", symbol, window)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked, each = self._asked(spec, code)
        found = venue.answer(payload)
        if isinstance(found, dict) and "label" in found:
            raise message(payload, found.get("message") or found["label"])
        rows = listing(payload, found, "list of rows")
        if asked.what in SIDES:
            return _liquidated(payload, rows, asked, each)
        if asked.what == "funding":
            venue.whole(payload, rows, LIMIT)
            read = venue.columns(payload, rows, (("t", "s"), ("r", "number")))
            return venue.funding(payload, venue.instants(read["t"]), np.array(read["r"], "f8"))
        read = venue.columns(payload, rows, _STATISTIC)
        values = np.array(read[STATISTICS[asked.what]], "f8")
        opens = venue.instants(read["time"])
        days = venue.bars(payload, opens, values, venue.DAY)
        covers = LOWER_BOUND if asked.what.startswith("liq_") else ALONE
        return Rows(labels=days.labels, values=days.values, struck=days.struck, coverage=covers)


def _hours(span: Span) -> range:
    return range(venue.seconds(span.first), venue.seconds(span.last + timedelta(days=1)), 3600)


def _liquidated(payload: Payload, rows: Sequence[Any], asked: venue.Code, each: float) -> Rows:
    """Total one hour of one side in dollars; the hour is the one that was asked for."""
    venue.whole(payload, rows, LIMIT)
    read = venue.columns(payload, rows, _ORDER + _ORDER_REST)
    venue.same(payload, read["contract"], asked.symbol, "contract")
    sizes, prices = np.array(read["size"], "f8"), np.array(read["fill_price"], "f8")
    if (prices <= 0.0).any():
        raise unusable(payload, "fill_price")
    side = np.sign(sizes) == SIDES[asked.what]
    with np.errstate(over="ignore"):
        total = float(np.sum(np.abs(sizes[side]) * prices[side])) * each
    if not np.isfinite(total):
        raise unusable(payload, "size")
    start = int(dict(payload.request.params).get("from", "0"))
    struck = np.array([start + 3600], dtype="M8[s]")
    over = struck <= payload.received
    return Rows(
        labels=np.array([start], dtype="M8[s]").astype("M8[D]")[over],
        values=np.array([total])[over],
        struck=struck[over],
        coverage=ORDERS_BOUND,
    )


source = Gate()
