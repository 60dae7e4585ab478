"""A change of a rate: "real yields edged up", "the 10-year yield rose 20 bp"."""

from __future__ import annotations

import re
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
SHORTEST = 4
_LISTED = re.compile(r"\(1\).*\(2\)|①.*②", re.DOTALL)
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
    if sized:
        return
    yield from _beside_a_level(clause) if clause.amounts else _bare(clause)


def _beside_a_level(clause: Clause) -> Iterator[Draft]:
    """Find "stood at 1.9%, having edged up": a sized word between commas without a figure."""
    comma = "、" if clause.language == "ja" else ", "
    low = 0
    named = {m.series for m in clause.mentions}
    for piece in clause.text.split(comma):
        high = low + len(piece)
        inside = [m for m in clause.mentions if low <= m.start < high]
        figures = [a for a in clause.amounts if low <= a.start < high]
        told = cues.SMALL.search(piece) or cues.LARGE.search(piece) or cues.FLAT.search(piece)
        subject = inside[0].series if inside else next(iter(named)) if len(named) == 1 else ""
        if told and not figures and subject in YIELDS and not _causal(piece):
            yield from _directed(clause, subject, piece, low + told.start())
        low = high + len(comma)


def _directed(clause: Clause, subject: str, piece: str, place: int) -> Iterator[Draft]:
    way = cues.direction(piece)
    if not way or len(piece) < SHORTEST or negated(clause, place):
        return
    size = "small" if cues.SMALL.search(piece) else "large" if cues.LARGE.search(piece) else ""
    yield Draft(
        clause.claim(
            "rate",
            (clause.text.find(piece), clause.text.find(piece) + len(piece)),
            variant=size or "direction",
            series=(subject,),
            direction=way,
            **dated(clause.period(place), clause.asof),
        )
    )


def _causal(text: str) -> bool:
    return bool(
        cues.CAUSE_AFTER.search(text)
        or cues.CAUSE_BEFORE_JA.search(text)
        or cues.CAUSE_AHEAD_JA.search(text)
        or cues.CAUSE_VERB.search(text)
    )


def _bare(clause: Clause) -> Iterator[Draft]:
    """Find "real yields rose": a direction and no figure."""
    if (
        _causal(clause.text)
        or _LISTED.search(clause.text)
        or clause.is_label
        or cues.CORRELATION.search(clause.text)
    ):
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
