"""Connectedness of volatilities, day by day, from a model of their correlations."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats import dcc
from comove.stats.connectedness._results import ConnectednessPath
from comove.stats.dcc import Dcc
from comove.stats.sample import Floats

DccMethod = Literal["generalized", "unit_shock"]


def from_dcc(
    x: ArrayLike | Dcc, horizon: int = 100, *, method: DccMethod = "generalized"
) -> ConnectednessPath:
    """Share out the forecast error of every variance among the shocks of all series, per day.

    Parameters
    ----------
    x
        Shape (T, k), array or data frame, of which ``dcc.fit`` is taken; or such a fit.
    horizon
        Days of forecast error, at least 1. Matters for "unit_shock" only, see Notes.
    method
        "generalized"; or "unit_shock", which reproduces a published R implementation and is not
        recommended.

    Returns
    -------
    ConnectednessPath
        A table for each row of x: fractions, row i receives, column j sends. Row t uses shocks up
        to t - 1 only, but parameters of the whole sample.

    Raises
    ------
    NotEstimable
        ``horizon``, ``method``, and whatever ``dcc.fit`` refuses. ``model`` for "unit_shock" of
        another model than DCC with GARCH margins.

    Notes
    -----
    The news of a GARCH variance is e_i^2 - s_i. With normal innovations two such news have
    correlation r_ij^2, r the correlation of the day. Each variance answers its own news alone, so
    the generalized decomposition of its forecast error is

        corr(news_i, news_j)^2 = r_ij^4 at every horizon,

    and the table holds these, rows brought to sum one. It follows that volatility connectedness
    from such a model is its correlations in other clothes: it adds a scale, not evidence. No
    variance is given a channel by which it could answer another's past; for that, run
    :func:`static` or :func:`rolling` on measured volatilities.

    "unit_shock": every series receives a shock of one *unit* (one squared per cent, for returns in
    per cent), variances go on without their constants, Q is restarted from the covariance matrix
    of the day, and the squares of all entries of the expected covariance matrices, those of the
    day itself included, are summed over the horizon and brought to sum one along rows. The result
    depends on the unit of x, mostly repeats the size of the covariances, and is neither a response
    to a shock nor a forecast error.

    References
    ----------
    Gabauer (2020), "Volatility impulse response analysis for DCC-GARCH models: the role of
    volatility transmission mechanisms"; Pesaran and Shin (1998), "Generalized impulse response
    analysis in linear multivariate models".

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((500, 2))
    >>> noise[:, 1] += noise[:, 0]
    >>> path = from_dcc(noise)
    >>> path.table.shape, bool(path.total.mean() < 0.5)
    ((500, 2, 2), True)
    """
    if horizon < 1:
        raise NotEstimable("horizon", horizon=horizon)
    if method not in {"generalized", "unit_shock"}:
        raise NotEstimable("method", method=method)
    fitted = x if isinstance(x, Dcc) else dcc.fit(x)
    weights = fitted.correlation**4 if method == "generalized" else _unit_shock(fitted, horizon)
    return ConnectednessPath(
        names=fitted.names,
        dates=fitted.index,
        table=weights / weights.sum(axis=-1, keepdims=True),
        method=method,
        lags=1,
        horizon=horizon,
        nobs=fitted.nobs,
    )


def _unit_shock(fitted: Dcc, horizon: int) -> Floats:
    """Sum the squares of expected covariances after unit shocks, (T, k, k)."""
    if fitted.model != "dcc" or fitted.margins.model != "garch":
        raise NotEstimable("model", model=fitted.model, margins=fitted.margins.model)
    covariance = fitted.covariance
    beta, target = fitted.margins.beta, (1.0 - fitted.a - fitted.b) * fitted.target
    variance = fitted.margins.alpha + beta * fitted.margins.sigma2
    k = len(fitted.names)
    news = np.zeros_like(covariance)
    news[:, np.arange(k), np.arange(k)] = variance
    q = target + fitted.a * news + fitted.b * covariance
    total = covariance**2
    for _ in range(horizon):
        # A covariance is r_ij s_i s_j; its square needs no roots.
        own = variance / np.diagonal(q, axis1=1, axis2=2)
        total += q**2 * own[:, :, None] * own[:, None, :]
        variance = beta * variance
        q = target + (fitted.a + fitted.b) * q
    return np.asarray(total)
