"""A text and what became of its claims: the answer of an audit, claim by claim."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from comove.core.answered import Answered
from comove.core.audit_question import AuditQuestion
from comove.core.claim import RULINGS, Claim, Ruling
from comove.core.estimate import Estimate
from comove.core.message import Message
from comove.core.plain import as_plain


@dataclass(frozen=True, kw_only=True)
class CitedRow:
    """One row of the history that a verdict rests on.

    Attributes
    ----------
    series
        Catalogue id of the series or name of the table.
    day
        Its label.
    value
        As held.
    unit
        Of the value.
    """

    series: str
    day: date
    value: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured value beside the one stated.

    Attributes
    ----------
    key
        What was measured, a word of the catalogues.
    value
        With interval, or exact.
    """

    key: str
    value: Estimate


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one claim.

    Attributes
    ----------
    number
        Place in the text, from 1.
    claim
        What is stated.
    verdict
        One of the five words.
    says
        The verdict's reason, with the figures.
    void
        A trigger that is already met or absurdly far away.
    figures
        What was measured.
    rows
        Rows of the history that are cited.
    rule
        Key of the rule by which it was judged.
    correction
        What the text could have said instead; empty where it needs no other words.
    """

    number: int
    claim: Claim
    verdict: Ruling
    says: tuple[Message, ...]
    void: bool = False
    figures: tuple[Figure, ...] = ()
    rows: tuple[CitedRow, ...] = ()
    rule: str
    correction: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Two statements of the same text that cannot both hold.

    Attributes
    ----------
    first, second
        Numbers of the two claims.
    says
        Why not.
    """

    first: int
    second: int
    says: Message


@dataclass(frozen=True, kw_only=True)
class Audit(Answered):
    """A text, its claims and their verdicts.

    Attributes
    ----------
    question
        As settled; holds the text as it was read.
    asof
        Date of the text.
    fingerprint
        Hash of everything that was read.
    version
        Of comove.
    language
        Of the text.
    headline
        Two sentences.
    findings
        One per claim, in the order of the text.
    conflicts
        Pairs of claims that contradict each other.
    unread
        Sentences with figures or names of assets that were not understood, as they stand.
    limits
        What a reader must know before leaning on the verdicts.
    """

    answer: ClassVar[str] = "audit"

    question: AuditQuestion
    asof: date
    fingerprint: str
    version: str
    language: str
    headline: tuple[Message, ...]
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]
    unread: tuple[str, ...]
    limits: tuple[Message, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of claims per verdict, all five words."""
        found = Counter(entry.verdict for entry in self.findings)
        return {word: found[word] for word in RULINGS}  # type: ignore[index]

    @property
    def exit_code(self) -> int:
        """1 when a claim does not hold or two contradict each other, else 0."""
        return int(bool(self.counts["does_not_hold"] or self.conflicts))

    def to_records(self) -> tuple[dict[str, object], ...]:
        """Return one flat row per measured figure, or per claim where nothing was measured."""
        return tuple(row for entry in self.findings for row in _records(entry))

    def __repr__(self) -> str:
        """One line: day and verdicts."""
        told = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        return f"<Audit as of {self.asof}: {told or 'nothing understood'}>"


_CLAIMED = ("kind", "variant", "series", "others", "low", "high", "unit", "start", "end", "quote")


def _records(entry: Finding) -> list[dict[str, object]]:
    claimed = {name: as_plain(getattr(entry.claim, name)) for name in _CLAIMED}
    claimed = {
        f"stated_{name}" if name in ("low", "high", "unit", "start", "end") else name: (
            " ".join(value) if isinstance(value, list) else value
        )
        for name, value in claimed.items()
    }
    head: dict[str, object] = {
        "number": entry.number,
        "verdict": entry.verdict,
        "rule": entry.rule,
        **claimed,
    }
    if not entry.figures:
        return [head]
    return [{**head, "figure": found.key, **as_plain(found.value)} for found in entry.figures]
