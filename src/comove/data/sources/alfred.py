"""ALFRED, the archive of FRED: every value with the day it became known, revisions included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source, Span
from comove.data.clocks import NEW_YORK, utc
from comove.data.sources import _payload, fred

OPEN_END = "9999-12-31"
YEARS = 5
"""Years of vintages in one call: the service gives at most 2,000 vintages at a time, and a daily
series has some 250 a year."""

_SUNDAY = 6


@dataclass(frozen=True)
class Alfred:
    """Vintages of series by their FRED id.

    Notes
    -----
    The service tells the day of a vintage, not the minute: a value counts as known from the last
    minute of that day in New York.
    """

    name: str = "alfred"
    keys: tuple[str, ...] = ("fred_api_key",)
    calls: tuple[int, float] = (60, 30.0)
    page: str = "https://fred.stlouisfed.org/docs/api/api_key.html"
    sample: str = "DTWEXBGS"

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Ask for the vintages of a span, some years of vintages at a time."""
        return tuple(
            fred.observations(
                self.name,
                code,
                span,
                keys["fred_api_key"],
                ("realtime_start", first),
                ("realtime_end", last),
            )
            for first, last in _windows(span)
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read each value with its vintage.

        In every window of vintages but the first, a value that was already known when the window
        begins is listed as if it became known that day.  Windows begin on Sundays, when nothing is
        published, so that such rows can be told apart; they are left out.
        """
        asked = dict(payload.request.params)
        found = fred.listed(payload)
        known = np.array([_vintage(payload, row) for row in found], dtype="M8[D]")
        begins = asked.get("realtime_start", "")
        fresh = np.ones(len(found), dtype=bool)
        if begins and begins != asked.get("observation_start"):
            fresh = known != np.datetime64(begins, "D")
        return Rows(
            labels=fred.labels_of(payload, found)[fresh],
            values=fred.values_of(payload, found)[fresh],
            known=utc(known[fresh], "23:59", NEW_YORK),
        )


def _windows(span: Span) -> Iterator[tuple[str, str]]:
    first = span.first
    while True:
        after = first + timedelta(days=round(365.25 * YEARS))
        after += timedelta(days=(_SUNDAY - after.weekday()) % 7)
        if after > span.last:
            yield first.isoformat(), OPEN_END
            return
        yield first.isoformat(), (after - timedelta(days=1)).isoformat()
        first = after


def _vintage(payload: Payload, row: Mapping[str, object]) -> np.datetime64:
    begins = _payload.day(
        payload, _payload.member(payload, row, "realtime_start"), "realtime_start"
    )
    ends = _payload.member(payload, row, "realtime_end")
    label = _payload.day(payload, _payload.member(payload, row, "date"), "date")
    if ends != OPEN_END and _payload.day(payload, ends, "realtime_end") < begins:
        raise _payload.unusable(payload, "realtime_end")
    if begins < label:
        raise _payload.unusable(payload, "realtime_start")
    return begins


source: Source = Alfred()
