"""Everything one diagnosis reads, decided before anything is read."""

from __future__ import annotations

from collections.abc import Mapping

from comove.answers.explain.what_if import SHOCKS
from comove.core.errors import QuestionError
from comove.core.plan import Plan
from comove.core.protocols import Channel
from comove.core.question import Question

STEPS = ("together", "unusual", "why", "readings", "refuge", "levels", "what_if", "limits")


def plan(question: Question, channels: Mapping[str, Channel]) -> Plan:
    """List the series, tables and steps of a resolved question.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day, channel keys.
    channels
        All installed channels.

    Returns
    -------
    Plan
        Series in a fixed order, assets first, none twice.

    Raises
    ------
    QuestionError
        When a channel asked for is not installed.
    """
    for key in question.channels:
        if key not in channels:
            raise QuestionError(
                "question.channel",
                "There is no channel {key}.",
                "Installed: {known}.",
                key=key,
                known=", ".join(sorted(channels)),
            )
    if question.asof is None:
        raise QuestionError("question.unresolved", "The as-of day is not settled.")
    chosen = [channels[key] for key in question.channels]
    reads = [name for channel in chosen for name in channel.reads]
    legs = [leg for channel in chosen for driver in channel.drivers for leg in driver.series]
    shocks = [shock.series for shock in SHOCKS]
    series = dict.fromkeys((*question.assets, *legs, *(r for r in reads if "/" not in r), *shocks))
    return Plan(
        answer="explain",
        assets=question.assets,
        asof=question.asof,
        channels=question.channels,
        series=tuple(series),
        tables=tuple(dict.fromkeys(r.removeprefix("table/") for r in reads if "/" in r)),
        steps=STEPS,
    )
