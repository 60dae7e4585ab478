"""The first variance of each path, by convention, and how it depends on the parameters."""

from __future__ import annotations

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.garch._spec import Beginning, Series, Start
from comove.stats.sample import Floats

_LOOK_BACK = 75  # observations that a backcast looks at
_FADING = 0.94  # weight of each against the one before


def anchors(shocks: Floats, start: Start) -> tuple[Floats, Beginning]:
    """Return what paths begin with, in units of the shocks' variance.

    ``shocks`` (k, T) have mean zero and variance one.  Returns (k,) and the kind of beginning.
    """
    if start == "sample_variance":
        return np.ones(len(shocks)), "fixed"
    if start == "rmgarch":
        return np.ones(len(shocks)), "rmgarch"
    if start != "backcast":
        raise NotEstimable("start", start=start)
    weights = fading(shocks.shape[1])
    return np.asarray((shocks[:, : len(weights)] ** 2) @ weights), "backcast"


def fading(nobs: int) -> Floats:
    """Weights of the first observations in a backcast; they sum to one."""
    weights = _FADING ** np.arange(min(_LOOK_BACK, nobs))
    return np.asarray(weights / weights.sum())


def variance(series: Series, theta: Floats) -> Floats:
    """First variances (k, C) of candidates ``theta`` (k, C, p)."""
    anchor = series.anchor[:, None]
    if series.beginning == "fixed":
        return np.broadcast_to(anchor, theta.shape[:2])
    if series.beginning == "rmgarch":
        # The mean of (x - m)^2, the shocks x having mean zero and variance one up to rounding.
        centre = series.shocks.mean(axis=1)[:, None]
        square = np.einsum("kt,kt->k", series.shocks, series.shocks)[:, None]
        mean = theta[..., 0]
        return np.asarray(square / series.shocks.shape[1] - 2.0 * mean * centre + mean * mean)
    return np.asarray(theta[..., 1] + (theta @ series.spec.weights) * anchor)


def slopes(series: Series, theta: Floats) -> tuple[Floats, Floats]:
    """Differentiate the first variances at ``theta`` (k, p).

    Returns (k, slopes), and (k,) their second derivatives in the mean; all others are zero.
    """
    slope, curve = np.zeros((len(theta), series.spec.slopes)), np.zeros(len(theta))
    if series.beginning == "rmgarch":
        slope[:, 0] = -2.0 * (series.shocks.mean(axis=1) - theta[:, 0])
        curve[:] = 2.0
    elif series.beginning == "backcast":
        slope[:] = series.spec.weights[: series.spec.slopes] * series.anchor[:, None]
        slope[:, 1] = 1.0
    return slope, curve
