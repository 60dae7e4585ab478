"""Forecast error variance decomposition: who moves whom, given a vector autoregression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats

Method = Literal["generalized", "cholesky"]
METHODS: tuple[Method, ...] = ("generalized", "cholesky")


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """How a forecast error variance is shared out.

    Parameters
    ----------
    horizon
        Number H of responses summed: steps 0 to H - 1.
    method
        ``"generalized"`` does not depend on the order of the columns; ``"cholesky"`` does: a
        column is shocked before those to its right.
    normalize
        Divide each row of the generalised table by its sum, which is not one by itself.
    """

    horizon: int
    method: Method = "generalized"
    normalize: bool = True

    def __post_init__(self) -> None:
        """Refuse a horizon below one and an unknown method."""
        if self.horizon != int(self.horizon) or self.horizon < 1:
            raise NotEstimable("horizon", horizon=self.horizon)
        if self.method not in METHODS:
            raise NotEstimable("method", method=self.method)


def moving_average(coefficients: Floats, horizon: int) -> Floats:
    r"""Return the responses of a vector autoregression to a unit forecast error.

    Parameters
    ----------
    coefficients
        Shape (..., p, k, k); entry (l, i, j) is the effect of column j, l + 1 rows ago, on i.
    horizon
        Number H of responses, H >= 1.

    Returns
    -------
    Floats
        Shape (..., H, k, k); the first is the identity.

    Notes
    -----
    .. math:: \Psi_0 = I,\qquad \Psi_h = \sum_{l=1}^{\min(h, p)} A_l \Psi_{h-l}

    Examples
    --------
    >>> moving_average(np.array([[[0.5, 0.0], [1.0, 0.0]]]), 3)[2].tolist()
    [[0.25, 0.0], [0.5, 0.0]]
    """
    lags, width = coefficients.shape[-3], coefficients.shape[-1]
    responses = np.zeros((*coefficients.shape[:-3], horizon, width, width))
    responses[..., 0, :, :] = np.eye(width)
    for step in range(1, horizon):
        for lag in range(min(step, lags)):
            responses[..., step, :, :] += (
                coefficients[..., lag, :, :] @ responses[..., step - lag - 1, :, :]
            )
    return responses


def decompose(coefficients: Floats, sigma: Floats, how: Decomposition) -> Floats:
    r"""Share the forecast error variance of each column among the shocks to all columns.

    Parameters
    ----------
    coefficients
        Shape (..., p, k, k), see :func:`moving_average`.
    sigma
        Shape (..., k, k), covariance of the forecast errors one step ahead; any scale.
    how
        Horizon, method and normalisation.

    Returns
    -------
    Floats
        Shape (..., k, k), fractions: row i receives, column j sends.

    Raises
    ------
    NotEstimable
        ``collinear`` when the Cholesky factor of the covariance does not exist.

    Notes
    -----
    .. math::
        \theta_{ij} = \frac{\sum_{h<H} (\Psi_h \Sigma)_{ij}^2 / \sigma_{jj}}
        {\sum_{h<H} (\Psi_h \Sigma \Psi_h')_{ii}}, \qquad
        \theta^{chol}_{ij} = \frac{\sum_{h<H} (\Psi_h P)_{ij}^2}
        {\sum_{h<H} (\Psi_h \Sigma \Psi_h')_{ii}}, \quad P P' = \Sigma

    References
    ----------
    Pesaran, M. H. and Shin, Y. (1998). Generalized impulse response analysis in linear
    multivariate models. Economics Letters 58, 17-29.

    Examples
    --------
    >>> still = np.zeros((1, 2, 2))
    >>> decompose(still, np.array([[1.0, 0.5], [0.5, 1.0]]), Decomposition(horizon=10)).tolist()
    [[0.8, 0.2], [0.2, 0.8]]
    """
    responses = moving_average(coefficients, how.horizon)
    table: Floats = contributions(responses, sigma, how).sum(axis=-3)
    return table


def contributions(
    responses: Floats | NDArray[np.complex128], sigma: Floats, how: Decomposition
) -> Floats:
    """Return what each response adds to the table.

    Parameters
    ----------
    responses
        Shape (..., H, k, k): one matrix per step, or per frequency (then complex).
    sigma
        Shape (..., k, k), covariance of the forecast errors.
    how
        Method and normalisation; the horizon is that of the responses.

    Returns
    -------
    Floats
        Shape (..., H, k, k); the sum over the third axis from the right is the table.

    Raises
    ------
    NotEstimable
        ``collinear`` when the Cholesky factor of the covariance does not exist.

    Examples
    --------
    >>> parts = contributions(
    ...     np.array([np.eye(2), 0.5 * np.eye(2)]), np.eye(2), Decomposition(horizon=2)
    ... )
    >>> parts[:, 0, 0].tolist()
    [0.8, 0.2]
    """
    sigma = sigma[..., None, :, :]
    if how.method == "cholesky":
        squares = _squares(responses @ _cholesky(sigma))
        return _over(squares, squares.sum(axis=(-3, -1), keepdims=True))
    shocked = responses @ sigma
    squares = _over(_squares(shocked), np.diagonal(sigma, axis1=-2, axis2=-1)[..., None, :])
    if how.normalize:
        return _over(squares, squares.sum(axis=(-3, -1), keepdims=True))
    variance = (shocked * responses.conj()).real.sum(axis=(-3, -1), keepdims=True)
    return _over(squares, variance)


def _over(top: Floats, bottom: Floats) -> Floats:
    ratio: Floats = top / bottom
    return ratio


def _squares(values: Floats | NDArray[np.complex128]) -> Floats:
    squared: Floats = (values * values.conj()).real
    return squared


def _cholesky(sigma: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.cholesky(sigma), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise NotEstimable("collinear") from None


def spectral_radius(coefficients: Floats) -> Floats:
    """Return the largest modulus among the roots of a vector autoregression.

    Parameters
    ----------
    coefficients
        Shape (..., p, k, k), see :func:`moving_average`.

    Returns
    -------
    Floats
        Shape (...); responses die out below 1.

    Examples
    --------
    >>> float(spectral_radius(np.array([[[0.5, 0.0], [0.0, -0.9]]])))
    0.9
    """
    lags, width = coefficients.shape[-3], coefficients.shape[-1]
    companion = np.zeros((*coefficients.shape[:-3], lags * width, lags * width))
    for lag in range(lags):
        companion[..., :width, lag * width : (lag + 1) * width] = coefficients[..., lag, :, :]
    companion[..., width:, :-width] = np.eye((lags - 1) * width)
    return np.asarray(np.abs(np.linalg.eigvals(companion)).max(axis=-1), dtype=np.float64)
