"""A row without a number is set aside."""

from __future__ import annotations

import numpy as np

from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule


def flags(batch: Batch) -> Flags:
    """Flag values that the source calls missing, and infinite ones."""
    return Flags.first(np.isnan(batch.values), np.isinf(batch.values))


rule = Rule(
    key="value", order=10, reasons=(("missing", "note"), ("infinite", "problem")), flags=flags
)
