"""What the estimators are timed on: one file a topic, one line a work."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.works import (
    betas,
    connectedness,
    correlation_paths,
    fetching,
    gates,
    resampling,
    states,
    store,
    volatility,
)
from benchmarks.works.nouns import Work


def works() -> Iterator[Work]:
    """Every line of the table, in order."""
    for topic in (
        connectedness,
        volatility,
        correlation_paths,
        betas,
        resampling,
        states,
        store,
        fetching,
        gates,
    ):
        yield from topic.works()
