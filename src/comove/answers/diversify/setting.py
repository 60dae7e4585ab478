"""Which rows the answer rests on: the sessions that are now, and those before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from comove.core.diagnosis import Stretch
from comove.core.diversify_question import DiversifyQuestion
from comove.core.errors import NoDataError
from comove.core.estimate import Scope
from comove.core.panel import Changes, Panel
from comove.core.question import LEAST_BASELINE
from comove.core.snapshot import Snapshot
from comove.stats.sample import Floats

FIVE = 5
"""Sessions in the returns that hardly feel the clocks."""
HOUR = 1.0
"""Difference of clocks from which the five-session figures are shown."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What the answer is worked out from, as known on one day.

    Attributes
    ----------
    question, snapshot
        The request and what was read.
    day
        Nothing known after its end is used.
    panel, changes
        Levels and log returns of the holdings on the sampling instants.
    weights
        Shape (k,).
    """

    question: DiversifyQuestion
    snapshot: Snapshot
    day: date
    panel: Panel
    changes: Changes
    weights: Floats

    @property
    def ids(self) -> tuple[str, ...]:
        """The k holdings."""
        return self.changes.ids

    @property
    def now(self) -> slice:
        """Rows of the returns that are now."""
        last = len(self.changes.values)
        return slice(last - self.question.window, last)

    @property
    def before(self) -> slice:
        """Rows of the baseline, as many as there are."""
        stop = self.now.start
        return slice(max(stop - self.question.baseline, 0), stop)

    @property
    def reach(self) -> slice:
        """Baseline and window."""
        return slice(self.before.start, self.now.stop)

    def returns(self, rows: slice) -> Floats:
        """Return log returns of the holdings, shape (T, k)."""
        return self.changes.values[rows]

    def scope(self, rows: slice, nobs: int | None = None) -> Scope:
        """Return the sample that estimates from some rows share."""
        labels = self.changes.labels[rows]
        return Scope(
            first=labels[0].item(),
            last=labels[-1].item(),
            nobs=len(labels) if nobs is None else nobs,
            level=self.question.level,
        )

    def stretch(self, rows: slice) -> Stretch:
        """Return the same rows for the record."""
        return Stretch(
            start=self.panel.labels[rows.start].item(),
            end=self.changes.labels[rows.stop - 1].item(),
            sessions=rows.stop - rows.start,
            multi_day_spans=int((self.changes.spans[rows] > 1).sum()),
        )

    def late(self) -> tuple[tuple[str, tuple[str, ...], float], ...]:
        """Return holdings struck an hour or more after others: which, after whom, by how much."""
        offsets = self.panel.offsets[-self.question.window :]
        found = []
        for column, asset in enumerate(self.ids):
            apart = (offsets[:, column, None] - offsets).mean(axis=0)
            others = tuple(other for other, gap in zip(self.ids, apart, strict=True) if gap >= HOUR)
            if others:
                found.append((asset, others, float(apart.max())))
        return tuple(found)


def find_setting(question: DiversifyQuestion, snapshot: Snapshot, day: date) -> Setting:
    """Join the holdings as known on a day and see whether their history carries the answer.

    Parameters
    ----------
    question
        Resolved.
    snapshot
        Holds the assets.
    day
        The as-of day, or an earlier one.

    Returns
    -------
    Setting
        Levels, returns, weights.

    Raises
    ------
    NoDataError
        When the holdings share too few sessions by then.
    """
    assets = question.assets
    panel = snapshot.panel(assets).upto(end_of(day))
    least = question.window + LEAST_BASELINE
    if len(panel) <= least:
        raise NoDataError(
            "data.short_overlap",
            "{ids} share only {count} sessions by {day}.",
            "Ask for a later day or other assets.",
            ids=", ".join(assets),
            count=max(len(panel) - 1, 0),
            day=day,
        )
    return Setting(
        question=question,
        snapshot=snapshot,
        day=day,
        panel=panel,
        changes=panel.changes(),
        weights=np.array([weight for _, weight in question.weights]),
    )


def end_of(day: date) -> np.datetime64:
    """Return the end of a day in New York, UTC.

    Parameters
    ----------
    day
        Any.

    Returns
    -------
    numpy.datetime64
        00:00 New York on the following day.

    Examples
    --------
    >>> str(end_of(date(2026, 2, 6)))
    '2026-02-07T05:00:00'
    """
    midnight = datetime.combine(
        day + timedelta(days=1), datetime.min.time(), ZoneInfo("America/New_York")
    )
    return np.datetime64(midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None), "s")


def five_session(values: Floats) -> Floats:
    """Return overlapping sums over five rows, shape (T - 4, k)."""
    running = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    sums: Floats = running[FIVE:] - running[:-FIVE]
    return sums
