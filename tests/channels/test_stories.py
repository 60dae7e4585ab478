"""Risk, technology and dollar: each can come out every way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from comove.core.driver import Driver
from comove.core.message import Name

from . import cases
from .cases import BASELINE, CHANNELS, DEPENDENCE, ROWS, Asked, World, case_of, changes_of

QUIET = {"btc": 0.004, "gdx": 0.004}

# Per channel: exposures under which its drivers carry both assets, and the move as told in a fall.
LOADS = {
    "risk": {"spy": 2.0},
    "tech": {"qqq": 2.0, "spy": -2.0},
    "dollar": {"dxy": -3.0},
}
TOLD = {
    "risk": {"spy": -0.12, "vix": 15.0},
    "tech": {"qqq": -0.12},
    "dollar": {"dxy": 0.06},
}
STORIES = tuple(LOADS)


def told(key: str, sign: float = 1.0, seed: int = 1) -> World:
    return World(
        seed=seed,
        loads={"btc": LOADS[key], "gdx": LOADS[key]},
        spread=QUIET,
        moves={name: sign * move for name, move in TOLD[key].items()},
    )


def read(key: str, world: World, **asked):
    return CHANNELS[key].examine(case_of(world, Asked(**asked)))


@pytest.mark.parametrize("key", STORIES)
@pytest.mark.parametrize(("sign", "falling"), [(1.0, True), (-1.0, False)])
def test_supports_when_its_drivers_carried_both(key, sign, falling):
    reading = read(key, told(key, sign), falling=falling)
    assert reading.verdict == "supports"
    assert reading.because.key == "reading.because.supports"
    assert reading.proposition.key.endswith("fell" if falling else "rose")
    assert [entry.verdict for entry in reading.evidence[:3]] == ["supports"] * 3
    assert all(check.passed for check in reading.checks)


@pytest.mark.parametrize("key", STORIES)
def test_against_when_the_assets_fell_on_their_own(key):
    world = World(spread={"btc": 0.01, "gdx": 0.01}, moves={"btc": -0.35, "gdx": -0.25})
    reading = read(key, world)
    assert reading.verdict == "against"
    shares = [e for e in reading.evidence if e.says.key == "reading.share.return"]
    assert [entry.verdict for entry in shares] == ["against", "against"]


@pytest.mark.parametrize("key", STORIES)
def test_against_when_its_drivers_pulled_the_other_way(key):
    world = replace(
        told(key, -1.0),
        moves={**{n: -m for n, m in TOLD[key].items()}, "btc": -0.9, "gdx": -0.9},
    )
    reading = read(key, world)
    assert reading.verdict == "against"
    assert any(part.key == "reading.part.opposite" for part in reading.because["parts"])


@pytest.mark.parametrize("key", STORIES)
def test_cannot_tell_when_nothing_happened(key):
    still = World(seed=4)
    case = case_of(still)
    drift = {asset: -case.totals[c].value for c, asset in enumerate(case.assets)}
    reading = read(key, replace(still, moves=drift))
    assert reading.verdict == "cannot_tell"
    assert {part.key for part in reading.because["parts"]} == {"reading.part.no_move"}


@pytest.mark.parametrize("key", STORIES)
def test_cannot_tell_when_one_asset_went_the_other_way(key):
    world = replace(told(key), moves={**TOLD[key], "gdx": 1.0})
    reading = read(key, world)
    assert reading.verdict == "cannot_tell"
    assert [part.key for part in reading.because["parts"]] == [
        "reading.part.carries",
        "reading.part.other_way",
    ]


@pytest.mark.parametrize("key", STORIES)
def test_cannot_tell_when_such_a_contribution_is_ordinary(key):
    moves = {name: move / 25.0 for name, move in TOLD[key].items()}
    found = []
    for seed in range(8):
        world = replace(told(key, seed=seed), moves={**moves, "btc": -0.03, "gdx": -0.03})
        reading = read(key, world)
        found += [part.key for part in reading.because["parts"]]
        assert reading.verdict != "supports" or "reading.part.ordinary" not in found[-2:]
    assert "reading.part.ordinary" in found


@pytest.mark.parametrize("key", STORIES)
def test_silent_without_data_and_says_which_series(key):
    legs = tuple(leg for driver in CHANNELS[key].drivers for leg in driver.series)
    reading = read(key, World(without=legs))
    assert reading.verdict == "silent"
    assert reading.evidence == () == reading.checks
    assert {caveat.key for caveat in reading.caveats} == {"reading.caveat.missing"}
    assert len(reading.caveats) == len(CHANNELS[key].drivers)


@pytest.mark.parametrize("key", STORIES)
def test_silent_when_every_series_ended(key):
    legs = {leg: 2 for driver in CHANNELS[key].drivers for leg in driver.series}
    reading = read(key, World(ends=legs))
    assert reading.verdict == "silent"
    assert reading.because.key == "reading.silent.left_out"
    assert all(caveat["last"] is not None for caveat in reading.caveats)


def test_a_driver_made_from_an_asset_is_left_out_and_said_so():
    reading = read("risk", World(moves={"btc": -0.3, "tlt": -0.2}), assets=("btc", "tlt"))
    circular = {c["driver"].id for c in reading.caveats if c.key == "reading.caveat.circular"}
    assert {"driver.credit", "driver.breakeven"} <= circular
    assert reading.verdict != "silent"


def test_tech_is_silent_when_the_nasdaq_itself_is_asked():
    reading = read("tech", World(), assets=("qqq", "btc"))
    assert reading.verdict == "silent"
    assert {c.key for c in reading.caveats} == {"reading.caveat.circular"}


def test_a_share_is_not_enough_when_the_drivers_did_not_move_as_told():
    inverse = {name: -beta for name, beta in LOADS["dollar"].items()}
    world = World(
        loads={"btc": inverse, "gdx": inverse}, spread=QUIET, moves={"dxy": -0.06, "usdjpy": 0.05}
    )
    reading = read("dollar", world)
    assert reading.because.key == "reading.because.not_as_told"
    assert reading.verdict == "against"
    half = read("dollar", replace(world, moves={"dxy": -0.06, "usdjpy": -0.006}, seed=3))
    assert half.verdict in ("against", "cannot_tell")


def test_a_move_the_right_way_is_not_called_the_wrong_way():
    """The dollar rose as a fall needs, if by less than an ordinary move."""
    spoken = set()
    for seed in range(6):
        noise = {name: changes_of(World(seed=seed))[name][-6:].sum() for name in ("dxy", "usdjpy")}
        moves = {"dxy": 0.006 - noise["dxy"], "usdjpy": 0.02 - noise["usdjpy"]}
        loads = {"dxy": -3.0, "usdjpy": -3.0}
        world = World(seed=seed, loads={"btc": loads, "gdx": loads}, spread=QUIET, moves=moves)
        spoken.add(read("dollar", world).because.key)
    assert "reading.because.too_little" in spoken
    assert "reading.because.not_as_told" not in spoken


def test_a_circular_driver_is_not_evidence_either():
    moves = {"spy": -0.12, "vix": 15.0, "hyg": -0.05}
    reading = read("risk", World(moves=moves), assets=("spy", "gdx"))
    said = {e.says["clause"]["driver"].id for e in reading.evidence if e.method == "move_in_sigma"}
    assert said == {"driver.real_yield", "driver.credit"}


def test_without_a_visible_move_the_shares_alone_do_not_support():
    case = case_of(told("risk"))
    bare = {
        n: t for n, t in case.snapshot.tracks.items() if n not in ("dfii10", "vix", "spy", "hyg")
    }
    case = replace(case, snapshot=replace(case.snapshot, tracks=bare))
    reading = CHANNELS["risk"].examine(case)
    assert reading.verdict == "cannot_tell"
    assert reading.because.key == "reading.because.unseen"


def test_zero_exposure_gives_a_zero_share():
    reading = read(
        "dollar", World(spread={"btc": 0.002, "gdx": 0.002}, moves={"btc": -0.3, "gdx": -0.3})
    )
    fractions = [abs(part["fraction"].value) for part in reading.because["parts"]]
    assert max(fractions) < 0.02
    assert reading.verdict == "against"


@pytest.mark.parametrize("key", STORIES)
def test_a_group_needs_every_asset(key):
    three = World(
        loads={"btc": LOADS[key], "gdx": LOADS[key], "slv": LOADS[key]},
        spread={**QUIET, "slv": 0.004},
        moves=TOLD[key],
    )
    assets = ("btc", "gdx", "slv")
    assert read(key, three, assets=assets).verdict == "supports"
    one_alone = replace(
        three, loads={"btc": LOADS[key], "gdx": LOADS[key]}, moves={**TOLD[key], "slv": -0.3}
    )
    assert read(key, one_alone, assets=assets).verdict == "against"


def test_a_driver_shared_by_two_channels_is_attacked_at_its_half():
    extra = {"other": (Driver("equity", (("spy", 1.0),)),)}
    case = case_of(told("risk"), Asked(extra=extra))
    keys = [driver.key for driver in case.drivers]
    check = next(c for c in CHANNELS["risk"].examine(case).checks if c.attack == "leave_one_out")
    asset = case.assets.index(check.says["subject"][0].id)
    kept = [row for row in range(ROWS - 6, ROWS) if case.grid.day(row) != check.says["day"]]
    part = sum(
        (0.5 if key == "equity" else 1.0)
        * case.betas[asset, keys.index(key)]
        * case.grid.drivers[row, keys.index(key)]
        for key in case.shares["risk"].drivers
        for row in kept
    )
    left = sum(case.grid.returns[row, asset] for row in kept)
    assert check.estimate.value == pytest.approx(part / left, abs=1e-9)


def _links(world: World, assets=("btc", "gdx")):
    reading = read("tech", world, assets=assets)
    return [e for e in reading.evidence if e.says.key.startswith("channel.tech.link")]


def test_correlation_with_the_nasdaq_that_did_not_rise_speaks_against():
    for seed in range(6):
        for link in _links(World(seed=seed)):
            higher = link.says["now"].value > link.says["before"].value
            assert (link.says.key == "channel.tech.link.not_higher") == (not higher)
            assert (link.verdict == "against") == (not higher)


def test_correlation_with_the_nasdaq_is_as_measured_by_numpy():
    world = World(seed=9, loads={"btc": {"qqq": 1.5}}, moves={"qqq": -0.1})
    raw = changes_of(world)
    link = next(e for e in _links(world) if e.says["asset"] == Name("btc"))
    recent, earlier = slice(-DEPENDENCE, None), slice(ROWS - DEPENDENCE - BASELINE, -DEPENDENCE)
    for name, rows in (("now", recent), ("before", earlier)):
        expected = np.corrcoef(raw["btc"][rows], raw["qqq"][rows])[0, 1]
        assert link.says[name].value == pytest.approx(expected, abs=1e-9)
    assert link.estimate.low < link.estimate.value < link.estimate.high


def test_correlation_with_the_nasdaq_that_jumped_supports(monkeypatch):
    # Bitcoin follows the Nasdaq-100 in the last 63 sessions only.
    real = cases.changes_of

    def coupled(world):
        raw = real(world)
        raw["btc"][-DEPENDENCE:] += 6.0 * raw["qqq"][-DEPENDENCE:]
        return raw

    monkeypatch.setattr(cases, "changes_of", coupled)
    link = next(e for e in _links(World(seed=9)) if e.says["asset"] == Name("btc"))
    assert link.verdict == "supports"
    assert link.says.key == "channel.tech.link.tested"
    assert link.says["pvalue"].value < 0.05


def test_an_asset_made_from_the_nasdaq_has_no_link(monkeypatch):
    monkeypatch.setitem(cases.MADE_FROM, "gdx", ("qqq",))
    assert {e.says["asset"] for e in _links(World(), ("gdx", "btc"))} <= {Name("btc")}


@pytest.mark.parametrize("key", STORIES)
def test_the_window_without_an_episode_takes_each_asset_as_it_moved(key):
    apart = World(
        loads={"btc": LOADS[key], "gdx": {n: -b for n, b in LOADS[key].items()}},
        spread=QUIET,
        moves=TOLD[key],
    )
    reading = read(key, apart, found=False)
    assert reading.proposition.key.endswith("window")
    assert reading.verdict == "supports"
