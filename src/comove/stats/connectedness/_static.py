"""Connectedness of a whole sample."""

from __future__ import annotations

from comove.core.errors import NotEstimable
from comove.stats.connectedness._fevd import Decomposition, Method, decompose, spectral_radius
from comove.stats.connectedness._results import Connectedness
from comove.stats.connectedness._var import VectorAutoregression, fit, least_rows
from comove.stats.frames import Table, table
from comove.stats.sample import matrix


def static(
    x: object, lags: int, horizon: int, method: Method = "generalized", normalize: bool = True
) -> Connectedness:
    r"""Measure who moves whom over a whole sample.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  Returns or log volatilities; any unit.  No
        NaN.
    lags
        Lags p of the vector autoregression; 1 or 2 suit daily returns.
    horizon
        Horizon H of the forecast in rows; 10 is customary, and the table hardly changes beyond it
        for returns.
    method
        ``"generalized"`` (Diebold and Yilmaz 2012) does not depend on the order of the columns.
        ``"cholesky"`` (Diebold and Yilmaz 2009) does: the first column moves all others at once and
        none moves it.
    normalize
        Divide each row of the generalised table by its sum, so that it reads as shares.

    Returns
    -------
    Connectedness
        ``table`` (k, k) with ``total``, ``total_corrected``, ``to``, ``from_``, ``net`` and
        ``pairwise``; all are fractions, not percent.

    Raises
    ------
    NotEstimable
        ``shape`` (fewer than two columns), ``lags``, ``horizon``, ``method``, ``too_short`` (fewer
        than p + k p + 1 + k rows), ``not_finite``, ``constant``, ``collinear`` or ``explosive`` (a
        root outside the unit circle).

    Notes
    -----
    With :math:`\Psi_h` the responses and :math:`\Sigma` the residual covariance of a vector
    autoregression with constant,

    .. math::
        \theta_{ij} = \frac{\sigma_{jj}^{-1} \sum_{h<H} (\Psi_h \Sigma)_{ij}^2}
        {\sum_{h<H} (\Psi_h \Sigma \Psi_h')_{ii}}, \qquad
        \mathrm{total} = \frac{1}{k} \sum_{i \ne j} \tilde\theta_{ij}

    where the tilde means divided by the row sum.  *Received* is a row without its diagonal, *sent*
    a column without it.

    The index is positive for unrelated series too, because estimated coefficients are never zero:
    read it beside :func:`null_band`.  It grows with the number of columns, which
    ``total_corrected`` takes out in part.  A common factor in the same row raises all entries of
    the generalised table; nothing here is causal.  Closes struck at different times of the day
    turn up as spillovers from the later market to the earlier.

    References
    ----------
    Diebold, F. X. and Yilmaz, K. (2009). Measuring financial asset return and volatility
    spillovers, with application to global equity markets. Economic Journal 119, 158-171.

    Diebold, F. X. and Yilmaz, K. (2012). Better to give than to receive: predictive directional
    measurement of volatility spillovers. International Journal of Forecasting 28, 57-66.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((2000, 2))
    >>> x[1:, 1] += x[:-1, 0]
    >>> found = static(x, lags=1, horizon=10)
    >>> found.from_.round(1).tolist(), round(found.total, 2)
    ([0.0, 0.5], 0.25)
    """
    how = Decomposition(horizon=horizon, method=method, normalize=normalize)
    given = table(x)
    model, radius = stable_fit(given, lags)
    return Connectedness(
        names=given.names,
        table=decompose(model.coefficients, model.sigma, how),
        method=method,
        lags=lags,
        horizon=horizon,
        nobs=given.values.shape[0],
        radius=radius,
        coefficients=model.coefficients,
        sigma=model.sigma,
    )


def stable_fit(given: Table, lags: int) -> tuple[VectorAutoregression, float]:
    """Fit a vector autoregression to a table, or refuse.

    Parameters
    ----------
    given
        Values of shape (T, k).
    lags
        Number p of lags.

    Returns
    -------
    model : VectorAutoregression
        Its fit.
    radius : float
        Largest modulus of its roots, below 1.

    Raises
    ------
    NotEstimable
        As :func:`static`.
    """
    values = matrix(given.values, least=least_rows(given.values.shape[1], lags))
    model = fit(values, lags)
    radius = float(spectral_radius(model.coefficients))
    if not radius < 1.0:
        raise NotEstimable("explosive", radius=radius)
    return model, radius
