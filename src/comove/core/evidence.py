"""What speaks for or against a proposition, and what was done to shake it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from comove.core.estimate import Estimate
from comove.core.exhibit import Exhibit
from comove.core.message import Message

Verdict = Literal["supports", "against", "cannot_tell", "silent"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One measured fact and what it says about a proposition.

    Attributes
    ----------
    says
        The fact as a sentence to be.
    estimate
        The figure behind it; None when a table or series holds nothing.
    rank
        Place of the figure in its own history, 0..1; None where there is no history.
    verdict
        What this fact alone says.
    method
        Key of the word catalogues.
    exhibits
        Pictures that show it.
    """

    says: Message
    estimate: Estimate | None
    rank: float | None = None
    verdict: Verdict
    method: str
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """One attack on a reading.

    Attributes
    ----------
    attack
        Key of the word catalogues: ``"placebo_window"``, ``"leave_one_out"`` ...
    passed
        False when the reading did not survive; None when the check only informs.
    says
        The outcome as a sentence to be.
    estimate
        The figure the attack produced.
    """

    attack: str
    passed: bool | None
    says: Message
    estimate: Estimate | None = None


def all_of(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Combine the verdicts of a claim that speaks of several assets at once.

    Parameters
    ----------
    verdicts
        One per asset (or pair).

    Returns
    -------
    Verdict
        ``against`` when one part is against; ``supports`` only when all parts support; ``silent``
        when nothing speaks; else ``cannot_tell``.

    Examples
    --------
    >>> all_of(("supports", "against"))
    'against'
    """
    heard = [verdict for verdict in verdicts if verdict != "silent"]
    if not heard:
        return "silent"
    if "against" in heard:
        return "against"
    if all(verdict == "supports" for verdict in heard) and len(heard) == len(verdicts):
        return "supports"
    return "cannot_tell"
