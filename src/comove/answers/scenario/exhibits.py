"""The data of the pictures."""

from __future__ import annotations

import numpy as np

from comove.answers.scenario.analogues import SHOWN
from comove.answers.scenario.setting import Setting
from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.core.scenario import Analogue, Outlook


def draw(
    setting: Setting,
    found: tuple[Outlook, ...],
    past: tuple[Analogue, ...],
    starts: np.ndarray,
) -> tuple[Exhibit, ...]:
    """Collect the pictures of the answer.

    Parameters
    ----------
    setting
        Horizon and history.
    found
        Outlooks under all laws.
    past, starts
        Analogues, and the row each begins on.

    Returns
    -------
    tuple of Exhibit
        Strips; paths of the analogues where there are any.
    """
    beyond = any(entry.centre.method.endswith("_beyond") for entry in found)
    strips = Exhibit(
        key="strips",
        kind="strips",
        columns={
            "asset": tuple(entry.asset for entry in found),
            "row": tuple(f"scenario.law.{entry.key}" for entry in found),
            "value": tuple(entry.outcome.value for entry in found),
            "low": tuple(entry.outcome.low for entry in found),
            "high": tuple(entry.outcome.high for entry in found),
        },
        marks={"unit": "simple_return"},
        caption=say(
            f"scenario.exhibit.{'strips_beyond' if beyond else 'strips'}",
            level=Quantity(setting.question.level, "share"),
            sessions=Quantity(setting.horizon, "sessions"),
        ),
    )
    return (strips,) if not past else (strips, _paths(setting, past, starts))


def _paths(setting: Setting, past: tuple[Analogue, ...], starts: np.ndarray) -> Exhibit:
    rows: list[tuple[str, str, int, float]] = []
    values = setting.changes.values
    for place, asset in enumerate(setting.assets):
        for entry, start in zip(past[:SHOWN], starts[:SHOWN].tolist(), strict=True):
            moves = values[start : start + 2 * setting.horizon, place]
            path = np.expm1(np.concatenate([[0.0], np.cumsum(moves)]))
            name = entry.first.isoformat()
            rows += [(asset, name, step, float(value)) for step, value in enumerate(path)]
    columns = tuple(zip(*rows, strict=True))
    names = ("asset", "line", "session", "value")
    return Exhibit(
        key="analogues",
        kind="fan",
        columns=dict(zip(names, columns, strict=True)),
        marks={"unit": "simple_return", "edge": setting.horizon},
        caption=say(
            "scenario.exhibit.analogues",
            count=min(len(past), SHOWN),
            sessions=Quantity(setting.horizon, "sessions"),
        ),
    )
