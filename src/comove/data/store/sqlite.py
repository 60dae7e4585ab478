"""The embedded store: one SQLite file, and the bytes services sent in files beside it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from comove.core.errors import StoreError
from comove.core.source import Payload
from comove.core.store import Stock, Track
from comove.data.store import bulk, parts, schema
from comove.data.store.codec import damaged
from comove.data.store.disk import force_folder, temporary, write_whole
from comove.data.store.faults import busy, named, not_a_store
from comove.data.store.home import FILE
from comove.data.store.ledger import COLUMNS, Ledger, Session, stock

PATIENCE = 60.0
"""Seconds that one writer waits for another."""

_FROZEN = "ro&immutable=1"
_EACH = (
    f"PRAGMA busy_timeout = {int(1000 * PATIENCE)}",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
)


class _Transaction:
    """A session on an open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Ask."""
        return self._connection.execute(query, values)

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Change."""
        self._connection.execute(statement, values)

    def many(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert."""
        for first in (rows := iter(rows)):
            places = ", ".join("?" * len(first))
            insert = f"INSERT INTO {table} VALUES ({places})"  # noqa: S608 - a table of the schema
            self._connection.execute(insert, first)
            self._connection.executemany(insert, rows)


class SqliteStore(Ledger):
    """A folder that holds a store; readers and one writer at a time, from any process.

    Parameters
    ----------
    folder
        Made by the first write; reading an absent one finds nothing and makes nothing.

    Examples
    --------
    >>> SqliteStore(Path("nowhere")).series()
    ()
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.file = self.folder / FILE
        self.where = str(self.file)
        self._lock = RLock()
        self._kept: sqlite3.Connection | None = None

    def __exit__(self, *failure: object) -> None:
        """Close the file."""
        with self._lock:
            if self._kept is not None:
                with suppress(sqlite3.Error):
                    self._kept.close()
                self._kept = None

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._lock, named(self.where):
            orphan = Path(f"{self.file}-wal")
            if orphan.exists() and not self.file.exists():
                raise not_a_store(str(orphan))  # a new database would take up what is left in it
            if not self.file.exists():
                _create(self.file)
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield _Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.rollback()
                raise

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._lock, named(self.where):
            if not self.file.exists():
                with closing(_blank()) as connection:
                    yield _Transaction(connection)
                return
            before = self._state()
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield _Transaction(connection)
            finally:
                with suppress(sqlite3.Error):
                    connection.rollback()
            if before and before != self._state():  # read without locks while somebody wrote
                self.__exit__()
                raise busy(self.where)

    def _state(self) -> tuple[int, int] | None:
        """Return what a write would change, where the folder allows no locks; else None."""
        if _mode(self.file) != _FROZEN:
            return None
        found = self.file.stat()
        return found.st_size, found.st_mtime_ns

    def _connection(self) -> sqlite3.Connection:
        if self._kept is None:
            self._kept = _connected(self.file)
        return self._kept

    @property
    def parts(self) -> Path:
        """Folder of the Parquet files."""
        return self.folder / "parts"

    def _write(self, session: Session, written: Mapping[int, Track]) -> None:
        if sum(map(len, written.values())) < bulk.LEAST or not bulk.available():
            super()._write(session, written)
            return
        bulk.collect(self.parts, [part.sha256 for _, part in parts.listed(session).values()])
        batch = int(next(iter(written.values())).batches[0])
        for part in bulk.write_parts(self.parts, written):
            parts.enter(session, batch, part)

    def _columns(
        self, session: Session, tracks: Sequence[int], latest: int, newest: int
    ) -> dict[int, np.ndarray[Any, Any]]:
        found = super()._columns(session, tracks, latest, newest)
        limit = np.datetime64(latest, "s")
        for batch, part in parts.holding(session, tracks, newest):
            for track, rows in bulk.read_groups(part.file(self.parts), part):
                added = np.empty(len(rows), dtype=COLUMNS)
                for name in ("label", "known", "struck", "value"):
                    added[name] = rows[name]
                added["batch"] = batch
                found[track] = _joined(found[track], added[rows["known"] <= limit])
        return found

    def _stocks(self, session: Session) -> list[Stock]:
        found = {(held.series, held.source): held for held in super()._stocks(session)}
        names = {row[0]: row[1:] for row in session.rows("SELECT id, series, source FROM track")}
        clock = dict(session.rows("SELECT id, recorded FROM batch"))
        for batch, part in parts.holding(session, None, max(clock, default=0)):
            for group in part.groups:
                numbers = (group.rows, group.first, group.last, group.known, clock[batch])
                added = stock((*names[group.track], *numbers))
                name = (added.series, added.source)
                found[name] = _together(found[name], added) if name in found else added
        return list(found.values())

    def _keep_bytes(self, session: Session, key: str, content: bytes, payload: Payload) -> None:
        path = self.path_of(key)
        for stray in path.parent.glob("*.tmp"):  # of a crash: nobody else writes now
            stray.unlink(missing_ok=True)
        write_whole(path, content)
        sha256 = hashlib.sha256(content).hexdigest()
        received = int(payload.received.astype("M8[s]").astype("i8"))
        row = (key, sha256, len(content), received, payload.request.source, None)
        session.many("payload", [row])

    def _kept_bytes(self, session: Session, key: str) -> tuple[bytes, str, str]:
        path = self.path_of(key)
        (sha256,) = next(session.rows("SELECT sha256 FROM payload WHERE key = ?", (key,)))
        try:
            return path.read_bytes(), sha256, str(path)
        except FileNotFoundError as cause:
            raise damaged(str(path)) from cause

    def path_of(self, key: str) -> Path:
        """Return the file that holds a payload."""
        return self.folder / "payloads" / key[:2] / f"{key}.z"

    def damaged_files(self) -> tuple[str, ...]:
        """Return the database, if its own check fails, and Parquet files that differ."""
        with self._reading() as session:
            found = [row[0] for row in session.rows("PRAGMA integrity_check")]
            listed = [part for _, part in parts.listed(session).values()]
        own = () if found == ["ok"] else (str(self.file),)
        return (*own, *map(str, bulk.damaged_parts(self.parts, listed)))

    def backup(self, target: Path) -> Path:
        """Write a copy of the folder; see :class:`~comove.core.store.Store`.

        Parameters
        ----------
        target
            A folder that does not exist yet.  It is a store itself.

        Returns
        -------
        pathlib.Path
            ``target``.

        Raises
        ------
        StoreError
            When it exists already, or the disk fails.
        DamagedFileError
            When a file of this store is gone or differs.
        """
        with new_folder(target) as passing, self._reading() as session, named(str(target)):
            if self.file.exists():
                with closing(sqlite3.connect(passing / FILE)) as state:
                    self._connection().backup(state)
            else:
                _create(passing / FILE)
            self._copy_files(session, passing)
        return target

    def _copy_files(self, session: Session, target: Path) -> None:
        for _, part in parts.listed(session).values():
            if bulk.damaged_parts(self.parts, [part]):
                raise damaged(str(part.file(self.parts)))
            content = part.file(self.parts).read_bytes()
            write_whole(part.file(SqliteStore(target).parts), content)
        for (key,) in session.rows("SELECT key FROM payload ORDER BY key"):
            content, sha256, where = self._kept_bytes(session, key)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise damaged(where)
            write_whole(target / self.path_of(key).relative_to(self.folder), content)


def _joined(rows: np.ndarray[Any, Any], added: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return rows of several places in the order of (label, known, batch)."""
    if not len(rows):
        return added
    together = np.concatenate([rows, added])
    return together[np.lexsort((together["batch"], together["known"], together["label"]))]


def _together(one: Stock, other: Stock) -> Stock:
    return replace(
        one,
        rows=one.rows + other.rows,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        known=max(one.known, other.known),
        recorded=max(one.recorded, other.recorded),
    )


def write_copy(
    folder: Path,
    tables: Iterable[tuple[str, Iterable[Sequence[object]]]],
    payloads: Iterable[tuple[Sequence[object], bytes]],
) -> None:
    """Fill a new folder with the state of another store.

    Parameters
    ----------
    folder
        Does not exist yet.
    tables
        Name and rows of each table of :mod:`.schema` but that of the payloads.
    payloads
        Key, SHA-256, size, time and source of each payload, and its bytes.

    Raises
    ------
    OSError, sqlite3.Error
        When the disk fails.
    """
    store = SqliteStore(folder)
    _create(store.file)
    with store, closing(_connected(store.file)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        transaction = _Transaction(connection)
        for table, rows in tables:
            transaction.many(table, rows)
        for row, content in payloads:
            write_whole(store.path_of(str(row[0])), content)
            transaction.many("payload", [(*row, None)])
        connection.execute("COMMIT")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a folder that takes its name once it is filled, and goes if that fails.

    Parameters
    ----------
    target
        Must not exist.

    Yields
    ------
    pathlib.Path
        To be filled.

    Raises
    ------
    StoreError
        When ``target`` exists already or the disk fails.
    """
    with named(str(target)):
        if target.exists():
            raise StoreError(
                "store.taken",
                "{path} exists already.",
                "A backup never overwrites: name a folder that does not exist.",
                path=str(target),
            )
        passing = temporary(target)
        passing.mkdir(parents=True)
        try:
            yield passing
            passing.rename(target)
        except BaseException:
            shutil.rmtree(passing, ignore_errors=True)
            raise
        force_folder(target.parent)


def _blank() -> sqlite3.Connection:
    """Return an empty store in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in schema.statements(0, "sqlite", ":memory:"):
        connection.execute(statement)
    return connection


def _create(file: Path) -> None:
    """Make an empty store that appears complete; one that appears meanwhile is left alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    passing = temporary(file)
    try:
        connection = sqlite3.connect(passing, isolation_level=None)
        for statement in (*_EACH, "PRAGMA journal_mode = WAL", "BEGIN"):
            connection.execute(statement).fetchall()
        for statement in schema.statements(0, "sqlite", str(file)):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.close()
        try:
            os.link(passing, file)
        except OSError:  # there already, or a file system without links
            if not file.exists():
                passing.rename(file)
        force_folder(file.parent)
    finally:
        for name in (passing, *(Path(f"{passing}{end}") for end in ("-wal", "-shm"))):
            with suppress(OSError):
                name.unlink(missing_ok=True)


def _connected(file: Path) -> sqlite3.Connection:
    """Open a store, bring its schema forward, and refuse a newer one."""
    address = f"{file.absolute().as_uri()}?mode={_mode(file)}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    try:
        for statement in _EACH:
            connection.execute(statement).fetchall()
        _bring_forward(connection, file)
    except BaseException:
        connection.close()
        raise
    return connection


def _mode(file: Path) -> str:
    """Return how a store can be opened: a folder that cannot be written allows no locks."""
    if os.access(file, os.W_OK) and os.access(file.parent, os.W_OK):
        return "rw"
    return "ro" if Path(f"{file}-wal").exists() else _FROZEN


def _bring_forward(connection: sqlite3.Connection, file: Path) -> None:
    if not schema.statements(_version(connection, file), "sqlite", str(file)):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in schema.statements(_version(connection, file), "sqlite", str(file)):
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.rollback()
        raise


def _version(connection: sqlite3.Connection, file: Path) -> int:
    query = "SELECT name FROM sqlite_master WHERE name = 'schema_version'"
    if connection.execute(query).fetchone() is None:
        raise not_a_store(str(file))
    return int(connection.execute("SELECT version FROM schema_version").fetchone()[0])
