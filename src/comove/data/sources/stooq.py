"""Stooq: daily closes of exchanges around the world, with a key since 2026."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload, _table

URL = "https://stooq.com/q/d/l/"
ROUNDED = 1e-3
"""Share by which rounding of adjusted prices may lift a close out of its day."""

_HEADER = b"Date,"


@dataclass(frozen=True)
class Stooq:
    """Closes by Stooq's symbol, ``"gdx.us"``; adjusted for splits and dividends by Stooq."""

    name: str = "stooq"
    keys: tuple[str, ...] = ("stooq_api_key",)
    calls: tuple[int, float] = (5, 30.0)
    page: str = "https://stooq.com/q/d/?s=gdx.us&get_apikey"
    sample: str = "gdx.us"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for a span."""
        return (
            Request(
                source=self.name,
                url=URL,
                params=(
                    ("s", _payload.plain(self.name, code.lower(), "gdx.us")),
                    ("i", "d"),
                    ("d1", f"{span.first:%Y%m%d}"),
                    ("d2", f"{span.last:%Y%m%d}"),
                    ("apikey", keys["stooq_api_key"]),
                ),
                secrets=("apikey",),
                accepts=("text/csv", "text/plain", "application/octet-stream"),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read the closes; the service says in plain words, with status 200, when it has none."""
        text = _payload.text(payload)
        if not payload.body.startswith(_HEADER):
            raise _payload.message(payload, text)
        found = _table.columns(payload, ("Date", "Low", "High", "Close"))
        labels = [_payload.day(payload, row[0], "Date") for row in found]
        prices = np.array(
            [[_payload.number(payload, text, "Close") for text in row[1:]] for row in found]
        ).reshape(-1, 3)
        low, high, close = prices.T
        if np.any((close < low * (1 - ROUNDED)) | (close > high * (1 + ROUNDED))):
            raise _payload.unusable(payload, "Close")
        return Rows(labels=np.array(labels, dtype="M8[D]"), values=close)


source: Source = Stooq()
