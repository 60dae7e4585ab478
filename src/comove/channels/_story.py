"""A proposition of one shape: these things moved so, and that carried the assets."""

from __future__ import annotations

from comove.channels._attacks import attack_share
from comove.channels._entered import entered
from comove.channels._moves import Told, move_evidence
from comove.channels._share_evidence import Shares, ranked, read_shares
from comove.channels._silence import caveats, silent
from comove.channels._window import direction, proposition
from comove.core.case import Case
from comove.core.evidence import Evidence, Verdict
from comove.core.message import Message, say
from comove.core.reading import Reading

MOST_CLAUSES = 2
"""Moves that are named in the reason."""


def tell(
    case: Case, channel: str, told: tuple[Told, ...], further: tuple[Evidence, ...] = ()
) -> Reading:
    """Judge a story: the channel carries every asset, and its drivers moved as told.

    Parameters
    ----------
    case
        The question.
    channel
        Key.
    told
        The moves the story needs, the most telling first; one of them suffices.
    further
        Evidence that does not decide the verdict.

    Returns
    -------
    Reading
        ``supports`` when every asset's share supports and a driver moved as told; ``against`` when
        a share is against, or every driver moved the other way; ``silent`` when none entered.
        Drivers circular to an asset count neither in the share nor as a move.
    """
    shares = read_shares(case, channel)
    if shares is None:
        return silent(case, channel)
    found = [(entry, move_evidence(case, entry)) for entry in told]
    moves = tuple(move for _, move in found if move is not None)
    listed = tuple(move for entry, move in found if move is not None and entry.listed)
    verdict = _verdict(shares, moves) if direction(case) else shares.verdict
    key = verdict if verdict == shares.verdict else _doubt(moves)
    return Reading(
        channel=channel,
        proposition=proposition(case, channel),
        verdict=verdict,
        because=_because(key, entered(case, channel), shares, moves),
        evidence=ranked((*shares.evidence, *listed, *further), verdict),
        checks=attack_share(case, channel, shares.judgements),
        caveats=caveats(case, channel),
    )


def _verdict(shares: Shares, moves: tuple[Evidence, ...]) -> Verdict:
    if shares.verdict != "supports" or any(entry.verdict == "supports" for entry in moves):
        return shares.verdict
    if moves and all(entry.verdict == "against" for entry in moves):
        return "against"
    return "cannot_tell"


def _doubt(moves: tuple[Evidence, ...]) -> str:
    """Say what the moves lack where the shares alone would have supported the story."""
    if not moves:
        return "unseen"
    return "not_as_told" if all(entry.verdict == "against" for entry in moves) else "too_little"


def _because(key: str, drivers: Message, shares: Shares, moves: tuple[Evidence, ...]) -> Message:
    if key == "unseen":
        return say("reading.because.unseen", drivers=drivers, parts=shares.parts)
    clauses = _clauses(moves)
    if not clauses:
        return say("reading.because.shares_only", drivers=drivers, parts=shares.parts)
    return say(f"reading.because.{key}", drivers=drivers, parts=shares.parts, moves=clauses)


def _clauses(moves: tuple[Evidence, ...]) -> tuple[Message, ...]:
    """Return the first move told, and the one that moved most among the rest."""
    rest = sorted(moves[1:], key=lambda entry: -_extent(entry))
    return tuple(_clause(entry) for entry in (*moves[:1], *rest)[:MOST_CLAUSES])


def _clause(entry: Evidence) -> Message:
    """Return the clause of a move stated as a sentence."""
    found = entry.says["clause"]
    return found if isinstance(found, Message) else entry.says


def _extent(entry: Evidence) -> float:
    return abs((entry.rank if entry.rank is not None else 0.5) - 0.5)
