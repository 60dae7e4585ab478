"""Make the calls of an errand: archive what came, judge it, store what passes, confirm it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from comove.core.errors import DataError, StoreError
from comove.core.fetch import Errand, Fetched
from comove.core.message import Message, say
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.core.store import Batch, Receipt, Store
from comove.data.fetching.planning import Shelf, asked

CONFIRMED_DAYS = 60
"""Days at the end of a span that a second source is asked to confirm."""


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What running needs to act.

    Attributes
    ----------
    call
        Makes a call; DataError when the service gives nothing that may be data.
    judge
        Passes rows of one source through the quality gates: ``(rows, spec, entry, payload key)``
        to a batch.
    compare
        Says where two sources disagree: ``(spec, first entry, second entry, span)`` to sentences.
    store
        Keeps payloads and batches.
    """

    call: Callable[[Request], Payload]
    judge: Callable[[Rows, SeriesSpec, str, str], Batch]
    compare: Callable[[SeriesSpec, str, str, Span], tuple[Message, ...]]
    store: Store


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
        yield _fetched(errand, shelf, hands)


def _fetched(errand: Errand, shelf: Shelf, hands: Hands) -> Fetched:
    if not errand.sources:
        return Fetched(series=errand.series, outcome="skipped", says=errand.left_out)
    if errand.span is None:
        return Fetched(series=errand.series, outcome="nothing", last=errand.held)
    spec = shelf.catalogue[errand.series]
    failures: list[Message] = []
    for place, entry in enumerate(errand.sources):
        try:
            found = _brought(spec, entry, errand.span, shelf, hands)
        except StoreError:
            raise
        except DataError as refusal:
            failures.append(say("fetch.failed", source=entry, reason=str(refusal)))
            continue
        found = replace(found, says=(*failures, *found.says))
        others = errand.sources[place + 1 :]
        return _confirmed(found, spec, others, errand.span, shelf, hands)
    return Fetched(series=errand.series, outcome="failed", says=(*failures, *errand.left_out))


def _brought(spec: SeriesSpec, entry: str, span: Span, shelf: Shelf, hands: Hands) -> Fetched:
    """Fetch a span from one source, page by page."""
    name, _, code = entry.partition(":")
    source = shelf.sources[name]
    receipts: list[Receipt] = []
    labels = [np.array([], dtype="M8[D]")]
    for request in asked(spec, entry, span, shelf):
        payload = hands.call(request)
        rows = source.read(payload, spec, code)
        batch = hands.judge(rows, spec, entry, hands.store.archive(payload))
        receipts.append(hands.store.append(batch))
        labels += [accepted.labels for accepted in batch.accepted]
    accepted = np.concatenate(labels)
    written = sum(receipt.written for receipt in receipts if receipt.new)
    received = sum(receipt.received for receipt in receipts)
    held_back = sum(receipt.quarantined for receipt in receipts)
    says = (say("fetch.held_back", count=held_back, source=entry),) if held_back else ()
    if not received:
        says = (*says, say("fetch.empty", source=entry))
    return Fetched(
        series=spec.id,
        outcome="written" if written else "unchanged",
        source=entry,
        received=received,
        written=written,
        unchanged=received - held_back - written,
        quarantined=held_back,
        last=accepted.max().item() if len(accepted) else None,
        says=says,
    )


def _confirmed(
    found: Fetched,
    spec: SeriesSpec,
    others: tuple[str, ...],
    span: Span,
    shelf: Shelf,
    hands: Hands,
) -> Fetched:
    """Ask the next source for the end of the span, keep it beside the first, and compare."""
    end = Span(first=max(span.first, span.last - timedelta(days=CONFIRMED_DAYS)), last=span.last)
    for entry in others:
        try:
            _brought(spec, entry, end, shelf, hands)
        except StoreError:
            raise
        except DataError as refusal:
            said = say("fetch.not_confirmed", source=entry, reason=str(refusal))
            found = replace(found, says=(*found.says, said))
            continue
        disputes = hands.compare(spec, found.source, entry, end)
        return replace(
            found,
            outcome="disputed" if disputes else found.outcome,
            confirmed=entry,
            says=(*found.says, *disputes),
        )
    return found
