"""Assets and drivers on one grid: which drivers enter, which rows are baseline and which window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.answers.explain.setting import Setting
from comove.core.case import Grid, LeftOut
from comove.core.driver import Driver
from comove.core.errors import NoDataError, QuestionError
from comove.core.message import Message, say
from comove.core.panel import Changes
from comove.core.protocols import Channel
from comove.core.question import LEAST_BASELINE

COVERED = 0.9
"""Share of the baseline a driver must cover, so that it does not shorten it for the others."""
LATEST_LABEL = {"at_once": 0, "next_business_day": 3, "weekly": 7}
"""Sessions by which a live series may trail the window's end, by publication rule."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """What the joint split is computed from.

    Attributes
    ----------
    grid
        None when no split can be made.
    start
        Label of the level the grid's episode starts from.
    drivers
        Those that entered, in column order.
    groups
        Channel key to the columns of its drivers.
    left_out
        Those that did not, with the reason.
    reason
        Why there is no grid.
    """

    grid: Grid | None
    drivers: tuple[Driver, ...]
    groups: Mapping[str, tuple[int, ...]]
    left_out: tuple[LeftOut, ...]
    reason: Message | None = None


def lay_out(setting: Setting, channels: Mapping[str, Channel]) -> Design:
    """Decide which drivers enter and cut the grid.

    Parameters
    ----------
    setting
        The window and its data.
    channels
        Those to examine.

    Returns
    -------
    Design
        With or without a grid; never an error because of a driver.

    Raises
    ------
    QuestionError
        When two channels use one driver key for different legs.
    """
    kept: dict[str, Driver] = {}
    claims: dict[str, list[str]] = {}
    left_out: list[LeftOut] = []
    for key, channel in channels.items():
        claims[key] = []
        for driver in channel.drivers:
            refused = _refusal(setting, key, driver)
            if refused is not None:
                left_out.append(refused)
                continue
            if kept.setdefault(driver.key, driver) != driver:
                raise QuestionError(
                    "question.driver_clash",
                    "Two channels define the driver {key} differently.",
                    "Rename one of them.",
                    key=driver.key,
                )
            claims[key].append(driver.key)
    order = {name: column for column, name in enumerate(kept)}
    groups = {key: tuple(order[name] for name in names) for key, names in claims.items()}
    drivers = tuple(kept.values())
    grid, reason = _grid(setting, drivers)
    return Design(
        grid=grid, drivers=drivers, groups=groups, left_out=tuple(left_out), reason=reason
    )


def _refusal(setting: Setting, channel: str, driver: Driver) -> LeftOut | None:
    """Return why a driver stays out; None when it enters."""
    snapshot = setting.snapshot
    for leg in driver.series:
        track = snapshot.tracks.get(leg)
        reason = None
        if any(snapshot.circular(leg, asset) for asset in setting.question.assets):
            reason = "circular"
        elif track is None or len(track) == 0:
            reason = "missing"
        elif _ended(setting, leg):
            reason = "ended"
        elif not _long_enough(setting, leg):
            reason = "short"
        if reason is not None:
            last = track.labels[-1].item() if track is not None and len(track) else None
            return LeftOut(driver=driver.key, channel=channel, reason=reason, series=leg, last=last)
    return None


def _ended(setting: Setting, leg: str) -> bool:
    track = setting.snapshot[leg]
    allowed = LATEST_LABEL[track.spec.publication]
    due = setting.panel.labels[max(setting.end - allowed, 0)]
    return bool(track.labels[-1] < due)


def _long_enough(setting: Setting, leg: str) -> bool:
    """Tell whether the leg covers nine tenths of the baseline, and 250 sessions of it."""
    stop = min(setting.start, setting.dependence.start)
    wanted = setting.panel.labels[max(stop - setting.question.baseline, 0) : stop]
    held = setting.snapshot[leg].labels
    places = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    covered = int((held[places] == wanted).sum())
    return covered >= max(LEAST_BASELINE, COVERED * len(wanted))


def _grid(setting: Setting, drivers: tuple[Driver, ...]) -> tuple[Grid | None, Message | None]:
    if not drivers:
        return None, say("explain.no_split.drivers")
    legs = tuple(dict.fromkeys(leg for driver in drivers for leg in driver.series))
    try:
        changes = setting.snapshot.panel((*setting.question.assets, *legs)).changes()
    except NoDataError:
        return None, say("explain.no_split.overlap")
    return _cut(setting, changes, drivers)


def _cut(
    setting: Setting, changes: Changes, drivers: tuple[Driver, ...]
) -> tuple[Grid | None, Message | None]:
    labels = setting.panel.labels
    after = changes.labels > labels[setting.start]
    until = changes.labels <= labels[setting.end]
    rows = np.flatnonzero(after & until)
    if len(rows) == 0:
        return None, say("explain.no_split.short", sessions=0)
    first, stop = int(rows[0]), int(rows[-1]) + 1
    linked = max(stop - setting.question.dependence, 0)
    if min(first, linked) < LEAST_BASELINE:
        return None, say(
            "explain.no_split.baseline", sessions=min(first, linked), least=LEAST_BASELINE
        )
    length = setting.question.baseline
    assets = len(setting.question.assets)
    return Grid(
        labels=changes.labels,
        spans=changes.spans,
        returns=np.ascontiguousarray(changes.values[:, :assets]),
        drivers=np.column_stack([driver.change(changes) for driver in drivers]),
        baseline=slice(max(first - length, 0), first),
        episode=slice(first, stop),
        dependence_baseline=slice(max(linked - length, 0), linked),
        dependence=slice(linked, stop),
    ), None
