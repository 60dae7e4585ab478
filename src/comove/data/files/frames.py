"""A data frame of pandas, polars or another library becomes the rows of declared series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.data.catalogue import Catalogue
from comove.data.files.columns import tables_of
from comove.data.files.declaring import declared_series
from comove.data.files.grid import Grid
from comove.data.files.options import FileOptions
from comove.data.files.reading import FileTable
from comove.data.files.typed import Unusable, aware


def read_frame(
    frame: Any,  # noqa: ANN401 - a frame of any library
    declare: Mapping[str, Any],
    options: FileOptions,
    catalogue: Catalogue,
) -> tuple[FileTable, ...]:
    """Read every series of a data frame, as :func:`~comove.data.files.reading.read_file` does.

    Parameters
    ----------
    frame
        Of pandas, polars, PyArrow or another library that narwhals knows; wide or long.  A named
        or date index of pandas is a column like any other.
    declare
        Id to declaration, with the fields of ``[series.<id>]`` in TOML.
    options
        As for a file.
    catalogue
        What series there are.

    Returns
    -------
    tuple of FileTable
        In the order of the frame.

    Raises
    ------
    UnreadableFileError
        When it is no frame, or a cell cannot be read.
    UndeclaredSeriesError
        When a column belongs to no series.
    QuestionError
        When a declaration is wrong.
    """
    declared = declared_series(declare, catalogue, "declare")
    grid = frame_grid(frame)
    return tuple(
        FileTable(
            spec=found.spec,
            rows=found.rows,
            column=found.column,
            declared=found.spec.id in declared,
        )
        for found in tables_of(grid, options, catalogue.with_series(declared))
    )


def frame_grid(frame: Any) -> Grid:  # noqa: ANN401 - a frame of any library
    """Turn a data frame into typed columns.

    Parameters
    ----------
    frame
        See :func:`read_frame`.

    Returns
    -------
    Grid
        With the index of a pandas frame as its first column, unless it only counts rows.

    Raises
    ------
    UnreadableFileError
        When it is no frame.
    """
    import narwhals as nw

    try:
        found = nw.from_native(_with_index(frame), eager_only=True)
    except (TypeError, ValueError) as error:
        raise UnreadableFileError(
            "file.not_a_frame",
            "{kind} is no data frame.",
            "Give one of pandas, polars or PyArrow, in memory.",
            kind=type(frame).__name__,
        ) from error
    names = [str(name) for name in found.columns]
    columns = [_column(found[name]) for name in found.columns]
    return Grid(header=tuple(names), columns=tuple(columns))


def _with_index(frame: Any) -> Any:  # noqa: ANN401 - a frame of any library
    """Make the index of a pandas frame or series a column, unless it only counts rows."""
    if hasattr(frame, "to_frame") and hasattr(frame, "index"):
        frame = frame.to_frame()
    index = getattr(frame, "index", None)
    if index is None or not hasattr(frame, "reset_index"):
        return frame
    plain = type(index).__name__ == "RangeIndex" and index.name is None
    if plain:
        return frame
    return frame.rename_axis(index.name or "date").reset_index()


def _column(series: Any) -> Any:  # noqa: ANN401 - cells of any type
    import narwhals as nw

    kind = series.dtype
    if kind == nw.Datetime:
        return _moments(series, getattr(kind, "time_zone", None))
    if kind.is_float() or (kind.is_integer() and not series.null_count()):
        return np.asarray(series.to_numpy())
    if kind in (nw.Categorical, nw.Enum):
        series = series.cast(nw.String)
    elif not (kind in (nw.String, nw.Date, nw.Object) or kind.is_numeric()) and (
        kind != nw.Unknown or len(series.drop_nulls())
    ):
        return Unusable(str(kind), len(series))
    return [_plain(found) for found in series.to_list()]


def _moments(series: Any, zone: str | None) -> Any:  # noqa: ANN401 - narwhals' own type
    if not zone:
        return np.asarray(series.to_numpy(), dtype="M8[s]")
    moments = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy()
    return aware(np.asarray(moments, dtype="M8[s]"), str(zone))


def _plain(found: object) -> object:
    """Turn NumPy's and pandas' missing values and scalars into Python's."""
    if found is None or type(found).__name__ in ("NAType", "NaTType") or found != found:  # noqa: PLR0124 - NaN
        return None
    return found.item() if isinstance(found, np.generic) else found
