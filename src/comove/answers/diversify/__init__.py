"""Does my diversification hold under stress?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from comove.core.diversify_question import DiversifyQuestion
from comove.core.held import Held, asset_ids
from comove.core.weights import weights_in

if TYPE_CHECKING:
    from comove.core.diversify import Diversification
    from comove.core.plan import Plan
    from comove.core.protocols import Channel, Executor
    from comove.core.snapshot import Snapshot

request = DiversifyQuestion
"""The dataclass the command line, the library and the HTTP API are generated from."""


def settle(question: DiversifyQuestion, held: Held) -> DiversifyQuestion:
    """Read the file of weights, turn names into ids and find the as-of day.

    Parameters
    ----------
    question
        As asked.
    held
        What is held.

    Returns
    -------
    DiversifyQuestion
        Without a file, in catalogue ids.

    Raises
    ------
    UnknownSeriesError, QuestionError, WindowError, DataError
        When a name is unknown, is given two weights, or has no history; when the file holds none.
    """
    if question.book is not None:
        read = weights_in(held.text(question.book), question.book)
        question = replace(question, book=None, weights=read)
    ids = asset_ids(question.assets, held)
    sizes = (weight for _, weight in question.weights)
    settled = replace(
        question,
        weights=tuple(zip(ids, sizes, strict=True)),
        hedges=asset_ids(question.hedges, held),
    )
    return replace(settled, asof=question.asof or held.last_fresh_day(ids))


def plan(question: DiversifyQuestion, channels: Mapping[str, Channel]) -> Plan:
    """Say what would be read and run; see :mod:`comove.answers.diversify.planning`."""
    from comove.answers.diversify.planning import plan as planned

    return planned(question, channels)


def answer(
    question: DiversifyQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],
    executor: Executor,
) -> Diversification:
    """Answer from what was read; see :mod:`comove.answers.diversify.answering`."""
    from comove.answers.diversify.answering import answer as answered

    return answered(question, snapshot, channels, executor)
