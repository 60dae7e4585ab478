"""FRED of the Federal Reserve Bank of St. Louis: series as they stand today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.sources import _payload

URL = "https://api.stlouisfed.org/fred/series/observations"
MOST = 100_000
"""Rows of one answer; no daily series is longer."""


@dataclass(frozen=True)
class Fred:
    """Series by their FRED id, e.g. ``"DFII10"``, in FRED's unit."""

    name: str = "fred"
    keys: tuple[str, ...] = ("fred_api_key",)
    calls: tuple[int, float] = (60, 30.0)
    page: str = "https://fred.stlouisfed.org/docs/api/api_key.html"
    sample: str = "DGS10"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for all of a span at once."""
        return (observations(self.name, code, span, keys["fred_api_key"]),)

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read dates and values; a point stands for a missing value."""
        found = listed(payload)
        return Rows(labels=labels_of(payload, found), values=values_of(payload, found))


def observations(source: str, code: str, span: Span, key: str, *more: tuple[str, str]) -> Request:
    """Describe a call for the observations of one series."""
    return Request(
        source=source,
        url=URL,
        params=(
            ("series_id", _payload.plain(source, code, "DFII10")),
            ("file_type", "json"),
            ("observation_start", span.first.isoformat()),
            ("observation_end", span.last.isoformat()),
            ("sort_order", "asc"),
            ("limit", str(MOST)),
            *more,
            ("api_key", key),
        ),
        secrets=("api_key",),
        accepts=("application/json", "text/json"),
    )


def listed(payload: Payload) -> list[Mapping[str, object]]:
    """Return the observations of an answer, as many as it says there are."""
    body = _payload.mapping(payload, _payload.document(payload), "observations")
    if "error_message" in body:
        raise _payload.message(payload, body["error_message"])
    found = _payload.listing(
        payload, _payload.member(payload, body, "observations"), "observations"
    )
    if _payload.number(payload, _payload.member(payload, body, "count"), "count") != len(found):
        raise _payload.partial(payload)
    if body.get("units", "lin") != "lin":
        raise _payload.unusable(payload, "units")
    return [_payload.mapping(payload, row, "observation") for row in found]


def labels_of(payload: Payload, found: list[Mapping[str, object]]) -> np.ndarray:
    """Return the dates of observations."""
    days = [_payload.day(payload, _payload.member(payload, row, "date"), "date") for row in found]
    return np.array(days, dtype="M8[D]")


def values_of(payload: Payload, found: list[Mapping[str, object]]) -> np.ndarray:
    """Return the values of observations."""
    return np.array(
        [
            np.nan if value == "." else _payload.number(payload, value, "value")
            for value in (_payload.member(payload, row, "value") for row in found)
        ]
    )


source: Source = Fred()
