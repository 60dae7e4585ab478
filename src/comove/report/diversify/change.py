"""Two days side by side, and the least change of the weights that restores a ratio."""

from __future__ import annotations

from collections.abc import Callable

from comove.core.diversify import Comparison, Diversification, Standing, Tilt
from comove.core.document import Badge, Block, Cell, Paragraph, Table
from comove.core.message import Message, Name, Quantity, say

_Pick = Callable[[Standing], Cell]

_LINES: tuple[tuple[str, _Pick], ...] = (
    ("holds", lambda each: Name(f"verdict.{each.verdict('holds')}")),
    ("volatility", lambda each: each.split.volatility),
    ("now", lambda each: each.ratios.now),
    ("at_baseline", lambda each: each.ratios.at_baseline),
    ("correlation_effect", lambda each: each.ratios.correlation_effect),
    ("ratio", lambda each: None if each.tail is None else each.tail.ratio),
    ("penalty", lambda each: None if each.tail is None else each.tail.penalty),
    ("shift", lambda each: None if each.absorption is None else each.absorption.shift),
    ("month", lambda each: None if each.unrest is None else each.unrest.month),
    ("bets", lambda each: each.bets),
)


def compared(answer: Diversification) -> tuple[Block, ...]:
    """Lay out the earlier day beside the as-of day, or nothing."""
    if answer.then is None:
        return ()
    now, then = answer.now, answer.then
    table = Table(
        title=say("table.versus", now=now.asof, then=then.asof),
        columns=("measure", "earlier_day", "now"),
        rows=tuple(
            (Name(f"diversify.figure.{key}"), pick(then), pick(now)) for key, pick in _LINES
        ),
        note=say("note.versus", then=then.asof, now=now.asof),
    )
    return (*_change(answer.comparison, then), table, _hedges(now, then))


def _change(found: Comparison | None, then: Standing) -> tuple[Block, ...]:
    if found is None:
        return (Paragraph(says=(say("diversify.versus.overlap", day=then.asof),)),)
    return (
        Badge(
            verdict=found.verdict,
            title=say("diversify.proposition.versus", day=then.asof),
            says=(
                say(
                    "diversify.versus.parted",
                    ratio=found.ratio,
                    correlations=found.correlation_effect,
                    volatilities=found.volatility_effect,
                ),
            ),
        ),
    )


def _hedges(now: Standing, then: Standing) -> Table:
    before = {entry.asset: entry for entry in then.hedges}
    return Table(
        title=say("table.versus_hedges"),
        columns=("asset", "earlier_day", "verdict_then", "now", "verdict"),
        rows=tuple(
            (
                say("diversify.word.short", asset=Name(entry.asset))
                if entry.weight < 0.0
                else Name(entry.asset),
                before[entry.asset].response,
                Name(f"verdict.{before[entry.asset].verdict}"),
                entry.response,
                Name(f"verdict.{entry.verdict}"),
            )
            for entry in now.hedges
        ),
    )


def tilted(answer: Diversification) -> tuple[Block, ...]:
    """Lay out the least change of the weights, or nothing."""
    found = answer.tilt
    if found is None:
        return ()
    return (Paragraph(says=(_outcome(found),)), *_trades(found))


def _outcome(found: Tilt) -> Message:
    target = Quantity(found.target, "ratio")
    if not found.feasible:
        return say("diversify.tilt.beyond", target=target, highest=Quantity(found.highest, "ratio"))
    if found.turnover == 0.0:
        return say("diversify.tilt.there", target=target)
    return say(
        "diversify.tilt.found",
        target=target,
        turnover=Quantity(found.turnover, "share"),
        reached=found.reached,
        volatility=found.volatility,
        highest=Quantity(found.highest, "ratio"),
    )


def _trades(found: Tilt) -> tuple[Block, ...]:
    if not found.trades or found.turnover == 0.0:
        return ()
    return (
        Table(
            title=say("table.tilt"),
            columns=("holding", "weight_before", "weight_after", "weight_change"),
            rows=tuple(
                (
                    Name(trade.asset),
                    Quantity(trade.before, "share"),
                    Quantity(trade.after, "share"),
                    Quantity(trade.change, "simple_return"),
                )
                for trade in found.trades
            ),
            note=say("note.tilt"),
        ),
    )
