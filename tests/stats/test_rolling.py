import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import rolling
from comove.stats.rolling import ewma_interval, paths


def pair(x, y, window, **options):
    return rolling.pair(x, y, window, **options).value


def ewma(x, y, decay, **options):
    return rolling.ewma(x, y, decay, **options).value


def draw(nobs, seed=0, rho=0.4):
    z = np.random.default_rng(seed).standard_normal((nobs, 2))
    return z[:, 0], rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]


def slow_pair(x, y, window):
    out = np.full(len(x), np.nan)
    for t in range(window - 1, len(x)):
        out[t] = np.corrcoef(x[t - window + 1 : t + 1], y[t - window + 1 : t + 1])[0, 1]
    return out


@pytest.mark.parametrize(("nobs", "window"), [(40, 3), (80, 21), (63, 63), (3000, 500)])
def test_pair_equals_slow_loop(nobs, window):
    x, y = draw(nobs)
    np.testing.assert_allclose(pair(x, y, window), slow_pair(x, y, window), atol=1e-13)


def test_pair_equals_pandas():
    x, y = draw(300)
    expected = pd.Series(x).rolling(30).corr(pd.Series(y)).to_numpy()
    np.testing.assert_allclose(pair(x, y, 30), expected, atol=1e-10)


def test_pair_forgets_a_spike_exactly():
    x, y = draw(200)
    spiked = x.copy()
    spiked[50] = 1e12
    found, clean = pair(spiked, y, 20), pair(x, y, 20)
    np.testing.assert_array_equal(found[70:], clean[70:])
    assert not np.allclose(found[50:70], clean[50:70])


def test_pair_is_nan_exactly_where_a_window_is_constant():
    x, y = draw(60)
    x[20:35] = 0.1
    found = pair(x, y, 10)
    expected = np.zeros(60, dtype=bool)
    expected[:9] = True
    expected[29:35] = True
    np.testing.assert_array_equal(np.isnan(found), expected)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3), st.floats(-1e2, 1e2), st.integers(3, 40))
def test_pair_invariances(seed, scale, shift, window):
    x, y = draw(50, seed)
    base = pair(x, y, window)
    np.testing.assert_allclose(pair(y, scale * x + shift, window), base, atol=1e-7)
    np.testing.assert_allclose(pair(-scale * x, y, window), -base, atol=1e-9)


def test_paths_equal_pair_on_clustered_fat_tails():
    rng = np.random.default_rng(4)
    x, y = rng.standard_t(3, (2, 504, 20)) * np.exp(rng.standard_normal((504, 20)) / 2)
    found = paths(x, y, 63)
    for column in range(20):
        np.testing.assert_allclose(
            found[:, column], pair(x[:, column], y[:, column], 63)[62:], atol=1e-9
        )


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_paths_are_nan_where_nothing_moves(level):
    x, y = (z[:, None] for z in draw(100))
    x[30:60] = level
    found = paths(x, y, 10)[:, 0]
    assert np.isnan(found[30:51]).all()
    assert not np.isnan(found[:30]).any()
    assert not np.isnan(found[51:]).any()


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.94, 0.99])
def test_ewma_equals_explicit_weights(decay):
    x, y = draw(260, 3)
    found = ewma(x, y, decay)
    first = int(np.ceil((1 + decay) / (1 - decay) - 1e-9)) - 1
    assert np.isnan(found[:first]).all()
    for t in range(first, 260, 7):
        weights = decay ** np.arange(t, -1, -1)
        a, b = x[: t + 1], y[: t + 1]
        expected = (weights * a * b).sum() / np.sqrt(
            (weights * a * a).sum() * (weights * b * b).sum()
        )
        assert found[t] == pytest.approx(expected, abs=1e-12)


def test_ewma_uses_no_future():
    x, y = draw(150, 5)
    changed = y.copy()
    changed[100:] *= -3
    np.testing.assert_array_equal(ewma(x, changed, 0.94)[:100], ewma(x, y, 0.94)[:100])


@pytest.mark.parametrize(
    ("decay", "sd", "tolerance"), [(0.94, 0.173, 0.01), (0.97, 0.122, 0.02), (0.99, 0.0706, 0.03)]
)
def test_ewma_null_spread(decay, sd, tolerance):
    rng = np.random.default_rng(11)
    values = ewma(*rng.standard_normal((2, 400_000)), decay)[1000:]
    assert values.std() == pytest.approx(sd, rel=tolerance)


@pytest.mark.parametrize("decay", [0.94, 0.97])
def test_ewma_interval_covers(decay):
    rho = 0.5
    # Values 300 apart share next to nothing: 650 nearly independent draws.
    x, y = draw(200_000, 13, rho)
    value = ewma(x, y, decay)[1000::300]
    band = ewma_interval(value, decay)
    inside = ((band.low <= rho) & (rho <= band.high)).mean()
    assert inside == pytest.approx(0.95, abs=0.03)


def test_ewma_interval_keeps_shape_and_nan():
    band = ewma_interval(np.array([[0.2, np.nan], [1.0, -1.0]]), 0.97)
    assert band.low.shape == (2, 2)
    assert np.isnan(band.low[0, 1])
    assert np.isnan(band.high[0, 1])
    assert band.low[1, 0] > 0.999
    assert band.nobs_effective == pytest.approx(1.97 / 0.03)
    wide = ewma_interval(0.3, 0.4)
    assert (float(wide.low), float(wide.high)) == (-1.0, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3))
def test_ewma_invariances(seed, scale):
    x, y = draw(80, seed)
    base = ewma(x, y, 0.9)
    np.testing.assert_allclose(ewma(y, x * scale, 0.9), base, atol=1e-12)
    np.testing.assert_allclose(ewma(x, -y, 0.9), -base, atol=1e-12)


def test_reference_pair_with_gaps_equals_pandas_over_the_rows_both_have():
    rng = np.random.default_rng(7)
    x, y = (z.copy() for z in draw(200, 7))
    x[rng.random(200) < 0.2] = np.nan
    y[rng.random(200) < 0.1] = np.nan
    y[50:75] = np.nan
    both = ~np.isnan(x) & ~np.isnan(y)
    left, right = (pd.Series(np.where(both, z, np.nan)) for z in (x, y))
    expected = left.rolling(25, min_periods=9).corr(right).to_numpy().copy()
    expected[:24] = np.nan  # pandas begins before the first full window
    found = pair(x, y, 25, min_periods=9)
    np.testing.assert_allclose(found, expected, atol=1e-10)
    assert np.isnan(found[70:80]).any()
    whole = pair(*draw(200, 7), 25)
    np.testing.assert_allclose(pair(*draw(200, 7), 25, min_periods=25), whole, atol=1e-14)


def test_reference_pair_with_gaps_is_nan_on_constant_rows():
    x, y = (z.copy() for z in draw(40, 8))
    x[10:20] = 0.1
    x[[13, 17]] = np.nan
    found = pair(x, y, 8, min_periods=4)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(found[7:])) + 7, [17, 18, 19])


def test_reference_ewma_with_gaps_equals_explicit_weights():
    rng = np.random.default_rng(9)
    x, y = (z.copy() for z in draw(120, 9))
    x[rng.random(120) < 0.3] = np.nan
    y[20:40] = np.nan
    found = ewma(x, y, 0.9, min_periods=5)
    there = ~np.isnan(x) & ~np.isnan(y)
    for t in range(120):
        kept = there[: t + 1]
        if kept.sum() < 5:
            assert np.isnan(found[t])
            continue
        weight = (0.9 ** np.arange(t, -1, -1))[kept]
        a, b = x[: t + 1][kept], y[: t + 1][kept]
        scale = np.sqrt((weight * a * a).sum() * (weight * b * b).sum())
        assert found[t] == pytest.approx((weight * a * b).sum() / scale, abs=1e-12)
    assert found[39] == pytest.approx(found[19])


X, Y = draw(40)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: pair(X, Y, 41), "too_short"),
        (lambda: pair(X, Y, 2), "too_short"),
        (lambda: pair(X, Y[1:], 10), "shape"),
        (lambda: pair(X, Y, 10, level=1.0), "level"),
        (lambda: pair(X, Y * 1e200, 10), "not_finite"),
        (lambda: pair(X, Y * 1e-200, 10), "constant"),
        (lambda: pair(X, Y.astype(str), 10), "not_numeric"),
        (lambda: pair(X, np.ones(40), 10), "constant"),
        (lambda: pair(X, np.where(X[3] == X, np.nan, Y), 10), "not_finite"),
        (lambda: pair(X, Y[1:], 10, min_periods=5), "shape"),
        (lambda: pair(X, Y, 10, min_periods=2), "min_periods"),
        (lambda: pair(X, Y, 10, min_periods=11), "min_periods"),
        (lambda: pair(X, np.where(Y > 0, 1.0, np.nan), 10, min_periods=5), "constant"),
        (lambda: pair(X, np.where(Y[3] == Y, np.inf, Y), 10, min_periods=5), "not_finite"),
        (lambda: pair(X[:8], Y[:8], 10, min_periods=5), "too_short"),
        (lambda: ewma(X, Y, 0.9, min_periods=1), "min_periods"),
        (lambda: ewma(X, Y[1:], 0.9, min_periods=5), "shape"),
        (lambda: ewma(X, np.full(40, np.nan), 0.9, min_periods=5), "too_short"),
        (lambda: ewma(X, np.where(Y > 0, 1.0, np.nan), 0.9, min_periods=5), "constant"),
        (lambda: paths(X, Y, 10), "shape"),
        (lambda: paths(X[:, None], Y[:, None], 41), "too_short"),
        (lambda: ewma(X, Y, 1.0), "decay"),
        (lambda: ewma(X, Y, 0.99), "too_short"),
        (lambda: ewma(X, Y[1:], 0.9), "shape"),
        (lambda: ewma(X, np.ones(40), 0.9), "constant"),
        (lambda: ewma_interval(0.1, 0.0), "decay"),
        (lambda: ewma_interval(0.1, 0.9, 0.0), "level"),
    ],
)
def test_refuses(call, reason):
    with pytest.raises(NotEstimable) as caught:
        call()
    assert caught.value.reason == reason


@pytest.mark.parametrize("window", [10, 40, 250])
def test_recovery_band_of_a_window_covers(window):
    x, y = draw(150_000, 14, 0.5)
    path = rolling.pair(x, y, window)
    apart = slice(window - 1, None, window)
    inside = ((path.low <= 0.5) & (path.high >= 0.5))[apart]
    assert inside.mean() == pytest.approx(0.95, abs=4.0 * np.sqrt(0.0475 / inside.size))


def test_paths_keep_labels_and_bands_know_how_many_rows_there_are():
    x, y = draw(60)
    days = pd.bdate_range("2024-01-01", periods=60)
    path = rolling.pair(pd.Series(x, days), pd.Series(y, days), 20, level=0.9)
    frame = path.to_frame()
    assert list(frame.columns) == ["value", "low", "high"]
    assert (frame.index == days).all()
    half = 1.6448536269514722 / np.sqrt(17.0)
    np.testing.assert_allclose(path.high[19:], np.tanh(np.arctanh(path.value[19:]) + half))
    assert "window 20" in path.summary()
    holes = np.where(np.arange(60) % 2 == 0, np.nan, x)
    gapped = rolling.pair(holes, y, 20, min_periods=5)
    half = 1.959963984540054 / np.sqrt(7.0)
    np.testing.assert_allclose(gapped.low[19:], np.tanh(np.arctanh(gapped.value[19:]) - half))
    three = rolling.pair(x, y, 3)
    assert (three.low[2:] == -1.0).all()
    assert (three.high[2:] == 1.0).all()
    weighed = rolling.ewma(x, y, 0.9)
    band = ewma_interval(weighed.value, 0.9)
    np.testing.assert_array_equal(weighed.high, band.high)
    assert weighed.latest == weighed.value[-1]


def test_arrays_cannot_be_written():
    assert not pair(X, Y, 10).flags.writeable
    assert not ewma(X, Y, 0.9).flags.writeable
    assert not ewma_interval(np.array([0.1]), 0.9).low.flags.writeable
