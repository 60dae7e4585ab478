"""What is held of every series, how far it reaches and what is missing at its end."""

from __future__ import annotations

from datetime import date

from comove.core.holding import Holding
from comove.core.observations import Observations
from comove.data import clocks
from comove.data.calendars import DAY, calendar, day_number
from comove.data.reader import BUNDLED, Facts, due_label


def holdings(facts: Facts, day: date) -> tuple[Holding, ...]:
    """List what was held at the end of a day in New York.

    Parameters
    ----------
    facts
        The layer to list.
    day
        As-of day.

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
    return tuple(_holding(facts, track, day) for track in tracks if len(track))


def _holding(facts: Facts, track: Observations, day: date) -> Holding:
    last = track.labels[-1]
    due = due_label(track.spec, day) or last.item()
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
