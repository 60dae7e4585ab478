"""Joint episodes: stretches in which two prices are both far below their own peaks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.drawdown import drawdown, positive
from comove.stats.sample import Floats, matrix

Ints = NDArray[np.int64]
Pair = tuple[float, float]

LEAST_RETURNS = 60
"""Daily returns needed before a standard deviation may set a threshold."""


@dataclass(frozen=True, kw_only=True)
class EpisodeRule:
    """When a joint episode opens and closes.

    Attributes
    ----------
    lookback
        Rows of the trailing maximum, and of the standard deviation that scales the threshold.
    floor
        Smallest fall from a peak that counts, as a positive fraction.
    horizon
        Rows over which one standard deviation must have been lost.
    recovery
        Share of the fall (peak to lowest point so far) whose recovery by either asset closes the
        episode, in (0, 1].

    Raises
    ------
    NotEstimable
        ``option`` when a figure is outside its range.

    Examples
    --------
    >>> EpisodeRule(floor=0.10).lookback
    252
    """

    lookback: int = 252
    floor: float = 0.08
    horizon: int = 21
    recovery: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a rule that can never or always hold."""
        sizes = self.lookback >= 2 and self.horizon >= 1
        if not (sizes and 0.0 < self.floor < 1.0 and 0.0 < self.recovery <= 1.0):
            raise NotEstimable(
                "option",
                lookback=self.lookback,
                floor=self.floor,
                horizon=self.horizon,
                recovery=self.recovery,
            )


STANDARD = EpisodeRule()
"""The rule used unless another one is asked for."""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One joint episode.  Indices are rows of the prices; pairs are in column order.

    ``start``, ``opened``, ``peaks`` and ``sigma`` are settled on the day the episode opens;
    the rest moves on while it lasts.

    Attributes
    ----------
    start
        Row of the later of the two peaks.
    opened
        First row at which both falls had passed their thresholds.
    trough
        Row, from ``opened`` to ``closed``, with the deepest sum of depths in standard deviations.
    closed
        Row at which either asset had recovered, None while the episode is open.
    peaks
        Row of each asset's own peak.
    sigma
        Daily standard deviation of each asset's log returns at ``start``.
    falls
        Simple return of each price from ``start`` to ``trough``, of the prices as given: in a
        rising episode these are rises.  The price with the earlier peak may have moved against the
        episode in between.
    depths
        Each asset's drawdown from its own peak at the trough (rising: of the inverse price).
    severity
        Sum of ``depths`` in units of ``sigma``; negative, the lower the deeper.
    """

    start: int
    opened: int
    trough: int
    closed: int | None
    peaks: tuple[int, int]
    sigma: Pair
    falls: Pair
    depths: Pair
    severity: float


@dataclass(frozen=True)
class Rank:
    """A place among others, 1 = deepest.

    Attributes
    ----------
    place
        1 for the deepest.
    of
        How many were compared.
    """

    place: int
    of: int


@dataclass(frozen=True, kw_only=True)
class _Run:
    start: int
    opened: int
    closed: int | None
    peaks: tuple[int, int]
    sigma: Floats


def joint_episodes(
    prices: ArrayLike, rule: EpisodeRule = STANDARD, *, rising: bool = False
) -> tuple[Episode, ...]:
    """Find the stretches in which two prices fell (or rose) together.

    Parameters
    ----------
    prices
        Shape (T, 2), positive, any unit, one row a session.  No NaN.
    rule
        Thresholds of opening and closing.
    rising
        Look for joint rises: the same rule on inverse prices.

    Returns
    -------
    tuple[Episode, ...]
        In order of opening; empty when there is none.  What was found in rows up to t is found
        again, with the same opening, when later rows are added.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (fewer than two rows), ``not_finite``, ``constant`` or
        ``not_positive``.

    Notes
    -----
    With ``DD_i`` the drawdown from the highest price of the last L rows, an episode opens when both
    ``DD_i <= -theta_i``, ``theta_i = max(floor, sigma_i sqrt(horizon))``; sigma_i is the standard
    deviation (divisor n-1) of the last L daily log returns at the later of the two peaks, of those
    there are while fewer than L but at least 60 are held.  Before that, or when a standard
    deviation is zero, no episode opens.  It closes when either asset has won back ``recovery`` of
    its fall to the lowest price since, from the highest of the L rows before that lowest price.
    (From the peaks at the opening, a rise that only holds its gains would stay open for years.)  A
    day on which the closing rule holds opens nothing.  Runs from ``start`` to ``closed`` that
    overlap or share a row are one episode, which keeps the peaks, the standard deviations and the
    opening of its first run.

    Examples
    --------
    >>> calm = 100.0 + np.arange(80.0) % 3
    >>> path = np.concatenate([calm, np.linspace(102.0, 80.0, 10), np.linspace(81.0, 100.0, 10)])
    >>> (episode,) = joint_episodes(np.column_stack([path, 2.0 * path]))
    >>> episode.start, episode.opened, episode.trough, episode.closed
    (80, 84, 89, 95)
    """
    given = positive(matrix(prices, least=2, columns=2))
    falling = 1.0 / given if rising else given
    runs = _merged(_runs(falling, rule))
    return tuple(_episode(run, falling, given) for run in runs)


def severity_rank(episode: Episode, episodes: Sequence[Episode]) -> Rank:
    """Place one episode among all by severity.

    Parameters
    ----------
    episode
        One of ``episodes``.
    episodes
        All episodes compared.

    Returns
    -------
    Rank
        1 = deepest; equal severities share the better place.

    Raises
    ------
    NotEstimable
        ``not_member`` when the episode is not among those compared.

    Examples
    --------
    >>> calm = 100.0 + np.arange(80.0) % 3
    >>> path = np.concatenate([calm, np.linspace(102.0, 80.0, 10)])
    >>> episodes = joint_episodes(np.column_stack([path, 2.0 * path]))
    >>> severity_rank(episodes[0], episodes)
    Rank(place=1, of=1)
    """
    if episode not in episodes:
        raise NotEstimable("not_member", start=episode.start, episodes=len(episodes))
    deeper = sum(other.severity < episode.severity for other in episodes)
    return Rank(deeper + 1, len(episodes))


def what_followed(prices: ArrayLike, index: int, horizons: Sequence[int] = (21, 63, 126)) -> Floats:
    """Measure the returns after one row.

    Parameters
    ----------
    prices
        Shape (T, k), positive, any unit.  No NaN.
    index
        The row counted from, e.g. an episode's trough or closing.
    horizons
        H numbers of rows ahead, each at least 1.

    Returns
    -------
    Floats
        Shape (k, H), simple returns from ``index`` to ``index + horizon``; NaN where the horizon
        runs past the data.  Read-only.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``not_positive``; ``outside`` when the row is not
        held; ``option`` when a horizon is below 1.

    Examples
    --------
    >>> what_followed([[100.0], [90.0], [99.0]], 1, (1, 2)).round(9).tolist()
    [[0.1, nan]]
    """
    path = positive(matrix(prices, varies=False))
    if not 0 <= index < path.shape[0]:
        raise NotEstimable("outside", index=index, nobs=path.shape[0])
    if any(ahead < 1 for ahead in horizons):
        raise NotEstimable("option", horizons=tuple(horizons))
    returns = np.full((path.shape[1], len(horizons)), np.nan)
    for column, ahead in enumerate(horizons):
        if index + ahead < path.shape[0]:
            returns[:, column] = path[index + ahead] / path[index] - 1.0
    returns.setflags(write=False)
    return returns


def _runs(prices: Floats, rule: EpisodeRule) -> list[_Run]:
    """Every run from opening to closing, unmerged, in order."""
    falls = [drawdown(column, rule.lookback) for column in prices.T]
    peak = np.column_stack([fall.peak for fall in falls])
    depth = np.column_stack([fall.depth for fall in falls])
    days = np.flatnonzero((depth <= -rule.floor).all(axis=1))
    sigma = _frozen_sigma(prices, peak[days].max(axis=1), rule.lookback)
    threshold = np.maximum(rule.floor, sigma * math.sqrt(rule.horizon))
    # a NaN threshold (sigma not estimable) compares false and opens nothing
    low = (depth[days] <= -threshold).all(axis=1)
    days, sigma = days[low], sigma[low]
    held = prices.shape[0]
    runs: list[_Run] = []
    resume = 0
    for day, scale in zip(days.tolist(), sigma, strict=True):
        if day < resume:
            continue
        closed = _closing_day(prices, peak, day, rule.recovery)
        if closed == day:
            continue
        first, second = (int(row) for row in peak[day])
        runs.append(
            _Run(
                start=max(first, second),
                opened=day,
                closed=closed if closed < held else None,
                peaks=(first, second),
                sigma=scale,
            )
        )
        resume = closed + 1
    return runs


def _frozen_sigma(prices: Floats, rows: Ints, lookback: int) -> Floats:
    """Take standard deviations of the last log returns at each row, (n, 2); NaN where none."""
    returns = np.diff(np.log(prices), axis=0)
    least = min(LEAST_RETURNS, lookback)
    sigma = np.full((prices.shape[0], 2), np.nan)
    for row in sorted(set(rows.tolist())):
        sample = returns[max(0, row - lookback) : row]
        if sample.shape[0] >= least and (np.ptp(sample, axis=0) > 0.0).all():
            sigma[row] = sample.std(axis=0, ddof=1)
    return sigma[rows]


def _closing_day(prices: Floats, peak: Ints, day: int, recovery: float) -> int:
    """First row from a day on at which either asset has recovered; T when none has."""
    lows = [
        top + int(np.argmin(prices[top : day + 1, column]))
        for column, top in enumerate(peak[day].tolist())
    ]
    paths, peaks = prices.T.tolist(), peak.T.tolist()
    for row in range(day, prices.shape[0]):
        for column, path in enumerate(paths):
            if path[row] < path[lows[column]]:
                lows[column] = row
            low = path[lows[column]]
            top = path[peaks[column][lows[column]]]
            if path[row] - low >= recovery * (top - low):
                return row
    return len(prices)


def _merged(runs: Iterable[_Run]) -> list[_Run]:
    """Join runs that overlap or share a row; trailing peaks only move forward, so one look back."""
    merged: list[_Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if last is not None and last.closed is not None and run.start <= last.closed:
            merged[-1] = replace(last, closed=run.closed)
        else:
            merged.append(run)
    return merged


def _episode(run: _Run, falling: Floats, given: Floats) -> Episode:
    """Find the trough of a run and measure it."""
    end = falling.shape[0] if run.closed is None else run.closed + 1
    tops = falling[run.peaks, (0, 1)]
    depths = falling[run.opened : end] / tops - 1.0
    severity = (depths / run.sigma).sum(axis=1)
    place = int(severity.argmin())
    trough = run.opened + place
    return Episode(
        start=run.start,
        opened=run.opened,
        trough=trough,
        closed=run.closed,
        peaks=run.peaks,
        sigma=_pair(run.sigma),
        falls=_pair(given[trough] / given[run.start] - 1.0),
        depths=_pair(depths[place]),
        severity=float(severity[place]),
    )


def _pair(values: Floats) -> Pair:
    return float(values[0]), float(values[1])
