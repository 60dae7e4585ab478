"""How much of several falls happened on the same days."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix

MOST_DAYS_ENUMERATED = 7
"""Longest window whose orders (7! = 5040) are all gone through instead of drawn."""

BATCH = 1_000_000
"""Shares shuffled at once: bounds the memory of long windows to some tens of megabytes."""

ROUNDING = 1e-12
"""Overlaps this close are equal: the same terms added in another order."""


_ANY = float(np.finfo(np.float64).max)  # only signs count


@dataclass(frozen=True, kw_only=True, eq=False)
class LossOverlap:
    """Share of the falls that fell on common days.  Exact for its window: it has no interval.

    Attributes
    ----------
    value
        Overlap, 0 (never on the same day) to 1 (the same shares every day).
    pvalue
        Chance of an overlap at least as large when the days are put in random order, one-sided.
    expected
        Mean overlap over all orders of the days, exact.
    nobs
        Days n.
    permutations
        Orders compared.
    enumerated
        True when these were all orders there are, False when they were drawn.
    shares
        Shape (n, k), each day's share of each asset's losses (or gains); columns sum to 1.
        Read-only.
    """

    value: float
    pvalue: float
    expected: float
    nobs: int
    permutations: int
    enumerated: bool
    shares: Floats


def loss_overlap(
    returns: ArrayLike,
    rng: np.random.Generator,
    permutations: int = 9999,
    *,
    gains: bool = False,
) -> LossOverlap:
    """Measure the overlap of daily losses and whether it is more than chance.

    Parameters
    ----------
    returns
        Shape (n, k), n >= 2 days, k >= 2 assets, any unit.  No NaN.
    rng
        Source of the random orders; untouched when all orders are gone through.
    permutations
        Random orders N >= 1 to draw.
    gains
        Compare daily gains instead: for rising episodes.

    Returns
    -------
    LossOverlap
        Value, p-value and the shares themselves.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``; ``no_loss`` (``no_gain``) when an asset has not a
        single one; ``option`` when fewer than one order is asked for.

    Notes
    -----
    Loss shares ``l_it = max(-r_it, 0) / sum_t max(-r_it, 0)``; overlap ``sum_t min_i l_it``.  Under
    the null hypothesis the days of the assets are matched at random.  With two assets and at most
    seven days all n! orders of one column are compared and the p-value is the exact share of those
    with at least the observed overlap; otherwise N random orders are drawn for every column but the
    first and ``p = (1 + count) / (N + 1)``.  With few days p cannot be small: it is at least 1/n!.
    The null takes the days of one asset as exchangeable; simulated with GARCH(1,1) volatility
    (persistence 0.99, t5 shocks) a test at 5 % rejects 4 to 7 % of the time over 21 and 63 days.  A
    window that ends at a joint trough was chosen by a day on which both fell, which raises the
    overlap.  The expected overlap is
    ``n int_0^1 prod_i S_i(x) dx`` with S_i the share of days on which asset i lost more than x.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9, article 39.

    Examples
    --------
    >>> falls = [[-3.0, -1.0], [1.0, -1.0], [-1.0, 2.0]]
    >>> found = loss_overlap(falls, np.random.default_rng(0))
    >>> found.value, round(found.pvalue, 4), found.enumerated
    (0.5, 0.6667, True)
    """
    moves = matrix(returns, least=2, varies=False, largest=_ANY)
    if moves.shape[1] < 2:
        raise NotEstimable("shape", got=moves.shape, columns=2)
    if permutations < 1:
        raise NotEstimable("option", permutations=permutations)
    shares = _shares(moves if gains else -moves, "no_gain" if gains else "no_loss")
    nobs, assets = shares.shape
    value = float(shares.min(axis=1).sum())
    enumerated = assets == 2 and nobs <= MOST_DAYS_ENUMERATED
    null = _every_order(shares) if enumerated else _random_orders(shares, permutations, rng)
    reached = int((null >= value - ROUNDING).sum())
    return LossOverlap(
        value=value,
        pvalue=reached / null.size if enumerated else (1 + reached) / (null.size + 1),
        expected=_expected(shares),
        nobs=nobs,
        permutations=null.size,
        enumerated=enumerated,
        shares=shares,
    )


def _shares(losses: Floats, reason: str) -> Floats:
    """Each day's share of a column's positive entries, (n, k), read-only."""
    counted = np.maximum(losses, 0.0)
    largest = counted.max(axis=0)
    if (largest == 0.0).any():
        raise NotEstimable(reason, column=int(np.argmax(largest == 0.0)))
    # dividing by the largest first keeps the sum of extreme magnitudes finite
    counted = counted / largest
    shares: Floats = counted / counted.sum(axis=0)
    shares.setflags(write=False)
    return shares


def _every_order(shares: Floats) -> Floats:
    """Overlap of two columns under each order of the second, (n!,)."""
    orders = np.array(list(itertools.permutations(range(shares.shape[0]))))
    overlaps: Floats = np.minimum(shares[:, 0], shares[orders, 1]).sum(axis=1)
    return overlaps


def _random_orders(shares: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    """Overlap under random orders of every column but the first, (N,)."""
    batch = max(BATCH // shares.shape[0], 1)
    sizes = [min(batch, permutations - done) for done in range(0, permutations, batch)]
    return np.concatenate([_batch_of_orders(shares, size, rng) for size in sizes])


def _batch_of_orders(shares: Floats, size: int, rng: np.random.Generator) -> Floats:
    common = np.broadcast_to(shares[:, 0], (size, shares.shape[0]))
    for column in shares.T[1:]:
        shuffled = rng.permuted(np.tile(column, (size, 1)), axis=1)
        common = np.minimum(common, shuffled, out=shuffled)
    overlaps: Floats = common.sum(axis=1)
    return overlaps


def _expected(shares: Floats) -> float:
    """Mean overlap over all orders: n times the integral of the product of survival shares."""
    nobs = shares.shape[0]
    # repeated steps have no width; numpy.unique would load numpy.ma first
    steps = np.sort(np.concatenate([[0.0], shares.ravel()]))
    above = np.ones(steps.size - 1)
    for column in np.sort(shares, axis=0).T:
        above *= 1.0 - np.searchsorted(column, steps[:-1], side="right") / nobs
    return float(nobs * (above * np.diff(steps)).sum())
