"""Attacks on the residual co-movement: earlier windows, one day out, other exposures, variance."""

from __future__ import annotations

from collections.abc import Iterable

from comove.channels._attacks import LAST_YEAR, WithoutDay, beyond, leave_one_out
from comove.channels._correlation_break import SIGNIFICANT
from comove.channels._verdict import ENOUGH_EXTREME
from comove.channels.deleveraging._residuals import ResidualLink, covariance, measure
from comove.core.case import Case, Grid
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Check, Verdict
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.contagion import ForbesRigobon, forbes_rigobon
from comove.stats.regression import ols_hac


def attack_link(case: Case, grid: Grid, link: ResidualLink, verdict: Verdict) -> tuple[Check, ...]:
    """Attack the residual co-movement of one pair.

    Parameters
    ----------
    case, grid
        The question and its grid.
    link
        As measured.
    verdict
        On the pair.

    Returns
    -------
    tuple of Check
        ``placebo_window``, ``leave_one_out``, ``other_estimator``, ``variance_adjusted``.
    """
    return (
        _placebo(grid, link, verdict),
        _leave_one_out(case, grid, link),
        _last_year(case, grid, link, verdict),
        _adjusted(case, grid, link, verdict),
    )


def names(case: Case, columns: Iterable[int]) -> tuple[Name, ...]:
    """Return the names of some assets."""
    return tuple(Name(case.assets[column]) for column in columns)


def _placebo(grid: Grid, link: ResidualLink, verdict: Verdict) -> Check:
    place = link.judgement.part.extremity
    if place is None:
        return Check(
            attack="placebo_window",
            passed=None,
            says=say("attack.placebo_window.none", count=link.windows),
        )
    rows = grid.dependence_baseline
    return Check(
        attack="placebo_window",
        passed=None if verdict == "against" else place >= ENOUGH_EXTREME,
        says=beyond("channel.deleveraging.placebo", place, count=link.windows),
        estimate=Estimate(
            value=place,
            unit="percentile",
            nobs=link.windows,
            first=grid.day(rows.start),
            last=grid.day(rows.stop - 1),
            method="rank_in_baseline",
            exact=True,
        ),
    )


def _leave_one_out(case: Case, grid: Grid, link: ResidualLink) -> Check:
    residuals = case.residuals[grid.dependence][:, link.pair]
    returns = grid.returns[grid.dependence][:, link.pair]
    total = covariance(returns)
    parts, totals = without_each(residuals), without_each(returns)
    before = covariance(residuals) / total if total > 0.0 else 0.0
    daily = tuple(
        WithoutDay(
            subject=names(case, link.pair),
            day=grid.day(grid.dependence.start + row),
            before=before,
            after=float(parts[row] / totals[row]) if totals[row] > 0.0 else None,
        )
        for row in range(len(residuals))
    )
    return leave_one_out(daily if total > 0.0 else (), grid, grid.dependence)


def without_each(values: Floats) -> Floats:
    """Return the covariance of two columns with each row left out in turn.

    Parameters
    ----------
    values
        Shape (n, 2), n >= 3.

    Returns
    -------
    Floats
        Shape (n,), divisor n - 2.

    Notes
    -----
    Leaving out row t takes ``n / (n - 1) (x_t - mean)(y_t - mean)`` off the sum of cross-products.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 5.0]])
    >>> without_each(rows).round(12).tolist()
    [4.0, 4.5, -0.5]
    """
    size = len(values)
    centred = values - values.mean(axis=0)
    crossed = centred[:, 0] * centred[:, 1]
    found: Floats = (crossed.sum() - crossed * size / (size - 1)) / (size - 2)
    return found


def _last_year(case: Case, grid: Grid, link: ResidualLink, verdict: Verdict) -> Check:
    """Measure again with exposures from the last year before the dependence window."""
    stop = grid.dependence_baseline.stop
    rows = slice(max(stop - LAST_YEAR, grid.dependence_baseline.start), stop)
    residuals = case.residuals.copy()
    try:
        for column in link.pair:
            fit = ols_hac(grid.returns[rows, column], grid.drivers[rows])
            residuals[:, column] = (
                grid.returns[:, column] - fit.coef[0] - grid.drivers @ fit.coef[1:]
            )
        other = measure(case, grid, case.pairs.index(link.pair), residuals)
    except NotEstimable:
        return Check(attack="other_estimator", passed=None, says=say("attack.other_estimator.none"))
    found = pair_verdict(other)
    part = other.judgement.part
    return Check(
        attack="other_estimator",
        passed=found == verdict,
        says=say(
            "channel.deleveraging.other_estimator",
            fraction=Quantity(part.fraction, "share"),
            now=Quantity(other.now.value, "correlation"),
            sessions=rows.stop - rows.start,
            verdict=Name(f"verdict.{found}"),
        ),
        estimate=stated(case, grid, part.fraction, (part.low, part.high)),
    )


def pair_verdict(link: ResidualLink) -> Verdict:
    """Return the verdict on one pair: the decision rule, and a rise of the residual correlation."""
    if link.judgement.verdict == "supports" and not link.broke:
        return "cannot_tell"
    return link.judgement.verdict


def stated(case: Case, grid: Grid, fraction: float, interval: tuple[float, float]) -> Estimate:
    """State a residual covariance as a share of the pair's covariance."""
    rows = grid.dependence
    return Estimate(
        value=fraction,
        unit="share",
        low=interval[0],
        high=interval[1],
        level=case.question.level,
        nobs=rows.stop - rows.start,
        first=grid.day(rows.start),
        last=grid.day(rows.stop - 1),
        method="residual_covariance",
    )


def _effect(found: ForbesRigobon) -> str:
    """Tell whether the correction shows in the two decimals that are printed."""
    return "unchanged" if round(found.adjusted, 2) == round(found.raw_crisis, 2) else "changed"


def _adjusted(case: Case, grid: Grid, link: ResidualLink, verdict: Verdict) -> Check:
    """Correct the residual correlation for the larger variance of the first asset."""
    earlier = case.residuals[grid.dependence_baseline][:, link.pair]
    inside = case.residuals[grid.dependence][:, link.pair]
    try:
        found = forbes_rigobon(
            earlier[:, 0],
            earlier[:, 1],
            inside[:, 0],
            inside[:, 1],
            level=case.question.level,
        )
    except NotEstimable:
        return Check(
            attack="variance_adjusted", passed=None, says=say("attack.variance_adjusted.none")
        )
    rows = grid.dependence
    return Check(
        attack="variance_adjusted",
        passed=found.pvalue < SIGNIFICANT if verdict == "supports" else None,
        says=say(
            f"channel.deleveraging.variance_adjusted.{_effect(found)}",
            source=Name(case.assets[link.pair[0]]),
            raw=Quantity(found.raw_crisis, "correlation"),
            adjusted=Quantity(found.adjusted, "correlation"),
            before=Quantity(found.raw_stable, "correlation"),
            pvalue=Quantity(found.pvalue, "probability"),
        ),
        estimate=Estimate(
            value=found.adjusted,
            unit="correlation",
            low=found.low,
            high=found.high,
            level=found.level,
            pvalue=found.pvalue,
            nobs=found.nobs_crisis,
            first=grid.day(rows.start),
            last=grid.day(rows.stop - 1),
            method="forbes_rigobon",
        ),
    )
