"""Every schema there has been is brought forward with all its rows; a later one is refused."""

import sqlite3
from pathlib import Path

import pytest

from comove.core.errors import StoreError
from comove.data.store import schema
from comove.data.store.checking import check
from comove.data.store.home import FILE, home
from comove.data.store.opening import existing_store, open_store
from comove.data.store.sqlite import SqliteStore

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("schema_*.sql"))


def restored(fixture, folder):
    folder.mkdir()
    with sqlite3.connect(folder / FILE) as connection:
        connection.executescript(fixture.read_text(encoding="utf-8"))
    connection.close()
    return folder


def version(folder):
    with sqlite3.connect(folder / FILE) as connection:
        return connection.execute("SELECT version FROM schema_version").fetchall()


def test_there_is_a_fixture_of_every_schema():
    assert [file.stem for file in FIXTURES] == [f"schema_{n}" for n in range(1, schema.VERSION + 1)]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda file: file.stem)
def test_an_older_store_keeps_every_row(fixture, tmp_path, store_rows):
    folder = restored(fixture, tmp_path / "home")
    with SqliteStore(folder) as store:
        (track,) = store.read(["gdx"], revisions=True)["gdx"]
        assert track.values.tolist() == [1.0, 2.0, 3.0, 4.0]
        assert [str(day) for day in store.read(["gdx"])["gdx"][0].labels] == [
            "2026-01-02",
            "2026-01-05",
            "2026-01-06",
        ]
        assert [receipt.received for receipt in store.batches()] == [4, 3]
        assert len(store.quarantined()) == 1
        assert {finding.says.key for finding in check(store)} == {"data.finding.store.damaged"}
        store.append(store_rows.batch(store_rows.rows([5.0], ["2026-01-07"])))
        assert len(store.read(["gdx"])["gdx"][0]) == 4
    assert version(folder) == [(schema.VERSION,)]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda file: file.stem)
def test_an_upgrade_that_fails_leaves_the_store_as_it_was(fixture, tmp_path, monkeypatch):
    folder = restored(fixture, tmp_path / "home")
    before = version(folder)
    later = schema.VERSION + 1
    monkeypatch.setattr(schema, "VERSION", later)
    broken = {later: ("CREATE TABLE fine (x BIGINT)", "CREATE TABLE broken (")}
    monkeypatch.setattr(schema, "STEPS", schema.STEPS | broken)
    with SqliteStore(folder) as store, pytest.raises(StoreError):
        store.series()
    assert version(folder) == before
    with sqlite3.connect(folder / FILE) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("fine",) not in names


def test_a_newer_store_is_refused_and_not_touched(tmp_path, store_rows):
    folder = tmp_path / "home"
    with SqliteStore(folder) as store:
        store.append(store_rows.batch(store_rows.rows([1.0], ["2026-01-05"])))
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    content = (folder / FILE).read_bytes()
    for use in (lambda store: store.series(), lambda store: store.archive(store_rows.payload())):
        with (
            SqliteStore(folder) as store,
            pytest.raises(StoreError, match="newer comove") as refused,
        ):
            use(store)
        assert "its schema is 99" in str(refused.value)
        assert str(folder) in str(refused.value)
    assert (folder / FILE).read_bytes() == content


# Where it is


def test_the_folder_is_the_platforms_unless_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COMOVE_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("COMOVE_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("sys.platform", "linux")
    assert home() == tmp_path / "data" / "comove"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path / ".local" / "share" / "comove"
    monkeypatch.setattr("sys.platform", "darwin")
    assert home() == tmp_path / "Library" / "Application Support" / "comove"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert home() == tmp_path / "local" / "comove"


def test_a_store_is_there_once_something_was_written(monkeypatch, tmp_path, store_rows):
    monkeypatch.setenv("COMOVE_HOME", str(tmp_path / "home"))
    assert existing_store() is None
    with open_store() as store:
        assert store.series() == ()
        assert store.fingerprint()
        assert not (tmp_path / "home").exists()
        store.append(store_rows.batch(store_rows.rows([1.0], ["2026-01-05"])))
    found = existing_store()
    assert found is not None
    with found as store:
        assert len(store.series()) == 1


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch, tmp_path):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("COMOVE_STORE", f"postgresql://me:canary-9@/comove?host={tmp_path}")
    with existing_store() as store, pytest.raises(StoreError, match="does not answer") as refusal:
        store.series()
    assert "canary" not in str(refusal.value)
    assert "canary" not in repr(refusal.value.values)
    assert "me@" in str(refusal.value)


def test_without_its_driver_a_server_is_not_asked(monkeypatch):
    monkeypatch.setitem(sys_modules(), "psycopg", None)
    with open_store("postgresql://me@host/x") as store, pytest.raises(StoreError, match="psycopg"):
        store.series()


def sys_modules():
    import sys

    return sys.modules
