"""What only a shared server can do wrong; what every store promises is in tests/contract."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from comove.core.errors import StoreError
from comove.data.store import schema
from comove.data.store.checking import check
from comove.data.store.postgres import PostgresStore

psycopg = pytest.importorskip("psycopg", reason="a shared store needs psycopg: comove[postgres]")


@pytest.fixture(scope="module")
def address(store_rows):
    reason = store_rows.why_no_server()
    if reason:
        pytest.skip(reason)
    with store_rows.server() as address:
        yield address


@pytest.fixture
def connection(address):
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS comove CASCADE")
        yield connection


@pytest.fixture
def store(address, connection):
    with PostgresStore(address) as store:
        yield store


def one(made, number, series="gdx"):
    return made.batch(made.rows([float(number)], [np.datetime64("2026-01-01") + number], series))


def test_writers_take_turns_and_readers_see_whole_batches(address, connection, store_rows):
    days = np.arange(np.datetime64("2026-01-01"), np.datetime64("2026-03-01"))

    def write(writer):
        with PostgresStore(address) as store:
            for number in range(8):
                value = 10.0 * writer + number
                rows = [
                    store_rows.rows(np.full(59, value), days, s, f"w{writer}:x") for s in "abcd"
                ]
                store.append(store_rows.batch(*rows))

    def read(_):
        with PostgresStore(address) as store:
            for _ in range(20):
                counts = {}
                for tracks in store.read("abcd", revisions=True).values():
                    for track in tracks:
                        for number in track.batches.tolist():
                            counts[number] = counts.get(number, 0) + 1
                assert set(counts.values()) <= {4 * 59}

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(write, n) for n in range(3)] + [
            pool.submit(read, n) for n in range(3)
        ]:
            done.result(timeout=60)
    with PostgresStore(address) as store:
        receipts = store.batches()
        assert [receipt.batch for receipt in receipts] == list(range(1, 25))
        recorded = [receipt.recorded for receipt in receipts]
        assert recorded == sorted(set(recorded))
        assert [finding.outcome for finding in check(store)] == ["ok"]


def test_a_connection_that_is_cut_loses_nothing_acknowledged(store, connection, store_rows):
    store.append(one(store_rows, 0))
    before = store.fingerprint()
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with pytest.raises(StoreError, match="does not answer, or refuses"):
        store.append(one(store_rows, 1))
    assert store.fingerprint() == before
    assert store.append(one(store_rows, 1)).batch == 2


def test_a_connection_cut_in_the_middle_of_a_batch_leaves_nothing(
    store, connection, store_rows, monkeypatch
):
    store.append(one(store_rows, 0))
    before = store.fingerprint()

    def cut(*_):
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return "digest"

    monkeypatch.setattr("comove.data.store.ledger.rows_digest", cut)
    with pytest.raises(StoreError):
        store.append(one(store_rows, 1))
    monkeypatch.undo()
    assert store.fingerprint() == before
    assert [finding.outcome for finding in check(store)] == ["ok"]


def test_somebody_who_may_only_read_is_told_so(address, store, connection, store_rows):
    store.append(one(store_rows, 0))
    connection.execute("DROP ROLE IF EXISTS reader")
    connection.execute("CREATE ROLE reader LOGIN")
    connection.execute("GRANT USAGE ON SCHEMA comove TO reader")
    connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA comove TO reader")
    with PostgresStore(address.replace("comove@", "reader@")) as theirs:
        assert theirs.fingerprint() == store.fingerprint()
        with pytest.raises(StoreError, match="permission denied") as refusal:
            theirs.append(one(store_rows, 1))
        assert "reader@" in str(refusal.value)
    connection.execute("DROP OWNED BY reader")
    connection.execute("DROP ROLE reader")


def test_an_older_schema_is_brought_forward_and_a_newer_one_refused(
    address, connection, store_rows
):
    connection.execute("CREATE SCHEMA comove")
    connection.execute("SET search_path TO comove")
    for statement in schema.STEPS[1]:
        connection.execute(statement.format(**schema.DIALECTS["postgres"]))
    connection.execute("INSERT INTO schema_version VALUES (1)")
    connection.execute("INSERT INTO track VALUES (1, 'gdx', 'yahoo:GDX')")
    connection.execute("INSERT INTO batch VALUES (1, 'k', 1767225600000000, 1, 0, 1, 0, '', 'd')")
    connection.execute("INSERT INTO observation VALUES (1, 20455, 1767387600, 1, 1767387600, 4.5)")
    with PostgresStore(address) as store:
        assert store.read(["gdx"])["gdx"][0].values.tolist() == [4.5]
        store.append(one(store_rows, 9))
    assert connection.execute("SELECT version FROM schema_version").fetchall() == [
        (schema.VERSION,)
    ]
    connection.execute("UPDATE schema_version SET version = 99")
    with PostgresStore(address) as store, pytest.raises(StoreError, match="newer comove"):
        store.append(one(store_rows, 10))
    assert connection.execute("SELECT count(*) FROM batch").fetchall() == [(2,)]


def test_the_check_finds_a_value_that_was_changed_on_the_server(store, connection, store_rows):
    store.append(one(store_rows, 0))
    store.append(one(store_rows, 1))
    key = store.archive(store_rows.payload())
    assert [finding.outcome for finding in check(store)] == ["ok"]
    connection.execute("UPDATE comove.observation SET value = 7 WHERE batch = 2")
    connection.execute("UPDATE comove.payload SET body = '\\x00'")
    damaged, changed = check(store)
    assert key[:16] in damaged.says["path"]
    assert changed.says["batch"] == 2
