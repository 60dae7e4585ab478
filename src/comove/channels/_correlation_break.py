"""Did a correlation rise from one period to the next?"""

from __future__ import annotations

import math

from comove.stats.correlation import Correlation
from comove.stats.regression import normal_pvalue

SIGNIFICANT = 0.05
"""p-value below which a rise is called one."""


def rise_pvalue(now: Correlation, before: Correlation) -> float:
    """Return the two-sided p-value of the difference of two correlations.

    Parameters
    ----------
    now, before
        From samples that do not overlap.

    Returns
    -------
    float
        1 when either sample is too small or too nearly perfect to say.

    Notes
    -----
    ``z = (atanh r1 - atanh r0) / sqrt(1/(n1 - 3) + 1/(n0 - 3))`` with effective sample sizes, so
    fat tails and volatility clustering count.

    References
    ----------
    Fisher (1921), "On the probable error of a coefficient of correlation".

    Examples
    --------
    >>> def of(value): return Correlation(
    ...     value=value, low=-1.0, high=1.0, level=0.95, nobs=103, nobs_effective=103.0)
    >>> round(rise_pvalue(of(0.5), of(0.0)), 4), rise_pvalue(of(1.0), of(0.0))
    (0.0001, 1.0)
    """
    sizes = (now.nobs_effective, before.nobs_effective)
    if min(sizes) <= 3.0 or max(abs(now.value), abs(before.value)) >= 1.0:
        return 1.0
    rise = math.atanh(now.value) - math.atanh(before.value)
    error = math.sqrt(sum(1.0 / (size - 3.0) for size in sizes))
    return float(normal_pvalue([rise], [error])[0])
