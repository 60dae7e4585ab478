"""On which days a value is due, and when New York closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NoDataError
from comove.core.observations import Instants
from comove.core.panel import Sessions
from comove.data.manifest import Manifest, damaged

FOLDER = Path(__file__).with_name("calendars")
FIRST = np.datetime64("2014-12-01")
LAST = np.datetime64("2034-12-31")
"""The bundled calendars answer for these days."""

_PUBLISHED_TO = np.datetime64("2035-01-31")
"""Federal holidays are known a little further: the last labels have a day of publication too."""

DAY = np.timedelta64(1, "D")
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days on which a value is due.

    Attributes
    ----------
    name
        As in a series' clock.
    days
        numpy's business-day calendar: its week and its holidays.
    last
        The last day it knows.
    """

    name: str
    days: np.busdaycalendar
    last: np.datetime64 = LAST

    def holds(self, labels: Instants) -> Bools:
        """Tell which days are in the calendar.

        Parameters
        ----------
        labels
            Shape (T,), ``datetime64[D]``.

        Returns
        -------
        Bools
            Shape (T,).

        Raises
        ------
        NoDataError
            When a day lies outside the bundled calendars.

        Examples
        --------
        >>> calendar("US-FED").holds(np.array(["2025-10-13", "2025-10-14"], dtype="M8[D]")).tolist()
        [False, True]
        """
        within(labels, self.last)
        return np.is_busday(labels, busdaycal=self.days)

    def next_after(self, labels: Instants) -> Instants:
        """Return the first day of the calendar after each label.

        Parameters
        ----------
        labels
            Shape (T,), ``datetime64[D]``; they need not be in the calendar.

        Returns
        -------
        Instants
            Shape (T,), ``datetime64[D]``.

        Raises
        ------
        NoDataError
            When an answer lies outside the bundled calendars.
        """
        found = np.busday_offset(labels + DAY, 0, roll="forward", busdaycal=self.days)
        within(labels, self.last)
        within(found, self.last)
        return np.asarray(found)

    def between(self, first: np.datetime64, last: np.datetime64) -> Instants:
        """Return the days of the calendar from ``first`` to ``last``, both included.

        Parameters
        ----------
        first, last
            ``datetime64[D]``.

        Returns
        -------
        Instants
            Shape (n,), ``datetime64[D]``; empty when ``last`` is before ``first``.

        Raises
        ------
        NoDataError
            When the span leaves the bundled calendars.
        """
        span = np.arange(first, last + DAY, dtype="M8[D]")
        return span[self.holds(span)]


def within(labels: Instants, last: np.datetime64 = LAST) -> None:
    """Refuse days that the bundled calendars do not know.

    Parameters
    ----------
    labels
        ``datetime64[D]``.
    last
        The last day that is known.

    Raises
    ------
    NoDataError
        Naming the first such day.
    """
    outside = labels[(labels < FIRST) | (labels > last)]
    if len(outside):
        raise NoDataError(
            "data.beyond_calendar",
            "{day} is outside the bundled calendars, which run from {first} to {last}.",
            "Ask about a day within them, or install a newer comove.",
            day=outside[0].item(),
            first=FIRST.item(),
            last=last.item(),
        )


def member(labels: Instants, among: Instants) -> Bools:
    """Tell which labels occur among others.

    Parameters
    ----------
    labels
        Shape (T,); NaT occurs nowhere.
    among
        Shape (n,), ascending, not empty.

    Returns
    -------
    Bools
        Shape (T,).

    Notes
    -----
    ``numpy.isin`` would do, but its first call imports ``numpy.ma`` and costs more than reading
    sixteen series.
    """
    places = np.minimum(np.searchsorted(among, labels), len(among) - 1)
    return np.asarray(among[places] == labels)


def day_number(day: date) -> np.datetime64:
    """Return a date as ``datetime64[D]``."""
    return np.datetime64(day, "D")


@cache
def sessions() -> Sessions:
    """Return the closes of the New York Stock Exchange.

    Returns
    -------
    Sessions
        Every session from 2014-12-01 to 2034-12-31; early closes at their own instant, scheduled
        and unscheduled closures left out.

    Examples
    --------
    >>> found = sessions()
    >>> str(found.instants[found.labels == np.datetime64("2025-11-28")][0])
    '2025-11-28T18:00:00'
    """
    tokens = _tokens("XNYS.csv")
    labels = np.array(tokens[0::2]).astype("M8[D]")
    closes = np.array(tokens[1::2], dtype="S16").astype("M8[s]")
    for array in (labels, closes):
        array.setflags(write=False)
    return Sessions("XNYS", labels, closes)


@cache
def calendar(name: str) -> Calendar:
    """Return a calendar.

    Parameters
    ----------
    name
        ``XNYS``, ``XNYS-DAYS``, ``US-BOND``, ``US-FED``, ``FX`` or ``24/7``.

    Returns
    -------
    Calendar
        Days outside 2014-12-01 to 2034-12-31 are refused when asked about.

    Raises
    ------
    NoDataError
        For any other name.
    """
    if name == "24/7":
        return Calendar(name, np.busdaycalendar("1111111"))
    if name in ("XNYS", "XNYS-DAYS"):
        days = np.arange(FIRST, LAST + DAY, dtype="M8[D]")
        return _weekdays(name, days[~member(days, sessions().labels)])
    if name in ("US-BOND", "US-FED"):
        holidays = np.array(_tokens(f"{name}.csv")[0::2]).astype("M8[D]")
        return _weekdays(name, holidays, _PUBLISHED_TO if name == "US-FED" else LAST)
    if name == "FX":
        return _weekdays(name, _christmas_and_new_year())
    raise NoDataError("data.unknown_calendar", "There is no calendar {name}.", name=name)


def _weekdays(name: str, holidays: Instants, last: np.datetime64 = LAST) -> Calendar:
    return Calendar(name, np.busdaycalendar("1111100", holidays), last)


def _christmas_and_new_year() -> Instants:
    years = np.arange(FIRST, LAST + DAY, dtype="M8[Y]").astype("M8[D]")
    return np.sort(np.concatenate([years, (years.astype("M8[Y]") + 1).astype("M8[D]") - 7 * DAY]))


def _tokens(file: str) -> list[bytes]:
    """Return the cells of a two-column calendar file, header left out."""
    content = Manifest.load(FOLDER).read(file)
    tokens = content.replace(b"\n", b",").split(b",")[2:-1]
    if len(tokens) % 2:
        raise damaged(file)
    return tokens
