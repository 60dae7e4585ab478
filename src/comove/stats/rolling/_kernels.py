"""Compiled rolling correlations of all pairs, a chunk of dates at a time.

Loads numba: import it only where it is to run.  A chunk is the dates t0 .. t0 + c - 1 and the rows
their windows of w span, w + c - 1 of them, c <= w; row w - 1 of the chunk is t0 and lies in every
window.  Sums over a window are put together from the rows all windows share, the rows before them
summed backwards and the rows after them summed forwards: nothing is taken out of a sum, so what
has left a window has left no trace.  Where the sums of a chunk are all of one size a row may be
taken out again, which is faster.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from comove.stats.sample import Floats

Floats32 = NDArray[np.float32]
Chunk = tuple[Floats, Floats, Floats, NDArray[np.int64]]
"""Blocks of columns, B of them, the last one filled up with zeros: values (B, rows, J) less an
anchor, 0 where missing; presence (B, rows, J) as 0 and 1, of length 0 when nothing is missing;
marks (B, 3, c, J): one over the root of the sum of squared deviations of each window, and its sum
times that over root w, NaN or 0 where the window does not vary; and how many columns from this one
to the block's last have not 0 there.  What each column is (N)."""

CALM, WILD, GAPPED = range(3)
"""What a column is in a chunk: of one size throughout, not so, or with values missing."""
COUNT, SUM, SQUARES, STRONG = range(4)
"""Lines of a tally."""

WIDE = 128  # columns taken at once: their sums stay in the nearest cache
GROUP = 16  # columns that share a fetch of others
# Sums may be taken in another order, for the sake of vector instructions; NaN stays NaN.
_REORDERED = {"reassoc", "contract", "nsz"}
_ROUNDING = 4.0 * np.finfo(np.float64).eps


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def add_rows(own: Floats, others: Floats, rows: tuple[int, int], total: Floats) -> None:
    """Add own * others over the rows from .. to (without) to the total (J)."""
    size = total.shape[0]
    row, end = rows
    while row + 4 <= end:
        a, b, c, d = own[row], own[row + 1], own[row + 2], own[row + 3]
        for j in range(size):
            total[j] += (a * others[row, j] + b * others[row + 1, j]) + (
                c * others[row + 2, j] + d * others[row + 3, j]
            )
        row += 4
    while row < end:
        value = own[row]
        for j in range(size):
            total[j] += value * others[row, j]
        row += 1


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def calm(
    own: Floats,
    others: Floats,
    own_marks: Floats,
    marks: Floats,
    total: Floats,
    found: Floats | Floats32,
) -> None:
    """Fill ``found`` (c, J) with the correlations of one column with J others, all calm.

    ``own`` (rows), ``others`` (rows, J), ``own_marks`` (3, c), ``marks`` (3, c, J).
    """
    count, size = found.shape
    window = own.shape[0] - count + 1
    total[:] = 0.0
    add_rows(own, others, (0, window), total)
    for d in range(count):
        scale, shift = own_marks[0, d], own_marks[1, d]
        if d == 0:
            for j in range(size):
                found[0, j] = total[j] * (scale * marks[0, 0, j]) - shift * marks[1, 0, j]
            continue
        left, come = own[d - 1], own[d - 1 + window]
        for j in range(size):
            both = total[j] + (come * others[d - 1 + window, j] - left * others[d - 1, j])
            total[j] = both
            found[d, j] = both * (scale * marks[0, d, j]) - shift * marks[1, d, j]


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def wild(
    own: Floats,
    others: Floats,
    own_marks: Floats,
    marks: Floats,
    scratch: Floats,
    found: Floats | Floats32,
) -> None:
    """As :func:`calm`, taking nothing out of a sum; ``scratch`` (c, J)."""
    count, size = found.shape
    window = own.shape[0] - count + 1
    total = np.zeros(size)
    add_rows(own, others, (count - 1, window), total)
    scratch[count - 1] = total
    for d in range(count - 2, -1, -1):
        value = own[d]
        for j in range(size):
            scratch[d, j] = scratch[d + 1, j] + value * others[d, j]
    total[:] = 0.0
    for d in range(count):
        scale, shift = own_marks[0, d], own_marks[1, d]
        # The row of the anchor, in the shared part already, holds zeros.
        value = own[window - 1 + d]
        for j in range(size):
            total[j] += value * others[window - 1 + d, j]
            both = scratch[d, j] + total[j]
            found[d, j] = both * (scale * marks[0, d, j]) - shift * marks[1, d, j]


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def add_gapped(value: float, row: tuple[Floats, Floats], before: Floats, after: Floats) -> None:
    """Write six sums (6, J) with a row added: pairs, x, y, x squared, y squared, x y."""
    others, seen = row
    size, square = others.shape[0], value * value
    # One loop a sum: each is a run of vector instructions.
    for j in range(size):
        after[0, j] = before[0, j] + seen[j]
    for j in range(size):
        after[1, j] = before[1, j] + value * seen[j]
    for j in range(size):
        after[2, j] = before[2, j] + others[j]
    for j in range(size):
        after[3, j] = before[3, j] + square * seen[j]
    for j in range(size):
        after[4, j] = before[4, j] + others[j] * others[j]
    for j in range(size):
        after[5, j] = before[5, j] + value * others[j]


@njit(cache=True, nogil=True)
def gapped(
    own: tuple[Floats, Floats],
    others: tuple[Floats, Floats],
    least: int,
    scratch: Floats,
    found: Floats | Floats32,
) -> None:
    """As :func:`wild` over the rows that both columns have; NaN with fewer than ``least``.

    ``own`` is values and presence (rows), ``others`` the same (rows, J); ``scratch`` (c, 6, J).
    """
    count, size = found.shape
    values, seen = own
    window = values.shape[0] - count + 1
    total = np.zeros((6, size))
    for row in range(count - 1, window):
        if seen[row] > 0.0:
            add_gapped(values[row], (others[0][row], others[1][row]), total, total)
    scratch[count - 1] = total
    for d in range(count - 2, -1, -1):
        if seen[d] > 0.0:
            add_gapped(values[d], (others[0][d], others[1][d]), scratch[d + 1], scratch[d])
        else:
            scratch[d] = scratch[d + 1]
    total[:] = 0.0
    for d in range(count):
        place = window - 1 + d
        if d > 0 and seen[place] > 0.0:
            add_gapped(values[place], (others[0][place], others[1][place]), total, total)
        _moments(scratch[d], total, least, found[d])


@njit(cache=True, nogil=True)
def _moments(before: Floats, after: Floats, least: int, found: Floats | Floats32) -> None:
    """Correlations (J) from six sums, each in two parts (6, J)."""
    for j in range(found.shape[0]):
        count = before[0, j] + after[0, j]
        x, y = before[1, j] + after[1, j], before[2, j] + after[2, j]
        xx, yy = before[3, j] + after[3, j], before[4, j] + after[4, j]
        share = 1.0 / max(count, 1.0)
        across, along = xx - x * x * share, yy - y * y * share
        known = (
            (count >= least) & (across > _ROUNDING * count * xx) & (along > _ROUNDING * count * yy)
        )
        both = before[5, j] + after[5, j] - x * y * share
        scale = across * along if known else 1.0
        found[j] = both / math.sqrt(scale) if known else np.nan


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def gather(found: Floats | Floats32, first: int, end: int, edge: float, tally: Floats) -> None:
    """Add columns ``first`` to ``end`` (without) of a block to the tally; none is NaN."""
    for d in range(found.shape[0]):
        # Cut first: a loop from zero needs no look at negative places and is vectorised.
        line = found[d, first:end]
        total = squares = strong = 0.0
        for j in range(line.shape[0]):
            r = line[j]
            total += r
            squares += r * r
            strong += 1.0 if abs(r) >= edge else 0.0
        tally[SUM, d] += total
        tally[SQUARES, d] += squares
        tally[STRONG, d] += strong


@njit(cache=True, nogil=True)
def gather_gapped(
    found: Floats | Floats32, first: int, end: int, edge: float, tally: Floats
) -> None:
    """As :func:`gather` where some are NaN; counts the others."""
    for d in range(found.shape[0]):
        for j in range(first, end):
            r = found[d, j]
            if not math.isnan(r):
                tally[COUNT, d] += 1.0
                tally[SUM, d] += r
                tally[SQUARES, d] += r * r
                tally[STRONG, d] += 1.0 if abs(r) >= edge else 0.0


@njit(cache=True, nogil=True, fastmath=_REORDERED)
def store(
    found: Floats | Floats32, first: int, end: int, place: int, moments: Floats | Floats32
) -> None:
    """Write columns ``first`` to ``end`` (without) of a block from ``place`` on."""
    for d in range(found.shape[0]):
        line, target = found[d, first:end], moments[d, place : place + end - first]
        for j in range(target.shape[0]):
            target[j] = line[j]


@njit(cache=True, nogil=True)
def sweep(
    chunk: Chunk, least: int, group: int, moments: Floats | Floats32, tally: Floats, edge: float
) -> None:
    """Correlate the columns of a group with all columns after each.

    The columns are GROUP * group and the GROUP - 1 after it.  ``moments`` (c, pairs) takes the
    correlations when it has room, pairs in the order (0, 1), (0, 2), ...; ``tally`` (4, c) their
    count, sum, sum of squares and how many reach ``edge`` when the moments have none.  Sums are
    double, correlations as precise as the moments.  ``least`` is the fewest rows of a pair.
    """
    blocks, present, marks, kinds = chunk
    size, rows, count = kinds.shape[0], blocks.shape[1], marks.shape[2]
    start = group * GROUP
    members = min(GROUP, size - start)
    own, seen = np.empty((members, rows)), np.ones((members, rows))
    own_marks = np.empty((members, 3, count))
    for k in range(members):
        block, column = divmod(start + k, WIDE)
        own[k], own_marks[k] = blocks[block, :, column], marks[block, :, :, column]
        if present.shape[0]:
            seen[k] = present[block, :, column]
    found, scratch = np.empty((count, WIDE), dtype=moments.dtype), np.empty((count, WIDE))
    sums = np.empty((count if present.shape[0] else 0, 6, WIDE))
    # Block by block for all members: a block is fetched once, and lines of memory are filled.
    for block in range(start // WIDE, blocks.shape[0]):
        others, other_marks, begin = blocks[block], marks[block], block * WIDE
        wide = min(WIDE, size - begin)
        hardest = kinds[begin : begin + wide].max()
        for k in range(members):
            i = start + k
            first = max(0, i + 1 - begin)
            if first >= wide:
                continue
            kind = max(kinds[i], hardest)
            if kind == CALM:
                calm(own[k], others, own_marks[k], other_marks, scratch[0], found)
            elif kind == WILD:
                wild(own[k], others, own_marks[k], other_marks, scratch, found)
            else:
                gapped((own[k], seen[k]), (others, present[block]), least, sums, found)
            if moments.shape[1]:
                place = i * size - i * (i + 1) // 2 + begin + first - i - 1
                store(found, first, wide, place, moments)
            elif kind == GAPPED:
                gather_gapped(found, first, wide, edge, tally)
            else:
                gather(found, first, wide, edge, tally)
                tally[COUNT] += (own_marks[k, 0] != 0.0) * other_marks[2, :, first]
