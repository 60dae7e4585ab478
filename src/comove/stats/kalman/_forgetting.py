"""Filter and smoother of coefficients that forget at one rate, under a noise that is learned."""

from __future__ import annotations

import math

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.kalman._design import Design
from comove.stats.kalman._model import Discount, check_discount
from comove.stats.kalman._path import Betas
from comove.stats.sample import Floats

Path = tuple[Floats, Floats, Floats]
"""Means (T, q), variances over the noise's (T, q) and steps (T, 6)."""


def forgetting(said: Design, model: Discount, level: float) -> Betas:
    """Filter under a discount."""
    from comove.stats.kalman._discounting import LATER_NOISE

    count, path = _run(said, model)
    variance = path[1] * path[2][:, LATER_NOISE, None]
    return _betas(said, (count, path), (path[0], variance), level)


def remembering(said: Design, model: Discount, level: float) -> Betas:
    """Smooth under a discount; lines before every coefficient is known stay NaN."""
    from comove.stats.kalman._discounting import LATER_NOISE

    count, path = _run(said, model)
    coef, variance = path[0].copy(), path[1].copy()
    kept = 1.0 - model.delta
    for t in range(len(coef) - 2, count - 2, -1):
        coef[t] = kept * coef[t] + model.delta * coef[t + 1]
        variance[t] = kept * variance[t] + model.delta**2 * variance[t + 1]
    variance *= path[2][-1, LATER_NOISE]
    return _betas(said, (count, path), (coef, variance), level, smoothed=True)


def _run(said: Design, model: Discount) -> tuple[int, Path]:
    from comove.stats.kalman import _discounting

    check_discount(model)
    nobs, size = said.rows.shape
    data = said.rows, said.target - said.origin
    fades = model.delta, model.variance_delta
    belief = np.empty(size), np.empty((size, size)), np.empty(2)
    path = np.empty((nobs, size)), np.empty((nobs, size)), np.empty((nobs, 6))
    count = _discounting.open_up(data, fades, belief, path)
    if count == 0:
        raise NotEstimable("collinear", nobs=nobs, coefficients=size)
    _discounting.forget(data, fades, belief, count, path)
    path[0][:, 0] += said.origin
    return count, path


def _betas(
    said: Design,
    found: tuple[int, Path],
    moments: tuple[Floats, Floats],
    level: float,
    *,
    smoothed: bool = False,
) -> Betas:
    from scipy.special import stdtrit

    from comove.stats.kalman import _discounting as columns

    count, (_, _, steps) = found
    coef, variance = moments
    freedom = steps[:, columns.LATER_FREEDOM]
    if smoothed:
        freedom = np.full(len(freedom), freedom[-1])
    unseen = freedom == 0.0  # no error yet to learn the noise from
    variance[unseen] = np.nan
    return Betas(
        names=said.names,
        index=said.index,
        coef=coef,
        variance=variance,
        critical=stdtrit(np.where(unseen, np.nan, freedom), 0.5 + level / 2.0),
        predicted=said.target - steps[:, columns.ERROR],
        spread=np.sqrt(steps[:, columns.NOISE] * steps[:, columns.SIZE]),
        loglik=_loglik(steps[count:]),
        first=count - 1,
        level=level,
        smoothed=smoothed,
        nobs=len(coef),
    )


def _loglik(steps: Floats) -> float:
    """Sum the log-densities of the forecasts whose noise had a degree of freedom."""
    from scipy.special import gammaln

    error, size, noise, freedom = steps[steps[:, 3] >= 1.0 - 1e-12][:, :4].T
    square = np.maximum(noise * size, np.finfo(np.float64).tiny)
    scale = gammaln(0.5 * (freedom + 1.0)) - gammaln(0.5 * freedom)
    shape = 0.5 * (freedom + 1.0) * np.log1p(error**2 / (freedom * square))
    return float((scale - 0.5 * np.log(freedom * math.pi * square) - shape).sum())
