"""Does it hold, whose risk is it, and what the stress gauges say."""

from __future__ import annotations

from comove.core.diversify import Diversification, Part, Ratios, Standing
from comove.core.document import Badge, Block, Cell, Table
from comove.core.message import Name, Quantity, say

FIGURES = (
    "now",
    "at_baseline",
    "correlation_effect",
    "before",
    "volatility_effect",
    "squared",
    "at_baseline_squared",
)
"""Fields of :class:`~comove.core.diversify.Ratios` in reading order."""


def claims(standing: Standing) -> tuple[Block, ...]:
    """Lay out the three claims with their verdicts."""
    return tuple(
        Badge(
            verdict=entry.verdict,
            title=say(f"diversify.proposition.{entry.key}"),
            says=(entry.says,),
        )
        for entry in standing.propositions
    )


def ratios(answer: Diversification) -> Table:
    """Lay out the diversification ratios, from daily returns and from five sessions."""
    now = answer.now
    slow = now.five_session
    columns = (
        ("measure", "daily_returns")
        if slow is None
        else ("measure", "daily_returns", "five_returns")
    )
    return Table(
        title=say("table.ratios"),
        columns=columns,
        rows=tuple(_ratio(key, now.ratios, slow) for key in FIGURES),
        note=say(
            "note.ratios" if slow is None else "note.ratios_five",
            window=(now.window.start, now.window.end),
            sessions=now.window.sessions,
            baseline=(now.baseline.start, now.baseline.end),
            held=now.baseline.sessions,
            level=Quantity(answer.question.level, "share"),
        ),
    )


def _ratio(key: str, daily: Ratios, slow: Ratios | None) -> tuple[Cell, ...]:
    row: tuple[Cell, ...] = (Name(f"diversify.figure.{key}"), getattr(daily, key))
    return row if slow is None else (*row, getattr(slow, key))


def holdings(answer: Diversification) -> Table:
    """Lay out what every holding adds to the risk, the portfolio last."""
    split = answer.now.split
    worst = any(part.tail_share is not None for part in split.parts)
    rows: list[tuple[Cell, ...]] = [_part(part, worst) for part in split.parts]
    cash = answer.question.cash or 0.0
    if cash:
        rows.append((Name("diversify.word.cash"), Quantity(cash, "share"), *(None,) * (3 + worst)))
    whole = Quantity(1.0, "share")
    invested = sum(part.weight for part in split.parts) + cash
    total: tuple[Cell, ...] = (
        Name("diversify.word.portfolio"),
        Quantity(invested, "share"),
        split.gross.quantity,
        split.volatility.quantity,
        whole,
    )
    rows.append((*total, whole) if worst else total)
    columns = ("holding", "stake", "by_itself", "adds", "risk_share")
    return Table(
        title=say("table.risk_split", volatility=split.volatility, saved=split.saved),
        columns=(*columns, "loss_share") if worst else columns,
        rows=tuple(rows),
        note=say("note.risk_split", level=Quantity(answer.question.level, "share")),
    )


def _part(part: Part, worst: bool) -> tuple[Cell, ...]:
    row: tuple[Cell, ...] = (
        Name(part.asset),
        Quantity(part.weight, "share"),
        part.alone.quantity,
        part.contribution.quantity,
        part.share,
    )
    return (*row, part.tail_share) if worst else row


def strains(standing: Standing) -> Table:
    """Lay out the gauges of stress, and the number of bets."""
    rows: list[tuple[Cell, ...]] = []
    tail, absorbed, unrest = standing.tail, standing.absorption, standing.unrest
    if tail is not None:
        rows += [
            (Name(f"diversify.figure.{key}"), getattr(tail, key))
            for key in ("ratio", "plain", "penalty", "benefit", "shortfall")
        ]
    if absorbed is not None:
        rows.append((say("diversify.figure.absorption", count=absorbed.directions), absorbed.ratio))
        rows.append((Name("diversify.figure.shift"), absorbed.shift))
    if unrest is not None:
        rows += [
            (Name(f"diversify.figure.{key}"), getattr(unrest, key))
            for key in ("latest", "month", "surprise")
        ]
    rows.append((Name("diversify.figure.bets"), standing.bets))
    return Table(
        title=say("table.strain"),
        columns=("measure", "figure"),
        rows=tuple(rows),
        note=say("note.strain"),
    )
