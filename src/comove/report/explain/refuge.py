"""Hedge or haven: the class of each asset against each other."""

from __future__ import annotations

from comove.core.diagnosis import Diagnosis, Refuge
from comove.core.document import Block, Cell, Table
from comove.core.message import Message, Name, say


def classes(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out the classes with the slopes behind them.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        One table, or nothing.
    """
    found = diagnosis.refuge
    if not found:
        return ()
    quantiles = tuple(quantile for quantile, _ in found[0].stress)
    return (
        Table(
            title=say("table.refuge"),
            columns=(
                "asset",
                "other",
                "hedge",
                "haven",
                "slope",
                *(f"worst_{round(100 * quantile)}" for quantile in quantiles),
            ),
            rows=tuple(_row(entry) for entry in found),
            note=say(
                "note.refuge",
                agreement=_agreement(found),
                days=(found[0].slope.first, found[0].slope.last),
                nobs=found[0].slope.nobs,
            ),
        ),
    )


def _row(entry: Refuge) -> tuple[Cell, ...]:
    return (
        Name(entry.asset),
        Name(entry.other),
        Name(f"refuge.{entry.hedge}"),
        Name(f"refuge.{entry.haven}"),
        entry.slope,
        *(estimate for _, estimate in entry.stress),
    )


def _agreement(found: tuple[Refuge, ...]) -> Message:
    differing = tuple(
        say("refuge.pair", asset=Name(entry.asset), other=Name(entry.other))
        for entry in found
        if not entry.agrees
    )
    return say("refuge.differs", pairs=differing) if differing else say("refuge.agrees")
