"""The decision rule that every explanation is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from comove.core.evidence import Verdict

LEAST_FRACTION = 0.10
"""Fraction of a move below which an explanation carries nothing worth naming."""
ENOUGH_EXTREME = 0.90
"""Share of earlier windows that must be less extreme: the placebo."""
PRINTED = 3
"""Decimals a fraction is judged with: those of the printed percentage, so that no sentence calls
10.0 % less than a tenth."""
NOISE = 0.5
"""A move smaller than this many standard deviations of such moves cannot be divided up."""

Reason = Literal[
    "carries",  # right sign, interval excludes zero, large enough, out of the ordinary
    "opposite",  # the interval excludes zero on the other side
    "negligible",  # the whole interval lies within +-10 %
    "small",  # right sign, but below 10 % while the interval reaches beyond
    "wide",  # the interval includes zero and reaches beyond 10 %
    "ordinary",  # as much is seen in ordinary windows
    "no_history",  # no earlier window to compare with
    "no_move",  # nothing to divide up
    "other_way",  # the asset moved against the direction explained
]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What an explanation contributes to a whole.

    Attributes
    ----------
    fraction, low, high
        Of the whole, with interval; positive is the direction of the whole.
    extremity
        Share of earlier windows whose contribution is less extreme in that direction, 0..1; None
        without earlier windows.
    """

    fraction: float
    low: float
    high: float
    extremity: float | None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict with the reason that decided it."""

    part: Part
    verdict: Verdict
    reason: Reason


def barred(total: float, noise: float, direction: float) -> Reason | None:
    """Say why a whole cannot be divided up.

    Parameters
    ----------
    total
        The move to explain.
    noise
        Standard deviation of such moves in ordinary times, same unit.
    direction
        Sign of the move the question is about.

    Returns
    -------
    Reason or None
        ``no_move`` when the move is within half a standard deviation of nothing, ``other_way``
        when its sign is wrong, None when it can be divided up.

    Examples
    --------
    >>> barred(-0.19, 0.05, -1.0) is None, barred(-0.01, 0.05, -1.0), barred(0.2, 0.05, -1.0)
    (True, 'no_move', 'other_way')
    """
    if abs(total) < NOISE * noise or total == 0.0:
        return "no_move"
    return "other_way" if total * direction < 0.0 else None


def judge(part: Part, bar: Reason | None = None) -> Judgement:
    """Decide whether a part of a move carries an explanation.

    Parameters
    ----------
    part
        The part with interval and placebo.
    bar
        Why the whole cannot be divided up, from :func:`barred`.

    Returns
    -------
    Judgement
        ``supports``: right sign, interval excludes zero, at least 10 %, placebo passes.
        ``against``: interval excludes zero on the other side, or lies within +-10 %.
        ``cannot_tell``: everything else.

    Examples
    --------
    >>> judge(Part(fraction=0.4, low=0.2, high=0.6, extremity=0.97)).verdict
    'supports'
    >>> judge(Part(fraction=0.02, low=-0.03, high=0.07, extremity=0.97)).reason
    'negligible'
    >>> judge(Part(fraction=0.4, low=-0.2, high=1.0, extremity=0.97)).verdict
    'cannot_tell'
    """
    reason = bar or _reason(part)
    verdict: Verdict = "cannot_tell"
    if reason == "carries":
        verdict = "supports"
    elif reason in ("opposite", "negligible"):
        verdict = "against"
    return Judgement(part=part, verdict=verdict, reason=reason)


def _reason(part: Part) -> Reason:
    if part.low > -LEAST_FRACTION and part.high < LEAST_FRACTION:
        return "negligible"
    if part.high < 0.0:
        return "opposite"
    if part.low <= 0.0:
        return "wide"
    return _carried(part)


def _carried(part: Part) -> Reason:
    if round(part.fraction, PRINTED) < LEAST_FRACTION:
        return "small"
    if part.extremity is None:
        return "no_history"
    return "carries" if part.extremity >= ENOUGH_EXTREME else "ordinary"
