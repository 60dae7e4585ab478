"""From a text to an exact request: markup off, date found, claims read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from comove.answers.audit.extracting import extract, kinds
from comove.answers.audit.reading.dateline import stated_day
from comove.answers.audit.reading.letters import language_of, narrow
from comove.answers.audit.reading.plain import plain
from comove.answers.audit.structured import completed, is_structured, structured
from comove.core.audit_question import AuditQuestion
from comove.core.claim import Claim
from comove.core.errors import QuestionError
from comove.core.held import Held

LATEST = date(2100, 1, 1)
_DATELINE = re.compile(
    r"(?:<time[^>]{0,200}datetime=|<meta[^>]{0,200}(?:published_time|date)[^>]{0,80}content=|^date:\s*|^日付[::]\s*)[\"']?(?P<day>\d{4}-\d{2}-\d{2})",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(r"(?P<year>20\d{2})[-_.]?(?P<month>[01]\d)[-_.]?(?P<day>[0-3]\d)")


def settle(question: AuditQuestion, held: Held) -> AuditQuestion:
    """Make a request exact.

    Parameters
    ----------
    question
        As asked.
    held
        Names of the series; no value is read.

    Returns
    -------
    AuditQuestion
        With the text as it is read, its date and its claims.

    Raises
    ------
    QuestionError
        When the text states no date and none is given, or a structured claim cannot be read.
    UnknownSeriesError
        When a structured claim names an unknown series.
    """
    if question.dated:
        return question
    if question.claims or is_structured(question.text):
        return _settled_claims(question, held)
    text = plain(question.text, question.source)
    day, how = _day(question, text)
    specs = held.catalogue.specs
    claims, unread = extract(text, day, specs)
    return replace(question, text=text or " -", asof=day, dated=how, claims=claims, unread=unread)


def _settled_claims(question: AuditQuestion, held: Held) -> AuditQuestion:
    told, claims = (None, question.claims) if question.claims else structured(question.text)
    day = question.asof or told
    if day is None:
        raise _undated()
    named = tuple(_named(claim, held) for claim in claims)
    lines, settled = [], []
    place = 0
    for claim in named:
        quote = claim.quote or _written(claim)
        settled.append(
            replace(
                claim,
                quote=quote,
                place=(place, place + len(quote)),
                language=language_of(quote) if claim.quote else claim.language,
            )
        )
        lines.append(quote)
        place += len(quote) + 1
    how = "asked" if question.asof else "text"
    return replace(
        question, text="\n".join(lines) or " -", asof=day, dated=how, claims=tuple(settled)
    )


def _named(claim: Claim, held: Held) -> Claim:
    if claim.kind not in dict(kinds()):
        raise QuestionError(
            "claim.kind",
            "There is no kind of claim {kind}.",
            "Choose from {known}.",
            kind=claim.kind,
            known=", ".join(name for name, _ in kinds()),
        )
    resolve = held.catalogue.resolve
    named = replace(
        claim,
        series=tuple(resolve(name) for name in claim.series),
        others=tuple(resolve(name) for name in claim.others),
    )
    return completed(named)


def _written(claim: Claim) -> str:
    """Write a structured claim without a quote as its fields."""
    told = [claim.kind, claim.variant, *claim.series, *claim.others]
    if claim.low is not None or claim.high is not None:
        told.append(
            f"{'' if claim.low is None else f'{claim.low:g}'}..{'' if claim.high is None else f'{claim.high:g}'} {claim.unit}"
        )
    return " ".join(part for part in told if part)


def _day(question: AuditQuestion, text: str) -> tuple[date, str]:
    if question.asof is not None:
        return question.asof, "asked"
    line = _DATELINE.search(question.text[:20_000])
    if line is not None:
        try:
            return date.fromisoformat(line["day"]), "text"
        except ValueError:
            pass
    found = stated_day(narrow(text[:200_000]), LATEST)
    if found is not None and found[1] == "text":
        return found
    named = _NAME.search(question.source)
    if named is not None:
        try:
            return date(int(named["year"]), int(named["month"]), int(named["day"])), "source"
        except ValueError:
            pass
    if found is None:
        raise _undated()
    day, how = found
    # a month that is still ahead of its own last day is dated by that day
    return (day, how) if day - timedelta(days=0) <= LATEST else (LATEST, how)


def _undated() -> QuestionError:
    return QuestionError(
        "audit.undated",
        "The text states no date, and its claims can only be tested as of a day.",
        "Give the day it was written with --date, e.g. --date 2026-02-06.",
    )
