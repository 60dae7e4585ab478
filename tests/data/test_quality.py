"""Each rule finds what it is there for, and leaves sound series alone."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import comove.data
from comove.core.message import Name, Quantity
from comove.core.observations import Observations
from comove.core.series import Clock, SeriesSpec
from comove.data import clocks, quality
from comove.data.calendars import DAY, calendar
from comove.data.catalogue import Catalogue
from comove.data.history import History
from comove.data.quality import examine, findings
from comove.data.reader import Facts
from comove.data.store.checking import check
from comove.data.store.sqlite import SqliteStore
from comove.report.words import Words

HERE = Path(comove.data.__file__).parent
SEEDS = range(20)
SPEC = SeriesSpec(
    id="x",
    kind="price",
    unit="usd",
    clock=Clock(time="16:00", zone="America/New_York", calendar="XNYS"),
)


def track(labels, values, spec=SPEC):
    struck, known = clocks.instants(labels, spec)
    return Observations(spec, labels, struck, known, values)


def sound(seed, nobs=400):
    """A price that moves every day on every session."""
    rng = np.random.default_rng(seed)
    sessions = calendar("XNYS").between(np.datetime64("2020-01-02"), np.datetime64("2024-12-31"))
    start = int(rng.integers(0, len(sessions) - nobs))
    values = 100 * np.exp(np.cumsum(0.02 * rng.standard_normal(nobs)))
    return sessions[start : start + nobs], values, rng


def outcomes(found):
    return {finding.rule: finding.outcome for finding in found}


@pytest.fixture(scope="module")
def everything():
    return findings(Facts())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sound_series_passes_every_rule(facts, seed):
    labels, values, _ = sound(seed)
    assert outcomes(examine(track(labels, values), facts.sessions)) == {
        "order": "ok",
        "gap": "ok",
        "weekday": "ok",
        "positive": "ok",
        "repeat": "ok",
        "jump": "ok",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_disorder_and_repeated_dates_are_found(facts, seed):
    labels, values, rng = sound(seed)
    place = int(rng.integers(1, len(labels) - 1))
    wrong = labels.copy()
    wrong[place] = labels[place - 1] if seed % 2 else labels[place + 1] + DAY
    found = examine(track(wrong, values), facts.sessions)
    assert outcomes(found) == {"order": "problem"}
    assert found[0].says["count"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_nonpositive_prices_are_found(facts, seed):
    labels, values, rng = sound(seed)
    place = int(rng.integers(0, len(values)))
    values[place] = (0.0, -37.63)[seed % 2]
    found = quality.positive(track(labels, values))
    assert found.outcome == "problem"
    assert found.says["day"] == labels[place].item()


def test_a_rate_may_be_negative(facts):
    labels, values, _ = sound(1)
    spec = replace(SPEC, kind="rate", unit="basis_points")
    found = outcomes(examine(track(labels, values - 200, spec), facts.sessions))
    assert found == {"order": "ok", "gap": "ok", "weekday": "ok"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_missing_day_is_noted_and_six_in_a_row_are_a_problem(facts, seed):
    labels, values, rng = sound(seed, 800)
    place = int(rng.integers(1, len(labels) - 10))
    for count, outcome in ((1, "note"), (5, "note"), (6, "problem")):
        keep = np.ones(len(labels), dtype=bool)
        keep[place : place + count] = False
        found = quality.gap(track(labels[keep], values[keep]))
        assert found.outcome == outcome
        assert found.says["count"] == Quantity(count, "days")
        assert found.says["worst"] == Quantity(count, "days")
        assert found.says["day"] == labels[place].item()


@pytest.mark.parametrize("seed", SEEDS)
def test_scattered_gaps_are_a_problem_when_they_exceed_one_in_a_hundred(seed):
    labels, values, rng = sound(seed, 400)
    for count, outcome in ((4, "note"), (5, "problem")):
        holes = 10 + 30 * rng.permutation(12)[:count]
        keep = np.ones(len(labels), dtype=bool)
        keep[holes] = False
        assert quality.gap(track(labels[keep], values[keep])).outcome == outcome


def test_holidays_are_no_gaps():
    labels = calendar("XNYS").between(np.datetime64("2018-11-26"), np.datetime64("2019-02-28"))
    assert np.datetime64("2018-12-05") not in labels
    assert quality.gap(track(labels, np.arange(1.0, len(labels) + 1))).outcome == "ok"


@pytest.mark.parametrize("seed", SEEDS)
def test_stale_prices_are_found_from_five_in_a_row(seed):
    labels, values, rng = sound(seed)
    place = int(rng.integers(0, len(values) - 10))
    values[place : place + 4] = values[place]
    assert quality.repeat(track(labels, values)).outcome == "ok"
    values[place : place + 5] = values[place]
    found = quality.repeat(track(labels, values))
    assert found.outcome == "problem"
    assert found.says["worst"] == Quantity(5, "days")
    assert found.says["day"] == labels[place].item()


@pytest.mark.parametrize("seed", SEEDS)
def test_tenfold_jumps_are_found(seed):
    labels, values, rng = sound(seed)
    place = int(rng.integers(1, len(values)))
    wrong = values.copy()
    wrong[place:] *= (12.0, 1 / 12.0)[seed % 2]
    found = quality.jump(track(labels, wrong))
    assert found.outcome == "problem"
    assert found.says["day"] == labels[place].item()
    mild = values.copy()
    mild[place:] *= 5.0
    assert quality.jump(track(labels, mild)).outcome == "ok"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_join_that_loses_mondays_is_found(facts, seed):
    labels, values, _ = sound(seed)
    kept = (labels.astype(int) + 3) % 7 != 0
    found = quality.weekday(track(labels[kept], values[kept]), facts.sessions)
    assert found.outcome == "problem"
    assert found.says["weekday"] == Name("data.weekday.monday")


def test_series_that_never_meet_are_found(facts):
    labels, values, _ = sound(1)
    one = track(labels[:1], values[:1])
    assert quality.weekday(one, facts.sessions).says.key == "data.finding.weekday.none"
    apart = quality.joint(
        facts.sessions, [track(labels[:5], values[:5]), track(labels[9:], values[9:])]
    )
    assert (apart.series, apart.outcome) == ("*", "problem")
    assert apart.says.key == "data.finding.joint.none"


def test_an_empty_series_has_nothing_to_examine(facts):
    empty = np.array([], dtype="M8[D]")
    assert outcomes(examine(track(empty, np.array([])), facts.sessions)) == {"order": "ok"}


# The clock of the bundled series, and of the same series mislabelled


def mislabelled(facts, series, related, change):
    track = change(facts.observations(series))
    return quality.clock(track, facts.observations(related))


def as_the_source_labels(track):
    """Put every value on the next business day, as the source of the yen does."""
    labels = np.busday_offset(track.labels, 1, roll="forward")
    labels, first = np.unique(labels, return_index=True)
    struck, known = clocks.instants(labels, track.spec)
    return Observations(track.spec, labels, struck, known, track.values[first])


def as_candles_by_open_time(track):
    """Declare the label to be the strike: the close is then a day early."""
    spec = replace(track.spec, clock=replace(track.spec.clock, day_offset=0))
    struck, known = clocks.instants(track.labels, spec)
    return Observations(spec, track.labels, struck, known, track.values)


def test_the_yen_as_its_source_labels_it_is_found(facts):
    for related in ("dxy", "tlt", "dgs10"):
        found = mislabelled(facts, "usdjpy", related, as_the_source_labels)
        assert found.outcome == "problem", related
        assert found.says.key == "data.finding.clock.shifted"
    assert abs(found.says["before"].value) > 0.4
    assert abs(found.says["same"].value) < 0.1


def test_the_yen_as_it_is_bundled_is_fine(facts):
    for related in ("dxy", "tlt", "dgs10"):
        found = mislabelled(facts, "usdjpy", related, lambda track: track)
        assert found.outcome == "ok", related
    assert found.says.key == "data.finding.clock.in_step"


@pytest.mark.parametrize("related", ["eth", "qqq"])
def test_bitcoin_by_candle_open_time_is_found(facts, related):
    found = mislabelled(facts, "btc", related, as_candles_by_open_time)
    assert found.outcome == "problem"
    assert abs(found.says["after"].value) > 3 * abs(found.says["same"].value)
    assert mislabelled(facts, "btc", related, lambda track: track).outcome == "ok"


@pytest.mark.parametrize("series", ["gdx", "vix", "dfii10", "dxy", "hyg", "fng", "dvol", "eth"])
@pytest.mark.parametrize("steps", [-1, 1])
def test_any_clock_moved_by_one_step_is_found(facts, series, steps):
    def move(track):
        cut = slice(None, -1) if steps > 0 else slice(1, None)
        moved = slice(1, None) if steps > 0 else slice(None, -1)
        labels = track.labels[moved]
        struck, known = clocks.instants(labels, track.spec)
        return Observations(track.spec, labels, struck, known, track.values[cut])

    related = facts.catalogue[series].related
    assert mislabelled(facts, series, related, move).outcome == "problem"


def test_a_clock_that_cannot_be_told_is_not_accused(facts):
    found = mislabelled(facts, "funding_btc", "btc", lambda track: track)
    assert (found.outcome, found.says.key) == ("note", "data.finding.clock.unclear")
    labels, values, _ = sound(1)
    short = quality.clock(track(labels[:30], values[:30]), track(labels, values))
    assert (short.outcome, short.says.key) == ("note", "data.finding.clock.short")


# The bundled history


def test_the_bundled_history_has_no_problem(everything):
    assert [finding for finding in everything if finding.outcome == "problem"] == []


def test_its_peculiarities_are_the_known_ones(everything):
    noted = {(f.series, f.rule) for f in everything if f.outcome == "note"}
    etfs = {"gdx", "gld", "slv", "qqq", "spy", "smh", "hyg", "tlt"}
    assert noted == {(series, "gap") for series in etfs | {"eth", "gold", "dxy", "usdjpy"}} | {
        ("funding_btc", "clock")
    }


def test_every_rule_is_applied_to_every_series(everything, facts):
    for series in facts.ids:
        spec = facts.catalogue[series]
        rules = [finding.rule for finding in everything if finding.series == series]
        prices = ["positive", "repeat", "jump"] if spec.kind == "price" else []
        assert rules == ["hash", "order", "gap", "weekday", *prices, "clock"]
    assert [f.rule for f in everything if f.series in facts.catalogue.tables] == ["hash", "hash"]
    assert (everything[-1].series, everything[-1].rule) == ("*", "weekday")


def test_some_series_only(facts):
    found = findings(facts, ["gdx", "dxy"])
    assert {finding.series for finding in found} == {"gdx", "dxy"}


def test_a_damaged_file_is_a_finding_and_the_rest_is_still_examined(copied):
    for file in ("gld.csv", "liquidation_events.csv"):
        (copied / file).write_bytes(b"date,value\n")
    found = findings(Facts(root=copied))
    problems = {(finding.series, finding.rule) for finding in found if finding.outcome == "problem"}
    assert problems == {("gld", "hash"), ("liquidation_events", "hash")}
    alone = [finding for finding in found if finding.series == "gdx" and finding.rule == "clock"]
    assert alone[0].says.key == "data.finding.clock.alone"


# Words


@pytest.fixture
def kept(facts, tmp_path, store_rows):
    """What is said of a user's own data: intact, damaged in a file, damaged in the database."""
    store = SqliteStore(tmp_path / "home")
    row = replace(facts.catalogue["gdx"], id="x", related="")
    catalogue = Catalogue(facts.catalogue.specs | {"x": row}, facts.catalogue.tables)
    held = History(store=store, catalogue=catalogue)
    key = store.archive(store_rows.payload())
    store.append(store_rows.batch(store_rows.rows([1.0, 2.0], ["2026-01-05", "2026-01-06"], "x")))
    found = [*findings(held, ["x"]), *check(store)]
    assert [finding.outcome for finding in check(store)] == ["ok"]
    store.path_of(key).unlink()
    with sqlite3.connect(store.file) as connection:
        connection.execute("UPDATE observation SET value = 3 WHERE value = 2")
    assert [finding.outcome for finding in check(store)] == ["problem", "problem"]
    return [*found, *check(store)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_finding_can_be_said(facts, copied, everything, language, kept):
    (copied / "gld.csv").write_bytes(b"")
    titles = {series: spec.titles for series, spec in facts.catalogue.specs.items()}
    words = Words.load(language, [str(HERE)], titles)
    labels, values, rng = sound(1)
    bad = values.copy()
    bad[5:12], bad[20], bad[30:] = 0.0, -1.0, values[30:] * 20
    some = rng.permutation(len(labels)) < 380
    worst = [
        *findings(Facts(root=copied)),
        *kept,
        quality.order(track(labels[::-1], values)),
        *examine(track(labels[some], bad[some]), facts.sessions),
        mislabelled(facts, "usdjpy", "dxy", as_the_source_labels),
        mislabelled(facts, "funding_btc", "btc", lambda track: track),
        quality.clock(track(labels[:30], values[:30]), track(labels, values)),
        quality.weekday(track(labels[:1], values[:1]), facts.sessions),
        quality.joint(facts.sessions, [track(labels[:1], values[:1])]),
        quality.weekday(track(labels[::5], values[::5]), facts.sessions),
        quality.joint(facts.sessions, [track(labels[::5], values[::5])]),
    ]
    said = Words(language, words.entries, {**words.titles, "x": "X"})
    texts = {f.says.key: said.text(f.says) for f in (*everything, *worst)}
    keys = {key for key in words.entries if key.startswith("data.finding.")}
    assert keys <= set(texts), keys - set(texts)
    assert all(text.endswith("。" if language == "ja" else ".") for text in texts.values())
