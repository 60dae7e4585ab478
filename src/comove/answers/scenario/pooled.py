"""History reweighted until its average stretch is the shock: no law is assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.answers.scenario.laws import chance, edges, moved
from comove.answers.scenario.setting import Setting
from comove.core.errors import NotEstimable
from comove.core.scenario import Outlook
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.pooling import View, entropy_pooling
from comove.stats.sample import Floats

REPLICATIONS = 99
FEWEST = 5.0
"""Separate stretches a reweighted history must amount to."""
_METHOD = "entropy_pooling"


@dataclass(frozen=True, eq=False, kw_only=True)
class Pooled:
    """Past stretches of the horizon's length and the weights under which they show the shock.

    Attributes
    ----------
    stretches
        Shape (S, k + p): changes over stretches that overlap, less their mean.
    weights
        Shape (S,); None where no weights reach the shock.
    draws
        Shape (r, S): weights from history drawn again; r may be small.
    separate
        How many stretches that do not overlap the weights amount to.
    """

    stretches: Floats
    weights: Floats | None
    draws: Floats
    separate: float | None


def sums(values: Floats, horizon: int) -> Floats:
    """Add up changes over every stretch.

    Parameters
    ----------
    values
        Shape (T, n).
    horizon
        Rows of a stretch.

    Returns
    -------
    Floats
        Shape (T - horizon + 1, n), overlapping.

    Examples
    --------
    >>> sums(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [3.0, 6.0]
    """
    totals = np.cumsum(np.vstack([np.zeros((1, values.shape[1])), values]), axis=0)
    return np.asarray(totals[horizon:] - totals[:-horizon])


def pool(setting: Setting, stretches: Floats, rng: np.random.Generator) -> Pooled:
    """Reweight history.

    Parameters
    ----------
    setting
        Shock and horizon.
    stretches
        From :func:`sums`, assets first.
    rng
        Source of chance.

    Returns
    -------
    Pooled
        Without weights where the shock lies outside what the stretches reach.
    """
    centred = stretches - stretches.mean(axis=0)
    moves = centred[:, len(setting.assets) :]
    found = _weights(moves, setting.shock, None)
    if found is None:
        return Pooled(
            stretches=centred, weights=None, draws=np.empty((0, len(moves))), separate=None
        )
    count = min(REPLICATIONS, setting.question.replications)
    block = max(2.0 * setting.horizon, 10.0)
    rows = stationary_indices(len(moves), len(moves), block, count, rng)
    again = [_weights(moves, setting.shock, prior) for prior in row_counts(rows, len(moves))]
    held = found[found > 0.0]
    return Pooled(
        stretches=centred,
        weights=found,
        draws=np.array([each for each in again if each is not None]).reshape(-1, len(moves)),
        separate=float(np.exp(-(held @ np.log(held)))) / setting.horizon,
    )


def _weights(moves: Floats, shock: Floats, prior: Floats | None) -> Floats | None:
    views = [View(values=moves[:, place], target=float(move)) for place, move in enumerate(shock)]
    try:
        return entropy_pooling(views, prior).probabilities
    except NotEstimable:
        return None


def outlooks(setting: Setting, pooled: Pooled) -> tuple[Outlook, ...]:
    """State the reweighted history asset by asset.

    Parameters
    ----------
    setting
        Assets.
    pooled
        With or without weights.

    Returns
    -------
    tuple of Outlook
        Empty where there are no weights, or where history drawn again seldom has any.
    """
    if not usable(pooled, setting):
        return ()
    assert pooled.weights is not None  # noqa: S101 - usable
    scope, level = setting.whole, setting.question.level
    shares = [0.5, (1.0 - level) / 2.0, (1.0 + level) / 2.0]
    made = []
    for place, asset in enumerate(setting.assets):
        values = pooled.stretches[:, place]
        order = np.argsort(values, kind="stable")
        centre, low, high = _quantiles(values, pooled.weights, order, shares)
        draws = np.array([_quantiles(values, each, order, [0.5])[0] for each in pooled.draws])
        above = values > 0.0
        made.append(
            Outlook(
                asset=asset,
                key="pooled",
                centre=moved(scope, centre, edges(draws, centre, level), _METHOD),
                outcome=moved(scope, centre, (low, high), _METHOD),
                rises=chance(
                    scope,
                    float(pooled.weights[above].sum()),
                    pooled.draws[:, above].sum(axis=1),
                    _METHOD,
                ),
                same_sign=float((np.sign(draws) == np.sign(centre)).mean()),
            )
        )
    return tuple(made)


def usable(pooled: Pooled, setting: Setting) -> bool:
    """Tell whether history reaches the shock, also when it is drawn again."""
    wanted = min(REPLICATIONS, setting.question.replications)
    return pooled.weights is not None and len(pooled.draws) >= 0.8 * wanted


def _quantiles(values: Floats, weights: Floats, order: np.ndarray, shares: list[float]) -> Floats:
    reached = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(reached, shares), len(values) - 1)
    return np.asarray(values[order][places])
