"""What is held, what was due, and how much is missing between."""

from datetime import date

import numpy as np
import pytest

from comove.core.errors import NoDataError
from comove.data.calendars import calendar
from comove.data.clocks import end_of_day, instants
from comove.data.holdings import due_by, holdings

LATE = date(2026, 10, 6)


def by_id(facts, day):
    return {entry.spec.id: entry for entry in holdings(facts, day)}


def test_every_series_is_listed_in_the_order_of_the_catalogue(facts):
    found = [entry.spec.id for entry in holdings(facts, LATE)]
    assert found == list(facts.ids)
    assert "btc_ny" not in found  # known by name, and waiting to be fetched


@pytest.mark.parametrize(
    ("series", "last", "due", "behind"),
    [
        ("gdx", "2026-10-06", "2026-10-06", 0),
        ("btc", "2026-08-27", "2026-10-06", 40),  # every day counts
        ("gold", "2026-09-23", "2026-10-06", 9),  # sessions only
        ("dfii10", "2026-08-19", "2026-10-05", 32),  # published a day later; Labor Day is none
        ("dtwexbgs", "2026-07-24", "2026-10-02", 49),  # published on Mondays
        ("fng", "2026-09-28", "2026-10-07", 9),  # struck at the beginning of its date
    ],
)
def test_what_is_due_follows_each_calendar_and_publication_rule(facts, series, last, due, behind):
    entry = by_id(facts, LATE)[series]
    assert (str(entry.last), str(entry.due), entry.behind) == (last, due, behind)


def test_nothing_is_behind_where_everything_is_held(facts):
    found = by_id(facts, date(2026, 2, 6))
    assert {entry.behind for entry in found.values()} == {0}
    assert found["dfii10"].due == date(2026, 2, 5)


def test_a_weekend_makes_nothing_late(facts):
    found = by_id(facts, date(2026, 2, 8))
    assert {entry.behind for entry in found.values()} == {0}
    assert found["btc"].last == found["btc"].due == date(2026, 2, 8)
    assert found["gdx"].due == date(2026, 2, 6)


@pytest.mark.parametrize(
    ("series", "now", "due"),
    [
        ("spy", "2026-02-06T14:00", "2026-02-05"),  # before the opening bell
        ("spy", "2026-02-06T20:59:59", "2026-02-05"),
        ("spy", "2026-02-06T21:00", "2026-02-06"),
        ("btc", "2026-02-06T23:00", "2026-02-05"),  # its day is not over
        ("dfii10", "2026-02-06T15:00", "2026-02-04"),  # published in the afternoon
        ("dtwexbgs", "2026-02-02T14:00", "2026-01-23"),  # a Monday morning
        ("fng", "2026-02-06T14:00", "2026-02-06"),
    ],
)
def test_nothing_is_due_before_its_hour(facts, series, now, due):
    instant = np.datetime64(now, "s")
    day = date.fromisoformat(now[:10])
    found = {entry.spec.id: entry for entry in holdings(facts, day, instant)}
    assert str(found[series].due) == due


def test_a_year_of_mornings_weekends_and_holidays_makes_nothing_late(facts):
    fetched = [spec for spec in facts.catalogue.specs.values() if spec.sources]
    rules = {(spec.clock, spec.publication): spec for spec in fetched}
    late = []
    for spec in rules.values():
        labels = calendar(spec.clock.calendar).between(
            np.datetime64("2025-08-01"), np.datetime64("2026-11-28")
        )
        _, known = instants(labels, spec)
        for day in np.arange(np.datetime64("2025-09-01"), np.datetime64("2026-11-28")):
            for hour in (14, 22):
                now = day.astype("M8[s]") + np.timedelta64(hour, "h")
                held = labels[np.searchsorted(known, now, side="right") - 1].item()
                if due_by(spec, day.item(), now) != held:
                    late.append((spec.id, now))
    assert len(fetched) == 30
    assert not late


def test_a_print_on_a_holiday_is_ahead_and_not_behind(facts):
    entry = by_id(facts, date(2026, 2, 16))["vix"]
    assert (entry.last, entry.due, entry.behind) == (date(2026, 2, 16), date(2026, 2, 13), 0)


def test_figures_origin_and_caveats(facts):
    entry = by_id(facts, date(2026, 1, 28))["gdx"]
    assert entry.latest == 112.16
    sessions = facts.sessions.labels.tolist()
    assert entry.rows == sum(date(2015, 1, 2) <= day <= date(2026, 1, 28) for day in sessions)
    assert entry.first == date(2015, 1, 2)
    assert entry.origin.startswith("Yahoo GDX, adjusted close (bundled:gdx.csv@sha256:")
    assert [language for language, _ in entry.caveats] == ["en", "ja"]


def test_rows_equal_a_slow_count(facts):
    day = date(2025, 10, 13)
    end = end_of_day(day).item()
    for entry in holdings(facts, day):
        known = facts.observations(entry.spec.id).known.tolist()
        assert entry.rows == sum(1 for instant in known if instant <= end)


def test_a_series_of_which_nothing_was_known_is_left_out(facts):
    found = by_id(facts, date(2020, 3, 12))
    assert "eth" not in found
    assert "dvol" not in found
    assert "btc" in found


def test_nothing_later_is_listed(facts):
    day = date(2026, 2, 6)
    cut = facts.truncated(end_of_day(day))
    assert holdings(cut, day) == holdings(facts, day)


def test_a_day_outside_the_calendars_is_refused(facts):
    with pytest.raises(NoDataError):
        holdings(facts, date(2035, 6, 1))
