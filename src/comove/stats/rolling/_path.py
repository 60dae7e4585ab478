"""Correlations as they are handed over: a path with its band, and a table over one window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from comove.stats.frames import Labels, data_frame, table
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CorrelationPath(Result):
    """A correlation at every row, with a band that holds point by point.

    Attributes
    ----------
    index
        Shape (T,), labels of the rows of the first series.
    value, low, high
        Shape (T,); NaN where there is no value.
    rule
        How rows were weighed.
    level
        Coverage at each point, not of the whole path.
    nobs
        T.
    """

    headline: ClassVar[tuple[str, ...]] = ("latest",)

    index: Labels
    value: Floats
    low: Floats
    high: Floats
    rule: str
    level: float
    nobs: int

    @property
    def latest(self) -> float:
        """The value of the last row."""
        return float(self.value[-1])

    def to_frame(self) -> DataFrame:
        """Return value, low and high by row label."""
        return data_frame({"value": self.value, "low": self.low, "high": self.high}, self.index)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CorrelationTable(Result):
    """Correlations of all pairs of columns over one window.

    Attributes
    ----------
    names
        The k columns.
    value
        Shape (k, k), symmetric, ones on the diagonal; NaN in row and column of a constant column
        and for pairs with too few rows, the diagonal included where a column has none.
    nobs
        T.
    """

    names: tuple[str, ...]
    value: Floats
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return the matrix, named on both sides."""
        return data_frame(dict(zip(self.names, self.value.T, strict=True)), self.names)


def labels_of(x: ArrayLike) -> Labels:
    """Return the row labels of a series; 0, 1, ... for an array."""
    return table(x).index


def fisher(value: Floats, nobs: Floats | float, level: float) -> tuple[Floats, Floats]:
    """Fisher's interval of correlations that rest on ``nobs`` independent pairs.

    Parameters
    ----------
    value
        Correlations of any shape, in [-1, 1]; NaN gives NaN.
    nobs
        Pairs behind each; up to 3 of them tell nothing, and the interval is [-1, 1].
    level
        Coverage.

    Returns
    -------
    tuple[Floats, Floats]
        Low and high.

    Raises
    ------
    NotEstimable
        ``level`` out of range.
    """
    critical = critical_value(level)
    beyond = np.asarray(nobs, dtype=np.float64) - 3.0
    half = np.full(beyond.shape, math.inf)
    np.divide(
        critical, np.sqrt(beyond, where=beyond > 0.0, out=half.copy()), out=half, where=beyond > 0.0
    )
    inside = np.clip(value, -1.0 + 1e-16, 1.0 - 1e-16)
    centre = np.arctanh(inside)
    return np.asarray(np.tanh(centre - half)), np.asarray(np.tanh(centre + half))
