"""From what was known to the answer: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import comove
from comove.answers.diversify.comparing import compare, tilt
from comove.answers.diversify.exhibits import draw
from comove.answers.diversify.limits import limit
from comove.answers.diversify.sentences import head
from comove.answers.diversify.setting import find_setting
from comove.answers.diversify.standing import stand
from comove.core.diversify import Diversification
from comove.core.diversify_question import DiversifyQuestion
from comove.core.protocols import Channel, Executor
from comove.core.snapshot import Snapshot


def answer(
    question: DiversifyQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],  # noqa: ARG001 - an answer's signature
    executor: Executor,  # noqa: ARG001 - an answer's signature
) -> Diversification:
    """Say whether the diversification of a portfolio holds under stress.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day.
    snapshot
        Holds the holdings and the assets to examine, as known.
    channels, executor
        Not used.

    Returns
    -------
    Diversification
        Split, ratios, tail, hedges, pairs, verdicts, limits.

    Raises
    ------
    NoDataError
        When the holdings share too few sessions.
    NotEstimable
        When the positions cancel, or move as one.
    """
    now = stand(find_setting(question, snapshot, snapshot.day))
    then = None
    if question.versus is not None:
        then = stand(find_setting(question, snapshot, question.versus))
    # streams of their own: a comparison or a target leaves the other figures as they are
    streams = [
        np.random.default_rng(seed) for seed in np.random.SeedSequence((question.seed, 1)).spawn(3)
    ]
    comparison = None if then is None else compare(now, then, streams[0])
    return Diversification(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        headline=head(now.standing),
        now=now.standing,
        then=None if then is None else then.standing,
        comparison=comparison,
        tilt=tilt(now, streams[1]),
        limits=limit(now, then, comparison),
        exhibits=draw(now, streams[2]),
    )
