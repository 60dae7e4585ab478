"""Dynamic conditional correlation: DCC, its corrected form, and one that minds joint falls."""

from __future__ import annotations

from comove.stats.dcc._climb import LARGEST_PERSISTENCE
from comove.stats.dcc._constancy import Constancy, constancy_test
from comove.stats.dcc._equation import Model, Start
from comove.stats.dcc._fit import evaluate, fit
from comove.stats.dcc._forecast import Forecast, forecast
from comove.stats.dcc._likelihood import Objective
from comove.stats.dcc._model import Dcc
from comove.stats.dcc._pairwise import PairwiseDcc, pairwise

__all__ = [
    "LARGEST_PERSISTENCE",
    "Constancy",
    "Dcc",
    "Forecast",
    "Model",
    "Objective",
    "PairwiseDcc",
    "Start",
    "constancy_test",
    "evaluate",
    "fit",
    "forecast",
    "pairwise",
]
