"""Least squares with standard errors that survive autocorrelation and changing variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix, vector

LARGEST_CONDITION = 1e8
"""Condition number of the scaled design above which coefficients are refused."""


@dataclass(frozen=True, kw_only=True)
class Regression:
    """A fitted linear regression with Newey-West standard errors.

    Attributes
    ----------
    coef, se, low, high, pvalue
        Shape (m,): intercept first when there is one, then the columns of ``x`` in order. The
        interval and the two-sided p-value are normal.
    cov
        Shape (m, m), covariance of ``coef``.
    residuals
        Shape (T,), in the unit of ``y``.
    r2
        Centred when there is an intercept, uncentred otherwise.
    condition
        Condition number of the design after centring and scaling its columns to length one.
    level, nobs, lags
        Coverage of the interval, T, and the Bartlett truncation lag used.
    """

    coef: Floats
    se: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    cov: Floats
    residuals: Floats
    r2: float
    condition: float
    level: float
    nobs: int
    lags: int


def critical_value(level: float) -> float:
    """Return the two-sided normal critical value of a coverage level.

    Parameters
    ----------
    level
        Coverage, strictly between 0 and 1.

    Returns
    -------
    float
        z such that a standard normal lies in [-z, z] with probability ``level``.

    Raises
    ------
    NotEstimable
        ``level`` when it is not inside (0, 1).

    Notes
    -----
    z = Phi^-1((1 + level) / 2).

    Examples
    --------
    >>> round(critical_value(0.95), 4)
    1.96
    """
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    return NormalDist().inv_cdf(0.5 + level / 2)


def normal_pvalue(value: ArrayLike, se: ArrayLike) -> Floats:
    """Return two-sided normal p-values of ``value / se``.

    Parameters
    ----------
    value, se
        Shape (m,). NaN gives NaN. A zero ``se`` gives 0 for a non-zero value and 1 for zero.

    Returns
    -------
    Floats
        Shape (m,), each in [0, 1].

    Notes
    -----
    p = erfc(abs(value / se) / sqrt 2).

    Examples
    --------
    >>> normal_pvalue([1.96, 0.0], [1.0, 1.0]).round(3).tolist()
    [0.05, 1.0]
    """
    top, bottom = np.broadcast_arrays(np.atleast_1d(value), np.atleast_1d(se))
    ratios = np.where(top == 0.0, 0.0, math.inf).astype(np.float64)
    np.divide(np.abs(top), bottom, out=ratios, where=bottom != 0.0)
    return np.array([math.erfc(ratio / math.sqrt(2)) for ratio in ratios.tolist()])


def newey_west_lags(nobs: int) -> int:
    """Return the default Bartlett truncation lag of a sample.

    Parameters
    ----------
    nobs
        T >= 1.

    Returns
    -------
    int
        At least 0, at most T - 1.

    Notes
    -----
    L = floor(4 (T / 100)^(2/9)).

    References
    ----------
    Newey and West (1994), "Automatic lag selection in covariance matrix estimation".

    Examples
    --------
    >>> newey_west_lags(100), newey_west_lags(756)
    (4, 6)
    """
    return min(math.floor(4.0 * math.pow(nobs / 100.0, 2.0 / 9.0)), nobs - 1)


def long_run_covariance(scores: Floats, lags: int) -> Floats:
    """Return the Bartlett-weighted long-run covariance of a score.

    Parameters
    ----------
    scores
        Shape (T, m), finite; they are not centred here, so pass scores whose mean is zero.
    lags
        Truncation lag, 0 <= lags < T.

    Returns
    -------
    Floats
        Shape (m, m), symmetric, positive semi-definite.

    Raises
    ------
    NotEstimable
        ``lags`` when negative, ``too_short`` when ``lags`` reaches T.

    Notes
    -----
    S = G_0 + sum_{l=1..L} (1 - l/(L+1)) (G_l + G_l'), with G_l = T^-1 sum_t h_t h_{t-l}'.

    References
    ----------
    Newey and West (1987), "A simple, positive semi-definite, heteroskedasticity and
    autocorrelation consistent covariance matrix".

    Examples
    --------
    >>> float(long_run_covariance(np.array([[1.0], [-1.0], [1.0], [-1.0]]), 1)[0, 0])
    0.25
    """
    nobs = scores.shape[0]
    if lags < 0:
        raise NotEstimable("lags", lags=lags)
    if lags >= nobs:
        raise NotEstimable("too_short", nobs=nobs, least=lags + 1)
    total: Floats = scores.T @ scores
    for lag in range(1, lags + 1):
        crossed = scores[lag:].T @ scores[:-lag]
        total += (1.0 - lag / (lags + 1.0)) * (crossed + crossed.T)
    total /= nobs
    return total


def ols_hac(
    y: ArrayLike,
    x: ArrayLike,
    lags: int | None = None,
    *,
    intercept: bool = True,
    level: float = 0.95,
) -> Regression:
    """Regress ``y`` on the columns of ``x`` with Newey-West standard errors.

    Parameters
    ----------
    y
        Shape (T,). No NaN, not constant.
    x
        Shape (T, p). No NaN.
    lags
        Bartlett truncation lag; the default rule of `newey_west_lags` when None.
    intercept
        Put a constant before the columns of ``x``.
    level
        Coverage of the normal intervals.

    Returns
    -------
    Regression
        Arrays of length m = p + 1 (m = p without intercept), read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (T <= m), ``not_finite``, ``constant`` (y), ``collinear`` with the
        condition number, ``level`` or ``lags`` (out of range).

    Notes
    -----
    b = (X'X)^-1 X'y; cov(b) = T (X'X)^-1 S (X'X)^-1 with S the Bartlett long-run covariance of
    x_t e_t. No T/(T-m) small-sample factor is applied: it is the consistent estimator of the
    paper, and the correction rescales every error alike by a hair at the sample sizes used here.
    Columns are centred and scaled before a singular value decomposition, so a large mean or a
    small unit costs no digits.

    References
    ----------
    Newey and West (1987), "A simple, positive semi-definite, heteroskedasticity and
    autocorrelation consistent covariance matrix".

    Examples
    --------
    >>> fit = ols_hac([1.0, 2.9, 5.1, 7.0, 9.0], [[0.0], [1.0], [2.0], [3.0], [4.0]])
    >>> fit.coef.round(2).tolist(), fit.lags
    ([0.98, 2.01], 2)
    """
    critical = critical_value(level)
    target = vector(y, least=2)
    columns = matrix(x, varies=False)
    nobs = target.shape[0]
    size = columns.shape[1] + int(intercept)
    if columns.shape[0] != nobs or size == 0:
        raise NotEstimable("shape", got=columns.shape, nobs=nobs)
    if nobs <= size:
        raise NotEstimable("too_short", nobs=nobs, least=size + 1)
    basis, back, condition = _decompose(columns, intercept)
    centred = target - target.mean() if intercept else target
    along = basis.T @ centred
    residuals = centred - basis @ along
    used = newey_west_lags(nobs) if lags is None else lags
    meat = nobs * long_run_covariance(basis * residuals[:, None], used)
    coef = back @ along
    if intercept:
        coef[0] += target.mean()
    cov = back @ meat @ back.T
    se = np.sqrt(np.diag(cov))
    arrays = (coef, se, coef - critical * se, coef + critical * se, normal_pvalue(coef, se))
    for array in (*arrays, cov, residuals):
        array.setflags(write=False)
    return Regression(
        coef=coef,
        se=se,
        low=arrays[2],
        high=arrays[3],
        pvalue=arrays[4],
        cov=cov,
        residuals=residuals,
        r2=1.0 - float(residuals @ residuals) / float(centred @ centred),
        condition=condition,
        level=level,
        nobs=nobs,
        lags=used,
    )


def _decompose(columns: Floats, intercept: bool) -> tuple[Floats, Floats, float]:
    """Orthonormal basis (T, m), map (m, m) from basis to coefficients, condition number."""
    means = columns.mean(axis=0) if intercept else np.zeros(columns.shape[1])
    centred = columns - means
    scales = np.sqrt(np.einsum("ij,ij->j", centred, centred))
    if (scales == 0.0).any():
        raise NotEstimable("collinear", condition=math.inf)
    design = centred / scales
    if intercept:
        # What rounding leaves of a constant column is parallel to this one, and refused below.
        design = np.column_stack([np.full(len(design), 1.0 / math.sqrt(len(design))), design])
    left, singular, right = np.linalg.svd(design, full_matrices=False)
    condition = float(singular[0] / singular[-1]) if singular[-1] > 0.0 else math.inf
    if condition > LARGEST_CONDITION:
        raise NotEstimable("collinear", condition=condition)
    back = right.T / singular
    if intercept:
        slopes = back[1:] / scales[:, None]
        constant = back[0] / math.sqrt(len(design)) - means @ slopes
        return left, np.vstack([constant, slopes]), condition
    return left, back / scales[:, None], condition
