"""A row whose date is no date, or whose publication no bundled calendar can tell, is set aside."""

from __future__ import annotations

import numpy as np

from comove.data import calendars
from comove.data.gates.batch import EARLIEST, Batch
from comove.data.gates.rule import Flags, Rule


def flags(batch: Batch) -> Flags:
    """Flag missing dates, dates before 1800, and days of publication beyond the calendars.

    Notes
    -----
    A value published at once needs no calendar.  One published on a later business day does, unless
    the source states when it was published.
    """
    none = np.isnat(batch.labels)
    ancient = batch.labels < EARLIEST
    outside = np.zeros(len(batch), dtype=bool)
    if batch.spec.publication != "at_once":
        outside = (batch.labels < calendars.FIRST) | (batch.labels > calendars.LAST)
        outside &= np.isnat(batch.known)
    return Flags.first(none, ancient, outside)


rule = Rule(
    key="date",
    order=20,
    reasons=(("none", "problem"), ("ancient", "problem"), ("beyond", "note")),
    flags=flags,
)
