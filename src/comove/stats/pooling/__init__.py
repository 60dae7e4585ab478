"""Scenarios: probabilities that honour views; what a shock implies, and how plausible it is."""

from comove.stats.pooling._conditional import (
    EXTRAPOLATION,
    Conditional,
    conditional_normal,
    conditional_t,
)
from comove.stats.pooling._entropy import EntropyPooling, entropy_pooling
from comove.stats.pooling._plausibility import Plausibility, plausibility
from comove.stats.pooling._views import Sense, View

__all__ = [
    "EXTRAPOLATION",
    "Conditional",
    "EntropyPooling",
    "Plausibility",
    "Sense",
    "View",
    "conditional_normal",
    "conditional_t",
    "entropy_pooling",
    "plausibility",
]
