"""Model levels of a miner: the gold price, or real yield, at which its expected return turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.errors import DataError, NotEstimable
from comove.core.estimate import Scope
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.core.snapshot import Snapshot
from comove.stats.bootstrap import row_counts, stationary_indices
from comove.stats.conditioning import condition_number

MODEL = ("gld", "gold", "dfii10")
"""The gold that is regressed on, the gold that is quoted, and the real yield."""
TAG = "gold_miner"
ROWS = 756
HALF = 126
FEWEST = 250
_BLOCK = 10.0
_PATIENCE = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelLevel:
    """A level that a model implies.

    Attributes
    ----------
    key
        ``model_gold`` or ``model_yield``.
    series
        The series it is on.
    move, low, high
        Log return, or change of the yield, from today to the level, with its interval.
    scope
        Sample of the model.
    """

    key: str
    series: str
    move: float
    low: float
    high: float
    scope: Scope


def model_levels(
    asset: str, snapshot: Snapshot, level: float, rng: np.random.Generator
) -> tuple[tuple[ModelLevel, ...], tuple[Message, ...]]:
    """Solve the miner model for the moves at which its expected return is zero.

    Parameters
    ----------
    asset
        Id of the miner.
    snapshot
        Holds the miner and the drivers of :data:`MODEL`, as known.
    level
        Coverage.
    rng
        Source of chance.

    Returns
    -------
    levels : tuple of ModelLevel
        Those whose slope is surely not zero.
    silent : tuple of Message
        Why the others are not stated.

    Notes
    -----
    Daily: ``r = a + b g + c dy + e`` over the last 756 sessions, g the log return of gold and dy
    the change of the real yield.  With gold and yields where they are, the expected return of half
    a year is ``126 a``; it turns at the gold price ``G exp(-126 a / b)``, or with a move of the
    yield of ``-126 a / c``.  Intervals: the ratio over 999 block-bootstrap samples.
    """
    metal, quoted, real = MODEL
    if any(snapshot.circular(series, asset) for series in (metal, real)):
        return (), ()
    late = _late(asset, snapshot)
    if late is not None:
        return (), (late,)
    try:
        changes = snapshot.panel((asset, metal, real)).changes()
    except DataError:
        return (), (say("levels.limit.no_model", asset=Name(asset)),)
    rows = changes.values[-ROWS:]
    if len(rows) < FEWEST:
        return (), (say("levels.limit.no_model", asset=Name(asset)),)
    labels = changes.labels[-len(rows) :]
    scope = Scope(first=labels[0].item(), last=labels[-1].item(), nobs=len(rows), level=level)
    try:
        found, draws = _fitted(rows, rng)
    except NotEstimable:
        return (), (say("levels.limit.no_model", asset=Name(asset)),)
    return _solved(found, draws, (asset, quoted, real), scope)


def _late(asset: str, snapshot: Snapshot) -> Message | None:
    for series in MODEL:
        track = snapshot[series]
        if not len(track):
            return say("levels.limit.no_model", asset=Name(asset))
        last = track.labels[-1]
        if int((snapshot.sessions.labels > last).sum()) > _PATIENCE:
            return say(
                "levels.limit.model_ended",
                asset=Name(asset),
                series=Name(series),
                last=last.item(),
            )
    return None


def _fitted(rows: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Coefficients (3,) and their bootstrap draws (R, 3); refused where drivers are collinear."""
    design = np.column_stack([np.ones(len(rows)), rows[:, 1:]])
    if not condition_number(rows[:, 1:]) < 1e6:
        raise NotEstimable("collinear")
    counts = row_counts(stationary_indices(len(rows), len(rows), _BLOCK, 999, rng), len(rows))
    products = (design[:, :, None] * design[:, None, :]).reshape(len(rows), 9)
    moments = design * rows[:, :1]
    squares = (counts @ products).reshape(-1, 3, 3)
    draws = np.linalg.solve(squares, (counts @ moments)[:, :, None])[:, :, 0]
    found = np.linalg.solve(design.T @ design, design.T @ rows[:, 0])
    return np.asarray(found), np.asarray(draws)


def _solved(
    found: Floats, draws: Floats, ids: tuple[str, str, str], scope: Scope
) -> tuple[tuple[ModelLevel, ...], tuple[Message, ...]]:
    asset, quoted, real = ids
    levels: list[ModelLevel] = []
    silent: list[Message] = []
    tail = (1.0 - scope.level) / 2.0
    for key, series, place in (("model_gold", quoted, 1), ("model_yield", real, 2)):
        low, high = np.quantile(draws[:, place], [tail, 1.0 - tail])
        if low <= 0.0 <= high:
            silent.append(
                say(
                    f"levels.limit.no_{key}",
                    asset=Name(asset),
                    low=Quantity(float(low) / (1.0 if place == 1 else 100.0), "beta"),
                    high=Quantity(float(high) / (1.0 if place == 1 else 100.0), "beta"),
                )
            )
            continue
        moves = -HALF * draws[:, 0] / draws[:, place]
        move = float(-HALF * found[0] / found[place])
        ends = np.quantile(moves, [tail, 1.0 - tail])
        levels.append(
            ModelLevel(
                key=key,
                series=series,
                move=move,
                low=min(float(ends[0]), move),
                high=max(float(ends[1]), move),
                scope=scope,
            )
        )
    return tuple(levels), tuple(silent)
