"""Is a joint fall unusual: the severity J(t) and its bootstrap law over a window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import Ints, stationary_indices
from comove.stats.sample import Floats, matrix

LEAST_SIGMA = 60
"""Returns an exponentially weighted standard deviation needs before it is used."""

LEAST_HISTORY = 126
"""Rows of history (half a year of sessions) a null distribution needs."""

FORGOTTEN = 0.001
"""Weight that rows before the bootstrapped warm-up would still have had."""


@dataclass(frozen=True, kw_only=True)
class JointFallOptions:
    """How the severity is measured and its null distribution drawn.

    Attributes
    ----------
    horizon
        Rows of the return that is standardised.
    decay
        Daily decay of the weights in the variance, between 0 and 1.
    block
        Mean block length of the stationary bootstrap, rows.
    replications
        Bootstrap paths R.

    Raises
    ------
    NotEstimable
        ``option`` when a figure is outside its range.

    Examples
    --------
    >>> JointFallOptions(replications=200).horizon
    21
    """

    horizon: int = 21
    decay: float = 0.97
    block: float = 10.0
    replications: int = 1000

    def __post_init__(self) -> None:
        """Refuse figures that define nothing."""
        drawn = self.replications >= 1 and math.isfinite(self.block) and self.block >= 1.0
        if not (drawn and self.horizon >= 1 and 0.0 < self.decay < 1.0):
            raise NotEstimable(
                "option",
                horizon=self.horizon,
                decay=self.decay,
                block=self.block,
                replications=self.replications,
            )


STANDARD = JointFallOptions()
"""The options used unless others are asked for."""


@dataclass(frozen=True, kw_only=True)
class JointFall:
    """The lowest joint severity of a window and how often chance goes as low.

    Attributes
    ----------
    statistic
        ``min J`` over the window, in standard deviations of the horizon's return.
    pvalue_joint
        Chance of a minimum at least as low when rows are drawn jointly from history: low means
        unusual given how the assets moved together before.
    pvalue_independent
        The same when each column is drawn on its own: low means unusual for assets that do not
        move together.
    nobs
        Rows of the window.
    replications
        Bootstrap paths behind each p-value.
    """

    statistic: float
    pvalue_joint: float
    pvalue_independent: float
    nobs: int
    replications: int


def joint_severity(returns: ArrayLike, horizon: int = 21, decay: float = 0.97) -> Floats:
    """Measure how far all assets have fallen together at every row.

    Parameters
    ----------
    returns
        Shape (T, k), one-row log returns, any unit.  No NaN.
    horizon
        Rows h of the return that is standardised.
    decay
        Daily decay of the weights in the variance, between 0 and 1.

    Returns
    -------
    Floats
        Shape (T,), J in standard deviations; low only when every asset is low.  NaN in the first
        ``max(horizon, 60) - 1`` rows and where a variance is still zero.  Read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (not one row available), ``not_finite``, ``constant``, or
        ``option``.

    Notes
    -----
    ``J(t) = max_i z_i(t)``, ``z_i(t) = (r_i(t-h+1) + ... + r_i(t)) / (sigma_i(t) sqrt(h))``,
    ``sigma_i(t)^2 = sum_j decay^j r_i(t-j)^2 / sum_j decay^j`` over the rows there are: a second
    moment about zero, today included.

    References
    ----------
    J.P. Morgan and Reuters (1996). RiskMetrics technical document, 4th edition (the exponentially
    weighted variance).

    Examples
    --------
    >>> steady = np.tile([-1.0, 1.0], 40)
    >>> severity = joint_severity(np.column_stack([steady, 3.0 * steady]))
    >>> bool(np.isnan(severity[58])), round(float(severity[59]), 6), round(float(severity[60]), 6)
    (True, 0.218218, -0.218218)
    """
    JointFallOptions(horizon=horizon, decay=decay)
    moves = matrix(returns, least=max(horizon, LEAST_SIGMA))
    first = max(horizon, LEAST_SIGMA) - 1
    severity = np.full(moves.shape[0], np.nan)
    severity[first:] = _severity(moves[:, :, None], first, horizon, decay)[:, 0]
    severity.setflags(write=False)
    return severity


def joint_fall_test(
    window: ArrayLike,
    history: ArrayLike,
    rng: np.random.Generator,
    options: JointFallOptions = STANDARD,
) -> JointFall:
    """Test whether the joint fall in a window is unusual against the history before it.

    Parameters
    ----------
    window
        Shape (n, k), k >= 2, one-row log returns of the window.  No NaN.
    history
        Shape (T, k), T >= max(126, 2 horizon), the rows before the window, oldest first, same unit.
        No NaN.
    rng
        Source of chance; the same state gives the same p-values.
    options
        Horizon, decay, block length, replications.

    Returns
    -------
    JointFall
        Statistic and two p-values, one-sided: low = lower than chance.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, or ``constant`` when a column of the history never
        moves.

    Notes
    -----
    The statistic is the lowest ``J`` (see :func:`joint_severity`) over the rows of the window, with
    standard deviations and returns that reach back into the history.  Each null path is as long as
    the window and is preceded by a warm-up that forgets all but 0.1 % of the weight before it (or
    is as long as the history, if that is shorter); its rows are drawn from the history by the
    stationary block bootstrap, jointly for ``pvalue_joint``, column by column for
    ``pvalue_independent``.  ``p = (1 + #{null <= statistic}) / (R + 1)``.

    The p-values hold for a window fixed before looking.  When it was chosen because prices had
    fallen in it, test the whole stretch that was searched.  The history's mean return is part of
    the null.  Simulated with independent GARCH(1,1) series (persistence 0.99, t5 shocks), a test
    at 5 % rejects 4 to 7 % of the time over windows of 21 and 63 rows.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> history = rng.standard_normal((500, 2))
    >>> crash = rng.standard_normal((21, 2)) - 1.0
    >>> bool(joint_fall_test(crash, history, rng).pvalue_joint < 0.01)
    True
    """
    past = matrix(history, least=max(LEAST_HISTORY, 2 * options.horizon))
    if past.shape[1] < 2:
        raise NotEstimable("shape", got=past.shape, columns=2)
    present = matrix(window, columns=past.shape[1], varies=False)
    nobs = present.shape[0]
    observed = _lowest(np.concatenate([past, present])[:, :, None], nobs, options)[0]
    # a stretch without any variance has no severity at all
    if math.isnan(observed):
        raise NotEstimable("constant")
    joint, independent = _null_minima(past, nobs, rng, options)
    return JointFall(
        statistic=float(observed),
        pvalue_joint=_share_below(joint, observed),
        pvalue_independent=_share_below(independent, observed),
        nobs=nobs,
        replications=options.replications,
    )


def _null_minima(
    past: Floats, nobs: int, rng: np.random.Generator, options: JointFallOptions
) -> tuple[Floats, Floats]:
    """Lowest severity of each null path, (R,) each: rows drawn jointly, then by column."""
    length = _warm_up(past.shape[0], options) + nobs

    def rows() -> Ints:
        drawn = stationary_indices(past.shape[0], length, options.block, options.replications, rng)
        return np.ascontiguousarray(drawn.T)

    together = rows()
    joint = np.stack([column[together] for column in past.T], axis=1)
    independent = np.stack([column[rows()] for column in past.T], axis=1)
    return _lowest(joint, nobs, options), _lowest(independent, nobs, options)


def _warm_up(held: int, options: JointFallOptions) -> int:
    """Rows before a null path: enough to forget what came earlier, at most what is held."""
    forgetting = math.ceil(math.log(FORGOTTEN) / math.log(options.decay))
    return min(held, max(forgetting, options.horizon, LEAST_SIGMA))


def _lowest(paths: Floats, nobs: int, options: JointFallOptions) -> Floats:
    """Lowest severity over the last ``nobs`` rows of paths (L, k, R), shape (R,)."""
    first = paths.shape[0] - nobs
    severity = _severity(paths, first, options.horizon, options.decay)
    lowest: Floats = np.fmin.reduce(severity, axis=0)
    return lowest


def _severity(paths: Floats, first: int, horizon: int, decay: float) -> Floats:
    """J from row ``first`` (at least horizon - 1) on, for paths (L, k, R); shape (L - first, R)."""
    variance = _weighted_variance(paths, first, decay)
    sums = paths[first - horizon + 1 :].cumsum(axis=0)
    returns = sums[horizon - 1 :].copy()
    returns[1:] -= sums[:-horizon]
    scale = np.sqrt(variance * horizon)
    scores = np.divide(returns, scale, out=np.full_like(returns, np.nan), where=scale > 0.0)
    severity: Floats = scores.max(axis=1)
    return severity


def _weighted_variance(paths: Floats, first: int, decay: float) -> Floats:
    """Exponentially weighted second moment from row ``first`` on, (L - first, k, R)."""
    squares = paths * paths
    ages = np.arange(paths.shape[0])
    total = squares[first:]
    total[0] = np.einsum("t,tkr->kr", decay ** ages[first::-1], squares[: first + 1])
    # s(t) = x(t) + decay s(t-1) by doubling: after each pass every row sums twice as many rows
    reach, weight = 1, decay
    while reach < total.shape[0] and weight > 0.0:
        total[reach:] += weight * total[:-reach]
        reach, weight = 2 * reach, weight * weight
    weights = (1.0 - decay ** (ages[first:] + 1.0)) / (1.0 - decay)
    total /= weights[:, None, None]
    return total


def _share_below(null: Floats, observed: float) -> float:
    return (1.0 + float((null <= observed).sum())) / (null.size + 1.0)
