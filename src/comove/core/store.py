"""What a store of observations takes, gives back, and promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import StoreError
from comove.core.message import Message
from comove.core.observations import Floats, Instants
from comove.core.source import Payload

Numbers = NDArray[np.int64]

_DTYPES = (
    ("labels", "M8[D]"),
    ("struck", "M8[s]"),
    ("known", "M8[s]"),
    ("recorded", "M8[us]"),
    ("values", "f8"),
    ("batches", "i8"),
)


def _own_columns(noun: object) -> None:
    """Own the columns of a noun and close them; refuse lengths that differ."""
    lengths = set()
    for name, dtype in _DTYPES:
        if hasattr(noun, name):
            column = np.array(getattr(noun, name), dtype=dtype)
            column.setflags(write=False)
            object.__setattr__(noun, name, column)
            lengths.add(column.shape)
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise StoreError("store.columns", "The columns of a batch differ in length.")


@dataclass(frozen=True, eq=False, kw_only=True)
class Accepted:
    """Rows of one series from one source that passed the quality gates.

    Attributes
    ----------
    series
        Catalogue id.
    source
        Where they come from, as the catalogue writes it: ``"fred:DFII10"``, ``"file:prices.csv"``.
    labels
        Shape (T,), ``datetime64[D]``; any order, and a label may occur more than once with
        different ``known``.
    struck, known
        Shape (T,), ``datetime64[s]`` UTC.
    values
        Shape (T,); NaN where the source says that there is no value, which withdraws an earlier
        one.
    vintages
        True: ``known`` was told by the source and is kept.  False: it follows from a rule, which
        holds for the first value of a label; a later change of it counts as known only from when it
        was recorded.
    noise
        Relative difference that the source shows between two answers though nothing has changed: a
        smaller change repeats what is held.  Only without vintages.

    Raises
    ------
    StoreError
        When the columns differ in length, an instant is missing, or a value is infinite.
    """

    series: str
    source: str
    labels: Instants
    struck: Instants
    known: Instants
    values: Floats
    vintages: bool = False
    noise: float = 0.0

    def __post_init__(self) -> None:
        """Own the columns; refuse what no store can hold."""
        _own_columns(self)
        absent = any(np.isnat(column).any() for column in (self.labels, self.struck, self.known))
        if absent or np.isinf(self.values).any():
            raise StoreError(
                "store.row",
                "A row of {id} has no date, no instant or an infinite value.",
                "Such a row belongs into quarantine.",
                id=self.series,
            )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """A row that a quality gate held back; it is kept and never used.

    Attributes
    ----------
    series, source
        As in :class:`Accepted`.
    rule
        Key of the gate, e.g. ``"unit_jump"``.
    reason
        Why, as a sentence to be.
    label
        None where the row has no date that can be read.
    value
        None where it has no number that can be read.
    raw
        The row as received, where it could not be read.
    """

    series: str
    source: str
    rule: str
    reason: Message
    label: date | None = None
    value: float | None = None
    raw: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """What came in at once; it is stored whole or not at all.

    Attributes
    ----------
    accepted
        Rows per series.
    quarantined
        Rows held back.
    received
        Number of rows that came in.
    payload
        What :meth:`Store.archive` returned for the bytes the rows were read from; empty where there
        are none.
    recorded
        UTC instant of the desk's clock.  A store moves it forward, never back, where its own last
        batch is not earlier.

    Raises
    ------
    StoreError
        When accepted and quarantined rows do not add up to the rows received.

    Examples
    --------
    >>> day = np.array(["2026-01-05T21:00"], dtype="M8[s]")
    >>> columns = {"labels": day, "struck": day, "known": day, "values": [88.0]}
    >>> rows = Accepted(series="gdx", source="file:prices.csv", **columns)
    >>> now = np.datetime64("2026-01-06T09:00")
    >>> Batch(accepted=(rows,), received=1, recorded=now).received
    1
    """

    accepted: tuple[Accepted, ...]
    quarantined: tuple[Quarantined, ...] = ()
    received: int
    payload: str = ""
    recorded: np.datetime64

    def __post_init__(self) -> None:
        """Count."""
        accepted = sum(map(len, self.accepted))
        if accepted + len(self.quarantined) != self.received:
            raise StoreError(
                "store.count",
                "{received} rows came in, but {accepted} were accepted and {held} held back.",
                received=self.received,
                accepted=accepted,
                held=len(self.quarantined),
            )


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A batch as stored; once it is returned, a crash does not lose a row of it.

    Attributes
    ----------
    batch
        Number, ascending in the order of recording.
    key
        SHA-256 of the content, without the time: the same batch twice has the same key.
    recorded
        UTC instant, ``datetime64[us]``, later than that of every earlier batch.
    received, quarantined
        Rows.
    written
        Accepted rows that were new or changed something.
    unchanged
        Accepted rows that repeat what is held: ``written + unchanged + quarantined == received``.
    payload
        Hash of the bytes the rows were read from, or empty.
    new
        False when the batch was stored before: nothing has been written now.
    """

    batch: int
    key: str
    recorded: np.datetime64
    received: int
    quarantined: int
    written: int
    unchanged: int
    payload: str = ""
    new: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Track:
    """Rows of one series from one source.

    Attributes
    ----------
    series, source
        As in :class:`Accepted`.
    labels, struck, known, values
        Shape (T,) each.  Read as of an instant: labels ascend strictly and values are finite.  Read
        with revisions: every row in the order of (label, known, recorded); NaN withdraws.
    recorded
        Shape (T,), ``datetime64[us]`` UTC.
    batches
        Shape (T,), number of the batch each row came with, which leads to its payload.
    """

    series: str
    source: str
    labels: Instants
    struck: Instants
    known: Instants
    recorded: Instants
    values: Floats
    batches: Numbers

    def __post_init__(self) -> None:
        """Own the columns."""
        _own_columns(self)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What is held of one series from one source.

    Attributes
    ----------
    series, source
        As in :class:`Accepted`.
    rows
        Rows, revisions included.
    first, last
        First and last label.
    known, recorded
        Latest instants of publication (``datetime64[s]``) and of recording (``datetime64[us]``).
    """

    series: str
    source: str
    rows: int
    first: date
    last: date
    known: np.datetime64
    recorded: np.datetime64


class Store(Protocol):
    """Observations, append-only: a revision is a new row, and nothing is ever overwritten.

    What was known by t *and recorded by s* never changes once s has passed, whatever comes in
    later.  Every method raises StoreError with the path or address when the store cannot be read or
    written, and leaves what it holds as it was.
    """

    def append(self, batch: Batch) -> Receipt:
        """Store a batch in one transaction, on stable storage before it returns.

        Rows that repeat the held row of their label are counted as unchanged and not written.  A
        batch that came before and would change nothing is not stored again.
        """

    def read(
        self,
        series: Iterable[str],
        *,
        known_by: np.datetime64 | None = None,
        recorded_by: np.datetime64 | None = None,
        revisions: bool = False,
    ) -> Mapping[str, tuple[Track, ...]]:
        """Return what was known by an instant and recorded by another, per series and source.

        Of the rows of a label the one known last counts, of those the one recorded last.  A series
        of which nothing is held has no entry; sources come in alphabetical order.  With
        ``revisions`` every row is returned.
        """

    def series(self) -> tuple[Stock, ...]:
        """Return what is held, by series and source: the state that a fetch continues from."""

    def quarantined(self, series: Iterable[str] | None = None) -> tuple[Quarantined, ...]:
        """Return the rows held back, in the order they came, of some series or of all."""

    def batches(self) -> tuple[Receipt, ...]:
        """Return every batch in the order of recording; leads from a row to its payload."""

    def archive(self, payload: Payload) -> str:
        """Keep the bytes a service sent, with the request less secrets and the time; return a hash.

        The same answer to the same request has the same hash and is kept once, as first received.
        """

    def payload(self, key: str) -> Payload:
        """Return what was archived, byte for byte; DamagedFileError when a bit of it differs."""

    def fingerprint(self) -> str:
        """Return a hash of everything stored; equal before and after the same batch again."""

    def backup(self, target: Path) -> Path:
        """Write a copy, consistent even while another process appends; never overwrites."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(self, *failure: object) -> None:
        """Let go of files and connections."""
