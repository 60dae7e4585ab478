"""alternative.me: the crypto fear & greed index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload

URL = "https://api.alternative.me/fng/"
HIGHEST = 100


@dataclass(frozen=True)
class AlternativeMe:
    """The one index it publishes, ``"fng"``: whole numbers from 0 (fear) to 100 (greed)."""

    name: str = "alternative_me"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (60, 600.0)
    page: str = "https://alternative.me/crypto/fear-and-greed-index/"
    sample: str = "fng"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the whole history: the service counts days back from today, not from a date."""
        if code != "fng":
            raise _payload.unserved(self.name, code, "fng")
        return (
            Request(
                source=self.name,
                url=URL,
                params=(("limit", "0"), ("format", "json")),
                accepts=("application/json", "text/json"),
            ),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read the values, each struck at the instant it is stamped with, latest first."""
        body = _payload.mapping(payload, _payload.document(payload), "data")
        told = _payload.member(payload, _payload.member(payload, body, "metadata"), "error")
        if told is not None:
            raise _payload.message(payload, told)
        found = _payload.listing(payload, _payload.member(payload, body, "data"), "data")
        stamps = [
            _payload.instant(payload, _payload.member(payload, row, "timestamp"), "timestamp")
            for row in found
        ]
        values = np.array(
            [
                _payload.number(payload, _payload.member(payload, row, "value"), "value")
                for row in found
            ]
        )
        if np.any((values < 0) | (values > HIGHEST) | (values != np.round(values))):
            raise _payload.unusable(payload, "value")
        struck = np.array(stamps, dtype="M8[s]")
        return Rows(labels=struck.astype("M8[D]"), values=values, struck=struck)


source: Source = AlternativeMe()
