"""Miners and metal: actual against implied, and what is only context."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.channels._attacks import LAST_YEAR
from comove.channels.gold._context import central_banks, ratio
from comove.channels.gold._gap import last_year, measure_gap, ordinary_gaps, two_sided

from . import cases
from .cases import CHANNELS, EPISODE, Asked, World, case_of

CHANNEL = CHANNELS["gold"]
MINER = {"gdx": {"gld": 2.0}}


def read(world, asked=None):
    return CHANNEL.examine(case_of(world, asked))


def world_with(gold: float, gap: float, noise: float = 0.004, **rest) -> World:
    return World(
        loads=MINER, spread={"gdx": noise, "gld": 0.009}, moves={"gld": gold, "gdx": gap}, **rest
    )


@pytest.mark.parametrize(("sign", "falling"), [(1.0, True), (-1.0, False)])
@pytest.mark.parametrize(
    ("gold", "gap", "verdict", "reason"),
    [
        (-0.02, -0.20, "supports", "carries"),
        (-0.15, 0.15, "against", "opposite"),
        (-0.30, 0.0, "against", "negligible"),
    ],
)
def test_verdict_follows_the_gap(sign, falling, gold, gap, verdict, reason):
    noise = 0.004 if reason != "negligible" else 0.002
    reading = read(world_with(sign * gold, sign * gap, noise), Asked(falling=falling))
    assert reading.verdict == verdict
    assert reading.because["parts"][0].key == f"channel.gold.part.{reason}"


def test_cannot_tell_within_ordinary_gaps():
    reading = read(world_with(-0.05, -0.02, noise=0.02))
    assert reading.verdict == "cannot_tell"
    assert reading.because["parts"][0].key == "channel.gold.part.wide"


def test_cannot_tell_of_a_miner_that_rose():
    reading = read(world_with(0.1, 0.1))
    assert reading.because["parts"][0].key == "channel.gold.part.other_way"


def test_a_large_share_with_the_proposition_refuted_is_a_normal_result():
    reading = read(world_with(-0.30, 0.05, noise=0.002))
    assert reading.verdict == "against"
    assert reading.because["parts"][0]["carried"].value > 0.9
    share = next(e for e in reading.evidence if e.says.key == "reading.share.return")
    assert share.verdict == "against"


def test_silent_without_a_miner():
    reading = read(World(), Asked(assets=("btc", "qqq")))
    assert reading.verdict == "silent"
    assert reading.because.key == "channel.gold.no_miner"


def test_silent_when_gold_itself_is_asked():
    reading = read(World(loads=MINER), Asked(assets=("gdx", "gld")))
    assert reading.verdict == "silent"
    assert "reading.caveat.circular" in {caveat.key for caveat in reading.caveats}


def test_silent_when_gold_is_missing():
    assert read(World(without=("gld",))).verdict == "silent"


def test_silver_alone_missing_does_not_silence_it():
    reading = read(world_with(-0.05, -0.2, without=("slv",)))
    assert reading.verdict == "supports"
    assert {caveat.key for caveat in reading.caveats} == {"reading.caveat.missing"}


def test_four_checks_that_can_fail():
    strong = read(world_with(-0.02, -0.20))
    assert [check.attack for check in strong.checks] == [
        "placebo_window",
        "leave_one_out",
        "other_estimator",
        "two_betas",
    ]
    assert all(check.passed for check in strong.checks)
    one_day = World(
        loads=MINER, spread={"gdx": 0.004}, moves={"gld": -0.06}, jumps={("gdx", 3): -0.1}
    )
    failed = {check.attack: check.passed for check in read(one_day).checks}
    assert failed["leave_one_out"] is False


def test_gap_matches_statsmodels():
    case = case_of(world_with(-0.05, -0.1, seed=6))
    grid, gold = case.grid, case.column("gold")
    found = measure_gap(case, grid, 1, gold)
    fit = sm.OLS(grid.returns[grid.baseline, 1], sm.add_constant(gold[grid.baseline])).fit()
    implied = fit.params[1] * gold[grid.episode].sum()
    assert found.beta.value == pytest.approx(fit.params[1], abs=1e-9)
    assert found.implied == pytest.approx(implied, abs=1e-9)
    assert found.estimate.value == pytest.approx(case.totals[1].value - implied, abs=1e-9)


def test_interval_widens_with_the_uncertainty_of_beta():
    """Far from ordinary gold moves the error of beta is most of the interval."""
    case = case_of(world_with(-3.0, 0.0, noise=0.01, seed=6), Asked(replications=999))
    grid, gold = case.grid, case.column("gold")
    found = measure_gap(case, grid, 1, gold)
    shift = abs(gold[grid.episode].sum())
    error = (found.beta.high - found.beta.value) * shift
    ordinary = 1.96 * 0.01 * np.sqrt(EPISODE)
    width = (found.estimate.high - found.estimate.low) / 2.0
    assert width == pytest.approx(np.hypot(error, ordinary), rel=0.15)
    assert error > ordinary


def test_the_last_year_has_its_own_beta(monkeypatch):
    real = cases.changes_of

    def turned(world):
        raw = real(world)
        start = cases.ROWS - EPISODE - LAST_YEAR
        raw["gdx"][start:-EPISODE] += 1.0 * raw["gld"][start:-EPISODE]
        return raw

    monkeypatch.setattr(cases, "changes_of", turned)
    case = case_of(world_with(-0.1, 0.0, noise=0.002))
    grid, gold = case.grid, case.column("gold")
    gap = measure_gap(case, grid, 1, gold)
    slope, judgement = last_year(case, grid, gap, gold)
    rows = slice(grid.baseline.stop - LAST_YEAR, grid.baseline.stop)
    expected = np.polyfit(gold[rows], grid.returns[rows, 1], 1)[0]
    assert slope == pytest.approx(expected, abs=1e-9)
    assert slope == pytest.approx(3.0, abs=0.05)
    assert judgement.part.fraction == pytest.approx(
        (gap.actual - slope * gap.gold) / gap.actual, abs=1e-9
    )


def test_two_betas_match_statsmodels_and_a_slow_sum():
    case = case_of(world_with(-0.05, -0.1, seed=6))
    grid, gold = case.grid, case.column("gold")
    found = two_sided(case, grid, 1, gold)
    sides = np.column_stack([np.where(gold < 0, gold, 0), np.where(gold > 0, gold, 0)])
    fit = sm.OLS(grid.returns[grid.baseline, 1], sm.add_constant(sides[grid.baseline])).fit(
        cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": False}
    )
    assert (found.down.value, found.up.value) == pytest.approx(tuple(fit.params[1:]), abs=1e-9)
    assert found.pvalue == pytest.approx(float(fit.t_test([0, 1, -1]).pvalue), abs=1e-6)
    slow = sum((found.down.value if g < 0 else found.up.value) * g for g in gold[grid.episode])
    assert found.implied == pytest.approx(slow, abs=1e-9)


def test_interval_has_the_coverage_of_ordinary_gaps():
    """Miners that only ever follow gold are called parted in about one case in twenty."""
    base = case_of(world_with(0.0, 0.0, noise=0.01))
    grid, wrong, runs = base.grid, 0, 200
    rng = np.random.default_rng(12)
    base = replace(base, question=replace(base.question, replications=199))
    for run in range(runs):
        gold = 0.009 * rng.standard_normal(len(grid.returns))
        miner = 2.0 * gold + 0.01 * rng.standard_normal(len(gold))
        returns = np.column_stack([grid.returns[:, 0], miner])
        total = float(miner[grid.episode].sum())
        totals = (base.totals[0], replace(base.totals[1], value=total))
        question = replace(base.question, seed=run)
        case = replace(base, grid=replace(grid, returns=returns), totals=totals, question=question)
        found = measure_gap(case, case.grid, 1, gold).estimate
        wrong += found.excludes_zero
    # Binomial bounds of 5 % in 200 runs, at one in a thousand: 0..22.
    assert wrong <= 22
    assert wrong >= 1


@given(st.floats(0.05, 20.0))
@settings(max_examples=5, deadline=None)
def test_gap_scales_with_the_miner_and_not_with_gold(scale):
    case = case_of(world_with(-0.05, -0.1))
    grid, gold = case.grid, case.column("gold")
    plain = measure_gap(case, grid, 1, gold)
    by_gold = measure_gap(case, grid, 1, scale * gold)
    for name in ("value", "low", "high"):
        expected = getattr(plain.estimate, name)
        assert getattr(by_gold.estimate, name) == pytest.approx(expected, abs=1e-9)
    assert by_gold.beta.value == pytest.approx(plain.beta.value / scale, rel=1e-9)


def test_ordinary_gaps_grow_with_the_square_root_of_the_window():
    case = case_of(world_with(0.0, 0.0, noise=0.01), Asked(replications=999))
    grid = case.grid
    daily = np.random.default_rng(0).standard_normal(len(grid.returns))
    draws = ordinary_gaps(case, grid, "gdx", daily)
    assert draws.std() == pytest.approx(np.sqrt(EPISODE), rel=0.15)


def test_a_miner_that_does_not_vary_is_not_judged():
    case = case_of(world_with(-0.1, -0.1))
    flat = case.grid.returns.copy()
    flat[:, 1] = 0.0
    reading = CHANNEL.examine(replace(case, grid=replace(case.grid, returns=flat)))
    assert reading.verdict == "silent"
    assert reading.because.key == "channel.gold.not_estimable"


def test_exhibit_runs_from_zero_to_actual_and_implied():
    reading = read(world_with(-0.02, -0.20))
    gap = next(e for e in reading.evidence if e.says.key == "channel.gold.implied")
    exhibit = gap.exhibits[0]
    assert exhibit.kind == "lines"
    assert len(exhibit.columns["day"]) == EPISODE + 1
    assert exhibit.columns["actual"][0] == exhibit.columns["implied"][0] == 0.0
    assert exhibit.columns["actual"][-1] == pytest.approx(gap.says["actual"].value, abs=1e-9)
    assert exhibit.columns["implied"][-1] == pytest.approx(gap.says["implied"].value, abs=1e-9)


@pytest.mark.parametrize(("gold", "verdict"), [(0.10, "supports"), (-0.10, "against")])
def test_gold_that_held_supports_and_gold_that_fell_does_not(gold, verdict):
    reading = read(world_with(gold, -0.6 if gold > 0 else -0.2))
    move = next(e for e in reading.evidence if e.method == "move_in_sigma")
    assert move.verdict == verdict


@pytest.mark.parametrize(("gap", "verdict"), [(-0.5, "supports"), (0.5, "against")])
def test_ratio_is_ranked_in_three_years(gap, verdict):
    case = case_of(World(spread={"gdx": 0.005, "gld": 0.005}, moves={"gdx": gap}))
    found = ratio(case, case.grid, measure_gap(case, case.grid, 1, case.column("gold")))
    levels = case.snapshot["gdx"].values / case.snapshot["gld"].values
    assert found.rank == pytest.approx((levels[-757:-1] < levels[-1]).mean(), abs=1e-9)
    assert found.verdict == verdict


@pytest.mark.parametrize(("gap", "place"), [(-3.0, "below_all"), (3.0, "above_all")])
def test_a_ratio_beyond_all_of_three_years_is_called_so(gap, place):
    case = case_of(World(spread={"gdx": 0.005, "gld": 0.005}, moves={"gdx": gap}))
    found = ratio(case, case.grid, measure_gap(case, case.grid, 1, case.column("gold")))
    assert found.says.key == f"channel.gold.ratio.{place}"


def _table(*rows):
    return {
        "central_bank_gold": tuple(
            {"year": year, "tonnes": tonnes, "published": date(year + 1, 1, 31)}
            for year, tonnes in rows
        )
    }


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (((2022, 1082.0), (2023, 1049.0)), "less"),
        (((2022, 900.0), (2023, 1049.0)), "more"),
        (((2021, 900.0), (2023, 1049.0)), "first"),
        ((), "none"),
    ],
)
def test_central_banks_are_context(rows, key):
    found = central_banks(case_of(asked=Asked(tables=_table(*rows))))
    assert found.says.key == f"channel.gold.central_banks.{key}"
    assert found.verdict == ("silent" if key == "none" else "cannot_tell")


def test_without_the_table_nothing_is_said_of_central_banks():
    assert central_banks(case_of()) is None
