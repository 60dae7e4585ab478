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
        ``reading.caveat.circular``, ``.ended``, ``.short``, ``.asset_short`` or ``.missing``.
    """
    return tuple(_caveat(case, entry) for entry in case.left_out if entry.channel == channel)


def _reasons(case: Case, channel: str) -> tuple[Message, ...]:
    return tuple(
        Message(entry.key.replace("reading.caveat", "reading.silent.reason"), entry.items)
        for entry in caveats(case, channel)
    )


def _caveat(case: Case, entry: LeftOut) -> Message:
    fields: dict[str, object] = {
        "driver": Name(f"driver.{entry.driver}"),
        "series": Name(entry.series),
    }
    reason = entry.reason
    if reason == "circular":
        fields["how"] = _circle(case, entry.series)
    elif reason == "short":
        youngest = _youngest(case, entry.series)
        if youngest is not None:
            reason, fields["asset"] = "asset_short", Name(youngest)
    elif reason == "ended":
        if entry.last is None:
            reason = "missing"
        else:
            fields["last"] = entry.last
    return say(f"reading.caveat.{reason}", **fields)


def _circle(case: Case, series: str) -> Message:
    """Say how a series and an asset are made from one another: the same, into it, or out of it."""
    for asset in case.assets:
        if asset == series:
            return say("reading.circle.same", series=Name(series))
        if series in case.snapshot.ancestors(asset):
            return say("reading.circle.into", series=Name(series), asset=Name(asset))
        if asset in case.snapshot.ancestors(series):
            return say("reading.circle.out_of", series=Name(series), asset=Name(asset))
    return say("reading.circle.kin", series=Name(series))


def _youngest(case: Case, series: str) -> str | None:
    """Return the asset whose history, not that of the series, is what is too short.

    A series is too short when it does not cover the sessions that the assets have in common before
    the window; where it begins no later than they do, it is they who have too few.
    """
    held = case.snapshot.tracks.get(series)
    tracks = {
        asset: case.snapshot.tracks[asset] for asset in case.assets if asset in case.snapshot.tracks
    }
    if held is None or not len(held) or any(not len(track) for track in tracks.values()):
        return None
    youngest = max(tracks, key=lambda asset: tracks[asset].labels[0], default=None)
    if youngest is None or held.labels[0] > tracks[youngest].labels[0]:
        return None
    return youngest


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
