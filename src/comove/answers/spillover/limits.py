"""What a reader must know: clocks above all, then what a direction does not mean."""

from __future__ import annotations

from collections.abc import Iterator

from comove.answers.spillover.sampling import Sample, Setting
from comove.core.message import Message, Name, Quantity, say

HOUR = 1.0


def limit(setting: Setting, now: Sample) -> tuple[Message, ...]:
    """List what limits the answer.

    Parameters
    ----------
    setting, now
        Returns and the last window.

    Returns
    -------
    tuple of Message
        In the order a reader meets them.
    """
    return (*_clocks(setting), *_meaning(setting), *_data(setting, now))


def _clocks(setting: Setting) -> Iterator[Message]:
    """Say which series close so late, or so early, that they seem to lead, or to follow."""
    offsets = setting.panel.offsets[-setting.question.window :]
    for column, asset in enumerate(setting.panel.ids):
        apart = offsets[:, column, None] - offsets
        apart = apart.mean(axis=0)
        others = tuple(
            Name(other) for other, gap in zip(setting.panel.ids, apart, strict=True) if gap >= HOUR
        )
        if others:
            yield say(
                "spillover.limit.clock",
                asset=Name(asset),
                others=others,
                hours=Quantity(round(float(apart.max()), 1), "hours"),
            )


def _meaning(setting: Setting) -> Iterator[Message]:
    yield say("spillover.limit.same_day")
    yield say("spillover.limit.cause")
    pairs = len(setting.question.assets) * (len(setting.question.assets) - 1) // 2
    if pairs > 1:
        yield say("spillover.limit.many", pairs=pairs)
    asked = setting.question
    if 2.0 * pairs / (asked.replications + 1) > 1.0 - asked.level:
        yield say("spillover.limit.coarse", pairs=pairs, replications=asked.replications)


def _data(setting: Setting, now: Sample) -> Iterator[Message]:
    if now.stretch.multi_day_spans:
        yield say("spillover.limit.spans", count=now.stretch.multi_day_spans)
    for asset in setting.question.assets:
        track = setting.snapshot[asset]
        last = track.labels[-1]
        if last.item() < setting.snapshot.day and (setting.snapshot.sessions.labels > last).any():
            yield say("spillover.limit.behind", asset=Name(asset), day=last.item())
