"""From what was known to the answer: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import comove
from comove.answers.spillover.exhibits import draw
from comove.answers.spillover.limits import limit
from comove.answers.spillover.measuring import flows, index, links, shares, speeds
from comove.answers.spillover.sampling import FIVE, SPAN_OF_FIVE, Sample, find_setting, sample
from comove.answers.spillover.sentences import head, state
from comove.core.estimate import Estimate
from comove.core.protocols import Channel, Executor
from comove.core.snapshot import Snapshot
from comove.core.spillover import Spillovers
from comove.core.spillover_question import SpilloverQuestion
from comove.stats.connectedness._measures import total_index


def answer(
    question: SpilloverQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],  # noqa: ARG001 - an answer's signature
    executor: Executor,  # noqa: ARG001 - an answer's signature
) -> Spillovers:
    """Measure who sends shocks to whom.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day.
    snapshot
        Holds the assets, as known.
    channels, executor
        Not used.

    Returns
    -------
    Spillovers
        Table, flows, links, null bands, verdicts, limits.

    Raises
    ------
    NoDataError
        When the assets share fewer sessions than the window has.
    NotEstimable
        When the last window cannot carry an autoregression.
    """
    setting = find_setting(question, snapshot)
    # one stream a part: adding a part leaves the figures of the others as they are
    streams = [
        np.random.default_rng(seed) for seed in np.random.SeedSequence(question.seed).spawn(8)
    ]
    last, window = len(setting.changes.values), question.window
    now = sample(setting, slice(last - window, last), streams[0])
    assert now is not None  # noqa: S101 - the last window answers or raises
    earlier = slice(last - 2 * window, last - window)
    before = sample(setting, earlier, streams[1]) if earlier.start >= 0 else None
    reach = slice(max(last - SPAN_OF_FIVE * window, 0), last)
    five = sample(setting, reach, streams[2], FIVE)
    measured = index(now, streams[3])
    found = links(now, streams[4])
    table = shares(now)
    return Spillovers(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        headline=head(question, measured, table, found),
        now=measured,
        before=None if before is None else index(before, streams[5]),
        change=None if before is None else _change(now, before),
        five_session=None if five is None else index(five, streams[6]),
        propositions=state(measured),
        table=table,
        flows=flows(now, five),
        links=found,
        speeds=speeds(now, streams[7]),
        limits=limit(setting, now),
        exhibits=draw(setting, measured, table, found),
    )


def _change(now: Sample, before: Sample) -> Estimate:
    """State the change of the total; the windows share no rows and are resampled apart."""
    totals, earlier = total_index(now.draws), total_index(before.draws)
    count = min(len(totals), len(earlier))
    value = float(total_index(now.table) - total_index(before.table))
    return now.estimate(value, totals[:count] - earlier[:count], least=-np.inf)
