"""Judging a batch of rows, and reading a user's file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.works.nouns import Known, Work

ROWS = 1_000_000
CLOCK = {"time": "16:00", "zone": "America/New_York"}


def works() -> Iterator[Work]:
    """Every line, in order."""
    yield Work(
        key="judge",
        name="quality gates, 1,000,000 rows in order",
        value="rows accepted",
        ours=lambda: _judge(shuffled=False),
        target=1.0,
        known=Known(value=float(ROWS - 2), within=0.0, source="two rows were made wrong"),
    )
    yield Work(
        key="judge-shuffled",
        name="quality gates, 1,000,000 rows in any order",
        value="rows accepted",
        ours=lambda: _judge(shuffled=True),
        target=1.5,
        known=Known(value=float(ROWS - 2), within=0.0, source="two rows were made wrong"),
    )
    for kind, target in (("csv", 4.0), ("european csv", 6.0), ("parquet", 0.5)):
        yield Work(
            key=f"read-{kind.replace(' ', '-')}",
            name=f"reading a file of 1,000,000 rows, {kind}",
            value="sum of values",
            ours=lambda kind=kind: _read(kind),  # type: ignore[misc]
            target=target,
            known=Known(value=float(_values().sum()), within=1e-3, source="what was written"),
        )


def _labels() -> np.ndarray:
    days = np.arange("2015-01-01", "2026-01-01", dtype="M8[D]")
    return np.tile(days, ROWS // len(days) + 1)[:ROWS]


@cache
def _values() -> np.ndarray:
    steps = 0.001 * np.random.default_rng(1).standard_normal(ROWS)
    return np.round(100.0 * np.exp(np.cumsum(steps) - 0.3 * np.linspace(0, 1, ROWS)), 4)


def _judge(*, shuffled: bool) -> Callable[[], float]:
    from comove.core.series import Clock, SeriesSpec
    from comove.core.source import Rows
    from comove.data.gates import judge

    spec = SeriesSpec(id="x", kind="price", unit="usd", clock=Clock(**CLOCK))
    labels, values = _labels(), _values().copy()
    vintage = np.arange(ROWS) // len(np.unique(labels))
    known = labels.astype("M8[s]") + (2 * 86400 + vintage).astype("m8[s]")
    order = np.lexsort((known, labels))
    values[1000], values[5000] = 0.0, -1.0
    values[order] = values.copy()
    rows = np.random.default_rng(2).permutation(ROWS) if shuffled else order
    batch = Rows(labels=labels[rows], values=values[rows], known=known[rows])
    now = np.datetime64("2026-11-29T00:00:00")
    return lambda: float(len(judge(batch, spec, None, now).accepted.labels))


def _read(kind: str) -> Callable[[], float]:
    from comove.data.files.reading import read_file

    file = _written(kind)
    return lambda: float(read_file(file)[0].rows.values.sum())


@cache
def _written(kind: str) -> Path:
    folder = Path(tempfile.gettempdir(), f"comove-benchmark-{os.getpid()}")
    folder.mkdir(exist_ok=True)
    file = folder / f"{kind.replace(' ', '-')}.{'parquet' if kind == 'parquet' else 'csv'}"
    labels, values = _labels(), _values()
    if kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"date": labels, "gdx": values}), file)
        return file
    texts = [f"{value:.4f}" for value in values]
    days = labels.astype(str).tolist()
    mark = ","
    if kind != "csv":
        mark = ";"
        texts = [text.replace(".", ",") for text in texts]
        days = [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in days]
    lines = [f"date{mark}gdx", *(f"{d}{mark}{v}" for d, v in zip(days, texts, strict=True)), ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
