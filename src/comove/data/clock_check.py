"""Do two series move on the same days?  A mislabelled clock shows as a correlation one day off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from comove.core.errors import NotEstimable
from comove.core.observations import Floats, Instants
from comove.data.calendars import member

LEAST = 60
"""Fewest shared steps on which a clock is judged."""

Verdict = Literal["in_step", "shifted", "unclear"]


@dataclass(frozen=True, kw_only=True)
class ClockCheck:
    """Correlation of a series' daily changes with those of a related one.

    Attributes
    ----------
    before
        With the related series' previous change.
    same
        With its change over the same step.
    after
        With its next change.
    nobs
        Steps in ``same``; one fewer in the others.
    margin
        Difference of two correlations that chance does not bring about: 3 √(2 / nobs).
    """

    before: float
    same: float
    after: float
    nobs: int
    margin: float

    @property
    def verdict(self) -> Verdict:
        """``shifted`` or ``in_step`` when one wins by the margin, in absolute value."""
        beside = max(abs(self.before), abs(self.after))
        if beside > abs(self.same) + self.margin:
            return "shifted"
        return "in_step" if abs(self.same) > beside + self.margin else "unclear"


def clock_check(
    days: Instants, levels: Floats, related_days: Instants, related_levels: Floats
) -> ClockCheck:
    """Correlate daily changes at the same step, one step earlier and one later.

    Parameters
    ----------
    days
        Shape (T,), ``datetime64[D]``, ascending: the New York day each value was struck on, by the
        clock under examination.
    levels
        Shape (T,), finite; logarithms for prices.
    related_days, related_levels
        Shape (S,), the same of the related series.

    Returns
    -------
    ClockCheck
        Its ``verdict`` is the finding.

    Raises
    ------
    NotEstimable
        ``shape``; ``not_finite``; ``too_short`` when they share fewer than 61 days; ``constant``
        when one does not move.

    Notes
    -----
    Both are sampled on their shared days d_0 < d_1 < ..., with changes x_t and y_t between
    consecutive ones, so a weekend or holiday is one step for both.  The three figures are
    corr(x_t, y_{t+k}) for k = -1, 0, 1.  Under independence the difference of two sample
    correlations has a standard deviation of about √(2/n); the margin is three of them.

    Examples
    --------
    >>> days = np.arange("2026-01-01", "2026-05-01", dtype="M8[D]")
    >>> walk = np.cumsum(np.random.default_rng(1).normal(size=120))
    >>> clock_check(days, walk, days, walk).verdict, clock_check(days + 1, walk, days, walk).verdict
    ('in_step', 'shifted')
    """
    _refuse(days, levels)
    _refuse(related_days, related_levels)
    shared = days[member(days, related_days)] if len(related_days) else days[:0]
    if len(shared) < LEAST + 1:
        raise NotEstimable("too_short", nobs=max(len(shared) - 1, 0), least=LEAST)
    x = np.diff(levels[np.searchsorted(days, shared)])
    y = np.diff(related_levels[np.searchsorted(related_days, shared)])
    return ClockCheck(
        before=_correlation(x[1:], y[:-1]),
        same=_correlation(x, y),
        after=_correlation(x[:-1], y[1:]),
        nobs=len(x),
        margin=float(3.0 * np.sqrt(2.0 / len(x))),
    )


def _refuse(days: Instants, levels: Floats) -> None:
    if days.ndim != 1 or days.shape != levels.shape:
        raise NotEstimable("shape", days=days.shape, levels=levels.shape)
    if not np.isfinite(levels).all():
        raise NotEstimable("not_finite")


def _correlation(x: Floats, y: Floats) -> float:
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        raise NotEstimable("constant")
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))
