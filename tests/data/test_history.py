"""A user's own data over the bundled facts: which value counts, from where, as of when."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from comove.core.errors import DamagedFileError, NoDataError, QuestionError
from comove.core.message import say
from comove.core.observations import Observations
from comove.core.question import Question
from comove.core.store import Quarantined
from comove.data.catalogue import Catalogue
from comove.data.clocks import end_of_day, instants
from comove.data.history import History, open_history
from comove.data.overlay import layered, ranked
from comove.data.quality import findings
from comove.data.reader import Facts
from comove.data.store.sqlite import SqliteStore
from comove.desk import Desk

LAST = np.datetime64("2026-10-06")
NEXT = np.array(["2026-10-07", "2026-10-08"], dtype="M8[D]")
ASOF = date(2026, 2, 6)


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("COMOVE_HOME", str(folder))
    return folder


@pytest.fixture
def store(home):
    with SqliteStore(home) as opened:
        yield opened


@pytest.fixture
def add(store, store_rows, facts):
    """Store rows of a series by its own clock."""

    def added(series, labels, values, source="", recorded="2026-10-09T12:00"):
        labels = np.array(labels, dtype="M8[D]")
        spec = facts.catalogue[series]
        struck, known = instants(labels, spec)
        rows = store_rows.rows(values, labels, series, source or spec.sources[0], known=known)
        rows = replace(rows, struck=struck)
        return store.append(store_rows.batch(rows, recorded=recorded))

    return added


# A catalogue of one's own


def test_own_rows_of_the_catalogue_count_before_anything_is_stored(home):
    home.mkdir()
    (home / "catalogue.toml").write_text(OWN, encoding="utf-8")
    added = open_history().catalogue.specs.keys() - Catalogue.load().specs.keys()
    assert added
    assert not added & open_history(offline=True).catalogue.specs.keys()
    with pytest.raises(NoDataError, match="Nothing is held"):
        open_history().observations(min(added))


# Rows held back


def test_a_row_that_is_sent_and_held_back_every_day_is_listed_once(store, store_rows, home):
    def held_back(value, label="2026-10-07"):
        return Quarantined(
            series="vix",
            source="cboe:VIX",
            rule="sign",
            reason=say("data.gate.sign"),
            label=date.fromisoformat(label),
            value=value,
        )

    wrong, other = held_back(-1.0), held_back(-2.0)
    for day, rows in enumerate([(wrong,), (other,), (wrong,)]):
        fine = store_rows.rows([20.0 + day], [f"2026-10-0{day + 1}"], "vix", "cboe:VIX")
        store.append(replace(store_rows.batch(fine), quarantined=rows, received=2))
    assert len(store.quarantined()) == 3
    assert open_history().quarantined() == (other, wrong)


# Without a store


def test_asking_without_a_store_makes_none_and_reads_the_bundled_facts(home):
    desk = Desk.open(channels=())
    assert type(desk.facts) is Facts
    desk.facts.read(["btc", "gdx"], day=ASOF)
    assert not home.exists()


def test_without_a_store_nothing_of_a_database_is_loaded(home):
    code = (
        "import sys; from comove.desk import Desk;"
        "Desk.open(channels=()).facts.observations('gdx');"
        "bad = {'sqlite3', 'psycopg', 'pyarrow', 'platformdirs', 'comove.data.store.ledger'};"
        "print(bad & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# With one


def test_a_store_lies_over_the_facts_and_offline_forces_them(add):
    add("btc", NEXT, [61000.0, 62000.0])
    desk = Desk.open(channels=())
    assert isinstance(desk.facts, History)
    track = desk.facts.observations("btc")
    bundled = Facts().observations("btc")
    assert len(track) == len(bundled) + len(set(NEXT) - set(bundled.labels))
    assert track.values[track.labels == NEXT[1]].tolist() == [62000.0]
    assert track.origin.startswith("yahoo:BTC-USD#1 over bundled:btc.csv@sha256:")
    alone = Desk.open(channels=(), offline=True)
    assert type(alone.facts) is Facts
    assert alone.facts.observations("btc").labels.tolist() == bundled.labels.tolist()


def test_series_that_a_store_does_not_hold_are_the_bundled_ones_bit_for_bit(add, facts):
    add("btc", NEXT, [61000.0, 62000.0])
    held = open_history()
    for series in facts.catalogue.specs:
        if series in facts.ids and series != "btc":
            one, other = held.observations(series), facts.observations(series)
            assert one.origin == other.origin
            assert one.values.tobytes() == other.values.tobytes()
            assert one.known.tobytes() == other.known.tobytes()


def test_the_fingerprint_of_a_day_before_the_new_data_stays(add, facts):
    ids = ["btc", "gdx", "dfii10"]
    before = facts.read(ids, ["liquidation_events"], day=ASOF)
    add("btc", NEXT, [61000.0, 62000.0])
    add("gdx", NEXT, [88.0, 89.0])
    after = open_history().read(ids, ["liquidation_events"], day=ASOF)
    assert after.fingerprint == before.fingerprint
    assert [after[s].origin for s in ids] == [before[s].origin for s in ids]


def test_an_answer_as_of_then_is_the_same_to_the_byte(add, standing):
    add("btc", NEXT, [61000.0, 62000.0])
    desk = Desk.open(channels=())
    facts = desk.facts.read(standing_plan(desk), (), ASOF)
    assert facts.fingerprint == Facts().read(standing_plan(desk), (), ASOF).fingerprint
    assert standing.fingerprint == desk_fingerprint(desk)


def standing_plan(desk):
    return desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06")).series


def desk_fingerprint(desk):
    planned = desk.plan(Question(assets=("BTC", "GDX"), asof="2026-02-06"))
    return desk.facts.read(planned.series, planned.tables, planned.asof).fingerprint


def test_the_desk_asks_anew_once_something_has_come_in(add, store_rows):
    add("btc", NEXT[:1], [61000.0])
    desk = Desk.open(channels=())
    before = desk.facts.state
    assert desk.facts.state == before
    add("btc", NEXT[1:], [62000.0])
    assert desk.facts.state != before


def test_the_last_fresh_day_is_that_of_the_data_held(add, facts):
    assert facts.last_fresh_day(["gdx"]) == date(2026, 10, 6)
    add("gdx", NEXT, [88.0, 89.0])
    held = open_history()
    assert held.last_fresh_day(["gdx"]) == date(2026, 10, 8)
    assert held.truncated(end_of_day(date(2026, 10, 7))).last_fresh_day(["gdx"]) == date(
        2026, 10, 7
    )


# As of


def test_a_correction_is_not_known_before_it_was_recorded(add):
    add("btc", NEXT, [61000.0, 62000.0], recorded="2026-10-09T12:00")
    add("btc", NEXT[:1], [60500.0], recorded="2026-10-12T12:00")
    held = open_history()
    assert held.read(["btc"], day=date(2026, 10, 9))["btc"].on(NEXT[0]) == 61000.0
    assert held.read(["btc"], day=date(2026, 10, 12))["btc"].on(NEXT[0]) == 60500.0
    assert held.observations("btc").on(NEXT[0]) == 60500.0


def test_a_replay_shuts_out_what_was_recorded_later(add, facts):
    add("btc", NEXT[:1], [61000.0], recorded="2026-10-09")
    then = np.datetime64("2026-10-10", "s")
    before = open_history().read(["btc"], day=date(2026, 10, 9), recorded_by=then)
    add(
        "btc",
        [*facts.observations("btc").labels[-40:], NEXT[0]],
        np.full(41, 7.0),
        recorded="2026-10-20",
    )
    held = open_history()
    after = held.read(["btc"], day=date(2026, 10, 9), recorded_by=then)
    assert after.fingerprint == before.fingerprint
    assert held.as_recorded(then).observations("btc").on(NEXT[0]) == 61000.0
    assert held.as_recorded(then).as_recorded(np.datetime64("2030-01-01")).recorded_by == then
    assert "bundled" in held.as_recorded(np.datetime64("2026-01-01")).observations("btc").origin
    assert held.read(["btc"], day=date(2026, 10, 9)).fingerprint != before.fingerprint


@pytest.mark.parametrize("series", ["btc", "gdx", "dfii10"])
def test_reading_as_of_a_day_equals_reading_a_history_cut_there(add, facts, series):
    rng = np.random.default_rng(5)
    labels = facts.observations(series).labels[-300:]
    for _ in range(6):
        chosen = np.sort(rng.choice(labels, 40, replace=False))
        recorded = labels[-1] + int(rng.integers(-250, 5))
        add(series, chosen, rng.uniform(1, 2, 40), recorded=str(recorded))
    held = open_history()
    for day in rng.choice(labels[:-5], 25, replace=False):
        asof = end_of_day(day.item())
        whole = held.read([series], day=day.item())
        cut = held.truncated(asof).read([series], day=day.item())
        assert whole.fingerprint == cut.fingerprint
        assert (whole[series].known <= asof).all()
        seen = held.truncated(asof).observations(series)
        assert seen.values.tobytes() == whole[series].values.tobytes()


# Layers


def test_a_users_own_file_counts_before_services_and_these_in_the_order_of_the_catalogue(facts):
    spec = replace(facts.catalogue["btc"], sources=("b:X", "a:X"))
    names = ["zzz:X", "a:X", "frame:x", "b:X", "file:x.csv"]
    assert ranked(names, spec) == ("file:x.csv", "frame:x", "b:X", "a:X", "zzz:X")


def test_the_first_source_counts_and_the_second_fills(add):
    add("btc", NEXT, [1.0, 2.0], source="exchange:BTC/USDT")
    add("btc", NEXT[:1], [5.0], source="yahoo:BTC-USD")
    track = open_history().observations("btc")
    assert (track.on(NEXT[0]), track.on(NEXT[1])) == (5.0, 2.0)
    assert track.origin.startswith("yahoo:BTC-USD#2 over exchange:BTC/USDT#1 over bundled:")


def test_a_value_out_of_reach_gives_way_to_a_second_source(add, facts):
    """One source says 17.76, the other 20.37: the order decides, unless only one is plausible."""
    track = facts.observations("vix")
    labels = track.labels[-60:]
    first, second = track.values[-60:].copy(), track.values[-60:].copy()
    first[30] *= 1.15  # apart, but either could be: the order decides
    first[40] *= 100.0  # no index moves like this
    first[50], second[50] = first[50] * 100.0, second[50] * 100.0  # neither is plausible
    add("vix", labels, first, source="cboe:VIX")
    add("vix", labels, second, source="fred:VIXCLS")
    held = open_history().observations("vix").values[-60:]
    expected = first.copy()
    expected[40] = track.values[-20]
    np.testing.assert_array_equal(held, expected)


def layer(facts, labels, values, series="gdx", origin="a"):
    labels = np.array(labels, dtype="M8[D]")
    spec = facts.catalogue[series]
    return Observations(spec, labels, *instants(labels, spec), np.array(values), origin)


WEEK = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"]


def test_adjusted_prices_of_two_sources_are_joined_by_their_returns(facts):
    upper = layer(facts, WEEK[2:4], [20.0, 22.0])
    lower = layer(facts, WEEK, [4.0, 5.0, 10.0, 11.0, 12.0], origin="b")
    both = layered([upper, lower])
    assert both.values.tolist() == [8.0, 10.0, 20.0, 22.0, 24.0]
    assert both.origin == "a over b"
    again = layered([both, lower])
    assert again is both


def test_adjusted_prices_that_follow_one_another_are_joined_as_quoted(facts):
    upper, lower = layer(facts, WEEK[3:], [20.0, 22.0]), layer(facts, WEEK[:2], [19.0, 19.5])
    assert layered([upper, lower]).values.tolist() == [19.0, 19.5, 20.0, 22.0]


def test_an_older_piece_of_unknown_adjustment_is_left_out(facts):
    upper, lower = layer(facts, WEEK[:2], [20.0, 22.0]), layer(facts, WEEK[2:4], [4.0, 5.0])
    assert layered([upper, lower]) is lower
    between = layer(facts, [WEEK[0], WEEK[4]], [20.0, 22.0])
    assert layered([between, lower]) is between


def test_two_rows_of_ones_own_go_on_where_the_bundled_history_ends(add, facts):
    add("gdx", NEXT, [88.0, 89.0], source="file:prices.csv")
    track = open_history().observations("gdx")
    assert len(track) == len(facts.observations("gdx")) + 2
    assert track.values[-2:].tolist() == [88.0, 89.0]


def test_unadjusted_values_are_never_changed(facts):
    upper = layer(facts, WEEK[2:4], [20.0, 22.0], series="dgs10")
    lower = layer(facts, WEEK, [4.0, 5.0, 10.0, 11.0, 12.0], series="dgs10", origin="b")
    assert layered([upper, lower]).values.tolist() == [4.0, 5.0, 20.0, 22.0, 12.0]


def test_labels_ascend_whatever_the_layers(facts):
    rng = np.random.default_rng(0)
    days = facts.observations("dgs10").labels[-50:]
    for _ in range(30):
        layers = []
        for number in range(3):
            chosen = np.sort(rng.choice(days, int(rng.integers(1, 50)), replace=False))
            layers.append(layer(facts, chosen, np.full(len(chosen), number), series="dgs10"))
        both = layered(layers)
        assert (np.diff(both.labels).astype(int) > 0).all()
        expected = {}
        for one in reversed(layers):
            expected |= dict(zip(one.labels, one.values, strict=True))
        assert dict(zip(both.labels, both.values, strict=True)) == expected


# A user's own series


OWN = """
[series.mine]
kind = "price"
unit = "usd"
clock = { time = "16:00", zone = "America/New_York", calendar = "XNYS", tolerance_hours = 1 }
related = "gdx"
titles = { en = "My fund", ja = "自分のファンド" }
aliases = ["FUND"]
"""


def test_a_users_own_series_is_held_listed_and_checked(home, store, store_rows):
    (home).mkdir()
    (home / "catalogue.toml").write_text(OWN, encoding="utf-8")
    days = Facts().observations("gdx").labels[-60:]
    values = np.linspace(10.0, 12.0, 60)
    store.append(store_rows.batch(store_rows.rows(values, days, "mine", "file:fund.csv")))
    desk = Desk.open(channels=())
    assert desk.facts.catalogue.resolve("fund") == "mine"
    assert desk.facts.observations("mine").origin == "file:fund.csv#1"
    (listed,) = [entry for entry in desk.holdings() if entry.spec.id == "mine"]
    assert (listed.rows, listed.origin, listed.caveats) == (60, "file:fund.csv#1", ())
    rules = {
        finding.rule: finding.outcome for finding in desk.findings() if finding.series == "mine"
    }
    assert rules["hash"] == rules["order"] == "ok"
    assert desk.titles["mine"]["ja"] == "自分のファンド"


def test_a_catalogue_of_ones_own_that_cannot_be_read_is_an_error(tmp_path):
    catalogue = Catalogue.load()
    file = tmp_path / "catalogue.toml"
    for text in ("[series.x", "[series.x]\nkind = 'price'\n", "series = 3\n"):
        file.write_text(text)
        with pytest.raises(DamagedFileError, match="is not a catalogue"):
            catalogue.extended(file)
    file.write_text(OWN.replace('"gdx"', '"nothing"'))
    with pytest.raises(QuestionError, match="refers to nothing"):
        catalogue.extended(file)
    file.write_text("")
    assert dict(catalogue.extended(file).specs) == dict(catalogue.specs)


def test_a_series_of_which_nothing_is_held_says_so(facts):
    spec = replace(facts.catalogue["gdx"], id="none", related="")
    catalogue = Catalogue(facts.catalogue.specs | {"none": spec}, facts.catalogue.tables)
    held = Facts(catalogue=catalogue)
    with pytest.raises(NoDataError, match=r"Nothing is held of none\. Fetch it"):
        held.observations("none")
    assert "none" not in held.ids
    assert len(held.read(["none", "gdx"], day=ASOF)["none"]) == 0
    assert {finding.series for finding in findings(held)} == {
        finding.series for finding in findings(facts)
    }


def test_damage_to_what_is_held_is_an_error_and_never_passed_over(add, store, facts, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("comove.data.store.bulk.LEAST", 1)
    add("btc", NEXT, [61000.0, 62000.0])
    (file,) = store.parts.iterdir()
    file.write_bytes(file.read_bytes()[:-9] + b"x" * 9)
    held = open_history()
    with pytest.raises(DamagedFileError, match=file.name):
        held.observations("btc")
    assert len(held.observations("gdx")) == len(facts.observations("gdx"))
    outcomes = {(finding.rule, finding.outcome) for finding in findings(held)}
    assert ("store", "problem") in outcomes
