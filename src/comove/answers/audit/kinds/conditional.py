"""A conditional statement: "a large fall in real yields would lift both"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from comove.answers.audit.drafting import Draft
from comove.answers.audit.judging import Judged, band
from comove.answers.audit.kinds._exposure import Exposure, exposure
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES, Mention
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity, say

RANK = 42
_WOULD = re.compile(
    r"\b(?:would|will|should|could|tends? to|usually|normally|typically|generally|is likely to|are likely to|is (?:good|bad|positive|negative|supportive) for|weighs? on|hurts?|helps?|supports?|benefits?|lifts?|pressures?)\b|だろう|ば、?|なら|たら|傾向|とされる|しやすい|可能性|はず|追い風|逆風|重荷|押し上げ|押し下げ|支え|圧力",
    re.IGNORECASE,
)
_ADVERB = re.compile(r"\b(?:would|will|should|could|tends?)\b.*$")
_PRICED = re.compile(r"[$¥]\s?\d|\d\s?(?:ドル|円|dollars|per ounce)")
_EASING = re.compile(
    r"\b(?:rate cuts?|cuts? (?:in )?(?:interest )?rates|easing|dovish)\b|利下げ|金融緩和|ハト派",
    re.IGNORECASE,
)
_TIGHTENING = re.compile(
    r"\b(?:rate hikes?|tightening|hawkish)\b|利上げ|金融引き締め|タカ派", re.IGNORECASE
)
_POSITIVE = re.compile(
    r"\b(?:lift\w*|help\w*|support\w*|benefit\w*|boost\w*|good|positive|tailwind)\b|追い風|押し上げ|支え|プラス",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:weigh\w*|hurt\w*|pressur\w*|bad|negative|headwind|drag\w*|harm\w*|suffer\w*|struggle\w*|underperform\w*)\b|逆風|重荷|押し下げ|圧力|重し|マイナス|苦戦|売られ",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:tends? to|usually|normally|typically|generally|is (?:good|bad|positive|negative|supportive) for|weighs on|hurts|helps|supports|benefits|lifts)\b|傾向|しやすい|とされる|追い風となる|逆風となる|重荷となる|追い風だ|逆風だ|やすい|になる(?=。|$)|に働く",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find "if A falls, B rises" and "a stronger dollar weighs on gold"."""
    if clause.asks or not (
        clause.hypothetical
        or _GENERAL.search(clause.text)
        or (clause.future and _WOULD.search(clause.text))
    ):
        return
    if any(clause.in_condition(amount.start) and amount.unit != "bp" for amount in clause.spent):
        return  # a level that has been taken as a trigger
    if cues.CORRELATION.search(clause.text) or _PRICED.search(clause.text):
        return
    driver, moved, rest_at = _driver(clause)
    if not driver:
        return
    targets = [
        m.series
        for m in clause.mentions
        if m.start >= rest_at and m.series != driver and m.series not in RATES
    ]
    rest = clause.text[rest_at:]
    if not targets and re.search(r"\bboth\b|両者|両資産|双方|いずれも", rest, re.IGNORECASE):
        targets = [s for s in clause.mains if s != driver]
    if clause.language == "en" and not targets:
        targets = [
            m.series for m in clause.mentions if m.series != driver and m.series not in RATES
        ]
        rest = clause.text
    answered = _answer(rest)
    if not targets or not answered or not moved:
        return
    yield Draft(
        clause.claim(
            "conditional",
            (0, len(clause.text)),
            series=tuple(dict.fromkeys(targets))[:3],
            others=(driver,),
            direction=answered,
            cause_direction=moved,
        ),
        clause.amounts,
    )


def _answer(rest: str) -> str:
    up, down = (
        cues.UP.search(rest) or _POSITIVE.search(rest),
        cues.DOWN.search(rest) or _NEGATIVE.search(rest),
    )
    if up and down:
        return "up" if up.start() < down.start() else "down"
    return "up" if up else "down" if down else ""


def _driver(clause: Clause) -> tuple[str, str, int]:
    """Return driver, its direction, and where the consequence begins."""
    text = clause.text
    for pattern, way in ((_EASING, "down"), (_TIGHTENING, "up")):
        match = pattern.search(text)
        if match is not None:
            return "dgs2", way, match.end()
    condition = cues.CONDITION.search(text)
    named = clause.mentions
    if not named:
        return "", "", 0
    first = named[0]
    if condition is not None and clause.language == "en":
        behind = [m for m in named if m.start > condition.start()]
        first = behind[0] if behind else first
    way = _moved(clause, first, condition is not None)
    end = first.end + (2 if clause.language == "ja" else 0)
    if condition is not None:
        comma = text.find("," if clause.language == "en" else "、", first.end)
        end = (
            comma if comma > 0 else (condition.end() if clause.language == "ja" else first.end + 8)
        )
    return first.series, way, end


def _moved(clause: Clause, driver: Mention, conditional: bool) -> str:
    """Return which way the driver is supposed to go, by the words right around its name."""
    text = clause.text
    head = text[max(0, driver.start - 30) : driver.start]
    tail = text[driver.end : driver.end + 30]
    if clause.language == "ja":
        tail, head = text[driver.start : driver.end + 18].partition("、")[0], ""
    elif conditional:
        tail = tail.partition(",")[0]
    else:
        head, tail = f"{head} {_ADVERB.sub('', tail[:14])}", ""
    for part in (tail, head):
        way = cues.direction(part)
        if way in ("up", "down"):
            return way
    return ""


def test(claim: Claim, view: View) -> Judged:
    """Look how each asset has answered the driver, and what followed large moves of it."""
    driver = claim.others[0]
    sign = (1.0 if claim.direction == "up" else -1.0) * (
        1.0 if claim.cause_direction == "up" else -1.0
    )
    words: list[Ruling] = []
    parts: list[Message] = []
    figures: list[Figure] = []
    for asset in claim.series:
        try:
            found = exposure(view, asset, driver)
        except Unseen as reason:
            if len(claim.series) == 1:
                raise
            told = say(f"audit.why.{reason.reason}", **reason.values)
            words.append("cannot_tell")
            parts.append(say("audit.fact.no_answer", asset=Name(asset), reason=told))
            continue
        words.append(_word(found.slope, sign))
        parts.append(_answered(claim, view, asset, found))
        figures.append(Figure(key="audit.figure.slope", value=found.slope))
    verdict: Ruling = "cannot_tell"
    if "does_not_hold" in words:
        verdict = "does_not_hold"
    elif all(word == "holds" for word in words):
        verdict = "holds"
    fact = say(
        f"audit.fact.conditional_{claim.cause_direction}", driver=Name(driver), parts=tuple(parts)
    )
    why = (
        (say("audit.why.interval_zero"),)
        if verdict == "cannot_tell"
        else (say("audit.why.past_days"),)
    )
    rows = tuple(view.cite(series, view.last(series)) for series in (*claim.series, driver))
    return Judged(
        verdict=verdict, rule="conditional", fact=fact, why=why, figures=tuple(figures), rows=rows
    )


def _word(slope: Estimate, sign: float) -> Ruling:
    low, high = sorted((sign * (slope.low or 0.0), sign * (slope.high or 0.0)))
    return "holds" if low > 0.0 else "does_not_hold" if high < 0.0 else "cannot_tell"


def _answered(claim: Claim, view: View, asset: str, found: Exposure) -> Message:
    """Say how often the asset went the stated way on the days of the driver's largest moves."""
    way = 1.0 if claim.cause_direction == "up" else -1.0
    days = way * found.moves >= np.quantile(np.abs(found.moves), 0.9)
    changes = view.returns(asset, claim.others[0]).values[-len(found.moves) :, 0]
    same = (changes[days] > 0.0) == (claim.direction == "up")
    hits = float(np.mean(same)) if days.any() else float("nan")
    return say(
        "audit.fact.answered",
        asset=Name(asset),
        slope=band(found.slope),
        correlation=Quantity(found.correlation, "correlation"),
        share=Quantity(hits, "share"),
        count=int(days.sum()),
    )
