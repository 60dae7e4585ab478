"""What every backend does alike: rows in, rows out, in the tables of :mod:`.schema`."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from comove.core.errors import StoreError
from comove.core.source import Payload
from comove.core.store import Accepted, Batch, Numbers, Quarantined, Receipt, Stock, Track
from comove.data.store.codec import (
    batch_key,
    damaged,
    message_of,
    message_text,
    payload_bytes,
    payload_of,
)
from comove.data.store.revisions import asof, empty, settled

_BATCHES = """SELECT id, key, recorded, received, quarantined, written, unchanged, payload
    FROM batch ORDER BY id"""
_BATCH = """SELECT id, key, recorded, received, quarantined, written, unchanged, payload
    FROM batch WHERE key = ? ORDER BY id DESC"""
BLOCK = 200
"""Series whose rows are held in memory at once while a batch is compared with them."""

_EPOCH = date(1970, 1, 1).toordinal()
COLUMNS = np.dtype(
    [("label", "i8"), ("known", "i8"), ("batch", "i8"), ("struck", "i8"), ("value", "f8")]
)


class Session(Protocol):
    """One transaction; ``?`` stands for a value."""

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Ask."""

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Change."""

    def many(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows into a table, every column in its order."""


class Ledger(ABC):
    """The tables as a store; a backend adds how a transaction is begun and where bytes lie.

    Attributes
    ----------
    where
        Path or address, without a password.
    """

    where: str

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Session]:
        """Begin a transaction that no other writer shares; durable once it is left."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """Begin a transaction that sees one state of the store."""

    @abstractmethod
    def _keep_bytes(self, session: Session, key: str, content: bytes, payload: Payload) -> None:
        """Keep the compressed bytes of a payload."""

    @abstractmethod
    def _kept_bytes(self, session: Session, key: str) -> tuple[bytes, str, str]:
        """Return kept bytes, the SHA-256 they must have, and where they lie."""

    @abstractmethod
    def backup(self, target: Path) -> Path:
        """Write a copy; see :class:`~comove.core.store.Store`."""

    @abstractmethod
    def __exit__(self, *failure: object) -> None:
        """Let go of files and connections."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def append(self, batch: Batch) -> Receipt:
        """Store a batch; see :class:`~comove.core.store.Store`."""
        key = batch_key(batch)
        with self._writing() as session:
            number, recorded = _next(session, batch.recorded)
            written = self._settled(session, batch, recorded, number)
            found = list(session.rows(_BATCH, (key,)))
            if found and not written:
                return replace(_receipt(found[0]), new=False)
            self._write(session, written)
            _hold_back(session, number, batch.quarantined)
            count = sum(map(len, written.values()))
            accepted = batch.received - len(batch.quarantined)
            receipt = Receipt(
                batch=number,
                key=key,
                recorded=recorded,
                received=batch.received,
                quarantined=len(batch.quarantined),
                written=count,
                unchanged=accepted - count,
                payload=batch.payload,
            )
            digest = rows_digest(written.values())
            session.many("batch", [(*_fields(receipt), digest)])
        return receipt

    def _settled(
        self, session: Session, batch: Batch, recorded: np.datetime64, number: int
    ) -> dict[int, Track]:
        """Return the rows to be written, by number of their track."""
        numbers = {(series, source): track for track, series, source in _tracks(session, None)}
        fresh = len(numbers)
        written: dict[int, Track] = {}
        for block in _blocks(merged(batch.accepted)):
            names = [(rows.series, rows.source) for rows in block]
            known = [(numbers[name], *name) for name in names if name in numbers]
            held = self._read(session, known, None, None)
            for name, rows in zip(names, block, strict=True):
                before = held[numbers[name]] if name in numbers else empty(*name)
                added = settled(before, rows, recorded, number)
                if not len(added):
                    continue
                if name not in numbers:
                    fresh += 1
                    numbers[name] = fresh
                    session.many("track", [(fresh, *name)])
                written[numbers[name]] = added
        return written

    def _write(self, session: Session, written: Mapping[int, Track]) -> None:
        """Write the rows of a batch, by number of their track."""
        for track, rows in written.items():
            columns = (rows.labels, rows.known, rows.batches, rows.struck, rows.values)
            lists = [
                column.tolist() if column.dtype.kind == "f" else column.astype("i8").tolist()
                for column in columns
            ]
            session.many("observation", zip([track] * len(rows), *lists, strict=True))

    def _read(
        self,
        session: Session,
        tracks: Iterable[tuple[int, str, str]],
        known_by: np.datetime64 | None,
        recorded_by: np.datetime64 | None,
    ) -> dict[int, Track]:
        """Return every row of some tracks within the limits, by number of the track."""
        clock = np.array(
            list(session.rows("SELECT id, recorded FROM batch ORDER BY id")), dtype="i8"
        ).reshape(-1, 2)
        last = len(clock)
        if recorded_by is not None:
            limit = recorded_by.astype("M8[us]").astype("i8")
            last = int(np.searchsorted(clock[:, 1], limit, side="right"))
        newest = int(clock[last - 1, 0]) if last else 0
        latest = np.iinfo("i8").max if known_by is None else known_by.astype("M8[s]").astype("i8")
        listed = list(tracks)
        found = self._columns(session, [track for track, *_ in listed], int(latest), newest)
        return {
            track: _track(series, source, found[track], clock) for track, series, source in listed
        }

    def _columns(
        self, session: Session, tracks: Sequence[int], latest: int, newest: int
    ) -> dict[int, np.ndarray[Any, Any]]:
        """Return rows of :data:`COLUMNS` in the order of (label, known, batch), by track."""
        query = (
            "SELECT label, known, batch, struck, coalesce(value, 9e999) FROM observation"
            " WHERE track = ? AND known <= ? AND batch <= ? ORDER BY label, known, batch"
        )
        found = {}
        for track in tracks:
            rows = np.fromiter(session.rows(query, (track, latest, newest)), dtype=COLUMNS)
            rows["value"][np.isinf(rows["value"])] = np.nan
            found[track] = rows
        return found

    def read(
        self,
        series: Iterable[str],
        *,
        known_by: np.datetime64 | None = None,
        recorded_by: np.datetime64 | None = None,
        revisions: bool = False,
    ) -> Mapping[str, tuple[Track, ...]]:
        """Return what was known and recorded; see :class:`~comove.core.store.Store`."""
        with self._reading() as session:
            tracks = _tracks(session, _names(series))
            found = self._read(session, tracks, known_by, recorded_by)
        read: dict[str, tuple[Track, ...]] = {}
        for track, name, _ in sorted(tracks, key=lambda entry: entry[1:]):
            rows = found[track] if revisions else asof(found[track])
            if len(rows):
                read[name] = (*read.get(name, ()), rows)
        return read

    def series(self) -> tuple[Stock, ...]:
        """Return what is held; see :class:`~comove.core.store.Store`."""
        with self._reading() as session:
            found = self._stocks(session)
        return tuple(sorted(found, key=lambda stock: (stock.series, stock.source)))

    def _stocks(self, session: Session) -> list[Stock]:
        query = (
            "SELECT t.series, t.source, count(*), min(o.label), max(o.label), max(o.known),"
            " max(b.recorded) FROM observation o JOIN track t ON t.id = o.track"
            " JOIN batch b ON b.id = o.batch GROUP BY t.series, t.source"
        )
        return [stock(row) for row in session.rows(query)]

    def quarantined(self, series: Iterable[str] | None = None) -> tuple[Quarantined, ...]:
        """Return the rows held back; see :class:`~comove.core.store.Store`."""
        wanted = None if series is None else _names(series)
        query = "SELECT series, source, rule, reason, label, value, raw FROM quarantine ORDER BY id"
        with self._reading() as session:
            found = [row for row in session.rows(query) if wanted is None or row[0] in wanted]
        return tuple(
            Quarantined(
                series=row[0],
                source=row[1],
                rule=row[2],
                reason=message_of(row[3]),
                label=None if row[4] is None else _day(row[4]),
                value=row[5],
                raw=row[6],
            )
            for row in found
        )

    def batches(self) -> tuple[Receipt, ...]:
        """Return every batch; see :class:`~comove.core.store.Store`."""
        with self._reading() as session:
            return tuple(map(_receipt, session.rows(_BATCHES)))

    def archive(self, payload: Payload) -> str:
        """Keep what a service sent; see :class:`~comove.core.store.Store`."""
        key, content = payload_bytes(payload)
        with self._writing() as session:
            if not list(session.rows("SELECT key FROM payload WHERE key = ?", (key,))):
                self._keep_bytes(session, key, content, payload)
        return key

    def payload(self, key: str) -> Payload:
        """Return what was archived; see :class:`~comove.core.store.Store`."""
        with self._reading() as session:
            if not list(session.rows("SELECT key FROM payload WHERE key = ?", (key,))):
                raise StoreError(
                    "store.no_payload",
                    "{path} holds no payload {key}.",
                    path=self.where,
                    key=key[:16],
                )
            content, sha256, where = self._kept_bytes(session, key)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise damaged(where)
        return payload_of(key, content, where)

    def payload_keys(self) -> tuple[str, ...]:
        """Return the keys of everything archived."""
        with self._reading() as session:
            return tuple(key for (key,) in session.rows("SELECT key FROM payload ORDER BY key"))

    def digests(self) -> Mapping[int, str]:
        """Return the hash of the rows of every batch, taken when it was written."""
        with self._reading() as session:
            return dict(session.rows("SELECT id, digest FROM batch ORDER BY id"))

    def damaged_files(self) -> tuple[str, ...]:
        """Return files beside the database that are gone or differ from their hash."""
        return ()

    def fingerprint(self) -> str:
        """Return a hash of everything stored; see :class:`~comove.core.store.Store`."""
        digest = hashlib.sha256()
        with self._reading() as session:
            for row in session.rows("SELECT id, key, recorded, digest FROM batch ORDER BY id"):
                digest.update(f"{row}\n".encode())
            for (key,) in session.rows("SELECT key FROM payload ORDER BY key"):
                digest.update(f"{key}\n".encode())
        return digest.hexdigest()


def _blocks(accepted: Iterable[Accepted]) -> Iterator[list[Accepted]]:
    """Yield some series at a time: asking for each alone is slow, holding all is large."""
    rest = iter(accepted)
    while block := list(islice(rest, BLOCK)):
        yield block


def merged(accepted: Sequence[Accepted]) -> Iterator[Accepted]:
    """Join rows of the same series and source, which a service may give in pages.

    Parameters
    ----------
    accepted
        As in a batch.

    Yields
    ------
    Accepted
        One per series and source, in the order of their first page.

    Raises
    ------
    StoreError
        When some pages tell vintages and others do not.
    """
    pages: dict[tuple[str, str], list[Accepted]] = {}
    for rows in accepted:
        pages.setdefault((rows.series, rows.source), []).append(rows)
    for (series, _), found in pages.items():
        if len({rows.vintages for rows in found}) > 1:
            raise StoreError(
                "store.mixed", "One batch gives {id} both with vintages and without.", id=series
            )
        if len(found) == 1:
            yield found[0]
        else:
            yield replace(
                found[0],
                labels=np.concatenate([rows.labels for rows in found]),
                struck=np.concatenate([rows.struck for rows in found]),
                known=np.concatenate([rows.known for rows in found]),
                values=np.concatenate([rows.values for rows in found]),
            )


def rows_digest(tracks: Iterable[Track]) -> str:
    """Return a hash of rows as written, which a later check computes again.

    Parameters
    ----------
    tracks
        Of one batch, in any order.

    Returns
    -------
    str
        SHA-256, 64 hex digits.
    """
    digest = hashlib.sha256()
    for track in sorted(tracks, key=lambda track: (track.series, track.source)):
        digest_of(track, digest)
    return digest.hexdigest()


def digest_of(track: Track, digest: hashlib._Hash) -> None:
    """Add the rows of one track, in the order of (label, known), to the hash of their batch."""
    digest.update(f"{track.series}|{track.source}|{len(track)}\n".encode())
    values = np.where(np.isnan(track.values), np.nan, track.values)  # one NaN of many
    for column in (track.labels, track.struck, track.known, values):
        digest.update(np.ascontiguousarray(column).tobytes())


def stock(row: Sequence[Any]) -> Stock:
    """Return a :class:`~comove.core.store.Stock` from its fields as numbers."""
    return Stock(
        series=row[0],
        source=row[1],
        rows=row[2],
        first=_day(row[3]),
        last=_day(row[4]),
        known=np.datetime64(row[5], "s"),
        recorded=np.datetime64(row[6], "us"),
    )


def _names(series: Iterable[str]) -> set[str]:
    """Return ids as a set; one id may stand alone."""
    return {series} if isinstance(series, str) else set(series)


def _day(label: int) -> date:
    return date.fromordinal(label + _EPOCH)


def _tracks(session: Session, wanted: set[str] | None) -> list[tuple[int, str, str]]:
    rows = session.rows("SELECT id, series, source FROM track ORDER BY id")
    return [(row[0], row[1], row[2]) for row in rows if wanted is None or row[1] in wanted]


def _track(series: str, source: str, rows: np.ndarray[Any, Any], clock: Numbers) -> Track:
    places = np.searchsorted(clock[:, 0], rows["batch"])
    return Track(
        series=series,
        source=source,
        labels=rows["label"].astype("M8[D]"),
        struck=rows["struck"].astype("M8[s]"),
        known=rows["known"].astype("M8[s]"),
        recorded=clock[places, 1].astype("M8[us]"),
        values=rows["value"],
        batches=rows["batch"],
    )


def _next(session: Session, wanted: np.datetime64) -> tuple[int, np.datetime64]:
    """Return number and instant of the next batch; instants never go back."""
    number, recorded = next(
        session.rows("SELECT coalesce(max(id), 0), coalesce(max(recorded), ?) FROM batch", (-1,))
    )
    asked = int(wanted.astype("M8[us]").astype("i8"))
    return number + 1, np.datetime64(max(asked, recorded + 1), "us")


def _hold_back(session: Session, number: int, rows: Sequence[Quarantined]) -> None:
    if not rows:
        return
    (last,) = next(session.rows("SELECT coalesce(max(id), 0) FROM quarantine"))
    session.many(
        "quarantine",
        [
            (
                last + place,
                number,
                row.series,
                row.source,
                row.rule,
                message_text(row.reason),
                None if row.label is None else row.label.toordinal() - _EPOCH,
                row.value,
                row.raw,
            )
            for place, row in enumerate(rows, start=1)
        ],
    )


def _fields(receipt: Receipt) -> tuple[object, ...]:
    return (
        receipt.batch,
        receipt.key,
        int(receipt.recorded.astype("i8")),
        receipt.received,
        receipt.quarantined,
        receipt.written,
        receipt.unchanged,
        receipt.payload,
    )


def _receipt(row: Sequence[Any]) -> Receipt:
    return Receipt(
        batch=row[0],
        key=row[1],
        recorded=np.datetime64(row[2], "us"),
        received=row[3],
        quarantined=row[4],
        written=row[5],
        unchanged=row[6],
        payload=row[7],
    )
