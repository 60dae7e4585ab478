"""Large batches as Parquet files: written once, named by their hash, read series by series."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comove.core.store import Track
from comove.data.store.codec import damaged
from comove.data.store.disk import write_whole

LEAST = 50_000
"""Rows from which a batch goes to Parquet."""

PART = 100_000
"""Rows after which a new file begins; a series is never split.  A file's list of its row groups is
read whole, so that one with fewer series is quicker to read one series from."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The rows of one series within a file.

    Attributes
    ----------
    track
        Number of the track.
    place
        Number of the row group.
    start, length
        Bytes of the file that hold it.
    sha256
        Of these bytes.
    rows, first, last, known
        Count, first and last label (days), latest publication (seconds since 1970).
    """

    track: int
    place: int
    start: int
    length: int
    sha256: str
    rows: int
    first: int
    last: int
    known: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file.

    Attributes
    ----------
    sha256
        Of the whole file, which is also its name.
    size, rows
        Bytes and rows.
    footer, footer_sha256
        Where the description of the row groups begins, and its hash.
    groups
        One per series.
    """

    sha256: str
    size: int
    rows: int
    footer: int
    footer_sha256: str
    groups: tuple[Group, ...] = ()

    def file(self, folder: Path) -> Path:
        """Return its path in the folder of parts."""
        return folder / f"{self.sha256}.parquet"


def available() -> bool:
    """Tell whether Parquet can be written here: the extra ``comove[bulk]``."""
    return find_spec("pyarrow") is not None


def write_parts(folder: Path, written: Mapping[int, Track]) -> Iterator[Part]:
    """Write the rows of a batch, file by file.

    Parameters
    ----------
    folder
        Of the parts.
    written
        Rows by number of their track.

    Yields
    ------
    Part
        On stable storage, under its final name.

    Raises
    ------
    OSError
        When the disk is full or fails; files already written are left for :func:`collect`.
    """
    block: dict[int, Track] = {}
    count = 0
    for track in sorted(written):
        block[track] = written[track]
        count += len(written[track])
        if count >= PART:
            yield _write_part(folder, block)
            block, count = {}, 0
    if block:
        yield _write_part(folder, block)


def _write_part(folder: Path, block: Mapping[int, Track]) -> Part:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("series", pa.dictionary(pa.int32(), pa.string())),
            ("source", pa.dictionary(pa.int32(), pa.string())),
            ("label", pa.date32()),
            ("known", pa.timestamp("ms")),
            ("struck", pa.timestamp("ms")),
            ("value", pa.float64()),
        ]
    )
    sink = io.BytesIO()
    encoding = dict.fromkeys(("label", "known", "struck"), "DELTA_BINARY_PACKED")
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=["series", "source"],
        column_encoding=encoding | {"value": "PLAIN"},
    ) as writer:
        for track in block.values():
            names = [_name(text, len(track)) for text in (track.series, track.source)]
            columns = [
                *names,
                _array(pa.date32(), track.labels.astype("i8").astype("i4")),
                _array(pa.timestamp("ms"), track.known.astype("M8[ms]")),
                _array(pa.timestamp("ms"), track.struck.astype("M8[ms]")),
                _array(pa.float64(), track.values),
            ]
            table = pa.Table.from_arrays(columns, schema=schema)
            writer.write_table(table, row_group_size=max(len(track), 1))
    content = sink.getvalue()
    part = _described(content, block, pq.read_metadata(io.BytesIO(content)))
    write_whole(part.file(folder), content)
    return part


def _array(kind: Any, column: NDArray[Any]) -> Any:  # noqa: ANN401 - types of pyarrow
    """Return a column without copying; ``pyarrow.array`` would load pandas to look at it."""
    import pyarrow as pa

    content = np.ascontiguousarray(column)
    return pa.Array.from_buffers(kind, len(content), [None, pa.py_buffer(content)])


def _name(text: str, count: int) -> Any:  # noqa: ANN401 - an array of pyarrow
    """Return a column that says the same in every row."""
    import pyarrow as pa

    content = text.encode()
    ends = pa.py_buffer(np.array([0, len(content)], dtype="i4"))
    words = pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(content)])
    return pa.DictionaryArray.from_arrays(_array(pa.int32(), np.zeros(count, dtype="i4")), words)


def _described(content: bytes, block: Mapping[int, Track], metadata: Any) -> Part:  # noqa: ANN401
    """Find where each row group lies, and hash it."""
    starts = [_start(metadata.row_group(place)) for place in range(metadata.num_row_groups)]
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    groups = tuple(
        Group(
            track=number,
            place=place,
            start=start,
            length=end - start,
            sha256=hashlib.sha256(content[start:end]).hexdigest(),
            rows=len(rows),
            first=int(rows.labels.min().astype("i8")),
            last=int(rows.labels.max().astype("i8")),
            known=int(rows.known.max().astype("i8")),
        )
        for place, ((number, rows), start, end) in enumerate(
            zip(block.items(), starts, [*starts[1:], footer], strict=True)
        )
    )
    return Part(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        rows=sum(map(len, block.values())),
        footer=footer,
        footer_sha256=hashlib.sha256(content[footer:]).hexdigest(),
        groups=groups,
    )


def _start(group: Any) -> int:  # noqa: ANN401 - metadata of pyarrow
    columns = [group.column(place) for place in range(group.num_columns)]
    pages = [column.data_page_offset for column in columns]
    pages += [c.dictionary_page_offset for c in columns if c.dictionary_page_offset is not None]
    return int(min(pages))


def read_groups(path: Path, part: Part) -> Iterator[tuple[int, NDArray[Any]]]:
    """Read the groups of a part, each after its hash has been compared.

    Parameters
    ----------
    path
        The file.
    part
        With the groups wanted.

    Yields
    ------
    track
        Number of the track.
    rows
        Shape (T,), with fields ``label``, ``known``, ``struck`` (``datetime64``) and ``value``.

    Raises
    ------
    DamagedFileError
        When the file is gone or differs in what is read of it by a single bit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != part.size:
                raise damaged(str(path))
            footer = _verified(file, part.footer, part.size - part.footer, part.footer_sha256)
            window = _Window(part.size)
            described = pq.read_metadata(pa.BufferReader(footer))
            reader = pq.ParquetFile(pa.PythonFile(window, mode="r"), metadata=described)
            for group in part.groups:
                content = _verified(file, group.start, group.length, group.sha256)
                window.show(group.start, content)
                table = reader.read_row_group(
                    group.place, columns=["label", "known", "struck", "value"], use_threads=False
                )
                yield group.track, _rows(table)
    except FileNotFoundError as cause:
        raise damaged(str(path)) from cause
    except (ValueError, pa.ArrowException) as cause:
        raise damaged(str(path)) from cause


def _verified(file: io.BufferedReader, start: int, length: int, sha256: str) -> bytes:
    file.seek(start)
    content = file.read(length)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise damaged(str(file.name))
    return content


def _rows(table: Any) -> NDArray[Any]:  # noqa: ANN401 - a table of pyarrow
    rows = np.empty(
        table.num_rows,
        dtype=[("label", "M8[D]"), ("known", "M8[s]"), ("struck", "M8[s]"), ("value", "f8")],
    )
    for name, stored in (
        ("label", "i4"),
        ("known", "M8[ms]"),
        ("struck", "M8[ms]"),
        ("value", "f8"),
    ):
        chunks = [
            np.frombuffer(chunk.buffers()[1], dtype=stored)[
                chunk.offset : chunk.offset + len(chunk)
            ]
            for chunk in table.column(name).chunks
        ]  # not to_numpy, which would load pandas
        rows[name] = np.concatenate(chunks)
    return rows


class _Window:
    """A file of which only one verified row group can be seen."""

    closed = False

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0
        self._start = 0
        self._content = b""

    def show(self, start: int, content: bytes) -> None:
        """Show the bytes of a row group in place of those of the last."""
        self._start, self._content = start, content

    def read(self, count: int = -1) -> bytes:
        """Read from where the last seek went."""
        end = self._size if count < 0 else min(self._at + count, self._size)
        start = self._start
        if self._at < start or end > start + len(self._content):
            raise ValueError("bytes that were not verified")
        found = self._content[self._at - start : end - start]
        self._at = end
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing: the file is closed by whoever opened it."""


def collect(folder: Path, known: Iterable[str]) -> tuple[Path, ...]:
    """Remove files that no batch refers to: what a crash or a full disk left behind.

    Parameters
    ----------
    folder
        Of the parts; may be absent.
    known
        Hashes of the parts that batches refer to.

    Returns
    -------
    tuple of pathlib.Path
        What was removed.  To be called only by the one writer, between its batches.
    """
    names = {f"{sha256}.parquet" for sha256 in known}
    stray = [path for path in folder.glob("*") if path.name not in names]
    for path in stray:
        path.unlink(missing_ok=True)
    return tuple(stray)


def damaged_parts(folder: Path, parts: Sequence[Part]) -> tuple[Path, ...]:
    """Return the files that are gone or differ from their hash, read as a whole."""
    return tuple(part.file(folder) for part in parts if not _intact(part.file(folder), part))


def _intact(path: Path, part: Part) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == part.sha256
    except OSError:
        return False
