"""What acts for a fetch: the client, the quality gates and the store, in terms of one series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.judged import Judged
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Observations
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Source
from comove.core.store import Accepted, Batch, Quarantined, Store
from comove.data import clocks

if TYPE_CHECKING:
    from comove.data.http.client import Client

ADJUSTED_NOISE = 1e-6
"""Relative difference between two answers of a service that adjusts prices anew each time;
without it every fetch would write a history of revisions."""

Held = Callable[[str], Observations | None]
Clock = Callable[[], np.datetime64]


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What running an errand needs to act.

    Attributes
    ----------
    client
        Makes the calls; None where rows come from files.
    store
        Keeps payloads and batches.
    held
        Id to what is held of a series, or None.
    now
        UTC instant, ``datetime64[us]``.
    sources
        Installed sources by name, for their rate limits.
    """

    client: Client | None
    store: Store
    held: Held
    now: Clock
    sources: Mapping[str, Source]

    def call(self, request: Request) -> Payload:
        """Make a call within the limit of its source."""
        if self.client is None:
            raise TypeError("no client was handed in: files are not fetched")
        return self.client.fetch(request, self.sources[request.source].calls)

    def judged(
        self, rows: Rows, spec: SeriesSpec, entry: str, waived: tuple[str, ...] = ()
    ) -> Judged:
        """Pass rows through the quality gates."""
        from comove.data.gates import judge
        from comove.data.gates.batch import Beside

        related = self.held(spec.related) if spec.related else None
        beside = Beside(related=related, waived=waived, source=entry)
        return judge(rows, spec, self.held(spec.id), self.now(), beside)

    def keep(
        self,
        rows: Rows,
        spec: SeriesSpec,
        entry: str,
        payload: str = "",
        waived: tuple[str, ...] = (),
    ) -> Kept:
        """Judge rows of one source and store the outcome in one transaction.

        Parameters
        ----------
        rows
            As the source gave them.
        spec
            The series.
        entry
            The source, as the catalogue writes it.
        payload
            What the store returned for the bytes they were read from.
        waived
            Rules that are not to run, because somebody looked and knows better.

        Returns
        -------
        Kept
            Counts, and what a reader should know.

        Raises
        ------
        StoreError
            When the store cannot be written.
        """
        judged = self.judged(rows, spec, entry, waived)
        batch = self.batch(judged, spec, entry, payload)
        receipt = self.store.append(batch)
        return kept(judged, batch, receipt.written if receipt.new else 0)

    def batch(self, judged: Judged, spec: SeriesSpec, entry: str, payload: str = "") -> Batch:
        """Make a batch of judged rows; nothing is stored yet."""
        return Batch(
            accepted=(as_accepted(judged.accepted, spec, entry),),
            quarantined=tuple(
                Quarantined(
                    series=spec.id,
                    source=entry,
                    rule=row.rule,
                    reason=row.says,
                    label=row.label,
                    value=row.value if np.isfinite(row.value) else None,
                )
                for row in judged.quarantined
            ),
            received=judged.received,
            payload=payload,
            recorded=self.now(),
        )

    def disputes(
        self, first: Rows, other: Rows, spec: SeriesSpec, entry: str
    ) -> tuple[Message, ...]:
        """Say where a second source contradicts the first."""
        from comove.data.gates import judge
        from comove.data.gates.batch import Beside

        found = judge(first, spec, None, self.now(), Beside(others={entry: other})).disputes
        return tuple(
            say(
                f"fetch.dispute.{dispute.chosen}",
                day=dispute.label,
                value=Quantity(dispute.value, spec.unit),  # type: ignore[arg-type]
                other=Quantity(dispute.other, spec.unit),  # type: ignore[arg-type]
                source=entry,
                series=Name(spec.id),
            )
            for dispute in found
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Kept:
    """What became of the rows of one payload or file.

    Attributes
    ----------
    received, written, quarantined
        Rows.
    problems
        Of those quarantined, the ones that are not merely repeated or missing.
    accepted
        The rows that passed.
    says
        What is wrong with the batch as a whole.
    """

    received: int
    written: int
    quarantined: int
    problems: int
    accepted: Accepted
    says: tuple[Message, ...]


def kept(judged: Judged, batch: Batch, written: int) -> Kept:
    """Count what became of judged rows.

    Parameters
    ----------
    judged
        The verdict.
    batch
        Made of it.
    written
        Rows that were new or changed something.

    Returns
    -------
    Kept
        Counts, and what a reader should know.
    """
    return Kept(
        received=batch.received,
        written=written,
        quarantined=len(batch.quarantined),
        problems=judged.quarantined.problems,
        accepted=batch.accepted[0],
        says=tuple(f.says for f in judged.findings if f.outcome == "problem"),
    )


def as_accepted(rows: Rows, spec: SeriesSpec, entry: str) -> Accepted:
    """Give rows the instants that their source did not tell.

    Parameters
    ----------
    rows
        After the gates.
    spec
        Its clock and publication rule decide where the source is silent.
    entry
        The source, as the catalogue writes it.

    Returns
    -------
    Accepted
        Ready for the store.
    """
    struck, known = clocks.instants(rows.labels, spec)
    if rows.struck is not None:
        struck = np.where(np.isnat(rows.struck), struck, rows.struck)
        known = np.maximum(known, struck) if spec.publication == "at_once" else known
    told = rows.known is not None
    if rows.known is not None:
        known = np.where(np.isnat(rows.known), known, rows.known)
    return Accepted(
        series=spec.id,
        source=entry,
        labels=rows.labels,
        struck=struck,
        known=known,
        values=rows.values,
        vintages=told,
        noise=ADJUSTED_NOISE if spec.adjusted else 0.0,
    )
