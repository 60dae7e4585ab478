"""What a connectedness table says: totals, who receives, who sends, and pair by pair."""

from __future__ import annotations

import numpy as np

from comove.stats.sample import Floats


def received(table: Floats) -> Floats:
    """Return what each column receives from all others.

    Parameters
    ----------
    table
        Shape (..., k, k), fractions; row i receives, column j sends.

    Returns
    -------
    Floats
        Shape (..., k), fractions, read-only.

    Examples
    --------
    >>> received(np.array([[0.75, 0.25], [0.5, 0.5]])).tolist()
    [0.25, 0.5]
    """
    return sealed(table.sum(axis=-1) - np.diagonal(table, axis1=-2, axis2=-1))


def sent(table: Floats) -> Floats:
    """Return what each column sends to all others; not bounded by one.

    Parameters
    ----------
    table
        Shape (..., k, k), fractions; row i receives, column j sends.

    Returns
    -------
    Floats
        Shape (..., k), fractions, read-only.

    Examples
    --------
    >>> sent(np.array([[0.75, 0.25], [0.5, 0.5]])).tolist()
    [0.5, 0.25]
    """
    return sealed(table.sum(axis=-2) - np.diagonal(table, axis1=-2, axis2=-1))


def between(table: Floats) -> Floats:
    """Return what each column receives from each other one, net of what it sends there.

    Parameters
    ----------
    table
        Shape (..., k, k), fractions; row i receives, column j sends.

    Returns
    -------
    Floats
        Shape (..., k, k), fractions, antisymmetric, read-only; entry (i, j) is positive when i
        receives more from j than j from i.

    Examples
    --------
    >>> between(np.array([[0.75, 0.25], [0.5, 0.5]])).tolist()
    [[0.0, -0.25], [0.25, 0.0]]
    """
    return sealed(table - np.swapaxes(table, -1, -2))


def total_index(table: Floats) -> Floats:
    """Return the mean share that comes from others.

    Parameters
    ----------
    table
        Shape (..., k, k), fractions.

    Returns
    -------
    Floats
        Shape (...), read-only; between 0 and 1 for rows that sum to one, (k - 1) / k where every
        column sends alike.

    Examples
    --------
    >>> float(total_index(np.array([[0.75, 0.25], [0.5, 0.5]])))
    0.375
    """
    return sealed(np.asarray(received(table).mean(axis=-1)))


def corrected(total: Floats, columns: int) -> Floats:
    """Stretch the index to the range 0 to 1, so that systems of different size compare.

    Parameters
    ----------
    total
        Shape (...), index of a system with k columns.
    columns
        The number k.

    Returns
    -------
    Floats
        Shape (...), ``total * k / (k - 1)``, read-only.

    Examples
    --------
    >>> float(corrected(np.array(0.5), 2))
    1.0
    """
    return sealed(np.asarray(total * (columns / (columns - 1.0))))


def sealed(values: Floats) -> Floats:
    """Return the array, closed for writing.

    Parameters
    ----------
    values
        Any shape; changed in place.

    Returns
    -------
    Floats
        The same array.
    """
    values.setflags(write=False)
    return values
