"""Intervals and bands from bootstrap draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, matrix


def percentile_interval(draws: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Cut equal tails off the bootstrap draws.

    Parameters
    ----------
    draws
        Shape (R, ...), one replication a line; unit of the statistic.  A NaN is refused: a
        replication that could not be estimated must be dealt with, not skipped.
    level
        Coverage aimed at, strictly between 0 and 1.

    Returns
    -------
    tuple[Floats, Floats]
        Low and high, each of the trailing shape: the ``(1 - level) / 2`` and ``(1 + level) / 2``
        quantiles, interpolated linearly.

    Raises
    ------
    NotEstimable
        ``too_short`` with fewer than two draws, ``not_finite`` with a NaN or an infinity,
        ``level`` outside (0, 1).

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), level=0.9)
    >>> round(float(low), 9), round(float(high), 9)
    (5.0, 95.0)
    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim < 1 or values.shape[0] < 2:
        raise NotEstimable("too_short", draws=values.shape, least=2)
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    if not np.isfinite(values).all():
        raise NotEstimable("not_finite")
    tail = (1.0 - level) / 2.0
    ordered = np.sort(values, axis=0)
    return _at_rank(ordered, tail), _at_rank(ordered, 1.0 - tail)


def _at_rank(ordered: Floats, chance: float) -> Floats:
    """Quantile along axis 0 of sorted draws, linear between neighbours."""
    last = ordered.shape[0] - 1
    below = min(int(chance * last), last)
    above = min(below + 1, last)
    step = ordered[above] - ordered[below]
    return np.asarray(ordered[below] + (chance * last - below) * step, dtype=np.float64)


def studentised_interval(
    estimate: ArrayLike,
    error: ArrayLike,
    draws: ArrayLike,
    draw_errors: ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    r"""Invert the bootstrap distribution of the t ratio.

    Parameters
    ----------
    estimate, error
        Shape (...), the statistic and its standard error in the sample.
    draws, draw_errors
        Shape (R, ...), the same in every replication.
    level
        Coverage aimed at, strictly between 0 and 1.

    Returns
    -------
    tuple[Floats, Floats]
        Low and high, each of the shape of the estimate.

    Raises
    ------
    NotEstimable
        As :func:`percentile_interval`; ``shape`` when the shapes do not fit; ``not_finite`` when a
        standard error is not positive.

    Notes
    -----
    .. math::
        [\hat\theta - q_{1-\alpha/2}\,\hat\sigma,\ \hat\theta - q_{\alpha/2}\,\hat\sigma],
        \quad q \text{ quantiles of } (\theta^* - \hat\theta) / \sigma^*.

    The ratio is nearly pivotal, so the interval is right to a higher order than percentiles, as
    far as the standard errors of the replications are good: they need some twenty blocks.

    References
    ----------
    Götze, F. and Künsch, H. R. (1996). Second-order correctness of the blockwise bootstrap for
    stationary observations. Annals of Statistics 24, 1914-1933.

    Examples
    --------
    >>> ratios = np.linspace(-2.0, 2.0, 101)
    >>> low, high = studentised_interval(1.0, 0.5, 1.0 + ratios, np.ones(101), level=0.9)
    >>> round(float(low), 9), round(float(high), 9)
    (0.1, 1.9)
    """
    value, scale = np.asarray(estimate, dtype=np.float64), np.asarray(error, dtype=np.float64)
    drawn, scales = np.asarray(draws, dtype=np.float64), np.asarray(draw_errors, dtype=np.float64)
    if drawn.shape != scales.shape or drawn.shape[1:] != value.shape or value.shape != scale.shape:
        raise NotEstimable("shape", estimate=value.shape, draws=drawn.shape, errors=scales.shape)
    if not ((scale > 0.0).all() and (scales > 0.0).all()):
        raise NotEstimable("not_finite", error="not positive")
    low, high = percentile_interval((drawn - value) / scales, level)
    return value - high * scale, value - low * scale


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Intervals that hold together.

    Attributes
    ----------
    low, high
        Shape (m,), read-only.
    critical
        Standard errors from the estimate to either edge.
    pointwise
        The same for an interval that need hold alone.
    level
        Chance that all m hold at once.
    """

    low: Floats
    high: Floats
    critical: float
    pointwise: float
    level: float


def sup_t_band(estimate: ArrayLike, draws: ArrayLike, level: float = 0.95) -> Band:
    r"""Widen intervals until they hold all at once.

    Parameters
    ----------
    estimate
        Shape (m,).
    draws
        Shape (R, m), bootstrap draws of all m together: what they have in common is used.
    level
        Chance aimed at that every interval holds its target, strictly between 0 and 1.

    Returns
    -------
    Band
        Around the estimate, proportional to the standard deviations of the draws.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``level``, or ``constant`` when a column of the
        draws does not vary.

    Notes
    -----
    :math:`\hat\theta_j \pm c\,s_j` with c the quantile of
    :math:`\max_j |\theta_j^* - \bar\theta_j^*| / s_j`, the draws measured from their own mean.
    Narrower than Bonferroni's, the more so the more the estimates move together.

    References
    ----------
    Montiel Olea, J. L. and Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory,
    implementation, and an application to SVARs. Journal of Applied Econometrics 34, 1-17.

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal((20_000, 10))
    >>> found = sup_t_band(np.zeros(10), draws)
    >>> round(found.critical, 1), round(found.pointwise, 1)
    (2.8, 2.0)
    """
    value, drawn = np.asarray(estimate, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    if value.ndim != 1 or drawn.ndim != 2 or drawn.shape[1] != value.size:
        raise NotEstimable("shape", estimate=value.shape, draws=drawn.shape)
    if not np.isfinite(value).all():
        raise NotEstimable("not_finite")
    matrix(drawn, least=2)
    scale = drawn.std(axis=0, ddof=1)
    away = np.abs(drawn - drawn.mean(axis=0)) / scale
    critical = float(_quantile(away.max(axis=1), level))
    low, high = value - critical * scale, value + critical * scale
    low.setflags(write=False)
    high.setflags(write=False)
    return Band(
        low=low,
        high=high,
        critical=critical,
        pointwise=float(_quantile(away, level).mean()),
        level=level,
    )


def _quantile(draws: Floats, level: float) -> Floats:
    if not 0.0 < level < 1.0:
        raise NotEstimable("level", level=level)
    return _at_rank(np.sort(draws, axis=0), level)
