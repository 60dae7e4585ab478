"""Dependence where it matters: in falls, in the tails, in distress.

Everything here looks at a pair of series of returns, in their own unit; losses are negative.
"""

from comove.stats.dependence._conditional import ShortfallPath, conditional_mes
from comove.stats.dependence._copula import (
    CopulaFit,
    CopulaSelection,
    copula_fit,
    copula_select,
)
from comove.stats.dependence._covar import CoVaR, CoVaROptions, covar
from comove.stats.dependence._exceedance import (
    ExceedanceCorrelation,
    ExceedanceOptions,
    exceedance_correlation,
)
from comove.stats.dependence._families import FamilyName, tail_coefficients
from comove.stats.dependence._goodness import GoodnessOfFit, goodness_of_fit
from comove.stats.dependence._long_run import LongRunOptions, LongRunShortfall, lrmes
from comove.stats.dependence._shortfall import MarginalShortfall, mes
from comove.stats.dependence._tail import TailDependence, tail_dependence
from comove.stats.dependence._truncated_normal import exceedance_benchmark, lower_corner

__all__ = [
    "CoVaR",
    "CoVaROptions",
    "CopulaFit",
    "CopulaSelection",
    "ExceedanceCorrelation",
    "ExceedanceOptions",
    "FamilyName",
    "GoodnessOfFit",
    "LongRunOptions",
    "LongRunShortfall",
    "MarginalShortfall",
    "ShortfallPath",
    "TailDependence",
    "conditional_mes",
    "copula_fit",
    "copula_select",
    "covar",
    "exceedance_benchmark",
    "exceedance_correlation",
    "goodness_of_fit",
    "lower_corner",
    "lrmes",
    "mes",
    "tail_coefficients",
    "tail_dependence",
]
