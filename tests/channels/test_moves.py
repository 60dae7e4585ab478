"""How far a series moved, in units of its own moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from comove.channels._moves import Told, move, move_evidence
from comove.core.driver import Driver

from .cases import BASELINE, EPISODE, ROWS, Asked, World, case_of, changes_of

YIELD = Driver("real_yield", (("dfii10", 1.0),))
SPREAD = Driver("credit", (("hyg", 1.0), ("tlt", -1.0)))


@pytest.mark.parametrize(
    ("driver", "scale", "unit"),
    [
        (YIELD, 100.0, "basis_points"),
        (SPREAD, 1.0, "log_return"),
        (Driver("vix", (("vix", 1.0),)), 1.0, "index"),
        (Driver("dvol", (("dvol", 1.0),)), 1.0, "vol_points"),
    ],
)
def test_move_matches_a_slow_loop(driver, scale, unit):
    world = World(seed=5, moves={"dfii10": 0.3})
    raw = changes_of(world)
    series = scale * sum(weight * raw[leg] for leg, weight in driver.legs)
    before = series[ROWS - EPISODE - BASELINE : ROWS - EPISODE]
    total = series[-EPISODE:].sum()
    sums = [series[t : t + EPISODE].sum() for t in range(ROWS - 2 * EPISODE + 1)]
    found = move(case_of(world, Asked(assets=("gdx", "slv"))), driver)
    assert found is not None
    assert found.change == pytest.approx(total, abs=1e-9)
    assert found.sigma == pytest.approx(total / (before.std() * np.sqrt(EPISODE)), abs=1e-9)
    assert found.rank == pytest.approx(percentileofscore(sums, total, kind="mean") / 100, abs=1e-9)
    assert (found.unit, found.nobs) == (unit, EPISODE)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [(0.30, "supports"), (0.06, "cannot_tell"), (0.0, "against"), (-0.3, "against")],
)
def test_evidence_follows_the_move(change, verdict):
    noise = changes_of(World(seed=2))["dfii10"][-EPISODE:].sum()
    exact = World(seed=2, moves={"dfii10": change - noise})
    for falling, toward in ((True, 1.0), (False, -1.0)):
        found = move_evidence(
            case_of(exact, Asked(falling=falling)), Told(driver=YIELD, toward=toward)
        )
        assert found is not None
        assert found.verdict == verdict


def test_evidence_takes_no_side_where_assets_went_different_ways():
    world = World(moves={"dfii10": 0.5, "btc": -0.3, "gdx": 0.3})
    found = move_evidence(case_of(world, Asked(found=False)), Told(driver=YIELD, toward=1.0))
    assert found is not None
    assert found.verdict == "cannot_tell"


@given(st.floats(0.1, 30.0), st.sampled_from([-1.0, 1.0]))
@settings(max_examples=10, deadline=None)
def test_sigma_and_rank_are_invariant_to_scale_and_turn_with_the_sign(scale, sign):
    case = case_of(World(seed=8))
    plain = move(case, YIELD)
    scaled = move(case, Driver("real_yield", (("dfii10", scale * sign),)))
    assert plain is not None
    assert scaled is not None
    assert scaled.sigma == pytest.approx(sign * plain.sigma, abs=1e-9)
    assert plain.rank is not None
    assert scaled.rank == pytest.approx(plain.rank if sign > 0 else 1.0 - plain.rank, abs=1e-9)


@pytest.mark.parametrize(
    "world",
    [
        World(without=("dfii10",)),
        World(ends={"dfii10": 3}),
        World(begins={"dfii10": ROWS - EPISODE - 59}),
        World(spread={"dfii10": 0.0}),
    ],
    ids=["missing", "ended", "too short", "constant"],
)
def test_degenerate_series_have_no_move(world):
    assert move(case_of(world, Asked(channels=("tech",))), YIELD) is None
    assert (
        move_evidence(case_of(world, Asked(channels=("tech",))), Told(driver=YIELD, toward=1.0))
        is None
    )


@pytest.mark.parametrize(
    ("driver", "assets"),
    [
        (SPREAD, ("btc", "tlt")),
        (SPREAD, ("hyg", "gdx")),
        (Driver("vix", (("vix", 1.0),)), ("spy", "gdx")),
        (Driver("ten", (("dgs10", 1.0),)), ("tlt", "gdx")),
    ],
)
def test_what_is_made_from_an_asset_is_no_evidence_on_it(driver, assets):
    assert move(case_of(asked=Asked(assets=assets)), driver) is None
    assert move(case_of(), driver) is not None


def test_sixty_earlier_changes_are_enough():
    world = World(begins={"dfii10": ROWS - EPISODE - 60})
    assert move(case_of(world, Asked(channels=("tech",))), YIELD) is not None
