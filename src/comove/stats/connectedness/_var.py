"""Vector autoregression by ordinary least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

# share of a column's variance below which it counts as explained by the others
_COLLINEAR = 1e-13


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorAutoregression:
    """Coefficients and forecast errors of a vector autoregression with constant.

    Parameters
    ----------
    constant
        Shape (k,), unit of the data.
    coefficients
        Shape (p, k, k); entry (l, i, j) is the effect of column j, l + 1 rows ago, on column i.
    residuals
        Shape (T - p, k), unit of the data.
    """

    constant: Floats
    coefficients: Floats
    residuals: Floats

    @property
    def sigma(self) -> Floats:
        """Covariance of the residuals, shape (k, k), divided by T - p."""
        sigma: Floats = self.residuals.T @ self.residuals / self.residuals.shape[0]
        return sigma


def least_rows(columns: int, lags: int) -> int:
    """Return the fewest rows that identify a vector autoregression.

    Parameters
    ----------
    columns, lags
        Numbers k and p.

    Returns
    -------
    int
        p + (k p + 1) + k: the covariance of the residuals needs k rows more than regressors.

    Raises
    ------
    NotEstimable
        ``shape`` for fewer than two columns, ``lags`` for fewer than one lag.

    Examples
    --------
    >>> least_rows(4, 2)
    15
    """
    if columns < 2:
        raise NotEstimable("shape", columns=columns, least=2)
    if lags != int(lags) or lags < 1:
        raise NotEstimable("lags", lags=lags)
    return lags + columns * lags + 1 + columns


def lagged(values: Floats, lags: int) -> Floats:
    """Lay the lags of each row beside each other.

    Parameters
    ----------
    values
        Shape (..., T, k).
    lags
        Number p of lags.

    Returns
    -------
    Floats
        Shape (..., T - p, p k): first all columns one row ago, then two rows ago, ....

    Examples
    --------
    >>> lagged(np.array([[1.0], [2.0], [3.0], [4.0]]), 2).tolist()
    [[2.0, 1.0], [3.0, 2.0]]
    """
    nobs = values.shape[-2]
    shifted = [values[..., lags - lag : nobs - lag, :] for lag in range(1, lags + 1)]
    return np.concatenate(shifted, axis=-1)


def fit(values: Floats, lags: int) -> VectorAutoregression:
    r"""Estimate a vector autoregression with constant, equation by equation.

    Parameters
    ----------
    values
        Shape (T, k), finite, no column constant.
    lags
        Number p of lags.

    Returns
    -------
    VectorAutoregression
        Constant, coefficients and residuals.

    Raises
    ------
    NotEstimable
        ``shape``, ``lags``, ``too_short``, ``constant`` (a column that moves only in the rows lost
        to lags), ``collinear`` (a regressor explained by the others, or a column without
        forecast error).

    Notes
    -----
    Normal equations of centred and scaled columns, refined once: neither a large mean nor a
    difference in units costs digits.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((5000, 2))
    >>> x[1:, 1] += 0.5 * x[:-1, 0]
    >>> fit(x, 1).coefficients[0].round(1).tolist()
    [[0.0, 0.0], [0.5, 0.0]]
    """
    nobs, width = values.shape
    least = least_rows(width, lags)
    if nobs < least:
        raise NotEstimable("too_short", nobs=nobs, least=least)
    mean, scale = values.mean(axis=0), values.std(axis=0)
    units = (values - mean) / scale
    regressors, target = lagged(units, lags), units[lags:]
    if (np.ptp(regressors, axis=0) == 0.0).any() or (np.ptp(target, axis=0) == 0.0).any():
        raise NotEstimable("constant")
    left, right = regressors.mean(axis=0), target.mean(axis=0)
    slopes, errors = _least_squares(regressors - left, target - right)
    coefficients = slopes.reshape(lags, width, width).transpose(0, 2, 1)
    coefficients = coefficients * (scale[:, None] / scale[None, :])
    offset = (right - left @ slopes) * scale
    return VectorAutoregression(
        constant=mean + offset - coefficients.sum(axis=0) @ mean,
        coefficients=coefficients,
        residuals=errors * scale,
    )


def _least_squares(regressors: Floats, target: Floats) -> tuple[Floats, Floats]:
    """Slopes and residuals of centred targets on centred regressors, refused when collinear."""
    products = regressors.T @ regressors
    try:
        left_over = np.square(np.diagonal(np.linalg.cholesky(products)))
    except np.linalg.LinAlgError:
        raise NotEstimable("collinear") from None
    if (left_over <= _COLLINEAR * np.diagonal(products)).any():
        raise NotEstimable("collinear")
    slopes = np.linalg.solve(products, regressors.T @ target)
    # once more on the residuals: gives back the digits that squaring the regressors costs
    slopes += np.linalg.solve(products, regressors.T @ (target - regressors @ slopes))
    errors = target - regressors @ slopes
    if (np.square(errors).sum(axis=0) <= _COLLINEAR * np.square(target).sum(axis=0)).any():
        raise NotEstimable("collinear")
    return np.asarray(slopes, dtype=np.float64), errors


def fit_many(samples: Floats, lags: int) -> tuple[Floats, Floats]:
    """Estimate a vector autoregression on each of many simulated samples.

    Parameters
    ----------
    samples
        Shape (R, T, k): of mean near zero and of one scale, as simulations are.  For data use
        :func:`fit`.
    lags
        Number p of lags.

    Returns
    -------
    coefficients : Floats
        Shape (R, p, k, k).
    sigma : Floats
        Shape (R, k, k), divided by T - p.

    Notes
    -----
    Normal equations, one batch of products for all samples.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((3, 50, 2))
    >>> bool(np.allclose(fit_many(x, 1)[0][2], fit(x[2], 1).coefficients))
    True
    """
    width = samples.shape[-1]
    regressors, target = lagged(samples, lags), samples[:, lags:]
    regressors = regressors - regressors.mean(axis=1, keepdims=True)
    target = target - target.mean(axis=1, keepdims=True)
    across = regressors.transpose(0, 2, 1)
    slopes = np.linalg.solve(across @ regressors, across @ target)
    errors = target - regressors @ slopes
    sigma: Floats = errors.transpose(0, 2, 1) @ errors / errors.shape[1]
    shaped = slopes.reshape(-1, lags, width, width).transpose(0, 1, 3, 2)
    return shaped, sigma
