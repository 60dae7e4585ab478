"""Named bars with intervals, in groups on one scale."""

from __future__ import annotations

from typing import cast

from comove.core.exhibit import Exhibit
from comove.core.units import Unit
from comove.report.charts.bars import Bar, Kind, Panel, panels
from comove.report.charts.columns import column, numbers
from comove.report.charts.scene import Scene
from comove.report.words import Words


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out one panel per group.

    Parameters
    ----------
    exhibit
        Columns ``group`` (word key or series id), ``name`` (the same), ``value``, ``low``,
        ``high`` and ``role`` (``part``, ``rest`` or ``total``); marks ``unit`` and ``title`` (a
        word key: what the axis measures).
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        A row without a number is left out.
    """
    groups: dict[str, list[Bar]] = {str(name): [] for name in column(exhibit, "group")}
    rows = zip(
        column(exhibit, "group"),
        column(exhibit, "name"),
        numbers(exhibit, "value"),
        numbers(exhibit, "low"),
        numbers(exhibit, "high"),
        column(exhibit, "role"),
        strict=True,
    )
    for group, name, value, low, high, role in rows:
        if value is not None:
            title = words.title(str(name))
            kind = cast("Kind", role)
            groups[str(group)].append(Bar(name=title, value=value, low=low, high=high, kind=kind))
    shown = tuple(
        Panel(title=words.title(group), bars=tuple(bars)) for group, bars in groups.items() if bars
    )
    unit = cast("Unit", str(exhibit.marks.get("unit", "ratio")))
    return panels(shown, unit, words, room, words.label(str(exhibit.marks["title"])))
