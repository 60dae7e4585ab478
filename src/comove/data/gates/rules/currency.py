"""A batch in another currency than the series' is set aside as a whole."""

from __future__ import annotations

import numpy as np

from comove.data.gates.batch import Batch
from comove.data.gates.rule import Flags, Rule

CURRENCIES = ("usd", "jpy")
"""Units that are a currency."""


def flags(batch: Batch) -> Flags:
    """Flag every row when the source declares a currency and it is not the series' unit.

    Notes
    -----
    A source that declares none says nothing; a changed level is then for the rule ``jump`` to see.
    A series whose unit is no currency (an index, a yield) is not quoted in one.
    """
    declared = batch.currency.strip().casefold()
    wrong = bool(declared) and batch.spec.unit in CURRENCIES and declared != batch.spec.unit
    return Flags.first(np.full(len(batch), wrong))


rule = Rule(key="currency", order=35, reasons=(("other", "problem"),), flags=flags)
