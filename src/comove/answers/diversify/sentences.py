"""Two sentences: does diversification hold, and whose risk and which hedges are left."""

from __future__ import annotations

from comove.answers.diversify.limits import LITTLE
from comove.core.diversify import Standing
from comove.core.message import Message, Name, Quantity, say


def head(standing: Standing) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    standing
        Of the as-of day.

    Returns
    -------
    tuple of Message
        One sentence on whether it holds and why, one on who carries the risk and what still hedges.
    """
    ratios = standing.ratios
    verdict = standing.verdict("holds")
    little = verdict == "supports" and ratios.at_baseline.value < LITTLE
    first = say(
        f"diversify.headline.{'little' if little else verdict}",
        correlations=_correlations(standing),
        tail=_tail(standing),
        now=ratios.now.quantity,
    )
    return first, _risk(standing)


def _correlations(standing: Standing) -> Message:
    ratios = standing.ratios
    return say(
        f"diversify.headline.correlations.{standing.verdict('correlations')}",
        now=ratios.now.quantity,
        baseline=ratios.at_baseline.quantity,
        change=Quantity(ratios.correlation_effect.value - 1.0, "simple_return"),
    )


def _tail(standing: Standing) -> Message:
    if standing.tail is None:
        return say("diversify.headline.tail.silent")
    return say(
        f"diversify.headline.tail.{standing.verdict('tail')}",
        ratio=standing.tail.ratio.quantity,
        plain=standing.tail.plain.quantity,
    )


def _risk(standing: Standing) -> Message:
    most = max(standing.split.parts, key=lambda part: part.share.value)
    told = {verdict: _named(standing, verdict) for verdict in ("supports", "against")}
    if told["supports"] and told["against"]:
        hedging = say(
            "diversify.headline.hedges.both", hedges=told["supports"], falling=told["against"]
        )
    elif told["supports"]:
        hedging = say("diversify.headline.hedges.some", hedges=told["supports"])
    elif told["against"]:
        hedging = say("diversify.headline.hedges.none", falling=told["against"])
    else:
        hedging = say("diversify.headline.hedges.unclear")
    return say(
        "diversify.headline.risk",
        asset=Name(most.asset),
        share=most.share.quantity,
        volatility=standing.split.volatility.quantity,
        hedging=hedging,
    )


def _named(standing: Standing, verdict: str) -> tuple[Message | Name, ...]:
    """Name what hedges or falls with the rest, without the largest source of risk itself."""
    most = max(standing.split.parts, key=lambda part: part.share.value).asset
    return tuple(
        say("diversify.word.short", asset=Name(entry.asset))
        if entry.weight < 0.0
        else Name(entry.asset)
        for entry in standing.hedges
        if entry.verdict == verdict and entry.asset != most
    )
