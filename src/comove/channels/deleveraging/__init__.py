"""Forced selling: liquidations and margin calls make holders sell both at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comove.channels._share_evidence import ranked, read_shares
from comove.channels._silence import caveats, silent
from comove.channels._verdict import ENOUGH_EXTREME
from comove.channels._window import length, proposition
from comove.channels.deleveraging._attacks import attack_link, names, pair_verdict
from comove.channels.deleveraging._doubts import doubts, trade
from comove.channels.deleveraging._residuals import (
    JointDays,
    JointGap,
    ResidualLink,
    joint_days,
    joint_gap,
    measure,
    unexplained,
)
from comove.channels.deleveraging._traces import FUNDING, TABLE, VOLATILITY, Traces, traces
from comove.core.case import Case, Grid
from comove.core.driver import Driver
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Check, Evidence, Verdict, all_of
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.core.reading import Reading

DVOL = Driver("dvol", ((VOLATILITY, 1.0),))
MOST_PAIRS = 2
"""Pairs whose residuals are listed; the verdict is over all of them."""
ORDINARY = 1.0
"""Standard deviations within which an unexplained move is ordinary."""
BEYOND_CHANCE = 0.05
MOST_DAYS = 5
"""Joint days that are listed by date."""


@dataclass(frozen=True)
class Deleveraging:
    """What the drivers do not explain moved together, and more so than before.

    No position or flow explains the same day's return of what it is a position in.  So the channel
    has no driver of its own unless implied volatility may enter, and its proposition is tested on
    the residuals of all channels' drivers.  They are never called anything but unexplained: common
    residuals are what forced selling would look like, and what a missing driver would look like.

    Attributes
    ----------
    key
        Name of the channel.
    drivers
        Bitcoin's implied volatility; left out as circular when bitcoin is asked about.
    reads
        Funding, implied volatility, bitcoin, and the table of liquidations.

    Examples
    --------
    >>> channel.reads[-1]
    'table/liquidation_events'
    """

    key: str = "deleveraging"
    drivers: tuple[Driver, ...] = (DVOL,)
    reads: tuple[str, ...] = (FUNDING, VOLATILITY, f"table/{TABLE}")

    def examine(self, case: Case) -> Reading:
        """Judge the proposition.

        Parameters
        ----------
        case
            The question.

        Returns
        -------
        Reading
            ``supports`` when the residual covariance is at least 10 % of every pair's covariance
            with an interval above zero, out of the ordinary, the residual correlation rose, and
            nothing of :func:`comove.channels.deleveraging._doubts.doubts` stands against it: the
            residual alone is only ever unexplained.
        """
        grid = case.grid
        if grid is None or not case.drivers:
            return silent(case, self.key, say("reading.silent.no_split"))
        try:
            links = [measure(case, grid, place, case.residuals) for place in range(len(case.pairs))]
        except NotEstimable:
            return silent(case, self.key, say("channel.deleveraging.not_estimable"))
        return _read(case, grid, links)


channel = Deleveraging()


def _read(case: Case, grid: Grid, links: list[ResidualLink]) -> Reading:
    verdicts = tuple(pair_verdict(link) for link in links)
    order = sorted(range(len(links)), key=lambda place: _telling(links[place], verdicts[place]))
    shown = [links[place] for place in order[:MOST_PAIRS]]
    found = traces(case, grid)
    verdict, checks, held = _weighed(case, grid, [(links[n], verdicts[n]) for n in order], found)
    shares = read_shares(case, channel.key)
    residuals = unexplained(case, grid)
    gap = joint_gap(grid, residuals, _toward(case))
    left = (
        *(_link_evidence(case, grid, link) for link in shown),
        _gap_evidence(case, grid, gap, residuals),
        _days_evidence(case, grid, shown[0].pair, residuals),
    )
    evidence = (
        *(entry if verdict == "supports" else _unexplained_only(entry) for entry in left),
        *found.evidence,
        *(() if shares is None else shares.evidence),
    )
    limits = caveats(case, channel.key)
    if shares is None:
        limits = (*limits, say("channel.deleveraging.no_driver"))
    return Reading(
        channel=channel.key,
        proposition=proposition(case, channel.key),
        verdict=verdict,
        because=_because(case, tuple(_clause(case, grid, link) for link in shown), gap, held),
        evidence=ranked(evidence, verdict),
        checks=checks,
        caveats=limits,
    )


def _weighed(
    case: Case, grid: Grid, links: list[tuple[ResidualLink, Verdict]], found: Traces
) -> tuple[Verdict, tuple[Check, ...], tuple[Message, ...]]:
    """Return the verdict, the attacks on the weakest pair, and what holds the verdict back."""
    verdict = all_of(tuple(part for _, part in links))
    if verdict != "supports":
        return verdict, attack_link(case, grid, *links[0]), ()
    attacks = [attack_link(case, grid, link, part) for link, part in links]
    held = doubts(case, found.seen, tuple(check for checks in attacks for check in checks))
    weakest = min(attacks, key=lambda checks: sum(check.passed is True for check in checks))
    return "cannot_tell" if held else verdict, weakest, held


def _unexplained_only(entry: Evidence) -> Evidence:
    """Take back what a residual says for a proposition that it cannot carry by itself."""
    return replace(entry, verdict="cannot_tell") if entry.verdict == "supports" else entry


def _because(
    case: Case, parts: tuple[Message, ...], gap: JointGap, held: tuple[Message, ...]
) -> Message:
    fields: dict[str, object] = {"parts": parts, "moves": _left(case, gap)}
    if not held:
        return say("channel.deleveraging.because", **fields)
    return say("channel.deleveraging.held", **fields, reasons=held, trade=trade(case))


def _telling(link: ResidualLink, verdict: Verdict) -> tuple[bool, float]:
    return verdict == "cannot_tell", -abs(link.now.value)


def _clause(case: Case, grid: Grid, link: ResidualLink) -> Message:
    reason: str = link.judgement.reason
    if reason == "carries" and not link.broke:
        reason = "no_break"
    part = link.judgement.part
    return say(
        f"channel.deleveraging.part.{reason}",
        pair=names(case, link.pair),
        sessions=length(grid.dependence),
        now=Quantity(link.now.value, "correlation"),
        before=Quantity(link.before.value, "correlation"),
        pvalue=Quantity(link.pvalue, "probability"),
        total=case.pair_totals[case.pairs.index(link.pair)].quantity,
        trade=trade(case),
        fraction=Quantity(part.fraction, "share"),
        low=Quantity(part.low, "share"),
        high=Quantity(part.high, "share"),
    )


def _link_evidence(case: Case, grid: Grid, link: ResidualLink) -> Evidence:
    rows = grid.dependence
    divided = link.judgement.reason not in ("no_move", "other_way")
    return Evidence(
        says=say(
            f"channel.deleveraging.link.{'share' if divided else 'alone'}",
            pair=names(case, link.pair),
            sessions=length(rows),
            now=Quantity(link.now.value, "correlation"),
            before=Quantity(link.before.value, "correlation"),
            pvalue=Quantity(link.pvalue, "probability"),
            fraction=Quantity(link.judgement.part.fraction, "share"),
        ),
        estimate=Estimate(
            value=link.now.value,
            unit="correlation",
            low=link.now.low,
            high=link.now.high,
            level=link.now.level,
            pvalue=link.pvalue,
            nobs=link.now.nobs,
            first=grid.day(rows.start),
            last=grid.day(rows.stop - 1),
            method="residual_correlation",
        ),
        rank=link.rank,
        verdict=pair_verdict(link),
        method="residual_correlation",
        exhibits=(),
    )


def _toward(case: Case) -> float:
    return -1.0 if case.falling else 1.0


def _left(case: Case, gap: JointGap) -> tuple[Message, ...]:
    return tuple(
        say(
            "channel.deleveraging.left",
            asset=Name(asset),
            move=Quantity(float(gap.moves[column]), "log_return"),
            sigma=Quantity(float(gap.sigmas[column]), "sigma"),
        )
        for column, asset in enumerate(case.assets)
    )


def _gap_evidence(case: Case, grid: Grid, gap: JointGap, residuals: Floats) -> Evidence:
    toward = _toward(case)
    rank = gap.extremity if gap.extremity is None or toward > 0.0 else 1.0 - gap.extremity
    verdict: Verdict = "cannot_tell"
    if gap.mildest <= -ORDINARY:
        verdict = "against"
    elif gap.mildest >= ORDINARY and (gap.extremity or 0.0) >= ENOUGH_EXTREME:
        verdict = "supports"
    return Evidence(
        says=say("channel.deleveraging.gap", moves=_left(case, gap)),
        estimate=Estimate(
            value=toward * gap.mildest,
            unit="sigma",
            nobs=length(grid.episode),
            first=grid.day(grid.episode.start),
            last=grid.day(grid.episode.stop - 1),
            method="mildest_residual",
            exact=True,
        ),
        rank=rank,
        verdict=verdict,
        method="mildest_residual",
        exhibits=(_residual_paths(case, grid, residuals),),
    )


def _days_evidence(case: Case, grid: Grid, pair: tuple[int, int], residuals: Floats) -> Evidence:
    found = joint_days(grid, residuals, pair, _toward(case))
    return Evidence(
        says=_days_message(case, grid, pair, found),
        estimate=Estimate(
            value=float(len(found.rows)),
            unit="count",
            pvalue=found.pvalue,
            nobs=found.nobs,
            first=grid.day(grid.episode.start),
            last=grid.day(grid.episode.stop - 1),
            method="joint_residual_days",
            exact=True,
        ),
        verdict=_days_verdict(found),
        method="joint_residual_days",
    )


def _days_verdict(found: JointDays) -> Verdict:
    if found.rows:
        return "supports" if found.pvalue < BEYOND_CHANCE else "cannot_tell"
    return "against" if min(found.alone) >= 1 else "cannot_tell"


def _days_message(case: Case, grid: Grid, columns: tuple[int, int], found: JointDays) -> Message:
    pair = names(case, columns)
    way = "fell" if case.falling else "rose"
    if not found.rows:
        return say(
            f"channel.deleveraging.days.{way}.none",
            pair=pair,
            sessions=found.nobs,
            alone=sum(found.alone),
        )
    tally = say("channel.deleveraging.days.many", count=len(found.rows), sessions=found.nobs)
    if len(found.rows) <= MOST_DAYS:
        days = tuple(grid.day(row) for row in found.rows)
        tally = say(
            "channel.deleveraging.days.few", count=len(days), sessions=found.nobs, days=days
        )
    return say(
        f"channel.deleveraging.days.{way}.{'news' if found.pvalue < BEYOND_CHANCE else 'chance'}",
        pair=pair,
        tally=tally,
        alone=sum(found.alone),
        pvalue=Quantity(found.pvalue, "probability"),
    )


def _residual_paths(case: Case, grid: Grid, residuals: Floats) -> Exhibit:
    """Cumulated residuals, from zero at the start of the window."""
    days = range(grid.episode.start - 1, grid.episode.stop)
    summed = residuals[grid.episode].cumsum(axis=0)
    columns: dict[str, tuple[object, ...]] = {
        "day": tuple(grid.day(row).isoformat() for row in days)
    }
    for column, asset in enumerate(case.assets):
        columns[asset] = (0.0, *summed[:, column].tolist())
    return Exhibit(
        key="unexplained",
        kind="lines",
        columns=columns,
        marks={"unit": "log_return", "names": {asset: asset for asset in case.assets}},
        caption=say(
            "channel.deleveraging.residual_paths", pair=names(case, range(len(case.assets)))
        ),
    )
