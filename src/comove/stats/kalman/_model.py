"""What a drifting regression assumes: how fast the coefficients move, how loud the noise is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Start:
    """What is known of the coefficients before the first row.

    Attributes
    ----------
    mean
        Shape (q,), the constant first when there is one; units of y per unit of x.
    cov
        Shape (q, q), symmetric and positive semi-definite.
    """

    mean: ArrayLike
    cov: ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False)
class RandomWalk:
    """Coefficients that walk at random, each at its own pace, under noise of one variance.

    Attributes
    ----------
    noise
        Variance of the noise, squared units of y; the squared scale when its tails are heavy.
    drift
        Variance of a coefficient's step from row to row: shape (q,), the constant first when there
        is one, or one number for all.  Zero holds a coefficient still.
    start
        What is known before the first row; None when nothing is: the start is then diffuse, and
        exactly so.
    nu
        Degrees of freedom of Student t noise, above 2; infinite for normal noise.
    intercept
        Put a constant before the columns of x.
    """

    noise: float
    drift: ArrayLike
    start: Start | None = None
    nu: float = math.inf
    intercept: bool = True


@dataclass(frozen=True, kw_only=True)
class Discount:
    """Coefficients that forget: every row widens what is known of them by one factor.

    Attributes
    ----------
    delta
        Discount factor of the coefficients, in (0, 1]; 1 is recursive least squares, 0.98 forgets
        half within 34 rows.
    variance_delta
        Discount factor of the noise's variance, which is learned, in (0, 1].
    intercept
        Put a constant before the columns of x.
    """

    delta: float = 0.98
    variance_delta: float = 0.99
    intercept: bool = True


@dataclass(frozen=True, eq=False)
class Variances:
    """A checked random walk: noise, degrees of freedom, drifts (q,) and belief before row 0."""

    noise: float
    nu: float
    drift: Floats
    start: tuple[Floats, Floats] | None


def variances(model: RandomWalk, size: int) -> Variances:
    """Check a random walk of ``size`` coefficients.

    Raises
    ------
    NotEstimable
        ``params`` or ``start``.
    """
    drift = np.asarray(model.drift, dtype=np.float64)
    if drift.ndim == 0:
        drift = np.full(size, float(drift))
    usable = drift.shape == (size,) and bool(np.isfinite(drift).all() and (drift >= 0.0).all())
    if not (usable and 0.0 < model.noise < math.inf and model.nu > 2.0):
        raise NotEstimable(
            "params", noise=model.noise, nu=model.nu, drifts=drift.shape, coefficients=size
        )
    start = None if model.start is None else _started(model.start, size)
    return Variances(float(model.noise), float(model.nu), np.ascontiguousarray(drift), start)


def _started(start: Start, size: int) -> tuple[Floats, Floats]:
    mean = np.array(start.mean, dtype=np.float64)
    cov = np.array(start.cov, dtype=np.float64)
    if mean.shape != (size,) or cov.shape != (size, size):
        raise NotEstimable("start", mean=mean.shape, cov=cov.shape, coefficients=size)
    finite = bool(np.isfinite(mean).all() and np.isfinite(cov).all())
    if not finite or np.abs(cov - cov.T).max() > 1e-12 * np.abs(cov).max():
        raise NotEstimable("start", cov="not symmetric" if finite else "not finite")
    try:
        np.linalg.cholesky(cov)
    except np.linalg.LinAlgError:  # a coefficient known exactly is allowed
        lowest = float(np.linalg.eigvalsh(cov)[0])
        if lowest < -1e-12 * np.abs(cov).max():
            raise NotEstimable("start", lowest_eigenvalue=lowest) from None
    return mean, cov


def check_discount(model: Discount) -> None:
    """Check the factors of a discount.

    Raises
    ------
    NotEstimable
        ``delta``.
    """
    if not (0.0 < model.delta <= 1.0 and 0.0 < model.variance_delta <= 1.0):
        raise NotEstimable("delta", delta=model.delta, variance=model.variance_delta)
