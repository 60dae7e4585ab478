"""What would change it? Declared moves of single drivers and what they have gone with."""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, log1p

from comove.answers.explain.setting import Setting
from comove.core.diagnosis import WhatIf
from comove.core.errors import DataError, NotEstimable
from comove.core.estimate import Scope
from comove.core.question import LEAST_BASELINE
from comove.core.units import Unit
from comove.stats.regression import ols_hac


@dataclass(frozen=True)
class Shock:
    """A move of one series, in the unit people speak of it."""

    series: str
    size: float
    unit: Unit

    @property
    def change(self) -> float:
        """The move as the panel's change: log return, or difference of the level."""
        if self.unit == "simple_return":
            return log1p(self.size)
        return self.size / 100.0 if self.unit == "basis_points" else self.size


SHOCKS = (
    Shock("dfii10", -50.0, "basis_points"),
    Shock("dxy", -0.03, "simple_return"),
    Shock("qqq", 0.08, "simple_return"),
    Shock("gld", 0.10, "simple_return"),
    Shock("vix", 10.0, "index"),
)
"""What the commentary names: easier real yields, a weaker dollar, a tech rebound, gold, fear."""


def consider(setting: Setting) -> tuple[WhatIf, ...]:
    """Estimate what each declared move has gone with.

    Parameters
    ----------
    setting
        The window and its data.

    Returns
    -------
    tuple of WhatIf
        One per shock whose driver is held, fresh enough and not made from an asset asked about.

    Notes
    -----
    The daily total effect of the driver alone, ``r = a + b f + e`` with Newey-West errors over the
    sessions before the window, times the move.  It assumes that what held for daily moves holds for
    a large one.
    """
    found = (_effects(setting, shock) for shock in SHOCKS)
    return tuple(answer for answer in found if answer is not None)


def _effects(setting: Setting, shock: Shock) -> WhatIf | None:
    snapshot = setting.snapshot
    assets = [a for a in setting.question.assets if not snapshot.circular(shock.series, a)]
    if shock.series not in snapshot.tracks or not assets:
        return None
    try:
        changes = snapshot.panel((*assets, shock.series)).changes()
    except DataError:
        return None
    known = changes.labels <= setting.panel.labels[setting.start]
    rows = slice(max(int(known.sum()) - setting.question.baseline, 0), int(known.sum()))
    if (
        rows.stop - rows.start < LEAST_BASELINE
        or changes.labels[-1] < setting.panel.labels[setting.end - 5]
    ):
        return None
    scope = Scope(
        first=changes.labels[rows.start].item(),
        last=changes.labels[rows.stop - 1].item(),
        nobs=rows.stop - rows.start,
        level=setting.question.level,
    )
    effects = []
    for place, asset in enumerate(assets):
        try:
            fit = ols_hac(
                changes.values[rows, place], changes.values[rows, -1:], level=setting.question.level
            )
        except NotEstimable:
            continue
        low, high = sorted((fit.low[-1] * shock.change, fit.high[-1] * shock.change))
        effect = scope.estimate(
            expm1(fit.coef[-1] * shock.change),
            "simple_return",
            "ols_hac_total",
            (expm1(low), expm1(high)),
        )
        effects.append((asset, effect))
    if not effects:
        return None
    return WhatIf(driver=shock.series, shock=shock.size, unit=shock.unit, effects=tuple(effects))
