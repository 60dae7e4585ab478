"""Where does a series step onto another level: another unit, another currency, another basis?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.judged import Places
from comove.core.observations import Floats, Instants
from comove.data.calendars import Bools
from comove.data.gates.batch import Timeline

TENFOLD = float(np.log(10.0))
LEAST = 0.03
"""Narrowest band around a power of ten, in logarithms: rounding of small figures."""
WIDEST = 0.25
"""Widest band: a move of a quarter beside the change of unit."""
SIGMAS = 4.0
"""Daily standard deviations that the day's own move may add to a change of unit."""
CALM = 8.0
"""A jump must exceed this many typical moves of the ten steps around it; a crash does not."""
FAR = 20.0
"""Typical steps after which the earlier level says nothing about the later one."""
RARE = 10.0
"""For series that may be zero or negative: times the 90 % quantile of changes."""
ENOUGH = 20
"""Changes from which a quantile is taken."""

TINY = 1e-300
"""Stands for a move of zero, so that it differs from no move at all."""

_NEIGHBOURS = 5
_SNAP = 0.5


@dataclass(frozen=True, eq=False, kw_only=True)
class Steps:
    """Displacements between consecutive values.

    Attributes
    ----------
    by
        Shape (N-1,): logarithm of the factor between two levels; 0 for an ordinary change.
    unit
        Shape (N-1,): the factor is a power of ten.
    """

    by: Floats
    unit: Bools


def steps(labels: Instants, values: Floats, *, positive: bool) -> Steps:
    """Find changes of unit among the changes of a series.

    Parameters
    ----------
    labels
        Shape (N,), ascending.
    values
        Shape (N,), finite.
    positive
        All values are above zero.

    Returns
    -------
    Steps
        For N below two, empty.

    Notes
    -----
    With d the logarithm of the ratio of consecutive absolute values and k the nearest whole number
    to d / ln 10, a change of unit has |k| >= 1 and |d - k ln 10| within four daily standard
    deviations of the series (robust, growing with the root of the gap, between 0.03 and 0.25).  A
    leap is any other ratio of ten or more.  Both must exceed eight times the median of
    |d - k ln 10|, over the five steps before and after and over the whole series.  A collapse in a
    rout does not: its neighbours are as violent as itself.  Where values may be zero or negative,
    logarithms mean little; there a change of unit must also exceed ten times the 90 % quantile of
    changes and four times all but the largest of its ten neighbours, and leaps are not looked for.
    """
    if len(values) < 2:
        return Steps(by=np.zeros(0), unit=np.zeros(0, dtype=bool))
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.diff(np.log(np.abs(values)))
    moves[~np.isfinite(moves)] = 0.0
    decades = np.round(moves / TENFOLD)
    rest = np.abs(moves - TENFOLD * decades)
    gaps = gap_steps(labels)
    candidates = np.flatnonzero(np.abs(moves) >= TENFOLD - WIDEST)
    candidates = candidates[gaps[candidates] <= FAR]
    by, unit = np.zeros(len(moves)), np.zeros(len(moves), dtype=bool)
    if not len(candidates):
        return Steps(by=by, unit=unit)
    band = np.clip(SIGMAS * _scale(rest) * np.sqrt(gaps[candidates]), LEAST, WIDEST)
    calm = np.maximum(turbulence(rest, candidates), float(np.median(rest)))
    sharp = np.abs(moves[candidates]) > CALM * calm
    tens = (decades[candidates] != 0.0) & (rest[candidates] <= band) & sharp
    if not positive:
        tens &= _outsized(values, candidates)
    unit[candidates] = tens
    by[candidates[tens]] = TENFOLD * decades[candidates[tens]]
    if positive:
        leaps = candidates[~tens & sharp & (np.abs(moves[candidates]) >= TENFOLD - 1e-12)]
        by[leaps] = _SNAP * np.round(moves[leaps] / _SNAP)
    return Steps(by=by, unit=unit)


def gap_steps(labels: Instants) -> Floats:
    """Return the distance between consecutive labels in typical steps, at least one."""
    days = np.maximum(np.diff(labels).astype(np.float64), 1.0)
    return np.maximum(days / max(float(np.median(days)), 1.0), 1.0)


def _scale(moves: Floats) -> float:
    """Return a standard deviation that a few jumps do not move."""
    return float(1.4826 * np.median(moves))


def turbulence(rest: Floats, places: Places) -> Floats:
    """Return the median move among the five neighbours on either side of some places.

    Parameters
    ----------
    rest
        Shape (N-1,), absolute moves.
    places
        Shape (n,), places in ``rest``.

    Returns
    -------
    Floats
        Shape (n,); 0 for a move without neighbours.
    """
    found = np.sort(_around(np.where(rest == 0.0, TINY, rest), places), axis=1)
    count = (found > 0.0).sum(axis=1)  # what lies beyond the ends is zero and comes first
    first = found.shape[1] - count
    middle = np.minimum(first + count // 2, found.shape[1] - 1)
    return np.asarray(found[np.arange(len(places)), middle])


def _outsized(values: Floats, places: Places) -> Bools:
    changes = np.abs(np.diff(values))
    if len(changes) < ENOUGH:
        return np.zeros(len(places), dtype=bool)
    same_sign = values[places] * values[places + 1] > 0.0
    beside = np.sort(_around(changes, places), axis=1)[:, -2]  # the last one may be the way back
    far = changes[places] > np.maximum(RARE * np.quantile(changes, 0.9), CALM / 2 * beside)
    return np.asarray(same_sign & far)


def _around(moves: Floats, places: Places) -> Floats:
    """Return the five moves on either side of some places, shape (n, 10); 0 beyond the ends."""
    offsets = np.concatenate([np.arange(-_NEIGHBOURS, 0), np.arange(1, _NEIGHBOURS + 1)])
    index = places[:, None] + offsets[None, :]
    inside = (index >= 0) & (index < len(moves))
    return np.where(inside, moves[np.clip(index, 0, len(moves) - 1)], 0.0)


def displaced(timeline: Timeline, by: Floats, least: float) -> Bools:
    """Flag the rows of a batch that lie on another level than what is held.

    Parameters
    ----------
    timeline
        Held values and the batch.
    by
        Shape (N-1,): displacements between consecutive values.
    least
        Smallest displacement that counts.

    Returns
    -------
    Bools
        Shape (N,), False for what is held.

    Notes
    -----
    A row is compared with the last value held before it, or the first after.  Where nothing is
    held, the level on which most rows lie is taken for right, the earlier one if two are equal.
    """
    mine = timeline.rows >= 0
    if not by.any():
        return np.zeros(len(mine), dtype=bool)
    level = np.concatenate([[0.0], np.cumsum(by)])
    if mine.all():
        base = np.full(len(level), _commonest(level))
    else:
        anchors = np.flatnonzero(~mine)
        places = np.searchsorted(anchors, np.arange(len(level)), side="right") - 1
        base = level[anchors[np.maximum(places, 0)]]
    return np.asarray(mine & (np.abs(level - base) >= least))


def _commonest(levels: Floats) -> float:
    found, first, counts = np.unique(np.round(levels, 6), return_index=True, return_counts=True)
    best = np.flatnonzero(counts == counts.max())
    return float(found[best[np.argmin(first[best])]])


def last_good(timeline: Timeline, flags: Bools) -> Floats:
    """Return for every row the last value before it that is not flagged, or the first after.

    Parameters
    ----------
    timeline
        Held values and the batch.
    flags
        Shape (N,).

    Returns
    -------
    Floats
        Shape (N,); NaN where every row is flagged.
    """
    good = np.flatnonzero(~flags)
    if not len(good):
        return np.full(len(flags), np.nan)
    places = np.searchsorted(good, np.arange(len(flags))) - 1
    return np.asarray(timeline.values[good[np.maximum(places, 0)]])
