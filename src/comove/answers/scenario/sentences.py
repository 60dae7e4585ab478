"""The headline and the verdicts: what the shock does, and whether history knows it."""

from __future__ import annotations

from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.core.scenario import (
    AnalogueRecord,
    Jointly,
    Move,
    Outlook,
    Plausible,
    ScenarioClaim,
)

USUAL = 0.05
"""Plausibility from which a shock counts as one that comes up."""
NEAR = 3
"""Past stretches that must have come near a shock that history is said to hold."""


def head(
    told: tuple[Move, ...],
    found: tuple[Outlook, ...],
    joint: tuple[Jointly, ...],
    plausible: Plausible,
    past: tuple[AnalogueRecord, ...],
    horizon: int,
) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    told
        The shock.
    found
        Outlooks under all laws.
    joint
        Joint probabilities.
    plausible
        How unusual it is.
    past
        How the assets fared in the analogues.
    horizon
        Sessions.

    Returns
    -------
    tuple of Message
        What happens, and how far to trust it.
    """
    medians = tuple(
        say(
            "scenario.word.median",
            asset=Name(entry.asset),
            move=entry.centre.quantity,
            rises=entry.rises.quantity,
        )
        for entry in found
        if entry.key == "student"
    )
    if joint:
        first = say(
            "scenario.headline.several",
            moves=listed(told),
            sessions=Quantity(horizon, "sessions"),
            medians=medians,
            rise=joint[0].all_rise.quantity,
            fall=joint[0].all_fall.quantity,
        )
    else:
        first = say(
            "scenario.headline.one",
            moves=listed(told),
            sessions=Quantity(horizon, "sessions"),
            medians=medians,
        )
    return first, _trust(plausible, past[0].count)


def _trust(plausible: Plausible, count: int) -> Message:
    if plausible.extrapolates:
        return say("scenario.headline.extrapolates", p=_p(plausible.pvalue), count=count)
    return say("scenario.headline.seen", p=_p(plausible.pvalue), count=count)


def _p(pvalue: Estimate) -> Quantity:
    return Quantity(pvalue.value, "probability")


def listed(told: tuple[Move, ...]) -> tuple[Message, ...]:
    """Name the moves of a shock.

    Parameters
    ----------
    told
        Driver by driver.

    Returns
    -------
    tuple of Message
        One each.
    """
    return tuple(
        say("scenario.word.move", driver=Name(move.driver), size=move.size) for move in told
    )


def claims(
    found: tuple[Outlook, ...], plausible: Plausible, count: int
) -> tuple[ScenarioClaim, ...]:
    """Judge whether history knows the shock, and which assets gain from it.

    Parameters
    ----------
    found
        Outlooks under all laws.
    plausible
        How unusual it is.
    count
        Analogues.

    Returns
    -------
    tuple of ScenarioClaim
        The shock first, then asset by asset.
    """
    seen = _seen(plausible, count)
    about = say(
        f"scenario.seen.{seen}",
        p=_p(plausible.pvalue),
        count=count,
        separate=round(plausible.effective or 0.0),
    )
    assets = dict.fromkeys(entry.asset for entry in found)
    judged = [_gains(asset, found, plausible.extrapolates) for asset in assets]
    return (ScenarioClaim(key="seen", asset=None, verdict=seen, says=about), *judged)


def _seen(plausible: Plausible, count: int) -> Verdict:
    if plausible.extrapolates:
        return "against"
    usual = plausible.pvalue.value >= USUAL and count >= NEAR
    return "supports" if usual else "cannot_tell"


def _gains(asset: str, found: tuple[Outlook, ...], extrapolates: bool) -> ScenarioClaim:
    laws = {entry.key: entry for entry in found if entry.asset == asset}
    centre = laws["student"].centre
    signs = {entry.centre.value > 0.0 for key, entry in laws.items() if key != "normal"}
    verdict: Verdict = "cannot_tell"
    if centre.excludes_zero and len(signs) == 1 and not extrapolates:
        verdict = "supports" if centre.value > 0.0 else "against"
    key = "extrapolates" if extrapolates else verdict
    says = say(
        f"scenario.gains.{key}",
        asset=Name(asset),
        median=centre.quantity,
        low=Quantity(centre.low or 0.0, centre.unit),
        high=Quantity(centre.high or 0.0, centre.unit),
        calm=laws["calm"].centre.quantity,
        stressed=laws["stressed"].centre.quantity,
        share=Quantity(laws["student"].same_sign, "share"),
    )
    return ScenarioClaim(key="gains", asset=asset, verdict=verdict, says=says)
