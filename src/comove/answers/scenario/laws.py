"""What the assets do under the shock: normal, Student, and by regime."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from comove.answers.scenario.draws import Spread
from comove.answers.scenario.setting import Setting
from comove.core.estimate import Estimate, Scope
from comove.core.scenario import Outlook
from comove.stats.pooling import Conditional, conditional_normal, conditional_t, probability_above
from comove.stats.pooling._plausibility import tail_probability
from comove.stats.sample import Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Law:
    """The distribution of the assets' log returns over the horizon, given the shock.

    Attributes
    ----------
    key
        As in :class:`~comove.core.scenario.Outlook`.
    mean, deviation, reach
        Shape (k,); the reach is half the central interval of the outcome.
    covariance
        Shape (k, k).
    df
        Degrees of freedom; infinite for the normal.
    means, deviations
        Shape (R, k): the same on the sample drawn again.
    covariances
        Shape (R, k, k).
    distances
        Shape (R,): squared distance of the shock.
    scope
        Sample and level.
    method
        Key of the word catalogues.
    """

    key: str
    mean: Floats
    deviation: Floats
    reach: Floats
    covariance: Floats
    df: float
    means: Floats
    deviations: Floats
    covariances: Floats
    distances: Floats
    scope: Scope
    method: str

    def beyond(self) -> Law:
        """Return the law with the mark of an extrapolation at every figure."""
        return replace(self, method=f"{self.method}_beyond")


def law(setting: Setting, key: str, spread: Spread, df: float = math.inf) -> Law:
    """Condition one covariance on the shock.

    Parameters
    ----------
    setting
        Shock, horizon, level.
    key
        Name of the law.
    spread
        Covariance with its draws.
    df
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    Law
        Without the shock every asset is expected not to move: no drift is forecast.
    """
    count = len(setting.assets)
    found = _conditioned(setting, spread.covariance * setting.horizon, df)
    scope = Scope(
        first=setting.scope.first,
        last=setting.scope.last,
        nobs=spread.count,
        level=setting.question.level,
    )
    means, covariances, distances = _again(spread.draws * setting.horizon, setting.shock, count)
    widening = _widening(distances, len(setting.drivers), df)
    covariances = covariances * widening[:, None, None]
    return Law(
        key=key,
        mean=found.mean[:count],
        deviation=found.deviation[:count],
        reach=found.high[:count] - found.mean[:count],
        covariance=found.covariance[:count, :count],
        df=found.df,
        means=means,
        deviations=np.sqrt(np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 0.0)),
        covariances=covariances,
        distances=distances,
        scope=scope,
        method="conditional_normal" if math.isinf(df) else "conditional_t",
    )


def _conditioned(setting: Setting, covariance: Floats, df: float) -> Conditional:
    first, level = len(setting.assets), setting.question.level
    shock = {str(first + place): float(move) for place, move in enumerate(setting.shock)}
    zero = np.zeros(len(covariance))
    if math.isinf(df):
        return conditional_normal(zero, covariance, shock, level)
    return conditional_t(zero, covariance, shock, df, level)


def _again(draws: Floats, shock: Floats, assets: int) -> tuple[Floats, Floats, Floats]:
    """Condition every drawn covariance on the shock."""
    within = draws[:, assets:, assets:]
    across = draws[:, :assets, assets:]
    solved = np.linalg.solve(within, np.broadcast_to(shock[:, None], (len(draws), len(shock), 1)))
    means = (across @ solved)[:, :, 0]
    explained = across @ np.linalg.solve(within, np.swapaxes(across, 1, 2))
    left = draws[:, :assets, :assets] - explained
    distances = (shock * solved[:, :, 0]).sum(axis=1)
    return means, left, distances


def _widening(distances: Floats, size: int, df: float) -> Floats:
    """Return what a Student law adds to a conditional covariance; see :func:`conditional_t`."""
    if math.isinf(df):
        return np.ones_like(distances)
    widened: Floats = (df - 2.0 + distances) / (df + size - 2.0)
    return widened


def outlooks(setting: Setting, found: Law) -> tuple[Outlook, ...]:
    """State one law asset by asset.

    Parameters
    ----------
    setting
        Assets.
    found
        The law.

    Returns
    -------
    tuple of Outlook
        In the order asked.
    """
    rising = probability_above(0.0, found.mean, found.deviation, found.df)
    again = probability_above(0.0, found.means, found.deviations, found.df)
    method = found.method
    made = []
    for place, asset in enumerate(setting.assets):
        centre, draws = float(found.mean[place]), found.means[:, place]
        ends = (centre - found.reach[place], centre + found.reach[place])
        made.append(
            Outlook(
                asset=asset,
                key=found.key,
                centre=moved(found.scope, centre, edges(draws, centre, found.scope.level), method),
                outcome=moved(found.scope, centre, ends, method),
                rises=chance(found.scope, float(rising[place]), again[:, place], method),
                same_sign=float((np.sign(draws) == np.sign(centre)).mean()),
            )
        )
    return tuple(made)


def edges(draws: Floats, value: float, level: float) -> tuple[float, float]:
    """Return the central interval of bootstrap draws, stretched to hold the value.

    Parameters
    ----------
    draws
        Shape (R,).
    value
        The estimate.
    level
        Coverage.

    Returns
    -------
    tuple of float
        Low and high end.
    """
    low, high = np.quantile(draws, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return min(float(low), value), max(float(high), value)


def moved(scope: Scope, value: float, ends: tuple[float, float], method: str) -> Estimate:
    """State a log return as the simple return people speak of."""
    return scope.estimate(
        math.expm1(value), "simple_return", method, (math.expm1(ends[0]), math.expm1(ends[1]))
    )


def chance(scope: Scope, value: float, draws: Floats, method: str) -> Estimate:
    """State a probability with its bootstrap interval."""
    low, high = edges(draws, value, scope.level)
    return scope.estimate(value, "share", method, (max(low, 0.0), min(high, 1.0)))


def plausible(found: Law, distance: float, size: int, df: float) -> Estimate:
    """State how often a shock at least as far out comes up.

    Parameters
    ----------
    found
        The law, for its draws.
    distance
        Squared, of the shock.
    size
        Number of drivers.
    df
        Degrees of freedom of the drivers' law.

    Returns
    -------
    Estimate
        A probability with its bootstrap interval.
    """
    value = tail_probability(distance, size, df)
    draws = np.array([tail_probability(float(each), size, df) for each in found.distances])
    return chance(found.scope, value, draws, "mahalanobis")
