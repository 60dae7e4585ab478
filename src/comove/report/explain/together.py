"""Are they moving together: the window in a sentence, each asset's move in a column."""

from __future__ import annotations

from typing import cast

from comove.core.diagnosis import Diagnosis, Path, Together
from comove.core.document import Block, Cell, Paragraph, Table
from comove.core.message import Message, Quantity, say
from comove.core.units import Unit


def moves(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out the joint move.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        A paragraph on window, overlap and severity; a table with one column per asset.
    """
    together = diagnosis.together
    return (
        Paragraph(says=(_window(together), *_synchrony(together, 1.0 - diagnosis.question.level))),
        _table(together),
    )


CHANCE = 0.1
"""p-value above which an overlap is called chance; below, it is not told apart from chance."""


def way(together: Together) -> str:
    """Return ``falling`` or ``rising``; a window without direction is read as a fall."""
    return "rising" if together.direction == "rising" else "falling"


def _window(together: Together) -> Message:
    key = f"{way(together)}.{'open' if together.open else 'closed'}"
    if together.chosen:
        key = "chosen"
    elif not together.joint:
        key = "none" if together.judged else "young"
    return say(
        f"report.window.{key}",
        days=(together.window.start, together.window.end),
        sessions=Quantity(together.window.sessions, "sessions"),
    )


def _synchrony(together: Together, alpha: float) -> tuple[Message, ...]:
    found = []
    overlap, severity = together.overlap, together.severity
    if overlap is not None and overlap.pvalue is not None and together.expected_overlap is not None:
        outcome = "more" if overlap.pvalue <= alpha else "unclear"
        if overlap.pvalue > max(alpha, CHANCE):
            outcome = "chance"
        found.append(
            say(
                f"report.overlap.{way(together)}.{outcome}",
                overlap=overlap.quantity,
                expected=Quantity(together.expected_overlap, "share"),
                p=Quantity(overlap.pvalue, "probability"),
            )
        )
    if severity is not None and severity.pvalue is not None and together.joint:
        found.append(
            say(
                f"report.severity.{way(together)}",
                severity=severity.quantity,
                p=Quantity(severity.pvalue, "probability"),
                independent=Quantity(together.severity_independent or 0.0, "probability"),
            )
        )
    return tuple(found)


def _table(together: Together) -> Table:
    key = f"report.path.{way(together)}"
    columns = [_column(path) for path in together.paths]
    names = ("peak", "trough", "drawdown", "move", "worst", "latest", "recovered")
    return Table(
        title=say("table.paths"),
        columns=("measure", *(path.asset for path in together.paths)),
        rows=tuple(
            (say(f"{key}.{name}"), *cells) for name, *cells in zip(names, *columns, strict=True)
        ),
    )


def _column(path: Path) -> tuple[Cell, ...]:
    unit = cast("Unit", path.unit)
    return (
        say("report.value_on", value=Quantity(path.peak, unit), day=path.peak_day),
        say("report.value_on", value=Quantity(path.trough, unit), day=path.trough_day),
        path.drawdown,
        path.move,
        say("report.points_on", value=path.worst.quantity, day=path.worst_day),
        say("report.value_on", value=Quantity(path.latest, unit), day=path.latest_day),
        Quantity(path.recovered, "share"),
    )
