"""Are they moving together, is it unusual, why, and what would change it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comove.core.held import settle_assets
from comove.core.question import Question

if TYPE_CHECKING:
    from comove.core.diagnosis import Diagnosis
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.snapshot import Snapshot

request = Question
"""The dataclass the command line, the library and the HTTP API are generated from."""

settle = settle_assets
"""How names become ids and the as-of day is found."""


def plan(question: Question, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.explain.planning`."""
    from comove.answers.explain.planning import plan as planned

    return planned(question, channels)


def answer(
    question: Question, snapshot: Snapshot, channels: Mapping[str, Channel], executor: Executor
) -> Diagnosis:
    """Answer from what was read; see :mod:`comove.answers.explain.answering`."""
    from comove.answers.explain.answering import answer as answered

    return answered(question, snapshot, channels, executor)
