"""A path: a move over a period in percent, or from one level to another in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from comove.answers.audit.drafting import Draft, bounds, dated, in_a_day, negated, percents
from comove.answers.audit.judging import Judged, cannot_tell, denied, slack
from comove.answers.audit.kinds._moves import judge_move, price_amounts
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import View
from comove.core.claim import Claim, Ruling
from comove.core.message import Name, Quantity, say

RANK = 70
_TO = re.compile(r"\bto\b|\bthen\b|\bbefore\b", re.IGNORECASE)
_GROWN = re.compile(
    r"(?:に|へと?)(?:な|達|膨|拡|上|値上|増|跳|化)|となっ|となり|となる|強に|弱に|近くに"
)
LARGEST, REACH = 50.0, 30
YEAR = timedelta(days=365)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find moves in percent, moves without a figure, and paths between two levels."""
    if clause.hypothetical or clause.future:
        return
    yield from _crossings(clause)
    if cues.NOT_PRICE.search(clause.text):
        return
    yield from _multiples(clause)
    for amount in percents(clause):
        way = cues.directed(clause.text, amount.start)
        if amount.low < 0.0:
            way = "down"
        if way not in ("up", "down"):
            continue
        for subject in clause.subjects(amount.start)[:4]:
            if subject not in RATES:
                yield Draft(_move(clause, amount, subject, way), (amount,))
    sized = any(amount.unit in ("%", "bp", "pp") for amount in clause.spent)
    if not clause.amounts and not sized:
        yield from _bare(clause)


def _move(clause: Clause, amount: Amount, subject: str, way: str) -> Claim:
    sign = -0.01 if way == "down" else 0.01
    sized = Amount(
        amount.start,
        amount.end,
        abs(amount.low),
        abs(amount.high),
        "%",
        amount.step,
        amount.hedged,
        amount.bound,
    )
    fields = bounds(sized, sign)
    if sign < 0 and amount.bound:
        fields["low"], fields["high"] = fields["high"], fields["low"]
    return clause.claim(
        "path",
        (0, len(clause.text)),
        variant="move",
        series=(subject,),
        unit="simple_return",
        direction=way,
        negated=negated(clause, amount.start),
        **{**fields, **_dates(clause, amount)},
    )


def _multiples(clause: Clause) -> Iterator[Draft]:
    """Find 2.5倍になった: as many times its price; such figures are rough."""
    for amount in clause.amounts:
        grown = amount.unit == "times" and amount.low > 1.0 and amount.high <= LARGEST
        of_another = clause.text[: amount.start].endswith("の")
        if not grown or of_another or not _GROWN.match(clause.text[amount.end :]):
            continue
        rough = replace(
            amount,
            low=100.0 * (amount.low - 1.0),
            high=100.0 * (amount.high - 1.0),
            step=100.0 * amount.step,
            hedged=True,
        )
        for subject in clause.subjects(amount.start)[:2]:
            if subject not in RATES:
                yield Draft(_move(clause, rough, subject, "up"), (amount,))


def _bare(clause: Clause) -> Iterator[Draft]:
    """Find "gold rose in January": a direction, a name, no figure and no cause."""
    way = clause.direction
    causal = cues.CAUSE_AFTER.search(clause.text) or cues.CAUSE_BEFORE_JA.search(clause.text)
    if cues.GENERAL.search(clause.text):
        return
    told = cues.CORRELATION.search(clause.text) or cues.PEAK.search(clause.text)
    if way not in ("up", "down") or causal or told or not clause.mentions:
        return
    if clause.is_label:
        return
    if (
        cues.CAUSE_VERB.search(clause.text)
        or cues.STEP.search(clause.text)
        or cues.AVERAGE.search(clause.text)
    ):
        return
    subjects = [s for s in clause.subjects() if s not in RATES]
    if len({m.series for m in clause.mentions}) > len(subjects):
        return  # a second name: who did what to whom is not plain
    for subject in subjects[:3]:
        size = "large" if cues.LARGE.search(clause.text) else ""
        size = "small" if cues.SMALL.search(clause.text) else size
        yield Draft(
            clause.claim(
                "path",
                (0, len(clause.text)),
                variant=size or "direction",
                series=(subject,),
                direction=way,
                negated=negated(
                    clause,
                    len(clause.text) - 8
                    if clause.language == "ja"
                    else clause.mentions[0].end + 12,
                ),
                **dated(clause.period(), clause.asof),
            )
        )


def _crossings(clause: Clause) -> Iterator[Draft]:
    found = price_amounts(clause)
    if len(found) < 2 or cues.CORRELATION.search(clause.text) or cues.AVERAGE.search(clause.text):
        return
    first, second = found[0], found[1]
    between = clause.text[first.end : second.start]
    joined = (
        bool(_TO.search(between))
        if clause.language == "en"
        else len(between) <= 24 and any(word in between for word in ("から", "へ", "→"))
    )
    if not joined or first.low == second.low:
        return
    subjects = [s for s in clause.subjects(first.start) if s not in RATES]
    if not subjects:
        return
    period = _first_day(clause, first, second)
    last = _last_day(clause, first, second)
    yield Draft(
        clause.claim(
            "path",
            (0, len(clause.text)),
            variant="from_to",
            series=(subjects[0],),
            unit="usd",
            low=min(first.low, second.low),
            high=max(first.high, second.high),
            step=min(first.step, second.step),
            hedged=first.hedged or second.hedged,
            direction="down" if first.low > second.low else "up",
            negated=negated(clause, first.start),
            **{k: v for k, v in dated(period, clause.asof).items() if k in ("start",)},
            **({"at": last} if last else {}),
            period="stated" if period is not None else "none",
        ),
        (first, second),
    )


def _first_day(clause: Clause, first: Amount, second: Amount) -> Period | None:
    """Return the period of the first level: between the two, else the one before them."""
    between = [
        p for p in clause.periods if first.end <= p.place[0] and p.place[1] <= second.start + 4
    ]
    before = [p for p in clause.periods if p.place[1] <= first.start]
    order = (*before[::-1], *between) if clause.language == "ja" else (*between, *before[::-1])
    return next(iter(order), clause.earlier)


def _dates(clause: Clause, amount: Amount) -> dict[str, object]:
    """Return the period of a move: between two days where a clause names two."""
    days = sorted(p.start for p in clause.periods if p.exact and p.end <= clause.asof)
    if len(days) == 2 and days[0] < days[1] and not in_a_day(clause, amount):
        return {"start": days[0], "end": days[1], "period": "since"}
    return dated(clause.period(amount.start), clause.asof)


def _last_day(clause: Clause, first: Amount, second: Amount) -> date | None:
    if clause.language == "ja":
        near = [p for p in clause.periods if first.end <= p.place[0] and p.place[1] <= second.start]
    else:
        near = [
            p
            for p in clause.periods
            if 0 <= p.place[0] - second.end <= REACH and not clause.dates_extreme(p)
        ]
    days = [p.end for p in near if p.end <= clause.asof]
    if days:
        return max(days)
    exact = [p.end for p in clause.periods if p.exact and p.end <= clause.asof]
    return max(exact) if len(exact) > 1 else None


def test(claim: Claim, view: View) -> Judged:
    """Measure the move, or look for the two levels in their order."""
    if claim.variant == "from_to":
        return denied(claim, _ordered(claim, view))
    return denied(claim, judge_move(claim, view))


def _ordered(claim: Claim, view: View) -> Judged:
    series = claim.series[0]
    if not view.quoted(series, claim.start or view.asof - YEAR):
        return cannot_tell("path", "adjusted", asset=Name(series))
    end = claim.at or view.asof
    first, after = view.span(series, claim.start or end - YEAR, end)
    if claim.start is None or claim.period == "none":
        first = min(first, view.span(series, end - YEAR, end)[0])
    rows, verdict = _order(claim, view, first, after)
    values = view.track(series).values
    fact = say(
        "audit.fact.from_to",
        asset=Name(series),
        first=Quantity(float(values[rows[0]]), view.unit(series)),
        first_day=view.day(series, rows[0]),
        last=Quantity(float(values[rows[1]]), view.unit(series)),
        last_day=view.day(series, rows[1]),
    )
    return Judged(
        verdict=verdict,
        rule="path",
        fact=fact,
        why=(say("audit.why.intraday"),) if verdict == "cannot_tell" else (),
        rows=tuple(view.cite(series, row) for row in rows),
    )


def _order(claim: Claim, view: View, first: int, after: int) -> tuple[tuple[int, int], Ruling]:
    """Look for the first level, and after it the second; with closes, then with intraday room."""
    values = view.track(claim.series[0]).values[first:after]
    down = claim.direction == "down"
    sign = 1.0 if down else -1.0
    ends = (claim.low or 0.0, claim.high or 0.0)
    start, goal = ends[::-1] if down else ends
    give, margin = slack(claim), 1.5 * view.sigma(claim.series[0], after - 1)
    lenience: tuple[tuple[float, Ruling], ...] = ((0.0, "holds"), (margin, "cannot_tell"))
    for wide, word in lenience:
        begun = np.flatnonzero(sign * (values - start) >= -give - wide * start)
        reached = np.flatnonzero(sign * (goal - values) >= -give - wide * goal)
        if len(begun) and len(reached) and reached[-1] > begun[0]:
            return (first + int(begun[0]), first + int(reached[reached > begun[0]][0])), word
    extreme = int(np.argmax(sign * values))
    return (
        first + extreme,
        first + extreme + int(np.argmin(sign * values[extreme:])),
    ), "does_not_hold"
