"""The estimator engine beside other software: time, memory and correctness in one table.

Every line of ours is followed by its peers.  A peer timed in this run has a ratio: its seconds over
ours.  One that is not installed is named as such.  Figures recorded elsewhere (R, mostly) have a
ratio too, marked with a tilde, because another machine of the same kind took them.

The peers are the dependency group ``bench``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import launched, machine, seconds
from benchmarks.works import works
from benchmarks.works.nouns import Peer, Work

LONG = 1.0  # seconds above which a call is timed twice only, and not repeated for a median
_WIDTHS = "{:62} {:>10} {:>9} {:>9} {:>8}  {}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One printed line.

    Attributes
    ----------
    key, kind, name
        Of the work; ``"ours"``, ``"peer"`` or ``"recorded"``; what is said of it.
    seconds, first
        Median of later calls, and the first one; None for a peer that did not run.
    target, ratio
        Seconds wanted of ours; a peer's seconds over ours.
    value
        Correctness, and what else has to be said.
    """

    key: str
    kind: str
    name: str
    seconds: float | None
    first: float | None = None
    target: float | None = None
    ratio: float | None = None
    value: str = ""

    def __str__(self) -> str:
        """As a line of the table; a tilde marks figures taken elsewhere."""
        mark = "~" if self.kind == "recorded" else ""
        return _WIDTHS.format(
            self.name if self.kind == "ours" else f"  {self.name}",
            "-" if self.seconds is None else _ms(self.seconds),
            "" if self.first is None else _ms(self.first),
            "" if self.target is None else f"{1000 * self.target:.4g}",
            "" if self.ratio is None else f"{mark}{self.ratio:.1f}x",
            self.value,
        )


def timed(call: Callable[[], float]) -> tuple[float, float, float]:
    """Time a call, first and later.

    Parameters
    ----------
    call
        Without arguments.

    Returns
    -------
    tuple[float, float, float]
        What it returned, seconds of the first call (compiling, loading), median of the later ones.
    """
    begun = time.perf_counter()
    value = call()
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    call()
    second = time.perf_counter() - begun
    return value, first, second if second > LONG else seconds(call)


def peak(work: Work) -> float:
    """Return the largest resident memory, MB, of a fresh process that does this work once."""
    done = launched([sys.executable, "-m", "benchmarks.engine", "--once", work.key])
    if done.status != 0:
        raise RuntimeError(done.output.decode())
    return float(done.output.split()[-1])


def own_peak() -> float:
    """Return the largest resident memory of this process, MB.

    The kernel's figure for a child begins with what its parent held when it was started, so a
    process that is to be measured reads its own.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for entry in status.read_text("ascii").splitlines():
            if entry.startswith("VmHWM:"):
                return 1024.0 * float(entry.split()[1]) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def line(work: Work, kept: list[Row]) -> bool:
    """Time one work and its peers, print and keep the rows; tell whether all bounds are kept."""
    value, first, later = timed(work.ours())
    faults: list[str] = []
    if work.target is not None and later > work.target:
        faults.append(f"MISSED by {later / work.target:.1f}x")
    if work.known is not None and not work.known.agrees(value):
        faults.append(f"WRONG: {work.known.value:.12g} is right ({work.known.source})")
    remarks = [f"{value:.10g} {work.value}"]
    if work.known is not None and not faults:
        remarks.append(f"off by {value - work.known.value:+.1e} from {work.known.source}")
    if work.memory is not None:
        used = peak(work)
        remarks.append(f"{used:.0f} MB of {work.memory:.0f}")
        if used > work.memory:
            faults.append("TOO MUCH MEMORY")
    said = "; ".join([*remarks, *([work.note] if work.note else []), *faults])
    times = {"seconds": later, "first": first, "target": work.target}
    rows = [Row(key=work.key, kind="ours", name=work.name, value=said, **times)]
    print(rows[0], flush=True)
    for other in work.peers:
        rows.append(_peer(other, work.key, value, later))
        print(rows[-1], flush=True)
    for figure in work.recorded:
        spent, ratio = figure.seconds, figure.seconds / later
        about = {"key": work.key, "kind": "recorded", "name": figure.name, "value": "recorded"}
        rows.append(Row(seconds=spent, ratio=ratio, **about))
        print(rows[-1], flush=True)
    kept += rows
    return not faults


def _peer(peer: Peer, key: str, value: float, ours: float) -> Row:
    about = {"key": key, "kind": "peer", "name": peer.name}
    try:
        call = peer.make()
        # some packages ask to be heard as they are imported
        warnings.simplefilter("ignore")
        other, first, later = timed(call)
    except ImportError as absent:
        return Row(seconds=None, value=f"not installed: {absent.name}", **about)
    except Exception as failure:  # noqa: BLE001 - a peer that breaks is a finding, not our failure
        return Row(seconds=None, value=f"failed: {failure!r:.80}", **about)
    said = "" if math.isnan(other) else f"{other:.10g}, {other - value:+.1e} from ours"
    return Row(seconds=later, first=first, ratio=later / ours, value=said, **about)


def _ms(spent: float) -> str:
    return f"{1000.0 * spent:.4g}" if spent < 10.0 else f"{1000.0 * spent:.0f}"


def versions(names: Iterable[str]) -> str:
    """Return the packages among the names that are installed, with versions."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


PEERS = (
    *("diebold-yilmaz", "statsmodels", "arch", "multiarch", "multigarch", "pymgarch", "numbagg"),
    *("bottleneck", "polars", "hmmlearn", "ruptures", "tsbootstrap"),
)


def main(only: Iterable[str] = (), save: Path | None = None) -> int:
    """Print the table.

    Parameters
    ----------
    only
        Keys of the lines wanted; all when empty.
    save
        File to write the rows to as JSON, for the manual; lines not wanted stay as they are.

    Returns
    -------
    int
        1 when a target, a memory bound or a known value is missed.
    """
    warnings.simplefilter("ignore")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"load average {load:.1f} before the start: seconds are inflated, ratios less so")
    print(f"peers: {versions(PEERS) or 'none installed (dependency group bench)'}\n")
    print(_WIDTHS.format("work", "ms", "first ms", "target", "ratio", "value"))
    wanted = set(only)
    rows: list[Row] = []
    good = [line(work, rows) for work in works() if not wanted or work.key in wanted]
    if save is not None:
        _saved(save, rows, load)
    return 0 if all(good) else 1


def _saved(path: Path, rows: list[Row], load: float) -> None:
    """Write rows, in the order of the table, over those that are there."""
    held = json.loads(path.read_text("utf-8"))["rows"] if path.is_file() else []
    new = {row.key for row in rows}
    both = [*(row for row in held if row["key"] not in new), *map(asdict, rows)]
    order = [work.key for work in works()]
    both.sort(key=lambda row: order.index(row["key"]) if row["key"] in order else len(order))
    said = {"machine": machine(), "load": load, "peers": versions(PEERS), "rows": both}
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", help="key of a work to do once, for its memory")
    asked = parser.parse_args()
    next(work for work in works() if work.key == asked.once).ours()()
    print(own_peak())
