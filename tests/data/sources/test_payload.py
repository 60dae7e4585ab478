"""Numbers, dates and instants are read exactly or refused."""

import json
import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comove.core.errors import PayloadError
from comove.core.source import Payload, Request
from comove.data.sources import _payload


def payload(body=b"{}"):
    return Payload(
        request=Request(source="trial", url="https://x.example/"),
        status=200,
        content_type="application/json",
        body=body,
        received=np.datetime64("2026-02-07T12:00:00"),
    )


ANY = payload()
anything = st.recursive(
    st.none() | st.booleans() | st.text(max_size=12) | st.floats() | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_written(value):
    assert _payload.number(ANY, value, "value") == value
    assert _payload.number(ANY, repr(value), "value") == value


@given(anything)
def test_nothing_else_becomes_a_number(found):
    try:
        value = _payload.number(ANY, found, "value")
    except PayloadError:
        return
    assert math.isfinite(value)
    assert not isinstance(found, bool)
    assert isinstance(found, int | float) or found.strip() == found
    assert float(found) == value
    assert not isinstance(found, str) or (found.isascii() and "_" not in found)


@pytest.mark.parametrize(
    "found",
    [
        "",
        " 1",
        "1 ",
        "1_000",
        "1,000",
        "0x1F",
        "nan",
        "inf",
        "1e999",
        "１２",
        "٣",
        "1.2.3",
        "+-1",
        "1e",
    ],
)
def test_these_are_no_numbers(found):
    with pytest.raises(PayloadError):
        _payload.number(ANY, found, "value")


def test_a_count_beyond_every_float_is_refused():
    with pytest.raises(PayloadError):
        _payload.number(ANY, 10**400, "value")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_in_both_ways_of_writing_it(day):
    for text in (day.isoformat(), f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year:04d}"):
        assert _payload.day(ANY, text, "date") == np.datetime64(day, "D")


@given(st.text(max_size=12) | st.integers() | st.none())
def test_nothing_else_becomes_a_date(found):
    try:
        day = _payload.day(ANY, found, "date").astype(object)
    except PayloadError:
        return
    assert found.isascii()
    assert day.isoformat() == found or str(day.year) in found


@given(st.integers(473_385_600, 4_102_444_799), st.sampled_from([1, 1000]))
def test_an_instant_is_read_in_its_own_unit_and_refused_in_the_other(seconds, per_second):
    read = _payload.instant(ANY, seconds * per_second, "time", per_second)
    assert read == np.datetime64(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), "s")
    with pytest.raises(PayloadError):
        _payload.instant(ANY, seconds * per_second, "time", 1001 - per_second)


@given(st.text(max_size=300))
def test_a_message_of_a_service_is_short_and_on_one_line(said):
    told = _payload.message(ANY, said).values["message"]
    assert told.isprintable()
    assert len(told) <= 160


@given(st.binary(max_size=40))
def test_any_bytes_are_json_or_refused(body):
    try:
        _payload.document(payload(body))
    except PayloadError:
        return
    json.loads(body)  # the standard library takes it for JSON as well
