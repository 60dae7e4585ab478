"""Bars within a day sampled at the closes of New York: exact instants, and none stands in."""

import itertools
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import PayloadError
from comove.core.observations import Observations
from comove.core.panel import Panel, Sessions
from comove.core.question import Question
from comove.core.source import Rows
from comove.data import calendars
from comove.data.catalogue import Catalogue
from comove.data.clocks import end_of_day
from comove.data.reader import Facts
from comove.data.sampling import LEAST, intraday, on_sessions, sampled, totals, whole_days
from comove.desk import Desk

SPECS = Catalogue.load().specs
TWIN = SPECS["btc_ny"]
HOUR = np.timedelta64(3600, "s")
CLOSES = calendars.sessions()


def hourly(first, last):
    """One bar an hour, struck when it closes; the value tells which."""
    struck = np.arange(f"{first}T01", f"{last}T00", dtype="M8[h]").astype("M8[s]")
    values = struck.astype(np.int64) / 3600.0
    return Rows(labels=struck.astype("M8[D]"), values=values, struck=struck)


def picked(rows, places):
    return Rows(labels=rows.labels[places], values=rows.values[places], struck=rows.struck[places])


def test_every_session_of_three_years_equals_the_close_of_the_exchange():
    """Half days at 13:00, both changes of the clock each year, holidays without a row."""
    found = sampled(hourly("2023-12-01", "2026-12-01"), TWIN, "BTCUSDT/1h")
    inside = (CLOSES.labels >= np.datetime64("2023-12-01")) & (
        CLOSES.labels < np.datetime64("2026-12-01")
    )
    np.testing.assert_array_equal(found.labels, CLOSES.labels[inside])
    np.testing.assert_array_equal(found.struck, CLOSES.instants[inside])
    np.testing.assert_array_equal(found.values, found.struck.astype(np.int64) / 3600.0)


@pytest.mark.parametrize(
    ("label", "instant"),
    [
        ("2025-11-28", "2025-11-28T18:00:00"),  # half day
        ("2026-03-06", "2026-03-06T21:00:00"),  # the Friday before the clocks change
        ("2026-03-09", "2026-03-09T20:00:00"),  # the Monday after
        ("2026-10-30", "2026-10-30T20:00:00"),
        ("2026-11-02", "2026-11-02T21:00:00"),
    ],
)
def test_known_closes(label, instant):
    day = np.datetime64(label)
    found = sampled(hourly(day - 1, day + 2), TWIN, "X/1h")
    place = found.labels.tolist().index(day.item())
    assert str(found.struck[place]) == instant


@pytest.mark.parametrize("label", ["2025-01-09", "2025-12-25", "2026-02-07", "2026-07-03"])
def test_a_day_without_a_session_has_no_row(label):
    day = np.datetime64(label)
    assert day.item() not in sampled(hourly(day - 1, day + 2), TWIN, "X/1h").labels.tolist()


def test_no_neighbour_stands_in_for_a_missing_bar():
    rows = hourly("2026-02-02", "2026-02-07")
    without = rows.struck != np.datetime64("2026-02-04T21:00:00")
    found = sampled(picked(rows, without), TWIN, "X/1h")
    assert [str(label)[-2:] for label in found.labels] == ["02", "03", "05", "06"]


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_rows_in_any_order_are_sampled_one_by_one(data):
    rows = hourly("2026-02-27", "2026-03-12")
    places = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=60))
    some = picked(rows, np.array(places, dtype=np.int64))
    found = sampled(some, TWIN, "X/15m")
    closes = set(CLOSES.instants.tolist())
    wanted = [value for at, value in zip(some.struck.tolist(), some.values, strict=True)
              if at in closes]  # fmt: skip
    assert found.values.tolist() == wanted
    again = sampled(found, TWIN, "X/15m")
    np.testing.assert_array_equal(again.values, found.values)
    np.testing.assert_array_equal(again.labels, found.labels)


def test_the_midnight_of_a_series_around_the_clock_is_sampled_too():
    found = sampled(hourly("2026-02-02", "2026-02-04"), SPECS["btc"], "X/1h")
    assert [str(at) for at in found.struck] == ["2026-02-03T00:00:00"]
    assert [str(label) for label in found.labels] == ["2026-02-02"]


def test_days_pass_unchanged_and_bars_need_their_instants():
    days = Rows(labels=np.array(["2026-02-02"], "M8[D]"), values=np.array([1.0]))
    assert sampled(days, TWIN, "BTCUSDT/1d") is days
    assert sampled(days, TWIN, "GDX") is days
    with pytest.raises(PayloadError):
        sampled(days, TWIN, "BTCUSDT/1h")


def test_codes_of_bars():
    assert all(map(intraday, ["A/1h", "A/15m", "A/60m", "A_B/4h"]))
    assert not any(map(intraday, ["A/1d", "A", "1h", "A/h", "A/0h", "A/funding", "A/1h/x"]))


# Sums


def test_hours_add_up_to_whole_days_only():
    rows = hourly("2026-02-02", "2026-02-04")
    found = totals(picked(rows, np.arange(len(rows) - 1, -1, -1)))
    start = rows.struck[0].astype(np.int64) / 3600
    assert [str(label) for label in found.labels] == ["2026-02-02"]
    assert found.values.tolist() == [sum(start + hour for hour in range(24))]
    assert str(found.struck[0]) == "2026-02-03T00:00:00"


def test_hours_that_occur_twice_are_not_added_up():
    rows = hourly("2026-02-02", "2026-02-03")
    with pytest.raises(PayloadError, match="twice"):
        totals(picked(rows, np.array([0, 0, 1])))
    with pytest.raises(PayloadError):
        totals(Rows(labels=rows.labels, values=rows.values))


# The twin in the place of the series


def made(series, struck, values, labels=None):
    labels = struck.astype("M8[D]") if labels is None else labels
    return Observations(SPECS[series], labels, struck, struck, values, f"{series}:made#1")


@dataclass(frozen=True, eq=False, kw_only=True)
class WithTwin(Facts):
    """The bundled facts, and bitcoin at the New York close as somebody fetched it."""

    twin: Observations

    def _known(self, ids, instant):
        known = super()._known([series for series in ids if series != "btc_ny"], instant)
        if "btc_ny" in ids:
            known["btc_ny"] = self.twin if instant is None else self.twin.known_by(instant)
        return known


ASOF = date(2026, 2, 6)


@pytest.fixture(scope="module")
def fetched():
    """A twin that strays from the midnight price by a percent or so, for every session."""
    btc = Facts().observations("btc")
    keep = CLOSES.labels <= np.datetime64("2026-02-20")
    labels, struck = CLOSES.labels[keep][20:], CLOSES.instants[keep][20:]
    held = btc.values[np.searchsorted(btc.labels, labels)]
    noise = np.random.default_rng(5).normal(0.0, 0.01, len(labels))
    return made("btc_ny", struck, held * np.exp(noise), labels)


def test_the_twin_is_used_where_series_are_joined_and_nowhere_else(fetched):
    plain = Facts().read(["btc", "gdx"], day=ASOF)
    snapshot = WithTwin(twin=fetched).read(["btc", "gdx"], day=ASOF)
    assert set(snapshot.sampled) == {"btc"}
    np.testing.assert_array_equal(snapshot["btc"].values, plain["btc"].values)
    panel = snapshot.panel(["btc", "gdx"])
    assert panel.ids == ("btc", "gdx")
    last = panel.labels[-LEAST:]
    np.testing.assert_array_equal(panel.offsets[-LEAST:], 0.0)
    wanted = fetched.values[np.searchsorted(fetched.labels, last)]
    np.testing.assert_array_equal(panel["btc"][-LEAST:], wanted)
    assert (panel.overlap("btc", "gdx")[-LEAST + 1 :] == 1.0).all()
    assert snapshot.fingerprint != plain.fingerprint


def test_without_a_twin_nothing_changes():
    plain = Facts().read(["btc", "gdx"], day=ASOF)
    assert dict(plain.sampled) == {}
    assert plain.panel(["btc", "gdx"]).offsets[-1, 0] == 3.0


def test_nothing_later_than_the_day_asked_about_is_used(fetched):
    facts = WithTwin(twin=fetched)
    cut = replace(facts, twin=fetched.known_by(end_of_day(ASOF)))
    assert fetched.known[-1] > end_of_day(ASOF)
    assert facts.read(["btc", "gdx"], day=ASOF).fingerprint == (
        cut.read(["btc", "gdx"], day=ASOF).fingerprint
    )


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(lambda n: np.arange(n) >= n - LEAST + 9, id="begins too late"),
        pytest.param(lambda n: np.arange(n) < n - 1, id="lacks the last session"),
        pytest.param(lambda n: abs(np.arange(n) - (n - 60)) > 5, id="has a hole"),
        pytest.param(lambda n: np.zeros(n, dtype=bool), id="is empty"),
    ],
)
def test_a_twin_that_does_not_cover_the_baseline_is_left_alone(fetched, kept):
    """Betas measured on one clock are not applied to returns on another."""
    held = fetched.known_by(end_of_day(ASOF))
    some = kept(len(held))
    twin = made("btc_ny", held.struck[some], held.values[some], held.labels[some])
    assert dict(WithTwin(twin=twin).read(["btc", "gdx"], day=ASOF).sampled) == {}


def test_a_twin_that_just_covers_it_is_used(fetched):
    held = fetched.known_by(end_of_day(ASOF))
    some = np.arange(len(held)) >= len(held) - LEAST
    twin = made("btc_ny", held.struck[some], held.values[some], held.labels[some])
    panel = WithTwin(twin=twin).read(["btc", "gdx"], day=ASOF).panel(["btc", "gdx"])
    assert panel.offsets[-LEAST:, 0].tolist() == [0.0] * LEAST
    assert panel.offsets[-LEAST - 1, 0] >= 3.0


def test_single_missing_closes_fall_back_on_midnight_and_say_so(fetched):
    held = fetched.known_by(end_of_day(ASOF))
    some = np.arange(len(held)) != len(held) - 5
    twin = made("btc_ny", held.struck[some], held.values[some], held.labels[some])
    panel = WithTwin(twin=twin).read(["btc", "gdx"], day=ASOF).panel(["btc", "gdx"])
    assert panel.offsets[-6:, 0].tolist() == [0.0, 3.0, 0.0, 0.0, 0.0, 0.0]


def test_sampling_at_the_close_finds_the_correlation_that_midnight_halves():
    """Two assets move together hour by hour; one is read three hours late, or eight hours late."""
    rng = np.random.default_rng(11)
    closes = CLOSES.instants[(CLOSES.labels >= np.datetime64("2016-01-01"))][:2200]
    hours = np.arange(closes[0], closes[-1] + 12 * HOUR, HOUR)
    shocks = rng.multivariate_normal([0, 0], [[1.0, 0.6], [0.6, 1.0]], len(hours)) * 0.002
    first, second = np.exp(np.cumsum(shocks, axis=0)).T
    at = np.searchsorted(hours, closes)
    late = np.searchsorted(hours, closes + 8 * HOUR)
    gdx = made("gdx", closes, second[at])
    track = made("btc", closes + 8 * HOUR, first[late])
    twin = made("btc_ny", closes, first[at])
    sessions = Sessions("XNYS", closes.astype("M8[D]"), closes)
    end = closes[-1] + 24 * HOUR

    def correlation(btc):
        moves = Panel.join([btc, gdx], sessions, end).changes().values
        return float(np.corrcoef(moves.T)[0, 1])

    joined = on_sessions(track, twin, sessions)
    assert joined is not None
    assert correlation(joined) == pytest.approx(correlation(replace(twin, spec=track.spec)))
    assert correlation(joined) == pytest.approx(0.6, abs=0.05)
    assert correlation(track) < 0.6 * 0.8


def test_explain_says_that_the_close_was_used(fetched):
    question = Question(assets=("btc", "gdx"), asof=ASOF)
    told = Desk.open(facts=WithTwin(twin=fetched)).explain(question)
    keys = [limit.key for limit in told.limits]
    assert "explain.limit.sampled" in keys
    assert not {"explain.limit.clock", "explain.limit.overlap"} & set(keys)
    said = told.limits[keys.index("explain.limit.sampled")]
    assert said["source"] == "btc_ny:made"
    usual = [limit.key for limit in Desk.open(facts=Facts()).explain(question).limits]
    assert "explain.limit.sampled" not in usual
    assert "explain.limit.overlap" in usual


def test_explain_names_the_remedy_until_it_is_held(fetched):
    question = Question(assets=("btc", "gdx"), asof=ASOF)
    bare = Desk.open(facts=Facts()).explain(question).limits
    assert [said["series"] for said in bare if said.key == "explain.limit.remedy"] == ["btc_ny"]
    held = Desk.open(facts=WithTwin(twin=fetched)).explain(question).limits
    assert "explain.limit.remedy" not in [said.key for said in held]
    funds = Question(assets=("qqq", "gdx"), asof=ASOF)
    others = Desk.open(facts=Facts()).explain(funds).limits
    assert "explain.limit.remedy" not in [said.key for said in others]


@given(st.integers(1, 3), st.lists(st.integers(1, 30), max_size=12), st.integers(0, 23))
@settings(max_examples=40, deadline=None)
def test_days_are_the_same_however_the_pages_fall(count, cuts, missing):
    rows = hourly("2026-02-02", f"2026-02-0{2 + count}")
    struck = np.append(rows.struck, rows.struck[-1] + HOUR)
    values = np.append(rows.values, 7.25)
    kept = np.arange(len(struck)) != missing
    rows = Rows(labels=struck[kept].astype("M8[D]"), values=values[kept], struck=struck[kept])
    edges = np.unique(np.clip(np.cumsum([0, *cuts, 96]), 0, len(rows)))
    found, rest = [], None
    for first, last in itertools.pairwise(edges.tolist()):
        whole, rest = whole_days(picked(rows, np.arange(first, last)), rest, "X/liq_long_orders/1")
        found += zip(whole.labels.tolist(), whole.values.tolist(), strict=True)
    at_once = totals(rows)
    assert found == list(zip(at_once.labels.tolist(), at_once.values.tolist(), strict=True))
    assert len(found) == count - 1
    assert len(rest) == 23


def test_rows_that_are_no_hours_of_orders_pass():
    rows = hourly("2026-02-02", "2026-02-03")
    assert whole_days(rows, None, "BTC_USDT/liq_long") == (rows, None)


def test_the_sessions_a_twin_must_cover_are_those_of_the_usual_question():
    usual = Question(assets=("btc", "gdx"))
    assert usual.baseline + usual.dependence == LEAST
