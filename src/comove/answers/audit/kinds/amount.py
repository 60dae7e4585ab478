"""An amount of an event: "2-3 bn of positions liquidated". Against the table of dated events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from comove.answers.audit.drafting import Draft, bounds, dated
from comove.answers.audit.judging import Judged, cannot_tell, fits
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.viewing import View
from comove.core.audit import CitedRow, Figure
from comove.core.claim import Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message, Quantity, say
from comove.core.snapshot import Row

RANK = 12
TABLES = ("liquidation_events",)
_LIQUIDATED = re.compile(r"liquidat|清算|強制決済|ロスカット", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:24[- ]hours?|24h|a (?:single )?day|one day|in a day|daily)\b|24時間|1日(?:で|に|あたり)|一日",
    re.IGNORECASE,
)
_LONG = re.compile(r"\blongs?\b|ロング|買い持ち|買い建て|買い建玉|買いポジション", re.IGNORECASE)
_OF_THEM = re.compile(r"^\s*(?:この|その)?うち")
LONG_GRAY = 0.03
"""Venues differ by as much in the share of longs."""
RECENT = timedelta(days=14)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find liquidation totals in dollars."""
    if clause.hypothetical or clause.future:
        return
    yield from _longs(clause)
    if not _LIQUIDATED.search(clause.sentence):
        return
    for amount in clause.amounts:
        sized = amount.unit == "usd" or (amount.unit == "" and amount.low >= 1e8)
        if not sized or amount.high < 5e7:
            continue
        coin = any(m.series == "btc" for m in clause.mentions) and bool(
            re.search(
                r"(?:bitcoin|btc)\s(?:\w+\s)?(?:positions|longs|futures|liquidations)|(?:ビットコイン|BTC)(?:だけで|の(?:ロング|建玉|清算|強制決済))",
                clause.text,
                re.IGNORECASE,
            )
        )
        yield Draft(
            clause.claim(
                "amount",
                (0, len(clause.text)),
                variant="btc" if coin else "all",
                unit="usd_bn",
                window=1 if _DAY.search(clause.text) else None,
                **{**bounds(amount, 1e-9), **dated(clause.period(amount.start), clause.asof)},
            ),
            (amount,),
        )


def _longs(clause: Clause) -> Iterator[Draft]:
    """Find the share of longs: "about 90% of them longs", うち約9割がロング."""
    if not (_LIQUIDATED.search(clause.sentence) or _OF_THEM.match(clause.sentence)):
        return
    for amount in clause.amounts:
        near = clause.text[max(0, amount.start - 12) : amount.end + 44]
        if amount.unit == "%" and _LONG.search(near):
            yield Draft(
                clause.claim(
                    "amount",
                    (0, len(clause.text)),
                    variant="longs",
                    unit="share",
                    **{**bounds(amount, 0.01), **dated(clause.period(amount.start), clause.asof)},
                ),
                (amount,),
            )


def _share(claim: Claim, near: list[Row], days: tuple[date, date]) -> Judged:
    """Compare with the published shares of longs."""
    rows = [(_day(row), float(str(row["long_share"]))) for row in near if _given(row)]
    if not rows:
        return cannot_tell("amount", "no_event", days=days)
    words = [fits(claim, share, LONG_GRAY) for _, share in rows]
    verdict: Ruling = "does_not_hold"
    if "in" in words:
        verdict = "holds"
    elif "near" in words:
        verdict = "cannot_tell"
    facts = tuple(
        say("audit.fact.longs", day=day, share=Quantity(share, "share")) for day, share in rows
    )
    return Judged(
        verdict=verdict,
        rule="amount",
        fact=say("audit.fact.several", parts=facts),
        figures=tuple(
            Figure(
                key="audit.figure.event",
                value=Estimate(
                    value=share,
                    unit="share",
                    low=share,
                    high=share,
                    nobs=1,
                    first=day,
                    last=day,
                    clock="own",
                    method="published",
                ),
            )
            for day, share in rows
        ),
        rows=tuple(
            CitedRow(series="liquidation_events", day=day, value=share, unit="share")
            for day, share in rows
        ),
    )


def _given(row: Row) -> bool:
    return row["long_share"] is not None and str(row["long_share"]) not in ("", "nan")


def test(claim: Claim, view: View) -> Judged:
    """Compare with every published total of the period, by scope."""
    rows = view.snapshot.tables.get("liquidation_events", ())
    start, end = claim.start or view.asof - RECENT, claim.end or view.asof
    if claim.period == "none":
        start, end = view.asof - RECENT, view.asof
    scope = "BTC" if claim.variant == "btc" else "all coins"
    near = [
        row for row in rows if start - timedelta(days=1) <= _day(row) <= end + timedelta(days=1)
    ]
    if claim.variant == "longs":
        return _share(claim, near, (start, end))
    same = [row for row in near if row["scope"] == scope]
    if not same:
        return cannot_tell("amount", "no_event", days=(start, end))
    held = [_Event.of(row) for row in same]
    words = [_word(claim, event.low, event.high) for event in held]
    others = [_Event.of(row) for row in near if row["scope"] != scope]
    elsewhere = any(_word(claim, event.low, event.high) == "in" for event in others)
    verdict, why = _verdict(claim, held, words, elsewhere)
    told = say(f"audit.scope.{claim.variant}")
    return Judged(
        verdict=verdict,
        rule="amount",
        fact=say("audit.fact.several", parts=tuple(event.fact(told) for event in held)),
        why=why,
        figures=tuple(Figure(key="audit.figure.event", value=event.estimate) for event in held),
        rows=tuple(
            CitedRow(series="liquidation_events", day=event.day, value=event.high, unit="usd_bn")
            for event in held
        ),
    )


@dataclass(frozen=True)
class _Event:
    """A published total."""

    day: date
    low: float
    high: float

    @classmethod
    def of(cls, row: Row) -> _Event:
        return cls(_day(row), float(str(row["usd_bn_low"])), float(str(row["usd_bn_high"])))

    def fact(self, scope: Message) -> Message:
        low, high = Quantity(self.low, "usd_bn"), Quantity(self.high, "usd_bn")
        return say("audit.fact.event", day=self.day, low=low, high=high, scope=scope)

    @property
    def estimate(self) -> Estimate:
        return Estimate(
            value=(self.low + self.high) / 2.0,
            unit="usd_bn",
            low=self.low,
            high=self.high,
            nobs=1,
            first=self.day,
            last=self.day,
            clock="own",
            method="published",
        )


def _verdict(
    claim: Claim, held: list[_Event], words: list[str], elsewhere: bool
) -> tuple[Ruling, tuple[Message, ...]]:
    if "in" in words:
        return "holds", ()
    if elsewhere:
        return "misleading", (say("audit.why.other_scope"),)
    most, total = max(event.high for event in held), sum(event.high for event in held)
    low = claim.low if claim.low is not None else claim.high or 0.0
    if "near" in words or (claim.window is None and most < low < 3.0 * max(total, most)):
        return "cannot_tell", (say("audit.why.several_days"),)
    return "does_not_hold", (say("audit.why.coverage"),)


def _day(row: Row) -> date:
    found = row["start_utc"]
    return found if isinstance(found, date) else date.fromisoformat(str(found))


def _word(claim: Claim, low: float, high: float) -> str:
    """Two ranges agree where they overlap; published totals differ by a tenth among venues."""
    first = claim.low if claim.low is not None else 0.0
    last = claim.high if claim.high is not None else float("inf")
    give = 0.1 * high if claim.hedged or claim.low == claim.high else 0.05 * high
    if claim.low is None or claim.high is None:
        return fits(claim, high if claim.high is None else low)
    if first - give <= high and low <= last + give:
        return "in"
    return "near" if first - 3 * give <= high and low <= last + 3 * give else "out"
