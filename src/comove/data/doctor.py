"""Trying every source for real: one small call each, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from comove.core.checkup import Checkup
from comove.core.errors import ComoveError, MissingKeyError, PayloadError
from comove.core.series import Clock, SeriesSpec
from comove.core.source import Payload, Request, Source, Span
from comove.data.catalogue import Catalogue
from comove.data.keys import Keys

DAYS = 14
"""Days that are asked for: long enough for a weekly report."""

OLD = 28
"""Days after which the newest figure of a source is no longer news, even of a weekly report."""

MOST_CALLS = 2
"""The latest page, and the one before it where the latest is still empty, as in a new year."""


class Caller(Protocol):
    """What makes calls: :class:`comove.data.http.client.Client`."""

    def fetch(self, request: Request, limit: tuple[int, float], *, anyway: bool = False) -> Payload:
        """Make a call; ``anyway`` even to a source that is being left alone."""


def doctor(
    sources: Mapping[str, Source], catalogue: Catalogue, keys: Keys, caller: Caller, day: date
) -> Iterator[Checkup]:
    """Try sources, one after the other.

    Parameters
    ----------
    sources
        Whom to try, by name.
    catalogue
        Its first series of a source is what is asked for; a source that serves none is asked for
        its own sample.
    keys
        Those that are set.
    caller
        What makes the calls.
    day
        Last day asked for.

    Yields
    ------
    Checkup
        One per source, in their order.
    """
    for source in sources.values():
        spec, code = _asked_for(source, catalogue)
        yield _tried(source, spec, code, keys, caller, day)


def _asked_for(source: Source, catalogue: Catalogue) -> tuple[SeriesSpec, str]:
    for spec in catalogue.specs.values():
        for entry in spec.sources:
            name, _, code = entry.partition(":")
            if name == source.name:
                return spec, code
    clock = Clock(time="00:00", zone="UTC", day_offset=1, calendar="24/7")
    return SeriesSpec(id=source.name, kind="price", unit="usd", clock=clock), source.sample


def _tried(
    source: Source, spec: SeriesSpec, code: str, keys: Keys, caller: Caller, day: date
) -> Checkup:
    span = Span(first=day - timedelta(days=DAYS), last=day)
    trial = Checkup(source=source.name, code=code, page=source.page, outcome="ok")
    try:
        asked = source.ask(spec, code, span, keys.of(source))[: -MOST_CALLS - 1 : -1]
        for calls, request in enumerate(asked, start=1):
            trial = replace(trial, calls=calls)
            payload = caller.fetch(request, source.calls, anyway=True)
            rows = source.read(payload, spec, code)
            if len(rows):
                last: date = rows.labels.max().item()
                trial = replace(trial, rows=len(rows), last=last)
                old = last < day - timedelta(days=OLD)
                return (
                    replace(trial, outcome="failed", refusal=_old(source, last)) if old else trial
                )
    except MissingKeyError as refusal:
        return replace(trial, outcome="no_key", refusal=refusal)
    except ComoveError as refusal:
        return replace(trial, outcome="failed", refusal=refusal)
    return replace(trial, outcome="failed", refusal=_nothing(source))


def _nothing(source: Source) -> PayloadError:
    return PayloadError(
        "payload.empty",
        "{source} sent nothing.",
        "What is held stays as it is; try later.",
        source=source.name,
    )


def _old(source: Source, last: date) -> PayloadError:
    return PayloadError(
        "payload.old",
        "{source} sent nothing newer than {day}.",
        "Its service may have stopped or moved; look at its page.",
        source=source.name,
        day=last,
    )
