"""Two days side by side, and the least change of the weights that restores a ratio."""

from __future__ import annotations

import numpy as np

from comove.answers.diversify.drawing import YEAR, moments, positive
from comove.answers.diversify.measuring import options
from comove.answers.diversify.standing import Stood
from comove.core.diversify import Comparison, Tilt, Trade
from comove.core.diversify_question import BASELINE
from comove.core.estimate import Scope
from comove.stats.diversification import LeastTilt, breakdown, least_tilt, sample_ratio


def compare(now: Stood, then: Stood, rng: np.random.Generator) -> Comparison | None:
    """Part the change of the ratio into what correlations and what volatilities made.

    Parameters
    ----------
    now, then
        The same weights on two days.
    rng
        Source of chance.

    Returns
    -------
    Comparison or None
        None where the two windows share sessions: they are treated as independent.
    """
    late, early = now.setting, then.setting
    first, last = late.changes.labels[late.now][0], early.changes.labels[-1]
    if first <= last:
        return None
    recent, old = late.returns(late.now), early.returns(early.now)
    found = breakdown(late.weights, recent, old, rng, options(late))
    drawn = moments(
        recent * late.weights,
        old * late.weights,
        found.blocks,
        late.question.replications,
        rng,
    )
    scope = Scope(
        first=early.changes.labels[early.now][0].item(),
        last=late.changes.labels[-1].item(),
        nobs=len(recent) + len(old),
        level=late.question.level,
    )
    effect = scope.estimate(found.value, "ratio", "studentised", (found.low, found.high))
    return Comparison(
        ratio=positive(drawn.ratio / drawn.ratio_before, scope, "ratio"),
        correlation_effect=effect,
        volatility_effect=positive(drawn.ratio_at_baseline / drawn.ratio_before, scope, "ratio"),
        verdict=(
            "supports" if found.high < 1.0 else "against" if found.low > 1.0 else "cannot_tell"
        ),
    )


def tilt(stood: Stood, rng: np.random.Generator) -> Tilt | None:
    """Find the least change of the weights that reaches the target.

    Parameters
    ----------
    stood
        The portfolio now.
    rng
        Source of chance.

    Returns
    -------
    Tilt or None
        None where no target was asked for.
    """
    setting = stood.setting
    asked = setting.question.target
    if asked is None:
        return None
    ratios = stood.standing.ratios
    target = ratios.at_baseline.value if asked == BASELINE else float(asked)
    values = setting.returns(setting.now)
    covariance = np.cov(values.T, bias=True)
    found = least_tilt(setting.weights, covariance, max(target, 1.0 + 1e-9))
    if not found.feasible:
        return Tilt(
            target=target,
            reached=None,
            highest=found.highest,
            feasible=False,
            trades=(),
            turnover=0.0,
            volatility=None,
        )
    return _tilted(stood, found, target, rng)


def _tilted(stood: Stood, found: LeastTilt, target: float, rng: np.random.Generator) -> Tilt:
    setting = stood.setting
    values, scope = setting.returns(setting.now), setting.scope(setting.now)
    after = np.where(np.abs(found.weights) < 1e-6, 0.0, found.weights)
    held = after != 0.0
    again = sample_ratio(after[held], values[:, held], rng, options(setting))
    earned = values * after
    drawn = moments(earned, earned, (again.block, again.block), setting.question.replications, rng)
    return Tilt(
        target=target,
        reached=scope.estimate(again.value, "ratio", "studentised", (again.low, again.high)),
        highest=found.highest,
        feasible=True,
        trades=tuple(
            Trade(
                asset=asset,
                before=float(old),
                after=float(new),
                change=float(new - old),
            )
            for asset, old, new in zip(setting.ids, found.before, after, strict=True)
        ),
        turnover=found.turnover,
        volatility=positive(np.sqrt(drawn.now.sum(axis=(1, 2)) * YEAR), scope, "share"),
    )
