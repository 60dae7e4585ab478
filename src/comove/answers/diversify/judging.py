"""The decision rule: when diversification holds, when it does not, when nobody can tell."""

from __future__ import annotations

from comove.core.diversify import Proposition, Ratios, Tail
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict, all_of
from comove.core.message import Quantity, say

MATTERS = 0.10
"""Share of a ratio whose loss has to be excluded before diversification is said to hold."""


def judged(effect: Estimate) -> Verdict:
    """Judge a factor that is one where nothing was lost.

    Parameters
    ----------
    effect
        Below one where diversification was lost.

    Returns
    -------
    Verdict
        ``against`` when the whole interval lies below one; ``supports`` when it does not and a loss
        of a tenth lies outside it; else ``cannot_tell``.
    """
    if effect.high is not None and effect.high < 1.0:
        return "against"
    if effect.low is not None and effect.low > 1.0 - MATTERS:
        return "supports"
    return "cannot_tell"


def state(ratios: Ratios, tail: Tail | None) -> tuple[Proposition, ...]:
    """Judge the three claims about the portfolio.

    Parameters
    ----------
    ratios
        From daily returns.
    tail
        None where the history is too short.

    Returns
    -------
    tuple of Proposition
        The whole, which is against when one part is and supported when both are; then the parts.
    """
    parts = (_correlations(ratios), _tail(tail))
    whole = all_of(tuple(part.verdict for part in parts))
    return (
        Proposition(
            key="holds",
            verdict=whole,
            says=say(
                f"diversify.holds.{whole}", loss=Quantity(MATTERS, "share"), level=_level(ratios)
            ),
        ),
        *parts,
    )


def _level(ratios: Ratios) -> Quantity:
    return Quantity(ratios.now.level, "share")


def _correlations(ratios: Ratios) -> Proposition:
    verdict = judged(ratios.correlation_effect)
    return Proposition(
        key="correlations",
        verdict=verdict,
        says=say(
            f"diversify.correlations.{verdict}",
            now=ratios.now.quantity,
            baseline=ratios.at_baseline.quantity,
            **_bounded(ratios.correlation_effect),
            loss=Quantity(MATTERS, "share"),
        ),
    )


def _tail(tail: Tail | None) -> Proposition:
    if tail is None:
        return Proposition(key="tail", verdict="silent", says=say("diversify.tail.silent"))
    verdict = judged(tail.penalty)
    return Proposition(
        key="tail",
        verdict=verdict,
        says=say(
            f"diversify.tail.{verdict}",
            ratio=tail.ratio.quantity,
            plain=tail.plain.quantity,
            **_bounded(tail.penalty),
            days=tail.days,
            loss=Quantity(MATTERS, "share"),
        ),
    )


def _bounded(effect: Estimate) -> dict[str, Quantity]:
    """Return a factor with both ends of its interval, as fields of a sentence."""
    ends = {"factor": effect.value, "low": effect.low, "high": effect.high}
    return {name: Quantity(end or 0.0, "ratio") for name, end in ends.items()}
