"""Stores for tests: rows by the handful, and a PostgreSQL server of one's own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from comove.core.source import Payload, Request
from comove.core.store import Accepted, Batch

HOUR = np.timedelta64(3600, "s")


def rows(values, labels, series="gdx", source="yahoo:GDX", *, known=None, vintages=False):
    """Rows struck at 21:00 UTC of their label, known at once unless told otherwise."""
    labels = np.array(labels, dtype="M8[D]")
    struck = labels.astype("M8[s]") + 21 * HOUR
    return Accepted(
        series=series,
        source=source,
        labels=labels,
        struck=struck,
        known=struck if known is None else np.array(known, dtype="M8[s]"),
        values=np.array(values, dtype="f8"),
        vintages=vintages,
    )


def batch(*accepted, recorded="2026-03-01", quarantined=(), payload=""):
    """A batch whose count is right."""
    return Batch(
        accepted=accepted,
        quarantined=tuple(quarantined),
        received=sum(map(len, accepted)) + len(quarantined),
        payload=payload,
        recorded=np.datetime64(recorded, "us"),
    )


def payload(content=b"date,close\n2026-01-02,1\n", /, **request):
    """An answer of a service."""
    asked = {"source": "yahoo", "url": "https://example.org/chart", "params": (("range", "1y"),)}
    return Payload(
        request=Request(**(asked | request)),
        status=200,
        content_type="text/csv",
        body=content,
        received=np.datetime64("2026-01-03T12:00:00", "s"),
        headers=(("last-modified", "Fri, 02 Jan 2026 21:00:00 GMT"),),
    )


def server_programs() -> Path | None:
    """Where Debian, or anybody, keeps the programs of a PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).parent if named else None


def why_no_server() -> str:
    """Say in a sentence what keeps the tests from starting a server; empty when nothing does."""
    if server_programs() is None:
        return "no PostgreSQL server is installed here (Debian: apt-get install postgresql)"
    if os.name != "posix":
        return "the server is started on a unix socket, which this platform lacks"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "a server does not run as root, and there is no user postgres"
    return ""


@contextmanager
def server():
    """Run a server on a unix socket in a folder of its own; yield the address of its database."""
    programs = server_programs()
    folder = Path(tempfile.mkdtemp(prefix="comove-pg-"))
    user = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def run(words, **options):
        subprocess.run(words, cwd=folder, check=True, timeout=60, **user, **options)

    state = folder / "data"
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        "max_connections=30",
        "fsync=off",
    )
    options = " ".join(f"-c {setting}" for setting in settings)
    try:
        make = [programs / "initdb", "-D", state, "-U", "comove", "-A", "trust", "-N"]
        run([*make, "-E", "UTF8", "--locale=C"], capture_output=True)
        start = [programs / "pg_ctl", "-D", state, "-w", "-t", "60", "-l", folder / "log"]
        run([*start, "-o", options, "start"], stdout=subprocess.DEVNULL)
        yield f"postgresql://comove@/postgres?host={folder}"
    finally:
        stop = [programs / "pg_ctl", "-D", state, "-m", "immediate", "-w", "stop"]
        with suppress(subprocess.SubprocessError, OSError):
            run(stop, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
