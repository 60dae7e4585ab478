"""What a rule hands back: a claim and the figures of the clause that it used up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.core.claim import Claim

REACH = 30


@dataclass(frozen=True)
class Draft:
    """A claim with the figures it rests on.

    Attributes
    ----------
    claim
        As understood.
    used
        Figures of the clause no other rule may use.
    """

    claim: Claim
    used: tuple[Amount, ...] = ()


def bounds(amount: Amount, scale: float = 1.0) -> dict[str, object]:
    """Return the fields of a claim that hold a figure.

    Parameters
    ----------
    amount
        As stated.
    scale
        From the unit of the text to that of the claim.

    Returns
    -------
    dict
        ``low``, ``high``, ``step``, ``hedged``.
    """
    low, high = sorted((amount.low * scale, amount.high * scale))
    return {
        "low": None if amount.bound == "most" else low,
        "high": None if amount.bound == "least" else high,
        "step": amount.step * abs(scale),
        "hedged": amount.hedged,
    }


def dated(period: Period | None, asof: date) -> dict[str, object]:
    """Return the fields of a claim that hold a period; one that begins after the text is none."""
    if period is None or period.start > asof:
        return {}
    if period.form == "before":
        return {"end": period.end, "period": "before"}
    if period.form == "by" and not period.exact:
        return {"start": period.start, "end": period.end, "period": "stated"}
    return {
        "start": period.start,
        "end": period.end,
        "period": "since" if period.form == "since" else "around" if period.vague else "stated",
    }


def near(clause: Clause, place: tuple[int, int], reach: int = REACH) -> Period | None:
    """Return the period that stands within a few letters of a place, the one before it first."""
    before = [p for p in clause.periods if 0 <= place[0] - p.place[1] <= reach]
    if before:
        return before[-1]
    inside = [p for p in clause.periods if p.place[0] < place[1] and place[0] < p.place[1]]
    after = [p for p in clause.periods if 0 <= p.place[0] - place[1] <= reach]
    return next(iter((*inside, *after)), None)


def peaks(clause: Clause, pattern: re.Pattern[str] = cues.PEAK) -> list[tuple[int, int]]:
    """Return where peaks (or lows) are named."""
    return [match.span() for match in pattern.finditer(clause.text)]


def negated(clause: Clause, place: int, reach: int = 28) -> bool:
    """Tell whether the words around a place deny it."""
    if clause.language == "ja":
        if turned_down(clause, place):
            return True
        phrase = re.split(r"[、。]", clause.text[place : place + 24])[0]
        phrase = _NO_DENIAL.sub("", phrase)
        return bool(cues.NEGATION.search(phrase))
    return bool(cues.NEGATION.search(clause.text[max(0, place - reach) : place + 4]))


def turned_down(clause: Clause, place: int) -> bool:
    """Tell whether somebody else's words, in quotation marks, are turned down by what follows.

    Parameters
    ----------
    clause
        Any.
    place
        Inside of the quotation marks, or not.

    Returns
    -------
    bool
        False in English.
    """
    opened = clause.text.rfind("「", 0, place + 1)
    closed = clause.text.find("」", place)
    if opened < 0 or closed < 0 or "」" in clause.text[opened:place]:
        return False
    offset = clause.sentence.find(clause.text)
    return bool(_REVERSED.search(clause.sentence[max(offset, 0) + closed :]))


_REVERSED = re.compile(
    r"逆で|逆だ|真逆|誤り|間違っ|間違い(?!な)|当たらな|正しくな|当てはまらな|とは言えな|とはいえな|とは限らな|違う|異なる|事実ではな|根拠は?な|通用し(?:な|にく|づら)|疑わし|疑問"
)
_NO_DENIAL = re.compile(
    r"に(?:す|過)ぎない|にほかならない|に違いない|かもしれない|だけでな(?:く|い)|(?:止ま|とどま|終わ|収ま)らない|やまない"
)
_IN_A_DAY = re.compile(
    r"\b(?:in (?:a|one|a single) (?:day|session)|on the day|intraday|in 24 hours|that day|daily|worst day|biggest (?:one-day|daily|single-day))\b"
    r"|\b(?:in|during) the same session\b|1日で|一日で|24時間で|単日|1日に|前日比|日中",
    re.IGNORECASE,
)


_DAILY_MOVE = re.compile(
    r"\b(?:one|single)-day\s(?:loss|drop|fall|decline|slide|gain|rise|jump|rally)\b", re.IGNORECASE
)


def in_a_day(clause: Clause, amount: Amount) -> bool:
    """Tell whether a figure is of one day."""
    around = clause.text[max(0, amount.start - 24) : amount.end + 28]
    ahead = clause.text[max(0, amount.start - 90) : amount.start]
    return bool(_IN_A_DAY.search(around) or _DAILY_MOVE.search(ahead))


def percents(clause: Clause) -> Iterator[Amount]:
    """Yield the figures in percent."""
    yield from (amount for amount in clause.amounts if amount.unit == "%")
