"""What would these shocks do to my assets?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comove.core.scenario_question import ScenarioQuestion

if TYPE_CHECKING:
    from comove.core.held import Held
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.scenario import Scenario
    from comove.core.snapshot import Snapshot

request = ScenarioQuestion
"""The dataclass the command line, the library and the HTTP API are generated from."""


def settle(question: ScenarioQuestion, held: Held) -> ScenarioQuestion:
    """Make names, shocks and as-of day exact; see :mod:`comove.answers.scenario.settling`."""
    from comove.answers.scenario.settling import settle as settled

    return settled(question, held)


def plan(question: ScenarioQuestion, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.scenario.planning`."""
    from comove.answers.scenario.planning import plan as planned

    return planned(question, channels)


def answer(
    question: ScenarioQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],
    executor: Executor,
) -> Scenario:
    """Answer from what was read; see :mod:`comove.answers.scenario.answering`."""
    from comove.answers.scenario.answering import answer as answered

    return answered(question, snapshot, channels, executor)
