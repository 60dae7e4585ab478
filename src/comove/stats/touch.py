"""How likely a level is reached: paths of filtered returns, drawn in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import stationary_indices
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats, vector

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 100
"""Fewest changes that a volatility and its shocks can be told from."""


@dataclass(frozen=True, kw_only=True)
class TouchOptions:
    """How paths are drawn.

    Attributes
    ----------
    decays
        Weights kept per step by the volatility filter, each in (0, 1); the draws take turns.
    block
        Mean block length of the shocks.
    draws
        Times the shocks are drawn again; what varies over them is the interval.
    paths
        Paths per draw.
    level
        Coverage of the interval.
    """

    decays: tuple[float, ...] = (0.94, 0.97, 0.985)
    block: float = 10.0
    draws: int = 99
    paths: int = 250
    level: float = 0.95


_USUAL = TouchOptions()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Touch(Result):
    """Probabilities that a path reaches its levels.

    Parameters
    ----------
    distances
        Shape (m,), as given.
    horizons
        Steps, as given.
    probability, low, high
        Shape (m, h): chance that the level is reached within the horizon, and its interval.
    level
        Coverage of the interval.
    nobs
        Changes used.
    """

    distances: Floats
    horizons: tuple[int, ...]
    probability: Floats
    low: Floats
    high: Floats
    level: float
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line per level and horizon."""
        rows = np.repeat(self.distances, len(self.horizons))
        return data_frame(
            {
                "distance": rows,
                "horizon": np.tile(self.horizons, len(self.distances)),
                "probability": self.probability.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
            }
        )


def touch_probabilities(
    changes: ArrayLike,
    distances: ArrayLike,
    horizons: Sequence[int],
    rng: np.random.Generator,
    options: TouchOptions = _USUAL,
) -> Touch:
    r"""Simulate how likely a path reaches levels at a distance.

    Parameters
    ----------
    changes
        Shape (T,), T >= 100: changes between closes, the latest last; log returns, or differences
        of a level.  No NaN.
    distances
        Shape (m,): what the sum of changes must reach; above zero from below, below zero from
        above.  Zero is reached already.
    horizons
        Steps ahead, each at least 1.
    rng
        Source of chance.
    options
        Filter, blocks, size.

    Returns
    -------
    Touch
        Probabilities with intervals.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``; ``horizon`` for one below 1 or none;
        ``decay``, ``block``, ``replications`` or ``level`` for options out of range.

    Notes
    -----
    With the filtered variance :math:`s_{t+1}^2 = \lambda s_t^2 + (1 - \lambda) x_t^2` the shocks
    :math:`z_t = x_t / s_t`, less their mean and in units of their own size, are drawn in blocks and
    sent through the same recursion, from today's variance on.  No drift is forecast.  Each draw
    first draws the history of shocks again, and takes the next of the decays: the interval holds
    what is not known of the shocks and of the filter, and the noise of ``paths`` paths, so that it
    is rather too wide than too narrow.  Where no path of all N reaches a level, or every path does,
    the other end is the exact binomial one, :math:`1 - \alpha^{1/N}` from it with :math:`\alpha`
    the tail.  Only closes count: a level may be passed between two.

    References
    ----------
    Barone-Adesi, G., Giannopoulos, K. and Vosper, L. (1999). VaR without correlations for
    portfolios of derivative securities. Journal of Futures Markets 19(5), 583-602.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = touch_probabilities(rng.standard_normal(500), [0.0, 40.0], [5], rng)
    >>> found.probability.ravel().tolist()
    [1.0, 0.0]
    """
    values = vector(changes, least=FEWEST)
    wanted = vector(distances, varies=False)
    steps = tuple(int(step) for step in horizons)
    _check(steps, options)
    share = _shares(values, wanted, steps, rng, options)
    tail = (1.0 - options.level) / 2.0
    low, high = np.quantile(share, [tail, 1.0 - tail], axis=0)
    middle = share.mean(axis=0)
    unseen = 1.0 - tail ** (1.0 / (options.draws * options.paths))
    low = np.where((middle == 1.0) & (wanted[:, None] != 0.0), 1.0 - unseen, low)
    high = np.where(middle == 0.0, unseen, high)
    return Touch(
        distances=wanted,
        horizons=steps,
        probability=middle,
        low=np.minimum(low, middle),
        high=np.maximum(high, middle),
        level=options.level,
        nobs=len(values),
    )


def _check(steps: tuple[int, ...], options: TouchOptions) -> None:
    if not steps or min(steps) < 1:
        raise NotEstimable("horizon", horizons=steps)
    if not options.decays or not all(0.0 < decay < 1.0 for decay in options.decays):
        raise NotEstimable("decay", decays=options.decays)
    if min(options.draws, options.paths) < 1:
        raise NotEstimable("replications", draws=options.draws, paths=options.paths)
    if not 0.0 < options.level < 1.0:
        raise NotEstimable("level", level=options.level)


def _shares(
    values: Floats,
    wanted: Floats,
    steps: tuple[int, ...],
    rng: np.random.Generator,
    options: TouchOptions,
) -> Floats:
    """Share of paths that reach each level within each horizon, draw by draw: (draws, m, h)."""
    filters = [filtered(values, decay) for decay in options.decays]
    count, last = len(values), max(steps)
    again = stationary_indices(count, count, options.block, options.draws, rng)
    inside = stationary_indices(count, last, options.block, options.draws * options.paths, rng)
    inside = inside.reshape(options.draws, options.paths, last)
    places = np.array([again[draw][inside[draw]] for draw in range(options.draws)])
    which = np.arange(options.draws) % len(filters)
    shocks = np.array([filters[each].shocks for each in which])
    drawn = np.take_along_axis(shocks, places.reshape(options.draws, -1), axis=1).reshape(
        places.shape
    )
    variance = np.repeat([[filters[each].variance] for each in which], options.paths, axis=1)
    decay = np.array([[options.decays[each]] for each in which])
    return _run(np.moveaxis(drawn, 2, 0), variance, decay, (wanted, steps))


def _run(
    shocks: Floats, variance: Floats, decay: Floats, asked: tuple[Floats, tuple[int, ...]]
) -> Floats:
    wanted, steps = asked
    total = np.zeros_like(variance)
    highest, lowest = np.zeros_like(total), np.zeros_like(total)
    found = np.empty((len(variance), len(wanted), len(steps)))
    for step, shock in enumerate(shocks, start=1):
        change = np.sqrt(variance) * shock
        total = total + change
        variance = decay * variance + (1.0 - decay) * change**2
        highest, lowest = np.maximum(highest, total), np.minimum(lowest, total)
        for place, horizon in enumerate(steps):
            if horizon == step:
                for row, level in enumerate(wanted):
                    met = highest >= level if level > 0.0 else lowest <= level
                    found[:, row, place] = met.mean(axis=1)
    return found


@dataclass(frozen=True, eq=False)
class Filtered:
    """Shocks of a sample and the variance of its next change.

    Attributes
    ----------
    shocks
        Shape (T,), mean zero, mean square one.
    variance
        Of the next change.
    """

    shocks: Floats
    variance: float


def filtered(values: Floats, decay: float) -> Filtered:
    """Divide changes by the volatility that was known before each.

    Parameters
    ----------
    values
        Shape (T,).
    decay
        Weight kept per step.

    Returns
    -------
    Filtered
        The filter starts at the mean square of the sample.

    Raises
    ------
    NotEstimable
        ``constant`` where a volatility or every shock is zero.

    Examples
    --------
    >>> found = filtered(np.array([1.0, -1.0] * 50), 0.9)
    >>> round(found.variance, 9), round(float(np.abs(found.shocks).max()), 9)
    (1.0, 1.0)
    """
    squares = (values**2).tolist()
    known = float(np.mean(squares))
    path = []
    for square in squares:
        path.append(known)
        known = decay * known + (1.0 - decay) * square
    variances = np.array(path)
    if not (variances > 0.0).all():
        raise NotEstimable("constant")
    shocks = values / np.sqrt(variances)
    shocks = shocks - shocks.mean()
    size = float(np.sqrt((shocks**2).mean()))
    if size == 0.0:
        raise NotEstimable("constant")
    # the variance carries the size, so that the shocks have mean square one
    return Filtered(shocks=shocks / size, variance=known * size**2)
