"""A batch in canonical order, beside what is held: what every rule looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from comove.core.judged import Places
from comove.core.observations import Floats, Instants, Observations
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data.calendars import Bools, member

EARLIEST = np.datetime64("1800-01-01")
"""No market figure is dated before."""

_NOWHERE = np.datetime64("NaT", "s")
_BEGINNING = np.datetime64("1970-01-01", "s")
_EMPTY: Mapping[str, Rows] = MappingProxyType({})


@dataclass(frozen=True, eq=False, kw_only=True)
class Beside:
    """What a batch may be compared with besides the series' own history.

    Attributes
    ----------
    related
        A series that moves on the same days; the clock is checked against it.
    others
        Name to rows of further sources of the same series, in order of preference.
    waived
        Keys of rules that are not to run, because somebody looked and knows better.
    source
        Where the rows come from, as origins name it, e.g. ``"yahoo:GDX"``; empty where unknown.
    """

    related: Observations | None = None
    others: Mapping[str, Rows] = field(default_factory=lambda: _EMPTY)
    waived: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Rows sorted by label, publication and value, so that their order of arrival is forgotten.

    Attributes
    ----------
    spec
        The series.
    places
        Shape (T,): place of each row among the rows received.
    labels
        Shape (T,), ``datetime64[D]``, ascending; NaT last.
    values
        Shape (T,).
    struck, known
        Shape (T,), ``datetime64[s]``, as the source gave them; NaT where it gave none.
    currency
        As declared by the source.
    held
        What is held of the series, ascending; None when nothing is.
    now
        UTC instant of judging.
    beside
        What else it may be compared with.
    reversals
        How often a label went back in the order received.
    """

    spec: SeriesSpec
    places: Places
    labels: Instants
    values: Floats
    struck: Instants
    known: Instants
    now: np.datetime64
    held: Observations | None = None
    currency: str = ""
    beside: Beside = Beside()
    reversals: int = 0

    @classmethod
    def of(
        cls, rows: Rows, spec: SeriesSpec, held: Observations | None, now: np.datetime64
    ) -> Batch:
        """Sort what a source gave.

        Parameters
        ----------
        rows
            In any order.
        spec
            The series.
        held
            What is held of it.
        now
            UTC instant of judging.

        Returns
        -------
        Batch
            Every row of ``rows``.
        """
        labels = rows.labels.astype("M8[D]")
        values = np.asarray(rows.values, dtype=np.float64)
        struck = _instants(rows.struck, len(labels))
        known = _instants(rows.known, len(labels))
        places = np.arange(len(labels))
        if not _ascending(labels):
            keys = (values, struck.astype(np.int64), known.astype(np.int64), labels)
            places = np.lexsort(keys)
        return cls(
            spec=spec,
            places=places.astype(np.int64),
            labels=labels[places],
            values=values[places],
            struck=struck[places],
            known=known[places],
            held=held if held is not None and len(held) else None,
            now=now.astype("M8[s]"),
            currency=rows.currency,
            reversals=int((labels[1:] < labels[:-1]).sum()),
        )

    @classmethod
    def unsorted(cls, track: Observations) -> Batch:
        """Look at what is held as if it had just come in, in its own order.

        Parameters
        ----------
        track
            The series.

        Returns
        -------
        Batch
            With nothing to compare it with.
        """
        return cls(
            spec=track.spec,
            places=np.arange(len(track)),
            labels=track.labels,
            values=track.values,
            struck=track.struck,
            known=track.known,
            now=track.known.max() if len(track) else _BEGINNING,
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.places)

    def keep(self, rows: Bools) -> Batch:
        """Keep some rows."""
        names = ("places", "labels", "values", "struck", "known")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    @cached_property
    def overlap(self) -> tuple[Places, Floats]:
        """Places of rows whose label is held too, and the values held for them."""
        held = self.held
        if held is None or not len(self):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        shared = np.flatnonzero(member(self.labels, held.labels))
        return shared, held.values[np.searchsorted(held.labels, self.labels[shared])]

    @cached_property
    def timeline(self) -> Timeline:
        """The rows between those held; where both have a label, the row of the batch stands."""
        held = self.held
        mine = np.arange(len(self))
        if held is None or not len(self):
            return Timeline(labels=self.labels, values=self.values, rows=mine)
        rest = ~member(held.labels, self.labels)
        labels = np.concatenate([held.labels[rest], self.labels])
        values = np.concatenate([held.values[rest], self.values])
        rows = np.concatenate([np.full(int(rest.sum()), -1), mine])
        order = np.argsort(labels, kind="stable")
        return Timeline(labels=labels[order], values=values[order], rows=rows[order])


@dataclass(frozen=True, eq=False, kw_only=True)
class Timeline:
    """Held values and a batch, merged.

    Attributes
    ----------
    labels
        Shape (N,), ascending.
    values
        Shape (N,).
    rows
        Shape (N,): place in the batch; -1 for what is held.
    """

    labels: Instants
    values: Floats
    rows: Places

    def onto_batch(self, flags: Bools) -> Bools:
        """Return the flags of the batch's rows, in the order of the batch."""
        mine = self.rows >= 0
        found = np.zeros(int(mine.sum()), dtype=bool)
        found[self.rows[mine]] = flags[mine]
        return found


def _instants(given: Instants | None, count: int) -> Instants:
    if given is None:
        return np.full(count, _NOWHERE)
    return given.astype("M8[s]")


def _ascending(labels: Instants) -> bool:
    return bool((labels[1:] > labels[:-1]).all()) and not np.isnat(labels[-1:]).any()
