"""What is remembered of a source survives a process, a wrong clock and a damaged record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comove.data.http.standing import FIRST_REST, LONGEST_REST, LONGEST_WISH, PATIENT, Standing

NOW = 1_770_000_000.0
seconds = st.floats(0, 1e5, allow_nan=False)


@given(st.lists(seconds, max_size=8), st.integers(0, 50), seconds)
def test_a_record_comes_back_as_it_was(calls, failures, until):
    standing = Standing(calls=tuple(sorted(calls)), failures=failures, shut_until=until)
    assert Standing.of(json.loads(json.dumps(standing.record()))) == standing


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"calls": None, "failures": None, "shut_until": None},
        {"calls": "soon", "failures": -3, "shut_until": "later"},
        {"calls": [None, "x", {}], "failures": 2.5, "shut_until": []},
        {"calls": [float("nan")], "failures": 0, "shut_until": float("inf")},
    ],
)
def test_a_damaged_record_is_forgotten(record):
    standing = Standing.of(record)
    assert standing.shut(NOW) == 0
    assert standing.wait(NOW, (1, 60.0)) == 0
    assert standing.failures == 0


@given(st.integers(0, 200))
def test_rests_grow_with_failures_up_to_an_hour(failures):
    standing = Standing(failures=failures).failed(NOW)
    left = standing.shut(NOW)
    assert standing.failures == failures + 1
    if standing.failures < PATIENT:
        assert left == 0
    else:
        assert FIRST_REST <= left <= LONGEST_REST
        assert left == min(LONGEST_REST, FIRST_REST * 2 ** (standing.failures - PATIENT))


@given(st.floats(0, 1e9, allow_nan=False))
def test_a_wish_is_granted_for_a_day_at_most(wish):
    left = Standing().failed(NOW, wish).shut(NOW)
    assert left == pytest.approx(min(wish, LONGEST_WISH), abs=1e-3)


def test_a_success_forgives_everything():
    assert Standing(failures=9, shut_until=NOW + 99).succeeded() == Standing()


def test_a_clock_that_was_wrong_does_not_lock_a_source_out():
    assert Standing(failures=9, shut_until=NOW + 10 * 86_400).shut(NOW) == 0
    assert Standing(calls=(NOW + 500,) * 10).wait(NOW, (10, 60.0)) == 0


@given(
    st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=40),
    st.integers(1, 6),
    st.floats(0.5, 20, allow_nan=False),
)
def test_no_window_ever_holds_more_calls_than_allowed(gaps, most, per):
    standing, now, made = Standing(), NOW, []
    for gap in gaps:
        now += gap
        now += standing.wait(now, (most, per))
        standing = standing.called(now, (most, per))
        made.append(now)
    for first, later in zip(made, made[most:], strict=False):
        assert later - first >= per * (1 - 1e-6) - 1e-6
    assert len(standing.calls) <= most
