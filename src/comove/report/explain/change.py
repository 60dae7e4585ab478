"""What would change it: levels people watch, and what a move in one driver has gone with."""

from __future__ import annotations

from typing import cast

from comove.core.diagnosis import Diagnosis, Level, WhatIf
from comove.core.document import Block, Cell, Table
from comove.core.message import Name, Quantity, say
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
        Up to two tables; the nearest levels come first.
    """
    blocks: list[Block] = []
    if diagnosis.levels:
        blocks.append(
            Table(
                title=say("table.levels"),
                columns=("asset", "level", "price", "distance", "sigmas"),
                rows=tuple(map(_level, sorted(diagnosis.levels, key=_nearness))),
            )
        )
    if any(what_if.effects for what_if in diagnosis.what_if):
        blocks.append(_what_if_table(diagnosis))
    return tuple(blocks)


def _nearness(level: Level) -> float:
    return abs(level.sigmas)


def _level(level: Level) -> tuple[Cell, ...]:
    return (
        Name(level.asset),
        Name(f"level.{level.key}"),
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
    return (
        say(
            "report.shock",
            driver=Name(what_if.driver),
            shock=Quantity(what_if.shock, cast("Unit", what_if.unit)),
        ),
        *(effects.get(asset) for asset in assets),
    )
