"""Which of these is still a hedge: every holding, and some assets that are not held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from comove.answers.diversify.setting import Setting, end_of
from comove.core.diversify import Hedge
from comove.core.errors import DataError, NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.core.evidence import Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.stats.diversification import (
    BandOptions,
    WorstDayHedge,
    WorstDayOptions,
    worst_day_hedge,
)
from comove.stats.sample import Floats

EXAMINED = 0.05
"""Weight at which an asset that is not held is examined."""
PATIENCE = 5
"""Sessions an asset may be behind before it is silent."""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    asset: str
    held: bool
    weight: float


def hedges(setting: Setting, seed: np.random.SeedSequence) -> tuple[Hedge, ...]:
    """Measure how every asset answers the rest of the portfolio.

    Parameters
    ----------
    setting
        Returns and weights.
    seed
        One stream is spawned for each asset, so that one more leaves the others as they are.

    Returns
    -------
    tuple of Hedge
        Holdings in the order asked, then assets that are only examined.
    """
    candidates = list(_candidates(setting))
    streams = [np.random.default_rng(each) for each in seed.spawn(len(candidates))]
    return tuple(
        _hedge(setting, candidate, rng) for candidate, rng in zip(candidates, streams, strict=True)
    )


def _candidates(setting: Setting) -> Iterator[_Candidate]:
    for asset, weight in setting.question.weights:
        yield _Candidate(asset=asset, held=True, weight=weight)
    for asset in setting.question.hedges:
        if asset not in setting.ids:
            yield _Candidate(asset=asset, held=False, weight=EXAMINED)


def _hedge(setting: Setting, candidate: _Candidate, rng: np.random.Generator) -> Hedge:
    try:
        own, rest, scope = _sample(setting, candidate)
        found = _measured(setting, candidate, (own, rest), rng)
    except (DataError, NotEstimable) as cause:
        return _silent(candidate, cause)
    return _stated(candidate, found, scope)


def _sample(setting: Setting, candidate: _Candidate) -> tuple[Floats, Floats, Scope]:
    """Return the position's asset and the rest per unit of its gross weight, on one grid."""
    weights = setting.weights
    if candidate.held:
        values = setting.returns(setting.reach)
        place = setting.ids.index(candidate.asset)
        others = np.where(np.arange(len(weights)) == place, 0.0, weights)
        own, scope = values[:, place], setting.scope(setting.reach)
    else:
        own, values, scope = _beside(setting, candidate.asset)
        others = weights
    rest: Floats = values @ others / np.abs(others).sum()
    return own * np.sign(candidate.weight), rest, scope


def _beside(setting: Setting, asset: str) -> tuple[Floats, Floats, Scope]:
    """Join an asset that is not held with the holdings, as known on the day."""
    panel = setting.snapshot.panel((*setting.ids, asset)).upto(end_of(setting.day))
    behind = setting.panel.labels > panel.labels[-1] if len(panel) else np.ones(1, dtype=bool)
    length = setting.reach.stop - setting.reach.start
    if len(panel) <= length // 2 or int(behind.sum()) > PATIENCE:
        raise NotEstimable("too_short", nobs=max(len(panel) - 1, 0), least=length // 2)
    changes = panel.last(length + 1).changes()
    labels = changes.labels
    scope = Scope(
        first=labels[0].item(),
        last=labels[-1].item(),
        nobs=len(labels),
        level=setting.question.level,
    )
    return changes.values[:, -1], changes.values[:, :-1], scope


def _measured(
    setting: Setting,
    candidate: _Candidate,
    sample: tuple[Floats, Floats],
    rng: np.random.Generator,
) -> WorstDayHedge:
    asked = setting.question
    others = sum(abs(weight) for asset, weight in asked.weights if asset != candidate.asset)
    chosen = WorstDayOptions(
        share=asked.tail,
        band=BandOptions(level=asked.level, replications=asked.replications),
    )
    return worst_day_hedge(*sample, abs(candidate.weight) / others, rng, chosen)


def _stated(candidate: _Candidate, found: WorstDayHedge, scope: Scope) -> Hedge:
    calm = scope.estimate(found.calm, "share", "studentised", (found.calm_low, found.calm_high))
    worst = scope.estimate(found.worst, "share", "studentised", (found.worst_low, found.worst_high))
    beta = scope.estimate(found.beta, "beta", "bootstrap", (found.beta_low, found.beta_high))
    response = scope.estimate(
        found.response, "beta", "bootstrap", (found.response_low, found.response_high)
    )
    verdict = _judged(response)
    return Hedge(
        asset=candidate.asset,
        held=candidate.held,
        weight=candidate.weight,
        calm=calm,
        worst=worst,
        beta=beta,
        response=response,
        days=found.days,
        verdict=verdict,
        says=_says(candidate, response, beta, verdict),
    )


def _judged(response: Estimate) -> Verdict:
    """Gains when the rest falls hardest: supports; falls with it: against."""
    if response.high is not None and response.high < 0.0:
        return "supports"
    if response.low is not None and response.low > 0.0:
        return "against"
    return "cannot_tell"


def _says(candidate: _Candidate, response: Estimate, beta: Estimate, verdict: Verdict) -> Message:
    return say(
        f"diversify.hedge.{verdict}",
        asset=_position(candidate),
        move=Quantity(-response.value, "percent"),
        calm=Quantity(-beta.value, "percent"),
        low=Quantity(-(response.high or 0.0), "percent"),
        high=Quantity(-(response.low or 0.0), "percent"),
    )


def _position(candidate: _Candidate) -> Message | Name:
    if candidate.weight < 0.0:
        return say("diversify.word.short", asset=Name(candidate.asset))
    return Name(candidate.asset)


def _silent(candidate: _Candidate, cause: DataError | NotEstimable) -> Hedge:
    reason = cause.reason if isinstance(cause, NotEstimable) else "missing"
    return Hedge(
        asset=candidate.asset,
        held=candidate.held,
        weight=candidate.weight,
        calm=None,
        worst=None,
        beta=None,
        response=None,
        days=0,
        verdict="silent",
        says=say(
            "diversify.hedge.silent",
            asset=_position(candidate),
            reason=Name(f"not_estimable.{reason}"),
        ),
    )
