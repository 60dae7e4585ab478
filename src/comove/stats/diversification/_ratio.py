"""The diversification ratio: how much risk the positions take off each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from comove.stats.diversification._portfolio import Weights, book
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DiversificationRatio(Result):
    """The diversification ratio of a portfolio under a given covariance; exact, no interval.

    Parameters
    ----------
    value
        At least 1, a pure number.
    gross
        Sum of ``|weight| standard deviation``, in the unit of the returns.
    volatility
        Standard deviation of the portfolio, same unit.
    names, weights
        The k columns and what is held of them, shape (k,).
    """

    headline: ClassVar[tuple[str, ...]] = ("value", "squared")

    value: float
    gross: float
    volatility: float
    names: tuple[str, ...]
    weights: Floats

    @property
    def squared(self) -> float:
        """The ratio squared: roughly the number of independent positions of equal risk."""
        return self.value**2

    def to_frame(self) -> DataFrame:
        """Return one line: ratio, its square, gross risk and volatility."""
        columns = ("value", "squared", "gross", "volatility")
        return data_frame({name: [getattr(self, name)] for name in columns}, ["ratio"])


def diversification_ratio(weights: Weights, covariance: object) -> DiversificationRatio:
    r"""Divide the risk of the positions one by one by the risk of the portfolio.

    Parameters
    ----------
    weights
        Shape (k,) in the order of the columns, or a weight per name; negative for a short
        position.  They need not add up to one: the ratio does not depend on their scale.
    covariance
        Shape (k, k): an array or a data frame.  It may be singular.

    Returns
    -------
    DiversificationRatio
        The ratio and what it is made of.

    Raises
    ------
    NotEstimable
        ``shape``, ``names``, ``not_finite``, ``not_symmetric``, ``not_positive``, ``constant`` (a
        variance of zero), ``positions`` (fewer than two), or ``no_risk`` (they cancel).

    Notes
    -----
    .. math:: DR = \frac{\sum_i |w_i| \sigma_i}{\sqrt{w' S w}} \ge 1

    It is 1 when all positions move as one.  Its square counts bets: n uncorrelated positions of
    equal risk have a square of n, and n of equal risk with one common correlation r have
    ``1 / (1/n + (1 - 1/n) r)``: ten positions at r = 0.4 are 2.17 bets, and however many are added,
    never more than 1 / r.

    Short positions count by their size, so that selling an asset short and holding its mirror
    image give the same ratio.  Long-only portfolios, for which the ratio was proposed, are not
    affected.

    The ratio moves with volatilities too: it can fall because one position came to dominate while
    every correlation stayed where it was.  :func:`breakdown` keeps the two apart.

    References
    ----------
    Choueifaty, Y. and Coignard, Y. (2008). Toward maximum diversification. Journal of Portfolio
    Management 35(1), 40-51.

    Choueifaty, Y., Froidure, T. and Reynier, J. (2013). Properties of the most diversified
    portfolio. Journal of Investment Strategies 2(2), 49-70.

    Examples
    --------
    >>> import numpy as np
    >>> correlated = 0.4 + 0.6 * np.eye(10)
    >>> round(diversification_ratio(np.full(10, 0.1), correlated).squared, 4)
    2.1739
    """
    held = book(weights, covariance)
    return DiversificationRatio(
        value=held.gross / held.volatility,
        gross=held.gross,
        volatility=held.volatility,
        names=held.names,
        weights=held.weights,
    )
