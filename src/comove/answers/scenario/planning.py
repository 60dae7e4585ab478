"""Everything one answer reads, decided before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.protocols import Channel
from comove.core.scenario_question import ScenarioQuestion
from comove.core.shock import Shock

STEPS = ("shock", "plausibility", "laws", "jointly", "portfolio", "analogues", "reverse", "limits")


def plan(question: ScenarioQuestion, channels: Mapping[str, Channel]) -> Plan:  # noqa: ARG001
    """List the series and steps of a resolved question.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day.
    channels
        Installed channels; none is examined.

    Returns
    -------
    Plan
        Assets and the drivers that are shocked.

    Raises
    ------
    QuestionError
        When the as-of day is not settled.
    """
    if question.asof is None:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    drivers = [Shock.read(text).series for text in question.shocks]
    steps = [step for step in STEPS if step != "reverse" or question.reverse is not None]
    return Plan(
        answer="scenario",
        assets=question.assets,
        asof=question.asof,
        channels=(),
        series=tuple(dict.fromkeys((*question.assets, *drivers))),
        tables=(),
        steps=tuple(steps),
    )
