"""Does a portfolio's diversification hold: the answer, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from comove.core.answered import Answered
from comove.core.diagnosis import Stretch
from comove.core.diversify_question import DiversifyQuestion
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.exhibit import Exhibit
from comove.core.message import Message


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one holding adds to the risk of the portfolio.

    Attributes
    ----------
    asset
        Series id.
    weight
        Of the whole, cash included; negative for a short position.
    alone
        Volatility of the position by itself: size of the weight times the asset's volatility.
    contribution
        What it adds to the volatility of the portfolio; the parts add up to it.  Negative for a
        holding that lowers it.
    share
        The contribution as a share of the volatility.
    tail_share
        Share of the portfolio's loss on its own worst days that is this holding's; the shares add
        up to one.  None where the history is too short.
    """

    asset: str
    weight: float
    alone: Estimate
    contribution: Estimate
    share: Estimate
    tail_share: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Split:
    """The volatility of the portfolio, taken apart.  All volatilities are a year's.

    Attributes
    ----------
    volatility
        Of the portfolio.
    gross
        Sum over the positions by themselves: what it would be if all moved as one.
    saved
        Gross less volatility: what diversification takes away.
    parts
        One per holding, in the order asked.
    unexplained
        Volatility less the sum of the contributions: rounding of the last digit and nothing else.
    """

    volatility: Estimate
    gross: Estimate
    saved: Estimate
    parts: tuple[Part, ...]
    unexplained: float


@dataclass(frozen=True, kw_only=True)
class Ratios:
    """Diversification ratios, with correlations kept apart from volatilities.

    Attributes
    ----------
    now
        Sum of the positions' volatilities over the portfolio's: 1 where all move as one.
    squared
        Its square: roughly the number of independent positions of equal risk.
    at_baseline
        The ratio with today's volatilities and the correlations of the baseline.
    at_baseline_squared
        Its square.
    before
        The ratio of the baseline itself, with its own volatilities.
    correlation_effect
        Now over at baseline: below 1 where correlations diversify less than they used to.
    volatility_effect
        At baseline over before: what volatilities alone did to the ratio.
    """

    now: Estimate
    squared: Estimate
    at_baseline: Estimate
    at_baseline_squared: Estimate
    before: Estimate
    correlation_effect: Estimate
    volatility_effect: Estimate


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Diversification on the worst days, from expected shortfalls.

    Attributes
    ----------
    ratio
        Sum of the positions' expected shortfalls over the portfolio's.
    plain
        The diversification ratio of the same sessions.
    penalty
        Ratio over plain: below 1 where the positions diversify less on their worst days than their
        correlations promise.
    benefit
        Conditional diversification benefit: 0 for none, 1 for all there can be.
    shortfall
        Mean loss of the portfolio on its worst days, less its mean return.
    days
        Sessions that make the tail.
    """

    ratio: Estimate
    plain: Estimate
    penalty: Estimate
    benefit: Estimate
    shortfall: Estimate
    days: int


@dataclass(frozen=True, kw_only=True)
class Absorption:
    """How much of all variance a few directions carry.

    Attributes
    ----------
    ratio
        Share of the variance of the standardised holdings in the leading directions.
    directions
        How many of them.
    shift
        Mean of the last 15 sessions less that of the last 252, in their standard deviations.
    alarm
        Whether the shift is above one.
    """

    ratio: Estimate
    directions: int
    shift: Estimate | None
    alarm: bool


@dataclass(frozen=True, kw_only=True)
class Unrest:
    """How unlike their own past the holdings' moves are.

    Attributes
    ----------
    latest
        Place of the last session's turbulence in its own history.
    month
        Place of its mean over 21 sessions among all such means.
    surprise
        Turbulence of the last session over what the sizes of its moves alone would give: above 1
        the moves did not go together as they used to.
    """

    latest: Estimate
    month: Estimate
    surprise: Estimate


@dataclass(frozen=True, kw_only=True)
class Hedge:
    """How one asset answers the rest of the portfolio.

    Attributes
    ----------
    asset
        Series id.
    held
        False for an asset that is only examined.
    weight
        As held, or as examined.
    calm, worst
        Hedge effectiveness: share of the rest's squared swings that the position takes away, on
        ordinary days and on the rest's worst; negative where it adds.
    beta
        Return of the position for each unit of return of the rest, on ordinary days.
    response
        Its mean return over that of the rest on the rest's worst days: below zero it gains when the
        rest falls hardest.
    days
        Worst days.
    verdict
        Whether it is still a hedge: it gains when the rest falls hardest.
    says
        Why.
    """

    asset: str
    held: bool
    weight: float
    calm: Estimate | None
    worst: Estimate | None
    beta: Estimate | None
    response: Estimate | None
    days: int
    verdict: Verdict
    says: Message


@dataclass(frozen=True, kw_only=True)
class PairLoss:
    """What the change of one correlation did to the variance of the portfolio.

    Attributes
    ----------
    pair
        Two holdings.
    before, now, change
        Correlation at baseline, in the window, and the difference.
    effect
        What the change adds to the variance, as a share of the variance at baseline correlations
        and today's volatilities; the pairs add up to the whole.
    together_low, together_high
        Interval of the effect that holds for all pairs at once.
    verdict
        Whether the pair diversifies less than it did, all pairs considered.
    """

    pair: tuple[str, str]
    before: Estimate
    now: Estimate
    change: Estimate
    effect: Estimate
    together_low: float
    together_high: float
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Proposition:
    """A claim about the portfolio and how it fared.

    Attributes
    ----------
    key
        ``holds`` (diversification holds under stress), ``correlations`` (correlations diversify as
        they used to), ``tail`` (the worst days are diversified as well as the others).
    verdict
        What the data say.
    says
        Why.
    """

    key: str
    verdict: Verdict
    says: Message


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The portfolio as it stood on one day, from what was known by its end.

    Attributes
    ----------
    asof
        The day.
    window, baseline, reach
        The sessions that are now, those before them, and both together.
    split
        Volatility over the holdings.
    ratios
        From daily returns.
    five_session
        From overlapping returns over five sessions, which hardly feel at what time of the day
        prices are struck; None where all are struck together.
    tail, absorption, unrest
        Each None where the history is too short.
    bets
        Effective bets: how evenly risk is spread.  It can rise when correlations do and is no
        alarm.  None where they cannot be told apart.
    propositions
        Three claims with their verdicts.
    hedges
        Holdings in the order asked, then assets that are only examined.
    pairs
        Largest loss of diversification first.
    """

    asof: date
    window: Stretch
    baseline: Stretch
    reach: Stretch
    split: Split
    ratios: Ratios
    five_session: Ratios | None
    tail: Tail | None
    absorption: Absorption | None
    unrest: Unrest | None
    bets: Estimate | None
    propositions: tuple[Proposition, ...]
    hedges: tuple[Hedge, ...]
    pairs: tuple[PairLoss, ...]

    def verdict(self, key: str) -> Verdict:
        """Return the verdict on ``holds``, ``correlations`` or ``tail``."""
        return next(entry.verdict for entry in self.propositions if entry.key == key)

    def hedge(self, asset: str) -> Hedge:
        """Return what was found of one asset."""
        return next(entry for entry in self.hedges if entry.asset == asset)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two days side by side.

    Attributes
    ----------
    ratio
        Diversification ratio now over that of the earlier day.
    correlation_effect
        The part of it that correlations made.
    volatility_effect
        The part that volatilities made; the two multiply to the whole.
    verdict
        Whether correlations diversify less than on the earlier day.
    """

    ratio: Estimate
    correlation_effect: Estimate
    volatility_effect: Estimate
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A change of one weight.

    Attributes
    ----------
    asset
        Series id.
    before, after, change
        Weights.
    """

    asset: str
    before: float
    after: float
    change: float


@dataclass(frozen=True, kw_only=True)
class Tilt:
    """The least change of the weights that restores a ratio, at today's covariance.

    Attributes
    ----------
    target
        Ratio asked for.
    reached
        Ratio of the new weights over the same window.
    highest
        The highest ratio these holdings can reach without changing sides.
    feasible
        Whether the target is within reach.
    trades
        One per holding; none where the target is out of reach.
    turnover
        Half the sum of the sizes of the changes.
    volatility
        Of the new portfolio, a year's.
    """

    target: float
    reached: Estimate | None
    highest: float
    feasible: bool
    trades: tuple[Trade, ...]
    turnover: float
    volatility: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Diversification(Answered):
    """Does a portfolio's diversification hold under stress?

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
        The portfolio on the as-of day.
    then
        The portfolio on the day it is compared with; None where none was asked for.
    comparison
        The two side by side; None without an earlier day, or where the windows share sessions.
    tilt
        None where no target was asked for.
    limits
        What a reader must know before leaning on the answer.
    exhibits
        Data of the pictures.
    """

    answer: ClassVar[str] = "diversify"

    question: DiversifyQuestion
    asof: date
    fingerprint: str
    version: str
    headline: tuple[Message, ...]
    now: Standing
    then: Standing | None
    comparison: Comparison | None
    tilt: Tilt | None
    limits: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]

    def verdict(self, key: str = "holds") -> Verdict:
        """Return the verdict on ``holds``, ``correlations`` or ``tail``, as of the as-of day."""
        return self.now.verdict(key)

    def __repr__(self) -> str:
        """One line: holdings, day, ratio and verdicts."""
        held = " ".join(f"{asset}={weight:g}" for asset, weight in self.question.weights)
        verdicts = ", ".join(f"{entry.key}: {entry.verdict}" for entry in self.now.propositions)
        ratio = self.now.ratios.now.value
        return f"<Diversification {held} as of {self.asof}: ratio {ratio:.2f}; {verdicts}>"
