"""What the tests see: every series on its own grid, nothing later than the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

import numpy as np

from comove.core.audit import CitedRow
from comove.core.audit_question import AuditQuestion
from comove.core.case import generator
from comove.core.errors import DataError, NotEstimable
from comove.core.estimate import Scope
from comove.core.observations import Observations
from comove.core.panel import Changes
from comove.core.snapshot import Snapshot
from comove.core.units import Unit

PATIENCE = timedelta(days=8)
"""A series whose last value is older than this on the day asked about has ended."""
SIGMA_ROWS = 63
QUOTED_SINCE = {"gdx": date(2025, 12, 22)}
"""From this day an adjusted series equals its quotes; other adjusted series: never known to."""
RETURNS = {"gold": "gld"}
"""Series whose returns are taken from a better one: the front month of a future is thin."""


class Unseen(Exception):  # noqa: N818 - not an error: a verdict
    """A test cannot be carried out.

    Parameters
    ----------
    reason
        Key below ``audit.why``.
    **values
        What fills its sentence.
    """

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, eq=False)
class View:
    """The history as the text's day knew it.

    Attributes
    ----------
    question
        Settled.
    snapshot
        Everything that was read.
    """

    question: AuditQuestion
    snapshot: Snapshot
    _changes: dict[tuple[str, ...], Changes] = field(default_factory=dict, repr=False)

    @property
    def asof(self) -> date:
        """Day of the text."""
        return self.snapshot.day

    def rng(self, label: str) -> np.random.Generator:
        """Return the stream of a step: the order of the claims does not matter."""
        return generator(self.question.seed, f"audit.{label}")

    def track(self, series: str) -> Observations:
        """Return a series; refuse one that is not held or holds nothing yet."""
        found = self.snapshot.tracks.get(series)
        if found is None or len(found) == 0:
            raise Unseen("not_held")
        return found

    def unit(self, series: str) -> Unit:
        """Return the unit of a series' levels."""
        return cast("Unit", self.track(series).spec.unit)

    def day(self, series: str, row: int) -> date:
        """Return the label of a row."""
        found: date = self.track(series).labels[row].item()
        return found

    def cite(self, series: str, row: int) -> CitedRow:
        """Cite a row."""
        track = self.track(series)
        return CitedRow(
            series=series,
            day=self.day(series, row),
            value=float(track.values[row]),
            unit=track.spec.unit,
        )

    def last(self, series: str, day: date | None = None) -> int:
        """Return the last row labelled no later than a day.

        Raises
        ------
        Unseen
            When the series had not begun, or had ended.
        """
        track, wanted = self.track(series), min(day or self.asof, self.asof)
        row = int(np.searchsorted(track.labels, np.datetime64(wanted), side="right")) - 1
        if row < 0:
            raise Unseen("not_begun", first=self.day(series, 0))
        if wanted - self.day(series, row) > PATIENCE:
            raise Unseen("ended", last=self.day(series, row))
        return row

    def span(self, series: str, start: date | None, end: date | None) -> tuple[int, int]:
        """Return first row and the one after the last of a period.

        Raises
        ------
        Unseen
            When the period lies outside of what is held.
        """
        track = self.track(series)
        low, high = start or self.day(series, 0), min(end or self.asof, self.asof)
        if low > self.asof:
            raise Unseen("later", start=low)
        first = int(np.searchsorted(track.labels, np.datetime64(low)))
        after = self.last(series, high) + 1
        if first >= after:
            raise Unseen("no_rows", days=(low, high) if low <= high else (high, low))
        if start is not None and start > date(1991, 1, 1):
            gap = self.day(series, first) - start
            if first == 0 and gap > PATIENCE:
                raise Unseen("not_begun", first=self.day(series, 0))
        return first, after

    def sigma(self, series: str, row: int, rows: int = SIGMA_ROWS) -> float:
        """Return the daily standard deviation before a row: of log returns, or of differences."""
        track = self.track(series)
        low = max(row - rows, 0)
        values = track.values[low : row + 1]
        if len(values) < 10:
            raise Unseen("too_short")
        moves = np.diff(np.log(values)) if track.spec.change_is_log else np.diff(values)
        return float(moves.std(ddof=1)) or 1e-12

    def scope(self, series: str, first: int, last: int) -> Scope:
        """Return the sample between two rows of a series' own grid."""
        return Scope(
            first=self.day(series, first),
            last=self.day(series, last),
            nobs=last - first + 1,
            clock="own",
            level=self.question.level,
        )

    def quoted(self, series: str, day: date) -> bool:
        """Tell whether the held level on a day is the one that was quoted."""
        spec = self.track(series).spec
        return not spec.adjusted or day >= QUOTED_SINCE.get(series, date.max)

    def returns(self, *series: str) -> Changes:
        """Return changes on the joint grid, with the better series for thin ones.

        Raises
        ------
        Unseen
            When the series share no days or one has ended.
        """
        ids = tuple(RETURNS.get(name, name) for name in series)
        if len(set(ids)) < len(ids):
            raise Unseen("same_series")
        if ids not in self._changes:
            for name in ids:
                self.last(name)
            try:
                self._changes[ids] = self.snapshot.panel(ids).changes()
            except (DataError, NotEstimable):
                raise Unseen("no_overlap") from None
        return self._changes[ids]

    def rows(self, changes: Changes, start: date | None, end: date | None) -> slice:
        """Return the rows of joint changes whose label lies in a period."""
        labels = changes.labels
        low = 0 if start is None else int(np.searchsorted(labels, np.datetime64(start)))
        high = len(labels)
        if end is not None:
            high = int(np.searchsorted(labels, np.datetime64(end), side="right"))
        return slice(low, high)

    def joint_scope(self, changes: Changes, rows: slice) -> Scope:
        """Return the sample of some joint changes."""
        return Scope(
            first=changes.labels[rows.start].item(),
            last=changes.labels[rows.stop - 1].item(),
            nobs=rows.stop - rows.start,
            level=self.question.level,
        )
