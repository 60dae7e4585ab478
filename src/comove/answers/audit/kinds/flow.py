"""An annual flow: "central banks buy over 1,000 tonnes a year". Against the table as published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from comove.answers.audit.drafting import Draft, bounds
from comove.answers.audit.judging import Judged, cannot_tell, fits
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.viewing import View
from comove.core.audit import CitedRow, Figure
from comove.core.claim import Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message, Quantity, say
from comove.core.snapshot import Row

RANK = 10
TABLES = ("central_bank_gold",)
_BANKS = re.compile(
    r"central[- ]banks?|official sector|中央銀行|中銀|公的(?:部門|機関)", re.IGNORECASE
)
_OTHER = re.compile(
    r"quarter|四半期|month|月間|China|PBoC|Poland|中国|ポーランド|インド|India|reserves total|保有",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find what central banks buy in tonnes."""
    if clause.future or not _BANKS.search(clause.sentence):
        return
    for amount in clause.amounts:
        if amount.unit != "tonnes" or amount.low < 50.0:
            continue
        years = [
            p
            for p in clause.periods
            if (p.end - p.start).days > 300 or p.form in ("since", "before")
        ]
        period = _year_of(clause, amount, years)
        other = "part" if _OTHER.search(clause.text) else "year" if period else "now"
        yield Draft(
            clause.claim(
                "flow",
                (0, len(clause.text)),
                variant=other,
                unit="tonnes",
                **bounds(amount),
                **({"start": period.start, "end": min(period.end, clause.asof)} if period else {}),
            ),
            (amount,),
        )


_YEAR_BEFORE = re.compile(r"前年(?:の|は|には|実績の)?$|(?:previous|prior) year(?:'s)?\s?$")
_EARLIER = re.compile(
    r"^\s?(?:tonnes?\s)?(?:the year before|a year earlier|(?:in )?the (?:previous|prior) year)"
)


def _year_of(clause: Clause, amount: Amount, years: list[Period]) -> Period | None:
    """Return the years a total is of; "the year before" counts from the one named beside it."""
    named = [p for p in years if p.form == "in" and "前年" not in clause.text[slice(*p.place)]]
    before = _YEAR_BEFORE.search(clause.text[: amount.start])
    if before or _EARLIER.match(clause.text[amount.end :]):
        start = (named[0].start.year if named else clause.asof.year) - 1
        return Period(date(start, 1, 1), date(start, 12, 31), (0, 0))
    nearest = sorted(named or years, key=lambda p: abs(p.place[0] - amount.start))
    return nearest[0] if nearest else None


def test(claim: Claim, view: View) -> Judged:
    """Compare with the annual totals that had been published by the day of the text."""
    rows = view.snapshot.tables.get("central_bank_gold", ())
    if claim.variant == "part":
        return cannot_tell("flow", "only_years")
    if not rows:
        return cannot_tell("flow", "not_held")
    wanted = [
        row
        for row in rows
        if claim.start is None
        or claim.end is None
        or claim.start.year <= _year(row) <= claim.end.year
    ]
    if not wanted:
        return cannot_tell("flow", "year_not_published", first=_year(rows[0]), last=_year(rows[-1]))
    words = [fits(claim, _tonnes(row)) for row in wanted]
    facts = tuple(
        say("audit.fact.year", year=_year(row), value=Quantity(_tonnes(row), "tonnes"))
        for row in wanted
    )
    verdict, why = _verdict(claim, wanted, words)
    return Judged(
        verdict=verdict,
        rule="flow",
        fact=say("audit.fact.years", parts=facts),
        why=why,
        figures=tuple(Figure(key="audit.figure.tonnes", value=_exact(row)) for row in wanted[::-1]),
        rows=tuple(
            CitedRow(
                series="central_bank_gold",
                day=date(_year(row), 12, 31),
                value=_tonnes(row),
                unit="tonnes",
            )
            for row in wanted
        ),
    )


def _verdict(
    claim: Claim, wanted: Sequence[Row], words: list[str]
) -> tuple[Ruling, tuple[Message, ...]]:
    last = wanted[-1]
    if all(word == "in" for word in words):
        return "holds", ()
    if "in" not in words:
        near = fits(claim, _tonnes(last), 0.02 * _tonnes(last)) == "near"
        if len(words) == 1 and near:
            return "cannot_tell", (say("audit.why.revised"),)
        return "does_not_hold", ()
    if claim.start is None and words[-1] == "in":
        return "holds", (say("audit.why.last_year"),)
    value = Quantity(_tonnes(last), "tonnes")
    return "misleading", (say("audit.why.not_every_year", last=_year(last), value=value),)


def _year(row: Row) -> int:
    return int(str(row["year"]))


def _tonnes(row: Row) -> float:
    return float(str(row["tonnes"]))


def _exact(row: Row) -> Estimate:
    year = _year(row)
    return Estimate(
        value=_tonnes(row),
        unit="tonnes",
        nobs=1,
        first=date(year, 1, 1),
        last=date(year, 12, 31),
        clock="own",
        method="published",
        exact=True,
    )
