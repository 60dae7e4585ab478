"""Instants equal a slow conversion per date, whatever the host's own time zone."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NoDataError
from comove.core.series import Clock
from comove.data import calendars, clocks
from comove.data.catalogue import Catalogue
from comove.data.clocks import NEW_YORK, end_of_day, ends_of_days, instants, known, struck, utc
from comove.data.reader import Facts

SPECS = Catalogue.load().specs
HELD = sorted(Facts().ids)
ZONES = [
    NEW_YORK, "Europe/London", "UTC", "Asia/Tokyo", "Australia/Sydney", "Asia/Kolkata",
    "America/Sao_Paulo", "Africa/Casablanca",
]  # fmt: skip


def slow_utc(day, text, zone):
    """One conversion by the standard library."""
    hours, minutes = map(int, text.split(":"))
    local = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=ZoneInfo(zone))
    return np.datetime64(local.astimezone(UTC).replace(tzinfo=None), "s")


def days(*texts):
    return np.array(texts, dtype="M8[D]")


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_the_span_equals_a_slow_conversion(zone):
    span = np.arange("2014-12-01", "2035-01-01", dtype="M8[D]")
    for text in ("00:00", "15:30"):
        slow = [slow_utc(day, text, zone) for day in span.tolist()]
        assert np.array_equal(utc(span, text, zone), np.array(slow))


@given(
    st.sampled_from(ZONES),
    st.dates(date(1995, 1, 1), date(2036, 12, 31)),
    st.integers(0, 1439),
)
@settings(max_examples=25, deadline=None)
def test_any_minute_of_any_day_equals_a_slow_conversion(zone, day, minute):
    text = f"{minute // 60:02d}:{minute % 60:02d}"
    assert utc(days(day), text, zone)[0] == slow_utc(day, text, zone)


@pytest.mark.parametrize("zone", [NEW_YORK, "Europe/London"])
def test_every_minute_of_a_day_of_change_equals_a_slow_conversion(zone):
    changes = {NEW_YORK: ("2026-03-08", "2026-11-01")}.get(zone, ("2026-03-29", "2026-10-25"))
    for day in days(*changes).tolist():
        for minute in range(0, 300, 7):
            text = f"{minute // 60:02d}:{minute % 60:02d}"
            assert utc(days(day), text, zone)[0] == slow_utc(day, text, zone)


US_CHANGES = [
    "2023-03-12", "2023-11-05", "2024-03-10", "2024-11-03",
    "2025-03-09", "2025-11-02", "2026-03-08", "2026-11-01",
]  # fmt: skip
EU_CHANGES = [
    "2023-03-26", "2023-10-29", "2024-03-31", "2024-10-27",
    "2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25",
]  # fmt: skip


@pytest.mark.parametrize("change", US_CHANGES)
def test_new_york_closes_move_by_an_hour_across_a_us_change(change):
    sunday = days(change)
    before, after = struck(np.concatenate([sunday - 2, sunday + 1]), SPECS["gdx"].clock)
    hours = [str(before)[11:13], str(after)[11:13]]
    assert hours == (["21", "20"] if "-03-" in change else ["20", "21"])
    assert struck(sunday - 2, SPECS["btc"].clock)[0] == (sunday - 1)[0].astype("M8[s]")


@pytest.mark.parametrize("change", EU_CHANGES)
def test_the_yen_moves_by_an_hour_across_a_european_change(change):
    sunday = days(change)
    friday, monday = struck(np.concatenate([sunday - 2, sunday + 1]), SPECS["usdjpy"].clock)
    hours = [str(friday)[11:13], str(monday)[11:13]]
    assert hours == (["00", "23"] if "-03-" in change else ["23", "00"])


def test_values_struck_after_midnight_belong_to_the_date_before():
    friday = days("2026-02-06")
    assert str(struck(friday, SPECS["btc"].clock)[0]) == "2026-02-07T00:00:00"
    assert str(struck(friday, SPECS["usdjpy"].clock)[0]) == "2026-02-07T00:00:00"
    assert str(struck(days("2026-07-10"), SPECS["usdjpy"].clock)[0]) == "2026-07-10T23:00:00"
    assert str(struck(friday, SPECS["fng"].clock)[0]) == "2026-02-06T00:00:00"


def test_an_early_close_moves_the_strike():
    half = days("2025-11-28")
    assert str(struck(half, SPECS["gdx"].clock)[0]) == "2025-11-28T18:00:00"
    assert str(struck(half, SPECS["vix"].clock)[0]) == "2025-11-28T18:15:00"


def test_an_early_close_leaves_other_clocks_alone():
    half = days("2025-11-28")
    assert str(struck(half, SPECS["gold"].clock)[0]) == "2025-11-28T18:30:00"
    assert str(struck(half, SPECS["dxy"].clock)[0]) == "2025-11-28T22:00:00"
    assert str(struck(half, SPECS["dgs10"].clock)[0]) == "2025-11-28T20:30:00"


def test_a_print_on_a_holiday_keeps_its_wall_time():
    assert str(struck(days("2026-02-16"), SPECS["vix"].clock)[0]) == "2026-02-16T21:15:00"


@pytest.mark.parametrize(
    ("label", "published"),
    [
        ("2025-10-09", "2025-10-10T20:15:00"),
        ("2025-10-10", "2025-10-14T20:15:00"),  # Columbus Day: stocks trade, the Fed is closed
        ("2026-02-05", "2026-02-06T21:15:00"),
        ("2026-02-06", "2026-02-09T21:15:00"),
        ("2026-04-02", "2026-04-03T20:15:00"),  # Good Friday: stocks closed, the Fed is open
        ("2025-11-10", "2025-11-12T21:15:00"),
        ("2025-01-08", "2025-01-10T21:15:00"),  # day of mourning
        ("2026-03-06", "2026-03-09T20:15:00"),  # summer time began on Sunday
        ("2014-12-24", "2014-12-29T21:15:00"),  # closed on the 26th by order
        ("2021-01-19", "2021-01-21T21:15:00"),  # Inauguration Day
        ("2023-07-31", "2023-08-01T20:15:00"),
        ("2023-08-01", "2023-08-03T20:15:00"),  # left out of the release of the 2nd
        ("2023-08-02", "2023-08-03T20:15:00"),
        ("2023-09-12", "2023-09-14T20:15:00"),  # left out of the release of the 13th
    ],
)
def test_yields_are_known_on_the_next_federal_business_day(label, published):
    assert str(known(days(label), days(label).astype("M8[s]"), "next_business_day")[0]) == published


@pytest.mark.parametrize(
    ("label", "published"),
    [
        ("2026-02-02", "2026-02-09T21:15:00"),
        ("2026-02-06", "2026-02-09T21:15:00"),
        ("2026-02-09", "2026-02-17T21:15:00"),  # Monday the 16th is a holiday
        ("2025-10-10", "2025-10-14T20:15:00"),
        ("2026-02-08", "2026-02-09T21:15:00"),  # a Sunday belongs to the week it ends
    ],
)
def test_the_broad_dollar_is_known_on_the_monday_after_its_week(label, published):
    assert str(known(days(label), days(label).astype("M8[s]"), "weekly")[0]) == published


def test_prices_are_known_when_struck():
    labels = days("2026-02-05", "2026-02-06")
    at = struck(labels, SPECS["btc"].clock)
    assert np.array_equal(known(labels, at, "at_once"), at)


@pytest.mark.parametrize("series", HELD)
def test_instants_run_forward_and_nothing_is_known_before_it_is_struck(facts, series):
    track = facts.observations(series)
    assert (np.diff(track.struck).astype(int) > 0).all()
    assert (np.diff(track.known).astype(int) >= 0).all()
    assert (track.known >= track.struck).all()


@pytest.mark.parametrize("series", HELD)
def test_every_value_that_belongs_to_a_session_is_fresh_at_it(facts, series):
    """The tolerance covers every session that has a value of its own, early closes included."""
    track = facts.observations(series)
    closes = calendars.sessions()
    days_struck = (track.struck - np.timedelta64(5 * 3600, "s")).astype("M8[D]")
    shared = closes.labels[calendars.member(closes.labels, days_struck)]
    close = closes.instants[np.searchsorted(closes.labels, shared)]
    hours = np.abs((track.struck[np.searchsorted(days_struck, shared)] - close).astype(int)) / 3600
    assert hours.max() <= track.spec.clock.tolerance_hours
    assert hours.max() > track.spec.clock.tolerance_hours - 1.5


def test_the_end_of_a_day_in_new_york():
    assert str(end_of_day(date(2026, 2, 6))) == "2026-02-07T05:00:00"
    assert str(end_of_day(date(2026, 7, 6))) == "2026-07-07T04:00:00"
    lengths = np.diff(ends_of_days(np.arange("2026-03-06", "2026-03-10", dtype="M8[D]")))
    assert [str(length) for length in lengths.astype("m8[h]")] == [
        "24 hours",
        "23 hours",
        "24 hours",
    ]


def test_nothing_in_nothing_out():
    assert len(utc(days(), "16:00", NEW_YORK)) == 0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(NoDataError):
        utc(days("2026-01-01"), "16:00", zone)


def test_publication_beyond_the_calendar_is_refused():
    label = days("2035-01-31")
    with pytest.raises(NoDataError):
        known(label, label.astype("M8[s]"), "next_business_day")


HOSTS = [
    "UTC", "America/New_York", "Asia/Tokyo", "Europe/London", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Marquesas", "America/St_Johns",
    "Africa/Casablanca", "Asia/Tehran", "EST5EDT",
]  # fmt: skip


@pytest.fixture
def host():
    """Put the process into another time zone."""
    before = os.environ.get("TZ")

    def move(zone):
        os.environ["TZ"] = zone
        time.tzset()

    yield move
    if before is None:
        os.environ.pop("TZ")
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_the_host_time_zone_does_not_matter(host, facts):
    found = set()
    for zone in HOSTS:
        host(zone)
        clocks._offsets.cache_clear()
        calendars.sessions.cache_clear()
        calendars.calendar.cache_clear()
        snapshot = facts.read(["btc", "gdx", "dfii10", "usdjpy", "dtwexbgs"], day=date(2026, 3, 9))
        found.add((snapshot.fingerprint, str(end_of_day(date(2026, 11, 1)))))
    assert len(HOSTS) == 12
    assert len(found) == 1


def test_a_clock_of_any_zone_is_struck_at_its_wall_time():
    tokyo = Clock(time="15:30", zone="Asia/Tokyo", calendar="FX")
    spec = SPECS["spy"].__class__(id="topix", kind="price", unit="index", clock=tokyo)
    at, when = instants(days("2026-02-06"), spec)
    assert str(at[0]) == str(when[0]) == "2026-02-06T06:30:00"
    assert timedelta(hours=9) == ZoneInfo("Asia/Tokyo").utcoffset(datetime(2026, 2, 6))  # noqa: DTZ001
