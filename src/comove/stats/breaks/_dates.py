"""How well a break is dated: the law of the estimated date around the true one."""

from __future__ import annotations

import math
from statistics import NormalDist

from comove.core.errors import NotEstimable

_LARGEST = 200.0  # the law's mass beyond is below 1e-11


def date_law(x: float) -> float:
    """Return the chance that a scaled error of the date is at most ``x``.

    Parameters
    ----------
    x
        Rows between estimate and truth times (d'Qd)^2 / d'Od, d the change of the coefficients, Q
        the mean square of the regressors and O the long-run variance of regressors times errors.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    The law of the place where W(s) - abs(s) / 2 is largest, W a two-sided Brownian motion.  For
    x > 0 it is 1 + sqrt(x / 2 pi) e^(-x/8) - (x + 5) / 2 Phi(-sqrt(x) / 2)
    + 3/2 e^x Phi(-3 sqrt(x) / 2), and symmetric.

    References
    ----------
    Yao (1987), "Approximating the distribution of the maximum likelihood estimate of the
    change-point"; Bai (1997), "Estimation of a change point in multiple regression models".

    Examples
    --------
    >>> round(date_law(11.033), 4), date_law(0.0)
    (0.975, 0.5)
    """
    if x < 0.0:
        return 1.0 - date_law(-x)
    if x > _LARGEST:
        return 1.0
    root = math.sqrt(x)
    normal = NormalDist()
    near = root / math.sqrt(2.0 * math.pi) * math.exp(-x / 8.0)
    middle = 0.5 * (x + 5.0) * normal.cdf(-root / 2.0)
    # e^x Phi(-3 sqrt(x)/2) through erfc keeps its digits: the product falls like e^(-x/8)
    far = 0.75 * math.exp(x) * math.erfc(1.5 * root / math.sqrt(2.0))
    return 1.0 + near - middle + far


def date_quantile(level: float) -> float:
    """Return the two-sided critical value of :func:`date_law`.

    Parameters
    ----------
    level
        Coverage, in (0, 1).

    Returns
    -------
    float
        c with chance ``level`` between -c and c.

    Raises
    ------
    NotEstimable
        ``level``.

    Examples
    --------
    >>> round(date_quantile(0.95), 2), round(date_quantile(0.90), 2)
    (11.03, 7.69)
    """
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    low, high, aim = 0.0, _LARGEST, 0.5 + level / 2.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if date_law(middle) < aim else (low, middle)
    return 0.5 * (low + high)
