"""Which prices people watch, as known on the day; each on its asset's own grid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from comove.answers.explain.setting import Setting
from comove.core.diagnosis import Level
from comove.core.observations import Floats, Observations
from comove.stats.moving_average import exponential, simple, weekly_closes

WEEKS = 200
DAYS = 200
YEAR = 252
SIGMA_DAYS = 63


def watch(setting: Setting) -> tuple[Level, ...]:
    """List the levels of every asset.

    Parameters
    ----------
    setting
        The window and its data.

    Returns
    -------
    tuple of Level
        Averages that the history is too short for are absent, never shortened.
    """
    return tuple(
        level
        for column, asset in enumerate(setting.question.assets)
        for level in _of_asset(setting, setting.snapshot[asset], column)
    )


def _of_asset(setting: Setting, track: Observations, column: int) -> Iterator[Level]:
    latest = float(track.values[-1])
    if track.spec.kind != "price":
        return
    sigma = float(np.diff(np.log(track.values[-SIGMA_DAYS - 1 :])).std(ddof=1))
    found = dict(_averages(track))
    year = track.values[track.labels > track.labels[-1] - np.timedelta64(365, "D")]
    found["high_year"] = float(year.max())
    found["low_year"] = float(year.min())
    found["start"] = float(setting.panel.values[setting.start, column])
    for key, value in found.items():
        yield Level(
            asset=track.spec.id,
            key=key,
            value=value,
            unit=track.spec.unit,
            distance=value / latest - 1.0,
            sigmas=float(np.log(value / latest)) / sigma,
        )


def _averages(track: Observations) -> Iterator[tuple[str, float]]:
    weekly = _weekly(track)
    if len(weekly) >= WEEKS:
        yield "sma_200_week", float(simple(weekly, WEEKS)[-1])
        yield "ema_200_week", float(exponential(weekly, WEEKS)[-1])
    if len(track) >= DAYS:
        yield "sma_200_day", float(simple(track.values, DAYS)[-1])


def _weekly(track: Observations) -> Floats:
    through = None if track.spec.clock.calendar == "24/7" else track.labels[-1]
    return weekly_closes(track.labels, track.values, through)[1]
