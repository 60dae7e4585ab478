"""Where the filter of a drifting vector autoregression starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.conditioning import spectrum_condition
from comove.stats.connectedness._var import fit, lagged
from comove.stats.sample import Floats

Prior = Literal["minnesota", "bayes", "uninformative"]
PRIORS: tuple[Prior, ...] = ("minnesota", "bayes", "uninformative")

_VAGUE = 4.0
_COLLINEAR = 1e6


@dataclass(frozen=True, kw_only=True, eq=False)
class Start:
    """State and covariances before the first row.

    Parameters
    ----------
    state
        Shape (k, q), q = p k: coefficients of each equation in the order lag, column.
    covariance
        Shape (k q, k q), of the state in the order equation, lag, column; exactly symmetric.
    sigma
        Shape (k, k), of the errors.
    """

    state: Floats
    covariance: Floats
    sigma: Floats


def start(values: Floats, lags: int, prior: Prior, gamma: float) -> Start:
    r"""Build a prior in which the moments of a sample enter.

    Parameters
    ----------
    values
        Shape (n, k): the rows the prior may know.
    lags
        Number p of lags.
    prior
        ``"minnesota"``: coefficients 0 with variance gamma / lag^2.  ``"uninformative"``: 0 with
        variance 4.  ``"bayes"``: least squares on ``values``.
    gamma
        Tightness of the Minnesota prior.

    Returns
    -------
    Start
        The covariance of the errors is that of ``values`` (divided by n - 1), or of the residuals
        under ``"bayes"``.

    Raises
    ------
    NotEstimable
        ``prior``, ``gamma``, ``collinear``, and for ``"bayes"`` as for a vector autoregression.

    Notes
    -----
    The covariance of the coefficients under ``"bayes"`` is :math:`I \otimes (Z'Z)^{-1}`, Z being
    the lags after the mean: the covariance of the errors, which belongs in the place of I, is
    missing, as in ConnectednessApproach.  :func:`with_errors` puts it in.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((50, 2))
    >>> start(x, 2, "minnesota", 0.1).covariance.diagonal().tolist()
    [0.1, 0.1, 0.025, 0.025, 0.1, 0.1, 0.025, 0.025]
    """
    if prior not in PRIORS:
        raise NotEstimable("prior", prior=prior)
    if not gamma > 0.0:
        raise NotEstimable("gamma", gamma=gamma)
    width = values.shape[1]
    known = width * lags
    if prior == "bayes":
        model = fit(values, lags)
        regressors = lagged(values, lags)
        inverse = np.linalg.inv(_cross(regressors))
        state = model.coefficients.transpose(1, 0, 2).reshape(width, known)
        covariance = np.asarray(
            np.kron(np.eye(width), (inverse + inverse.T) / 2.0), dtype=np.float64
        )
        return Start(state=state.copy(), covariance=covariance, sigma=model.sigma.copy())
    sigma = _cross(values) / (values.shape[0] - 1.0)
    deviation = np.sqrt(np.diagonal(sigma))
    if not spectrum_condition(sigma / np.outer(deviation, deviation)) < _COLLINEAR:
        raise NotEstimable("collinear")
    by_lag = np.repeat(gamma / np.arange(1.0, lags + 1.0) ** 2, width)
    variance = by_lag if prior == "minnesota" else np.full(known, _VAGUE)
    return Start(
        state=np.zeros((width, known)), covariance=np.diag(np.tile(variance, width)), sigma=sigma
    )


def with_errors(least_squares: Start) -> Start:
    """Give the coefficients of a least-squares prior the covariance they have.

    Parameters
    ----------
    least_squares
        From :func:`start` with ``"bayes"``.

    Returns
    -------
    Start
        Its covariance is sigma Kronecker (Z'Z)^-1.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((50, 2))
    >>> before = start(x, 1, "bayes", 0.1)
    >>> ratio = with_errors(before).covariance[:2, :2] / before.covariance[:2, :2]
    >>> bool(np.allclose(ratio, before.sigma[0, 0]))
    True
    """
    known = least_squares.state.shape[1]
    inverse = least_squares.covariance[:known, :known]
    covariance = np.asarray(np.kron(least_squares.sigma, inverse), dtype=np.float64)
    return Start(state=least_squares.state, covariance=covariance, sigma=least_squares.sigma)


def _cross(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    products: Floats = centred.T @ centred
    return products
