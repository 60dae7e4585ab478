"""Each asset's move, split over the channels: one panel an asset, parts above their total."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.report.charts.bars import Panel, panels
from comove.report.charts.columns import table
from comove.report.charts.parts import parts_by_group, total
from comove.report.charts.scene import Scene
from comove.report.words import Words


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the split of returns.

    Parameters
    ----------
    exhibit
        Columns ``asset``, ``channel``, ``value``, ``low``, ``high`` (log returns); mark ``totals``
        maps an asset to its whole move.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One panel per asset.
    """
    totals = table(exhibit, "totals")
    groups = tuple(
        Panel(title=words.title(asset), bars=(*bars, *total(totals.get(asset), words)))
        for asset, bars in parts_by_group(exhibit, "asset", words).items()
    )
    return panels(groups, "log_return", words, room, words.label("chart.split.log_return"))
