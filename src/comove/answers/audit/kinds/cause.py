"""A cause: did it move at all, and how much of the move does it account for?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from math import expm1, sqrt

from comove.answers.audit.drafting import Draft, dated, negated
from comove.answers.audit.judging import Judged, denied, not_testable
from comove.answers.audit.kinds._exposure import exposure
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES, Mention
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say

RANK = 44
_DATING = frozenset({"as", "after", "amid", "amidst", "following"})
LEADS = 3
"""Letters before a cause that opens its sentence."""
MAIN, NONE = 0.25, 0.10
_UNHELD = re.compile(
    r"\b(?:liquidations?|forced selling|margin calls?|deleverag\w+|leverage|stop-?loss\w*|ETF (?:out)?flows?|outflows?|geopolitic\w*|"
    r"sentiment|risk appetite|risk aversion|valuations?|multiples|profit[- ]taking|central[- ]bank (?:buying|demand|purchases)|earnings|costs|"
    r"multi-strategy|family offices?|carry trades?|liquidity)\b"
    r"|清算|強制売り|強制決済|追い証|追証|レバレッジ|ロスカット|資金流出|地政学|リスク回避|リスク選好|バリュエーション|利益確定|中央銀行の買い|中銀の買い|"
    r"キャリー取引|円キャリー|換金売り|流動性|ファミリーオフィス|投げ売り",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:under|out)perform\w*|\blag(?:ged|s)?\b|アンダーパフォーム|アウトパフォーム|出遅れ",
    re.IGNORECASE,
)
_PROXY = {
    "risk aversion": ("vix", "up"), "risk appetite": ("vix", "down"), "リスク回避": ("vix", "up"),
    "リスク選好": ("vix", "down"),
}  # fmt: skip
_PASSIVE = re.compile(r"\b(?:been|being|be|was|were|is|are|got)\s(?:\w+ly\s)?$", re.IGNORECASE)
_ADJECTIVE = re.compile(
    r"\b(?:stronger|strong|strengthening|firmer|rising|higher|surging|weaker|weakening|falling|lower|declining|soaring)\b",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find "B because of A", "A weighed on B", AによるB."""
    if clause.hypothetical or clause.future or clause.asks or cues.CORRELATION.search(clause.text):
        return
    if _RELATIVE.search(clause.text) or cues.GENERAL.search(clause.text):
        return
    split = _split_ja(clause) if clause.language == "ja" else _split_en(clause)
    if split is None:
        return
    effect, cause, told = split
    drivers = cause
    pushing = drivers[0].series if drivers else ""
    named = [m.series for m in effect if m.series not in RATES]
    if clause.language == "ja":
        named = [series for series in named if series != pushing]
    targets = named or list(_spoken(clause, pushing))
    way = _way(clause, told)
    if not targets:
        return
    unheld = _UNHELD.search(told)
    driver = drivers[0].series if drivers else ""
    pushed = _pushed(clause, drivers[0]) if drivers else ""
    if not driver and unheld is not None:
        driver, pushed = _PROXY.get(unheld.group(0).lower(), ("", ""))
    if not driver and unheld is None:
        return
    targets = [t for t in dict.fromkeys(targets) if t != driver]
    if not targets or (driver and not pushed):
        return
    yield Draft(
        clause.claim(
            "cause",
            (0, len(clause.text)),
            variant=("timing" if _soft(clause) else "series") if driver else "unheld",
            series=tuple(targets)[:3],
            others=(driver,) if driver else (),
            direction=way,
            cause_direction=pushed,
            negated=negated(clause, _verb(clause)),
            **_stated(clause),
        )
    )


def _soft(clause: Clause) -> bool:
    """Tell "fell as the dollar rose", which dates a move, from "because the dollar rose"."""
    match = cues.CAUSE_AFTER.search(clause.text) if clause.language == "en" else None
    return match is not None and match.group(0).lower() in _DATING


def _spoken(clause: Clause, driver: str) -> tuple[str, ...]:
    """Return who is meant where the effect names nobody: "both", else who was spoken of last."""
    if clause.speaks_of_both and len(clause.mains) > 1:
        return clause.mains
    return tuple(s for s in clause.carried if s not in RATES and s != driver)[-2:]


def _stated(clause: Clause) -> dict[str, object]:
    """Return the period; a single day named for something else earlier is none."""
    found, moved = clause.period(), clause.carried_period()
    if found is not None and moved is not None and moved.until == found.end:
        found = moved  # the day a level is of from which something went on moving
    if found is not None and not clause.periods and found.exact:
        return {}
    return dated(found, clause.asof)


def _verb(clause: Clause) -> int:
    match = cues.CAUSE_AFTER.search(clause.text) or cues.CAUSE_VERB.search(clause.text)
    return match.start() if match else max(0, len(clause.text) - 10)


Split = tuple[list[Mention], list[Mention], str]


def _split_en(clause: Clause) -> Split | None:
    match = cues.CAUSE_AFTER.search(clause.text)
    comma = clause.text.find(", ", match.end()) if match is not None else -1
    if match is not None and match.start() < LEADS and comma > 0:
        inside = [m for m in clause.mentions if match.end() <= m.start < comma]
        behind = [m for m in clause.mentions if m.start >= comma]
        return behind, inside, clause.text[match.end() : comma]
    if match is not None and match.group(0).lower() in ("as", "after", "following", "led by"):
        rest = clause.text[match.end() : match.end() + 60]
        moves = cues.direction(rest)
        if not moves or not clause.mentions:
            match = None
    if match is not None:
        acting = clause.subjects(match.start())
        later = cues.CAUSE_VERB.search(clause.text, match.end())
        if set(acting) <= RATES and later is not None and clause.speaks_of_both:
            return (
                [],
                [m for m in clause.mentions if m.end <= later.start()],
                clause.text[: later.start()],
            )
        before = [m for m in clause.mentions if m.end <= match.start() and m.series in acting]
        after = [m for m in clause.mentions if m.start >= match.end()]
        return before, after, clause.text[match.end() :]
    match = cues.CAUSE_VERB.search(clause.text)
    if match is None or _PASSIVE.search(clause.text[: match.start()]):
        return None
    before = [m for m in clause.mentions if m.end <= match.start()]
    after = [m for m in clause.mentions if m.start >= match.end()]
    if not before or not (after or clause.speaks_of_both):
        return None
    return after, before, clause.text[: match.start()]


def _split_ja(clause: Clause) -> Split | None:
    ahead = cues.CAUSE_AHEAD_JA.search(clause.text)
    if ahead is not None:
        inside = [m for m in clause.mentions if m.start >= ahead.end()]
        outside = [m for m in clause.mentions if m.end <= ahead.start()]
        return outside, inside, clause.text[ahead.end() :]
    match = cues.CAUSE_BEFORE_JA.search(clause.text)
    if match is None:
        return None
    head = clause.text[: match.start()]
    begin = max(head.rfind("、"), head.rfind("は"))
    inside = [m for m in clause.mentions if begin <= m.start < match.start()]
    outside = [m for m in clause.mentions if m not in inside]
    return outside, inside, head[begin + 1 :] if begin >= 0 else head


def _way(clause: Clause, told: str) -> str:
    text = clause.text.replace(told, " " * len(told)) if told else clause.text
    verb = cues.CAUSE_VERB.search(text) if clause.language == "en" else None
    if verb is not None:
        word = verb.group(0).lower()
        if re.match(r"lift|boost|support|pushed up", word):
            return "up"
        if re.match(
            r"weigh|drag|pressur|hurting|hitting|pushed down|hit|hurt|sank|pulled|knock|undermin|squeez|put press|spil",
            word,
        ):
            return "down"
    if clause.language == "ja":
        text = _verb_ja(text)
        if cues.PRESSED_JA.search(text):
            return "down"
        if cues.LIFTED_JA.search(text):
            return "up"
    way = cues.direction(text)
    return way if way in ("up", "down") else ""


def _verb_ja(text: str) -> str:
    """Return what follows the cause: the effect and its verb."""
    match = cues.CAUSE_BEFORE_JA.search(text)
    return text[match.start() :] if match is not None and text[match.end() :].strip("。 ") else text


def _pushed(clause: Clause, mention: Mention) -> str:
    """Return which way a cause is said to have gone, by the words right around its name."""
    if clause.language == "ja":
        near = clause.text[max(0, mention.start - 3) : mention.end + 14]
        if re.match(r"[^、。]{0,4}高", clause.text[mention.end : mention.end + 3]):
            return "up"
        if re.match(r"安", clause.text[mention.end : mention.end + 1]):
            return "down"
        way = cues.direction(near)
        return way if way in ("up", "down") else ""
    head = clause.text[max(0, mention.start - 28) : mention.start]
    tail = clause.text[mention.end : mention.end + 30]
    match = _ADJECTIVE.search(head)
    if match is not None:
        return cues.direction(match.group(0).replace("strong ", "stronger "))
    for text in (tail, head):
        way = cues.direction(text)
        if way in ("up", "down"):
            return way
    return ""


def test(claim: Claim, view: View) -> Judged:
    """Look at the cause's own move first, then at the part of the move it accounts for."""
    if not claim.others:
        return not_testable("cause", "unheld_cause")
    tried = [_in_window(claim, view, days) for days in _windows(claim, view)]
    if len({judged.verdict for judged in tried}) > 1:
        agreed = [judged for judged in tried if judged.verdict != "does_not_hold"]
        best = max(agreed, key=lambda judged: _CERTAIN.index(judged.verdict))
        if best.verdict != "cannot_tell":
            best = replace(best, why=(*best.why, say("audit.why.no_window")))
        return denied(
            claim, replace(best, verdict="cannot_tell" if best.verdict == "holds" else best.verdict)
        )
    still = [judged for judged in tried if judged.why[-1:] != (say("audit.why.cause_opposite"),)]
    return denied(claim, (still or tried)[-1])


_CERTAIN = ("does_not_hold", "cannot_tell", "misleading", "holds")


def _windows(claim: Claim, view: View) -> list[tuple[date, date]]:
    """Return the stated period, or the last week, fortnight and month."""
    end = min(claim.end or view.asof, view.asof)
    if claim.start is not None and claim.period in ("stated", "since", "around"):
        short = (end - claim.start).days < 4
        return [(end - timedelta(days=7) if short else claim.start, end)]
    return [(end - timedelta(days=days), end) for days in (8, 15, 31)]


def _in_window(claim: Claim, view: View, days: tuple[date, date]) -> Judged:
    driver = claim.others[0]
    sigmas, why_driver, ids = _driver_move(view, driver, *days)
    rows = tuple(view.cite(driver, row) for row in ids)
    sign = 1.0 if claim.cause_direction == "up" else -1.0
    if sign * sigmas < 0.25:
        opposite = sign * sigmas < -0.25
        why = say("audit.why.cause_opposite" if opposite else "audit.why.cause_still")
        verdict: Ruling = "does_not_hold" if opposite else "cannot_tell"
        return Judged(verdict=verdict, rule="cause", fact=why_driver, why=(why,), rows=rows)
    words: list[Ruling] = []
    parts, figures = [why_driver], []
    for asset in claim.series:
        word, told, figure = _share(claim, view, (asset, driver), days)
        words.append(word)
        parts.append(told)
        figures += figure
    verdict = _together(words)
    if verdict == "does_not_hold" and claim.variant == "timing":
        verdict = "cannot_tell"  # both moved as stated, and no more than that is stated
    return Judged(
        verdict=verdict,
        rule="cause",
        fact=say("audit.fact.several", parts=tuple(parts)),
        why=_reason(verdict),
        figures=tuple(figures),
        rows=rows,
    )


def _reason(verdict: Ruling) -> tuple[Message, ...]:
    keys = {"cannot_tell": "cause_unclear", "misleading": "cause_small", "holds": "not_proof"}
    return (say(f"audit.why.{keys[verdict]}"),) if verdict in keys else ()


def _together(words: list[Ruling]) -> Ruling:
    if all(word == "holds" for word in words):
        return "holds"
    if all(word == "does_not_hold" for word in words):
        return "does_not_hold"
    if "cannot_tell" in words and "holds" not in words and "misleading" not in words:
        return "cannot_tell"
    if "holds" in words or "misleading" in words:
        return "misleading" if "does_not_hold" in words or "misleading" in words else "cannot_tell"
    return "cannot_tell"


def _driver_move(
    view: View, driver: str, start: date, end: date
) -> tuple[float, Message, tuple[int, int]]:
    first, after = view.span(driver, start, end)
    base, last = max(first - 1, 0), after - 1
    track = view.track(driver)
    before, now = float(track.values[base]), float(track.values[last])
    log = track.spec.change_is_log
    move = now / before - 1.0 if log else now - before
    sigma = view.sigma(driver, base if base > 30 else last, 252) * sqrt(max(last - base, 1))
    in_percent = view.unit(driver) == "percent"
    size = (
        Quantity(move, "simple_return")
        if log
        else Quantity(100.0 * move, "basis_points")
        if in_percent
        else Quantity(move, view.unit(driver))
    )
    fact = say(
        "audit.fact.driver",
        driver=Name(driver),
        move=size,
        sigmas=Quantity(move / sigma, "sigma"),
        days=(view.day(driver, base), view.day(driver, last)),
    )
    return move / sigma, fact, (base, last)


def _share(
    claim: Claim, view: View, pair: tuple[str, str], days: tuple[date, date]
) -> tuple[Ruling, Message, list[Figure]]:
    asset, driver = pair
    try:
        found = exposure(view, asset, driver, days[0] - timedelta(days=1))
        changes = view.returns(asset, driver)
        rows = view.rows(changes, days[0], days[1])
        if rows.stop - rows.start < 2:
            raise Unseen("too_short")
    except Unseen as reason:
        return (
            "cannot_tell",
            say(
                "audit.fact.no_answer",
                asset=Name(asset),
                reason=say(f"audit.why.{reason.reason}", **reason.values),
            ),
            [],
        )
    total, moved = (float(sum(changes.values[rows, column])) for column in (0, 1))
    slope = found.slope
    parts = sorted(float(edge) * moved for edge in (slope.low or 0.0, slope.high or 0.0))
    part = slope.value * moved
    estimate = view.joint_scope(changes, rows).estimate(
        expm1(part), "simple_return", "ols_hac_total", (expm1(parts[0]), expm1(parts[1]))
    )
    told = say(
        "audit.fact.part",
        asset=Name(asset),
        total=Quantity(expm1(total), "simple_return"),
        part=estimate,
    )
    figure = [Figure(key="audit.figure.part", value=estimate)]
    wanted = {"up": 1.0, "down": -1.0}.get(claim.direction, 1.0 if total > 0 else -1.0)
    if wanted * total < 0:
        return "does_not_hold", told, figure
    shares = sorted(edge / total for edge in parts)
    if shares[0] > 0.0:
        return ("holds" if part / total >= MAIN else "misleading"), told, figure
    return ("does_not_hold" if shares[1] < NONE else "cannot_tell"), told, figure
