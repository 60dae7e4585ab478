"""Three tests of contagion side by side: what each sees, and whether they agree."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.contagion import _dcc_break, _factor_residual, _forbes_rigobon
from comove.stats.contagion._periods import Flags, crisis_rows
from comove.stats.correlation import correlation
from comove.stats.frames import Table, table
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

Verdict = Literal["contagion", "interdependence", "divided"]


@dataclass(frozen=True, kw_only=True)
class AgreementOptions:
    """How the three tests are run and read.

    Attributes
    ----------
    source
        Name or position of the column where the shock began: the adjustment for volatility is
        that of the source, and names it.
    betas
        Exposures to the factors: "own" or "stable", see :func:`factor_residual`.
    margins
        Volatility model of the third test: "garch" or "gjr".
    alpha
        Size of each test.
    level
        Coverage of the intervals.
    """

    source: str | int = 0
    betas: Literal["own", "stable"] = "own"
    margins: Literal["garch", "gjr"] = "garch"
    alpha: float = 0.05
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agreement(Result):
    """The table of three tests.

    Attributes
    ----------
    names
        Source and target.
    tests
        "forbes_rigobon", "factor_residual", "dcc_break".
    stable, crisis
        Shape (3,), the correlation each test compares: adjusted for volatility, of residuals, of
        the fitted model.
    change, low, high
        Shape (3,), what the test says the crisis added, with its interval.
    pvalue
        Shape (3,), one-sided; NaN where a test was not run.
    sees
        Shape (3,), whether the test rejects at alpha.
    reasons
        Why a test was not run, else "".
    votes, run
        Tests that see contagion, tests that were run.
    verdict
        "contagion" when all that ran see it, "interdependence" when none does, else "divided".
    raw_stable, raw_crisis
        Correlations of the returns.
    correlation
        Shape (T,), the path of the third test's model; NaN where that was not run.
    nobs_stable, nobs_crisis
        Rows.
    """

    names: tuple[str, str]
    tests: tuple[str, str, str]
    stable: Floats
    crisis: Floats
    change: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    sees: np.ndarray[tuple[int], np.dtype[np.bool_]]
    reasons: tuple[str, str, str]
    votes: int
    run: int
    verdict: Verdict
    raw_stable: float
    raw_crisis: float
    correlation: Floats
    nobs_stable: int
    nobs_crisis: int

    def to_frame(self) -> DataFrame:
        """Return one line a test."""
        import pandas as pd

        columns = ("stable", "crisis", "change", "low", "high", "pvalue", "sees")
        return pd.DataFrame({name: getattr(self, name) for name in columns}, index=self.tests)


def agreement(
    x: object,
    crisis: ArrayLike,
    factors: object = None,
    options: AgreementOptions | None = None,
) -> Agreement:
    """Run the three contagion tests on one pair and one crisis.

    Parameters
    ----------
    x
        Shape (T, 2), T >= 100: returns on one clock, array or frame.  No NaN, no constant column.
    crisis
        Shape (T,), true in the crisis.
    factors
        Shape (T, p), common factors for the second test; without them it is not run.
    options
        Source, exposures, margins, size and level; the first column as the source, 5 % and 95 %
        when None.

    Returns
    -------
    Agreement
        A test the sample cannot carry is left out with its reason; the others are still read.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``option`` (source, alpha),
        ``level``, or the reason of the first test when none could be run.

    Notes
    -----
    The tests fail for different reasons.  Forbes and Rigobon's takes any volatility of the source
    for shared and so accepts interdependence too easily when the source has shocks of its own or a
    common factor is left out; it is read with its robust p-value.  The factor residuals depend on
    the factors named.  The break in the dynamics misses what the dynamics learn.  Three tests at
    5 % see something in up to 15 % of quiet samples; all three together in far fewer.

    References
    ----------
    Forbes and Rigobon (2002), "No contagion, only interdependence"; Corsetti, Pericoli and Sbracia
    (2005), "Some contagion, some interdependence".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z, factor = rng.standard_normal((600, 2)), rng.standard_normal((600, 1))
    >>> late = np.arange(600) >= 500
    >>> z[late, 1] = 0.8 * z[late, 0] + 0.6 * z[late, 1]
    >>> found = agreement(z + 0.5 * factor, late, factor)
    >>> found.verdict, found.votes
    ('contagion', 3)
    """
    chosen = options or AgreementOptions()
    critical_value(chosen.level)
    if not 0.0 < chosen.alpha < 1.0:
        raise NotEstimable("option", alpha=chosen.alpha)
    given = table(x)
    values = matrix(given.values, least=2 * _forbes_rigobon.FEWEST, columns=2)
    late = crisis_rows(crisis, len(values), _forbes_rigobon.FEWEST)
    order = _source_first(given, chosen.source)
    values = np.ascontiguousarray(values[:, order])
    lines = [
        _attempt(lambda: _by_volatility(values, late, chosen)),
        _attempt(lambda: _by_factors(values, late, factors, chosen)),
        _attempt(lambda: _by_dynamics(values, late, chosen)),
    ]
    run = sum(line.reason == "" for line in lines)
    if not run:
        raise NotEstimable(lines[0].reason)
    pvalue = np.array([line.pvalue for line in lines])
    sees = np.nan_to_num(pvalue, nan=1.0) < chosen.alpha
    votes = int(sees.sum())
    return Agreement(
        names=(given.names[order[0]], given.names[order[1]]),
        tests=("forbes_rigobon", "factor_residual", "dcc_break"),
        stable=np.array([line.stable for line in lines]),
        crisis=np.array([line.crisis for line in lines]),
        change=np.array([line.change for line in lines]),
        low=np.array([line.low for line in lines]),
        high=np.array([line.high for line in lines]),
        pvalue=pvalue,
        sees=sees,
        reasons=(lines[0].reason, lines[1].reason, lines[2].reason),
        votes=votes,
        run=run,
        verdict=_verdict(votes, run),
        raw_stable=correlation(*values[~late].T).value,
        raw_crisis=correlation(*values[late].T).value,
        correlation=np.full(len(values), np.nan) if lines[2].path is None else lines[2].path,
        nobs_stable=int((~late).sum()),
        nobs_crisis=int(late.sum()),
    )


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One test's line of the table."""

    stable: float = math.nan
    crisis: float = math.nan
    change: float = math.nan
    low: float = math.nan
    high: float = math.nan
    pvalue: float = math.nan
    reason: str = ""
    path: Floats | None = None


def _verdict(votes: int, run: int) -> Verdict:
    if votes == run:
        return "contagion"
    return "divided" if votes else "interdependence"


def _source_first(given: Table, source: str | int) -> tuple[int, int]:
    place = given.names.index(source) if source in given.names else source
    if place not in (0, 1):
        raise NotEstimable("option", source=source)
    return (0, 1) if place == 0 else (1, 0)


def _attempt(test: Callable[[], _Line]) -> _Line:
    """Run a test; a sample that cannot carry it becomes its reason."""
    try:
        return test()
    except NotEstimable as refusal:
        return _Line(reason=refusal.reason)


def _by_volatility(values: Floats, late: Flags, chosen: AgreementOptions) -> _Line:
    (xs, ys), (xc, yc) = values[~late].T, values[late].T
    found = _forbes_rigobon.forbes_rigobon(xs, ys, xc, yc, level=chosen.level)
    return _Line(
        stable=found.raw_stable,
        crisis=found.adjusted,
        change=found.change,
        low=found.change_low,
        high=found.change_high,
        pvalue=found.pvalue_robust,
    )


def _by_factors(values: Floats, late: Flags, factors: object, chosen: AgreementOptions) -> _Line:
    if factors is None:
        return _Line(reason="missing")
    found = _factor_residual.factor_residual(
        values, late, factors, chosen.betas, level=chosen.level
    )
    return _Line(
        stable=found.stable,
        crisis=found.crisis,
        change=found.change,
        low=found.low,
        high=found.high,
        pvalue=found.pvalue,
    )


def _by_dynamics(values: Floats, late: Flags, chosen: AgreementOptions) -> _Line:
    found = _dcc_break.dcc_break(values, late, chosen.margins, chosen.level)
    return _Line(
        path=found.correlation,
        stable=found.model_stable,
        crisis=found.model_crisis,
        change=found.change,
        low=found.low,
        high=found.high,
        pvalue=found.pvalue,
    )
