"""All assets at once: joint probabilities and what the portfolio makes of them."""

from __future__ import annotations

import math

import numpy as np

from comove.answers.scenario.laws import Law, chance, edges
from comove.answers.scenario.pooled import Pooled, usable
from comove.answers.scenario.setting import Setting
from comove.core.estimate import Estimate
from comove.core.scenario import Jointly, PortfolioEffect, PortfolioPart
from comove.stats.sample import Floats

PATHS = 20_000
FEW = 2_000


def drawn(found: Law, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw outcomes of the law, and of the law on the sample drawn again.

    Parameters
    ----------
    found
        Student or normal.
    rng
        Source of chance; every outcome comes with its mirror image.

    Returns
    -------
    paths : Floats
        Shape (P, k), log returns.
    again : Floats
        Shape (R, q, k), from the same shocks.
    """
    count = len(found.mean)
    half = rng.standard_normal((PATHS // 2, count))
    scale = np.ones((PATHS // 2, 1))
    if not math.isinf(found.df):
        scale = np.sqrt((found.df - 2.0) / rng.chisquare(found.df, (PATHS // 2, 1)))
    unit = np.concatenate([half * scale, -half * scale])
    paths = found.mean + unit @ _root(found.covariance)
    few = np.concatenate([unit[: FEW // 2], unit[PATHS // 2 : PATHS // 2 + FEW // 2]])
    again = found.means[:, None, :] + few @ _root(found.covariances)
    return paths, again


def _root(covariance: Floats) -> Floats:
    """Symmetric square root; also of a covariance that is singular."""
    roots, vectors = np.linalg.eigh(covariance)
    scaled = vectors * np.sqrt(np.maximum(roots, 0.0))[..., None, :]
    found: Floats = scaled @ np.swapaxes(vectors, -1, -2)
    return found


def jointly(
    setting: Setting, found: Law, outcomes: tuple[Floats, Floats], pooled: Pooled
) -> tuple[Jointly, ...]:
    """State the probability that all assets rise, and that all fall.

    Parameters
    ----------
    setting
        Assets.
    found
        The Student law.
    outcomes
        From :func:`drawn`.
    pooled
        History reweighted.

    Returns
    -------
    tuple of Jointly
        Empty for a single asset.
    """
    if len(setting.assets) < 2:
        return ()
    paths, again = outcomes
    made = [
        Jointly(
            key="student",
            all_rise=_share(found, paths, again),
            all_fall=_share(found, -paths, -again),
        )
    ]
    if usable(pooled, setting) and pooled.weights is not None:
        values = pooled.stretches[:, : len(setting.assets)]
        scope, ends = setting.whole, ((values > 0.0).all(axis=1), (values < 0.0).all(axis=1))
        rise, fall = (
            chance(
                scope,
                float(pooled.weights[which].sum()),
                pooled.draws[:, which].sum(axis=1),
                "entropy_pooling",
            )
            for which in ends
        )
        made.append(Jointly(key="pooled", all_rise=rise, all_fall=fall))
    return tuple(made)


def _share(found: Law, paths: Floats, again: Floats) -> Estimate:
    """Share of outcomes in which everything is above zero."""
    which = (paths > 0.0).all(axis=1)
    return chance(
        found.scope, float(which.mean()), (again > 0.0).all(axis=2).mean(axis=1), found.method
    )


def effect(setting: Setting, found: Law, outcomes: tuple[Floats, Floats]) -> PortfolioEffect:
    """State what the portfolio makes of the shock.

    Parameters
    ----------
    setting
        Weights.
    found
        The Student law.
    outcomes
        From :func:`drawn`.

    Returns
    -------
    PortfolioEffect
        Contributions at the medians of the assets add up to the total.
    """
    weights, scope = setting.weights, found.scope
    at, draws = np.expm1(found.mean), np.expm1(found.means)
    parts = tuple(
        PortfolioPart(
            asset=asset,
            weight=float(weights[place]),
            contribution=scope.estimate(
                float(weights[place] * at[place]),
                "simple_return",
                found.method,
                edges(
                    weights[place] * draws[:, place], float(weights[place] * at[place]), scope.level
                ),
            ),
        )
        for place, asset in enumerate(setting.assets)
    )
    total = math.fsum(part.contribution.value for part in parts)
    paths, again = outcomes
    ends = np.expm1(paths) @ weights
    low, middle, high = np.quantile(
        ends, [(1.0 - scope.level) / 2.0, 0.5, (1.0 + scope.level) / 2.0]
    )
    losing = (np.expm1(again) @ weights < 0.0).mean(axis=1)
    return PortfolioEffect(
        parts=parts,
        cash=1.0 - float(weights.sum()),
        total=scope.estimate(
            total, "simple_return", found.method, edges(draws @ weights, total, scope.level)
        ),
        outcome=scope.estimate(
            float(middle), "simple_return", found.method, (float(low), float(high))
        ),
        loses=chance(scope, float((ends < 0.0).mean()), losing, found.method),
    )
