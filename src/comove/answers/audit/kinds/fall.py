"""A fall from a peak, or a rise from a low: "GDX is 10-15 % below its December peak"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from comove.answers.audit.drafting import (
    REACH,
    Draft,
    bounds,
    dated,
    in_a_day,
    near,
    negated,
    peaks,
    percents,
)
from comove.answers.audit.judging import Judged, denied, fits
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import OPENING, Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say

RANK = 50
_DRAWN = re.compile(
    r"drawdown|下落率|\b(?:lost|lose|shed|erased|wiped)\b[^,.;]{0,24}\b(?:its|their) value",
    re.IGNORECASE,
)
_RATE = re.compile(r"(?:の)?(?:下落率|騰落率|上昇率)")
YEAR = timedelta(days=365)
INTRADAY = 1.0
"""Daily standard deviations by which an intraday extreme may lie beyond the close."""
DIVIDEND = 0.012
"""What a distribution between peak and day may add to the fall of the quotes."""


def extract(clause: Clause) -> Iterator[Draft]:
    """Find falls from a peak and rises from a low."""
    if clause.hypothetical or clause.future:
        return
    for amount in percents(clause):
        if in_a_day(clause, amount):
            continue
        for subject in clause.subjects(amount.start)[:4]:
            if subject in RATES:
                continue
            draft = _draft(clause, amount, subject)
            if draft is not None:
                yield draft


def _draft(clause: Clause, amount: Amount, subject: str) -> Draft | None:
    if _of_a_period(clause, amount):
        return None
    way = cues.directed(clause.text, amount.start)
    for pattern, wanted in ((cues.PEAK, "down"), (cues.TROUGH, "up")):
        found = [
            span
            for span in peaks(clause, pattern)
            if min(abs(span[0] - amount.end), abs(amount.start - span[1])) <= 2 * REACH
        ]
        drawn = bool(_DRAWN.search(clause.text))
        if not found and not (drawn and wanted == "down"):
            continue
        if found and not _leaves(clause, amount, way, wanted):
            continue
        if found and clause.language == "en" and _passed(clause, found[0], amount):
            continue
        span = found[0] if found else (amount.start, amount.end)
        return Draft(_claim(clause, amount, subject, span, wanted, bool(found)), (amount,))
    return None


def _passed(clause: Clause, peak: tuple[int, int], amount: Amount) -> bool:
    """Tell whether a statement about a peak is over before a figure: "... and has lost 10%"."""
    return bool(_AND_HAS.search(clause.text[peak[1] : amount.start]))


_AND_HAS = re.compile(r"\band\s(?:has|have|had|is|are|was)\b", re.IGNORECASE)


def _of_a_period(clause: Clause, amount: Amount) -> bool:
    """Tell a fall of a period (年初来の下落率) from one from a peak."""
    match = _RATE.search(clause.text)
    if match is None or not -2 <= amount.start - match.end() <= 8:
        return False
    return near(clause, match.span(), 2) is not None


def _leaves(clause: Clause, amount: Amount, way: str, wanted: str) -> bool:
    if way == wanted or amount.low < 0.0:
        return True
    words = {
        "down": ("below", "off", "under", "から", "安"),
        "up": ("above", "over", "off", "から", "from"),
    }[wanted]
    return way in ("", "flat") and any(word in clause.text for word in words)


_BY = re.compile(r"\bby\s(?:the\s)?$", re.IGNORECASE)


def _beside(clause: Clause, period: Period, amount: Amount) -> bool:
    """Tell whether a period opens the clause or stands between the same commas as a figure."""
    if period.place[0] < OPENING:
        return True
    comma = "、" if clause.language == "ja" else ", "
    low, high = sorted((period.place[1], amount.start))
    return comma not in clause.text[low:high]


def _claim(
    clause: Clause,
    amount: Amount,
    subject: str,
    span: tuple[int, int],
    wanted: str,
    found: bool,
) -> Claim:
    period = near(clause, span) if found else None
    if period is not None and _BY.search(clause.text[span[1] : period.place[0]]):
        period = None  # "10% from its record by Thursday": the day of the fall, not of the peak
    around = clause.text[max(0, span[0] - 18) : span[1] + 6]
    fields = dated(period, clause.asof)
    if not fields and cues.RECORD.search(around):
        fields = {"period": "record"}
    peak_from = period.start if period is not None else date.min
    others = [
        p
        for p in clause.periods
        if p is not period and peak_from < p.end <= clause.asof and _beside(clause, p, amount)
    ]
    at = max((p.end for p in others if p.exact or p.form == "by"), default=None)
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
    return clause.claim(
        "fall",
        (0, len(clause.text)),
        series=(subject,),
        unit="simple_return",
        direction=wanted,
        at=at,
        negated=negated(clause, amount.start),
        **{**bounds(sized, 0.01), **fields},
    )


def test(claim: Claim, view: View) -> Judged:
    """Compare the stated fall with the one from the highest close, now and at its deepest."""
    series, sign = claim.series[0], -1.0 if claim.direction == "down" else 1.0
    spans = _spans(claim, view, series)
    judged = [_from_peak(claim, view, series, sign, span) for span in spans]
    order = ("holds", "misleading", "cannot_tell", "does_not_hold")
    return denied(claim, min(judged, key=lambda found: order.index(found.verdict)))


def _spans(claim: Claim, view: View, series: str) -> list[tuple[int, int]]:
    if claim.period == "record":
        return [view.span(series, None, claim.at or view.asof)]
    if claim.period == "none":
        day = claim.at or view.asof
        return [view.span(series, day - YEAR, day), view.span(series, None, day)]
    end = claim.end if claim.period in ("stated", "around") else claim.at or view.asof
    return [view.span(series, claim.start, end)]


def _from_peak(claim: Claim, view: View, series: str, sign: float, span: tuple[int, int]) -> Judged:
    values = view.track(series).values
    part = -sign * values[span[0] : span[1]]
    peak = span[0] + int(np.argmax(part))
    now = view.last(series, claim.at)
    if now <= peak:
        now = view.last(series)
    if now <= peak:
        raise Unseen("no_fall_yet")
    path = values[peak + 1 : now + 1]
    trough = peak + 1 + int(np.argmax(sign * path))
    sizes = {
        "now": sign * (values[now] / values[peak] - 1.0),
        "before": sign * (values[max(now - 1, peak)] / values[peak] - 1.0),
        "trough": sign * (values[trough] / values[peak] - 1.0),
    }
    gray = INTRADAY * view.sigma(series, now) + (
        DIVIDEND if not view.quoted(series, view.day(series, peak)) else 0.0
    )
    found = {name: fits(claim, size, gray) for name, size in sizes.items()}
    scope = view.scope(series, peak, now)
    rows = tuple(view.cite(series, row) for row in dict.fromkeys((peak, trough, now)))
    figures = tuple(
        Figure(
            key=f"audit.figure.{name}",
            value=scope.exact(
                -sign * -sizes[name] if sign > 0 else -sizes[name], "simple_return", "drawdown"
            ),
        )
        for name in ("now", "trough")
    )
    if sizes["now"] < 0.0 and found["trough"] == "near":
        found["trough"] = "out"  # beyond the peak again: nothing is "below" it
    verdict, why = _verdict(found)
    fact = _fact(view, series, (peak, trough, now), "fall" if sign < 0 else "rise")
    return Judged(verdict=verdict, rule="fall", fact=fact, why=why, figures=figures, rows=rows)


def _verdict(found: dict[str, str]) -> tuple[Ruling, tuple[Message, ...]]:
    if found["now"] == "in":
        return "holds", ()
    if found["before"] == "in":
        return "holds", (say("audit.why.close_before"),)
    if found["trough"] == "in":
        return "holds", (say("audit.why.at_trough"),)
    if "near" in found.values():
        return "cannot_tell", (say("audit.why.intraday"),)
    return "does_not_hold", ()


def _fact(view: View, series: str, rows: tuple[int, int, int], key: str) -> Message:
    values = view.track(series).values
    peak, trough, now = rows
    unit = view.unit(series)
    sizes = [
        Quantity(float(values[row] / values[peak] - 1.0), "simple_return") for row in (now, trough)
    ]
    name = key if trough != now else f"{key}_now"
    return say(
        f"audit.fact.{name}",
        asset=Name(series),
        peak=Quantity(float(values[peak]), unit),
        peak_day=view.day(series, peak),
        move=sizes[0],
        day=view.day(series, now),
        deepest=sizes[1],
        trough_day=view.day(series, trough),
    )
