"""Who sends shocks to whom: the answer, figure by figure, each beside what noise shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from comove.core.answered import Answered
from comove.core.diagnosis import Stretch
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.exhibit import Exhibit
from comove.core.message import Message
from comove.core.spillover_question import SpilloverQuestion


@dataclass(frozen=True, kw_only=True)
class Index:
    """How much of the forecast variance comes from the other assets.

    Attributes
    ----------
    window
        The sessions it rests on.
    total
        Mean share received from the others; its p-value says how often assets without any spillover
        show as high an index.
    corrected
        The total stretched to the range 0 to 1, so that groups of different size compare.
    null_mean, null_high
        Mean, and upper end of the band, of the total where nothing spills over.
    lead
        What the lags of the other assets add to the total; the rest is there on the same day. Its
        p-value is against assets that are linked on the same day only.
    lead_mean, lead_high
        Mean, and upper end of the band, of ``lead`` where all links are on the same day.
    """

    window: Stretch
    total: Estimate
    corrected: Estimate
    null_mean: float
    null_high: float
    lead: Estimate
    lead_mean: float
    lead_high: float


@dataclass(frozen=True, kw_only=True)
class Share:
    """One entry of the table.

    Attributes
    ----------
    receiver, sender
        Whose forecast variance, and whose shocks; the same id for an asset's own shocks.
    share
        Of the receiver's forecast variance; the shares of a receiver add up to one.
    """

    receiver: str
    sender: str
    share: Estimate

    @property
    def pair(self) -> tuple[str, str]:
        """Receiver and sender."""
        return self.receiver, self.sender


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What one asset sends and receives.

    Attributes
    ----------
    asset
        Series id.
    sent
        Sum over the others' shares that come from it; not bounded by one.
    received
        Share of its own forecast variance that comes from the others.
    net
        Sent less received; adds up to zero over the assets.
    five_session_net
        The same from returns over five sessions, which hardly feel at what time of the day prices
        are struck; None where the history is too short.
    """

    asset: str
    sent: Estimate
    received: Estimate
    net: Estimate
    five_session_net: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Link:
    """The net flow between two assets.

    Attributes
    ----------
    sender, receiver
        In the direction of the net flow.
    net
        What the receiver gets from the sender less what it gives back, not negative; the p-value is
        two-sided, against a pair that is linked through the other assets only.
    null_low, null_high
        Band of the net flow without a link between the two.
    adjusted
        P-value corrected for the number of pairs: share of false links among those with at most
        this value.
    verdict
        Whether the sender sends more than it gets back.
    """

    sender: str
    receiver: str
    net: Estimate
    null_low: float
    null_high: float
    adjusted: float
    verdict: Verdict

    @property
    def pair(self) -> tuple[str, str]:
        """Sender and receiver."""
        return self.sender, self.receiver


@dataclass(frozen=True, kw_only=True)
class Speed:
    """The part of the total that passes within some number of sessions.

    Attributes
    ----------
    key
        ``short``, ``medium`` or ``long``.
    low, high
        Sessions a move of this speed lasts; None for no upper end.
    total
        Share of the forecast variance; the speeds add up to the total at a long horizon.
    """

    key: str
    low: float
    high: float | None
    total: Estimate


@dataclass(frozen=True, kw_only=True)
class Proposition:
    """A claim about the group and how it fared.

    Attributes
    ----------
    key
        ``shared`` (shocks are shared beyond noise) or ``lead`` (some arrive a session or more
        later).
    verdict
        What the data say.
    says
        Why.
    """

    key: str
    verdict: Verdict
    says: Message


@dataclass(frozen=True, kw_only=True)
class Spillovers(Answered):
    """Who sends shocks to whom, against what noise would show.

    Attributes
    ----------
    question
        As resolved.
    asof
        The as-of day.
    fingerprint
        Hash of everything that was read.
    version
        Of comove.
    headline
        Two sentences.
    now
        The last window.
    before
        The window before it; None where the history is too short.
    change
        Total now less total before; None as ``before``.
    five_session
        The same from returns over five sessions; None where the history is too short.
    propositions
        Two claims with their verdicts.
    table
        Shares of forecast variance, receiver by receiver.
    flows
        One per asset, in the order asked.
    links
        One per pair, those beyond noise first, then by size.
    speeds
        Short, medium, long.
    limits
        What a reader must know before leaning on the answer.
    exhibits
        Data of the pictures.
    """

    answer: ClassVar[str] = "spillover"

    question: SpilloverQuestion
    asof: date
    fingerprint: str
    version: str
    headline: tuple[Message, ...]
    now: Index
    before: Index | None
    change: Estimate | None
    five_session: Index | None
    propositions: tuple[Proposition, ...]
    table: tuple[Share, ...]
    flows: tuple[Flow, ...]
    links: tuple[Link, ...]
    speeds: tuple[Speed, ...]
    limits: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]

    def verdict(self, key: str) -> Verdict:
        """Return the verdict on ``shared`` or ``lead``."""
        return next(entry.verdict for entry in self.propositions if entry.key == key)

    def __repr__(self) -> str:
        """One line: assets, day, total and verdicts."""
        verdicts = ", ".join(f"{entry.key}: {entry.verdict}" for entry in self.propositions)
        assets = " ".join(self.question.assets)
        total = f"{self.now.total.value:.1%} shared"
        return f"<Spillovers {assets} as of {self.asof}: {total}; {verdicts}>"
