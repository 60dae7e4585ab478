"""What is held of every series, how far it reaches and what is missing at its end."""

from __future__ import annotations

from datetime import date

import numpy as np

from comove.core.holding import Holding
from comove.core.observations import BUNDLED, Observations
from comove.core.series import SeriesSpec
from comove.data import clocks
from comove.data.calendars import DAY, calendar, day_number
from comove.data.reader import Facts, due_label

RECENT = 21
"""Days before the end of a day among which lies what is due in the course of it."""


def holdings(facts: Facts, day: date, now: np.datetime64 | None = None) -> tuple[Holding, ...]:
    """List what was held at the end of a day in New York, or in the course of it.

    Parameters
    ----------
    facts
        The layer to list.
    day
        As-of day.
    now
        UTC instant within it, after which nothing is due yet; by default the day is over.

    Returns
    -------
    tuple of Holding
        In the order of the catalogue; a series of which nothing was known is left out.

    Raises
    ------
    NoDataError
        When the day lies outside the bundled calendars.
    DamagedFileError
        When a file is not the published one.

    Examples
    --------
    >>> from comove.data.reader import Facts
    >>> held = {entry.spec.id: entry for entry in holdings(Facts(), date(2026, 2, 6))}
    >>> held["dfii10"].last, held["dfii10"].due, held["dfii10"].behind
    (datetime.date(2026, 2, 5), datetime.date(2026, 2, 5), 0)
    """
    asof = clocks.end_of_day(day)
    tracks = facts.truncated(asof).all_known()
    return tuple(
        _holding(facts, track, due_by(track.spec, day, now)) for track in tracks if len(track)
    )


def due_by(spec: SeriesSpec, day: date, now: np.datetime64 | None) -> date | None:
    """Return the last label of a series that could be known by now.

    Parameters
    ----------
    spec
        Its calendar, clock and publication rule decide.
    day
        In New York.
    now
        UTC instant within it; None when it is over.

    Returns
    -------
    datetime.date or None
        None when there is none of late.

    Raises
    ------
    NoDataError
        When the day lies outside the bundled calendars.

    Examples
    --------
    >>> from comove.data.reader import Facts
    >>> spec = Facts().catalogue["spy"]
    >>> due_by(spec, date(2026, 2, 6), np.datetime64("2026-02-06T15:00", "s"))
    datetime.date(2026, 2, 5)
    """
    due = due_label(spec, day)
    if due is None or now is None:
        return due
    last = day_number(due)
    labels = calendar(spec.clock.calendar).between(last - RECENT * DAY, last)
    _, known = clocks.instants(labels, spec)
    there: list[date] = labels[known <= now].tolist()
    return there[-1] if there else None


def _holding(facts: Facts, track: Observations, due: date | None) -> Holding:
    last = track.labels[-1]
    due = due or last.item()
    missing = calendar(track.spec.clock.calendar).between(last + DAY, day_number(due))
    record = facts.record(track.spec.id) if BUNDLED in track.origin else None
    return Holding(
        spec=track.spec,
        rows=len(track),
        first=track.labels[0].item(),
        last=last.item(),
        latest=float(track.values[-1]),
        due=due,
        behind=len(missing),
        origin=f"{record.origin} ({track.origin})" if record else track.origin,
        caveats=record.caveats if record else tuple(track.spec.caveats.items()),
    )
