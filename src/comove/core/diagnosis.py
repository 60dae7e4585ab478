"""The answer to a question: facts first, then what they may mean, then what limits them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from comove.core.answered import Answered
from comove.core.case import LeftOut
from comove.core.estimate import Estimate
from comove.core.exhibit import Exhibit
from comove.core.link import Link
from comove.core.message import Message
from comove.core.question import Question
from comove.core.reading import Reading

Direction = Literal["falling", "rising", "none"]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A window of sessions: changes from the close of ``start`` to the close of ``end``."""

    start: date
    end: date
    sessions: int
    multi_day_spans: int


@dataclass(frozen=True, kw_only=True)
class Path:
    """One asset's move, on its own grid.

    Attributes
    ----------
    asset
        Series id.
    peak, trough, latest
        Level with unit; the day of each beside it.
    drawdown
        From the highest close of the last 252 observations before the trough to the trough (for a
        rise: from the lowest to the top).
    move
        Simple return over the window, from its start to its end.
    worst
        Largest daily log return against the asset within the window.
    worst_day
        The day it ended on.
    recovered
        Share of the fall from the window's start that had been won back by the latest value.
    """

    asset: str
    peak_day: date
    peak: float
    trough_day: date
    trough: float
    latest_day: date
    latest: float
    unit: str
    drawdown: Estimate
    move: Estimate
    worst_day: date
    worst: Estimate
    recovered: float


@dataclass(frozen=True, kw_only=True)
class Together:
    """Are they moving together?

    Attributes
    ----------
    direction
        ``falling``, ``rising`` or ``none``.
    joint
        True when a joint episode is open at the as-of day or closed within the last 63 sessions.
    judged
        False when the common history is too short for a joint episode to be found: then
        ``joint`` says nothing.
    chosen
        True when the window was given with the question.
    window
        The stretch that is explained.
    open
        True when the episode is not over at the as-of day.
    paths
        One per asset.
    overlap
        Share of each asset's daily losses that fell on the same days, with permutation p-value.
    expected_overlap
        Its mean when one asset's days are shuffled.
    severity
        J: the less extreme of the standardised 21-day returns, deepest within the window; the
        p-value is under joint resampling.
    severity_independent
        p-value of the same J when the assets are resampled independently.
    worst_days_apart
        Sessions between the earliest and the latest of the assets' worst days.
    """

    direction: Direction
    joint: bool
    judged: bool
    chosen: bool
    window: Stretch
    open: bool
    paths: tuple[Path, ...]
    overlap: Estimate | None
    expected_overlap: float | None
    severity: Estimate | None
    severity_independent: float | None
    worst_days_apart: int


@dataclass(frozen=True, kw_only=True)
class PairCorrelation:
    """How closely two assets move, at several horizons, against the baseline.

    Attributes
    ----------
    pair
        Two ids.
    dependence, baseline, long_run
        Correlation of daily returns over the dependence window, the baseline, and all history.
    five_day
        Correlation of overlapping five-session returns over the dependence window.
    windows
        Trailing correlations: ``(sessions, estimate)``.
    ewma
        Exponentially weighted, decay .97.
    clock_overlap
        Mean share of each one-day return that both clocks see, over the dependence window.
    peak
        Highest rolling correlation of the last 504 sessions, with the p-value of the sup-test.
    latest
        Latest rolling correlation, with its p-value under the constant-correlation model.
    adjusted
        Forbes-Rigobon: dependence correlation corrected for the larger variance of the first asset.
    """

    pair: tuple[str, str]
    dependence: Estimate
    baseline: Estimate
    long_run: Estimate
    five_day: Estimate
    windows: tuple[tuple[int, Estimate], ...]
    ewma: Estimate
    clock_overlap: float
    peak: Estimate | None
    latest: Estimate | None
    adjusted: Estimate | None


@dataclass(frozen=True, kw_only=True)
class PastEpisode:
    """A joint episode and what followed it.

    Attributes
    ----------
    start, trough
        Days of the later peak and of the joint trough.
    closed
        Day it ended; None while open.
    falls
        Simple returns from start to trough, per asset.
    severity
        Sum of the drawdowns in units of each asset's daily standard deviation.
    followed
        ``(sessions, simple returns per asset)`` after the trough; None where history ends first.
    """

    start: date
    trough: date
    closed: date | None
    falls: tuple[float, ...]
    severity: float
    followed: tuple[tuple[int, tuple[float | None, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """Is it unusual?

    Attributes
    ----------
    pairs
        One per pair of assets.
    rank
        Place of this episode among all by severity, 1 the deepest; None without an episode.
    episodes
        All joint episodes of the headline pair since its history begins, this one included.
    since
        First day of that history.
    link
        Whether the link of the leading pair grew closer; None when the sample cannot tell.
    """

    pairs: tuple[PairCorrelation, ...]
    rank: int | None
    episodes: tuple[PastEpisode, ...]
    since: date
    link: Link | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One term of a split; ``channel`` is a channel key, ``intercept`` or ``unexplained``."""

    channel: str
    estimate: Estimate
    drivers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnSplit:
    """An asset's move over the window: parts add up to the total."""

    asset: str
    window: Stretch
    total: Estimate
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class CovarianceSplit:
    """A pair's covariance over the dependence window: parts add up to the total.

    Everything is divided by the two standard deviations of the window, so the total is the
    correlation and a part reads as its contribution to the correlation.

    Attributes
    ----------
    residual, cross
        What ``unexplained`` is made of: covariance of the residuals, and beta drift with cross
        terms.
    in_window
        The unexplained share when betas are fitted inside the window; a check, not an answer.
    """

    pair: tuple[str, str]
    window: Stretch
    total: Estimate
    parts: tuple[Part, ...]
    residual: float
    cross: float
    in_window: float | None


@dataclass(frozen=True, kw_only=True)
class CorrelationShift:
    """Why the correlation changed: driver covariance, betas and residual add up to the change."""

    pair: tuple[str, str]
    before: float
    after: float
    change: Estimate
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Inseparable:
    """Two channels whose contributions the baseline cannot tell apart."""

    asset: str
    first: str
    second: str
    correlation: float


@dataclass(frozen=True, kw_only=True)
class Why:
    """The joint split.

    Attributes
    ----------
    returns, covariances, shifts
        One per asset or pair; empty when there is no split.
    betas
        ``(asset, driver, estimate)``: frozen exposures.
    condition
        Condition number of the standardised drivers on the baseline.
    ridge
        Penalty on the standardised drivers that keeps exposures stable when the condition number
        exceeds 30; 0 when none was needed.
    inseparable
        Channels that cannot be told apart.
    left_out
        Drivers that did not enter.
    baseline
        The sessions exposures were estimated on; None without a split.
    reason
        Why there is no split; None when there is one.
    """

    returns: tuple[ReturnSplit, ...]
    covariances: tuple[CovarianceSplit, ...]
    shifts: tuple[CorrelationShift, ...]
    betas: tuple[tuple[str, str, Estimate], ...]
    condition: float | None
    ridge: float | None
    inseparable: tuple[Inseparable, ...]
    left_out: tuple[LeftOut, ...]
    baseline: Stretch | None
    reason: Message | None


@dataclass(frozen=True, kw_only=True)
class Refuge:
    """Hedge or haven: how one asset behaves when another falls.

    Attributes
    ----------
    asset, other
        Ids: does ``asset`` protect a holder of ``other``?
    hedge, haven
        ``strong``, ``weak`` or ``no``; a haven is ``unknown`` with too few bad days.
    slope
        On ordinary days.
    stress
        ``(quantile, slope)`` on the worst days of ``other``; None with too few such days.
    agrees
        True when the version with GARCH errors gives the same two classes.
    """

    asset: str
    other: str
    hedge: str
    haven: str
    slope: Estimate
    stress: tuple[tuple[float, Estimate | None], ...]
    agrees: bool


@dataclass(frozen=True, kw_only=True)
class Level:
    """A price that people watch, as known on the day.

    Attributes
    ----------
    asset
        Series id.
    key
        ``sma_200_week``, ``ema_200_week``, ``sma_200_day``, ``high_year``, ``low_year``, ``start``.
    value
        The level.
    unit
        Its unit.
    distance
        Simple return from the latest value to the level.
    sigmas
        The same distance in daily standard deviations.
    """

    asset: str
    key: str
    value: float
    unit: str
    distance: float
    sigmas: float


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A declared move of one driver and what the baseline says it goes with.

    Attributes
    ----------
    driver
        Series id.
    shock
        Size of the move.
    unit
        Unit of the shock.
    effects
        ``(asset, estimate)``: expected simple return, total effect of that driver alone.
    """

    driver: str
    shock: float
    unit: str
    effects: tuple[tuple[str, Estimate], ...]


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Answered):
    """Why these assets moved together, with what speaks for and against.

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
    together, unusual, why, readings, refuge, levels, what_if, limits
        The answer, in reading order.
    exhibits
        Data of the pictures.
    """

    answer: ClassVar[str] = "explain"

    question: Question
    asof: date
    fingerprint: str
    version: str
    headline: tuple[Message, ...]
    together: Together
    unusual: Unusual
    why: Why
    readings: tuple[Reading, ...]
    refuge: tuple[Refuge, ...]
    levels: tuple[Level, ...]
    what_if: tuple[WhatIf, ...]
    limits: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]

    def reading(self, channel: str) -> Reading:
        """Return what one channel says."""
        return next(reading for reading in self.readings if reading.channel == channel)

    def __repr__(self) -> str:
        """One line: assets, day, verdicts."""
        verdicts = ", ".join(f"{reading.channel}: {reading.verdict}" for reading in self.readings)
        assets = " ".join(self.question.assets)
        return f"<Diagnosis {assets} as of {self.asof}: {self.together.direction}; {verdicts}>"
