"""From what was known to a diagnosis: pure computation, no disk, no clock, no words."""

from __future__ import annotations

from collections.abc import Mapping

import comove
from comove.answers.explain.exhibits import draw
from comove.answers.explain.grid import Design, lay_out
from comove.answers.explain.headline import head
from comove.answers.explain.levels import watch
from comove.answers.explain.limits import limit
from comove.answers.explain.linked import connect
from comove.answers.explain.refuge import classify
from comove.answers.explain.setting import Setting, find_setting
from comove.answers.explain.split import JointSplit, split_jointly
from comove.answers.explain.together import describe
from comove.answers.explain.unusual import compare
from comove.answers.explain.what_if import consider
from comove.answers.explain.why import build_case, ordinary, state_why
from comove.core.diagnosis import Diagnosis
from comove.core.errors import NotEstimable
from comove.core.message import Message, say
from comove.core.protocols import Channel, Executor
from comove.core.question import Question
from comove.core.reading import Reading
from comove.core.snapshot import Snapshot


def answer(
    question: Question, snapshot: Snapshot, channels: Mapping[str, Channel], executor: Executor
) -> Diagnosis:
    """Explain why the assets moved together.

    Parameters
    ----------
    question
        Resolved: catalogue ids, as-of day, channel keys.
    snapshot
        Everything the plan names, as known.
    channels
        Installed channels; those of the question are examined, in its order.
    executor
        Where the channels are examined; the result does not depend on it.

    Returns
    -------
    Diagnosis
        Facts, splits, readings, limits.

    Raises
    ------
    WindowError, NoDataError
        When there is no such window or too little common history.
    """
    chosen = {key: channels[key] for key in question.channels}
    setting = find_setting(question, snapshot)
    together = describe(setting)
    design = lay_out(setting, chosen)
    linkage = connect(setting, design)
    unusual, peaks = compare(setting, None if linkage is None else linkage.link)
    joint, reason = _split(setting, design)
    why = state_why(setting, design, joint, reason)
    case = build_case(setting, design, joint)

    def examine(key: str) -> Reading:
        return chosen[key].examine(case)

    return Diagnosis(
        question=question,
        asof=snapshot.day,
        fingerprint=snapshot.fingerprint,
        version=comove.__version__,
        headline=head(together, why, ordinary(case)),
        together=together,
        unusual=unusual,
        why=why,
        readings=tuple(executor.map(examine, question.channels)),
        refuge=classify(setting),
        levels=watch(setting),
        what_if=consider(setting),
        limits=limit(setting, together, unusual, why),
        exhibits=draw(setting, why, peaks, linkage),
    )


def _split(setting: Setting, design: Design) -> tuple[JointSplit | None, Message | None]:
    if design.grid is None:
        return None, design.reason
    try:
        return split_jointly(setting, design), None
    except NotEstimable as refusal:
        return None, say("explain.no_split.refused", reason=say(f"not_estimable.{refusal.reason}"))
