"""Betas that drift: a discounted Kalman filter, its speed weighed by how well it predicted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.conditioning import condition_number
from comove.stats.frames import Labels, Table, data_frame, table
from comove.stats.kalman._design import CONSTANT
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

# Prior variance of a standardised beta, in units of the noise variance: the prior weighs as much as
# a millionth of a row.
_DIFFUSE = 1e6
_COLLINEAR = 1e4
DELTAS = (0.98, 0.985, 0.99, 0.995)


@dataclass(frozen=True, kw_only=True)
class FilterOptions:
    """How fast betas and noise may drift, and how wide the band is.

    Parameters
    ----------
    deltas
        Discount factors tried, each in (0, 1]; 1 is recursive least squares, 0.98 forgets half
        within 34 rows.
    variance_delta
        Discount factor of the noise variance, in (0, 1]; 0.99 follows volatility over about 100
        rows.
    intercept
        Add a constant as the first coefficient.
    level
        Coverage of the band.
    """

    deltas: tuple[float, ...] = DELTAS
    variance_delta: float = 0.99
    intercept: bool = True
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TimeVaryingBetas(Result):
    """Filtered coefficients: line t uses rows up to t and nothing later.

    Attributes
    ----------
    assets, names, index
        Of the k columns of y, of the q coefficients and of the T rows.
    coef, low, high
        Shape (T, k, q), q = p + 1 with an intercept (first) and p without; return per unit of
        driver, averaged over the discount factors by their record.  NaN in the first ``burn``
        lines, which set the scale of the prior.
    predicted
        Shape (T, k), forecast of line t from rows before t; NaN in the first ``burn`` lines.
    delta
        Shape (k,), discount factor with the best record at the last row.
    chosen
        Shape (T, k), discount factor with the best record at line t; NaN in the burn-in.
    loglik
        Shape (D, k), predictive log-likelihood of each discount factor after the burn-in.
    deltas
        The D discount factors tried.
    burn
        Lines used to scale the prior.
    level
        Coverage of the band.
    nobs
        T.
    """

    headline: ClassVar[tuple[str, ...]] = ("best",)

    assets: tuple[str, ...]
    names: tuple[str, ...]
    index: Labels
    coef: Floats
    low: Floats
    high: Floats
    predicted: Floats
    delta: Floats
    chosen: Floats
    loglik: Floats
    deltas: tuple[float, ...]
    burn: int
    level: float
    nobs: int

    @property
    def best(self) -> tuple[str, ...]:
        """Each asset with the discount factor that has the best record."""
        return tuple(f"{name} {best:g}" for name, best in zip(self.assets, self.delta, strict=True))

    def to_frame(self) -> DataFrame:
        """Return coefficient, low and high of each asset and coefficient, by row label."""
        columns = {}
        for place, asset in enumerate(self.assets):
            for i, name in enumerate(self.names):
                key = name if len(self.assets) == 1 else f"{asset} {name}"
                columns[key] = self.coef[:, place, i]
                columns[f"{key}_low"] = self.low[:, place, i]
                columns[f"{key}_high"] = self.high[:, place, i]
        return data_frame(columns, self.index)


def discounted(
    y: ArrayLike, x: ArrayLike, options: FilterOptions | None = None
) -> TimeVaryingBetas:
    r"""Filter drifting regression coefficients by discounting, causally.

    Parameters
    ----------
    y
        Shape (T, k) or (T,), array, series or frame of returns; any unit.  No NaN.
    x
        Shape (T, p) or (T,), drivers; any unit.  No NaN.
    options
        Discount factors, intercept and level.

    Returns
    -------
    TimeVaryingBetas
        Filtered, never smoothed.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (fewer than twice the burn-in), ``not_finite``, ``constant`` (a
        column that does not vary over the burn-in), ``collinear`` (drivers with a condition
        number above 10^4) or ``delta``.

    Notes
    -----
    With regressor row F, discount d, coefficients m, scale-free covariance C and noise variance S:

    .. math::
        R = C / d,\quad Q = 1 + F' R F,\quad A = R F / Q,\quad e = y - F' m,

        m \leftarrow m + A e,\quad C \leftarrow R - A A' Q,\quad
        n' = v n + 1,\quad S \leftarrow (v n S + e^2 / Q) / n',

    v being the discount of the variance.  It is computed through
    :math:`C^{-1} \leftarrow d\, C^{-1} + F F'`, where nothing is subtracted: the covariance form
    loses digits, and discounting multiplies the loss.  One step ahead y is Student t with n degrees
    of freedom about F'm, scale squared S Q; coefficients are Student t with scale squared S C.  C
    does not depend on y, so all assets share it.  The prior is m = 0 with variance 10^6 S over the
    squared standard deviation of each driver in the burn-in, S the variance of y there, n = 1; the
    burn-in is the first ``max(30, 2 (p + 1))`` rows, and no line of it is reported.

    Line t averages the discount factors with weights proportional to their predictive likelihood
    up to t: one chosen with hindsight would be look-ahead, and one taken for certain makes the
    band too narrow.  The variance of the band is that of the mixture.  One factor still serves all
    coefficients, so where one drifts and the others stand still the average is too slow and a
    stated 95 per cent covers about 85.

    References
    ----------
    West, M. and Harrison, J. (1997). Bayesian Forecasting and Dynamic Models, chapters 4, 6, 10
    and 12 (the mixture).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((400, 1))
    >>> beta = np.where(np.arange(400) < 200, 1.0, 2.0)[:, None]
    >>> path = discounted(beta * x + 0.2 * rng.standard_normal((400, 1)), x)
    >>> path.coef[[199, 399], 0, 1].round(1).tolist(), path.delta.tolist()
    ([1.0, 2.0], [0.98])
    """
    chosen = options or FilterOptions()
    _check_discounts(chosen)
    target, said = table(y), table(x)
    returns, drivers = matrix(target.values), matrix(said.values)
    burn = max(30, 2 * (drivers.shape[1] + 1))
    if returns.shape[0] != drivers.shape[0]:
        raise NotEstimable("shape", returns=returns.shape, drivers=drivers.shape)
    if returns.shape[0] < 2 * burn:
        raise NotEstimable("too_short", nobs=returns.shape[0], least=2 * burn)
    matrix(np.concatenate([drivers[:burn], returns[:burn]], axis=1))
    condition = condition_number(drivers)
    if condition > _COLLINEAR:
        raise NotEstimable("collinear", condition=condition)
    rows, scale = _regressors(drivers, burn, intercept=chosen.intercept)
    found = _averaged(_filter(returns, rows, burn, chosen), scale, burn, chosen)
    return _labelled(found, target, said, burn, chosen)


@dataclass(frozen=True, eq=False)
class _Track:
    """Every discount factor's run: T rows, D factors, k assets, q coefficients."""

    coef: Floats  # (T, D, k, q)
    variance: Floats  # (T, D, q): diagonal of C
    noise: Floats  # (T + 1, D, k): S before row t; after the last row at the end
    forecast: Floats  # (T, D, k)
    surprise: Floats  # (T, D, k): e^2 / Q
    size: Floats  # (T, D): Q
    freedom: Floats  # (T + 1,): n before row t


def _check_discounts(options: FilterOptions) -> None:
    factors = (*options.deltas, options.variance_delta)
    if not options.deltas or not all(0.0 < factor <= 1.0 for factor in factors):
        raise NotEstimable("delta", deltas=options.deltas, variance=options.variance_delta)
    if not 0.0 < options.level < 1.0:
        raise NotEstimable("level", level=options.level)


def _regressors(drivers: Floats, burn: int, *, intercept: bool) -> tuple[Floats, Floats]:
    """Regressor rows (T, q) over their scale in the burn-in (1 for the constant), and the scale."""
    scale = drivers[:burn].std(axis=0)
    if not intercept:
        return drivers / scale, scale
    ones = np.ones((drivers.shape[0], 1))
    return np.concatenate([ones, drivers / scale], axis=1), np.concatenate([[1.0], scale])


def _filter(returns: Floats, rows: Floats, burn: int, options: FilterOptions) -> _Track:
    """Run all discount factors and assets together."""
    precision, weighted = _discounted_sums(returns, rows, options.deltas)
    cov = np.linalg.inv(precision)
    coef = (cov @ weighted).transpose(0, 1, 3, 2)
    # what was known before row t: the prior first, then everything up to row t - 1
    before = np.concatenate([np.zeros_like(coef[:1]), coef[:-1]])
    prior = np.broadcast_to(_DIFFUSE * np.eye(rows.shape[1]), cov[:1].shape)
    spread = np.concatenate([prior, cov[:-1]]) / np.array(options.deltas)[:, None, None]
    forecast = np.einsum("tdkq,tq->tdk", before, rows)
    size = 1.0 + np.einsum("tdq,tq->td", np.einsum("tdqr,tr->tdq", spread, rows), rows)
    surprise = (returns[:, None] - forecast) ** 2 / size[:, :, None]
    noise, freedom = _noise(surprise, returns[:burn].var(axis=0), options.variance_delta)
    return _Track(
        coef=coef,
        variance=np.asarray(cov.diagonal(axis1=2, axis2=3), dtype=np.float64),
        noise=noise,
        forecast=forecast,
        surprise=surprise,
        size=size,
        freedom=freedom,
    )


def _discounted_sums(
    returns: Floats, rows: Floats, deltas: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Precision (T, D, q, q) and weighted products (T, D, q, k), both after row t."""
    nobs, width = rows.shape
    fade = np.array(deltas)[:, None, None]
    outer = rows[:, :, None] * np.concatenate([rows, returns], axis=1)[:, None, :]
    sums = np.empty((nobs, len(deltas), *outer.shape[1:]))
    start = np.zeros(outer.shape[1:])
    start[:, :width] = np.eye(width) / _DIFFUSE
    state = np.broadcast_to(start, sums.shape[1:])
    for t in range(nobs):
        np.multiply(state, fade, out=sums[t])
        sums[t] += outer[t]
        state = sums[t]
    return sums[..., :width], sums[..., width:]


def _noise(surprise: Floats, first: Floats, variance_delta: float) -> tuple[Floats, Floats]:
    """Noise variance (T + 1, D, k) and its degrees of freedom (T + 1,) before every row."""
    nobs = surprise.shape[0]
    noise, freedom = np.empty((nobs + 1, *surprise.shape[1:])), np.empty(nobs + 1)
    noise[0], freedom[0] = first, 1.0
    for t in range(nobs):
        kept = variance_delta * freedom[t]
        freedom[t + 1] = kept + 1.0
        noise[t + 1] = (kept * noise[t] + surprise[t]) / (kept + 1.0)
    return noise, freedom


def _log_density(track: _Track, variance_delta: float) -> Floats:
    """Log of the Student t density of every forecast error, (T, D, k)."""
    freedom = variance_delta * track.freedom[:-1]
    level = np.array(
        [
            math.lgamma((n + 1.0) / 2.0) - math.lgamma(n / 2.0) - 0.5 * math.log(n * math.pi)
            for n in freedom
        ]
    )
    n = freedom[:, None, None]
    noise = np.maximum(track.noise[:-1], np.finfo(np.float64).tiny)
    scale = 0.5 * (np.log(noise) + np.log(track.size)[:, :, None])
    density: Floats = (
        level[:, None, None] - scale - (n + 1.0) / 2.0 * np.log1p(track.surprise / (n * noise))
    )
    return density


@dataclass(frozen=True, eq=False)
class _Average:
    """Coefficients and their band, forecasts, the best factor and the record of each."""

    coef: Floats  # (T, k, q)
    half: Floats  # (T, k, q)
    predicted: Floats  # (T, k)
    chosen: Floats  # (T, k)
    record: Floats  # (D, k)


def _averaged(track: _Track, scale: Floats, burn: int, options: FilterOptions) -> _Average:
    """Weigh the factors, row by row and asset by asset, by their record so far."""
    record = np.cumsum(_log_density(track, options.variance_delta)[burn:], axis=0)
    weights = np.full(track.forecast.shape, 1.0 / len(options.deltas))
    weights[burn:] = np.exp(record - record.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mean = np.einsum("tdk,tdkq->tkq", weights, track.coef)
    apart = (track.coef - mean[:, None]) ** 2
    apart += track.noise[1:, :, :, None] * track.variance[:, :, None]
    variance = np.einsum("tdk,tdkq->tkq", weights, apart)
    reach = _student_quantile(0.5 + options.level / 2.0, track.freedom[1:])
    half = reach[:, None, None] * np.sqrt(variance) / scale
    earlier = np.concatenate([weights[:1], weights[:-1]])
    predicted = (earlier * track.forecast).sum(axis=1)
    chosen = np.array(options.deltas)[weights.argmax(axis=1)]
    found = _Average(mean / scale, half, predicted, chosen, record[-1].copy())
    for array in (found.coef, found.half, found.predicted, found.chosen):
        array[:burn] = np.nan
    return found


def _labelled(
    found: _Average, target: Table, said: Table, burn: int, options: FilterOptions
) -> TimeVaryingBetas:
    """Hand the averages over with the names of what they are of."""
    return TimeVaryingBetas(
        assets=target.names,
        names=(CONSTANT, *said.names) if options.intercept else said.names,
        index=target.index,
        coef=found.coef,
        low=found.coef - found.half,
        high=found.coef + found.half,
        predicted=found.predicted,
        delta=found.chosen[-1].copy(),
        chosen=found.chosen,
        loglik=found.record,
        deltas=tuple(options.deltas),
        burn=burn,
        level=options.level,
        nobs=len(target.values),
    )


def _student_quantile(chance: float, freedom: Floats) -> Floats:
    """Quantile of Student's t by its expansion about the normal, good to 1e-5 from 15 degrees."""
    z = NormalDist().inv_cdf(chance)
    terms = (
        (z**3 + z) / 4.0,
        (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0,
        (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0,
        (79.0 * z**9 + 776.0 * z**7 + 1482.0 * z**5 - 1920.0 * z**3 - 945.0 * z) / 92160.0,
    )
    quantile = np.full(freedom.shape, z)
    for power, term in enumerate(terms, start=1):
        quantile += term / freedom**power
    return quantile
