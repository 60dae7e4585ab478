"""The headline and the two claims: what the table says beyond noise."""

from __future__ import annotations

from comove.answers.spillover.measuring import judged
from comove.core.message import Message, Name, Quantity, say
from comove.core.spillover import Index, Link, Proposition, Share
from comove.core.spillover_question import SpilloverQuestion

_TOLD = 3


def head(
    question: SpilloverQuestion,
    measured: Index,
    table: tuple[Share, ...],
    found: tuple[Link, ...],
) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    question
        Assets and horizon.
    measured
        Total and null bands of the last window.
    table, found
        Shares and links.

    Returns
    -------
    tuple of Message
        One sentence on how much is shared and when it arrives, one on who sends to whom.
    """
    more = judged(measured.total.pvalue or 0.0, measured.total, measured.null_mean) == "supports"
    shared = say(
        f"spillover.headline.{'more' if more else 'noise'}",
        assets=tuple(map(Name, question.assets)),
        sessions=Quantity(measured.window.sessions, "sessions"),
        total=measured.total.quantity,
        horizon=question.horizon,
        high=Quantity(measured.null_high, "share"),
        **({"timing": _timing(measured)} if more else {}),
    )
    return shared, _directions(table, found)


def _timing(measured: Index) -> Message:
    later = judged(measured.lead.pvalue or 0.0, measured.lead, measured.lead_mean) == "supports"
    return say(
        f"spillover.headline.timing.{'later' if later else 'same_day'}",
        lead=Quantity(max(measured.lead.value, 0.0), "share"),
        high=Quantity(measured.lead_high, "share"),
    )


def _directions(table: tuple[Share, ...], found: tuple[Link, ...]) -> Message:
    beyond = [link for link in found if link.verdict == "supports"]
    if beyond:
        told = tuple(
            say(
                "spillover.headline.sends",
                sender=Name(link.sender),
                receiver=Name(link.receiver),
                net=link.net.quantity,
            )
            for link in beyond[:_TOLD]
        )
        return say("spillover.headline.senders", links=told, pairs=len(found), count=len(beyond))
    closest = max(
        (entry for entry in table if entry.sender != entry.receiver),
        key=lambda entry: entry.share.value,
    )
    back = next(
        entry
        for entry in table
        if (entry.sender, entry.receiver) == (closest.receiver, closest.sender)
    )
    return say(
        "spillover.headline.no_sender",
        first=Name(closest.sender),
        second=Name(closest.receiver),
        forth=closest.share.quantity,
        back=back.share.quantity,
    )


def state(measured: Index) -> tuple[Proposition, ...]:
    """Judge the two claims about the group.

    Parameters
    ----------
    measured
        Total and null bands of the last window.

    Returns
    -------
    tuple of Proposition
        Shocks are shared; some arrive later than the same day.
    """
    shared = judged(measured.total.pvalue or 0.0, measured.total, measured.null_mean)
    later = judged(measured.lead.pvalue or 0.0, measured.lead, measured.lead_mean)
    return (
        Proposition(
            key="shared",
            verdict=shared,
            says=say(
                f"spillover.shared.{shared}",
                total=measured.total.quantity,
                mean=Quantity(measured.null_mean, "share"),
                high=Quantity(measured.null_high, "share"),
                p=Quantity(measured.total.pvalue or 0.0, "probability"),
            ),
        ),
        Proposition(
            key="lead",
            verdict=later,
            says=say(
                f"spillover.lead.{later}",
                lead=measured.lead.quantity,
                high=Quantity(measured.lead_high, "share"),
                p=Quantity(measured.lead.pvalue or 0.0, "probability"),
            ),
        ),
    )
