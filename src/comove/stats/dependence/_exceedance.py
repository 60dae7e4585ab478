"""Exceedance correlation: are two assets closer in falls than a normal distribution allows?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import optimal_block, percentile_interval, stationary_indices
from comove.stats.dependence._pair import pair
from comove.stats.dependence._truncated_normal import exceedance_benchmark
from comove.stats.frames import data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

Tail = Literal["lower", "upper"]
Weights = Literal["count", "equal"]

_BATCH = 64  # replications computed at a time
_SPARSE = 0.1  # share of draws without a correlation above which there is no band
_PERFECT = 1e-9  # distance of the correlation from one that leaves no benchmark


@dataclass(frozen=True, kw_only=True)
class ExceedanceOptions:
    """How exceedance correlations are compared with the normal.

    Parameters
    ----------
    level, replications
        Coverage of the bands, and samples behind each band and behind the p-value.
    block
        Mean block length of the bands in rows; chosen from the data when None.
    fewest
        A threshold with fewer joint exceedances is not estimated.
    weights
        ``"count"``: thresholds count in proportion to their exceedances, i.e. to the precision of
        their correlation; ``"equal"``: all alike.
    """

    level: float = 0.95
    replications: int = 1000
    block: float | None = None
    fewest: int = 20
    weights: Weights = "count"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ExceedanceCorrelation(Result):
    """Correlations of a pair beyond thresholds, and what a normal pair would show.

    Parameters
    ----------
    thresholds
        Shape (q,), in standard deviations; as given, also for the upper tail.
    correlation, low, high
        Shape (q,): correlation of the rows beyond, with percentile bands.  NaN where there are too
        few rows; a band also where more than a tenth of its draws have no correlation.
    normal
        Shape (q,): the same correlation in a bivariate normal with correlation ``rho``.
    counts
        Shape (q,): rows beyond the threshold in both series.
    weights
        Shape (q,): weight of each threshold in the statistic, summing to one.
    rho
        Correlation of all rows.
    statistic, pvalue
        H, and the share of normal samples with an H at least as large.
    tail
        ``"lower"`` or ``"upper"``.
    level, block, replications, nobs
        Coverage, mean block length, number of replications, T.
    """

    headline: ClassVar[tuple[str, ...]] = ()

    thresholds: Floats
    correlation: Floats
    low: Floats
    high: Floats
    normal: Floats
    counts: NDArray[np.int64]
    weights: Floats
    rho: float
    statistic: float
    pvalue: float
    tail: Tail
    level: float
    block: float
    replications: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line per threshold."""
        names = ("correlation", "low", "high", "normal", "counts", "weights")
        return data_frame({name: getattr(self, name) for name in names}, self.thresholds)


def exceedance_correlation(
    x: object,
    y: object,
    rng: np.random.Generator,
    thresholds: Sequence[float] = (0.0, -0.5, -1.0, -1.5),
    tail: Tail = "lower",
    options: ExceedanceOptions | None = None,
) -> ExceedanceCorrelation:
    r"""Correlate two series over the days on which both are low, against the normal benchmark.

    Parameters
    ----------
    x, y
        Shape (T,): arrays or series, T >= 50.  Returns, or better returns divided by their
        conditional volatility; any unit.  No NaN, not constant.
    rng
        Source of chance; the same state gives the same bands and p-value.
    thresholds
        In standard deviations from the mean, between -6 and 0.
    tail
        ``"lower"``: days on which both are below the threshold.  ``"upper"``: days on which both
        are above its mirror image.
    options
        Level, replications, blocks, weights; the defaults of :class:`ExceedanceOptions` when None.

    Returns
    -------
    ExceedanceCorrelation
        One correlation per threshold beside its normal value, and the H statistic with its p-value.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (also when no threshold has enough exceedances), ``not_finite``,
        ``constant``, ``collinear``, ``threshold``, ``level``.

    Notes
    -----
    With both series standardised by their own mean and deviation,

    .. math::
        \hat\rho(\theta) = corr(x, y \mid x < \theta, y < \theta), \qquad
        H = \sqrt{\textstyle\sum_i w_i\,(\hat\rho(\theta_i) - \rho_N(\theta_i; \hat\rho))^2}

    where :math:`\rho_N` is the value in a bivariate normal with the same overall correlation.
    Never compare with the overall correlation itself: for a normal pair the correlation beyond a
    threshold is smaller than overall and falls with the threshold.

    The p-value comes from normal samples of the same length and correlation, put through the same
    steps.  The bands come from the stationary bootstrap.  A small p-value says "not a normal pair",
    which fat tails and common spells of volatility bring about as well as a tie that holds in
    falls only: give series divided by their volatility, and compare both tails, before calling it
    asymmetry.

    References
    ----------
    Longin, F. and Solnik, B. (2001). Extreme correlation of international equity markets. Journal
    of Finance 56, 649-676.

    Ang, A. and Chen, J. (2002). Asymmetric correlations of equity portfolios. Journal of Financial
    Economics 63, 443-494.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common, own = rng.standard_normal(1500), rng.standard_normal((2, 1500))
    >>> found = exceedance_correlation(common + own[0], common + own[1], rng)
    >>> found.normal.round(2).tolist(), found.pvalue > 0.05
    ([0.27, 0.22, 0.18, 0.15], True)
    """
    chosen = options or ExceedanceOptions()
    first, second = pair(x, y, least=50)
    cuts = _cuts(thresholds, tail)
    if tail == "upper":
        first, second = -first, -second
    both = _standardised(np.stack([first, second])[:, None])
    rho = float((both[0] * both[1]).mean())
    if not abs(rho) < 1.0 - _PERFECT:
        raise NotEstimable("collinear", correlation=rho)
    correlation, counts = _beyond(both, cuts)
    seen = (counts[0] >= chosen.fewest) & np.isfinite(correlation[0])
    if not seen.any():
        raise NotEstimable("too_short", exceedances=int(counts.max()), least=chosen.fewest)
    found = np.where(seen, correlation[0], np.nan)
    normal = np.array([float(exceedance_benchmark(rho, cut)) for cut in cuts])
    weights = _weighted(counts, seen, chosen.weights)
    statistic = float(_distance(found[None], normal[None], weights)[0])
    nobs = first.size
    block = _block(both[:, 0], cuts[seen].max()) if chosen.block is None else chosen.block
    draws = _resampled(both[:, 0], cuts, (chosen.replications, block), rng)
    low, high = _bands(draws, seen, chosen.level)
    null = _null(rho, cuts, (chosen.replications, nobs), seen, chosen.weights, rng)
    return ExceedanceCorrelation(
        thresholds=np.asarray(thresholds, dtype=np.float64),
        correlation=found,
        low=low,
        high=high,
        normal=normal,
        counts=counts[0],
        weights=weights[0],
        rho=rho,
        statistic=statistic,
        pvalue=(1.0 + float((null >= statistic).sum())) / (1.0 + null.size),
        tail=tail,
        level=chosen.level,
        block=block,
        replications=chosen.replications,
        nobs=nobs,
    )


def _cuts(thresholds: Sequence[float], tail: str) -> Floats:
    cuts = np.asarray(thresholds, dtype=np.float64)
    if cuts.ndim != 1 or cuts.size == 0 or not ((cuts >= -6.0) & (cuts <= 0.0)).all():
        raise NotEstimable("threshold", thresholds=tuple(thresholds))
    if tail not in {"lower", "upper"}:
        raise NotEstimable("tail", tail=tail)
    return cuts


def _standardised(values: Floats) -> Floats:
    """Subtract the mean and divide by the deviation along the last axis; NaN where it is zero."""
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True))
    scaled: Floats = centred / np.where(spread > 0.0, spread, np.nan)
    return scaled


def _beyond(both: Floats, cuts: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Correlations (R, q) of standardised samples (2, R, T) below each cut, and how many rows."""
    replications, order = both.shape[1], np.argsort(cuts)
    higher = np.maximum(both[0], both[1])
    # rows are sorted into the gaps between the cuts, and gaps are added up from the bottom
    rows = np.flatnonzero(higher < cuts[order[-1]])
    gap = np.searchsorted(cuts[order], higher.ravel()[rows], side="right")
    cells = rows // both.shape[2] * cuts.size + gap
    first, second = both[0].ravel()[rows], both[1].ravel()[rows]

    def summed(values: Floats | None) -> Floats:
        found = np.bincount(cells, values, minlength=replications * cuts.size)
        total: Floats = np.cumsum(found.reshape(replications, cuts.size), axis=1, dtype=np.float64)
        return total[:, np.argsort(order)]

    count = summed(None)
    least = np.maximum(count, 1.0)
    means = summed(first) / least, summed(second) / least
    across = summed(first * second) / least - means[0] * means[1]
    spreads = (
        summed(first * first) / least - means[0] ** 2,
        summed(second * second) / least - means[1] ** 2,
    )
    known = (count >= 3) & (spreads[0] > 0.0) & (spreads[1] > 0.0)
    scale = np.sqrt(np.where(known, spreads[0] * spreads[1], 1.0))
    return np.where(known, across / scale, np.nan), count.astype(np.int64)


def _weighted(counts: NDArray[np.int64], seen: NDArray[np.bool_], kind: Weights) -> Floats:
    """Weights (R, q) that sum to one over the thresholds seen."""
    raw = counts * seen if kind == "count" else np.broadcast_to(seen, counts.shape)
    weights: Floats = raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1)
    return weights


def _distance(found: Floats, normal: Floats, weights: Floats) -> Floats:
    """Weighted root mean square distance (R,) of correlations from their normal values."""
    gaps = np.where(np.isfinite(found), found - normal, 0.0)
    distance: Floats = np.sqrt((weights * gaps**2).sum(axis=-1))
    return distance


def _block(both: Floats, cut: float) -> float:
    """Mean block length that the products of the exceedances ask for."""
    below = both.max(axis=0) < cut
    centred = np.where(below, both - both[:, below].mean(axis=1, keepdims=True), 0.0)
    return max(optimal_block(centred[0] * centred[1]), optimal_block(below.astype(np.float64)))


def _resampled(
    both: Floats, cuts: Floats, size: tuple[int, float], rng: np.random.Generator
) -> Floats:
    """Correlations (R, q) beyond each cut in block bootstrap samples."""
    replications, block = size
    nobs = both.shape[1]
    rows = stationary_indices(nobs, nobs, block, replications, rng)
    parts = [
        _beyond(_standardised(both[:, rows[first : first + _BATCH]]), cuts)[0]
        for first in range(0, replications, _BATCH)
    ]
    return np.concatenate(parts)


def _bands(draws: Floats, seen: NDArray[np.bool_], level: float) -> tuple[Floats, Floats]:
    low, high = np.full(seen.size, np.nan), np.full(seen.size, np.nan)
    for place in np.flatnonzero(seen):
        known = draws[np.isfinite(draws[:, place]), place]
        if known.size >= (1.0 - _SPARSE) * draws.shape[0]:
            ends = percentile_interval(known, level)
            low[place], high[place] = float(ends[0]), float(ends[1])
    return low, high


def _null(
    rho: float,
    cuts: Floats,
    size: tuple[int, int],
    seen: NDArray[np.bool_],
    kind: Weights,
    rng: np.random.Generator,
) -> Floats:
    """Draw the statistic (R,) of normal samples with the given correlation."""
    replications, nobs = size
    parts = []
    for first in range(0, replications, _BATCH):
        count = min(_BATCH, replications - first)
        both = rng.standard_normal((2, count, nobs))
        both[1] = rho * both[0] + math.sqrt(1.0 - rho**2) * both[1]
        both = _standardised(both)
        found, counts = _beyond(both, cuts)
        normal = _benchmarks((both[0] * both[1]).mean(axis=-1), cuts)
        parts.append(_distance(found, normal, _weighted(counts, seen, kind)))
    return np.concatenate(parts)


def _benchmarks(rho: Floats, cuts: Floats) -> Floats:
    """Return normal values (R, q)."""
    return np.column_stack([exceedance_benchmark(rho, float(cut)) for cut in cuts])
