"""Expected volatilities and correlations after the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.stats import garch
from comove.stats.dcc._equation import entries, recursion
from comove.stats.dcc._model import Dcc
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Forecast(Result):
    """What is expected of the days after the sample.

    Attributes
    ----------
    names
        Of the k series.
    horizon
        Days.
    sigma
        Shape (horizon, k): roots of the expected variances, units of x. Row 0 is the day after
        the sample.
    correlation
        Shape (horizon, k, k).
    """

    names: tuple[str, ...]
    horizon: int
    sigma: Floats
    correlation: Floats

    @property
    def covariance(self) -> Floats:
        """Covariance matrices (horizon, k, k), squared units of x."""
        return np.asarray(self.correlation * self.sigma[:, :, None] * self.sigma[:, None, :])

    def to_frame(self) -> DataFrame:
        """Return one line per day: volatilities, then correlations named "first_second"."""
        rows, columns = np.tril_indices(len(self.names), -1)
        table = {f"sigma_{name}": self.sigma[:, i] for i, name in enumerate(self.names)}
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
            table[f"{self.names[j]}_{self.names[i]}"] = self.correlation[:, i, j]
        return data_frame(table, np.arange(1, self.horizon + 1))


def forecast(model: Dcc, horizon: int) -> Forecast:
    """Expect volatilities and correlations some days ahead.

    Parameters
    ----------
    model
        Of k series.
    horizon
        Days, at least 1.

    Returns
    -------
    Forecast
        Volatilities and correlations of each day.

    Raises
    ------
    NotEstimable
        ``horizon``.

    Notes
    -----
    The first day is known. Beyond it variances follow ``garch.forecast``. Correlations have no
    closed form, the expected product of standardised shocks being R and not Q: R is taken to
    revert to the target's correlation by the factor ``persistence`` a day, the less biased of two
    approximations. For "cdcc" the expected Q is exact and R follows from it.

    References
    ----------
    Engle and Sheppard (2001), "Theoretical and empirical properties of dynamic conditional
    correlation multivariate GARCH".

    Examples
    --------
    >>> from comove.stats import dcc
    >>> noise = np.random.default_rng(1).standard_normal((500, 3))
    >>> ahead = forecast(dcc.fit(noise), 20)
    >>> ahead.correlation.shape, ahead.sigma.shape
    ((20, 3, 3), (20, 3))
    """
    sigma = np.sqrt(garch.forecast(model.margins, horizon))
    k = len(model.names)
    run = recursion(model.moments, model.weights, differentiate=False)
    rows, columns = np.tril_indices(k)
    first = np.empty((k, k))
    first[rows, columns] = first[columns, rows] = entries(run, rows, columns)[-1]
    target = run.target
    if model.model != "cdcc":
        first, target = _scaled(first), _scaled(target)
    left = model.persistence ** np.arange(horizon)[:, None, None]
    path = _scaled(target + left * (first - target))
    return Forecast(names=model.names, horizon=horizon, sigma=sigma, correlation=path)


def _scaled(matrix: Floats) -> Floats:
    """Bring matrices (..., k, k) to a unit diagonal."""
    root = np.sqrt(np.diagonal(matrix, axis1=-2, axis2=-1))
    return np.asarray(matrix / (root[..., :, None] * root[..., None, :]))
