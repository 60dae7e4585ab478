"""Two sources disagree: both figures are kept, and a rule says which one is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from comove.core.holding import Finding
from comove.core.judged import Dispute, Places, figure
from comove.core.observations import Floats
from comove.data.calendars import Bools, member
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule
from comove.data.gates.rule import found as finding
from comove.data.gates.rules.split import ascending

TOLERANCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "usd": (0.0, 0.01),
        "jpy": (0.0, 0.01),
        "index": (0.0, 0.02),
        "vol_points": (0.0, 0.02),
        "percent": (0.02, 0.0),
        "basis_points": (0.5, 0.0),
    }
)
"""Unit to the absolute and the relative difference that two honest sources may show."""
OTHERWISE = (0.0, 0.01)
"""Tolerance for every other unit."""
REACH = 10.0
"""Robust standard deviations of daily changes within which a value is plausible."""
ENOUGH = 20
"""Changes from which reach is judged."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Disagreements:
    """Rows of a batch against one other source.

    Attributes
    ----------
    source
        Name of the other source.
    places
        Shape (n,): rows that differ by more than the tolerance.
    theirs
        Shape (n,): what the other source says.
    unlikely
        Shape (n,): the first value is out of reach of the previous level, the other one is not.
    """

    source: str
    places: Places
    theirs: Floats
    unlikely: Bools


def disagreements(batch: Batch) -> Iterator[Disagreements]:
    """Compare a batch with each of the other sources.

    Parameters
    ----------
    batch
        Of the first source, ascending.

    Yields
    ------
    Disagreements
        One per other source.

    Notes
    -----
    The order of sources decides.  Only a first value that is more than ten robust standard
    deviations of daily changes away from the previous one, while the other is within ten, gives
    way.  Closeness to the previous level alone would be a poor judge: on a day that moves, the
    stale figure is the closer one.
    """
    absolute, relative = TOLERANCE.get(batch.spec.unit, OTHERWISE)
    for name, rows in batch.beside.others.items():
        labels, values = ascending(rows)
        if not len(labels) or not len(batch):
            continue
        shared = np.flatnonzero(member(batch.labels, labels))
        theirs = values[np.searchsorted(labels, batch.labels[shared])]
        mine = batch.values[shared]
        allowed = np.maximum(absolute * (1 + 1e-9), relative * np.minimum(abs(mine), abs(theirs)))
        apart = np.abs(mine - theirs) > allowed
        places = shared[apart]
        yield Disagreements(
            source=name,
            places=places,
            theirs=theirs[apart],
            unlikely=_unlikely(batch, places, theirs[apart]),
        )


def _unlikely(batch: Batch, places: Places, theirs: Floats) -> Bools:
    timeline = batch.timeline
    flagged = np.zeros(len(places), dtype=bool)
    if len(timeline.values) <= ENOUGH or not len(places):
        return flagged
    log = batch.spec.change_is_log and bool((timeline.values > 0.0).all())
    log = log and bool((theirs > 0.0).all())
    levels = np.log(timeline.values) if log else timeline.values
    reach = REACH * 1.4826 * float(np.median(np.abs(np.diff(levels))))
    where = np.zeros(len(batch), dtype=np.int64)
    mine = timeline.rows >= 0
    where[timeline.rows[mine]] = np.flatnonzero(mine)
    at = where[places]
    before = levels[np.maximum(at - 1, 0)]
    other = np.log(theirs) if log else theirs
    far = np.abs(levels[at] - before) > reach
    return np.asarray((at > 0) & far & (np.abs(other - before) <= reach))


def flags(batch: Batch) -> Flags:
    """Flag rows that give way to another source."""
    flagged = np.zeros(len(batch), dtype=bool)
    references = np.full(len(batch), np.nan)
    for found in disagreements(batch):
        flagged[found.places[found.unlikely]] = True
        references[found.places] = found.theirs
    return Flags.first(flagged, references=references)


def disputes(batch: Batch) -> tuple[Dispute, ...]:
    """List every date on which another source says otherwise, with the choice made."""
    return tuple(
        Dispute(
            label=batch.labels[place].item(),
            value=float(batch.values[place]),
            other=float(theirs),
            source=found.source,
            chosen="other" if unlikely else "first",
            why="level" if unlikely else "order",
        )
        for found in disagreements(batch)
        for place, theirs, unlikely in zip(found.places, found.theirs, found.unlikely, strict=True)
    )


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Note how many accepted values another source contradicts."""
    return tuple(
        finding(
            batch,
            "sources",
            "note",
            "differ",
            source=found.source,
            count=len(found.places),
            day=batch.labels[found.places[0]].item(),
            value=figure(float(batch.values[found.places[0]])),
            other=figure(float(found.theirs[0])),
        )
        for found in disagreements(batch)
        if len(found.places)
    )


rule = Rule(
    key="sources",
    order=75,
    reasons=(("reach", "problem"),),
    flags=flags,
    finds=finds,
    disputes=disputes,
)
