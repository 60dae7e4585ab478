"""From a figure stated and a figure measured to one of five words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor, log10

from comove.core.audit import CitedRow, Figure
from comove.core.claim import Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message, Quantity, say
from comove.core.units import Unit

_HEDGED = 2.0
_SHARE_OF_PERCENT = 0.05
_PRICE = {1: 0.03, 2: 0.01, 3: 0.005}
_SLACK_UNITS = {
    "simple_return": 0.005,
    "correlation": 0.01,
    "basis_points": 1.0,
    "percent": 0.01,
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a test found.

    Attributes
    ----------
    verdict
        One of the five words.
    fact
        The correct statement.
    why
        Further sentences: why it is misleading, or cannot be told.
    figures, rows
        What was measured and cited.
    rule
        Key of the rule.
    void
        A trigger that says nothing.
    """

    verdict: Ruling
    rule: str
    fact: Message | None = None
    why: tuple[Message, ...] = ()
    figures: tuple[Figure, ...] = ()
    rows: tuple[CitedRow, ...] = ()
    void: bool = False


def band(estimate: Estimate) -> Message:
    """Write an estimate with its interval inside a sentence."""
    unit = estimate.unit
    if estimate.low is None or estimate.high is None:
        return say("audit.point", value=estimate.quantity)
    return say(
        "audit.band",
        value=estimate.quantity,
        low=Quantity(estimate.low, unit),
        high=Quantity(estimate.high, unit),
    )


def cannot_tell(rule: str, reason: str, **values: object) -> Judged:
    """Say why a claim cannot be judged."""
    return Judged(verdict="cannot_tell", rule=rule, why=(say(f"audit.why.{reason}", **values),))


def not_testable(rule: str, reason: str, **values: object) -> Judged:
    """Say why a claim is outside of what data can judge."""
    return Judged(verdict="not_testable", rule=rule, why=(say(f"audit.why.{reason}", **values),))


def slack(claim: Claim) -> float:
    """Return how far a measured figure may lie from a stated one, by how finely it was stated.

    Parameters
    ----------
    claim
        With a figure.

    Returns
    -------
    float
        In the unit of the claim.

    Notes
    -----
    Prices: 3 % of a figure with one significant digit, 1 % with two, half a unit of the last digit
    but at least 0.1 % from three on; three times as much (at most 5 %) for "about".  Percentages:
    half a unit of the last digit, or 5 % of the figure for whole ones; twice as much, and at least a
    percentage point, for "about".  Ranges carry their own slack: half a unit of the last digit.
    """
    size = max(abs(claim.low or 0.0), abs(claim.high or 0.0))
    if claim.unit in ("usd", "jpy", "index", "vol_points"):
        return _price_slack(claim, size)
    least = _SLACK_UNITS.get(claim.unit, 0.0)
    half = 0.5 * claim.step if claim.step < 0.1 or claim.unit != "simple_return" else least
    if claim.low != claim.high and claim.low is not None and claim.high is not None:
        return _HEDGED * max(min(half, least), least) if claim.hedged else least
    if claim.unit == "simple_return":
        fine = claim.step < 0.0099
        found = max(half, 0.01 * size if fine else max(least, _SHARE_OF_PERCENT * size))
        return max(_HEDGED * found, min(0.01, 0.25 * size)) if claim.hedged else found
    found = max(half, least) if claim.unit != "correlation" else max(min(half, 0.05), least)
    return _HEDGED * found if claim.hedged else found


def _price_slack(claim: Claim, size: float) -> float:
    if size == 0.0:
        return 0.5
    place = floor(log10(size))
    digits = max(1, place - floor(log10(claim.step) + 1e-9) + 1) if claim.step > 0.0 else 3
    ranged = claim.low != claim.high
    share = _PRICE.get(digits, 0.001)
    if ranged:
        share = min(share, 0.005)
    if claim.hedged:
        share = min(3.0 * share, 0.05)
    return share * size


def fits(claim: Claim, measured: float, gray: float = 0.0) -> str:
    """Compare a measured figure with the one stated.

    Parameters
    ----------
    claim
        With ``low`` and ``high``; None for an open end.
    measured
        In the same unit.
    gray
        Width beyond the slack in which the convention of the figure decides (a close against an
        intraday extreme, one close against the next).

    Returns
    -------
    str
        ``in``, ``near`` or ``out``.
    """
    give = slack(claim)
    open_ended = claim.low is None or claim.high is None
    if open_ended:
        give = 0.1 * give
    low = float("-inf") if claim.low is None else claim.low - give
    high = float("inf") if claim.high is None else claim.high + give
    if low - 1e-12 <= measured <= high + 1e-12:
        return "in"
    return "near" if low - gray <= measured <= high + gray else "out"


def stated(claim: Claim) -> Message:
    """Write the figure of a claim as it was meant."""
    unit: Unit = claim.unit  # type: ignore[assignment]
    low = None if claim.low is None else Quantity(claim.low, unit)
    high = None if claim.high is None else Quantity(claim.high, unit)
    if low is None and high is None:
        return say("audit.stated.none")
    if low is None or high is None:
        key = "least" if high is None else "most"
        return say(f"audit.stated.{key}", value=low or high)
    if claim.low == claim.high:
        return say(f"audit.stated.{'about' if claim.hedged else 'one'}", value=low)
    return say("audit.stated.range", low=low, high=high)


def denied(claim: Claim, judged: Judged) -> Judged:
    """Turn a verdict round where the text denies the statement."""
    turned: dict[str, Ruling] = {"holds": "does_not_hold", "does_not_hold": "holds"}
    if not claim.negated or judged.verdict not in turned:
        return judged
    return replace(judged, verdict=turned[judged.verdict])
