"""The window as the explanations speak of it: days, direction, names."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from comove.core.case import Case, Grid
from comove.core.message import Message, Name, say
from comove.core.observations import Floats

LEAST_WINDOWS = 20
"""Earlier windows without which nothing is said about a place in history."""


def direction(case: Case) -> float:
    """Return -1 for a fall, +1 for a rise, 0 where the assets went different ways.

    Parameters
    ----------
    case
        Of an episode the direction is known; of any other window it is that of the moves.

    Returns
    -------
    float
        -1, 0 or 1.
    """
    if case.found or not case.totals:
        return -1.0 if case.falling else 1.0
    signs = {math.copysign(1.0, total.value) for total in case.totals}
    return signs.pop() if len(signs) == 1 else 0.0


def asset_direction(case: Case, asset: int) -> float:
    """Return the sign of the move asked about: the episode's, elsewhere the asset's own."""
    return direction(case) if case.found else math.copysign(1.0, case.totals[asset].value)


def window_days(grid: Grid) -> tuple[date, date]:
    """Return the day of the level the move starts from and the day it ends on."""
    return grid.day(max(grid.episode.start - 1, 0)), grid.day(grid.episode.stop - 1)


def length(rows: slice) -> int:
    """Return the number of rows in a range."""
    return int(rows.stop - rows.start)


def move_word(case: Case) -> Message:
    """Return the word for what is explained: fall, rise, or move where nothing was found."""
    if not case.found:
        return say("reading.move.window")
    return say("reading.move.fell" if case.falling else "reading.move.rose")


def proposition(case: Case, channel: str, assets: tuple[str, ...] | None = None) -> Message:
    """Return what the commentary claims, in the direction and window of the question.

    Parameters
    ----------
    case
        The question.
    channel
        Its key; the sentences are ``channel.<key>.proposition.fell``, ``.rose`` and ``.window``.
    assets
        Those the claim is about; all by default.

    Returns
    -------
    Message
        Fields ``assets``; for a window that is no joint episode also ``start`` and ``end``.
    """
    names = tuple(Name(asset) for asset in assets or case.assets)
    key = f"channel.{channel}.proposition"
    if case.found or case.grid is None:
        return say(f"{key}.fell" if case.falling else f"{key}.rose", assets=names)
    start, end = window_days(case.grid)
    return say(f"{key}.window", assets=names, start=start, end=end)


def rolling_sum(values: Floats, size: int) -> Floats:
    """Return the sums over every run of ``size`` consecutive rows.

    Parameters
    ----------
    values
        Shape (T, ...). No NaN.
    size
        Rows per sum, >= 1.

    Returns
    -------
    Floats
        Shape (max(T - size + 1, 0), ...).

    Examples
    --------
    >>> rolling_sum(np.array([1.0, 2.0, 4.0]), 2).tolist()
    [3.0, 6.0]
    """
    if len(values) < size:
        return np.zeros((0, *values.shape[1:]))
    total = np.cumsum(values, axis=0)
    out: Floats = total[size - 1 :].copy()
    out[1:] -= total[:-size]
    return out


def place(value: float, history: Floats) -> float | None:
    """Return the share of the history that lies below a value; None when it is too short.

    Parameters
    ----------
    value
        The figure.
    history
        Shape (n,), earlier figures of the same kind.

    Returns
    -------
    float or None
        0..1; a tie counts half.

    Examples
    --------
    >>> place(2.5, np.arange(40.0)), place(2.5, np.arange(4.0)) is None
    (0.075, True)
    """
    if len(history) < LEAST_WINDOWS:
        return None
    return float((history < value).mean() + 0.5 * (history == value).mean())


def extremity(value: float, history: Floats, toward: float) -> float | None:
    """Return the share of the history that is less extreme in the direction ``toward``."""
    return place(toward * value, toward * history)
