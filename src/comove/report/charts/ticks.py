"""Where an axis is marked: round numbers and calendar dates, no more than there is room for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_NOTHING = 1e-100
"""A span below which powers of ten lose their digits."""


def round_step(span: float, count: int) -> float:
    """Choose a round distance between ticks.

    Parameters
    ----------
    span
        Length of the axis, above zero.
    count
        Intervals wanted.

    Returns
    -------
    float
        The smallest of 1, 2, 2.5, 5 times a power of ten that gives at most ``count`` intervals.

    Examples
    --------
    >>> round_step(0.47, 5)
    0.1
    """
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(
        float(f"{step * power:.12g}") for step in _STEPS if step * power >= raw * (1 - 1e-9)
    )


def round_numbers(low: float, high: float, count: int) -> tuple[float, ...]:
    """Mark an axis with round numbers that enclose what is shown.

    Parameters
    ----------
    low, high
        Ends of what is shown; ends as good as equal are widened.
    count
        Intervals wanted.

    Returns
    -------
    tuple of float
        Ascending; the first is at or below ``low``, the last at or above ``high``.

    Examples
    --------
    >>> round_numbers(-0.47, 0.0, 5)
    (-0.5, -0.4, -0.3, -0.2, -0.1, 0.0)
    """
    if high - low <= _NOTHING:
        pad = abs(low) * 0.1
        pad = 1.0 if pad <= _NOTHING else pad
        low, high = low - pad, high + pad
    step = round_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{place * step:.12g}") + 0.0 for place in range(first, last + 1))


def decimals(step: float) -> int:
    """Return how many decimals the multiples of ``step`` need.

    Parameters
    ----------
    step
        Distance between ticks, as it is written.

    Returns
    -------
    int
        0 to 8.

    Examples
    --------
    >>> decimals(2.5)
    1
    """
    for places in range(8):
        if math.isclose(step * 10**places, round(step * 10**places), abs_tol=1e-9 * 10**places):
            return places
    return 8


def calendar_days(first: date, last: date, most: int) -> tuple[tuple[date, ...], bool]:
    """Mark a time axis with days, Mondays, months or years.

    Parameters
    ----------
    first, last
        Ends of the axis.
    most
        Ticks there is room for, at least 2.

    Returns
    -------
    days : tuple of date
        Ascending, within the axis.
    daily
        True when the ticks name days, False when they name months.

    Examples
    --------
    >>> days, daily = calendar_days(date(2025, 9, 2), date(2026, 2, 6), 6)
    >>> days[0], daily
    (datetime.date(2025, 10, 1), False)
    """
    span = (last - first).days + 1
    for step in (1, 2, 7, 14):
        if span <= 100 and span / step <= most:
            return tuple(_days(first, last, step)), True
    for months in (1, 2, 3, 6, 12, 24, 60, 120):
        ticks = tuple(_months(first, last, months))
        if len(ticks) <= most:
            return ticks, False
    return (), False


def _days(first: date, last: date, step: int) -> Iterator[date]:
    day = first if step < 7 else first + timedelta(days=-first.weekday() % 7)
    while day <= last:
        yield day
        day += timedelta(days=step)


def _months(first: date, last: date, step: int) -> Iterator[date]:
    place = first.year * 12 + first.month - (1 if first.day == 1 else 0)
    place += -place % step
    while (day := date(place // 12, place % 12 + 1, 1)) <= last:
        yield day
        place += step
