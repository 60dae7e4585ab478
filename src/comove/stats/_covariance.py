"""The door for covariances: a matrix that is one, with the names of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.frames import table
from comove.stats.sample import Floats, matrix

# relative to the largest entry, or to one in a correlation matrix
_ROUNDING = 1e-10

PerColumn = ArrayLike | Mapping[str, float]
"""Shape (k,) in the order of the columns, or a value per column name (a mapping, a series)."""


@runtime_checkable
class Labelled(Protocol):
    """What has labels and values: a mapping, a pandas series."""

    def keys(self) -> Iterable[object]:
        """Return the labels."""

    def items(self) -> Iterable[tuple[object, float]]:
        """Return labels with their values."""


def in_order(values: PerColumn, names: tuple[str, ...]) -> Floats:
    """Return one value per column, in the order of the columns.

    Parameters
    ----------
    values
        Shape (k,), or a value per name.
    names
        The k columns.

    Returns
    -------
    Floats
        Shape (k,), a copy.

    Raises
    ------
    NotEstimable
        ``names`` when the labels are not those of the columns, ``shape``, ``not_finite``.

    Examples
    --------
    >>> in_order({"btc": 0.2, "gdx": 0.8}, ("gdx", "btc")).tolist()
    [0.8, 0.2]
    """
    plain = values
    if isinstance(values, Labelled):
        labelled = {str(name): value for name, value in values.items()}
        if set(labelled) != set(names):
            raise NotEstimable("names", got=", ".join(labelled), columns=", ".join(names))
        plain = [labelled[name] for name in names]
    try:
        column = np.array(plain, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotEstimable("shape", got=type(values).__name__, columns=len(names)) from None
    if column.shape != (len(names),):
        raise NotEstimable("shape", got=column.shape, columns=len(names))
    if not np.isfinite(column).all():
        raise NotEstimable("not_finite")
    return column


def covariance_matrix(covariance: object) -> tuple[tuple[str, ...], Floats]:
    """Return a covariance with the names of its columns.

    Parameters
    ----------
    covariance
        Shape (k, k): an array or a data frame.

    Returns
    -------
    tuple[tuple[str, ...], Floats]
        Names ("0", "1", ... for an array) and the matrix, exactly symmetric.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``not_symmetric``, ``constant`` (a variance of zero) or
        ``not_positive`` (a negative variance, of a column or of a combination of columns).

    Notes
    -----
    A singular matrix is a covariance: one made from fewer rows than columns, for instance.

    Examples
    --------
    >>> covariance_matrix([[4.0, 1.0], [1.0, 9.0]])[0]
    ('0', '1')
    """
    given = table(covariance)
    size = len(given.names)
    values = matrix(given.values, columns=size, varies=False)
    if values.shape != (size, size):
        raise NotEstimable("shape", got=values.shape)
    if np.abs(values - values.T).max() > _ROUNDING * np.abs(values).max():
        raise NotEstimable("not_symmetric")
    variances = np.diag(values)
    if (variances <= 0.0).any():
        raise NotEstimable("not_positive" if (variances < 0.0).any() else "constant")
    if np.linalg.eigvalsh(correlations(values))[0] < -_ROUNDING * size:
        raise NotEstimable("not_positive")
    return given.names, (values + values.T) / 2.0


def correlations(covariance: Floats) -> Floats:
    """Return a covariance in units of its standard deviations.

    Parameters
    ----------
    covariance
        Shape (k, k), positive diagonal.

    Returns
    -------
    Floats
        Shape (k, k), ones on the diagonal.

    Examples
    --------
    >>> correlations(np.array([[4.0, 3.0], [3.0, 9.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    deviations = np.sqrt(np.diag(covariance))
    scaled: Floats = covariance / np.outer(deviations, deviations)
    np.fill_diagonal(scaled, 1.0)
    return scaled
