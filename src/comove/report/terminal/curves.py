"""Exhibits as small curves of block characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.core.units import Unit
from comove.report.terminal.glyphs import curve, shade
from comove.report.terminal.wrapping import pad, width
from comove.report.words import Words

INDENT = "  "
LEAST = 16
"""Columns below which a curve tells nothing."""


def draw(exhibit: Exhibit, words: Words, room: int) -> Iterator[str]:
    """Draw an exhibit where characters can show it.

    Parameters
    ----------
    exhibit
        Kinds ``paths`` and ``rolling``; others are left to the full formats.
    words
        Of the language.
    room
        Columns of the page.

    Yields
    ------
    str
        One line per curve, then one that marks the window.
    """
    if exhibit.kind == "paths":
        assets = [str(asset) for asset in _listed(exhibit.marks.get("assets"))]
        named = {words.title(asset): _numbers(exhibit.columns[asset]) for asset in assets}
        yield from _curves(named, exhibit, (words, "simple_return", room))
    elif exhibit.kind == "rolling":
        name = words.text(say("report.correlation.rolling", nobs=exhibit.marks.get("window")))
        named = {name: _numbers(exhibit.columns["value"])}
        yield from _curves(named, exhibit, (words, "correlation", room))


def _curves(
    named: dict[str, list[float | None]], exhibit: Exhibit, setting: tuple[Words, Unit, int]
) -> Iterator[str]:
    words, unit, page = setting
    known = [value for values in named.values() for value in values if value is not None]
    if not known:
        return
    low, high = min(0.0, *known), max(0.0, *known)
    ends = {name: _last(values, unit, words) for name, values in named.items()}
    label = max(map(width, named))
    room = page - len(INDENT) - label - 4 - max(map(width, ends.values()))
    if room < LEAST:
        return
    for name, values in named.items():
        line = curve(values, room, low, high)
        yield f"{INDENT}{pad(name, label)}  {line}  {ends[name]}"
    yield from _window(exhibit, label, room)


def _window(exhibit: Exhibit, label: int, room: int) -> Iterator[str]:
    days = [str(day) for day in exhibit.columns["day"]]
    span = [str(day) for day in _listed(exhibit.marks.get("shade"))]
    inside = [place for place, day in enumerate(days) if span and span[0] <= day <= span[-1]]
    if inside:
        yield f"{INDENT}{' ' * label}  {shade(inside[0], inside[-1], len(days), room)}"


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _numbers(values: Sequence[object]) -> list[float | None]:
    return [float(value) if isinstance(value, int | float) else None for value in values]


def _last(values: list[float | None], unit: Unit, words: Words) -> str:
    known = [value for value in values if value is not None]
    return words.number(Quantity(known[-1], unit), "signed") if known else ""
