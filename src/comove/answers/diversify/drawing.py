"""Covariances of the positions, in the sample and in its block bootstrap replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.core.units import Unit
from comove.stats.bootstrap import percentile_interval, row_counts, stationary_indices
from comove.stats.sample import Floats

YEAR = 252.0
"""Sessions in a year."""
_STILL = 1e-10
"""Variance of a replication, over that of the sample, at which a position stands still."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Moments:
    """What every position earned, as covariances.

    Attributes
    ----------
    now, before
        Shape (L, k, k): of the window and of the baseline; the first is the sample itself, the
        others are replications.
    """

    now: Floats
    before: Floats

    @property
    def volatility(self) -> Floats:
        """Of the portfolio in a year, (L,)."""
        found: Floats = np.sqrt(self.now.sum(axis=(1, 2)) * YEAR)
        return found

    @property
    def alone(self) -> Floats:
        """Of every position by itself in a year, (L, k)."""
        found: Floats = _deviations(self.now) * np.sqrt(YEAR)
        return found

    @property
    def contributions(self) -> Floats:
        """To the volatility of the portfolio in a year, (L, k)."""
        found: Floats = self.now.sum(axis=2) * YEAR / self.volatility[:, None]
        return found

    @property
    def ratio(self) -> Floats:
        """Diversification ratio of the window, (L,)."""
        found: Floats = self.alone.sum(axis=1) / self.volatility
        return found

    @property
    def ratio_before(self) -> Floats:
        """Diversification ratio of the baseline, (L,)."""
        found: Floats = _deviations(self.before).sum(axis=1) / np.sqrt(self.before.sum(axis=(1, 2)))
        return found

    @property
    def ratio_at_baseline(self) -> Floats:
        """The ratio with today's volatilities and the correlations of the baseline, (L,)."""
        found: Floats = self.alone.sum(axis=1) / np.sqrt(self._expected * YEAR)
        return found

    @property
    def correlations(self) -> tuple[Floats, Floats]:
        """Correlations of the positions, before and now, (L, k, k) each."""
        return _correlations(self.before), _correlations(self.now)

    @property
    def pair_effects(self) -> Floats:
        """What the change of every correlation adds to the variance, (L, k, k), halves mirrored.

        As a share of the variance at baseline correlations; over all entries it adds up to
        ``(ratio_at_baseline / ratio)^2 - 1``.
        """
        before, now = self.correlations
        scale = _deviations(self.now)
        moved = (now - before) * scale[:, :, None] * scale[:, None, :]
        found: Floats = moved / self._expected[:, None, None]
        return found

    @property
    def _expected(self) -> Floats:
        """Variance of the portfolio at baseline correlations and today's volatilities, (L,)."""
        scale = _deviations(self.now)
        old = _correlations(self.before) * scale[:, :, None] * scale[:, None, :]
        found: Floats = old.sum(axis=(1, 2))
        return found


def moments(
    now: Floats,
    before: Floats,
    blocks: tuple[float, float],
    replications: int,
    rng: np.random.Generator,
) -> Moments:
    """Take covariances of two periods, drawn independently of each other.

    Parameters
    ----------
    now, before
        Shape (T, k) and (T_0, k): what every position earned.
    blocks
        Mean block lengths.
    replications
        R.
    rng
        Source of chance.

    Returns
    -------
    Moments
        R + 1 of each.

    Raises
    ------
    NotEstimable
        ``not_finite`` when a position stands still in a replication.
    """
    return Moments(
        now=_covariances(now, blocks[0], replications, rng),
        before=_covariances(before, blocks[1], replications, rng),
    )


def _covariances(
    values: Floats, block: float, replications: int, rng: np.random.Generator
) -> Floats:
    nobs, width = values.shape
    rows = stationary_indices(nobs, nobs, block, replications, rng)
    counts = np.concatenate([np.ones((1, nobs)), row_counts(rows, nobs)])
    moves = values - values.mean(axis=0)
    products = (moves[:, :, None] * moves[:, None, :]).reshape(nobs, -1)
    means = counts @ moves / nobs
    second = (counts @ products / nobs).reshape(-1, width, width)
    found: Floats = second - means[:, :, None] * means[:, None, :]
    variances = np.einsum("lii->li", found)
    if not (variances > _STILL * variances[0]).all():
        raise NotEstimable("not_finite")
    return found


def _deviations(covariances: Floats) -> Floats:
    found: Floats = np.sqrt(np.einsum("lii->li", covariances))
    return found


def _correlations(covariances: Floats) -> Floats:
    scale = _deviations(covariances)
    found: Floats = covariances / (scale[:, :, None] * scale[:, None, :])
    return found


def positive(values: Floats, scope: Scope, unit: Unit) -> Estimate:
    """State a figure that cannot be negative with its interval, reflected.

    Parameters
    ----------
    values
        Shape (R + 1,): the figure, then its replications.
    scope
        Sample and level.
    unit
        Of the figure.

    Returns
    -------
    Estimate
        The interval holds the figure and ends at zero at the latest.

    Notes
    -----
    Reflected on its own scale and not on that of its logarithm: where one crash makes a volatility,
    the draws without it are a small fraction, and their logarithm would reach out to a multiple.
    """
    low, high = _reflected(values, scope.level)
    return scope.estimate(values[0], unit, "bootstrap", (max(low, 0.0), high))


def signed(values: Floats, scope: Scope, unit: Unit) -> Estimate:
    """State a figure of either sign with its interval, reflected; see :func:`positive`."""
    return scope.estimate(values[0], unit, "bootstrap", _reflected(values, scope.level))


def correlation(values: Floats, scope: Scope) -> Estimate:
    """State a correlation with its interval, reflected on Fisher's scale."""
    inside = np.clip(values, -1.0 + 1e-12, 1.0 - 1e-12)
    low, high = _reflected(np.arctanh(inside), scope.level)
    return scope.estimate(values[0], "correlation", "bootstrap", (np.tanh(low), np.tanh(high)))


def difference(after: Estimate, before: Estimate, scope: Scope) -> Estimate:
    """State the difference of two correlations of independent samples.

    Parameters
    ----------
    after, before
        With their intervals.
    scope
        Of both samples.

    Returns
    -------
    Estimate
        Its interval never leaves what two correlations can differ by.

    Notes
    -----
    Each end is as far away as the ends that the two intervals have on that side, by Pythagoras.

    References
    ----------
    Zou, G. Y. (2007). Toward using confidence intervals to compare correlations. Psychological
    Methods 12(4), 399-413.
    """
    value = after.value - before.value
    ends = [entry or 0.0 for entry in (after.low, after.high, before.low, before.high)]
    down = np.hypot(after.value - ends[0], ends[3] - before.value)
    up = np.hypot(ends[1] - after.value, before.value - ends[2])
    return scope.estimate(value, "correlation", "bootstrap", (value - down, value + up))


def _reflected(values: Floats, level: float) -> tuple[float, float]:
    """Turn the draws around the figure: what makes them too low makes the figure too low."""
    value = float(values[0])
    low, high = (float(edge) for edge in percentile_interval(values[1:], level))
    return min(2.0 * value - high, value), max(2.0 * value - low, value)
