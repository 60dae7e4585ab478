"""Which rows are the crisis."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable

Flags = NDArray[np.bool_]


def crisis_rows(crisis: ArrayLike, nobs: int, least: int) -> Flags:
    """Check a marking of crisis rows.

    Parameters
    ----------
    crisis
        Shape (T,), true in the crisis.
    nobs
        T.
    least
        Fewest rows on either side.

    Returns
    -------
    ndarray of bool
        Shape (T,).

    Raises
    ------
    NotEstimable
        ``shape`` when it is not T truth values, ``too_short`` when a period has too few rows.
    """
    rows = np.asarray(crisis)
    if rows.shape != (nobs,) or rows.dtype != np.bool_:
        raise NotEstimable("shape", got=rows.shape, nobs=nobs)
    few = int(min(rows.sum(), nobs - rows.sum()))
    if few < least:
        raise NotEstimable("too_short", nobs=few, least=least)
    return rows
