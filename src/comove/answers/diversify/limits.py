"""What a reader must know before leaning on the answer."""

from __future__ import annotations

from collections.abc import Iterator

from comove.answers.diversify.hedging import EXAMINED
from comove.answers.diversify.standing import Stood
from comove.core.diversify import Comparison
from comove.core.message import Message, Name, Quantity, say

LITTLE = 1.10
"""Ratio at baseline correlations below which there is little diversification to lose."""


def limit(now: Stood, then: Stood | None, comparison: Comparison | None) -> tuple[Message, ...]:
    """List what limits the answer.

    Parameters
    ----------
    now, then, comparison
        The portfolio now and on the earlier day.

    Returns
    -------
    tuple of Message
        In the order a reader meets them.
    """
    overlap = then is not None and comparison is None
    shared = (say("diversify.limit.overlap", day=then.standing.asof),) if then and overlap else ()
    return (*_weights(now), *_clocks(now), *_samples(now), *shared, *_meaning(now))


def _weights(now: Stood) -> Iterator[Message]:
    cash = now.setting.question.cash or 0.0
    if cash:
        key = "cash" if cash > 0.0 else "borrowed"
        yield say(f"diversify.limit.{key}", weight=Quantity(abs(cash), "share"))
    short = tuple(Name(asset) for asset, weight in now.setting.question.weights if weight < 0.0)
    if short:
        yield say("diversify.limit.short", assets=short)
    yield say("diversify.limit.fixed")


def _clocks(now: Stood) -> Iterator[Message]:
    late: dict[tuple[tuple[str, ...], float], list[str]] = {}
    for asset, others, hours in now.setting.late():
        late.setdefault((others, round(hours, 1)), []).append(asset)
    for (others, hours), assets in late.items():
        yield say(
            "diversify.limit.clock",
            assets=tuple(map(Name, assets)),
            others=tuple(map(Name, others)),
            hours=Quantity(hours, "hours"),
        )


def _samples(now: Stood) -> Iterator[Message]:
    setting, standing = now.setting, now.standing
    held = setting.before.stop - setting.before.start
    if held < setting.question.baseline:
        yield say("diversify.limit.baseline", held=held, asked=setting.question.baseline)
    for key in ("tail", "absorption", "unrest", "bets"):
        if getattr(standing, key) is None:
            yield say(f"diversify.limit.no_{key}")
    if standing.window.multi_day_spans:
        yield say("diversify.limit.spans", count=standing.window.multi_day_spans)
    for asset in setting.ids:
        track = setting.snapshot[asset]
        last = track.labels[-1]
        if last.item() < setting.day and (setting.snapshot.sessions.labels > last).any():
            yield say("diversify.limit.behind", asset=Name(asset), day=last.item())


def _meaning(now: Stood) -> Iterator[Message]:
    expected = now.standing.ratios.at_baseline
    if expected.value < LITTLE:
        yield say("diversify.limit.little", ratio=expected.quantity)
    days = now.standing.tail.days if now.standing.tail else 0
    if days:
        yield say("diversify.limit.few", days=days)
    if any(not entry.held for entry in now.standing.hedges):
        yield say("diversify.limit.examined", weight=Quantity(EXAMINED, "share"))
    if len(now.standing.pairs) > 1:
        yield say("diversify.limit.pairs", count=len(now.standing.pairs))
    # both claims fail on one side only, so that each takes half of what the level leaves
    false = round(1.0 - now.setting.question.level, 12)
    yield say("diversify.limit.two", share=Quantity(false, "share"))
