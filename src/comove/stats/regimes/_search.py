"""The search for the best regimes: many fixed starts, the promising ones climbed to the top."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.regimes._design import Design
from comove.stats.regimes._likelihood import Params, Passes, polish
from comove.stats.regimes._starts import partitions
from comove.stats.sample import Floats

FLOOR = 1e-5
"""Smallest variance of a state as a share of the sample's."""

_SAME = 0.01  # tops whose log-likelihoods differ by less are one
_LONG = 40  # passes of the climb when everything has to be tried
_ALIKE = 0.02  # mean difference of weights below which two climbs go to the same top
_ROWS = 3.0  # rows a quiet state has to hold, beyond one for each coefficient
_HALF = 0.5  # rows any state has to hold


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """The best top and the heights of the others.

    Attributes
    ----------
    passes
        At the best parameters.
    tops
        Log-likelihoods of the distinct tops, best first, in standardised units.
    starts
        Starts tried.
    """

    passes: Passes
    tops: tuple[float, ...]
    starts: int


def search(design: Design) -> Found:
    """Find the highest top of the likelihood that is not a degenerate one.

    Parameters
    ----------
    design
        The standardised regression.

    Returns
    -------
    Found
        Deterministic: the same sample gives the same bytes.

    Raises
    ------
    NotEstimable
        ``collapsed`` when every start ends with a state that holds almost no rows or has almost no
        variance, where the likelihood has no maximum.
    """
    runners = [(-np.inf, weights) for weights in partitions(design)]
    starts = len(runners)
    climbed: list[tuple[float, Floats, Params]] = []
    for passes, kept in _rounds(design):
        climbed = [_climbed(design, weights, passes) for _, weights in runners]
        climbed.sort(key=lambda one: -one[0])
        climbed = _distinct(climbed, kept)
        runners = [(value, weights) for value, weights, _ in climbed]
    tops = _tops(design, climbed)
    if not tops:
        # noise draws the best starts towards a few lucky rows: see where the others lead
        tops = _tops(design, [_climbed(design, weights, _LONG) for weights in partitions(design)])
    if not tops:
        raise NotEstimable("collapsed", states=design.states)
    heights = [tops[0].loglik]
    heights += [top.loglik for top in tops[1:] if top.loglik < heights[-1] - _SAME]
    return Found(passes=tops[0], tops=tuple(heights), starts=starts)


def _rounds(design: Design) -> tuple[tuple[int, int], ...]:
    """Say how many passes each round climbs, and how many starts go on after it."""
    states = design.states
    if states == 2 and not design.common_variance:
        return (4, 5), (10, 3)
    return (7, 3 * states), (25, states + 1)


def _climbed(design: Design, weights: Floats, passes: int) -> tuple[float, Floats, Params]:
    """Climb some passes from ``weights``, which are updated."""
    from comove.stats.regimes import _kernels

    states = design.states
    params = Params(
        coef=np.zeros(design.size),
        variance=np.ones(states),
        transition=np.full((states, states), 1.0 / states),
    )
    options = (design.common_variance, FLOOR, passes, 1e-9)
    inside = (params.coef, params.variance, params.transition)
    value = _kernels.climb(design.data, options, weights, inside)
    return (value if _alive(weights, params.variance, design) else -math.inf), weights, params


def _distinct(
    climbed: list[tuple[float, Floats, Params]], most: int
) -> list[tuple[float, Floats, Params]]:
    """Keep the best of those that have put the rows into the same states, not more than most."""
    kept: list[tuple[float, Floats, Params]] = []
    shares: list[Floats] = []
    for one in climbed:
        order = np.lexsort((one[2].coef[: len(one[2].variance)], one[2].variance))
        share = one[1][:, order]
        if all(float(np.abs(share - other).mean()) > _ALIKE for other in shares):
            kept.append(one)
            shares.append(share)
        if len(kept) == most:
            break
    return kept


def _tops(design: Design, climbed: list[tuple[float, Floats, Params]]) -> list[Passes]:
    """Climb to the tops that are not degenerate, best first."""
    tops = [polish(params, design, FLOOR) for value, _, params in climbed if value > -math.inf]
    return sorted((top for top in tops if _sound(top, design)), key=lambda top: -top.loglik)


def _sound(top: Passes, design: Design) -> bool:
    """Whether no state lives on having almost no variance."""
    variance = top.params.variance
    return variance.min() > 2.0 * FLOOR and _alive(top.backward[0], variance, design)


def _alive(weights: Floats, variance: Floats, design: Design) -> bool:
    """Whether every state holds rows enough for its variance.

    A few quiet rows can always be fitted better and better; a few wild ones, or outliers under one
    variance for all, cannot.
    """
    held = weights.sum(axis=0)
    few = held < _ROWS + design.x.shape[1]
    bounded = np.full(len(held), True) if design.common_variance else variance > 1.0
    return bool((~few | (bounded & (held > _HALF))).all())
