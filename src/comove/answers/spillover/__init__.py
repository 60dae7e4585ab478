"""Who sends shocks to whom, and is it more than noise?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comove.core.held import settle_assets
from comove.core.spillover_question import SpilloverQuestion

if TYPE_CHECKING:
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.snapshot import Snapshot
    from comove.core.spillover import Spillovers

request = SpilloverQuestion
"""The dataclass the command line, the library and the HTTP API are generated from."""

settle = settle_assets
"""How names become ids and the as-of day is found."""


def plan(question: SpilloverQuestion, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.spillover.planning`."""
    from comove.answers.spillover.planning import plan as planned

    return planned(question, channels)


def answer(
    question: SpilloverQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],
    executor: Executor,
) -> Spillovers:
    """Answer from what was read; see :mod:`comove.answers.spillover.answering`."""
    from comove.answers.spillover.answering import answer as answered

    return answered(question, snapshot, channels, executor)
