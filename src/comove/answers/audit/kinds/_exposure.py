"""How an asset has answered a driver: one regression, with errors that survive what returns do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.answers.audit.viewing import RETURNS, Unseen, View
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.stats.regression import ols_hac

BASELINE = 504
LEAST = 60


@dataclass(frozen=True)
class Exposure:
    """A slope and what it rests on.

    Attributes
    ----------
    slope
        Change of the asset per unit of the driver, with interval.
    moves
        Shape (T,), of the driver over the sample.
    correlation
        Over the same sample.
    """

    slope: Estimate
    moves: np.ndarray
    correlation: float


def exposure(
    view: View, asset: str, driver: str, until: object = None, rows: int = BASELINE
) -> Exposure:
    """Regress an asset's changes on a driver's.

    Parameters
    ----------
    view
        The history.
    asset, driver
        Ids.
    until
        Last day of the sample; None for the day of the text.
    rows
        Sessions of the sample.

    Returns
    -------
    Exposure
        Over the last ``rows`` joint sessions before.

    Raises
    ------
    Unseen
        When one is made from the other or they share too few sessions.
    """
    ids = (RETURNS.get(asset, asset), RETURNS.get(driver, driver))
    if view.snapshot.circular(*ids) and {*ids} != {"gdx", "gld"}:
        raise Unseen("circular")
    changes = view.returns(asset, driver)
    end = len(changes.values) if until is None else view.rows(changes, None, until).stop  # type: ignore[arg-type]
    sample = slice(max(end - rows, 0), end)
    if sample.stop - sample.start < LEAST:
        raise Unseen("too_short")
    y, x = changes.values[sample, 0], changes.values[sample, 1:]
    try:
        fit = ols_hac(y, x, level=view.question.level)
    except NotEstimable:
        raise Unseen("too_short") from None
    slope = view.joint_scope(changes, sample).estimate(
        float(fit.coef[-1]),
        "beta",
        "ols_hac_total",
        (float(fit.low[-1]), float(fit.high[-1])),
        pvalue=float(fit.pvalue[-1]),
    )
    return Exposure(slope, x[:, 0], float(np.corrcoef(x[:, 0], y)[0, 1]))
