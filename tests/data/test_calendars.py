"""Sessions equal the reference calendar for the whole span; rules equal the published yields."""

from datetime import date, timedelta

import exchange_calendars
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import DamagedFileError, NoDataError
from comove.data import calendars
from comove.data.calendars import FIRST, LAST, calendar, member, sessions

REFERENCE = pytest.mark.filterwarnings(
    "ignore:Series.values returning an ndarray"  # exchange_calendars on a newer pandas
)
SPAN = np.arange(FIRST, LAST + 1, dtype="M8[D]")


@REFERENCE
def test_sessions_and_closes_equal_exchange_calendars():
    reference = exchange_calendars.get_calendar("XNYS", start=str(FIRST), end=str(LAST))
    closes = reference.schedule["close"]
    found = sessions()
    assert found.name == "XNYS"
    assert np.array_equal(found.labels, closes.index.to_numpy().astype("M8[D]"))
    assert np.array_equal(found.instants, closes.dt.tz_localize(None).to_numpy().astype("M8[s]"))
    assert len(found.labels) == 5047  # of twenty years


@pytest.mark.parametrize("closed", ["2018-12-05", "2025-01-09", "2025-12-25", "2022-06-20"])
def test_closures_scheduled_or_not_are_no_sessions(day, closed):
    assert not member(np.array([day(closed)]), sessions().labels)[0]


def test_half_days_close_early(day):
    found = sessions()
    hours = dict(zip(found.labels.astype(str), found.instants.astype(str), strict=True))
    assert hours["2025-11-28"] == "2025-11-28T18:00:00"
    assert hours["2025-07-03"] == "2025-07-03T17:00:00"
    early = [label for label, close in hours.items() if close[11:16] not in ("20:00", "21:00")]
    assert len([label for label in early if label[:4] == "2025"]) == 3
    assert {label[5:7] for label in early} <= {"07", "11", "12"}


@REFERENCE
def test_bundled_files_are_what_the_script_makes(script, tmp_path):
    script("make_calendars").write(tmp_path)
    for file in sorted(tmp_path.iterdir()):
        assert file.read_bytes() == (calendars.FOLDER / file.name).read_bytes(), file.name
    assert len(list(tmp_path.iterdir())) == 4


def nth_monday(year, month, n):
    first = date(year, month, 1)
    return first + timedelta((7 - first.weekday()) % 7 + 7 * (n - 1))


def federal(year):
    """Write the statute's holidays out: a Saturday moves to Friday, a Sunday to Monday."""
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)] + ([(6, 19)] if year >= 2021 else [])
    days = [date(year, *entry) for entry in fixed]
    days = [day - timedelta(day.weekday() == 5) + timedelta(day.weekday() == 6) for day in days]
    memorial = max(
        d for d in (date(year, 5, 25) + timedelta(i) for i in range(7)) if not d.weekday()
    )
    first = date(year, 11, 1)
    thanksgiving = first + timedelta((3 - first.weekday()) % 7 + 21)
    moving = [nth_monday(year, *entry) for entry in ((1, 3), (2, 3), (9, 1), (10, 2))]
    return {*days, *moving, memorial, thanksgiving}


def test_federal_holidays_follow_the_statute(script):
    washington = set(script("make_calendars").CLOSED_IN_WASHINGTON)
    expected = {day for year in range(2014, 2036) for day in federal(year)} | washington
    weekdays = SPAN[np.is_busday(SPAN)]
    closed = weekdays[~calendar("US-FED").holds(weekdays)]
    assert {d.item() for d in closed} == {
        d for d in expected if FIRST <= np.datetime64(d) <= LAST and d.weekday() < 5
    }


def test_bond_calendar_equals_the_days_with_a_published_yield(facts):
    labels = facts.observations("dgs10").labels
    due = calendar("US-BOND").between(labels[0], labels[-1])
    assert np.array_equal(due, labels)


def test_federal_calendar_equals_the_days_of_the_broad_dollar(facts, script):
    labels = facts.observations("dtwexbgs").labels
    washington = np.array(sorted(script("make_calendars").CLOSED_IN_WASHINGTON), dtype="M8[D]")
    due = calendar("US-FED").between(labels[0], labels[-1])
    assert np.array_equal(due, labels[~member(labels, washington)])


def test_columbus_day_is_a_session_without_yields(day):
    columbus = np.array([day("2025-10-13")])
    assert calendar("XNYS").holds(columbus)[0]
    assert not calendar("US-BOND").holds(columbus)[0]
    assert not calendar("US-FED").holds(columbus)[0]
    assert calendar("FX").holds(columbus)[0]


def test_exchange_calendar_without_early_closes_has_the_same_days():
    assert np.array_equal(calendar("XNYS").holds(SPAN), calendar("XNYS-DAYS").holds(SPAN))
    assert np.array_equal(SPAN[calendar("XNYS").holds(SPAN)], sessions().labels)


def test_every_day_and_every_weekday():
    assert calendar("24/7").holds(SPAN).all()
    rest = SPAN[np.is_busday(SPAN) & ~calendar("FX").holds(SPAN)]
    assert {str(day)[5:] for day in rest} == {"12-25", "01-01"}


@given(
    st.sampled_from(["XNYS", "US-FED", "US-BOND", "FX", "24/7"]),
    st.lists(st.integers(0, len(SPAN) - 20), min_size=1, max_size=20),
)
@settings(max_examples=25, deadline=None)
def test_next_day_equals_a_slow_walk(name, places):
    labels = SPAN[np.sort(places)]
    found = calendar(name).next_after(labels)
    for label, answer in zip(labels, found, strict=True):
        step = label + 1
        while not calendar(name).holds(np.array([step]))[0]:
            step += 1
        assert answer == step


@pytest.mark.parametrize("outside", ["2014-11-28", "2035-01-03"])
def test_beyond_the_span_is_refused(day, outside):
    label = np.array([day(outside)])
    for ask in (
        lambda: calendar("24/7").holds(label),
        lambda: calendar("XNYS").next_after(label),
        lambda: calendar("FX").between(label[0], label[0]),
    ):
        with pytest.raises(NoDataError) as refusal:
            ask()
        assert refusal.value.code == "data.beyond_calendar"
        assert refusal.value.exit_code == 3


def test_an_answer_beyond_the_span_is_refused_too(day):
    last = np.array([day("2034-12-31")])
    assert str(calendar("US-FED").next_after(last)[0]) == "2035-01-02"
    for name in ("XNYS", "US-BOND", "FX", "24/7"):
        with pytest.raises(NoDataError):
            calendar(name).next_after(last)


def test_no_calendar_is_guessed():
    with pytest.raises(NoDataError):
        calendar("XTKS")


@pytest.mark.parametrize("file", ["XNYS.csv", "US-FED.csv", "US-BOND.csv"])
def test_a_damaged_calendar_is_refused(copied_calendars, file):
    target = copied_calendars / file
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(bytes(content))
    with pytest.raises(DamagedFileError, match=file):
        calendar(file.removesuffix(".csv"))


@pytest.fixture
def copied_calendars(tmp_path, monkeypatch):
    for file in calendars.FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(calendars, "FOLDER", tmp_path)
    for cached in (sessions, calendar):
        cached.cache_clear()
    yield tmp_path
    for cached in (sessions, calendar):
        cached.cache_clear()


@given(st.lists(st.integers(0, 60), max_size=30), st.sets(st.integers(0, 60), min_size=1))
@settings(max_examples=25, deadline=None)
def test_membership_equals_numpy_isin(labels, among):
    labels = np.array(labels, dtype="M8[D]")
    among = np.array(sorted(among), dtype="M8[D]")
    assert np.array_equal(member(labels, among), np.isin(labels, among))
