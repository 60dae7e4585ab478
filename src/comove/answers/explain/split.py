"""Why? One joint split over all channels, with exposures frozen before what they explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comove.answers.explain.grid import Design
from comove.answers.explain.setting import Setting
from comove.core.case import Grid, generator
from comove.core.errors import NotEstimable
from comove.core.observations import Floats
from comove.stats.attribution import Sample, SplitOptions, inseparable
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.correlation_change import CorrelationChange, correlation_change
from comove.stats.covariance_split import CovarianceSplit, covariance_splits
from comove.stats.return_split import ReturnSplit, return_split
from comove.stats.window_history import covariance_windows, window_contributions

BLOCK = 10.0
"""Mean length of a bootstrap block, in sessions."""
LOCKSTEP = 1e4
"""Condition number of the drivers from which a split between them would be made up."""

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class JointSplit:
    """The splits as the estimators return them, with their history.

    Attributes
    ----------
    grid
        The rows they were computed on.
    channels
        Channel keys, in the order of the groups.
    returns
        Of every asset over the episode.
    covariances, in_window
        Per pair over the dependence window, exposures from before it and from inside it.
    shifts
        Per pair, baseline to dependence window; a pair that cannot be estimated is absent.
    return_history
        Shape (n, k, G): contributions over every earlier window as long as the episode.
    covariance_history
        Shape (m, pairs, G): covariance contributions over every earlier window as long as the
        dependence window, at the same exposures.
    residuals
        Shape (T, k).
    """

    grid: Grid
    channels: tuple[str, ...]
    returns: ReturnSplit
    covariances: Mapping[Pair, CovarianceSplit]
    in_window: Mapping[Pair, CovarianceSplit]
    shifts: Mapping[Pair, CorrelationChange]
    return_history: Floats
    covariance_history: Floats
    residuals: Floats

    def inseparable(self) -> tuple[tuple[int, int, int, float], ...]:
        """Return ``(asset, group, group, correlation)`` that cannot be told apart."""
        return tuple(
            (asset, *found)
            for asset in range(self.grid.returns.shape[1])
            for found in inseparable(self.returns.draws[:, asset, :])
        )


def split_jointly(setting: Setting, design: Design) -> JointSplit:
    """Split the episode's returns and the pairs' covariances over all channels at once.

    Parameters
    ----------
    setting
        Question, pairs, seed.
    design
        With a grid.

    Returns
    -------
    JointSplit
        All parts, with bootstrap intervals from the baseline rows.

    Raises
    ------
    NotEstimable
        When exposures cannot be estimated on the baseline; ``collinear`` when some drivers say the
        same.
    """
    grid = design.grid
    if grid is None:
        raise NotEstimable("too_short")
    groups = tuple(design.groups.values())
    options = SplitOptions(level=setting.question.level)
    window, linked = _sample(grid, grid.episode), _sample(grid, grid.dependence)
    baseline, before = _sample(grid, grid.baseline), _sample(grid, grid.dependence_baseline)
    draws = _draws(setting, grid.dependence_baseline, "explain.covariance")
    moves = return_split(
        baseline, window, groups, _draws(setting, grid.baseline, "explain.returns"), options
    )
    if moves.condition > LOCKSTEP:
        raise NotEstimable("collinear", condition=moves.condition)
    linked_split = covariance_splits(before, linked, groups, draws, setting.pairs, options)
    inside = SplitOptions(level=setting.question.level, fit="window")
    frozen = _exposures(before)
    return JointSplit(
        grid=grid,
        channels=tuple(design.groups),
        returns=moves,
        covariances=linked_split,
        in_window=_in_window(before, linked, groups, (setting.pairs, inside)),
        shifts=_shifts(setting, before, linked, draws),
        return_history=_return_history(grid, moves, groups),
        covariance_history=_covariance_history(setting, grid, frozen, groups),
        residuals=grid.returns - frozen[:, 0] - grid.drivers @ frozen[:, 1:].T,
    )


def _sample(grid: Grid, rows: slice) -> Sample:
    return Sample(grid.returns[rows], grid.drivers[rows])


def _draws(setting: Setting, rows: slice, label: str) -> Floats:
    nobs = rows.stop - rows.start
    rng = generator(setting.question.seed, label)
    return row_counts(
        stationary_indices(nobs, nobs, BLOCK, setting.question.replications, rng), nobs
    )


def _exposures(sample: Sample) -> Floats:
    """Least-squares exposures with intercept, (k, 1 + p)."""
    design = np.column_stack([np.ones(len(sample.drivers)), sample.drivers])
    return np.asarray(np.linalg.lstsq(design, sample.returns, rcond=None)[0].T)


def _in_window(
    before: Sample,
    linked: Sample,
    groups: tuple[tuple[int, ...], ...],
    asked: tuple[tuple[Pair, ...], SplitOptions],
) -> Mapping[Pair, CovarianceSplit]:
    try:
        return covariance_splits(before, linked, groups, None, *asked)
    except NotEstimable:
        return {}


def _shifts(
    setting: Setting, before: Sample, linked: Sample, draws: Floats
) -> Mapping[Pair, CorrelationChange]:
    options = SplitOptions(level=setting.question.level)
    nobs = linked.nobs
    rng = generator(setting.question.seed, "explain.shift")
    rows = stationary_indices(nobs, nobs, BLOCK, setting.question.replications, rng)
    found = {}
    for pair in setting.pairs:
        try:
            found[pair] = correlation_change(
                before, linked, (draws, row_counts(rows, nobs)), pair, options
            )
        except NotEstimable:
            continue
    return found


def _return_history(grid: Grid, moves: ReturnSplit, groups: tuple[tuple[int, ...], ...]) -> Floats:
    length = grid.episode.stop - grid.episode.start
    return window_contributions(moves.betas, grid.drivers[grid.baseline], groups, length)


def _covariance_history(
    setting: Setting, grid: Grid, frozen: Floats, groups: tuple[tuple[int, ...], ...]
) -> Floats:
    length = grid.dependence.stop - grid.dependence.start
    past = grid.drivers[grid.dependence_baseline]
    return np.stack(
        [covariance_windows(frozen[:, 1:], past, groups, length, pair) for pair in setting.pairs],
        axis=1,
    )
