"""One date has one value, or one per publication; the same twice is harmless, two are not."""

from __future__ import annotations

import numpy as np

from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule


def flags(batch: Batch) -> Flags:
    """Flag repeated rows, and every row of a date that has several values.

    Notes
    -----
    Rows of one date with different instants of publication are revisions.  Among conflicting rows
    none is chosen: a majority would change with the number of copies.
    """
    count = len(batch)
    if count < 2:
        return Flags.first(np.zeros(count, dtype=bool))
    known = batch.known.astype(np.int64)
    again = (batch.labels[1:] == batch.labels[:-1]) & (known[1:] == known[:-1])
    equal = again & (batch.values[1:] == batch.values[:-1])
    group = np.concatenate([[0], np.cumsum(~again)])
    torn = np.zeros(int(group[-1]) + 1, dtype=bool)
    torn[group[1:][again & ~equal]] = True
    conflict = torn[group]
    same = np.concatenate([[False], equal]) & ~conflict
    return Flags.first(conflict, same, references=_other(batch, conflict, group))


def _other(batch: Batch, conflict: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return, for conflicting rows, the value of their date that is furthest away."""
    found = np.full(len(batch), np.nan)
    if conflict.any():
        first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
        low = np.minimum.reduceat(batch.values, first)[group]
        high = np.maximum.reduceat(batch.values, first)[group]
        far = np.where(batch.values - low > high - batch.values, low, high)
        found[conflict] = far[conflict]
    return found


rule = Rule(
    key="duplicate", order=50, reasons=(("conflict", "problem"), ("same", "note")), flags=flags
)
