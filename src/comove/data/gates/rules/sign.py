"""Zero and negative values are set aside where the series says they cannot occur."""

from __future__ import annotations

import numpy as np

from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule


def flags(batch: Batch) -> Flags:
    """Flag values that the series' ``sign`` forbids.

    Notes
    -----
    Oil closed at -36.98 dollars on 2020-04-20.  A series that can do so is declared a level of any
    sign; a price has log returns and is positive.
    """
    signs = batch.spec.signs
    negative = (batch.values < 0.0) & (signs != "any")
    zero = (batch.values == 0.0) & (signs == "positive")
    return Flags.first(np.asarray(negative), np.asarray(zero))


rule = Rule(
    key="sign", order=40, reasons=(("negative", "problem"), ("zero", "problem")), flags=flags
)
