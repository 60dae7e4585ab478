"""Betas that drift, filtered as they become known or smoothed with hindsight."""

from comove.stats.kalman._discounted import DELTAS, FilterOptions, TimeVaryingBetas, discounted
from comove.stats.kalman._filtering import filtered, smoothed
from comove.stats.kalman._fit import FitOptions, RandomWalkFit, fit
from comove.stats.kalman._model import Discount, RandomWalk, Start
from comove.stats.kalman._path import Betas
from comove.stats.kalman._tracker import Tracker, Update

__all__ = [
    "DELTAS",
    "Betas",
    "Discount",
    "FilterOptions",
    "FitOptions",
    "RandomWalk",
    "RandomWalkFit",
    "Start",
    "TimeVaryingBetas",
    "Tracker",
    "Update",
    "discounted",
    "filtered",
    "fit",
    "smoothed",
]
