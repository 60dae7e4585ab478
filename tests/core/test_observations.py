"""A series on its own grid: read-only, nothing filled, nothing from the future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NoDataError
from comove.core.observations import Observations
from comove.core.series import Clock, SeriesSpec

SPEC = SeriesSpec(
    id="x", kind="price", unit="usd", clock=Clock(time="16:00", zone="America/New_York")
)


def track(nobs=5, lag_hours=24):
    labels = np.datetime64("2026-02-02") + np.arange(nobs)
    struck = labels.astype("M8[s]") + np.timedelta64(21 * 3600, "s")
    known = struck + np.timedelta64(lag_hours * 3600, "s")
    return Observations(SPEC, labels, struck, known, np.arange(nobs) + 1.0, "test")


def test_arrays_are_owned_and_closed():
    values = np.arange(5.0)
    base = track()
    own = Observations(SPEC, base.labels, base.struck, base.known, values)
    values[0] = 99.0
    assert own.values[0] == 0.0
    for name in ("labels", "struck", "known", "values"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(own, name)[0] = getattr(own, name)[1]
    with pytest.raises(AttributeError):
        own.values = values


def test_precisions_are_settled():
    found = track()
    assert found.labels.dtype == "M8[D]"
    assert found.struck.dtype == found.known.dtype == "M8[s]"
    assert found.values.dtype == "f8"


@given(st.integers(0, 12), st.integers(0, 48), st.integers(-100, 400))
@settings(max_examples=25, deadline=None)
def test_known_by_equals_a_slow_filter(nobs, lag, hours):
    whole = track(nobs, lag)
    instant = np.datetime64("2026-02-02T00:00:00") + np.timedelta64(hours * 3600, "s")
    found = whole.known_by(instant)
    expected = [
        (label, value)
        for label, known, value in zip(whole.labels, whole.known, whole.values, strict=True)
        if known <= instant
    ]
    assert list(zip(found.labels, found.values, strict=True)) == expected
    assert (found.spec, found.origin) == (SPEC, "test")


def test_known_by_includes_its_instant():
    whole = track()
    assert len(whole.known_by(whole.known[2])) == 3
    assert len(whole.known_by(whole.known[2] - np.timedelta64(1, "s"))) == 2


def test_a_value_is_found_by_its_label_only():
    whole = track()
    assert whole.on(np.datetime64("2026-02-04")) == 3.0
    assert isinstance(whole.on(np.datetime64("2026-02-04")), float)
    for missing in ("2026-02-01", "2026-02-07", "2030-01-01"):
        with pytest.raises(NoDataError, match="x has no value on"):
            whole.on(np.datetime64(missing))


def test_a_hole_is_not_filled():
    whole = track()
    keep = np.array([True, True, False, True, True])
    holed = Observations(
        SPEC, whole.labels[keep], whole.struck[keep], whole.known[keep], whole.values[keep]
    )
    with pytest.raises(NoDataError):
        holed.on(np.datetime64("2026-02-04"))


def test_an_empty_series_has_no_values():
    empty = track(0)
    assert len(empty) == 0
    assert len(empty.known_by(np.datetime64("2026-02-02T00:00:00"))) == 0
    with pytest.raises(NoDataError):
        empty.on(np.datetime64("2026-02-02"))
