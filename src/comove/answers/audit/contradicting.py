"""Two statements of one text that cannot both hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from comove.answers.audit.judging import slack, stated
from comove.core.audit import Conflict
from comove.core.claim import Claim
from comove.core.message import Message, Name, say

MOST = 60
_OPPOSITE = {"up": "down", "down": "up"}


def conflicts(claims: Sequence[Claim]) -> tuple[Conflict, ...]:
    """Find the pairs of claims that contradict each other.

    Parameters
    ----------
    claims
        In the order of the text.

    Returns
    -------
    tuple of Conflict
        By their numbers in the text, from 1.
    """
    return tuple(_pairs(claims[:MOST]))


def _pairs(claims: Sequence[Claim]) -> Iterator[Conflict]:
    for (first, one), (second, two) in combinations(enumerate(claims, 1), 2):
        if (
            one.implied
            or two.implied
            or one.place == two.place
            or one.kind != two.kind
            or one.series != two.series
        ):
            continue
        says = _conflict(one, two)
        if says is not None:
            yield Conflict(first=first, second=second, says=says)


def _conflict(one: Claim, two: Claim) -> Message | None:
    same_time = (one.start, one.end, one.at, one.period) == (two.start, two.end, two.at, two.period)
    same_other = set(one.others) == set(two.others)
    if one.kind == "classification":
        return _classes(one, two)
    if not same_time or not same_other:
        return None
    turned = _turned(one, two)
    if turned is not None:
        return turned
    numeric = one.kind in ("fall", "level", "average", "correlation", "amount", "flow")
    if one.kind == "level" and one.start is None:
        return None  # "trades at" and "support at" speak of different things
    if numeric and one.variant == two.variant and one.window == two.window and one.unit == two.unit:
        return _ranges(one, two)
    return None


def _turned(one: Claim, two: Claim) -> Message | None:
    opposite = _OPPOSITE.get(one.direction) == two.direction
    if one.kind in ("path", "rate") and one.period != "none" and opposite:
        same = one.negated == two.negated
        return say("audit.conflict.direction", asset=Name(one.series[0])) if same else None
    pushed = _OPPOSITE.get(one.cause_direction) == two.cause_direction
    if one.kind == "cause" and one.others and pushed:
        return say("audit.conflict.cause", asset=Name(one.others[0]))
    if one.kind == "conditional" and opposite != pushed:
        return say("audit.conflict.conditional", asset=Name(one.series[0]))
    return None


def _classes(one: Claim, two: Claim) -> Message | None:
    against = {("haven", "risk"), ("haven", "high_beta"), ("hedge", "high_beta"), ("hedge", "risk")}
    pair = (one.variant, two.variant)
    opposed = pair in against or pair[::-1] in against
    clash = opposed and not one.negated and not two.negated
    clash = clash or (one.variant == two.variant and one.negated != two.negated)
    return say("audit.conflict.classes", asset=Name(one.series[0])) if clash else None


def _ranges(one: Claim, two: Claim) -> Message | None:
    if (one.low is None and one.high is None) or (two.low is None and two.high is None):
        return None
    give = 2.0 * max(slack(one), slack(two))
    low = max(-1e300 if claim.low is None else claim.low for claim in (one, two))
    high = min(1e300 if claim.high is None else claim.high for claim in (one, two))
    if low <= high + give or one.negated or two.negated:
        return None
    return say("audit.conflict.figures", first=stated(one), second=stated(two))
