"""Synthetic questions: a small history with known exposures, cut and split without the answer room.

The split is computed here in plain least squares, so that a channel is tested against figures that
come from elsewhere than the estimators of the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from comove.channels.deleveraging import channel as deleveraging
from comove.channels.dollar import channel as dollar
from comove.channels.gold import channel as gold
from comove.channels.risk import channel as risk
from comove.channels.tech import channel as tech
from comove.core.case import Case, ChannelShare, Grid, LeftOut
from comove.core.driver import Driver
from comove.core.estimate import Estimate
from comove.core.observations import Floats, Observations
from comove.core.panel import Sessions
from comove.core.question import Question
from comove.core.series import Clock, SeriesSpec
from comove.core.snapshot import Snapshot

CHANNELS = {c.key: c for c in (risk, deleveraging, tech, dollar, gold)}
ROWS, EPISODE, DEPENDENCE, BASELINE = 900, 6, 63, 756
FIRST_DAY = date(2021, 1, 4)

# Daily standard deviation of each series: log return, or difference in the unit of its level.
SPREAD = {
    "btc": 0.03,
    "gdx": 0.02,
    "gld": 0.009,
    "slv": 0.018,
    "qqq": 0.013,
    "spy": 0.010,
    "smh": 0.018,
    "hyg": 0.004,
    "tlt": 0.009,
    "vix": 1.2,
    "dxy": 0.004,
    "usdjpy": 0.005,
    "dfii10": 0.05,
    "dgs10": 0.05,
    "dvol": 2.0,
    "funding_btc": 0.3,
}
LEVELS = {"vix": "index", "dvol": "vol_points", "funding_btc": "basis_points"}
MADE_FROM = {"vix": ("spy",), "tlt": ("dgs10",), "dvol": ("btc",), "funding_btc": ("btc",)}
TAGS = {"btc": ("crypto",), "gdx": ("equity", "gold_miner"), "gld": ("gold",)}


@dataclass(frozen=True, kw_only=True)
class World:
    """How a history is made.

    Attributes
    ----------
    seed
        Of the noise.
    loads
        Asset to exposures: ``{"btc": {"spy": 2.0}}`` adds twice the change of spy.
    moves
        Series to the change it makes over the episode beyond its noise, spread over its days.
    jumps
        ``(series, session of the episode)`` to a change on that day alone.
    spread
        Daily standard deviations that differ from the usual ones.
    without
        Series that are not read.
    ends
        Series to the sessions before the last at which it ended.
    begins
        Series to its first session.
    """

    seed: int = 1
    loads: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    moves: Mapping[str, float] = field(default_factory=dict)
    jumps: Mapping[tuple[str, int], float] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    ends: Mapping[str, int] = field(default_factory=dict)
    begins: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked about a history."""

    assets: tuple[str, ...] = ("btc", "gdx")
    falling: bool = True
    found: bool = True
    channels: tuple[str, ...] = tuple(CHANNELS)
    replications: int = 199
    tables: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    extra: Mapping[str, tuple[Driver, ...]] = field(default_factory=dict)


def weekdays(count: int) -> np.ndarray:
    """The first ``count`` weekdays from the first day on."""
    days = np.arange(np.datetime64(FIRST_DAY), np.datetime64(FIRST_DAY) + 2 * count)
    return days[np.is_busday(days)][:count]


def changes_of(world: World) -> dict[str, Floats]:
    """Daily changes of every series, assets last because they load on the others."""
    rng = np.random.default_rng(world.seed)
    spread = {**SPREAD, **world.spread}
    found = {name: sd * rng.standard_normal(ROWS) for name, sd in spread.items()}
    for name, total in world.moves.items():
        found[name][-EPISODE:] += total / EPISODE
    for (name, session), jump in world.jumps.items():
        found[name][ROWS - EPISODE + session] += jump
    for asset, exposures in world.loads.items():
        for driver, beta in exposures.items():
            found[asset] = found[asset] + beta * found[driver]
    return found


def spec_of(name: str) -> SeriesSpec:
    """A catalogue row as the bundled one, on the New York clock."""
    kind, unit = "price", "usd"
    if name.startswith("d") and name.endswith("10"):
        kind, unit = "yield", "percent"
    elif name in LEVELS:
        kind, unit = "level", LEVELS[name]
    calendar = "24/7" if name == "btc" else "XNYS"
    return SeriesSpec(
        id=name,
        kind=kind,  # type: ignore[arg-type]
        unit=unit,
        clock=Clock(time="16:00", zone="America/New_York", calendar=calendar),
        made_from=MADE_FROM.get(name, ()),
        tags=TAGS.get(name, ()),
        titles=MappingProxyType({"en": name.upper(), "ja": name.upper()}),
    )


def snapshot_of(world: World, asked: Asked, weekend: float | None = None) -> Snapshot:
    """The history as tracks; with ``weekend`` bitcoin has a close on Saturdays that makes it."""
    labels = weekdays(ROWS + 1)
    instants = labels.astype("M8[s]") + np.timedelta64(21, "h")
    tracks = {}
    for name, changes in changes_of(world).items():
        if name in world.without:
            continue
        spec = spec_of(name)
        level = np.concatenate([[0.0], np.cumsum(changes)])
        values = 100.0 * np.exp(level) if spec.change_is_log else 50.0 + level
        keep = slice(world.begins.get(name, 0), ROWS + 1 - world.ends.get(name, 0))
        days, struck, held = labels[keep], instants[keep], values[keep]
        if name == "btc" and weekend is not None:
            days, struck, held = _with_saturday(days, struck, held, weekend)
        tracks[name] = Observations(spec, days, struck, struck, held)
    return Snapshot(
        asof=instants[-1],
        day=labels[-1].item(),
        sessions=Sessions("XNYS", labels, instants),
        tracks=tracks,
        specs={name: spec_of(name) for name in SPREAD},
        tables=asked.tables,
    )


def _with_saturday(days, struck, values, share):
    """Insert the one Saturday inside the episode: ``share`` of the whole move comes on it."""
    friday = int(np.flatnonzero(np.is_busday(days[1:] - 1) == False)[-1])  # noqa: E712
    total = np.log(values[-1] / values[-1 - EPISODE])
    saturday = values[friday] * np.exp(share * total)
    place = friday + 1
    return (
        np.insert(days, place, days[friday] + 1),
        np.insert(struck, place, struck[friday] + np.timedelta64(24, "h")),
        np.insert(values, place, saturday),
    )


def case_of(world: World | None = None, asked: Asked | None = None, **rest) -> Case:
    """Cut the grid, split by least squares, and hand it over as a case."""
    world, asked = world or World(), asked or Asked()
    snapshot = snapshot_of(world, asked, **rest)
    question = Question(
        assets=asked.assets,
        asof=snapshot.day,
        baseline=BASELINE,
        dependence=DEPENDENCE,
        channels=asked.channels,
        replications=asked.replications,
    )
    kept, left_out, groups = _drivers(snapshot, asked)
    blank = Case(
        question=question,
        snapshot=snapshot,
        falling=asked.falling,
        found=asked.found,
        grid=None,
        drivers=kept,
        left_out=left_out,
        residuals=np.zeros((0, len(asked.assets))),
        betas=np.zeros((len(asked.assets), 0)),
        shares={},
        totals=(),
        pairs=tuple(combinations(range(len(asked.assets)), 2)),
        pair_totals=(),
    )
    return _split(blank, groups) if kept else blank


def _drivers(
    snapshot: Snapshot, asked: Asked
) -> tuple[tuple[Driver, ...], tuple[LeftOut, ...], dict[str, tuple[str, ...]]]:
    kept: dict[str, Driver] = {}
    left_out, groups = [], {}
    named = {key: CHANNELS[key].drivers for key in asked.channels} | dict(asked.extra)
    for key, drivers in named.items():
        entered = []
        for driver in drivers:
            reason = _refusal(snapshot, asked.assets, driver)
            if reason is None:
                kept[driver.key] = driver
                entered.append(driver.key)
            else:
                word, leg, last = reason
                left_out.append(
                    LeftOut(driver=driver.key, channel=key, reason=word, series=leg, last=last)
                )
        groups[key] = tuple(entered)
    return tuple(kept.values()), tuple(left_out), groups


def _refusal(
    snapshot: Snapshot, assets: Iterable[str], driver: Driver
) -> tuple[str, str, date | None] | None:
    for leg in driver.series:
        track = snapshot.tracks.get(leg)
        last = None if track is None else track.labels[-1].item()
        if any(snapshot.circular(leg, asset) for asset in assets):
            return "circular", leg, last
        if track is None:
            return "missing", leg, None
        if last < snapshot.day:
            return "ended", leg, last
        if len(track) <= ROWS:
            return "short", leg, last
    return None


def _split(case: Case, groups: Mapping[str, tuple[str, ...]]) -> Case:
    legs = tuple(dict.fromkeys(leg for driver in case.drivers for leg in driver.series))
    changes = case.snapshot.panel((*case.assets, *legs)).changes()
    rows, assets = len(changes.values), len(case.assets)
    episode, linked = slice(rows - EPISODE, rows), slice(rows - DEPENDENCE, rows)
    grid = Grid(
        labels=changes.labels,
        spans=changes.spans,
        returns=np.ascontiguousarray(changes.values[:, :assets]),
        drivers=np.column_stack([driver.change(changes) for driver in case.drivers]),
        baseline=slice(max(episode.start - BASELINE, 0), episode.start),
        episode=episode,
        dependence_baseline=slice(max(linked.start - BASELINE, 0), linked.start),
        dependence=linked,
    )
    fit = Fit(grid, grid.baseline)
    before = Fit(grid, grid.dependence_baseline)
    keys = [driver.key for driver in case.drivers]
    owners = {key: sum(key in group for group in groups.values()) for key in keys}
    weights = {
        name: np.array([1.0 / owners[key] if key in group else 0.0 for key in keys])
        for name, group in groups.items()
    }
    linked_cov = np.cov(grid.returns[linked].T)
    starts = (*range(0, linked.start - DEPENDENCE, 25), linked.start)
    spreads = np.array(
        [np.cov(grid.drivers[row : row + DEPENDENCE].T).reshape(len(keys), -1) for row in starts]
    )
    return replace(
        case,
        grid=grid,
        residuals=grid.returns - before.intercepts - grid.drivers @ before.betas.T,
        betas=fit.betas,
        shares={
            name: _share(case, grid, (fit, before, spreads), weights[name], groups[name])
            for name in groups
        },
        totals=tuple(
            _exact(grid, episode, float(grid.returns[episode, c].sum()), "log_return")
            for c in range(assets)
        ),
        pair_totals=tuple(
            _ranged(
                grid,
                linked,
                (linked_cov[i, j] / np.sqrt(linked_cov[i, i] * linked_cov[j, j]), -1.0, 1.0),
                "correlation",
            )
            for i, j in case.pairs
        ),
    )


class Fit:
    """Ordinary least squares of every return on all drivers, with 200 draws of the betas."""

    def __init__(self, grid: Grid, rows: slice) -> None:
        x = np.column_stack([np.ones(rows.stop - rows.start), grid.drivers[rows]])
        y = grid.returns[rows]
        inverse = np.linalg.inv(x.T @ x)
        coef = inverse @ x.T @ y
        sd = (y - x @ coef).std(axis=0)
        root = np.linalg.cholesky(inverse[1:, 1:])
        noise = np.random.default_rng(0).standard_normal((200, len(root)))
        self.intercepts, self.betas = coef[0], coef[1:].T
        self.draws = self.betas + sd[:, None] * (noise @ root.T)[:, None, :]


def _share(
    case: Case, grid: Grid, fits: tuple[Fit, Fit, Floats], weights: Floats, group: tuple[str, ...]
) -> ChannelShare:
    fit, before, spreads = fits
    moved = weights * grid.drivers[grid.episode].sum(axis=0)
    daily = (grid.drivers[grid.baseline] * weights) @ fit.betas.T
    history = sliding_window_view(daily, EPISODE, axis=0).sum(axis=-1)
    points, draws = fit.betas @ moved, fit.draws @ moved
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    returns = tuple(
        _ranged(grid, grid.episode, (points[c], low[c], high[c]), "log_return")
        for c in range(len(points))
    )
    pairs = [_pair(grid, (before, spreads), weights, pair) for pair in case.pairs]
    return ChannelShare(
        returns=returns,
        covariance=tuple(estimate for estimate, _ in pairs),
        return_history=history,
        covariance_history=np.column_stack([earlier for _, earlier in pairs]),
        drivers=group,
    )


def _pair(
    grid: Grid, fits: tuple[Fit, Floats], weights: Floats, pair: tuple[int, int]
) -> tuple[Estimate, Floats]:
    """Covariance through the group: its own part and half of what it shares with the others."""
    fit, spreads = fits
    total = np.cov(grid.returns[grid.dependence][:, pair].T)[0, 1]

    def through(spread: Floats, betas: Floats) -> Floats:
        first, second = betas[..., pair[0], :], betas[..., pair[1], :]
        one = np.einsum("...p,...pq,...q->...", first * weights, spread, second)
        other = np.einsum("...p,...pq,...q->...", first, spread, second * weights)
        return (one + other) / 2.0 / total

    low, high = np.quantile(through(spreads[-1], fit.draws), (0.025, 0.975))
    point = float(through(spreads[-1], fit.betas))
    earlier = through(spreads[:-1], fit.betas)
    return _ranged(grid, grid.dependence, (point, low, high), "share"), earlier


def _exact(grid: Grid, rows: slice, value: float, unit: str) -> Estimate:
    return Estimate(
        value=value,
        unit=unit,  # type: ignore[arg-type]
        nobs=rows.stop - rows.start,
        first=grid.day(rows.start),
        last=grid.day(rows.stop - 1),
        method="exact",
        exact=True,
    )


def _ranged(grid: Grid, rows: slice, values: tuple[float, float, float], unit: str) -> Estimate:
    point, low, high = (float(value) for value in values)
    return Estimate(
        value=point,
        unit=unit,  # type: ignore[arg-type]
        low=min(low, point),
        high=max(high, point),
        nobs=rows.stop - rows.start,
        first=grid.day(rows.start),
        last=grid.day(rows.stop - 1),
        method="bootstrap",
    )


def liquidations(days_before_end: int, amount: float = 2.5) -> dict[str, tuple[dict, ...]]:
    """A table with one event inside the history, and one of 19 bn long before."""
    last = weekdays(ROWS + 1)[-1].item()
    rows = [
        (last - timedelta(days=days_before_end), amount, amount + 0.1),
        (last - timedelta(days=200), 19.1, 19.4),
    ]
    return {
        "liquidation_events": tuple(
            {
                "start_utc": day,
                "hours": 24.0,
                "scope": "all coins",
                "usd_bn_low": low,
                "usd_bn_high": high,
                "published": day,
            }
            for day, low, high in rows
        )
    }
