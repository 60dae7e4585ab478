"""A hedge when it is needed: what a position does on the worst days of what it hedges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.diversification._band import LEAST_ROWS, BandOptions, Measured, bands
from comove.stats.diversification._tail import LEAST_TAIL
from comove.stats.frames import data_frame, table
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame

_SHARES = (0.0, 0.5)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WorstDayHedge(Result):
    """What a position takes away from the rest of a portfolio, by kind of day.

    All figures are pure numbers.

    Parameters
    ----------
    calm, calm_low, calm_high
        Share of the rest's squared swings that the position takes away on ordinary days, and its
        band: 1 for a perfect hedge, negative where it adds.
    worst, worst_low, worst_high
        The same on the rest's worst days.
    beta, beta_low, beta_high
        Slope of the position's asset on the rest over the ordinary days.
    response, response_low, response_high
        Mean return of the asset over that of the rest on the rest's worst days: below zero, it
        gains when the rest falls hardest.
    share, days
        Share of the rows that are the worst, and how many that is.
    level, nobs
        Coverage of the bands; rows used.
    block
        Mean block length of the bootstrap, in rows.
    """

    calm: float
    calm_low: float
    calm_high: float
    worst: float
    worst_low: float
    worst_high: float
    beta: float
    beta_low: float
    beta_high: float
    response: float
    response_low: float
    response_high: float
    share: float
    days: int
    level: float
    nobs: int
    block: float

    def to_frame(self) -> DataFrame:
        """Return one line per figure: value and band."""
        names = ("calm", "worst", "beta", "response")
        columns = {
            "value": [getattr(self, name) for name in names],
            "low": [getattr(self, f"{name}_low") for name in names],
            "high": [getattr(self, f"{name}_high") for name in names],
        }
        return data_frame(columns, names)


@dataclass(frozen=True, kw_only=True)
class WorstDayOptions:
    """What counts as a worst day, and how bands are drawn.

    Parameters
    ----------
    share
        Share of the rows that are the worst, strictly between 0 and 0.5; T times it is at least 10.
    band
        Level, replications, block length.
    """

    share: float = 0.05
    band: BandOptions = field(default_factory=BandOptions)


def worst_day_hedge(
    asset: object,
    rest: object,
    weight: float,
    rng: np.random.Generator,
    options: WorstDayOptions | None = None,
) -> WorstDayHedge:
    r"""Measure a hedge on ordinary days and on the worst days of what it hedges.

    Parameters
    ----------
    asset
        Shape (T,), returns of the asset, T >= 30: an array or a series.  No NaN.
    rest
        Shape (T,), returns of what it is to hedge, the same rows and unit.
    weight
        Units of the asset held beside one unit of the rest; not zero, negative for a short one.
    rng
        Source of chance; the same state gives the same bands.
    options
        Share of the rows that are the worst, level, replications, block length.

    Returns
    -------
    WorstDayHedge
        Effectiveness on both kinds of days, beta, response.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (also fewer than ten worst days), ``not_finite``, ``constant``,
        ``collinear`` (the position is a multiple of the rest, or takes all of it away), ``tail``
        (share outside its range), ``option`` (a weight of zero), ``level``, ``block``.

    Notes
    -----
    With returns less their means, W the rows of the lowest ``share`` of the rest's returns r (a row
    counting in part where that is not a whole number) and x the asset,

    .. math::
        HE_S = 1 - \frac{\sum_S (r_t + w x_t)^2}{\sum_S r_t^2}, \qquad
        \text{response} = \frac{\sum_W x_t}{\sum_W r_t}

    for S = W and for S the rows outside it.  Over all rows HE is one less the ratio of variances.
    It depends on the weight: an asset unrelated to the rest adds its own variance.  The response
    does not, so it compares assets.  Being chosen by the rest alone, W favours no asset; but every
    asset that moves with the rest is seen at its worst there, and the response is larger than the
    beta wherever the link tightens in falls.

    Bands: both ratios of sums as in :func:`breakdown`; beta and response have percentile intervals.
    W is found anew in every replication.

    References
    ----------
    Ederington, L. H. (1979). The hedging performance of the new futures markets. Journal of
    Finance 34(1), 157-170.

    Baur, D. G. and Lucey, B. M. (2010). Is gold a hedge or a safe haven? An analysis of stocks,
    bonds and gold. Financial Review 45(2), 217-229.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rest, own = rng.standard_normal((2, 1000))
    >>> found = worst_day_hedge(0.5 * own - 0.4 * rest, rest, 0.5, rng)
    >>> bool(found.response_high < 0.0), bool(found.worst_low > 0.0)
    (True, True)
    """
    chosen = options or WorstDayOptions()
    share = chosen.share
    if not _SHARES[0] < share < _SHARES[1]:
        raise NotEstimable("tail", share=share)
    if not (np.isfinite(weight) and weight != 0.0):
        raise NotEstimable("option", weight=weight)
    least = max(LEAST_ROWS, int(np.ceil(LEAST_TAIL / share - 1e-9)))
    x, r = _moves(asset, least), _moves(rest, least)
    if x.size != r.size:
        raise NotEstimable("shape", asset=x.size, rest=r.size)
    unit = float(r.std())
    days = _Days(asset=x / unit, rest=r / unit, weight=float(weight), share=share)
    if _leaves_nothing(days):
        raise NotEstimable("collinear", weight=weight)
    found = bands(days.measured, [r.size], rng, chosen.band)
    calm, worst, beta, response = (found.at(place) for place in range(4))
    return WorstDayHedge(
        calm=1.0 - calm[0],
        calm_low=1.0 - calm[2],
        calm_high=1.0 - calm[1],
        worst=1.0 - worst[0],
        worst_low=1.0 - worst[2],
        worst_high=1.0 - worst[1],
        beta=beta[0],
        beta_low=beta[1],
        beta_high=beta[2],
        response=response[0],
        response_low=response[1],
        response_high=response[2],
        share=share,
        days=int(np.ceil(share * r.size - 1e-9)),
        level=chosen.band.level,
        nobs=r.size,
        block=found.blocks[0],
    )


def _moves(x: object, least: int) -> Floats:
    """Return one column less its mean, (T,); the first row goes first, against rounding."""
    given = table(x).values
    if given.shape[1] != 1:
        raise NotEstimable("shape", got=given.shape, columns=1)
    values = vector(given[:, 0], least=least)
    moves = values - values[0]
    centred: Floats = moves - moves.mean()
    return centred


@dataclass(frozen=True, kw_only=True, eq=False)
class _Days:
    """Centred returns in units of the rest's deviation."""

    asset: Floats
    rest: Floats
    weight: float
    share: float

    @property
    def hedged(self) -> Floats:
        return self.rest + self.weight * self.asset

    def measured(self, counts: Sequence[Floats]) -> Measured:
        """Return logs of both ratios of squared swings; beta and response beside them."""
        weights = counts[0]
        inside = self._inside(weights)
        outside = 1.0 - inside
        before, after = self.rest**2, self.hedged**2
        logs, influence = [], []
        for part in (outside, inside):
            first, second = (weights * part) @ before, (weights * part) @ after
            logs.append(np.log(second / first))
            moved = after / second[:, None] - before / first[:, None]
            influence.append(part * moved * weights.shape[1])
        others = np.column_stack([self._beta(weights * outside), self._response(weights, inside)])
        return Measured(
            logs=np.stack(logs, axis=1),
            influence=(np.stack(influence, axis=1),),
            others=others,
        )

    def _inside(self, weights: Floats) -> Floats:
        """Share of every row that lies in the tail of the rest, (L, T)."""
        order = np.argsort(self.rest, kind="stable")
        ordered = weights[:, order]
        reached = np.cumsum(ordered, axis=1)
        depth = self.share * self.rest.size
        part = np.clip(depth - (reached - ordered), 0.0, ordered) / np.maximum(ordered, 1.0)
        inside = np.empty_like(part)
        inside[:, order] = part
        return inside

    def _beta(self, weights: Floats) -> Floats:
        total = weights.sum(axis=1)
        means = weights @ np.column_stack([self.rest, self.asset]) / total[:, None]
        cross = weights @ (self.rest * self.asset) / total - means[:, 0] * means[:, 1]
        own = weights @ self.rest**2 / total - means[:, 0] ** 2
        return np.asarray(cross / own)

    def _response(self, weights: Floats, inside: Floats) -> Floats:
        both = np.column_stack([self.asset, self.rest])
        depth = self.share * self.rest.size
        tail = (weights * inside) @ both / depth - weights @ both / weights.shape[1]
        return np.asarray(tail[:, 0] / tail[:, 1])


def _leaves_nothing(days: _Days) -> bool:
    """Tell whether what is left of the rest is rounding."""
    return not float(np.sqrt(np.mean(days.hedged**2))) > 1e-7
