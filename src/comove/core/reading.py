"""What one explanation says about the case."""

from __future__ import annotations

from dataclasses import dataclass

from comove.core.evidence import Check, Evidence, Verdict
from comove.core.message import Message


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A channel's proposition with its verdict.

    Attributes
    ----------
    channel
        Key of the channel; its title and share label are ``channel.<key>`` and
        ``channel.<key>.share`` in the word catalogues.
    proposition
        What the commentary claims.
    verdict
        Whether the data carry it.
    because
        One sentence that gives the reason for the verdict.
    evidence
        Strongest first.
    checks
        At least two unless the reading is silent.
    caveats
        What limits it: series that ended, drivers left out.
    """

    channel: str
    proposition: Message
    verdict: Verdict
    because: Message
    evidence: tuple[Evidence, ...] = ()
    checks: tuple[Check, ...] = ()
    caveats: tuple[Message, ...] = ()
