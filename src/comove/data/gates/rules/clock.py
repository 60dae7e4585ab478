"""Dates that are a day off show against a series that moves on the same days."""

from __future__ import annotations

import numpy as np

from comove.core.errors import NotEstimable
from comove.core.holding import Finding
from comove.core.message import Name, Quantity
from comove.core.observations import Floats, Instants, Observations
from comove.core.series import SeriesSpec
from comove.data import clocks
from comove.data.clock_check import ClockCheck, clock_check
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule
from comove.data.gates.rule import found as finding

_NEW_YORK_BEHIND = np.timedelta64(5 * 3600, "s")


def sampled(spec: SeriesSpec, struck: Instants, values: Floats) -> tuple[Instants, Floats]:
    """Return the New York day of each strike, and levels whose differences are changes.

    Parameters
    ----------
    spec
        Prices change by logarithm.
    struck
        Shape (T,), ascending.
    values
        Shape (T,).

    Returns
    -------
    days, levels
        Shape (n,), the last value of each day.

    Notes
    -----
    Strikes lie between noon and 20:00 in New York, so the winter offset finds the day all year
    round.
    """
    days = (struck - _NEW_YORK_BEHIND).astype("M8[D]")
    last = np.concatenate([days[1:] != days[:-1], np.ones(min(len(days), 1), dtype=bool)])
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = np.log(values) if spec.change_is_log else values
    return days[last], levels[last]


def checked(
    spec: SeriesSpec, struck: Instants, values: Floats, related: Observations
) -> ClockCheck:
    """Compare the days a series moves on with those of another.

    Parameters
    ----------
    spec, struck, values
        The series, ascending.
    related
        The other.

    Returns
    -------
    ClockCheck
        Its ``verdict`` is the finding.

    Raises
    ------
    NotEstimable
        As :func:`comove.data.clock_check.clock_check`.
    """
    other = sampled(related.spec, related.struck, related.values)
    return clock_check(*sampled(spec, struck, values), *other)


def _checked(batch: Batch) -> ClockCheck | None:
    related = batch.beside.related
    if related is None or not len(batch):
        return None
    unstated = np.isnat(batch.struck)
    struck = np.where(unstated, clocks.struck(batch.labels, batch.spec.clock), batch.struck)
    if (struck[1:] < struck[:-1]).any():
        return None  # stated strikes that contradict the order of the dates tell nothing
    try:
        return checked(batch.spec, struck, batch.values, related)
    except NotEstimable:
        return None


def flags(batch: Batch) -> Flags:
    """Flag every row when the batch moves with the other day of its related series.

    Notes
    -----
    One date off is the whole batch off: the figures are right and their days are wrong, so none can
    be used until the clock is declared as it is.
    """
    check = _checked(batch)
    shifted = check is not None and check.verdict == "shifted"
    return Flags.first(np.full(len(batch), shifted))


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Note a clock that the related series cannot confirm, when there is enough to tell."""
    check, related = _checked(batch), batch.beside.related
    if check is None or related is None or check.verdict != "unclear":
        return ()
    figures = {name: Quantity(getattr(check, name), "correlation") for name in _FIGURES}
    return (finding(batch, "clock", "note", "unclear", related=Name(related.spec.id), **figures),)


_FIGURES = ("before", "same", "after")

rule = Rule(key="clock", order=90, reasons=(("shifted", "problem"),), flags=flags, finds=finds)
