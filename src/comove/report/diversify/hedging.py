"""Which of these is still a hedge, and which pair diversifies less than it did."""

from __future__ import annotations

from comove.core.diversify import Hedge, Standing
from comove.core.document import Badge, Block, Cell, Table
from comove.core.message import Message, Name, Quantity, say

MOST_PAIRS = 8
"""Pairs laid out one by one; the others are added up."""


def hedging(standing: Standing) -> tuple[Block, ...]:
    """Lay out the verdict on every asset, then the figures behind them."""
    badges = tuple(
        Badge(
            verdict=entry.verdict,
            title=say("diversify.candidate.still", position=_asset(entry)),
            says=(entry.says,),
        )
        for entry in standing.hedges
    )
    return (*badges, _responses(standing), _effects(standing))


def _asset(entry: Hedge) -> Message:
    """Name an asset with its side and whether it is held."""
    key = "held" if entry.held else "examined"
    side = "short" if entry.weight < 0.0 else "long"
    return say(
        f"diversify.candidate.{key}_{side}",
        asset=Name(entry.asset),
        weight=Quantity(abs(entry.weight), "share"),
    )


def _responses(standing: Standing) -> Table:
    return Table(
        title=say("table.responses"),
        columns=("asset", "calm_beta", "worst_beta", "verdict"),
        rows=tuple(
            (_asset(entry), entry.beta, entry.response, Name(f"verdict.{entry.verdict}"))
            for entry in standing.hedges
        ),
        note=say(
            "note.responses",
            days=_days(standing),
            first=standing.reach.start,
            last=standing.reach.end,
        ),
    )


def _days(standing: Standing) -> int:
    return max((entry.days for entry in standing.hedges), default=0)


def _effects(standing: Standing) -> Table:
    return Table(
        title=say("table.effects"),
        columns=("asset", "calm_effect", "worst_effect"),
        rows=tuple((_asset(entry), entry.calm, entry.worst) for entry in standing.hedges),
        note=say("note.effects"),
    )


def pairs(standing: Standing) -> Table:
    """Lay out what the change of each correlation added to the variance."""
    shown = standing.pairs
    if len(shown) > MOST_PAIRS + 1:
        most = sorted(shown, key=lambda loss: -abs(loss.effect.value))[:MOST_PAIRS]
        shown = tuple(loss for loss in shown if loss in most)
    rows: list[tuple[Cell, ...]] = [
        (
            say("report.pair", first=Name(loss.pair[0]), second=Name(loss.pair[1])),
            (loss.before.quantity, loss.now.quantity),
            loss.change,
            loss.effect.quantity,
            (Quantity(loss.together_low, "share"), Quantity(loss.together_high, "share")),
        )
        for loss in shown
    ]
    first = standing.pairs[0]
    total = sum(loss.effect.value for loss in standing.pairs)
    if len(shown) < len(standing.pairs):
        left = total - sum(loss.effect.value for loss in shown)
        count = len(standing.pairs) - len(shown)
        others = say("report.diversify.other_pairs", count=count)
        rows.append((others, None, None, Quantity(left, "share"), None))
    return Table(
        title=say(
            f"table.pair_loss.{first.verdict if first.effect.value > 0.0 else 'none'}",
            first=Name(first.pair[0]),
            second=Name(first.pair[1]),
        ),
        columns=("pair", "before_now", "shifted", "added_variance", "joint"),
        rows=tuple(rows),
        note=say(
            "note.pair_loss", total=Quantity(total, "simple_return"), count=len(standing.pairs)
        ),
    )
