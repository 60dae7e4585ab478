"""The estimator engine beside other software: time, memory and correctness in one table.

Every line of ours is followed by its peers.  A peer timed in this run has a ratio: its seconds over
ours.  One that is not installed is named as such.  Figures recorded elsewhere (R, mostly) have a
ratio too, marked with a tilde, because another machine of the same kind took them.

The peers are the dependency group ``bench``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable

from benchmarks.measure import launched, seconds
from benchmarks.works import works
from benchmarks.works.nouns import Peer, Work

LONG = 1.0  # seconds above which a call is timed twice only, and not repeated for a median
_WIDTHS = "{:62} {:>10} {:>9} {:>9} {:>8}  {}"


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
    return done.peak


def line(work: Work) -> bool:
    """Time one work and its peers, print the lines; tell whether all bounds are kept."""
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
    target = "" if work.target is None else f"{1000 * work.target:.4g}"
    said = "; ".join([*remarks, *([work.note] if work.note else []), *faults])
    print(_WIDTHS.format(work.name, _ms(later), _ms(first), target, "", said), flush=True)
    for other in work.peers:
        _peer(other, value, later)
    for figure in work.recorded:
        ratio = f"~{figure.seconds / later:.1f}x"
        print(_WIDTHS.format(f"  {figure.name}", _ms(figure.seconds), "", "", ratio, "recorded"))
    return not faults


def _peer(peer: Peer, value: float, ours: float) -> None:
    name = f"  {peer.name}"
    try:
        call = peer.make()
        # some packages ask to be heard as they are imported
        warnings.simplefilter("ignore")
        other, first, later = timed(call)
    except ImportError as absent:
        print(_WIDTHS.format(name, "-", "", "", "", f"not installed: {absent.name}"), flush=True)
        return
    except Exception as failure:  # noqa: BLE001 - a peer that breaks is a finding, not our failure
        print(_WIDTHS.format(name, "-", "", "", "", f"failed: {failure!r:.80}"), flush=True)
        return
    said = "" if math.isnan(other) else f"{other:.10g}, {other - value:+.1e} from ours"
    print(
        _WIDTHS.format(name, _ms(later), _ms(first), "", f"{later / ours:.1f}x", said), flush=True
    )


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


def main(only: Iterable[str] = ()) -> int:
    """Print the table.

    Parameters
    ----------
    only
        Keys of the lines wanted; all when empty.

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
    kept = [line(work) for work in works() if not wanted or work.key in wanted]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", help="key of a work to do once, for its memory")
    asked = parser.parse_args()
    next(work for work in works() if work.key == asked.once).ours()()
