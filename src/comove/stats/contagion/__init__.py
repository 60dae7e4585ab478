"""Contagion or interdependence: three tests that fail for different reasons, and their table."""

from __future__ import annotations

from comove.stats.contagion._agreement import Agreement, AgreementOptions, agreement
from comove.stats.contagion._dcc_break import DccBreak, dcc_break
from comove.stats.contagion._factor_residual import FactorResidual, factor_residual
from comove.stats.contagion._forbes_rigobon import FEWEST, ForbesRigobon, forbes_rigobon

__all__ = [
    "FEWEST",
    "Agreement",
    "AgreementOptions",
    "DccBreak",
    "FactorResidual",
    "ForbesRigobon",
    "agreement",
    "dcc_break",
    "factor_residual",
    "forbes_rigobon",
]
