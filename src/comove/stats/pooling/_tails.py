"""How heavy the tails of a multivariate sample are, as degrees of freedom of a Student law."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.frames import data_frame, table
from comove.stats.result import Result
from comove.stats.sample import matrix

if TYPE_CHECKING:
    from pandas import DataFrame

LIGHTEST = 100.0
"""Degrees of freedom above which a law is called normal."""
HEAVIEST = 4.5
"""Fewest degrees of freedom: below 4 the kurtosis does not exist."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tails(Result):
    """Kurtosis of a multivariate sample and the Student law that has it; a moment, no interval.

    Parameters
    ----------
    df
        Degrees of freedom; infinite where the tails are those of a normal law or lighter.
    kurtosis
        Mardia's kurtosis over that of a normal law: 1 for a normal, above 1 for heavier tails.
    nobs
        Rows.
    """

    df: float
    kurtosis: float
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line."""
        return data_frame({"df": [self.df], "kurtosis": [self.kurtosis], "nobs": [self.nobs]})


def student_tails(x: object) -> Tails:
    r"""Match a Student law to the kurtosis of a multivariate sample.

    Parameters
    ----------
    x
        Shape (T, k), T > 10 k: an array or a data frame, any units.  No NaN.

    Returns
    -------
    Tails
        Degrees of freedom at least 4.5; infinite from 100 on.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` or ``collinear``.

    Notes
    -----
    Mardia's kurtosis is the mean of the squared Mahalanobis distances, squared:
    :math:`b = \frac1T \sum_t d_t^4`, which is k (k + 2) under a normal law and, for a Student law,

    .. math:: \frac{E\,b}{k (k + 2)} = \frac{\nu - 2}{\nu - 4}.

    The sample moment is too small in small samples of heavy tails: the law found is, if anything,
    too light.  Rows that overlap in time are allowed; they make the moment noisier.

    References
    ----------
    Mardia, K. V. (1970). Measures of multivariate skewness and kurtosis with applications.
    Biometrika 57(3), 519-530.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((4000, 2)) / np.sqrt(rng.chisquare(8.0, (4000, 1)) / 8.0)
    >>> 6.0 < student_tails(x).df < 11.0
    True
    """
    values = matrix(table(x).values, least=2)
    nobs, width = values.shape
    if nobs <= 10 * width:
        raise NotEstimable("too_short", nobs=nobs, least=10 * width + 1)
    centred = values - values.mean(axis=0)
    scaled = centred / centred.std(axis=0)
    left, roots, _ = np.linalg.svd(scaled, full_matrices=False)
    if roots[-1] <= 1e-7 * roots[0]:
        raise NotEstimable("collinear", columns=width)
    distances = nobs * (left**2).sum(axis=1)
    kurtosis = float((distances**2).mean()) / (width * (width + 2.0))
    df = math.inf
    if kurtosis > 1.0:
        df = max((4.0 * kurtosis - 2.0) / (kurtosis - 1.0), HEAVIEST)
    return Tails(df=df if df < LIGHTEST else math.inf, kurtosis=kurtosis, nobs=nobs)
