"""What surrounds a miner's gap: its betas, its price against gold, gold itself, central banks."""

from __future__ import annotations

import numpy as np

from comove.channels._moves import AS_TOLD, HARDLY, move, state_move
from comove.channels._window import direction, place, window_days
from comove.channels.gold._gap import Gap, TwoSided
from comove.core.case import Case, Grid
from comove.core.driver import Driver
from comove.core.errors import NoDataError
from comove.core.estimate import Estimate
from comove.core.evidence import Evidence, Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.core.snapshot import Row

METAL, TABLE = "gld", "central_bank_gold"
THREE_YEARS = 756
CHEAP = 0.10
"""Place of miner over gold in three years at or below which the miner has parted downwards."""
DIFFERENT = 0.05


def gold_held(case: Case, gold: Driver) -> Evidence | None:
    """Say whether gold itself held: the story needs a metal that did not move along.

    Parameters
    ----------
    case
        The question.
    gold
        The driver.

    Returns
    -------
    Evidence or None
        ``supports`` when gold moved along by less than a quarter of its ordinary move,
        ``against`` from one ordinary move.
    """
    found = move(case, gold)
    if found is None or direction(case) == 0.0:
        return None
    along = found.sigma * direction(case)
    verdict: Verdict = "cannot_tell"
    if along < HARDLY:
        verdict = "supports"
    elif along >= AS_TOLD:
        verdict = "against"
    return state_move(found, verdict)


def betas(gap: Gap, sides: TwoSided) -> Evidence:
    """State the down and the up beta; alone they say nothing about a parting."""
    falling = gap.gold < 0.0
    return Evidence(
        says=say(
            "channel.gold.betas.differ" if sides.pvalue < DIFFERENT else "channel.gold.betas.alike",
            asset=Name(gap.asset),
            down=sides.down.quantity,
            up=sides.up.quantity,
            pvalue=Quantity(sides.pvalue, "probability"),
        ),
        estimate=sides.down if falling else sides.up,
        verdict="cannot_tell",
        method="ols_hac",
    )


def ratio(case: Case, grid: Grid, gap: Gap) -> Evidence | None:
    """Place the miner's price over gold's at the window's end in its last three years.

    Parameters
    ----------
    case, grid, gap
        The question and the miner.

    Returns
    -------
    Evidence or None
        None with less than a year of common history.
    """
    try:
        panel = case.snapshot.panel((gap.asset, METAL))
    except NoDataError:
        return None
    start, end = (np.datetime64(day, "D") for day in window_days(grid))
    last = int(np.searchsorted(panel.labels, end, side="right")) - 1
    first = int(np.searchsorted(panel.labels, start, side="right")) - 1
    levels = panel[gap.asset] / panel[METAL]
    history = levels[max(last - THREE_YEARS, 0) : last]
    rank = place(float(levels[last]), history)
    if rank is None or len(history) < THREE_YEARS // 3:
        return None
    low = rank if case.falling else 1.0 - rank
    verdict: Verdict = "cannot_tell"
    if low <= CHEAP:
        verdict = "supports"
    elif low >= 1.0 - CHEAP:
        verdict = "against"
    return Evidence(
        says=say(
            f"channel.gold.ratio.{_placed(rank)}",
            asset=Name(gap.asset),
            change=Quantity(float(levels[last] / levels[first] - 1.0), "simple_return"),
            share=Quantity(rank, "share"),
        ),
        estimate=Estimate(
            value=float(levels[last]),
            unit="ratio",
            nobs=len(history),
            first=panel.labels[max(last - THREE_YEARS, 0)].item(),
            last=panel.labels[last].item(),
            method="rank_in_three_years",
            exact=True,
        ),
        rank=rank,
        verdict=verdict,
        method="rank_in_three_years",
    )


def _placed(rank: float) -> str:
    if rank in (0.0, 1.0):
        return "above_all" if rank else "below_all"
    return "above"


def central_banks(case: Case) -> Evidence | None:
    """State what central banks bought in the last year published: context, not a cause.

    Parameters
    ----------
    case
        The question.

    Returns
    -------
    Evidence or None
        None when the table was not read.
    """
    if TABLE not in case.snapshot.tables:
        return None
    rows = sorted(case.snapshot.tables[TABLE], key=lambda row: int(str(row["year"])))
    if not rows:
        return Evidence(
            says=say("channel.gold.central_banks.none"),
            estimate=None,
            verdict="silent",
            method="published",
        )
    latest = rows[-1]
    return Evidence(
        says=_bought(rows),
        estimate=Estimate(
            value=_tonnes(latest),
            unit="tonnes",
            nobs=1,
            first=latest["published"],  # type: ignore[arg-type]
            last=latest["published"],  # type: ignore[arg-type]
            clock="own",
            method="published",
            exact=True,
        ),
        verdict="cannot_tell",
        method="published",
    )


def _tonnes(row: Row) -> float:
    return float(str(row["tonnes"]))


def _bought(rows: list[Row]) -> Message:
    latest = rows[-1]
    fields: dict[str, object] = {
        "year": str(latest["year"]),
        "tonnes": Quantity(_tonnes(latest), "tonnes"),
        "published": latest["published"],
    }
    if len(rows) == 1 or int(str(rows[-2]["year"])) != int(str(latest["year"])) - 1:
        return say("channel.gold.central_banks.first", **fields)
    change = _tonnes(latest) / _tonnes(rows[-2]) - 1.0
    key = "channel.gold.central_banks.more" if change >= 0.0 else "channel.gold.central_banks.less"
    return say(key, **fields, change=Quantity(change, "simple_return"))
