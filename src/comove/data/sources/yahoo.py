"""Yahoo's chart endpoint: closes of exchanges, currencies and coins, daily or within the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from comove.core.observations import Floats, Instants
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload

URL = "https://query1.finance.yahoo.com/v8/finance/chart/{symbol}"
BARS: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {"1h": ("60m", 3600, 700), "15m": ("15m", 900, 58)}
)
"""Bars within the day: the service's name, their seconds, and the days it gives at a time."""

_DAILY = "1d"


@dataclass(frozen=True)
class Yahoo:
    """Closes by Yahoo's symbol: ``"GDX"``, ``"BTC-USD"``, ``"GC=F"``; ``"BTC-USD/1h"`` for bars.

    Notes
    -----
    Closes are adjusted for splits by the service; where the catalogue row says so, they are also
    adjusted for dividends.  A bar is stamped with its beginning; it is struck at its end, and one
    that had not ended when the answer came is left out.
    """

    name: str = "yahoo"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (15, 30.0)
    page: str = "https://finance.yahoo.com/"
    sample: str = "SPY"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for a span, in pieces where the service gives no more at a time.

        A day more on either side, since days are those of the exchange.
        """
        symbol, bar = self._parsed(code)
        interval, _, most = BARS.get(bar, (_DAILY, 0, 40_000))
        first, last = span.first - timedelta(days=1), span.last + timedelta(days=2)
        requests = []
        while first < last:
            until = min(last, first + timedelta(days=most))
            requests.append(self._request(symbol, interval, _seconds(first), _seconds(until)))
            first = until
        return tuple(requests)

    def _request(self, symbol: str, interval: str, first: int, until: int) -> Request:
        return Request(
            source=self.name,
            url=URL.format(symbol=symbol),
            params=(
                ("interval", interval),
                ("period1", str(first)),
                ("period2", str(until)),
                ("events", "div,splits"),
                ("includeAdjustedClose", "true"),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read closes; a bar without a trade is missing."""
        symbol, bar = self._parsed(code)
        result = _result(payload)
        meta = _payload.mapping(payload, _payload.member(payload, result, "meta"), "meta")
        if _payload.member(payload, meta, "symbol") != symbol:
            raise _payload.unusable(payload, "symbol")
        wanted = BARS[bar][0] if bar else _DAILY
        granularity = _payload.member(payload, meta, "dataGranularity")
        if granularity not in (wanted, bar or _DAILY):
            raise _payload.unusable(payload, "dataGranularity")
        stamps, values = _closes(payload, result, adjusted=spec.adjusted and not bar)
        if bar:
            labels, struck = _bars(stamps, _periods(payload, meta), BARS[bar][1])
            ended = struck <= payload.received
        else:
            labels, struck = _days(payload, meta, stamps), None
            ended = _over(payload, meta, labels)
        return Rows(
            labels=labels[ended],
            values=values[ended],
            struck=None if struck is None else struck[ended],
            currency=_currency(payload, meta),
            splits=_splits(payload, result),
        )

    def _parsed(self, code: str) -> tuple[str, str]:
        symbol, _, bar = code.partition("/")
        if bar and bar not in BARS:
            raise _payload.unserved(self.name, code, "GDX, BTC-USD/1h, BTC-USD/15m")
        return _payload.plain(self.name, symbol, "GDX, BTC-USD/1h, BTC-USD/15m"), bar


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _result(payload: Payload) -> Mapping[str, Any]:
    chart = _payload.member(payload, _payload.document(payload), "chart")
    told = _payload.member(payload, chart, "error")
    if told is not None:
        said = told.get("description", told) if isinstance(told, dict) else told
        raise _payload.message(payload, said)
    results = _payload.listing(payload, _payload.member(payload, chart, "result"), "result")
    if len(results) != 1:
        raise _payload.unusable(payload, "result")
    return _payload.mapping(payload, results[0], "result")


def _closes(
    payload: Payload, result: Mapping[str, Any], *, adjusted: bool
) -> tuple[Instants, Floats]:
    """Return the stamps of bars and their closes, raw or adjusted for dividends."""
    if "timestamp" not in result:
        return np.array([], dtype="M8[s]"), np.array([])
    indicators = _payload.member(payload, result, "indicators")
    holder, field = ("adjclose", "adjclose") if adjusted else ("quote", "close")
    blocks = _payload.listing(payload, _payload.member(payload, indicators, holder), holder)
    if len(blocks) != 1:
        raise _payload.unusable(payload, holder)
    closes = _payload.listing(payload, _payload.member(payload, blocks[0], field), field)
    stamps = _payload.listing(payload, result["timestamp"], "timestamp")
    if len(stamps) != len(closes):
        raise _payload.partial(payload)
    return (
        np.array([_payload.instant(payload, stamp, "timestamp") for stamp in stamps], "M8[s]"),
        np.array([_number(payload, close, field) for close in closes], dtype="f8"),
    )


def _number(payload: Payload, found: object, field: str) -> float:
    return np.nan if found is None else _payload.number(payload, found, field)


def _days(payload: Payload, meta: Mapping[str, Any], stamps: Instants) -> Instants:
    """Return the exchange's own days of stamps."""
    name = _payload.member(payload, meta, "exchangeTimezoneName")
    try:
        zone = ZoneInfo(str(name))
    except (KeyError, ValueError, OSError) as cause:
        raise _payload.unusable(payload, "exchangeTimezoneName") from cause
    days = [
        datetime.fromtimestamp(int(stamp), UTC).astimezone(zone).date()
        for stamp in stamps.astype(np.int64)
    ]
    return np.array(days, dtype="M8[D]")


def _over(payload: Payload, meta: Mapping[str, Any], labels: Instants) -> np.ndarray:
    """Tell which daily bars had ended: all before the session under way, and that one once over."""
    period = _payload.member(
        payload, _payload.member(payload, meta, "currentTradingPeriod"), "regular"
    )
    start, end = (
        _payload.instant(payload, _payload.member(payload, period, edge), edge)
        for edge in ("start", "end")
    )
    if start >= end:
        raise _payload.unusable(payload, "currentTradingPeriod")
    under_way = _days(payload, meta, np.array([start]))[0]
    return np.asarray((labels < under_way) | (payload.received >= end))


def _periods(payload: Payload, meta: Mapping[str, Any]) -> Instants:
    """Return the ends of the sessions that the service lists, ascending."""
    days = _payload.listing(payload, meta.get("tradingPeriods", []), "tradingPeriods")
    ends = [
        _payload.instant(payload, _payload.member(payload, period, "end"), "end")
        for day in days
        for period in _payload.listing(payload, day, "tradingPeriods")
    ]
    return np.sort(np.array(ends, dtype="M8[s]"))


def _bars(stamps: Instants, ends: Instants, seconds: int) -> tuple[Instants, Instants]:
    """Return labels and strikes of bars: their length after the stamp, or the close before that."""
    struck = stamps + np.timedelta64(seconds, "s")
    if len(ends):
        places = np.searchsorted(ends, stamps, side="right")
        closes = ends[np.minimum(places, len(ends) - 1)]
        struck = np.where((places < len(ends)) & (closes < struck), closes, struck)
        struck = np.where(np.isin(stamps, ends), stamps, struck)  # the closing print itself
    return struck.astype("M8[D]"), struck


def _currency(payload: Payload, meta: Mapping[str, Any]) -> str:
    found = meta.get("currency")
    if found is None:
        return ""
    if not isinstance(found, str):
        raise _payload.unusable(payload, "currency")
    return found


def _splits(payload: Payload, result: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    events = result.get("events")
    listed = events.get("splits", {}) if isinstance(events, dict) else {}
    splits = []
    for split in _payload.mapping(payload, listed, "splits").values():
        day = _payload.instant(payload, _payload.member(payload, split, "date"), "date")
        parts = [
            _payload.number(payload, _payload.member(payload, split, part), part)
            for part in ("numerator", "denominator")
        ]
        if min(parts) <= 0:
            raise _payload.unusable(payload, "splits")
        splits.append((str(day.astype("M8[D]")), parts[0] / parts[1]))
    return tuple(sorted(splits))


source: Source = Yahoo()
