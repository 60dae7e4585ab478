"""Attacks on a share: earlier windows, one day left out, exposures of the last year only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.channels._covariance_attack import attack_covariance
from comove.channels._share_evidence import fraction_of, judge_move, noise
from comove.channels._verdict import (
    ENOUGH_EXTREME,
    LEAST_FRACTION,
    Judgement,
    barred,
)
from comove.channels._window import asset_direction, length, rolling_sum, window_days
from comove.core.case import Case, ChannelShare, Grid
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Check, Verdict, all_of
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.regression import critical_value, ols_hac

LAST_YEAR = 252
"""Sessions of the second estimate of the exposures."""
HARDLY_ANY = 0.01
"""Share of the earlier windows below which none is named, and above one minus which all are."""


def attack_share(case: Case, channel: str, judgements: tuple[Judgement, ...]) -> tuple[Check, ...]:
    """Attack a channel's share of the return split in four ways.

    Parameters
    ----------
    case
        With a share of the channel.
    channel
        Key.
    judgements
        One per asset, as read from the share.

    Returns
    -------
    tuple of Check
        ``placebo_window``, ``leave_one_out``, ``other_estimator``, ``covariance_last_year``.
    """
    share, grid = case.share(channel), case.grid
    if share is None or grid is None:
        return ()
    verdict = all_of(tuple(judgement.verdict for judgement in judgements))
    return (
        placebo(grid, len(share.return_history), case.assets, judgements),
        _leave_one_out(case, grid, share),
        _last_year(case, grid, share, verdict),
        attack_covariance(case, grid, share, _weights(case, share), LAST_YEAR),
    )


def placebo(
    grid: Grid, windows: int, assets: tuple[str, ...], judgements: tuple[Judgement, ...]
) -> Check:
    """Compare each asset's contribution with earlier windows of the same length.

    Parameters
    ----------
    grid
        Of the question.
    windows
        Number of earlier windows.
    assets
        Ids, one per judgement.
    judgements
        With the place in history.

    Returns
    -------
    Check
        Passed when all assets' contributions are more extreme than 90 % of the earlier ones; only
        informs when the verdict is against, which an ordinary contribution does not shake.
    """
    places = [judgement.part.extremity for judgement in judgements]
    if any(found is None for found in places):
        return Check(
            attack="placebo_window",
            passed=None,
            says=say("attack.placebo_window.none", count=windows),
        )
    known = [found for found in places if found is not None]
    verdict = all_of(tuple(judgement.verdict for judgement in judgements))
    passed = min(known) >= ENOUGH_EXTREME
    parts = tuple(
        beyond("attack.placebo_window.part", found, asset=Name(asset))
        for asset, found in zip(assets, known, strict=True)
    )
    return Check(
        attack="placebo_window",
        passed=None if verdict == "against" else passed,
        says=say("attack.placebo_window.says", parts=parts, count=windows),
        estimate=Estimate(
            value=min(known),
            unit="percentile",
            nobs=windows,
            first=grid.day(grid.baseline.start),
            last=grid.day(grid.baseline.stop - 1),
            method="rank_in_baseline",
            exact=True,
        ),
    )


def beyond(key: str, found: float, **fields: object) -> Message:
    """Say than how many windows a figure is more extreme.

    Parameters
    ----------
    key
        Of the words; ``<key>.hardly`` and ``<key>.nearly`` stand beside it.
    found
        Share of the windows, 0..1.
    **fields
        What else fills the sentence.

    Returns
    -------
    Message
        In words at the ends, where a percentage would claim more than the windows can show.

    Examples
    --------
    >>> beyond("attack.placebo_window.part", 0.001).key
    'attack.placebo_window.part.hardly'
    """
    if found < HARDLY_ANY:
        return say(f"{key}.hardly", **fields)
    if found > 1.0 - HARDLY_ANY:
        return say(f"{key}.nearly", **fields)
    return say(key, **fields, share=Quantity(found, "share"))


@dataclass(frozen=True, kw_only=True)
class WithoutDay:
    """What a fraction becomes when one day is dropped.

    Attributes
    ----------
    subject
        The asset, or the assets of a pair.
    day
        The day dropped.
    before, after
        Fraction with and without it; ``after`` is None when no move of the right sign is left.
    """

    subject: tuple[Name, ...]
    day: date
    before: float
    after: float | None

    @property
    def breaks(self) -> bool:
        """True when a fraction of at least 10 % is lost, or one appears."""
        after = self.after is not None and self.after >= LEAST_FRACTION
        return after != (self.before >= LEAST_FRACTION)


def leave_one_out(daily: tuple[WithoutDay, ...], grid: Grid, rows: slice) -> Check:
    """Sum up what leaving out each day in turn does.

    Parameters
    ----------
    daily
        One entry per asset and day.
    grid, rows
        The grid and the rows that were left out in turn.

    Returns
    -------
    Check
        Passed when no single day decides whether the fraction reaches 10 %.
    """
    if not daily:
        return Check(attack="leave_one_out", passed=None, says=say("attack.leave_one_out.none"))
    worst = max(daily, key=_damage)
    fields: dict[str, object] = {
        "subject": worst.subject,
        "day": worst.day,
        "before": Quantity(worst.before, "share"),
    }
    key = "attack.leave_one_out.holds"
    if worst.after is None:
        key = "attack.leave_one_out.nothing_left"
    else:
        fields["after"] = Quantity(worst.after, "share")
        if worst.breaks:
            key = "attack.leave_one_out.breaks"
    return Check(
        attack="leave_one_out",
        passed=not any(entry.breaks for entry in daily),
        says=say(key, **fields),
        estimate=Estimate(
            value=0.0 if worst.after is None else worst.after,
            unit="share",
            nobs=length(rows) - 1,
            first=grid.day(rows.start),
            last=grid.day(rows.stop - 1),
            method="without_one_day",
            exact=True,
        ),
    )


def _damage(entry: WithoutDay) -> tuple[bool, float]:
    after = 0.0 if entry.after is None else entry.after
    return entry.breaks, abs(after - entry.before)


def _weights(case: Case, share: ChannelShare) -> Floats:
    """Shape (p,): the part of each driver that belongs to the channel."""
    owners = [
        sum(driver.key in other.drivers for other in case.shares.values())
        for driver in case.drivers
    ]
    return np.array(
        [
            1.0 / count if count and driver.key in share.drivers else 0.0
            for driver, count in zip(case.drivers, owners, strict=True)
        ]
    )


def _leave_one_out(case: Case, grid: Grid, share: ChannelShare) -> Check:
    daily = grid.drivers[grid.episode] @ (case.betas * _weights(case, share)).T
    returns = grid.returns[grid.episode]
    if len(daily) < 2:
        return leave_one_out((), grid, grid.episode)
    found = []
    for column, asset in enumerate(case.assets):
        total = case.totals[column].value
        least = noise(grid, column)
        if barred(total, least, asset_direction(case, column)) is not None:
            continue
        before = float(share.returns[column].value / total)
        for row in range(len(daily)):
            left = total - float(returns[row, column])
            part = share.returns[column].value - float(daily[row, column])
            gone = barred(left, least, asset_direction(case, column)) is not None
            found.append(
                WithoutDay(
                    subject=(Name(asset),),
                    day=grid.day(grid.episode.start + row),
                    before=before,
                    after=None if gone else part / left,
                )
            )
    return leave_one_out(tuple(found), grid, grid.episode)


def _last_year(case: Case, grid: Grid, share: ChannelShare, verdict: Verdict) -> Check:
    """Repeat the verdict with exposures from the last year of the baseline."""
    rows = slice(max(grid.baseline.stop - LAST_YEAR, grid.baseline.start), grid.baseline.stop)
    weights = _weights(case, share)
    sums = weights * grid.drivers[grid.episode].sum(axis=0)
    judgements = []
    parts = []
    try:
        for column, asset in enumerate(case.assets):
            fit = ols_hac(grid.returns[rows, column], grid.drivers[rows], level=case.question.level)
            part = _contribution(case, grid, sums, fit.coef[1:], fit.cov[1:, 1:])
            daily = grid.drivers[grid.baseline] @ (weights * fit.coef[1:])
            history = rolling_sum(daily, length(grid.episode))
            judgements.append(judge_move(case, grid, column, part, history))
            parts.append(_part(asset, part, case.totals[column].value))
    except NotEstimable:
        return Check(
            attack="other_estimator",
            passed=None,
            says=say("attack.other_estimator.none"),
        )
    other = all_of(tuple(judgement.verdict for judgement in judgements))
    largest = max(parts, key=lambda entry: abs(entry[0].value))
    return Check(
        attack="other_estimator",
        passed=other == verdict,
        says=say(
            "attack.other_estimator.says",
            parts=tuple(entry[1] for entry in parts),
            sessions=length(rows),
            verdict=Name(f"verdict.{other}"),
        ),
        estimate=largest[0],
    )


def _part(asset: str, part: Estimate, total: float) -> tuple[Estimate, object]:
    fraction = fraction_of(part, total, None).fraction
    return part, say(
        "attack.other_estimator.part", asset=Name(asset), fraction=Quantity(fraction, "share")
    )


def _contribution(case: Case, grid: Grid, sums: Floats, beta: Floats, cov: Floats) -> Estimate:
    value = float(sums @ beta)
    half = critical_value(case.question.level) * math.sqrt(max(float(sums @ cov @ sums), 0.0))
    first, last = window_days(grid)
    return Estimate(
        value=value,
        unit="log_return",
        low=value - half,
        high=value + half,
        level=case.question.level,
        nobs=LAST_YEAR,
        first=first,
        last=last,
        method="ols_hac_last_year",
    )
