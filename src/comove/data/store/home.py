"""Where a user's own data live on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FILE = "store.sqlite"


def home() -> Path:
    """Return the folder of the store; it need not exist.

    Returns
    -------
    pathlib.Path
        What the environment variable ``COMOVE_HOME`` names, else ``comove`` in the folder where the
        platform keeps data of its users' programs: ``~/.local/share`` on Linux unless
        ``XDG_DATA_HOME`` names another, ``~/Library/Application Support`` on macOS,
        ``%LOCALAPPDATA%`` on Windows.
    """
    named = os.environ.get("COMOVE_HOME", "")
    return Path(named).expanduser() if named else _usual() / "comove"


def _usual() -> Path:
    # platformdirs knows more platforms, but loading it costs every command 20 ms
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME", "") or Path.home() / ".local" / "share")


def shared() -> str:
    """Return the address of a store shared on a PostgreSQL server; empty when none is named.

    Returns
    -------
    str
        What the environment variable ``COMOVE_STORE`` holds.  It may contain a password: never
        show it.
    """
    return os.environ.get("COMOVE_STORE", "")
