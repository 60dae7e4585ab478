"""The yen: a writer's yen falls when the series, yen per dollar, rises."""

from __future__ import annotations

import re
from dataclasses import replace

from comove.answers.audit.reading.clauses import Clause
from comove.core.claim import Claim

SERIES = "usdjpy"
_YEN = re.compile(r"^(?:the )?(?:japanese )?yen$|^円(?:相場)?$", re.IGNORECASE)
_TURNED = {
    "up": "down",
    "down": "up",
    "high": "low",
    "low": "high",
    "above": "below",
    "below": "above",
}
_WAYS = frozenset({"path", "fall", "synchrony"})
_SIDED = frozenset({"average"})
_EXTREMES = frozenset({"high", "low"})
_UNTOLD = frozenset({"near_high", "set_high"})


def as_quoted(claim: Claim, clause: Clause) -> Claim | None:
    """Turn a claim about the yen into one about yen per dollar.

    Parameters
    ----------
    claim
        As a rule drafted it.
    clause
        It was read from.

    Returns
    -------
    Claim or None
        Unchanged where the yen is not in it; None where it is not plain which of the two is meant.
    """
    if SERIES not in (*claim.series, *claim.others):
        return claim
    names = [m.name for m in clause.sentence_mentions if m.series == SERIES]
    yen = [bool(_YEN.match(name)) for name in names]
    if not names or len(set(yen)) > 1:
        return claim if claim.kind == "level" else None
    if not yen[0]:
        return claim
    turned = claim
    if SERIES in claim.others and claim.cause_direction:
        turned = replace(turned, cause_direction=_turn(claim.cause_direction))
    if SERIES not in claim.series:
        return None if claim.kind == "correlation" else turned
    if len(claim.series) > 1:
        return None
    return _own(turned)


def _own(claim: Claim) -> Claim | None:
    """Turn a claim whose only subject is the yen."""
    if claim.variant in _UNTOLD or claim.kind in ("correlation", "decoupling", "trigger"):
        return None
    if claim.kind in _SIDED or (claim.kind == "level" and claim.variant in _EXTREMES):
        return replace(claim, variant=_turn(claim.variant))
    if claim.kind not in _WAYS and claim.kind not in ("cause", "conditional"):
        return claim
    low, high = claim.low, claim.high
    if claim.kind == "path" and claim.unit == "simple_return":
        low, high = (None if high is None else -high), (None if low is None else -low)
    return replace(claim, direction=_turn(claim.direction), low=low, high=high)


def _turn(word: str) -> str:
    head, _, tail = word.partition("_")
    return "_".join(filter(None, (_TURNED.get(head, head), tail)))
