"""Hyperliquid: funding, settled every hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import orjson

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import listing

POST = "POST"
URL = "https://api.hyperliquid.xyz/info"
BEGINS = date(2023, 1, 1)
LIMIT = 500
DAYS = 20
"""Days a page covers: 480 hours, below the 500 rows of an answer."""

_FIELDS = (("coin", "text"), ("fundingRate", "number"), ("premium", "number"), ("time", "ms"))


@dataclass(frozen=True)
class Hyperliquid:
    """Funding of a perpetual (``BTC/funding``), asked for by POST.

    Notes
    -----
    The rate of an hour is an eighth of the rate for eight hours, so the day's sum divided by three
    compares with the venues that settle three times a day.
    """

    name: str = "hyperliquid"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 30.0)
    page: str = "https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint"
    sample: str = "BTC/funding"
    serves: tuple[str, ...] = ("funding",)

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        return tuple(
            Request(
                source=self.name,
                url=URL,
                method=POST,
                headers=(("content-type", "application/json"),),
                body=_body(asked.symbol, page),
            )
            for page in venue.pages(span, DAYS, BEGINS)
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = venue.coded(self.name, spec, code, self.serves)
        rows = listing(payload, venue.answer(payload), "list of rows")
        venue.whole(payload, rows, LIMIT)
        read = venue.columns(payload, rows, _FIELDS)
        venue.same(payload, read["coin"], asked.symbol, "coin")
        times, rates = venue.instants(read["time"]), np.array(read["fundingRate"], "f8")
        return venue.funding(payload, times, rates, every=(1,))


def _body(coin: str, page: Span) -> bytes:
    return orjson.dumps(
        {
            "type": "fundingHistory",
            "coin": coin,
            "startTime": venue.milliseconds(page.first),
            "endTime": venue.milliseconds(venue.after(page.last)) - 1,
        }
    )


source = Hyperliquid()
