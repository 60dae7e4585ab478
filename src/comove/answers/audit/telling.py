"""The headline, and what a reader must know before leaning on the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from comove.answers.audit.extracting import LETTERS, MOST
from comove.answers.audit.viewing import View
from comove.core.audit import Conflict, Finding
from comove.core.claim import RULINGS
from comove.core.message import Message, Name, say


def head(
    findings: Sequence[Finding], clashes: Sequence[Conflict], unread: int
) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    findings, clashes
        What was found.
    unread
        Sentences that were not understood.

    Returns
    -------
    tuple of Message
        How the claims fared; contradictions and what stayed dark.
    """
    if not findings:
        return (say("audit.headline.none", unread=unread),)
    counts = Counter(entry.verdict for entry in findings)
    parts = tuple(
        say(f"audit.count.{word}{_one(word, counts[word])}", count=counts[word])  # type: ignore[index]
        for word in RULINGS
        if counts[word]  # type: ignore[index]
    )
    told = [say("audit.headline.counts", count=len(findings), parts=parts)]
    if clashes:
        told.append(say("audit.headline.conflicts", count=len(clashes)))
    if unread:
        key = "unread_one" if unread == 1 else "unread"
        told.append(say(f"audit.headline.{key}", unread=unread))
    return tuple(told)


def _one(word: str, count: int) -> str:
    return "_one" if count == 1 and word in ("holds", "does_not_hold") else ""


def limit(view: View, findings: Sequence[Finding]) -> tuple[Message, ...]:
    """List what limits the verdicts.

    Parameters
    ----------
    view
        The history.
    findings
        What was found.

    Returns
    -------
    tuple of Message
        The date and where it came from; closes; adjusted series; clocks; how many were tested.
    """
    told = [
        say(f"audit.limit.dated_{view.question.dated}", day=view.asof),
        say("audit.limit.closes"),
    ]
    used = dict.fromkeys(row.series for entry in findings for row in entry.rows)
    specs = view.snapshot.specs
    adjusted = tuple(Name(series) for series in used if series in specs and specs[series].adjusted)
    if adjusted:
        told.append(say("audit.limit.adjusted", assets=adjusted))
    if "btc" in used:
        told.append(say("audit.limit.clock", asset=Name("btc")))
    if any(entry.claim.kind == "cause" for entry in findings):
        told.append(say("audit.limit.cause"))
    if len(findings) >= MOST:
        told.append(say("audit.limit.many", count=MOST))
    elif len(view.question.text) > LETTERS:
        told.append(say("audit.limit.long", count=LETTERS))
    return tuple(told)
