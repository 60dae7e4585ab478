"""The joint split in the nouns of the answer, and the case the channels examine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from comove.answers.explain.grid import Design
from comove.answers.explain.setting import Setting
from comove.answers.explain.split import JointSplit, Pair
from comove.channels._share_evidence import noise
from comove.channels._verdict import barred
from comove.core.case import Case, ChannelShare, Grid
from comove.core.diagnosis import (
    CorrelationShift,
    CovarianceSplit,
    Inseparable,
    Part,
    ReturnSplit,
    Stretch,
    Why,
)
from comove.core.estimate import Estimate, Scope
from comove.core.message import Message
from comove.stats import covariance_split as covariances
from comove.stats.correlation import correlation
from comove.stats.correlation_change import CAUSES


def state_why(
    setting: Setting, design: Design, joint: JointSplit | None, reason: Message | None
) -> Why:
    """State the splits with unit, sample, clock and method.

    Parameters
    ----------
    setting, design
        What was asked and which drivers entered.
    joint
        The splits; None when there are none.
    reason
        Why there are none.

    Returns
    -------
    Why
        Parts in the order of the channels, then intercept, then unexplained.
    """
    if joint is None:
        return Why(
            returns=(),
            covariances=(),
            shifts=(),
            betas=(),
            condition=None,
            ridge=None,
            inseparable=(),
            left_out=design.left_out,
            baseline=None,
            reason=reason,
        )
    names = {
        key: tuple(design.drivers[c].key for c in columns) for key, columns in design.groups.items()
    }
    assets = setting.question.assets
    return Why(
        returns=tuple(_return_split(setting, joint, names, place) for place in range(len(assets))),
        covariances=tuple(_covariance_split(setting, joint, names, pair) for pair in setting.pairs),
        shifts=tuple(
            _shift(setting, joint, pair) for pair in setting.pairs if pair in joint.shifts
        ),
        betas=_betas(setting, design, joint),
        condition=joint.returns.condition,
        ridge=joint.returns.ridge,
        inseparable=tuple(
            Inseparable(
                asset=assets[asset],
                first=joint.channels[first],
                second=joint.channels[second],
                correlation=value,
            )
            for asset, first, second, value in joint.inseparable()
        ),
        left_out=design.left_out,
        baseline=_stretch(joint.grid, joint.grid.baseline),
        reason=None,
    )


def build_case(setting: Setting, design: Design, joint: JointSplit | None) -> Case:
    """Hand the facts to the channels.

    Parameters
    ----------
    setting, design, joint
        As found; without a split the channels see no shares.

    Returns
    -------
    Case
        The same for every channel.
    """
    empty = np.zeros((0, len(setting.question.assets)))
    return Case(
        question=setting.question,
        snapshot=setting.snapshot,
        falling=setting.direction != "rising",
        found=setting.episode is not None,
        grid=None if joint is None else joint.grid,
        drivers=design.drivers,
        left_out=design.left_out,
        residuals=empty if joint is None else joint.residuals,
        betas=empty.T if joint is None else joint.returns.betas,
        shares={} if joint is None else _shares(setting, design, joint),
        totals=()
        if joint is None
        else tuple(_total(setting, joint, a) for a in range(empty.shape[1])),
        pairs=setting.pairs,
        pair_totals=()
        if joint is None
        else tuple(_correlation(setting, joint, p) for p in setting.pairs),
    )


def ordinary(case: Case) -> frozenset[str]:
    """Name the assets whose move is too small to be divided up.

    Parameters
    ----------
    case
        As the channels see it.

    Returns
    -------
    frozenset of str
        Ids; by the rule that the channels hold a move to. Empty without a grid.

    Examples
    --------
    >>> import comove
    >>> found = comove.explain("QQQ", "BTC", asof="2024-08-06", replications=99)
    >>> [clause.key for clause in found.headline[1]["clauses"]]
    ['explain.headline.cause.most', 'explain.headline.cause.ordinary']
    """
    grid = case.grid
    if grid is None or not case.totals:
        return frozenset()
    return frozenset(
        asset
        for column, asset in enumerate(case.assets)
        if barred(abs(case.totals[column].value), noise(grid, column), 1.0) == "no_move"
    )


def _stretch(grid: Grid, rows: slice) -> Stretch:
    """Describe rows of changes as a window of levels; spans come from the grid."""
    spans = grid.spans[rows]
    start = grid.labels[max(rows.start - 1, 0)]
    return Stretch(
        start=start.item(),
        end=grid.labels[rows.stop - 1].item(),
        sessions=len(spans),
        multi_day_spans=int((spans > 1).sum()),
    )


def _scope(setting: Setting, grid: Grid, rows: slice) -> Scope:
    return Scope(
        first=grid.day(rows.start),
        last=grid.day(rows.stop - 1),
        nobs=rows.stop - rows.start,
        level=setting.question.level,
    )


def _return_split(
    setting: Setting, joint: JointSplit, names: Mapping[str, tuple[str, ...]], place: int
) -> ReturnSplit:
    found, grid = joint.returns, joint.grid
    scope = _scope(setting, grid, grid.episode)
    parts = [
        Part(
            channel=key,
            estimate=scope.estimate(
                found.contributions[place, group],
                "log_return",
                "frozen_betas",
                (found.low[place, group], found.high[place, group]),
            ),
            drivers=names[key],
        )
        for group, key in enumerate(joint.channels)
    ]
    rest = {
        "intercept": (found.intercept, found.intercept_low, found.intercept_high),
        "unexplained": (found.unexplained, found.unexplained_low, found.unexplained_high),
    }
    parts += [
        Part(
            channel=key,
            estimate=scope.estimate(
                point[place], "log_return", "by_difference", (low[place], high[place])
            ),
        )
        for key, (point, low, high) in rest.items()
    ]
    return ReturnSplit(
        asset=setting.question.assets[place],
        window=_stretch(grid, grid.episode),
        total=_total(setting, joint, place),
        parts=tuple(parts),
    )


def _total(setting: Setting, joint: JointSplit, place: int) -> Estimate:
    scope = _scope(setting, joint.grid, joint.grid.episode)
    return scope.exact(joint.returns.total[place], "log_return", "log_return")


def _covariance_split(
    setting: Setting, joint: JointSplit, names: Mapping[str, tuple[str, ...]], pair: Pair
) -> CovarianceSplit:
    found, grid = joint.covariances[pair], joint.grid
    unit = _spread(grid, pair)
    scope = _scope(setting, grid, grid.dependence)
    parts = [
        Part(
            channel=key,
            estimate=scope.estimate(
                found.contributions[group] / unit,
                "correlation",
                "shapley_covariance",
                (found.low[group] / unit, found.high[group] / unit),
            ),
            drivers=names[key],
        )
        for group, key in enumerate(joint.channels)
    ]
    bounds = (found.unexplained_low / unit, found.unexplained_high / unit)
    rest = scope.estimate(found.unexplained / unit, "correlation", "by_difference", bounds)
    inside = joint.in_window.get(pair)
    return CovarianceSplit(
        pair=_named(setting, pair),
        window=_stretch(grid, grid.dependence),
        total=scope.exact(found.total / unit, "correlation", "pearson"),
        parts=(*parts, Part(channel="unexplained", estimate=rest)),
        residual=found.residual / unit,
        cross=found.cross / unit,
        in_window=None if inside is None else inside.unexplained / unit,
    )


def _named(setting: Setting, pair: Pair) -> tuple[str, str]:
    return setting.question.assets[pair[0]], setting.question.assets[pair[1]]


def _spread(grid: Grid, pair: Pair) -> float:
    """Product of the two standard deviations over the dependence window."""
    return float(np.prod(grid.returns[grid.dependence][:, pair].std(axis=0, ddof=1)))


def _shift(setting: Setting, joint: JointSplit, pair: Pair) -> CorrelationShift:
    found = joint.shifts[pair]
    scope = _scope(setting, joint.grid, joint.grid.dependence)
    return CorrelationShift(
        pair=_named(setting, pair),
        before=found.before,
        after=found.after,
        change=scope.estimate(
            found.total, "correlation", "bootstrap", (found.total_low, found.total_high)
        ),
        parts=tuple(
            Part(
                channel=cause,
                estimate=scope.estimate(
                    found.contributions[place],
                    "correlation",
                    "shapley_correlation",
                    (found.low[place], found.high[place]),
                ),
            )
            for place, cause in enumerate(CAUSES)
        ),
    )


def _betas(
    setting: Setting, design: Design, joint: JointSplit
) -> tuple[tuple[str, str, Estimate], ...]:
    found = joint.returns
    scope = _scope(setting, joint.grid, joint.grid.baseline)
    return tuple(
        (
            asset,
            driver.key,
            scope.estimate(
                found.betas[row, column],
                "beta",
                "ols_bootstrap",
                (found.beta_low[row, column], found.beta_high[row, column]),
            ),
        )
        for row, asset in enumerate(setting.question.assets)
        for column, driver in enumerate(design.drivers)
    )


def _correlation(setting: Setting, joint: JointSplit, pair: Pair) -> Estimate:
    rows = joint.grid.returns[joint.grid.dependence]
    found = correlation(rows[:, pair[0]], rows[:, pair[1]], level=setting.question.level)
    scope = _scope(setting, joint.grid, joint.grid.dependence)
    return scope.estimate(found.value, "correlation", "fisher_hac", (found.low, found.high))


def _shares(setting: Setting, design: Design, joint: JointSplit) -> dict[str, ChannelShare]:
    episode = _scope(setting, joint.grid, joint.grid.episode)
    linked = _scope(setting, joint.grid, joint.grid.dependence)
    moves = joint.returns
    totals = np.array([joint.covariances[pair].total for pair in setting.pairs])
    return {
        key: ChannelShare(
            returns=tuple(
                episode.estimate(
                    moves.contributions[asset, group],
                    "log_return",
                    "frozen_betas",
                    (moves.low[asset, group], moves.high[asset, group]),
                )
                for asset in range(len(setting.question.assets))
            ),
            covariance=tuple(
                linked.estimate(
                    joint.covariances[pair].contributions[group] / total,
                    "share",
                    "shapley_covariance",
                    _ordered(joint.covariances[pair], group, total),
                )
                for pair, total in zip(setting.pairs, totals, strict=True)
            ),
            return_history=joint.return_history[:, :, group],
            covariance_history=joint.covariance_history[:, :, group] / totals,
            drivers=tuple(design.drivers[column].key for column in design.groups[key]),
        )
        for group, key in enumerate(joint.channels)
    }


def _ordered(split: covariances.CovarianceSplit, group: int, total: float) -> tuple[float, float]:
    low, high = sorted((split.low[group] / total, split.high[group] / total))
    return float(low), float(high)
