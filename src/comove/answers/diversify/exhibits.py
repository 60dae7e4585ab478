"""The data of the pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from comove.answers.diversify.drawing import moments, positive
from comove.answers.diversify.setting import Setting
from comove.answers.diversify.standing import Stood
from comove.core.diversify import Standing
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.exhibit import Exhibit
from comove.core.message import Quantity, say
from comove.core.question import LEAST_BASELINE
from comove.stats.diversification import BandOptions, breakdown

QUARTERS = 16
"""Windows in the picture of the ratio, side by side without a shared session."""
_DRAWS = 199


def draw(now: Stood, rng: np.random.Generator) -> tuple[Exhibit, ...]:
    """Collect the pictures of the answer.

    Parameters
    ----------
    now
        The portfolio on the as-of day.
    rng
        Source of chance, for the bands of earlier windows.

    Returns
    -------
    tuple of Exhibit
        Split of the risk, ratio over time, hedges, change of correlations.
    """
    return (
        _risk(now.standing),
        _history(now, rng),
        _hedges(now.standing),
        _change(now.standing),
    )


Row = tuple[str, str, Estimate, str]


def _bars(key: str, rows: list[Row], unit: str, level: float) -> Exhibit:
    return Exhibit(
        key=key,
        kind="bars",
        columns={
            "group": tuple(row[0] for row in rows),
            "name": tuple(row[1] for row in rows),
            "value": tuple(row[2].value for row in rows),
            "low": tuple(row[2].low for row in rows),
            "high": tuple(row[2].high for row in rows),
            "role": tuple(row[3] for row in rows),
        },
        marks={"unit": unit, "title": f"diversify.axis.{key}"},
        caption=say(f"diversify.exhibit.{key}", level=Quantity(level, "share")),
    )


def _risk(standing: Standing) -> Exhibit:
    split = standing.split
    own, added = "diversify.group.alone", "diversify.group.added"
    saved = replace(
        split.saved,
        value=-split.saved.value,
        low=-(split.saved.high or 0.0),
        high=-(split.saved.low or 0.0),
    )
    rows: list[Row] = [(own, part.asset, part.alone, "part") for part in split.parts]
    rows += [(own, "diversify.word.saved", saved, "rest")]
    rows += [(own, "diversify.word.portfolio", split.volatility, "total")]
    rows += [(added, part.asset, part.contribution, "part") for part in split.parts]
    rows += [(added, "diversify.word.portfolio", split.volatility, "total")]
    return _bars("risk", rows, "share", split.volatility.level)


def _hedges(standing: Standing) -> Exhibit:
    rows: list[Row] = []
    for group, name in (("calm", "beta"), ("worst", "response")):
        for entry in standing.hedges:
            found: Estimate | None = getattr(entry, name)
            if found is not None:
                rows.append((f"diversify.group.{group}", entry.asset, found, "part"))
    drawn = _bars("hedges", rows, "beta", standing.ratios.now.level)
    if all(entry.weight > 0.0 for entry in standing.hedges):
        return drawn
    level = Quantity(standing.ratios.now.level, "share")
    return replace(drawn, caption=say("diversify.exhibit.hedges_short", level=level))


def _change(standing: Standing) -> Exhibit:
    held = [part.asset for part in standing.split.parts]
    moved = {loss.pair: loss.change.value for loss in standing.pairs}
    entries = [
        (row, column, moved.get((row, column), moved.get((column, row))))
        for row in held
        for column in held
    ]
    return Exhibit(
        key="correlations",
        kind="heatmap",
        columns={
            "row": tuple(entry[0] for entry in entries),
            "column": tuple(entry[1] for entry in entries),
            "value": tuple(entry[2] for entry in entries),
        },
        marks={"unit": "correlation", "signed": True},
        caption=say("diversify.exhibit.correlations"),
    )


def _history(now: Stood, rng: np.random.Generator) -> Exhibit:
    """Ratio of every quarter beside the ratio at the correlations of the years before it."""
    setting = now.setting
    rows = [
        found
        for place in range(1, QUARTERS)
        if (found := _quarter(setting, place, rng)) is not None
    ]
    ratios = now.standing.ratios
    rows = [*rows[::-1], (now.standing.window.end.isoformat(), ratios.now, ratios.at_baseline)]
    columns: dict[str, tuple[object, ...]] = {"day": tuple(row[0] for row in rows)}
    for place, name in ((1, "now"), (2, "at_baseline")):
        measured = [row[place] for row in rows]
        columns[name] = tuple(entry.value for entry in measured if isinstance(entry, Estimate))
        columns[f"{name}_low"] = tuple(e.low for e in measured if isinstance(e, Estimate))
        columns[f"{name}_high"] = tuple(e.high for e in measured if isinstance(e, Estimate))
    return Exhibit(
        key="history",
        kind="spans",
        columns=columns,
        marks={
            "unit": "ratio",
            "names": {
                "now": "diversify.word.now",
                "at_baseline": "diversify.word.at_baseline",
            },
            "title": "diversify.axis.history",
        },
        caption=say(
            "diversify.exhibit.history",
            window=setting.question.window,
            baseline=setting.question.baseline,
            level=Quantity(setting.question.level, "share"),
        ),
    )


def _quarter(
    setting: Setting, place: int, rng: np.random.Generator
) -> tuple[str, Estimate, Estimate] | None:
    asked = setting.question
    stop = len(setting.changes.values) - place * asked.window
    start = stop - asked.window
    first = max(start - asked.baseline, 0)
    if start - first < LEAST_BASELINE:
        return None
    recent, before = setting.returns(slice(start, stop)), setting.returns(slice(first, start))
    options = BandOptions(level=asked.level, replications=_DRAWS)
    both = setting.scope(slice(first, stop))
    try:
        found = breakdown(setting.weights, recent, before, rng, options)
        held = setting.weights
        drawn = moments(recent * held, before * held, found.blocks, _DRAWS, rng)
        at_baseline = positive(drawn.ratio_at_baseline, both, "ratio")
    except NotEstimable:
        return None
    now = setting.scope(slice(start, stop)).estimate(
        found.ratio_now, "ratio", "studentised", (found.ratio_now_low, found.ratio_now_high)
    )
    return setting.changes.labels[stop - 1].item().isoformat(), now, at_baseline
