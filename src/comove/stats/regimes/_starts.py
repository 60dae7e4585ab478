"""Where the search for regimes begins: the sample cut up in many fixed ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from comove.stats.regimes._design import Design
from comove.stats.sample import Floats

_SPANS = (1, 9, 41)  # rows averaged before the sample is cut: a day, two weeks, two months
_OWN = 0.9  # weight of the state a row is put in


def partitions(design: Design) -> list[Floats]:
    """Cut the sample into states by level, by size, by slope and by time.

    Parameters
    ----------
    design
        The standardised regression.

    Returns
    -------
    list of Floats
        Weights of shape (T, k) each, lines sum to one.  No chance is involved: a feature of each
        row, averaged over its neighbours, is cut at fixed quantiles, into equal parts, and into
        parts of which each is half, or twice, the one before.

    Notes
    -----
    The features are the residual of the regression without states, its absolute value (first, when
    variances switch), its product with each regressor, and time.
    """
    found: list[Floats] = []
    # one variance for all leaves the outliers to a state of their own, and so do many states
    rare = design.common_variance or design.states > 3
    for feature in _features(design):
        rank = np.empty(len(feature))
        rank[np.argsort(feature, kind="stable")] = np.arange(len(feature))
        found.extend(_weights(rank, shares) for shares in _shares(design.states, rare=rare))
    return found


def _features(design: Design) -> Iterator[Floats]:
    coef = np.linalg.lstsq(design.x, design.y, rcond=None)[0]
    left = design.y - design.x @ coef
    if not design.common_variance:
        size = np.abs(left)
        yield from (_averaged(size, span) for span in _SPANS)
    yield from (_averaged(left, span) for span in _SPANS)
    for column in design.x.T:
        if np.ptp(column) > 0.0:
            yield _averaged(left * column, _SPANS[-1])
    yield np.arange(len(left), dtype=np.float64)


def _averaged(feature: Floats, span: int) -> Floats:
    """Mean over the ``span`` rows around each row, fewer at the ends."""
    total = np.concatenate([[0.0], np.cumsum(feature)])
    rows = np.arange(len(feature))
    first = np.maximum(rows - span // 2, 0)
    last = np.minimum(rows + span // 2 + 1, len(feature))
    return np.asarray((total[last] - total[first]) / (last - first))


def _shares(states: int, *, rare: bool) -> Iterator[Floats]:
    """Shares of the states: equal, falling, rising; when rare ones are sought also steeper."""
    for ratio in (1.0, 0.5, 2.0, 0.1, 10.0) if rare else (1.0, 0.5, 2.0):
        shares = ratio ** np.arange(states)
        yield shares / shares.sum()
    if states > 2:
        shares = np.full(states, 1.0)
        shares[[0, -1]] = 0.04 * states
        yield shares / shares.sum()


def _weights(rank: Floats, shares: Floats) -> Floats:
    """Weights (T, k) of ranked rows cut at cumulative ``shares``."""
    nobs, states = len(rank), len(shares)
    state = np.searchsorted(np.cumsum(shares)[:-1] * nobs, rank, side="right")
    weights = np.full((nobs, states), (1.0 - _OWN) / (states - 1))
    weights[np.arange(nobs), state] = _OWN
    return weights
