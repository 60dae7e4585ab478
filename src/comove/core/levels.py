"""Which levels matter: the answer, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from comove.core.answered import Answered
from comove.core.estimate import Estimate
from comove.core.evidence import Verdict
from comove.core.exhibit import Exhibit
from comove.core.levels_question import LevelsQuestion
from comove.core.message import Message, Quantity


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How likely a level is touched.

    Attributes
    ----------
    key
        ``week``, ``month`` or ``quarter``: 5, 21 or 63 New York sessions.
    steps
        Closes of the series in that time: the same number for an exchange, 7, 30 and 91 days for a
        market that never closes.
    probability
        That a close is at the level or beyond.
    """

    key: str
    steps: int
    probability: Estimate


@dataclass(frozen=True, kw_only=True)
class TouchEvent:
    """One past touch and what followed.

    Attributes
    ----------
    day
        First close at the level or beyond, after a month of closes that were not.
    close
        That day.
    after_month, after_quarter, after_half
        Simple returns over 21, 63 and 126 sessions from there; None where they had not passed by
        the as-of day.
    """

    day: date
    close: Quantity
    after_month: Quantity | None
    after_quarter: Quantity | None
    after_half: Quantity | None


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What followed all past touches of one level.

    Attributes
    ----------
    key
        ``month``, ``quarter`` or ``half``.
    count
        Touches whose aftermath is known.
    rose
        Those after which the price was higher.
    median
        Median simple return; None without a touch.
    """

    key: str
    count: int
    rose: int
    median: Quantity | None


@dataclass(frozen=True, kw_only=True)
class PriceLevel:
    """One level.

    Attributes
    ----------
    asset
        Series id of the asset asked about.
    key
        ``sma_200_week``, ``ema_200_week``, ``sma_50_day``, ``sma_200_day``, ``high_year``,
        ``low_year``, ``high_all``, ``low_all``, ``round_trip``, ``model_gold``, ``model_yield`` or
        ``own``.
    name
        What the user calls it; empty unless it is one of their own.
    series
        The series the level is on: the asset, or the driver of a model.
    value
        As known on the as-of day; exact, or with an interval for a model.
    latest
        Latest close of that series.
    distance
        Level less latest: simple return, or basis points for a yield.
    sigmas
        The same in standard deviations of the series' last 63 daily changes.
    since
        Day that set it; None for averages, models and the user's own.
    reach
        Probabilities of a touch; empty where the history is too short.
    touches
        Past touches from the side the price is on now, latest last; empty for models.
    aftermath
        What followed them.
    """

    asset: str
    key: str
    name: str
    series: str
    value: Estimate
    latest: Quantity
    distance: Quantity
    sigmas: float
    since: date | None
    reach: tuple[Reach, ...]
    touches: tuple[TouchEvent, ...]
    aftermath: tuple[Aftermath, ...]

    @property
    def other(self) -> str:
        """Second half of the label in flat rows."""
        return f"{self.key}-{self.name}" if self.name else self.key

    def chance(self, key: str) -> Estimate | None:
        """Return the probability of a touch within ``week``, ``month`` or ``quarter``."""
        return next((entry.probability for entry in self.reach if entry.key == key), None)


@dataclass(frozen=True, kw_only=True)
class CoveringClaim:
    """Whether funding below zero has been followed by a rise.

    Attributes
    ----------
    asset, funding
        Series ids.
    verdict
        What the data say.
    says
        Why.
    difference
        Mean log return over the next five sessions after days with funding below zero, less that
        after other days; None where there are too few.
    days, spells
        Days with funding below zero, and unbroken runs of them.
    sample
        Days with funding.
    now
        Latest funding; None where it has ended.
    """

    asset: str
    funding: str
    verdict: Verdict
    says: Message
    difference: Estimate | None
    days: int
    spells: int
    sample: int
    now: Quantity | None


@dataclass(frozen=True, kw_only=True)
class Levels(Answered):
    """Levels of some assets, with probabilities and what followed past touches.

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
        One sentence per asset.
    levels
        Asset by asset, from the highest to the lowest, models last.
    covering
        Claims about short covering, where funding is held.
    limits
        What a reader must know before leaning on the answer.
    exhibits
        Data of the pictures.
    """

    answer: ClassVar[str] = "levels"

    question: LevelsQuestion
    asof: date
    fingerprint: str
    version: str
    headline: tuple[Message, ...]
    levels: tuple[PriceLevel, ...]
    covering: tuple[CoveringClaim, ...]
    limits: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]

    def of(self, asset: str, key: str) -> PriceLevel | None:
        """Return one level of an asset; None where it has none of that key."""
        found = (entry for entry in self.levels if (entry.asset, entry.key) == (asset, key))
        return next(found, None)

    def __repr__(self) -> str:
        """One line: assets, day and how many levels."""
        assets = " ".join(self.question.assets)
        return f"<Levels {assets} as of {self.asof}: {len(self.levels)} levels>"
