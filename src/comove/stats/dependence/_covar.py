"""CoVaR: how much deeper the bad quantile of one lies when another is in distress."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats._quantile_solver import (
    Problem,
    Vertex,
    descend,
    problem,
    resampled,
    score_block,
)
from comove.stats.bootstrap import percentile_interval, row_counts, stationary_indices
from comove.stats.dependence._pair import pair
from comove.stats.frames import Labels, data_frame, table
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

VaR = Literal["quantile", "normal"]
Ints = NDArray[np.int64]

_BATCH = 64  # replications whose weights are held at once


@dataclass(frozen=True, kw_only=True)
class CoVaROptions:
    """How CoVaR is estimated.

    Parameters
    ----------
    level, replications
        Coverage of the intervals and number of bootstrap samples.
    block
        Mean block length in rows; chosen from the data when None.
    var
        Where x counts as being in distress and in its normal state.  ``"quantile"``: at its
        quantiles tau and 0.5.  ``"normal"``: at those of a normal with its mean and deviation;
        only without states.
    """

    level: float = 0.95
    replications: int = 1000
    block: float | None = None
    var: VaR = "quantile"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CoVaR(Result):
    """CoVaR of y given x, at all times alike or day by day.

    Parameters
    ----------
    tau
        The quantile; the same for both series.
    dates
        Shape (n,): the label of the last row without states (n = 1); with states that of each row
        but the first (n = T - 1).
    var, median
        Shape (n,): the quantile tau of x and its median, unit of x.
    covar, covar_low, covar_high
        Shape (n,): the quantile tau of y when x is at its own, with interval; unit of y.
    delta, delta_low, delta_high
        Shape (n,): what it means for that quantile that x is at its quantile tau instead of its
        median, with interval; unit of y.
    beta, beta_low, beta_high
        Slope of the quantile of y in x, with interval.
    coef, names
        Coefficients of the quantile regression of y, intercept first, then x, then the states.
    level, block, nobs
        Coverage, mean block length, rows regressed.
    """

    headline: ClassVar[tuple[str, ...]] = ("latest_covar", "latest_delta")

    tau: float
    dates: Labels
    var: Floats
    median: Floats
    covar: Floats
    covar_low: Floats
    covar_high: Floats
    delta: Floats
    delta_low: Floats
    delta_high: Floats
    beta: float
    beta_low: float
    beta_high: float
    coef: Floats
    names: tuple[str, ...]
    level: float
    block: float
    nobs: int

    @property
    def latest_covar(self) -> float:
        """CoVaR of the last row."""
        return float(self.covar[-1])

    @property
    def latest_delta(self) -> float:
        """Delta-CoVaR of the last row."""
        return float(self.delta[-1])

    def to_frame(self) -> DataFrame:
        """Return one line per date, in units of y (``var`` and ``median``: of x)."""
        names = ("var", "median", "covar", "covar_low", "covar_high")
        deltas = ("delta", "delta_low", "delta_high")
        return data_frame({name: getattr(self, name) for name in names + deltas}, self.dates)


def covar(
    y: object,
    x: object,
    rng: np.random.Generator,
    tau: float = 0.05,
    states: object | None = None,
    options: CoVaROptions | None = None,
) -> CoVaR:
    r"""Estimate the quantile of y given that x is in distress.

    Parameters
    ----------
    y
        Shape (T,): returns of what might suffer (in the paper the financial system).  No NaN, not
        constant.
    x
        Shape (T,): returns of what might be in distress.  The measure is directed: exchanging x
        and y changes it.
    rng
        Source of chance; the same state gives the same intervals.
    tau
        The quantile, between 0 and 0.5: 0.05 or 0.01 are customary.
    states
        Shape (T, s): variables that move the quantiles, known at the end of their row: volatility
        index, change of slope and spreads, market return.  They enter with a lag of one row.
    options
        Level, replications, blocks; the defaults of :class:`CoVaROptions` when None.

    Returns
    -------
    CoVaR
        CoVaR and Delta-CoVaR with intervals; in the unit of the returns, so losses are negative.

    Raises
    ------
    NotEstimable
        ``tau``, ``shape``, ``too_short`` (fewer rows expected beyond the quantile than there are
        coefficients, or than 20 rows in all), ``not_finite``, ``constant``, ``collinear``,
        ``level``, ``var`` (normal with states).

    Notes
    -----
    Two quantile regressions at tau and one at the median, each solved exactly:

    .. math::
        q_\tau(x_t) &= a_\tau + b_\tau' M_{t-1}, \qquad
        q_{50}(x_t) = a_{50} + b_{50}' M_{t-1} \\
        q_\tau(y_t) &= \alpha + \beta x_t + \gamma' M_{t-1} \\
        CoVaR_t &= \alpha + \beta\, q_\tau(x_t) + \gamma' M_{t-1}, \qquad
        \Delta CoVaR_t = \beta\, (q_\tau(x_t) - q_{50}(x_t))

    Without states the quantiles of x are those of the sample.  For a bivariate normal
    :math:`\Delta CoVaR = \rho \sigma_y z_\tau`.

    Intervals redraw rows in blocks and estimate everything again, the quantiles of x included.
    They hold the states of each date fixed.

    CoVaR says what goes together, not what causes what; without states it calls a common storm a
    spillover.  With T tau rows below the quantile, 0.01 wants years of daily data.

    References
    ----------
    Adrian, T. and Brunnermeier, M. K. (2016). CoVaR. American Economic Review 106, 1705-1741.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, e = rng.standard_normal((2, 2000))
    >>> found = covar(0.6 * x + 0.8 * e, x, rng)
    >>> bool(found.delta_low[0] < 0.6 * -1.645 < found.delta_high[0])
    True
    """
    chosen = options or CoVaROptions()
    if not 0.0 < tau < 0.5:
        raise NotEstimable("tau", tau=tau)
    if chosen.var not in {"quantile", "normal"} or (chosen.var == "normal" and states is not None):
        raise NotEstimable("var", var=chosen.var)
    target, source, lagged = _rows(y, x, states)
    least = max(math.ceil((2 + lagged.shape[1]) / tau - 1e-9), 20)
    if target.size < least:
        raise NotEstimable("too_short", nobs=target.size, least=least)
    system = problem(target, np.column_stack([source, lagged]))
    best = descend(system, tau)
    block = score_block(system, tau, best) if chosen.block is None else chosen.block
    rows = stationary_indices(target.size, target.size, block, chosen.replications, rng)
    distress = _Distress(source=source, lagged=lagged, tau=tau, var=chosen.var)
    coef = system.restore(best.coef.copy())
    draws = system.restore(resampled(system, tau, rows, best))
    levels = distress.levels()
    covar_draws, delta_draws = _measured(draws, distress.redrawn(rows), lagged)
    value, delta = _measured(coef[None], [each[None] for each in levels], lagged)
    ends = [
        percentile_interval(each, chosen.level) for each in (covar_draws, delta_draws, draws[:, 1])
    ]
    return CoVaR(
        tau=tau,
        dates=table(y).index[-value.shape[1] :],
        var=levels[0],
        median=levels[1],
        covar=value[0],
        covar_low=ends[0][0],
        covar_high=ends[0][1],
        delta=delta[0],
        delta_low=ends[1][0],
        delta_high=ends[1][1],
        beta=float(coef[1]),
        beta_low=float(ends[2][0]),
        beta_high=float(ends[2][1]),
        coef=coef,
        names=("intercept", *table(x).names, *(() if states is None else table(states).names)),
        level=chosen.level,
        block=block,
        nobs=target.size,
    )


def _rows(y: object, x: object, states: object | None) -> tuple[Floats, Floats, Floats]:
    """Rows regressed: y and x (n,), and the states a row earlier (n, s)."""
    target, source = pair(y, x, least=20)
    if states is None:
        return target, source, np.empty((target.size, 0))
    known = matrix(table(states).values, least=2, varies=False)
    if known.shape[0] != target.size:
        raise NotEstimable("shape", got=known.shape, nobs=target.size)
    return target[1:], source[1:], known[:-1]


def _measured(coefs: Floats, levels: list[Floats], lagged: Floats) -> tuple[Floats, Floats]:
    """CoVaR and Delta-CoVaR (R, n) from coefficients (R, m) and quantiles of x (R, n), twice."""
    var, median = levels
    slope = coefs[:, 1:2]
    value: Floats = coefs[:, :1] + slope * var
    if lagged.shape[1]:
        value += coefs[:, 2:] @ lagged.T
    return value, slope * (var - median)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Distress:
    """The quantiles of x that mean distress and normal times.

    Parameters
    ----------
    source
        Shape (T,), x.
    lagged
        Shape (T, s), the states a row earlier.
    tau, var
        The quantile, and how it is found without states.
    """

    source: Floats
    lagged: Floats
    tau: float
    var: VaR

    def levels(self) -> list[Floats]:
        """Quantiles at tau and at the median, each (1,) or with states (T,)."""
        if self.lagged.shape[1]:
            return [
                self.lagged @ coef[1:] + coef[0]
                for coef in (
                    scaled.restore(best.coef.copy()) for scaled, _, best in self._regressions()
                )
            ]
        once = np.ones((1, self.source.size))
        return [level[0] for level in self._unconditional(once)]

    def redrawn(self, rows: Ints) -> list[Floats]:
        """Quantiles of resamples of the rows (R, T): each (R, 1) or (R, T)."""
        if self.lagged.shape[1]:
            found = []
            for scaled, tau, best in self._regressions():
                coefs = scaled.restore(resampled(scaled, tau, rows, best))
                found.append(coefs[:, 1:] @ self.lagged.T + coefs[:, :1])
            return found
        parts = [
            self._unconditional(row_counts(rows[first : first + _BATCH], self.source.size))
            for first in range(0, rows.shape[0], _BATCH)
        ]
        return [np.concatenate(levels) for levels in zip(*parts, strict=True)]

    def _regressions(self) -> list[tuple[Problem, float, Vertex]]:
        scaled = problem(self.source, self.lagged)
        return [(scaled, tau, descend(scaled, tau)) for tau in (self.tau, 0.5)]

    def _unconditional(self, weights: Floats) -> list[Floats]:
        """Quantiles (R, 1) of weighted samples (R, T)."""
        if self.var == "normal":
            total = weights.sum(axis=1)
            mean = weights @ self.source / total
            spread = weights @ np.square(self.source - self.source.mean()) / total
            spread -= (mean - self.source.mean()) ** 2
            sigma = np.sqrt(spread * total / (total - 1.0))
            return [
                (mean + NormalDist().inv_cdf(share) * sigma)[:, None] for share in (self.tau, 0.5)
            ]
        order = np.argsort(self.source, kind="stable")
        reached = np.cumsum(weights[:, order], axis=1)
        needed = [share * reached[:, -1:] - 1e-9 for share in (self.tau, 0.5)]
        places = [np.argmax(reached >= need, axis=1) for need in needed]
        return [self.source[order[place]][:, None] for place in places]
