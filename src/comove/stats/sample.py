"""The door of every estimator: a sample is checked once, and refused with a reason."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable

Floats = NDArray[np.float64]


def column(x: ArrayLike) -> Floats:
    """Return ``x`` as numbers of shape (T,), unchecked: missing values stay NaN.

    Parameters
    ----------
    x
        Shape (T,), or a data frame of one column.

    Returns
    -------
    Floats
        Shape (T,), C-contiguous.

    Raises
    ------
    NotEstimable
        ``shape``, or ``not_numeric`` for text.

    Examples
    --------
    >>> column([1, 2, 4]).tolist()
    [1.0, 2.0, 4.0]
    """
    array = _numbers(x)
    if array.ndim == 2 and array.shape[1] == 1 and hasattr(x, "columns"):
        array = np.ascontiguousarray(array[:, 0])
    if array.ndim != 1:
        raise NotEstimable("shape", ndim=array.ndim, expected=1)
    return array


def vector(x: ArrayLike, *, least: int = 1, varies: bool = True) -> Floats:
    """Return ``x`` as a checked (T,) array.

    Parameters
    ----------
    x
        Shape (T,), or a data frame of one column. No NaN, no infinity.
    least
        Smallest T accepted.
    varies
        Refuse a constant sample.

    Returns
    -------
    Floats
        Shape (T,), C-contiguous.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_numeric``, ``too_short``, ``not_finite`` or ``constant``.

    Examples
    --------
    >>> vector([1, 2, 4]).tolist()
    [1.0, 2.0, 4.0]
    """
    return _checked(column(x), least, varies)


def matrix(
    x: ArrayLike, *, least: int = 1, columns: int | None = None, varies: bool = True
) -> Floats:
    """Return ``x`` as a checked (T, k) array.

    Parameters
    ----------
    x
        Shape (T, k). No NaN, no infinity.
    least
        Smallest T accepted.
    columns
        The k required; any k >= 1 when None.
    varies
        Refuse a constant column.

    Returns
    -------
    Floats
        Shape (T, k), C-contiguous.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_numeric``, ``too_short``, ``not_finite`` or ``constant``.

    Examples
    --------
    >>> matrix([[1, 2], [3, 5]]).shape
    (2, 2)
    """
    array = _numbers(x)
    if array.ndim != 2 or (columns is not None and array.shape[1] != columns):
        raise NotEstimable("shape", got=array.shape, columns=columns)
    return _checked(array, least, varies)


def _numbers(x: ArrayLike) -> Floats:
    try:
        return np.ascontiguousarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotEstimable("not_numeric", got=type(x).__name__) from None


def _checked(array: Floats, least: int, varies: bool) -> Floats:
    if array.shape[0] < least:
        raise NotEstimable("too_short", nobs=array.shape[0], least=least)
    if not np.isfinite(array).all():
        raise NotEstimable("not_finite")
    if varies and (np.ptp(array, axis=0) == 0.0).any():
        raise NotEstimable("constant")
    return array
