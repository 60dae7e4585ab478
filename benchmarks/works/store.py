"""The store: a large import, and reading back what was known by an instant."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.works.nouns import Known, Recorded, Work
from comove.core.store import Accepted, Batch
from comove.data.store.sqlite import SqliteStore

Call = Callable[[], float]

LABELS = np.arange(np.datetime64("2016-01-01"), np.datetime64("2016-01-01") + 2500)
STRUCK = LABELS.astype("M8[s]") + np.timedelta64(21, "h")
ASOF = np.datetime64("2020-07-01T00:00:00")
RECORDED = np.datetime64("2026-01-01")
MADE = "the arrays it was made from"
_FOLDERS = tempfile.TemporaryDirectory(prefix="comove-bench-")
_NUMBERS = count()


def works() -> Iterator[Work]:
    """Every line, in order."""
    yield Work(
        key="store_import",
        name="store: import of 10,000,000 observations, 4,000 series",
        value="rows held",
        ours=lambda: _importing(4000),
        target=20.0,
        memory=1500.0,
        known=Known(value=1e7, within=0.0, source=MADE),
        note="Parquet; every byte hashed and forced to disk",
    )
    for size, target in ((20, 0.1), (400, 1.0)):
        yield Work(
            key=f"store_read_{size}",
            name=f"store: as-of read of {size} series of 4,000, T=2,500",
            value="sum of the values in force",
            ours=lambda size=size: _reading(size),
            target=target,
            known=Known(value=_expected(size), within=1e-6, source=MADE),
            recorded=(Recorded("DuckDB over Parquet, prototype", 0.013),) if size == 20 else (),
        )
    yield Work(
        key="store_read_rows",
        name="store: as-of read of 20 series kept as rows, T=2,500",
        value="sum of the values in force",
        ours=_reading_rows,
        target=0.2,
        known=Known(value=_expected(20, 20), within=1e-6, source=MADE),
        recorded=(Recorded("SQLite, prototype", 0.168),),
    )


def _values(number: int) -> np.ndarray:
    return 100.0 + np.random.default_rng(number).normal(size=len(LABELS)).cumsum()


def _rows(number: int) -> Accepted:
    return Accepted(
        series=f"s{number:04d}",
        source="file:universe.parquet",
        labels=LABELS,
        struck=STRUCK,
        known=STRUCK,
        values=_values(number),
    )


def _batch(series: int) -> Batch:
    accepted = tuple(_rows(number) for number in range(series))
    return Batch(accepted=accepted, received=series * len(LABELS), recorded=RECORDED)


def _store() -> SqliteStore:
    return SqliteStore(Path(_FOLDERS.name) / str(next(_NUMBERS)))


def _importing(series: int) -> Call:
    batch = _batch(series)

    def call() -> float:
        with _store() as store:
            return float(store.append(batch).written)

    return call


@cache
def _universe(series: int) -> SqliteStore:
    store = _store()
    store.append(_batch(series))
    return store


def _chosen(size: int, of: int) -> list[int]:
    return sorted(np.random.default_rng(size).permutation(of)[:size].tolist())


def _expected(size: int, of: int = 4000) -> float:
    return sum(float(_values(number)[STRUCK <= ASOF].sum()) for number in _chosen(size, of))


def _reading(size: int, of: int = 4000) -> Call:
    store = _universe(of)
    names = [f"s{number:04d}" for number in _chosen(size, of)]

    def call() -> float:
        found = store.read(names, known_by=ASOF)
        return sum(float(track.values.sum()) for tracks in found.values() for track in tracks)

    return call


def _reading_rows() -> Call:
    from comove.data.store import bulk

    least, bulk.LEAST = bulk.LEAST, 10**9
    try:
        return _reading(20, 20)
    finally:
        bulk.LEAST = least
