"""Hayashi-Yoshida: against the double sum of its definition, truth found, false alarms counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.leadlag import hayashi_yoshida, lead_lag


def double_sum(times, levels):
    """The definition: every pair of changes whose stretches overlap."""
    (s, t), (x, y) = times, levels
    begin, end = max(s[0], t[0]), min(s[-1], t[-1])
    s, x = s[(s >= begin) & (s <= end)], x[(s >= begin) & (s <= end)]
    t, y = t[(t >= begin) & (t <= end)], y[(t >= begin) & (t <= end)]
    total = 0.0
    for i in range(1, len(s)):
        for j in range(1, len(t)):
            if s[i - 1] < t[j] and t[j - 1] < s[i]:
                total += (x[i] - x[i - 1]) * (y[j] - y[j - 1])
    return total, (np.diff(x) ** 2).sum(), (np.diff(y) ** 2).sum()


def paths(seed, rho=0.6, length=6000, delay=0, rates=(0.2, 0.1)):
    """Two Brownian paths, y following x by ``delay`` steps, seen at random times of their own."""
    rng = np.random.default_rng(seed)
    own, common = rng.standard_normal((2, length))
    x = np.cumsum(common)
    y = np.cumsum(rho * np.roll(common, delay) + np.sqrt(1 - rho**2) * own)
    clocks = [np.flatnonzero(rng.random(length - 100) < rate) + 100 for rate in rates]
    return tuple(clock.astype(float) for clock in clocks), (x[clocks[0]], y[clocks[1]])


@pytest.mark.parametrize("rates", [(0.2, 0.2), (0.6, 0.05), (0.05, 0.6)])
@pytest.mark.parametrize("shift", [0.0, 7.5, -20.0])
def test_reference_double_sum(rates, shift):
    times, levels = paths(0, length=900, rates=rates)
    found = hayashi_yoshida(times, levels, shift=shift)
    cross, own, other = double_sum((times[0], times[1] - shift), levels)
    assert found.covariance == pytest.approx(cross, rel=1e-10)
    assert found.variances == pytest.approx((own, other), rel=1e-12)
    assert found.value == pytest.approx(cross / np.sqrt(own * other), rel=1e-10)


def test_reference_common_clock_is_the_plain_correlation_of_changes():
    rng = np.random.default_rng(1)
    levels = np.cumsum(rng.standard_normal((200, 2)) @ [[1.0, 0.4], [0.0, 0.9]], axis=0)
    clock = np.arange(200)
    found = hayashi_yoshida((clock, clock), (levels[:, 0], levels[:, 1]))
    u, v = np.diff(levels, axis=0).T
    assert found.value == pytest.approx(u @ v / np.sqrt((u @ u) * (v @ v)), rel=1e-12)
    assert found.nobs == (199, 199)


def test_reference_shifts_equal_the_single_estimates():
    times, levels = paths(2, length=2000)
    shifts = [-30.0, 0.0, 12.5]
    found = lead_lag(times, levels, shifts, np.random.default_rng(0))
    for place, shift in enumerate(shifts):
        alone = hayashi_yoshida(times, levels, shift=shift)
        assert found.correlation[place] == pytest.approx(alone.value, rel=1e-12)
    assert found.nobs == hayashi_yoshida(times, levels).nobs


def test_reference_instants_are_seconds():
    times, levels = paths(3, length=1500)
    origin = np.datetime64("2026-01-05T14:30", "ns")
    instants = tuple(origin + (each * 1e9).astype("timedelta64[ns]") for each in times)
    plain, dated = (hayashi_yoshida(each, levels, shift=3.0) for each in (times, instants))
    assert dated.value == pytest.approx(plain.value, rel=1e-12)
    assert dated.low == pytest.approx(plain.low, rel=1e-9)


def covered(runs, rho, seeds=0):
    inside, values = 0, []
    for seed in range(seeds, seeds + runs):
        found = hayashi_yoshida(*paths(seed, rho))
        inside += found.low <= rho <= found.high
        values.append(found.value)
    return inside / runs, np.mean(values)


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_recovery_interval_covers_and_there_is_no_bias(rho):
    share, mean = covered(200, rho)
    assert 0.90 <= share <= 0.985
    assert abs(mean - rho) < 0.012


@pytest.mark.nightly
@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_recovery_interval_covers_in_2000_runs(rho):
    share, mean = covered(2000, rho, seeds=10_000)
    assert 0.93 <= share <= 0.965
    assert abs(mean - rho) < 0.005


def test_recovery_where_the_last_value_carried_forward_is_biased():
    gaps = []
    for seed in range(30):
        (s, t), (x, y) = paths(seed, 0.8, rates=(0.05, 0.05))
        grid = np.arange(200.0, 5900.0, 10.0)
        u = np.diff(x[np.searchsorted(s, grid, side="right") - 1])
        v = np.diff(y[np.searchsorted(t, grid, side="right") - 1])
        gaps.append([np.corrcoef(u, v)[0, 1], hayashi_yoshida((s, t), (x, y)).value])
    carried, ours = np.mean(gaps, axis=0)
    assert carried < 0.5
    assert abs(ours - 0.8) < 0.02


SHIFTS = np.arange(-60.0, 61.0, 10.0)


def test_recovery_of_a_lead():
    found_right, ratios = 0, []
    for seed in range(40):
        found = lead_lag(*paths(seed, 0.6, delay=30), SHIFTS, np.random.default_rng(seed))
        found_right += abs(found.lead - 30.0) <= 10.0
        ratios.append(found.ratio)
        assert found.significant
    assert found_right >= 36
    assert np.median(ratios) > 5.0


def alarms(runs, seeds=0):
    """Share of unrelated pairs for which some shift leaves the band."""
    count = 0
    for seed in range(seeds, seeds + runs):
        found = lead_lag(*paths(seed, 0.0, length=3000), SHIFTS, np.random.default_rng(seed))
        count += found.significant
    return count / runs


def test_recovery_false_alarms_are_as_rare_as_promised():
    # 200 runs at 5 %: sd 1.5 points
    assert 0.01 <= alarms(200) <= 0.105


@pytest.mark.nightly
def test_recovery_false_alarms_in_2000_runs():
    assert 0.035 <= alarms(2000, seeds=50_000) <= 0.07


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-3, 1e3),
    level=st.sampled_from([0.0, 1e4]),
    later=st.floats(-1e3, 1e3),
    pace=st.floats(0.1, 10.0),
)
def test_invariance_units_level_and_clock(seed, scale, level, later, pace):
    times, levels = paths(seed, length=900)
    levels = tuple((each + level) - level for each in levels)
    plain = hayashi_yoshida(times, levels)
    moved = hayashi_yoshida(
        tuple(pace * each + later for each in times), (scale * levels[0] + level, -levels[1])
    )
    assert moved.value == pytest.approx(-plain.value, abs=1e-9)
    assert moved.low == pytest.approx(-plain.high, abs=1e-9)
    assert moved.nobs == plain.nobs
    swapped = hayashi_yoshida(times[::-1], levels[::-1])
    assert swapped.value == pytest.approx(plain.value, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), scale=st.floats(1e-3, 1e3))
def test_invariance_of_the_band_and_of_time_reversed_roles(seed, scale):
    times, levels = paths(seed, length=1500, delay=10)
    plain = lead_lag(times, levels, SHIFTS, np.random.default_rng(1))
    moved = lead_lag(times, (levels[0], scale * levels[1]), SHIFTS, np.random.default_rng(1))
    np.testing.assert_allclose(moved.band, plain.band, rtol=1e-9)
    np.testing.assert_allclose(moved.correlation, plain.correlation, atol=1e-9)
    swapped = lead_lag(times[::-1], levels[::-1], SHIFTS, np.random.default_rng(1))
    np.testing.assert_allclose(swapped.correlation[::-1], plain.correlation, atol=1e-9)
    assert swapped.lead == -plain.lead
    assert swapped.ratio == pytest.approx(1.0 / plain.ratio)


def test_frames_and_bytes():
    times, levels = paths(5, length=1500)
    one, two = (lead_lag(times, levels, SHIFTS, np.random.default_rng(3)) for _ in range(2))
    assert one.band.tobytes() == two.band.tobytes()
    assert list(one.to_frame().index) == SHIFTS.tolist()
    assert one.to_frame().loc[0.0, "low"] < one.to_frame().loc[0.0, "correlation"]
    assert hayashi_yoshida(times, levels).to_frame().shape == (1, 4)
    assert np.isnan(lead_lag(times, levels, [1.0, 2.0], np.random.default_rng(3)).ratio)
    assert not one.correlation.flags.writeable


TIMES, LEVELS = paths(6, length=900)
RNG = np.random.default_rng(0)
DATES = np.arange("2024-01-01", "2024-02-10", dtype="M8[D]")
WALK = np.cumsum(np.random.default_rng(1).standard_normal(40))


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: hayashi_yoshida((TIMES[0][1:], TIMES[1]), LEVELS), "shape"),
        (lambda: hayashi_yoshida((TIMES[0][::-1], TIMES[1]), LEVELS), "not_ascending"),
        (lambda: hayashi_yoshida(TIMES, (LEVELS[0] * np.nan, LEVELS[1])), "not_finite"),
        (lambda: hayashi_yoshida(TIMES, (LEVELS[0] * 0.0, LEVELS[1])), "constant"),
        (lambda: hayashi_yoshida((TIMES[0] + 780.0, TIMES[1]), LEVELS), "too_short"),
        (lambda: hayashi_yoshida((DATES, np.arange(40.0)), (WALK, WALK)), "shape"),
        (
            lambda: hayashi_yoshida((np.r_[DATES[:39], np.datetime64("NaT")], DATES), (WALK, WALK)),
            "not_finite",
        ),
        (lambda: hayashi_yoshida((DATES[:20], DATES), (WALK[:20], WALK)), "too_short"),
        (lambda: hayashi_yoshida(TIMES, LEVELS, level=0.0), "level"),
        (
            lambda: hayashi_yoshida(
                (np.arange(90.0), np.arange(60.0, 150.0)),
                (np.r_[WALK, WALK, np.ones(10)], np.r_[np.ones(35), np.arange(55.0)]),
            ),
            "constant",
        ),
        (lambda: lead_lag(TIMES, LEVELS, [], RNG), "shape"),
        (lambda: lead_lag(TIMES, LEVELS, [1.0, 1.0], RNG), "shape"),
        (lambda: lead_lag(TIMES, LEVELS, [0.0, 1e6], RNG), "too_short"),
        (lambda: lead_lag(TIMES, LEVELS, [0.0, np.nan], RNG), "shape"),
    ],
)
def test_degenerate_ticks_are_refused(call, reason):
    with pytest.raises(NotEstimable) as refused:
        call()
    assert refused.value.reason == reason
