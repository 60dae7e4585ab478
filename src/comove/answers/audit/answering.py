"""From what was known to the verdicts: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import comove
from comove.answers.audit.contradicting import conflicts
from comove.answers.audit.extracting import kinds
from comove.answers.audit.judging import Judged
from comove.answers.audit.reading.letters import language_of
from comove.answers.audit.telling import head, limit
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Audit, Finding
from comove.core.audit_question import AuditQuestion
from comove.core.claim import Claim
from comove.core.errors import NotEstimable
from comove.core.message import Message, say
from comove.core.protocols import Channel, Executor
from comove.core.snapshot import Snapshot

SEVERAL = "audit.fact.several"
LONGEST = 400
"""Letters of a sentence that was not understood."""


def answer(
    question: AuditQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],  # noqa: ARG001 - an answer's signature
    executor: Executor,  # noqa: ARG001 - an answer's signature
) -> Audit:
    """Test every claim.

    Parameters
    ----------
    question
        Settled: with its date and claims.
    snapshot
        Holds the series of the claims, as known at the date.
    channels, executor
        Not used.

    Returns
    -------
    Audit
        A verdict per claim; contradictions; what was not understood.
    """
    view = View(question, snapshot)
    findings = tuple(_found(place, claim, view) for place, claim in enumerate(question.claims, 1))
    clashes = conflicts(question.claims)
    unread = tuple(question.text[start:end][:LONGEST] for start, end in question.unread)
    return Audit(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        language=language_of(question.text),
        headline=head(findings, clashes, len(unread)),
        findings=findings,
        conflicts=clashes,
        unread=unread,
        limits=limit(view, findings),
    )


def _found(number: int, claim: Claim, view: View) -> Finding:
    judged = _judged(claim, view)
    wrong = judged.verdict in ("does_not_hold", "misleading")
    facts = _facts(judged)
    told = facts + judged.why
    return Finding(
        number=number,
        claim=claim,
        verdict=judged.verdict,
        says=told or (say("audit.nothing"),),
        void=judged.void,
        figures=judged.figures,
        rows=judged.rows,
        rule=judged.rule,
        correction=facts if wrong else (),
    )


def _facts(judged: Judged) -> tuple[Message, ...]:
    if judged.fact is None:
        return ()
    if judged.fact.key == SEVERAL:
        parts = judged.fact["parts"]
        return tuple(part for part in parts if isinstance(part, Message))  # type: ignore[attr-defined]
    return (judged.fact,)


def _judged(claim: Claim, view: View) -> Judged:
    judged = _tested(claim, view)
    if claim.implied and judged.verdict == "does_not_hold":
        why = (*judged.why, say("audit.why.implied"))
        return replace(judged, verdict="cannot_tell", why=why)
    return judged


def _tested(claim: Claim, view: View) -> Judged:
    test = dict(kinds())[claim.kind].test
    try:
        judged: Judged = test(claim, view)
    except Unseen as reason:
        return Judged(
            verdict="cannot_tell",
            rule=claim.kind,
            why=(say(f"audit.why.{reason.reason}", **reason.values),),
        )
    except NotEstimable as reason:
        return Judged(
            verdict="cannot_tell", rule=claim.kind, why=(say(f"not_estimable.{reason.reason}"),)
        )
    return judged
