"""A number as comove states it: never without interval, unit, sample, clock and method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from comove.core.errors import QuestionError
from comove.core.message import Quantity
from comove.core.units import Unit


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A measured value.

    Attributes
    ----------
    value
        The point.
    unit
        Its unit.
    low, high
        Interval at ``level``; both None when ``exact``.
    level
        Coverage of the interval.
    pvalue
        Of the test that ``method`` names, where there is one.
    nobs
        Observations used.
    first, last
        Labels of the first and last observation used.
    clock
        ``"XNYS"`` for the joint grid of New York closes, ``"own"`` for a series' own grid.
    method
        Key of the word catalogues, e.g. ``"fisher_hac"``.
    exact
        A plain fact about the sample, without sampling error.
    """

    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    pvalue: float | None = None
    nobs: int
    first: date
    last: date
    clock: str = "XNYS"
    method: str
    exact: bool = False

    def __post_init__(self) -> None:
        """Refuse a point without an interval that is not declared exact."""
        if self.exact == (self.low is not None) or (self.low is None) != (self.high is None):
            raise QuestionError(
                "estimate.interval",
                "An estimate needs an interval or must be declared exact: {method}.",
                method=self.method,
            )

    @property
    def quantity(self) -> Quantity:
        """The point with its unit, for a :class:`~comove.core.message.Message`."""
        return Quantity(self.value, self.unit)

    @property
    def excludes_zero(self) -> bool:
        """True when the whole interval lies on one side of zero (an exact value: is not zero)."""
        if self.low is None or self.high is None:
            return self.value != 0.0
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The sample, clock and level that several estimates share.

    Attributes
    ----------
    first, last, nobs
        Labels of the first and last observation, and how many.
    clock
        As in :class:`Estimate`.
    level
        Coverage of intervals.

    Examples
    --------
    >>> scope = Scope(first=date(2026, 1, 29), last=date(2026, 2, 5), nobs=6)
    >>> scope.exact(-0.18, "simple_return", "simple_return").nobs
    6
    """

    first: date
    last: date
    nobs: int
    clock: str = "XNYS"
    level: float = 0.95

    def exact(
        self, value: float, unit: Unit, method: str, *, pvalue: float | None = None
    ) -> Estimate:
        """Return a plain fact about the sample.

        Parameters
        ----------
        value, unit, method, pvalue
            As in :class:`Estimate`.

        Returns
        -------
        Estimate
            Without interval, declared exact.
        """
        return Estimate(
            value=float(value),
            unit=unit,
            pvalue=pvalue,
            level=self.level,
            nobs=self.nobs,
            first=self.first,
            last=self.last,
            clock=self.clock,
            method=method,
            exact=True,
        )

    def estimate(
        self,
        value: float,
        unit: Unit,
        method: str,
        bounds: tuple[float, float],
        *,
        pvalue: float | None = None,
    ) -> Estimate:
        """Return a value with its interval.

        Parameters
        ----------
        value, unit, method, pvalue
            As in :class:`Estimate`.
        bounds
            Low and high end of the interval.

        Returns
        -------
        Estimate
            With the scope's level.
        """
        low, high = bounds
        return Estimate(
            value=float(value),
            unit=unit,
            low=float(low),
            high=float(high),
            level=self.level,
            pvalue=pvalue,
            nobs=self.nobs,
            first=self.first,
            last=self.last,
            clock=self.clock,
            method=method,
        )
