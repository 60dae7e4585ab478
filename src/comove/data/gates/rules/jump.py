"""A level ten, a hundred or a thousand times the last one is another unit; so may be more."""

from __future__ import annotations

import numpy as np

from comove.core.observations import Floats
from comove.data.calendars import Bools
from comove.data.gates.batch import Batch, Timeline
from comove.data.gates.levels import TENFOLD, WIDEST, Steps, displaced, last_good, steps
from comove.data.gates.rule import Flags, Rule

LEAST = 1.0
"""Displacement, as a logarithm, from which a row counts as being on another level."""


def found(timeline: Timeline, *, positive: bool) -> Steps:
    """Find the jumps between consecutive values; see :func:`comove.data.gates.levels.steps`."""
    return steps(timeline.labels, timeline.values, positive=positive)


def flags(batch: Batch) -> Flags:
    """Flag rows on a level that is a power of ten, or more than ten times, off what is held.

    Notes
    -----
    A value that revises one held under the same date is compared with that one as well.
    """
    timeline = batch.timeline
    positive = batch.spec.signs == "positive" and bool((timeline.values > 0.0).all())
    jumps = found(timeline, positive=positive)
    off = displaced(timeline, jumps.by, LEAST)
    tens = off & displaced(timeline, np.where(jumps.unit, jumps.by, 0.0), LEAST)
    references = np.full(len(batch), np.nan)
    mine = timeline.rows >= 0
    references[timeline.rows[mine]] = last_good(timeline, off)[mine]
    unit, leap = timeline.onto_batch(tens), timeline.onto_batch(off & ~tens)
    revised = _revised(batch, references)
    return Flags.first(unit | revised, leap, references=references)


def _revised(batch: Batch, references: Floats) -> Bools:
    """Flag values that are a power of ten times the value held under the same date."""
    flagged = np.zeros(len(batch), dtype=bool)
    places, held = batch.overlap
    if len(places):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(batch.values[places] / held)
        decades = np.round(ratio / TENFOLD)
        near = np.abs(ratio - TENFOLD * decades) <= WIDEST / 2
        if batch.spec.signs != "positive":
            near = np.abs(ratio - TENFOLD * decades) <= 1e-3
        flagged[places] = near & (decades != 0.0) & np.isfinite(ratio)
        references[places[flagged[places]]] = held[flagged[places]]
    return flagged


rule = Rule(key="jump", order=60, reasons=(("unit", "problem"), ("leap", "problem")), flags=flags)
