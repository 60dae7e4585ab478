"""Breaks found in a regression: how they were asked for, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True)
class BreakOptions:
    """How breaks are searched, tested and chosen.

    Attributes
    ----------
    trim
        Smallest segment as a share of T: 0.10, 0.15 or 0.20.
    most
        Most breaks chosen; None takes what the trim allows, 5 (3 at 0.20), which are always tested.
    choose
        "sequential" adds breaks while one more is significant, "bic" and "lwz" minimise an
        information criterion.
    lags
        Bartlett truncation lag; the default rule when None.
    alpha
        Size of the sequential tests.
    level
        Coverage of the intervals.
    """

    trim: float = 0.15
    most: int | None = None
    choose: Literal["sequential", "bic", "lwz"] = "sequential"
    lags: int | None = None
    alpha: float = 0.05
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BaiPerron(Result):
    """Breaks of a regression.

    Attributes
    ----------
    names
        Of the q coefficients; "const" is the intercept.
    count
        Number of breaks chosen, m.
    breaks, labels
        First rows of the later segments, and their labels.
    date_low, date_high
        Shape (m,), interval of each break in rows.
    coef, se, low, high
        Shape (m + 1, q), of each segment, with robust errors.
    sup_f, pvalue
        Shape (M,), robust F of no break against 1, 2, .. M, at the best places, and its p-value.
        Tables and programs that "scale" the statistic show q times this.
    double_max, double_max_pvalue
        Largest of ``sup_f`` and its p-value: is there any break at all.
    next_f, next_pvalue
        Shape (M,), robust F of l against l + 1 breaks for l = 0 .. M - 1, and its p-value; NaN
        where no segment is long enough for one more.
    squares, bic, lwz
        Shape (M + 1,), least sum of squares (squared units of y) and criteria with 0 .. M breaks.
    by_breaks
        The best places for 1 .. M breaks.
    long_run
        Shape (q, q), long-run variance of regressors times residuals behind the errors.
    level, nobs, options
        Coverage, T, as asked.
    """

    names: tuple[str, ...]
    count: int
    breaks: tuple[int, ...]
    labels: tuple[Any, ...]
    date_low: Floats
    date_high: Floats
    coef: Floats
    se: Floats
    low: Floats
    high: Floats
    sup_f: Floats
    pvalue: Floats
    double_max: float
    double_max_pvalue: float
    next_f: Floats
    next_pvalue: Floats
    squares: Floats
    bic: Floats
    lwz: Floats
    by_breaks: tuple[tuple[int, ...], ...]
    long_run: Floats
    level: float
    nobs: int
    options: BreakOptions

    def to_frame(self) -> DataFrame:
        """Return one line a segment: start, stop (exclusive), coefficients with errors."""
        import pandas as pd

        edges = [0, *self.breaks, self.nobs]
        frame = pd.DataFrame({"start": edges[:-1], "stop": edges[1:]})
        for column, name in enumerate(self.names):
            frame[name] = self.coef[:, column]
            frame[f"{name} low"] = self.low[:, column]
            frame[f"{name} high"] = self.high[:, column]
        return frame

    def tests(self) -> DataFrame:
        """Return one line for each number of breaks: tests and criteria."""
        import pandas as pd

        columns = {"sup_f": self.sup_f, "pvalue": self.pvalue, "next_f": self.next_f}
        columns |= {"next_pvalue": self.next_pvalue, "bic": self.bic[1:], "lwz": self.lwz[1:]}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(self.sup_f) + 1, name="breaks"))
