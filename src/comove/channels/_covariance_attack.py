"""Attack on a share of a covariance: exposures of the last year before the dependence window."""

from __future__ import annotations

import numpy as np

from comove.channels._share_evidence import correlation_bar
from comove.channels._verdict import LEAST_FRACTION, PRINTED
from comove.channels._window import length
from comove.core.case import Case, ChannelShare, Grid
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Check
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.regression import ols_hac

ATTACK = "covariance_last_year"


def attack_covariance(
    case: Case, grid: Grid, share: ChannelShare, weights: Floats, sessions: int
) -> Check:
    """Repeat a channel's largest covariance share with the exposures of the last year only.

    Parameters
    ----------
    case, grid
        The question and its grid.
    share
        Of the channel.
    weights
        Shape (p,): the part of each driver that belongs to the channel.
    sessions
        Rows before the dependence window that the exposures are estimated on.

    Returns
    -------
    Check
        Passed when the share stays above 10 %, below -10 %, or between; only informs where the
        pair's covariance cannot be divided up.

    Notes
    -----
    ``((w b1)' S b2 + b1' S (w b2)) / (2 cov(r1, r2))`` with S the drivers' covariance over the
    dependence window, divisor n - 1: the channel's own part and half of what it shares.
    """
    column = max(range(len(case.pairs)), key=lambda place: abs(share.covariance[place].value))
    pair = case.pairs[column]
    stop = grid.dependence_baseline.stop
    rows = slice(max(stop - sessions, grid.dependence_baseline.start), stop)
    total = float(np.cov(grid.returns[grid.dependence][:, pair].T)[0, 1])
    try:
        first, second = (
            ols_hac(grid.returns[rows, asset], grid.drivers[rows]).coef[1:] for asset in pair
        )
    except NotEstimable:
        return Check(attack=ATTACK, passed=None, says=say("attack.other_estimator.none"))
    if total == 0.0:
        return Check(attack=ATTACK, passed=None, says=say("attack.leave_one_out.none"))
    spread = np.atleast_2d(np.cov(grid.drivers[grid.dependence].T))
    crossed = (weights * first) @ spread @ second + first @ spread @ (weights * second)
    found, before = float(crossed) / (2.0 * total), share.covariance[column].value
    barred = correlation_bar(case, grid, column) is not None
    return Check(
        attack=ATTACK,
        passed=None if barred else _side(found) == _side(before),
        says=say(
            "attack.covariance_last_year.says",
            pair=tuple(Name(case.assets[asset]) for asset in pair),
            sessions=length(rows),
            before=Quantity(before, "share"),
            after=Quantity(found, "share"),
        ),
        estimate=Estimate(
            value=found,
            unit="share",
            nobs=length(grid.dependence),
            first=grid.day(grid.dependence.start),
            last=grid.day(grid.dependence.stop - 1),
            method="exposures_last_year",
            exact=True,
        ),
    )


def _side(fraction: float) -> int:
    """Return 1 from 10 % on, -1 from minus 10 % on, 0 between."""
    printed = round(fraction, PRINTED)
    return (printed >= LEAST_FRACTION) - (printed <= -LEAST_FRACTION)
