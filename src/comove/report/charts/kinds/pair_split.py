"""A pair's correlation, split over the channels: one panel a pair, parts above their total."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.core.message import Name, say
from comove.core.units import Unit
from comove.report.charts.bars import Panel, panels
from comove.report.charts.columns import table
from comove.report.charts.parts import parts_by_group, total
from comove.report.charts.scene import Scene
from comove.report.words import Words


def draw(exhibit: Exhibit, words: Words, room: float) -> tuple[Scene, ...]:
    """Lay out the split of correlations.

    Parameters
    ----------
    exhibit
        Columns ``pair`` (``"btc-gdx"``), ``channel``, ``value``, ``low``, ``high``; marks
        ``totals`` (pair to its whole) and ``unit``: ``correlation`` where it is absent (parts of
        the covariance over the two standard deviations), or ``share``.
    words
        Of the reader.
    room
        Pixels there are.

    Returns
    -------
    tuple of Scene
        One panel per pair.
    """
    totals = table(exhibit, "totals")
    unit: Unit = "share" if exhibit.marks.get("unit") == "share" else "correlation"
    groups = tuple(
        Panel(title=pair_title(pair, words), bars=(*bars, *total(totals.get(pair), words)))
        for pair, bars in parts_by_group(exhibit, "pair", words).items()
    )
    return panels(groups, unit, words, room, words.label(f"chart.split.{unit}"))


def pair_title(pair: str, words: Words) -> str:
    """Name a pair of series.

    Parameters
    ----------
    pair
        Two ids joined by a hyphen; ids may hold hyphens themselves.
    words
        Of the reader.

    Returns
    -------
    str
        E.g. ``"Bitcoin and Gold miners"``; the text itself when no cut gives two known series.

    Examples
    --------
    >>> pair_title("a-b", Words("en", {"chart.split.pair": "{first}, {second}"}, {"a": "A"}))
    'a-b'
    """
    cuts = [place for place, letter in enumerate(pair) if letter == "-"]
    for cut in cuts:
        first, second = pair[:cut], pair[cut + 1 :]
        if first in words.titles and second in words.titles:
            return words.text(say("chart.split.pair", first=Name(first), second=Name(second)))
    return pair
