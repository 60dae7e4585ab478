"""What a reader must know before leaning on a scenario."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from comove.answers.scenario.setting import USUAL, Setting
from comove.core.message import Message, Name, Quantity, say
from comove.core.scenario import Plausible, PortfolioEffect

HOURS = 2.0
"""Hours between asset and driver from which their clocks are spoken of."""


def limit(
    setting: Setting, plausible: Plausible, pooled: bool, effect: PortfolioEffect
) -> tuple[Message, ...]:
    """List what limits the answer.

    Parameters
    ----------
    setting
        Drivers left out, clocks, ends of data.
    plausible
        Whether the figures extrapolate.
    pooled
        Whether history could be reweighted.
    effect
        Of the portfolio.

    Returns
    -------
    tuple of Message
        In the order a reader meets them.
    """
    return (
        *_beyond(plausible, pooled),
        *_left_out(setting),
        *_meaning(setting, effect),
        *_data(setting),
    )


def _beyond(plausible: Plausible, pooled: bool) -> Iterator[Message]:
    if plausible.extrapolates:
        yield say("scenario.limit.extrapolates")
    if not pooled:
        yield say("scenario.limit.no_pool")


def _left_out(setting: Setting) -> Iterator[Message]:
    for entry in setting.not_used:
        if entry.driver == entry.other:
            yield say("scenario.limit.itself", driver=Name(entry.driver))
        elif entry.reason == "circular":
            yield say(
                "scenario.limit.circular",
                driver=Name(entry.driver),
                asset=Name(str(entry.other)),
            )
        elif entry.reason == "ended":
            yield say("scenario.limit.ended", driver=Name(entry.driver), last=entry.last)
        else:
            yield say("scenario.limit.short", driver=Name(entry.driver))


def _meaning(setting: Setting, effect: PortfolioEffect) -> Iterator[Message]:
    yield say("scenario.limit.conditional")
    yield say("scenario.limit.drift")
    if setting.question.window is not None:
        yield say("scenario.limit.replayed", days=setting.question.window)
    if setting.horizon > 2 * USUAL:
        yield say("scenario.limit.long", sessions=Quantity(setting.horizon, "sessions"))
    if abs(effect.cash) > 1e-9:
        yield say("scenario.limit.cash", share=Quantity(effect.cash, "share"))


def _data(setting: Setting) -> Iterator[Message]:
    apart = setting.panel.offsets[-len(setting.rows) :].mean(axis=0)
    for place, asset in enumerate(setting.assets):
        hours = float(np.max(np.abs(apart[place] - apart[len(setting.assets) :])))
        if hours >= HOURS:
            yield say(
                "scenario.limit.clock", asset=Name(asset), hours=Quantity(round(hours, 1), "hours")
            )
    last = setting.changes.labels[-1]
    if (setting.snapshot.sessions.labels > last).any():
        yield say("scenario.limit.through", day=last.item())
