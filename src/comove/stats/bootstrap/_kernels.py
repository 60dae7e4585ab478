"""Compiled sums over blocks of rows.

Loads numba: import it only where it is to run.  Sums of a block are differences of running sums, so
a block costs the same whatever its length.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from comove.stats.bootstrap._indices import Blocks
from comove.stats.sample import Floats


@njit(cache=True, nogil=True)
def add_block(running: Floats, row: int, length: int, total: Floats) -> None:
    """Add the rows row .. row + length - 1, wrapped, to the total (m); ``running`` (T + 1, m)."""
    nobs, size = running.shape[0] - 1, running.shape[1]
    while length > 0:
        end = min(row + length, nobs)
        for i in range(size):
            total[i] += running[end, i] - running[row, i]
        length -= end - row
        row = 0


@njit(cache=True, nogil=True)
def sums(running: Floats, blocks: Blocks, length: int, found: Floats) -> None:
    """Fill ``found`` (R, m) with the sums of every replication of ``length`` rows."""
    begins, rows, bounds = blocks
    for r in range(found.shape[0]):
        found[r] = 0.0
        for b in range(bounds[r], bounds[r + 1]):
            end = begins[b + 1] if b + 1 < bounds[r + 1] else (r + 1) * length
            add_block(running, rows[b], end - begins[b], found[r])


@njit(cache=True, nogil=True)
def squares(
    running: Floats, blocks: Blocks, length: int, means: Floats, slopes: Floats, found: Floats
) -> None:
    """Fill ``found`` (R, J) with sums over blocks of the square of what they add to a statistic.

    ``means`` (R, m) are the replications' own; ``slopes`` (R, J, m) those of the statistics.
    """
    begins, rows, bounds = blocks
    size = running.shape[1]
    part = np.empty(size)
    for r in range(found.shape[0]):
        found[r] = 0.0
        for b in range(bounds[r], bounds[r + 1]):
            end = begins[b + 1] if b + 1 < bounds[r + 1] else (r + 1) * length
            part[:] = 0.0
            add_block(running, rows[b], end - begins[b], part)
            for j in range(found.shape[1]):
                total = 0.0
                for i in range(size):
                    total += slopes[r, j, i] * (part[i] - (end - begins[b]) * means[r, i])
                found[r, j] += total * total


@njit(cache=True, nogil=True)
def deepest(steps: Floats, blocks: Blocks, length: int, found: Floats) -> None:
    """Fill ``found`` (R, k) with the largest fall of each column's running sum, 0 or negative."""
    begins, rows, bounds = blocks
    nobs, size = steps.shape
    below = np.empty(size)
    for r in range(found.shape[0]):
        found[r] = 0.0
        below[:] = 0.0
        for b in range(bounds[r], bounds[r + 1]):
            end = begins[b + 1] if b + 1 < bounds[r + 1] else (r + 1) * length
            row = rows[b]
            for _ in range(begins[b], end):
                for i in range(size):
                    below[i] = min(below[i] + steps[row, i], 0.0)
                    found[r, i] = min(found[r, i], below[i])
                row = row + 1 if row + 1 < nobs else 0
