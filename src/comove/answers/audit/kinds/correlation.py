"""A correlation: a figure, a range, a high, a sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from comove.answers.audit.drafting import Draft, bounds, dated, negated
from comove.answers.audit.judging import Judged, band, denied, fits
from comove.answers.audit.kinds._pairs import WINDOWS, pair_of, rolling
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import CitedRow, Figure
from comove.core.claim import Claim, Ruling
from comove.core.errors import NotEstimable
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.core.panel import Changes
from comove.stats.correlation import Correlation, correlation

RANK = 20
LATELY = 84
CLOSE = 0.05
_PEAKS = re.compile(
    r"\b(?:peak\w*|as high as|up to|reach\w*|hit|touch\w*|climb\w* to|spik\w* to|high of|ros[e] to|jump\w* to|surg\w* to)\b|に達し|まで上昇|まで高ま|最大|一時|ピーク|まで急",
    re.IGNORECASE,
)
_MEAN = re.compile(r"\baverage[ds]?\b|平均", re.IGNORECASE)
_WORDS = (
    (
        "negative",
        re.compile(
            r"\b(?:negative(?:ly)?|inverse(?:ly)?|anti-?)\b|負の相関|逆相関|マイナスの相関|負相関",
            re.IGNORECASE,
        ),
    ),
    (
        "none",
        re.compile(
            r"\b(?:uncorrelated|no (?:meaningful |significant )?correlation|zero correlation|little correlation|close to zero|near zero|low(?:ly)?[- ]correlat\w*|low correlation|weak(?:ly)?)\b|無相関|相関(?:は|が)?(?:ほぼ)?(?:ない|低い|弱い|ゼロ)|低相関|ゼロ近辺",
            re.IGNORECASE,
        ),
    ),
    (
        "high",
        re.compile(
            r"\b(?:high(?:ly)?|strong(?:ly)?|tight(?:ly)?|close(?:ly)?|elevated)\b|相関(?:は|が)?(?:非常に|極めて)?(?:高い|強い|高く|強く|高水準)|高い相関|強い相関|高相関|高い正の相関",
            re.IGNORECASE,
        ),
    ),
    (
        "positive",
        re.compile(r"\b(?:positive(?:ly)?)\b|正の相関|プラスの相関|順相関", re.IGNORECASE),
    ),
)
_UNITS = {
    "day": 1,
    "session": 1,
    "営業日": 1,
    "日": 1,
    "week": 5,
    "週": 5,
    "month": 21,
    "カ月": 21,
    "か月": 21,
    "ヶ月": 21,
    "ヵ月": 21,
    "year": 252,
    "年": 252,
}
_COUNTS = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12}


def extract(clause: Clause) -> Iterator[Draft]:
    """Find correlations with a figure, or with a word for their size."""
    if clause.hypothetical or clause.future or not cues.CORRELATION.search(clause.sentence):
        return
    here = cues.CORRELATION.search(clause.text)
    pair = pair_of(clause)
    if pair is None:
        return
    numbers = [a for a in clause.amounts if a.unit in ("", "%") and _may_be(a)]
    numbers = [a for a in numbers if len(numbers) == 1 or not _origin(clause, a)]
    if not here and not numbers:
        return
    for place, amount in enumerate(numbers[:3]):
        before = numbers[place - 1].end if place else None
        yield Draft(_claim(clause, _pair_at(clause, pair, before, amount), amount), (amount,))
    if numbers or here is None or cues.JUMP.search(clause.text):
        return
    variant = next((name for name, pattern in _WORDS if pattern.search(clause.text)), "")
    if variant:
        yield Draft(
            clause.claim(
                "correlation",
                (0, len(clause.text)),
                variant=variant,
                series=pair[:1],
                others=pair[1:],
                window=window_of(clause),
                negated=False,
                **dated(clause.period(), clause.asof),
            )
        )


def _origin(clause: Clause, amount: Amount) -> bool:
    """Tell a correlation that is said to be left behind, "up from about 0.4", of no stated time."""
    if _own_window(clause, amount) is not None or clause.period(amount.start) is not None:
        return False
    if clause.language == "ja":
        return bool(_FROM_JA.match(clause.text[amount.end :]))
    return bool(_FROM.search(clause.text[: amount.start]))


def _own_window(clause: Clause, amount: Amount) -> int | None:
    """Return the window that stands right by a figure: "0.4 on a one-year basis", 90日では0.24."""
    head = clause.text[max(0, amount.start - 14) : amount.start]
    match = _BASIS.match(clause.text[amount.end :]) or _BASIS_JA.search(head)
    if match is None:
        return None
    number = _COUNTS.get(match["count"].lower()) or int(match["count"])
    sizes = (n for name, n in _UNITS.items() if match["unit"].lower().startswith(name))
    found = number * next(sizes, 1)
    return found if 10 <= found <= 600 else None


_FROM = re.compile(r"\bfrom\s(?:about\s|around\s|nearly\s|roughly\s|just\s)?$", re.IGNORECASE)
_FROM_JA = re.compile(r"(?:程度|前後|台(?:前半|後半|半ば)?|近辺|付近)?から")
_WITH = re.compile(r"\s(?:with|to|against)\s(?:the\s)?", re.IGNORECASE)
_BASIS = re.compile(
    r"\s(?:on|over|for|in)\s(?:a\s|the\s)?(?P<count>\d{1,3}|one|two|three|six|twelve)[- ](?P<unit>day|session|week|month|year)s?\s(?:basis|window|horizon)",
    re.IGNORECASE,
)
_BASIS_JA = re.compile(
    r"(?P<count>\d{1,3})(?P<unit>営業日|日|週|カ月|か月|ヶ月|年)間?(?:でも|では|で|ベースで(?:は|も)?|の窓で(?:は|も)?)約?$"
)


def _may_be(amount: Amount) -> bool:
    if amount.unit == "%":
        return False
    return -1.0 <= amount.low <= amount.high <= 1.0 and amount.step < 1.0


def _lately(clause: Clause, period: Period | None) -> bool:
    """Tell "over the past 60 days", which is a window, from a period."""
    if period is None:
        return False
    return bool(_PAST_DAYS.search(clause.text[slice(*period.place)]))


def _pair_at(
    clause: Clause, pair: tuple[str, str], before: int | None, amount: Amount
) -> tuple[str, str]:
    """Return the pair of a further figure: the other side may be named anew."""
    behind = next(
        (m.series for m in clause.mentions if _WITH.fullmatch(clause.text[amount.end : m.start])),
        "",
    )
    if behind and behind != pair[0]:
        return (pair[0], behind)
    if before is None:
        return pair
    named = [m.series for m in clause.mentions if before <= m.start and m.end <= amount.start]
    other = next((series for series in named if series != pair[0]), None)
    return pair if other is None else (pair[0], other)


_PAST_DAYS = re.compile(
    r"(?:past|last|previous|trailing|過去|直近)\s?(\d{2,3})\s?(?:trading )?(?:days|sessions|営業日|日)",
    re.IGNORECASE,
)


def window_of(clause: Clause) -> int | None:
    """Return the stated window of a correlation in sessions."""
    past = _PAST_DAYS.search(clause.text)
    if past is not None:
        return int(past.group(1))
    match = cues.WINDOW.search(clause.sentence)
    if match is None:
        return None
    for count, unit in (("count", "unit"), ("count2", "unit2"), ("count3", "unit3")):
        if match[count]:
            told = match[count].lower()
            number = _COUNTS.get(told) or int(told)
            size = next(
                (n for name, n in _UNITS.items() if match[unit].lower().startswith(name)), 1
            )
            found = number * size
            return found if 10 <= found <= 600 else None
    return None


def _claim(clause: Clause, pair: tuple[str, str], amount: Amount) -> Claim:
    around = clause.text[max(0, amount.start - 26) : amount.end + 14]
    peak = bool(_PEAKS.search(around)) and not amount.ranged and not _MEAN.search(around)
    period = clause.period(amount.start)
    return clause.claim(
        "correlation",
        (0, len(clause.text)),
        variant="peak" if peak else "range" if amount.ranged else "at",
        series=pair[:1],
        others=pair[1:],
        unit="correlation",
        window=_own_window(clause, amount) or window_of(clause),
        negated=negated(clause, amount.start),
        **{**bounds(amount), **({} if _lately(clause, period) else dated(period, clause.asof))},
    )


@dataclass(frozen=True, eq=False)
class _Path:
    """Rolling correlations of one window: in the stated period, and lately."""

    window: int
    inside: Floats
    lately: Floats

    def share(self, claim: Claim) -> float:
        return float(np.mean([fits(claim, float(value)) == "in" for value in self.inside]))

    @property
    def told(self) -> float:
        return float(np.median(self.inside))


def test(claim: Claim, view: View) -> Judged:
    """Compare with the correlation over the stated window, or over every usual one."""
    pair = (claim.series[0], claim.others[0])
    if claim.variant in ("high", "none", "negative", "positive"):
        return denied(claim, _worded(claim, view, pair))
    return denied(claim, _numeric(claim, view, pair))


def _dated(claim: Claim) -> bool:
    return claim.start is not None or claim.end is not None


def _paths(claim: Claim, view: View, pair: tuple[str, str]) -> list[_Path]:
    found = []
    for window in (claim.window,) if claim.window else WINDOWS:
        try:
            changes, path = rolling(view, pair, window)
        except Unseen:
            if claim.window:
                raise
            continue
        start = claim.start if _dated(claim) else changes.labels[-1].item()
        inside = path[view.rows(changes, start, claim.end)]
        inside = inside[~np.isnan(inside)]
        if len(inside):
            lately = path[-LATELY:]
            found.append(_Path(window, inside, lately[~np.isnan(lately)]))
    if not found:
        raise Unseen("too_short")
    return found


def _numeric(claim: Claim, view: View, pair: tuple[str, str]) -> Judged:
    found = _paths(claim, view, pair)
    changes = view.returns(*pair)
    whole, rows = _whole(claim, view, changes)
    verdict, why = _verdict(claim, found, whole)
    estimate = view.joint_scope(changes, rows).estimate(
        whole.value, "correlation", "fisher_hac", (whole.low, whole.high)
    )
    told = [path.told for path in found]
    windows = [path.window for path in found]
    key = "window" if len(found) == 1 else "windows"
    named = {"count": windows[0]} if len(found) == 1 else {"low": windows[0], "high": windows[-1]}
    fact = say(
        f"audit.fact.correlation{'' if len(found) > 1 else '_one'}",
        first=Name(pair[0]),
        second=Name(pair[1]),
        estimate=band(estimate),
        days=(estimate.first, estimate.last),
        low=Quantity(min(told), "correlation"),
        high=Quantity(max(told), "correlation"),
        windows=say(f"audit.fact.{key}", **named),
    )
    return Judged(
        verdict=verdict,
        rule="correlation",
        fact=fact,
        why=why,
        figures=(Figure(key="audit.figure.correlation", value=estimate),),
        rows=_cited(view, pair),
    )


def _cited(view: View, pair: tuple[str, str]) -> tuple[CitedRow, ...]:
    return tuple(view.cite(series, view.last(series)) for series in pair)


def _whole(claim: Claim, view: View, changes: Changes) -> tuple[Correlation, slice]:
    """Return the correlation of the whole period, or of the last window of a present statement."""
    count = claim.window or 63
    rows = (
        view.rows(changes, claim.start, claim.end)
        if _dated(claim)
        else slice(0, len(changes.values))
    )
    if not _dated(claim) or rows.stop - rows.start < 15:
        rows = slice(max(rows.stop - count, 0), rows.stop)
    try:
        x, y = changes.values[rows, 0], changes.values[rows, 1]
        return correlation(x, y, view.question.level), rows
    except NotEstimable:
        raise Unseen("too_short") from None


def _verdict(
    claim: Claim, found: list[_Path], whole: Correlation
) -> tuple[Ruling, tuple[Message, ...]]:
    dated_ = _dated(claim)
    unstated = () if claim.window else (say("audit.why.window_unstated", count=len(found)),)
    if claim.variant == "peak":
        reached = [p for p in found if any(fits(claim, float(v)) == "in" for v in p.inside)]
        if (dated_ and reached) or len(reached) * 2 >= len(found):
            return "holds", unstated
    shares = {path.window: path.share(claim) for path in found}
    inside = [window for window, share in shares.items() if share >= 0.5]
    if (dated_ and fits(claim, whole.value) == "in") or len(inside) * 2 >= len(shares):
        return "holds", unstated
    if dated_ and claim.variant == "at" and fits(claim, whole.value, CLOSE) == "near":
        return "cannot_tell", (*unstated, say("audit.why.close_call"))
    some = tuple(window for window, share in shares.items() if share > 0.0)
    if inside or (some and not dated_):
        windows = tuple(inside) or some
        return "misleading", (say("audit.why.only_windows", windows=windows),)
    if some:
        best = max(shares, key=lambda window: shares[window])
        share = Quantity(shares[best], "share")
        return "misleading", (say("audit.why.peak_no_range", share=share, count=best),)
    return _missed(claim, found, unstated)


def _missed(
    claim: Claim, found: list[_Path], unstated: tuple[Message, ...]
) -> tuple[Ruling, tuple[Message, ...]]:
    if any(fits(claim, float(value), CLOSE) == "near" for path in found for value in path.inside):
        return "cannot_tell", (*unstated, say("audit.why.close_call"))
    lately = (fits(claim, float(value)) == "in" for path in found for value in path.lately)
    if not _dated(claim) and any(lately):
        return "misleading", (*unstated, say("audit.why.was_so_lately"))
    return "does_not_hold", unstated


def _worded(claim: Claim, view: View, pair: tuple[str, str]) -> Judged:
    changes = view.returns(*pair)
    dated_ = claim.start is not None or claim.end is not None
    sizes = (claim.window,) if claim.window else (63, 126, 252)
    found: list[tuple[Correlation, slice]] = []
    for size in sizes:
        rows = (
            view.rows(changes, claim.start, claim.end)
            if dated_
            else slice(max(len(changes.values) - size, 0), len(changes.values))
        )
        try:
            found.append(
                (
                    correlation(
                        changes.values[rows, 0], changes.values[rows, 1], view.question.level
                    ),
                    rows,
                )
            )
        except NotEstimable:
            continue
        if dated_:
            break
    if not found:
        raise Unseen("too_short")
    words = [_judged(claim.variant, entry) for entry, _ in found]
    verdict: Ruling = words[0] if len(set(words)) == 1 else "cannot_tell"  # type: ignore[assignment]
    entry, rows = found[0]
    estimate = view.joint_scope(changes, rows).estimate(
        entry.value, "correlation", "fisher_hac", (entry.low, entry.high)
    )
    fact = say(
        "audit.fact.correlation_short",
        first=Name(pair[0]),
        second=Name(pair[1]),
        estimate=band(estimate),
        days=(estimate.first, estimate.last),
    )
    why = (
        (say("audit.why.interval_decides"),)
        if verdict == "cannot_tell"
        else (say(f"audit.why.word_{claim.variant}"),)
    )
    return Judged(
        verdict=verdict,
        rule="correlation_word",
        fact=fact,
        why=why,
        figures=(Figure(key="audit.figure.correlation", value=estimate),),
        rows=_cited(view, pair),
    )


def _judged(variant: str, found: Correlation) -> str:
    if variant == "positive":
        return (
            "holds" if found.low > 0.0 else "does_not_hold" if found.high < 0.05 else "cannot_tell"
        )
    if variant == "negative":
        return (
            "holds" if found.high < 0.0 else "does_not_hold" if found.low > -0.05 else "cannot_tell"
        )
    if variant == "none":
        return (
            "holds"
            if found.low > -0.3 and found.high < 0.3
            else "does_not_hold"
            if found.low > 0.3 or found.high < -0.3
            else "cannot_tell"
        )
    return (
        "holds"
        if found.low > 0.4 or found.value >= 0.6
        else "does_not_hold"
        if found.high < 0.4
        else "cannot_tell"
    )
