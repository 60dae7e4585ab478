"""The portfolio as it stood on one day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.answers.diversify.hedging import hedges
from comove.answers.diversify.judging import state
from comove.answers.diversify.measuring import (
    Measured,
    absorption,
    bets,
    daily,
    pairs,
    slow,
    split,
    tail,
    unrest,
)
from comove.answers.diversify.setting import Setting
from comove.core.diversify import Standing


@dataclass(frozen=True, eq=False, kw_only=True)
class Stood:
    """A standing with the draws behind its ratios."""

    setting: Setting
    standing: Standing
    measured: Measured


def stand(setting: Setting) -> Stood:
    """Measure the portfolio on a day.

    Parameters
    ----------
    setting
        As known on that day.

    Returns
    -------
    Stood
        The same on the same data, whatever other day it is compared with.

    Raises
    ------
    NotEstimable
        When the positions cancel, or move as one.
    """
    # one stream a part: adding a part leaves the figures of the others as they are
    parts = np.random.SeedSequence(setting.question.seed).spawn(4)
    measured = daily(setting, np.random.default_rng(parts[0]))
    weekly = slow(setting, np.random.default_rng(parts[1]))
    worst, shares = tail(setting, np.random.default_rng(parts[2]))
    ratios = measured.ratios
    standing = Standing(
        asof=setting.day,
        window=setting.stretch(setting.now),
        baseline=setting.stretch(setting.before),
        reach=setting.stretch(setting.reach),
        split=split(setting, measured, shares),
        ratios=ratios,
        five_session=None if weekly is None else weekly.ratios,
        tail=worst,
        absorption=absorption(setting),
        unrest=unrest(setting),
        bets=bets(measured),
        propositions=state(ratios, worst),
        hedges=hedges(setting, parts[3]),
        pairs=pairs(setting, measured),
    )
    return Stood(setting=setting, standing=standing, measured=measured)
