"""What was known at t, on one joint grid: read-only, as-of, without filled gaps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NoDataError, NotEstimable, UnknownSeriesError
from comove.core.observations import Floats, Instants, Observations
from comove.core.series import SeriesSpec

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sessions:
    """The instants at which series are sampled.

    Attributes
    ----------
    name
        E.g. ``"XNYS"``: the closes of the New York Stock Exchange.
    labels
        Shape (S,), ``datetime64[D]``, ascending.
    instants
        Shape (S,), ``datetime64[s]`` UTC.
    """

    name: str
    labels: Instants
    instants: Instants

    def upto(self, instant: np.datetime64) -> Sessions:
        """Keep the sessions that had ended by ``instant``."""
        keep = self.instants <= instant
        return Sessions(self.name, self.labels[keep], self.instants[keep])


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes between consecutive kept instants.

    Attributes
    ----------
    ids
        The k series.
    values
        Shape (T, k): log return for prices, difference for everything else.
    labels
        Shape (T,): the session each change ends on.
    spans
        Shape (T,): sampling sessions each change covers; 1 is an ordinary day.
    """

    ids: tuple[str, ...]
    values: Floats
    labels: Instants
    spans: Ints

    def __getitem__(self, series: str) -> Floats:
        """Return one column."""
        if series not in self.ids:
            raise _not_in_panel(series, self.ids)
        return self.values[:, self.ids.index(series)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """Levels of k series at T sampling instants.

    Attributes
    ----------
    specs
        The k catalogue rows.
    labels, instants
        Shape (T,): session dates and their UTC instants.
    positions
        Shape (T,): place of each kept instant among all sampling instants.
    known
        Shape (T,): when the whole row was known, the latest over its columns.
    values
        Shape (T, k), read-only.
    offsets
        Shape (T, k): hours from the sampling instant to the instant the value was struck.
    asof
        UTC; no row was known later.
    sampling
        Name of the sampling calendar.
    """

    specs: tuple[SeriesSpec, ...]
    labels: Instants
    instants: Instants
    positions: Ints
    known: Instants
    values: Floats
    offsets: Floats
    asof: np.datetime64
    sampling: str

    def __post_init__(self) -> None:
        """Own the arrays and close them for writing."""
        for name in ("labels", "instants", "positions", "known", "values", "offsets"):
            array = np.array(getattr(self, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def join(cls, tracks: Sequence[Observations], sessions: Sessions, asof: np.datetime64) -> Panel:
        """Sample every series at the same instants.

        Parameters
        ----------
        tracks
            The series, each on its own grid.
        sessions
            The sampling instants.
        asof
            UTC; values known later do not enter.

        Returns
        -------
        Panel
            Only the instants at which every series is fresh by its own clock; nothing is filled.

        Raises
        ------
        NoDataError
            When the series share fewer than two fresh instants.
        """
        seen = sessions.upto(asof)
        nearest = [_nearest(track.known_by(asof), seen.instants) for track in tracks]
        fresh = np.logical_and.reduce([column.fresh for column in nearest])
        if int(fresh.sum()) < 2:
            raise NoDataError(
                "data.no_overlap",
                "{ids} share no days.",
                "Ask about series with common history: comove data list.",
                ids=", ".join(track.spec.id for track in tracks),
            )
        return cls(
            specs=tuple(track.spec for track in tracks),
            labels=seen.labels[fresh],
            instants=seen.instants[fresh],
            positions=np.flatnonzero(fresh).astype(np.int64),
            known=np.maximum.reduce([column.known[fresh] for column in nearest]),
            values=np.column_stack([column.values[fresh] for column in nearest]),
            offsets=np.column_stack([column.offsets[fresh] for column in nearest]),
            asof=asof,
            sampling=sessions.name,
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the columns."""
        return tuple(spec.id for spec in self.specs)

    def __len__(self) -> int:
        """Return the number of kept instants."""
        return len(self.labels)

    def __getitem__(self, series: str) -> Floats:
        """Return one column of levels, shape (T,)."""
        return self.values[:, self._place(series)]

    def _place(self, series: str) -> int:
        if series not in self.ids:
            raise _not_in_panel(series, self.ids)
        return self.ids.index(series)

    def _rows(self, rows: slice | NDArray[np.bool_]) -> Panel:
        names = ("labels", "instants", "positions", "known", "values", "offsets")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def upto(self, instant: np.datetime64) -> Panel:
        """Keep the rows known by ``instant``."""
        return replace(self._rows(self.known <= instant), asof=min(self.asof, instant))

    def select(self, ids: Sequence[str]) -> Panel:
        """Keep some columns, in the order given."""
        places = [self._place(series) for series in ids]
        return replace(
            self,
            specs=tuple(self.specs[place] for place in places),
            values=self.values[:, places],
            offsets=self.offsets[:, places],
        )

    def last(self, count: int) -> Panel:
        """Keep the last ``count`` rows."""
        return self._rows(slice(max(len(self) - count, 0), None))

    def changes(self) -> Changes:
        """Return log returns of prices and differences of everything else.

        Returns
        -------
        Changes
            T-1 rows; each spans two consecutive kept instants, so a weekend belongs to the Monday
            that ends it and no holiday becomes a zero.

        Raises
        ------
        NotEstimable
            ``not_positive`` when a price is zero or negative: it has no log return.
        """
        logs = np.array([spec.change_is_log for spec in self.specs])
        levels = self.values.copy()
        for place in np.flatnonzero(logs & (levels <= 0.0).any(axis=0)):
            raise NotEstimable("not_positive", series=self.ids[place])
        levels[:, logs] = np.log(levels[:, logs])
        values, spans = np.diff(levels, axis=0), np.diff(self.positions)
        for array in (values, spans):
            array.setflags(write=False)
        return Changes(self.ids, values, self.labels[1:], spans)

    def overlap(self, first: str, second: str) -> Floats:
        """Return the share of each one-session change that two series see together.

        Parameters
        ----------
        first, second
            Ids of two columns.

        Returns
        -------
        Floats
            Shape (n,), one for each change over a single calendar day: 1 for equal clocks, 0.875
            where one is struck three hours after the other.

        Notes
        -----
        Both returns run between the instants their values were struck, [a0, a1] and [b0, b1].  The
        share is |[a0, a1] ∩ [b0, b1]| / max(a1 - a0, b1 - b0), in hours: under a uniform flow of
        information it is the factor by which the clocks alone shrink the correlation.
        """
        hours = self.instants.astype("M8[s]").astype(np.int64) / 3600.0
        a = hours + self.offsets[:, self._place(first)]
        b = hours + self.offsets[:, self._place(second)]
        common = np.minimum(a[1:], b[1:]) - np.maximum(a[:-1], b[:-1])
        share = np.maximum(common, 0.0) / np.maximum(np.diff(a), np.diff(b))
        return np.asarray(share[np.diff(self.labels).astype(np.int64) == 1])

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the SHA-256 of everything in the panel."""
        digest = hashlib.sha256("|".join((*self.ids, self.sampling, str(self.asof))).encode())
        for array in (
            self.instants.astype(np.int64),
            self.known.astype(np.int64),
            self.values,
            self.offsets,
        ):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    @property
    def frame(self) -> pd.DataFrame:
        """A pandas frame labelled by session; a view, so it cannot be written to either."""
        import pandas as pd

        return pd.DataFrame(
            self.values, index=pd.DatetimeIndex(self.labels), columns=list(self.ids), copy=False
        )


def _not_in_panel(series: str, ids: tuple[str, ...]) -> UnknownSeriesError:
    return UnknownSeriesError(
        "panel.unknown",
        "{id} is not in this panel.",
        "It holds {ids}.",
        id=series,
        ids=", ".join(ids),
    )


@dataclass(frozen=True)
class _Nearest:
    values: Floats
    known: Instants
    offsets: Floats
    fresh: NDArray[np.bool_]


def _nearest(track: Observations, instants: Instants) -> _Nearest:
    """Return the observation struck nearest to each instant; ties go to the earlier one."""
    if len(track) == 0:
        empty = np.full(len(instants), np.nan)
        return _Nearest(empty, instants, empty, np.zeros(len(instants), dtype=bool))
    after = np.searchsorted(track.struck, instants)
    right = np.minimum(after, len(track) - 1)
    left = np.maximum(after - 1, 0)
    gap_right = np.abs((track.struck[right] - instants).astype(np.int64))
    gap_left = np.abs((track.struck[left] - instants).astype(np.int64))
    pick = np.where(gap_left <= gap_right, left, right)
    offsets = (track.struck[pick] - instants).astype(np.int64) / 3600.0
    fresh = np.abs(offsets) <= track.spec.clock.tolerance_hours
    return _Nearest(track.values[pick], track.known[pick], offsets, fresh)
