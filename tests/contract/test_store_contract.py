"""What every store promises, asked of each backend; others can run it over theirs."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from comove.core.errors import DamagedFileError, StoreError
from comove.core.message import Name, Quantity, say
from comove.core.store import Accepted, Batch, Quarantined
from comove.data.store.opening import open_store

sys.path.insert(0, str(Path(__file__).parents[1]))
from stores import batch, payload, rows, server, why_no_server

DAYS = ["2026-01-05", "2026-01-06", "2026-01-07"]


@pytest.fixture(scope="module")
def address():
    reason = why_no_server()
    if reason:
        pytest.skip(reason)
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    """Where a fresh store of one backend is."""
    if request.param == "sqlite":
        return tmp_path / "home"
    import psycopg

    address = request.getfixturevalue("address")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS comove CASCADE")
    return address


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        yield opened


def instant(text):
    return np.datetime64(text, "s")


def values(store, series="gdx", **limits):
    return {str(label): value for label, value in pairs(store, series, **limits)}


def pairs(store, series, **limits):
    found = store.read([series], **limits).get(series, ())
    assert len(found) <= 1
    return [pair for track in found for pair in zip(track.labels, track.values, strict=True)]


def test_an_empty_store_holds_nothing(store):
    assert store.series() == ()
    assert store.batches() == ()
    assert store.quarantined() == ()
    assert store.read(["gdx"]) == {}
    assert len(store.fingerprint()) == 64


def test_rows_come_back_as_they_went_in(store):
    sent = rows([1.25, -0.1, 1e-300], DAYS)
    receipt = store.append(batch(sent))
    (track,) = store.read(["gdx"])["gdx"]
    assert (track.series, track.source) == ("gdx", "yahoo:GDX")
    for name in ("labels", "struck", "known", "values"):
        assert getattr(track, name).tolist() == getattr(sent, name).tolist()
        assert getattr(track, name).dtype == getattr(sent, name).dtype
    assert set(track.batches) == {receipt.batch}
    assert set(track.recorded) == {receipt.recorded}


def test_what_is_appended_is_there_for_another(store, place):
    store.append(batch(rows([1.0], DAYS[:1])))
    with open_store(place) as other:
        assert values(other) == {DAYS[0]: 1.0}
        assert other.fingerprint() == store.fingerprint()


def test_the_order_of_rows_and_pages_does_not_matter(store):
    store.append(batch(rows([3.0, 1.0], [DAYS[2], DAYS[0]]), rows([2.0], [DAYS[1]])))
    assert list(values(store).values()) == [1.0, 2.0, 3.0]


def test_the_same_batch_twice_leaves_the_same_store(store):
    held = [Quarantined(series="gdx", source="yahoo:GDX", rule="sign", reason=say("a.b"))]
    sent = batch(rows([1.0, 2.0], DAYS[:2]), quarantined=held)
    first = store.append(sent)
    before = store.fingerprint()
    again = store.append(
        batch(rows([2.0, 1.0], DAYS[1::-1]), quarantined=held, recorded="2027-01-01")
    )
    assert first.new
    assert not again.new
    assert (again.batch, again.key, again.recorded) == (first.batch, first.key, first.recorded)
    assert store.fingerprint() == before
    assert len(store.quarantined()) == 1


def test_a_value_that_goes_back_is_a_revision_though_the_payload_is_the_same(store):
    store.append(batch(rows([1.0], DAYS[:1]), recorded="2026-02-01"))
    store.append(batch(rows([2.0], DAYS[:1]), recorded="2026-02-02"))
    receipt = store.append(batch(rows([1.0], DAYS[:1]), recorded="2026-02-03"))
    assert receipt.new
    assert receipt.written == 1
    assert values(store) == {DAYS[0]: 1.0}
    assert values(store, recorded_by=instant("2026-02-02T12:00")) == {DAYS[0]: 2.0}


def test_received_is_accepted_and_quarantined(store):
    held = [
        Quarantined(
            series="gdx",
            source="yahoo:GDX",
            rule="unit_jump",
            reason=say(
                "gate.jump", by=Quantity(10.0, "ratio"), of=Name("gdx"), on=date(2026, 1, 7)
            ),
            label=date(2026, 1, 7),
            value=880.0,
        ),
        Quarantined(
            series="btc", source="file:x.csv", rule="date", reason=say("a.b"), raw="32.13.2026;１"
        ),
    ]
    store.append(batch(rows([1.0], DAYS[:1])))
    receipt = store.append(batch(rows([1.0, 2.0], DAYS[:2]), quarantined=held))
    assert (receipt.received, receipt.written, receipt.unchanged, receipt.quarantined) == (
        4,
        1,
        1,
        2,
    )
    assert store.quarantined() == tuple(held)
    assert store.quarantined(["gdx"]) == tuple(held[:1])
    assert DAYS[2] not in values(store)


def test_rows_that_do_not_add_up_are_refused():
    with pytest.raises(StoreError, match="5 rows came in, but 1 were accepted and 0 held back"):
        Batch(accepted=(rows([1.0], DAYS[:1]),), received=5, recorded=instant("2026-03-01"))


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_what_no_store_can_hold_is_refused(value):
    with pytest.raises(StoreError, match="gdx"):
        rows([value], DAYS[:1])
    with pytest.raises(StoreError, match="gdx"):
        rows([1.0], ["NaT"])
    with pytest.raises(StoreError, match="length"):
        Accepted(series="x", source="y", labels=DAYS, struck=DAYS, known=DAYS, values=[1.0])


def test_two_values_of_one_label_in_one_batch_are_refused_and_nothing_is_kept(store):
    fine = rows([1.0], DAYS[:1], series="btc")
    with pytest.raises(StoreError, match="two values of gdx for 2026-01-05"):
        store.append(batch(fine, rows([1.0, 2.0], DAYS[:1] * 2)))
    with pytest.raises(StoreError, match="both with vintages and without"):
        store.append(batch(rows([1.0], DAYS[:1]), rows([1.0], DAYS[1:2], vintages=True)))
    assert store.series() == ()
    assert store.batches() == ()
    assert store.append(batch(rows([1.0, 1.0], DAYS[:1] * 2))).written == 1


def test_a_correction_is_known_from_when_it_was_recorded(store):
    store.append(batch(rows([1.0, 2.0], DAYS[:2]), recorded="2026-02-01"))
    receipt = store.append(batch(rows([1.0, 2.5], DAYS[:2]), recorded="2026-02-10T09:00:00.5"))
    assert (receipt.written, receipt.unchanged) == (1, 1)
    assert values(store, known_by=instant("2026-02-10T09:00:00")) == {DAYS[0]: 1.0, DAYS[1]: 2.0}
    assert values(store, known_by=instant("2026-02-10T09:00:01")) == {DAYS[0]: 1.0, DAYS[1]: 2.5}
    (track,) = store.read(["gdx"], revisions=True)["gdx"]
    assert track.values.tolist() == [1.0, 2.0, 2.5]


def test_a_change_within_the_noise_of_its_source_repeats_what_is_held(store):
    def sent(values, noise):
        return batch(replace(rows(values, DAYS[:2]), noise=noise))

    store.append(sent([88.0, np.nan], 1e-6))
    assert store.append(sent([88.00005, np.nan], 1e-6)).written == 0
    assert store.append(sent([88.001, 1.0], 1e-6)).written == 2
    assert store.append(sent([88.00105, np.nan], 0.0)).written == 2
    assert values(store) == {DAYS[0]: 88.00105}


def test_a_vintage_is_known_from_when_it_was_published(store):
    late, early = "2026-02-15T13:30:00", "2026-01-20T13:30:00"
    store.append(batch(rows([1.0], DAYS[:1], known=[late], vintages=True), recorded="2026-03-01"))
    store.append(batch(rows([0.5], DAYS[:1], known=[early], vintages=True), recorded="2026-03-02"))
    assert values(store, known_by=instant("2026-01-20T13:29:59")) == {}
    assert values(store, known_by=instant("2026-02-01")) == {DAYS[0]: 0.5}
    assert values(store) == {DAYS[0]: 1.0}
    again = store.append(batch(rows([0.5], DAYS[:1], known=[early], vintages=True)))
    assert not again.new


def test_a_value_can_be_withdrawn(store):
    store.append(batch(rows([1.0, 2.0], DAYS[:2]), recorded="2026-02-01"))
    store.append(batch(rows([np.nan, np.nan], DAYS[1:]), recorded="2026-02-02"))
    assert values(store) == {DAYS[0]: 1.0}
    assert len(values(store, recorded_by=instant("2026-02-01T12:00"))) == 2
    assert store.append(batch(rows([np.nan], DAYS[1:2]), recorded="2026-02-03")).written == 0


def test_what_was_recorded_by_then_never_changes(store):
    store.append(batch(rows([1.0], DAYS[:1]), recorded="2026-02-01"))
    then = store.batches()[-1].recorded
    before = values(store, recorded_by=then)
    store.append(batch(rows([9.0, 8.0], DAYS[:2]), recorded="2020-01-01"))  # a clock put back
    assert store.batches()[-1].recorded > then
    assert values(store, recorded_by=then) == before == {DAYS[0]: 1.0}
    assert values(store) == {DAYS[0]: 9.0, DAYS[1]: 8.0}


def test_sources_are_kept_apart(store):
    store.append(batch(rows([17.76], DAYS[:1]), rows([20.37], DAYS[:1], source="stooq:GDX")))
    found = store.read(["gdx", "btc"])
    assert {track.source: track.values.tolist() for track in found["gdx"]} == {
        "stooq:GDX": [20.37],
        "yahoo:GDX": [17.76],
    }
    assert "btc" not in found
    assert store.read("gdx").keys() == found.keys()


def test_it_says_where_each_series_ends(store):
    store.append(batch(rows([1.0, 2.0], DAYS[:2]), recorded="2026-02-01"))
    store.append(batch(rows([2.5], DAYS[1:2]), rows([7.0], DAYS[2:], series="btc")))
    btc, gdx = store.series()
    assert (btc.series, btc.rows, btc.first, btc.last) == (
        "btc",
        1,
        date(2026, 1, 7),
        date(2026, 1, 7),
    )
    assert (gdx.series, gdx.rows, gdx.first, gdx.last) == (
        "gdx",
        3,
        date(2026, 1, 5),
        date(2026, 1, 6),
    )
    assert gdx.recorded == store.batches()[-1].recorded
    assert gdx.known == instant("2026-03-01")


def test_a_payload_comes_back_byte_for_byte_without_secrets(store):
    body = bytes(range(256)) * 40
    sent = payload(
        body,
        params=(("series_id", "DFII10"), ("api_key", "canary-3141")),
        headers=(("x-token", "canary-2718"),),
        secrets=("api_key", "x-token"),
        method="POST",
        body=b"\xff\x00{}",
    )
    key = store.archive(sent)
    back = store.payload(key)
    assert back.body == body
    assert (back.status, back.content_type, back.headers) == (200, "text/csv", sent.headers)
    assert back.received == sent.received
    assert back.request == sent.request.public()
    assert "canary" not in repr(back)


def test_the_same_answer_is_kept_once_as_first_received(store):
    first = payload()
    key = store.archive(first)
    before = store.fingerprint()
    assert store.archive(replace(first, received=instant("2026-05-05"))) == key
    assert store.fingerprint() == before
    assert store.payload(key).received == first.received
    assert store.archive(payload(b"other")) != key
    assert store.fingerprint() != before


def test_a_number_leads_to_the_bytes_it_was_read_from(store):
    sent = payload()
    store.append(batch(rows([1.0], DAYS[:1]), payload=store.archive(sent)))
    (track,) = store.read(["gdx"])["gdx"]
    receipts = {receipt.batch: receipt for receipt in store.batches()}
    assert store.payload(receipts[int(track.batches[0])].payload).body == sent.body


def test_an_unknown_payload_is_an_error(store):
    store.append(batch(rows([1.0], DAYS[:1])))
    with pytest.raises(StoreError, match="no payload abcd"):
        store.payload("abcd" * 16)


def test_a_backup_is_the_same_store_and_overwrites_nothing(store, tmp_path):
    key = store.archive(payload())
    store.append(batch(rows([1.0, 2.0], DAYS[:2]), recorded="2026-02-01", payload=key))
    store.append(batch(rows([np.nan], DAYS[:1])))
    target = store.backup(tmp_path / "copies" / "one")
    with open_store(target) as copy:
        assert copy.fingerprint() == store.fingerprint()
        assert values(copy) == values(store) == {DAYS[1]: 2.0}
        assert copy.batches() == store.batches()
        assert copy.payload(key).body == store.payload(key).body
        copy.append(batch(rows([3.0], DAYS[2:])))
    with pytest.raises(StoreError, match="exists already"):
        store.backup(target)


def test_a_backup_of_nothing_is_an_empty_store(store, tmp_path):
    with open_store(store.backup(tmp_path / "copy")) as copy:
        assert copy.series() == ()
        copy.append(batch(rows([3.0], DAYS[2:])))
        assert values(copy) == {DAYS[2]: 3.0}


def test_a_batch_that_fails_half_way_leaves_nothing(store, monkeypatch):
    store.append(batch(rows([1.0], DAYS[:1])))
    before = store.fingerprint()
    monkeypatch.setattr("comove.data.store.ledger.rows_digest", lambda tracks: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.append(batch(rows([5.0], DAYS[1:2]), rows([5.0], DAYS[1:2], series="btc")))
    monkeypatch.undo()
    assert store.fingerprint() == before
    assert values(store) == {DAYS[0]: 1.0}
    assert store.append(batch(rows([5.0], DAYS[1:2]))).written == 1


def test_names_are_data_and_never_part_of_a_statement(store):
    wild = "x'); DROP TABLE batch; --"
    store.append(batch(rows([1.0], DAYS[:1], series=wild, source="%s ? {x}\t\\N\n")))
    (track,) = store.read([wild])[wild]
    assert (track.series, track.source) == (wild, "%s ? {x}\t\\N\n")
    assert len(store.batches()) == 1


def test_damage_to_an_archived_payload_is_an_error_that_names_it(store, place):
    key = store.archive(payload())
    if isinstance(place, Path):
        (file,) = (place / "payloads").rglob("*.z")
        file.write_bytes(file.read_bytes()[:-1])
    else:
        import psycopg

        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("UPDATE comove.payload SET body = substr(body, 2)")
    with pytest.raises(DamagedFileError, match=key[:16]):
        store.payload(key)
