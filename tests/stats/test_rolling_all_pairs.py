"""All pairs: against a slow two-pass loop, after spikes, on gaps and constants."""

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.rolling import _all_pairs, all_pairs, pair, snapshot


def market(seed, nobs=90, size=6):
    rng = np.random.default_rng(seed)
    return 0.5 * rng.standard_normal((nobs, 1)) + rng.standard_normal((nobs, size))


def slow(x, least):
    """Correlations of all pairs over the rows given, one pair at a time, in two passes."""
    found = []
    for i in range(x.shape[1]):
        for j in range(i + 1, x.shape[1]):
            both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
            a, b = x[both, i], x[both, j]
            if both.sum() < least or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
                found.append(np.nan)
                continue
            a, b = a - a.mean(), b - b.mean()
            a, b = a - a.mean(), b - b.mean()
            a, b = a / np.abs(a).max(), b / np.abs(b).max()
            found.append(a @ b / np.sqrt((a @ a) * (b @ b)))
    return np.array(found)


def streamed(x, window, **options):
    return np.array([day.values.copy() for day in all_pairs(x, window, **options)])


def compared(x, window, least=None):
    """Largest difference to the slow loop; where there is no correlation must agree."""
    found = streamed(x, window, min_periods=least)
    expected = np.array(
        [slow(x[t : t + window], least or window) for t in range(len(x) - window + 1)]
    )
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    return np.nanmax(np.abs(found - expected)), expected


@pytest.mark.parametrize(("nobs", "window"), [(90, 20), (41, 20), (20, 20), (30, 3), (70, 33)])
def test_reference_stream_equals_slow_loop(nobs, window):
    error, _ = compared(market(0, nobs), window)
    assert error < 6.1e-8  # float32


def test_reference_many_columns_fill_more_than_one_block():
    error, _ = compared(market(1, nobs=24, size=131), 20)
    assert error < 6.1e-8


def test_reference_hostile_columns_equal_slow_loop():
    """A spike, a constant stretch, a huge level, a tiny unit and a trend beside calm columns."""
    x = market(2, nobs=120, size=8)
    x[50, 1] = 1e6
    x[60:90, 2] = 0.1
    x[:, 3] += 1e8
    x[:, 4] *= 1e-9
    x[:, 5] += np.arange(120.0)
    error, expected = compared(x, 20)
    assert error < 6.1e-8
    assert np.isnan(expected).any()


def test_reference_gaps_equal_slow_loop():
    rng = np.random.default_rng(3)
    x = market(3, nobs=100, size=7)
    x[40, 1] = 1e6
    x[rng.random(x.shape) < 0.2] = np.nan
    x[30:60, 2] = np.nan
    x[20:50, 3] = 5.0
    x[:, 4] += 1e6
    error, expected = compared(x, 20, least=10)
    assert error < 6.1e-8
    assert np.isnan(expected).any()
    assert not np.isnan(expected).all(axis=0).any()


def test_reference_gaps_equal_pandas():
    rng = np.random.default_rng(4)
    x = market(4, nobs=60, size=4)
    x[rng.random(x.shape) < 0.15] = np.nan
    frame = pd.DataFrame(x)
    found = streamed(x, 15, min_periods=8)
    for place, (i, j) in enumerate(zip(*np.triu_indices(4, 1), strict=True)):
        # pandas counts pairs only when both columns are cut to them
        both = frame[[i, j]].where(frame[[i, j]].notna().all(axis=1))
        expected = both[i].rolling(15, min_periods=8).corr(both[j]).to_numpy()[14:]
        np.testing.assert_allclose(found[:, place], expected, atol=1e-6)


def test_reference_peers_average_and_pairs(peers):
    x = peers("input_w4_N100.csv").reset_index().to_numpy()
    expected = peers("w4_N100_reference.csv").reset_index().to_numpy()
    found = all_pairs(x, 60)
    path = found.describe()
    np.testing.assert_allclose(path.mean, expected[59:, 0], atol=1e-12)
    for day, line in zip(found, expected[59:], strict=True):
        assert day.values[0] == pytest.approx(line[1], abs=1e-7)
        assert day.matrix()[2, 99] == pytest.approx(line[2], abs=1e-7)


@pytest.mark.parametrize("gaps", [False, True])
def test_reference_figures_of_a_date_equal_slow_loop(gaps):
    rng = np.random.default_rng(5)
    x = market(5, nobs=80, size=9)
    x[30, 1] = 1e5
    x[40:70, 2] = 1.0
    if gaps:
        x[rng.random(x.shape) < 0.1] = np.nan
    least = 12 if gaps else 20
    path = all_pairs(x, 20, min_periods=least).describe(edge=0.4)
    for t in range(61):
        values = slow(x[t : t + 20], least)
        known = values[~np.isnan(values)]
        assert path.pairs[t] == known.size
        assert path.mean[t] == pytest.approx(known.mean(), abs=1e-10)
        assert path.spread[t] == pytest.approx(known.std(), abs=1e-9)
        assert path.strong[t] == pytest.approx((abs(known) >= 0.4).mean(), abs=1e-12)


@pytest.mark.parametrize("gaps", [False, True])
def test_reference_figures_agree_with_the_stream_across_blocks(gaps):
    """300 columns are three blocks, the last one part filled; some do not move, some have gaps."""
    x = market(14, nobs=34, size=300)
    x[5:30, [0, 7, 127, 128, 299]] = 2.0
    x[20, 200] = 1e6
    if gaps:
        x[12, [3, 130]] = np.nan
    path = all_pairs(x, 12, min_periods=10).describe(edge=0.3)
    for place, values in enumerate(streamed(x, 12, min_periods=10)):
        known = values[~np.isnan(values)].astype(np.float64)
        assert path.pairs[place] == known.size
        assert path.mean[place] == pytest.approx(known.mean(), abs=1e-8)
        assert path.spread[place] == pytest.approx(known.std(), abs=1e-8)
        assert path.strong[place] == pytest.approx((abs(known) >= 0.3).mean(), abs=1e-4)


@pytest.mark.parametrize("size", [2, 16, 17, 127, 128, 129])
def test_reference_any_number_of_columns(size):
    x = market(15, nobs=8, size=size)
    x[6, size - 1] = 1e5
    error, _ = compared(x, 5)
    assert error < 6.1e-8


def test_reference_snapshot_equals_numpy_and_pandas():
    rng = np.random.default_rng(6)
    x = market(6, size=8)
    np.testing.assert_allclose(snapshot(x).value, np.corrcoef(x.T), atol=1e-14)
    x[:, 3] += 1e8
    x[:, 4] = 2.0
    x[rng.random(x.shape) < 0.3] = np.nan
    x[:, 5] = np.nan
    found, expected = snapshot(x, min_periods=25).value, np.full((8, 8), np.nan)
    upper = np.triu_indices(8, 1)
    expected[upper] = expected.T[upper] = slow(x, 25)
    known = ~np.isnan(found)
    off = ~np.eye(8, dtype=bool)
    np.testing.assert_array_equal(known[off], ~np.isnan(expected[off]))
    np.testing.assert_allclose(found[known & off], expected[known & off], atol=1e-9)
    np.testing.assert_array_equal(found.diagonal(), [1, 1, 1, 1, np.nan, np.nan, 1, 1])


def test_recovery_of_one_factor_and_nothing_strong_in_noise():
    """Correlation 0.2 in every pair; sd of the mean of 12,720 pairs over 60 rows is small."""
    x = market(7, nobs=300, size=160)
    path = all_pairs(x, 60).describe()
    assert abs(path.mean.mean() - 0.2) < 0.03
    noise = all_pairs(np.random.default_rng(8).standard_normal((120, 100)), 60).describe(0.254)
    # |r| >= 0.254 has probability 0.05 under independence with 60 rows
    assert abs(noise.strong.mean() - 0.05) < 0.01
    assert abs(noise.mean).max() < 0.02


def test_recovery_of_a_spike_leaves_no_trace():
    x = market(9, nobs=200, size=5)
    spiked = x.copy()
    spiked[70, 0] = 1e6
    found, clean = streamed(spiked, 30), streamed(x, 30)
    gone = np.r_[0:41, 71:171]  # windows without row 70
    np.testing.assert_allclose(found[gone], clean[gone], atol=6.1e-8)
    assert abs(found[41:71] - clean[41:71]).max() > 0.1


def test_stream_and_figures_do_not_depend_on_threads_or_chunks(monkeypatch):
    x = market(10, nobs=70, size=150)
    found, figures = streamed(x, 20), all_pairs(x, 20).describe()
    monkeypatch.setattr(_all_pairs, "_ROOM", 4 * 150 * 149 // 2 * 7)
    np.testing.assert_allclose(streamed(x, 20), found, atol=6.1e-8)
    monkeypatch.undo()
    for count in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        again = all_pairs(x, 20).describe()
        for name in ("mean", "spread", "strong", "pairs"):
            assert getattr(again, name).tobytes() == getattr(figures, name).tobytes()
        assert streamed(x, 20).tobytes() == found.tobytes()


def test_matrix_of_a_date_and_frames():
    days = pd.date_range("2024-01-01", periods=40)
    x = market(11, nobs=40, size=4)
    x[:, 2] = np.where(np.arange(40) < 30, 1.0, x[:, 2])
    found = all_pairs(pd.DataFrame(x, index=days, columns=list("abcd")), 20)
    assert len(found) == 21
    assert "pairs=6" in repr(found)
    first = next(iter(found))
    assert first.label == days[19]
    assert first.names == ("a", "b", "c", "d")
    matrix = first.matrix()
    expected = np.full((4, 4), np.nan)
    kept = [0, 1, 3]
    expected[np.ix_(kept, kept)] = np.corrcoef(x[:20, kept].T)
    np.testing.assert_allclose(matrix, expected, atol=1e-7)
    assert not first.values.flags.writeable
    frame = found.describe().to_frame()
    assert frame.index.equals(days[19:])
    assert frame.loc[days[19], "pairs"] == 3


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-6, 1e6),
    level=st.sampled_from([0.0, 1e4, 1e8]),
    order=st.permutations(range(5)),
    gaps=st.booleans(),
)
def test_invariance_scale_sign_level_and_order(seed, scale, level, order, gaps):
    x = market(seed, nobs=40, size=5)
    x = (x + level) - level  # what is left of it beside the level
    if gaps:
        x[np.random.default_rng(seed).random(x.shape) < 0.1] = np.nan
    moved = x + level
    moved[:, 1] *= -1.0
    moved[:, 2] = scale * x[:, 2]
    options = {"min_periods": 8}
    plain, other = all_pairs(x, 15, **options), all_pairs(moved[:, order], 15, **options)
    signs = np.array([1.0, -1.0, 1.0, 1.0, 1.0])
    for before, after in zip(plain, other, strict=True):
        expected = (before.matrix() * np.outer(signs, signs))[np.ix_(order, order)]
        np.testing.assert_allclose(after.matrix(), expected, atol=1.3e-7)
    ours = snapshot(x, min_periods=8).value * np.outer(signs, signs)
    np.testing.assert_allclose(
        snapshot(moved[:, order], min_periods=8).value, ours[np.ix_(order, order)], atol=1e-9
    )
    # without the rounding to float32
    plain_path, other_path = (
        plain.describe(),
        all_pairs(np.abs(signs) * x + level, 15, **options).describe(),
    )
    np.testing.assert_allclose(other_path.mean, plain_path.mean, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), level=st.sampled_from([0.0, 1e8]), least=st.integers(3, 12))
def test_invariance_pair_is_one_of_all_pairs(seed, level, least):
    rng = np.random.default_rng(seed)
    x = market(seed, nobs=40, size=3) + level
    x[rng.random(x.shape) < 0.2] = np.nan
    found = streamed(x, 12, min_periods=least)
    for place, (i, j) in enumerate(((0, 1), (0, 2), (1, 2))):
        expected = pair(x[:, i], x[:, j], 12, min_periods=least).value[11:]
        np.testing.assert_allclose(found[:, place], expected, atol=1e-7)


X = market(12, nobs=30, size=3)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: all_pairs(X[:, :1], 10), "shape"),
        (lambda: all_pairs(X, 2), "too_short"),
        (lambda: all_pairs(X, 31), "too_short"),
        (lambda: all_pairs(X, 10, min_periods=11), "min_periods"),
        (lambda: all_pairs(X, 10, min_periods=2), "min_periods"),
        (lambda: all_pairs(np.where(X[3, 0] == X, np.inf, X), 10), "not_finite"),
        (lambda: all_pairs(np.column_stack([X, np.ones(30)]), 10), "constant"),
        (lambda: all_pairs(np.column_stack([X, np.full(30, np.nan)]), 10), "constant"),
        (lambda: all_pairs(X, 10).describe(edge=0.0), "option"),
        (lambda: snapshot(X[:2]), "too_short"),
        (lambda: snapshot(X, min_periods=31), "min_periods"),
        (lambda: snapshot(np.where(X[3, 0] == X, -np.inf, X)), "not_finite"),
    ],
)
def test_degenerate_tables_are_refused(call, reason):
    with pytest.raises(NotEstimable) as refused:
        call()
    assert refused.value.reason == reason
