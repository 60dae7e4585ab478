"""Which levels matter, how likely are they reached, and what followed past touches?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comove.core.levels_question import LevelsQuestion

if TYPE_CHECKING:
    from comove.core.held import Held
    from comove.core.levels import Levels
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.snapshot import Snapshot

request = LevelsQuestion
"""The dataclass the command line, the library and the HTTP API are generated from."""


def settle(question: LevelsQuestion, held: Held) -> LevelsQuestion:
    """Make names, own levels and as-of day exact; see :mod:`comove.answers.levels.settling`."""
    from comove.answers.levels.settling import settle as settled

    return settled(question, held)


def plan(question: LevelsQuestion, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.levels.planning`."""
    from comove.answers.levels.planning import plan as planned

    return planned(question, channels)


def answer(
    question: LevelsQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],
    executor: Executor,
) -> Levels:
    """Answer from what was read; see :mod:`comove.answers.levels.answering`."""
    from comove.answers.levels.answering import answer as answered

    return answered(question, snapshot, channels, executor)
