"""Miners part from the metal: gold holds while their price for it collapses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comove.channels._attacks import leave_one_out, placebo
from comove.channels._entered import through
from comove.channels._share_evidence import ranked, read_shares
from comove.channels._silence import caveats, silent
from comove.channels._window import move_word, place, proposition
from comove.channels.gold._context import TABLE, betas, central_banks, gold_held, ratio
from comove.channels.gold._gap import (
    Gap,
    TwoSided,
    last_year,
    measure_gap,
    two_sided,
    with_implied,
    without_days,
)
from comove.core.case import Case, Grid
from comove.core.driver import Driver
from comove.core.errors import NotEstimable
from comove.core.evidence import Check, Evidence, Verdict, all_of
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.core.reading import Reading

GOLD = Driver("gold", (("gld", 1.0),))
SILVER = Driver("silver", (("slv", 1.0),))
MINER = "gold_miner"
ALL = 0.9
"""Share of a move that, once surely through gold, leaves no room for a parting."""


@dataclass(frozen=True)
class Gold:
    """The miner moved by more than its beta to gold implies.

    The share of the split shows what went through gold; the proposition says that miners parted
    from it.  A large share with the proposition refuted is a normal result.

    Attributes
    ----------
    key
        Name of the channel.
    drivers
        Gold and silver.
    reads
        The table of central-bank purchases.

    Examples
    --------
    >>> [driver.key for driver in channel.drivers]
    ['gold', 'silver']
    """

    key: str = "gold"
    drivers: tuple[Driver, ...] = (GOLD, SILVER)
    reads: tuple[str, ...] = (f"table/{TABLE}",)

    def examine(self, case: Case) -> Reading:
        """Judge the proposition.

        Parameters
        ----------
        case
            The question.

        Returns
        -------
        Reading
            About the gold miners among the assets; ``silent`` without one, or when gold itself is
            asked about.
        """
        miners = [
            column
            for column, asset in enumerate(case.assets)
            if MINER in case.snapshot[asset].spec.tags
        ]
        gold = case.column(GOLD.key)
        if not miners:
            claim = say("channel.gold.proposition.none")
            return silent(case, self.key, say("channel.gold.no_miner"), claim)
        claim = proposition(case, self.key, tuple(case.assets[column] for column in miners))
        if case.grid is None or gold is None:
            return silent(case, self.key, claim=claim)
        try:
            gaps = [measure_gap(case, case.grid, column, gold) for column in miners]
            sides = two_sided(case, case.grid, miners[0], gold)
        except NotEstimable:
            return silent(case, self.key, say("channel.gold.not_estimable"), claim)
        return _read(case, case.grid, gaps, sides)


channel = Gold()


def _read(case: Case, grid: Grid, gaps: list[Gap], sides: TwoSided) -> Reading:
    gold = case.column(GOLD.key)
    verdict = all_of(tuple(gap.judgement.verdict for gap in gaps))
    context = (
        gold_held(case, GOLD),
        ratio(case, grid, gaps[0]),
        betas(gaps[0], sides),
        central_banks(case),
    )
    evidence = (
        *(_gap_evidence(case, grid, gap) for gap in gaps),
        *_through_gold(case, gaps),
        *(entry for entry in context if entry is not None),
    )
    return Reading(
        channel=channel.key,
        proposition=proposition(case, channel.key, tuple(gap.asset for gap in gaps)),
        verdict=verdict,
        because=say("channel.gold.because", parts=tuple(_clause(case, gap) for gap in gaps)),
        evidence=ranked(evidence, verdict),
        checks=() if gold is None else _attacks(case, grid, gaps, sides, gold),
        caveats=caveats(case, channel.key),
    )


def _through_gold(case: Case, gaps: list[Gap]) -> tuple[Evidence, ...]:
    """Return the share of the split for the leading miner: if gold carries it all, none parted."""
    shares = read_shares(case, channel.key)
    if shares is None:
        return ()
    column = gaps[0].column
    part = shares.judgements[column].part
    verdict: Verdict = "against" if part.low >= ALL else "cannot_tell"
    share = case.shares[channel.key].returns[column]
    return tuple(
        replace(entry, verdict=verdict) for entry in shares.evidence if entry.estimate is share
    )


def _carried(case: Case, gap: Gap) -> float:
    share = case.share(channel.key)
    return 0.0 if share is None else share.returns[gap.column].value / gap.actual


def _clause(case: Case, gap: Gap) -> Message:
    """Both halves: how far it parted from gold, and how much of its move went through gold."""
    part = gap.judgement.part
    return say(
        f"channel.gold.part.{gap.judgement.reason}",
        asset=Name(gap.asset),
        move=move_word(case),
        actual=Quantity(gap.actual, "log_return"),
        implied=Quantity(gap.implied, "log_return"),
        gold=Quantity(gap.gold, "log_return"),
        beta=gap.beta.quantity,
        gap=_gap_word(gap),
        low=Quantity(part.low, "share"),
        high=Quantity(part.high, "share"),
        carried=Quantity(_carried(case, gap), "share"),
        through=through(case, channel.key),
    )


def _gap_word(gap: Gap) -> Message:
    key = "more" if gap.estimate.value * gap.actual > 0.0 else "less"
    return say(f"channel.gold.gap.{key}", gap=gap.estimate.quantity)


def _gap_evidence(case: Case, grid: Grid, gap: Gap) -> Evidence:
    return Evidence(
        says=say(
            "channel.gold.implied",
            asset=Name(gap.asset),
            actual=Quantity(gap.actual, "log_return"),
            implied=Quantity(gap.implied, "log_return"),
            beta=gap.beta.quantity,
            gold=Quantity(gap.gold, "log_return"),
            gap=_gap_word(gap),
        ),
        estimate=gap.estimate,
        rank=place(gap.estimate.value, gap.history),
        verdict=gap.judgement.verdict,
        method="prediction_gap",
        exhibits=(_paths(case, grid, gap),),
    )


def _paths(case: Case, grid: Grid, gap: Gap) -> Exhibit:
    """Actual and implied log return, cumulated from zero at the start of the window."""
    gold = case.column(GOLD.key)
    daily = 0.0 if gold is None else gap.beta.value * gold[grid.episode]
    actual = grid.returns[grid.episode, gap.column].cumsum()
    implied = (0.0 * actual + daily).cumsum()
    days = range(grid.episode.start - 1, grid.episode.stop)
    return Exhibit(
        key=f"implied-{gap.asset}",
        kind="lines",
        columns={
            "day": tuple(grid.day(row).isoformat() for row in days),
            "actual": (0.0, *actual.tolist()),
            "implied": (0.0, *implied.tolist()),
        },
        marks={
            "unit": "log_return",
            "names": {"actual": gap.asset, "implied": "channel.gold.implied_path"},
        },
        caption=say("channel.gold.paths", asset=Name(gap.asset), beta=gap.beta.quantity),
    )


def _attacks(
    case: Case, grid: Grid, gaps: list[Gap], sides: TwoSided, gold: Floats
) -> tuple[Check, ...]:
    leading = gaps[0]
    slope, other = last_year(case, grid, leading, gold)
    daily = grid.returns[:, leading.column] - (
        sides.down.value * gold.clip(max=0.0) + sides.up.value * gold.clip(min=0.0)
    )
    bent = with_implied(case, grid, leading, sides.implied, daily)
    return (
        placebo(
            grid,
            len(leading.history),
            tuple(gap.asset for gap in gaps),
            tuple(gap.judgement for gap in gaps),
        ),
        leave_one_out(without_days(case, grid, leading, gold), grid, grid.episode),
        Check(
            attack="other_estimator",
            passed=other.verdict == leading.judgement.verdict,
            says=say(
                "channel.gold.other_estimator",
                beta=Quantity(slope, "beta"),
                fraction=Quantity(other.part.fraction, "share"),
                verdict=Name(f"verdict.{other.verdict}"),
            ),
        ),
        Check(
            attack="two_betas",
            passed=bent.verdict == leading.judgement.verdict,
            says=say(
                "channel.gold.two_betas",
                implied=Quantity(sides.implied, "log_return"),
                fraction=Quantity(bent.part.fraction, "share"),
                verdict=Name(f"verdict.{bent.verdict}"),
            ),
        ),
    )
