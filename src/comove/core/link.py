"""Did the link between two assets itself grow closer, and how far does it hold in the tails?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from comove.core.estimate import Estimate

Closer = Literal["contagion", "interdependence", "divided"]


@dataclass(frozen=True, kw_only=True)
class LinkTest:
    """One test of whether a correlation rose beyond what would raise it anyway.

    Attributes
    ----------
    key
        ``forbes_rigobon``, ``factor_residual`` or ``dcc_break``.
    before, now
        The two correlations it compares: each test looks at others.
    change
        By how much the dependence window added, with interval and one-sided p-value.
    sees
        True when it rejects.
    reason
        Why it could not be run, a key of ``not_estimable``; empty when it was.
    """

    key: str
    before: float | None
    now: float | None
    change: Estimate | None
    sees: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """What better estimators say of the leading pair.

    Attributes
    ----------
    pair
        Two ids; the first is taken as the source.
    verdict
        ``contagion`` when all tests that ran see a rise, ``interdependence`` when none does, else
        ``divided``.
    tests
        Three, each blind to something else.
    drivers
        Drivers whose effect the second test takes out.
    dynamic
        Correlation that a model of daily change gives the last day.
    dynamic_range
        Lowest and highest day of the baseline in the same model.
    tail
        Chance that the second asset has one of its worst days (a tenth; for a rise: best) when the
        first has, over baseline and dependence window.
    tail_normal
        What the correlation over the same rows would imply for normal returns.
    """

    pair: tuple[str, str]
    verdict: Closer
    tests: tuple[LinkTest, ...]
    drivers: int
    dynamic: Estimate | None
    dynamic_range: tuple[float, float] | None
    tail: Estimate | None
    tail_normal: float | None

    @property
    def run(self) -> int:
        """Tests that could be run."""
        return sum(not test.reason for test in self.tests)

    @property
    def seen(self) -> int:
        """Tests that see a rise."""
        return sum(test.sees for test in self.tests)
