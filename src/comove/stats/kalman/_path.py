"""Coefficients row by row, with their band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from comove.stats.frames import Labels, data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Betas(Result):
    """Coefficients that drift, line by line.

    Attributes
    ----------
    names, index
        Of the q coefficients, ``"const"`` first when there is an intercept, and of the T rows.
    coef, variance
        Shape (T, q), units of y per unit of x, and their squares.  Filtered lines rest on rows up
        to their own, smoothed ones on all.  NaN in filtered lines before ``first``.
    critical
        Shape (T,), half the width of the band in standard deviations.
    predicted, spread
        Shape (T,), forecast of a line from the rows before it and the standard deviation of its
        error (its scale where the noise is learned), units of y; NaN up to line ``first`` when
        the start is diffuse.
    loglik
        Log-likelihood of the forecast errors, constants included; for a diffuse start of those
        after as many rows as there are coefficients.
    first
        The first line whose coefficients are all known; 0 unless the start is diffuse.
    level
        Coverage of the band, line by line.
    smoothed
        Whether the lines look ahead.
    nobs
        T.
    """

    headline: ClassVar[tuple[str, ...]] = ("latest",)

    names: tuple[str, ...]
    index: Labels
    coef: Floats
    variance: Floats
    critical: Floats
    predicted: Floats
    spread: Floats
    loglik: float
    first: int
    level: float
    smoothed: bool
    nobs: int

    @property
    def latest(self) -> tuple[float, ...]:
        """The coefficients of the last line."""
        return tuple(self.coef[-1].tolist())

    @property
    def low(self) -> Floats:
        """Lower edge of the band, shape (T, q)."""
        return np.asarray(self.coef - self.critical[:, None] * np.sqrt(self.variance))

    @property
    def high(self) -> Floats:
        """Upper edge of the band, shape (T, q)."""
        return np.asarray(self.coef + self.critical[:, None] * np.sqrt(self.variance))

    def to_frame(self) -> DataFrame:
        """Return coefficient, low and high of each name, and the forecast, by row label."""
        low, high = self.low, self.high
        columns = {}
        for place, name in enumerate(self.names):
            columns[name] = self.coef[:, place]
            columns[f"{name}_low"], columns[f"{name}_high"] = low[:, place], high[:, place]
        return data_frame({**columns, "predicted": self.predicted}, self.index)
