"""What was known by t and recorded by s: the same as a slow loop, a cut store, and for ever."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.data.store import bulk
from comove.data.store.revisions import asof, empty, settled
from comove.data.store.sqlite import SqliteStore

SERIES = ("dfii10", "gdx", "btc", "dxy")
FIRST = np.datetime64("2026-01-01")
START = np.datetime64("2026-01-01T00:00:00")
DAY = np.timedelta64(86400, "s")


@pytest.fixture(scope="module")
def random_store(tmp_path_factory, store_rows):
    """A store of corrections, vintages, withdrawals and backfills, some of them in Parquet."""
    rng = np.random.default_rng(20261129)
    store = SqliteStore(tmp_path_factory.mktemp("asof") / "home")
    least, bulk.LEAST = bulk.LEAST, 80
    for number in range(60):
        parts = []
        for series in SERIES[: int(rng.integers(1, 5))]:
            count = int(rng.integers(1, 30))
            labels = FIRST + np.sort(rng.permutation(60)[:count])
            values = rng.integers(0, 4, count).astype(float)
            values[rng.random(count) < 0.1] = np.nan
            vintages = series == "dfii10"
            struck = labels.astype("M8[s]") + 21 * store_rows.HOUR
            late = rng.integers(0, 40 if vintages else 3, count) * DAY
            source = "alfred:X" if vintages else ("a:X", "b:X")[number % 2]
            parts.append(
                store_rows.rows(
                    values, labels, series, source, known=struck + late, vintages=vintages
                )
            )
        recorded = START + (10 + number) * DAY
        store.append(store_rows.batch(*parts, recorded=recorded))
    bulk.LEAST = least
    yield store
    store.__exit__()


def everything(store):
    """Every row as plain tuples: series, source, label, known, recorded, batch, value."""
    return [
        (series, track.source, *row)
        for series, tracks in store.read(SERIES, revisions=True).items()
        for track in tracks
        for row in zip(
            track.labels, track.known, track.recorded, track.batches, track.values, strict=True
        )
    ]


def slowly(rows, known_by, recorded_by):
    """The obvious loop: of the rows that count, the one known last, then the one recorded last."""
    best = {}
    for _, source, label, known, recorded, batch, value in rows:
        if known > known_by or recorded > recorded_by:
            continue
        held = best.get((source, label))
        if held is None or (known, batch) >= held[0]:
            best[source, label] = ((known, batch), value)
    return {key: value for key, (_, value) in best.items() if not np.isnan(value)}


def found(store, series, **limits):
    tracks = store.read([series], **limits).get(series, ())
    return {
        (track.source, label): value
        for track in tracks
        for label, value in zip(track.labels, track.values, strict=True)
    }


def moments(rng, count):
    """Random instants, many of them exactly those of a publication."""
    return [
        START
        + int(rng.integers(0, 110)) * DAY
        + int(rng.integers(0, 2)) * np.timedelta64(75600, "s")
        for _ in range(count)
    ]


def test_a_thousand_readings_equal_the_slow_loop(random_store):
    rng = np.random.default_rng(1)
    rows = everything(random_store)
    assert len(rows) > 1000
    assert any(random_store.parts.iterdir())
    rows_of = {series: [row for row in rows if row[0] == series] for series in SERIES}
    known, recorded = moments(rng, 1000), moments(rng, 1000)
    for t, s in zip(known, recorded, strict=True):
        series = SERIES[rng.integers(len(SERIES))]
        expected = slowly(rows_of[series], t, s)
        assert found(random_store, series, known_by=t, recorded_by=s) == expected


def test_a_reading_equals_that_of_a_store_in_which_the_rest_never_was(random_store, tmp_path):
    """Rows published later are taken out of the tables themselves."""
    rng = np.random.default_rng(2)
    for turn, t in enumerate(moments(rng, 6)):
        cut = random_store.backup(tmp_path / f"cut{turn}")
        rows = everything(random_store)
        with sqlite3.connect(cut / "store.sqlite") as connection:
            limit = int(t.astype("M8[s]").astype("i8"))
            connection.execute("DELETE FROM observation WHERE known > ?", (limit,))
            # what lies in Parquet moves to the tables, as far as it was known
            tracks = {
                (series, source): number
                for number, series, source in connection.execute("SELECT * FROM track")
            }
            connection.execute("DELETE FROM part")
            connection.execute("DELETE FROM part_track")
            connection.executemany(
                "INSERT OR IGNORE INTO observation VALUES (?, ?, ?, ?, 0, ?)",
                [
                    (
                        tracks[row[0], row[1]],
                        int(row[2].astype("i8")),
                        int(row[3].astype("i8")),
                        int(row[5]),
                        None if np.isnan(row[6]) else float(row[6]),
                    )
                    for row in rows
                    if row[3] <= t
                ],
            )
        with SqliteStore(cut) as store:
            for series in SERIES:
                assert found(store, series) == found(random_store, series, known_by=t)


def test_what_was_recorded_by_then_is_the_same_after_any_later_ingest(
    random_store, tmp_path, store_rows
):
    with SqliteStore(random_store.backup(tmp_path / "later")) as store:
        stood = store.batches()[-1].recorded
        rng = np.random.default_rng(3)
        asked = [(SERIES[place % 4], t) for place, t in enumerate(moments(rng, 24))]
        before = [found(store, s, known_by=t, recorded_by=stood) for s, t in asked]
        for number in range(10):
            count = int(rng.integers(1, 60))
            labels = FIRST + rng.permutation(60)[:count]
            backfill = store_rows.rows(
                rng.normal(size=count),
                labels,
                SERIES[number % 4],
                ("alfred:X", "a:X", "b:X")[number % 3],
                known=labels.astype("M8[s]"),
                vintages=number % 2 == 0,
            )
            # also with the clock put back behind everything that is held
            store.append(store_rows.batch(backfill, recorded=START + number * DAY))
            after = [found(store, s, known_by=t, recorded_by=stood) for s, t in asked]
            assert after == before
        assert found(store, "btc") != found(store, "btc", recorded_by=stood)


@st.composite
def arrivals(draw):
    """Batches of one series: labels, values that repeat often, instants, with vintages or not."""
    vintages = draw(st.booleans())
    batches = []
    for _ in range(draw(st.integers(1, 5))):
        labels = draw(st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True))
        values = [draw(st.sampled_from([0.0, -0.0, 1.0, 2.0, float("nan")])) for _ in labels]
        late = [draw(st.integers(0, 4)) for _ in labels]
        batches.append((labels, values, late))
    return vintages, batches


def through(store_rows, vintages, batches):
    """Pass batches one after the other; return every row held in the end."""
    held = empty("x", "y")
    for number, (labels, values, late) in enumerate(batches, start=1):
        days = FIRST + np.array(labels)
        rows = store_rows.rows(
            values, days, "x", "y", known=days + np.array(late, dtype="m8[D]"), vintages=vintages
        )
        recorded = np.datetime64("2026-02-01", "us") + np.timedelta64(number, "us")
        added = settled(held, rows, recorded, number)
        held = joined(held, added)
    return held


def joined(held, added):
    from dataclasses import replace

    names = ("labels", "struck", "known", "recorded", "values", "batches")
    columns = {n: np.concatenate([getattr(held, n), getattr(added, n)]) for n in names}
    order = np.lexsort((columns["batches"], columns["known"], columns["labels"]))
    return replace(held, **{name: column[order] for name, column in columns.items()})


@given(arrivals())
@settings(deadline=None)
def test_passing_the_last_batch_again_adds_nothing(store_rows, arrived):
    vintages, batches = arrived
    once = through(store_rows, vintages, batches)
    again = through(store_rows, vintages, [*batches, batches[-1]])
    assert len(again) == len(once)


@given(arrivals(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_within_a_batch_does_not_matter(store_rows, arrived, rng):
    vintages, batches = arrived
    shuffled = []
    for labels, values, late in batches:
        order = list(range(len(labels)))
        rng.shuffle(order)
        shuffled.append([[column[at] for at in order] for column in (labels, values, late)])
    one, other = through(store_rows, vintages, batches), through(store_rows, vintages, shuffled)
    for name in ("labels", "known", "recorded", "batches"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    np.testing.assert_array_equal(one.values, other.values)


@given(arrivals())
@settings(deadline=None)
def test_now_is_what_the_last_batch_said_of_each_label(store_rows, arrived):
    _, batches = arrived
    held = asof(through(store_rows, False, batches))
    said = {}
    for labels, values, _ in batches:
        said |= dict(zip(labels, values, strict=True))
    expected = {FIRST + label: value for label, value in said.items() if not np.isnan(value)}
    assert dict(zip(held.labels, held.values, strict=True)) == expected


@given(arrivals())
@settings(deadline=None)
def test_a_correction_changes_nothing_before_it_was_recorded(store_rows, arrived):
    _, batches = arrived
    first = through(store_rows, False, batches[:1])
    whole = through(store_rows, False, batches)
    before = np.datetime64("2026-01-31T23:59:59")
    was, now = asof(first, before), asof(whole, before)
    kept = np.isin(now.labels, first.labels)
    assert now.labels[kept].tolist() == was.labels.tolist()
    assert now.values[kept].tolist() == was.values.tolist()
