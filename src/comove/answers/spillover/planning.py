"""Everything one answer reads, decided before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.protocols import Channel
from comove.core.spillover_question import SpilloverQuestion

STEPS = ("table", "noise", "lead", "links", "speeds", "five_session", "rolling", "limits")


def plan(question: SpilloverQuestion, channels: Mapping[str, Channel]) -> Plan:  # noqa: ARG001
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
        Nothing but the assets is read.

    Raises
    ------
    QuestionError
        When the as-of day is not settled.
    """
    if question.asof is None:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    return Plan(
        answer="spillover",
        assets=question.assets,
        asof=question.asof,
        channels=(),
        series=question.assets,
        tables=(),
        steps=STEPS,
    )
