"""Measuring: a fresh process with its memory, or a call in this one."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a command in a process of its own.

    Attributes
    ----------
    wall, cpu
        Seconds; CPU is user and system time of all threads.
    peak
        Largest resident memory, MB (10^6 bytes).
    status
        Exit code.
    output
        What it printed.
    """

    wall: float
    cpu: float
    peak: float
    status: int
    output: bytes


def run(arguments: list[str]) -> Run:
    """Run ``python -m comove ...`` from its console script, as a person would.

    Parameters
    ----------
    arguments
        After ``comove``.

    Returns
    -------
    Run
        With the resources the process used up to its end.
    """
    return launched([str(Path(sys.executable).with_name("comove")), *arguments])


def launched(command: list[str]) -> Run:
    """Run a command in a process of its own.

    Parameters
    ----------
    command
        Program and arguments.

    Returns
    -------
    Run
        With the resources the process used up to its end.
    """
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Run(
            wall=wall,
            cpu=used.ru_utime + used.ru_stime,
            peak=used.ru_maxrss * (1024 if sys.platform == "linux" else 1) / 1e6,
            status=process.returncode,
            output=out.read(),
        )


def median_of(runs: list[Run], name: str) -> float:
    """Return the median of one figure over several runs."""
    return statistics.median(float(getattr(each, name)) for each in runs)


def seconds(call: Callable[[], object], least: float = 0.3, rounds: int = 5) -> float:
    """Time a call in this process.

    Parameters
    ----------
    call
        Without arguments; its first call is not counted.
    least
        Seconds to spend in all, at least.
    rounds
        Calls at least.

    Returns
    -------
    float
        Median seconds of one call.
    """
    call()
    times: list[float] = []
    while len(times) < rounds or (sum(times) < least and len(times) < 10_000):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def machine() -> str:
    """Describe what the figures were taken on, without naming it."""
    import numpy as np

    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )
