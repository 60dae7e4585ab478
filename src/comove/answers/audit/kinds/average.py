"""A moving average: its value, or a price above or below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from comove.answers.audit.drafting import Draft, bounds, negated
from comove.answers.audit.judging import Judged, cannot_tell, denied, fits
from comove.answers.audit.kinds._moves import price_amounts
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.moving_average import exponential, simple, weekly_closes

RANK = 35
_BELOW = re.compile(
    r"\b(?:below|under|beneath|broke(?: down)?|lost|through|underneath)\b|下回|割り込|割れ|割っ|下抜け|下に",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:above|over|reclaim\w*|broke above|on top of)\b|上回|超え|上抜け|回復|上に", re.IGNORECASE
)
_SIMPLE = re.compile(r"\b(?:simple|SMA)\b|単純", re.IGNORECASE)
_NEAR = re.compile(
    r"\b(?:near|close to|around|just above|just below|approach\w*|test\w*)\b|付近|近辺|接近|迫|近く",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find averages with a figure, or a price set against one."""
    if clause.hypothetical:
        return
    for match in cues.AVERAGE.finditer(clause.text):
        told = match["unit"] or (match["count2"] and match.group(0)[-3:])
        count = int(match["count"] or match["count2"] or match["count3"] or 0)
        unit = _unit(str(told or ""))
        subjects = [s for s in clause.subjects(match.start()) if s not in RATES]
        if not clause.mentions and clause.opens:
            subjects = [*clause.mains[:1], *subjects]
        subjects = subjects or [m.series for m in clause.mentions if m.series not in RATES]
        if not unit or not 2 <= count <= 400 or not subjects:
            continue
        kind = (match["kind"] or "").lower()
        ema = "ema" in match.group(0).lower() or kind in ("exponential", "指数", "指数平滑")
        simply = bool(_SIMPLE.search(clause.text))
        draft = _draft(clause, match)
        if draft is not None:
            variant, fields, used = draft
            if used and not clause.mentions:
                subjects = [*clause.subjects(used[0].start), *subjects]
            yield Draft(
                clause.claim(
                    "average",
                    (0, len(clause.text)),
                    variant=f"{variant}{'_exponential' if ema else '_simple' if simply else ''}",
                    series=(subjects[0],),
                    window=count,
                    period="weeks" if unit == "week" else "days",
                    negated=negated(clause, match.start()) if variant != "at" else False,
                    **fields,
                ),
                used,
            )
            return


def _unit(told: str) -> str:
    told = told.lower()
    if told.startswith(("w", "週")):
        return "week"
    return "day" if told.startswith(("d", "日")) else ""


def _draft(
    clause: Clause, match: re.Match[str]
) -> tuple[str, dict[str, object], tuple[Amount, ...]] | None:
    amounts = price_amounts(clause)
    after = [a for a in amounts if 0 <= a.start - match.end() <= 40]
    before = [a for a in amounts if 0 <= match.start() - a.end <= 14]
    if after or before:
        amount = (after or before)[0]
        return "at", {**bounds(amount), "unit": "usd"}, (amount,)
    gaps = [a for a in clause.amounts if a.unit == "%" and 0 <= match.start() - a.end <= 40]
    if gaps:
        side = clause.text[gaps[-1].start : match.end() + 16]
        way = "below" if _BELOW.search(side) else "above" if _ABOVE.search(side) else ""
        if way:
            return way, {**bounds(gaps[-1], 0.01), "unit": "simple_return"}, (gaps[-1],)
    around = clause.text[max(0, match.start() - 30) : match.end() + 16]
    if _NEAR.search(around) and not _BELOW.search(around.replace("just below", "")):
        return "near", {}, ()
    if _BELOW.search(around):
        return "below", {}, ()
    if _ABOVE.search(around):
        return "above", {}, ()
    return None


def test(claim: Claim, view: View) -> Judged:
    """Take the average of the last full weeks or days, simple and exponential, as known then."""
    series = claim.series[0]
    row = view.last(series)
    weeks = claim.period == "weeks"
    if (
        not view.quoted(
            series, view.day(series, max(row - (claim.window or 0) * (5 if weeks else 1), 0))
        )
        and claim.low is not None
    ):
        return cannot_tell("average", "adjusted", asset=Name(series))
    found = {
        "simple": _average(view, series, claim, simple),
        "exponential": _average(view, series, claim, exponential),
    }
    price = float(view.track(series).values[row])
    fact = say(
        f"audit.fact.average_{'weeks' if weeks else 'days'}",
        asset=Name(series),
        count=Quantity(claim.window or 0, "weeks" if weeks else "sessions"),
        simple=Quantity(found["simple"], view.unit(series)),
        exponential=Quantity(found["exponential"], view.unit(series)),
        price=Quantity(price, view.unit(series)),
        day=view.day(series, row),
    )
    told = "exponential" if claim.variant.endswith("_exponential") else "simple"
    verdict, why = _judge(claim, view, found, price, told)
    scope = view.scope(series, max(row - (claim.window or 1) * (7 if weeks else 1), 0), row)
    return denied(
        claim,
        Judged(
            verdict=verdict,
            rule="average",
            fact=fact,
            why=why,
            figures=tuple(
                Figure(
                    key=f"audit.figure.{name}",
                    value=scope.exact(value, view.unit(series), "exact"),
                )
                for name, value in found.items()
            ),
            rows=(view.cite(series, row),),
        ),
    )


def _judge(
    claim: Claim, view: View, found: dict[str, float], price: float, told: str
) -> tuple[Ruling, tuple[Message, ...]]:
    other = "simple" if told == "exponential" else "exponential"
    kind = claim.variant.partition("_")[0]
    if kind == "at":
        words = {name: fits(claim, value) for name, value in found.items()}
    else:
        gray = view.sigma(claim.series[0], view.last(claim.series[0]))
        sign = -1.0 if kind == "below" else 1.0
        words = {
            name: fits(claim, sign * (price / value - 1.0), gray) for name, value in found.items()
        }
    if kind != "at" and claim.unit != "simple_return":
        words = {name: _side(kind, price / value - 1.0, gray) for name, value in found.items()}
    if words[told] == "in":
        return "holds", ()
    if words[other] == "in" and "_" not in claim.variant:
        return "misleading", (say(f"audit.why.only_{other}"),)
    if "near" in words.values():
        return "cannot_tell", (say("audit.why.intraday"),)
    return "does_not_hold", ()


def _side(kind: str, distance: float, gray: float) -> str:
    if kind == "near":
        return (
            "in"
            if abs(distance) <= max(0.03, 1.5 * gray)
            else "near"
            if abs(distance) <= 0.1
            else "out"
        )
    signed = distance if kind == "above" else -distance
    return "in" if signed > 0.0 else "near" if signed > -0.5 * gray else "out"


def _average(view: View, series: str, claim: Claim, of: Callable[[Floats, int], Floats]) -> float:
    track, window = view.track(series), claim.window or 0
    values: Floats = track.values
    if claim.period == "weeks":
        through = None if track.spec.clock.calendar == "24/7" else np.datetime64(view.asof)
        values = weekly_closes(track.labels, track.values, through)[1]
    if len(values) < window:
        raise Unseen("too_short")
    return float(of(values, window)[-1])
