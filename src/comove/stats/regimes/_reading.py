"""A series and its regressors as they come in."""

from __future__ import annotations

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, table
from comove.stats.sample import Floats, matrix, vector

Regression = tuple[Floats, Floats, tuple[str, ...], Labels]


def read_regression(y: object, x: object, *, intercept: bool, varies: bool = True) -> Regression:
    """Read a regression.

    Parameters
    ----------
    y
        Shape (T,), array or frame of one column.
    x
        Shape (T, p), array or frame, or None.
    intercept
        Put a constant, named "const", before the columns.
    varies
        Refuse a constant series.

    Returns
    -------
    tuple
        Series (T,), regressors (T, q), their names, and the row labels of y.

    Raises
    ------
    NotEstimable
        ``shape``, ``names``, ``not_finite`` or ``constant`` (y).
    """
    target = table(y)
    if target.values.shape[1] != 1:
        raise NotEstimable("shape", got=target.values.shape, columns=1)
    series = vector(target.values[:, 0], varies=varies)
    parts, names = [], []
    if intercept:
        parts.append(np.ones((len(series), 1)))
        names.append("const")
    if x is not None:
        given = table(x)
        parts.append(matrix(given.values, varies=False))
        names += given.names
        if len(given.values) != len(series):
            raise NotEstimable("shape", got=given.values.shape, nobs=len(series))
    if len(set(names)) != len(names):
        raise NotEstimable("names", names=", ".join(names))
    columns = np.hstack(parts) if parts else np.empty((len(series), 0))
    return series, np.ascontiguousarray(columns), tuple(names), target.index
