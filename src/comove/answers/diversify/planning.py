"""Everything one answer reads, decided before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from comove.core.diversify_question import DiversifyQuestion
from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.protocols import Channel

STEPS = ("split", "ratios", "tail", "absorption", "unrest", "bets", "hedges", "pairs")


def plan(question: DiversifyQuestion, channels: Mapping[str, Channel]) -> Plan:  # noqa: ARG001
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
        The holdings, and the assets to examine as hedges.

    Raises
    ------
    QuestionError
        When the as-of day is not settled, or a change of weights is asked for without the packages
        that work it out.
    """
    if question.asof is None:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    if question.target is not None:
        _require_solver()
    more = (("compare",) if question.versus else ()) + (("tilt",) if question.target else ())
    return Plan(
        answer="diversify",
        assets=question.assets,
        asof=question.asof,
        channels=(),
        series=tuple(dict.fromkeys((*question.assets, *question.hedges))),
        tables=(),
        steps=(*STEPS, *more, "history", "limits"),
    )


def _require_solver() -> None:
    from comove.stats.diversification import solver_installed

    if not solver_installed():
        raise QuestionError(
            "weights.no_solver",
            "A target needs cvxpy and clarabel, which are not installed.",
            "Install them: pip install 'comove[optimize]'. The rest answers without --target.",
        )
