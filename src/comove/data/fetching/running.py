"""Run errands: ask, archive what came, judge it, keep it, and have a second source confirm it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np

from comove.core.errors import DataError, StoreError
from comove.core.fetch import Errand, Fetched
from comove.core.message import Message, say
from comove.core.refusal import told
from comove.core.series import SeriesSpec
from comove.core.source import Rows, Span
from comove.data.fetching.hands import Hands, Kept
from comove.data.fetching.planning import Shelf, asked
from comove.data.sampling import sampled, whole_days

CONFIRMED_DAYS = 60
"""Days at the end of a span that a second source is asked to confirm."""


def run(errands: Iterable[Errand], shelf: Shelf, hands: Hands) -> Iterator[Fetched]:
    """Run errands one after the other; each page is safe before the next is asked for.

    Parameters
    ----------
    errands
        From :func:`~comove.data.fetching.planning.plan`.
    shelf
        As for planning.
    hands
        What acts.

    Yields
    ------
    Fetched
        One per errand, in their order.  An interruption loses nothing that was stored: the next
        plan goes on where this one ended.

    Raises
    ------
    StoreError
        When the store cannot be written: going on would lose what comes in.
    """
    for errand in errands:
        yield Runner(shelf, hands).fetched(errand)


class Runner:
    """Runs one errand.

    Parameters
    ----------
    shelf
        What is held, who can be asked.
    hands
        What acts.
    """

    def __init__(self, shelf: Shelf, hands: Hands) -> None:
        self._shelf = shelf
        self._hands = hands

    def fetched(self, errand: Errand) -> Fetched:
        """Ask the sources of an errand in order until one gives data.

        Parameters
        ----------
        errand
            One series.

        Returns
        -------
        Fetched
            What came of it; a source that fails is named and the next one is asked.

        Raises
        ------
        StoreError
            When the store cannot be written.
        """
        if not errand.sources:
            return Fetched(series=errand.series, outcome="skipped", says=errand.left_out)
        if errand.span is None:
            return Fetched(series=errand.series, outcome="nothing", last=errand.held)
        spec = self._shelf.catalogue[errand.series]
        failures: list[Message] = []
        for place, entry in enumerate(errand.sources):
            try:
                pages = self._pages(spec, entry, errand.span)
            except StoreError:
                raise
            except DataError as refusal:
                failures.append(say("fetch.failed", source=entry, reason=told(refusal)))
                continue
            found = _summed(spec, entry, pages)
            found = replace(found, says=(*failures, *found.says))
            return self._confirmed(found, spec, errand.sources[place + 1 :], errand.span, pages)
        return Fetched(series=errand.series, outcome="failed", says=(*failures, *errand.left_out))

    def _pages(self, spec: SeriesSpec, entry: str, span: Span) -> list[Kept]:
        """Fetch a span from one source, and keep each page before the next is asked for."""
        name, _, code = entry.partition(":")
        source = self._shelf.sources[name]
        pages, rest = [], None
        for request in asked(spec, entry, span, self._shelf):
            payload = self._hands.call(request)
            rows = sampled(source.read(payload, spec, code), spec, code)
            rows, rest = whole_days(rows, rest, code)
            key = self._hands.store.archive(payload)
            if len(rows) or rest is None:  # hours that wait for the rest of their day are not kept
                pages.append(self._hands.keep(rows, spec, entry, key))
        return pages

    def _confirmed(
        self,
        found: Fetched,
        spec: SeriesSpec,
        others: tuple[str, ...],
        span: Span,
        pages: list[Kept],
    ) -> Fetched:
        """Ask the next source for the end of the span, keep it beside the first, and compare."""
        first = max(span.first, span.last - timedelta(days=CONFIRMED_DAYS))
        end = Span(first=first, last=span.last)
        for entry in others:
            try:
                other = _rows(self._pages(spec, entry, end), end)
            except StoreError:
                raise
            except DataError as refusal:
                said = say("fetch.not_confirmed", source=entry, reason=told(refusal))
                found = replace(found, says=(*found.says, said))
                continue
            disputes = self._hands.disputes(_rows(pages, end), other, spec, entry)
            return replace(
                found,
                outcome="disputed" if disputes else found.outcome,
                confirmed=entry,
                says=(*found.says, *disputes),
            )
        return found


def _summed(spec: SeriesSpec, entry: str, pages: list[Kept]) -> Fetched:
    received, written, held_back, problems = (
        sum(getattr(page, name) for page in pages)
        for name in ("received", "written", "quarantined", "problems")
    )
    says = [message for page in pages for message in page.says]
    if problems:
        says.append(say("fetch.held_back", count=problems, source=entry))
    if not received:
        says.append(say("fetch.empty", source=entry))
    ends = [page.accepted.labels.max() for page in pages if len(page.accepted)]
    return Fetched(
        series=spec.id,
        outcome="written" if written else "unchanged",
        source=entry,
        received=received,
        written=written,
        unchanged=received - held_back - written,
        quarantined=held_back,
        last=max(ends).item() if ends else None,
        says=tuple(says),
    )


def _rows(pages: list[Kept], span: Span) -> Rows:
    """Return the accepted rows of a span, for comparison."""
    labels = np.concatenate([page.accepted.labels for page in pages] or [np.array([], "M8[D]")])
    values = np.concatenate([page.accepted.values for page in pages] or [np.array([])])
    inside = (labels >= np.datetime64(span.first)) & (labels <= np.datetime64(span.last))
    return Rows(labels=labels[inside], values=values[inside])
