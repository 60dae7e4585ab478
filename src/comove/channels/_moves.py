"""How far a series moved over the window, in units of its own ordinary moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.channels._window import direction, place, rolling_sum, window_days
from comove.core.case import Case
from comove.core.driver import Driver
from comove.core.errors import NoDataError
from comove.core.estimate import Estimate
from comove.core.evidence import Evidence, Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.core.panel import Changes
from comove.core.units import Unit

LEAST_ROWS = 60
"""Earlier changes without which a series' ordinary move is unknown."""
AS_TOLD = 1.0
"""Standard deviations from which a move counts as the one the story tells of."""
HARDLY = 0.25
"""Standard deviations below which a series has not moved."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A move the story needs.

    Attributes
    ----------
    driver
        What moves; its title is ``driver.<key>``.
    toward
        The sign it takes when assets fall for this reason.
    listed
        False for a move that helps to decide but is not listed as evidence.
    """

    driver: Driver
    toward: float
    listed: bool = True


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move over the window.

    Attributes
    ----------
    driver
        What moved.
    change
        Log return or difference, in the unit of the series.
    unit
        How ``change`` is stated; yields in basis points.
    sigma
        ``change`` in standard deviations of as many earlier sessions.
    rank
        Share of earlier windows of the same length with a smaller change.
    nobs, first, last
        Sessions, and the days the move starts from and ends on.
    """

    driver: Driver
    change: float
    unit: Unit
    sigma: float
    rank: float | None
    nobs: int
    first: date
    last: date


def move(case: Case, driver: Driver) -> Move | None:
    """Measure a move over the window of the question.

    Parameters
    ----------
    case
        With a grid, whose episode is the window.
    driver
        Its legs must have been read; it need not have entered the split.

    Returns
    -------
    Move or None
        None when a leg is missing, ended before the window's end, has fewer than 60 earlier
        changes, never moved, or is circular to an asset asked about: what is, or is made from, an
        asset cannot be told apart from it, so its move is no evidence on why the asset moved.

    Notes
    -----
    ``sigma = change / (sd sqrt(n))`` with sd of the ``baseline`` changes before the window.
    """
    if case.grid is None or any(leg not in case.snapshot.tracks for leg in driver.series):
        return None
    if any(case.snapshot.circular(leg, asset) for leg in driver.series for asset in case.assets):
        return None
    try:
        changes = case.snapshot.panel(driver.series).changes()
    except NoDataError:
        return None
    start, end = (np.datetime64(day, "D") for day in window_days(case.grid))
    inside = np.flatnonzero((changes.labels > start) & (changes.labels <= end))
    if not inside.size or changes.labels[-1] < end or inside[0] < LEAST_ROWS:
        return None
    return _measured(case, driver, changes, inside)


def _measured(
    case: Case, driver: Driver, changes: Changes, inside: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> Move | None:
    unit, scale = _unit(case, driver)
    series = scale * driver.change(changes)
    begin, nobs = int(inside[0]), len(inside)
    spread = float(series[max(begin - case.question.baseline, 0) : begin].std())
    if spread == 0.0:
        return None
    change = float(series[inside].sum())
    return Move(
        driver=driver,
        change=change,
        unit=unit,
        sigma=change / (spread * math.sqrt(nobs)),
        rank=place(change, rolling_sum(series[:begin], nobs)),
        nobs=nobs,
        first=changes.labels[begin - 1].item(),
        last=changes.labels[inside[-1]].item(),
    )


def _unit(case: Case, driver: Driver) -> tuple[Unit, float]:
    specs = [case.snapshot[leg].spec for leg in driver.series]
    if all(spec.change_is_log for spec in specs):
        return "log_return", 1.0
    if all(spec.unit == "percent" for spec in specs):
        return "basis_points", 100.0
    named: Unit = "vol_points" if specs[0].unit == "vol_points" else "index"
    return named, 1.0


def moved(found: Move) -> Message:
    """Return the move as a clause, ``reading.moved.*`` by its sign and kind."""
    if found.change == 0.0:
        return say("reading.moved.flat", driver=Name(f"driver.{found.driver.key}"))
    change = Quantity(found.change, found.unit)
    way = "up" if found.change > 0.0 else "down"
    if found.unit == "log_return" and len(found.driver.legs) == 1:
        change = Quantity(math.expm1(found.change), "simple_return")
        way = f"price_{way}"
    return say(
        f"reading.moved.{way}",
        driver=Name(f"driver.{found.driver.key}"),
        change=change,
        sigma=Quantity(found.sigma, "sigma"),
    )


def move_evidence(case: Case, told: Told) -> Evidence | None:
    """Compare a move with what the story says.

    Parameters
    ----------
    case
        The question.
    told
        The move the story needs.

    Returns
    -------
    Evidence or None
        ``supports`` from one standard deviation in the direction told; ``against`` when it moved
        the other way or by less than a quarter of one; ``cannot_tell`` between, and where
        the assets went different ways.  None when it cannot be measured.
    """
    found = move(case, told.driver)
    if found is None:
        return None
    toward = direction(case)
    along = found.sigma * told.toward * -toward
    verdict: Verdict = "cannot_tell"
    if toward == 0.0:
        return state_move(found, verdict)
    if along >= AS_TOLD:
        verdict = "supports"
    elif along < HARDLY:
        verdict = "against"
    return state_move(found, verdict)


def state_move(found: Move, verdict: Verdict) -> Evidence:
    """State a move as evidence.

    Parameters
    ----------
    found
        The move.
    verdict
        What it says about the proposition.

    Returns
    -------
    Evidence
        An exact figure with its rank in history.
    """
    return Evidence(
        says=say("reading.sentence", clause=moved(found)),
        estimate=Estimate(
            value=found.change,
            unit=found.unit,
            nobs=found.nobs,
            first=found.first,
            last=found.last,
            method="move_in_sigma",
            exact=True,
        ),
        rank=found.rank,
        verdict=verdict,
        method="move_in_sigma",
    )
