"""kill -9, a crash at every step that touches the disk, and many processes at once."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("driver.py")

pytest.importorskip("pyarrow", reason="large batches go to Parquet: comove[bulk]")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")


@pytest.fixture
def folder(tmp_path):
    """In memory where that can be had: kill -9 does not empty the system's cache anyway."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path / "store"
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="comove-") as name:
        yield Path(name) / "store"


def driven(task, folder, *numbers):
    words = [sys.executable, str(DRIVER), task, str(folder), *map(str, numbers)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_fifty_kills_lose_nothing_acknowledged_and_leave_nothing_half_written(folder):
    outcome = driven("kill", folder, 50, 20261129)
    assert outcome["faults"] == []
    assert outcome["rounds"] == 50
    assert outcome["acknowledged"] > 50


@pytest.mark.nightly
def test_five_hundred_kills(folder):
    outcome = driven("kill", folder, 500, 7)
    assert outcome["faults"] == []
    assert outcome["acknowledged"] > 500


@pytest.mark.nightly
def test_a_crash_at_any_step_that_touches_the_disk_is_recovered_from(folder):
    outcome = driven("points", folder, 1)
    assert outcome["faults"] == []
    assert outcome["steps"] > 100


def test_a_crash_at_some_steps_that_touch_the_disk_is_recovered_from(folder):
    outcome = driven("points", folder, 9)
    assert outcome["faults"] == []
    assert outcome["steps"] > 100


def test_one_writer_and_eight_readers_meet_no_lock_and_no_torn_batch(folder):
    outcome = driven("crowd", folder, 2)
    assert outcome["faults"] == []
    assert len(outcome["reads"]) == 8
    assert min(outcome["reads"]) > 0


@pytest.mark.nightly
def test_one_writer_and_eight_readers_for_a_minute(folder):
    outcome = driven("crowd", folder, 60)
    assert outcome["faults"] == []
    assert outcome["written"] > 10


def test_a_backup_while_somebody_writes_is_whole(folder):
    outcome = driven("copy", folder, 6)
    assert outcome["faults"] == []
    assert len(outcome["sizes"]) == 6
    assert outcome["sizes"] == sorted(outcome["sizes"])
    assert outcome["sizes"][-1] > outcome["sizes"][0]


def test_the_watch_would_notice(folder):
    """A store that loses a row and a file is not passed as sound."""
    script = (
        "import sys; from pathlib import Path; import driver as d\n"
        f"f = Path({str(folder)!r}); d.ingest(f, 0, print, 2)\n"
        "import sqlite3; c = sqlite3.connect(f / 'store.sqlite')\n"
        "c.execute('DELETE FROM observation WHERE label % 7 = 0'); c.commit(); c.close()\n"
        "print(d.faults_of(f, [0, 1, 2])[0], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=DRIVER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "batch 0 is half written" in done.stderr
    assert "batch 2 is lost" in done.stderr
