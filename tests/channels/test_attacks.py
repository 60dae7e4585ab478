"""The attacks do what they say, and a reading can fail them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.channels._attacks import LAST_YEAR, attack_share
from comove.channels._share_evidence import noise, read_shares
from comove.channels.deleveraging._attacks import without_each

from . import cases
from .cases import DEPENDENCE, EPISODE, ROWS, Asked, World, case_of

LOADS = {"btc": {"spy": 2.0}, "gdx": {"spy": 1.5}}
CARRIED = World(loads=LOADS, spread={"btc": 0.01, "gdx": 0.01}, moves={"spy": -0.12})


def checks(case, channel="risk"):
    shares = read_shares(case, channel)
    assert shares is not None
    return {check.attack: check for check in attack_share(case, channel, shares.judgements)}


def slow_fractions(case, channel="risk"):
    """Fractions without each day, one loop per asset and day, from betas and drivers."""
    grid, keys = case.grid, [driver.key for driver in case.drivers]
    columns = [keys.index(key) for key in case.shares[channel].drivers]
    found = {}
    for asset in range(len(case.assets)):
        for left_out in range(EPISODE):
            part = total = 0.0
            for row in range(EPISODE):
                if row == left_out:
                    continue
                total += grid.returns[grid.episode.start + row, asset]
                for column in columns:
                    part += (
                        case.betas[asset, column] * grid.drivers[grid.episode.start + row, column]
                    )
            found[asset, left_out] = (part / total, total)
    return found


def slow_covariance(case, channel="risk"):
    """The first pair's covariance through a channel with last year's exposures, term by term."""
    grid, keys = case.grid, [driver.key for driver in case.drivers]
    inside = [keys.index(key) in _columns(case, channel) for key in keys]
    stop = grid.dependence_baseline.stop
    rows = slice(stop - LAST_YEAR, stop)
    one, two = (
        sm.OLS(grid.returns[rows, asset], sm.add_constant(grid.drivers[rows])).fit().params[1:]
        for asset in (0, 1)
    )
    spread = np.cov(grid.drivers[grid.dependence].T)
    part = sum(
        one[p] * spread[p, q] * two[q] * (inside[p] + inside[q]) / 2.0
        for p in range(len(keys))
        for q in range(len(keys))
    )
    return part / np.cov(grid.returns[grid.dependence].T)[0, 1]


def _columns(case, channel):
    return {[d.key for d in case.drivers].index(key) for key in case.shares[channel].drivers}


@pytest.mark.parametrize("channel", ["risk", "dollar"])
def test_covariance_with_last_years_exposures_matches_a_slow_loop(channel):
    case = case_of(CARRIED)
    check = checks(case, channel)["covariance_last_year"]
    assert check.estimate.value == pytest.approx(slow_covariance(case, channel), abs=1e-9)
    before = case.shares[channel].covariance[0].value
    assert check.says["before"].value == before
    sides = [(value >= 0.1) - (value <= -0.1) for value in (check.estimate.value, before)]
    assert check.passed is (sides[0] == sides[1])


def test_a_covariance_share_fails_when_the_exposures_are_of_last_year_only(monkeypatch):
    real = cases.changes_of

    def lately(world):
        raw = real(world)
        for asset in ("btc", "gdx"):
            raw[asset][: ROWS - DEPENDENCE - LAST_YEAR] -= (
                2.4 * raw["spy"][: ROWS - DEPENDENCE - LAST_YEAR]
            )
            raw[asset] += 1.2 * raw["spy"]
        return raw

    monkeypatch.setattr(cases, "changes_of", lately)
    check = checks(case_of(World(spread={"btc": 0.01, "gdx": 0.01})))["covariance_last_year"]
    assert check.estimate.value > 0.3
    assert check.says["before"].value < 0.1
    assert check.passed is False


@pytest.mark.parametrize("seed", range(4))
def test_leave_one_out_matches_a_slow_loop(seed):
    case = case_of(replace(CARRIED, seed=seed))
    check = checks(case)["leave_one_out"]
    slow = slow_fractions(case)
    before = [case.shares["risk"].returns[a].value / case.totals[a].value for a in (0, 1)]
    moved = {key: abs(value[0] - before[key[0]]) for key, value in slow.items()}
    asset, day = max(moved, key=lambda key: moved[key])
    assert check.says["subject"][0].id == case.assets[asset]
    assert check.says["day"] == case.grid.day(case.grid.episode.start + day)
    assert check.estimate.value == pytest.approx(slow[asset, day][0], abs=1e-9)
    assert check.passed is all(fraction >= 0.1 for fraction, _ in slow.values())


def test_leave_one_out_fails_when_one_day_carries_the_share():
    world = World(
        loads=LOADS,
        spread={"btc": 0.01, "gdx": 0.01, "spy": 0.002},
        moves={"btc": -0.3, "gdx": -0.3},
        jumps={("spy", 2): -0.06},
    )
    case = case_of(world)
    check = checks(case)["leave_one_out"]
    assert check.passed is False
    assert check.says.key == "attack.leave_one_out.breaks"
    assert check.says["day"] == case.grid.day(case.grid.episode.start + 2)


def test_leave_one_out_says_when_the_day_is_the_move():
    world = World(
        loads=LOADS,
        spread={"btc": 0.001, "gdx": 0.001, "spy": 0.002},
        jumps={("spy", 2): -0.06},
    )
    check = checks(case_of(world))["leave_one_out"]
    assert check.passed is False
    assert check.says.key == "attack.leave_one_out.nothing_left"


def test_nothing_is_left_out_of_no_move():
    still = World(seed=4)
    case = case_of(still)
    drift = {asset: -case.totals[c].value for c, asset in enumerate(case.assets)}
    check = checks(case_of(replace(still, moves=drift)))["leave_one_out"]
    assert (check.passed, check.says.key) == (None, "attack.leave_one_out.none")


def test_exposures_of_the_last_year_match_statsmodels():
    case = case_of(CARRIED)
    grid = case.grid
    check = checks(case)["other_estimator"]
    keys = [driver.key for driver in case.drivers]
    columns = [keys.index(key) for key in case.shares["risk"].drivers]
    rows = slice(grid.baseline.stop - LAST_YEAR, grid.baseline.stop)
    parts = []
    for asset in range(2):
        fit = sm.OLS(grid.returns[rows, asset], sm.add_constant(grid.drivers[rows])).fit(
            cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": False}
        )
        sums = np.zeros(len(keys) + 1)
        sums[[1 + column for column in columns]] = grid.drivers[grid.episode][:, columns].sum(
            axis=0
        )
        parts.append((sums @ fit.params, np.sqrt(sums @ fit.cov_params() @ sums)))
    value, error = max(parts, key=lambda part: abs(part[0]))
    assert check.estimate.value == pytest.approx(value, abs=1e-9)
    assert check.estimate.high - check.estimate.value == pytest.approx(1.959964 * error, rel=1e-5)
    assert check.passed is True


def test_exposures_that_turned_in_the_last_year_fail(monkeypatch):
    from . import cases

    real = cases.changes_of

    def turned(world):
        raw = real(world)
        start = cases.ROWS - EPISODE - LAST_YEAR
        for asset in ("btc", "gdx"):
            raw[asset][start:-EPISODE] -= 2.0 * LOADS[asset]["spy"] * raw["spy"][start:-EPISODE]
        return raw

    monkeypatch.setattr(cases, "changes_of", turned)
    case = case_of(replace(CARRIED, moves={"spy": -0.3}))
    assert read_shares(case, "risk").verdict == "supports"
    assert checks(case)["other_estimator"].passed is False


def test_placebo_matches_the_share_of_less_extreme_windows():
    case = case_of(CARRIED)
    check = checks(case)["placebo_window"]
    share = case.shares["risk"]
    slow = [
        np.mean(share.return_history[:, asset] > share.returns[asset].value) for asset in (0, 1)
    ]
    assert check.estimate.value == pytest.approx(min(slow), abs=1e-9)
    assert check.passed is True
    assert check.says["count"] == len(share.return_history)


def test_placebo_only_informs_when_the_verdict_is_against():
    world = World(spread={"btc": 0.005, "gdx": 0.005}, moves={"btc": -0.3, "gdx": -0.3})
    check = checks(case_of(world))["placebo_window"]
    assert check.passed is None
    assert check.estimate is not None


def test_placebo_without_history_says_so():
    case = case_of(CARRIED)
    bare = {
        key: replace(share, return_history=share.return_history[:5])
        for key, share in case.shares.items()
    }
    case = replace(case, shares=bare)
    check = checks(case)["placebo_window"]
    assert (check.passed, check.says.key) == (None, "attack.placebo_window.none")
    assert read_shares(case, "risk").verdict == "cannot_tell"


def test_noise_is_the_baseline_deviation_over_the_window():
    case = case_of()
    expected = case.grid.returns[case.grid.baseline, 1].std() * np.sqrt(EPISODE)
    assert noise(case.grid, 1) == pytest.approx(expected)


@given(st.integers(0, 2**32 - 1), st.integers(4, 30))
@settings(max_examples=25, deadline=None)
def test_covariance_without_each_row_matches_numpy(seed, rows):
    values = np.random.default_rng(seed).standard_normal((rows, 2))
    slow = [np.cov(np.delete(values, row, axis=0).T)[0, 1] for row in range(rows)]
    assert np.allclose(without_each(values), slow, atol=1e-12)


def test_checks_are_the_same_in_every_order_of_assets():
    plain = checks(case_of(CARRIED))
    turned = checks(case_of(CARRIED, Asked(assets=("gdx", "btc"))))
    for attack, check in plain.items():
        assert turned[attack].passed == check.passed
        assert turned[attack].estimate.value == pytest.approx(check.estimate.value, abs=1e-9)
