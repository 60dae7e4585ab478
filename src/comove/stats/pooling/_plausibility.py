"""Plausibility of a shock: how often a move at least as unusual comes up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats._covariance import PerColumn, correlations, covariance_matrix, in_order
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

# smallest eigenvalue of the correlations over the largest, below which columns count as dependent
_DEPENDENT = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Belief:
    """Mean and covariance with names.

    Parameters
    ----------
    names
        The k columns.
    mean
        Shape (k,).
    covariance
        Shape (k, k), symmetric, positive semi-definite.
    """

    names: tuple[str, ...]
    mean: Floats
    covariance: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Shock:
    """A shock to some of the columns.

    Parameters
    ----------
    places
        Shape (p,), the columns shocked.
    move
        Shape (p,), shock less mean.
    inverse
        Shape (p, p), of the covariance of those columns.
    """

    places: NDArray[np.int64]
    move: Floats
    inverse: Floats

    @property
    def solved(self) -> Floats:
        """Inverse covariance times the move, shape (p,)."""
        product: Floats = self.inverse @ self.move
        return product

    @property
    def distance(self) -> float:
        """Squared Mahalanobis distance of the shock from the mean."""
        return float(self.move @ self.solved)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Plausibility(Result):
    """How unusual a shock is under a distribution; exact, no interval.

    Parameters
    ----------
    distance
        Squared Mahalanobis distance from the mean, in the covariance given.
    pvalue
        Probability of a move at least as far out.
    law
        The distribution the probability comes from.
    names
        The p columns shocked.
    deviations
        Shape (p,): each shock by itself, in standard deviations from its mean.
    contributions
        Shape (p,): they add up to the distance.  A negative one belongs to a shock that makes the
        others more plausible.
    """

    distance: float
    pvalue: float
    law: str
    names: tuple[str, ...]
    deviations: Floats
    contributions: Floats

    def to_frame(self) -> DataFrame:
        """Return one line per column shocked."""
        columns = {"deviations": self.deviations, "contributions": self.contributions}
        return data_frame(columns, self.names)


def plausibility(
    shock: Mapping[str, float],
    mean: PerColumn,
    covariance: object,
    df: float = math.inf,
    nobs: int | None = None,
) -> Plausibility:
    r"""Say how often a move at least as unusual as a shock comes up.

    Parameters
    ----------
    shock
        A value per column shocked: a mapping or a series; the columns of an array are "0", "1", ...
    mean
        Shape (k,), or a value per column.
    covariance
        Shape (k, k): an array or a data frame.  Over the horizon of the shock.
    df
        Degrees of freedom of a Student t with this covariance, above 2; normal when infinite
        (default).
    nobs
        Rows that mean and covariance (divisor rows less one) were estimated from; known when None.
        For the normal law only.

    Returns
    -------
    Plausibility
        Distance, probability, and what each shock adds to the distance.

    Raises
    ------
    NotEstimable
        ``names`` (a shock to a column that is not there, or none), ``shape``, ``not_finite``,
        ``not_symmetric``, ``not_positive``, ``constant``, ``collinear`` (shocked columns that
        follow from each other), ``option`` (df not above 2, or df and nobs together),
        ``too_short`` (nobs not above the number of shocks).

    Notes
    -----
    With ``d2 = (s - m)' inv(S) (s - m)`` over the p columns shocked,

    * normal, known: d2 is chi-squared with p degrees of freedom;
    * normal, estimated from n rows: ``d2 n (n - p) / ((n^2 - 1) p)`` is F with (p, n - p), which
      matters when p is not small against n;
    * Student t: ``d2 df / ((df - 2) p)`` is F with (p, df).

    A shock can be ordinary column by column and still be next to impossible as a whole, when it
    breaks a correlation.  A linear conditional forecast says nothing about that: it is the same
    line at any distance.  Daily returns are far from normal in the tails, so that for large shocks
    the normal probability is too small; give ``df``.

    References
    ----------
    Mahalanobis, P. C. (1936). On the generalised distance in statistics. Proceedings of the
    National Institute of Sciences of India 2, 49-55.

    Hotelling, H. (1931). The generalization of Student's ratio. Annals of Mathematical Statistics
    2(3), 360-378.

    Examples
    --------
    >>> same = plausibility({"0": 2.0, "1": 2.0}, [0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]])
    >>> opposite = plausibility({"0": 2.0, "1": -2.0}, [0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]])
    >>> round(same.pvalue, 3), round(opposite.distance, 6)
    (0.108, 40.0)
    """
    given = belief(mean, covariance)
    struck = shocked(shock, given)
    size, distance = struck.places.size, struck.distance
    pvalue, law = _probability(distance, size, _checked_df(df), nobs)
    deviations = np.sqrt(np.diag(given.covariance))[struck.places]
    return Plausibility(
        distance=distance,
        pvalue=pvalue,
        law=law,
        names=tuple(given.names[place] for place in struck.places),
        deviations=struck.move / deviations,
        contributions=struck.move * struck.solved,
    )


def belief(mean: PerColumn, covariance: object) -> Belief:
    """Check a mean against its covariance.

    Parameters
    ----------
    mean
        Shape (k,), or a value per column.
    covariance
        Shape (k, k): an array or a data frame.

    Returns
    -------
    Belief
        With the names of the covariance.

    Raises
    ------
    NotEstimable
        As :func:`comove.stats._covariance.covariance_matrix`; ``names``, ``shape`` or
        ``not_finite`` for the mean.

    Examples
    --------
    >>> belief({"1": 2.0, "0": 1.0}, [[1.0, 0.5], [0.5, 1.0]]).mean.tolist()
    [1.0, 2.0]
    """
    names, values = covariance_matrix(covariance)
    return Belief(names=names, mean=in_order(mean, names), covariance=values)


def shocked(shock: Mapping[str, float], given: Belief) -> Shock:
    """Place a shock among the columns.

    Parameters
    ----------
    shock
        A value per column shocked.
    given
        Mean and covariance.

    Returns
    -------
    Shock
        In the order of the columns.

    Raises
    ------
    NotEstimable
        ``names``, ``not_finite`` or ``collinear``.

    Examples
    --------
    >>> shocked({"1": 3.0}, belief([0.0, 1.0], [[1.0, 0.0], [0.0, 4.0]])).distance
    1.0
    """
    labelled = {str(name): float(value) for name, value in shock.items()}
    if not labelled or not set(labelled) <= set(given.names):
        raise NotEstimable("names", shock=", ".join(labelled), columns=", ".join(given.names))
    if not all(math.isfinite(value) for value in labelled.values()):
        raise NotEstimable("not_finite")
    places = np.array([at for at, name in enumerate(given.names) if name in labelled])
    move = np.array([labelled[given.names[place]] - given.mean[place] for place in places])
    block = given.covariance[np.ix_(places, places)]
    scale = np.sqrt(np.diag(block))
    standard = correlations(block)
    roots = np.linalg.eigvalsh(standard)
    if roots[0] <= _DEPENDENT * roots[-1]:
        raise NotEstimable("collinear", shocks=places.size)
    inverse = np.linalg.inv(standard) / np.outer(scale, scale)
    return Shock(places=places, move=move, inverse=np.asarray(inverse, dtype=np.float64))


def tail_probability(distance: float, size: int, df: float) -> float:
    """Probability of a squared distance at least as large, covariance known.

    Parameters
    ----------
    distance
        In units of the covariance.
    size
        Number of columns.
    df
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> round(tail_probability(3.841458820694124, 1, math.inf), 9)
    0.05
    """
    from scipy.special import chdtrc, fdtrc

    if math.isinf(df):
        return float(chdtrc(size, distance))
    return float(fdtrc(size, df, distance * df / ((df - 2.0) * size)))


def _checked_df(df: float) -> float:
    if not df > 2.0:
        raise NotEstimable("option", df=df)
    return df


def _probability(distance: float, size: int, df: float, nobs: int | None) -> tuple[float, str]:
    """Tail probability and the name of its law."""
    if nobs is None:
        law = f"chi2({size})" if math.isinf(df) else f"F({size}, {df:g})"
        return tail_probability(distance, size, df), law
    if not math.isinf(df):
        raise NotEstimable("option", df=df, nobs=nobs)
    if nobs <= size:
        raise NotEstimable("too_short", nobs=nobs, least=size + 1)
    from scipy.special import fdtrc

    scaled = distance * nobs * (nobs - size) / ((nobs**2 - 1.0) * size)
    return float(fdtrc(size, nobs - size, scaled)), f"F({size}, {nobs - size})"
