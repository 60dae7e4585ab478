"""Bands of ratios: a studentised block bootstrap of their logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import (
    optimal_block,
    percentile_interval,
    row_counts,
    stationary_indices,
)
from comove.stats.sample import Floats

LEAST_ROWS = 30
_BATCH = 64  # replications measured at a time: the scratch arrays stay small
# standard error of a logarithm below which a ratio cannot be told from a constant
_EXACT = 1e-10


@dataclass(frozen=True, kw_only=True)
class BandOptions:
    """How bands are drawn.

    Parameters
    ----------
    level
        Coverage, strictly between 0 and 1.
    replications
        Number R of bootstrap samples, at least 2.
    block
        Mean block length in rows; chosen from the data when None.
    """

    level: float = 0.95
    replications: int = 1000
    block: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Ratios of L weighted samples, and how each row moves them.

    Parameters
    ----------
    logs
        Shape (L, m), natural logarithms of m ratios.
    influence
        One array per sample, shape (L, m, T): derivative of the logarithms by the weight of a row,
        times T; its weighted mean is zero.
    others
        Shape (L, n), figures that only get a percentile interval.
    """

    logs: Floats
    influence: tuple[Floats, ...]
    others: Floats


Measure = Callable[[Sequence[Floats]], Measured]
"""Row counts of every sample, each (L, T), to the figures of the L weighted samples."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bands:
    """Values and their bands.

    Parameters
    ----------
    value, low, high
        Shape (m + n,): the m ratios, then the n other figures.
    blocks
        Mean block length used in each sample.
    """

    value: Floats
    low: Floats
    high: Floats
    blocks: tuple[float, ...]

    def at(self, place: int) -> tuple[float, float, float]:
        """Return value, low and high of one figure."""
        return float(self.value[place]), float(self.low[place]), float(self.high[place])


def bands(
    measure: Measure,
    sizes: Sequence[int],
    rng: np.random.Generator,
    options: BandOptions | None = None,
) -> Bands:
    r"""Measure ratios in a sample, and in its block bootstrap replications.

    Parameters
    ----------
    measure
        Figures of weighted samples.
    sizes
        Rows of every sample; samples are drawn independently of each other.
    rng
        Source of chance.
    options
        Level, replications, block length.

    Returns
    -------
    Bands
        Symmetric studentised bands of the logarithms, taken back to ratios; percentile intervals
        of the other figures.

    Raises
    ------
    NotEstimable
        ``collinear`` when a ratio does not vary with the rows at all, ``not_finite`` when a
        replication has no value, ``level``, ``block``, ``too_short``.

    Notes
    -----
    With influence values f, the standard error of a logarithm is ``sqrt(sum_t n_t f_t^2) / T``,
    n_t the number of times a row counts; the band is ``log value +- q se``, q the level quantile
    of ``|log value* - log value| / se*`` over the replications.  The rows within a block make both
    errors too small by the same factor, which the ratio takes out.  Percentile intervals of the
    same replications fell short: with 63 rows of Student t noise the breakdown statistic was
    covered 91 times in 100, by an equal-tailed studentised interval 90 times, by this band 93.
    """
    chosen = options or BandOptions()
    if not 0.0 < chosen.level < 1.0:
        raise NotEstimable("level", level=chosen.level)
    ones = [np.ones((1, size)) for size in sizes]
    point = measure(ones)
    errors = _errors(point, ones)
    if not (errors > _EXACT).all():
        raise NotEstimable("collinear")
    blocks = tuple(
        chosen.block if chosen.block is not None else _longest_block(each[0])
        for each in point.influence
    )
    rows = [
        stationary_indices(size, size, block, chosen.replications, rng)
        for size, block in zip(sizes, blocks, strict=True)
    ]
    distances = np.empty((chosen.replications, point.logs.shape[1]))
    others = np.empty((chosen.replications, point.others.shape[1]))
    for first in range(0, chosen.replications, _BATCH):
        batch = slice(first, first + _BATCH)
        counts = [row_counts(each[batch], size) for each, size in zip(rows, sizes, strict=True)]
        # a replication without variance has no logarithm: refused below, all of them together
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = measure(counts)
            distances[batch] = np.abs(drawn.logs - point.logs) / _errors(drawn, counts)
        others[batch] = drawn.others
    low, high = percentile_interval(others, chosen.level)
    if not np.isfinite(distances).all():
        raise NotEstimable("not_finite")
    reach = errors[0] * np.quantile(distances, chosen.level, axis=0)
    logs = point.logs[0]
    return Bands(
        value=np.concatenate([np.exp(logs), point.others[0]]),
        low=np.concatenate([np.exp(logs - reach), low]),
        high=np.concatenate([np.exp(logs + reach), high]),
        blocks=blocks,
    )


def _longest_block(influence: Floats) -> float:
    """Longest block that any figure asks for; one that a sample does not enter asks for none."""
    return max(optimal_block(each) for each in influence if each.any())


def _errors(measured: Measured, counts: Sequence[Floats]) -> Floats:
    """Shape (L, m): standard errors of the logarithms."""
    variance = np.zeros_like(measured.logs)
    for influence, weights in zip(measured.influence, counts, strict=True):
        squares = np.einsum("lmt,lmt,lt->lm", influence, influence, weights)
        variance += squares / weights.shape[1] ** 2
    return np.sqrt(variance)
