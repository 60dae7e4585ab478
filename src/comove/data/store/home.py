"""Where a user's own data live on this machine."""

from __future__ import annotations

import os
from pathlib import Path

FILE = "store.sqlite"


def home() -> Path:
    """Return the folder of the store; it need not exist.

    Returns
    -------
    pathlib.Path
        What the environment variable ``COMOVE_HOME`` names, else the platform's folder for user
        data: ``~/.local/share/comove`` on Linux.
    """
    named = os.environ.get("COMOVE_HOME", "")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("comove", appauthor=False)


def shared() -> str:
    """Return the address of a store shared on a PostgreSQL server; empty when none is named.

    Returns
    -------
    str
        What the environment variable ``COMOVE_STORE`` holds.  It may contain a password: never
        show it.
    """
    return os.environ.get("COMOVE_STORE", "")
