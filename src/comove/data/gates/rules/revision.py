"""Values that differ from what is held under the same date: revisions, to be kept beside it."""

from __future__ import annotations

import numpy as np

from comove.core.holding import Finding
from comove.core.judged import figure
from comove.data.gates.batch import Batch
from comove.data.gates.rule import Rule
from comove.data.gates.rule import found as finding


def finds(batch: Batch) -> tuple[Finding, ...]:
    """Note how many values differ from those held, and the largest difference."""
    places, held = batch.overlap
    changed = batch.values[places] != held
    if not changed.any():
        return ()
    places, held = places[changed], held[changed]
    worst = int(np.argmax(np.abs(batch.values[places] - held)))
    return (
        finding(
            batch,
            "revision",
            "note",
            "revised",
            count=len(places),
            day=batch.labels[places[worst]].item(),
            value=figure(float(batch.values[places[worst]])),
            other=figure(float(held[worst])),
        ),
    )


rule = Rule(key="revision", order=130, finds=finds)
