"""Rows that go back in time are put in order, and said to have been out of it."""

from __future__ import annotations

from comove.core.holding import Finding
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Rule
from comove.data.gates.rule import found as finding


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Note how often the dates went back in the order received.

    Notes
    -----
    Many files run from new to old.  Order of arrival carries no information about a value, so it
    never decides on a row.
    """
    if not batch.reversals:
        return ()
    return (finding(batch, "order", "note", "reversed", count=batch.reversals),)


rule = Rule(key="order", order=100, finds=finds)
