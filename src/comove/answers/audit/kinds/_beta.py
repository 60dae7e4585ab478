"""A beta that a text states: "miners have a beta of 2 to gold"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comove.answers.audit.drafting import Draft, bounds, negated
from comove.answers.audit.judging import Judged, band, denied, fits
from comove.answers.audit.kinds._exposure import exposure
from comove.answers.audit.kinds._pairs import pair_of
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity, say

SPANS = (63, 126, 252, 504)
LARGEST = 10.0
REACH, BEFORE = 24, 8
_BETA = re.compile(
    r"(?<!high )(?<!high-)(?<!low-)\bbeta\b|(?<![ハイロー高低])ベータ(?:値)?", re.IGNORECASE
)


def betas(clause: Clause) -> Iterator[Draft]:
    """Find a slope stated as a figure, between two named assets.

    Parameters
    ----------
    clause
        Any.

    Yields
    ------
    Draft
        Of kind ``classification`` and variant ``beta``.
    """
    amount = _slope(clause)
    pair = pair_of(clause) if amount is not None else None
    if amount is None or pair is None or not set(pair).isdisjoint(RATES):
        return
    objects = {m.series for m in clause.mentions if clause.is_object(m)}
    asset, other = pair[::-1] if pair[0] in objects and pair[1] not in objects else pair
    yield Draft(
        clause.claim(
            "classification",
            (0, len(clause.text)),
            variant="beta",
            series=(asset,),
            others=(other,),
            unit="beta",
            negated=negated(clause, amount.start),
            **bounds(amount),
        ),
        (amount,),
    )


def _slope(clause: Clause) -> Amount | None:
    for match in _BETA.finditer(clause.text):
        for amount in clause.amounts:
            small = amount.unit in ("", "times") and amount.low >= 0.0 and amount.high <= LARGEST
            behind = 0 <= amount.start - match.end() <= REACH
            ahead = 0 <= match.start() - amount.end <= BEFORE
            if small and (behind or ahead):
                return amount
    return None


def stated_beta(claim: Claim, view: View) -> Judged:
    """Fit the slope over three months to two years: any may be meant, all must miss to refute.

    Parameters
    ----------
    claim
        Of variant ``beta``.
    view
        The history.

    Returns
    -------
    Judged
        ``holds`` where a usual window gives the figure, ``does_not_hold`` where no interval holds it.
    """
    asset, other = claim.series[0], claim.others[0]
    found = [exposure(view, asset, other, rows=rows).slope for rows in SPANS]
    fitting = [slope for slope in found if fits(claim, slope.value) == "in"]
    verdict: Ruling = "cannot_tell"
    why: tuple[Message, ...] = (say("audit.why.interval_decides"),)
    if fitting:
        verdict, why = "holds", ()
    elif not any(_open(claim, slope) for slope in found):
        verdict, why = "does_not_hold", ()
    slope = fitting[-1] if fitting else found[-1]
    others = tuple(
        say("audit.fact.over_slope", value=entry.quantity, count=Quantity(rows, "sessions"))
        for rows, entry in zip(SPANS, found, strict=True)
        if entry is not slope
    )
    fact = say(
        "audit.fact.stated_beta",
        asset=Name(asset),
        other=Name(other),
        slope=band(slope),
        days=(slope.first, slope.last),
        others=others,
    )
    return denied(
        claim,
        Judged(
            verdict=verdict,
            rule="stated_beta",
            fact=fact,
            why=why,
            figures=(Figure(key="audit.figure.slope", value=slope),),
            rows=tuple(view.cite(series, view.last(series)) for series in (asset, other)),
        ),
    )


def _open(claim: Claim, slope: Estimate) -> bool:
    """Tell whether the interval of a slope leaves the stated figure possible."""
    low = float("-inf") if claim.low is None else claim.low
    high = float("inf") if claim.high is None else claim.high
    return (slope.low or slope.value) <= high and low <= (slope.high or slope.value)
