"""A change of a rate: "real yields edged up", "the 10-year yield rose 20 bp"."""

from __future__ import annotations

from collections.abc import Iterator

from comove.answers.audit.drafting import Draft, bounds, dated, negated
from comove.answers.audit.judging import Judged, denied
from comove.answers.audit.kinds._moves import judge_move
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import View
from comove.core.claim import Claim

RANK = 60
YIELDS = frozenset({"dfii10", "dgs10", "dgs2"})


def extract(clause: Clause) -> Iterator[Draft]:
    """Find changes of yields, volatility, funding and sentiment."""
    if clause.hypothetical or clause.future:
        return
    sized = [a for a in clause.amounts if a.unit in ("bp", "pp")]
    for amount in sized:
        for subject in clause.subjects(amount.start):
            way = "down" if amount.low < 0 else cues.directed(clause.text, amount.start)
            if subject in YIELDS and way in ("up", "down"):
                yield Draft(_sized(clause, amount, subject, way), (amount,))
    if sized or clause.amounts:
        return
    causal = (
        cues.CAUSE_AFTER.search(clause.text)
        or cues.CAUSE_BEFORE_JA.search(clause.text)
        or cues.CAUSE_VERB.search(clause.text)
    )
    if causal or clause.is_label or cues.CORRELATION.search(clause.text):
        return
    for mention in clause.mentions[:2]:
        if mention.series not in RATES:
            continue
        way = cues.directed(clause.text, mention.end, 40)
        if way:
            size = "large" if cues.LARGE.search(clause.text) else ""
            size = "small" if cues.SMALL.search(clause.text) else size
            yield Draft(
                clause.claim(
                    "rate",
                    (0, len(clause.text)),
                    variant=size or "direction",
                    series=(mention.series,),
                    direction=way,
                    negated=negated(clause, mention.end + 12)
                    if clause.language == "en"
                    else negated(clause, mention.end),
                    **dated(clause.period(), clause.asof),
                )
            )


def _sized(clause: Clause, amount: Amount, subject: str, way: str) -> Claim:
    scale = 100.0 if amount.unit == "pp" else 1.0
    sign = -scale if way == "down" else scale
    plain = Amount(
        amount.start,
        amount.end,
        abs(amount.low),
        abs(amount.high),
        "bp",
        amount.step,
        amount.hedged,
        amount.bound,
    )
    fields = bounds(plain, sign)
    if sign < 0 and amount.bound:
        fields["low"], fields["high"] = fields["high"], fields["low"]
    return clause.claim(
        "rate",
        (0, len(clause.text)),
        variant="move",
        series=(subject,),
        unit="basis_points",
        direction=way,
        negated=negated(clause, amount.start),
        **{**fields, **dated(clause.period(amount.start), clause.asof)},
    )


def test(claim: Claim, view: View) -> Judged:
    """Measure the change in basis points, and in standard deviations where no figure is stated."""
    series = claim.series[0]
    if series in YIELDS:
        return denied(claim, judge_move(claim, view, 100.0, "basis_points"))
    unit = view.unit(series)
    return denied(claim, judge_move(claim, view, 1.0, unit))
