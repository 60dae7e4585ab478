"""Pictures made of characters: bars and small curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

_STEPS = "▁▂▃▄▅▆▇█"
_RIGHT = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def curve(values: Sequence[float | None], room: int, low: float, high: float) -> str:
    """Draw values as a row of blocks.

    Parameters
    ----------
    values
        In order; None and NaN leave a gap.
    room
        Columns; longer rows are thinned, each column showing its most extreme value.
    low, high
        Values of the lowest and the highest block.

    Returns
    -------
    str
        At most ``room`` characters.

    Examples
    --------
    >>> curve([0.0, -0.1, -0.2, None, -0.4], 5, -0.4, 0.0)
    '█▆▅ ▁'
    """
    span = high - low or 1.0
    marks = []
    for value in thin(values, room):
        if value is None:
            marks.append(" ")
        else:
            place = round((value - low) / span * (len(_STEPS) - 1))
            marks.append(_STEPS[min(max(place, 0), len(_STEPS) - 1)])
    return "".join(marks)


def thin(values: Sequence[float | None], room: int) -> list[float | None]:
    """Keep one value per column: the one farthest from zero.

    Parameters
    ----------
    values
        In order.
    room
        Columns, at least one.

    Returns
    -------
    list
        At most ``room`` values.
    """
    if len(values) <= room:
        return [value if value is not None and isfinite(value) else None for value in values]
    edges = [len(values) * column // room for column in range(room + 1)]
    columns = []
    for start, stop in pairwise(edges):
        known = [value for value in values[start:stop] if value is not None and isfinite(value)]
        columns.append(max(known, key=abs) if known else None)
    return columns


def shade(first: int, last: int, count: int, room: int) -> str:
    """Underline the columns in which some of the values of :func:`curve` lie.

    Parameters
    ----------
    first, last
        Positions of the first and the last value underlined.
    count
        Number of values.
    room
        Columns of the curve.

    Returns
    -------
    str
        Spaces and lines.
    """
    columns = min(count, room)
    start, stop = first * columns // count, (last * columns) // count
    return " " * start + "▔" * (stop - start + 1)


def bar(value: float, room: int, low: float, high: float) -> str:
    """Draw one value as a bar from zero.

    Parameters
    ----------
    value
        Drawn to the right of zero, or to the left when negative.
    room
        Columns between ``low`` and ``high``.
    low, high
        Ends of the scale; zero lies between them.

    Returns
    -------
    str
        Zero at the same column for every value of one scale; a value too small for a block is a
        thin line, which may stand one column beyond ``room``.

    Examples
    --------
    >>> bar(0.5, 8, -1.0, 1.0), bar(-0.5, 8, -1.0, 1.0)
    ('    ██', '  ██')
    """
    span = high - low or 1.0
    zero = round(-low / span * room)
    length = abs(value) / span * room
    if value < 0:
        halves = min(round(2 * length), 2 * zero)
        blocks = "▐" * (halves % 2) + "█" * (halves // 2)
        return " " * (zero - len(blocks)) + (blocks or "│")
    eighths = min(round(8 * length), 8 * (room - zero))
    blocks = "█" * (eighths // 8) + _RIGHT[eighths % 8]
    return " " * zero + (blocks or "│")
