"""Variances by maximum likelihood: how loud the noise is, and which coefficients move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.frames import data_frame
from comove.stats.kalman._climb import highest
from comove.stats.kalman._design import Design, design
from comove.stats.kalman._filtering import run
from comove.stats.kalman._model import RandomWalk, Start, variances
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

Innovations = Literal["normal", "t"]


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """What is given and what is sought.

    Attributes
    ----------
    intercept
        Put a constant before the columns of x.
    start
        What is known before the first row; None: nothing, a diffuse start.
    innovations
        ``"normal"`` noise, or ``"t"``, whose degrees of freedom are found too.
    level
        Coverage of the intervals.
    """

    intercept: bool = True
    start: Start | None = None
    innovations: Innovations = "normal"
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RandomWalkFit(Result):
    """Variances of a drifting regression, found by maximum likelihood.

    Attributes
    ----------
    names
        Of the q coefficients.
    noise
        Variance of the noise (its squared scale under t innovations), squared units of y.
    drift
        Shape (q,), variance of each coefficient's step; exactly zero where the likelihood is
        highest without any.
    nu
        Degrees of freedom of the noise; infinite for normal noise.
    low, high
        Shape (q + 1,), intervals of the noise and of the drifts; NaN for a drift of zero.
    loglik
        Log-likelihood at the optimum; as in :class:`Betas`.
    model
        What :func:`filtered`, :func:`smoothed` and :class:`Tracker` take.
    evaluations
        Times the filter was run.
    level, nobs
        Coverage and T.
    """

    headline: ClassVar[tuple[str, ...]] = ("moving",)

    names: tuple[str, ...]
    noise: float
    drift: Floats
    nu: float
    low: Floats
    high: Floats
    loglik: float
    model: RandomWalk
    evaluations: int
    level: float
    nobs: int

    @property
    def moving(self) -> tuple[str, ...]:
        """Names of the coefficients that move."""
        return tuple(name for name, q in zip(self.names, self.drift, strict=True) if q > 0.0)

    def to_frame(self) -> DataFrame:
        """Return variance, low, high and standard deviation of the noise and of each drift."""
        value = np.r_[self.noise, self.drift]
        columns = {"variance": value, "low": self.low, "high": self.high, "sd": np.sqrt(value)}
        return data_frame(columns, ("noise", *self.names))


def fit(
    y: ArrayLike, x: ArrayLike | None = None, options: FitOptions | None = None
) -> RandomWalkFit:
    r"""Find the variances of a drifting regression by maximum likelihood.

    Parameters
    ----------
    y
        Shape (T,), T >= 2 q + 10; array, series or frame of one column; any unit.  No NaN.
    x
        Shape (T, p), drivers; None for a level alone.  No NaN.
    options
        Intercept, start, innovations, coverage.

    Returns
    -------
    RandomWalkFit
        Its ``model`` goes into :func:`filtered` and :func:`smoothed`.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``names``, ``collinear``,
        ``start``, ``innovations``, ``level``, or ``exact`` when the drivers explain y without
        noise.

    Notes
    -----
    The log-likelihood of the forecast errors is climbed in the logarithms of the variances by
    L-BFGS from three paces, with the exact slope from one pass back (h being the noise's variance,
    u and D the smoothing errors and their variances, r and N as in :func:`smoothed`):

    .. math::
        \partial \log L / \partial h = \tfrac12 \sum_t (u_t^2 - D_t), \quad
        \partial \log L / \partial q_i = \tfrac12 \sum_t (r_{t,i}^2 - N_{t,ii}).

    A drift whose removal does not lower the likelihood is set to zero: the likelihood of a drift
    is often highest there although it drifts (the "pile-up"), so zero says that the sample does
    not show a drift, not that there is none.  Intervals are normal in the logarithm of the
    variance, from the curvature at the optimum with the zeros held, and know nothing of the
    pile-up.  Bands of paths that use the result take the variances as known.

    Under t innovations the likelihood is that of the moment-matching filter and slopes are
    numerical: some twenty times slower.

    References
    ----------
    Koopman, S. J. and Shephard, N. (1992). Exact score for time series models in state space form.
    Biometrika 79, 823-826.
    Durbin and Koopman (2012), section 7.3.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((500, 1))
    >>> beta = np.cumsum(0.1 * rng.standard_normal(500))
    >>> found = fit(beta * x[:, 0] + rng.standard_normal(500), x)
    >>> found.moving, bool(found.low[2] < 0.01 < found.high[2])
    (('0',), True)
    """
    chosen = options or FitOptions()
    critical = critical_value(chosen.level)
    if chosen.innovations not in {"normal", "t"}:
        raise NotEstimable("innovations", innovations=chosen.innovations)
    said = design(y, x, intercept=chosen.intercept)
    size, nobs = len(said.names), len(said.target)
    if nobs < 2 * size + 10:
        raise NotEstimable("too_short", nobs=nobs, least=2 * size + 10)
    scale = said.target.std()
    sizes = np.sqrt((said.rows**2).mean(axis=0))
    if (sizes == 0.0).any():
        raise NotEstimable("collinear", coefficients=size)
    units = sizes / scale  # of a coefficient
    start = variances(RandomWalk(noise=1.0, drift=0.0, start=chosen.start), size).start
    if start is not None:
        start = start[0] * units, start[1] * np.outer(units, units)
    unit = Design(
        (said.target - said.origin) / scale if start is None else said.target / scale,
        said.rows / sizes,
        said.names,
        said.index,
    )
    best, error, count = highest(unit, start, tails=chosen.innovations == "t")
    values = np.r_[best.noise, best.drift]
    turn = np.r_[scale**2, 1.0 / units**2]
    reach = np.exp(critical * error)
    model = RandomWalk(
        noise=best.noise * scale**2,
        drift=best.drift / units**2,
        start=chosen.start,
        nu=best.nu,
        intercept=chosen.intercept,
    )
    return RandomWalkFit(
        names=said.names,
        noise=model.noise,
        drift=np.asarray(model.drift),
        nu=best.nu,
        low=values * turn / reach,
        high=values * turn * reach,
        loglik=run(said, variances(model, size)).loglik,
        model=model,
        evaluations=count,
        level=chosen.level,
        nobs=nobs,
    )
