"""Take a user's file: read it, judge every series, keep what passes and what was declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from comove.core.fetch import Taken
from comove.core.message import Message, say
from comove.core.source import Payload, Request
from comove.core.store import Batch
from comove.data.catalogue import Catalogue
from comove.data.fetching.hands import Hands, Kept, kept
from comove.data.files.declaring import toml_of
from comove.data.files.keeping import keep_declared
from comove.data.files.options import FileOptions
from comove.data.files.reading import FileTable, read_file

SHOWN = 5
"""Rows held back that are told one by one."""


def tables(path: Path, options: FileOptions, catalogue: Catalogue) -> tuple[FileTable, ...]:
    """Read a file whose own declarations may have been kept by an earlier import.

    Parameters
    ----------
    path, options
        As for :func:`~comove.data.files.reading.read_file`.
    catalogue
        The one that ships with the user's own rows over it.

    Returns
    -------
    tuple of FileTable
        One per series.

    Raises
    ------
    ComoveError
        As :func:`~comove.data.files.reading.read_file`.
    """
    shipped = Catalogue.load()
    again = toml_of(path.with_name(f"{path.name}.toml")).get("series", {})
    own = {
        series: spec
        for series, spec in catalogue.specs.items()
        if series not in shipped.specs and series not in again
    }
    return read_file(path, options, shipped.with_series(own))


def take(
    path: Path,
    found: tuple[FileTable, ...],
    hands: Hands,
    waived: tuple[str, ...],
    own: Path | None,
) -> Iterator[Taken]:
    """Judge the series of a file and keep them.

    Parameters
    ----------
    path
        The file.
    found
        From :func:`tables`.
    hands
        What judges and keeps.
    waived
        Rules that are not to run, because somebody looked and knows better.
    own
        The user's catalogue, to which declared series are added; None for a trial, in which
        nothing is kept.

    Yields
    ------
    Taken
        One per series, when it is on disk.

    Raises
    ------
    QuestionError
        For a rule that does not exist.
    StoreError
        When it cannot be kept.
    """
    entry = f"file:{path.name}"
    declared = {table.spec.id: table.spec for table in found if table.declared}
    key = ""
    if own is not None:
        keep_declared(declared, own)
        key = hands.store.archive(_payload(path, hands.now()))
    for table in found:
        judged = hands.judged(table.rows, table.spec, entry, waived)
        batch = hands.batch(judged, table.spec, entry, key)
        written = len(batch.accepted[0])
        if own is not None:
            receipt = hands.store.append(batch)
            written = receipt.written if receipt.new else 0
        yield _taken(table, entry, batch, kept(judged, batch, written), trial=own is None)


def _payload(path: Path, now: np.datetime64) -> Payload:
    request = Request(source="file", url=f"file:{path.name}", accepts=("application/octet-stream",))
    return Payload(
        request=request,
        status=200,
        content_type="application/octet-stream",
        body=path.read_bytes(),
        received=now.astype("M8[s]"),
    )


def _taken(table: FileTable, entry: str, batch: Batch, kept: Kept, *, trial: bool) -> Taken:
    labels = kept.accepted.labels
    passed = kept.received - kept.quarantined
    return Taken(
        series=table.spec.id,
        column=table.column,
        source=entry,
        received=kept.received,
        written=kept.written,
        unchanged=0 if trial else passed - kept.written,
        quarantined=kept.quarantined,
        first=labels.min().item() if len(labels) else None,
        last=labels.max().item() if len(labels) else None,
        declared=table.declared,
        says=(*kept.says, *_reasons(batch)),
    )


def _reasons(batch: Batch) -> tuple[Message, ...]:
    """Tell some rows held back, and how many more there are."""
    reasons = tuple(row.reason for row in batch.quarantined)
    more = len(reasons) - SHOWN
    return (*reasons[:SHOWN], *((say("take.more", count=more),) if more > 0 else ()))
