"""Commands as a person starts them: cold process, warm file cache, medians of several runs.

Beside every time stands a value that would change if the answer did: exit code, and for ``explain``
the fingerprint of the data with the deepest falls, read from the output that was timed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Run, median_of, run

STANDING = ("explain", "BTC", "GDX", "--asof", "2026-02-06")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command with what it may cost.

    Attributes
    ----------
    name
        In the table.
    arguments
        After ``comove``.
    wall, cpu, peak
        Targets in seconds and MB; None for none.
    """

    name: str
    arguments: tuple[str, ...]
    wall: float | None = None
    cpu: float | None = None
    peak: float | None = None


COMMANDS = (
    Command(name="--help", arguments=("--help",), cpu=0.25),
    Command(name="--version", arguments=("--version",)),
    Command(name="explain --help", arguments=("explain", "--help")),
    Command(name="explain --plan", arguments=(*STANDING, "--plan")),
    Command(name="explain, text", arguments=STANDING, wall=1.0, peak=250.0),
    Command(name="explain, text, ja", arguments=(*STANDING, "--lang", "ja"), wall=1.0, peak=250.0),
    Command(name="explain, json", arguments=(*STANDING, "--format", "json"), wall=1.0, peak=250.0),
    Command(name="explain, html", arguments=(*STANDING, "--format", "html"), wall=1.6),
    Command(
        name="scenario, text",
        arguments=(
            *("scenario", "BTC", "GDX", "--asof", "2026-02-06"),
            *("--shock", "dfii10=-50bp", "--shock", "dxy=-3%"),
        ),
        wall=1.5,
    ),
    Command(
        name="levels, text",
        arguments=("levels", "BTC", "GDX", "--asof", "2026-02-06"),
        wall=1.5,
    ),
    Command(
        name="diversify, text",
        arguments=(
            *("diversify", "--weights", "spy=.6,tlt=.3,gdx=.05,btc=.05"),
            *("--asof", "2026-02-06"),
        ),
        wall=1.5,
    ),
    Command(name="data list", arguments=("data", "list")),
    Command(name="data check", arguments=("data", "check")),
)


def correctness(command: Command, answer: Run, known: dict[str, object]) -> str:
    """State a value that would change if the answer did.

    Parameters
    ----------
    command
        What was run.
    answer
        The run whose output is looked at.
    known
        The JSON answer to the standing question; empty before it has been run.

    Returns
    -------
    str
        Exit code first.
    """
    parts = [f"exit {answer.status}", f"{len(answer.output):,} bytes"]
    if command.name == "explain, json":
        parts.append(headline(json.loads(answer.output)))
    elif command.arguments[: len(STANDING)] == STANDING and "--plan" not in command.arguments:
        stated = str(known.get("fingerprint", "-")) in answer.output.decode()
        parts.append("same fingerprint" if stated else "FINGERPRINT MISSING")
    else:
        parts.append(f"sha256 {hashlib.sha256(answer.output).hexdigest()[:8]}")
    return ", ".join(parts)


def headline(answer: dict[str, Any]) -> str:
    """Return fingerprint and moves of a JSON answer on one line."""
    paths = answer["together"]["paths"]
    moves = " ".join(f"{path['asset']} {100 * path['move']['value']:.2f} %" for path in paths)
    verdicts = " ".join(f"{entry['channel']}:{entry['verdict']}" for entry in answer["readings"])
    return f"{answer['fingerprint']} {moves} {verdicts}"


def main(repeats: int = 5) -> int:
    """Time every command and print one row each.

    Parameters
    ----------
    repeats
        Runs that count; one more goes before them, to compile what is not yet compiled.

    Returns
    -------
    int
        1 when a target is missed or a command fails.
    """
    known = json.loads(run([*STANDING, "--format", "json"]).output or b"{}")
    print(f"{'command':18}  {'wall s':>7} {'CPU s':>7} {'MB':>5}  what came out")
    missed = 0
    for command in COMMANDS:
        run(list(command.arguments))
        runs = [run(list(command.arguments)) for _ in range(repeats)]
        figures = {name: median_of(runs, name) for name in ("wall", "cpu", "peak")}
        same = len({each.output for each in runs}) == 1
        over = [
            f"{name} > {limit:g}"
            for name in figures
            if (limit := getattr(command, name)) is not None and figures[name] > limit
        ]
        notes = [correctness(command, runs[-1], known), *over]
        notes += [] if same else ["OUTPUT DIFFERS BETWEEN RUNS"]
        missed += bool(over) or not same or runs[-1].status != 0
        print(
            f"{command.name:18}  {figures['wall']:7.3f} {figures['cpu']:7.3f} "
            f"{figures['peak']:5.0f}  {'; '.join(notes)}",
            flush=True,
        )
    return 1 if missed else 0
