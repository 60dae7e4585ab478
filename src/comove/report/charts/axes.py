"""Axes with their words: round numbers in the reader's unit, dates in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from comove.core.message import say
from comove.report.charts.lettering import measure
from comove.report.charts.scene import Axis, Number
from comove.report.charts.ticks import calendar_days, decimals, round_numbers
from comove.report.words import Words

_SCALES = {"simple_return": 100.0, "share": 100.0, "log_return": 100.0}
_APART = 18.0


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which numbers an axis shows, and how finely.

    Attributes
    ----------
    unit
        A name of :mod:`comove.core.units`.
    count
        Intervals wanted.
    least, most
        Values that are shown whatever the data say; None for the data alone.
    round
        End the axis on round numbers; otherwise where the data end.
    """

    unit: str
    count: int = 5
    least: float | None = None
    most: float | None = None
    round: bool = True


def number_axis(values: Iterable[object], span: Span, words: Words, title: str = "") -> Axis:
    """Lay out an axis of numbers.

    Parameters
    ----------
    values
        Everything that must fit; whatever is not a finite number is left out.
    span
        Unit and fineness.
    words
        Of the reader.
    title
        What is measured.

    Returns
    -------
    Axis
        With ticks in the unit as it is read: returns in percent.

    Examples
    --------
    >>> words = Words("en", {"chart.tick.share": "{number}%"})
    >>> number_axis((0.0, 0.31), Span(unit="share", count=4), words).ticks[-1]
    (0.4, '40%')
    """
    shown = numeric((*values, span.least, span.most)) or (0.0, 1.0)
    low, high = min(shown), max(shown)
    places = round_numbers(low, high, span.count)
    step = (places[1] - places[0]) * _SCALES.get(span.unit, 1.0)
    if span.round or low == high:
        low, high = places[0], places[-1]
    ticks = tuple(
        (place, tick(place, span.unit, words, decimals(float(f"{step:.9g}"))))
        for place in places
        if low <= place <= high
    )
    return Axis(low=low, high=high, ticks=ticks, title=title)


def numeric(values: Iterable[object]) -> tuple[float, ...]:
    """Keep the finite numbers.

    Parameters
    ----------
    values
        Numbers and gaps.

    Returns
    -------
    tuple of float
        In order.

    Examples
    --------
    >>> numeric((1, None, float("nan"), 2.5))
    (1.0, 2.5)
    """
    return tuple(value for value in map(coordinate, values) if value is not None)


def coordinate(value: object) -> Number:
    """Read one value of a column.

    Parameters
    ----------
    value
        A number, or anything else for a gap.

    Returns
    -------
    float or None
        None for what is not a finite number.

    Examples
    --------
    >>> coordinate(True) is None
    True
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < float("inf") else None


def tick(value: float, unit: str, words: Words, places: int) -> str:
    """Write a tick.

    Parameters
    ----------
    value
        In the unit.
    unit
        A name of :mod:`comove.core.units`.
    words
        Of the reader.
    places
        Decimals, the same along the whole axis.

    Returns
    -------
    str
        E.g. ``"-40%"``.

    Examples
    --------
    >>> tick(-0.4, "share", Words("en", {"chart.tick.share": "{number}%"}), 0)
    '-40%'
    """
    number = f"{value * _SCALES.get(unit, 1.0) + 0.0:,.{places}f}"
    key = f"chart.tick.{unit}"
    shown = words.text(say(key, number=number.lstrip("-"))) if words.has(key) else number
    return f"-{shown}" if words.has(key) and number.startswith("-") else shown


def day_axis(days: Iterable[str], room: float, words: Words) -> Axis:
    r"""Lay out a calendar axis.

    Parameters
    ----------
    days
        ISO dates that must fit.
    room
        Pixels the axis is long.
    words
        Of the reader.

    Returns
    -------
    Axis
        In proleptic ordinal days; the year stands below the first tick and wherever it changes.

    Examples
    --------
    >>> english = {"chart.month.names": "J F M A M J J A S O N D", "chart.month.year": "{year}"}
    >>> axis = day_axis(("2025-10-01", "2026-02-06"), 300.0, Words("en", english))
    >>> [text for _, text in axis.ticks]
    ['O\n2025', 'N', 'D', 'J\n2026', 'F']
    """
    known = [date.fromisoformat(day) for day in days]
    first, last = min(known), max(known)
    widest = measure(_day(date(2026, 12, 28), words)) if (last - first).days < 100 else 0.0
    month = max(measure(_month(date(2026, 12, 1), words)), measure("2026"))
    ticks, daily = calendar_days(first, last, max(2, int(room / (max(widest, month) + _APART))))
    texts = [_day(day, words) if daily else _month(day, words) for day in ticks]
    years = [""] + [str(day.year) for day in ticks[:-1]]
    marked = tuple(
        (
            float(day.toordinal()),
            text if str(day.year) == year else f"{text}\n{_year(day, words)}",
        )
        for day, text, year in zip(ticks, texts, years[: len(ticks)], strict=True)
    )
    low, high = float(first.toordinal()), float(last.toordinal())
    return Axis(low=low, high=high if high > low else low + 1.0, ticks=marked, grid=False)


def ordinal(day: object) -> float:
    """Place an ISO date on a calendar axis.

    Parameters
    ----------
    day
        ISO text.

    Returns
    -------
    float
        Proleptic ordinal day.

    Examples
    --------
    >>> ordinal("2026-02-06") - ordinal("2026-02-05")
    1.0
    """
    return float(date.fromisoformat(str(day)).toordinal())


def _month(day: date, words: Words) -> str:
    return words.label("chart.month.names").split(" ")[day.month - 1]


def _year(day: date, words: Words) -> str:
    return words.text(say("chart.month.year", year=str(day.year)))


def _day(day: date, words: Words) -> str:
    return words.value(day, "short")
