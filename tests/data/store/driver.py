"""Hurts a store from outside and says what is left of it; run as a program of its own.

``python driver.py kill FOLDER ROUNDS SEED``      kill -9 an ingest at random moments
``python driver.py points FOLDER STRIDE``         end an ingest at steps that touch the disk
``python driver.py crowd FOLDER SECONDS``         one writer and eight readers at once
``python driver.py copy FOLDER COPIES``           back up again and again while somebody writes

It imports little and forks, so that a round takes milliseconds.  It prints one JSON object.
"""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet  # noqa: F401 - loaded once, before the forks

from comove.core.message import say
from comove.core.source import Payload, Request
from comove.core.store import Accepted, Batch, Quarantined
from comove.data.store import bulk, disk, sqlite
from comove.data.store.checking import check
from comove.data.store.sqlite import SqliteStore

SERIES = tuple(f"s{place}" for place in range(8))
LABELS = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-26"))
STRUCK = LABELS.astype("M8[s]") + np.timedelta64(21 * 3600, "s")
KNOWN = np.datetime64("2021-01-01T00:00:00")
bulk.LEAST = 150  # every other batch goes to Parquet


def batch_of(number, payload=""):
    """Batch ``number``: a vintage in which every row of every series has that number as value."""
    series = SERIES if number % 2 else SERIES[:4]
    known = np.full(len(LABELS), KNOWN + np.timedelta64(number, "s"))
    held = Quarantined(series="s0", source="x:y", rule="r", reason=say("a.b", number=number))
    return Batch(
        accepted=tuple(
            Accepted(
                series=name,
                source="x:y",
                labels=LABELS,
                struck=STRUCK,
                known=known,
                values=np.full(len(LABELS), float(number)),
                vintages=True,
            )
            for name in series
        ),
        quarantined=(held,),
        received=len(series) * len(LABELS) + 1,
        payload=payload,
        recorded=np.datetime64("2026-01-01"),
    )


def payload_of(number):
    return Payload(
        request=Request(source="x", url="https://example.org", params=(("n", str(number)),)),
        status=200,
        content_type="text/csv",
        body=hashlib.sha256(str(number).encode()).digest() * 20,
        received=np.datetime64("2026-01-01T00:00:00"),
    )


def ingest(folder, first, acknowledge, count=10**9):
    with SqliteStore(folder) as store:
        for number in range(first, first + count):
            key = store.archive(payload_of(number))
            store.append(batch_of(number, key))
            acknowledge(number)


def faults_of(folder, acknowledged):
    """What is wrong with a store after its writer died: lost, half-written or damaged."""
    found = []
    with SqliteStore(folder) as store:
        receipts = {receipt.batch: receipt for receipt in store.batches()}
        numbers = {}
        for name, tracks in store.read(SERIES, revisions=True).items():
            for track in tracks:
                for value, count in zip(*np.unique(track.values, return_counts=True), strict=True):
                    numbers.setdefault(int(value), {})[name] = int(count)
        for number, held in numbers.items():
            whole = SERIES if number % 2 else SERIES[:4]
            if held != dict.fromkeys(whole, len(LABELS)):
                found.append(f"batch {number} is half written: {held}")
        found += [f"batch {number} is lost" for number in acknowledged if number not in numbers]
        if len(receipts) != len(numbers) or len(store.quarantined()) != len(numbers):
            found.append(f"{len(receipts)} receipts, {len(numbers)} batches")
        for receipt in receipts.values():
            if receipt.written + receipt.unchanged + receipt.quarantined != receipt.received:
                found.append(f"batch {receipt.batch} does not add up")
            if receipt.payload:
                store.payload(receipt.payload)
        found += [f"{finding.says}" for finding in check(store) if finding.outcome != "ok"]
    return found, max(numbers, default=-1) + 1


def forked(work):
    """Run work in a child; return its process id and the end of a pipe it can write bytes to."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(out)
            work(lambda number: os.write(into, number.to_bytes(4, "little")))
            os._exit(0)
        except BaseException as failure:  # noqa: BLE001 - whatever it is, the parent is told
            os.write(2, f"{failure!r}\n".encode())
            os._exit(3)
    os.close(into)
    return child, out


def drained(out):
    with os.fdopen(out, "rb") as file:
        content = file.read()
    whole = len(content) - len(content) % 4
    return [int.from_bytes(content[at : at + 4], "little") for at in range(0, whole, 4)]


def kill(folder, rounds, seed):
    """Kill an ingest again and again, going on where the last one stopped."""
    ingest(folder.with_name("first"), 0, lambda number: None, 3)  # loads what is loaded once
    rng = np.random.default_rng(seed)
    faults, acknowledged, first, total = [], [], 0, 0
    for turn in range(rounds):
        if first > 12:  # a store of its own for every few rounds keeps the checks quick
            folder, acknowledged, first = folder.with_name(f"{folder.name}{turn}"), [], 0
        child, out = forked(lambda told, at=first, where=folder: ingest(where, at, told))
        told = [os.read(out, 4) for _ in range(rng.integers(0, 4))]
        time.sleep(rng.random() * 0.03)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            faults.append(f"round {turn}: ended by itself")
        told = [int.from_bytes(number, "little") for number in told] + drained(out)
        acknowledged += told
        total += len(told)
        wrong, first = faults_of(folder, acknowledged)
        faults += [f"round {turn}: {what}" for what in wrong]
    return {"rounds": rounds, "acknowledged": total, "faults": faults}


def points(folder, stride):
    """End an ingest of three batches just before and just after each step, one at a time."""
    steps = 0
    while True:
        place = folder / str(steps)
        child, out = forked(lambda told, at=steps, where=place: stopped(where, at, told))
        _, status = os.waitpid(child, 0)
        acknowledged = drained(out)
        wrong, _ = faults_of(place, acknowledged)
        if wrong:
            return {"steps": steps, "faults": [f"step {steps}: {what}" for what in wrong]}
        ingest(place, 0, lambda number: None, 3)  # goes on as if nothing had been
        wrong, count = faults_of(place, [0, 1, 2])
        if wrong or count != 3:
            return {"steps": steps, "faults": [f"after step {steps}: {what}" for what in wrong]}
        if os.waitstatus_to_exitcode(status) == 0:
            return {"steps": steps, "faults": []}
        steps += stride


def stopped(folder, step, told):
    """Ingest, but end the process at the given step."""
    left = step

    def wrapped(call):
        def stepping(*arguments, **named):
            nonlocal left
            if left == 0:
                os._exit(9)
            left -= 1
            result = call(*arguments, **named)
            if left == 0:
                os._exit(9)
            left -= 1
            return result

        return stepping

    for holder, name in (
        (os, "fsync"),
        (os, "link"),
        (Path, "replace"),
        (Path, "mkdir"),
        (disk, "force_folder"),
        (sqlite._Transaction, "many"),
        (sqlite._Transaction, "rows"),
        (bulk, "collect"),
    ):
        setattr(holder, name, wrapped(getattr(holder, name)))
    ingest(folder, 0, told, 3)


def crowd(folder, seconds):
    """One writer, eight readers; every reader looks for locks and torn batches."""
    ingest(folder.with_name("first"), 0, lambda number: None, 3)
    end = time.monotonic() + seconds
    ingest(folder, 0, lambda number: None, 1)

    def write(told):
        number = 1
        with SqliteStore(folder) as store:
            while time.monotonic() < end:
                store.append(batch_of(number))
                told(number)
                number += 1
                time.sleep(0.005)

    def read(told):
        seen = 0
        while time.monotonic() < end:
            with SqliteStore(folder) as store:
                for _ in range(5):
                    found = store.read(SERIES, revisions=True)
                    torn = torn_batches(found)
                    newest = max(int(track.values.max()) for (track,) in found.values())
                    if torn or newest < seen:
                        raise AssertionError(f"torn: {torn}, newest {newest} after {seen}")
                    seen = newest
                    told(newest)

    children = [forked(write), *(forked(read) for _ in range(8))]
    outcome = []
    for child, out in children:
        told = drained(out)
        _, status = os.waitpid(child, 0)
        outcome.append((os.waitstatus_to_exitcode(status), len(told)))
    wrong, count = faults_of(folder, range(outcome[0][1]))
    return {
        "written": count,
        "reads": [reads for _, reads in outcome[1:]],
        "faults": [*wrong, *(f"process ended with {code}" for code, _ in outcome if code)],
    }


def copy(folder, copies):
    """Back up while another process appends; every copy is whole and holds what came before it."""
    ingest(folder, 0, lambda number: None, 1)
    child, out = forked(lambda told: ingest(folder, 1, told))
    faults, sizes = [], []
    for turn in range(copies):
        told = [int.from_bytes(os.read(out, 4), "little") for _ in range(2)]
        with SqliteStore(folder) as store:
            target = store.backup(folder.with_name(f"copy{turn}"))
        wrong, count = faults_of(target, range(max(told) + 1))
        faults += [f"copy {turn}: {what}" for what in wrong]
        sizes.append(count)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(out)
    return {"sizes": sizes, "faults": faults}


def torn_batches(found):
    counts = {}
    for tracks in found.values():
        for track in tracks:
            for value, count in zip(*np.unique(track.values, return_counts=True), strict=True):
                counts[int(value)] = counts.get(int(value), 0) + int(count)
    sizes = {True: len(SERIES) * len(LABELS), False: 4 * len(LABELS)}
    return [number for number, count in counts.items() if count != sizes[bool(number % 2)]]


if __name__ == "__main__":
    task, where, *numbers = sys.argv[1:]
    result = {"kill": kill, "points": points, "crowd": crowd, "copy": copy}[task](
        Path(where), *map(int, numbers)
    )
    sys.stdout.write(json.dumps(result))
