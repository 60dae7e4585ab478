"""Files that are there whole or not at all, and stay when the power goes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash leaves it complete or absent.

    Parameters
    ----------
    path
        Its folder is made when absent.  A file of that name is replaced.
    content
        All of it.

    Raises
    ------
    OSError
        When the disk is full, read-only or fails; no file of that name has been changed.

    Notes
    -----
    Written under a temporary name, forced to stable storage, renamed, and the folder forced too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = temporary(path)
    try:
        with passing.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except BaseException as cause:
        with suppress(OSError):
            passing.unlink(missing_ok=True)
        if isinstance(cause, OSError) and cause.filename is None:
            cause.filename = str(path)  # a write that fails does not say where
        raise
    force_folder(path.parent)


def temporary(path: Path) -> Path:
    """Return a name beside a path that no other process uses and that ends in ``.tmp``."""
    return path.with_name(f"{path.name}.{os.getpid()}.tmp")


def force_folder(folder: Path) -> None:
    """Force the names in a folder to stable storage, where the platform can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
