"""GARCH(1,1): each series' own changing variance, fitted for all columns at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix

FEWEST = 100
"""Fewest observations for which the three parameters are fitted."""

LARGEST_PERSISTENCE = 0.9999
"""alpha + beta is kept at or below this, so the unconditional variance exists."""

_ROUNDS = (10, 7, 7)  # points per axis of each successively finer grid
_AT_ONCE = 1 << 20  # variances held at once by the grid: eight megabytes
_STEPS = np.array([0.1, 0.35, 1.0, 2.0])  # step lengths tried at once along a scoring direction
_MOST_ITERATIONS = 30
_ENOUGH = 1e-8  # gain in log-likelihood below which a column has converged


@dataclass(frozen=True, kw_only=True)
class Garch:
    """GARCH(1,1) models of k series, each fitted on its own.

    Attributes
    ----------
    omega, alpha, beta, mean
        Shape (k,). ``omega`` in squared units of x, ``mean`` in units of x.
    sigma2
        Shape (T, k), conditional variances; row 0 is the starting variance.
    residuals
        Shape (T, k), standardised: (x - mean) / sqrt(sigma2).
    loglik
        Shape (k,), Gaussian log-likelihood, constants included.
    nobs
        T.
    """

    omega: Floats
    alpha: Floats
    beta: Floats
    mean: Floats
    sigma2: Floats
    residuals: Floats
    loglik: Floats
    nobs: int


def fit(x: ArrayLike, *, start: ArrayLike | None = None) -> Garch:
    """Fit a constant-mean GARCH(1,1) to every column by Gaussian quasi-likelihood.

    Parameters
    ----------
    x
        Shape (T, k), T >= 100. No NaN, no constant column.
    start
        Shape (k,): variance of the first observation, positive. The sample variance (divisor T)
        when None.

    Returns
    -------
    Garch
        Arrays read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``start`` when not positive.

    Notes
    -----
    s_t = omega + alpha e_{t-1}^2 + beta s_{t-1}, e = x - mean; maximise
    -1/2 sum (log 2 pi + log s_t + e_t^2 / s_t) over alpha, beta >= 0, alpha + beta <= 0.9999.
    First a grid in (persistence, alpha's share of it) at the sample mean under variance
    targeting, omega = (1 - alpha - beta) var, refined twice; then scoring steps on (mean, omega,
    alpha, beta) with the expected information, several step lengths at a time. When alpha is zero
    beta does not matter and is whatever the search last held. On short samples the likelihood
    can have two hills of nearly equal height; the grid picks the side.

    References
    ----------
    Bollerslev (1986), "Generalized autoregressive conditional heteroskedasticity"; Francq,
    Horvath and Zakoian (2011), "Merits and drawbacks of variance targeting in GARCH models".

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal((400, 2))
    >>> model = fit(noise)
    >>> model.sigma2.shape, bool((model.alpha + model.beta < 1).all())
    ((400, 2), True)
    """
    data = matrix(x, least=FEWEST)
    nobs, count = data.shape
    centre, variance = data.mean(axis=0), data.var(axis=0)
    scale = np.sqrt(variance)
    shocks = np.ascontiguousarray(((data - centre) / scale).T)
    if start is None:
        first = np.ones(count)
    else:
        first = np.asarray(start, dtype=np.float64) / variance
        if first.shape != (count,) or not ((first > 0.0) & np.isfinite(first)).all():
            raise NotEstimable("start", start=np.asarray(start).tolist())
    theta = _searched(shocks, first)
    left = shocks - theta[:, :1]
    path = _variances(theta[:, None, 1:], (left * left)[:, None], first)[:, 0]
    # The search ran on series of unit variance; the Jacobian brings the likelihood back to x.
    loglik = _loglik(path, left * left) - 0.5 * nobs * (np.log(variance) + math.log(2.0 * math.pi))
    model = Garch(
        omega=theta[:, 1] * variance,
        alpha=theta[:, 2].copy(),
        beta=theta[:, 3].copy(),
        mean=centre + theta[:, 0] * scale,
        sigma2=np.ascontiguousarray(path.T) * variance,
        residuals=np.ascontiguousarray((left / np.sqrt(path)).T),
        loglik=loglik,
        nobs=nobs,
    )
    for name in ("omega", "alpha", "beta", "mean", "sigma2", "residuals", "loglik"):
        getattr(model, name).setflags(write=False)
    return model


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
    s_t = omega + (alpha z_{t-1}^2 + beta) s_{t-1}, x_t = sqrt(s_t) z_t.

    Examples
    --------
    >>> model = fit(np.random.default_rng(1).standard_normal((400, 1)))
    >>> simulate(model, np.ones((3, 1, 5)), np.full((1, 5), 4.0))[0, 0].tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    count = len(model.omega)
    if shocks.ndim != 3 or shocks.shape[1] != count or start.shape != shocks.shape[1:]:
        raise NotEstimable("shape", got=(shocks.shape, start.shape), columns=count)
    gain = shocks * shocks
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


def _decayed(inputs: Floats, beta: Floats) -> Floats:
    """Run s_t = beta s_{t-1} + inputs_t along the last axis, in place.

    Doubling: after the pass of stride d each entry holds the last 2 d inputs, so T steps take
    log2(T) array passes for all candidates together instead of T Python steps.
    """
    power = beta[..., None].copy()
    scratch = np.empty_like(inputs)
    stride = 1
    while stride < inputs.shape[-1] and float(power.max()) > 1e-18:
        late = scratch[..., stride:]
        inputs[..., stride:] += np.multiply(power, inputs[..., :-stride], out=late)
        power *= power
        stride *= 2
    return inputs


def _variances(theta: Floats, squares: Floats, first: Floats) -> Floats:
    """Variance paths (k, C, T) of candidates ``theta`` (k, C, 3), ``squares`` (k, 1 or C, T)."""
    path = np.empty((*theta.shape[:2], squares.shape[-1]))
    path[..., 0] = first[:, None]
    path[..., 1:] = theta[..., 1, None] * squares[..., :-1] + theta[..., 0, None]
    return _decayed(path, theta[..., 2])


def _loglik(path: Floats, squares: Floats) -> Floats:
    """Log-likelihood without its constant; ``path`` (k, ..., T), ``squares`` broadcast to it."""
    total = np.log(path).sum(axis=-1) + (squares / path).sum(axis=-1)
    return np.asarray(-0.5 * total, dtype=np.float64)


def _searched(shocks: Floats, first: Floats) -> Floats:
    """Best (mean, omega, alpha, beta) of ``shocks`` (k, T), some columns at a time for memory."""
    group = max(1, _AT_ONCE // (_ROUNDS[0] ** 2 * shocks.shape[1]))
    found = []
    for begin in range(0, len(shocks), group):
        part = slice(begin, begin + group)
        theta = _targeted(shocks[part] ** 2, first[part])
        theta = np.column_stack([np.zeros(len(theta)), theta])
        found.append(_polished(theta, shocks[part], first[part]))
    return np.concatenate(found)


def _targeted(squares: Floats, first: Floats) -> Floats:
    """Best (omega, alpha, beta) of shape (k, 3) on successively finer grids."""
    count = len(squares)
    columns, shared = np.arange(count), squares[:, None]
    # Axes: the cube root of 1 - persistence and the square root of alpha's share of it; they
    # put most points where the likelihood turns fastest, near full persistence and small alpha.
    low = np.tile([math.cbrt(1.0 - LARGEST_PERSISTENCE), 0.05], (count, 1))
    high = np.ones((count, 2))
    floor, ceiling = low.copy(), high.copy()
    for points in _ROUNDS:
        ticks = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, points)[None, :, None]
        rows = np.repeat(ticks[..., 0], points, axis=1)
        shares = np.tile(ticks[..., 1], (1, points))
        alpha = (1.0 - rows**3) * shares**2
        theta = np.stack([rows**3, alpha, 1.0 - rows**3 - alpha], axis=-1)
        best = _loglik(_variances(theta, shared, first), shared).argmax(axis=1)
        centre = np.stack([rows[columns, best], shares[columns, best]], axis=1)
        step = (high - low) / (points - 1)
        low, high = np.maximum(centre - step, floor), np.minimum(centre + step, ceiling)
    return np.asarray(theta[columns, best])


def _polished(theta: Floats, shocks: Floats, first: Floats) -> Floats:
    """Climb from ``theta`` (k, 4) by scoring until no column gains."""
    columns = np.arange(len(theta))
    value = np.full(len(theta), -math.inf)
    tried = theta[:, None, :]
    moving = np.ones(len(theta), dtype=bool)
    for _ in range(_MOST_ITERATIONS):
        left = shocks[:, None, :] - tried[..., :1]
        path = _variances(tried[..., 1:], left * left, first)
        values = _loglik(path, left * left)
        best = values.argmax(axis=1)
        gain = np.where(moving, values[columns, best] - value, 0.0)
        better = gain > 0.0
        theta = np.where(better[:, None], tried[columns, best], theta)
        value = np.where(better, values[columns, best], value)
        moving = gain > _ENOUGH
        if not moving.any():
            break
        tried = _candidates(theta, left[columns, best], path[columns, best])
    return theta


def _candidates(theta: Floats, left: Floats, path: Floats) -> Floats:
    """Return feasible points (k, C, 4) along the scoring direction at ``theta`` (k, 4)."""
    slopes = np.zeros((len(theta), 4, left.shape[1]))
    slopes[:, 0, 1:] = -2.0 * theta[:, 2:3] * left[:, :-1]
    slopes[:, 1, 1:] = 1.0
    slopes[:, 2, 1:] = left[:, :-1] ** 2
    slopes[:, 3, 1:] = path[:, :-1]
    slopes = _decayed(slopes, np.repeat(theta[:, 3:], 4, axis=1)) / path[:, None, :]
    # Twice the score and twice the information, so that no halves travel along.
    score = np.einsum("kit,kt->ki", slopes, left**2 / path - 1.0)
    information = np.einsum("kit,kjt->kij", slopes, slopes)
    score[:, 0] += 2.0 * (left / path).sum(axis=1)
    information[:, 0, 0] += 2.0 * (1.0 / path).sum(axis=1)
    # A parameter resting on zero and pushed below it stays there, or it would bend the step.
    free = (theta > 0.0) | (score > 0.0)
    free[:, 0] = True
    information *= free[:, :, None] & free[:, None, :]
    scale = np.sqrt(np.einsum("kii->ki", information))
    scale[scale == 0.0] = 1.0
    # A whiff of ridge: without ARCH effects omega and beta cannot be told apart.
    scaled = information / (scale[:, :, None] * scale[:, None, :]) + 1e-9 * np.eye(4)
    direction = np.linalg.solve(scaled, (score * free / scale)[..., None])[..., 0] / scale
    points = theta[:, None, :] + _STEPS[None, :, None] * direction[:, None, :]
    points[..., 1] = np.maximum(points[..., 1], 1e-12)
    points[..., 2:] = np.maximum(points[..., 2:], 0.0)
    persistence = points[..., 2:].sum(axis=-1, keepdims=True)
    points[..., 2:] *= np.minimum(1.0, LARGEST_PERSISTENCE / np.maximum(persistence, 1e-300))
    return np.asarray(points)
