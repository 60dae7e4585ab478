"""Shapley values: what each player adds, averaged over every order of arrival."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

MOST_PLAYERS = 12


def shapley(values: ArrayLike) -> Floats:
    """Divide the value of the full coalition among its players, exactly.

    Parameters
    ----------
    values
        Shape (..., 2^n), 1 <= n <= 12, finite: the value of every coalition, coalition number
        ``sum of 2^i over its members i``, so ``values[..., 0]`` is the empty one and
        ``values[..., -1]`` the full one.  Any unit.

    Returns
    -------
    Floats
        Shape (..., n), same unit; sums over players to ``values[..., -1] - values[..., 0]``.

    Raises
    ------
    NotEstimable
        ``shape`` when the last axis is not 2^n with 1 <= n <= 12, ``not_finite``.

    Notes
    -----
    ``phi_i = sum over S without i of |S|! (n-|S|-1)! / n! (v(S + i) - v(S))``, collected into one
    matrix of weights, so a batch of games costs one matrix product.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II,
    307-317.

    Examples
    --------
    Two players worth 1 and 2 alone and 5 together share the surplus of 2 equally:

    >>> shapley([0.0, 1.0, 2.0, 5.0]).tolist()
    [2.0, 3.0]
    """
    games = np.asarray(values, dtype=np.float64)
    coalitions = games.shape[-1] if games.ndim else 0
    players = coalitions.bit_length() - 1
    if coalitions != 1 << max(players, 0) or not 1 <= players <= MOST_PLAYERS:
        raise NotEstimable("shape", got=games.shape, most_players=MOST_PLAYERS)
    if not np.isfinite(games).all():
        raise NotEstimable("not_finite")
    shares: Floats = games @ _weights(players)
    return shares


@cache
def _weights(players: int) -> Floats:
    """Shape (2^n, n): what the value of a coalition counts for each player, signed."""
    masks = np.arange(1 << players)
    member = (masks[:, None] >> np.arange(players)) & 1
    size = member.sum(axis=1)
    orders = [
        math.factorial(others) * math.factorial(players - others - 1) / math.factorial(players)
        for others in range(players)
    ]
    table = np.array([*orders, 0.0])
    # a member's coalition is reached from one player fewer; a coalition without it is left behind
    weights: Floats = np.where(member == 1, table[size - 1][:, None], -table[size][:, None])
    weights.setflags(write=False)
    return weights
