"""Days of the series' own calendar that are missing; its holidays are not gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from comove.core.holding import Finding
from comove.core.judged import Places
from comove.core.message import Quantity
from comove.core.observations import Instants
from comove.core.series import SeriesSpec
from comove.data import calendars
from comove.data.calendars import Bools, calendar, member
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Rule
from comove.data.gates.rule import found as finding

RUN = 5
"""Longest run of missing days that is a peculiarity and not a problem."""
SHARE = 0.01
"""Largest share of missing days that is a peculiarity and not a problem."""
DAILY = 4
"""Days between labels from which a series is not daily: its calendar does not say what is due."""


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Days that are due and not there.

    Attributes
    ----------
    count
        Missing days.
    longest
        The longest run of them.
    day
        Where that run starts.
    due
        Days due.
    """

    count: int
    longest: int
    day: date | None
    due: int

    @property
    def outcome(self) -> Literal["ok", "note", "problem"]:
        """``ok``, ``note`` or ``problem``."""
        if not self.count:
            return "ok"
        return "problem" if self.longest > RUN or self.count > SHARE * self.due else "note"


def gaps(labels: Instants, spec: SeriesSpec) -> Gaps:
    """Count the days missing between the first and the last label.

    Parameters
    ----------
    labels
        Shape (T,), ascending, at least one.
    spec
        Its calendar decides what is due; days outside the bundled calendars are not judged.

    Returns
    -------
    Gaps
        Holidays do not count.
    """
    first, last = max(labels[0], calendars.FIRST), min(labels[-1], calendars.LAST)
    due = calendar(spec.clock.calendar).between(first, last)
    missing = ~member(due, labels)
    if not missing.any():
        return Gaps(count=0, longest=0, day=None, due=len(due))
    starts, lengths = runs(missing)
    worst = int(np.argmax(lengths))
    day: date = due[starts[worst]].item()
    return Gaps(count=int(missing.sum()), longest=int(lengths[worst]), day=day, due=len(due))


def runs(flagged: Bools) -> tuple[Places, Places]:
    """Return where runs of True start, and how long they are."""
    edges = np.diff(np.concatenate([[0], flagged.astype(np.int64), [0]]))
    starts = np.flatnonzero(edges == 1)
    return starts, np.flatnonzero(edges == -1) - starts


def daily(labels: Instants) -> bool:
    """Tell whether labels follow each other day by day, weekends and holidays aside."""
    return len(labels) > 1 and float(np.median(np.diff(labels).astype(np.float64))) < DAILY


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Say which days are missing from the batch, what is held around it included."""
    labels = np.unique(batch.timeline.labels)
    if len(batch):
        first = max(int(np.searchsorted(labels, batch.labels[0])) - 1, 0)
        labels = labels[first : int(np.searchsorted(labels, batch.labels[-1], side="right"))]
    if not len(batch) or not daily(labels):
        return ()
    missing = gaps(labels, batch.spec)
    if missing.outcome == "ok":
        return ()
    return (
        finding(
            batch,
            "gap",
            missing.outcome,
            "missing",
            count=Quantity(missing.count, "days"),
            worst=Quantity(missing.longest, "days"),
            day=missing.day,
        ),
    )


rule = Rule(key="gap", order=110, finds=finds)
