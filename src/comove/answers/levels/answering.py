"""From what was known to the answer: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping

import comove
from comove.answers.levels.covering import covering
from comove.answers.levels.exhibits import draw
from comove.answers.levels.limits import limit
from comove.answers.levels.lines import lines
from comove.answers.levels.miners import TAG, model_levels
from comove.answers.levels.reach import Track, model_level, price_levels
from comove.answers.levels.sentences import head
from comove.answers.levels.touches import Steps
from comove.core.case import generator
from comove.core.levels import Levels, PriceLevel
from comove.core.levels_question import LevelsQuestion, OwnLevel
from comove.core.message import Message
from comove.core.protocols import Channel, Executor
from comove.core.snapshot import Snapshot
from comove.stats.touch import TouchOptions


def answer(
    question: LevelsQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],  # noqa: ARG001 - an answer's signature
    executor: Executor,  # noqa: ARG001 - an answer's signature
) -> Levels:
    """List the levels of some assets.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day.
    snapshot
        Holds the assets, the drivers of the miner model and funding, as known.
    channels, executor
        Not used.

    Returns
    -------
    Levels
        With probabilities, past touches, limits.

    Raises
    ------
    NotEstimable
        When a price does not move.
    """
    found: list[PriceLevel] = []
    silent: list[Message] = []
    for asset in question.assets:
        found += _of_asset(question, snapshot, asset)
        models, reasons = _models(question, snapshot, asset)
        found += models
        silent += reasons
    levels = tuple(found)
    claims = covering(snapshot, question.assets, question.level)
    return Levels(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        headline=head(question, snapshot, levels),
        levels=levels,
        covering=claims,
        limits=limit(question, snapshot, levels, tuple(silent)),
        exhibits=draw(question, snapshot, levels),
    )


def _track(question: LevelsQuestion, snapshot: Snapshot, series: str) -> Track:
    held = snapshot[series]
    options = TouchOptions(draws=question.draws, level=question.level)
    return Track(held=held, steps=Steps.of(held), options=options)


def _of_asset(question: LevelsQuestion, snapshot: Snapshot, asset: str) -> tuple[PriceLevel, ...]:
    own = tuple(entry for entry in map(OwnLevel.read, question.own) if entry.asset == asset)
    track = _track(question, snapshot, asset)
    rng = generator(question.seed, f"levels.{asset}")
    return price_levels(track, lines(track.held, own), rng)


def _models(
    question: LevelsQuestion, snapshot: Snapshot, asset: str
) -> tuple[tuple[PriceLevel, ...], tuple[Message, ...]]:
    if TAG not in snapshot.specs[asset].tags:
        return (), ()
    rng = generator(question.seed, f"levels.model.{asset}")
    found, silent = model_levels(asset, snapshot, question.level, rng)
    made = tuple(
        model_level(asset, _track(question, snapshot, entry.series), entry, rng) for entry in found
    )
    return made, silent
