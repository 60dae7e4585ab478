"""Contagion beyond what correlations do anyway: a step in a correlation that already moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.contagion._periods import Flags, crisis_rows
from comove.stats.frames import table
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 10
"""Fewest rows of the crisis."""

_NO_NEWS = 1e-6  # below this weight of news correlations stand still and b means nothing
_FLAT = 1e-9  # information below this share of the largest carries nothing


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DccBreak(Result):
    """A step of the correlation on crisis days, beyond the fitted dynamics.

    Attributes
    ----------
    model_stable, model_crisis
        Mean correlation the model gives the stable and the crisis rows.
    change, low, high
        By how much the crisis rows correlated more than the model said, to first order, with its
        interval.
    z, pvalue
        Score statistic and its one-sided p-value (closer in the crisis).
    a, b
        Weights of news and of yesterday in the fitted dynamics; b is 0 where a is.
    correlation
        Shape (T,), the path the model gives: each row from the rows before it, parameters of all.
    level, nobs_stable, nobs_crisis
        Coverage and rows.
    """

    model_stable: float
    model_crisis: float
    change: float
    low: float
    high: float
    z: float
    pvalue: float
    a: float
    b: float
    correlation: Floats
    level: float
    nobs_stable: int
    nobs_crisis: int

    def to_frame(self) -> DataFrame:
        """Return one line: the step with its interval and test."""
        import pandas as pd

        names = ("model_stable", "model_crisis", "change", "low", "high", "z", "pvalue")
        return pd.DataFrame({name: [getattr(self, name)] for name in names})


def dcc_break(
    x: object,
    crisis: ArrayLike,
    margins: Literal["garch", "gjr"] = "garch",
    level: float = 0.95,
) -> DccBreak:
    r"""Test for a step in the correlation of two series whose correlation moves from day to day.

    Parameters
    ----------
    x
        Shape (T, 2), T >= 100: returns on one clock, array or frame.  No NaN, no constant column.
    crisis
        Shape (T,), true in the crisis, at least 10 rows of either kind.
    margins
        Volatility model of each series.
    level
        Coverage of the interval.

    Returns
    -------
    DccBreak
        One-sided test of a closer link in the crisis; symmetric in the series.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``collinear``, ``margins`` or
        ``level``.

    Notes
    -----
    A DCC(1,1) is fitted to all rows, its correlation path r_t taken, and the score of d in
    r_t + d 1(t in crisis) at d = 0 is tested.  From the score everything is taken that other
    parameters could explain: a, b, the unconditional correlation, and a level of volatility of each
    series of its own in the stable and in the crisis rows, so neither dynamics nor a badly followed
    rise of volatility passes for contagion,

    .. math::
        s_t = (e_d - I_{d\eta} I_{\eta\eta}^{-1} e_\eta)' J_t' g_t,\quad
        z = \frac{\sum s_t}{\sqrt{\sum s_t^2}},

    g_t the slopes of day t's bivariate normal log-likelihood in correlation and log volatilities,
    J_t their slopes in the parameters, I the information summed over days.  That information is
    linear in the products of the residuals, so it is right also under fat tails; the scores are
    martingale differences when the model holds, so no lags are taken.  The correction makes the
    first-step estimates harmless.  Where correlations do not move (a = 0) this is a Chow test on
    residual products.

    The dynamics are fitted to the crisis as well, and part of a long one is learnt by them: then
    d is what came as a surprise.  The test says whether the model is surprised, not why.

    References
    ----------
    Engle (2002), "Dynamic conditional correlation"; Neyman (1959), "Optimal asymptotic tests of
    composite statistical hypotheses"; Chiang, Jeon and Li (2007), "Dynamic correlation analysis of
    financial contagion".

    Examples
    --------
    >>> z = np.random.default_rng(0).standard_normal((600, 2))
    >>> late = np.arange(600) >= 540
    >>> z[late, 1] = 0.8 * z[late, 0] + 0.6 * z[late, 1]
    >>> found = dcc_break(z, late)
    >>> found.pvalue < 0.01, found.change > 0.3
    (True, True)
    """
    from comove.stats import dcc

    critical = critical_value(level)
    values = matrix(table(x).values, columns=2)
    late = crisis_rows(crisis, len(values), FEWEST)
    centred = values - values[0]
    centred -= centred.mean(axis=0)
    fit = dcc.fit(centred / centred.std(axis=0), margins=margins, start="sample_variance")
    residuals = np.array(fit.margins.residuals)
    residuals /= np.sqrt(np.mean(residuals * residuals, axis=0))
    a, b = (fit.a, fit.b) if fit.a > _NO_NEWS else (0.0, 0.0)
    paths = _recursion(residuals, a, b)
    scores, information = _surprise(residuals, paths, late)
    size = math.sqrt(float(scores @ scores))
    if not (size > 0.0 and information > 0.0):
        raise NotEstimable("collinear")
    total = float(scores.sum())
    z, change, error = total / size, total / information, size / information
    return DccBreak(
        model_stable=float(paths.correlation[~late].mean()),
        model_crisis=float(paths.correlation[late].mean()),
        change=change,
        low=change - critical * error,
        high=change + critical * error,
        z=z,
        pvalue=NormalDist().cdf(-z),
        a=a,
        b=b,
        correlation=paths.correlation,
        level=level,
        nobs_stable=int((~late).sum()),
        nobs_crisis=int(late.sum()),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Paths:
    """Correlation (T,) and its slopes (T, 3) in a, b and the unconditional correlation."""

    correlation: Floats
    slopes: Floats


def _recursion(residuals: Floats, a: float, b: float) -> _Paths:
    """Run Q and its slopes, Q begun at the mean product of the residuals."""
    nobs = len(residuals)
    products = np.column_stack([residuals[:, [0]] * residuals, residuals[:, 1] ** 2])
    target = products.mean(axis=0)
    q = np.empty((nobs, 3))
    along_a, along_b = np.zeros((nobs, 3)), np.zeros((nobs, 3))
    along_target = np.ones(nobs)
    q[0] = target
    for t in range(1, nobs):
        q[t] = (1.0 - a - b) * target + a * products[t - 1] + b * q[t - 1]
        along_a[t] = products[t - 1] - target + b * along_a[t - 1]
        along_b[t] = q[t - 1] - target + b * along_b[t - 1]
    along_target[1:] = 1.0 - a / (1.0 - b) * (1.0 - b ** np.arange(1.0, nobs))
    first, both, second = q.T
    scale = np.sqrt(first * second)
    correlation = both / scale
    slopes = np.empty((nobs, 3))
    for column, along in enumerate((along_a, along_b)):
        own = along[:, 0] / first + along[:, 2] / second
        slopes[:, column] = along[:, 1] / scale - 0.5 * correlation * own
    slopes[:, 2] = along_target / scale
    return _Paths(correlation=np.clip(correlation, -1.0 + 1e-12, 1.0 - 1e-12), slopes=slopes)


def _surprise(residuals: Floats, paths: _Paths, late: Flags) -> tuple[Floats, float]:
    """Scores (T,) of a step in the crisis, cleaned of all else, and their information."""
    r = paths.correlation
    x, y = residuals.T
    left = 1.0 - r * r
    # slopes in correlation and the two log volatilities
    given = np.column_stack(
        [
            r / left + (x * y * (1.0 + r * r) - r * (x * x + y * y)) / left**2,
            (x * x - r * x * y) / left - 1.0,
            (y * y - r * x * y) / left - 1.0,
        ]
    )
    moved = np.zeros((len(r), 3, 8))
    moved[:, 0, 0] = late
    moved[:, 0, 1:4] = paths.slopes
    for series in (1, 2):
        moved[:, series, 2 + 2 * series] = late
        moved[:, series, 3 + 2 * series] = ~late
    scores = np.einsum("tij,ti->tj", moved, given)
    information = np.einsum("tij,tik,tkl->jl", moved, _information(r), moved, optimize=True)
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(scale, scale)
    others = np.flatnonzero(scale[1:] > _FLAT * scale[0]) + 1
    weights = np.linalg.pinv(scaled[np.ix_(others, others)], rcond=1e-10) @ scaled[others, 0]
    cleaned = scores[:, 0] / scale[0] - (scores[:, others] / scale[others]) @ weights
    own = float(scaled[0, 0] - scaled[0, others] @ weights)
    return np.asarray(cleaned * scale[0]), own * float(scale[0]) ** 2


def _information(r: Floats) -> Floats:
    """Information of one row on correlation and log volatilities, (T, 3, 3)."""
    left = 1.0 - r * r
    out = np.empty((len(r), 3, 3))
    out[:, 0, 0] = (1.0 + r * r) / left**2
    out[:, 0, 1] = out[:, 1, 0] = out[:, 0, 2] = out[:, 2, 0] = -r / left
    out[:, 1, 1] = out[:, 2, 2] = (2.0 - r * r) / left
    out[:, 1, 2] = out[:, 2, 1] = -r * r / left
    return out
