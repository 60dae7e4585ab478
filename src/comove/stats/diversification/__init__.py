"""Diversification: how much risk positions take off each other, and when that stops."""

from comove.stats.diversification._band import BandOptions
from comove.stats.diversification._bets import EffectiveBets, effective_bets, minimum_torsion
from comove.stats.diversification._breakdown import Breakdown, breakdown
from comove.stats.diversification._contributions import RiskContributions, risk_contributions
from comove.stats.diversification._hedge import HedgeEffectiveness, hedge_effectiveness
from comove.stats.diversification._ratio import DiversificationRatio, diversification_ratio
from comove.stats.diversification._sample_ratio import SampleRatio, sample_ratio
from comove.stats.diversification._tail import TailDiversification, tail_ratio
from comove.stats.diversification._tilt import LeastTilt, least_tilt, solver_installed
from comove.stats.diversification._worst_days import (
    WorstDayHedge,
    WorstDayOptions,
    worst_day_hedge,
)

__all__ = [
    "BandOptions",
    "Breakdown",
    "DiversificationRatio",
    "EffectiveBets",
    "HedgeEffectiveness",
    "LeastTilt",
    "RiskContributions",
    "SampleRatio",
    "TailDiversification",
    "WorstDayHedge",
    "WorstDayOptions",
    "breakdown",
    "diversification_ratio",
    "effective_bets",
    "hedge_effectiveness",
    "least_tilt",
    "minimum_torsion",
    "risk_contributions",
    "sample_ratio",
    "solver_installed",
    "tail_ratio",
    "worst_day_hedge",
]
