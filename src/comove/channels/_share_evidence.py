"""What a channel's share of the joint split says: per asset, for the pair, and its verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

from comove.channels._entered import through
from comove.channels._verdict import Judgement, Part, Reason, barred, judge
from comove.channels._window import asset_direction, extremity, length, move_word, place
from comove.core.case import Case, ChannelShare, Grid
from comove.core.estimate import Estimate
from comove.core.evidence import Evidence, Verdict, all_of
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats

MOST_ASSETS = 3
"""Assets whose share is listed as evidence; the split shows all of them."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """What a channel's share says about the move of every asset.

    Attributes
    ----------
    judgements
        One per asset.
    verdict
        Over all assets.
    parts
        One clause per asset, with figures.
    evidence
        Per asset, then the pair whose covariance speaks most clearly.
    """

    judgements: tuple[Judgement, ...]
    verdict: Verdict
    parts: tuple[Message, ...]
    evidence: tuple[Evidence, ...]


def noise(grid: Grid, asset: int) -> float:
    """Return the standard deviation of moves as long as the window, from the baseline."""
    sessions = length(grid.episode)
    return float(grid.returns[grid.baseline, asset].std()) * math.sqrt(sessions)


def judge_move(case: Case, grid: Grid, asset: int, part: Estimate, history: Floats) -> Judgement:
    """Hold a contribution to one asset's return to the decision rule.

    Parameters
    ----------
    case, grid
        The question and its grid.
    asset
        Column.
    part
        Contribution in log return, with interval.
    history
        Shape (n,), contributions to earlier windows of the same length.

    Returns
    -------
    Judgement
        Fractions of the asset's total move.
    """
    total = case.totals[asset].value
    toward = asset_direction(case, asset)
    bar = barred(total, noise(grid, asset), toward)
    found = fraction_of(part, total, extremity(part.value, history, toward))
    return judge(found, bar)


def fraction_of(part: Estimate, total: float, extreme: float | None) -> Part:
    """Express a contribution as a fraction of a total.

    Parameters
    ----------
    part
        In the unit of ``total``; an exact figure has no interval.
    total
        The whole.
    extreme
        Place among earlier windows.

    Returns
    -------
    Part
        All zero when the whole is zero.
    """
    if total == 0.0:
        return Part(fraction=0.0, low=0.0, high=0.0, extremity=extreme)
    low, high = (part.value if end is None else end for end in (part.low, part.high))
    ends = sorted((low / total, high / total))
    return Part(fraction=part.value / total, low=ends[0], high=ends[1], extremity=extreme)


def clause(case: Case, asset: str, judgement: Judgement, total: float) -> Message:
    """Return ``reading.part.<reason>``: one asset's share as a clause with its reason."""
    part = judgement.part
    return say(
        f"reading.part.{judgement.reason}",
        asset=Name(asset),
        move=move_word(case),
        fraction=Quantity(part.fraction, "share"),
        low=Quantity(part.low, "share"),
        high=Quantity(part.high, "share"),
        total=Quantity(total, "log_return"),
    )


def read_shares(case: Case, channel: str) -> Shares | None:
    """Turn a channel's share of the split into judgements and evidence.

    Parameters
    ----------
    case
        The question.
    channel
        Key.

    Returns
    -------
    Shares or None
        None when no driver of the channel entered.
    """
    share, grid = case.share(channel), case.grid
    if share is None or grid is None:
        return None
    judgements = tuple(
        judge_move(case, grid, place_, part, share.return_history[:, place_])
        for place_, part in enumerate(share.returns)
    )
    parts = tuple(
        clause(case, asset, judgement, case.totals[place_].value)
        for place_, (asset, judgement) in enumerate(zip(case.assets, judgements, strict=True))
    )
    return Shares(
        judgements=judgements,
        verdict=all_of(tuple(judgement.verdict for judgement in judgements)),
        parts=parts,
        evidence=(*_of_assets(case, channel, judgements), *_of_pairs(case, channel, grid, share)),
    )


def _of_assets(case: Case, channel: str, judgements: tuple[Judgement, ...]) -> tuple[Evidence, ...]:
    share = case.shares[channel]
    found = [
        Evidence(
            says=say(
                "reading.share.return",
                channel=through(case, channel),
                asset=Name(asset),
                part=Quantity(part.value, "log_return"),
                total=Quantity(case.totals[column].value, "log_return"),
                fraction=Quantity(judgement.part.fraction, "share"),
            ),
            estimate=part,
            rank=place(part.value, share.return_history[:, column]),
            verdict=judgement.verdict,
            method=part.method,
        )
        for column, (asset, part, judgement) in enumerate(
            zip(case.assets, share.returns, judgements, strict=True)
        )
    ]
    order = sorted(range(len(found)), key=lambda c: -abs(judgements[c].part.fraction))
    return tuple(found[column] for column in sorted(order[:MOST_ASSETS]))


def _of_pairs(case: Case, channel: str, grid: Grid, share: ChannelShare) -> tuple[Evidence, ...]:
    """Return the covariance share that speaks most clearly: the most decided, then the largest."""
    found = []
    for column, (pair, part) in enumerate(zip(case.pairs, share.covariance, strict=True)):
        judgement = judge_covariance(case, grid, column, part, share.covariance_history[:, column])
        evidence = Evidence(
            says=say(
                "reading.share.covariance",
                channel=through(case, channel),
                pair=tuple(Name(case.assets[asset]) for asset in pair),
                fraction=Quantity(part.value, "share"),
                sessions=length(grid.dependence),
                correlation=case.pair_totals[column].quantity,
            ),
            estimate=part,
            rank=place(part.value, share.covariance_history[:, column]),
            verdict=judgement.verdict,
            method=part.method,
        )
        found.append((judgement.verdict == "cannot_tell", -abs(part.value), column, evidence))
    return (min(found)[3],) if found else ()


def correlation_bar(case: Case, grid: Grid, pair: int) -> Reason | None:
    """Say why the covariance of a pair cannot be divided up; None when it can."""
    value = case.pair_totals[pair].value
    return barred(value, 1.0 / math.sqrt(length(grid.dependence)), 1.0)


def judge_covariance(
    case: Case, grid: Grid, pair: int, part: Estimate, history: Floats
) -> Judgement:
    """Hold a share of a pair's covariance to the decision rule.

    Parameters
    ----------
    case, grid
        The question and its grid.
    pair
        Column of ``case.pairs``.
    part
        Fraction of the covariance, with interval.
    history
        Shape (m,), the same over earlier windows.

    Returns
    -------
    Judgement
        ``no_move`` when the correlation itself is within noise, ``other_way`` when it is negative.
    """
    found = fraction_of(part, 1.0, extremity(part.value, history, 1.0))
    return judge(found, correlation_bar(case, grid, pair))


def ranked(evidence: tuple[Evidence, ...], verdict: Verdict, most: int = 6) -> tuple[Evidence, ...]:
    """Put the evidence behind the verdict first, then what contradicts it, then the rest.

    Parameters
    ----------
    evidence
        In the channel's own order, which is kept among equals.
    verdict
        Of the reading.
    most
        How many are kept.

    Returns
    -------
    tuple of Evidence
        At most ``most``.
    """

    def order(item: Evidence) -> int:
        if item.verdict in ("cannot_tell", "silent"):
            return 2 + (item.verdict == "silent")
        return int(item.verdict != verdict)

    return tuple(sorted(evidence, key=order)[:most])
