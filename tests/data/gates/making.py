"""Sound series, and what can be done to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from comove.core.observations import Observations
from comove.core.series import Clock, SeriesSpec
from comove.core.source import Rows
from comove.data import clocks
from comove.data.calendars import calendar
from comove.data.gates import Beside, judge

NOW = np.datetime64("2026-11-29T00:00:00")
NEW_YORK = Clock(time="16:00", zone="America/New_York", calendar="XNYS")
PRICE = SeriesSpec(id="x", kind="price", unit="usd", clock=NEW_YORK)
ADJUSTED = replace(PRICE, adjusted=True)
LEVEL = replace(PRICE, kind="level", unit="index", sign="any")
VOLATILITY = replace(PRICE, kind="level", unit="index", sign="positive")
YIELD = replace(
    PRICE, kind="yield", unit="percent", clock=replace(NEW_YORK, calendar="US-BOND", time="15:30")
)
PUBLISHED = replace(YIELD, publication="next_business_day")
SEEDS = range(20)


def days(count: int, first: str = "2020-01-02", name: str = "XNYS") -> np.ndarray:
    """Consecutive days of a calendar."""
    found = calendar(name).between(np.datetime64(first), np.datetime64("2026-11-20"))
    assert len(found) >= count
    return found[:count]


def walk(seed: int, count: int = 300, sigma: float = 0.02, start: float = 100.0) -> np.ndarray:
    """A price that moves every day, quoted to the cent."""
    rng = np.random.default_rng([seed, count])
    return np.round(start * np.exp(np.cumsum(sigma * rng.standard_normal(count))), 2)


def yields(seed: int, count: int = 300) -> np.ndarray:
    """A yield in per cent, to two digits, that may stand still."""
    rng = np.random.default_rng([seed, count, 1])
    return np.round(3.0 + np.cumsum(0.05 * rng.standard_normal(count)), 2)


def rows(labels: np.ndarray, values: np.ndarray, **more: object) -> Rows:
    """Rows as a source gives them."""
    return Rows(labels=labels, values=np.asarray(values, dtype=float), **more)


def held(labels: np.ndarray, values: np.ndarray, spec: SeriesSpec = PRICE) -> Observations:
    """What is held already."""
    struck, known = clocks.instants(labels, spec)
    return Observations(spec, labels, struck, known, values)


def judged(
    labels: np.ndarray,
    values: np.ndarray,
    spec: SeriesSpec = PRICE,
    track: Observations | None = None,
    now: np.datetime64 = NOW,
    **beside: object,
):
    """Judge labels and values; keywords of Rows and of Beside alike."""
    given = {name: beside.pop(name) for name in ("known", "struck", "currency") if name in beside}
    return judge(rows(labels, values, **given), spec, track, now, Beside(**beside))


def reasons(verdict) -> dict[int, str]:
    """Place to ``rule.reason``."""
    return {row.place: row.says.key.removeprefix("data.gate.") for row in verdict.quarantined}


def rules_of(verdict) -> set[str]:
    """Rules that set rows aside."""
    return {row.rule for row in verdict.quarantined}


def found(verdict) -> dict[str, str]:
    """Rule to outcome of the findings on the batch."""
    return {finding.rule: finding.outcome for finding in verdict.findings}
