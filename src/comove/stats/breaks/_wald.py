"""A robust F statistic for coefficients that differ between segments."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.regression import long_run_covariance, newey_west_lags
from comove.stats.sample import Floats

_LEAST = 0.1  # share of a long-run variance that has to be left in residuals


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentFit:
    """Least squares in each segment of a sample.

    Attributes
    ----------
    edges
        Where segments begin, and T.
    coef
        Shape (m + 1, q).
    cov
        Shape (m + 1, q, q), robust covariance of each segment's coefficients, uncorrected.
    long_run
        Shape (q, q), long-run variance of regressors times residuals over the whole sample, as it
        is found in them.
    lags
        Bartlett truncation lag.
    residuals
        Shape (T,).
    """

    edges: tuple[int, ...]
    coef: Floats
    cov: Floats
    long_run: Floats
    residuals: Floats
    lags: int

    def left(self, fitted: float) -> float:
        """Share of a long-run variance left in residuals after ``fitted`` coefficients.

        Raises
        ------
        NotEstimable
            ``lags`` when next to nothing is left.
        """
        share = 1.0 - fitted * (self.lags + 1.0) / len(self.residuals)
        if share < _LEAST:
            raise NotEstimable("lags", lags=self.lags, nobs=len(self.residuals))
        return share

    @property
    def covariance(self) -> Floats:
        """Covariance of each segment's coefficients, (m + 1, q, q), what fitting took put back."""
        return self.cov / self.left(self.coef.size)


def fit_segments(
    y: Floats, x: Floats, breaks: tuple[int, ...], lags: int | None = None
) -> SegmentFit:
    """Fit each segment, errors robust to autocorrelation and changing variance.

    Parameters
    ----------
    y
        Shape (T,).
    x
        Shape (T, q).
    breaks
        First rows of the later segments.
    lags
        Bartlett truncation lag; the default rule on T when None.

    Returns
    -------
    SegmentFit
        The long-run variance is taken over all segments together: breaks are of the coefficients,
        and a short segment could not tell its own.

    Raises
    ------
    NotEstimable
        ``collinear`` when a segment's regressors are, ``lags``.
    """
    nobs, width = x.shape
    edges = (0, *breaks, nobs)
    count = len(breaks) + 1
    coef, inverse = np.empty((count, width)), np.empty((count, width, width))
    residuals = np.empty(nobs)
    for segment, (start, stop) in enumerate(pairwise(edges)):
        rows = slice(start, stop)
        gram = x[rows].T @ x[rows]
        try:
            inverse[segment] = np.linalg.inv(gram)
        except np.linalg.LinAlgError:
            raise NotEstimable("collinear", start=start, stop=stop) from None
        coef[segment] = inverse[segment] @ (x[rows].T @ y[rows])
        residuals[rows] = y[rows] - x[rows] @ coef[segment]
    used = newey_west_lags(nobs) if lags is None else lags
    long_run = long_run_covariance(x * residuals[:, None], used)
    rows_in = np.diff(edges)
    cov = np.einsum("sij,jk,skl->sil", inverse, long_run, inverse) * rows_in[:, None, None]
    return SegmentFit(
        edges=edges, coef=coef, cov=cov, long_run=long_run, residuals=residuals, lags=used
    )


def f_statistic(fit: SegmentFit, typical: float) -> float:
    """Return the robust F statistic of equal coefficients in neighbouring segments.

    Parameters
    ----------
    fit
        With m breaks and q coefficients a segment.
    typical
        F that the search for the best places brings when there is no break.

    Returns
    -------
    float
        d' (R V R')^-1 d / (m q), d the m q differences of neighbouring coefficients, times the
        share of the long-run variance that fitting and searching left; 0 without a break.
    """
    count, width = fit.coef.shape
    differences = np.diff(fit.coef, axis=0).ravel()
    size = len(differences)
    if not size:
        return 0.0
    cov = np.zeros((size, size))
    for m in range(count - 1):
        here = slice(m * width, (m + 1) * width)
        cov[here, here] = fit.cov[m] + fit.cov[m + 1]
        if m:
            before = slice((m - 1) * width, m * width)
            cov[here, before] = cov[before, here] = -fit.cov[m]
    try:
        raw = float(differences @ np.linalg.solve(cov, differences)) / size
    except np.linalg.LinAlgError:
        raise NotEstimable("constant") from None
    return raw * fit.left(width + size * typical)
