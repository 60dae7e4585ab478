"""The data of the pictures."""

from __future__ import annotations

import numpy as np

from comove.answers.spillover.resampling import rolling_totals
from comove.answers.spillover.sampling import Setting
from comove.core.exhibit import Exhibit
from comove.core.message import Name, Quantity, say
from comove.core.spillover import Index, Link, Share

SHOWN = 504
"""Windows in the picture of the rolling total: two years."""


def draw(
    setting: Setting, measured: Index, table: tuple[Share, ...], found: tuple[Link, ...]
) -> tuple[Exhibit, ...]:
    """Collect the pictures of the answer.

    Parameters
    ----------
    setting, measured, table, found
        Returns, total with null band, shares and links.

    Returns
    -------
    tuple of Exhibit
        Network, heat map, rolling total.
    """
    return (_network(setting, found), _heatmap(table), _rolling(setting, measured))


def _network(setting: Setting, found: tuple[Link, ...]) -> Exhibit:
    return Exhibit(
        key="network",
        kind="network",
        columns={
            "sender": tuple(link.sender for link in found),
            "receiver": tuple(link.receiver for link in found),
            "value": tuple(link.net.value for link in found),
            "beyond": tuple(link.verdict == "supports" for link in found),
        },
        marks={"assets": list(setting.question.assets)},
        caption=say("spillover.exhibit.network"),
    )


def _heatmap(table: tuple[Share, ...]) -> Exhibit:
    return Exhibit(
        key="table",
        kind="heatmap",
        columns={
            "row": tuple(entry.receiver for entry in table),
            "column": tuple(entry.sender for entry in table),
            "value": tuple(entry.share.value for entry in table),
        },
        marks={"unit": "share"},
        caption=say("spillover.exhibit.heatmap"),
    )


def _rolling(setting: Setting, measured: Index) -> Exhibit:
    window = setting.question.window
    first = max(len(setting.changes.values) - window - SHOWN + 1, 0)
    totals = rolling_totals(setting.changes.values[first:], setting.design, window)
    labels = setting.changes.labels[first + window - 1 :]
    days = np.datetime_as_string(labels, unit="D").tolist()
    return Exhibit(
        key="rolling",
        kind="lines",
        columns={
            "day": tuple(days),
            "total": tuple(float(value) if np.isfinite(value) else None for value in totals),
            "noise": (measured.null_high,) * len(days),
        },
        marks={
            "unit": "share",
            "names": {"total": "spillover.word.total", "noise": "spillover.word.noise"},
        },
        caption=say(
            "spillover.exhibit.rolling",
            assets=tuple(map(Name, setting.question.assets)),
            window=window,
            level=Quantity(setting.question.level, "share"),
        ),
    )
