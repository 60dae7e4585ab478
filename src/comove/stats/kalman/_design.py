"""One regression as arrays: target, regressors with their constant, names and row labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, table
from comove.stats.sample import Floats, matrix, vector

CONSTANT = "const"
"""Name of the intercept."""


@dataclass(frozen=True, eq=False)
class Design:
    """Target (T,), regressors (T, q), their names and the labels of the rows.

    ``origin`` may be taken from the target of a diffuse start and given to its constant: a large
    common level then costs no digits.
    """

    target: Floats
    rows: Floats
    names: tuple[str, ...]
    index: Labels
    origin: float = 0.0


def design(y: ArrayLike, x: ArrayLike | None, *, intercept: bool) -> Design:
    """Read a target and its drivers.

    Parameters
    ----------
    y
        Shape (T,) or (T, 1), array or frame.  No NaN, not constant.
    x
        Shape (T, p) or (T,); None for a constant alone.  No NaN; a column may be constant only
        where there is no intercept.
    intercept
        Put a constant before the columns of x.

    Returns
    -------
    Design
        T > q.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` or ``names``.
    """
    aim = table(y)
    if aim.values.shape[1] != 1:
        raise NotEstimable("shape", got=aim.values.shape, expected=1)
    nobs = aim.values.shape[0]
    names: tuple[str, ...] = (CONSTANT,) if intercept else ()
    drivers = np.empty((nobs, 0))
    if x is not None:
        said = table(x)
        if said.values.shape[0] != nobs:
            raise NotEstimable("shape", y=aim.values.shape, x=said.values.shape)
        drivers, names = said.values, names + said.names
    if not names:
        raise NotEstimable("shape", coefficients=0)
    if len(set(names)) != len(names):
        raise NotEstimable("names", names=", ".join(names))
    target = vector(aim.values[:, 0], least=len(names) + 1)
    if drivers.shape[1]:
        drivers = matrix(drivers, varies=False)
        # Few columns end as they begin: only those need a look at every row.
        still = np.flatnonzero(drivers[0] == drivers[-1])
        if intercept and still.size and (np.ptp(drivers[:, still], axis=0) == 0.0).any():
            raise NotEstimable("constant")
    rows = np.empty((nobs, len(names)))
    rows[:, : int(intercept)] = 1.0
    rows[:, int(intercept) :] = drivers
    return Design(target, rows, names, aim.index, float(target[0]) if intercept else 0.0)
