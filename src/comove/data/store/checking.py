"""Is everything stored still what was stored?  Every bit is read and compared with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from comove.core.errors import DamagedFileError
from comove.core.holding import Finding
from comove.core.message import Message, say
from comove.core.store import Track
from comove.data.store.ledger import BLOCK, Ledger, digest_of
from comove.data.store.revisions import chosen


def check(store: Ledger) -> tuple[Finding, ...]:
    """Read all that is stored and compare it with the hashes taken when it was written.

    Parameters
    ----------
    store
        Any backend.

    Returns
    -------
    tuple of Finding
        One ``problem`` per damaged file, payload or batch; one ``ok`` when there is none.
    """
    problems = [*_files(store), *_batches(store)]
    if problems:
        return tuple(_finding("problem", says) for says in problems)
    receipts = store.batches()
    rows = sum(receipt.written for receipt in receipts)
    held = sum(receipt.quarantined for receipt in receipts)
    says = say("data.finding.store.intact", batches=len(receipts), rows=rows, quarantined=held)
    return (_finding("ok", says),)


def _finding(outcome: str, says: Message) -> Finding:
    return Finding(series="*", rule="store", outcome=outcome, says=says)  # type: ignore[arg-type]


def _files(store: Ledger) -> Iterator[Message]:
    for path in store.damaged_files():
        yield say("data.finding.store.damaged", path=path)
    for key in store.payload_keys():
        try:
            store.payload(key)
        except DamagedFileError as fault:
            yield say("data.finding.store.damaged", path=str(fault.values["path"]))


def _batches(store: Ledger) -> Iterator[Message]:
    """Compare every batch with the hash of its rows, some series at a time."""
    digests = {receipt.batch: hashlib.sha256() for receipt in store.batches()}
    names = sorted({stock.series for stock in store.series()})
    for start in range(0, len(names), BLOCK):
        try:
            found = store.read(names[start : start + BLOCK], revisions=True)
        except DamagedFileError:
            return  # the file has been named already
        for name in sorted(found):
            for track in found[name]:
                for number, rows in _by_batch(track):
                    digest_of(rows, digests.setdefault(number, hashlib.sha256()))
    recorded = store.digests()
    for number, digest in digests.items():
        if recorded.get(number) != digest.hexdigest():
            yield say("data.finding.store.batch", batch=number, path=store.where)


def _by_batch(track: Track) -> Iterator[tuple[int, Track]]:
    for number in np.unique(track.batches):
        yield int(number), chosen(track, track.batches == number)
