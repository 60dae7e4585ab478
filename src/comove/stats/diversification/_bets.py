"""Effective bets: over how many uncorrelated sources the risk of a portfolio is spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats._covariance import correlations, covariance_matrix
from comove.stats.diversification._portfolio import Book, Weights, book
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

Method = Literal["minimum_torsion", "pca"]

# smallest eigenvalue over the largest, below which columns count as dependent
_DEPENDENT = 1e-12
# two eigenvalues closer than this, relative to the largest, have no directions of their own
_TIED = 1e-9
_SETTLED = 1e-14
_MOST_STEPS = 20_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EffectiveBets(Result):
    """The number of bets, and how the risk is spread over them; exact, no interval.

    Parameters
    ----------
    value
        Between 1 and k.
    method
        How the uncorrelated sources were made.
    names
        The k bets: the columns they stay closest to for minimum torsion, "1", "2", ... from the
        largest component down for PCA.
    shares
        Shape (k,), fractions of the variance from each bet; they add up to one, none is negative.
    exposures
        Shape (k,): how much of each bet the portfolio holds.
    transform
        Shape (k, k): bet i earns row i times the returns; the bets are uncorrelated.
    """

    value: float
    method: str
    names: tuple[str, ...]
    shares: Floats
    exposures: Floats
    transform: Floats

    def to_frame(self) -> DataFrame:
        """Return one line per bet."""
        return data_frame({"exposures": self.exposures, "shares": self.shares}, self.names)


def effective_bets(
    weights: Weights, covariance: object, method: Method = "minimum_torsion"
) -> EffectiveBets:
    r"""Count the uncorrelated bets of a portfolio.  Describes how risk is allocated; no alarm.

    Parameters
    ----------
    weights
        Shape (k,) in the order of the columns, or a weight per name; negative for a short
        position.
    covariance
        Shape (k, k), positive definite: an array or a data frame.
    method
        ``"minimum_torsion"`` (default): the uncorrelated variables that stay closest to the
        columns, so a bet keeps a column's name.  ``"pca"``: principal components of the covariance
        as given; they change with the unit of a column, and their first is usually nearly all.

    Returns
    -------
    EffectiveBets
        The number, and the share of every bet.

    Raises
    ------
    NotEstimable
        See :func:`diversification_ratio`; ``collinear`` for minimum torsion when a column follows
        from the others; ``not_identified`` for PCA when the portfolio holds components of equal
        variance, which have no directions of their own; ``option`` for an unknown method;
        ``no_convergence``.

    Notes
    -----
    With T the matrix that makes the bets,

    .. math:: p_k = \frac{(T'^{-1} w)_k \, (T S w)_k}{w' S w}, \qquad
        N = \exp\Bigl(-\sum_k p_k \log p_k\Bigr).

    **Not a measure of breakdown.**  When correlations rise the number of minimum-torsion bets can
    rise with them.  Four assets with volatilities 16, 18, 38 and 60 %, held in equal weights, with
    correlations between 0.1 and 0.75 have 3.3856 bets and a diversification ratio of 1.3784; raise
    every correlation to 0.8 and the ratio falls to 1.0755, as it should, while the number of bets
    *rises* to 3.8655.  With equal weights, equal volatilities and one common correlation it is n
    whatever that correlation is.  To ask whether diversification still works use
    :func:`breakdown`, :func:`tail_ratio` or the square of :func:`diversification_ratio`.

    References
    ----------
    Meucci, A. (2009). Managing diversification. Risk 22(5), 74-79.

    Meucci, A., Santangelo, A. and Deguest, R. (2015). Risk budgeting and diversification based on
    optimized uncorrelated factors. Risk 28(11), 70-75.

    Examples
    --------
    >>> volatilities = np.array([0.16, 0.18, 0.38, 0.60])
    >>> calm = np.array([
    ...     [1.0, 0.1, 0.2, 0.45], [0.1, 1.0, 0.75, 0.1], [0.2, 0.75, 1.0, 0.25],
    ...     [0.45, 0.1, 0.25, 1.0]])
    >>> together = 0.8 + 0.2 * np.eye(4)
    >>> scale = np.outer(volatilities, volatilities)
    >>> [round(effective_bets(np.full(4, 0.25), scale * each).value, 4)
    ...  for each in (calm, together)]
    [3.3856, 3.8655]
    """
    held = book(weights, covariance)
    if method == "minimum_torsion":
        transform = minimum_torsion(held.covariance)
        exposures = np.asarray(np.linalg.solve(transform.T, held.weights), dtype=np.float64)
        names = held.names
    elif method == "pca":
        transform = _components(held)
        exposures = transform @ held.weights
        names = tuple(str(number + 1) for number in range(len(held.names)))
    else:
        raise NotEstimable("option", method=method)
    variances = np.einsum("ij,jk,ik->i", transform, held.covariance, transform)
    # the bets are uncorrelated, so (T S w)_k is the variance of bet k times its exposure
    risks = exposures**2 * np.maximum(variances, 0.0)
    shares = risks / risks.sum()
    return EffectiveBets(
        value=_spread(shares),
        method=method,
        names=names,
        shares=shares,
        exposures=exposures,
        transform=transform,
    )


def minimum_torsion(covariance: object) -> Floats:
    r"""Return the transform to uncorrelated variables that changes the columns least.

    Parameters
    ----------
    covariance
        Shape (k, k), positive definite: an array or a data frame.

    Returns
    -------
    Floats
        Shape (k, k): row i times the returns is uncorrelated with every other row, and stays as
        close to column i as that allows.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``not_symmetric``, ``not_positive``, ``constant``,
        ``collinear``, or ``no_convergence``.

    Notes
    -----
    In standardised columns with correlation C = c c, c symmetric, the transform is ``D Q inv(c)``
    with Q orthogonal and D diagonal, both chosen to minimise the sum of the tracking variances
    ``|| D Q - c ||^2``.  For a given D the best Q is the orthogonal factor of ``D c``; for a given
    Q the best D is the diagonal of ``Q c``.  The two are taken in turn until D stands still.  With
    D = 1 kept, as an approximation sometimes used, the first example of :func:`effective_bets`
    gives 3.3846 in place of 3.3856.

    References
    ----------
    Meucci, A., Santangelo, A. and Deguest, R. (2015). Risk budgeting and diversification based on
    optimized uncorrelated factors. Risk 28(11), 70-75.

    Examples
    --------
    >>> minimum_torsion([[1.0, 0.6], [0.6, 1.0]]).round(9).tolist()
    [[1.125, -0.375], [-0.375, 1.125]]
    """
    values = covariance_matrix(covariance)[1]
    deviations = np.sqrt(np.diag(values))
    correlation = correlations(values)
    roots, axes = np.linalg.eigh(correlation)
    if roots[0] <= _DEPENDENT * roots[-1]:
        raise NotEstimable("collinear", columns=roots.size)
    root = (axes * np.sqrt(roots)) @ axes.T
    scales, rotation = _closest(root)
    inverse = (axes / np.sqrt(roots)) @ axes.T
    standard = scales[:, None] * (rotation @ inverse)
    torsion: Floats = deviations[:, None] * standard / deviations
    return torsion


def _closest(root: Floats) -> tuple[Floats, Floats]:
    """Scales (k,) and rotation (k, k) whose product is closest to the root of a correlation."""
    scales: Floats = np.ones(root.shape[0])
    for _ in range(_MOST_STEPS):
        left, _, right = np.linalg.svd(scales[:, None] * root)
        rotation: Floats = left @ right
        before, scales = scales, np.einsum("ij,ji->i", rotation, root)
        if np.abs(scales - before).max() <= _SETTLED:
            return scales, rotation
    raise NotEstimable("no_convergence", steps=_MOST_STEPS)


def _components(held: Book) -> Floats:
    """Principal directions, largest first, one a row; each points where the portfolio does."""
    roots, axes = np.linalg.eigh(held.covariance)
    directions = axes.T[::-1]
    variances = roots[::-1]
    loads = directions @ held.weights
    tied = np.diff(variances) >= -_TIED * variances[0]
    in_tie = np.concatenate([tied, [False]]) | np.concatenate([[False], tied])
    risks = loads**2 * np.maximum(variances, 0.0)
    if risks[in_tie].sum() > _TIED * risks.sum():
        raise NotEstimable("not_identified", components=int(in_tie.sum()))
    return np.asarray(directions * np.where(loads < 0.0, -1.0, 1.0)[:, None])


def _spread(shares: Floats) -> float:
    """Exponential of the entropy of shares that add up to one."""
    some = shares[shares > 0.0]
    return float(np.exp(-(some @ np.log(some))))
