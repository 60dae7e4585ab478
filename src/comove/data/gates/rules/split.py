"""A step by a simple fraction on a series that should be free of them: a split or a new basis."""

from __future__ import annotations

import numpy as np

from comove.core.observations import Floats
from comove.core.source import Rows
from comove.data.calendars import Bools, member
from comove.data.gates.batch import Batch, Timeline
from comove.data.gates.levels import CALM, FAR, displaced, gap_steps, last_good, turbulence
from comove.data.gates.rule import Flags, Rule

FACTORS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)
"""Splits that happen, either way; tenfold ones are seen by the rule ``jump``.  A split of three for
two looks like a fall by a third, which single shares do suffer: it takes another source to see."""
BAND = 0.06
"""Widest distance from such a factor, in logarithms."""
SIGMAS = 3.0
"""Daily standard deviations that the day's own move may add."""
AGAINST = 0.03
"""Distance from a factor when another source shows what the day's own move was."""
LEAST = 0.3
"""Displacement, as a logarithm, from which a row counts as being on another basis."""
SEEN = 0.1
"""Another source confirms a step when its own is this close, in logarithms."""
REBASED = 2e-4
"""Smallest common change of a whole history that counts as a new basis: two hundredths of a per
cent, below the smallest quarterly dividend of the funds in the catalogue."""
ROUNDING = 0.005
"""Half of the last digit of prices quoted to the cent."""

_LOGS = np.log(np.array(FACTORS))


def flags(batch: Batch) -> Flags:
    """Flag rows behind a split, and a batch on another basis than what is held.

    Notes
    -----
    An adjusted series has no splits and no dividends.  When one is paid its provider rescales the
    whole history, so rows that overlap what is held of the same source differ by one common factor.
    Such a batch is accepted when it replaces all that is held and set aside when older values would
    stay on the old basis.  (Two sources may well differ by a factor: reading joins them.)  Without
    overlap a new basis cannot be seen: fetch a few days twice.  A step that another
    source shows too is a move of the market.
    """
    nothing = np.zeros(len(batch), dtype=bool)
    if batch.spec.signs != "positive" or not (batch.values > 0.0).all() or not len(batch):
        return Flags.first(nothing, nothing)
    timeline = batch.timeline
    by = _own_steps(batch, timeline) if batch.spec.adjusted else np.zeros(len(timeline.labels) - 1)
    off = displaced(timeline, by, LEAST)
    references = np.full(len(batch), np.nan)
    mine = timeline.rows >= 0
    references[timeline.rows[mine]] = last_good(timeline, off)[mine]
    split = timeline.onto_batch(off)
    for rows in batch.beside.others.values():
        split |= _against(batch, rows, references)
    return Flags.first(split, _rebased(batch, references), references=references)


def _own_steps(batch: Batch, timeline: Timeline) -> Floats:
    """Return the splits between consecutive values of an adjusted series, as logarithms."""
    by = np.zeros(max(len(timeline.values) - 1, 0))
    if not len(by) or not (timeline.values > 0.0).all():
        return by
    moves = np.diff(np.log(timeline.values))
    places = np.flatnonzero(np.abs(moves) >= _LOGS[0] - BAND)
    gaps = gap_steps(timeline.labels)[places] if len(places) else np.zeros(0)
    factor, distance = nearest(moves[places])
    scale = 1.4826 * float(np.median(np.abs(moves)))
    near = distance <= np.minimum(BAND, SIGMAS * scale * np.sqrt(gaps))
    near &= gaps <= FAR
    near &= np.abs(moves[places]) > CALM * turbulence(np.abs(moves), places)
    for rows in batch.beside.others.values():
        near &= ~_confirmed(rows, timeline, places, moves[places])
    by[places[near]] = factor[near]
    return by


def nearest(moves: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the nearest split with its sign, and the distance from it.

    Parameters
    ----------
    moves
        Shape (n,), logarithms of ratios.

    Returns
    -------
    factor, distance
        Shape (n,).

    Examples
    --------
    >>> factor, distance = nearest(np.log(np.array([0.2525])))
    >>> round(float(np.exp(factor[0])), 6), round(float(distance[0]), 3)
    (0.25, 0.01)
    """
    if not len(moves):
        return np.zeros(0), np.zeros(0)
    apart = np.abs(np.abs(moves)[:, None] - _LOGS[None, :])
    best = np.argmin(apart, axis=1)
    return np.sign(moves) * _LOGS[best], apart[np.arange(len(moves)), best]


def ascending(rows: Rows) -> tuple[np.ndarray, Floats]:
    """Return the labels of another source, ascending and each once, and its finite values."""
    keep = np.isfinite(rows.values) & ~np.isnat(rows.labels)
    labels, places = np.unique(rows.labels[keep].astype("M8[D]"), return_index=True)
    return labels, np.asarray(rows.values, dtype=np.float64)[keep][places]


def _confirmed(rows: Rows, timeline: Timeline, places: np.ndarray, moves: Floats) -> Bools:
    """Tell which steps another source shows too."""
    labels, values = ascending(rows)
    before, after = timeline.labels[places], timeline.labels[places + 1]
    if not len(labels):
        return np.zeros(len(places), dtype=bool)
    both = member(before, labels) & member(after, labels)
    last = len(labels) - 1
    first = values[np.minimum(np.searchsorted(labels, before), last)]
    second = values[np.minimum(np.searchsorted(labels, after), last)]
    with np.errstate(divide="ignore", invalid="ignore"):
        theirs = np.log(second / first)
    return np.asarray(both & (np.abs(theirs - moves) <= SEEN))


def _against(batch: Batch, rows: Rows, references: Floats) -> Bools:
    """Flag rows whose ratio to another source has stepped by a simple fraction."""
    flagged = np.zeros(len(batch), dtype=bool)
    labels, values = ascending(rows)
    shared = np.flatnonzero(member(batch.labels, labels)) if len(labels) else labels.astype(int)
    if len(shared) < 2:
        return flagged
    theirs = values[np.searchsorted(labels, batch.labels[shared])]
    if not (theirs > 0.0).all():
        return flagged
    mine = np.diff(np.log(batch.values[shared]))
    other = np.diff(np.log(theirs))
    factor, distance = nearest(mine - other)
    steps = (distance <= AGAINST) & (np.abs(mine) > np.abs(other))
    line = Timeline(
        labels=batch.labels[shared], values=batch.values[shared], rows=np.arange(len(shared))
    )
    flagged[shared] = displaced(line, np.where(steps, factor, 0.0), LEAST)
    hit = flagged[shared]
    references[shared[hit]] = theirs[hit]
    return flagged


def _foreign(origin: str, source: str) -> bool:
    """Tell whether what is held comes from elsewhere: bases of two sources are joined by reading.

    An origin that is not known may be the same source.
    """
    if source and origin:
        return not origin.startswith(f"{source}#")
    return origin.startswith("bundled:")


def _rebased(batch: Batch, references: Floats) -> Bools:
    """Flag the whole batch when it differs from what is held by one factor, and leaves a rest."""
    flagged = np.zeros(len(batch), dtype=bool)
    places, held = batch.overlap
    track = batch.held
    if track is None or len(places) < 2 or not (held > 0.0).all():
        return flagged
    if _foreign(track.origin, batch.beside.source):
        return flagged
    if track.labels[0] >= batch.labels[0]:
        return flagged
    ratio = np.log(batch.values[places] / held)
    low, middle, high = np.quantile(ratio, [0.1, 0.5, 0.9])
    rounding = 2.0 * ROUNDING / float(min(held.min(), batch.values[places].min()))
    common = high - low <= 2.0 * rounding + 1e-5
    enough = abs(middle) > max(REBASED, 3.0 * rounding)
    if not batch.spec.adjusted:
        enough = bool(abs(middle) > LEAST and nearest(np.array([middle]))[1][0] <= AGAINST)
    if common and enough:
        flagged[:] = True
        references[places] = held
    return flagged


rule = Rule(
    key="split", order=70, reasons=(("fraction", "problem"), ("rebased", "problem")), flags=flags
)
