"""What an explanation says when it has nothing to go by, and what limits it otherwise."""

from __future__ import annotations

from comove.channels._window import proposition
from comove.core.case import Case, LeftOut
from comove.core.message import Message, Name, say
from comove.core.reading import Reading


def caveats(case: Case, channel: str) -> tuple[Message, ...]:
    """Return one sentence per driver of the channel that did not enter.

    Parameters
    ----------
    case
        The question.
    channel
        Key.

    Returns
    -------
    tuple of Message
        ``reading.caveat.circular``, ``.ended``, ``.short`` or ``.missing``.
    """
    return tuple(_caveat(entry) for entry in case.left_out if entry.channel == channel)


def _reasons(case: Case, channel: str) -> tuple[Message, ...]:
    return tuple(
        Message(entry.key.replace("reading.caveat", "reading.silent.reason"), entry.items)
        for entry in caveats(case, channel)
    )


def _caveat(entry: LeftOut) -> Message:
    fields: dict[str, object] = {
        "driver": Name(f"driver.{entry.driver}"),
        "series": Name(entry.series),
    }
    if entry.reason == "ended":
        if entry.last is None:
            return say("reading.caveat.missing", **fields)
        fields["last"] = entry.last
    return say(f"reading.caveat.{entry.reason}", **fields)


def silent(
    case: Case, channel: str, because: Message | None = None, claim: Message | None = None
) -> Reading:
    """Return the reading of a channel without data.

    Parameters
    ----------
    case
        The question.
    channel
        Key.
    because
        The reason; without one, that no driver entered or that there is no split at all.
    claim
        The proposition; about all assets by default.

    Returns
    -------
    Reading
        Verdict ``silent``, with the drivers that were left out.
    """
    limits = caveats(case, channel)
    if because is None:
        key = "reading.silent.no_split" if case.grid is None else "reading.silent.no_driver"
        because = say(key)
        if limits:
            because = say("reading.silent.left_out", reasons=_reasons(case, channel))
    return Reading(
        channel=channel,
        proposition=claim or proposition(case, channel),
        verdict="silent",
        because=because,
        caveats=limits,
    )
