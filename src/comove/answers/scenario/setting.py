"""Assets and shocked drivers on one grid: which drivers enter, which rows are used, the shock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.core.diagnosis import Stretch
from comove.core.errors import DataError, NoDataError, QuestionError
from comove.core.estimate import Scope
from comove.core.panel import Changes, Panel
from comove.core.question import LEAST_BASELINE
from comove.core.scenario import NotUsed
from comove.core.scenario_question import ScenarioQuestion, invested
from comove.core.series import SeriesSpec
from comove.core.shock import Shock
from comove.core.snapshot import Snapshot
from comove.stats.sample import Floats

PATIENCE = 10
"""Sessions a driver may trail the assets before its shock is left out."""
USUAL = 21
"""Sessions a shock takes unless something else is said."""
_EDGE = np.timedelta64(5, "D")


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What the answer is worked out from.

    Attributes
    ----------
    question, snapshot
        The request and what was read.
    drivers
        Ids of the p drivers that entered.
    not_used
        Those that did not.
    panel, changes
        Assets, then drivers, on the sampling instants.
    shock
        Shape (p,): change of every driver over the horizon; NaN where the reverse stress is to
        find it.
    origins
        Where each size comes from.
    horizon
        Sessions.
    weights
        Shape (k,).
    """

    question: ScenarioQuestion
    snapshot: Snapshot
    drivers: tuple[str, ...]
    not_used: tuple[NotUsed, ...]
    panel: Panel
    changes: Changes
    shock: Floats
    origins: tuple[str, ...]
    horizon: int
    weights: Floats

    @property
    def assets(self) -> tuple[str, ...]:
        """Ids of the k assets."""
        return self.question.assets

    @property
    def rows(self) -> Floats:
        """Shape (T, k + p): the changes that covariances rest on."""
        return self.changes.values[-self.question.baseline :]

    @property
    def specs(self) -> tuple[SeriesSpec, ...]:
        """Catalogue rows of the drivers."""
        return tuple(self.snapshot.specs[driver] for driver in self.drivers)

    @property
    def sample(self) -> Stretch:
        """The sessions of :attr:`rows`, for the record."""
        count = len(self.rows)
        return Stretch(
            start=self._day(-count - 1),
            end=self._day(-1),
            sessions=count,
            multi_day_spans=int((self.changes.spans[-count:] > 1).sum()),
        )

    @property
    def scope(self) -> Scope:
        """Sample and level of estimates on :attr:`rows`."""
        labels = self.changes.labels[-len(self.rows) :]
        return Scope(
            first=labels[0].item(),
            last=labels[-1].item(),
            nobs=len(labels),
            level=self.question.level,
        )

    @property
    def whole(self) -> Scope:
        """Sample and level of estimates on all joint history."""
        labels = self.changes.labels
        return Scope(
            first=labels[0].item(),
            last=labels[-1].item(),
            nobs=len(labels) - self.horizon + 1,
            level=self.question.level,
        )

    def _day(self, row: int) -> date:
        found: date = self.panel.labels[row].item()
        return found


def find_setting(question: ScenarioQuestion, snapshot: Snapshot) -> Setting:
    """Decide which drivers enter, join, and place the shock.

    Parameters
    ----------
    question
        Resolved.
    snapshot
        Holds assets and drivers.

    Returns
    -------
    Setting
        With at least one driver.

    Raises
    ------
    QuestionError
        ``scenario.itself``, ``scenario.circular``, ``scenario.ended`` or ``scenario.short`` when no
        driver can be used.
    NoDataError
        When the assets share too little history, or the past window lies outside it.
    """
    alone = snapshot.panel(question.assets)
    if len(alone) - 1 < LEAST_BASELINE:
        raise _short(question.assets, alone)
    shocks = {shock.series: shock for shock in map(Shock.read, question.shocks)}
    refused = [_refusal(question, snapshot, alone, driver) for driver in shocks]
    not_used = tuple(entry for entry in refused if entry is not None)
    out = {entry.driver for entry in not_used}
    drivers = tuple(driver for driver in shocks if driver not in out)
    if not drivers:
        raise _none_left(not_used[0])
    panel = snapshot.panel((*question.assets, *drivers))
    changes = panel.changes()
    if len(changes.values) < LEAST_BASELINE:
        raise _short(panel.ids, panel)
    replayed, sessions = _replayed(question, panel, drivers)
    sizes = [shocks[driver].change(snapshot.specs[driver]) for driver in drivers]
    asked = np.array(sizes)
    missing = np.isnan(asked)
    origin = "found" if question.window is None else "replayed"
    return Setting(
        question=question,
        snapshot=snapshot,
        drivers=drivers,
        not_used=not_used,
        panel=panel,
        changes=changes,
        shock=np.where(missing, replayed, asked),
        origins=tuple(origin if gone else "asked" for gone in missing),
        horizon=question.horizon or sessions,
        weights=_weights(question),
    )


def _none_left(entry: NotUsed) -> QuestionError:
    if entry.driver == entry.other:
        return QuestionError(
            "scenario.itself",
            "No shock is left: {driver} is asked about itself.",
            "Ask about other assets under it, or shock another series.",
            driver=entry.driver,
        )
    if entry.reason == "circular":
        return QuestionError(
            "scenario.circular",
            "No shock is left: of {driver} and {asset}, one is made from the other.",
            "Ask about other assets under it, or shock another series.",
            driver=entry.driver,
            asset=entry.other,
        )
    if entry.reason == "ended":
        return QuestionError(
            "scenario.ended",
            "No shock is left: {driver} ends on {last}.",
            "Ask about an earlier day with --asof, or shock another series.",
            driver=entry.driver,
            last=entry.last,
        )
    return QuestionError(
        "scenario.short",
        "No shock is left: {driver} shares too little history with the assets.",
        "Shock a series with a longer history: comove data list.",
        driver=entry.driver,
    )


def _refusal(
    question: ScenarioQuestion, snapshot: Snapshot, alone: Panel, driver: str
) -> NotUsed | None:
    """Return why a driver stays out; None when it enters."""
    for asset in question.assets:
        if snapshot.circular(driver, asset):
            return NotUsed(driver=driver, reason="circular", other=asset)
    track = snapshot[driver]
    if not len(track):
        return NotUsed(driver=driver, reason="missing")
    last = track.labels[-1]
    if int((alone.labels > last).sum()) > PATIENCE:
        return NotUsed(driver=driver, reason="ended", last=last.item())
    try:
        shared = len(snapshot.panel((*question.assets, driver))) - 1
    except DataError:
        shared = 0
    if shared < LEAST_BASELINE:
        return NotUsed(driver=driver, reason="short", last=last.item())
    return None


def _replayed(
    question: ScenarioQuestion, panel: Panel, drivers: tuple[str, ...]
) -> tuple[Floats, int]:
    """Return what the drivers did in the past window and how many sessions it has."""
    if question.window is None:
        return np.full(len(drivers), np.nan), USUAL
    first, last = (np.datetime64(day, "D") for day in question.window)
    inside = np.flatnonzero((panel.labels >= first) & (panel.labels <= last))
    if (
        len(inside) < 2
        or panel.labels[inside[0]] - first > _EDGE
        or last - panel.labels[inside[-1]] > _EDGE
    ):
        raise NoDataError(
            "scenario.outside",
            "{first} to {last} is not inside what {ids} share, {begin} to {end}.",
            "Choose a stretch inside, or name fewer drivers with --shock.",
            first=question.window[0],
            last=question.window[1],
            ids=", ".join(panel.ids),
            begin=panel.labels[0].item(),
            end=panel.labels[-1].item(),
        )
    start, stop = int(inside[0]), int(inside[-1])
    changes = panel.changes().values[start:stop, -len(drivers) :]
    return changes.sum(axis=0), stop - start


def _weights(question: ScenarioQuestion) -> Floats:
    given = dict(invested(question.weights))
    equal = 1.0 / len(question.assets)
    return np.array([given.get(asset, 0.0) if given else equal for asset in question.assets])


def _short(ids: tuple[str, ...], panel: Panel) -> NoDataError:
    return NoDataError(
        "data.short_overlap",
        "{ids} share only {count} sessions by {day}.",
        "Ask for a later day or other assets.",
        ids=", ".join(ids),
        count=len(panel) - 1,
        day=panel.labels[-1].item(),
    )
