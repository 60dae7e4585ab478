"""A full disk, a folder that may not be written, a failing disk: said with the path, and intact."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from comove.core.errors import DamagedFileError, StoreError
from comove.data.store import bulk
from comove.data.store.checking import check
from comove.data.store.opening import open_store
from comove.data.store.sqlite import SqliteStore

STORES = Path(__file__).parents[2] / "stores.py"
DAYS = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-12-01"))
posix = pytest.mark.skipif(os.name != "posix", reason="limits and users of a unix")


def some(made, number):
    """A batch of one series whose values are its number."""
    return made.batch(made.rows(np.full(len(DAYS), float(number)), DAYS, f"s{number}"))


def in_child(code, folder, **options):
    """Run code in a process of its own, which may limit itself; return what it printed."""
    script = textwrap.dedent(f"""
        import importlib.util, os, resource, sys
        from pathlib import Path
        import numpy as np
        spec = importlib.util.spec_from_file_location("stores", {str(STORES)!r})
        made = importlib.util.module_from_spec(spec); spec.loader.exec_module(made)
        from comove.core.errors import ComoveError
        from comove.data.store import bulk
        from comove.data.store.sqlite import SqliteStore
        import zlib, hashlib, comove.data.store.parts, comove.data.store.checking
        folder = Path({str(folder)!r})
        DAYS = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-12-01"))
        def some(number):
            return made.batch(made.rows(np.full(len(DAYS), float(number)), DAYS, f"s{{number}}"))
    """)
    words = [sys.executable, "-c", script + textwrap.dedent(code)]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=120, **options
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


FILL = """
number = 0
try:
    with SqliteStore(folder) as store:
        while number < 2000:
            store.archive(made.payload(os.urandom(4000)))
            store.append(some(number))
            number += 1
except ComoveError as fault:
    print(number, fault.code, fault.exit_code)
    print(fault)
"""


def sound(folder, acknowledged):
    """The store holds every acknowledged batch, whole, and takes more."""
    with open_store(folder) as store:
        assert [finding.outcome for finding in check(store)] == ["ok"]
        held = {stock.series: stock.rows for stock in store.series()}
        assert all(held[f"s{number}"] == len(DAYS) for number in range(acknowledged))
        assert len(held) in (acknowledged, acknowledged + 1)


@posix
def test_a_file_that_may_not_grow(tmp_path, store_rows):
    """RLIMIT_FSIZE: what a full disk does, on any machine."""
    folder = tmp_path / "home"
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))\n"
    head, said = in_child(limit + FILL, folder)
    count, code, status = head.split()
    assert int(count) > 3
    assert code in ("store.full", "store.io")
    assert status == "3"
    assert str(folder) in said
    sound(folder, int(count))
    with open_store(folder) as store:
        store.append(some(store_rows, 5000))


@posix
def test_a_full_disk(tmp_path):
    """A real one of two megabytes, where the tests may mount it."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a file system of two megabytes cannot be mounted here")
    try:
        head, said = in_child(FILL, place / "home")
        count, code, _ = head.split()
        assert int(count) > 3
        assert code in ("store.full", "store.io")
        assert str(place) in said
        sound(place / "home", int(count))
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@posix
def test_a_parquet_file_that_does_not_fit_leaves_nothing_behind(tmp_path):
    pytest.importorskip("pyarrow")
    folder = tmp_path / "home"
    code = """
    bulk.LEAST = 10
    rng = np.random.default_rng(0)
    def large(count):
        sent = [made.rows(rng.normal(size=len(DAYS)), DAYS, f"s{n}") for n in range(count)]
        return made.batch(*sent)
    with SqliteStore(folder) as store:
        store.append(large(3))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        try:
            store.append(large(200))
        except ComoveError as fault:
            print(fault)
    """
    (said,) = in_child(code, folder)
    assert "parts" in said
    with SqliteStore(folder) as store:
        assert len(store.batches()) == 1
        assert len(store.series()) == 3
        assert [finding.outcome for finding in check(store)] == ["ok"]
    assert len(list((folder / "parts").iterdir())) == 1


def as_somebody_else(folder, code):
    """Run code where the folder cannot be written: as another user, if the tests are root."""
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        drop = "os.setgid(65534); os.setuid(65534)\n" if os.geteuid() == 0 else ""
        return in_child(drop + code, folder)
    finally:
        for place in (folder, *folder.rglob("*")):
            place.chmod(0o755 if place.is_dir() else 0o644)


@pytest.fixture
def open_place(tmp_path_factory):
    """A folder that other users can reach."""
    import shutil
    import tempfile

    name = Path(tempfile.mkdtemp(prefix="comove-"))
    name.chmod(0o755)
    yield name / "home"
    shutil.rmtree(name)


@posix
def test_a_folder_that_may_not_be_written_is_read_and_refuses_rows(open_place, store_rows):
    with SqliteStore(open_place) as store:
        key = store.archive(store_rows.payload())
        store.append(some(store_rows, 0))
    code = f"""
    with SqliteStore(folder) as store:
        print(store.read(["s0"])["s0"][0].values[0], len(store.payload({key!r}).body))
        try:
            store.append(some(1))
        except ComoveError as fault:
            print(fault.code, fault)
    """
    first, second = as_somebody_else(open_place, textwrap.dedent(code))
    assert first == f"0.0 {len(store_rows.payload().body)}"
    assert second.startswith("store.denied")
    assert str(open_place) in second
    sound(open_place, 1)


@posix
def test_a_folder_that_cannot_be_made_is_named(open_place):
    open_place.mkdir()
    code = """
    try:
        SqliteStore(folder / "below").append(some(1))
    except ComoveError as fault:
        print(fault.code, fault)
    """
    (said,) = as_somebody_else(open_place, textwrap.dedent(code))
    assert said.startswith("store.denied")
    assert str(open_place / "below") in said


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="finds open files under /proc")
@pytest.mark.parametrize(("device", "code"), [("/dev/full", "store.full"), (None, "store.io")])
def test_a_log_that_fails_in_the_middle(tmp_path, store_rows, device, code):
    """The write-ahead log is swapped for a device that is full, or that cannot be written."""
    folder = tmp_path / "home"
    with SqliteStore(folder) as store:
        store.append(some(store_rows, 0))
        links = {
            entry: entry.readlink()
            for entry in Path("/proc/self/fd").iterdir()
            if entry.is_symlink()
        }
        (log,) = [
            int(entry.name) for entry, target in links.items() if str(target) == f"{store.file}-wal"
        ]
        broken = os.open(device or folder / "store.sqlite", os.O_RDWR if device else os.O_RDONLY)
        kept = os.dup(log)
        os.dup2(broken, log)
        try:
            with pytest.raises(StoreError) as refusal:
                store.append(some(store_rows, 1))
        finally:
            os.dup2(kept, log)
            os.close(kept)
            os.close(broken)
        assert refusal.value.code in (code, "store.io")
        assert str(store.file) in str(refusal.value)
    sound(folder, 1)


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_disk_that_fails_while_a_file_is_written(tmp_path, store_rows, monkeypatch, failing):
    def fail(*arguments, **named):
        raise OSError(5, "Input/output error", None)

    folder = tmp_path / "home"
    with SqliteStore(folder) as store:
        store.append(some(store_rows, 0))
        before = store.fingerprint()
        monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), fail)
        with pytest.raises(StoreError, match="Input/output error") as refusal:
            store.archive(store_rows.payload())
        monkeypatch.undo()
        assert str(folder) in str(refusal.value)
        assert store.fingerprint() == before
        assert not list(folder.rglob("*.tmp"))
        assert store.payload(store.archive(store_rows.payload())).body == store_rows.payload().body


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path, store_rows):
    for content in (b"", b"date,value\n" * 500, b"SQLite format 3\x00" + bytes(2000)):
        folder = tmp_path / f"home{len(content)}"
        folder.mkdir()
        (folder / "store.sqlite").write_bytes(content)
        for use in (lambda store: store.series(), lambda store: store.append(some(store_rows, 0))):
            with (
                SqliteStore(folder) as store,
                pytest.raises(StoreError, match="no store") as refusal,
            ):
                use(store)
            assert str(folder / "store.sqlite") in str(refusal.value)
        assert (folder / "store.sqlite").read_bytes() == content


def verdict(folder):
    """What the check says of a store, or how it is refused."""
    with SqliteStore(folder) as store:
        try:
            return {finding.outcome for finding in check(store)}
        except StoreError as refusal:
            return str(refusal)


def test_a_torn_database_is_found_by_the_check_or_refused(tmp_path, store_rows):
    folder = tmp_path / "home"
    with SqliteStore(folder) as store:
        for number in range(20):
            store.append(some(store_rows, number))
    content = (folder / "store.sqlite").read_bytes()
    assert verdict(folder) == {"ok"}
    for length in range(4096, len(content), 4096 * 7):
        (folder / "store.sqlite").write_bytes(content[:length])
        found = verdict(folder)
        assert found == {"problem"} or str(folder) in found


@pytest.fixture
def archive(tmp_path, store_rows, monkeypatch):
    """A store with Parquet files and payloads, and what it truly holds."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(bulk, "LEAST", 10)
    monkeypatch.setattr(bulk, "PART", 600)
    store = SqliteStore(tmp_path / "home")
    rng = np.random.default_rng(0)
    truth = {f"s{n}": rng.normal(size=len(DAYS)) for n in range(6)}
    store.append(store_rows.batch(*(store_rows.rows(v, DAYS, s) for s, v in truth.items())))
    keys = [store.archive(store_rows.payload(rng.bytes(400))) for _ in range(4)]
    assert len(list((tmp_path / "home" / "parts").iterdir())) == 3
    yield store, truth, keys
    store.__exit__()


def read_all(store, truth, keys):
    """Read one by one; return how many were refused, after comparing the others bit for bit."""
    refused = 0
    for series, values in truth.items():
        try:
            (track,) = store.read([series])[series]
        except DamagedFileError:
            refused += 1
        else:
            assert track.values.tobytes() == values.tobytes()
    for key in keys:
        try:
            store.payload(key)
        except DamagedFileError:
            refused += 1
    return refused


def test_a_thousand_flipped_bits_are_found_and_never_used(archive):
    store, truth, keys = archive
    files = [path for path in store.folder.rglob("*") if path.suffix in (".parquet", ".z")]
    key_of = {store.path_of(key): key for key in keys}
    rng = np.random.default_rng(1)
    for _ in range(1000):
        path = files[rng.integers(len(files))]
        intact = path.read_bytes()
        content = bytearray(intact)
        place = int(rng.integers(len(content)))
        content[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(content))
        if path in key_of:
            with pytest.raises(DamagedFileError, match=path.name):
                store.payload(key_of[path])
        elif place >= 4:
            with pytest.raises(DamagedFileError, match=path.name):
                store.read(truth)
        else:  # the magic number in front, of which no value is made
            assert store.damaged_files() == (str(path),)
            assert read_all(store, truth, keys) == 0
        path.write_bytes(intact)
    assert read_all(store, truth, keys) == 0


def test_the_check_finds_every_file_that_differs(archive):
    store, *_ = archive
    files = sorted(path for path in store.folder.rglob("*") if path.suffix in (".parquet", ".z"))
    assert [finding.outcome for finding in check(store)] == ["ok"]
    for path in files:
        content = bytearray(path.read_bytes())
        content[2] ^= 1
        path.write_bytes(bytes(content))
    assert {finding.says["path"] for finding in check(store)} == {str(path) for path in files}


@pytest.mark.parametrize("kind", [".parquet", ".z"])
def test_a_file_that_is_gone_or_cut_is_an_error_that_names_it(archive, kind):
    store, truth, keys = archive
    path = next(path for path in sorted(store.folder.rglob("*")) if path.suffix == kind)
    content = path.read_bytes()
    for length in (0, 3, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        assert read_all(store, truth, keys) >= 1
    path.unlink()
    assert read_all(store, truth, keys) >= 1
    assert str(path) in {str(finding.says["path"]) for finding in check(store)}
    with pytest.raises(DamagedFileError, match=path.name[:20]):
        store.backup(store.folder.parent / "copy")
    assert [entry.name for entry in store.folder.parent.iterdir()] == ["home"]


@posix
def test_a_backup_that_does_not_fit_names_its_own_folder_and_goes(tmp_path):
    code = """
    with SqliteStore(folder) as store:
        for number in range(60):
            store.append(some(number))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        try:
            store.backup(folder.with_name("copy"))
        except ComoveError as fault:
            print(fault.code, fault)
    """
    (said,) = in_child(code, tmp_path / "home")
    assert said.split()[0] in ("store.full", "store.io")
    assert str(tmp_path / "copy") in said
    assert [entry.name for entry in tmp_path.iterdir()] == ["home"]
    sound(tmp_path / "home", 60)


def test_what_a_crash_left_of_a_payload_is_removed(tmp_path, store_rows):
    with SqliteStore(tmp_path / "home") as store:
        key = store.archive(store_rows.payload())
    for path in store.folder.glob("store.sqlite*"):
        path.unlink()
    stray = store.path_of(key).with_name(f"{key}.z.77.tmp")
    stray.write_bytes(b"half")
    with SqliteStore(tmp_path / "home") as store:
        assert store.archive(store_rows.payload()) == key
        assert not stray.exists()


def test_a_log_whose_database_is_gone_is_not_taken_up_by_a_new_one(tmp_path, store_rows):
    store = SqliteStore(tmp_path / "home")
    store.append(some(store_rows, 0))
    log = store.file.with_name("store.sqlite-wal").read_bytes()
    store.__exit__()
    store.file.unlink()
    store.file.with_name("store.sqlite-wal").write_bytes(log)
    with SqliteStore(tmp_path / "home") as other:
        with pytest.raises(StoreError, match="sqlite-wal is damaged or is no store"):
            other.append(some(store_rows, 1))
        assert other.series() == ()
    assert not store.file.exists()


def test_files_that_no_batch_refers_to_are_ignored_and_collected(archive, store_rows):
    store, truth, _ = archive
    stray = store.parts / f"{'0' * 64}.parquet"
    stray.write_bytes(b"PAR1")
    (store.parts / "x.parquet.77.tmp").write_bytes(b"half")
    assert set(store.read(["s0", "s5"])) == {"s0", "s5"}
    assert store.damaged_files() == ()
    store.append(some(store_rows, 77))
    assert not stray.exists()
    assert not list(store.parts.glob("*.tmp"))
    assert read_all(store, truth, []) == 0
