"""Traces that forced selling of crypto leaves: weekends, liquidations, funding, volatility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from comove.channels._window import asset_direction, move_word, place, window_days
from comove.core.case import Case, Grid
from comove.core.estimate import Estimate
from comove.core.evidence import Evidence, Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Instants, Observations
from comove.core.snapshot import Row
from comove.core.units import Unit

FUNDING, VOLATILITY, TABLE = "funding_btc", "dvol", "liquidation_events"
ALL_COINS = "all coins"
EXTREME, NOT_CROWDED = 0.9, 0.5
"""Places in its own history from which funding or implied volatility is extreme, and up to which
nobody was crowded."""
HALF = 0.5
"""Share of a move made while the other market was shut that contradicts selling of both."""


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What is known beside the returns.

    Attributes
    ----------
    evidence
        As listed.
    seen
        True when forced trading left a trace of its own: a liquidation total published for the
        window, or funding before it or implied volatility at its end among the highest tenth of
        their histories (in a rise: funding among the lowest, the shorts crowded).
    """

    evidence: tuple[Evidence, ...]
    seen: bool


def traces(case: Case, grid: Grid) -> Traces:
    """Collect what is known beside the returns.

    Parameters
    ----------
    case, grid
        The question and its grid.

    Returns
    -------
    Traces
        Weekend placebo where one asset trades around the clock and another does not; liquidations,
        funding and implied volatility where a crypto asset is asked about.
    """
    weekends = _weekends(case, grid)
    found = () if weekends is None else (weekends,)
    if all("crypto" not in case.snapshot[asset].spec.tags for asset in case.assets):
        return Traces(evidence=found, seen=False)
    sold, funding, volatility = (
        _liquidations(case, grid),
        _funding(case, grid),
        _volatility(case, grid),
    )
    seen = (
        (sold is not None and sold.estimate is not None)
        or funding.verdict == "supports"
        or (volatility.rank or 0.0) >= EXTREME
    )
    reported = () if sold is None else (sold,)
    return Traces(evidence=(*found, *reported, funding, volatility), seen=seen)


def _weekends(case: Case, grid: Grid) -> Evidence | None:
    """Measure how much of a 24/7 asset's move came while New York was shut."""
    always = [a for a in case.assets if case.snapshot[a].spec.clock.calendar == "24/7"]
    if not always or len(always) == len(case.assets):
        return None
    track = case.snapshot[always[0]]
    start, end = (np.datetime64(day, "D") for day in window_days(grid))
    labels, changes = track.labels[1:], np.diff(np.log(track.values))
    inside = (labels > start) & (labels <= end)
    shut = inside & ~np.isin(labels, case.snapshot.sessions.labels)
    total = float(changes[inside].sum())
    if not shut.any() or total * asset_direction(case, case.assets.index(always[0])) <= 0.0:
        return None
    part = float(changes[shut].sum()) / total
    return Evidence(
        says=say(
            "channel.deleveraging.weekend",
            asset=Name(always[0]),
            move=move_word(case),
            act=say(f"channel.deleveraging.act.{_way(case)}"),
            fraction=Quantity(part, "share"),
            days=int(shut.sum()),
            all=int(inside.sum()),
        ),
        estimate=_exact(part, "share", labels[shut], "closed_market_share"),
        verdict="against" if part >= HALF else "cannot_tell",
        method="closed_market_share",
    )


def _way(case: Case) -> str:
    if not case.found:
        return "window"
    return "fell" if case.falling else "rose"


def _liquidations(case: Case, grid: Grid) -> Evidence | None:
    """List published liquidation totals; they follow the price as much as they drive it."""
    if TABLE not in case.snapshot.tables:
        return None
    start, end = window_days(grid)
    rows = [row for row in case.snapshot.tables[TABLE] if row["scope"] == ALL_COINS]
    inside = [row for row in rows if start < _day(row) <= end]
    if not inside:
        return Evidence(
            says=say("channel.deleveraging.liquidations.none"),
            estimate=None,
            verdict="silent",
            method="published",
        )
    earlier = [row for row in rows if _day(row) <= start]
    fields: dict[str, object] = {"events": tuple(_event(row) for row in inside)}
    key = "channel.deleveraging.liquidations.says"
    if earlier:
        key = "channel.deleveraging.liquidations.beside"
        fields["largest"] = _event(max(earlier, key=_least), "_long")
    days = np.array([_day(row) for row in inside], dtype="M8[D]")
    return Evidence(
        says=say(key, **fields),
        estimate=_exact(sum(_least(row) for row in inside), "usd_bn", days, "published"),
        verdict="cannot_tell",
        method="published",
    )


def _day(row: Row) -> date:
    day = row["start_utc"]
    if not isinstance(day, date):
        return date.fromisoformat(str(day)[:10])
    return day


def _least(row: Row) -> float:
    return float(str(row["usd_bn_low"]))


def _event(row: Row, form: str = "") -> Message:
    low, high = _least(row), float(str(row["usd_bn_high"]))
    fields: dict[str, object] = {"day": _day(row), "low": Quantity(low, "usd_bn")}
    if low == high:
        return say(f"channel.deleveraging.event.one{form}", **fields)
    return say(f"channel.deleveraging.event.range{form}", **fields, high=Quantity(high, "usd_bn"))


def _funding(case: Case, grid: Grid) -> Evidence:
    """Place funding before the window in its own history: were the longs (or shorts) crowded?"""
    track = _held(case, FUNDING)
    if track is None:
        return _missing(FUNDING)
    row = _last_by(track, _close_of(case, window_days(grid)[0]))
    rank = None if row is None else place(float(track.values[row]), track.values[:row])
    if row is None or rank is None:
        return _missing(FUNDING)
    crowded = rank if case.falling else 1.0 - rank
    verdict: Verdict = "cannot_tell"
    if crowded >= EXTREME:
        verdict = "supports"
    elif crowded <= NOT_CROWDED:
        verdict = "against"
    return Evidence(
        says=say(
            "channel.deleveraging.funding",
            value=Quantity(float(track.values[row]), "basis_points"),
            day=track.labels[row].item(),
            share=Quantity(rank, "share"),
        ),
        estimate=_exact(
            float(track.values[row]), "basis_points", track.labels[: row + 1], "rank_in_history"
        ),
        rank=rank,
        verdict=verdict,
        method="rank_in_history",
    )


def _volatility(case: Case, grid: Grid) -> Evidence:
    """Place implied volatility at the window's end in its own history."""
    track = _held(case, VOLATILITY)
    if track is None:
        return _missing(VOLATILITY)
    start, end = window_days(grid)
    first = _last_by(track, _close_of(case, start))
    last = int(np.searchsorted(track.labels, np.datetime64(end, "D"), side="right")) - 1
    rank = place(float(track.values[last]), track.values[:last])
    if first is None or rank is None or last <= first:
        return _missing(VOLATILITY)
    fields: dict[str, object] = {
        "before": Quantity(float(track.values[first]), "vol_points"),
        "after": Quantity(float(track.values[last]), "vol_points"),
    }
    says = say("channel.deleveraging.volatility", **fields, share=Quantity(rank, "share"))
    if rank == 1.0:
        since = track.labels[0].item()
        says = say("channel.deleveraging.volatility_high", **fields, since=since)
    return Evidence(
        says=says,
        estimate=_exact(
            float(track.values[last]), "vol_points", track.labels[: last + 1], "rank_in_history"
        ),
        rank=rank,
        verdict="cannot_tell",
        method="rank_in_history",
    )


def _held(case: Case, series: str) -> Observations | None:
    track = case.snapshot.tracks.get(series)
    return track if track is not None and len(track) else None


def _missing(series: str) -> Evidence:
    return Evidence(
        says=say("channel.deleveraging.no_history", series=Name(series)),
        estimate=None,
        verdict="silent",
        method="rank_in_history",
    )


def _close_of(case: Case, day: date) -> np.datetime64:
    """Return the sampling instant of a session."""
    sessions = case.snapshot.sessions
    found: np.datetime64 = sessions.instants[
        int(np.searchsorted(sessions.labels, np.datetime64(day, "D")))
    ]
    return found


def _last_by(track: Observations, instant: np.datetime64) -> int | None:
    """Return the row of the last value known by an instant."""
    rows = np.flatnonzero(track.known <= instant)
    return int(rows[-1]) if rows.size else None


def _exact(value: float, unit: Unit, labels: Instants, method: str) -> Estimate:
    return Estimate(
        value=value,
        unit=unit,
        nobs=len(labels),
        first=labels[0].item(),
        last=labels[-1].item(),
        clock="own",
        method=method,
        exact=True,
    )
