"""Betas over a moving window: the plain twin of the filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix

# Smallest eigenvalue of a window's correlation matrix taken as regular: condition number 10^4.
_SINGULAR = 1e-8
# windows solved at a time: bounds the scratch memory to a few megabytes
_BATCH = 128


def rolling_ols(y: ArrayLike, x: ArrayLike, window: int = 252, every: int = 1) -> Floats:
    r"""Regress the returns on the drivers over every run of rows, with an intercept.

    Parameters
    ----------
    y
        Shape (T, k), returns; any unit.  No NaN.
    x
        Shape (T, p), drivers; any unit.  No NaN.
    window
        Rows of a regression, at least ``p + 2`` and at most T.
    every
        Estimate every so many rows, counted back from the last, which always has an estimate.

    Returns
    -------
    Floats
        Shape (T, k, p + 1), intercept first.  Line t comes from rows t - window + 1 .. t.  NaN in
        the first window - 1 lines, in lines skipped by ``every``, and where the drivers of a
        window are constant or collinear (condition number above 10^4).

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``collinear`` when no window can
        be estimated.

    Notes
    -----
    :math:`b = S_{xx}^{-1} S_{xy}`, :math:`a = \bar y - b' \bar x` from the products of deviations
    within the window.  Each window is summed by itself: running sums would be faster and lose
    digits where a calm window follows a wild history.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((300, 1))
    >>> coef = rolling_ols(1.0 + 2.0 * x, x, window=50)
    >>> bool(np.isnan(coef[48]).all()), coef[299, 0].round(9).tolist()
    (True, [1.0, 2.0])
    """
    returns, drivers = matrix(y), matrix(x)
    nobs, count = drivers.shape
    if returns.shape[0] != nobs or every < 1:
        raise NotEstimable("shape", returns=returns.shape, drivers=drivers.shape, every=every)
    if not count + 2 <= window <= nobs:
        raise NotEstimable("too_short", nobs=nobs, window=window, least=count + 2)
    columns = np.concatenate([drivers, returns], axis=1)
    ends = np.arange(nobs - 1, window - 2, -every)[::-1]
    coef = np.full((nobs, returns.shape[1], count + 1), np.nan)
    views = np.lib.stride_tricks.sliding_window_view(columns, window, axis=0)
    for first in range(0, ends.size, _BATCH):
        some = ends[first : first + _BATCH]
        mean, betas = _betas(views[some - window + 1], count)
        coef[some, :, 1:] = betas.transpose(0, 2, 1)
        coef[some, :, 0] = mean[:, count:] - (mean[:, :count, None] * betas).sum(axis=1)
    if np.isnan(coef[ends]).all():
        raise NotEstimable("collinear", windows=ends.size)
    return coef


def _betas(blocks: Floats, count: int) -> tuple[Floats, Floats]:
    """Means (N, q) and betas (N, p, k) of windows (N, q, window); NaN where not regular."""
    mean = blocks.mean(axis=2)
    deviation = blocks - mean[:, :, None]
    product = deviation @ deviation.transpose(0, 2, 1)
    spread = np.sqrt(product.diagonal(axis1=1, axis2=2))[:, :count]
    size = spread[:, :, None] * spread[:, None, :]
    varies = (spread > 1e-12 * np.abs(mean[:, :count])).all(axis=1)
    betas = np.full((blocks.shape[0], count, blocks.shape[1] - count), np.nan)
    correlation = product[varies, :count, :count] / size[varies]
    regular = np.flatnonzero(varies)[np.linalg.eigvalsh(correlation)[:, 0] > _SINGULAR]
    left = product[regular, :count, :count] / size[regular]
    right = product[regular, :count, count:] / spread[regular, :, None]
    betas[regular] = np.linalg.solve(left, right) / spread[regular, :, None]
    return mean, betas
