"""What the drivers leave unexplained: did it move together, and more so than before?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from comove.channels._correlation_break import SIGNIFICANT, rise_pvalue
from comove.channels._share_evidence import correlation_bar
from comove.channels._verdict import Judgement, Part, judge
from comove.channels._window import extremity, length, place, rolling_sum
from comove.core.case import Case, Grid
from comove.core.observations import Floats
from comove.stats.correlation import Correlation, correlation
from comove.stats.rolling import pair as rolling_correlation


@dataclass(frozen=True, eq=False, kw_only=True)
class ResidualLink:
    """How two unexplained parts moved together.

    Attributes
    ----------
    pair
        Columns of the two assets.
    now, before
        Correlation of the residuals, dependence window and the baseline before it.
    pvalue
        Of the difference.
    judgement
        Residual covariance as a fraction of the pair's covariance, held to the decision rule.
    rank
        Place of the residual correlation among earlier windows of the same length.
    windows
        Their number.
    """

    pair: tuple[int, int]
    now: Correlation
    before: Correlation
    pvalue: float
    judgement: Judgement
    rank: float | None
    windows: int

    @property
    def broke(self) -> bool:
        """True when the residual correlation rose by more than sampling error."""
        return self.now.value > self.before.value and self.pvalue < SIGNIFICANT


def measure(case: Case, grid: Grid, number: int, residuals: Floats) -> ResidualLink:
    """Measure the residual co-movement of one pair.

    Parameters
    ----------
    case, grid
        The question and its grid.
    number
        Place of the pair in ``case.pairs``.
    residuals
        Shape (T, k), e.g. ``case.residuals``.

    Returns
    -------
    ResidualLink
        The interval of the fraction is that of the residual correlation.

    Raises
    ------
    NotEstimable
        When a residual does not vary.

    Notes
    -----
    ``fraction = cov(e1, e2) / cov(r1, r2)`` over the dependence window, divisor n - 1.  The total
    and the residuals' volatilities are what happened and stay fixed; what is uncertain is the
    correlation of the residuals, so its Fisher interval (HAC effective size) is scaled by
    ``sd(e1) sd(e2) / cov(r1, r2)``.
    """
    pair = case.pairs[number]
    inside, earlier = (
        residuals[grid.dependence][:, pair],
        residuals[grid.dependence_baseline][:, pair],
    )
    level = case.question.level
    now = correlation(inside[:, 0], inside[:, 1], level)
    before = correlation(earlier[:, 0], earlier[:, 1], level)
    total = covariance(grid.returns[grid.dependence][:, pair])
    fraction = covariance(inside) / total
    scale = float(np.prod(inside.std(axis=0, ddof=1))) / total
    low, high = sorted((now.low * scale, now.high * scale))
    history = window_covariances(earlier, length(grid.dependence)) / total
    part = Part(
        fraction=fraction,
        low=low,
        high=high,
        extremity=extremity(fraction, history, 1.0),
    )
    return ResidualLink(
        pair=pair,
        now=now,
        before=before,
        pvalue=rise_pvalue(now, before),
        judgement=judge(part, correlation_bar(case, grid, number)),
        rank=_rank(now.value, earlier, length(grid.dependence)),
        windows=len(history),
    )


def _rank(value: float, earlier: Floats, size: int) -> float | None:
    if len(earlier) < size:
        return None
    history = rolling_correlation(earlier[:, 0], earlier[:, 1], size).value
    return place(value, history[np.isfinite(history)])


def covariance(values: Floats) -> float:
    """Return the covariance of two columns, divisor n - 1."""
    centred = values - values.mean(axis=0)
    return float(centred[:, 0] @ centred[:, 1]) / (len(values) - 1)


def window_covariances(values: Floats, size: int) -> Floats:
    """Return the covariance of two columns over every run of ``size`` rows.

    Parameters
    ----------
    values
        Shape (T, 2).
    size
        Rows per window, >= 2.

    Returns
    -------
    Floats
        Shape (max(T - size + 1, 0),), divisor size - 1.

    Examples
    --------
    >>> rows = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 5.0]])
    >>> window_covariances(rows, 2).round(12).tolist()
    [-0.5, 4.0]
    """
    first, second = values.T
    crossed = rolling_sum(first * second, size)
    sums = rolling_sum(first, size) * rolling_sum(second, size)
    found: Floats = (crossed - sums / size) / (size - 1)
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class JointGap:
    """What is left unexplained of every asset's move over the episode.

    Attributes
    ----------
    moves
        Shape (k,), log returns.
    sigmas
        Shape (k,), the same in standard deviations of as many ordinary days' residuals.
    mildest
        The least of ``sigmas`` in the direction explained; negative when one went the other way.
    extremity
        Share of earlier windows whose mildest is smaller.
    """

    moves: Floats
    sigmas: Floats
    mildest: float
    extremity: float | None


def unexplained(case: Case, grid: Grid) -> Floats:
    """Return what the return split leaves of every day's return.

    Parameters
    ----------
    case, grid
        The question and its grid.

    Returns
    -------
    Floats
        Shape (T, k): r - a - b'f with exposures frozen before the episode, mean zero over the
        baseline.  ``case.residuals`` differ: their exposures are frozen before the dependence
        window.
    """
    left = grid.returns - grid.drivers @ case.betas.T
    found: Floats = left - left[grid.baseline].mean(axis=0)
    return found


def joint_gap(grid: Grid, residuals: Floats, toward: float) -> JointGap:
    """Measure whether the unexplained parts of all assets moved the way the assets did.

    Parameters
    ----------
    grid
        Of the question.
    residuals
        Shape (T, k), of :func:`unexplained`.
    toward
        -1 for falls, +1 for rises.

    Returns
    -------
    JointGap
        One move per asset.

    Notes
    -----
    ``z_i = sum(e_i) / (sd_i sqrt(n))`` and ``mildest = min_i (toward z_i)``: large only when every
    asset's unexplained part went along.
    """
    size = length(grid.episode)
    before = residuals[grid.baseline]
    spread = before.std(axis=0) * math.sqrt(size)
    moves = residuals[grid.episode].sum(axis=0)
    history = (toward * rolling_sum(before, size) / spread).min(axis=1, initial=np.inf)
    mildest = float((toward * moves / spread).min())
    return JointGap(
        moves=moves,
        sigmas=moves / spread,
        mildest=mildest,
        extremity=place(mildest, history),
    )


@dataclass(frozen=True, kw_only=True)
class JointDays:
    """Days of the episode on which both residuals were large in the direction explained.

    Attributes
    ----------
    rows
        Grid rows of those days.
    alone
        Per asset: days on which it alone was.
    nobs
        Days of the episode.
    pvalue
        Probability of at least as many joint days had each asset's days been shuffled.
    """

    rows: tuple[int, ...]
    alone: tuple[int, int]
    nobs: int
    pvalue: float


def joint_days(grid: Grid, residuals: Floats, pair: tuple[int, int], toward: float) -> JointDays:
    """Count the days on which both unexplained parts moved by more than one standard deviation.

    Parameters
    ----------
    grid
        Of the question.
    residuals
        Shape (T, k), of :func:`unexplained`.
    pair
        Two columns.
    toward
        -1 for falls, +1 for rises.

    Returns
    -------
    JointDays
        With the hypergeometric p-value, given how many large days each had: a joint episode was
        chosen for its falls, so only their falling on the same days can be news.
    """
    spread = residuals[grid.baseline][:, pair].std(axis=0)
    large = toward * residuals[grid.episode][:, pair] > spread
    rows = np.flatnonzero(large.all(axis=1))
    return JointDays(
        rows=tuple(int(row) + grid.episode.start for row in rows),
        alone=(int((large[:, 0] & ~large[:, 1]).sum()), int((large[:, 1] & ~large[:, 0]).sum())),
        nobs=len(large),
        pvalue=_at_least(len(rows), len(large), (int(large[:, 0].sum()), int(large[:, 1].sum()))),
    )


def _at_least(joint: int, nobs: int, marginal: tuple[int, int]) -> float:
    """Hypergeometric probability of at least ``joint`` common days."""
    first, second = marginal
    ways = sum(
        math.comb(first, k) * math.comb(nobs - first, second - k)
        for k in range(joint, min(marginal) + 1)
    )
    return ways / math.comb(nobs, second)
