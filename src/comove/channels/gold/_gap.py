"""Actual against implied: did the miner part from the metal, or move as its beta says?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.channels._attacks import LAST_YEAR, WithoutDay
from comove.channels._share_evidence import judge_move, noise
from comove.channels._verdict import Judgement, barred
from comove.channels._window import asset_direction, length, rolling_sum, window_days
from comove.core.case import Case, Grid
from comove.core.estimate import Estimate
from comove.core.message import Name
from comove.core.observations import Floats
from comove.stats.bootstrap import percentile_interval, stationary_indices
from comove.stats.regression import Regression, normal_pvalue, ols_hac

BLOCK = 10.0
"""Mean length of a bootstrap block, in sessions."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Gap:
    """A miner's move beside the move its gold beta implies.

    Attributes
    ----------
    asset, column
        Id and column of the miner.
    beta
        Log return per log return of gold, on the baseline.
    gold, actual, implied
        Log returns over the window; ``implied`` is beta times gold's.
    estimate
        Actual minus implied, with the interval of what is beyond ordinary gaps.
    history
        Shape (n,), gaps of earlier windows of the same length.
    judgement
        The gap as a fraction of the actual move.
    """

    asset: str
    column: int
    beta: Estimate
    gold: float
    actual: float
    implied: float
    estimate: Estimate
    history: Floats
    judgement: Judgement


def measure_gap(case: Case, grid: Grid, column: int, gold: Floats) -> Gap:
    """Measure how far a miner parted from gold over the window.

    Parameters
    ----------
    case, grid
        The question and its grid.
    column
        Of the miner.
    gold
        Shape (T,), log returns of gold on the grid.

    Returns
    -------
    Gap
        With a prediction interval: ordinary noise is not called a parting.

    Raises
    ------
    NotEstimable
        When gold or the miner did not vary over the baseline.

    Notes
    -----
    ``gap = r - b g`` summed over the window, b the least-squares slope on the baseline.  The
    interval is that of ``gap + s g z - h``: s the Newey-West error of b, z a standard normal, h the
    gap of a window of the same length drawn from the baseline by the stationary bootstrap, whose
    drift is part of what is ordinary.
    """
    miner = grid.returns[:, column]
    fit = ols_hac(miner[grid.baseline], gold[grid.baseline, None], level=case.question.level)
    slope = float(fit.coef[1])
    shift = float(gold[grid.episode].sum())
    actual = case.totals[column].value
    daily = miner - slope * gold
    history = gap_history(grid, daily)
    value = actual - slope * shift
    ordinary = ordinary_gaps(case, grid, case.assets[column], daily)
    rng = case.generator(f"gold.slope.{case.assets[column]}")
    slack = float(fit.se[1]) * shift * rng.standard_normal(len(ordinary))
    estimate = _bounded(case, grid, value, value + slack - ordinary)
    return Gap(
        asset=case.assets[column],
        column=column,
        beta=_beta(grid, fit),
        gold=shift,
        actual=actual,
        implied=slope * shift,
        estimate=estimate,
        history=history,
        judgement=judge_move(case, grid, column, estimate, history),
    )


def gap_history(grid: Grid, daily: Floats) -> Floats:
    """Return the sums of a daily gap over every baseline window as long as the episode."""
    return rolling_sum(daily[grid.baseline], length(grid.episode))


def _bounded(case: Case, grid: Grid, value: float, draws: Floats) -> Estimate:
    """State a gap with the interval of the draws, which always holds the gap itself."""
    low, high = (float(end) for end in percentile_interval(draws, case.question.level))
    return gap_estimate(case, grid, value, (min(low, value), max(high, value)))


def ordinary_gaps(case: Case, grid: Grid, asset: str, daily: Floats) -> Floats:
    """Draw gaps of ordinary windows as long as the episode.

    Parameters
    ----------
    case, grid
        The question and its grid.
    asset
        Id of the miner; names the random stream.
    daily
        Shape (T,), daily gaps.

    Returns
    -------
    Floats
        Shape (R,): sums over blocks of baseline rows, so that a long window has as many draws as a
        short one.
    """
    nobs, size = length(grid.baseline), length(grid.episode)
    rng = case.generator(f"gold.gaps.{asset}")
    rows = stationary_indices(nobs, size, BLOCK, case.question.replications, rng)
    found: Floats = daily[grid.baseline][rows].sum(axis=1)
    return found


def gap_estimate(case: Case, grid: Grid, value: float, interval: tuple[float, float]) -> Estimate:
    """State a gap with its prediction interval."""
    first, last = window_days(grid)
    return Estimate(
        value=value,
        unit="log_return",
        low=interval[0],
        high=interval[1],
        level=case.question.level,
        nobs=length(grid.baseline),
        first=first,
        last=last,
        method="prediction_gap",
    )


def _beta(grid: Grid, fit: Regression) -> Estimate:
    return Estimate(
        value=float(fit.coef[1]),
        unit="beta",
        low=float(fit.low[1]),
        high=float(fit.high[1]),
        level=fit.level,
        nobs=fit.nobs,
        first=grid.day(grid.baseline.start),
        last=grid.day(grid.baseline.stop - 1),
        method="ols_hac",
    )


@dataclass(frozen=True, kw_only=True)
class TwoSided:
    """A miner's beta to gold on days gold fell and on days it rose.

    Attributes
    ----------
    down, up
        Estimates on the baseline.
    pvalue
        Of their difference.
    implied
        What the two imply for the window, day by day.
    """

    down: Estimate
    up: Estimate
    pvalue: float
    implied: float


def two_sided(case: Case, grid: Grid, column: int, gold: Floats) -> TwoSided:
    """Estimate the down and the up beta jointly.

    Parameters
    ----------
    case, grid, column, gold
        As in :func:`measure_gap`.

    Returns
    -------
    TwoSided
        From ``r = a + b_down min(g, 0) + b_up max(g, 0) + e`` with Newey-West errors.

    Raises
    ------
    NotEstimable
        When gold only rose or only fell.
    """
    sides = np.column_stack([np.minimum(gold, 0.0), np.maximum(gold, 0.0)])
    fit = ols_hac(
        grid.returns[grid.baseline, column], sides[grid.baseline], level=case.question.level
    )
    spread = float(fit.cov[1, 1] + fit.cov[2, 2] - 2.0 * fit.cov[1, 2])
    pvalue = normal_pvalue([float(fit.coef[1] - fit.coef[2])], [max(spread, 0.0) ** 0.5])
    down, up = (
        Estimate(
            value=float(fit.coef[place]),
            unit="beta",
            low=float(fit.low[place]),
            high=float(fit.high[place]),
            level=fit.level,
            nobs=fit.nobs,
            first=grid.day(grid.baseline.start),
            last=grid.day(grid.baseline.stop - 1),
            method="ols_hac",
        )
        for place in (1, 2)
    )
    return TwoSided(
        down=down,
        up=up,
        pvalue=float(pvalue[0]),
        implied=float((sides[grid.episode] @ fit.coef[1:]).sum()),
    )


def with_implied(case: Case, grid: Grid, gap: Gap, implied: float, daily: Floats) -> Judgement:
    """Judge the same move against another implied move.

    Parameters
    ----------
    case, grid, gap
        As measured.
    implied
        The other implied move.
    daily
        Shape (T,), daily gaps under it.

    Returns
    -------
    Judgement
        With the interval of the ordinary gaps under it.
    """
    value = gap.actual - implied
    history = gap_history(grid, daily)
    ordinary = ordinary_gaps(case, grid, gap.asset, daily)
    estimate = _bounded(case, grid, value, value - ordinary)
    return judge_move(case, grid, gap.column, estimate, history)


def last_year(case: Case, grid: Grid, gap: Gap, gold: Floats) -> tuple[float, Judgement]:
    """Judge the gap with the beta of the last year of the baseline; returns beta and judgement."""
    rows = slice(max(grid.baseline.stop - LAST_YEAR, grid.baseline.start), grid.baseline.stop)
    miner = grid.returns[:, gap.column]
    slope = float(ols_hac(miner[rows], gold[rows, None]).coef[1])
    return slope, with_implied(case, grid, gap, slope * gap.gold, miner - slope * gold)


def without_days(case: Case, grid: Grid, gap: Gap, gold: Floats) -> tuple[WithoutDay, ...]:
    """Return the gap as a fraction of the move with each day left out in turn."""
    toward, least = asset_direction(case, gap.column), noise(grid, gap.column)
    if barred(gap.actual, least, toward) is not None:
        return ()
    found = []
    for row in range(grid.episode.start, grid.episode.stop):
        moved = float(grid.returns[row, gap.column])
        left = gap.actual - moved
        parted = gap.estimate.value - (moved - gap.beta.value * float(gold[row]))
        gone = barred(left, least, toward) is not None
        found.append(
            WithoutDay(
                subject=(Name(gap.asset),),
                day=grid.day(row),
                before=gap.judgement.part.fraction,
                after=None if gone else parted / left,
            )
        )
    return tuple(found)
