"""Which numbers and causes in this text hold, as known that day?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comove.core.audit_question import AuditQuestion

if TYPE_CHECKING:
    from comove.core.audit import Audit
    from comove.core.held import Held
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.snapshot import Snapshot

request = AuditQuestion
"""The dataclass the command line, the library and the HTTP API are generated from."""


def settle(question: AuditQuestion, held: Held) -> AuditQuestion:
    """Find the date and read the claims; see :mod:`comove.answers.audit.settling`."""
    from comove.answers.audit.settling import settle as settled

    return settled(question, held)


def plan(question: AuditQuestion, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.audit.planning`."""
    from comove.answers.audit.planning import plan as planned

    return planned(question, channels)


def answer(
    question: AuditQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],
    executor: Executor,
) -> Audit:
    """Test the claims on what was read; see :mod:`comove.answers.audit.answering`."""
    from comove.answers.audit.answering import answer as answered

    return answered(question, snapshot, channels, executor)
