"""Short covering: has funding below zero been followed by a rise?"""

from __future__ import annotations

from datetime import date

import numpy as np

from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.core.evidence import Verdict
from comove.core.levels import CoveringClaim
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats, Observations
from comove.core.snapshot import Snapshot
from comove.stats.regression import ols_hac

FUNDING = ("funding_btc",)
"""Series of funding; each speaks of the asset it is made from."""
AHEAD = 7
"""Days that follow: five New York sessions of a market that never closes."""
LEAST_DAYS = 15
LEAST_SPELLS = 4
_PATIENCE = 3


def covering(
    snapshot: Snapshot, assets: tuple[str, ...], level: float
) -> tuple[CoveringClaim, ...]:
    """Test the claim for every asset whose funding is held.

    Parameters
    ----------
    snapshot
        Holds assets and funding, as known.
    assets
        Ids asked about.
    level
        Coverage.

    Returns
    -------
    tuple of CoveringClaim
        Silent where funding has too few days below zero, or has ended.
    """
    return tuple(
        _claim(snapshot, asset, funding, level)
        for funding in FUNDING
        for asset in assets
        if asset in snapshot.specs[funding].made_from
    )


def _claim(snapshot: Snapshot, asset: str, funding: str, level: float) -> CoveringClaim:
    below, ahead, span = _sample(snapshot[asset], snapshot[funding])
    days = int(below.sum())
    spells = int((np.diff(np.concatenate([[0.0], below])) > 0.0).sum())
    now = _now(snapshot, funding)
    shared = {"asset": Name(asset), "days": days, "spells": spells, "sample": len(below)}
    difference = None
    verdict: Verdict = "silent"
    says: Message = say("levels.covering.silent", **shared)
    if span is not None and days >= LEAST_DAYS and spells >= LEAST_SPELLS:
        difference = _difference(below, ahead, span, level)
    if difference is not None:
        verdict = "cannot_tell"
        if difference.excludes_zero:
            verdict = "supports" if difference.value > 0.0 else "against"
        says = say(
            f"levels.covering.{verdict}",
            difference=difference.quantity,
            low=Quantity(difference.low or 0.0, difference.unit),
            high=Quantity(difference.high or 0.0, difference.unit),
            **shared,
        )
    return CoveringClaim(
        asset=asset,
        funding=funding,
        verdict=verdict,
        says=says,
        difference=difference,
        days=days,
        spells=spells,
        sample=len(below),
        now=now,
    )


def _difference(
    below: Floats, ahead: Floats, span: tuple[date, date], level: float
) -> Estimate | None:
    """Regress what followed on the mask; lags cover the overlap of what followed."""
    try:
        fit = ols_hac(ahead, below[:, None], lags=2 * AHEAD, level=level)
    except NotEstimable:
        return None
    scope = Scope(first=span[0], last=span[1], nobs=len(below), clock="own", level=level)
    return scope.estimate(
        float(fit.coef[-1]),
        "log_return",
        "ols_hac",
        (float(fit.low[-1]), float(fit.high[-1])),
        pvalue=float(fit.pvalue[-1]),
    )


def _sample(
    price: Observations, funding: Observations
) -> tuple[Floats, Floats, tuple[date, date] | None]:
    """Mask of days with funding below zero, the log return that followed each, and the ends."""
    place = np.searchsorted(price.labels, funding.labels)
    inside = place < len(price)
    place = np.minimum(place, max(len(price) - 1, 0))
    held = inside & (price.labels[place] == funding.labels) & (place + AHEAD < len(price))
    rows = place[held]
    logs: Floats = np.log(price.values)
    below = (funding.values[held] < 0.0).astype(np.float64)
    ends = funding.labels[held]
    span = (ends[0].item(), ends[-1].item()) if len(ends) else None
    return below, logs[rows + AHEAD] - logs[rows], span


def _now(snapshot: Snapshot, funding: str) -> Quantity | None:
    track = snapshot[funding]
    if not len(track):
        return None
    behind = (np.datetime64(snapshot.day, "D") - track.labels[-1]).astype(int)
    if behind > _PATIENCE:
        return None
    return Quantity(float(track.values[-1]), "basis_points")
