"""Which rows a table rests on, and the table with its resamples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.answers.spillover.resampling import Design, bounds, made_again
from comove.core.diagnosis import Stretch
from comove.core.errors import NoDataError, NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.core.panel import Changes, Panel
from comove.core.snapshot import Snapshot
from comove.core.spillover_question import SpilloverQuestion
from comove.stats.connectedness import static
from comove.stats.sample import Floats

FIVE = 5
"""Sessions in the returns that hardly feel the clocks."""
SPAN_OF_FIVE = 4
"""Windows the five-session returns reach back over."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """Rows that one table rests on, and the table.

    Attributes
    ----------
    ids
        The k assets.
    values
        Shape (T, k): log returns.
    design
        How the table is made.
    scope
        First and last day, rows and level.
    stretch
        The window for the record.
    table
        Shape (k, k), fractions.
    draws
        Shape (r, k, k), the table on resampled data.
    leads
        Shape (r,), what arrives later than the same day, on resampled data.
    """

    ids: tuple[str, ...]
    values: Floats
    design: Design
    scope: Scope
    stretch: Stretch
    table: Floats
    draws: Floats
    leads: Floats

    def estimate(
        self, value: float, draws: Floats, pvalue: float | None = None, least: float = 0.0
    ) -> Estimate:
        """State a share of variance with its bootstrap interval."""
        low, high = bounds(value, draws, self.scope.level, least)
        return self.scope.estimate(value, "share", "residual_bootstrap", (low, high), pvalue=pvalue)


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What the answer is worked out from.

    Attributes
    ----------
    question, snapshot, panel, changes
        The request, what was read, levels and log returns on the sampling instants.
    """

    question: SpilloverQuestion
    snapshot: Snapshot
    panel: Panel
    changes: Changes

    @property
    def design(self) -> Design:
        """Lags, horizon, replications and level as asked."""
        asked = self.question
        return Design(
            lags=asked.lags,
            horizon=asked.horizon,
            replications=asked.replications,
            level=asked.level,
        )


def find_setting(question: SpilloverQuestion, snapshot: Snapshot) -> Setting:
    """Join the assets and see whether their common history carries a window.

    Parameters
    ----------
    question
        Resolved.
    snapshot
        Holds the assets.

    Returns
    -------
    Setting
        Levels and returns.

    Raises
    ------
    NoDataError
        When the assets share fewer sessions than the window has.
    """
    panel = snapshot.panel(question.assets)
    changes = panel.changes()
    if len(changes.values) < question.window:
        raise NoDataError(
            "data.short_overlap",
            "{ids} share only {count} sessions by {day}.",
            "Ask for a later day or other assets.",
            ids=", ".join(question.assets),
            count=len(changes.values),
            day=panel.labels[-1].item(),
        )
    return Setting(question=question, snapshot=snapshot, panel=panel, changes=changes)


def sample(
    setting: Setting, rows: slice, rng: np.random.Generator, sessions: int = 1
) -> Sample | None:
    """Make the table of some rows.

    Parameters
    ----------
    setting
        Returns.
    rows
        Of the returns.
    rng
        Source of chance.
    sessions
        Add up returns over that many rows first; the oldest that do not fill a sum are left out.

    Returns
    -------
    Sample or None
        None where the rows cannot carry an autoregression.
    """
    start, stop = rows.start, rows.stop
    start += (stop - start) % sessions
    labels, spans = setting.changes.labels, setting.changes.spans
    values = setting.changes.values[start:stop]
    values = values.reshape(-1, sessions, values.shape[1]).sum(axis=1)
    try:
        fitted = static(values, setting.design.lags, setting.design.horizon)
        draws, leads = made_again(values, setting.design, rng)
    except NotEstimable:
        if sessions == 1 and stop == len(labels):
            raise
        return None
    return Sample(
        ids=setting.changes.ids,
        values=values,
        design=setting.design,
        scope=Scope(
            first=labels[start].item(),
            last=labels[stop - 1].item(),
            nobs=len(values),
            level=setting.question.level,
        ),
        stretch=Stretch(
            start=setting.panel.labels[start].item(),
            end=labels[stop - 1].item(),
            sessions=stop - start,
            multi_day_spans=int((spans[start:stop] > 1).sum()),
        ),
        table=fitted.table,
        draws=draws,
        leads=leads,
    )
