"""What shocks would do: the answer, figure by figure, and how far outside history it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from comove.core.answered import Answered
from comove.core.diagnosis import Stretch
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.exhibit import Exhibit
from comove.core.message import Message, Quantity
from comove.core.scenario_question import ScenarioQuestion


@dataclass(frozen=True, kw_only=True)
class Move:
    """What happens to one driver.

    Attributes
    ----------
    driver
        Series id.
    size
        In the unit people speak of it.
    deviations
        The same in standard deviations of its moves over the horizon.
    contribution
        Its part of the squared distance of the whole shock; the parts add up. A negative one makes
        the others more plausible.
    as_large
        How many past stretches of that length, none overlapping another, held a move of this series
        at least as large in the same direction.
    origin
        ``asked``, ``replayed`` (from the past window) or ``found`` (by the reverse stress).
    """

    driver: str
    size: Quantity
    deviations: float
    contribution: float
    as_large: int
    origin: str


@dataclass(frozen=True, kw_only=True)
class NotUsed:
    """A driver whose shock is left out.

    Attributes
    ----------
    driver
        Series id.
    reason
        ``circular`` (it is, or is made from, an asset asked about), ``ended``, ``short``, or
        ``missing``.
    other
        The asset it is circular with.
    last
        Last day held of it.
    """

    driver: str
    reason: str
    other: str | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True)
class Plausible:
    """How often a shock at least as unusual comes up.

    Attributes
    ----------
    distance
        Squared Mahalanobis distance from no move, in covariances over the horizon.
    pvalue
        Probability of a move at least as far out, with its bootstrap interval.
    df
        Degrees of freedom of the Student law it comes from.
    extrapolates
        Whether the figures lean on the shape of a law instead of on history.
    effective
        How many past stretches the pooled history amounts to; None where none fits the shock.
    stretches
        Past stretches pooled, overlapping.
    since
        First day of the history they are taken from.
    """

    distance: float
    pvalue: Estimate
    df: float
    extrapolates: bool
    effective: float | None
    stretches: int
    since: date


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """One asset's distribution under one law.

    Attributes
    ----------
    asset
        Series id.
    key
        ``normal``, ``student``, ``pooled`` (history reweighted), ``calm`` or ``stressed`` (normal,
        covariance of such sessions).
    centre
        Median, with the interval that estimation leaves around it.
    outcome
        Median, with the interval in which the outcome itself falls.
    rises
        Probability that the asset rises.
    same_sign
        Share of bootstrap draws whose median has the sign of the median shown.
    """

    asset: str
    key: str
    centre: Estimate
    outcome: Estimate
    rises: Estimate
    same_sign: float

    @property
    def other(self) -> str:
        """Second half of the label in flat rows."""
        return self.key


@dataclass(frozen=True, kw_only=True)
class Jointly:
    """What happens to all assets at once, under one law.

    Attributes
    ----------
    key
        ``student`` or ``pooled``.
    all_rise, all_fall
        Probabilities.
    """

    key: str
    all_rise: Estimate
    all_fall: Estimate


@dataclass(frozen=True, kw_only=True)
class PortfolioPart:
    """One holding's part of the portfolio's move.

    Attributes
    ----------
    asset
        Series id.
    weight
        Share of the portfolio.
    contribution
        Weight times the asset's median simple return.
    """

    asset: str
    weight: float
    contribution: Estimate


@dataclass(frozen=True, kw_only=True)
class PortfolioEffect:
    """What the shock does to the portfolio.

    Attributes
    ----------
    parts
        One per asset; their contributions add up to the total.
    cash
        What the weights lack to one, taken as not moving.
    total
        Move at the medians of the assets, with the interval that estimation leaves.
    outcome
        Median of the portfolio's own distribution, with the interval of the outcome.
    loses
        Probability of a loss.
    """

    parts: tuple[PortfolioPart, ...]
    cash: float
    total: Estimate
    outcome: Estimate
    loses: Estimate


@dataclass(frozen=True, kw_only=True)
class Analogue:
    """A past stretch in which the drivers moved much as in the shock.

    Attributes
    ----------
    first, last
        Days between whose closes it lies.
    distance
        Mahalanobis distance from the shock, not squared.
    moves
        What the drivers did, in the order of the shock.
    during
        Simple returns of the assets in the stretch.
    after
        Simple returns over as many sessions after it; None where they had not passed by the as-of
        day.
    """

    first: date
    last: date
    distance: float
    moves: tuple[Quantity, ...]
    during: tuple[Quantity, ...]
    after: tuple[Quantity, ...] | None


@dataclass(frozen=True, kw_only=True)
class AnalogueRecord:
    """How one asset fared in and after the analogues.

    Attributes
    ----------
    asset
        Series id.
    count, rose
        Analogues, and those in which it rose.
    count_after, rose_after
        Those whose aftermath is known, and those after which it rose.
    median, median_after
        Median simple returns; None without a stretch.
    """

    asset: str
    count: int
    rose: int
    count_after: int
    rose_after: int
    median: Quantity | None
    median_after: Quantity | None


@dataclass(frozen=True, kw_only=True)
class Reverse:
    """The most plausible way to a joint fall.

    Attributes
    ----------
    fall
        Simple return that every asset is to suffer at least, below zero.
    by_drivers
        The shock of smallest distance under which every asset is expected to fall that far; None
        where no move of the drivers brings it.
    distance, pvalue
        Of that shock: its squared distance, and the probability of a move at least as far out, with
        its bootstrap interval (zero in draws where no move brings the fall).
    with_own
        What the drivers most likely do when all assets have fallen that far, whatever the cause.
    own_distance, own_pvalue
        Of the fall itself, among the joint moves of the assets.
    """

    fall: float
    by_drivers: tuple[Move, ...] | None
    distance: float | None
    pvalue: Estimate | None
    with_own: tuple[Move, ...]
    own_distance: float
    own_pvalue: Estimate


@dataclass(frozen=True, kw_only=True)
class ScenarioClaim:
    """A claim about the shock and how it fared.

    Attributes
    ----------
    key
        ``seen`` (history holds such a shock) or ``gains`` (the asset gains from it).
    asset
        Series id; None for a claim about the shock.
    verdict
        What the data say.
    says
        Why.
    """

    key: str
    asset: str | None
    verdict: Verdict
    says: Message


@dataclass(frozen=True, kw_only=True)
class Scenario(Answered):
    """What shocks would do to some assets.

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
    horizon
        Sessions over which the shock happens.
    sample
        Sessions the covariances rest on.
    regime
        ``calm`` or ``stressed``: the state of the last session.
    moves
        The shock, driver by driver.
    not_used
        Drivers left out, with the reason.
    plausible
        How unusual the shock is.
    claims
        Verdicts.
    outlooks
        One per asset and law.
    jointly
        Joint probabilities; empty for a single asset.
    portfolio
        Effect on the weighted assets.
    analogues
        Nearest first.
    records
        What the assets did in and after all analogues.
    reverse
        Only where it was asked for.
    limits
        What a reader must know before leaning on the answer.
    exhibits
        Data of the pictures.
    """

    answer: ClassVar[str] = "scenario"

    question: ScenarioQuestion
    asof: date
    fingerprint: str
    version: str
    headline: tuple[Message, ...]
    horizon: int
    sample: Stretch
    regime: str
    moves: tuple[Move, ...]
    not_used: tuple[NotUsed, ...]
    plausible: Plausible
    claims: tuple[ScenarioClaim, ...]
    outlooks: tuple[Outlook, ...]
    jointly: tuple[Jointly, ...]
    portfolio: PortfolioEffect
    analogues: tuple[Analogue, ...]
    records: tuple[AnalogueRecord, ...]
    reverse: Reverse | None
    limits: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]

    def outlook(self, asset: str, key: str = "student") -> Outlook | None:
        """Return one asset's distribution under one law; None where there is none."""
        found = (entry for entry in self.outlooks if (entry.asset, entry.key) == (asset, key))
        return next(found, None)

    def verdict(self, key: str, asset: str | None = None) -> Verdict:
        """Return the verdict on ``seen``, or on ``gains`` for an asset."""
        return next(
            entry.verdict for entry in self.claims if (entry.key, entry.asset) == (key, asset)
        )

    def __repr__(self) -> str:
        """One line: assets, day, medians and plausibility."""
        medians = ", ".join(
            f"{entry.asset} {entry.centre.value:+.1%}"
            for entry in self.outlooks
            if entry.key == "student"
        )
        p = self.plausible.pvalue.value
        return f"<Scenario as of {self.asof}, {self.horizon} sessions: {medians}; p {p:.2g}>"
