"""Forced selling: judged on residuals, never on what is a position's own price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from comove.channels._correlation_break import rise_pvalue
from comove.channels.deleveraging import _link_evidence
from comove.channels.deleveraging._attacks import attack_link, pair_verdict
from comove.channels.deleveraging._doubts import MUST_PASS, doubts, trade
from comove.channels.deleveraging._residuals import (
    joint_days,
    joint_gap,
    measure,
    unexplained,
    window_covariances,
)
from comove.core.driver import Driver
from comove.core.evidence import Check
from comove.core.message import say
from comove.stats.correlation import Correlation

from . import cases
from .cases import (
    CHANNELS,
    DEPENDENCE,
    EPISODE,
    ROWS,
    Asked,
    World,
    case_of,
    liquidations,
    weekdays,
)

CHANNEL = CHANNELS["deleveraging"]


def read(world=None, asked=None, **rest):
    return CHANNEL.examine(case_of(world, asked, **rest))


@pytest.fixture
def common_shock(monkeypatch):
    """A factor no driver measures hits both assets in the last 63 sessions."""

    def switch(strength: float, first: int = DEPENDENCE) -> None:
        real = cases.changes_of

        def shocked(world):
            raw = real(world)
            shock = np.random.default_rng(world.seed + 1000).standard_normal(first)
            raw["btc"][-first:] += strength * 0.03 * shock
            raw["gdx"][-first:] += abs(strength) * 0.02 * shock
            return raw

        monkeypatch.setattr(cases, "changes_of", shocked)

    return switch


FALLS = World(moves={"btc": -0.2, "gdx": -0.15})
SOLD = Asked(tables=liquidations(1))


def test_supports_a_common_shock_no_driver_explains(common_shock):
    common_shock(1.5)
    reading = read(FALLS, SOLD)
    assert reading.verdict == "supports"
    assert reading.because["parts"][0].key == "channel.deleveraging.part.carries"
    assert {check.attack for check in reading.checks} == {
        "placebo_window",
        "leave_one_out",
        "other_estimator",
        "variance_adjusted",
    }
    assert all(check.passed for check in reading.checks)


def _doubts(reading):
    assert reading.because.key == "channel.deleveraging.held"
    return [reason.key.rsplit(".", 1)[1] for reason in reading.because["reasons"]]


def test_a_common_residual_without_a_trace_is_only_unexplained(common_shock):
    common_shock(1.5)
    reading = read(FALLS)
    assert reading.verdict == "cannot_tell"
    assert _doubts(reading) == ["no_trace"]
    supported = {e.method for e in read(FALLS, SOLD).evidence if e.verdict == "supports"}
    assert "residual_correlation" in supported
    residual = {"residual_correlation", "mildest_residual", "joint_residual_days"}
    said = {entry.verdict for entry in reading.evidence if entry.method in residual}
    assert "supports" not in said


@pytest.mark.parametrize("series", ["funding_btc", "dvol"])
def test_extreme_funding_or_volatility_is_a_trace(common_shock, monkeypatch, series):
    common_shock(1.5)
    real = cases.changes_of

    def extreme(world):
        raw = real(world)
        raw[series][ROWS - EPISODE - 5] += 300.0
        return raw

    monkeypatch.setattr(cases, "changes_of", extreme)
    assert read(FALLS).verdict == "supports"


@pytest.mark.parametrize("world", [{"ends": {"vix": 3}}, {"without": ("dxy",)}])
def test_what_was_left_out_may_be_what_is_left_over(common_shock, world):
    common_shock(1.5)
    reading = read(replace(FALLS, **world), SOLD)
    assert reading.verdict == "cannot_tell"
    assert _doubts(reading) == ["left_out"]


def test_the_technology_factor_of_a_technology_fund_is_not_forced_selling(monkeypatch):
    real = cases.changes_of

    def technology(world):
        raw = real(world)
        shock = np.random.default_rng(5).standard_normal(DEPENDENCE)
        raw["btc"][-DEPENDENCE:] += 0.05 * shock
        raw["qqq"][-DEPENDENCE:] += 0.03 * shock
        return raw

    monkeypatch.setattr(cases, "changes_of", technology)
    world = World(moves={"btc": -0.2, "qqq": -0.15})
    reading = read(world, Asked(assets=("btc", "qqq"), tables=liquidations(1)))
    assert reading.verdict == "cannot_tell"
    left = reading.because["reasons"][0]
    assert left.key == "channel.deleveraging.doubt.left_out"
    assert [name.id for name in left["drivers"]] == ["driver.nasdaq_spread", "driver.semis_spread"]


@pytest.mark.parametrize("passed", [True, False, None])
@pytest.mark.parametrize("attack", MUST_PASS)
def test_every_named_attack_must_have_been_survived(attack, passed):
    checks = tuple(
        Check(attack=key, passed=passed if key == attack else True, says=say("reading.sentence"))
        for key in (*MUST_PASS, "leave_one_out")
    )
    found = doubts(case_of(FALLS), True, checks)
    assert bool(found) == (passed is not True)
    if found:
        assert [name.id for name in found[0]["attacks"]] == [f"attack.{attack}"]


@pytest.mark.parametrize(
    ("asked", "word"),
    [(Asked(), "fell"), (Asked(falling=False), "rose"), (Asked(found=False), "window")],
)
def test_a_rise_is_bought_and_a_fall_is_sold(asked, word):
    assert trade(case_of(asked=asked)).key == f"channel.deleveraging.trade.{word}"


def test_a_rise_apart_is_not_called_selling(common_shock):
    common_shock(-1.5)
    world = World(moves={"btc": 0.2, "gdx": 0.15})
    part = read(world, Asked(falling=False)).because["parts"][0]
    assert part.key == "channel.deleveraging.part.other_way"
    assert part["trade"].key == "channel.deleveraging.trade.rose"
    assert part["total"].value < 0.0


def test_a_correction_that_does_not_show_is_called_none():
    case = case_of(FALLS)
    link = measure(case, case.grid, 0, case.residuals)
    adjusted = attack_link(case, case.grid, link, "cannot_tell")[3].says
    same = round(adjusted["adjusted"].value, 2) == round(adjusted["raw"].value, 2)
    assert adjusted.key.endswith(".unchanged" if same else ".changed")


def test_against_when_the_residuals_moved_apart(common_shock):
    common_shock(-1.5)
    linked = {"btc": {"spy": 8.0}, "gdx": {"spy": 8.0}}
    reading = read(replace(FALLS, loads=linked))
    assert reading.verdict == "against"
    assert reading.because["parts"][0].key == "channel.deleveraging.part.opposite"


def test_against_when_the_drivers_explain_everything():
    linked = {"btc": {"spy": 3.0}, "gdx": {"spy": 2.0}}
    world = World(loads=linked, spread={"btc": 0.002, "gdx": 0.002}, moves={"spy": -0.1})
    reading = read(world)
    assert reading.verdict == "against"
    assert reading.because["parts"][0].key == "channel.deleveraging.part.negligible"


def test_cannot_tell_when_the_residuals_were_always_linked(common_shock):
    common_shock(1.5, first=ROWS)
    reading = read(FALLS)
    assert reading.verdict == "cannot_tell"


def test_cannot_tell_when_the_pair_did_not_move_together(common_shock):
    common_shock(-1.5)
    reading = read(FALLS)
    assert reading.verdict == "cannot_tell"
    assert reading.because["parts"][0].key == "channel.deleveraging.part.other_way"


def test_silent_when_there_is_no_split():
    case = replace(case_of(), grid=None)
    reading = CHANNEL.examine(case)
    assert reading.verdict == "silent"
    assert reading.because.key == "reading.silent.no_split"


def test_silent_when_no_driver_is_left():
    legs = {leg for channel in CHANNELS.values() for d in channel.drivers for leg in d.series}
    reading = read(World(without=tuple(legs)))
    assert reading.verdict == "silent"


def test_silent_when_a_residual_does_not_vary():
    case = case_of()
    flat = case.residuals.copy()
    flat[:, 0] = 0.0
    reading = CHANNEL.examine(replace(case, residuals=flat))
    assert reading.verdict == "silent"
    assert reading.because.key == "channel.deleveraging.not_estimable"


def test_implied_volatility_never_explains_bitcoin_on_the_same_day():
    reading = read()
    keys = {caveat.key for caveat in reading.caveats}
    assert keys == {"reading.caveat.circular", "channel.deleveraging.no_driver"}


def test_implied_volatility_enters_where_bitcoin_is_not_asked():
    asked = Asked(assets=("gdx", "qqq"))
    reading = read(asked=asked)
    assert "channel.deleveraging.no_driver" not in {caveat.key for caveat in reading.caveats}
    assert case_of(asked=asked).share("deleveraging") is not None


def test_a_group_needs_every_pair(common_shock):
    common_shock(1.5)
    assert read(FALLS, Asked(assets=("btc", "gdx", "slv"))).verdict != "supports"


def test_residual_share_matches_numpy():
    case = case_of(World(seed=11, loads={"btc": {"spy": 2.0}, "gdx": {"spy": 1.0}}))
    link = measure(case, case.grid, 0, case.residuals)
    rows = case.grid.dependence
    expected = np.cov(case.residuals[rows].T)[0, 1] / np.cov(case.grid.returns[rows].T)[0, 1]
    assert link.judgement.part.fraction == pytest.approx(expected, abs=1e-9)
    assert link.now.value == pytest.approx(np.corrcoef(case.residuals[rows].T)[0, 1], abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_interval_and_break_have_their_error_rates(rho):
    """Coverage of the residual correlation, and false alarms of its break, in 200 worlds."""
    base = case_of()
    grid, runs = base.grid, 200
    rng = np.random.default_rng(4)
    missed = alarms = 0
    for _ in range(runs):
        noise = rng.standard_normal(grid.returns.shape)
        noise[:, 1] = rho * noise[:, 0] + np.sqrt(1.0 - rho**2) * noise[:, 1]
        common = rng.standard_normal(len(noise))[:, None]
        found = measure(
            replace(base, grid=(g := replace(grid, returns=noise + common))), g, 0, noise
        )
        part = found.judgement.part
        scale = part.fraction / found.now.value
        missed += not part.low <= rho * scale <= part.high
        alarms += found.pvalue < 0.05
    # Binomial bounds of 5 % in 200 runs at one in a thousand are 0..22; HAC costs a little.
    assert 1 <= missed <= 26
    assert 1 <= alarms <= 22


@pytest.mark.parametrize(
    ("now", "pvalue", "verdict"),
    [(0.6, 0.01, "supports"), (0.6, 0.2, "cannot_tell"), (-0.6, 0.01, "cannot_tell")],
)
def test_a_residual_share_needs_a_break_upwards(common_shock, now, pvalue, verdict):
    common_shock(1.5)
    case = case_of(FALLS)
    link = measure(case, case.grid, 0, case.residuals)
    assert link.judgement.verdict == "supports"
    changed = replace(link, now=replace(link.now, value=now), pvalue=pvalue)
    assert pair_verdict(changed) == verdict


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
@settings(max_examples=25, deadline=None)
def test_window_covariances_match_a_slow_loop(seed, size):
    values = np.random.default_rng(seed).standard_normal((30, 2))
    slow = [np.cov(values[t : t + size].T)[0, 1] for t in range(30 - size + 1)]
    assert np.allclose(window_covariances(values, size), slow, atol=1e-9)


@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0), st.floats(-1.0, 1.0))
@settings(max_examples=10, deadline=None)
def test_residual_link_is_invariant_to_scale_and_level(first, second, level):
    case = case_of(World(seed=11, loads={"btc": {"spy": 2.0}, "gdx": {"spy": 1.0}}))
    scale = np.array([first, second])
    grid = replace(case.grid, returns=case.grid.returns * scale)
    plain = measure(case, case.grid, 0, case.residuals)
    scaled = measure(case, grid, 0, case.residuals * scale + level)
    for name in ("fraction", "low", "high", "extremity"):
        expected = getattr(plain.judgement.part, name)
        assert getattr(scaled.judgement.part, name) == pytest.approx(expected, abs=1e-6)
    assert scaled.now.value == pytest.approx(plain.now.value, abs=1e-9)


@pytest.mark.parametrize("toward", [-1.0, 1.0])
def test_joint_gap_matches_the_split_and_a_slow_loop(toward):
    case = case_of(World(seed=21, loads={"btc": {"spy": 2.0}}, moves={"btc": -0.2, "gdx": -0.15}))
    grid = case.grid
    found = joint_gap(grid, unexplained(case, grid), toward)
    slow, spread = [], []
    for asset in range(2):
        fit = sm.OLS(
            grid.returns[grid.baseline, asset], sm.add_constant(grid.drivers[grid.baseline])
        ).fit()
        drift = EPISODE * fit.params[0]
        through = sum(share.returns[asset].value for share in case.shares.values())
        assert found.moves[asset] == pytest.approx(
            case.totals[asset].value - through - drift, abs=1e-9
        )
        spread.append(fit.resid.std() * np.sqrt(EPISODE))
        slow.append([fit.resid[t : t + EPISODE].sum() for t in range(len(fit.resid) - EPISODE + 1)])
    assert found.sigmas == pytest.approx(found.moves / spread, abs=1e-9)
    assert found.mildest == pytest.approx(min(toward * found.sigmas), abs=1e-9)
    history = np.min(toward * np.array(slow) / np.array(spread)[:, None], axis=0)
    assert found.extremity == pytest.approx((history < found.mildest).mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("jumps", "verdict", "sign"),
    [
        ({("btc", 2): -0.4, ("gdx", 4): -0.3}, "cannot_tell", -1.0),
        ({("btc", 2): -0.4, ("gdx", 4): 0.3}, "against", 1.0),
    ],
)
def test_unexplained_moves_of_the_window(jumps, verdict, sign):
    reading = read(World(jumps=jumps))
    entry = _of(reading, "gap")[0]
    assert entry.verdict == verdict
    assert entry.estimate.value * sign > 1.0
    assert (entry.rank < 0.1) == (sign < 0.0)
    exhibit = entry.exhibits[0]
    assert exhibit.kind == "lines"
    for asset, told in zip(("btc", "gdx"), entry.says["moves"], strict=True):
        assert exhibit.columns[asset][0] == 0.0
        assert exhibit.columns[asset][-1] == pytest.approx(told["move"].value, abs=1e-12)


def test_an_ordinary_unexplained_move_takes_no_side():
    quiet = World(jumps={("btc", 2): -0.4}, seed=1)
    case = case_of(quiet)
    gdx = joint_gap(case.grid, unexplained(case, case.grid), -1.0).moves[1]
    level = replace(quiet, jumps={**quiet.jumps, ("gdx", 0): -gdx})
    entry = _of(read(level), "gap")[0]
    assert abs(entry.estimate.value) < 0.2
    assert entry.verdict == "cannot_tell"


@pytest.mark.parametrize("falling", [True, False])
def test_joint_days_match_scipy(falling):
    case = case_of(World(seed=21, moves={"btc": -0.2, "gdx": -0.15}))
    grid, toward = case.grid, -1.0 if falling else 1.0
    found = joint_days(grid, case.residuals, (0, 1), toward)
    spread = case.residuals[grid.baseline].std(axis=0)
    large = toward * case.residuals[grid.episode] > spread
    joint = int((large[:, 0] & large[:, 1]).sum())
    first, second = (int(count) for count in large.sum(axis=0))
    assert len(found.rows) == joint
    assert found.alone == (first - joint, second - joint)
    assert found.pvalue == pytest.approx(hypergeom.sf(joint - 1, EPISODE, first, second), abs=1e-9)


def test_days_apart_speak_against_a_common_cause():
    jumps = {("btc", 1): -0.3, ("gdx", 4): -0.25}
    reading = read(World(jumps=jumps, seed=3, spread={"btc": 0.01, "gdx": 0.01}))
    days = next(e for e in reading.evidence if e.says.key.startswith("channel.deleveraging.days"))
    assert days.says.key == "channel.deleveraging.days.fell.none"
    assert days.verdict == "against"


def test_one_common_day_is_counted():
    jumps = {("btc", 3): -0.3, ("gdx", 3): -0.25}
    reading = read(World(jumps=jumps, spread={"btc": 0.002, "gdx": 0.002}))
    days = next(e for e in reading.evidence if e.says.key.startswith("channel.deleveraging.days"))
    assert days.estimate.value == 1.0
    assert days.says["tally"]["days"] == (weekdays(ROWS + 1)[-EPISODE + 3].item(),)


@pytest.mark.parametrize(("share", "verdict"), [(0.8, "against"), (0.2, "cannot_tell")])
def test_a_fall_made_while_new_york_was_shut_speaks_against(share, verdict):
    reading = read(FALLS, weekend=share)
    entry = next(e for e in reading.evidence if e.says.key == "channel.deleveraging.weekend")
    assert entry.estimate.value == pytest.approx(share, abs=1e-9)
    assert entry.verdict == verdict
    assert entry.says["days"] == 1


def _of(reading, key):
    return [e for e in reading.evidence if e.says.key.startswith(f"channel.deleveraging.{key}")]


def test_liquidations_count_inside_the_window_only():
    inside = _of(read(FALLS, Asked(tables=liquidations(1))), "liquidations")[0]
    assert inside.estimate.value == pytest.approx(2.5)
    assert inside.verdict == "cannot_tell"
    outside = _of(read(FALLS, Asked(tables=liquidations(30))), "liquidations")[0]
    assert (outside.estimate, outside.verdict) == (None, "silent")


def test_crypto_traces_are_not_shown_for_other_assets():
    reading = read(asked=Asked(assets=("gdx", "qqq"), tables=liquidations(1)))
    assert not _of(reading, "liquidations")
    assert not _of(reading, "funding")


@pytest.mark.parametrize(
    ("move", "falling", "verdict"),
    [(30.0, True, "supports"), (-30.0, True, "against"), (-30.0, False, "supports")],
)
def test_funding_is_read_before_the_window_and_ranked(monkeypatch, move, falling, verdict):
    real = cases.changes_of

    def crowded(world):
        raw = real(world)
        raw["funding_btc"][ROWS - EPISODE - 5] += move
        return raw

    monkeypatch.setattr(cases, "changes_of", crowded)
    entry = _of(read(FALLS, Asked(falling=falling)), "funding")[0]
    assert entry.verdict == verdict
    assert entry.estimate.last == weekdays(ROWS + 1)[-EPISODE - 1].item()


def test_funding_of_the_window_itself_does_not_count():
    plain = _of(read(FALLS), "funding")[0]
    later = _of(read(replace(FALLS, moves={**FALLS.moves, "funding_btc": 50.0})), "funding")[0]
    assert plain.estimate == later.estimate


def test_missing_traces_are_silent():
    world = replace(FALLS, without=("funding_btc",), begins={"dvol": ROWS - 10})
    silent = _of(read(world), "no_history")
    assert {e.verdict for e in silent} == {"silent"}
    assert {e.says["series"].id for e in silent} == {"funding_btc", "dvol"}


def _correlation(value, size):
    return Correlation(
        value=value, low=-1.0, high=1.0, level=0.95, nobs=size, nobs_effective=float(size)
    )


def test_rise_has_the_published_pvalue():
    # Two independent correlations compared by Fisher's z: .5 from 103 pairs against .3 from 53.
    z = (np.arctanh(0.5) - np.arctanh(0.3)) / np.sqrt(1 / 100 + 1 / 50)
    from scipy.stats import norm

    found = rise_pvalue(_correlation(0.5, 103), _correlation(0.3, 53))
    assert found == pytest.approx(2 * norm.sf(z), abs=1e-12)


@pytest.mark.parametrize(("value", "size"), [(1.0, 100), (0.5, 3)])
def test_degenerate_correlations_show_no_rise(value, size):
    assert rise_pvalue(_correlation(value, size), _correlation(0.1, 100)) == 1.0


def test_a_stranger_may_share_the_driver():
    extra = {"other": (Driver("dvol", (("dvol", 1.0),)),)}
    assert read(asked=Asked(assets=("gdx", "qqq"), extra=extra)).verdict != "silent"


@pytest.mark.parametrize("reason", ["no_move", "other_way", "wide"])
def test_a_share_is_named_only_of_a_covariance_that_is_there(reason):
    case = case_of(FALLS)
    link = measure(case, case.grid, 0, case.residuals)
    found = _link_evidence(
        case, case.grid, replace(link, judgement=replace(link.judgement, reason=reason))
    )
    assert found.says.key.endswith("share") == (reason == "wide")
