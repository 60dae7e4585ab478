"""Connectedness as it is handed over: one table, a table per date, a table per band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from comove.stats.connectedness._measures import (
    between,
    corrected,
    received,
    sealed,
    sent,
    total_index,
)
from comove.stats.frames import Labels, data_frame
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


class _Directions(Result):
    """What one or many tables say about directions; all figures are fractions."""

    names: tuple[str, ...]
    table: Floats

    @property
    def from_(self) -> Floats:
        """What each column receives from the others, shape (..., k)."""
        return received(self.table)

    @property
    def to(self) -> Floats:
        """What each column sends to the others, shape (..., k); not bounded by one."""
        return sent(self.table)

    @property
    def net(self) -> Floats:
        """Sent less received, shape (..., k); positive for a net sender; sums to zero."""
        return sealed(sent(self.table) - received(self.table))

    @property
    def pairwise(self) -> Floats:
        """Shape (..., k, k): entry (i, j) is what i receives from j less what j receives from i."""
        return between(self.table)

    def _columns(self) -> dict[str, Floats]:
        """Directions of many tables, one named column each."""
        kinds = (("to", self.to), ("from", self.from_), ("net", self.net))
        return {
            f"{kind}_{name}": values[:, place]
            for kind, values in kinds
            for place, name in enumerate(self.names)
        }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Connectedness(_Directions):
    """One connectedness table and the vector autoregression behind it.

    Parameters
    ----------
    names
        The k columns.
    table
        Shape (k, k), fractions of a row's forecast error variance: row i receives, column j sends.
    method
        ``"generalized"`` or ``"cholesky"``.
    lags, horizon, nobs
        Lags p, horizon H and rows T used (lag rows included).
    radius
        Largest modulus of the roots, below 1.
    coefficients
        Shape (p, k, k), effect of column j on column i.
    sigma
        Shape (k, k), covariance of the residuals divided by T - p.
    """

    headline: ClassVar[tuple[str, ...]] = ("total", "total_corrected")

    names: tuple[str, ...]
    table: Floats
    method: str
    lags: int
    horizon: int
    nobs: int
    radius: float
    coefficients: Floats
    sigma: Floats

    @property
    def total(self) -> float:
        """Mean share received from others, a fraction between 0 and 1.

        Where every column sends alike it is (k - 1) / k; only where columns are explained more by
        others than by themselves does it lie above.
        """
        return float(total_index(self.table))

    @property
    def total_corrected(self) -> float:
        """The total times k / (k - 1), so that 1 is what columns that all send alike reach.

        Comparable over numbers of columns; rarely a little above 1.
        """
        return float(corrected(total_index(self.table), len(self.names)))

    def to_frame(self) -> DataFrame:
        """Return the table: rows receive, columns send, fractions."""
        return data_frame(dict(zip(self.names, self.table.T, strict=True)), self.names)

    def _shown(self) -> DataFrame:
        margins = {"from": [*self.from_, *[np.nan] * 2]}
        below = np.vstack([self.table, self.to, self.net])
        columns = dict(zip(self.names, below.T, strict=True))
        return data_frame({**columns, **margins}, [*self.names, "to", "net"])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConnectednessPath(_Directions):
    """A connectedness table per date.

    Parameters
    ----------
    names
        The k columns.
    dates
        Shape (N,), label of the last row that a line rests on.
    table
        Shape (N, k, k), fractions: row i receives, column j sends; NaN in a line that was skipped.
    method
        ``"generalized"`` or ``"cholesky"``.
    lags, horizon, nobs
        Lags p, horizon H and rows T of the sample.
    window
        Rows of a window, lag rows included; None where lines do not rest on windows.
    explosive
        Lines whose autoregression had a root outside the unit circle.
    singular
        Lines skipped because a column did not vary, or was explained by the others.
    """

    headline: ClassVar[tuple[str, ...]] = ("latest",)

    names: tuple[str, ...]
    dates: Labels
    table: Floats
    method: str
    lags: int
    horizon: int
    nobs: int
    window: int | None = None
    explosive: int = 0
    singular: int = 0

    @property
    def total(self) -> Floats:
        """Mean share received from others, shape (N,), fractions."""
        return total_index(self.table)

    @property
    def total_corrected(self) -> Floats:
        """The total times k / (k - 1), shape (N,)."""
        return corrected(total_index(self.table), len(self.names))

    @property
    def latest(self) -> float:
        """The total of the last line; NaN if it was skipped."""
        return float(self.total[-1])

    def to_frame(self) -> DataFrame:
        """Return totals, to, from and net of each column by date, fractions."""
        totals = {"total": self.total, "total_corrected": self.total_corrected}
        return data_frame({**totals, **self._columns()}, self.dates)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DriftingConnectedness(ConnectednessPath):
    """A path from a vector autoregression whose parameters drift.

    Parameters
    ----------
    kappa
        Forgetting factors of the coefficients and of the covariance of the errors.
    prior
        Where the filter started from.
    causal
        Whether a line rests on no later row than its own.
    coefficients
        Shape (p, k, k) after the last row, unit of the data.
    sigma
        Shape (k, k) after the last row, unit of the data.
    """

    kappa: tuple[float, float]
    prior: str
    causal: bool
    coefficients: Floats
    sigma: Floats


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FrequencyConnectedness(_Directions):
    """A connectedness table per band of frequencies; the bands add up to one table.

    Parameters
    ----------
    names
        The k columns.
    bands
        The B bands, in observations.
    table
        Shape (B, k, k), fractions of the variance in all bands together: row i receives, column j
        sends.
    method
        ``"generalized"`` or ``"cholesky"``.
    lags, horizon, nobs
        Lags p, horizon H and rows T used.
    """

    headline: ClassVar[tuple[str, ...]] = ("overall",)

    names: tuple[str, ...]
    bands: tuple[tuple[float, float], ...]
    table: Floats
    method: str
    lags: int
    horizon: int
    nobs: int

    @property
    def total(self) -> Floats:
        """Shape (B,): share received from others within the band, of the variance in all bands."""
        return total_index(self.table)

    @property
    def total_corrected(self) -> Floats:
        """The total times k / (k - 1), shape (B,)."""
        return corrected(total_index(self.table), len(self.names))

    @property
    def within(self) -> Floats:
        """Shape (B,): share received from others, of the variance in that band alone."""
        size = len(self.names)
        return sealed(total_index(self.table) * size / self.table.sum(axis=(-2, -1)))

    @property
    def overall(self) -> float:
        """The total of all bands together."""
        return float(self.total.sum())

    def to_frame(self) -> DataFrame:
        """Return totals, to, from and net of each column by band, fractions."""
        totals = {"total": self.total, "within": self.within}
        return data_frame({**totals, **self._columns()}, _labels(self.bands))


def _labels(bands: Sequence[tuple[float, float]]) -> list[str]:
    return [f"{low:g}-{high:g}" for low, high in bands]
