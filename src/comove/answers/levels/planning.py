"""Everything one answer reads, decided before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from comove.answers.levels.covering import FUNDING
from comove.answers.levels.miners import MODEL
from comove.core.errors import QuestionError
from comove.core.levels_question import LevelsQuestion
from comove.core.plan import Plan
from comove.core.protocols import Channel

STEPS = ("lines", "touches", "reach", "models", "covering", "limits")


def plan(question: LevelsQuestion, channels: Mapping[str, Channel]) -> Plan:  # noqa: ARG001
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
        Assets, the drivers of the miner model, and funding.

    Raises
    ------
    QuestionError
        When the as-of day is not settled.
    """
    if question.asof is None:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    return Plan(
        answer="levels",
        assets=question.assets,
        asof=question.asof,
        channels=(),
        series=tuple(dict.fromkeys((*question.assets, *MODEL, *FUNDING))),
        tables=(),
        steps=STEPS,
    )
