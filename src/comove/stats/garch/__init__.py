"""GARCH(1,1) and GJR: each series' own changing variance, fitted for all columns at once."""

from __future__ import annotations

from comove.stats.garch._fit import FEWEST, evaluate, fit
from comove.stats.garch._model import Garch
from comove.stats.garch._simulate import forecast, simulate
from comove.stats.garch._spec import LARGEST_PERSISTENCE, Innovations, Model, Start

__all__ = [
    "FEWEST",
    "LARGEST_PERSISTENCE",
    "Garch",
    "Innovations",
    "Model",
    "Start",
    "evaluate",
    "fit",
    "forecast",
    "simulate",
]
