"""The tables, version by version; an older store is brought forward, a newer one is refused."""

from __future__ import annotations

from comove.core.errors import StoreError

VERSION = 2

_FIRST = (
    """CREATE TABLE batch (
        id BIGINT PRIMARY KEY, key TEXT NOT NULL, recorded BIGINT NOT NULL,
        received BIGINT NOT NULL, quarantined BIGINT NOT NULL, written BIGINT NOT NULL,
        unchanged BIGINT NOT NULL, payload TEXT NOT NULL, digest TEXT NOT NULL)""",
    "CREATE INDEX batch_key ON batch (key)",
    """CREATE TABLE track (
        id BIGINT PRIMARY KEY, series TEXT NOT NULL, source TEXT NOT NULL,
        UNIQUE (series, source))""",
    """CREATE TABLE observation (
        track BIGINT NOT NULL, label BIGINT NOT NULL, known BIGINT NOT NULL, batch BIGINT NOT NULL,
        struck BIGINT NOT NULL, value {real}, PRIMARY KEY (track, label, known, batch)){packed}""",
    """CREATE TABLE quarantine (
        id BIGINT PRIMARY KEY, batch BIGINT NOT NULL, series TEXT NOT NULL, source TEXT NOT NULL,
        rule TEXT NOT NULL, reason TEXT NOT NULL, label BIGINT, value {real}, raw TEXT NOT NULL)""",
    """CREATE TABLE payload (
        key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size BIGINT NOT NULL, received BIGINT NOT NULL,
        source TEXT NOT NULL, body {blob})""",
    "CREATE TABLE schema_version (version BIGINT NOT NULL)",
)

_BULK = (
    """CREATE TABLE part (
        id BIGINT PRIMARY KEY, batch BIGINT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL,
        rows BIGINT NOT NULL, footer BIGINT NOT NULL, footer_sha256 TEXT NOT NULL)""",
    """CREATE TABLE part_track (
        track BIGINT NOT NULL, part BIGINT NOT NULL, place BIGINT NOT NULL, start BIGINT NOT NULL,
        length BIGINT NOT NULL, sha256 TEXT NOT NULL, rows BIGINT NOT NULL, first BIGINT NOT NULL,
        last BIGINT NOT NULL, known BIGINT NOT NULL, PRIMARY KEY (track, part)){packed}""",
)

STEPS: dict[int, tuple[str, ...]] = {1: _FIRST, 2: _BULK}
"""Version to the statements that lead to it from the one before."""

DIALECTS = {
    "sqlite": {"real": "REAL", "blob": "BLOB", "packed": " WITHOUT ROWID"},
    "postgres": {"real": "DOUBLE PRECISION", "blob": "BYTEA", "packed": ""},
}


def statements(found: int, dialect: str, where: str) -> tuple[str, ...]:
    """Return what brings a store forward to the current version.

    Parameters
    ----------
    found
        Version of the store; 0 for an empty one.
    dialect
        ``sqlite`` or ``postgres``.
    where
        Path or address, for the error.

    Returns
    -------
    tuple of str
        To be run in one transaction; empty when the store is current.

    Raises
    ------
    StoreError
        When the store is of a later version than this code knows.

    Examples
    --------
    >>> statements(VERSION, "sqlite", "store.sqlite")
    ()
    """
    if found > VERSION:
        raise StoreError(
            "store.newer",
            "{path} was written by a newer comove (its schema is {found}, this one knows {known}).",
            "Install a newer comove; nothing has been changed.",
            path=where,
            found=found,
            known=VERSION,
        )
    if found == VERSION:
        return ()
    names = DIALECTS[dialect]
    steps = [text for step in range(found + 1, VERSION + 1) for text in STEPS[step]]
    return (
        *(text.format(**names) for text in steps),
        "DELETE FROM schema_version",
        f"INSERT INTO schema_version VALUES ({VERSION})",  # noqa: S608 - a number of ours
    )
