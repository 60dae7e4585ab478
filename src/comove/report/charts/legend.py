"""What the inks of a plot mean, above the plot, in as few rows as the room allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comove.report.charts.lettering import measure
from comove.report.charts.scene import Ink, Label, Margins
from comove.report.charts.svg import LINE_HEIGHT

_APART, _NEAR = 18.0, 5.0


@dataclass(frozen=True)
class Key:
    """A sign in its ink and what it stands for.

    Attributes
    ----------
    sign
        ``●``, ``◆``, ``■``, a dash.
    ink
        Of the sign.
    text
        What it stands for.
    """

    sign: str
    ink: Ink
    text: str

    @property
    def width(self) -> float:
        """Pixels the key takes in its row."""
        return measure(self.sign) + _NEAR + measure(self.text) + _APART


def rows(keys: Sequence[Key], room: float) -> tuple[tuple[Key, ...], ...]:
    """Divide keys into rows.

    Parameters
    ----------
    keys
        In order.
    room
        Pixels across.

    Returns
    -------
    tuple of tuple of Key
        As few rows as they fit in; a key wider than the room has a row of its own.

    Examples
    --------
    >>> wide = Key("●", "a", "a long explanation")
    >>> [len(row) for row in rows((wide, wide, wide), 300.0)]
    [2, 1]
    """
    found: list[list[Key]] = []
    left = 0.0
    for key in keys:
        if not found or left + key.width - _APART > room:
            found.append([])
            left = 0.0
        found[-1].append(key)
        left += key.width
    return tuple(tuple(row) for row in found)


def height(keys: Sequence[Key], room: float) -> float:
    """Return the pixels the rows take above the plot."""
    return LINE_HEIGHT * len(rows(keys, room))


def labels(keys: Sequence[Key], room: float, margins: Margins) -> tuple[Label, ...]:
    """Set the rows at the upper left corner of the picture.

    Parameters
    ----------
    keys
        In order.
    room
        Pixels across.
    margins
        Of the picture; the upper one must hold :func:`height`.

    Returns
    -------
    tuple of Label
        Sign and text of every key.
    """
    found: list[Label] = []
    for place, row in enumerate(rows(keys, room)):
        down = LINE_HEIGHT * (place + 1) - 3.0 - margins.top
        left = -margins.left
        for key in row:
            text = left + measure(key.sign) + _NEAR
            found.append(Label(x=None, y=None, text=key.sign, ink=key.ink, dx=left, dy=down))
            found.append(Label(x=None, y=None, text=key.text, dx=text, dy=down))
            left += key.width
    return tuple(found)
