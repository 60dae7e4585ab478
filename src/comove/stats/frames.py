"""The door for tables: anybody's data frame in, values, names and labels; results out as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, numbers

if TYPE_CHECKING:
    from pandas import DataFrame

Labels = NDArray[Any]
"""Row labels as they came: integers, datetime64 or objects, shape (T,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Numbers with the names of their columns and the labels of their rows.

    Parameters
    ----------
    values
        Shape (T, k), float64, read-only; missing values are NaN.
    names
        The k column names, all different.
    index
        Shape (T,), row labels, read-only.
    """

    values: Floats
    names: tuple[str, ...]
    index: Labels


def table(x: object) -> Table:
    """Return an array or a data frame as a table of numbers.

    Parameters
    ----------
    x
        Shape (T, k) or (T,): a numpy array, nested lists, or an eager data frame or series of
        pandas, polars or another library that narwhals knows.

    Returns
    -------
    Table
        Names are those of the frame, "0", "1", ... for an array.  Labels are the pandas index; of
        a frame without an index its one column of dates or times, which then is not a value; else
        0, 1, ....  Nothing is checked beyond that: missing and infinite values pass, and each
        estimator says what it accepts.

    Raises
    ------
    NotEstimable
        ``shape`` when there is no (T, k) of numbers, ``not_numeric`` for a column that holds
        something else, ``names`` when two columns have one name.

    Notes
    -----
    Narwhals is loaded only for what is neither an array nor a list.

    Examples
    --------
    >>> both = table([[1, 2], [3, 4], [5, 6]])
    >>> both.values.shape, both.names, both.index.tolist()
    ((3, 2), ('0', '1'), [0, 1, 2])
    """
    if isinstance(x, np.ndarray | list | tuple):
        return _from_array(x)
    return _from_frame(x)


def _from_array(x: object) -> Table:
    try:
        values = numbers(cast("ArrayLike", x))
    except NotEstimable:
        raise NotEstimable("shape", got=type(x).__name__) from None
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise NotEstimable("shape", got=values.shape)
    names = tuple(str(number) for number in range(values.shape[1]))
    return _sealed(values, names, np.arange(values.shape[0]))


def _from_frame(x: object) -> Table:
    import narwhals as nw

    try:
        native: Any = nw.from_native(x, eager_only=True, allow_series=True, pass_through=True)
    except nw.exceptions.DuplicateError:
        raise NotEstimable("names") from None
    if isinstance(native, nw.Series):
        native = native.to_frame()
    if not isinstance(native, nw.DataFrame):
        return _from_array(x)
    index = nw.maybe_get_index(native)
    clocks = [name for name, kind in native.schema.items() if kind.is_temporal()]
    labels: Labels = np.arange(len(native)) if index is None else np.asarray(index)
    if index is None and len(clocks) == 1:
        labels = native[clocks[0]].to_numpy()
        native = native.drop(clocks)
    for name, kind in native.schema.items():
        if not kind.is_numeric():
            raise NotEstimable("not_numeric", column=str(name))
    columns = [_column(series) for series in native.iter_columns()]
    if not columns:
        raise NotEstimable("shape", got=(len(native), 0))
    names = tuple(str(name) for name in native.columns)
    return _sealed(np.column_stack(columns), names, labels)


def _column(series: Any) -> Floats:  # noqa: ANN401 - narwhals types its series by the library behind
    import narwhals as nw

    missing = np.asarray(series.is_null().to_numpy(), dtype=bool)
    kept = series.cast(nw.Float64).fill_null(0.0) if missing.any() else series.cast(nw.Float64)
    values: Floats = np.array(kept.to_numpy(), dtype=np.float64)
    values[missing] = np.nan
    return values


def _sealed(values: Floats, names: tuple[str, ...], index: Labels) -> Table:
    """Build the table over views, so that sealing it does not seal what the caller holds."""
    if len(set(names)) != len(names):
        raise NotEstimable("names", names=", ".join(names))
    views = values.view(), index.view()
    for view in views:
        view.setflags(write=False)
    return Table(values=views[0], names=names, index=views[1])


def data_frame(
    columns: Mapping[str, ArrayLike], index: Labels | Sequence[object] | None = None
) -> DataFrame:
    """Return named columns as a pandas data frame; pandas is loaded here and nowhere before.

    Parameters
    ----------
    columns
        Each of shape (n,), in the order wanted; copied.
    index
        The n row labels; 0, 1, ... when None.

    Returns
    -------
    pandas.DataFrame
        The caller's own: writing to it touches no result.

    Examples
    --------
    >>> data_frame({"a": [1.0, 2.0]}, ["x", "y"]).loc["y", "a"].item()
    2.0
    """
    import pandas as pd

    copies = {name: np.array(column) for name, column in columns.items()}
    return pd.DataFrame(copies, index=None if index is None else pd.Index(index))
