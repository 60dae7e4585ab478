"""A daily set without one of its weekdays was joined or cleaned wrongly."""

from __future__ import annotations

import numpy as np

from comove.core.holding import Finding
from comove.core.message import Name, Quantity
from comove.core.observations import Floats, Instants
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Rule
from comove.data.gates.rule import found as finding
from comove.data.gates.rules.gap import daily

LEAST = 0.1
"""Smallest share of labels that may fall on any one weekday; an even spread gives 0.2."""
ENOUGH = 60
"""Labels from which shares of weekdays are judged: twelve weeks."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def shares(labels: Instants) -> Floats:
    """Return the share of labels on each weekday.

    Parameters
    ----------
    labels
        Shape (T,), ``datetime64[D]``, at least one.

    Returns
    -------
    Floats
        Shape (5,), Monday to Friday; a Saturday or Sunday counts for none.

    Examples
    --------
    >>> shares(np.array(["2026-02-02", "2026-02-06"], dtype="M8[D]")).tolist()
    [0.5, 0.0, 0.0, 0.0, 0.5]
    """
    places = (labels.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return np.asarray(np.bincount(places, minlength=7)[:5] / len(labels))


def rarest(labels: Instants) -> tuple[Name, float]:
    """Return the weekday on which fewest labels fall, and their share."""
    found = shares(labels)
    place = int(np.argmin(found))
    return Name(f"data.weekday.{WEEKDAYS[place]}"), float(found[place])


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Say which weekday is missing from the batch and what is held within its span."""
    if not len(batch):
        return ()
    labels = np.unique(batch.timeline.labels)
    labels = labels[(labels >= batch.labels[0]) & (labels <= batch.labels[-1])]
    if len(labels) < ENOUGH or not daily(labels):
        return ()
    day, share = rarest(labels)
    if share >= LEAST:
        return ()
    share_of = Quantity(share, "share")
    return (
        finding(
            batch, "weekday", "problem", "missing", weekday=day, share=share_of, count=len(labels)
        ),
    )


rule = Rule(key="weekday", order=120, finds=finds)
