"""The last step: a document becomes bytes, and bytes go where they were asked for."""

from __future__ import annotations

import errno
import os
import tempfile
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import BinaryIO, Protocol, cast, runtime_checkable

from comove.core.document import Document
from comove.core.errors import OutputError
from comove.core.protocols import Writer
from comove.core.registry import member
from comove.report.screen import Screen

ROOM = "comove.report.writers"


@runtime_checkable
class Fitting(Protocol):
    """A writer whose lines depend on the width and the colours of a screen."""

    def fitted(self, screen: Screen) -> Writer:
        """Return a writer for a screen."""


def formats() -> tuple[str, ...]:
    """List the output formats.

    Returns
    -------
    tuple of str
        Sorted; the name of a writer's file is that of its format, and none is imported.

    Examples
    --------
    >>> {"csv", "json", "md", "text"} <= set(formats())
    True
    """
    room = import_module(ROOM)
    built_in = (entry.name for entry in iter_modules(room.__path__))
    added = (point.name for point in entry_points(group=ROOM))
    return tuple(sorted({name for name in (*built_in, *added) if name[0] != "_"}))


def render(
    document: Document,
    format: str,  # noqa: A002 - what the command line calls it
    language: str,
    screen: Screen | None = None,
) -> bytes:
    """Write a document.

    Parameters
    ----------
    document
        Any.
    format
        One of :func:`formats`.
    language
        ``"en"`` or ``"ja"``.
    screen
        Where text will be shown; 80 columns without colour by default.

    Returns
    -------
    bytes
        The document in that format.

    Raises
    ------
    OutputError
        For a format that does not exist, or words that are missing.
    QuestionError
        For a language that is not spoken.
    """
    found = _writer(format) if format in formats() else None
    if found is None:
        raise OutputError(
            "output.format",
            "There is no format {format}.",
            "Choose from {known}.",
            format=format,
            known=", ".join(formats()),
        )
    if screen is not None and isinstance(found, Fitting):
        found = found.fitted(screen)
    return found.write(document, language)


def deliver(data: bytes, out: Path | None, stream: BinaryIO) -> None:
    """Put bytes where they were asked for.

    Parameters
    ----------
    data
        A rendered document.
    out
        A file, which is replaced in one step or not at all; None for the stream.
    stream
        Standard output as bytes.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    try:
        if out is None:
            stream.write(data)
            stream.flush()
        else:
            _replace(out, data)
    except BrokenPipeError:
        raise
    except OSError as cause:
        raise _refused(out or Path("-"), cause) from cause


def _writer(name: str) -> Writer:
    return cast("Writer", member(ROOM, name).writer)


def _replace(out: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a reader never sees half a file."""
    if out.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(out))
    if out.exists() and not out.is_file():
        out.write_bytes(data)  # a pipe or a device cannot be renamed over
        return
    target = out.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.chmod(_mode(target))
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Rights of the file replaced, or those of any new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refused(out: Path, cause: OSError) -> OutputError:
    lost = isinstance(cause, FileNotFoundError | NotADirectoryError)
    if lost and not out.parent.is_dir():
        return OutputError(
            "output.folder",
            "The folder {folder} does not exist.",
            "Create it first or choose another place with --out.",
            folder=out.parent,
        )
    if isinstance(cause, IsADirectoryError):
        return OutputError(
            "output.is_folder",
            "{path} is a folder, not a file.",
            "Give --out a file name.",
            path=out,
        )
    if lost or isinstance(cause, PermissionError) or cause.errno == errno.EROFS:
        return OutputError(
            "output.denied",
            "{path} cannot be written: permission denied.",
            "Choose another place with --out.",
            path=out,
        )
    if cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            "output.full",
            "{path} cannot be written: no space left.",
            "Free some space or choose another place with --out.",
            path=out,
        )
    return OutputError(
        "output.unwritable",
        "{path} cannot be written: {cause}.",
        "Choose another place with --out.",
        path=out,
        cause=cause.strerror or cause,
    )
