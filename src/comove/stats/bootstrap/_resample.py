"""Bootstrap of a correlation, a beta or a fall: draws, intervals and a band that holds at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.bootstrap._indices import Blocks, circular_blocks, stationary_blocks
from comove.stats.bootstrap._intervals import (
    Band,
    percentile_interval,
    studentised_interval,
    sup_t_band,
)
from comove.stats.bootstrap._length import Kind, optimal_block
from comove.stats.bootstrap._statistics import Smooth, betas, correlations, means
from comove.stats.frames import data_frame, table
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

Statistic = Literal["correlation", "beta", "mean", "drawdown"]
Method = Literal["percentile", "studentised"]

_FEWEST = 20
_TOGETHER = 1 << 22  # numbers of slopes held at once: 32 megabytes


@dataclass(frozen=True, kw_only=True)
class ResampleOptions:
    """How rows are redrawn and what is made of the draws.

    Attributes
    ----------
    kind
        ``"stationary"`` blocks of geometric length, or ``"circular"`` ones of one length.
    block
        Mean or exact length in rows, >= 1; None takes :func:`optimal_block` of what each row adds
        to the statistic, the longest over the statistics.  Circular blocks are rounded.
    replications
        R >= 2.
    method
        ``"percentile"``, or ``"studentised"`` (not for a drawdown).
    level
        Coverage aimed at.
    """

    kind: Kind = "stationary"
    block: float | None = None
    replications: int = 10_000
    method: Method = "percentile"
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Bootstrap(Result):
    """A statistic, its interval and the draws behind it.

    Attributes
    ----------
    names
        The J statistics: a pair ``"a~b"``, a driver, or a column.
    statistic
        What was asked for.
    estimate
        Shape (J,), in the sample.
    error
        Shape (J,), standard error: exact variance of the bootstrap of the linearised statistic;
        of a drawdown the standard deviation of the draws.
    low, high
        Shape (J,), interval of each alone.
    draws
        Shape (R, J).
    kind, block, method, level, nobs
        As drawn.
    """

    names: tuple[str, ...]
    statistic: Statistic
    estimate: Floats
    error: Floats
    low: Floats
    high: Floats
    draws: Floats
    kind: Kind
    block: float
    method: Method
    level: float
    nobs: int

    def band(self, level: float | None = None) -> Band:
        """Return intervals that hold for all statistics at once; see :func:`sup_t_band`.

        Parameters
        ----------
        level
            Chance aimed at; that of the result when None.

        Returns
        -------
        Band
            Of J intervals.
        """
        return sup_t_band(self.estimate, self.draws, self.level if level is None else level)

    def to_frame(self) -> DataFrame:
        """Return estimate, error, low and high of each statistic."""
        columns = {"estimate": self.estimate, "error": self.error}
        return data_frame({**columns, "low": self.low, "high": self.high}, self.names)


def resample(
    x: ArrayLike,
    statistic: Statistic,
    rng: np.random.Generator,
    options: ResampleOptions | None = None,
) -> Bootstrap:
    r"""Bootstrap a statistic of a table of returns by blocks of rows.

    Parameters
    ----------
    x
        Shape (T, k), T >= 20, array or data frame; any unit.  No NaN, no constant column.
    statistic
        ``"correlation"`` of every pair of columns (k >= 2); ``"beta"`` of the first column on the
        others, with a constant (k >= 2); ``"mean"`` of every column; ``"drawdown"``: the largest
        fall of every column's running sum (of log returns: of the log price), 0 or negative.
    rng
        Source of chance; the same state gives the same draws.
    options
        Kind of blocks, their length, replications, method, level.

    Returns
    -------
    Bootstrap
        Arrays read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``collinear``; ``replications``
        when a replication does not vary; ``option``, ``kind``, ``block`` or ``level``.

    Notes
    -----
    Correlations, betas and means are functions of sums over rows, and a sum over a block is a
    difference of running sums (of standardised columns): a replication costs its number of blocks,
    not its number of rows.

    Studentised: the error of a replication is that of its own blocks, sum over blocks of
    (slope'(sum - length * mean))^2, times B / (B - 1) over n^2 (B blocks); a replication of a
    single block is the sample itself, begun elsewhere, and has its error.  The error of the sample
    is the exact variance under the same blocks,

    .. math::
        \hat\sigma^2 = \frac{1}{T} \left( c_0 + 2 \sum_{k=1}^{T-1} w_k c_k \right),\quad
        w_k = (1 - k/T)(1 - 1/b)^k + (k/T)(1 - 1/b)^{T-k}

    over T, with c_k the circular autocovariances of what each row adds, counted once from each
    side (circular blocks: w_k = 1 - k / b for k < b).  Correlations are studentised as atanh r.

    A drawdown is a feature of the path: its draws say how deep a fall such a history may hold,
    and the interval is of that law, not of a parameter.  Blocks shorter than the memory of
    volatility make it too shallow.

    References
    ----------
    Politis and Romano (1994), "The stationary bootstrap"; Götze and Künsch (1996),
    "Second-order correctness of the blockwise bootstrap for stationary observations".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common = rng.standard_normal(300)
    >>> x = np.column_stack([common + rng.standard_normal(300) for _ in range(2)])
    >>> found = resample(x, "correlation", rng)
    >>> found.names, bool(found.low[0] < 0.5 < found.high[0])
    (('0~1',), True)
    """
    chosen = options or ResampleOptions()
    _check(statistic, chosen)
    data = table(x)
    values = matrix(data.values, least=_FEWEST)
    if statistic == "drawdown":
        return _drawdown(values, data.names, rng, chosen)
    if statistic != "mean" and values.shape[1] < 2:
        raise NotEstimable("shape", got=values.shape, columns=2)
    smooth = {"correlation": correlations, "beta": betas, "mean": means}[statistic](
        values, data.names
    )
    return _smooth(smooth, statistic, rng, chosen)


def _check(statistic: Statistic, chosen: ResampleOptions) -> None:
    known = statistic in {"correlation", "beta", "mean", "drawdown"}
    if not known or chosen.method not in {"percentile", "studentised"}:
        raise NotEstimable("option", statistic=statistic, method=chosen.method)
    if statistic == "drawdown" and chosen.method == "studentised":
        raise NotEstimable("option", statistic=statistic, method=chosen.method)
    if chosen.replications < 2:
        raise NotEstimable("too_short", replications=chosen.replications, least=2)
    if not 0.0 < chosen.level < 1.0:
        raise NotEstimable("level", level=chosen.level)


def _smooth(
    smooth: Smooth, statistic: Statistic, rng: np.random.Generator, chosen: ResampleOptions
) -> Bootstrap:
    from comove.stats.bootstrap._kernels import sums

    influence = smooth.influence()
    nobs = len(influence)
    block = _block(influence, chosen)
    blocks = _blocks(nobs, block, rng, chosen)
    running = np.zeros((nobs + 1, smooth.features.shape[1]))
    np.cumsum(smooth.features, axis=0, out=running[1:])
    found = np.empty((chosen.replications, running.shape[1]))
    sums(running, blocks, nobs, found)
    found /= nobs
    draws = smooth.value(found)
    failed = int(np.isnan(draws).any(axis=1).sum())
    if failed:
        raise NotEstimable("replications", failed=failed, replications=chosen.replications)
    estimate = smooth.value(running[-1:] / nobs)[0]
    error = _error(influence, block, chosen.kind)
    if chosen.method == "percentile":
        low, high = percentile_interval(draws, chosen.level)
    else:
        errors = _block_errors(smooth, (running, blocks), found)
        errors[np.diff(blocks[2]) == 1] = error
        ends = estimate, error, draws, errors
        if statistic == "correlation":
            ends = _transformed(*ends)
        low, high = studentised_interval(*ends, level=chosen.level)
        if statistic == "correlation":
            low, high = np.tanh(low), np.tanh(high)
    return Bootstrap(
        names=smooth.labels,
        statistic=statistic,
        estimate=smooth.shift + smooth.unit * estimate,
        error=smooth.unit * error,
        low=smooth.shift + smooth.unit * low,
        high=smooth.shift + smooth.unit * high,
        draws=smooth.shift + smooth.unit * draws,
        kind=chosen.kind,
        block=block,
        method=chosen.method,
        level=chosen.level,
        nobs=nobs,
    )


def _drawdown(
    values: Floats, names: tuple[str, ...], rng: np.random.Generator, chosen: ResampleOptions
) -> Bootstrap:
    from comove.stats.bootstrap._kernels import deepest

    nobs, size = values.shape
    scale = np.abs(values).max(axis=0)
    unit = values / scale
    sizes = np.abs(unit - unit.mean(axis=0))
    varying = sizes[:, np.ptp(sizes, axis=0) > 0.0]
    block = _block(np.concatenate([unit, varying], axis=1), chosen)
    draws = np.empty((chosen.replications, size))
    deepest(unit, _blocks(nobs, block, rng, chosen), nobs, draws)
    once = np.empty((1, size))
    whole = np.array([0]), np.array([0]), np.array([0, 1])
    deepest(unit, whole, nobs, once)
    draws *= scale
    low, high = percentile_interval(draws, chosen.level)
    return Bootstrap(
        names=names,
        statistic="drawdown",
        estimate=once[0] * scale,
        error=draws.std(axis=0, ddof=1),
        low=low,
        high=high,
        draws=draws,
        kind=chosen.kind,
        block=block,
        method=chosen.method,
        level=chosen.level,
        nobs=nobs,
    )


def _block(series: Floats, chosen: ResampleOptions) -> float:
    """Block length asked for, or the longest that a column calls for."""
    if chosen.block is None:
        length = max(optimal_block(column, chosen.kind) for column in series.T)
    else:
        length = float(chosen.block)
    if not (math.isfinite(length) and length >= 1.0):
        raise NotEstimable("block", block=length)
    return float(round(length)) if chosen.kind == "circular" else length


def _blocks(nobs: int, block: float, rng: np.random.Generator, chosen: ResampleOptions) -> Blocks:
    if chosen.kind == "circular":
        return circular_blocks(nobs, nobs, int(block), chosen.replications, rng)
    return stationary_blocks(nobs, nobs, block, chosen.replications, rng)


def _error(influence: Floats, block: float, kind: Kind) -> Floats:
    """Exact standard error of the mean of each column under the bootstrap, (J,)."""
    nobs = len(influence)
    transform = np.fft.rfft(influence, axis=0)
    covariance = np.fft.irfft(np.abs(transform) ** 2, n=nobs, axis=0) / nobs
    lag = np.arange(nobs)
    if kind == "circular":
        weight = np.maximum(1.0 - lag / block, 0.0)
        weight[1:] += weight[1:][::-1]
    else:
        keep = 1.0 - 1.0 / block
        weight = (1.0 - lag / nobs) * keep**lag
        weight[1:] += weight[1:][::-1]
    return np.asarray(np.sqrt(np.maximum(weight @ covariance, 0.0) / nobs))


def _block_errors(smooth: Smooth, drawn: tuple[Floats, Blocks], found: Floats) -> Floats:
    """Return the standard error of every replication from its own blocks, (R, J)."""
    from comove.stats.bootstrap._kernels import squares

    running, (begins, rows, bounds) = drawn
    nobs = len(running) - 1
    width = len(smooth.labels)
    out = np.empty((len(found), width))
    step = max(1, _TOGETHER // (width * running.shape[1]))
    for first in range(0, len(found), step):
        some = slice(first, min(first + step, len(found)))
        inside = bounds[some.start : some.stop + 1]
        own = slice(inside[0], inside[-1])
        blocks = begins[own] - some.start * nobs, rows[own], inside - inside[0]
        slopes = np.ascontiguousarray(smooth.slope(found[some]))
        squares(running, blocks, nobs, found[some], slopes, out[some])
    count = np.maximum(np.diff(bounds), 2)[:, None]
    return np.asarray(np.sqrt(out * count / (count - 1)) / nobs)


def _transformed(
    estimate: Floats, error: Floats, draws: Floats, errors: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the same as atanh, with errors that follow."""
    inside = 1.0 - 1e-15
    value, drawn = np.clip(estimate, -inside, inside), np.clip(draws, -inside, inside)
    return (
        np.arctanh(value),
        error / (1.0 - value**2),
        np.arctanh(drawn),
        errors / (1.0 - drawn**2),
    )
