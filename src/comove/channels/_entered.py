"""Which of an explanation's drivers entered the split: a share speaks of those and no others."""

from __future__ import annotations

from comove.core.case import Case
from comove.core.message import Message, Name, say


def through(case: Case, channel: str) -> Name | Message:
    """Return what a share went through.

    Parameters
    ----------
    case
        The question.
    channel
        Key.

    Returns
    -------
    Name or Message
        The channel's own label when all its drivers entered; the drivers by name when some did not.
    """
    names = _of_several(case, channel)
    return say("reading.through", drivers=names) if names else Name(f"channel.{channel}.share")


def entered(case: Case, channel: str) -> Message:
    """Return the subject of a reason: these drivers, or by name those that entered.

    Parameters
    ----------
    case
        The question.
    channel
        Key.

    Returns
    -------
    Message
        ``reading.entered.all``, ``.one`` or ``.some``.
    """
    names = _of_several(case, channel)
    if not names:
        return say("reading.entered.all")
    return say(f"reading.entered.{'one' if len(names) == 1 else 'some'}", drivers=names)


def _of_several(case: Case, channel: str) -> tuple[Name, ...]:
    """Return the titles of the drivers that entered; none when no driver was left out."""
    share = case.share(channel)
    if share is None or all(entry.channel != channel for entry in case.left_out):
        return ()
    return tuple(Name(f"driver.{key}") for key in share.drivers)
