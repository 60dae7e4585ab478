"""The covariance of the sample, of its regimes, and of the sample drawn again in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.sample import Floats

BLOCK = 10.0
"""Mean length of a block in sessions."""
STATE = 21
"""Sessions whose volatility tells the regime of the next one."""
STRESSED = 2.0 / 3.0
"""Share of sessions that are calm: the third with the most volatile past is stressed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread:
    """A covariance with its bootstrap draws, over one session.

    Attributes
    ----------
    covariance
        Shape (n, n).
    draws
        Shape (R, n, n).
    count
        Rows it rests on.
    """

    covariance: Floats
    draws: Floats
    count: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Spreads:
    """Covariances of the whole sample and of its calm and stressed sessions.

    Attributes
    ----------
    whole, calm, stressed
        Each with its draws; the same blocks in all three.
    now
        ``calm`` or ``stressed``: what the last sessions say of the next.
    """

    whole: Spread
    calm: Spread
    stressed: Spread
    now: str


def spreads(rows: Floats, assets: int, replications: int, rng: np.random.Generator) -> Spreads:
    """Estimate the covariances.

    Parameters
    ----------
    rows
        Shape (T, n): changes, assets first.
    assets
        Number of assets; their volatility tells the regimes apart.
    replications
        Bootstrap draws.
    rng
        Source of chance.

    Returns
    -------
    Spreads
        A session is stressed when the assets' volatility over the 21 sessions *before* it was in
        the top third of the sample: the choice looks at no move of the session itself.
    """
    state, last = _states(rows[:, :assets])
    edge = np.quantile(state[STATE:], STRESSED)
    stressed = state > edge
    known = np.arange(len(rows)) >= STATE
    counts = row_counts(
        stationary_indices(len(rows), len(rows), BLOCK, replications, rng), len(rows)
    )
    return Spreads(
        whole=_spread(rows, counts, np.ones(len(rows), dtype=bool)),
        calm=_spread(rows, counts, known & ~stressed),
        stressed=_spread(rows, counts, known & stressed),
        now="stressed" if last > edge else "calm",
    )


def _states(assets: Floats) -> tuple[Floats, float]:
    """Mean variance, in units of the sample, over the sessions before each row and at the end."""
    squares = (assets**2 / assets.var(axis=0)).mean(axis=1)
    sums = np.cumsum(np.insert(squares, 0, 0.0))
    trailing = (sums[STATE:] - sums[:-STATE]) / STATE
    state = np.concatenate([np.full(STATE, -np.inf), trailing])
    return state[: len(assets)], float(state[-1])


def _spread(rows: Floats, counts: Floats, chosen: np.ndarray) -> Spread:
    kept = rows[chosen] - rows[chosen].mean(axis=0)
    weights = counts[:, chosen]
    width = rows.shape[1]
    products = (kept[:, :, None] * kept[:, None, :]).reshape(len(kept), -1)
    totals = np.maximum(weights.sum(axis=1), 1.0)[:, None]
    means = weights @ kept / totals
    seconds = (weights @ products / totals).reshape(-1, width, width)
    draws = seconds - means[:, :, None] * means[:, None, :]
    return Spread(
        covariance=kept.T @ kept / (len(kept) - 1), draws=np.asarray(draws), count=len(kept)
    )
