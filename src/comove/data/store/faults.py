"""What the disk and the database complain about, said with the path."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from comove.core.errors import StoreError

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FORBIDDEN = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def named(where: str) -> Iterator[None]:
    """Turn what goes wrong inside into a StoreError that names the place.

    Parameters
    ----------
    where
        Path of the store.

    Raises
    ------
    StoreError
        In place of OSError and sqlite3.Error.
    """
    try:
        yield
    except OSError as cause:
        raise _of_disk(cause, where) from cause
    except sqlite3.Error as cause:
        raise _of_sqlite(cause, where) from cause


def full(where: str) -> StoreError:
    """Return the error of a disk without space."""
    return StoreError(
        "store.full",
        "{path} cannot be written: no space left.",
        "Free some space; what was stored before is intact.",
        path=where,
    )


def denied(where: str) -> StoreError:
    """Return the error of a folder that may not be used."""
    return StoreError(
        "store.denied",
        "{path} cannot be opened or written: permission denied.",
        "Name another folder with COMOVE_HOME, or change its permissions.",
        path=where,
    )


def broken(where: str, cause: object) -> StoreError:
    """Return the error of a disk or database that fails."""
    return StoreError(
        "store.io",
        "{path} cannot be read or written ({cause}).",
        "Check the disk; what was stored before is as it was.",
        path=where,
        cause=cause,
    )


def busy(where: str) -> StoreError:
    """Return the error of a store that another process does not let go."""
    return StoreError(
        "store.busy",
        "{path} is in use by another process.",
        "Try again when its import has ended.",
        path=where,
    )


def not_a_store(where: str) -> StoreError:
    """Return the error of a file that is no store, or no longer."""
    return StoreError(
        "store.not_a_store",
        "{path} is damaged or is no store of comove.",
        "Move it away and bring back a backup.",
        path=where,
    )


def _of_disk(cause: OSError, where: str) -> StoreError:
    path = str(cause.filename or where)
    if cause.errno in _FULL:
        return full(path)
    if cause.errno in _DENIED:
        return denied(path)
    return broken(path, cause.strerror or type(cause).__name__)


def _of_sqlite(cause: sqlite3.Error, where: str) -> StoreError:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return full(where)
    if code in _FORBIDDEN:
        return denied(where)
    if code in _LOCKED:
        return busy(where)
    if code in _BROKEN:
        return not_a_store(where)
    return broken(where, cause)
