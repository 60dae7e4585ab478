"""Simple and exponential moving averages, and the weekly closes they are usually taken of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, vector

Days = NDArray[np.datetime64]


def simple(values: ArrayLike, window: int) -> Floats:
    """Average the last ``window`` values at every row.

    Parameters
    ----------
    values
        Shape (T,), any unit.  No NaN.
    window
        Values averaged, the row itself included.

    Returns
    -------
    Floats
        Shape (T,), unit of the values; NaN in the first ``window - 1`` rows.  Read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``too_short`` when fewer than ``window`` values are held, or
        ``option`` when the window is below 1.

    Notes
    -----
    ``m(t) = (v(t) + ... + v(t-w+1)) / w``, each window summed afresh: a running sum would carry the
    rounding error of every value that has passed through it.

    Examples
    --------
    >>> simple([1.0, 2.0, 6.0], 2).tolist()
    [nan, 1.5, 4.0]
    """
    series = _series(values, window)
    averages = np.full(series.size, np.nan)
    averages[window - 1 :] = np.lib.stride_tricks.sliding_window_view(series, window).mean(axis=1)
    averages.setflags(write=False)
    return averages


def exponential(values: ArrayLike, span: int) -> Floats:
    """Average with weights that decay with age.

    Parameters
    ----------
    values
        Shape (T,), any unit.  No NaN.
    span
        Length that fixes the decay: a value loses weight by the factor ``(span-1)/(span+1)`` a row.

    Returns
    -------
    Floats
        Shape (T,), unit of the values; NaN in the first ``span - 1`` rows.  Read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``too_short`` when fewer than ``span`` values are held, or
        ``option`` when the span is below 1.

    Notes
    -----
    ``e(t) = e(t-1) + alpha (v(t) - e(t-1))``, ``alpha = 2 / (span + 1)``, started at row
    ``span - 1`` with the simple average of the first ``span`` values.  Other programs start at the
    first value; after s more rows the two differ by ``(1 - alpha)^s`` of the starting gap.

    Examples
    --------
    >>> exponential([1.0, 3.0, 5.0], 2).round(6).tolist()
    [nan, 2.0, 4.0]
    """
    series = _series(values, span)
    alpha = 2.0 / (span + 1.0)
    averages = np.full(series.size, np.nan)
    level = float(series[:span].mean())
    averages[span - 1] = level
    for row, value in enumerate(series[span:].tolist(), start=span):
        level += alpha * (value - level)
        averages[row] = level
    averages.setflags(write=False)
    return averages


def weekly_closes(
    days: ArrayLike, values: ArrayLike, through: np.datetime64 | None = None
) -> tuple[Days, Floats]:
    """Take the close of every completed week, Monday to Sunday.

    Parameters
    ----------
    days
        Shape (T,), datetime64, strictly ascending.
    values
        Shape (T,), the daily closes, any unit.  No NaN.
    through
        None for a series that trades every day: a week is complete when its Sunday is held, and
        its close is Sunday's.  A week whose Sunday is missing is left out, it is not filled.
        For an exchange series, the last day known about: a week is complete when its Sunday is not
        after that day, and its close is the last value held in it, on or before that day.

    Returns
    -------
    tuple[Days, Floats]
        The Sundays, datetime64[D], shape (m,), and the closes, shape (m,); m may be zero.
        Weeks without any value do not appear.  Read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, or ``not_ascending`` when the days are not in
        strict order.

    Examples
    --------
    >>> days = np.arange("2026-01-30", "2026-02-10", dtype="datetime64[D]")
    >>> weeks, closes = weekly_closes(days, np.arange(11.0))
    >>> weeks.astype(str).tolist(), closes.tolist()
    (['2026-02-01', '2026-02-08'], [2.0, 9.0])
    """
    series = vector(values, varies=False)
    calendar = np.asarray(days, dtype="datetime64[D]")
    if calendar.shape != series.shape:
        raise NotEstimable("shape", days=calendar.shape, values=series.shape)
    number = calendar.astype(np.int64)
    if np.isnat(calendar).any() or (np.diff(number) <= 0).any():
        raise NotEstimable("not_ascending")
    # day 0 of the calendar, 1970-01-01, was a Thursday: Sundays are 3 modulo 7
    sunday = number + (3 - number) % 7
    if through is None:
        chosen = number == sunday
    else:
        limit = int(through.astype("datetime64[D]").astype(np.int64))
        last_of_week = np.append(sunday[1:] != sunday[:-1], True)
        chosen = last_of_week & (sunday <= limit)
    weeks = sunday[chosen].astype("datetime64[D]")
    closes = series[chosen]
    weeks.setflags(write=False)
    closes.setflags(write=False)
    return weeks, closes


def _series(values: ArrayLike, window: int) -> Floats:
    if window < 1:
        raise NotEstimable("option", window=window)
    return vector(values, least=window, varies=False)
