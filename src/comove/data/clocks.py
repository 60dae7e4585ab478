"""When the value behind a label was struck, and when it became known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NoDataError
from comove.core.observations import Instants
from comove.core.series import Clock, Publication, SeriesSpec
from comove.data.calendars import DAY, calendar, day_number, member, sessions

NEW_YORK = "America/New_York"
CLOSE_MINUTE = 16 * 60
PUBLISHED = "16:15"
"""Wall time in New York by which the H.15 and H.10 releases of the day are out."""

_OMITTED = np.array(["2023-08-01", "2023-09-12"], dtype="M8[D]")
"""Treasury yields that the H.15 release of the next day left out and the one after it added, by the
Federal Reserve Board's notices of 2023-08-04 and 2023-09-14."""

_PROBE = timedelta(days=15)


def minute_of(time: str) -> int:
    """Return the minute of the day of ``"HH:MM"``.

    Parameters
    ----------
    time
        Wall time.

    Returns
    -------
    int
        0 to 1439.

    Examples
    --------
    >>> minute_of("16:15")
    975
    """
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def utc(days: Instants, time: str, zone: str) -> Instants:
    """Return the instants of a wall time on given days.

    Parameters
    ----------
    days
        Shape (T,), ``datetime64[D]``, local calendar days.
    time
        Local wall time, ``"HH:MM"``.
    zone
        IANA name.

    Returns
    -------
    Instants
        Shape (T,), ``datetime64[s]`` UTC.  A wall time that a clock change skips is read with the
        offset before the change; one that occurs twice is its first occurrence.

    Raises
    ------
    NoDataError
        When there is no such time zone.

    Examples
    --------
    >>> utc(np.array(["2026-03-06", "2026-03-09"], dtype="M8[D]"), "16:00", NEW_YORK)
    array(['2026-03-06T21:00:00', '2026-03-09T20:00:00'],
          dtype='datetime64[s]')
    """
    midnight: Instants = days.astype("M8[s]")
    local = midnight + np.timedelta64(60 * minute_of(time), "s")
    if not len(days):
        return local
    years = days.astype("M8[Y]").astype(int) + 1970
    switches, offsets = _offsets(zone, *_span(int(years.min()), int(years.max())))
    # Local time of a switch: the larger offset, so that skipped and repeated hours keep the old one
    thresholds = switches + np.maximum(offsets[:-1], offsets[1:]).astype("m8[s]")
    in_force = offsets[np.searchsorted(thresholds, local, side="right")]
    return np.asarray(local - in_force.astype("m8[s]"))


def _span(first: int, last: int) -> tuple[int, int]:
    """Widen years to the bundled calendars, so that all series share one search for switches."""
    return min(first, 2014) - 1, max(last, 2034) + 2


@cache
def _offsets(zone: str, first: int, last: int) -> tuple[Instants, NDArray[np.int64]]:
    """Return the UTC instants at which a zone's offset switches, and the offsets around them.

    The offset is asked for twice a month and each switch is then bisected to the second: some
    hundreds of conversions for any number of labels.
    """
    try:
        info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise NoDataError(
            "data.unknown_zone", "There is no time zone {zone}.", "Write an IANA name.", zone=zone
        ) from error

    def offset(instant: datetime) -> int:
        found = instant.astimezone(info).utcoffset()
        return int(found.total_seconds()) if found is not None else 0

    switches: list[datetime] = []
    at = datetime(first, 1, 1, tzinfo=UTC)
    end = datetime(last, 1, 1, tzinfo=UTC)
    offsets = [offset(at)]
    while at < end:
        after = at + _PROBE
        if offset(after) != offsets[-1]:
            before = at
            while after - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
                before, after = (
                    (middle, after) if offset(middle) == offsets[-1] else (before, middle)
                )
            switches.append(after)
            offsets.append(offset(after))
        at += _PROBE
    naive = [switch.replace(tzinfo=None) for switch in switches]
    return np.array(naive, dtype="M8[s]"), np.array(offsets, dtype=np.int64)


def struck(labels: Instants, clock: Clock) -> Instants:
    """Return when the values behind labels were struck.

    Parameters
    ----------
    labels
        Shape (T,), ``datetime64[D]``, ascending.
    clock
        The series' clock.

    Returns
    -------
    Instants
        Shape (T,), ``datetime64[s]`` UTC.

    Notes
    -----
    For the calendar ``XNYS`` the strike keeps its distance to the exchange's close: a 16:15 value
    of a day that closes at 13:00 is struck at 13:15.  A label that is no session keeps the wall
    time.

    Examples
    --------
    >>> vix = Clock(time="16:15", zone=NEW_YORK)
    >>> str(struck(np.array(["2025-11-28"], dtype="M8[D]"), vix)[0])
    '2025-11-28T18:15:00'
    """
    instants = utc(labels + clock.day_offset * DAY, clock.time, clock.zone)
    if clock.calendar != "XNYS":
        return instants
    closes = sessions()
    places = np.minimum(np.searchsorted(closes.labels, labels), len(closes.labels) - 1)
    shift = np.timedelta64(60 * (minute_of(clock.time) - CLOSE_MINUTE), "s")
    return np.where(closes.labels[places] == labels, closes.instants[places] + shift, instants)


def known(labels: Instants, struck_at: Instants, publication: Publication) -> Instants:
    """Return when values became known.

    Parameters
    ----------
    labels
        Shape (T,), ``datetime64[D]``.
    struck_at
        Shape (T,), ``datetime64[s]`` UTC.
    publication
        ``at_once``: when struck.  ``next_business_day``: 16:15 New York on the next day federal
        offices are open, which need not be the next session; a business day later for two yields
        of 2023 that a release left out.  ``weekly``: 16:15 New York on the Monday after the label's
        week, or the next federal business day.

    Returns
    -------
    Instants
        Shape (T,), ``datetime64[s]`` UTC.

    Raises
    ------
    NoDataError
        When the day of publication lies beyond the bundled calendars.

    Examples
    --------
    >>> friday = np.array(["2025-10-10"], dtype="M8[D]")
    >>> str(known(friday, friday.astype("M8[s]"), "next_business_day")[0])
    '2025-10-14T20:15:00'
    """
    if publication == "at_once":
        return struck_at
    after = labels
    if publication == "weekly":
        weekday = (labels.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        after = labels + (6 - weekday).astype("m8[D]")
    published = calendar("US-FED").next_after(after)
    if publication == "next_business_day":
        late = member(labels, _OMITTED)
        published = np.where(late, calendar("US-FED").next_after(published), published)
    return utc(published, PUBLISHED, NEW_YORK)


def instants(labels: Instants, spec: SeriesSpec) -> tuple[Instants, Instants]:
    """Return when labelled values of a series were struck and became known.

    Parameters
    ----------
    labels
        Shape (T,), ``datetime64[D]``, ascending.
    spec
        The catalogue row.

    Returns
    -------
    struck, known
        Shape (T,) each, ``datetime64[s]`` UTC.
    """
    struck_at = struck(labels, spec.clock)
    return struck_at, known(labels, struck_at, spec.publication)


def end_of_day(day: date) -> np.datetime64:
    """Return the end of a day in New York.

    Parameters
    ----------
    day
        The as-of day.

    Returns
    -------
    numpy.datetime64
        UTC instant of 00:00 New York on the following day.

    Examples
    --------
    >>> str(end_of_day(date(2026, 2, 6)))
    '2026-02-07T05:00:00'
    """
    found: np.datetime64 = ends_of_days(np.array([day_number(day)]))[0]
    return found


def ends_of_days(days: Instants) -> Instants:
    """Return the ends of days in New York, shape (T,), UTC; see :func:`end_of_day`."""
    return utc(days + DAY, "00:00", NEW_YORK)
