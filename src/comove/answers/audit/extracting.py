"""Every rule over every clause: what a text states, and which sentences stay dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from types import ModuleType

from comove.answers.audit.doubting import doubtful
from comove.answers.audit.drafting import Draft
from comove.answers.audit.reading.clauses import Clause, clauses
from comove.answers.audit.reading.inverted import as_quoted
from comove.answers.audit.reading.names import RATES, plausible
from comove.core.claim import Claim
from comove.core.errors import QuestionError
from comove.core.registry import members
from comove.core.series import SeriesSpec

MOST = 400
"""Claims of a text that are tested; what comes later is not read."""
LETTERS = 200_000
"""Letters of sentences with names or figures that the rules look at: some sixty pages."""
PAIRED = frozenset({"correlation", "decoupling", "synchrony"})
UNNAMED = frozenset({"amount", "flow", "diversification", "logic", "classification", "cause"})
LONG = {"en": 60, "ja": 32}
"""Letters up to which a statement is quoted whole."""
Span = tuple[int, int]


@cache
def kinds() -> tuple[tuple[str, ModuleType], ...]:
    """Return the rules in the order they look at a clause."""
    found = members("comove.answers.audit.kinds")
    return tuple(sorted(found.items(), key=lambda entry: entry[1].RANK))


def extract(
    text: str, asof: date, specs: Mapping[str, SeriesSpec]
) -> tuple[tuple[Claim, ...], tuple[Span, ...]]:
    """Read the claims of a text.

    Parameters
    ----------
    text
        Without markup.
    asof
        Day of the text.
    specs
        Every series by id.

    Returns
    -------
    tuple
        Claims in the order of the text, and the sentences with figures or names of which nothing
        was understood, as ``(start, end)``.
    """
    found: list[Claim] = []
    unread: dict[Span, None] = {}
    understood: set[Span] = set()
    looked = 0
    for clause in clauses(text, asof, specs):
        looked += len(clause.text)
        if len(found) >= MOST or looked > LETTERS:
            break
        place = clause.quote_at
        drafted = [] if clause.asks else of_clause(clause)
        found += drafted
        if drafted:
            understood.add(place)
        elif clause.mentions or clause.amounts:
            unread[place] = None
    left = tuple(place for place in unread if place not in understood)
    return _distinct(found)[:MOST], left


def of_clause(clause: Clause) -> list[Claim]:
    """Apply every rule to one clause; a figure goes to the first rule that takes it.

    Parameters
    ----------
    clause
        Any.

    Returns
    -------
    list of Claim
        In the order of the rules.
    """
    found: list[Claim] = []
    for _, kind in kinds():
        try:
            drafts = list(kind.extract(clause))
        except QuestionError:
            continue  # what a rule reads as nonsense it has not understood
        for draft in drafts:
            told = as_quoted(_narrowed(draft, clause), clause)
            if told is not None:
                unsure = _implied(told, clause) or doubtful(draft, clause)
                found.append(replace(told, implied=unsure))
        used = {amount for draft in drafts for amount in draft.used}
        if used:
            left = tuple(amount for amount in clause.amounts if amount not in used)
            clause = replace(clause, amounts=left, spent=(*clause.spent, *used))
    return found


def _implied(claim: Claim, clause: Clause) -> bool:
    """Tell whether whom or when a claim is about stands in other words than its sentence."""
    named = {m.series for m in clause.sentence_mentions}
    about = {*claim.series, *claim.others} if claim.kind in PAIRED else {*claim.series[:1]}
    if claim.kind in UNNAMED:
        about = set()
    if claim.kind not in PAIRED and _sole(claim, clause):
        about = set()
    earlier = clause.earlier if not clause.periods and claim.start is not None else None
    inherited = earlier is not None and (earlier.exact or clause.same_time)
    return not about <= named or inherited


def _sole(claim: Claim, clause: Clause) -> bool:
    """Tell whether nothing else can be meant: by the sentence before, or by the price."""
    if clause.latest == claim.series[:1]:
        return True
    size = claim.low if claim.low is not None else claim.high
    if claim.unit != "usd" or size is None:
        return False
    spoken = {s for s in (*clause.carried, *clause.mains) if s not in RATES}
    return {s for s in spoken if plausible(s, size, size)} == {*claim.series[:1]}


def _narrowed(draft: Draft, clause: Clause) -> Claim:
    """Cut the quote down to the commas around the figures of a claim, where it spans the clause."""
    claim = draft.claim
    if not draft.used or len(claim.quote) < LONG[claim.language]:
        return claim
    comma = "、" if claim.language == "ja" else ", "
    base = claim.place[0] - clause.start
    first, last = (
        min(a.start for a in draft.used) - base,
        max(a.end for a in draft.used) - base,
    )
    low = claim.quote.rfind(comma, 0, max(first, 0))
    low = 0 if low < 0 else low + len(comma)
    high = claim.quote.find(comma, last)
    high = len(claim.quote) if high < 0 else high
    if high - low < LONG[claim.language] // 4:
        return claim
    start = claim.place[0]
    return replace(claim, quote=claim.quote[low:high], place=(start + low, start + high))


def _distinct(found: list[Claim]) -> tuple[Claim, ...]:
    """Drop what one clause states twice in the same sense."""
    seen: dict[tuple[object, ...], Claim] = {}
    for claim in found:
        key = (
            claim.kind,
            claim.variant,
            claim.series,
            claim.others,
            claim.place,
            claim.low,
            claim.high,
        )
        seen.setdefault(key, claim)
    return tuple(sorted(seen.values(), key=lambda claim: claim.place))
