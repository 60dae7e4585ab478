"""Risk contributions: what each position adds to the volatility of the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from comove.stats.diversification._portfolio import Weights, book
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RiskContributions(Result):
    """The volatility of a portfolio, taken apart over its positions; exact, no interval.

    Parameters
    ----------
    volatility
        Standard deviation of the portfolio, in the unit of the returns.
    names, weights
        The k columns and what is held of them, shape (k,).
    marginal
        Shape (k,): volatility per unit of weight, at the margin.
    contributions
        Shape (k,), in the unit of the returns; they add up to the volatility.  Negative for a
        position that lowers it.
    shares
        Shape (k,), contributions as fractions of the volatility; they add up to one.
    """

    volatility: float
    names: tuple[str, ...]
    weights: Floats
    marginal: Floats
    contributions: Floats
    shares: Floats

    def to_frame(self) -> DataFrame:
        """Return one line per column."""
        columns = ("weights", "marginal", "contributions", "shares")
        return data_frame({name: getattr(self, name) for name in columns}, self.names)


def risk_contributions(weights: Weights, covariance: object) -> RiskContributions:
    r"""Take the volatility of a portfolio apart over its positions.

    Parameters
    ----------
    weights
        Shape (k,) in the order of the columns, or a weight per name; negative for a short
        position.
    covariance
        Shape (k, k): an array or a data frame.  It may be singular.

    Returns
    -------
    RiskContributions
        Contributions that add up to the volatility.

    Raises
    ------
    NotEstimable
        See :func:`diversification_ratio`.

    Notes
    -----
    .. math:: c_i = w_i \frac{(S w)_i}{\sqrt{w' S w}}, \qquad \sum_i c_i = \sqrt{w' S w}

    because volatility is homogeneous of degree one in the weights.  A contribution tells what a
    small change of a position does to the risk; it does not tell what removing it would do.

    References
    ----------
    Litterman, R. (1996). Hot spots and hedges. Journal of Portfolio Management 23, 52-75.

    Examples
    --------
    >>> found = risk_contributions([0.5, 0.5], [[1.0, 0.0], [0.0, 9.0]])
    >>> found.shares.round(9).tolist()
    [0.1, 0.9]
    """
    held = book(weights, covariance)
    marginal: Floats = held.covariance @ held.weights / held.volatility
    contributions: Floats = held.weights * marginal
    return RiskContributions(
        volatility=held.volatility,
        names=held.names,
        weights=held.weights,
        marginal=marginal,
        contributions=contributions,
        shares=contributions / held.volatility,
    )
