"""The door of every estimator: a sample is checked once, and refused with a reason."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable

Floats = NDArray[np.float64]


def vector(x: ArrayLike, *, least: int = 1, varies: bool = True) -> Floats:
    """Return ``x`` as a checked (T,) array.

    Parameters
    ----------
    x
        Shape (T,). No NaN, no infinity.
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
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Examples
    --------
    >>> vector([1, 2, 4]).tolist()
    [1.0, 2.0, 4.0]
    """
    array = np.ascontiguousarray(x, dtype=np.float64)
    if array.ndim != 1:
        raise NotEstimable("shape", ndim=array.ndim, expected=1)
    return _checked(array, least, varies)


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
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Examples
    --------
    >>> matrix([[1, 2], [3, 5]]).shape
    (2, 2)
    """
    array = np.ascontiguousarray(x, dtype=np.float64)
    if array.ndim != 2 or (columns is not None and array.shape[1] != columns):
        raise NotEstimable("shape", got=array.shape, columns=columns)
    return _checked(array, least, varies)


def _checked(array: Floats, least: int, varies: bool) -> Floats:
    if array.shape[0] < least:
        raise NotEstimable("too_short", nobs=array.shape[0], least=least)
    if not np.isfinite(array).all():
        raise NotEstimable("not_finite")
    if varies and (np.ptp(array, axis=0) == 0.0).any():
        raise NotEstimable("constant")
    return array
