"""The levels of one price: their value now, and day by day as it was known before each close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.levels_question import OwnLevel
from comove.core.observations import Floats, Instants, Observations
from comove.stats.moving_average import exponential, simple, weekly_closes

WEEKS = 200
DAYS = (50, 200)
YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One level.

    Attributes
    ----------
    key, name
        As in :class:`~comove.core.levels.PriceLevel`.
    value
        As known now.
    path
        Shape (T,): as known before the close of each day; NaN where it was not.
    since
        Day that set it.
    method
        Key of the word catalogues.
    """

    key: str
    value: float
    path: Floats
    method: str
    name: str = ""
    since: date | None = None


def lines(track: Observations, own: tuple[OwnLevel, ...]) -> tuple[Line, ...]:
    """List the levels of a price.

    Parameters
    ----------
    track
        On its own grid, as known.
    own
        The user's own levels of it.

    Returns
    -------
    tuple of Line
        Averages that the history is too short for are absent, never shortened.
    """
    return (
        *_weekly(track),
        *_daily(track),
        *_extremes(track),
        *_round_trip(track),
        *_own(track, own),
    )


def _before(path: Floats) -> Floats:
    """Shift a line by one day: what was known before a close leaves the close itself out."""
    return np.concatenate([[np.nan], path[:-1]])


def _weekly(track: Observations) -> Iterator[Line]:
    through = None if track.spec.clock.calendar == "24/7" else track.labels[-1]
    weeks, closes = weekly_closes(track.labels, track.values, through)
    if len(closes) < WEEKS:
        return
    for key, average in (("sma_200_week", simple), ("ema_200_week", exponential)):
        path = average(closes, WEEKS)
        last = np.searchsorted(weeks, track.labels, side="left") - 1
        known = np.where(last >= 0, path[np.maximum(last, 0)], np.nan)
        yield Line(key=key, value=float(path[-1]), path=known, method="moving_average")


def _daily(track: Observations) -> Iterator[Line]:
    for days in DAYS:
        if len(track) >= days:
            path = simple(track.values, days)
            yield Line(
                key=f"sma_{days}_day",
                value=float(path[-1]),
                path=_before(path),
                method="moving_average",
            )


def _extremes(track: Observations) -> Iterator[Line]:
    labels, values = track.labels, track.values
    for side, sign in (("high", 1.0), ("low", -1.0)):
        signed = sign * values
        year = _rolling_highest(labels, signed)
        whole = np.maximum.accumulate(signed)
        for key, path in ((f"{side}_year", year), (f"{side}_all", whole)):
            value = float(path[-1])
            inside = (
                labels > labels[-1] - YEAR if key.endswith("year") else np.full(len(labels), True)
            )
            set_on = np.flatnonzero(inside & (signed == value))[-1]
            yield Line(
                key=key,
                value=sign * value,
                path=_before(sign * _after_a_year(labels, path)),
                method="extreme",
                since=labels[set_on].item(),
            )


def _rolling_highest(labels: Instants, values: Floats) -> Floats:
    """Highest value of the 365 days that end on each day."""
    first = np.searchsorted(labels, labels - YEAR, side="right")
    found = np.empty(len(values))
    queue: list[int] = []
    for row, value in enumerate(values.tolist()):
        while queue and values[queue[-1]] <= value:
            queue.pop()
        queue.append(row)
        while queue[0] < first[row]:
            queue.pop(0)
        found[row] = values[queue[0]]
    return found


def _after_a_year(labels: Instants, path: Floats) -> Floats:
    """Leave out the first year: a high of a few days is no high of the year."""
    return np.where(labels >= labels[0] + YEAR, path, np.nan)


def _round_trip(track: Observations) -> Iterator[Line]:
    """Where the rise into the high of the year began: below it, that rise is given back."""
    labels, values = track.labels, track.values
    inside = np.flatnonzero(labels > labels[-1] - YEAR)
    peak = int(inside[np.argmax(values[inside])])
    before = np.flatnonzero((labels > labels[peak] - YEAR) & (labels <= labels[peak]))
    start = int(before[np.argmin(values[before])])
    if start >= peak:
        return
    path = np.where(labels > labels[peak], values[start], np.nan)
    yield Line(
        key="round_trip",
        value=float(values[start]),
        path=path,
        method="extreme",
        since=labels[start].item(),
    )


def _own(track: Observations, own: tuple[OwnLevel, ...]) -> Iterator[Line]:
    for entry in own:
        yield Line(
            key="own",
            name=entry.name,
            value=entry.value,
            path=np.full(len(track), entry.value),
            method="declared",
        )
