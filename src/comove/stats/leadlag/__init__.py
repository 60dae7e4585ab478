"""Who moves first, and what clocks that disagree make of correlation and beta."""

from comove.stats.leadlag._beta import LaggedBeta, dimson, scholes_williams
from comove.stats.leadlag._cross import CrossCorrelation, cross_correlation
from comove.stats.leadlag._hayashi_yoshida import (
    HayashiYoshida,
    LeadLag,
    hayashi_yoshida,
    lead_lag,
)

__all__ = [
    "CrossCorrelation",
    "HayashiYoshida",
    "LaggedBeta",
    "LeadLag",
    "cross_correlation",
    "dimson",
    "hayashi_yoshida",
    "lead_lag",
    "scholes_williams",
]
