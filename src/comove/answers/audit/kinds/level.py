"""A level, or nearness to a high: "closed at 62,702", "trades near multi-year highs"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from comove.answers.audit.drafting import Draft, bounds, dated, near, negated, peaks
from comove.answers.audit.judging import Judged, cannot_tell, denied, fits, not_testable
from comove.answers.audit.kinds._moves import price_amounts
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.viewing import View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say

RANK = 80
RECENT = timedelta(days=35)
INTRADAY = 2.0
UNITS = {
    "dxy": "index", "vix": "index", "fng": "index", "dvol": "vol_points", "usdjpy": "jpy",
    "dfii10": "percent", "dgs10": "percent", "dgs2": "percent", "funding_btc": "basis_points",
    "dtwexbgs": "index",
}  # fmt: skip
_TICKERS = frozenset({"qqq", "spy", "smh", "hyg", "tlt", "invesco qqq", "spdr s&p 500"})
_NEAR_HIGH = re.compile(
    r"\b(?:near|at|close to|around|just below|within reach of|approach\w*|hover\w* (?:near|around|at))\s(?:its |their |the |a |an |fresh |new )*"
    r"(?P<span>multi-?year|multi-?month|record|all-?time|52-week|one-year|historic(?:al)?)[- ](?:record )?(?:highs?|peaks?)"
    r"|(?P<ja>史上最高値|過去最高値|最高値|数年来(?:の)?高値|複数年ぶり(?:の)?高値|年初来高値|高値)(?:圏|付近|近辺|近く|水準|に近い|に迫)",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"\b(?:support|resistance|floor at|target|next stop|watch|eyes? on|key level|hurdle)\b|節目|目安|支持線|サポート|抵抗線|下値めど|上値めど|との見方",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\bfrom\s(?:about\s|around\s|nearly\s|roughly\s|above\s|below\s|just\s\w+\s)?$", re.IGNORECASE
)
_BEFORE_IT = re.compile(
    r"\bafter\s(?:having\s)?(?:trading|touching|hitting|reaching|topping|climbing|rising|peaking)\s(?:as high as|at|above|near|to|below|over)?\s?[$\d,.]{0,7}$",
    re.IGNORECASE,
)
_FROM_JA = re.compile(r"(?:前後|近辺|付近|程度|台(?:前半|後半|半ば)?)?から")
_NEVER = re.compile(r"\bnever\b|一度も|かつて|これまで", re.IGNORECASE)
_SET_HIGH = re.compile(
    r"\b(?:hit|set|reach(?:ed)?|notch(?:ed)?|posted|made|mark(?:ed)?|touch(?:ed)?|climb(?:ed)? to|ros(?:e) to|rall(?:ied)? to|record(?:ed)?)\s(?:a |an |its |their |new |fresh |another )*(?:record|all-?time)[- ]?(?:highs?|clos(?:e|es|ing))"
    r"|(?:史上|過去)?最高値(?:を)?(?:更新|つけ|付け|記録)",
    re.IGNORECASE,
)
_AT_PEAK = re.compile(
    r"(?:peak(?:ed)?|high|top|record|ATH)(?:\s(?:close|level|price))?(?:\s(?!and\b|but\b|before\b|then\b|or\b)\w+){0,4}\s(?:of|at|near|around|above|,)?\s?(?:about |around |roughly |nearly |~)?\$?\d"
    r"|\d\s?(?:ドル|円)?(?:台)?(?:の|という|で)?(?:史上)?(?:最高値|高値|ピーク|天井)|(?:最高値|高値|ピーク|天井)(?:の|は|である|だった|[(]|となる|を記録した|をつけた)*約?\d",
    re.IGNORECASE,
)
_AT_LOW = re.compile(
    r"\b(?:low|trough|bottom(?:ed)?)(?:\s\w+){0,4}\s(?:of|at|near|around|below|,)?\s?(?:about |around |roughly |~)?\$?\d"
    r"|\d\s?(?:ドル|円)?(?:台)?(?:の|という|で)?(?:最安値|安値|底)|(?:最安値|安値|底値)(?:の|は|である|だった|[(])*約?\d",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:above|over|topped|broke (?:above|through)|exceed\w*|surpass\w*|cleared|past)\b|上回|超え|突破|回復し|乗せ",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:below|under|beneath|broke below)\b|下回|割り込|割れ|割っ|未満", re.IGNORECASE
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find levels with a figure, and highs without one."""
    if clause.hypothetical and not clause.future:
        return
    found = list(_numbers(clause))
    for amount, subject, unit in found:
        yield Draft(_claim(clause, amount, subject, unit), (amount,))
    if clause.future or found:
        return
    for variant, pattern in (("set_high", _SET_HIGH), ("near_high", _NEAR_HIGH)):
        match = pattern.search(clause.text)
        subjects = clause.subjects(match.start()) if match else ()
        if match is not None and subjects:
            yield from (Draft(_high(clause, match, series, variant)) for series in subjects[:3])
            return


def _numbers(clause: Clause) -> Iterator[tuple[Amount, str, str]]:
    dollars = price_amounts(clause)
    for amount in clause.amounts:
        around = clause.text[max(0, amount.start - 26) : amount.end + 26]
        if clause.hypothetical and clause.in_condition(amount.start):
            continue
        if _MARK.search(around) and not cues.FUTURE.search(around):
            continue
        subjects = clause.subjects(amount.start)
        subject = subjects[0] if subjects else ""
        if amount in dollars and amount.unit == "usd":
            named = subject if subject and subject not in UNITS else ""
            subject = named or next((s for s in reversed(clause.carried) if s not in UNITS), "")
            if subject:
                yield amount, subject, "usd"
            continue
        wanted = UNITS.get(subject, "usd")
        if not subjects or not _may_be(clause, amount, wanted):
            continue
        yield amount, subject, wanted


def _may_be(clause: Clause, amount: Amount, wanted: str) -> bool:
    """Tell whether a figure can be a level of a series in this unit."""
    if wanted == "percent":
        sized = 0.0 <= abs(amount.low) < 15.0 and amount.unit == "%"
        return sized and bool(
            re.search(
                r"\b(?:at|to|of|near|above|below|over|under|stood|is|was|around|about|from|between)\b|に|で|は|台|へ|前後|程度|を",
                clause.text,
            )
        )
    if wanted == "jpy":
        per = amount.unit == "" and re.search(
            r"per (?:US )?dollar|to the dollar|against the dollar", clause.text
        )
        return (amount.unit == "jpy" or bool(per)) and 50.0 < amount.low < 400.0
    if wanted == "basis_points":
        return amount.unit == "bp"
    if wanted in ("index", "vol_points"):
        return amount.unit in ("", "points") and amount.low < 1000.0
    return wanted == "usd" and amount in price_amounts(clause)


def _claim(clause: Clause, amount: Amount, subject: str, unit: str) -> Claim:
    variant, period = _variant(clause, amount)
    fields = bounds(amount)
    if variant in ("above", "below", "at") and not amount.bound and not amount.ranged:
        fields = _one_sided(variant, fields)
    settled = period is not None and period.exact and period.end <= clause.asof
    around = clause.text[max(0, amount.start - 70) : amount.end + 40]
    if clause.hypothetical or (cues.FUTURE.search(around) and not settled):
        variant = "forecast"
        period = None
    if subject in ("qqq", "spy", "smh") and unit == "usd" and not _ticker(clause, subject):
        variant = "index"
    own = dated(period, clause.asof)
    denied_here = variant not in ("high", "low") and negated(clause, amount.start)
    if denied_here and period is not None and period.form == "since" and period.until:
        own = {**own, "start": min(period.until + timedelta(days=1), clause.asof)}
    if variant in ("at", "above", "below") and _BEFORE_IT.search(clause.text[: amount.start + 7]):
        own = {}
    if not own and variant in ("at", "above", "below") and _origin(clause, amount):
        start = clause.asof - timedelta(days=366)
        own = {"start": start, "end": clause.asof, "period": "around"}
    if not own and _NEVER.search(clause.text):
        own = {"start": date(1990, 1, 1), "end": clause.asof, "period": "since"}
    if variant == "high" and not own and cues.RECORD.search(clause.text):
        own = {"period": "record"}
    return clause.claim(
        "level",
        (0, len(clause.text)),
        variant=variant,
        series=(subject,),
        unit=unit,
        negated=denied_here,
        **{**fields, **own},
    )


def _origin(clause: Clause, amount: Amount) -> bool:
    """Tell where a move began: "rebounded from 96.2 to 98" says nothing about now."""
    if clause.language == "ja":
        return bool(_FROM_JA.match(clause.text[amount.end :]))
    if _BEFORE_IT.search(clause.text[: amount.start + 7]):
        return True
    return bool(_FROM.search(clause.text[: amount.start]))


def _one_sided(variant: str, fields: dict[str, object]) -> dict[str, object]:
    if variant == "above":
        return {**fields, "high": None}
    if variant == "below":
        return {**fields, "low": None}
    return fields


def _variant(clause: Clause, amount: Amount) -> tuple[str, Period | None]:
    around = clause.text[max(0, amount.start - 45) : amount.end + 22]
    for name, pattern, word in (("high", _AT_PEAK, cues.PEAK), ("low", _AT_LOW, cues.TROUGH)):
        offset = max(0, amount.start - 45)
        if any(_tied(match, amount, offset) for match in pattern.finditer(around)):
            spans = peaks(clause, word)
            span = (
                min(spans, key=lambda s: abs(s[0] - amount.start))
                if spans
                else (amount.start, amount.end)
            )
            return name, near(clause, span) or (
                clause.period(amount.start) if len(clause.periods) == 1 else None
            )
    period = clause.period(amount.start)
    if amount.bound:
        return {"least": "above", "most": "below"}[amount.bound], period
    head, tail = (
        clause.text[max(0, amount.start - 14) : amount.start],
        clause.text[amount.end : amount.end + 8],
    )
    side = f"{head} {tail}" if clause.language == "ja" else head
    if _ABOVE.search(side):
        return "above", period
    if _BELOW.search(side):
        return "below", period
    return "at", period


def _tied(match: re.Match[str], amount: Amount, offset: int) -> bool:
    """Tell whether the digit by which a high is named belongs to this figure."""
    places = [offset + place for place in (match.start(), match.end() - 1)]
    return any(amount.start <= place < amount.end for place in places)


def _ticker(clause: Clause, subject: str) -> bool:
    return any(m.series == subject and m.name.lower() in _TICKERS for m in clause.sentence_mentions)


def _high(clause: Clause, match: re.Match[str], series: str, variant: str) -> Claim:
    told = match.group(0).lower()
    period = near(clause, match.span())
    fields = dated(period, clause.asof) if period is not None and variant == "set_high" else {}
    start: date | None = None
    if variant == "near_high":
        if "multi" in told or "数年" in told or "複数年" in told:
            start = clause.asof - timedelta(days=3 * 365)
        elif (
            "52" in told
            or "one-year" in told
            or "年初来" in told
            or told in ("高値圏", "高値付近", "高値近辺", "高値水準")
        ):
            start = clause.asof - timedelta(days=365)
    return clause.claim(
        "level",
        (0, len(clause.text)),
        variant=variant,
        series=(series,),
        negated=negated(clause, match.start()),
        **{**({"start": start, "end": clause.asof} if start else {}), **fields},
    )


def test(claim: Claim, view: View) -> Judged:
    """Compare a level with the closes, by the way it was stated."""
    if claim.variant == "forecast":
        return _forecast(claim, view)
    if claim.variant == "index":
        return not_testable("level", "index", asset=Name(claim.series[0]))
    if claim.variant in ("near_high", "set_high"):
        return denied(
            claim, _near_high(claim, view) if claim.variant == "near_high" else _record(claim, view)
        )
    if claim.variant in ("high", "low"):
        return _extreme(claim, view)
    return denied(claim, _at(claim, view))


def _forecast(claim: Claim, view: View) -> Judged:
    series = claim.series[0]
    row = view.last(series)
    unit = view.unit(series)
    return Judged(
        verdict="not_testable",
        rule="forecast",
        why=(
            say(
                "audit.why.forecast",
                asset=Name(series),
                now=Quantity(float(view.track(series).values[row]), unit),
                day=view.day(series, row),
            ),
        ),
        rows=(view.cite(series, row),),
    )


def _unlike(claim: Claim, view: View, first: int) -> Judged | None:
    series = claim.series[0]
    if not view.quoted(series, view.day(series, first)):
        return cannot_tell("level", "adjusted", asset=Name(series))
    if claim.unit == "jpy" and series != "usdjpy":
        return not_testable("level", "currency", asset=Name(series))
    return None


def _at(claim: Claim, view: View) -> Judged:
    series = claim.series[0]
    dated_ = claim.start is not None and claim.period in ("stated", "since", "around")
    if dated_:
        first, after = view.span(series, claim.start, claim.end)
    else:
        after = view.last(series) + 1
        first = max(after - 2, 0)
    unlike = _unlike(claim, view, first)
    if unlike is not None:
        return unlike
    values = view.track(series).values
    inside = values[first:after]
    found = [fits(claim, float(value)) for value in inside]
    gray = (
        INTRADAY
        * view.sigma(series, after - 1)
        * (float(inside[-1]) if view.track(series).spec.change_is_log else 1.0)
    )
    if not dated_:  # what is quoted on the day of the text may not have been published yet
        gray *= (1.0 + (view.asof - view.day(series, after - 1)).days) ** 0.5
    row = _telling(claim, view, first, after)
    if not dated_ and found[-1] != "in" and found[0] == "in":
        row = first
    verdict, why = _said(claim, found, dated_)
    if verdict == "does_not_hold":
        crossed = _crossed(
            claim,
            float(values[max(first - 1, 0) : after].min()),
            float(values[max(first - 1, 0) : after].max()),
        )
        if crossed:
            verdict, why = "holds", (say("audit.why.passed_through"),)
        elif any(fits(claim, float(value), gray) == "near" for value in inside):
            verdict, why = "cannot_tell", (say("audit.why.intraday"),)
    scope = view.scope(series, first, after - 1)
    figure = Figure(
        key="audit.figure.close",
        value=scope.exact(float(values[row]), view.unit(series), "exact"),
    )
    return Judged(
        verdict=verdict,
        rule="level",
        fact=_fact(view, series, row, (first, after) if after - first > 2 else None),
        why=why,
        figures=(figure,),
        rows=(view.cite(series, row),),
    )


def _said(claim: Claim, found: list[str], dated_: bool) -> tuple[Ruling, tuple[Message, ...]]:
    if not dated_:
        if found[-1] == "in":
            return "holds", ()
        return (
            ("holds", (say("audit.why.close_before"),)) if "in" in found else ("does_not_hold", ())
        )
    count = found.count("in")
    if not count:
        return "does_not_hold", ()
    if (
        claim.variant == "at"
        or count == len(found)
        or (claim.period == "stated" and len(found) <= 3)
    ):
        return "holds", ()
    share = say("audit.why.some_days", share=Quantity(count / len(found), "share"))
    return (
        "holds" if count >= 0.5 * len(found) or (claim.variant != "at" and count) else "misleading"
    ), (share,)


def _crossed(claim: Claim, low: float, high: float) -> bool:
    """Tell whether a price lies between two closes: it was passed through on the way."""
    if claim.low is None or claim.high is None or claim.variant != "at":
        return False
    return low <= claim.high and claim.low <= high


def _telling(claim: Claim, view: View, first: int, after: int) -> int:
    """Return the row nearest to what is stated; the last one of a present statement."""
    values = view.track(claim.series[0]).values[first:after]
    if claim.start is None:
        return after - 1
    if claim.high is None:
        return first + int(np.argmax(values))
    if claim.low is None:
        return first + int(np.argmin(values))
    middle = 0.5 * (claim.low + claim.high)
    return first + int(np.argmin(np.abs(values - middle)))


def _fact(view: View, series: str, row: int, span: tuple[int, int] | None = None) -> Message:
    track = view.track(series)
    close = {
        "asset": Name(series),
        "value": Quantity(float(track.values[row]), view.unit(series)),
        "day": view.day(series, row),
    }
    if span is None:
        return say("audit.fact.close", **close)
    inside = track.values[span[0] : span[1]]
    return say(
        "audit.fact.range",
        low=Quantity(float(inside.min()), view.unit(series)),
        high=Quantity(float(inside.max()), view.unit(series)),
        days=(view.day(series, span[0]), view.day(series, span[1] - 1)),
        asset=Name(series),
    )


def _extreme(claim: Claim, view: View) -> Judged:
    series, sign = claim.series[0], 1.0 if claim.variant == "high" else -1.0
    values = view.track(series).values
    spans = []
    if claim.period in ("stated", "since", "around"):
        spans = [view.span(series, claim.start, claim.end)]
    else:
        day = view.asof
        spans = [view.span(series, None, day)]
        if claim.period == "none":
            spans += [view.span(series, day - timedelta(days=days), day) for days in (365, 92)]
    results = []
    for first, after in spans:
        unlike = _unlike(claim, view, first)
        if unlike is not None:
            return unlike
        row = first + int(np.argmax(sign * values[first:after]))
        size = float(values[row])
        found = fits(claim, size)
        beyond = sign * ((claim.low if claim.low is not None else claim.high or 0.0) - size)
        margin = INTRADAY * view.sigma(series, row) * size
        if found != "in" and 0.0 < beyond <= margin:
            found = "near"
        results.append((("in", "near", "out").index(found), row, (first, after)))
    place, row, span = min(results)
    verdict: Ruling = ("holds", "cannot_tell", "does_not_hold")[place]
    fact = say(
        f"audit.fact.{claim.variant}",
        asset=Name(series),
        value=Quantity(float(values[row]), view.unit(series)),
        day=view.day(series, row),
        days=(view.day(series, span[0]), view.day(series, span[1] - 1)),
    )
    if span[1] - span[0] == 1:
        fact = _fact(view, series, row)
    scope = view.scope(series, span[0], span[1] - 1)
    return Judged(
        verdict=verdict,
        rule="extreme",
        fact=fact,
        why=(say("audit.why.intraday_extreme"),) if verdict == "cannot_tell" else (),
        figures=(
            Figure(
                key=f"audit.figure.{claim.variant}",
                value=scope.exact(float(values[row]), view.unit(series), "exact"),
            ),
        ),
        rows=(view.cite(series, row),),
    )


def _near_high(claim: Claim, view: View) -> Judged:
    series = claim.series[0]
    first, after = view.span(series, claim.start, view.asof)
    values = view.track(series).values[first:after]
    row = int(np.argmax(values))
    distance = float(values[-1] / values[row] - 1.0)
    monthly = view.sigma(series, after - 1) * np.sqrt(21)
    ago = (view.day(series, after - 1) - view.day(series, first + row)).days
    why: tuple[Message, ...] = ()
    if -distance <= max(0.03, 0.35 * monthly):
        verdict: Ruling = "holds"
    elif ago <= RECENT.days:
        verdict, why = (
            "misleading",
            (
                say(
                    "audit.why.since_then",
                    move=Quantity(distance, "simple_return"),
                    count=Quantity(ago, "days"),
                ),
            ),
        )
    elif -distance > max(0.10, 1.25 * monthly):
        verdict = "does_not_hold"
    else:
        verdict, why = (
            "cannot_tell",
            (
                say(
                    "audit.why.near_is_vague",
                    limit=Quantity(max(0.03, 0.35 * monthly), "simple_return"),
                ),
            ),
        )
    return Judged(
        verdict=verdict,
        rule="near_high",
        fact=_distance(view, series, (first + row, after - 1), first),
        why=why,
        figures=(
            Figure(
                key="audit.figure.distance",
                value=view.scope(series, first, after - 1).exact(
                    distance, "simple_return", "drawdown"
                ),
            ),
        ),
        rows=(view.cite(series, first + row), view.cite(series, after - 1)),
    )


def _distance(view: View, series: str, rows: tuple[int, int], first: int) -> Message:
    track = view.track(series)
    return say(
        "audit.fact.distance",
        asset=Name(series),
        move=Quantity(float(track.values[rows[1]] / track.values[rows[0]] - 1.0), "simple_return"),
        value=Quantity(float(track.values[rows[0]]), view.unit(series)),
        high_day=view.day(series, rows[0]),
        day=view.day(series, rows[1]),
        since=view.day(series, first),
    )


def _record(claim: Claim, view: View) -> Judged:
    series = claim.series[0]
    values = view.track(series).values
    start = claim.start or view.asof - RECENT
    first, after = view.span(series, start, claim.end)
    top = int(np.argmax(values[:after]))
    inside = first <= top
    was = first + int(np.argmax(values[first:after]))
    record = float(values[was]) >= float(values[: was + 1].max())
    verdict: Ruling = "holds" if inside or record else "does_not_hold"
    why: tuple[Message, ...] = ()
    gap = float(values[was] / values[: was + 1].max() - 1.0)
    if verdict == "does_not_hold" and -gap <= INTRADAY * view.sigma(series, was):
        verdict, why = "cannot_tell", (say("audit.why.intraday_extreme"),)
    elif verdict == "does_not_hold" and claim.start is None:
        verdict, why = "misleading", (say("audit.why.record_is_old"),)
    fall = float(values[after - 1] / values[top] - 1.0)
    if verdict == "holds" and claim.start is None and fall < -0.08:
        ago = (view.day(series, after - 1) - view.day(series, top)).days
        verdict, why = (
            "misleading",
            (
                say(
                    "audit.why.since_then",
                    move=Quantity(fall, "simple_return"),
                    count=Quantity(ago, "days"),
                ),
            ),
        )
    return Judged(
        verdict=verdict,
        rule="record",
        fact=_distance(view, series, (top, after - 1), 0),
        why=why,
        rows=(view.cite(series, top), view.cite(series, after - 1)),
    )
