"""Rolling correlation of every pair of a table, date by date, in bounded memory."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, Table, data_frame, table
from comove.stats.result import Result
from comove.stats.rolling._pair import SHORTEST
from comove.stats.sample import LARGEST, Floats

if TYPE_CHECKING:
    from pandas import DataFrame

Floats32 = NDArray[np.float32]

_ROOM = 300 << 20  # bytes of correlations held at once by a stream
_SWING = 1e3  # largest over smallest sum of squares of a column within a chunk that is calm


@dataclass(frozen=True, kw_only=True, eq=False)
class Moment:
    """Correlations of all pairs on one date.

    Attributes
    ----------
    label
        Of the window's last row.
    names
        The k columns.
    values
        Shape (k (k - 1) / 2,), float32, pairs (0, 1), (0, 2), ... (0, k - 1), (1, 2), ...; NaN
        where a pair has too few rows or does not vary.  A view of a buffer that the next date
        overwrites: copy what is to be kept.
    """

    label: Any
    names: tuple[str, ...]
    values: Floats32

    def matrix(self) -> Floats:
        """Return the correlation matrix (k, k), the caller's own.

        The diagonal is 1, and NaN for a column without any correlation.
        """
        size = len(self.names)
        full = np.empty((size, size))
        upper = np.triu_indices(size, 1)
        full[upper] = full.T[upper] = np.clip(self.values, -1.0, 1.0)
        np.fill_diagonal(full, 0.0)
        np.fill_diagonal(full, np.where(np.isnan(full).sum(axis=0) == size - 1, np.nan, 1.0))
        return full


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PairsPath(Result):
    """All pairs of a table in a few figures a date.

    Attributes
    ----------
    dates
        Shape (n,), labels of the windows' last rows.
    mean, spread
        Shape (n,), mean and standard deviation over the pairs; NaN without any.
    strong
        Shape (n,), share of pairs whose correlation is at least ``edge`` in size.
    pairs
        Shape (n,), pairs with a correlation.
    edge
        What counts as strong.
    window, columns
        Rows of a window; columns of the table.
    """

    dates: Labels
    mean: Floats
    spread: Floats
    strong: Floats
    pairs: Floats
    edge: float
    window: int
    columns: int

    def to_frame(self) -> DataFrame:
        """Return mean, spread, strong and pairs by date."""
        columns = {"mean": self.mean, "spread": self.spread, "strong": self.strong}
        return data_frame({**columns, "pairs": self.pairs}, self.dates)


def all_pairs(x: ArrayLike, window: int, *, min_periods: int | None = None) -> AllPairs:
    """Prepare the rolling correlations of all pairs of columns; nothing is computed yet.

    Parameters
    ----------
    x
        Shape (T, k), T >= window, k >= 2, array or data frame.  Missing values are NaN: each pair
        uses the rows it has.  No infinity.
    window
        Rows of a window, at least 3.
    min_periods
        Fewest rows a pair needs within a window, at least 3; all of them when None.

    Returns
    -------
    AllPairs
        Iterate over it for one :class:`Moment` a date, or call ``describe`` for a few figures a
        date without holding any matrix.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` for an infinity, ``constant`` for a column without
        two different values, ``min_periods`` when out of range.

    Notes
    -----
    Pearson correlation of the rows t - window + 1 .. t; NaN where either column holds one value
    throughout.  Each chunk of dates is summed afresh around a value inside every one of its
    windows, and nothing is subtracted from a sum unless the sums are of one size: a spike of any
    height leaves no trace once it has left the window, and a large common level costs no digits
    (error below 1e-10; the stream then rounds to float32, 6e-8).  Running sums, the usual way,
    keep the rounding error of the largest value ever seen.

    Memory does not grow with the number of dates: a stream holds 315 MB of correlations at most
    (or one date's), ``describe`` none.  The numbers do not depend on the number of threads.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((8, 3))
    >>> [(int(day.label), day.values.size) for day in all_pairs(x, 6)]
    [(5, 3), (6, 3), (7, 3)]
    >>> all_pairs(x, 6).describe().pairs.tolist()
    [3.0, 3.0, 3.0]
    """
    data = table(x)
    nobs, size = data.values.shape
    if size < 2:
        raise NotEstimable("shape", got=data.values.shape, columns=2)
    if window < SHORTEST or nobs < window:
        raise NotEstimable("too_short", nobs=nobs, window=window, least=SHORTEST)
    least = window if min_periods is None else min_periods
    if not SHORTEST <= least <= window:
        raise NotEstimable("min_periods", min_periods=least, window=window, least=SHORTEST)
    if (np.abs(data.values) > LARGEST).any():
        raise NotEstimable("not_finite")
    low, high = (edge(data.values, axis=0) for edge in (np.fmin.reduce, np.fmax.reduce))
    if not (low < high).all():
        raise NotEstimable("constant")
    return AllPairs(data, window, least)


class AllPairs:
    """Rolling correlations of all pairs, not yet computed; see :func:`all_pairs`."""

    def __init__(self, data: Table, window: int, least: int) -> None:
        self.names, self.window, self.min_periods = data.names, window, least
        self.dates = data.index[window - 1 :]
        self._values = data.values
        size = len(data.names)
        self.pairs = size * (size - 1) // 2

    def __repr__(self) -> str:
        """Return what would be computed."""
        return f"AllPairs(pairs={self.pairs}, dates={len(self.dates)}, window={self.window})"

    def __len__(self) -> int:
        """Return the number of dates."""
        return len(self.dates)

    def __iter__(self) -> Iterator[Moment]:
        """Compute date after date."""
        length = max(1, min(self.window, _ROOM // (4 * self.pairs)))
        room = np.empty((min(length, len(self)), self.pairs), dtype=np.float32)
        for first in range(0, len(self), length):
            held = room[: min(length, len(self) - first)]
            self._sweep(first, len(held), held, math.inf)
            for label, line in zip(self.dates[first : first + len(held)], held, strict=True):
                view = line.view()
                view.setflags(write=False)
                yield Moment(label=label, names=self.names, values=view)

    def describe(self, edge: float = 0.5) -> PairsPath:
        """Reduce every date to a few figures.

        Parameters
        ----------
        edge
            Size from which a correlation counts as strong, in (0, 1].

        Returns
        -------
        PairsPath
            Mean, spread and share of strong pairs by date.

        Raises
        ------
        NotEstimable
            ``option`` when the edge is out of range.
        """
        if not 0.0 < edge <= 1.0:
            raise NotEstimable("option", edge=edge)
        empty = np.empty((0, 0), dtype=np.float32)
        parts = [
            self._sweep(first, min(self.window, len(self) - first), empty, edge)
            for first in range(0, len(self), self.window)
        ]
        count, total, squares, strong = np.concatenate(parts, axis=1)
        known = np.where(count > 0.0, count, np.nan)
        mean = total / known
        return PairsPath(
            dates=self.dates,
            mean=mean,
            spread=np.sqrt(np.maximum(squares / known - mean**2, 0.0)),
            strong=strong / known,
            pairs=count,
            edge=edge,
            window=self.window,
            columns=len(self.names),
        )

    def _sweep(self, first: int, count: int, moments: Floats32, edge: float) -> Floats:
        """Correlate a chunk of dates, into ``moments`` where they have room, else into a tally."""
        from comove.stats.rolling._kernels import GROUP, sweep

        rows = self._values[first : first + self.window + count - 1]
        streamed = moments.shape[1] > 0
        chunk = _chunk(rows, self.window, np.nan if streamed else 0.0)
        held = moments if streamed else np.empty((count, 0))
        # A tally for each group, summed in one order whoever fills it.
        groups = -(-len(self.names) // GROUP)
        tallies = np.zeros((groups, 4, count))

        def work(group: int) -> None:
            sweep(chunk, self.min_periods, group, held, tallies[group], edge)

        if self.pairs < 1000:
            for group in range(groups):
                work(group)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(work, range(groups)))
        return np.asarray(tallies.sum(axis=0))


def _chunk(
    rows: Floats, window: int, still: float
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Anchor the rows of a chunk and mark its windows; ``still`` stands for one over nothing."""
    missing = np.isnan(rows)
    gapped = missing.any(axis=0)
    anchor = rows[window - 1].copy()
    for column in np.flatnonzero(gapped):
        there = rows[~missing[:, column], column]
        anchor[column] = np.median(there) if there.size else 0.0
    values = rows - anchor
    values[missing] = 0.0
    count = len(rows) - window + 1
    total, square = _window_sums(values, window), _window_sums(values * values, window)
    spread = square - total * total / window
    moves = np.zeros((len(rows), rows.shape[1]), dtype=np.int64)
    np.cumsum(rows[1:] != rows[:-1], axis=0, out=moves[1:])
    flat = moves[window - 1 :] == moves[:count]
    usable = np.where(flat | (spread <= 0.0), np.nan, spread)
    scale = 1.0 / np.sqrt(usable)
    marks = np.stack([scale, total / math.sqrt(window) * scale, scale])
    marks = _blocks(np.where(np.isnan(marks), still, marks))
    marks[:, 2] = np.cumsum(marks[:, 0, :, ::-1] != 0.0, axis=-1)[..., ::-1]
    with np.errstate(all="ignore"):
        swing = square.max(axis=0) / np.fmin.reduce(usable, axis=0)
    kinds = np.where(gapped, 2, np.where(swing > _SWING, 1, 0))
    present = _blocks(~missing) if gapped.any() else np.empty((0, 0, 0))
    return _blocks(values), present, marks, kinds


def _blocks(lines: NDArray[Any]) -> Floats:
    """Cut the last axis into blocks of columns, the last one filled up with zeros."""
    from comove.stats.rolling._kernels import WIDE

    *before, size = lines.shape
    count = -(-size // WIDE)
    blocks = np.zeros((count, *before, WIDE))
    for block in range(count):
        part = lines[..., block * WIDE : (block + 1) * WIDE]
        blocks[block, ..., : part.shape[-1]] = part
    return blocks


def _window_sums(values: Floats, window: int) -> Floats:
    """Return the sums of every window, from the rows before the anchor's and those from it on."""
    count = len(values) - window + 1
    after = np.cumsum(values[window - 1 :], axis=0)
    before = np.cumsum(values[: window - 1][::-1], axis=0)[::-1]
    # The last of `window` dates has no row before the anchor's.
    padded = np.concatenate([before, np.zeros((1, values.shape[1]))])
    return np.asarray(padded[:count] + after)
