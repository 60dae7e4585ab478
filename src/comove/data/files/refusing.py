"""The one error of a file that is not what it should be, with the place where it is not."""

from __future__ import annotations

from pathlib import Path

from comove.core.errors import UnreadableFileError

LONGEST = 40
"""Characters of a cell that an error repeats."""


def unreadable(reason: str, text: str, hint: str = "", /, **values: object) -> UnreadableFileError:
    """Build the error.

    Parameters
    ----------
    reason
        The rest of its code after ``file.``.
    text, hint
        In English, with fields.
    **values
        What fills them; a cell is cut to 40 characters.

    Returns
    -------
    UnreadableFileError
        To be raised.
    """
    shown = {name: _short(value) for name, value in values.items()}
    return UnreadableFileError(f"file.{reason}", text, hint, **shown)


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > 4 * LONGEST:
        return value[: 4 * LONGEST] + "..."
    return value


def cell(text: object) -> str:
    """Return a cell as an error shows it: quoted, printable, short."""
    shown = str(text)
    return repr(shown if len(shown) <= LONGEST else shown[:LONGEST] + "...")


def unopened(file: Path, cause: OSError) -> UnreadableFileError:
    """Build the error of a file that the operating system does not give.

    Parameters
    ----------
    file
        Its path.
    cause
        What the operating system said.

    Returns
    -------
    UnreadableFileError
        To be raised.
    """
    return unreadable(
        "unopened",
        "{file} cannot be read: {reason}.",
        "Check the path and its permissions.",
        file=str(file),
        reason=cause.strerror or type(cause).__name__,
    )
