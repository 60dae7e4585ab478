"""What would change it: levels people watch, and what a move in one driver has gone with."""

from __future__ import annotations

from math import isclose
from typing import cast

from comove.core.diagnosis import Diagnosis, Level, WhatIf
from comove.core.document import Block, Cell, Paragraph, Table
from comove.core.message import Message, Name, Quantity, say
from comove.core.units import Unit


def outlook(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out levels and what-ifs.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        A paragraph with the nearest level of each asset and the largest clear what-if, then up to
        two tables; the nearest levels come first, a price that is several of them stands once.
    """
    blocks: list[Block] = []
    levels = _distinct(sorted(diagnosis.levels, key=_nearness))
    says = (*_nearest(levels), *_largest(diagnosis))
    if says:
        blocks.append(Paragraph(says=says))
    if levels:
        blocks.append(
            Table(
                title=say("table.levels"),
                columns=("asset", "level", "price", "distance", "sigmas"),
                rows=tuple(map(_level, levels)),
                note=say("note.levels"),
            )
        )
    if any(what_if.effects for what_if in diagnosis.what_if):
        blocks.append(_what_if_table(diagnosis))
    return tuple(blocks)


def _nearness(level: Level) -> float:
    return abs(level.sigmas)


def _distinct(levels: list[Level]) -> list[tuple[Level, ...]]:
    """Gather levels of one asset at one price; the order is that of the first of each."""
    found: list[tuple[Level, ...]] = []
    for level in levels:
        for place, held in enumerate(found):
            if held[0].asset == level.asset and isclose(held[0].value, level.value):
                found[place] = (*held, level)
                break
        else:
            found.append((level,))
    return found


def _nearest(levels: list[tuple[Level, ...]]) -> tuple[Message, ...]:
    first: dict[str, tuple[Level, ...]] = {}
    for same in levels:
        first.setdefault(same[0].asset, same)
    if not first:
        return ()
    told = tuple(
        say(
            "report.change.level",
            asset=Name(asset),
            level=_titles(same),
            price=Quantity(same[0].value, cast("Unit", same[0].unit)),
            distance=Quantity(same[0].distance, "simple_return"),
        )
        for asset, same in first.items()
    )
    return (say("report.change.nearest", levels=told),)


def _largest(diagnosis: Diagnosis) -> tuple[Message, ...]:
    """Tell the largest effect that is distinguishable from zero."""
    effects = [
        (what_if, asset, effect)
        for what_if in diagnosis.what_if
        for asset, effect in what_if.effects
    ]
    clear = [entry for entry in effects if entry[2].excludes_zero]
    if not clear:
        return (say("report.change.none_clear"),) if effects else ()
    what_if, asset, effect = max(clear, key=lambda entry: abs(entry[2].value))
    return (say("report.change.largest", shock=_shock(what_if), asset=Name(asset), effect=effect),)


def _titles(same: tuple[Level, ...]) -> tuple[Name, ...]:
    return tuple(Name(f"level.{level.key}") for level in same)


def _level(same: tuple[Level, ...]) -> tuple[Cell, ...]:
    level = same[0]
    return (
        Name(level.asset),
        _titles(same),
        Quantity(level.value, cast("Unit", level.unit)),
        Quantity(level.distance, "simple_return"),
        Quantity(level.sigmas, "sigma"),
    )


def _what_if_table(diagnosis: Diagnosis) -> Table:
    assets = diagnosis.question.assets
    return Table(
        title=say("table.what_if"),
        columns=("shock", *assets),
        rows=tuple(_what_if(entry, assets) for entry in diagnosis.what_if if entry.effects),
        note=say("note.what_if"),
    )


def _what_if(what_if: WhatIf, assets: tuple[str, ...]) -> tuple[Cell, ...]:
    effects = dict(what_if.effects)
    return (_shock(what_if), *(effects.get(asset) for asset in assets))


def _shock(what_if: WhatIf) -> Message:
    return say(
        "report.shock",
        driver=Name(what_if.driver),
        shock=Quantity(what_if.shock, cast("Unit", what_if.unit)),
    )
