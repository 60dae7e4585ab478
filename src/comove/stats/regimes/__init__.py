"""Regimes: hidden states, turbulence, absorption, crowding."""

from __future__ import annotations

from comove.stats.regimes._absorption import (
    AbsorptionOptions,
    AbsorptionPath,
    AbsorptionRatio,
    absorption_path,
    absorption_ratio,
)
from comove.stats.regimes._choice import StateChoice, choose_states
from comove.stats.regimes._density import DensityOptions, EdgeDensity, edge_density, hysteresis
from comove.stats.regimes._live import RegimeProbabilities, regime_probabilities
from comove.stats.regimes._switching import MarkovSwitching, SwitchingOptions, markov_switching
from comove.stats.regimes._turbulence import Turbulence, turbulence

__all__ = [
    "AbsorptionOptions",
    "AbsorptionPath",
    "AbsorptionRatio",
    "DensityOptions",
    "EdgeDensity",
    "MarkovSwitching",
    "RegimeProbabilities",
    "StateChoice",
    "SwitchingOptions",
    "Turbulence",
    "absorption_path",
    "absorption_ratio",
    "choose_states",
    "edge_density",
    "hysteresis",
    "markov_switching",
    "regime_probabilities",
    "turbulence",
]
