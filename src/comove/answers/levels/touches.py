"""Past touches of a level, and what followed them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.levels import Aftermath, TouchEvent
from comove.core.message import Quantity
from comove.core.observations import Floats, Observations
from comove.core.units import Unit


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Closes of a series in stretches of New York sessions.

    Attributes
    ----------
    week, month, quarter, half
        Closes in 5, 21, 63 and 126 sessions.
    """

    week: int
    month: int
    quarter: int
    half: int

    @classmethod
    def of(cls, track: Observations) -> Steps:
        """Return the steps of a series: a market that never closes has more of them."""
        if track.spec.clock.calendar == "24/7":
            return cls(week=7, month=30, quarter=91, half=182)
        return cls(week=5, month=21, quarter=63, half=126)


def events(values: Floats, path: Floats, above: bool, apart: int) -> tuple[int, ...]:
    """Find the first closes at a level or beyond.

    Parameters
    ----------
    values
        Shape (T,), closes.
    path
        Shape (T,), the level as known before each close; NaN where there is none.
    above
        Whether the level lies above the price, so that a touch comes from below.
    apart
        Closes short of the level that must come before a touch.

    Returns
    -------
    tuple of int
        Rows, ascending.

    Examples
    --------
    >>> events(np.array([1.0, 1.0, 3.0, 3.0, 1.0, 1.0, 2.0]), np.full(7, 2.0), True, 2)
    (2, 6)
    """
    with np.errstate(invalid="ignore"):
        touched = values >= path if above else values <= path
        short = values < path if above else values > path
    run, found = 0, []
    for row, (hit, clear) in enumerate(zip(touched.tolist(), short.tolist(), strict=True)):
        if hit and run >= apart:
            found.append(row)
        run = run + 1 if clear else 0
    return tuple(found)


def told(track: Observations, rows: tuple[int, ...], steps: Steps) -> tuple[TouchEvent, ...]:
    """Describe touches with what followed.

    Parameters
    ----------
    track
        The price.
    rows
        From :func:`events`.
    steps
        How long a month, a quarter and half a year are.

    Returns
    -------
    tuple of TouchEvent
        In the order of time.
    """
    unit: Unit = track.spec.unit  # type: ignore[assignment]
    return tuple(
        TouchEvent(
            day=track.labels[row].item(),
            close=Quantity(float(track.values[row]), unit),
            after_month=_after(track.values, row, steps.month),
            after_quarter=_after(track.values, row, steps.quarter),
            after_half=_after(track.values, row, steps.half),
        )
        for row in rows
    )


def _after(values: Floats, row: int, ahead: int) -> Quantity | None:
    if row + ahead >= len(values):
        return None
    return Quantity(float(values[row + ahead] / values[row]) - 1.0, "simple_return")


def aftermath(found: tuple[TouchEvent, ...]) -> tuple[Aftermath, ...]:
    """Count what followed all touches.

    Parameters
    ----------
    found
        From :func:`told`.

    Returns
    -------
    tuple of Aftermath
        After a month, a quarter, half a year.
    """
    held = {
        "month": [entry.after_month for entry in found],
        "quarter": [entry.after_quarter for entry in found],
        "half": [entry.after_half for entry in found],
    }
    return tuple(_counted(key, [q.value for q in each if q]) for key, each in held.items())


def _counted(key: str, values: list[float]) -> Aftermath:
    return Aftermath(
        key=key,
        count=len(values),
        rose=sum(value > 0.0 for value in values),
        median=Quantity(float(np.median(values)), "simple_return") if values else None,
    )
