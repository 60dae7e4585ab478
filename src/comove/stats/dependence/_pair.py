"""The door of every estimator of dependence: two series of one length."""

from __future__ import annotations

from comove.core.errors import NotEstimable
from comove.stats.frames import table
from comove.stats.sample import Floats, vector


def pair(x: object, y: object, *, least: int) -> tuple[Floats, Floats]:
    """Return two checked series.

    Parameters
    ----------
    x, y
        Shape (T,): arrays, series, or frames of one column.
    least
        Smallest T accepted.

    Returns
    -------
    tuple[Floats, Floats]
        Each of shape (T,).

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.

    Examples
    --------
    >>> [series.tolist() for series in pair([1, 2], [4, 3], least=2)]
    [[1.0, 2.0], [4.0, 3.0]]
    """
    first, second = series(x, least=least), series(y, least=least)
    if first.size != second.size:
        raise NotEstimable("shape", got=(first.size, second.size))
    return first, second


def series(x: object, *, least: int) -> Floats:
    """Return one checked series.

    Parameters
    ----------
    x
        Shape (T,): an array, a series, or a frame of one column.
    least
        Smallest T accepted.

    Returns
    -------
    Floats
        Shape (T,).

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite`` or ``constant``.
    """
    values = table(x).values
    if values.shape[1] != 1:
        raise NotEstimable("shape", got=values.shape, columns=1)
    return vector(values[:, 0], least=least)
