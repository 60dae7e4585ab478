"""Volatility split, ratios, tail, absorption, turbulence, bets and pairs on one day."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from comove.answers.diversify.drawing import (
    Moments,
    correlation,
    difference,
    moments,
    positive,
    signed,
)
from comove.answers.diversify.setting import FIVE, Setting, five_session
from comove.core.diversify import (
    Absorption,
    PairLoss,
    Part,
    Ratios,
    Split,
    Tail,
    Unrest,
)
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.stats.bootstrap import row_counts, stationary_indices, sup_t_band
from comove.stats.diversification import (
    BandOptions,
    Breakdown,
    TailDiversification,
    breakdown,
    effective_bets,
    tail_ratio,
)
from comove.stats.regimes import (
    AbsorptionOptions,
    absorption_path,
    absorption_ratio,
    turbulence,
)
from comove.stats.sample import Floats

ABSORBED = 500
MONTH = 21
_SHIFT_ROWS = 252
_BET_DRAWS = 99


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """Ratios of one kind of returns, with the draws behind them.

    Attributes
    ----------
    found
        Ratio now, and what correlations did to it, with studentised bands.
    moments
        Covariances of the positions and their replications.
    now, both
        Sample of the window, and of window and baseline.
    """

    found: Breakdown
    moments: Moments
    now: Scope
    both: Scope

    @property
    def ratios(self) -> Ratios:
        """The figures of the answer."""
        found, drawn = self.found, self.moments
        now = self.now.estimate(
            found.ratio_now, "ratio", "studentised", (found.ratio_now_low, found.ratio_now_high)
        )
        at_baseline = positive(drawn.ratio_at_baseline, self.both, "ratio")
        return Ratios(
            now=now,
            squared=_squared(now, self.now),
            at_baseline=at_baseline,
            at_baseline_squared=_squared(at_baseline, self.both),
            before=positive(drawn.ratio_before, self.both, "ratio"),
            correlation_effect=self.both.estimate(
                found.value, "ratio", "studentised", (found.low, found.high)
            ),
            volatility_effect=positive(
                drawn.ratio_at_baseline / drawn.ratio_before, self.both, "ratio"
            ),
        )


def _squared(ratio: Estimate, scope: Scope) -> Estimate:
    low, high = ratio.low or 0.0, ratio.high or 0.0
    return scope.estimate(ratio.value**2, "ratio", ratio.method, (low**2, high**2))


def options(setting: Setting) -> BandOptions:
    """Return how bands are drawn."""
    asked = setting.question
    return BandOptions(level=asked.level, replications=asked.replications)


def daily(setting: Setting, rng: np.random.Generator) -> Measured:
    """Measure the ratios from daily returns.

    Parameters
    ----------
    setting
        Returns and weights.
    rng
        Source of chance.

    Returns
    -------
    Measured
        Of the window against the baseline.
    """
    now, before = setting.returns(setting.now), setting.returns(setting.before)
    return _measured(setting, now, before, rng)


def slow(setting: Setting, rng: np.random.Generator) -> Measured | None:
    """Measure the same from overlapping returns over five sessions.

    Parameters
    ----------
    setting, rng
        As :func:`daily`.

    Returns
    -------
    Measured or None
        None where all prices are struck together: then there is nothing to guard against.
    """
    if not setting.late():
        return None
    now, before = setting.returns(setting.now), setting.returns(setting.before)
    return _measured(setting, five_session(now), five_session(before), rng)


def _measured(setting: Setting, now: Floats, before: Floats, rng: np.random.Generator) -> Measured:
    found = breakdown(setting.weights, now, before, rng, options(setting))
    # overlapping sums depend on each other over at least their span
    least = float(FIVE) if len(now) < setting.question.window else 1.0
    blocks = max(found.blocks[0], least), max(found.blocks[1], least)
    drawn = moments(
        now * setting.weights,
        before * setting.weights,
        blocks,
        setting.question.replications,
        rng,
    )
    return Measured(
        found=found,
        moments=drawn,
        now=setting.scope(setting.now, len(now)),
        both=setting.scope(setting.reach, len(now) + len(before)),
    )


def split(setting: Setting, measured: Measured, shares: tuple[Estimate, ...] | None) -> Split:
    """Take the volatility of the portfolio apart over its holdings.

    Parameters
    ----------
    setting, measured
        Weights, covariances.
    shares
        Of the loss on the worst days, from :func:`tail`.

    Returns
    -------
    Split
        Contributions add up to the volatility.
    """
    drawn, scope = measured.moments, measured.now
    volatility, alone, parts = drawn.volatility, drawn.alone, drawn.contributions
    gross = alone.sum(axis=1)
    return Split(
        volatility=positive(volatility, scope, "share"),
        gross=positive(gross, scope, "share"),
        saved=signed(gross - volatility, scope, "share"),
        parts=tuple(
            Part(
                asset=asset,
                weight=float(setting.weights[place]),
                alone=positive(alone[:, place], scope, "share"),
                contribution=signed(parts[:, place], scope, "share"),
                share=signed(parts[:, place] / volatility, scope, "share"),
                tail_share=None if shares is None else shares[place],
            )
            for place, asset in enumerate(setting.ids)
        ),
        unexplained=float(volatility[0] - parts[0].sum()),
    )


def tail(
    setting: Setting, rng: np.random.Generator
) -> tuple[Tail, tuple[Estimate, ...]] | tuple[None, None]:
    """Measure diversification on the worst days, and whose losses they are.

    Parameters
    ----------
    setting, rng
        Returns and weights; source of chance.

    Returns
    -------
    Tail, tuple of Estimate
        Figures, and each holding's share of the loss; None twice where the history is too short.
    """
    values, share = setting.returns(setting.reach), setting.question.tail
    try:
        found = tail_ratio(setting.weights, values, rng, share, options(setting))
    except NotEstimable:
        return None, None
    scope = setting.scope(setting.reach)
    losses = _losses(setting, values * setting.weights, found, rng)
    figures = Tail(
        ratio=scope.estimate(found.value, "ratio", "studentised", (found.low, found.high)),
        plain=scope.estimate(
            found.volatility_ratio,
            "ratio",
            "studentised",
            (found.volatility_ratio_low, found.volatility_ratio_high),
        ),
        penalty=scope.estimate(
            found.penalty, "ratio", "studentised", (found.penalty_low, found.penalty_high)
        ),
        benefit=scope.estimate(
            found.benefit, "ratio", "bootstrap", (found.benefit_low, found.benefit_high)
        ),
        shortfall=positive(losses.sum(axis=1), scope, "share"),
        days=int(np.ceil(share * len(values) - 1e-9)),
    )
    shares = losses / losses.sum(axis=1)[:, None]
    return figures, tuple(signed(column, scope, "share") for column in shares.T)


def _losses(
    setting: Setting, earned: Floats, found: TailDiversification, rng: np.random.Generator
) -> Floats:
    """Mean loss of every position on the portfolio's worst days: sample, then replications."""
    nobs = len(earned)
    rows = stationary_indices(nobs, nobs, found.block, setting.question.replications, rng)
    counts = np.concatenate([np.ones((1, nobs)), row_counts(rows, nobs)])
    order = np.argsort(earned.sum(axis=1), kind="stable")
    ordered = counts[:, order]
    reached = np.cumsum(ordered, axis=1)
    depth = setting.question.tail * nobs
    inside = np.clip(depth - (reached - ordered), 0.0, ordered)
    losses: Floats = counts @ earned / nobs - inside @ earned[order] / depth
    return losses


def absorption(setting: Setting) -> Absorption | None:
    """Measure how much of all variance a few directions carry.

    Parameters
    ----------
    setting
        Returns; every holding counts alike, whatever its weight or volatility.

    Returns
    -------
    Absorption or None
        None with fewer than 500 sessions.
    """
    last = len(setting.changes.values)
    first = last - ABSORBED
    if first < 0:
        return None
    rows = slice(first, last)
    try:
        values = setting.returns(rows)
        found = absorption_ratio(values / values.std(axis=0), level=setting.question.level)
    except NotEstimable:
        return None
    shift = _shift(setting, max(first - _SHIFT_ROWS + 1, 0))
    scope = setting.scope(rows)
    return Absorption(
        ratio=scope.estimate(found.value, "share", "absorption_hac", (found.low, found.high)),
        directions=found.factors,
        shift=shift,
        alarm=shift is not None and shift.value > AbsorptionOptions().alarm,
    )


def _shift(setting: Setting, first: int) -> Estimate | None:
    rows = slice(first, len(setting.changes.values))
    values = setting.returns(rows)
    path = absorption_path(values / values.std(axis=0))
    shift = float(path.shift[-1])
    if not np.isfinite(shift):
        return None
    return setting.scope(rows).exact(shift, "sigma", "absorption_shift")


def unrest(setting: Setting) -> Unrest | None:
    """Place the last session, and the last month, in the history of turbulence.

    Parameters
    ----------
    setting
        Returns.

    Returns
    -------
    Unrest or None
        None where the history holds less than a year of values.
    """
    try:
        found = turbulence(setting.changes.values, pvalues=False)
    except NotEstimable:
        return None
    known = found.turbulence[np.isfinite(found.turbulence)]
    if len(known) < _SHIFT_ROWS or not np.isfinite(found.turbulence[-1]):
        return None
    months = np.convolve(known, np.full(MONTH, 1.0 / MONTH), mode="valid")
    scope = setting.scope(slice(0, len(setting.changes.values)), len(known))
    place = float((months[:-1] < months[-1]).mean())
    return Unrest(
        latest=scope.exact(found.rank[-1], "percentile", "turbulence"),
        month=scope.exact(place, "percentile", "turbulence"),
        surprise=scope.exact(found.correlation[-1], "ratio", "turbulence"),
    )


def bets(measured: Measured) -> Estimate | None:
    """Count the effective bets; how risk is spread, no alarm.

    Parameters
    ----------
    measured
        Covariances of the positions.

    Returns
    -------
    Estimate or None
        None where they cannot be told apart.
    """
    drawn = measured.moments.now[: _BET_DRAWS + 1]
    held = np.ones(drawn.shape[1])
    try:
        values = np.array([effective_bets(held, each).value for each in drawn])
    except NotEstimable:
        return None
    stated = positive(values, measured.now, "ratio")
    low, high = max(stated.low or 1.0, 1.0), min(stated.high or 1.0, float(len(held)))
    return measured.now.estimate(values[0], "ratio", "bootstrap", (low, high))


def pairs(setting: Setting, measured: Measured) -> tuple[PairLoss, ...]:
    """State what the change of each correlation did to the variance of the portfolio.

    Parameters
    ----------
    setting, measured
        Names, covariances.

    Returns
    -------
    tuple of PairLoss
        The largest loss of diversification first.
    """
    drawn = measured.moments
    before, now = drawn.correlations
    # of the assets themselves: a short position turns the sign of a correlation
    signs = np.sign(setting.weights)
    places = tuple(combinations(range(len(setting.ids)), 2))
    effects = np.stack([2.0 * drawn.pair_effects[:, i, j] for i, j in places], axis=1)
    band = sup_t_band(effects[0], effects[1:], setting.question.level)
    made = []
    for column, (i, j) in enumerate(places):
        turn = float(signs[i] * signs[j])
        low, high = float(band.low[column]), float(band.high[column])
        old = correlation(before[:, i, j] * turn, measured.both)
        new = correlation(now[:, i, j] * turn, measured.now)
        made.append(
            PairLoss(
                pair=(setting.ids[i], setting.ids[j]),
                before=old,
                now=new,
                change=difference(new, old, measured.both),
                effect=signed(effects[:, column], measured.both, "share"),
                together_low=low,
                together_high=high,
                verdict="supports" if low > 0.0 else "against" if high < 0.0 else "cannot_tell",
            )
        )
    return tuple(sorted(made, key=lambda loss: -loss.effect.value))
