"""Correlation that moves with time: rolling windows and exponential weights."""

from comove.stats.rolling._all_pairs import AllPairs, Moment, PairsPath, all_pairs
from comove.stats.rolling._ewma import CorrelationBand, ewma, ewma_interval
from comove.stats.rolling._pair import SHORTEST, pair, paths
from comove.stats.rolling._path import CorrelationPath, CorrelationTable
from comove.stats.rolling._snapshot import snapshot

__all__ = [
    "SHORTEST",
    "AllPairs",
    "CorrelationBand",
    "CorrelationPath",
    "CorrelationTable",
    "Moment",
    "PairsPath",
    "all_pairs",
    "ewma",
    "ewma_interval",
    "pair",
    "paths",
    "snapshot",
]
