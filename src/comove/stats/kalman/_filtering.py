"""Filter and smoother: what was known at each row, and what is known of it now."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.kalman._design import Design, design
from comove.stats.kalman._forgetting import forgetting, remembering
from comove.stats.kalman._model import (
    Discount,
    RandomWalk,
    Variances,
    variances,
)
from comove.stats.kalman._path import Betas
from comove.stats.regression import critical_value
from comove.stats.sample import Floats


def filtered(
    y: ArrayLike, x: ArrayLike | None, model: RandomWalk | Discount, *, level: float = 0.95
) -> Betas:
    r"""Filter a regression whose coefficients drift: line t knows rows up to t and no later one.

    Parameters
    ----------
    y
        Shape (T,), T > q; array, series or frame of one column; any unit.  No NaN.
    x
        Shape (T, p), drivers; None for a level alone.  No NaN.
    model
        :class:`RandomWalk` with given variances (:func:`fit` finds them), or :class:`Discount`.
    level
        Coverage of the band at each line.

    Returns
    -------
    Betas
        Filtered.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``names``; ``collinear`` when a
        diffuse start finds no row that tells the drivers apart; ``params``, ``start``, ``delta``
        or ``level`` when out of range.

    Notes
    -----
    .. math::
        y_t = f_t' b_t + e_t,\quad b_{t+1} = b_t + w_t,\quad
        e_t \sim (0, h),\ w_t \sim N(0, \mathrm{diag}(q)).

    With b_t ~ N(a, P) before row t, g = P f, v = y - f'a and F = f'g + h: a += g v / F and
    P -= g g' / F, then P += diag(q).  Where the row leaves less than a thousandth of the variance
    it is Joseph's form instead.

    A diffuse start is exact: until every coefficient is known the filter keeps a triangle R and z
    with R b = z + unit noise, rotated orthogonally row by row.  Programs that carry an infinite
    and a finite covariance side by side lose digits there (1e-11 in the first lines of a
    regression on daily returns), and a large number in place of infinity loses more.

    Under Student t noise the posterior is no longer normal; its exact mean and variance replace it
    after every row (the forecast's density, a normal plus a t, is integrated numerically): with
    psi = -d log p(v) / dv, a += g psi and P -= g g' psi'.  A shock that the noise explains moves
    the coefficients little and *raises* their variance.

    Under a discount the step before every row is P / delta in place of P + diag(q), P stands for
    the covariance over the noise's variance, and that variance is learned: S' n' = v n S + v_t^2/F,
    n' = v n + 1, with v its own discount.  Intervals are Student t with n degrees of freedom.

    A known start far wider than the data can tell (1e8 times the noise) costs digits: leave it out.

    References
    ----------
    Durbin, J. and Koopman, S. J. (2012). Time Series Analysis by State Space Methods, chapters 4
    and 5.
    Bierman, G. J. (1977). Factorization Methods for Discrete Sequential Estimation.
    Masreliez, C. J. (1975). Approximate non-Gaussian filtering with linear state and observation
    relations. IEEE Transactions on Automatic Control 20, 107-110.
    West, M. and Harrison, J. (1997). Bayesian Forecasting and Dynamic Models.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((400, 1))
    >>> beta = np.where(np.arange(400) < 200, 1.0, 2.0)
    >>> y = beta * x[:, 0] + 0.1 * rng.standard_normal(400)
    >>> path = filtered(y, x, RandomWalk(noise=0.01, drift=[0.0, 1e-4]))
    >>> path.names, path.first, path.coef[[199, 399], 1].round(1).tolist()
    (('const', '0'), 1, [1.0, 2.0])
    """
    critical = critical_value(level)
    said = design(y, x, intercept=model.intercept)
    if isinstance(model, Discount):
        return forgetting(said, model, level)
    return run(said, variances(model, len(said.names))).betas(said, critical, level)


def smoothed(
    y: ArrayLike, x: ArrayLike | None, model: RandomWalk | Discount, *, level: float = 0.95
) -> Betas:
    r"""Smooth a regression whose coefficients drift: every line knows all rows.

    Parameters
    ----------
    y, x, model, level
        As in :func:`filtered`.

    Returns
    -------
    Betas
        Smoothed: for looking back, never for a signal.  ``predicted``, ``spread``, ``loglik`` and
        ``first`` are those of the filter; coefficients and band are there from line 0.

    Raises
    ------
    NotEstimable
        As in :func:`filtered`.

    Notes
    -----
    Backwards, with score u = v / F and D = 1 / F (psi and psi' under Student t noise):
    r <- r + f (u - D g'r), N <- L'N L + D f f', L = I - D f g'; the coefficients of row t have
    mean m + C r and covariance C - C N C, with m, C the filtered moments and r, N what later rows
    say.  Through the rows of a diffuse start the rotations of the filter are undone one by one.

    Under a discount: m_t <- (1 - delta) m_t + delta m_{t+1} and likewise the covariances with
    delta squared, the noise's variance taken from the last row.

    References
    ----------
    Durbin and Koopman (2012), section 4.4; West and Harrison (1997), section 4.7.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((400, 1))
    >>> y = x[:, 0] + rng.standard_normal(400)
    >>> model = RandomWalk(noise=1.0, drift=1e-3)
    >>> late, early = smoothed(y, x, model), filtered(y, x, model)
    >>> bool((late.variance[1:] <= early.variance[1:] + 1e-12).all())
    True
    """
    critical = critical_value(level)
    said = design(y, x, intercept=model.intercept)
    if isinstance(model, Discount):
        return remembering(said, model, level)
    done = run(said, variances(model, len(said.names)), keep=True)
    retraced(said, done)
    return done.betas(said, critical, level, smoothed=True)


@dataclass(frozen=True, eq=False)
class Run:
    """A random walk's filter, run: what it found and what a way back needs."""

    model: Variances
    path: tuple[Floats, Floats, Floats]
    trail: tuple[Floats, Floats, Floats]
    known: int  # rows after which every direction is known
    count: int  # rows of the diffuse start
    opened: tuple[Floats, Floats]  # what is known after them
    traces: Floats
    loglik: float

    def betas(
        self, said: Design, critical: float, level: float, *, smoothed: bool = False
    ) -> Betas:
        """Hand the path over."""
        coef, variance, steps = self.path
        nobs = len(said.target)
        predicted = said.target - steps[:, 0]
        if self.model.start is None:
            coef[:, 0] += said.origin
        return Betas(
            names=said.names,
            index=said.index,
            coef=coef,
            variance=variance,
            critical=np.full(nobs, critical),
            predicted=predicted,
            spread=np.sqrt(steps[:, 1]),
            loglik=self.loglik,
            first=max(self.known - 1, 0),
            level=level,
            smoothed=smoothed,
            nobs=nobs,
        )


def run(said: Design, model: Variances, *, keep: bool = False, priors: bool = True) -> Run:
    """Filter under a random walk; ``keep`` what a way back needs, ``priors`` its variances too."""
    from comove.stats.kalman import _information, _kernels

    nobs, size = said.rows.shape
    data = said.rows, said.target - (said.origin if model.start is None else 0.0)
    path = np.empty((nobs, size)), np.empty((nobs, size)), np.empty((nobs, 3))
    kept = nobs if keep else 0
    held = kept if priors else 0
    trail = np.empty((kept, size)), np.empty((kept, 2)), np.empty((held, size, size))
    belief, known, count, loglik = model.start, 0, 0, 0.0
    opened, traces = (np.empty(size), np.empty((size, size))), np.empty((0, size, size + 3))
    if belief is None:
        traces = np.empty((nobs, size, size + 3))
        noise = model.noise if model.nu == math.inf else model.noise * model.nu / (model.nu - 2.0)
        known, count, loglik = _information.begin(data, (noise, model.drift), opened, path, traces)
        if known == 0:
            raise NotEstimable("collinear", nobs=nobs, coefficients=size)
        belief = opened[0].copy(), opened[1] + np.diag(model.drift)
        loglik -= 0.5 * (count - size) * math.log(2.0 * math.pi)
    else:
        belief = belief[0].copy(), belief[1].copy()
    _kernels.walk(data, belief, (model.noise, model.nu, model.drift), count, path, trail)
    steps = path[2][count:]
    if model.nu < math.inf:
        loglik += float(steps[:, _kernels.DENSITY].sum())
    else:
        loglik -= 0.5 * len(steps) * math.log(2.0 * math.pi)
        loglik -= 0.5 * float(
            (np.log(steps[:, _kernels.SIZE]) + steps[:, 0] ** 2 / steps[:, _kernels.SIZE]).sum()
        )
    return Run(model, path, trail, known, count, opened, traces, loglik)


def retraced(said: Design, done: Run) -> Floats:
    """Turn a kept run's path into the smoothed one; return the slopes of the log-likelihood.

    Shape (q + 1,): by the noise's variance and by the drifts; exact under normal noise.
    """
    from comove.stats.kalman import _information, _kernels

    size = len(said.names)
    message = np.zeros(size), np.zeros((size, size))
    slopes = _kernels.retrace(said.rows, done.path, done.trail, done.count, message)
    if done.count:
        belief = done.opened[0].copy(), done.opened[1].copy()
        _kernels.correct(*belief, message)
        model = done.model.noise, done.model.drift
        data = said.rows, said.target - said.origin
        slopes += _information.end(data, model, belief, done.count, done.path[:2], done.traces)
    return np.asarray(slopes)
