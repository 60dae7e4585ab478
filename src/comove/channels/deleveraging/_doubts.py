"""Why a common residual is not yet forced trading: it is what any missing driver would leave."""

from __future__ import annotations

from comove.core.case import Case
from comove.core.evidence import Check
from comove.core.message import Message, Name, say

MUST_PASS = ("placebo_window", "other_estimator", "variance_adjusted")
"""Attacks that a residual has to survive before it may speak for forced trading."""
OWN = "deleveraging"


def trade(case: Case) -> Message:
    """Return the word for what would have moved the assets: selling, buying or trading."""
    if not case.found:
        return say("channel.deleveraging.trade.window")
    return say(f"channel.deleveraging.trade.{'fell' if case.falling else 'rose'}")


def doubts(case: Case, seen: bool, checks: tuple[Check, ...]) -> tuple[Message, ...]:
    """List what keeps a common residual from being called forced trading.

    Parameters
    ----------
    case
        The question.
    seen
        Whether forced trading left a trace that is not the residual itself.
    checks
        Attacks on the residual of every pair.

    Returns
    -------
    tuple of Message
        Empty when there is a trace, no driver of another explanation was left out, and the attacks
        of ``MUST_PASS`` were survived.

    Notes
    -----
    What is left out of a split is left over by it.  A driver that is circular to an asset, or has
    no data, therefore makes the residual its own: the residual of bitcoin and the Nasdaq-100 holds
    the technology factor.  The channel's own implied volatility is what forced trading looks like,
    not a rival of it.
    """
    found = []
    if not seen:
        found.append(say("channel.deleveraging.doubt.no_trace"))
    missing = dict.fromkeys(entry.driver for entry in case.left_out if entry.channel != OWN)
    if missing:
        names = tuple(Name(f"driver.{key}") for key in missing)
        found.append(say("channel.deleveraging.doubt.left_out", drivers=names))
    failed = dict.fromkeys(
        check.attack for check in checks if check.attack in MUST_PASS and check.passed is not True
    )
    if failed:
        attacks = tuple(Name(f"attack.{attack}") for attack in failed)
        found.append(say("channel.deleveraging.doubt.failed", attacks=attacks))
    return tuple(found)
