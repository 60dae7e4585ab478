"""Forward from a fitted model: simulated paths and expected variances."""

from __future__ import annotations

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.garch._model import Garch
from comove.stats.sample import Floats


def simulate(model: Garch, shocks: Floats, start: Floats) -> Floats:
    """Push standardised shocks through the fitted variance recursions.

    Parameters
    ----------
    model
        k fitted columns.
    shocks
        Shape (T, k, R): standardised innovations of R replications. Finite.
    start
        Shape (k, R): variance of the first row, in squared units of x. Positive.

    Returns
    -------
    Floats
        Shape (T, k, R), deviations from the mean, in units of x.

    Raises
    ------
    NotEstimable
        ``shape``.

    Notes
    -----
    s_t = omega + ((alpha + gamma 1(z_{t-1} < 0)) z_{t-1}^2 + beta) s_{t-1}, x_t = sqrt(s_t) z_t.

    Examples
    --------
    >>> from comove.stats import garch
    >>> model = garch.fit(np.random.default_rng(1).standard_normal((400, 1)))
    >>> simulate(model, np.ones((3, 1, 5)), np.full((1, 5), 4.0))[0, 0].tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    count = len(model.omega)
    if shocks.ndim != 3 or shocks.shape[1] != count or start.shape != shocks.shape[1:]:
        raise NotEstimable("shape", got=(shocks.shape, start.shape), columns=count)
    gain = shocks * shocks
    if model.gamma.any():
        gain *= np.where(shocks < 0.0, (model.alpha + model.gamma)[:, None], model.alpha[:, None])
    else:
        gain *= model.alpha[:, None]
    gain += model.beta[:, None]
    omega = np.broadcast_to(model.omega[:, None], start.shape).copy()
    path = np.empty_like(shocks)
    path[0] = start
    for t in range(1, len(shocks)):
        np.multiply(gain[t - 1], path[t - 1], out=path[t])
        path[t] += omega
    np.sqrt(path, out=path)
    path *= shocks
    return path


def forecast(model: Garch, horizon: int) -> Floats:
    """Expect variances after the last row.

    Parameters
    ----------
    model
        k fitted columns.
    horizon
        Rows ahead, at least 1.

    Returns
    -------
    Floats
        Shape (horizon, k), squared units of x; row 0 is the day after the sample.

    Raises
    ------
    NotEstimable
        ``horizon``.

    Notes
    -----
    The first is known; then E s_{t+1} = omega + persistence E s_t, innovations being symmetric.

    Examples
    --------
    >>> from comove.stats import garch
    >>> model = garch.fit(np.random.default_rng(1).standard_normal((400, 2)))
    >>> forecast(model, 5).shape
    (5, 2)
    """
    if horizon < 1:
        raise NotEstimable("horizon", horizon=horizon)
    last = model.residuals[-1]
    slope = model.alpha + model.gamma * (last < 0.0)
    path = np.empty((horizon, len(last)))
    path[0] = model.omega + (slope * last**2 + model.beta) * model.sigma2[-1]
    for row in range(1, horizon):
        path[row] = model.omega + model.persistence * path[row - 1]
    return path
