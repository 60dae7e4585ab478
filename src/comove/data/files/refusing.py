"""How an error shows what a user's file holds: quoted, printable, short."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comove.core.errors import UnreadableFileError

LONGEST = 40
"""Characters of a cell that an error repeats."""
MOST = 12
"""Names that an error lists."""


def cell(text: object) -> str:
    """Return a cell as an error shows it.

    Parameters
    ----------
    text
        As found.

    Returns
    -------
    str
        Quoted, at most 40 characters.

    Examples
    --------
    >>> cell("12,5")
    "'12,5'"
    """
    shown = str(text)
    return repr(shown if len(shown) <= LONGEST else shown[:LONGEST] + "...")


def listed(names: Sequence[str]) -> str:
    """Return names as an error lists them.

    Parameters
    ----------
    names
        Of columns or sheets.

    Returns
    -------
    str
        At most twelve, each cut to 40 characters.
    """
    shown = [name[:LONGEST] for name in names[:MOST]]
    return ", ".join(shown + ["..."] * (len(names) > MOST)) or "-"


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
    return UnreadableFileError(
        "file.unopened",
        "{file} cannot be read: {reason}.",
        "Check the path and its permissions.",
        file=str(file),
        reason=cause.strerror or type(cause).__name__,
    )
