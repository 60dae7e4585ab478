"""Which row counts when: what an arriving row adds to those held, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import StoreError
from comove.core.observations import Floats, Instants
from comove.core.store import Accepted, Track

Bools = NDArray[np.bool_]


def empty(series: str, source: str) -> Track:
    """Return a track without rows.

    Parameters
    ----------
    series, source
        Whose.

    Returns
    -------
    Track
        Of length 0.
    """
    none: NDArray[Any] = np.array([], dtype="i8")
    columns = dict.fromkeys(("labels", "struck", "known", "recorded", "values", "batches"), none)
    return Track(series=series, source=source, **columns)


def chosen(track: Track, keep: Bools) -> Track:
    """Keep some rows of a track.

    Parameters
    ----------
    track
        Any.
    keep
        Shape (T,).

    Returns
    -------
    Track
        In the same order.
    """
    return replace(
        track,
        labels=track.labels[keep],
        struck=track.struck[keep],
        known=track.known[keep],
        recorded=track.recorded[keep],
        values=track.values[keep],
        batches=track.batches[keep],
    )


def asof(
    track: Track,
    known_by: np.datetime64 | None = None,
    recorded_by: np.datetime64 | None = None,
) -> Track:
    """Return what was known by one instant and recorded by another.

    Parameters
    ----------
    track
        Every row, in the order of (label, known, batch).
    known_by, recorded_by
        UTC instants, both included; None for no limit.

    Returns
    -------
    Track
        One row per label: of those known last the one recorded last.  A label whose row withdraws
        its value is left out.

    Examples
    --------
    >>> day = np.array(["2026-01-05", "2026-01-05"], dtype="M8[D]")
    >>> known = np.array(["2026-01-05T21:00", "2026-02-01T09:00"], dtype="M8[s]")
    >>> columns = {"labels": day, "struck": known[[0, 0]], "known": known, "recorded": known}
    >>> held = Track(series="gdx", source="x:Y", values=[88.0, 87.5], batches=[1, 2], **columns)
    >>> asof(held).values.tolist(), asof(held, np.datetime64("2026-01-31")).values.tolist()
    ([87.5], [88.0])
    """
    keep = np.ones(len(track), dtype=bool)
    if known_by is not None:
        keep &= track.known <= known_by
    if recorded_by is not None:
        keep &= track.recorded <= recorded_by
    rows = np.flatnonzero(keep)
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = np.diff(track.labels[rows]).astype(np.int64) != 0
    counts = np.zeros(len(track), dtype=bool)
    counts[rows[last]] = True
    return chosen(track, counts & ~np.isnan(track.values))


def settled(held: Track, rows: Accepted, recorded: np.datetime64, batch: int) -> Track:
    """Return the rows that a batch adds to those held, with the instants they count from.

    Parameters
    ----------
    held
        Every row held of the same series and source, in the order of (label, known, batch).
    rows
        As accepted.
    recorded
        UTC instant of the batch, later than all of ``held``.
    batch
        Its number.

    Returns
    -------
    Track
        In the order of (label, known).  Rows that repeat what is held are left out.

    Raises
    ------
    StoreError
        When the batch gives two values of one label for the same instant.

    Notes
    -----
    A vintage is written unless the same value is held for the same label and instant.  Any other
    row is written when the value in force now differs; if there is one, ``known`` becomes the
    instant of recording: a rule that says when a first value was published does not hold for a
    correction.
    """
    order = ascending(rows)
    labels, known, values = rows.labels[order], rows.known[order], rows.values[order]
    same = np.zeros(len(order), dtype=bool)
    same[1:] = (labels[1:] == labels[:-1]) & _equal(values[1:], values[:-1])
    clash = (labels[1:] == labels[:-1]) & ~same[1:]
    if rows.vintages:
        clash &= known[1:] == known[:-1]
    if clash.any():
        raise StoreError(
            "store.twice",
            "One batch gives two values of {id} for {label}.",
            "One of them belongs into quarantine.",
            id=rows.series,
            label=labels[1:][clash][0].item(),
        )
    if rows.vintages:
        write = _vintages(held, labels, known, values)
    else:
        write, known = _corrections(held, (labels, known, values), recorded, rows.noise)
        write &= ~same
    count = int(write.sum())
    return Track(
        series=rows.series,
        source=rows.source,
        labels=labels[write],
        struck=rows.struck[order][write],
        known=known[write],
        recorded=np.full(count, recorded),
        values=values[write],
        batches=np.full(count, batch),
    )


def ascending(rows: Accepted) -> NDArray[np.int64]:
    """Return the places of rows in the order of label, known and value.

    Parameters
    ----------
    rows
        As accepted.

    Returns
    -------
    numpy.ndarray
        Shape (T,).
    """
    if (np.diff(rows.labels).astype(np.int64) > 0).all():
        return np.arange(len(rows))
    return np.lexsort((rows.values, rows.known, rows.labels))


def _equal(one: Floats, other: Floats) -> Bools:
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def _vintages(held: Track, labels: Instants, known: Instants, values: Floats) -> Bools:
    """Tell which vintages are not held yet: no row of that label and instant has that value."""
    arrived = np.concatenate([np.zeros(len(held), dtype=bool), np.ones(len(labels), dtype=bool)])
    all_labels = np.concatenate([held.labels, labels])
    all_known = np.concatenate([held.known, known])
    all_values = np.concatenate([held.values, values])
    order = np.lexsort((arrived, all_known, all_labels))
    follows = np.diff(all_labels[order]).astype(np.int64) == 0
    follows &= np.diff(all_known[order]).astype(np.int64) == 0
    differs = np.ones(len(order), dtype=bool)
    differs[1:] = ~(follows & _equal(all_values[order][1:], all_values[order][:-1]))
    back = np.empty(len(order), dtype=bool)
    back[order] = differs
    return back[len(held) :]


def _corrections(
    held: Track, rows: tuple[Instants, Instants, Floats], recorded: np.datetime64, noise: float
) -> tuple[Bools, Instants]:
    """Tell which rows differ from the value in force now, and from when they count."""
    labels, known, values = rows
    if not len(held):
        return ~np.isnan(values), known
    ends = np.searchsorted(held.labels, labels, side="right")
    at = np.maximum(ends - 1, 0)
    found = (ends > 0) & (held.labels[at] == labels)
    in_force = held.values[at]
    repeats = _equal(in_force, values) | (np.abs(in_force - values) <= noise * np.abs(in_force))
    write = np.where(found, ~repeats, ~np.isnan(values))
    learned = recorded.astype("M8[s]")
    if learned < recorded:
        learned += np.timedelta64(1, "s")
    counts = np.maximum(np.maximum(known, learned), held.known[at])
    return write, np.where(found, counts, known)
