"""The door of every estimator: a sample is checked once, and refused with a reason."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable

Floats = NDArray[np.float64]

LARGEST = 1e100
"""Size of a value above which the products of an estimate would no longer be finite."""

SMALLEST = 1e-100
"""Range of a series below which its squares would vanish: as good as constant."""


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
    array = numbers(x)
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
        Shape (T,), or a data frame of one column. No NaN, no infinity, nothing above 1e100.
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
    return _checked(column(x), least, varies, LARGEST)


def matrix(
    x: ArrayLike,
    *,
    least: int = 1,
    columns: int | None = None,
    varies: bool = True,
    largest: float = LARGEST,
) -> Floats:
    """Return ``x`` as a checked (T, k) array.

    Parameters
    ----------
    x
        Shape (T, k). No NaN, no infinity, nothing above 1e100.
    least
        Smallest T accepted.
    columns
        The k required; any k >= 1 when None.
    varies
        Refuse a constant column.
    largest
        Size of a value above which it passes for infinite; raise it where nothing is multiplied.

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
    array = numbers(x)
    if array.ndim != 2 or (columns is not None and array.shape[1] != columns):
        raise NotEstimable("shape", got=array.shape, columns=columns)
    return _checked(array, least, varies, largest)


def numbers(x: ArrayLike) -> Floats:
    """Return ``x`` as a C-contiguous float64 array of any shape, unchecked.

    Parameters
    ----------
    x
        Numbers; text is refused even where it spells a number.

    Returns
    -------
    Floats
        Of the shape of ``x``; missing values are NaN.

    Raises
    ------
    NotEstimable
        ``not_numeric``.

    Examples
    --------
    >>> numbers([[1, 2]]).shape
    (1, 2)
    """
    try:
        array = np.asarray(x)
        if array.dtype.kind not in "USMmc":
            return np.asarray(array, dtype=np.float64, order="C")
    except (TypeError, ValueError):
        pass
    raise NotEstimable("not_numeric", got=type(x).__name__)


def _checked(array: Floats, least: int, varies: bool, largest: float) -> Floats:
    if array.shape[0] < least:
        raise NotEstimable("too_short", nobs=array.shape[0], least=least)
    if array.size == 0:
        return array
    # A NaN fails every comparison.
    if not (array.min() >= -largest and array.max() <= largest):
        raise NotEstimable("not_finite")
    if varies and (np.ptp(array, axis=0) <= SMALLEST).any():
        raise NotEstimable("constant")
    return array
