"""Which store is meant: the one on this machine, or one that a team shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comove.data.store.home import FILE, home, shared

if TYPE_CHECKING:
    from comove.core.store import Store


def open_store(where: str | Path | None = None) -> Store:
    """Open a store; nothing is made before the first row is written.

    Parameters
    ----------
    where
        A folder, or an address that begins with ``postgresql://``.  None: what the environment
        variable ``COMOVE_STORE`` names, else the folder of :func:`~comove.data.store.home.home`.

    Returns
    -------
    Store
        To be used in a ``with`` statement.

    Raises
    ------
    StoreError
        When a server is named and psycopg is not installed, or it does not answer.
    """
    where = str(where or shared() or home())
    if where.startswith(("postgresql://", "postgres://")):
        from comove.data.store.postgres import PostgresStore

        return PostgresStore(where)
    from comove.data.store.sqlite import SqliteStore

    return SqliteStore(Path(where))


def existing_store() -> Store | None:
    """Open the user's store if there is one; costs a look at one file name if there is none.

    Returns
    -------
    Store or None
        None when no server is named and no file is there.
    """
    if shared():
        return open_store()
    if (home() / FILE).exists():
        return open_store()
    return None
