"""Cboe: daily history of its volatility indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload, _table

URL = "https://cdn.cboe.com/api/global/us_indices/daily_prices/{code}_History.csv"


@dataclass(frozen=True)
class Cboe:
    """Closes of indices by their symbol, ``"VIX"``; the file holds the whole history."""

    name: str = "cboe"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (10, 30.0)
    page: str = "https://www.cboe.com/tradable_products/vix/vix_historical_data/"
    sample: str = "VIX"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the file."""
        return (
            Request(
                source=self.name,
                url=URL.format(code=_payload.plain(self.name, code, "VIX")),
                accepts=("text/csv", "application/csv", "application/octet-stream", "text/plain"),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read the closes; a close outside the day's low and high is no data."""
        found = _table.columns(payload, ("DATE", "LOW", "HIGH", "CLOSE"))
        labels = [_payload.day(payload, row[0], "DATE") for row in found]
        prices = np.array(
            [[_payload.number(payload, text, "CLOSE") for text in row[1:]] for row in found]
        ).reshape(-1, 3)
        low, high, close = prices.T
        if np.any((close < low) | (close > high)):
            raise _payload.unusable(payload, "CLOSE")
        return Rows(labels=np.array(labels, dtype="M8[D]"), values=close)


source: Source = Cboe()
