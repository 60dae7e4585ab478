"""Is a high in the rolling correlation news, or what constant correlation does anyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats import garch, rolling
from comove.stats.sample import Floats, matrix

_BATCH = 250  # replications simulated together: a few megabytes at a time

DEFAULT_REPLICATIONS = 1000


@dataclass(frozen=True, kw_only=True)
class PeakOptions:
    """How the null law is simulated.

    Attributes
    ----------
    replications
        Simulated samples, at least 99.
    level
        Coverage of the pointwise band and of the bound on the maximum, in (0, 1).
    """

    replications: int = DEFAULT_REPLICATIONS
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse options that cannot carry a quantile."""
        if self.replications < 99:
            raise NotEstimable("too_short", replications=self.replications, least=99)
        if not 0.0 < self.level < 1.0:
            raise NotEstimable("level", level=self.level)


@dataclass(frozen=True, kw_only=True)
class PeakTest:
    """The highest rolling correlation of a sample against its law under constant correlation.

    Attributes
    ----------
    peak, at
        The maximum and the row of the last observation in its window.
    trough
        The minimum.
    pvalue
        Probability under the null of a maximum at least as high.
    pvalue_trough
        Probability under the null of a minimum at least as low.
    latest, pvalue_latest
        The last rolling value and its two-sided pointwise p-value: what it would mean had
        nobody searched for the day.
    correlation
        The constant correlation of the null: of the standardised residuals.
    band_low, band_high
        Pointwise quantiles of the rolling correlation under the null.
    sup_high
        Quantile of the maximum under the null.
    level, nobs, window, replications
        Coverage, T, observations per window, simulated samples.
    """

    peak: float
    at: int
    trough: float
    pvalue: float
    pvalue_trough: float
    latest: float
    pvalue_latest: float
    correlation: float
    band_low: float
    band_high: float
    sup_high: float
    level: float
    nobs: int
    window: int
    replications: int


def peak_test(
    x: ArrayLike, window: int, rng: Generator, options: PeakOptions | None = None
) -> PeakTest:
    """Test whether the rolling correlation of two series rose higher than constancy allows.

    Parameters
    ----------
    x
        Shape (T, 2): returns, T >= max(100, 2 window). No NaN, no constant column.
    window
        Observations per rolling value, at least 3.
    rng
        Source of the simulated samples.
    options
        Replications and level; the defaults when None.

    Returns
    -------
    PeakTest
        p-values are (1 + count) / (1 + draws), never zero.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant`` (also when the last window does
        not vary).

    Notes
    -----
    Null: a GARCH(1,1) with constant mean in each margin, fitted to the sample, driven by pairs
    of its own standardised residuals drawn independently in time and jointly across the two
    series. That keeps volatility clustering, fat tails and their dependence, while the
    correlation stays constant. The residuals are centred and scaled to unit variance, each
    replication starts at a pair of fitted variances drawn from the sample, and the parameters
    are not fitted again. Looking over all T - window + 1 dates is paid for by comparing the
    maximum with the law of maxima. The pointwise band and ``pvalue_latest`` pool dates across
    replications, the null being stationary.

    References
    ----------
    Pascual, Romo and Ruiz (2006), "Bootstrap prediction for returns and volatilities in GARCH
    models", for the resampling of standardised residuals.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> noise = rng.standard_normal((200, 2))
    >>> result = peak_test(noise, 50, rng, PeakOptions(replications=199))
    >>> result.trough <= result.latest <= result.peak, 0 < result.pvalue <= 1
    (True, True)
    """
    chosen = options or PeakOptions()
    data = matrix(x, least=max(garch.FEWEST, 2 * window), columns=2)
    observed = rolling.pair(data[:, 0], data[:, 1], window).value
    if np.isnan(observed[-1]):
        raise NotEstimable("constant", window=window)
    null = _null(garch.fit(data), window, rng, chosen.replications)
    peak, trough, latest = float(np.nanmax(observed)), float(np.nanmin(observed)), observed[-1]
    tail = (1.0 - chosen.level) / 2.0
    low, high = np.quantile(null.pooled, [tail, 1.0 - tail])
    beyond = min(int((null.pooled >= latest).sum()), int((null.pooled <= latest).sum()))
    return PeakTest(
        peak=peak,
        at=int(np.nanargmax(observed)),
        trough=trough,
        pvalue=_share(int((null.peaks >= peak).sum()), len(null.peaks)),
        pvalue_trough=_share(int((null.troughs <= trough).sum()), len(null.troughs)),
        latest=float(latest),
        pvalue_latest=min(1.0, 2.0 * _share(beyond, len(null.pooled))),
        correlation=null.correlation,
        band_low=float(low),
        band_high=float(high),
        sup_high=float(np.quantile(null.peaks, chosen.level)),
        level=chosen.level,
        nobs=len(data),
        window=window,
        replications=chosen.replications,
    )


@dataclass(frozen=True, kw_only=True)
class _Null:
    """Maxima (R,), minima (R,) and values pooled over dates, under constant correlation."""

    peaks: Floats
    troughs: Floats
    pooled: Floats
    correlation: float


def _null(model: garch.Garch, window: int, rng: Generator, replications: int) -> _Null:
    pairs = model.residuals - model.residuals.mean(axis=0)
    pairs /= np.sqrt((pairs * pairs).mean(axis=0))
    # Neighbouring windows repeat each other: a few dates per replication tell all there is.
    stride = max(1, window // 4)
    peaks, troughs, pooled = [], [], []
    for done in range(0, replications, _BATCH):
        count = min(_BATCH, replications - done)
        rows = rng.integers(0, len(pairs), size=(len(pairs), count))
        starts = rng.integers(0, len(pairs), size=count)
        shocks = np.stack([pairs[:, 0][rows], pairs[:, 1][rows]], axis=1)
        returns = garch.simulate(model, shocks, np.ascontiguousarray(model.sigma2[starts].T))
        values = rolling.paths(returns[:, 0], returns[:, 1], window)
        peaks.append(np.fmax.reduce(values, axis=0))
        troughs.append(np.fmin.reduce(values, axis=0))
        pooled.append(values[::stride].ravel())
    known = np.concatenate(pooled)
    return _Null(
        peaks=np.concatenate(peaks),
        troughs=np.concatenate(troughs),
        pooled=known[~np.isnan(known)],
        correlation=float((pairs[:, 0] * pairs[:, 1]).mean()),
    )


def _share(count: int, draws: int) -> float:
    return (1.0 + count) / (1.0 + draws)
