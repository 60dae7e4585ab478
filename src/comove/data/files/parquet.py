"""A Parquet file becomes typed columns; only its data are read, nothing in it is executed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.data.files.grid import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Grid
from comove.data.files.typed import Unusable, aware


def parquet_grid(content: bytes) -> Grid:
    """Read a Parquet file.

    Parameters
    ----------
    content
        The file.

    Returns
    -------
    Grid
        Typed columns.

    Raises
    ------
    UnreadableFileError
        When it is damaged or too large.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UnreadableFileError(
            "file.not_installed",
            "Reading {kind} files needs a package that is not installed.",
            "Install it: pip install 'comove[files]'.",
            kind="Parquet",
        ) from error
    try:
        file = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
        _refuse_large(file.metadata)
        table = file.read(use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise UnreadableFileError(
            "file.not_parquet", "The file is no Parquet file, or is damaged."
        ) from error
    columns = [column_of(table.column(i)) for i in range(table.num_columns)]
    return Grid(header=tuple(table.column_names), columns=tuple(columns))


def _refuse_large(found: Any) -> None:  # noqa: ANN401 - pyarrow's metadata
    groups = range(found.num_row_groups)
    total = sum(found.row_group(i).total_byte_size for i in groups)
    if found.num_rows > MOST_ROWS or found.num_columns > MOST_COLUMNS or total > MOST_BYTES:
        raise UnreadableFileError("file.too_large", "The file is too large.", "Split it.")


def column_of(chunks: Any) -> Any:  # noqa: ANN401 - an Arrow array in, cells out
    """Turn an Arrow column into numbers, moments or a list of cells.

    Parameters
    ----------
    chunks
        An Arrow array, chunked or not.

    Returns
    -------
    numpy.ndarray, list or Unusable
        Moments that carry a zone become texts with their offset.
    """
    import pyarrow as pa

    kind = chunks.type
    if pa.types.is_dictionary(kind):
        chunks = chunks.cast(kind.value_type)
        kind = chunks.type
    if pa.types.is_date(kind):
        return np.asarray(chunks.cast(pa.timestamp("s")).to_numpy(), dtype="M8[s]")
    if pa.types.is_timestamp(kind):
        moments = chunks.cast(pa.timestamp("s"), safe=False).to_numpy()
        moments = np.asarray(moments, dtype="M8[s]")
        return aware(moments, kind.tz) if kind.tz else moments
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and not chunks.null_count):
        return np.asarray(chunks.to_numpy(), dtype=None)
    if (
        pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    ):
        return chunks.to_pylist()
    if pa.types.is_null(kind):
        return [None] * len(chunks)
    return Unusable(str(kind), len(chunks))
