"""Scenarios: probabilities that honour views; what a shock implies, and how plausible it is."""

from comove.stats.pooling._conditional import (
    EXTRAPOLATION,
    Conditional,
    conditional_normal,
    conditional_t,
    probability_above,
)
from comove.stats.pooling._entropy import EntropyPooling, entropy_pooling
from comove.stats.pooling._plausibility import Plausibility, plausibility
from comove.stats.pooling._reverse import ReverseStress, reverse_stress
from comove.stats.pooling._tails import Tails, student_tails
from comove.stats.pooling._views import Sense, View

__all__ = [
    "EXTRAPOLATION",
    "Conditional",
    "EntropyPooling",
    "Plausibility",
    "ReverseStress",
    "Sense",
    "Tails",
    "View",
    "conditional_normal",
    "conditional_t",
    "entropy_pooling",
    "plausibility",
    "probability_above",
    "reverse_stress",
    "student_tails",
]
