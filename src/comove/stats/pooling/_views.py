"""Views: statements about expectations that probabilities are to satisfy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import table
from comove.stats.sample import Floats, vector

Sense = Literal["==", "<=", ">="]


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """The expectation of something over the scenarios is, is at most, or is at least a target.

    Parameters
    ----------
    values
        Shape (S,): what is averaged, one figure per scenario; an array or a series.  A mask of
        scenarios (zeros and ones) makes the view one about a probability.
    target
        What the expectation is to be, in the unit of the values.
    sense
        ``"=="`` (default), ``"<="`` or ``">="``.
    """

    values: object
    target: float
    sense: Sense = "=="


@dataclass(frozen=True, kw_only=True, eq=False)
class Constraints:
    """Views in common units: every expectation is to be zero, or at least zero.

    Parameters
    ----------
    gaps
        Shape (S, m): value less target in prior standard deviations, sign turned for ``"<="``.
    bounded
        Shape (m,), true for inequalities.
    unit
        Shape (m,): what a gap of one is, in the unit of the view, with the sign.
    """

    gaps: Floats
    bounded: NDArray[np.bool_]
    unit: Floats


def prior_probabilities(prior: object, scenarios: int) -> Floats:
    """Return checked prior probabilities.

    Parameters
    ----------
    prior
        Shape (S,), not negative, in any total; equal when None.
    scenarios
        S.

    Returns
    -------
    Floats
        Shape (S,), adding up to one.

    Raises
    ------
    NotEstimable
        ``shape``, ``not_finite``, ``not_positive`` (a negative one, or none above zero).

    Examples
    --------
    >>> prior_probabilities([1.0, 3.0], 2).tolist()
    [0.25, 0.75]
    """
    if prior is None:
        return np.full(scenarios, 1.0 / scenarios)
    given = _column(prior, varies=False)
    if given.size != scenarios:
        raise NotEstimable("shape", prior=given.size, scenarios=scenarios)
    if given.min() < 0.0 or not given.max() > 0.0:
        raise NotEstimable("not_positive", least=float(given.min()))
    scaled = given / given.max()
    total: Floats = scaled / scaled.sum()
    return total


def view_columns(views: Sequence[View]) -> Floats:
    """Return what the views average, side by side.

    Parameters
    ----------
    views
        At least one.

    Returns
    -------
    Floats
        Shape (S, m).

    Raises
    ------
    NotEstimable
        ``views`` when there are none or a sense is unknown, ``shape`` when they differ in length,
        ``too_short`` (fewer than two scenarios), ``not_finite``, ``constant``.

    Examples
    --------
    >>> view_columns([View(values=[1.0, 2.0], target=1.2)]).shape
    (2, 1)
    """
    if not views:
        raise NotEstimable("views", given=0)
    for view in views:
        if view.sense not in ("==", "<=", ">="):
            raise NotEstimable("views", sense=view.sense)
        if not np.isfinite(view.target):
            raise NotEstimable("not_finite", target=view.target)
    columns = [_column(view.values, varies=True) for view in views]
    if len({column.size for column in columns}) > 1:
        raise NotEstimable("shape", scenarios=tuple(column.size for column in columns))
    return np.column_stack(columns)


def constraints(views: Sequence[View], columns: Floats, prior: Floats) -> Constraints:
    """Bring views into common units.

    Parameters
    ----------
    views
        At least one.
    columns
        Shape (S, m), what they average, in scenarios that can happen.
    prior
        Shape (S,), positive.

    Returns
    -------
    Constraints
        In prior standard deviations from the target.

    Raises
    ------
    NotEstimable
        ``constant`` when a view averages the same in every scenario that can happen.

    Examples
    --------
    >>> values = np.array([[-1.0], [1.0]])
    >>> made = constraints([View(values=values[:, 0], target=0.5, sense="<=")], values, [0.5, 0.5])
    >>> made.gaps.tolist(), made.unit.tolist()
    ([[1.5], [-0.5]], [-1.0])
    """
    # the target goes first: a large common level then leaves no rounding behind
    gaps = columns - np.array([view.target for view in views])
    mean = prior @ gaps
    deviation = np.sqrt(prior @ (gaps - mean) ** 2)
    if (np.ptp(gaps, axis=0) == 0.0).any():
        raise NotEstimable("constant")
    unit = deviation * np.array([-1.0 if view.sense == "<=" else 1.0 for view in views])
    return Constraints(
        gaps=gaps / unit,
        bounded=np.array([view.sense != "==" for view in views]),
        unit=unit,
    )


def _column(values: object, *, varies: bool) -> Floats:
    given = table(values).values
    if given.shape[1] != 1:
        raise NotEstimable("shape", got=given.shape, columns=1)
    return vector(given[:, 0], least=2, varies=varies)
