"""All pairs, streamed: the same figures as one pair at a time, whatever came before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.rolling import all_pairs, snapshot


def table(seed=0, nobs=90, size=5):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((nobs, 1)) + rng.standard_normal((nobs, size))


def slow(x, window, row):
    part = x[row - window + 1 : row + 1]
    pairs = [(i, j) for i in range(x.shape[1]) for j in range(i + 1, x.shape[1])]
    return {pair: np.corrcoef(part[:, pair[0]], part[:, pair[1]])[0, 1] for pair in pairs}


def test_it_equals_a_slow_loop_on_every_date():
    x = table()
    seen = 0
    for day in all_pairs(x, 30):
        seen += 1
        expected = sorted(slow(x, 30, int(day.label)).values())
        assert np.sort(day.values) == pytest.approx(expected, abs=1e-6)
    assert seen == 61


def test_a_spike_leaves_no_trace_once_it_has_left():
    x = table(1)
    spiked = x.copy()
    spiked[10, 2] = 1e6
    clean, marked = (
        {int(day.label): day.values.copy() for day in all_pairs(values, 30)}
        for values in (x, spiked)
    )
    for label in range(41, 90):
        assert marked[label] == pytest.approx(clean[label], abs=1e-6)


def test_the_snapshot_equals_numpy_and_pairs_up_what_is_missing():
    x = table(2)
    assert snapshot(x) == pytest.approx(np.corrcoef(x.T), abs=1e-12)
    x[3, 0] = np.nan
    both = ~np.isnan(x[:, 0])
    found = snapshot(x, min_periods=10)
    assert found[0, 1] == pytest.approx(np.corrcoef(x[both, 0], x[both, 1])[0, 1], abs=1e-12)
    assert found[1, 2] == pytest.approx(np.corrcoef(x[:, 1], x[:, 2])[0, 1], abs=1e-12)


def test_a_known_correlation_is_recovered():
    found = snapshot(table(3, nobs=20_000))
    assert found[0, 1:] == pytest.approx(0.5, abs=0.03)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(1e-3, 1e3), st.floats(-1e8, 1e8))
def test_scale_and_level_do_not_matter(seed, scale, level):
    x = table(seed, nobs=40)
    assert snapshot(x * scale + level) == pytest.approx(snapshot(x), abs=1e-5)
    assert snapshot(x[:, ::-1]) == pytest.approx(snapshot(x)[::-1, ::-1], abs=1e-12)


def test_a_flat_window_is_not_a_number():
    x = table(4)
    x[20:60, 1] = 3.0
    label = {int(day.label): day.values.copy() for day in all_pairs(x, 30)}
    assert np.isnan(label[55]).sum() == 4
    assert np.isfinite(label[89]).all()


@pytest.mark.parametrize(
    ("x", "window", "reason"),
    [
        (np.ones((50, 3)), 10, "constant"),
        (table(nobs=5), 10, "too_short"),
        (table(size=1), 10, "shape"),
        (np.full((50, 2), np.inf), 10, "not_finite"),
    ],
)
def test_degenerate_tables_are_refused(x, window, reason):
    with pytest.raises(NotEstimable) as refused:
        all_pairs(x, window)
    assert refused.value.reason == reason
