"""The data of the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from comove.answers.explain.linked import Linkage
from comove.answers.explain.setting import Setting
from comove.answers.explain.unusual import PEAK_ROWS, PEAK_WINDOW
from comove.core.diagnosis import Why
from comove.core.exhibit import Exhibit
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.drawdown import drawdown
from comove.stats.peak_correlation import PeakTest
from comove.stats.rolling import pair as rolling

BEFORE = 126
"""Sessions shown before the window."""


def draw(
    setting: Setting,
    why: Why,
    peaks: Mapping[tuple[int, int], PeakTest],
    linkage: Linkage | None,
) -> tuple[Exhibit, ...]:
    """Collect the pictures of the answer.

    Parameters
    ----------
    setting, why, peaks, linkage
        The window, the split, the sup-tests, and the daily path of the leading correlation.

    Returns
    -------
    tuple of Exhibit
        Paths, rolling and daily correlation of the leading pair, return split, covariance split.
    """
    found = [_paths(setting)]
    if setting.pair in peaks:
        found.append(_rolling(setting, peaks[setting.pair]))
    if linkage is not None and linkage.link.dynamic is not None:
        found.append(_daily(setting, linkage))
    found.extend(_splits(why, setting.question.level))
    return tuple(found)


def _daily(setting: Setting, linkage: Linkage) -> Exhibit:
    days = linkage.labels[-PEAK_ROWS:]
    return Exhibit(
        key="daily",
        kind="lines",
        columns={
            "day": _iso(days),
            "daily": tuple(linkage.path[-PEAK_ROWS:].tolist()),
        },
        marks={
            "unit": "correlation",
            "names": {"daily": "explain.word.daily"},
            "shade": _shade(setting),
        },
        caption=say(
            "explain.exhibit.daily",
            first=Name(linkage.link.pair[0]),
            second=Name(linkage.link.pair[1]),
        ),
    )


def _shade(setting: Setting) -> list[str]:
    stretch = setting.stretch
    return [stretch.start.isoformat(), stretch.end.isoformat()]


def _paths(setting: Setting) -> Exhibit:
    first = max(setting.start - BEFORE, 0)
    days = setting.panel.labels[first:]
    ids = setting.panel.ids
    columns: dict[str, tuple[object, ...]] = {"day": _iso(days)}
    for column, asset in enumerate(ids):
        path = _path(setting, setting.panel.values[:, column])
        columns[asset] = tuple(path[first:].tolist())
    names = tuple(Name(asset) for asset in ids)
    way = "rising" if setting.direction == "rising" else "falling"
    return Exhibit(
        key="paths",
        kind="paths",
        columns=columns,
        marks={
            "shade": _shade(setting),
            "assets": list(ids),
            "rising": setting.direction == "rising",
        },
        caption=say(f"explain.exhibit.paths.{way}", assets=names),
    )


def _path(setting: Setting, prices: Floats) -> Floats:
    """Return from the highest level of the last 252 sessions; for a rise, from its beginning."""
    if setting.direction == "rising":
        since: Floats = prices / prices[setting.start] - 1.0
        return since
    return drawdown(prices).depth


def _rolling(setting: Setting, peak: PeakTest) -> Exhibit:
    first = max(setting.end - PEAK_ROWS, 0)
    moves = setting.changes.values[first : setting.end][:, setting.pair]
    values = rolling(moves[:, 0], moves[:, 1], PEAK_WINDOW).value
    held = np.isfinite(values)
    ids = [setting.panel.ids[column] for column in setting.pair]
    return Exhibit(
        key="rolling",
        kind="rolling",
        columns={
            "day": _iso(setting.changes.labels[first : setting.end][held]),
            "value": tuple(values[held].tolist()),
        },
        marks={
            "band_low": peak.band_low,
            "band_high": peak.band_high,
            "sup_high": peak.sup_high,
            "baseline": peak.correlation,
            "window": peak.window,
            "pair": ids,
            "shade": _shade(setting),
        },
        caption=say(
            "explain.exhibit.rolling", first=Name(ids[0]), second=Name(ids[1]), window=peak.window
        ),
    )


def _splits(why: Why, level: float) -> Iterator[Exhibit]:
    if not why.returns:
        return
    rows = [(split.asset, part) for split in why.returns for part in split.parts]
    yield Exhibit(
        key="split",
        kind="split",
        columns={
            "asset": tuple(asset for asset, _ in rows),
            "channel": tuple(part.channel for _, part in rows),
            "value": tuple(part.estimate.value for _, part in rows),
            "low": tuple(part.estimate.low for _, part in rows),
            "high": tuple(part.estimate.high for _, part in rows),
        },
        marks={"totals": {split.asset: split.total.value for split in why.returns}},
        caption=say(
            "explain.exhibit.split",
            window=(why.returns[0].window.start, why.returns[0].window.end),
            level=Quantity(level, "share"),
        ),
    )
    linked = [("-".join(split.pair), part) for split in why.covariances for part in split.parts]
    yield Exhibit(
        key="pair_split",
        kind="pair_split",
        columns={
            "pair": tuple(pair for pair, _ in linked),
            "channel": tuple(part.channel for _, part in linked),
            "value": tuple(part.estimate.value for _, part in linked),
            "low": tuple(part.estimate.low for _, part in linked),
            "high": tuple(part.estimate.high for _, part in linked),
        },
        marks={"totals": {"-".join(split.pair): split.total.value for split in why.covariances}},
        caption=say("explain.exhibit.pair_split", sessions=why.covariances[0].window.sessions),
    )


def _iso(labels: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> tuple[str, ...]:
    return tuple(np.datetime_as_string(labels, unit="D").tolist())
