"""Every level with its distance, its chance of a touch, and its past."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from comove.answers.levels.lines import Line
from comove.answers.levels.miners import ModelLevel
from comove.answers.levels.touches import Steps, aftermath, events, told
from comove.core.estimate import Estimate, Scope
from comove.core.levels import PriceLevel, Reach
from comove.core.message import Quantity
from comove.core.observations import Floats, Observations
from comove.core.units import Unit
from comove.stats.touch import FEWEST, TouchOptions, touch_probabilities

LOOKBACK = 1260
"""Changes whose shocks are drawn: five years of sessions."""
SIGMA = 63


@dataclass(frozen=True, eq=False, kw_only=True)
class Track:
    """A series with what its levels are measured by.

    Attributes
    ----------
    held
        The series, as known.
    steps
        How long a week and a month are.
    options
        How paths are drawn.
    """

    held: Observations
    steps: Steps
    options: TouchOptions

    @property
    def latest(self) -> float:
        """Latest close."""
        return float(self.held.values[-1])

    @property
    def unit(self) -> Unit:
        """Unit of the level."""
        found: Unit = self.held.spec.unit  # type: ignore[assignment]
        return found

    @property
    def changes(self) -> Floats:
        """Shape (T,): log returns of a price, differences of everything else."""
        values = self.held.values
        return np.diff(np.log(values) if self.held.spec.change_is_log else values)

    def scope(self, count: int) -> Scope:
        """Sample of the last changes."""
        return Scope(
            first=self.held.labels[-count].item(),
            last=self.held.labels[-1].item(),
            nobs=count,
            clock="own",
            level=self.options.level,
        )

    def sigmas(self, move: float) -> float:
        """Return a move in standard deviations of the last 63 daily changes."""
        deviation = float(self.changes[-SIGMA:].std(ddof=1))
        return move / deviation if deviation > 0.0 else math.copysign(math.inf, move)


def price_levels(
    track: Track, found: tuple[Line, ...], rng: np.random.Generator
) -> tuple[PriceLevel, ...]:
    """Measure the levels of an asset.

    Parameters
    ----------
    track
        The asset.
    found
        Its levels.
    rng
        Source of chance.

    Returns
    -------
    tuple of PriceLevel
        From the highest to the lowest.
    """
    moves = np.array([math.log(line.value / track.latest) for line in found])
    chances = _chances(track, moves, rng)
    made = [
        _measured(track, line, float(move), chance)
        for line, move, chance in zip(found, moves, chances, strict=True)
    ]
    return tuple(sorted(made, key=lambda entry: -entry.value.value))


def _measured(track: Track, line: Line, move: float, chance: tuple[Reach, ...]) -> PriceLevel:
    asset = track.held.spec.id
    above = move > 0.0 or (move == 0.0 and line.key.startswith("high"))
    rows = events(track.held.values, line.path, above, track.steps.month)
    touches = told(track.held, rows, track.steps)
    return PriceLevel(
        asset=asset,
        key=line.key,
        name=line.name,
        series=asset,
        value=track.scope(len(track.held)).exact(line.value, track.unit, line.method),
        latest=Quantity(track.latest, track.unit),
        distance=Quantity(line.value / track.latest - 1.0, "simple_return"),
        sigmas=track.sigmas(move),
        since=line.since,
        reach=chance,
        touches=touches,
        aftermath=aftermath(touches),
    )


def model_level(
    asset: str, track: Track, found: ModelLevel, rng: np.random.Generator
) -> PriceLevel:
    """Measure a level that a model implies.

    Parameters
    ----------
    asset
        The miner.
    track
        The series the level is on.
    found
        From the model.
    rng
        Source of chance.

    Returns
    -------
    PriceLevel
        With the interval that estimation leaves; it has no past.
    """
    value, low, high = (_placed(track, move) for move in (found.move, found.low, found.high))
    log = track.held.spec.change_is_log
    distance = (
        Quantity(math.expm1(found.move), "simple_return")
        if log
        else Quantity(100.0 * found.move, "basis_points")
    )
    return PriceLevel(
        asset=asset,
        key=found.key,
        name="",
        series=found.series,
        value=found.scope.estimate(value, track.unit, "miner_model", (low, high)),
        latest=Quantity(track.latest, track.unit),
        distance=distance,
        sigmas=track.sigmas(found.move),
        since=None,
        reach=_chances(track, np.array([found.move]), rng)[0],
        touches=(),
        aftermath=(),
    )


def _placed(track: Track, move: float) -> float:
    return track.latest * math.exp(move) if track.held.spec.change_is_log else track.latest + move


def _chances(
    track: Track, moves: Floats, rng: np.random.Generator
) -> tuple[tuple[Reach, ...], ...]:
    """Chances of every level, from one set of paths; empty where the history is too short."""
    changes = track.changes[-LOOKBACK:]
    if len(changes) < FEWEST:
        return ((),) * len(moves)
    steps = {"week": track.steps.week, "month": track.steps.month, "quarter": track.steps.quarter}
    found = touch_probabilities(changes, moves, tuple(steps.values()), rng, track.options)
    scope = track.scope(len(changes))

    def stated(row: int, place: int) -> Estimate:
        ends = (float(found.low[row, place]), float(found.high[row, place]))
        value = float(found.probability[row, place])
        return scope.estimate(value, "share", "filtered_bootstrap", ends)

    return tuple(
        tuple(
            Reach(key=key, steps=count, probability=stated(row, place))
            for place, (key, count) in enumerate(steps.items())
        )
        for row in range(len(moves))
    )
