"""``python -m benchmarks [commands] [stats] [engine]``: everything when nothing is named."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import commands, engine, stats
from benchmarks.measure import machine

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("what", nargs="*", choices=("commands", "stats", "engine", []), default=[])
parser.add_argument("--repeats", type=int, default=5, help="runs of each command that count")
parser.add_argument("--only", nargs="*", default=[], help="keys of the engine lines wanted")
parser.add_argument("--save", type=Path, help="file to keep the engine lines in, as JSON")
asked = parser.parse_args()

print(machine())
status = 0
if not asked.what or "commands" in asked.what:
    print("\nCommands, each in a process of its own\n")
    status |= commands.main(asked.repeats)
if not asked.what or "stats" in asked.what:
    print("\nEstimators, in one process\n")
    status |= stats.main()
if not asked.what or "engine" in asked.what:
    print("\nThe estimator engine beside other software, in one process\n")
    status |= engine.main(asked.only, asked.save)
sys.exit(status)
