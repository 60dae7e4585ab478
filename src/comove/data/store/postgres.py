"""The store a team shares: the same tables on a PostgreSQL server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from comove.core.errors import StoreError
from comove.core.source import Payload
from comove.data.store import schema
from comove.data.store.codec import damaged
from comove.data.store.faults import busy, denied, full
from comove.data.store.ledger import COLUMNS, Ledger, Session
from comove.data.store.sqlite import new_folder, write_copy

if TYPE_CHECKING:
    import psycopg

LOCK = 0x636F6D6F7665
"""Key of the advisory lock that one writer holds: the letters of comove."""

PATIENCE = 60_000
"""Milliseconds that one writer waits for another, and that any statement may wait for a lock."""

_TABLES = ("batch", "track", "observation", "quarantine")


class _Transaction:
    """A session on an open transaction."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Ask."""
        return iter(self._connection.execute(_theirs(query), values).fetchall())

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Change."""
        self._connection.execute(_theirs(statement), values)

    def many(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert."""
        cursor = self._connection.cursor()
        with cursor.copy(_theirs(f"COPY {table} FROM STDIN")) as copy:
            for row in rows:
                copy.write_row(row)

    def stream(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield every row of a table without holding all of them."""
        with self._connection.cursor(name=f"copy_{table}") as cursor:
            cursor.itersize = 10_000
            query = f"SELECT * FROM {table}"  # noqa: S608 - a table of the schema
            yield from cursor.execute(_theirs(query))

    def columns(self, query: str, values: Sequence[object]) -> np.ndarray[Any, Any]:
        """Ask for rows of :data:`~comove.data.store.ledger.COLUMNS`, behind the track of each."""
        cursor = self._connection.cursor(binary=True)
        found = cursor.execute(_theirs(query), values).fetchall()
        return np.array(found, dtype=[("track", "i8"), *COLUMNS.descr])


class PostgresStore(Ledger):
    """A schema of a PostgreSQL database that many machines read and write.

    Parameters
    ----------
    address
        ``postgresql://user:password@host/database``; the tables live in the schema ``comove``.

    Raises
    ------
    StoreError
        When psycopg is not installed.

    Notes
    -----
    Writers take turns by an advisory lock; readers see one state of the store and wait for nobody.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self.where = _public(address)
        self._lock = RLock()
        self._kept: psycopg.Connection | None = None

    def __exit__(self, *failure: object) -> None:
        """Close the connection."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._begun("READ COMMITTED") as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield _Transaction(connection)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._begun("REPEATABLE READ, READ ONLY") as connection:
            yield _Transaction(connection)

    @contextmanager
    def _begun(self, mode: str) -> Iterator[psycopg.Connection]:
        driver = _driver(self.where)
        with self._lock:
            try:
                connection = self._connection(driver)
                connection.execute(_theirs(f"BEGIN ISOLATION LEVEL {mode}"))
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(driver.Error):
                        connection.execute("ROLLBACK")
                    raise
            except driver.Error as cause:
                if self._kept is not None and self._kept.closed:
                    self._kept = None
                raise self._fault(cause) from cause

    def _connection(self, driver: Any) -> psycopg.Connection:  # noqa: ANN401 - a module
        if self._kept is None or self._kept.closed:
            connection = driver.connect(self._address, autocommit=True, connect_timeout=10)
            try:
                connection.execute("SET search_path TO comove")
                connection.execute(f"SET lock_timeout TO {PATIENCE}")
                connection.execute("SET synchronous_commit TO on")
                self._bring_forward(connection)
            except BaseException:
                connection.close()
                raise
            self._kept = connection
        return self._kept

    def _bring_forward(self, connection: psycopg.Connection) -> None:
        if not schema.statements(_version(connection), "postgres", self.where):
            return
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            connection.execute("CREATE SCHEMA IF NOT EXISTS comove")
            for statement in schema.statements(_version(connection), "postgres", self.where):
                connection.execute(_theirs(statement))

    def _fault(self, cause: Exception) -> StoreError:
        kind = type(cause).__name__
        said = str(cause).partition("\n")[0].replace(self._address, self.where)
        if kind == "DiskFull":
            return full(self.where)
        if kind == "LockNotAvailable":
            return busy(self.where)
        if kind in ("InsufficientPrivilege", "ReadOnlySqlTransaction"):
            return denied(self.where)
        return StoreError(
            "store.server",
            "{path} does not answer, or refuses ({cause}).",
            "Check COMOVE_STORE and the server, or leave it aside with --offline.",
            path=self.where,
            cause=said,
        )

    def _columns(
        self, session: Session, tracks: Sequence[int], latest: int, newest: int
    ) -> dict[int, np.ndarray[Any, Any]]:
        query = (
            "SELECT track, label, known, batch, struck, value FROM observation"
            " WHERE track = ANY(?) AND known <= ? AND batch <= ?"
            " ORDER BY track, label, known, batch"
        )
        assert isinstance(session, _Transaction)  # noqa: S101 - sessions are made here
        rows = session.columns(query, (list(tracks), latest, newest))
        starts = np.searchsorted(rows["track"], tracks, side="left")
        ends = np.searchsorted(rows["track"], tracks, side="right")
        return {
            track: _packed(rows[start:end])
            for track, start, end in zip(tracks, starts, ends, strict=True)
        }

    def _keep_bytes(self, session: Session, key: str, content: bytes, payload: Payload) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        received = int(payload.received.astype("M8[s]").astype("i8"))
        row = (key, sha256, len(content), received, payload.request.source, content)
        session.many("payload", [row])

    def _kept_bytes(self, session: Session, key: str) -> tuple[bytes, str, str]:
        query = "SELECT body, sha256 FROM payload WHERE key = ?"
        body, sha256 = next(session.rows(query, (key,)))
        return bytes(body), sha256, f"{self.where} payload {key[:16]}"

    def backup(self, target: Path) -> Path:
        """Write a copy as a folder, which is an embedded store.

        Parameters
        ----------
        target
            A folder that does not exist yet.

        Returns
        -------
        pathlib.Path
            ``target``.

        Raises
        ------
        StoreError
            When it exists already, or the server or the disk fails.
        DamagedFileError
            When a payload on the server is not what was kept.
        """
        with new_folder(target) as passing, self._reading() as session:
            assert isinstance(session, _Transaction)  # noqa: S101 - sessions are made here
            tables = [(table, session.stream(table)) for table in _TABLES]
            write_copy(passing, tables, self._payloads(session))
        return target

    def _payloads(self, session: Session) -> Iterator[tuple[tuple[object, ...], bytes]]:
        query = "SELECT key, sha256, size, received, source FROM payload ORDER BY key"
        for row in session.rows(query):
            content, sha256, where = self._kept_bytes(session, row[0])
            if hashlib.sha256(content).hexdigest() != sha256:
                raise damaged(where)
            yield row, content


def _packed(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    found = np.empty(len(rows), dtype=COLUMNS)
    for name in COLUMNS.names or ():
        found[name] = rows[name]
    return found


def _theirs(statement: str) -> Any:  # noqa: ANN401 - psycopg asks for literal text
    return statement.replace("?", "%s")


def _version(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT to_regclass('comove.schema_version')").fetchone()
    if found is None or found[0] is None:
        return 0
    version = connection.execute("SELECT version FROM schema_version").fetchone()
    return int(version[0]) if version else 0


def _public(address: str) -> str:
    """Return an address without its password."""
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    return f"postgresql://{user}{parts.hostname or ''}{parts.path}"


def _driver(where: str) -> Any:  # noqa: ANN401 - a module
    try:
        import psycopg
    except ImportError as cause:
        raise StoreError(
            "store.no_driver",
            "{path} is a PostgreSQL store, and psycopg is not installed.",
            "Install it: pip install 'comove[postgres]'.",
            path=where,
        ) from cause
    return psycopg
