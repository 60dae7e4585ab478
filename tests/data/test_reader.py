"""What is known at the end of a day, and nothing else."""

import json
import subprocess
import sys
import time
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NoDataError, QuestionError, StaleDataError, UnknownSeriesError
from comove.core.series import Clock, SeriesSpec
from comove.data.clocks import end_of_day
from comove.data.reader import Facts, due_label

SIXTEEN = [
    "btc", "gdx", "gld", "slv", "qqq", "spy", "smh", "hyg",
    "tlt", "vix", "dxy", "usdjpy", "dfii10", "dgs10", "funding_btc", "dvol",
]  # fmt: skip
ALL = sorted(Facts().ids)
TABLES = ("central_bank_gold", "liquidation_events")
FRIDAY = date(2026, 2, 6)


def same(one, other):
    return one.fingerprint == other.fingerprint and one.tracks.keys() == other.tracks.keys()


def test_bitcoin_of_the_day_is_known_and_the_yield_is_not(facts, day):
    snapshot = facts.read(["btc", "dfii10", "gdx", "vix"], day=FRIDAY)
    assert snapshot["btc"].labels[-1] == day("2026-02-06")
    assert snapshot["gdx"].labels[-1] == day("2026-02-06")
    assert snapshot["vix"].labels[-1] == day("2026-02-06")
    assert snapshot["dfii10"].labels[-1] == day("2026-02-05")
    assert str(snapshot.asof) == "2026-02-07T05:00:00"
    assert snapshot.day == FRIDAY
    assert snapshot.sessions.labels[-1] == day("2026-02-06")


def test_the_broad_dollar_arrives_a_week_late(facts, day):
    friday = facts.read(["dtwexbgs"], day=FRIDAY)["dtwexbgs"]
    monday = facts.read(["dtwexbgs"], day=date(2026, 2, 9))["dtwexbgs"]
    assert friday.labels[-1] == day("2026-01-30")
    assert monday.labels[-1] == day("2026-02-06")


def test_a_weekend_is_a_day_like_any_other(facts, day):
    snapshot = facts.read(["btc", "gdx"], day=date(2026, 2, 8))
    assert snapshot["btc"].labels[-1] == day("2026-02-08")
    assert snapshot["gdx"].labels[-1] == day("2026-02-06")


def test_every_catalogue_row_travels_along(facts):
    snapshot = facts.read(["gdx"], day=FRIDAY)
    assert set(snapshot.specs) == set(facts.catalogue.specs) > set(ALL)
    assert set(snapshot.tracks) == {"gdx"}
    with pytest.raises(UnknownSeriesError):
        snapshot["btc"]


def test_table_rows_enter_on_the_day_they_are_published(facts):
    for day, count in (("2026-01-28", 3), ("2026-01-29", 4)):
        snapshot = facts.read([], ["central_bank_gold"], day=date.fromisoformat(day))
        assert len(snapshot.tables["central_bank_gold"]) == count
    for day, count in (("2025-10-10", 0), ("2025-10-11", 1), ("2025-10-13", 2), ("2026-02-06", 5)):
        snapshot = facts.read([], ["liquidation_events"], day=date.fromisoformat(day))
        assert len(snapshot.tables["liquidation_events"]) == count


def test_origin_names_the_file_and_its_hash(facts):
    record = facts.manifest.record("gdx.csv")
    assert facts.observations("gdx").origin == f"bundled:gdx.csv@sha256:{record.sha256[:8]}"


@given(st.sampled_from(ALL), st.dates(date(2015, 2, 1), date(2026, 10, 10)), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_nothing_later_is_ever_used(series, day, further):
    facts = Facts()
    later = end_of_day(day) + np.timedelta64(further * 5413, "s")
    whole = facts.read([series], TABLES, day=day)
    assert same(whole, facts.truncated(later).read([series], TABLES, day=day))
    assert (whole[series].known <= whole.asof).all()


@pytest.mark.parametrize("asof", ["2025-11-28", "2025-10-13", "2026-02-06", "2026-03-08"])
def test_files_cut_at_publication_give_the_same_answer(facts, copied, asof, script):
    """The same with the rows gone from the disk, not from memory."""
    day = date.fromisoformat(asof)
    instant = end_of_day(day)
    for series in ALL:
        track = facts.observations(series).known_by(instant)
        lines = (copied / f"{series}.csv").read_text().splitlines()
        (copied / f"{series}.csv").write_text("\n".join([*lines[: 1 + len(track)], ""]))
    for name in TABLES:
        lines = (copied / f"{name}.csv").read_text().splitlines()
        kept = [line for line in lines[1:] if line.split(",")[lines[0].count(",") - 1] <= asof]
        (copied / f"{name}.csv").write_text("\n".join([lines[0], *kept, ""]))
    made = script("make_facts_metadata").manifest(copied)
    (copied / "metadata.json").write_text(json.dumps(made))
    cut = Facts(root=copied)
    assert same(facts.read(ALL, TABLES, day=day), cut.read(ALL, TABLES, day=day))


def test_a_series_cut_one_day_later_differs_the_day_after(facts):
    cut = facts.truncated(end_of_day(FRIDAY))
    monday = date(2026, 2, 9)
    assert not same(facts.read(["gdx"], day=monday), cut.read(["gdx"], day=monday))
    assert len(cut.truncated(end_of_day(monday)).observations("gdx")) == len(
        cut.observations("gdx")
    )


@pytest.mark.parametrize(
    ("assets", "last"),
    [
        (["btc"], "2026-08-27"),
        (["btc", "gdx"], "2026-08-27"),
        (["gdx"], "2026-10-06"),
        (["eth", "gdx"], "2026-04-16"),
        (["usdjpy", "btc"], "2026-04-15"),
        (["dfii10"], "2026-08-20"),
        (["dtwexbgs"], "2026-07-31"),
        (["fng"], "2026-09-25"),
        (["gold"], "2026-09-23"),
    ],
)
def test_the_last_fresh_day(facts, assets, last):
    assert str(facts.last_fresh_day(assets)) == last
    assert str(facts.read(assets).day) == last


def test_the_last_fresh_day_skips_a_missing_value(facts, day):
    """2026-09-23 is missing in gdx: cut there, the day before is the last fresh one."""
    cut = facts.truncated(end_of_day(date(2026, 9, 23)))
    assert str(cut.last_fresh_day(["gdx"])) == "2026-09-22"
    assert str(cut.last_fresh_day(["hyg"])) == "2026-09-23"
    assert not (facts.observations("hyg").labels == day("2026-09-22")).any()


@given(st.sampled_from(ALL), st.dates(date(2025, 2, 1), date(2026, 10, 6)))
@settings(max_examples=25, deadline=None)
def test_the_last_fresh_day_equals_a_slow_search(series, until):
    facts = Facts().truncated(end_of_day(until))
    labels = set(facts.observations(series).labels.tolist())
    spec = facts.catalogue[series]
    step = until
    sessions = set(facts.sessions.labels.tolist())
    while step not in sessions or due_label(spec, step) not in labels:  # day by day
        step -= timedelta(1)
    assert facts.last_fresh_day([series]) == step


def test_no_common_day_is_refused(facts):
    cut = facts.truncated(end_of_day(date(2023, 6, 1)))
    for assets in (["eth", "btc"], []):
        with pytest.raises(NoDataError) as refusal:
            cut.last_fresh_day(assets)
        assert refusal.value.code == "data.no_fresh_day"


def test_an_asset_that_has_not_begun_names_its_first_day(facts):
    snapshot = facts.read(["eth", "gdx"], day=date(2020, 3, 12))
    with pytest.raises(NoDataError) as refusal:
        facts.require_fresh(snapshot, ["gdx", "eth"])
    assert refusal.value.values["id"] == "eth"
    assert refusal.value.values["first"] == date(2024, 1, 1)


def test_an_asset_that_has_ended_names_its_last_day_and_a_better_one(facts):
    snapshot = facts.read(["eth", "gdx"], day=date(2026, 6, 30))
    with pytest.raises(StaleDataError) as refusal:
        facts.require_fresh(snapshot, ["gdx", "eth"])
    assert refusal.value.values == {
        "id": "eth",
        "last": date(2026, 4, 16),
        "day": date(2026, 6, 30),
        "fresh": date(2026, 4, 16),
    }
    assert "--asof 2026-04-16" in refusal.value.hint
    assert refusal.value.exit_code == 3


@pytest.mark.parametrize(("day", "stale"), [("2026-04-23", False), ("2026-04-24", True)])
def test_five_sessions_of_patience(facts, day, stale):
    snapshot = facts.read(["eth"], day=date.fromisoformat(day))
    passed = snapshot.sessions.labels > np.datetime64("2026-04-16")
    assert int(passed.sum()) == (6 if stale else 5)
    if stale:
        with pytest.raises(StaleDataError):
            facts.require_fresh(snapshot, ["eth"])
    else:
        facts.require_fresh(snapshot, ["eth"])


@pytest.mark.parametrize("series", ["dfii10", "dtwexbgs", "fng", "vix", "usdjpy"])
def test_a_late_publication_is_not_staleness(facts, series):
    """Every third day of thirteen months, holidays and weekends among them: no false alarm."""
    for number in range(0, 400, 3):
        day = date(2025, 2, 1) + timedelta(number)
        facts.require_fresh(facts.read([series], day=day), [series])


def test_fresh_assets_pass(facts):
    facts.require_fresh(facts.read(["btc", "gdx"], day=FRIDAY), ["btc", "gdx"])


@pytest.mark.parametrize("day", ["2014-11-30", "2035-01-01", "1900-01-01"])
def test_a_day_outside_the_calendars_is_refused(facts, day):
    with pytest.raises(NoDataError) as refusal:
        facts.read(["gdx"], day=date.fromisoformat(day))
    assert refusal.value.code == "data.beyond_calendar"


def test_the_edges_of_the_calendars_are_answered(facts):
    assert len(facts.read(["gdx"], day=date(2014, 12, 1))["gdx"]) == 0
    assert len(facts.read(["gdx"], day=date(2034, 12, 31))["gdx"]) == 2956
    for series in ALL:
        assert due_label(facts.catalogue[series], date(2014, 12, 1)) in (
            None, date(2014, 12, 1), date(2014, 12, 2),
        )  # fmt: skip
        assert due_label(facts.catalogue[series], date(2034, 12, 31)) > date(2034, 12, 20)


@pytest.mark.parametrize(
    ("series", "day", "due"),
    [
        ("dtwexbgs", "2026-02-06", "2026-01-30"),
        ("dtwexbgs", "2026-02-09", "2026-02-06"),  # the Monday of publication
        ("dtwexbgs", "2026-02-16", "2026-02-06"),  # a holiday: published on Tuesday
        ("dtwexbgs", "2026-02-17", "2026-02-13"),
        ("dfii10", "2025-10-13", "2025-10-09"),
        ("dfii10", "2025-10-14", "2025-10-10"),
        ("gdx", "2026-02-08", "2026-02-06"),
        ("btc", "2026-02-08", "2026-02-08"),
    ],
)
def test_what_is_due_at_the_end_of_a_day(facts, series, day, due):
    assert str(due_label(facts.catalogue[series], date.fromisoformat(day))) == due


def test_what_is_struck_at_the_very_end_of_a_day_is_due_on_it():
    midnight = Clock(time="00:00", zone="America/New_York", day_offset=1, calendar="24/7")
    spec = SeriesSpec(id="x", kind="price", unit="usd", clock=midnight)
    assert due_label(spec, FRIDAY) == FRIDAY


def test_unknown_names_are_refused(facts):
    with pytest.raises(UnknownSeriesError):
        facts.read(["doge"], day=FRIDAY)
    with pytest.raises(UnknownSeriesError):
        facts.read([], ["holdings"], day=FRIDAY)


def test_an_unpublished_row_is_refused(copied, script):
    file = copied / "central_bank_gold.csv"
    file.write_text(file.read_text().replace("2026-01-29", ""))
    made = script("make_facts_metadata").manifest(copied)
    (copied / "metadata.json").write_text(
        json.dumps(made).replace('"first": ""', '"first": "2023-01-31"')
    )
    with pytest.raises(NoDataError.__base__):
        Facts(root=copied).table("central_bank_gold")


def test_the_fingerprint_is_stable_and_sees_every_change(facts, copied, rewritten):
    one = facts.read(["btc", "gdx"], TABLES, day=FRIDAY)
    assert one.fingerprint == Facts().read(["gdx", "btc"], TABLES, day=FRIDAY).fingerprint
    assert one.fingerprint != facts.read(["btc", "gdx"], day=FRIDAY).fingerprint
    assert one.fingerprint != facts.read(["btc"], TABLES, day=FRIDAY).fingerprint
    track = facts.observations("gdx")
    values = track.values.copy()
    values[100] += 0.01
    changed = rewritten(copied, "gdx", track.labels.tolist(), values.tolist())
    assert one.fingerprint != changed.read(["btc", "gdx"], TABLES, day=FRIDAY).fingerprint


def test_reading_sixteen_series_is_quick(facts):
    times = []
    for _ in range(3):
        start = time.process_time()
        facts.read(SIXTEEN, TABLES, day=FRIDAY)
        times.append(time.process_time() - start)
    assert min(times) < 0.12


def test_reading_needs_numpy_and_the_standard_library_only():
    code = (
        "import sys; from datetime import date; from comove.data.reader import Facts;"
        "f = Facts(); f.read(['btc', 'dfii10'], ['liquidation_events']);"
        "print([n for n in ('pandas', 'scipy', 'exchange_calendars', 'numpy.ma', 'difflib')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_that_a_request_names_is_read_as_text(facts, tmp_path):
    file = tmp_path / "levels.toml"
    file.write_bytes("\ufeff# 節目\n".encode())
    assert facts.text(str(file)) == "# 節目\n"
    file.write_bytes(b"\xff\xfe\x00")
    for path in (file, tmp_path / "absent.toml", tmp_path, "\0"):
        with pytest.raises(QuestionError) as refused:
            facts.text(str(path))
        assert refused.value.code == "question.file"
