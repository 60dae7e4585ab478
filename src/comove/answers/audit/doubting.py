"""When a sentence can be read in more than one way, so that nothing in it is called false."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from comove.answers.audit.drafting import REACH, Draft
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period

_YIELDS = frozenset({"dfii10", "dgs10", "dgs2"})
_AVERAGE = re.compile(
    r"\b\d+ ?-?(?:d|w|day|week|month)\w* ?(?:[sm]a\b|dma|wma|(?:moving )?average)|\bd?w?ma\b|\bits own\b"
    r"|\btheir own\b|\baverage|移動平均|日線|週線|週平均|日平均",
    re.IGNORECASE,
)
_YIELD = re.compile(r"\b\d+ ?-?y(?:r|ear)?s?\b|\b2s\b|\b10s\b|\byields?\b|\d ?bps?\b|利回り|年債")
_SHORT = re.compile(
    r"及ばな|及ばず|届かな|遠く|\boutpac|\bversus\b|\bvs\b|\bagainst\b|\blag(?:s|ged|ging)?\b"
    r"|\bcompar|\brather than\b|\binstead of\b|に比べ|に対し|と比べ",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"まで(?:は|の間|、)|ない限り|\buntil\b|\bunless\b|\bonce\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"[げ値]幅|\d分の\d|\b(?:a|one|two)[ -](?:third|quarter|fifth|tenth)s?\b", re.IGNORECASE
)
_TENOR = re.compile(
    r"\b(?:two|2|three|3|five|5|seven|7|thirty|30) ?-?y(?:ea)?rs?\b|\b[2357]s\b|(?<!\d)(?:2|3|5|7|20|30)年(?:債|物)",
    re.IGNORECASE,
)
_RECORD_SINCE = re.compile(
    r"\b(?:\w{3,}est|first|worst|best|most|least)\b[^.;]{0,40}\bsince\b|以来|ぶり", re.IGNORECASE
)
_UNREAD_TIME = re.compile(
    r"\b(?:start|beg[au]n|open|enter)(?:ed|ning|ing)? the (?:year|month|week|quarter)\b"
    r"|\bago\b|\bearlier\b|\bpreviously\b|\bback (?:in|then)\b|\bat the time\b|かつて|当時|以前|[年月日間]前",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|they|that|this|these|those)\b", re.IGNORECASE)
_FROM = re.compile(
    r"\b(?:from|since|after|versus|vs|than|with|against|above|below|over|under)(?: the| last)? ?$",
    re.IGNORECASE,
)
_FROM_JA = re.compile(r"^末?(?:の[\d.,%ドル円万億]+(?:台|前後)?)?(?:から|比|に比べ|と比べ|より)")
_TURN = re.compile(r"\b(?:after|following|before|while|despite)\b|[;、]", re.IGNORECASE)
_OVER = re.compile(r"\bover (?:the|a|an|\d+|one|two|three|six|twelve)\b", re.IGNORECASE)
_PLUS = re.compile(r"(?:[+＋] ?\$?|\bplus |プラス)$", re.IGNORECASE)
_MINUS = re.compile(r"(?:\bminus |マイナス|▲)$", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:half|(?:a|one|two) (?:thirds?|quarters?)) (?:of|the)\b|半分|半値", re.IGNORECASE
)
_ANEW = re.compile(r"\b(?:yet|but|and|though|while|after|following)\b|[;、]", re.IGNORECASE)
_ON_THE_DAY = re.compile(r"\bon the (?:day|session|week)\b|\btoday\b|前日比", re.IGNORECASE)


def doubtful(draft: Draft, clause: Clause) -> bool:
    """Tell whether a claim can be meant otherwise than it was read.

    Parameters
    ----------
    draft
        A claim with its figures.
    clause
        Where it was read.

    Returns
    -------
    bool
        True where its unit, subject, direction or period is not beyond doubt.

    Notes
    -----
    A claim that is in doubt may still hold; it is only never called false.
    """
    return any(doubt(draft, clause) for doubt in _DOUBTS)


def _other_unit(draft: Draft, clause: Clause) -> bool:
    """Tell of a yield's level read as a move, another tenor, or a yield's words elsewhere."""
    claim = draft.claim
    if claim.kind not in ("path", "fall", "level", "rate"):
        return False
    about = {*claim.series[:1]}
    rates = bool(about & _YIELDS)
    if rates:
        other = about != {"dgs2"} and bool(_TENOR.search(clause.sentence))
        return other or claim.unit == "simple_return"
    named = {m.series for m in clause.mentions}
    return not about & named and bool(_YIELD.search(clause.sentence))


def _average_meant(draft: Draft, clause: Clause) -> bool:
    """Tell of a figure that is, or is measured from, a moving average."""
    return draft.claim.kind in ("path", "level", "fall") and bool(_AVERAGE.search(clause.text))


def _measured_against(draft: Draft, clause: Clause) -> bool:
    """Tell of what something else falls short of, a limit, a fraction."""
    claim = draft.claim
    if claim.negated and claim.low != claim.high:
        return False
    if claim.kind in ("level", "trigger") and _UNTIL.search(clause.text):
        return True
    if claim.kind == "level" and _FRACTION.search(clause.text):
        return True
    if claim.kind in ("path", "fall") and claim.low is not None and _PART.search(clause.text):
        return True
    figured = claim.low is not None or claim.high is not None
    return figured and (claim.negated or bool(_SHORT.search(clause.text)))


def _somebody_else(draft: Draft, clause: Clause) -> bool:
    """Tell of a pronoun for the subject where the sentence names it only later."""
    claim = draft.claim
    if claim.kind not in ("path", "fall", "level", "rate") or clause.language == "ja":
        return False
    if not clause.sentence_mentions:
        return False
    first = min((a.start for a in draft.used), default=0)
    named = [m for m in clause.mentions if m.series in claim.series and m.start < first]
    return not named and bool(_PRONOUN.search(clause.text[:first]))


def _other_way(draft: Draft, clause: Clause) -> bool:
    """Tell of a word or sign next to the figure that goes the other way."""
    claim = draft.claim
    if claim.kind not in ("path", "rate") or claim.direction not in ("up", "down"):
        return False
    wrong = cues.UP if claim.direction == "down" else cues.DOWN
    right = cues.DOWN if claim.direction == "down" else cues.UP
    if not draft.used:
        return bool(wrong.search(clause.text) and right.search(clause.text))
    first, last = _edges(draft.used)
    text = _OVER.sub(lambda found: " " * len(found[0]), clause.text)
    sign = _PLUS if claim.direction == "down" else _MINUS
    if sign.search(text[:first]) or sign.search(text[: first + 1]):
        return True
    before = [m.end() for m in _TURN.finditer(text, 0, first)]
    after = _TURN.search(text, last)
    own = text[max(before, default=0) : after.start() if after else len(text)]
    if (before or after) and len(_all(clause, draft)) > len(draft.used) and not right.search(own):
        return True
    return _gap(wrong, text, first, last) < _gap(right, text, first, last)


def _other_day(draft: Draft, clause: Clause) -> bool:
    """Tell of a period of another figure, of a record, or where a move only begins."""
    claim = draft.claim
    mine = [p for p in clause.periods if _same(p, claim.start, claim.end)]
    if claim.start is not None and _of_a_record(clause, mine):
        return True
    if claim.start is None or not draft.used or not mine:
        return False
    first, last = _edges(draft.used)
    moved = claim.kind in ("path", "rate") and claim.variant == "move"
    begun = [p for p in mine if p.form != "since" and _from_there(clause, p)]
    if moved and begun and claim.end is not None and claim.end < clause.asof:
        return True
    leads = any(p.place[1] <= min(a.start for a in _all(clause, draft)) for p in mine)
    if leads and len(clause.periods) == 1:
        return False
    nearest = min(clause.periods, key=lambda p: _far(p.place, (first, last)))
    if not _same(nearest, claim.start, claim.end):
        return True
    others = [a for a in _all(clause, draft) if a not in draft.used]
    reach = min(_far(p.place, (first, last)) for p in mine)
    return not leads and any(_far(p.place, (a.start, a.end)) < reach for a in others for p in mine)


def _parted(draft: Draft, clause: Clause) -> bool:
    """Tell of a period that follows only after the sentence has begun anew."""
    claim = draft.claim
    mine = [p for p in clause.periods if _same(p, claim.start, claim.end)]
    if claim.start is None or not draft.used or not mine:
        return False
    last = _edges(draft.used)[1]
    return all(p.place[0] >= last and _ANEW.search(clause.text, last, p.place[0]) for p in mine)


def _unread_day(draft: Draft, clause: Clause) -> bool:
    """Tell of a time that is spoken of and was not understood."""
    claim = draft.claim
    undated = claim.start is None and claim.end is None
    told = claim.kind in ("path", "level", "rate")
    if draft.used and told and claim.start is not None and claim.start != claim.end:
        after = _edges(draft.used)[1]
        if _ON_THE_DAY.search(clause.text[after : after + REACH]):
            return True
    return undated and told and bool(_UNREAD_TIME.search(clause.text))


def _of_a_record(clause: Clause, mine: list[Period]) -> bool:
    """Tell whether a period only says for how long something has not been seen."""
    if not mine:
        return bool(_RECORD_SINCE.search(clause.sentence))
    found = [m.end() for m in _RECORD_SINCE.finditer(clause.text)]
    reach = REACH if clause.language == "en" else 4
    return any(-6 <= p.place[1] - end <= reach for p in mine for end in found)


def _from_there(clause: Clause, period: Period) -> bool:
    begin, end = period.place
    if clause.language == "ja":
        return bool(_FROM_JA.search(clause.text[end : end + 16]))
    return bool(_FROM.search(clause.text[max(0, begin - 14) : begin]))


def _same(period: Period, start: date | None, end: date | None) -> bool:
    return period.start == start or period.end == end


def _all(clause: Clause, draft: Draft) -> tuple[Amount, ...]:
    return (*clause.amounts, *clause.spent, *draft.used)


def _edges(used: tuple[Amount, ...]) -> tuple[int, int]:
    return min(a.start for a in used), max(a.end for a in used)


def _far(place: tuple[int, int], other: tuple[int, int]) -> int:
    return max(place[0] - other[1], other[0] - place[1], 0)


def _gap(pattern: re.Pattern[str], text: str, first: int, last: int) -> int:
    """Return how many letters lie between a figure and the next word of a kind."""
    return min((_far(m.span(), (first, last)) for m in pattern.finditer(text)), default=10_000)


_DOUBTS: tuple[Callable[[Draft, Clause], bool], ...] = (
    _other_unit,
    _average_meant,
    _measured_against,
    _somebody_else,
    _other_way,
    _other_day,
    _parted,
    _unread_day,
)
