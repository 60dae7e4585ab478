"""Everything one audit reads, decided by the claims before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from comove.answers.audit.extracting import kinds
from comove.answers.audit.viewing import RETURNS
from comove.core.audit_question import AuditQuestion
from comove.core.claim import Claim
from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.protocols import Channel


def plan(question: AuditQuestion, channels: Mapping[str, Channel]) -> Plan:  # noqa: ARG001
    """List the series, tables and tests of a settled question.

    Parameters
    ----------
    question
        Settled: with its date and claims.
    channels
        Installed channels; none is examined.

    Returns
    -------
    Plan
        No series has to be fresh: a claim about one that has ended cannot be told.

    Raises
    ------
    QuestionError
        When the date is not settled.
    """
    if question.asof is None or not question.dated:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    held = dict(kinds())
    asked = dict.fromkeys(claim.kind for claim in question.claims)
    tables = [
        table for kind in asked if kind in held for table in getattr(held[kind], "TABLES", ())
    ]
    return Plan(
        answer="audit",
        assets=(),
        asof=question.asof,
        channels=(),
        series=tuple(dict.fromkeys(name for claim in question.claims for name in _reads(claim))),
        tables=tuple(dict.fromkeys(tables)),
        steps=tuple(asked),
    )


def _reads(claim: Claim) -> Iterator[str]:
    for series in (*claim.series, *claim.others):
        yield series
        if series in RETURNS:
            yield RETURNS[series]
    if claim.kind == "classification":
        yield from ("spy", "qqq")
