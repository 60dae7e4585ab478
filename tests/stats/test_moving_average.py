"""Moving averages and weekly closes: pandas as reference, the bundled bitcoin history."""

from importlib import resources

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.moving_average import exponential, simple, weekly_closes


def walk(nobs, seed):
    return 100.0 * np.exp(np.cumsum(0.03 * np.random.default_rng(seed).standard_normal(nobs)))


@pytest.mark.parametrize("window", [1, 2, 50, 300])
def test_simple_equals_pandas(window):
    values = walk(300, 1)
    expected = pd.Series(values).rolling(window).mean().to_numpy()
    assert simple(values, window) == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_simple_forgets_a_spike_completely():
    values = walk(200, 2)
    spiked = values.copy()
    spiked[20] = 1e18
    assert simple(spiked, 10)[30:].tolist() == simple(values, 10)[30:].tolist()


@pytest.mark.parametrize("span", [1, 2, 50, 300])
def test_exponential_equals_pandas_from_the_same_start(span):
    values = walk(300, 3)
    seeded = pd.Series(np.append(values[:span].mean(), values[span:]))
    expected = seeded.ewm(span=span, adjust=False).mean().to_numpy()
    averages = exponential(values, span)
    assert np.isnan(averages[: span - 1]).all()
    assert averages[span - 1 :] == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 60), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_averages_move_with_unit_and_level_and_know_no_future(seed, window, scale, level):
    values = walk(80, seed)
    for average in (simple, exponential):
        plain = average(values, window)
        moved = average(scale * values + level, window)
        assert moved == pytest.approx(scale * plain + level, rel=1e-9, abs=1e-9, nan_ok=True)
        assert average(values[:70], window) == pytest.approx(plain[:70], rel=1e-12, nan_ok=True)
        assert np.nanmin(plain) >= values.min() * (1.0 - 1e-12)
        assert np.nanmax(plain) <= values.max() * (1.0 + 1e-12)


@pytest.mark.parametrize("average", [simple, exponential])
@pytest.mark.parametrize(
    ("values", "window", "reason"),
    [
        ([1.0, 2.0], 3, "too_short"),
        ([1.0, 2.0], 0, "option"),
        ([1.0, np.nan], 1, "not_finite"),
        ([[1.0, 2.0]], 1, "shape"),
        ([], 1, "too_short"),
    ],
)
def test_averages_refuse(average, values, window, reason):
    with pytest.raises(NotEstimable) as caught:
        average(values, window)
    assert caught.value.reason == reason


@settings(max_examples=25, deadline=None)
@given(st.integers(-9000, 25000), st.integers(1, 120))
def test_weeks_of_a_series_that_never_closes_equal_pandas(start, nobs):
    days = np.datetime64("1970-01-01") + np.arange(start, start + nobs)
    values = walk(nobs, nobs)
    weeks, closes = weekly_closes(days, values)
    series = pd.Series(values, index=pd.DatetimeIndex(days)).resample("W-SUN").last()
    complete = series[series.index <= pd.Timestamp(days[-1])]
    assert weeks.tolist() == complete.index.date.tolist()
    assert closes.tolist() == complete.tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 20))
def test_weeks_of_an_exchange_equal_pandas(seed, ahead):
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2019-12-20", periods=90).to_numpy().astype("datetime64[D]")
    days = days[rng.random(90) > 0.2]
    values = walk(days.size, seed)
    through = days[-1] + ahead
    weeks, closes = weekly_closes(days, values, through)
    series = pd.Series(values, index=pd.DatetimeIndex(days)).resample("W-SUN").last().dropna()
    complete = series[series.index <= pd.Timestamp(through)]
    assert weeks.tolist() == complete.index.date.tolist()
    assert closes.tolist() == complete.tolist()


def test_the_running_week_has_no_close():
    days = np.arange("2026-02-02", "2026-02-07", dtype="datetime64[D]")
    for through in (None, np.datetime64("2026-02-07")):
        weeks, closes = weekly_closes(days, np.arange(5.0), through)
        assert weeks.size == closes.size == 0
        assert weeks.dtype == np.dtype("datetime64[D]")
    weeks, closes = weekly_closes(days, np.arange(5.0), np.datetime64("2026-02-08"))
    assert weeks.tolist() == [np.datetime64("2026-02-08").item()]
    assert closes.tolist() == [4.0]


def test_a_missing_sunday_is_left_out_not_filled():
    days = np.arange("2026-01-26", "2026-02-16", dtype="datetime64[D]")
    kept = days != np.datetime64("2026-02-08")
    weeks, closes = weekly_closes(days[kept], np.arange(21.0)[kept])
    assert np.datetime_as_string(weeks).tolist() == ["2026-02-01", "2026-02-15"]
    assert closes.tolist() == [6.0, 20.0]


@pytest.mark.parametrize(
    ("days", "values", "reason"),
    [
        (["2026-01-02", "2026-01-01"], [1.0, 2.0], "not_ascending"),
        (["2026-01-01", "2026-01-01"], [1.0, 2.0], "not_ascending"),
        (["2026-01-01", "NaT"], [1.0, 2.0], "not_ascending"),
        (["2026-01-01"], [1.0, 2.0], "shape"),
        (["2026-01-01", "2026-01-02"], [1.0, np.nan], "not_finite"),
        ([], [], "too_short"),
    ],
)
def test_weeks_refuse(days, values, reason):
    with pytest.raises(NotEstimable) as caught:
        weekly_closes(np.array(days, dtype="datetime64[D]"), values)
    assert caught.value.reason == reason


def test_results_are_read_only():
    days = np.arange("2026-01-26", "2026-02-16", dtype="datetime64[D]")
    results = (simple(walk(9, 1), 2), exponential(walk(9, 1), 2))
    for array in (*results, *weekly_closes(days, walk(21, 1))):
        assert not array.flags.writeable


def test_the_200_week_averages_of_bitcoin_in_february_2026():
    path = resources.files("comove.data").joinpath("facts", "btc.csv")
    if not path.is_file():
        pytest.skip("facts are not bundled here")
    table = np.genfromtxt(path.read_text().splitlines(), delimiter=",", dtype=str)[1:]
    days = table[:, 0].astype("datetime64[D]")
    known = days <= np.datetime64("2026-02-06")
    weeks, closes = weekly_closes(days[known], table[known, 1].astype(float))
    assert weeks[-1] == np.datetime64("2026-02-01")
    assert simple(closes, 200)[-1] == pytest.approx(57946, abs=1.0)
    # commentary of the week put the exponential one at about 68.4 thousand
    assert exponential(closes, 200)[-1] == pytest.approx(68400, rel=0.005)
