"""Connectedness: how much of what moves each series comes from the others.

All figures are fractions.  In every table row i receives and column j sends.
"""

from comove.stats.connectedness._fevd import Method
from comove.stats.connectedness._frequency import frequency
from comove.stats.connectedness._from_dcc import DccMethod, from_dcc
from comove.stats.connectedness._null import NullBand, NullOptions, null_band
from comove.stats.connectedness._prior import Prior
from comove.stats.connectedness._quantile import (
    QuantileConnectedness,
    QuantileConnectednessPath,
    QuantileVarOptions,
    quantile,
)
from comove.stats.connectedness._results import (
    Connectedness,
    ConnectednessPath,
    DriftingConnectedness,
    FrequencyConnectedness,
)
from comove.stats.connectedness._rolling import rolling
from comove.stats.connectedness._static import static
from comove.stats.connectedness._tvp import tvp_var

__all__ = [
    "Connectedness",
    "ConnectednessPath",
    "DccMethod",
    "DriftingConnectedness",
    "FrequencyConnectedness",
    "Method",
    "NullBand",
    "NullOptions",
    "Prior",
    "QuantileConnectedness",
    "QuantileConnectednessPath",
    "QuantileVarOptions",
    "frequency",
    "from_dcc",
    "null_band",
    "quantile",
    "rolling",
    "static",
    "tvp_var",
]
