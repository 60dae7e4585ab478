"""Are they moving together? Levels on each asset's own grid, synchrony on the joint one."""

from __future__ import annotations

from datetime import date

import numpy as np

from comove.answers.explain.setting import Setting
from comove.core.case import generator
from comove.core.diagnosis import Path, Together
from comove.core.errors import NotEstimable
from comove.core.estimate import Scope
from comove.core.observations import Observations
from comove.stats.joint_fall import JointFall, JointFallOptions, joint_fall_test
from comove.stats.overlap import LossOverlap, loss_overlap

LOOKBACK = 252
"""Sessions within which the peak before a trough is looked for."""


def describe(setting: Setting) -> Together:
    """Describe the joint move.

    Parameters
    ----------
    setting
        The window and its data.

    Returns
    -------
    Together
        Facts are exact; the synchrony carries a permutation p-value, the severity bootstrap ones.
    """
    inside = setting.scope(setting.window)
    movers = _movers(setting)
    overlap = _overlap(setting, movers)
    severity = _severity(setting)
    paths = tuple(_path(setting, column) for column in range(len(setting.question.assets)))
    rows = [
        int(np.argmax(setting.sign * setting.changes.values[setting.window, c])) for c in movers
    ]
    return Together(
        direction=setting.direction,
        joint=setting.episode is not None,
        judged=setting.judged,
        chosen=setting.question.window is not None,
        window=setting.stretch,
        open=setting.episode is not None and setting.episode.closed is None,
        paths=paths,
        overlap=None
        if overlap is None
        else inside.exact(overlap.value, "share", "loss_overlap", pvalue=overlap.pvalue),
        expected_overlap=None if overlap is None else overlap.expected,
        severity=None
        if severity is None
        else setting.scope(setting.dependence).exact(
            -setting.sign * severity.statistic, "sigma", "joint_fall", pvalue=severity.pvalue_joint
        ),
        severity_independent=None if severity is None else severity.pvalue_independent,
        worst_days_apart=max(rows) - min(rows),
    )


def _movers(setting: Setting) -> list[int]:
    """Columns that moved the way the answer is about; all of them when fewer than two did."""
    moves = setting.panel.values[setting.end] / setting.panel.values[setting.start] - 1.0
    found = np.flatnonzero(setting.sign * moves > 0.0).tolist()
    return found if len(found) > 1 else list(range(len(moves)))


def _overlap(setting: Setting, movers: list[int]) -> LossOverlap | None:
    rng = generator(setting.question.seed, "explain.overlap")
    try:
        return loss_overlap(
            setting.changes.values[setting.window][:, movers],
            rng,
            gains=setting.direction == "rising",
        )
    except NotEstimable:
        return None


def _severity(setting: Setting) -> JointFall | None:
    rows = setting.dependence
    moves = -setting.sign * setting.changes.values
    options = JointFallOptions(replications=setting.question.replications)
    rng = generator(setting.question.seed, "explain.severity")
    history = moves[max(rows.start - setting.question.baseline, 0) : rows.start]
    try:
        return joint_fall_test(moves[rows], history, rng, options)
    except NotEstimable:
        return None


def _path(setting: Setting, column: int) -> Path:
    """Read one asset's move off its own grid; every day it trades counts."""
    track = setting.snapshot[setting.question.assets[column]]
    labels = setting.panel.labels
    begin = labels[max(setting.end - LOOKBACK, 0)]
    inside = (track.labels >= labels[setting.start]) & (track.labels <= labels[setting.end])
    rows = np.flatnonzero(inside)
    trough = int(rows[np.argmax(setting.sign * track.values[rows])])
    before = np.flatnonzero((track.labels >= begin) & (np.arange(len(track)) <= trough))
    peak = int(before[np.argmin(setting.sign * track.values[before])])
    moves = setting.changes.values[setting.window, column]
    worst = setting.window.start + int(np.argmax(setting.sign * moves))
    start, end = (
        setting.panel.values[setting.start, column],
        setting.panel.values[setting.end, column],
    )
    latest = float(track.values[-1])
    turned = float(track.values[trough])
    return Path(
        asset=track.spec.id,
        peak_day=_day(track, peak),
        peak=float(track.values[peak]),
        trough_day=_day(track, trough),
        trough=turned,
        latest_day=_day(track, -1),
        latest=latest,
        unit=track.spec.unit,
        drawdown=_own(track, peak, trough).exact(
            turned / float(track.values[peak]) - 1.0, "simple_return", "drawdown"
        ),
        move=setting.scope(setting.window).exact(
            end / start - 1.0, "simple_return", "simple_return"
        ),
        worst_day=setting.changes.labels[worst].item(),
        worst=setting.scope(slice(worst, worst + 1)).exact(
            setting.changes.values[worst, column], "log_return", "log_return"
        ),
        recovered=float((latest - turned) / (start - turned)) if start != turned else 0.0,
    )


def _own(track: Observations, first: int, last: int) -> Scope:
    """Return the sample between two rows of a series' own grid."""
    return Scope(first=_day(track, first), last=_day(track, last), nobs=last - first, clock="own")


def _day(track: Observations, row: int) -> date:
    found: date = track.labels[row].item()
    return found
