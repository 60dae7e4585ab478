"""Long-run marginal expected shortfall: the asset in a month or half-year of falling markets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.dependence._conditional import Shocks, taken_apart
from comove.stats.frames import data_frame
from comove.stats.garch import forecast
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

    from comove.stats.dcc import Dcc

_LARGEST_DAY = 0.25  # an ordinary day of log returns beyond which the unit must be wrong

FEWEST = 30
"""Fewest simulated falls of the market."""


@dataclass(frozen=True, kw_only=True)
class LongRunOptions:
    """What a systemic event is, and how it is simulated.

    Parameters
    ----------
    horizon
        Rows simulated: 22 days are a month, 126 half a year.
    threshold
        Simple return of the market over the horizon below which there is an event: -0.10 over 22
        days as in the paper, -0.40 over 126 as is often published.
    unit
        What one unit of the model's returns is: 1 for fractions, 0.01 for percent.
    paths
        Simulated paths.
    level
        Coverage of the interval.
    """

    horizon: int = 22
    threshold: float = -0.10
    unit: float = 1.0
    paths: int = 20_000
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LongRunShortfall(Result):
    """Expected return of an asset over a fall of the market.

    Parameters
    ----------
    value, low, high
        Mean simple return over the horizon, a fraction; the interval holds the error of the
        simulation, not that of the model.
    chance
        Share of paths with a fall of the market.
    count, paths
        Paths with a fall, and all.
    horizon, threshold
        As asked.
    asset, market
        Names.
    level
        Coverage.
    """

    value: float
    low: float
    high: float
    chance: float
    count: int
    paths: int
    horizon: int
    threshold: float
    asset: str
    market: str
    level: float

    def to_frame(self) -> DataFrame:
        """Return the one line."""
        names = ("value", "low", "high", "chance", "count")
        return data_frame({name: [getattr(self, name)] for name in names}, [self.asset])


def lrmes(
    model: Dcc,
    asset: str | int,
    market: str | int,
    rng: np.random.Generator,
    options: LongRunOptions | None = None,
) -> LongRunShortfall:
    r"""Simulate what an asset does when the market falls far, from where both stand now.

    Parameters
    ----------
    model
        A fitted model of volatilities and correlations of log returns, see
        :func:`comove.stats.dcc.fit`; ``margins="gjr"`` is the choice of the paper.
    asset, market
        Columns of the model, by name or position.
    rng
        Source of chance; the same state gives the same paths.
    options
        Horizon, threshold, unit, paths; the defaults of :class:`LongRunOptions` when None.

    Returns
    -------
    LongRunShortfall
        Mean simple return of the asset over the paths on which the market falls by more than the
        threshold; losses are negative (published figures usually turn the sign).

    Raises
    ------
    NotEstimable
        ``names``, ``collinear``, ``horizon``, ``threshold`` (not between -1 and 0), ``unit``
        (out of range, or one in which an ordinary day is a move of a quarter: percent taken for
        fractions), ``level``, or ``too_short`` when the market falls that far on fewer than 30
        paths: a nearer threshold, a longer horizon or more paths are needed.

    Notes
    -----
    .. math::
        LRMES = E(R_{i,T+1:T+h} \mid R_{m,T+1:T+h} < C), \qquad R = \exp\left(\sum r\right) - 1

    Starting from the variances and the quasi-correlation after the last row, pairs of shocks
    (market, own) are drawn together from the sample, so that they keep their tie in the tails, and
    pushed through the recursions of the model.  The quasi-correlation after the last row is found
    by running its recursion over the residuals from its target.

    A quick stand-in for six months and -40 percent, from a one-day figure at a market fall of two
    percent, is :math:`\exp(18\,MES) - 1` (Acharya, Engle and Richardson 2012).

    References
    ----------
    Brownlees, C. and Engle, R. F. (2017). SRISK: a conditional capital shortfall measure of
    systemic risk. Review of Financial Studies 30, 48-79.

    Acharya, V., Engle, R. and Richardson, M. (2012). Capital shortfall: a new approach to ranking
    and regulating systemic risks. American Economic Review 102, 59-64.

    Examples
    --------
    >>> from comove.stats import dcc
    >>> rng = np.random.default_rng(0)
    >>> market, own = 0.01 * rng.standard_normal((2, 500))
    >>> model = dcc.fit(np.column_stack([market, 0.6 * market + 0.8 * own]))
    >>> found = lrmes(model, asset=1, market=0, rng=rng)
    >>> bool(found.low < found.value < found.high < 0.0)
    True
    """
    chosen = options or LongRunOptions()
    critical = critical_value(chosen.level)
    _check(chosen)
    shocks = taken_apart(model, asset, market)
    usual = chosen.unit * np.median(model.sigma[:, list(shocks.columns)], axis=0)
    if usual.max() > _LARGEST_DAY:
        raise NotEstimable("unit", unit=chosen.unit, usual_day=float(usual.max()))
    falls = np.expm1(chosen.unit * _simulated(model, shocks, chosen, rng))
    hit = falls[1, falls[0] < chosen.threshold]
    if hit.size < FEWEST:
        raise NotEstimable("too_short", falls=hit.size, least=FEWEST, paths=chosen.paths)
    value = float(hit.mean())
    half = critical * float(hit.std(ddof=1)) / math.sqrt(hit.size)
    return LongRunShortfall(
        value=value,
        low=value - half,
        high=value + half,
        chance=hit.size / chosen.paths,
        count=hit.size,
        paths=chosen.paths,
        horizon=chosen.horizon,
        threshold=chosen.threshold,
        asset=model.names[shocks.columns[1]],
        market=model.names[shocks.columns[0]],
        level=chosen.level,
    )


def _check(options: LongRunOptions) -> None:
    if options.horizon < 1:
        raise NotEstimable("horizon", horizon=options.horizon)
    if not -1.0 < options.threshold < 0.0:
        raise NotEstimable("threshold", threshold=options.threshold)
    if not (options.unit > 0.0 and math.isfinite(options.unit)):
        raise NotEstimable("unit", unit=options.unit)


def _simulated(
    model: Dcc, shocks: Shocks, options: LongRunOptions, rng: np.random.Generator
) -> Floats:
    """Add up returns (2, paths) over the horizon, of market and asset."""
    columns, margins = list(shocks.columns), model.margins
    omega, alpha, gamma, beta = (
        getattr(margins, name)[columns][:, None] for name in ("omega", "alpha", "gamma", "beta")
    )
    variance = forecast(margins, 1)[0, columns][:, None]
    quasi = _Quasi.of(model, columns)
    state = quasi.after(margins.residuals[:, columns])
    rows = rng.integers(0, shocks.market.size, size=(options.horizon, options.paths))
    total = np.zeros((2, options.paths))
    mean = np.array(shocks.mean)[:, None]
    for drawn in rows:
        rho = quasi.correlation(state)
        market = shocks.market[drawn]
        both = np.stack([market, rho * market + np.sqrt(1.0 - rho**2) * shocks.own[drawn]])
        total += mean + np.sqrt(variance) * both
        variance = omega + variance * ((alpha + gamma * (both < 0.0)) * both**2 + beta)
        state = quasi.next(state, both)
    return total


@dataclass(frozen=True, kw_only=True, eq=False)
class _Quasi:
    """The law of motion of the quasi-correlation of two columns.

    States are (3, n): the two diagonal entries and the one between them.

    Parameters
    ----------
    constant
        Shape (3, 1).
    a, b, g
        Weights of shocks, of the state before, and of joint falls.
    rescaled
        Whether shocks are multiplied by the root of the diagonal first (the corrected model).
    """

    constant: Floats
    a: float
    b: float
    g: float
    rescaled: bool

    @classmethod
    def of(cls, model: Dcc, columns: list[int]) -> _Quasi:
        """Read it off a fitted model."""
        first, second = columns
        target = model.target
        level = np.array([target[first, first], target[second, second], target[first, second]])
        residuals = np.minimum(model.margins.residuals[:, columns], 0.0).T
        constant = (1.0 - model.a - model.b) * level - model.g * _products(residuals).mean(axis=1)
        return cls(
            constant=constant[:, None],
            a=model.a,
            b=model.b,
            g=model.g,
            rescaled=model.model == "cdcc",
        )

    def next(self, state: Floats, shocks: Floats) -> Floats:
        """Advance states (3, n) by shocks (2, n)."""
        moved = shocks * np.sqrt(state[:2]) if self.rescaled else shocks
        new: Floats = self.constant + self.a * _products(moved) + self.b * state
        if self.g:
            new += self.g * _products(np.minimum(moved, 0.0))
        return new

    def after(self, residuals: Floats) -> Floats:
        """State (3, 1) after the residuals (T, 2), from its level in the long run."""
        state = self.constant / (1.0 - self.a - self.b)
        for row in residuals:
            state = self.next(state, row[:, None])
        return state

    @staticmethod
    def correlation(state: Floats) -> Floats:
        """Correlation (n,) that states (3, n) stand for."""
        ratio: Floats = state[2] / np.sqrt(state[0] * state[1])
        return ratio


def _products(shocks: Floats) -> Floats:
    """Squares and product (3, n) of two shocks (2, n)."""
    return np.stack([shocks[0] ** 2, shocks[1] ** 2, shocks[0] * shocks[1]])
