"""From what was known to the answer: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import comove
from comove.answers.scenario.analogues import find, records
from comove.answers.scenario.backwards import by_drivers, filled, moves, reverse
from comove.answers.scenario.draws import Spreads, spreads
from comove.answers.scenario.effects import drawn, effect, jointly
from comove.answers.scenario.exhibits import draw
from comove.answers.scenario.laws import Law, law, outlooks, plausible
from comove.answers.scenario.limits import limit
from comove.answers.scenario.pooled import FEWEST, Pooled, pool, sums, usable
from comove.answers.scenario.pooled import outlooks as pooled_outlooks
from comove.answers.scenario.sentences import claims, head
from comove.answers.scenario.setting import Setting, find_setting
from comove.core.case import generator
from comove.core.protocols import Channel, Executor
from comove.core.scenario import Outlook, Plausible, Scenario
from comove.core.scenario_question import ScenarioQuestion
from comove.core.snapshot import Snapshot
from comove.stats.pooling import EXTRAPOLATION, ReverseStress, student_tails
from comove.stats.pooling._tails import LIGHTEST
from comove.stats.sample import Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class _Measured:
    """The shock in place, with everything that is estimated of it."""

    setting: Setting
    spread: Spreads
    covariance: Floats
    df: float
    student: Law
    pooled: Pooled
    plausible: Plausible
    found: ReverseStress | None


def answer(
    question: ScenarioQuestion,
    snapshot: Snapshot,
    channels: Mapping[str, Channel],  # noqa: ARG001 - an answer's signature
    executor: Executor,  # noqa: ARG001 - an answer's signature
) -> Scenario:
    """Work out what shocks would do.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day.
    snapshot
        Holds assets and drivers, as known.
    channels, executor
        Not used.

    Returns
    -------
    Scenario
        Distributions, plausibility, analogues, limits.

    Raises
    ------
    QuestionError
        When no driver can be used.
    NoDataError
        When assets and drivers share too little history.
    NotEstimable
        When the sample cannot carry the covariance, or no move brings the fall asked for.
    """
    measured = _measure(find_setting(question, snapshot), question)
    setting, student, pooled = measured.setting, measured.student, measured.pooled
    found = _outlooks(measured)
    outcomes = drawn(student, generator(question.seed, "scenario.paths"))
    joint = jointly(setting, student, outcomes, pooled)
    held = effect(setting, student, outcomes)
    count = len(setting.assets)
    past, starts = find(setting, measured.covariance[count:, count:])
    told = moves(setting, measured.covariance, setting.shock, setting.origins)
    rows = records(setting, past)
    backwards = None
    if question.reverse is not None:
        draws = measured.spread.whole.draws * setting.horizon
        backwards = reverse(setting, measured.covariance, measured.df, measured.found, draws)
    return Scenario(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        headline=head(told, found, joint, measured.plausible, rows, setting.horizon),
        horizon=setting.horizon,
        sample=setting.sample,
        regime=measured.spread.now,
        moves=told,
        not_used=setting.not_used,
        plausible=measured.plausible,
        claims=claims(found, measured.plausible, len(past)),
        outlooks=found,
        jointly=joint,
        portfolio=held,
        analogues=past,
        records=rows,
        reverse=backwards,
        limits=limit(setting, measured.plausible, usable(pooled, setting), held),
        exhibits=draw(setting, found, past, starts),
    )


def _measure(setting: Setting, question: ScenarioQuestion) -> _Measured:
    spread = spreads(
        setting.rows,
        len(setting.assets),
        question.replications,
        generator(question.seed, "scenario.draws"),
    )
    covariance = spread.whole.covariance * setting.horizon
    stretches = sums(setting.changes.values, setting.horizon)
    df = min(student_tails(stretches).df, LIGHTEST)
    found = None if question.reverse is None else by_drivers(setting, covariance, df)
    setting = filled(setting, found)
    student = law(setting, "student", spread.whole, df)
    pooled = pool(setting, stretches, generator(question.seed, "scenario.pool"))
    told = _plausible(setting, student, pooled, covariance, df)
    return _Measured(
        setting=setting,
        spread=spread,
        covariance=covariance,
        df=df,
        student=student.beyond() if told.extrapolates else student,
        pooled=pooled,
        plausible=told,
        found=found,
    )


def _plausible(
    setting: Setting, student: Law, pooled: Pooled, covariance: Floats, df: float
) -> Plausible:
    count = len(setting.assets)
    within = covariance[count:, count:]
    distance = float(setting.shock @ np.linalg.solve(within, setting.shock))
    chance = plausible(student, distance, len(setting.shock), df)
    few = pooled.separate is None or pooled.separate < FEWEST
    return Plausible(
        distance=distance,
        pvalue=chance,
        df=df,
        extrapolates=bool(chance.value < EXTRAPOLATION or few or not usable(pooled, setting)),
        effective=pooled.separate,
        stretches=len(pooled.stretches),
        since=setting.whole.first,
    )


def _outlooks(measured: _Measured) -> tuple[Outlook, ...]:
    """State all laws; figures that extrapolate carry it in their method."""
    setting, spread = measured.setting, measured.spread
    laws = [
        law(setting, "normal", spread.whole),
        law(setting, "calm", spread.calm),
        law(setting, "stressed", spread.stressed),
    ]
    if measured.plausible.extrapolates:
        laws = [each.beyond() for each in laws]
    made = [
        outlooks(setting, measured.student),
        pooled_outlooks(setting, measured.pooled),
        *(outlooks(setting, each) for each in laws),
    ]
    return tuple(
        entry for asset in setting.assets for part in made for entry in part if entry.asset == asset
    )
