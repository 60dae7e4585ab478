"""A portfolio at the door: weights that name their columns, a covariance that is one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats._covariance import PerColumn, covariance_matrix, in_order
from comove.stats.frames import table
from comove.stats.sample import Floats, matrix

LEAST_POSITIONS = 2
# share of the gross risk below which what is left of a hedged portfolio is rounding
_NO_RISK = 1e-7

Weights = PerColumn
"""Shape (k,) in the order of the columns, or a weight per column name (a mapping, a series)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """A portfolio and the covariance of what it holds.

    Parameters
    ----------
    names
        The k columns.
    weights
        Shape (k,), negative for a short position.
    covariance
        Shape (k, k), symmetric, positive semi-definite.
    deviations
        Shape (k,), standard deviations of the columns.
    gross
        Sum of ``|weight| deviation``: the risk if nothing offset anything.
    volatility
        Standard deviation of the portfolio.
    """

    names: tuple[str, ...]
    weights: Floats
    covariance: Floats
    deviations: Floats
    gross: float
    volatility: float


def book(weights: Weights, covariance: object) -> Book:
    """Check a portfolio against its covariance.

    Parameters
    ----------
    weights
        Shape (k,), or a weight per name.
    covariance
        Shape (k, k): an array or a data frame.

    Returns
    -------
    Book
        Ready to be measured.

    Raises
    ------
    NotEstimable
        As :func:`covariance_matrix` and :func:`holdings`; ``no_risk`` when the positions cancel.
    """
    names, values = covariance_matrix(covariance)
    held = holdings(weights, names)
    deviations = np.sqrt(np.diag(values))
    gross = float(np.abs(held) @ deviations)
    variance = float(held @ values @ held)
    if not variance > (_NO_RISK * gross) ** 2:
        raise NotEstimable("no_risk", gross=gross)
    return Book(
        names=names,
        weights=held,
        covariance=values,
        deviations=deviations,
        gross=gross,
        volatility=math.sqrt(variance),
    )


def holdings(weights: Weights, names: tuple[str, ...]) -> Floats:
    """Return weights in the order of the columns.

    Parameters
    ----------
    weights
        Shape (k,), or a weight per name.
    names
        The k columns.

    Returns
    -------
    Floats
        Shape (k,).  They need not add up to one.

    Raises
    ------
    NotEstimable
        ``names`` when the labels are not those of the columns, ``shape``, ``not_finite``, or
        ``positions`` with fewer than two weights other than zero.

    Examples
    --------
    >>> holdings({"btc": 0.2, "gdx": 0.8}, ("gdx", "btc")).tolist()
    [0.8, 0.2]
    """
    values = in_order(weights, names)
    held = int(np.count_nonzero(values))
    if held < LEAST_POSITIONS:
        raise NotEstimable("positions", held=held, least=LEAST_POSITIONS)
    return values


@dataclass(frozen=True, kw_only=True, eq=False)
class Positions:
    """What each position earned, less its mean.

    Parameters
    ----------
    names
        The h columns whose weight is not zero.
    values
        Shape (T, h), in units of ``gross``; a row adds up to the return of the portfolio.
    gross
        Sum of the positions' standard deviations, in the unit of the returns.
    """

    names: tuple[str, ...]
    values: Floats
    gross: float

    @property
    def portfolio(self) -> Floats:
        """Return of the portfolio less its mean, shape (T,), in units of ``gross``."""
        total: Floats = self.values.sum(axis=1)
        return total


def positions(weights: Weights, x: object, least: int) -> Positions:
    """Turn returns into what each position earned.

    Parameters
    ----------
    weights
        Shape (k,), or a weight per name.
    x
        Shape (T, k), returns: an array or a data frame.
    least
        Smallest T accepted.

    Returns
    -------
    Positions
        Without the columns that are not held.

    Raises
    ------
    NotEstimable
        As :func:`holdings`; ``shape``, ``too_short``, ``not_finite``, ``constant``; ``no_risk``
        when the positions cancel.

    Examples
    --------
    >>> found = positions([1.0, 0.0, -2.0], [[1.0, 5.0, 3.0], [5.0, 6.0, 4.0]], 2)
    >>> found.names, (found.values * found.gross).tolist()
    (('0', '2'), [[-2.0, 1.0], [2.0, -1.0]])
    """
    given = table(x)
    held = holdings(weights, given.names)
    kept = np.flatnonzero(held)
    values = matrix(given.values, least=least)[:, kept]
    # the first row goes first, so that a large common level leaves no rounding behind
    moves = values - values[0]
    earned = (moves - moves.mean(axis=0)) * held[kept]
    gross = float(np.sqrt(np.mean(earned**2, axis=0)).sum())
    earned /= gross
    if not np.sqrt(np.mean(earned.sum(axis=1) ** 2)) > _NO_RISK:
        raise NotEstimable("no_risk", gross=gross)
    return Positions(names=tuple(given.names[place] for place in kept), values=earned, gross=gross)
