"""Coin Metrics community data: reference prices and on-chain figures by the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import day, mapping, member, message, number, partial, unusable

URL = "https://community-api.coinmetrics.io/v4/timeseries/asset-metrics"
LIMIT = 10_000
DAYS = LIMIT - 1

_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0{1,9})?Z", re.ASCII)
_METRIC = re.compile(r"[A-Za-z][A-Za-z0-9]{1,60}", re.ASCII)
_AT_ONCE = "ReferenceRate"


@dataclass(frozen=True)
class CoinMetrics:
    """A daily metric of an asset: ``btc/PriceUSD``, ``btc/AdrActCnt``.

    Notes
    -----
    A daily figure carries the midnight its day begins with and is struck at the one that ends it;
    only ``ReferenceRate...`` is a price at the very instant it carries, and so belongs to the day
    that ends there.
    """

    name: str = "coinmetrics"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 6.0)
    page: str = "https://docs.coinmetrics.io/api/v4"
    sample: str = "btc/PriceUSD"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asset, metric = self._asked(code)
        return tuple(
            Request(
                source=self.name,
                url=URL,
                params=(
                    ("assets", asset),
                    ("metrics", metric),
                    ("frequency", "1d"),
                    ("start_time", page.first.isoformat()),
                    ("end_time", _end(page, metric)),
                    ("page_size", str(LIMIT)),
                ),
            )
            for page in venue.pages(span, DAYS)
        )

    def _asked(self, code: str) -> tuple[str, str]:
        asset, _, metric = code.partition("/")
        if not asset or not _METRIC.fullmatch(metric):
            raise venue.refusal(self.name, code, ("PriceUSD", "ReferenceRateUSD", "AdrActCnt"))
        return asset, metric

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asset, metric = self._asked(code)
        found = mapping(payload, venue.answer(payload), "answer")
        if "error" in found:
            said = found["error"]
            raise message(payload, said.get("message", said) if isinstance(said, dict) else said)
        rows = member(payload, found, "data")
        if found.get("next_page_token") or found.get("next_page_url"):
            raise partial(payload)
        read = venue.columns(payload, rows, (("asset", "text"), ("time", "text")))
        venue.same(payload, read["asset"], asset, "asset")
        times = np.array([_midnight(payload, text) for text in read["time"]], dtype="M8[D]")
        values = [_figure(payload, row, metric) for row in rows]
        struck = times.astype("M8[s]")
        if metric.startswith(_AT_ONCE):
            times = times - venue.DAY.astype("m8[D]")
        else:
            struck = struck + venue.DAY
        over = struck <= payload.received
        return Rows(
            labels=times[over], values=np.array(values, dtype="f8")[over], struck=struck[over]
        )


def _end(page: Span, metric: str) -> str:
    """Return the last time to ask for, which a reference rate carries a day later."""
    last = venue.after(page.last) if metric.startswith(_AT_ONCE) else page.last
    return last.isoformat()


def _midnight(payload: Payload, text: str) -> np.datetime64:
    parts = _MIDNIGHT.fullmatch(text)
    if parts is None:
        raise unusable(payload, "time")
    return day(payload, parts[1], "time")


def _figure(payload: Payload, row: object, metric: str) -> float:
    """Read a figure; null is how the service says that it has none."""
    found = member(payload, row, metric)
    return float("nan") if found is None else number(payload, found, metric)


source = CoinMetrics()
