"""The door for tables: arrays, lists and frames give the same numbers, names and labels."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from comove.core.errors import NotEstimable
from comove.stats.frames import table


def test_array_is_numbered():
    both = table(np.array([[1, 2], [3, 4], [5, 6]]))
    assert both.names == ("0", "1")
    assert both.index.tolist() == [0, 1, 2]
    assert both.values.dtype == np.float64


def test_one_dimension_is_one_column():
    assert table([1.0, 2.0, 4.0]).values.tolist() == [[1.0], [2.0], [4.0]]


def test_pandas_frame_keeps_names_and_dates():
    days = pd.date_range("2026-01-01", periods=3)
    both = table(pd.DataFrame({"btc": [1, 2, 3], "gdx": [0.5, np.nan, 2.5]}, index=days))
    assert both.names == ("btc", "gdx")
    assert (both.index == days.to_numpy()).all()
    np.testing.assert_array_equal(both.values, [[1, 0.5], [2, np.nan], [3, 2.5]])


def test_pandas_series_is_one_named_column():
    one = table(pd.Series([1.0, 2.0], name="gold", index=["a", "b"]))
    assert one.names == ("gold",)
    assert one.index.tolist() == ["a", "b"]


def test_pandas_columns_may_be_numbers_and_nullable():
    frame = pd.DataFrame({0: pd.array([1, None, 3], dtype="Int64"), 1: [1.0, 2.0, 3.0]})
    both = table(frame)
    assert both.names == ("0", "1")
    np.testing.assert_array_equal(both.values, [[1, 1], [np.nan, 2], [3, 3]])


def test_polars_frame_takes_its_dates_as_labels():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    days = np.array(["2026-01-01", "2026-01-02", "2026-01-05"], dtype="datetime64[D]")
    frame = polars.DataFrame({"date": days, "btc": [1, None, 3], "gdx": [1.0, 2.0, 3.0]})
    both = table(frame)
    assert both.names == ("btc", "gdx")
    assert (both.index.astype("datetime64[D]") == days).all()
    np.testing.assert_array_equal(both.values, [[1, 1], [np.nan, 2], [3, 3]])


def test_what_the_caller_holds_stays_writable():
    mine = np.arange(6.0).reshape(3, 2)
    both = table(mine)
    with pytest.raises(ValueError, match="read-only"):
        both.values[0, 0] = 9.0
    mine[0, 0] = 9.0
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="read-only"):
        table(frame).index[0] = 9
    frame.loc[0, "a"] = 5.0
    assert frame["a"].tolist() == [5.0, 2.0]


@settings(max_examples=25, deadline=None)
@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 4))))
def test_invariance_array_list_and_frame_say_the_same(values):
    frame = pd.DataFrame(values, columns=[str(number) for number in range(values.shape[1])])
    for other in (values.tolist(), frame):
        same = table(other)
        np.testing.assert_array_equal(same.values, table(values).values)
        assert same.names == table(values).names
        assert same.index.tolist() == table(values).index.tolist()


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.zeros((2, 2, 2)), "shape"),
        (["a", "b"], "shape"),
        ([[1.0], [1.0, 2.0]], "shape"),
        (None, "shape"),
        (pd.DataFrame({"a": ["x", "y"]}), "not_numeric"),
        (pd.DataFrame({"a": [True, False]}), "not_numeric"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "names"),
        (pd.DataFrame([[1, 2]], columns=["1", 1]), "names"),
        (pd.DataFrame(index=[1, 2]), "shape"),
    ],
)
def test_degenerate_tables_are_refused(x, reason):
    with pytest.raises(NotEstimable) as refusal:
        table(x)
    assert refusal.value.reason == reason


def test_arrays_load_neither_narwhals_nor_pandas():
    probe = (
        "import sys; from comove.stats.frames import table; table([[1.0, 2.0]]); "
        "print([name for name in ('narwhals', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
