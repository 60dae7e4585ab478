"""The rows of a split: which channel, how much, how sure."""

from __future__ import annotations

from comove.core.exhibit import Exhibit
from comove.report.charts.axes import coordinate
from comove.report.charts.bars import Bar, Kind
from comove.report.charts.columns import column, numbers
from comove.report.words import Words

_REST = frozenset({"intercept", "unexplained"})


def parts_by_group(exhibit: Exhibit, group: str, words: Words) -> dict[str, tuple[Bar, ...]]:
    """Gather the parts of every group.

    Parameters
    ----------
    exhibit
        Columns ``channel``, ``value``, ``low``, ``high`` and the grouping one.
    group
        Name of the grouping column.
    words
        Of the reader.

    Returns
    -------
    dict
        Group to bars in the order of the rows; a row without a number is left out, and so is a
        channel without a driver: it was not measured, so no bar may stand for it.
    """
    found: dict[str, list[Bar]] = {str(name): [] for name in column(exhibit, group)}
    rows = zip(
        column(exhibit, group),
        column(exhibit, "channel"),
        numbers(exhibit, "value"),
        numbers(exhibit, "low"),
        numbers(exhibit, "high"),
        strict=True,
    )
    for name, channel, value, low, high in rows:
        if value is not None:
            kind: Kind = "rest" if channel in _REST else "part"
            if kind == "part" and value == low == high == 0.0:
                continue
            label = part_name(str(channel), words)
            found[str(name)].append(Bar(name=label, value=value, low=low, high=high, kind=kind))
    return {name: tuple(bars) for name, bars in found.items()}


def total(value: object, words: Words) -> tuple[Bar, ...]:
    """Return the row of the whole.

    Parameters
    ----------
    value
        The number, or nothing.
    words
        Of the reader.

    Returns
    -------
    tuple of Bar
        One row, or none without a number.
    """
    whole = coordinate(value)
    if whole is None:
        return ()
    return (Bar(name=words.label("chart.split.total"), value=whole, kind="total"),)


def part_name(channel: str, words: Words) -> str:
    """Name a part of a split: its share label, else its title.

    Parameters
    ----------
    channel
        Key of a channel, ``intercept`` or ``unexplained``.
    words
        Of the reader.

    Returns
    -------
    str
        E.g. ``"through gold"``.

    Examples
    --------
    >>> part_name("gold", Words("en", {"channel.gold": "gold", "channel.gold.share": "by gold"}))
    'by gold'
    """
    share = f"channel.{channel}.share"
    return words.label(share if words.has(share) else f"channel.{channel}")
