"""Nothing is known before it is struck, nor before it is published."""

from __future__ import annotations

import numpy as np

from comove.data import clocks
from comove.data.calendars import DAY, LAST
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule

SOON = 2 * DAY
"""A strike this near is that of a day that has not ended; further off it is a wrong date."""


def flags(batch: Batch) -> Flags:
    """Flag values struck or published after now, and those published before they were struck.

    Notes
    -----
    A daily bar of a day that has not ended is such a value: what came in is a snapshot under the
    name of a close, as many services send it.  It is accepted when the day is over.  Where the
    source states no publication, the series' own rule decides; the row is accepted when it comes in
    again after that.  A source that states a date of publication without a time of day gets a day
    of grace.
    """
    now = batch.now
    late = batch.labels > now.astype("M8[D]") + SOON
    past = np.where(late, LAST, batch.labels)
    struck = np.where(np.isnat(batch.struck), clocks.struck(past, batch.spec.clock), batch.struck)
    unpublished = np.zeros(len(batch), dtype=bool)
    if batch.spec.publication == "at_once":
        unpublished = batch.known > now
    else:
        unstated = np.isnat(batch.known)
        due = clocks.known(np.where(unstated, past, LAST), struck, batch.spec.publication)
        unpublished = np.where(unstated, due > now, batch.known > now)
    ahead = struck > np.asarray(now + SOON)
    reversed_ = batch.known < np.asarray(struck - DAY)
    return Flags.first(late | ahead, struck > now, unpublished, reversed_)


rule = Rule(
    key="future",
    order=30,
    reasons=(
        ("struck", "problem"),
        ("unfinished", "note"),
        ("unpublished", "note"),
        ("reversed", "problem"),
    ),
    flags=flags,
)
