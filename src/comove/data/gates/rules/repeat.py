"""A value that stays the same longer than the series is wont to is a feed that has stopped."""

from __future__ import annotations

import numpy as np

from comove.core.judged import Places
from comove.core.observations import Floats
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule

REPEATS = 5
"""Equal values in a row from which a price looks stuck, unless its own history repeats more."""
CHANCE = 0.001
"""Chance that a series with this share of unchanged days repeats so often by itself."""
AROUND = 125
"""Values on either side from which the habit is read: about a year in all."""
ENOUGH = 60
"""Values beside a run from which a habit is read."""
STICKY = 0.5
"""Largest share of unchanged days that is believed of a price or a volatility."""


def run_places(values: Floats) -> Places:
    """Return the place of each value in its run of equal values, from 1.

    Parameters
    ----------
    values
        Shape (N,).

    Returns
    -------
    Places
        Shape (N,).

    Examples
    --------
    >>> run_places(np.array([1.0, 2.0, 2.0, 2.0, 1.0])).tolist()
    [1, 1, 2, 3, 1]
    """
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    starts = np.concatenate([[True], values[1:] != values[:-1]])
    index = np.arange(len(values))
    return np.asarray(index - np.maximum.accumulate(np.where(starts, index, 0)) + 1)


def allowed(values: Floats, *, restless: bool) -> Places:
    """Return, for each value, the longest run of equal values that is in the series' habit.

    Parameters
    ----------
    values
        Shape (N,): what is held together with the batch.
    restless
        The series is one that moves every day: a price, a volatility.

    Returns
    -------
    Places
        Shape (N,), at least four; a run of one more is set aside.

    Notes
    -----
    With p the share of unchanged values among the 250 around a value, the longest run among as many
    exceeds L values with a chance of about 250 (1 - p) p^L; L is chosen so that this is 0.001.
    Habits change: a policy rate, or a rate near its floor, stands still for months and has p near
    one.  Of a series that can only be positive (a price, a volatility) the run itself is left out
    of p, which is at most a half, and a half where fewer than sixty values are left.
    """
    count = len(values)
    if not count:
        return np.zeros(0, dtype=np.int64)
    unchanged = np.concatenate([[0], np.cumsum(values[1:] == values[:-1])])
    index = np.arange(count)
    low, high = np.maximum(index - AROUND, 0), np.minimum(index + AROUND, count - 1)
    start = index - run_places(values) + 1
    end = index + run_places(values[::-1])[::-1] - 1
    own = np.minimum(end, high) - np.maximum(start, low) if restless else 0
    rest = high - low - own
    share = (unchanged[high] - unchanged[low] - own) / np.maximum(rest, 1)
    if restless:
        share = np.where(rest < ENOUGH, STICKY, np.minimum(share, STICKY))
    inner = np.clip(share, 1e-9, 1.0 - 1e-9)
    habit = np.log(CHANCE / (2 * AROUND * (1.0 - inner))) / np.log(inner)
    most = np.maximum(np.ceil(np.minimum(habit, count)), REPEATS - 1)
    return np.where(share >= 1.0, count, most).astype(np.int64)


def flags(batch: Batch) -> Flags:
    """Flag the values beyond the longest run in the series' habit.

    Notes
    -----
    Of a label with several publications the last counts.  The first values of such a run pass: they
    cannot be told from an honest standstill, and the verdict on a row must not depend on how the
    days were cut into batches.
    """
    timeline = batch.timeline
    count = len(timeline.labels)
    if not count:
        return Flags.first(np.zeros(0, dtype=bool))
    begins = np.concatenate([[True], timeline.labels[1:] != timeline.labels[:-1]])
    label = np.cumsum(begins) - 1
    last = np.concatenate([np.flatnonzero(begins)[1:], [count]]) - 1
    latest = timeline.values[last]
    most = allowed(latest, restless=batch.spec.signs == "positive")
    stuck = (run_places(latest) > most)[label] & (timeline.values == latest[label])
    return Flags.first(timeline.onto_batch(stuck))


rule = Rule(key="repeat", order=80, reasons=(("stale", "problem"),), flags=flags)
