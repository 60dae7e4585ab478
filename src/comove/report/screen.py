"""What is known of the place where text is shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

USUAL_WIDTH = 80


@dataclass(frozen=True)
class Screen:
    """Width and colour of a terminal.

    Attributes
    ----------
    width
        Columns.
    colour
        True when colour codes are understood and wanted.

    Examples
    --------
    >>> Screen()
    Screen(width=80, colour=False)
    """

    width: int = USUAL_WIDTH
    colour: bool = False

    @classmethod
    def of(cls, stream: IO[str], environment: Mapping[str, str]) -> Screen:
        """Look at a stream.

        Parameters
        ----------
        stream
            Where the text goes.
        environment
            ``NO_COLOR`` turns colour off, ``FORCE_COLOR`` on; ``COLUMNS`` sets the width;
            ``TERM=dumb`` has no colour.

        Returns
        -------
        Screen
            80 columns without colour when the stream is not a terminal.
        """
        terminal = stream.isatty()
        colour = terminal and environment.get("TERM") != "dumb"
        if environment.get("FORCE_COLOR"):
            colour = True
        if environment.get("NO_COLOR"):
            colour = False
        return cls(_width(stream, environment, terminal=terminal), colour)


def _width(stream: IO[str], environment: Mapping[str, str], *, terminal: bool) -> int:
    wanted = environment.get("COLUMNS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    if not terminal:
        return USUAL_WIDTH
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH
