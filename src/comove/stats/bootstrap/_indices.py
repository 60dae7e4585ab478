"""Rows drawn in random blocks: stationary and circular."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

Ints = NDArray[np.int64]
Blocks = tuple[Ints, Ints, Ints]
"""Where blocks begin (B), counted through the replications laid end to end; their first rows (B);
and the bounds (R + 1): replication r has blocks bounds[r] .. bounds[r + 1] - 1."""
# replications counted at a time: the scratch arrays stay in the processor's cache
_BATCH = 64


def stationary_indices(
    nobs: int, length: int, block: float, replications: int, rng: np.random.Generator
) -> Ints:
    """Draw row numbers of stationary bootstrap samples.

    Parameters
    ----------
    nobs
        Number of rows drawn from, T >= 1.
    length
        Rows of one replication, n >= 1; may differ from T.
    block
        Mean block length in rows, >= 1 (1 draws rows independently).
    replications
        Number of replications, R >= 1.
    rng
        Source of chance; the same state gives the same rows.

    Returns
    -------
    Ints
        Shape (R, n), values in 0..T-1.

    Raises
    ------
    NotEstimable
        ``too_short`` when a size is below 1; ``block`` when the mean block is below 1 or not
        finite.

    Notes
    -----
    Row t of a replication starts a new block at a uniformly drawn row with probability 1/block and
    otherwise follows its predecessor, wrapping from the last row to the first.  Block lengths are
    therefore geometric.  The replications are laid end to end and only the gaps between block
    starts are drawn, which is exact because a geometric gap has no memory: every replication
    begins a block of its own.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Examples
    --------
    >>> rows = stationary_indices(100, 50, 5.0, 3, np.random.default_rng(0))
    >>> rows.shape, bool((rows >= 0).all() and (rows < 100).all())
    ((3, 50), True)
    """
    chance = _chance(nobs, length, block, replications)
    starts = _block_starts(replications * length, chance, lambda n: rng.geometric(chance, size=n))
    begins, _ = _parted(starts, length, replications)
    rows = rng.integers(0, nobs, size=begins.size)
    return expanded(begins, rows, (replications, length), nobs)


def circular_indices(
    nobs: int, length: int, block: int, replications: int, rng: np.random.Generator
) -> Ints:
    """Draw row numbers of circular block bootstrap samples.

    Parameters
    ----------
    nobs
        Number of rows drawn from, T >= 1.
    length
        Rows of one replication, n >= 1; may differ from T.
    block
        Block length in rows, >= 1; the last block of a replication is cut where it ends.
    replications
        Number of replications, R >= 1.
    rng
        Source of chance; the same state gives the same rows.

    Returns
    -------
    Ints
        Shape (R, n), values in 0..T-1.

    Raises
    ------
    NotEstimable
        ``too_short`` when a size is below 1; ``block`` when the block is below 1.

    Notes
    -----
    Blocks of one length start at rows drawn uniformly and wrap from the last row to the first, so
    every row is as likely as any other.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1992). A circular block-resampling procedure for stationary
    data. In LePage, R. and Billard, L. (eds), Exploring the Limits of Bootstrap.

    Examples
    --------
    >>> rows = circular_indices(100, 50, 5, 3, np.random.default_rng(0))
    >>> rows.shape, bool((np.diff(rows[:, :5], axis=1) % 100 == 1).all())
    ((3, 50), True)
    """
    begins, rows, _ = circular_blocks(nobs, length, block, replications, rng)
    return expanded(begins, rows, (replications, length), nobs)


def stationary_blocks(
    nobs: int, length: int, block: float, replications: int, rng: np.random.Generator
) -> Blocks:
    """Draw blocks of the law of :func:`stationary_indices`, faster and not the same ones.

    A geometric gap is an exponential one rounded up, which is exact.
    """
    chance = _chance(nobs, length, block, replications)
    total = replications * length

    def gaps(count: int) -> Ints:
        drawn = rng.standard_exponential(count)
        drawn /= -math.log1p(-chance)
        np.minimum(drawn, float(total), out=drawn)  # beyond the end is beyond the end
        return np.asarray(drawn.astype(np.int64) + 1)

    starts = _block_starts(total, chance, gaps)
    begins, bounds = _parted(starts, length, replications)
    return begins, rng.integers(0, nobs, size=begins.size), bounds


def _chance(nobs: int, length: int, block: float, replications: int) -> float:
    """Chance that a row begins a block."""
    if min(nobs, length, replications) < 1:
        raise NotEstimable("too_short", nobs=nobs, length=length, replications=replications)
    if not (math.isfinite(block) and block >= 1.0):
        raise NotEstimable("block", block=block)
    return 1.0 / block


def _parted(starts: Ints, length: int, replications: int) -> tuple[Ints, Ints]:
    """Begin a block with every replication; where blocks begin, and which are whose."""
    edges = length * np.arange(replications, dtype=np.int64)
    places = np.searchsorted(starts, edges)
    absent = places == starts.size
    absent[~absent] = starts[places[~absent]] != edges[~absent]
    begins = np.insert(starts, places[absent], edges[absent])
    return begins, np.append(places + np.cumsum(absent) - absent, begins.size)


def circular_blocks(
    nobs: int, length: int, block: int, replications: int, rng: np.random.Generator
) -> Blocks:
    """Draw the blocks of :func:`circular_indices`."""
    if min(nobs, length, replications) < 1:
        raise NotEstimable("too_short", nobs=nobs, length=length, replications=replications)
    if block < 1:
        raise NotEstimable("block", block=block)
    inside = np.arange(0, length, block, dtype=np.int64)
    begins = (length * np.arange(replications, dtype=np.int64)[:, None] + inside).ravel()
    bounds = inside.size * np.arange(replications + 1, dtype=np.int64)
    return begins, rng.integers(0, nobs, size=begins.size), bounds


def expanded(begins: Ints, rows: Ints, shape: tuple[int, int], nobs: int) -> Ints:
    """Row numbers (R, n) from where blocks begin and the rows they begin with."""
    # one array of steps, summed in place: 1 inside a block, a jump to the drawn row at its start
    drawn = np.ones(shape[0] * shape[1], dtype=np.int64)
    drawn[0] = rows[0]
    drawn[begins[1:]] = rows[1:] - (rows[:-1] + np.diff(begins) - 1)
    np.cumsum(drawn, out=drawn)
    drawn %= nobs
    return drawn.reshape(shape)


def row_counts(indices: ArrayLike, nobs: int) -> Floats:
    """Count how often each row was drawn in each replication.

    Parameters
    ----------
    indices
        Shape (R, n), integers in 0..nobs-1, e.g. from :func:`stationary_indices`.
    nobs
        Number of rows T the indices refer to.

    Returns
    -------
    Floats
        Shape (R, T); each line sums to n.  A statistic that is a sum over rows is one matrix
        product with these weights.

    Raises
    ------
    NotEstimable
        ``shape`` when the indices are not (R, n) or point outside the rows.

    Examples
    --------
    >>> row_counts([[0, 0, 2], [1, 1, 1]], 3).tolist()
    [[2.0, 0.0, 1.0], [0.0, 3.0, 0.0]]
    """
    rows = np.asarray(indices, dtype=np.int64)
    if rows.ndim != 2 or rows.size == 0 or rows.min() < 0 or rows.max() >= nobs:
        raise NotEstimable("shape", got=rows.shape, nobs=nobs)
    counts = np.empty((rows.shape[0], nobs))
    for first in range(0, rows.shape[0], _BATCH):
        some = rows[first : first + _BATCH]
        cells = some + nobs * np.arange(some.shape[0])[:, None]
        found = np.bincount(cells.ravel(), minlength=some.shape[0] * nobs)
        counts[first : first + _BATCH] = found.reshape(-1, nobs)
    return counts


def _block_starts(total: int, chance: float, gaps: Callable[[int], Ints]) -> Ints:
    """Positions in 0..total-1 at which a block begins, as sums of geometric gaps."""
    if chance == 1.0:
        return np.arange(total, dtype=np.int64)
    mean = total * chance
    found = np.zeros(0, dtype=np.int64)
    reached = -1
    while reached < total:
        batch = int(mean + 4.0 * math.sqrt(mean)) + 16
        places = reached + np.cumsum(gaps(batch))
        found = np.concatenate([found, places])
        reached = int(places[-1])
        mean = max(total - reached, 0) * chance
    return found[found < total]
