"""Did the link of the leading pair grow closer beyond volatility, drivers and its own dynamics?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from comove.answers.explain.grid import Design
from comove.answers.explain.setting import Setting
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate, Scope
from comove.core.link import Closer, Link, LinkTest
from comove.core.observations import Floats, Instants
from comove.stats.contagion import Agreement, AgreementOptions, agreement, factor_residual
from comove.stats.correlation import correlation
from comove.stats.dependence import lower_corner, tail_dependence

TAIL = 0.10
"""Share of the days that make a tail."""
_HEIGHT = -1.2815515655446004  # normal quantile of the tail
_OF_DRIVERS = "factor_residual"


@dataclass(frozen=True, eq=False, kw_only=True)
class Linkage:
    """The finding, and the path behind it for the picture.

    Attributes
    ----------
    link
        What is stated.
    labels
        Shape (T,), sessions of baseline and dependence window.
    path
        Shape (T,), daily correlation of the model.
    """

    link: Link
    labels: Instants
    path: Floats


def connect(setting: Setting, design: Design) -> Linkage | None:
    """Run the tests of a closer link on the leading pair.

    Parameters
    ----------
    setting
        The window and its data.
    design
        The drivers and their grid, where there is one; only the second test depends on them.

    Returns
    -------
    Linkage or None
        None when the sample carries none of the tests.
    """
    rows = _rows(setting)
    returns = np.ascontiguousarray(setting.changes.values[rows][:, setting.pair])
    late = np.arange(rows.start, rows.stop) >= setting.dependence.start
    level = setting.question.level
    try:
        options = AgreementOptions(alpha=1.0 - level, level=level)
        found = agreement(returns, late, options=options)
    except NotEstimable:
        return None
    tests = (_test(setting, found, 0), _beyond_drivers(setting, design), _test(setting, found, 2))
    known = bool(np.isfinite(found.correlation).all())
    tail, normal = _tail(setting, returns)
    first, second = (setting.panel.ids[column] for column in setting.pair)
    link = Link(
        pair=(first, second),
        verdict=_verdict(tests),
        tests=tests,
        drivers=len(design.drivers),
        dynamic=_dynamic(setting, found) if known else None,
        dynamic_range=_range(found.correlation[~late]) if known else None,
        tail=tail,
        tail_normal=normal,
    )
    return Linkage(link=link, labels=setting.changes.labels[rows], path=found.correlation)


def _rows(setting: Setting) -> slice:
    start = setting.dependence.start
    return slice(max(start - setting.question.baseline, 0), setting.end)


def _verdict(tests: tuple[LinkTest, ...]) -> Closer:
    run, seen = sum(not test.reason for test in tests), sum(test.sees for test in tests)
    if seen == run:
        return "contagion"
    return "divided" if seen else "interdependence"


def _test(setting: Setting, found: Agreement, place: int) -> LinkTest:
    key, reason = found.tests[place], found.reasons[place]
    if reason:
        return _not_run(key, reason)
    change = setting.scope(setting.dependence).estimate(
        float(found.change[place]),
        "correlation",
        key,
        (float(found.low[place]), float(found.high[place])),
        pvalue=float(found.pvalue[place]),
    )
    return LinkTest(
        key=key,
        before=float(found.stable[place]),
        now=float(found.crisis[place]),
        change=change,
        sees=bool(found.sees[place]),
    )


def _beyond_drivers(setting: Setting, design: Design) -> LinkTest:
    """Test what the drivers leave, on their own grid, which may end a day earlier."""
    grid, level = design.grid, setting.question.level
    if grid is None:
        return _not_run(_OF_DRIVERS, "missing")
    rows = slice(grid.dependence_baseline.start, grid.dependence.stop)
    returns = np.ascontiguousarray(grid.returns[rows][:, setting.pair])
    late = np.arange(rows.start, rows.stop) >= grid.dependence.start
    try:
        found = factor_residual(returns, late, grid.drivers[rows], level=level)
    except NotEstimable as refusal:
        return _not_run(_OF_DRIVERS, refusal.reason)
    scope = Scope(
        first=grid.day(grid.dependence.start),
        last=grid.day(grid.dependence.stop - 1),
        nobs=found.nobs_crisis,
        level=level,
    )
    return LinkTest(
        key=_OF_DRIVERS,
        before=found.stable,
        now=found.crisis,
        change=scope.estimate(
            found.change, "correlation", _OF_DRIVERS, (found.low, found.high), pvalue=found.pvalue
        ),
        sees=found.pvalue < 1.0 - level,
    )


def _not_run(key: str, reason: str) -> LinkTest:
    return LinkTest(key=key, before=None, now=None, change=None, sees=False, reason=reason)


def _dynamic(setting: Setting, found: Agreement) -> Estimate:
    scope = setting.scope(_rows(setting))
    return scope.exact(float(found.correlation[-1]), "correlation", "dcc_path")


def _range(path: Floats) -> tuple[float, float]:
    return float(path.min()), float(path.max())


def _tail(setting: Setting, returns: Floats) -> tuple[Estimate | None, float | None]:
    first, second = returns.T
    level = setting.question.level
    side: Literal["upper", "lower"] = "upper" if setting.direction == "rising" else "lower"
    try:
        found = tail_dependence(first, second, (TAIL,), side, level=level)
        rho = correlation(first, second, level=level).value
        normal = float(lower_corner(rho, _HEIGHT)) / TAIL
    except NotEstimable:
        return None, None
    ends = float(found.low[0]), float(found.high[0])
    value = setting.scope(_rows(setting)).estimate(
        float(found.value[0]), "share", f"tail_dependence_{side}", ends
    )
    return value, normal
