"""Correlation of two series observed at different times, and who moves first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import sup_t_band
from comove.stats.frames import data_frame
from comove.stats.leadlag._ticks import Ticks, ticks
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 20
"""Fewest changes of either series within the time they share."""

_DRAWS = 2000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HayashiYoshida(Result):
    """Covariance and correlation of changes over overlapping stretches of time.

    Attributes
    ----------
    value, low, high
        Correlation and its interval. The estimator may leave [-1, 1]; the interval does not.
    covariance
        Sum over the time shared, squared units of the levels: not per unit of time.
    variances
        Sums of squared changes of x and of y over that time.
    level
        Coverage.
    nobs
        Changes of x and of y used.
    """

    value: float
    low: float
    high: float
    covariance: float
    variances: tuple[float, float]
    level: float
    nobs: tuple[int, int]

    def to_frame(self) -> DataFrame:
        """Return one line."""
        columns = {"correlation": [self.value], "low": [self.low], "high": [self.high]}
        return data_frame({**columns, "covariance": [self.covariance]})


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LeadLag(Result):
    """Correlation of x with y a while later, for many whiles.

    Attributes
    ----------
    shifts
        Shape (S,), ascending; positive: x leads, y follows by so much.
    correlation, low, high
        Shape (S,), Hayashi-Yoshida correlation at each shift and its interval, each alone.
    band
        Shape (S,): under no correlation at any shift all lie within -band .. band with
        probability ``level``.
    lead
        The shift where the correlation is largest in size.
    ratio
        Sum of squared correlations at positive shifts over that at the same negative ones; above 1
        x leads more than it follows; NaN without such pairs of shifts.
    level, nobs
        Coverage, and changes of x and of y used at shift zero or the one nearest to it.
    """

    headline: ClassVar[tuple[str, ...]] = ("significant",)

    shifts: Floats
    correlation: Floats
    low: Floats
    high: Floats
    band: Floats
    lead: float
    ratio: float
    level: float
    nobs: tuple[int, int]

    @property
    def significant(self) -> bool:
        """Whether any shift leaves the band."""
        return bool((np.abs(self.correlation) > self.band).any())

    def to_frame(self) -> DataFrame:
        """Return correlation, low, high and band by shift."""
        columns = {"correlation": self.correlation, "low": self.low, "high": self.high}
        return data_frame({**columns, "band": self.band}, self.shifts)


def hayashi_yoshida(
    times: tuple[ArrayLike, ArrayLike],
    levels: tuple[ArrayLike, ArrayLike],
    *,
    shift: float = 0.0,
    level: float = 0.95,
) -> HayashiYoshida:
    r"""Correlate two series observed at different times, without filling or dropping anything.

    Parameters
    ----------
    times
        Of x, shape (n,), and of y, shape (m,): numbers, or datetime64 instants of one zone;
        strictly ascending.
    levels
        Of x and y at those times: log prices, or levels whose changes are meant.  No NaN, not
        constant.
    shift
        Correlate x with y so much later; unit of the times, seconds for instants.
    level
        Coverage.

    Returns
    -------
    HayashiYoshida
        Over the time both cover.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``constant``, ``not_ascending``, ``too_short`` when either has
        fewer than 20 changes in the time shared, or ``level``.

    Notes
    -----
    .. math::
        \sum_{i,j} \Delta x_i\, \Delta y_j\, 1(I_i \cap J_j \neq \emptyset)

    over all stretches I of x and J of y between observations.  Every pair of changes that shares
    time counts once, so nothing is biased towards zero as it is after sampling both on a grid with
    the last value carried forward.  The correlation divides by the roots of the sums of squares.

    The interval treats what each stretch of the slower series adds as a time series: Bartlett
    long-run variance, on Fisher's scale.  Noise in the observed levels (bid and ask) biases the
    variances up and the correlation down: do not use every tick.

    References
    ----------
    Hayashi, T. and Yoshida, N. (2005). On covariance estimation of non-synchronously observed
    diffusion processes. Bernoulli 11, 359-379.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> path = np.cumsum(rng.standard_normal(3000))
    >>> early, late = np.arange(0, 3000, 7), np.arange(3, 3000, 11)
    >>> found = hayashi_yoshida((early, late), (path[early], path[late]))
    >>> found.nobs, found.low < 1.0 <= round(found.value + 0.1, 1)
    ((426, 272), True)
    """
    critical = critical_value(level)
    one, other = ticks(times, levels, FEWEST + 1)
    moments = _moments(one, other, shift)
    value, error = moments.correlation()
    low, high = _interval(value, error, critical)
    return HayashiYoshida(
        value=value,
        low=low,
        high=high,
        covariance=float(moments.parts[0].sum()),
        variances=(float(moments.parts[1].sum()), float(moments.parts[2].sum())),
        level=level,
        nobs=moments.nobs,
    )


def lead_lag(
    times: tuple[ArrayLike, ArrayLike],
    levels: tuple[ArrayLike, ArrayLike],
    shifts: ArrayLike,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
) -> LeadLag:
    r"""Correlate x with y a while later, for every while asked, and find the likeliest lead.

    Parameters
    ----------
    times, levels
        As in :func:`hayashi_yoshida`.
    shifts
        Shape (S,), all different; unit of the times, seconds for instants; positive: x leads.
    rng
        Source of chance for the band; the same state gives the same band.
    level
        Coverage.

    Returns
    -------
    LeadLag
        Shifts ascending.

    Raises
    ------
    NotEstimable
        As in :func:`hayashi_yoshida`, at any shift; ``shape`` for shifts that are not different.

    Notes
    -----
    The band is that of the largest of all shifts at once, by a multiplier bootstrap: what each
    stretch of x adds at every shift is multiplied by normal numbers, one for each run of stretches
    that hangs together, the same at all shifts.  It tests no correlation at any shift; with
    correlation at one, shifts less than a stretch away pick some of it up, and the estimated lead
    is no finer than the time between observations.

    A series that is only observed later than it moves (a stale price, a close struck hours
    earlier) follows without being led: compare :func:`cross_correlation`.

    References
    ----------
    Hoffmann, M., Rosenbaum, M. and Yoshida, N. (2013). Estimation of the lead-lag parameter from
    non-synchronous data. Bernoulli 19, 426-461.
    Huth, N. and Abergel, F. (2014). High frequency lead/lag relationships: empirical facts.
    Journal of Empirical Finance 26, 41-58.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> path = np.cumsum(rng.standard_normal(4000))
    >>> early, late = np.arange(20, 4000, 3), np.arange(21, 4000, 5)
    >>> found = lead_lag((early, late), (path[early], path[late - 8]), np.arange(-16, 17, 4), rng)
    >>> found.lead, found.significant
    (8.0, True)
    """
    critical = critical_value(level)
    one, other = ticks(times, levels, FEWEST + 1)
    wanted = np.sort(np.asarray(shifts, dtype=np.float64).ravel())
    if wanted.size == 0 or not np.isfinite(wanted).all() or not (np.diff(wanted) > 0.0).all():
        raise NotEstimable("shape", shifts=wanted.shape)
    found = [_moments(one, other, float(shift), swap=False) for shift in wanted]
    pairs = [moments.correlation() for moments in found]
    ends = np.array([_interval(*pair, critical) for pair in pairs])
    value = np.array([pair[0] for pair in pairs])
    nearest = int(np.abs(wanted).argmin())
    return LeadLag(
        shifts=wanted,
        correlation=value,
        low=ends[:, 0],
        high=ends[:, 1],
        band=_null_band(found, len(one.times), rng, level),
        lead=float(wanted[np.abs(value).argmax()]),
        ratio=_ratio(wanted, value),
        level=level,
        nobs=found[nearest].nobs,
    )


@dataclass(frozen=True, eq=False)
class _Moments:
    """What each stretch of the base series adds: covariance, variance of x and of y, (3, n)."""

    parts: Floats
    first: int  # stretch of the whole base series that is the first here
    lags: int
    nobs: tuple[int, int]

    def correlation(self) -> tuple[float, float]:
        """Correlation and its standard error."""
        cross, own, other = self.parts
        sums = self.parts.sum(axis=1)
        scale = math.sqrt(sums[1]) * math.sqrt(sums[2])
        value = float(sums[0]) / scale
        influence = cross / scale - 0.5 * value * (own / sums[1] + other / sums[2])
        spread = long_run_covariance(influence[:, None], self.lags)[0, 0]
        return value, math.sqrt(len(influence) * float(spread))


def _moments(one: Ticks, other: Ticks, shift: float, *, swap: bool = True) -> _Moments:
    """Split the estimator over stretches of x, or of the slower series where ``swap``."""
    moved = Ticks(other.times - shift, other.levels)
    begin = max(one.times[0], moved.times[0])
    end = min(one.times[-1], moved.times[-1])
    base, late = one.between(begin, end), moved.between(begin, end)
    nobs = len(base.times) - 1, len(late.times) - 1
    if min(nobs) < FEWEST:
        raise NotEstimable("too_short", nobs=min(nobs), least=FEWEST, shift=shift)
    if np.ptp(base.levels) == 0.0 or np.ptp(late.levels) == 0.0:
        raise NotEstimable("constant", shift=shift)
    first = int(np.searchsorted(one.times, begin))
    turned = swap and nobs[1] < nobs[0]
    if turned:
        base, late = late, base
    # Stretches of the other series that reach into one of the base run from the last observation
    # at or before its beginning to the first at or after its end.
    reach = np.searchsorted(late.times, base.times[1:], side="left").clip(max=len(late.times) - 1)
    back = np.searchsorted(late.times, base.times[:-1], side="right").clip(min=1) - 1
    steps = np.diff(base.levels)
    squares = np.concatenate([[0.0], np.cumsum(np.diff(late.levels) ** 2)])
    seen = np.searchsorted(late.times, base.times, side="right").clip(min=1) - 1
    seen[0], seen[-1] = 0, len(late.times) - 1
    parts = np.stack(
        [steps * (late.levels[reach] - late.levels[back]), steps**2, np.diff(squares[seen])]
    )
    hanging = math.ceil(len(steps) / (len(late.times) - 1))
    lags = min(max(newey_west_lags(len(steps)), 2 * hanging), len(steps) - 1)
    return _Moments(parts[[0, 2, 1]] if turned else parts, first, lags, nobs)


def _interval(value: float, error: float, critical: float) -> tuple[float, float]:
    """Fisher's interval; the estimator may lie outside [-1, 1], the interval does not."""
    if abs(value) >= 1.0:
        low, high = value - critical * error, value + critical * error
        return max(-1.0, min(low, 1.0)), max(-1.0, min(high, 1.0))
    half = critical * error / (1.0 - value**2)
    centre = math.atanh(value)
    return math.tanh(centre - half), math.tanh(centre + half)


def _null_band(found: list[_Moments], count: int, rng: np.random.Generator, level: float) -> Floats:
    """Half-width (S,) that the correlations of all shifts stay within, if all are zero."""
    adds = np.zeros((count, len(found)))
    for place, moments in enumerate(found):
        cross, own, other = moments.parts
        scale = math.sqrt(float(own.sum())) * math.sqrt(float(other.sum()))
        adds[moments.first : moments.first + len(cross), place] = cross / scale
    run = 1 + max(moments.lags for moments in found)
    blocks = np.add.reduceat(adds, np.arange(0, count, run), axis=0)
    draws = rng.standard_normal((_DRAWS, len(blocks))) @ blocks
    return sup_t_band(np.zeros(len(found)), draws, level).high


def _ratio(shifts: Floats, value: Floats) -> float:
    """Squared correlations where x leads over those where it follows, at the same distances."""
    ahead = (shifts > 0.0) & np.isin(shifts, -shifts)
    behind = (shifts < 0.0) & np.isin(shifts, -shifts)
    below = float((value[behind] ** 2).sum())
    return float((value[ahead] ** 2).sum()) / below if below > 0.0 else math.nan
